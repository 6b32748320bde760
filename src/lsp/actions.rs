//! What can be done about a finding.

use std::collections::HashMap;

use gen_lsp_types::{
    CodeAction, CodeActionKind, CodeActionParams, Command, OptionalVersionedTextDocumentIdentifier, TextDocumentEdit,
    TextDocumentIdentifier, TextEdit, Uri, WorkspaceEdit,
};
use serde_json::json;

use super::diagnostics::Findings;
use super::documents::Document;
use super::positions::Places;
use super::state::State;
use crate::engine::fixes;
use crate::engine::ignore_comment::{Insertion, Place};
use crate::facts::Span;
use crate::findings::fix::apply_all;
use crate::findings::{Finding, Fix, Safety, suppress};
use crate::workspace::SourceFile;

/// The kind of the action that applies all safe fixes.
const FIX_ALL: &str = "source.fixAll.perflint";
/// The command that shows a rule's page; its argument is the rule's id.
pub const SHOW_RULE: &str = "perflint.showRule";

/// The kinds of actions that there are.
pub fn kinds() -> Vec<String> {
    vec![name(&CodeActionKind::QuickFix), FIX_ALL.to_owned()]
}

/// The actions for the findings in a range. The document must be current.
pub fn actions(state: &State, params: &CodeActionParams) -> Vec<CodeAction> {
    let uri = &params.text_document.uri;
    let Some((document, _, Some(found))) = state.document(uri) else { return Vec::new() };
    let Some(file) = &found.file else { return Vec::new() };
    let places = Places { text: &document.text, lines: &document.lines, columns: state.client.columns };
    let offered = Offered { state, uri, document, places, found, file };
    let wants = |kind: &str| {
        let is_within = |wanted: &CodeActionKind| {
            let wanted = name(wanted);
            kind == wanted || kind.starts_with(&format!("{wanted}."))
        };
        params.context.only.as_ref().is_none_or(|only| only.iter().any(is_within))
    };
    let mut actions = Vec::new();
    if wants(&name(&CodeActionKind::QuickFix)) {
        actions.extend(offered.for_range(places.span(params.range)));
    }
    if wants(FIX_ALL) {
        actions.extend(offered.fix_all());
    }
    actions
}

/// What is found in a document, and what can be done about it.
struct Offered<'s> {
    state: &'s State,
    uri: &'s Uri,
    document: &'s Document,
    places: Places<'s>,
    found: &'s Findings,
    file: &'s SourceFile,
}

