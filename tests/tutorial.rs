//! Walks through the tutorial of the book as its reader would: writes the files, runs the commands, compares what they
//! show. With `PERFLINT_TUTORIAL=write` the outputs in the chapter are written anew, except those with `...`.
#![allow(clippy::unwrap_used)]
#![cfg(unix)]

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// A step of the chapter.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    /// A file to write: its path, its text.
    File(String, String),
    /// A command, and the lines that it shows.
    Run(String, Vec<String>),
}

/// The steps of a chapter: a line with a path in code and a colon names the block below it, and a block of the language
/// `console` has commands behind `$` with what they show.
fn steps(chapter: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut name = None;
    let mut lines = chapter.lines();
    while let Some(line) = lines.next() {
        if let Some(language) = line.strip_prefix("```") {
            let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            match (name.take(), language) {
                (_, "console") => steps.extend(commands(&block)),
                (Some(name), _) => steps.push(Step::File(name, block.join("\n") + "\n")),
                (None, _) => panic!("a block that is neither a file nor commands: {block:?}"),
            }
        } else if !line.is_empty() {
            name = line.strip_prefix('`').and_then(|rest| rest.strip_suffix("`:")).map(str::to_owned);
        }
    }
    steps
}

fn commands(block: &[&str]) -> Vec<Step> {
    let mut steps = Vec::new();
    for line in block {
        match (line.strip_prefix("$ "), steps.last_mut()) {
            (Some(command), _) => steps.push(Step::Run(command.to_owned(), Vec::new())),
            (None, Some(Step::Run(_, shown))) => shown.push((*line).to_owned()),
            (None, _) => panic!("output without a command: {line}"),
        }
    }
    steps
}

/// The reader's machine: a folder, and the exit status of the last command.
struct Reader {
    home: TempDir,
    status: i32,
}

impl Reader {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(home.path().join("shop")).unwrap();
        let settings = "[user]\n\tname = Reader\n\temail = reader@example.com\n[init]\n\tdefaultBranch = main\n";
        fs::write(home.path().join(".gitconfig"), settings).unwrap();
        Self { home, status: 0 }
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.home.path().join("shop").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Runs a command in bash and gives what it shows, both streams together.
    fn run(&mut self, command: &str) -> Vec<String> {
        let programs = Path::new(env!("CARGO_BIN_EXE_perflint")).parent().unwrap().display();
        let output = Command::new("bash")
            .args(["--noprofile", "--norc", "-c", &format!("exec 2>&1\n(exit {})\n{command}", self.status)])
            .current_dir(self.home.path().join("shop"))
            .env("PATH", format!("{programs}:{}", std::env::var("PATH").unwrap()))
            .env("HOME", self.home.path())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("LC_ALL", "C.UTF-8")
            .env("NO_COLOR", "1")
            .output()
            .unwrap();
        self.status = output.status.code().unwrap();
        String::from_utf8(output.stdout).unwrap().lines().map(normal).collect()
    }
}

/// A line without blanks at its end, and with the time of a run made always the same.
fn normal(line: &str) -> String {
    let line = line.trim_end();
    let timed = line.strip_suffix(" s)").and_then(|rest| rest.rsplit_once('('));
    match timed {
        Some((before, time)) if time.chars().all(|c| c.is_ascii_digit() || c == '.') => format!("{before}(0.1 s)"),
        _ => line.to_owned(),
    }
}

/// Whether the lines are those that are shown, where `...` stands for any number of lines.
fn fits(shown: &[String], lines: &[String]) -> bool {
    match shown.split_first() {
        None => lines.is_empty(),
        Some((first, rest)) if first == "..." => (0..=lines.len()).any(|skipped| fits(rest, &lines[skipped..])),
        Some((first, rest)) => lines.split_first().is_some_and(|(line, more)| first == line && fits(rest, more)),
    }
}

fn text_of(lines: &[String]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}

#[test]
fn the_tutorial_shows_what_happens() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/book/src/tutorial.md");
    let chapter = fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
    let mut reader = Reader::new();
    // The chapter with what commands showed, as far as the steps have come, and the rest of it.
    let (mut fresh, mut rest) = (String::new(), chapter.as_str());
    let (mut wrong, mut runs) = (Vec::new(), 0);
    for step in steps(&chapter) {
        match step {
            Step::File(path, text) => reader.write(&path, &text),
            Step::Run(command, shown) => {
                let lines = reader.run(&command);
                runs += 1;
                let (before, after) = rest.split_once(&format!("$ {command}\n")).unwrap();
                fresh.push_str(&format!("{before}$ {command}\n"));
                rest = after;
                if !fits(&shown, &lines) {
                    wrong.push(format!("$ {command}\n{}\n", lines.join("\n")));
                    rest = &after[text_of(&shown).len()..];
                    fresh.push_str(&text_of(&lines));
                }
            }
        }
    }
    if std::env::var_os("PERFLINT_TUTORIAL").is_some_and(|value| value == "write") {
        fs::write(path, fresh + rest).unwrap();
    }
    assert!(wrong.is_empty(), "these commands show something else than the chapter says:\n{}", wrong.join("\n"));
    assert!(runs > 10, "only {runs} commands were found");
}

#[test]
fn a_chapter_is_read_as_files_and_commands() {
    let chapter = "Text.\n\n`a/b.py`:\n\n```python\nx = 1\n```\n\n```console\n$ one\n1\n$ two\n```\n";
    let run =
        |command: &str, shown: &[&str]| Step::Run(command.to_owned(), shown.iter().map(|s| (*s).to_owned()).collect());
    let expected = [Step::File("a/b.py".to_owned(), "x = 1\n".to_owned()), run("one", &["1"]), run("two", &[])];
    assert_eq!(steps(chapter), expected);
}

#[test]
fn what_is_shown_must_fit() {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    assert!(fits(&lines("a\n...\nd"), &lines("a\nb\nc\nd")));
    assert!(fits(&lines("..."), &[]));
    assert!(!fits(&lines("a\n...\nd"), &lines("a\nb")));
    assert!(!fits(&lines("a"), &lines("a\nb")));
    assert!(!fits(&[], &lines("a")));
    assert_eq!(normal("3 findings in 4 files (0.49 s)  "), "3 findings in 4 files (0.1 s)");
    assert_eq!(normal("f(1 s)"), "f(0.1 s)");
    assert_eq!(normal("f(some s)"), "f(some s)");
}
