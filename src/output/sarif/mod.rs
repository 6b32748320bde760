//! SARIF 2.1.0 as GitHub's code scanning reads it.

pub(super) mod limits;
mod model;
mod rules;

use std::collections::BTreeMap;

use self::model::{
    ArtifactChange, ArtifactLocation, AutomationDetails, CodeFlow, Driver, FlowLocation, Invocation, Location, Log,
    Message, Notification, PhysicalLocation, Region, Replacement, ResultProperties, Run, SarifFix, SarifResult,
    Suppression, ThreadFlow, Tool,
};
use self::rules::level;
use super::parts::{from_root, sentence};
use super::{Input, Output, positions, snippet};
use crate::facts::Span;
use crate::findings::fingerprint::{fingerprints_at, line_hashes};
use crate::findings::{BaselineState, Finding, Fix, Label, Problem, ProblemKind};
use crate::workspace::{Columns, Source};

/// How many related locations of a result it shows.
const MOST_RELATED: usize = 1_000;
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// Renders the report as one SARIF run. URIs count from the repository's root.
///
/// # Errors
/// The document cannot be written as JSON, which no report causes.
pub fn render(input: &Input<'_>) -> Result<Output, serde_json::Error> {
    let (findings, mut notes) = limits::chosen(input.report, input.include_suppressed);
    let write = |findings: &[Finding]| document(findings, input);
    let (text, cut) = limits::written_within(limits::MOST_BYTES, findings, write).map_err(serde_json::Error::io)?;
    if cut > 0 {
        let most = limits::MOST_BYTES / 1024 / 1024;
        notes.push(format!("SARIF: GitHub takes {most} MB; the {cut} least important results were left out"));
    }
    Ok(Output { text, notes })
}

fn document(findings: &[Finding], input: &Input<'_>) -> std::io::Result<String> {
    let report = input.report;
    let driver = Driver {
        name: env!("CARGO_PKG_NAME"),
        semantic_version: env!("CARGO_PKG_VERSION"),
        information_uri: rules::repository(),
        rules: input.rules.iter().map(rules::rule).collect(),
    };
    let run = Run {
        tool: Tool { driver },
        automation_details: AutomationDetails { id: "perflint/" },
        column_kind: "utf16CodeUnits",
        invocations: vec![Invocation {
            execution_successful: !report.problems.iter().any(Problem::fails_run),
            tool_execution_notifications: report.problems.iter().map(|problem| notification(problem, input)).collect(),
        }],
        results: results(findings, input),
    };
    let log = Log { schema: SCHEMA, version: "2.1.0", runs: vec![run] };
    Ok(serde_json::to_string_pretty(&log)? + "\n")
}

fn results(findings: &[Finding], input: &Input<'_>) -> Vec<SarifResult> {
    let code = |finding: &Finding| snippet(input.sources.source(&finding.path).as_deref(), finding.span);
    let own = fingerprints_at(findings, |finding| from_root(&finding.path, input.prefix), code);
    let mut results = Vec::with_capacity(findings.len());
    let mut hashes: (&str, Vec<String>) = ("", Vec::new());
    for (finding, own) in findings.iter().zip(own) {
        let source = input.sources.source(&finding.path);
        if hashes.0 != finding.path {
            let text = source.as_ref().map(|source| line_hashes(&source.stored_text()));
            hashes = (&finding.path, text.unwrap_or_default());
        }
        let line = positions(source.as_deref(), finding.region, Columns::Utf16).0.line;
        let mut fingerprints = BTreeMap::from([("perflint/v1", own)]);
        if let Some(hash) = hashes.1.get(line as usize - 1) {
            fingerprints.insert("primaryLocationLineHash", hash.clone());
        }
        results.push(result(finding, fingerprints, input));
    }
    results
}

fn result(finding: &Finding, partial_fingerprints: BTreeMap<&'static str, String>, input: &Input<'_>) -> SarifResult {
    let labels = || finding.related.iter().chain(&finding.chain).take(MOST_RELATED);
    let related = labels().enumerate().map(|(at, label)| Location {
        id: Some(at + 1),
        message: Some(Message { text: label.text.clone() }),
        ..location(&label.path, label.span, input)
    });
    SarifResult {
        rule_index: input.rules.iter().position(|rule| rule.id == finding.rule),
        rule_id: finding.rule.clone(),
        level: level(finding.severity),
        message: Message { text: message(finding, labels()) },
        locations: vec![location(&finding.path, finding.region, input)],
        related_locations: related.collect(),
        code_flows: code_flow(finding, input).into_iter().collect(),
        partial_fingerprints,
        suppressions: finding.suppressed.iter().map(suppression).collect(),
        fixes: finding.fixes.iter().map(|fix| sarif_fix(fix, finding, input)).collect(),
        baseline_state: finding.baseline.map(|state| match state {
            BaselineState::New => "new",
            BaselineState::Known => "unchanged",
        }),
        properties: ResultProperties { confidence: finding.confidence.name(), severity: finding.severity.name() },
    }
}

