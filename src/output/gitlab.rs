//! GitLab's Code Quality report: the subset of Code Climate's issues that GitLab reads.
//!
//! The fields are those of "Code Quality report format" in GitLab's documentation (`ci/testing/code_quality`), and the
//! schema that GitLab checks them with is `app/validators/json_schemas/codeclimate.json` in its source: it stops
//! reading at the first issue that is not valid, and of those with the same fingerprint it keeps one.

use serde::Serialize;

use super::parts::{cost, from_root, sentences};
use super::{Input, Output, positions, snippet};
use crate::findings::fingerprint::fingerprints_at;
use crate::findings::{Finding, Severity};
use crate::workspace::Columns;

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

/// A path from the repository's root, without `./`.
#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

/// Lines count from 1, and the last is one of them.
#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

/// Renders the findings as one array. Problems of files have no place in it.
///
/// # Errors
/// The document cannot be written as JSON, which no report causes.
pub fn render(input: &Input<'_>) -> Result<Output, serde_json::Error> {
    let findings = &input.report.findings;
    // From the root as well, so that reports of several folders of a repository do not hide each other's findings.
    let path = |finding: &Finding| from_root(&finding.path, input.prefix);
    let code = |finding: &Finding| snippet(input.sources.source(&finding.path).as_deref(), finding.span);
    let fingerprints = fingerprints_at(findings, path, code);
    let issues: Vec<Issue<'_>> =
        findings.iter().zip(fingerprints).map(|(finding, own)| issue(finding, own, input)).collect();
    Ok(Output { text: serde_json::to_string_pretty(&issues)? + "\n", notes: Vec::new() })
}

fn issue<'a>(finding: &'a Finding, fingerprint: String, input: &Input<'_>) -> Issue<'a> {
    let source = input.sources.source(&finding.path);
    let (start, end) = positions(source.as_deref(), finding.region, Columns::Chars);
    Issue {
        // GitLab shows it in a line of a list, so why it costs is left out.
        description: sentences([&finding.what, &cost(finding), &finding.fix]).join(" "),
        check_name: &finding.rule,
        fingerprint,
        severity: severity(finding.severity),
        location: Location {
            path: from_root(&finding.path, input.prefix),
            lines: Lines { begin: start.line, end: end.line },
        },
    }
}

/// GitLab has two grades above these, `critical` and `blocker`, for what breaks a program.
fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::High => "major",
        Severity::Medium => "minor",
        Severity::Low => "info",
    }
}
