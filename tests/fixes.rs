//! Fixes as users meet them: files that change, diffs, outputs; and what must hold of every fix on odd layouts.
#![allow(clippy::unwrap_used)]

mod projects;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use perflint::embedded::BUILTIN_RULES;
use perflint::facts;
use perflint::harness::marks::without;
use perflint::rules::Rule;
use perflint::rules::file::ExampleKind;
use perflint::syntax::{Family, Language, Parsers};
use projects::project;
use serde_json::Value;
use tempfile::TempDir;

const BAD: &str = "from functools import cache\n\n\nclass A:\n    @cache\n    def f(self, a):\n        return a\n";
const FIXED: &str = "from functools import cache, lru_cache\n\n\nclass A:\n    @lru_cache(maxsize=1024)\n    def f(self, a):\n        return a\n";

fn run(folder: &Path, arguments: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_perflint"));
    command.current_dir(folder).args(arguments.split_whitespace()).env_remove("NO_COLOR").env("LANG", "C.UTF-8");
    command.output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn text(folder: &TempDir, path: &str) -> String {
    fs::read_to_string(folder.path().join(path)).unwrap()
}

#[test]
fn a_diff_changes_nothing() {
    let folder = project(&[("a.py", BAD)]);
    let output = run(folder.path(), "--diff --fix-suggested");
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(stdout(&output).starts_with("--- a/a.py\n+++ b/a.py\n@@ "), "{}", stdout(&output));
    assert!(stdout(&output).contains("\n-    @cache\n+    @lru_cache(maxsize=1024)\n"), "{}", stdout(&output));
    assert_eq!(text(&folder, "a.py"), BAD);
    let safe = run(folder.path(), "--diff");
    assert_eq!((safe.status.code(), stdout(&safe).as_str()), (Some(0), ""));
    assert!(stderr(&safe).contains("Nothing can be fixed with `--fix`"), "{}", stderr(&safe));
}

#[test]
fn only_what_was_asked_for_is_fixed_and_twice_changes_nothing() {
    let folder = project(&[("a.py", BAD)]);
    let output = run(folder.path(), "--fix");
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).contains("`--fix-suggested` does it"), "{}", stdout(&output));
    assert!(stderr(&output).contains("Can be fixed: 1 with `--fix-suggested`"), "{}", stderr(&output));
    assert_eq!(text(&folder, "a.py"), BAD);
    let output = run(folder.path(), "--fix-suggested");
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    assert!(stderr(&output).contains("; 1 fixed"), "{}", stderr(&output));
    assert_eq!(text(&folder, "a.py"), FIXED);
    run(folder.path(), "--fix-suggested");
    assert_eq!(text(&folder, "a.py"), FIXED);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "something was left behind");
}

#[test]
fn bytes_that_are_not_fixed_stay() {
    let windows = |text: &str| format!("\u{feff}{}", text.replace('\n', "\r\n"));
    let folder = project(&[("a.py", &windows(BAD))]);
    let latin = [b"# caf\xE9\n", BAD.as_bytes()].concat();
    fs::write(folder.path().join("latin.py"), &latin).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(folder.path().join("a.py"), fs::Permissions::from_mode(0o750)).unwrap();
        std::os::unix::fs::symlink("a.py", folder.path().join("link.txt")).unwrap();
    }
    let output = run(folder.path(), "--fix-suggested");
    assert_eq!(text(&folder, "a.py"), windows(FIXED));
    assert_eq!(fs::read(folder.path().join("latin.py")).unwrap(), latin);
    assert!(stderr(&output).contains("not fixed: the file is not UTF-8"), "{}", stderr(&output));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(folder.path().join("a.py")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o750);
    }
}