/// The three parts, the first a sentence of its own, and links to the related places.
fn message<'a>(finding: &Finding, labels: impl Iterator<Item = &'a Label>) -> String {
    let mut text = sentence(&finding.what);
    if !finding.cost.is_empty() {
        text.push_str(&format!(" Cost: {}", sentence(&finding.cost)));
    }
    for part in [&finding.why, &finding.fix] {
        if !part.is_empty() {
            text.push(' ');
            text.push_str(&sentence(part));
        }
    }
    let links: Vec<String> =
        labels.enumerate().map(|(at, label)| format!("[{}]({})", escaped(&label.text), at + 1)).collect();
    if !links.is_empty() {
        text.push_str(&format!(" See: {}.", links.join(", ")));
    }
    text
}

/// The text of a link, in which brackets would end it.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        if matches!(char, '[' | ']' | '\\') {
            escaped.push('\\');
        }
        escaped.push(char);
    }
    escaped
}

fn code_flow(finding: &Finding, input: &Input<'_>) -> Option<CodeFlow> {
    if finding.chain.is_empty() {
        return None;
    }
    let step = |path: &str, span: Span, text: &str| FlowLocation {
        location: Location { message: Some(Message { text: text.to_owned() }), ..location(path, span, input) },
    };
    let first = step(&finding.path, finding.span, &finding.primary_label);
    let rest = finding.chain.iter().map(|label| step(&label.path, label.span, &label.text));
    Some(CodeFlow { thread_flows: vec![ThreadFlow { locations: std::iter::once(first).chain(rest).collect() }] })
}

fn sarif_fix(fix: &Fix, finding: &Finding, input: &Input<'_>) -> SarifFix {
    let source = input.sources.source(&finding.path);
    let replacements = fix.edits.iter().map(|edit| Replacement {
        deleted_region: region(source.as_deref(), edit.span),
        inserted_content: Message { text: edit.text.clone() },
    });
    let change = ArtifactChange {
        artifact_location: artifact(&finding.path, input.prefix),
        replacements: replacements.collect(),
    };
    SarifFix { description: Message { text: fix.title.clone() }, artifact_changes: vec![change] }
}

fn suppression(reason: &Option<String>) -> Suppression {
    Suppression { kind: "inSource", justification: reason.clone() }
}

fn location(path: &str, span: Span, input: &Input<'_>) -> Location {
    let region = region(input.sources.source(path).as_deref(), span);
    let physical = PhysicalLocation { artifact_location: artifact(path, input.prefix), region: Some(region) };
    Location { id: None, physical_location: physical, message: None }
}

fn region(source: Option<&Source>, span: Span) -> Region {
    let (start, end) = positions(source, span, Columns::Utf16);
    Region { start_line: start.line, start_column: start.column, end_line: end.line, end_column: end.column }
}

/// A path as a URI from the repository's root; one that lies outside as it is.
fn artifact(path: &str, prefix: &str) -> ArtifactLocation {
    if path.starts_with('/') {
        return ArtifactLocation { uri: format!("file://{}", encoded(path)), uri_base_id: None };
    }
    ArtifactLocation { uri: encoded(&from_root(path, prefix)), uri_base_id: Some("%SRCROOT%") }
}

/// Percent-encodes what must not stand in the path of a URL, as the WHATWG's URL standard has it: brackets, of which file
/// names of routes are full (`pages/[id].ts`), stay as they are, and consumers that compare paths find them.
fn encoded(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for &byte in path.as_bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=@[]".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

fn notification(problem: &Problem, input: &Input<'_>) -> Notification {
    let place = problem.path.as_ref().filter(|path| !path.is_empty()).map(|path| match problem.span {
        Some(span) => location(path, span, input),
        None => Location {
            id: None,
            physical_location: PhysicalLocation { artifact_location: artifact(path, input.prefix), region: None },
            message: None,
        },
    });
    let help = problem.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
    Notification {
        level: if problem.kind == ProblemKind::File { "warning" } else { "error" },
        message: Message { text: format!("{}{help}", problem.message) },
        locations: place.into_iter().collect(),
    }
}
