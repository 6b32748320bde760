//! Workflow commands of GitHub Actions, which show findings beside the lines of a pull request.
//!
//! The form is that of "Workflow commands for GitHub Actions" in GitHub's documentation, the escapes are those of
//! `@actions/core`. The runner (`ExecutionContext.cs` in `actions/runner`) makes annotations of the first ten commands
//! of each kind that a step prints and only logs the others, so the most important come first and the log has all.

use super::excerpt::printable;
use super::parts::{cost, from_root, sentences};
use super::summary::counted;
use super::{Input, Output, compact, positions};
use crate::facts::Span;
use crate::findings::report::by_importance;
use crate::findings::{Finding, Problem, Severity, rule_info};
use crate::workspace::Columns;

/// How many annotations of each kind GitHub shows for a step.
const MOST_OF_A_KIND: usize = 10;
/// How many characters the title of an annotation may have.
const LONGEST_TITLE: usize = 255;

/// Renders the annotations that GitHub shows, then all findings as a group of lines in the log. Problems are warnings;
/// findings come before them.
pub fn render(input: &Input<'_>) -> Output {
    let report = input.report;
    let mut text = String::new();
    let mut left = [MOST_OF_A_KIND; Severity::ALL.len()];
    let mut without = 0;
    for finding in by_importance(&report.findings) {
        if takes(&mut left, finding.severity) {
            text.push_str(&annotation(finding, input));
        } else {
            without += 1;
        }
    }
    let mut silent = 0;
    for problem in &report.problems {
        if takes(&mut left, Severity::Medium) {
            text.push_str(&warning(problem, input));
        } else {
            silent += 1;
        }
    }
    if !report.findings.is_empty() {
        text.push_str(&format!("::group::perflint: {}\n", counted(report.findings.len(), "finding")));
        for finding in &report.findings {
            text.push_str(&harmless(&compact::line(finding, input)));
        }
        text.push_str("::endgroup::\n");
    }
    Output { text, notes: note(without, silent) }
}

/// Takes one of the annotations that are left for a severity, if there is one.
fn takes(left: &mut [usize; Severity::ALL.len()], severity: Severity) -> bool {
    let room = &mut left[severity as usize];
    let takes = *room > 0;
    *room = room.saturating_sub(1);
    takes
}

fn note(findings: usize, problems: usize) -> Vec<String> {
    let left_out: Vec<String> = [(findings, "finding"), (problems, "problem")]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, noun)| counted(count, noun))
        .collect();
    if left_out.is_empty() {
        return Vec::new();
    }
    let verb = if findings + problems == 1 { "has" } else { "have" };
    let note = format!(
        "GitHub shows {MOST_OF_A_KIND} annotations of each kind for a step; {} {verb} none of their own, see the log",
        left_out.join(" and ")
    );
    vec![note]
}

fn kind(severity: Severity) -> &'static str {
    match severity {
        Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "notice",
    }
}

fn annotation(finding: &Finding, input: &Input<'_>) -> String {
    let title = match rule_info::find(input.rules, &finding.rule) {
        Some(rule) => format!("{} ({})", rule.title, finding.rule),
        None => finding.rule.clone(),
    };
    let message = sentences([&finding.what, &cost(finding), &finding.why, &finding.fix]).join("\n");
    command(kind(finding.severity), &place(&finding.path, Some(finding.region), input), &title, &message)
}

fn warning(problem: &Problem, input: &Input<'_>) -> String {
    let path = problem.path.as_deref().filter(|path| !path.is_empty());
    let place = path.map(|path| place(path, problem.span, input)).unwrap_or_default();
    let help = problem.help.as_ref().map(|help| format!("\n{help}")).unwrap_or_default();
    command("warning", &place, "perflint", &format!("{}{help}", problem.message))
}

/// The properties of a place. Columns are only valid if the place is within a line; the runner drops them otherwise.
/// What they count GitHub does not say: here it is characters from 1, and the end is exclusive, as in perflint's JSON.
fn place(path: &str, span: Option<Span>, input: &Input<'_>) -> Vec<(&'static str, String)> {
    let mut properties = vec![("file", from_root(path, input.prefix))];
    if let Some(span) = span {
        let source = input.sources.source(path);
        let (start, end) = positions(source.as_deref(), span, Columns::Chars);
        properties.extend([("line", start.line.to_string()), ("endLine", end.line.to_string())]);
        if start.line == end.line {
            properties.extend([("col", start.column.to_string()), ("endColumn", end.column.to_string())]);
        }
    }
    properties
}

fn command(kind: &str, place: &[(&str, String)], title: &str, message: &str) -> String {
    let title = title.chars().take(LONGEST_TITLE).collect();
    let properties = place.iter().map(|(name, value)| (*name, value)).chain([("title", &title)]);
    let properties: Vec<String> = properties.map(|(name, value)| format!("{name}={}", property(value))).collect();
    format!("::{kind} {}::{}\n", properties.join(","), data(message))
}

/// Escapes what a command says.
fn data(text: &str) -> String {
    printable(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes a property of a command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// A line of the log that is no command, whatever the code says that it quotes: the runner takes one that starts with
/// `::` for a command, and `##[…]` anywhere in a line.
fn harmless(line: &str) -> String {
    let line = line.replace("##[", "## [");
    if line.trim_start().starts_with("::") { format!("./{}", line.trim_start()) } else { line }
}
