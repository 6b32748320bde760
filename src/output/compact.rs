//! One line a finding: `path:line:column: severity rule: what`.

use super::excerpt::printable;
use super::{Input, Output, positions};
use crate::workspace::Columns;

/// Renders all findings; columns count characters.
pub fn render(input: &Input<'_>) -> Output {
    let mut text = String::new();
    for finding in &input.report.findings {
        let source = input.sources.source(&finding.path);
        let (start, _) = positions(source.as_deref(), finding.span, Columns::Chars);
        let what = finding.what.split_whitespace().collect::<Vec<_>>().join(" ");
        let (severity, rule) = (finding.severity, &finding.rule);
        let line = format!("{}:{}:{}: {severity} {rule}: {what}", finding.path, start.line, start.column);
        text.push_str(&printable(&line));
        text.push('\n');
    }
    Output { text, notes: Vec::new() }
}
