//! One line a finding: `path:line:column: severity rule: what`.

use super::excerpt::printable;
use super::parts::one_line;
use super::{Input, Output, positions};
use crate::findings::Finding;
use crate::workspace::Columns;

/// Renders all findings; columns count characters.
pub fn render(input: &Input<'_>) -> Output {
    Output { text: input.report.findings.iter().map(|finding| line(finding, input)).collect(), notes: Vec::new() }
}

/// The line of a finding, with its line break.
pub fn line(finding: &Finding, input: &Input<'_>) -> String {
    let source = input.sources.source(&finding.path);
    let (start, _) = positions(source.as_deref(), finding.span, Columns::Chars);
    let (severity, rule, what) = (finding.severity, &finding.rule, one_line(&finding.what));
    let line = format!("{}:{}:{}: {severity} {rule}: {what}", finding.path, start.line, start.column);
    printable(&line).into_owned() + "\n"
}
