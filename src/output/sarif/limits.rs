//! What GitHub takes of a run, and what is left out to stay within it: always the least important.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use rustc_hash::FxHashSet;

use crate::findings::report::by_importance;
use crate::findings::{Finding, Report};

/// How many results GitHub takes in a run.
const MOST_RESULTS: usize = 25_000;
/// How many of them it shows.
const MOST_SHOWN: usize = 5_000;
/// How many bytes a compressed file may have.
pub const MOST_BYTES: usize = 10 * 1024 * 1024;

/// The findings that fit by their number, in order, with a word about what does not. What comments suppress and baselines
/// know is among them only if that is wanted, since GitHub shows it like all the rest (it reads neither `suppressions` nor
/// `baselineState`).
pub fn chosen(report: &Report, include_suppressed: bool) -> (Vec<Finding>, Vec<String>) {
    let shown = report.findings.len();
    let mut notes = Vec::new();
    if shown > MOST_RESULTS {
        let cut = shown - MOST_RESULTS;
        notes
            .push(format!("SARIF: GitHub takes {MOST_RESULTS} results a run; the {cut} least important were left out"));
    }
    let mut findings = most_important(&report.findings, MOST_RESULTS);
    if shown > MOST_SHOWN {
        notes.push(format!("SARIF: GitHub shows the {MOST_SHOWN} most important results of {shown}"));
    }
    if include_suppressed {
        let room = MOST_RESULTS - findings.len();
        let others = report.known.len() + report.suppressed.len();
        if others > room {
            notes.push(format!("SARIF: {} suppressed or known results were left out", others - room));
        }
        findings.extend(report.known.iter().chain(&report.suppressed).take(room).cloned());
    }
    findings.sort_by(|a, b| (&a.path, a.span, &a.rule).cmp(&(&b.path, b.span, &b.rule)));
    (findings, notes)
}

/// Writes findings with `write`, and fewer of them until the text has at most `most` bytes once it is compressed. Gives the
/// text, and how many were left out.
///
/// # Errors
/// Those of `write`; or memory for the compressed text cannot be had.
pub fn written_within<E: From<std::io::Error>>(
    most: usize,
    mut findings: Vec<Finding>,
    write: impl Fn(&[Finding]) -> Result<String, E>,
) -> Result<(String, usize), E> {
    let all = findings.len();
    loop {
        let text = write(&findings)?;
        // Text hardly grows by being compressed.
        let size = if text.len() <= most { 0 } else { compressed_size(&text)? };
        if size <= most || findings.is_empty() {
            return Ok((text, all - findings.len()));
        }
        let fitting = (findings.len() as u64 * most as u64 / size as u64) as usize;
        findings = most_important(&findings, fitting.saturating_sub(fitting / 20));
    }
}

/// As many of the findings as there may be, in their order.
fn most_important(findings: &[Finding], most: usize) -> Vec<Finding> {
    if findings.len() <= most {
        return findings.to_vec();
    }
    let kept: FxHashSet<*const Finding> =
        by_importance(findings).into_iter().take(most).map(std::ptr::from_ref).collect();
    findings.iter().filter(|finding| kept.contains(&std::ptr::from_ref(*finding))).cloned().collect()
}

fn compressed_size(text: &str) -> std::io::Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes())?;
    Ok(encoder.finish()?.len())
}
