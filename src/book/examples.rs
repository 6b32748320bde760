//! The examples of rule and library documents, made readable: what their opening lines say for the tests is said to
//! the reader, and the long tails of look-alikes are folded.

use rustc_hash::FxHashSet;

use super::markdown::code;

/// What an example shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Shows {
    Reported,
    LeftAlone,
    Fixed,
}

/// A part of a document.
#[derive(Debug, PartialEq, Eq)]
enum Part<'t> {
    Prose(&'t str),
    Example { language: &'t str, shows: Option<Shows>, file: Option<&'t str>, code: String },
}

/// The text of a document with its examples made readable.
pub fn readable(markdown: &str) -> String {
    let mut text = String::new();
    let mut shown = FxHashSet::default();
    // Whether the example before was open, and part of a project of several files.
    let (mut before, mut follows_prose) = (None, true);
    for part in parts(markdown) {
        match part {
            Part::Prose(line) => {
                text.push_str(line);
                text.push('\n');
                follows_prose |= !line.trim().is_empty();
                before = before.filter(|_| line.trim().is_empty());
            }
            Part::Example { language, shows, file, code } => {
                let is_new = shown.insert((family(language), shows));
                let open = match (before, file) {
                    (Some(open), Some(_)) => open,
                    _ => follows_prose || is_new || shows.is_none(),
                };
                text.push_str(&example(language, shows, file, &code, open));
                before = file.map(|_| open);
                follows_prose = false;
            }
        }
    }
    text
}

/// Languages whose examples say the same.
fn family(language: &str) -> &str {
    match language {
        "typescript" | "tsx" | "jsx" => "javascript",
        other => other,
    }
}

fn example(language: &str, shows: Option<Shows>, file: Option<&str>, text: &str, open: bool) -> String {
    let (class, word) = match shows {
        Some(Shows::Reported) => (" reported", "Reported"),
        Some(Shows::LeftAlone) => (" left-alone", "Not reported"),
        Some(Shows::Fixed) => (" left-alone", "Fixed"),
        None => ("", ""),
    };
    let fence = format!("```{language}\n{text}```\n");
    let name = match language {
        "javascript" => "JavaScript",
        "typescript" => "TypeScript",
        "tsx" => "TypeScript with JSX",
        "jsx" => "JavaScript with JSX",
        "python" => "Python",
        "rust" => "Rust",
        "sql" => "SQL",
        other => other,
    };
    let file = file.map(|file| format!(" · <code>{file}</code>")).unwrap_or_default();
    if open {
        let head =
            if word.is_empty() { file.replacen(" · ", "", 1) } else { format!("<b>{word}</b> · {name}{file}") };
        let head = if head.is_empty() { head } else { format!("<p class=\"example{class}\">{head}</p>\n\n") };
        return format!("{head}{fence}");
    }
    format!(
        "<details class=\"example{class}\"><summary><b>{word}</b> · {name}{file}</summary>\n\n{fence}\n</details>\n"
    )
}

/// Cuts a document into lines of prose and examples.
fn parts(markdown: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut lines = markdown.lines();
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```") else {
            parts.push(Part::Prose(line));
            continue;
        };
        let mut words = info.split_whitespace();
        let language = words.next().unwrap_or_default();
        let (mut shows, mut file) = (None, None);
        for word in words {
            match word.split_once('=') {
                Some(("file", path)) => file = Some(path.trim_matches('"')),
                None if word == "bad" => shows = Some(Shows::Reported),
                None if word == "good" => shows = Some(Shows::LeftAlone),
                None if word == "fixed" => shows = Some(Shows::Fixed),
                _ => {}
            }
        }
        let code = lines
            .by_ref()
            .take_while(|line| line.trim_end() != "```")
            .fold(String::new(), |code, line| code + line + "\n");
        parts.push(Part::Example { language, shows, file, code });
    }
    parts
}

/// What the marks in examples of rules mean.
pub fn legend() -> String {
    format!(
        "Every example is a test: a finding is expected on the lines with a {} comment, of the confidence that stands behind \
         it, and nowhere else.",
        code("finding")
    )
}