#[test]
fn what_comes_from_standard_input_goes_to_standard_output() {
    let folder = project(&[]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_perflint"));
    command.current_dir(folder.path()).args(["--stdin-filename", "a.py", "--fix-suggested"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(BAD.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(0), FIXED));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn what_is_suppressed_or_known_is_not_fixed() {
    let suppressed = BAD.replace("    @cache\n", "    # perflint-ignore unbounded-cache: few keys\n    @cache\n");
    let folder = project(&[("a.py", &suppressed), ("b.py", BAD)]);
    assert_eq!(run(folder.path(), "baseline").status.code(), Some(0));
    assert_eq!(run(folder.path(), "--fix-suggested").status.code(), Some(0));
    assert_eq!((text(&folder, "a.py"), text(&folder, "b.py")), (suppressed, BAD.to_owned()));
}

fn git(folder: &TempDir, arguments: &str) {
    let mut command = Command::new("git");
    command.current_dir(folder.path()).args(["-c", "user.name=a", "-c", "user.email=a@b.c"]);
    let output = command.args(arguments.split_whitespace()).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
}

#[test]
fn of_changed_lines_only_those_are_fixed() {
    let folder = project(&[("old.py", BAD), ("new.py", "x = 1\n"), ("both.py", "x = 1\n")]);
    git(&folder, "init -q");
    git(&folder, "add .");
    git(&folder, "commit -q -m one");
    for path in ["new.py", "both.py"] {
        fs::write(folder.path().join(path), BAD).unwrap();
    }
    git(&folder, "add .");
    // The working tree has gone on: what is staged cannot be fixed there.
    let both = format!("{BAD}\n\nx = 1\n");
    fs::write(folder.path().join("both.py"), &both).unwrap();
    run(folder.path(), "--staged --fix-suggested");
    assert_eq!((text(&folder, "old.py"), text(&folder, "new.py")), (BAD.to_owned(), FIXED.to_owned()));
    assert_eq!(text(&folder, "both.py"), both);
    run(folder.path(), "--since HEAD --fix-suggested");
    assert_eq!((text(&folder, "old.py"), text(&folder, "both.py")), (BAD.to_owned(), format!("{FIXED}\n\nx = 1\n")));
}

#[test]
fn outputs_have_the_edits() {
    let folder = project(&[("a.py", BAD)]);
    let read = |arguments: &str| -> Value { serde_json::from_slice(&run(folder.path(), arguments).stdout).unwrap() };
    let json = read("--format json");
    let fix = &json["findings"][0]["fixes"][0];
    assert_eq!((&fix["safety"], fix["edits"].as_array().unwrap().len()), (&Value::from("suggested"), 2));
    assert_eq!(fix["edits"][1]["text"], "lru_cache(maxsize=1024)");
    assert_eq!(fix["edits"][1]["start"], serde_json::json!({ "line": 5, "column": 6 }));
    let sarif = read("--format sarif");
    let change = &sarif["runs"][0]["results"][0]["fixes"][0]["artifactChanges"][0];
    assert_eq!(change["artifactLocation"]["uri"], "a.py");
    assert_eq!(change["replacements"][1]["insertedContent"]["text"], "lru_cache(maxsize=1024)");
    assert_eq!(change["replacements"][1]["deletedRegion"]["startLine"], 5);
    let schema: Value = serde_json::from_str(include_str!("data/sarif-2.1.0.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(&sarif).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
}

/// The bad examples of rules with fixes, as files.
fn examples() -> Vec<(String, Language, String)> {
    let mut found = Vec::new();
    for (path, text) in BUILTIN_RULES {
        if Rule::load(path, text, None).unwrap().fixes.is_empty() {
            continue;
        }
        let bad = Rule::examples(path, text).unwrap().into_iter().filter(|one| one.kind == ExampleKind::Bad);
        for (row, example) in bad.enumerate() {
            let stem = path.rsplit('/').next().unwrap().trim_end_matches(".md").replace('-', "_");
            let name = format!("{stem}_{row}.{}", example.language.extension());
            found.push((name, example.language, without(&example.code, "finding")));
        }
    }
    found
}

/// Fixes all examples, each changed in a way, and checks what must hold whatever they look like: they parse as before, a
/// second run has nothing to do. Gives the files before and after.
fn fixed(change: impl Fn(Language, &str) -> String) -> Vec<(String, String)> {
    let examples = examples();
    let texts: Vec<String> = examples.iter().map(|(_, language, text)| change(*language, text)).collect();
    let files: Vec<(&str, &str)> =
        examples.iter().zip(&texts).map(|((name, ..), text)| (name.as_str(), text.as_str())).collect();
    let folder = project(&files);
    let arguments = "--isolated --select all --min-confidence low --fix-suggested";
    let first = run(folder.path(), arguments);
    assert_ne!(first.status.code(), Some(2), "{}", stderr(&first));
    let again = run(folder.path(), &format!("{arguments} --diff"));
    assert_eq!((again.status.code(), stdout(&again).as_str()), (Some(0), ""));
    let mut changed = 0;
    let mut pairs = Vec::new();
    for ((name, language, _), before) in examples.iter().zip(texts) {
        let after = text(&folder, name);
        let broken = |text: &str| {
            facts::extract(&mut Parsers::new(), name, *language, text, facts::Reading::default()).has_syntax_errors
        };
        assert!(broken(&before) || !broken(&after), "{name} is broken:\n{after}");
        changed += usize::from(before != after);
        pairs.push((before, after));
    }
    assert!(changed > 0, "nothing was fixed");
    pairs
}

#[test]
fn windows_line_breaks_stay() {
    for (_, after) in fixed(|_, text| text.replace('\n', "\r\n")) {
        assert_eq!(after.matches('\n').count(), after.matches("\r\n").count(), "{after}");
    }
}

#[test]
fn tabs_stay() {
    let tabbed = |language: Language, text: &str| {
        let step = if language.family() == Family::JavaScript { 2 } else { 4 };
        let line = |line: &str| {
            let rest = line.trim_start_matches(' ');
            format!("{}{rest}", "\t".repeat((line.len() - rest.len()) / step))
        };
        text.split_inclusive('\n').map(line).collect()
    };
    for (_, after) in fixed(tabbed) {
        assert!(!after.lines().any(|line| line.starts_with(' ')), "{after}");
    }
}

#[test]
fn quotes_stay() {
    let single = |_: Language, text: &str| if text.contains('\'') { text.to_owned() } else { text.replace('"', "'") };
    for (before, after) in
        fixed(|language, text| if language == Language::Rust { text.to_owned() } else { single(language, text) })
    {
        assert!(before.contains('"') || !after.contains('"'), "{after}");
    }
}

#[test]
fn no_comment_goes() {
    let commented = |language: Language, text: &str| {
        let leader = if language == Language::Python { "#" } else { "//" };
        let lines = text.lines().enumerate();
        lines
            .map(
                |(row, line)| if line.is_empty() { "\n".to_owned() } else { format!("{line}  {leader} note {row};\n") },
            )
            .collect()
    };
    for (before, after) in fixed(commented) {
        for row in 0..before.lines().count() {
            let note = format!("note {row};");
            assert_eq!(before.matches(&note).count(), after.matches(&note).count(), "{note} in\n{after}");
        }
    }
}

#[test]
fn deeper_code_is_fixed_where_it_stands() {
    let nested = |language: Language, text: &str| {
        let (head, tail, step) = match language.family() {
            Family::Python => ("def outer():\n", "", "    "),
            Family::Rust => ("mod outer {\n", "}\n", "    "),
            _ => return text.to_owned(),
        };
        let lines = text.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("{step}{line}\n") });
        format!("{head}{}{tail}", lines.collect::<String>())
    };
    fixed(nested);
}
