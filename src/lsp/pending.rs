//! Requests that wait until the linting thread has looked at what they are about.

use std::path::{Path, PathBuf};

use gen_lsp_types::{CodeActionParams, Uri};
use lsp_server::{ErrorCode, RequestId};
use rustc_hash::FxHashMap;
use serde_json::{Value, json};

use super::actions;
use super::documents::{path_of, uri_of};
use super::requests::Answer;
use super::server::Server;

/// A request that waits.
#[derive(Debug)]
pub struct Pending {
    /// Its id.
    pub id: RequestId,
    /// What it asks.
    pub question: Question,
}

/// What is asked.
#[derive(Debug)]
pub enum Question {
    /// What can be done in a range.
    Actions(CodeActionParams),
    /// The diagnostics of a document, and which the client has.
    Document(Uri, Option<String>),
    /// The diagnostics of all files, and which the client has. It waits until there is something new.
    Workspace(Vec<(Uri, String)>),
    /// The page of a rule.
    Page(String),
    /// To show the page of a rule.
    Show(String),
}

impl Server {
    /// Answers what can be answered by now.
    pub fn answer_pending(&mut self) {
        for pending in std::mem::take(&mut self.pending) {
            match self.answer_of(&pending.question) {
                Some(answer) => self.reply(pending.id, answer),
                None => self.pending.push(pending),
            }
        }
    }

    /// The client does not want an answer any more.
    pub fn cancel(&mut self, id: &RequestId) {
        if let Some(at) = self.pending.iter().position(|pending| pending.id == *id) {
            let pending = self.pending.swap_remove(at);
            self.reply(pending.id, Err((ErrorCode::RequestCanceled, "cancelled".to_owned())));
        }
    }

    fn answer_of(&mut self, question: &Question) -> Option<Answer> {
        match question {
            Question::Page(_) | Question::Show(_) if self.state.rules.is_empty() && self.state.done == 0 => None,
            Question::Page(rule) => Some(self.page(rule).map(|page| json!({ "markdown": page }))),
            Question::Show(rule) => Some(self.show(rule)),
            Question::Actions(params) => {
                let uri = &params.text_document.uri;
                let is_known = self.state.document(uri).is_some();
                if is_known && !path_of(uri).is_some_and(|path| self.state.is_current(&path)) {
                    return None;
                }
                Some(Ok(serde_json::to_value(actions::actions(&self.state, params)).unwrap_or_default()))
            }
            Question::Document(uri, known) => {
                let Some(path) = path_of(uri) else { return Some(Ok(json!({ "kind": "full", "items": [] }))) };
                self.state.is_current(&path).then(|| {
                    let id = self.state.result_id(&path);
                    self.pulled.insert(path.clone(), id.clone());
                    Ok(self.report(&path, &id, known.as_deref()))
                })
            }
            Question::Workspace(known) => self.workspace(known).map(Ok),
        }
    }

    /// A file's diagnostics; that nothing changed, if the client has them.
    fn report(&self, path: &Path, id: &str, known: Option<&str>) -> Value {
        if known == Some(id) {
            return json!({ "kind": "unchanged", "resultId": id });
        }
        json!({ "kind": "full", "resultId": id, "items": self.state.diagnostics(path) })
    }

    /// What changed in all files; `None` if nothing did.
    fn workspace(&self, known: &[(Uri, String)]) -> Option<Value> {
        if self.state.done == 0 {
            return None;
        }
        let mut had: FxHashMap<PathBuf, (&Uri, &str)> = FxHashMap::default();
        had.extend(known.iter().filter_map(|(uri, id)| Some((path_of(uri)?, (uri, id.as_str())))));
        let reported = self.state.reported.keys().filter(|path| self.is_shown(path));
        let mut paths: Vec<&PathBuf> = reported.chain(had.keys()).collect();
        paths.sort();
        paths.dedup();
        let items: Vec<Value> = paths
            .into_iter()
            .filter_map(|path| {
                let known = had.get(path);
                let id = if self.is_shown(path) { self.state.result_id(path) } else { "none".to_owned() };
                if known.is_some_and(|(_, known)| *known == id) {
                    return None;
                }
                // The client's own spelling, if it has one.
                let uri = known.map(|(uri, _)| uri.to_string()).or_else(|| Some(uri_of(path)?.to_string()))?;
                let items = if self.is_shown(path) { self.state.diagnostics(path) } else { Vec::new() };
                let version = self.open_version(path);
                Some(json!({ "kind": "full", "uri": uri, "version": version, "resultId": id, "items": items }))
            })
            .collect();
        (!items.is_empty()).then(|| json!({ "items": items }))
    }
}