impl Offered<'_> {
    /// The actions for what is found in a range.
    fn for_range(&self, asked: Span) -> Vec<CodeAction> {
        let findings = &self.found.findings;
        let is_marked = |finding: &Finding| finding.span.start <= asked.end && asked.start <= finding.span.end;
        // Where nothing is marked, what is on the line.
        let lines = [asked.start, asked.end].map(|offset| self.document.lines.line(offset));
        let is_on_line =
            |finding: &Finding| (lines[0]..=lines[1]).contains(&self.document.lines.line(finding.span.start));
        let is_any_marked = findings.iter().any(is_marked);
        let is_here = |finding: &Finding| if is_any_marked { is_marked(finding) } else { is_on_line(finding) };
        let here: Vec<usize> = (0..findings.len()).filter(|row| is_here(&findings[*row])).collect();
        let fixed = self.with_fixes(&here);
        let mut actions = Vec::new();
        for (&row, finding) in here.iter().zip(&fixed) {
            actions.extend(finding.fixes.iter().map(|fix| self.fix(row, fix)));
            actions.extend(self.ignore(row, finding));
            let rule = &finding.rule;
            let title = format!("Show the page of {rule}");
            let arguments = Some(vec![json!(rule)]);
            let command = Command { title: title.clone(), command: SHOW_RULE.to_owned(), arguments, tooltip: None };
            actions.push(CodeAction { command: Some(command), ..self.action(row, title) });
        }
        // Several findings may have the same remedy.
        let mut seen: Vec<(String, Option<WorkspaceEdit>)> = Vec::new();
        actions.retain(|action| {
            let key = (action.title.clone(), action.edit.clone());
            let is_new = !seen.contains(&key);
            seen.push(key);
            is_new
        });
        actions
    }

    /// Some findings, by their rows, with their fixes.
    fn with_fixes(&self, rows: &[usize]) -> Vec<Finding> {
        let mut findings: Vec<Finding> = rows.iter().map(|row| self.found.findings[*row].clone()).collect();
        if let Some(knowledge) = &self.found.knowledge {
            let mut all: Vec<&mut Finding> = findings.iter_mut().collect();
            fixes::fill(&knowledge.rules, self.file.language, &self.document.text, &mut all);
        }
        findings
    }

    fn action(&self, row: usize, title: String) -> CodeAction {
        let diagnostics = self.found.diagnostics.get(row).map(|diagnostic| vec![diagnostic.clone()]);
        CodeAction { title, kind: Some(CodeActionKind::QuickFix), diagnostics, ..CodeAction::default() }
    }

    fn fix(&self, row: usize, fix: &Fix) -> CodeAction {
        let is_safe = fix.safety == Safety::Safe;
        // Who applies one that may change when things happen should know.
        let title = if is_safe { fix.title.clone() } else { format!("{} ({})", fix.title, fix.safety) };
        let edit = self.edit(fix.edits.iter().map(|edit| (edit.span, edit.text.clone())));
        CodeAction { edit: Some(edit), is_preferred: is_safe.then_some(true), ..self.action(row, title) }
    }

    /// The comments that silence a finding.
    fn ignore(&self, row: usize, finding: &Finding) -> Vec<CodeAction> {
        let rule = &finding.rule;
        if *rule == suppress::UNUSED || *rule == suppress::NO_REASON {
            return Vec::new();
        }
        let place = Place {
            path: &self.file.path,
            language: self.file.language,
            text: &self.document.text,
            require_reason: self.file.settings.require_reason,
        };
        let insertion = |insertion: Insertion| {
            let at = Span { start: insertion.offset, end: insertion.offset };
            Some(self.edit([(at, insertion.text)]))
        };
        let on_line = place.above(finding).map(|comment| CodeAction {
            edit: insertion(comment),
            ..self.action(row, format!("Ignore {rule} on this line"))
        });
        let title = format!("Ignore {rule} in this file");
        let in_file = CodeAction { edit: insertion(place.in_file(finding)), ..self.action(row, title) };
        on_line.into_iter().chain([in_file]).collect()
    }

    /// All safe fixes of the document at once.
    fn fix_all(&self) -> Option<CodeAction> {
        let findings = self.with_fixes(&(0..self.found.findings.len()).collect::<Vec<_>>());
        let is_safe = |fix: &&Fix| fix.safety == Safety::Safe;
        // Of several fixes for one finding, the first is the best.
        let fixes: Vec<Option<Fix>> =
            findings.iter().map(|finding| finding.fixes.iter().find(is_safe).cloned()).collect();
        let (text, made) = apply_all(&self.document.text, &fixes);
        made.contains(&true).then(|| CodeAction {
            title: "Apply all safe fixes of perflint".to_owned(),
            kind: serde_json::from_value(json!(FIX_ALL)).ok(),
            edit: Some(self.edit([difference(&self.document.text, &text)])),
            ..CodeAction::default()
        })
    }

    /// Edits of the document, as the client takes them.
    fn edit(&self, edits: impl IntoIterator<Item = (Span, String)>) -> WorkspaceEdit {
        let edit = |(span, new_text)| TextEdit { range: self.places.range(span), new_text };
        let edits: Vec<TextEdit> = edits.into_iter().map(edit).collect();
        let mut edit = WorkspaceEdit::default();
        if self.state.client.versioned_edits {
            let text_document_identifier = TextDocumentIdentifier { uri: self.uri.clone() };
            let version = Some(self.document.version);
            let text_document = OptionalVersionedTextDocumentIdentifier { version, text_document_identifier };
            let edits = edits.into_iter().map(Into::into).collect();
            edit.document_changes = Some(vec![TextDocumentEdit { text_document, edits }.into()]);
        } else {
            edit.changes = Some(HashMap::from([(self.uri.clone(), edits)]));
        }
        edit
    }
}

/// The smallest stretch of a text to replace so that another one comes of it.
fn difference(before: &str, after: &str) -> (Span, String) {
    let same = |one: &str, two: &str| one.bytes().zip(two.bytes()).take_while(|(a, b)| a == b).count();
    let mut start = same(before, after);
    while !before.is_char_boundary(start) || !after.is_char_boundary(start) {
        start -= 1;
    }
    let (old, new) = (&before[start..], &after[start..]);
    let mut tail = old.bytes().rev().zip(new.bytes().rev()).take_while(|(a, b)| a == b).count();
    while !old.is_char_boundary(old.len() - tail) || !new.is_char_boundary(new.len() - tail) {
        tail -= 1;
    }
    (Span::new(start, before.len() - tail), new[..new.len() - tail].to_owned())
}

/// The protocol's name of a kind of action.
fn name(kind: &CodeActionKind) -> String {
    serde_json::to_value(kind).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_replaced() {
        let part = |before: &str, after: &str| {
            let (span, text) = difference(before, after);
            let mut whole = before.to_owned();
            whole.replace_range(span.range(), &text);
            assert_eq!(whole, after);
            (span.range(), text)
        };
        assert_eq!(part("a b c", "a x c"), (2..3, "x".to_owned()));
        assert_eq!(part("aa", "aaa"), (2..2, "a".to_owned()));
        assert_eq!(part("äö", "äü"), (2..4, "ü".to_owned()));
        assert_eq!(part("xä", "xå"), (1..3, "å".to_owned()));
    }
}
