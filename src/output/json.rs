//! perflint's own JSON, version 1. Fields may be added within a version; none changes its meaning or goes.
//!
//! Lines and columns count from 1, columns count characters (Unicode scalar values), ends are exclusive.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Input, Output, Sources, positions, snippet};
use crate::facts::Span;
use crate::findings::fingerprint::fingerprints;
use crate::findings::{Confidence, Finding, Fix, Label, Problem, ProblemKind, Report, Safety, Severity, rule_info};
use crate::workspace::{Columns, Position};

/// The version of this form.
pub const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    tool: Tool,
    findings: Vec<JsonFinding<'a>>,
    suppressed: Vec<JsonFinding<'a>>,
    problems: Vec<JsonProblem<'a>>,
    summary: Summary,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Place<'a> {
    path: &'a str,
    start: JsonPosition,
    end: JsonPosition,
}

#[derive(Serialize)]
struct JsonPosition {
    line: u32,
    column: u32,
}

#[derive(Serialize)]
struct JsonFinding<'a> {
    rule: &'a str,
    title: Option<&'a str>,
    group: Option<&'a str>,
    severity: Severity,
    confidence: Confidence,
    #[serde(flatten)]
    place: Place<'a>,
    what: &'a str,
    why: &'a str,
    cost: &'a str,
    fix: &'a str,
    label: &'a str,
    related: Vec<JsonLabel<'a>>,
    chain: Vec<JsonLabel<'a>>,
    function: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    entry: Option<JsonEntry<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<JsonFix<'a>>,
    fingerprint: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

#[derive(Serialize)]
struct JsonFix<'a> {
    title: &'a str,
    safety: Safety,
    edits: Vec<JsonEdit<'a>>,
}

#[derive(Serialize)]
struct JsonEdit<'a> {
    start: JsonPosition,
    end: JsonPosition,
    text: &'a str,
}

#[derive(Serialize)]
struct JsonEntry<'a> {
    kind: &'static str,
    route: Option<&'a str>,
    name: Option<&'a str>,
    #[serde(flatten)]
    place: Place<'a>,
}

#[derive(Serialize)]
struct JsonLabel<'a> {
    #[serde(flatten)]
    place: Place<'a>,
    text: &'a str,
}

#[derive(Serialize)]
struct JsonProblem<'a> {
    kind: &'static str,
    path: Option<&'a str>,
    start: Option<JsonPosition>,
    end: Option<JsonPosition>,
    message: &'a str,
    help: Option<&'a str>,
}

#[derive(Serialize)]
struct Summary {
    files: usize,
    lines: usize,
    skipped: BTreeMap<&'static str, usize>,
    high: usize,
    medium: usize,
    low: usize,
    failing: usize,
    suppressed: usize,
    hidden: usize,
    known: usize,
    unchanged: usize,
}

/// Renders the report as one JSON document. It depends on nothing but the report: no times, no machine.
///
/// # Errors
/// The document cannot be written as JSON, which no report causes.
pub fn render(input: &Input<'_>) -> Result<Output, serde_json::Error> {
    let report = input.report;
    let document = Document {
        version: VERSION,
        tool: Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
        findings: findings(&report.findings, input),
        suppressed: findings(&report.suppressed, input),
        problems: report.problems.iter().map(|problem| json_problem(problem, input.sources)).collect(),
        summary: summary(report),
    };
    Ok(Output { text: serde_json::to_string_pretty(&document)? + "\n", notes: Vec::new() })
}

fn findings<'a>(findings: &'a [Finding], input: &Input<'a>) -> Vec<JsonFinding<'a>> {
    let code = |finding: &Finding| snippet(input.sources.source(&finding.path).as_deref(), finding.span);
    let fingerprints = fingerprints(findings, code);
    let labels = |labels: &'a [Label]| -> Vec<JsonLabel<'a>> {
        labels.iter().map(|l| JsonLabel { place: place(&l.path, l.span, input.sources), text: &l.text }).collect()
    };
    let one = |(finding, fingerprint): (&'a Finding, String)| {
        let rule = rule_info::find(input.rules, &finding.rule);
        JsonFinding {
            rule: &finding.rule,
            title: rule.map(|rule| rule.title.as_str()),
            group: rule.map(|rule| rule.group.as_str()),
            severity: finding.severity,
            confidence: finding.confidence,
            place: place(&finding.path, finding.span, input.sources),
            what: &finding.what,
            why: &finding.why,
            cost: &finding.cost,
            fix: &finding.fix,
            label: &finding.primary_label,
            related: labels(&finding.related),
            chain: labels(&finding.chain),
            function: finding.function.as_deref(),
            entry: finding.entry.as_ref().map(|entry| JsonEntry {
                kind: entry.kind.name(),
                route: entry.route.as_deref(),
                name: entry.name.as_deref(),
                place: place(&entry.path, entry.span, input.sources),
            }),
            fixes: finding.fixes.iter().map(|fix| json_fix(fix, &finding.path, input.sources)).collect(),
            fingerprint,
            reason: finding.suppressed.as_ref().and_then(|reason| reason.as_deref()),
        }
    };
    findings.iter().zip(fingerprints).map(one).collect()
}

fn json_fix<'a>(fix: &'a Fix, path: &str, sources: &dyn Sources) -> JsonFix<'a> {
    let source = sources.source(path);
    let edits = fix.edits.iter().map(|edit| {
        let (start, end) = positions(source.as_deref(), edit.span, Columns::Chars);
        JsonEdit { start: start.into(), end: end.into(), text: &edit.text }
    });
    JsonFix { title: &fix.title, safety: fix.safety, edits: edits.collect() }
}

fn place<'a>(path: &'a str, span: Span, sources: &dyn Sources) -> Place<'a> {
    let (start, end) = positions(sources.source(path).as_deref(), span, Columns::Chars);
    Place { path, start: start.into(), end: end.into() }
}

impl From<Position> for JsonPosition {
    fn from(position: Position) -> Self {
        Self { line: position.line, column: position.column }
    }
}

fn json_problem<'a>(problem: &'a Problem, sources: &dyn Sources) -> JsonProblem<'a> {
    let place = problem.path.as_deref().zip(problem.span).map(|(path, span)| place(path, span, sources));
    let (start, end) = place.map_or((None, None), |place| (Some(place.start), Some(place.end)));
    JsonProblem {
        kind: match problem.kind {
            ProblemKind::File => "file",
            ProblemKind::Input => "input",
            ProblemKind::Internal => "internal",
        },
        path: problem.path.as_deref(),
        start,
        end,
        message: &problem.message,
        help: problem.help.as_deref(),
    }
}

fn summary(report: &Report) -> Summary {
    let [high, medium, low] = report.counts();
    Summary {
        files: report.stats.files,
        lines: report.stats.lines,
        skipped: report.stats.skipped.iter().map(|(reason, &count)| (reason.name(), count)).collect(),
        high,
        medium,
        low,
        failing: report.failing,
        suppressed: report.suppressed.len(),
        hidden: report.stats.hidden,
        known: report.known.len(),
        unchanged: report.stats.unchanged,
    }
}
