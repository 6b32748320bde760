//! What can be done about a finding.

use std::collections::HashMap;

use gen_lsp_types::{
    CodeAction, CodeActionKind, CodeActionParams, Command, OptionalVersionedTextDocumentIdentifier, Range,
    TextDocumentEdit, TextDocumentIdentifier, TextEdit, Uri, WorkspaceEdit,
};
use serde_json::json;

use super::documents::Document;
use super::positions::Places;
use super::state::State;
use crate::engine::ignore_comment::{Insertion, Place};
use crate::findings::{Finding, suppress};

/// The command that shows a rule's page; its argument is the rule's id.
pub const SHOW_RULE: &str = "perflint.showRule";

/// The kinds of actions that there are.
pub fn kinds() -> Vec<CodeActionKind> {
    vec![CodeActionKind::QuickFix]
}

/// The actions for the findings in a range. The document must be current.
pub fn actions(state: &State, params: &CodeActionParams) -> Vec<CodeAction> {
    let uri = &params.text_document.uri;
    let Some((document, _, Some(found))) = state.document(uri) else { return Vec::new() };
    let Some(file) = &found.file else { return Vec::new() };
    let places = Places { text: &document.text, lines: &document.lines, columns: state.client.columns };
    let asked = places.span(params.range);
    let is_marked = |finding: &Finding| finding.span.start <= asked.end && asked.start <= finding.span.end;
    // Where nothing is marked, what is on the line.
    let lines = [asked.start, asked.end].map(|offset| document.lines.line(offset));
    let is_on_line = |finding: &Finding| (lines[0]..=lines[1]).contains(&document.lines.line(finding.span.start));
    let is_any_marked = found.findings.iter().any(is_marked);
    let is_here = |finding: &Finding| if is_any_marked { is_marked(finding) } else { is_on_line(finding) };
    let wants = |kind: &CodeActionKind| {
        let is_within = |wanted: &CodeActionKind| {
            let (kind, wanted) = (name(kind), name(wanted));
            kind == wanted || kind.starts_with(&format!("{wanted}."))
        };
        params.context.only.as_ref().is_none_or(|only| only.iter().any(is_within))
    };
    if !wants(&CodeActionKind::QuickFix) {
        return Vec::new();
    }
    let place = Place {
        path: &file.path,
        language: file.language,
        text: &document.text,
        require_reason: file.settings.require_reason,
    };
    let edit = |insertion: Insertion| edit(state, uri, document, places, &[insertion]);
    let mut actions = Vec::new();
    for (finding, diagnostic) in found.findings.iter().zip(&found.diagnostics).filter(|(finding, _)| is_here(finding)) {
        let action = |title: String| CodeAction {
            title,
            kind: Some(CodeActionKind::QuickFix),
            diagnostics: Some(vec![diagnostic.clone()]),
            ..CodeAction::default()
        };
        let rule = &finding.rule;
        if *rule != suppress::UNUSED && *rule != suppress::NO_REASON {
            if let Some(insertion) = place.above(finding) {
                let title = format!("Ignore {rule} on this line");
                actions.push(CodeAction { edit: Some(edit(insertion)), ..action(title) });
            }
            let title = format!("Ignore {rule} in this file");
            actions.push(CodeAction { edit: Some(edit(place.in_file(finding))), ..action(title) });
        }
        let title = format!("Show the page of {rule}");
        let arguments = Some(vec![json!(rule)]);
        let command = Command { title: title.clone(), command: SHOW_RULE.to_owned(), arguments, tooltip: None };
        actions.push(CodeAction { command: Some(command), ..action(title) });
    }
    actions
}

/// The protocol's name of a kind of action.
fn name(kind: &CodeActionKind) -> String {
    serde_json::to_value(kind).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Insertions into a document, as the client takes them.
fn edit(state: &State, uri: &Uri, document: &Document, places: Places<'_>, insertions: &[Insertion]) -> WorkspaceEdit {
    let edits: Vec<TextEdit> = insertions
        .iter()
        .map(|insertion| {
            let at = places.position(insertion.offset);
            TextEdit { range: Range { start: at, end: at }, new_text: insertion.text.clone() }
        })
        .collect();
    let mut edit = WorkspaceEdit::default();
    if state.client.versioned_edits {
        let text_document_identifier = TextDocumentIdentifier { uri: uri.clone() };
        let version = Some(document.version);
        let text_document = OptionalVersionedTextDocumentIdentifier { version, text_document_identifier };
        let edits = edits.into_iter().map(Into::into).collect();
        edit.document_changes = Some(vec![TextDocumentEdit { text_document, edits }.into()]);
    } else {
        edit.changes = Some(HashMap::from([(uri.clone(), edits)]));
    }
    edit
}
