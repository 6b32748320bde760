//! What several outputs are made of: paths as code hosts have them, sentences, steps.

use super::{Input, positions};
use crate::facts::Span;
use crate::findings::Finding;
use crate::workspace::Columns;

/// A path from the repository's root, with `/` and without `.` and `..`; one that lies outside as it is.
pub fn from_root(path: &str, prefix: &str) -> String {
    if path.starts_with('/') {
        return path.to_owned();
    }
    let mut parts: Vec<&str> = prefix.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "." | "" => {}
            ".." if parts.last().is_some_and(|part| *part != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// A text with a full stop at its end.
pub fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}

/// A text in one line.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Texts as sentences of one line each; empty ones are left out.
pub fn sentences<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.iter().map(|text| one_line(text)).filter(|text| !text.is_empty()).map(|text| sentence(&text)).collect()
}

/// What a finding costs, as a text that says so; empty if its rule does not tell.
pub fn cost(finding: &Finding) -> String {
    if finding.cost.is_empty() { String::new() } else { format!("Cost: {}", finding.cost) }
}

/// A place with what is to be seen there.
pub struct Step<'a> {
    /// The file, as the report has it.
    pub path: &'a str,
    /// The place.
    pub span: Span,
    /// What is to be seen there.
    pub text: &'a str,
}

/// The places to read, in order: the one that is marked, those that explain it, and the chain of calls to the effect.
pub fn steps(finding: &Finding) -> Vec<Step<'_>> {
    let marked = Step { path: &finding.path, span: finding.span, text: &finding.primary_label };
    let labels = finding.related.iter().chain(&finding.chain);
    let labels = labels.map(|label| Step { path: &label.path, span: label.span, text: &label.text });
    std::iter::once(marked).chain(labels).collect()
}

/// The line at which a span starts.
pub fn line(input: &Input<'_>, path: &str, span: Span) -> u32 {
    let source = input.sources.source(path);
    positions(source.as_deref(), span, Columns::Chars).0.line
}
