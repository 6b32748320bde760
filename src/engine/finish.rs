//! From what the rules found to a report: settings, suppressions, thresholds, order.

use std::time::Instant;

use super::{Request, ignore_comment};
use crate::facts::{Directive, FileFacts, Span};
use crate::findings::report::Stats;
use crate::findings::suppress::{self, Comments, Outcome, Policy};
use crate::findings::{Finding, Problem, Report, RuleInfo, rule_info};
use crate::workspace::{LineIndex, SourceFile};

/// What the rules found in one file.
#[derive(Clone, Debug)]
pub struct FileResult<'a> {
    /// The file.
    pub file: &'a SourceFile,
    /// What was found, with the rules' own severities.
    pub findings: Vec<Finding>,
    /// The file's suppression comments.
    pub directives: &'a [Directive],
    /// The places of its statements; only needed where there are comments.
    pub statements: Vec<Span>,
    /// Its lines; only needed where there are comments.
    pub lines: Option<&'a LineIndex>,
}

impl<'a> FileResult<'a> {
    /// The result for a file with facts.
    pub fn new(
        file: &'a SourceFile,
        facts: &'a FileFacts,
        lines: Option<&'a LineIndex>,
        findings: Vec<Finding>,
    ) -> Self {
        let is_needed = !facts.directives.is_empty();
        let statements = if is_needed { ignore_comment::statements(facts).collect() } else { Vec::new() };
        Self { file, findings, directives: &facts.directives, statements, lines }
    }
}

/// Makes the report. `rules` are those of [`super::Engine::rules`]; the rules about suppressions are added here.
/// `started` is when the run began.
pub fn finish<'a>(
    rules: &[RuleInfo],
    results: impl IntoIterator<Item = FileResult<'a>>,
    problems: Vec<Problem>,
    stats: Stats,
    started: Instant,
) -> Report {
    let mut report = Report { problems, stats, ..Report::default() };
    let own = suppress::rules();
    let rules: Vec<&RuleInfo> =
        rules.iter().chain(own.iter().filter(|rule| rule_info::find(rules, &rule.id).is_none())).collect();
    for result in results {
        take(result, &rules, &mut report);
    }
    report.sort();
    report.stats.time = started.elapsed();
    report
}

/// Whether a rule may be on for any file of a request: what need not be run need not be looked for.
pub fn is_needed(request: &Request, rule: &RuleInfo) -> bool {
    request.settings.iter().any(|settings| settings.may_be_on(rule))
}

fn take(result: FileResult<'_>, rules: &[&RuleInfo], report: &mut Report) {
    let settings = &result.file.settings;
    let path = &result.file.absolute;
    let find = |id: &str| rules.iter().copied().find(|rule| rule.id == id);
    let is_on = |id: &str| find(id).is_some_and(|rule| settings.is_on(rule, path));
    let found: Vec<Finding> = result.findings.into_iter().filter(|finding| is_on(&finding.rule)).collect();
    let mut outcome = match result.lines {
        Some(lines) if !result.directives.is_empty() => {
            let comments = Comments {
                path: &result.file.path,
                directives: result.directives,
                statements: result.statements,
                lines,
            };
            let policy = Policy {
                require_reason: settings.require_reason,
                is_on: &is_on,
                is_known: &|id| find(id).is_some(),
                judge_blanket: settings.selection.is_default(),
            };
            suppress::apply(found, &comments, &policy)
        }
        _ => Outcome { shown: found, suppressed: Vec::new() },
    };
    for finding in outcome.shown.iter_mut().chain(&mut outcome.suppressed) {
        if let Some(severity) = find(&finding.rule).and_then(|rule| settings.severity(rule, path)) {
            finding.severity = severity;
        }
    }
    let is_sure = |finding: &Finding| finding.confidence >= settings.min_confidence;
    let before = outcome.shown.len();
    outcome.shown.retain(is_sure);
    outcome.suppressed.retain(is_sure);
    report.stats.hidden += before - outcome.shown.len();
    report.failing += outcome.shown.iter().filter(|finding| settings.fails(finding)).count();
    report.findings.append(&mut outcome.shown);
    report.suppressed.append(&mut outcome.suppressed);
}
