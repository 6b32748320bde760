//! A summary for a pull request or a job, in GitHub's Markdown.
//!
//! A comment on GitHub has at most 65,536 characters, a job's summary 1 MiB. What code says is quoted as code or
//! escaped: it neither marks up the text nor mentions people.

use std::borrow::Cow;
use std::collections::HashSet;

use indexmap::IndexMap;

use super::excerpt::printable;
use super::parts::{cost, from_root, line, one_line, sentence, sentences, steps};
use super::summary::{self, counted};
use super::{Input, Output};
use crate::facts::Span;
use crate::findings::report::by_importance;
use crate::findings::{Finding, Problem, Report, Severity};

/// How many bytes the text may have. There are at least as many as characters, however those are counted.
const MOST_BYTES: usize = 65_000;
/// Bytes kept for what stands around the findings: the counts, the headings and the sentence about what was cut.
const AROUND: usize = 1_000;
/// How many problems are shown, and how many bytes of them at most.
const MOST_PROBLEMS: usize = 20;
const MOST_PROBLEM_BYTES: usize = 10_000;
/// Follows what would otherwise be a mention or a reference; it takes no room.
const ZERO_WIDTH_SPACE: char = '\u{200b}';

/// Renders the counts, then the findings by severity and file, the most important first, then the problems.
pub fn render(input: &Input<'_>) -> Output {
    let report = input.report;
    let problems = problems(report, input);
    let (entries, shown) = entries(report, MOST_BYTES - AROUND - problems.len(), input);
    let mut text = if report.findings.is_empty() && report.problems.is_empty() {
        let files = counted(report.stats.files, "file");
        format!("**perflint** read {files} and found nothing to speed up. 🎉\n")
    } else {
        format!("**perflint**: {}\n", summary::counts(report))
    };
    let mut notes = Vec::new();
    let cut = report.findings.len() - shown;
    if cut > 0 {
        let cut = format!("the {shown} most important of {} fit", counted(report.findings.len(), "finding"));
        text.push_str(&format!("\nOnly {cut} here; `perflint` shows them all.\n"));
        notes.push(format!("Markdown: GitHub takes 65,536 characters; only {cut}"));
    }
    for (severity, files) in Severity::ALL.into_iter().zip(entries) {
        if !files.is_empty() {
            let grade = severity.name();
            text.push_str(&format!("\n### {}{} severity\n\n", grade[..1].to_uppercase(), &grade[1..]));
            text.extend(files.into_values().flatten());
        }
    }
    text.push_str(&problems);
    Output { text, notes }
}

/// The findings that fit, as list items by file, for each severity; and how many they are.
fn entries<'a>(
    report: &'a Report,
    room: usize,
    input: &Input<'_>,
) -> ([IndexMap<&'a str, Vec<String>>; Severity::ALL.len()], usize) {
    let mut entries: [IndexMap<&str, Vec<String>>; Severity::ALL.len()] = Default::default();
    let (mut bytes, mut shown) = (0, 0);
    for finding in by_importance(&report.findings) {
        let entry = entry(finding, input);
        bytes += entry.len();
        if bytes > room {
            break;
        }
        shown += 1;
        let row = Severity::ALL.iter().position(|severity| *severity == finding.severity).unwrap_or_default();
        entries[row].entry(finding.path.as_str()).or_default().push(entry);
    }
    (entries, shown)
}

/// A list item: where, what and at what cost, and folded up the rest.
fn entry(finding: &Finding, input: &Input<'_>) -> String {
    let said = sentences([&finding.what, &cost(finding)]).join(" ");
    let at = place(&finding.path, Some(finding.region), input);
    let mut text = format!("- {at} **{}**: {}", prose(&finding.rule), prose(&said));
    text.push_str("\n  <details><summary>Why, and what to do</summary>\n\n");
    for (name, part) in [("Why", &finding.why), ("Fix", &finding.fix)] {
        if !part.is_empty() {
            text.push_str(&format!("  **{name}:** {}\n\n", prose(&sentence(&one_line(part)))));
        }
    }
    // A function that calls itself may come by the same place again; once is enough to read.
    let mut seen = HashSet::new();
    let steps = steps(finding).into_iter().filter(|step| seen.insert((step.path, step.span, step.text)));
    for (at, step) in steps.enumerate() {
        text.push_str(&format!("  {}. {}", at + 1, place(step.path, Some(step.span), input)));
        if !step.text.is_empty() {
            text.push_str(&format!(" {}", prose(&one_line(step.text))));
        }
        text.push('\n');
    }
    text.push_str("\n  </details>\n");
    text
}

/// What went wrong, folded up; nothing if nothing did.
fn problems(report: &Report, input: &Input<'_>) -> String {
    if report.problems.is_empty() {
        return String::new();
    }
    let mut text = format!("\n<details><summary>{}</summary>\n\n", counted(report.problems.len(), "problem"));
    let mut shown = 0;
    for problem in report.problems.iter().take(MOST_PROBLEMS) {
        let item = problem_item(problem, input);
        if text.len() + item.len() > MOST_PROBLEM_BYTES {
            break;
        }
        text.push_str(&item);
        shown += 1;
    }
    let cut = report.problems.len() - shown;
    if cut > 0 {
        text.push_str(&format!("- and {cut} more\n"));
    }
    text + "\n</details>\n"
}

fn problem_item(problem: &Problem, input: &Input<'_>) -> String {
    let path = problem.path.as_deref().filter(|path| !path.is_empty());
    let place = path.map(|path| place(path, problem.span, input) + " ").unwrap_or_default();
    let help = problem.help.as_ref().map(|help| format!(" {}", prose(&sentence(&one_line(help))))).unwrap_or_default();
    format!("- {place}{}{help}\n", prose(&sentence(&one_line(&problem.message))))
}

/// `path:line` as code.
fn place(path: &str, span: Option<Span>, input: &Input<'_>) -> String {
    let at = span.map(|span| format!(":{}", line(input, path, span))).unwrap_or_default();
    code(&format!("{}{at}", from_root(path, input.prefix)))
}

/// A text as a code span, its fence longer than any row of backticks in it.
fn code(text: &str) -> String {
    let text = printable(text).replace(['\n', '\r', '\t'], " ");
    let longest = text.split(|char| char != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// A message, in which code stands between backticks: that becomes code spans, all else is escaped.
fn prose(text: &str) -> String {
    let text: Cow<'_, str> = printable(text);
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest: &str = &text;
    while let Some((before, after)) = rest.split_once('`') {
        out.push_str(&escaped(before));
        match after.split_once('`') {
            Some((inner, tail)) if !inner.trim().is_empty() => {
                // Fences that touch would be one longer fence.
                if out.ends_with('`') {
                    out.push(' ');
                }
                out.push_str(&code(inner));
                rest = tail;
            }
            _ => {
                out.push_str("\\`");
                rest = after;
            }
        }
    }
    out.push_str(&escaped(rest));
    out
}

/// Escapes what Markdown, HTML or GitHub would read as more than text.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '*' | '_' | '[' | ']' | '|' | '~' | '$' | '#' | '!' => out.extend(['\\', char]),
            _ => out.push(char),
        }
        // GitHub looks for these in the text that Markdown has become, where an escape is gone.
        if matches!(char, '@' | '#') && chars.peek().is_some_and(|next| next.is_alphanumeric()) {
            out.push(ZERO_WIDTH_SPACE);
        }
    }
    out
}
