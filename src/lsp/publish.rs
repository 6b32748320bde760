//! How the client hears of diagnostics: it is told, or told to ask.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::documents::uri_of;
use super::server::Server;

impl Server {
    /// Passes on what changed in some files; in open documents as well that were not due yet, when all `is_done`.
    pub fn tell(&mut self, changed: &[PathBuf], is_done: bool) {
        if self.state.client.pulls {
            self.answer_pending();
            if is_done {
                self.make_client_ask();
            }
            return;
        }
        let mut files: Vec<PathBuf> = changed.to_vec();
        files.extend(self.state.documents.all().filter_map(|document| document.path.clone()));
        files.sort();
        files.dedup();
        files.iter().for_each(|file| self.publish(file));
        self.answer_pending();
    }

    /// Tells the client to ask again if what it has of an open document holds no more.
    fn make_client_ask(&mut self) {
        let is_old = |path: &&PathBuf| self.pulled.get(*path).is_some_and(|id| *id != self.state.result_id(path));
        let open = self.state.documents.all().filter_map(|document| document.path.as_ref());
        let old: Vec<PathBuf> = open.filter(is_old).cloned().collect();
        if !old.is_empty() && self.state.client.refreshes {
            // Once is enough: the client asks for all that is open.
            old.iter().for_each(|path| drop(self.pulled.remove(path)));
            self.ask("workspace/diagnostic/refresh", serde_json::Value::Null);
        }
    }

    fn publish(&mut self, path: &Path) {
        let version = self.open_version(path);
        if version.is_some() && !self.state.is_current(path) {
            return;
        }
        let state = self.state.reported.get(path).filter(|_| self.is_shown(path));
        let id = state.map_or(0, |state| state.id);
        if self.published.get(path).copied().unwrap_or(0) == id {
            return;
        }
        let diagnostics = state.map(|state| state.diagnostics.clone()).unwrap_or_default();
        let Some(uri) = uri_of(path) else { return };
        self.published.insert(path.to_owned(), id);
        let mut params = json!({ "uri": uri, "diagnostics": diagnostics });
        if let Some(version) = version {
            params["version"] = json!(version);
        }
        self.notify("textDocument/publishDiagnostics", params);
    }

    /// Whether the client is to see what is reported of a file.
    pub fn is_shown(&self, path: &Path) -> bool {
        !self.state.options.open_files_only || self.open_version(path).is_some()
    }

    /// The version of a file that is open.
    pub fn open_version(&self, path: &Path) -> Option<i32> {
        let mut open = self.state.documents.all();
        open.find(|document| document.path.as_deref() == Some(path)).map(|document| document.version)
    }
}
