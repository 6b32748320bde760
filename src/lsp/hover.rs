//! What is shown where the pointer rests: the finding and the page of its rule.

use gen_lsp_types::{Hover, HoverParams, MarkupContent, MarkupKind};

use super::positions::Places;
use super::state::State;
use crate::findings::{Finding, rule_info};

/// What there is to show at a position, if anything.
pub fn hover(state: &State, params: &HoverParams) -> Option<Hover> {
    let at = &params.text_document_position_params;
    let (_, _, found) = state.document(&at.text_document.uri)?;
    let found = found?;
    let places = Places { text: &found.source.text, lines: &found.source.lines, columns: state.client.columns };
    let offset = places.offset(at.position);
    // The whole of a query is looked at, of which the diagnostic marks the last call.
    let here = |finding: &&Finding| finding.region.start <= offset && offset <= finding.region.end;
    let findings: Vec<&Finding> = found.findings.iter().filter(here).collect();
    let first = findings.iter().map(|finding| finding.span).min_by_key(|span| span.end - span.start)?;
    let parts: Vec<String> = findings.iter().map(|finding| part(state, finding)).collect();
    let kind = if state.client.shows_markdown { MarkupKind::Markdown } else { MarkupKind::PlainText };
    let contents = MarkupContent { kind, value: parts.join("\n\n---\n\n") };
    Some(Hover { contents: contents.into(), range: Some(places.range(first)) })
}

fn part(state: &State, finding: &Finding) -> String {
    let mut text = format!("**{}**", finding.what);
    for label in finding.related.iter().chain(&finding.chain) {
        text.push_str(&format!("\n- {} (`{}`)", label.text, label.path));
    }
    match rule_info::find(&state.rules, &finding.rule) {
        Some(rule) => text.push_str(&format!("\n\n{}", rule.page())),
        None => text.push_str(&format!("\n\n{}\n\n{}", finding.why, finding.fix)),
    }
    text
}
