//! Code with its lines numbered and its labels marked.

use super::super::Input;
use super::escape::{escaped, with_code};
use crate::facts::Span;
use crate::workspace::Source;

/// How many lines around a label are shown.
const AROUND: u32 = 2;
/// Longer lines are cut, in characters.
const LONGEST_LINE: usize = 400;

/// A place in the code and what to see there.
pub struct Label<'a> {
    /// The place.
    pub span: Span,
    /// What to see; may be empty.
    pub text: &'a str,
    /// Whether it is the finding's own place.
    pub is_first: bool,
}

/// The lines of a file around labels; distant ones are apart. Only the file's name if it is gone.
pub fn excerpt(path: &str, labels: &[Label<'_>], input: &Input<'_>) -> String {
    let source = input.sources.source(path);
    let rows = source.as_deref().map(|source| rows(source, labels)).unwrap_or_default();
    let code = if rows.is_empty() { String::new() } else { format!("<pre>{rows}</pre>\n") };
    format!("<figure>\n<figcaption>{}</figcaption>\n{code}</figure>\n", escaped(path))
}

fn rows(source: &Source, labels: &[Label<'_>]) -> String {
    let last_line = source.lines.count() as u32;
    let mut lines: Vec<u32> = Vec::new();
    for label in labels {
        let own = source.lines.line(label.span.start).min(last_line);
        lines.extend(own.saturating_sub(AROUND).max(1)..=(own + AROUND).min(last_line));
    }
    lines.sort_unstable();
    lines.dedup();
    let mut text = String::new();
    let mut before = lines.first().map_or(0, |first| first - 1);
    for line in lines {
        if line > before + 1 {
            text.push_str("<span class=\"row gap\"><span class=\"no\">⋮</span></span>");
        }
        before = line;
        let own: Vec<&Label<'_>> = labels.iter().filter(|label| source.lines.line(label.span.start) == line).collect();
        text.push_str(&format!(
            "<span class=\"row\"><span class=\"no\">{line}</span>{}</span>",
            marked(source, line, &own)
        ));
        for label in own.iter().filter(|label| !label.text.is_empty()) {
            let class = if label.is_first { "note first" } else { "note" };
            text.push_str(&format!("<span class=\"{class}\">↑ {}</span>", with_code(label.text)));
        }
    }
    text
}

/// A line with its labels marked. Of labels that overlap, the one that begins first is.
fn marked(source: &Source, line: u32, labels: &[&Label<'_>]) -> String {
    let range = source.lines.range(line);
    let start = range.start;
    let whole = source.text.get(range).unwrap_or_default().trim_end_matches(['\n', '\r']);
    let cut = whole.char_indices().nth(LONGEST_LINE).map_or(whole.len(), |(at, _)| at);
    let mut marks: Vec<(usize, usize, bool)> = labels
        .iter()
        .map(|label| {
            let place = |offset: u32| floor(whole, (offset as usize).saturating_sub(start).min(cut));
            (place(label.span.start), place(label.span.end), label.is_first)
        })
        .collect();
    marks.sort_unstable();
    let (mut text, mut at) = (String::new(), 0);
    for (from, to, is_first) in marks {
        if from < at || to <= from {
            continue;
        }
        let class = if is_first { " class=\"first\"" } else { "" };
        text.push_str(&escaped(&whole[at..from]));
        text.push_str(&format!("<mark{class}>{}</mark>", escaped(&whole[from..to])));
        at = to;
    }
    text.push_str(&escaped(&whole[at..cut.max(at)]));
    if cut < whole.len() {
        text.push('…');
    }
    text
}

/// The character boundary at or before an offset.
fn floor(text: &str, mut offset: usize) -> usize {
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}
