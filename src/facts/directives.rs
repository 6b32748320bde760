//! Suppression comments.

use super::builder::Builder;
use super::model::{Directive, Span};

/// The word that starts one.
const MARK: &str = "perflint-ignore";

/// Whether a text may have directives, which costs one search.
pub fn may_be_in(text: &str) -> bool {
    memchr::memmem::find(text.as_bytes(), MARK.as_bytes()).is_some()
}

/// Reads a comment, if it suppresses anything.
pub(super) fn comment(builder: &mut Builder<'_>, span: Span) {
    if builder.has_directives
        && let Some(directive) = read(builder.text, span)
    {
        builder.directives.push(directive);
    }
}

/// The directives of a SQL file, whose comments start with `--` or stand in `/* */`.
pub(super) fn of_sql(text: &str) -> Vec<Directive> {
    let marks = memchr::memmem::find_iter(text.as_bytes(), MARK.as_bytes());
    marks.filter_map(|at| of_sql_mark(text, at)).collect()
}

fn of_sql_mark(text: &str, at: usize) -> Option<Directive> {
    let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let end = text[at..].find('\n').map_or(text.len(), |length| at + length);
    let start = line + ["--", "/*"].iter().filter_map(|mark| text[line..at].find(mark)).min()?;
    read(text, Span::new(start, end))
}

fn read(text: &str, span: Span) -> Option<Directive> {
    let comment = text.get(span.range())?;
    let (before, rest) = comment.split_once(MARK)?;
    // A comment that only talks about suppression does not suppress.
    if before.contains(char::is_alphanumeric) {
        return None;
    }
    let (whole_file, rest) = match rest.strip_prefix("-file") {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    if rest.starts_with(|c: char| c == '-' || c == '_' || c.is_alphanumeric()) {
        return None;
    }
    let rest = rest.lines().next().unwrap_or_default().trim_end().trim_end_matches("*/").trim();
    let (rules, reason) = match rest.split_once(':') {
        Some((rules, reason)) => (rules, Some(reason.trim())),
        None => (rest, None),
    };
    let rules = rules.split(|c: char| c == ',' || c.is_whitespace()).filter(|rule| !rule.is_empty());
    let start = span.start as usize;
    let line = text[..start].bytes().filter(|byte| *byte == b'\n').count() as u32 + 1;
    let before = text[..start].rsplit('\n').next().unwrap_or_default();
    let after = text[span.end as usize..].split('\n').next().unwrap_or_default();
    Some(Directive {
        span,
        rules: rules.map(str::to_owned).collect(),
        reason: reason.filter(|reason| !reason.is_empty()).map(str::to_owned),
        whole_file,
        line,
        alone: before.trim().is_empty() && after.trim().is_empty(),
    })
}
