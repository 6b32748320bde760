//! What the client tells.

use std::path::PathBuf;
use std::sync::Arc;

use gen_lsp_types::{
    DidChangeTextDocumentParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams, DidSaveTextDocumentParams, Uri,
};
use lsp_server::{Notification, RequestId};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::documents::path_of;
use super::options::Trigger;
use super::server::Server;
use super::worker::Job;
use crate::syntax::Language;

#[derive(serde::Deserialize)]
struct CancelParams {
    id: RequestId,
}

impl Server {
    /// Takes what the client tells. What cannot be understood is passed over: there is nobody to answer.
    pub fn notification(&mut self, note: Notification) {
        let Notification { method, params } = note;
        let understood = match method.as_str() {
            "textDocument/didOpen" => self.with(params, Self::opened),
            "textDocument/didChange" => self.with(params, Self::changed),
            "textDocument/didSave" => self.with(params, Self::saved),
            "textDocument/didClose" => self.with(params, Self::closed),
            "$/cancelRequest" => self.with(params, |server, params: CancelParams| server.cancel(&params.id)),
            _ => {
                self.told(&method, &params);
                true
            }
        };
        if !understood {
            self.complain(&format!("perflint: a message `{method}` of the editor makes no sense"));
        }
    }

    fn with<T: DeserializeOwned>(&mut self, params: Value, work: fn(&mut Self, T)) -> bool {
        let read = serde_json::from_value(params);
        read.map(|params| work(self, params)).is_ok()
    }

    fn told(&mut self, method: &str, params: &Value) {
        match method {
            "initialized" => self.begin(),
            "workspace/didChangeConfiguration" => self.configured(params),
            "workspace/didChangeWatchedFiles" => self.files(params, "changes", &["uri"]),
            "workspace/didCreateFiles" | "workspace/didDeleteFiles" => self.files(params, "files", &["uri"]),
            "workspace/didRenameFiles" => self.files(params, "files", &["oldUri", "newUri"]),
            "workspace/didChangeWorkspaceFolders" => self.folders(params),
            _ => {}
        }
    }

    fn opened(&mut self, params: DidOpenTextDocumentParams) {
        let document = params.text_document;
        self.state.documents.open(&document.uri, document.version, document.text);
        self.lint(&document.uri);
    }

    fn changed(&mut self, params: DidChangeTextDocumentParams) {
        let document = params.text_document;
        let uri = document.text_document_identifier.uri;
        let columns = self.state.client.columns;
        let is_open = self.state.documents.change(&uri, document.version, params.content_changes, columns);
        if is_open && self.state.options.run == Trigger::OnType {
            self.lint(&uri);
        }
    }

    fn saved(&mut self, params: DidSaveTextDocumentParams) {
        let uri = &params.text_document.uri;
        if self.state.options.run == Trigger::OnSave {
            self.lint(uri);
        }
        if let Some(path) = path_of(uri) {
            self.give(Job::Changed(vec![path]));
        }
    }

    fn closed(&mut self, params: DidCloseTextDocumentParams) {
        let uri = &params.text_document.uri;
        let Some(path) = self.state.documents.close(uri).and_then(|document| document.path) else { return };
        self.state.edits.remove(&path);
        self.state.judged.remove(&path);
        self.pulled.remove(&path);
        if is_read(&path) {
            self.give(Job::Buffer(path, None));
        }
    }

    /// Has the text of a document linted in place of that of its file.
    fn lint(&mut self, uri: &Uri) {
        let Some(document) = self.state.documents.get(uri) else { return };
        let Some(path) = document.path.clone().filter(|path| is_read(path)) else { return };
        let text = Arc::clone(&document.text);
        let number = self.give(Job::Buffer(path.clone(), Some(text)));
        self.state.edits.insert(path, number);
    }

    /// The user's settings changed: they are in the message, or have to be asked for.
    fn configured(&mut self, params: &Value) {
        if self.state.client.has_configuration {
            self.ask_for_options();
        } else if let Some(settings) = params.get("settings") {
            self.set_options(settings);
        }
    }

    fn files(&mut self, params: &Value, list: &str, names: &[&str]) {
        let rows = params.get(list).and_then(Value::as_array).into_iter().flatten();
        let uris = rows.flat_map(|row| names.iter().filter_map(|name| row.get(name)?.as_str()));
        let paths: Vec<PathBuf> = uris.filter_map(|uri| path_of(&Uri::parse(uri).ok()?)).collect();
        if !paths.is_empty() {
            self.give(Job::Changed(paths));
        }
    }

    fn folders(&mut self, params: &Value) {
        let uris = |name: &str| -> Vec<String> {
            let folders = params.pointer(&format!("/event/{name}")).and_then(Value::as_array);
            folders.into_iter().flatten().filter_map(|folder| Some(folder.get("uri")?.as_str()?.to_owned())).collect()
        };
        self.change_folders(&uris("added"), &uris("removed"));
    }
}

/// Whether a file is of a language that is linted.
fn is_read(path: &std::path::Path) -> bool {
    path.to_str().is_some_and(|path| Language::of_path(path).is_some())
}
