//! What the server knows: open documents, and what the linting thread said last.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use gen_lsp_types::{Diagnostic, Uri};
use rustc_hash::FxHashMap;

use super::diagnostics::Findings;
use super::documents::{Document, Documents};
use super::options::{Client, Options};
use crate::findings::RuleInfo;

/// The server's view of the world.
#[derive(Debug)]
pub struct State {
    /// What the client can do.
    pub client: Client,
    /// The user's settings.
    pub options: Options,
    /// Open documents.
    pub documents: Documents,
    /// What is reported, by file.
    pub reported: FxHashMap<PathBuf, Arc<Findings>>,
    /// All rules.
    pub rules: Arc<Vec<RuleInfo>>,
    /// The number of the last job that was given to the linting thread.
    pub asked: u64,
    /// The number of the last job that it is done with.
    pub done: u64,
    /// The last job that changed each document's text.
    pub edits: FxHashMap<PathBuf, u64>,
    /// Up to which job what is reported of a document that is open holds.
    pub judged: FxHashMap<PathBuf, u64>,
}

impl State {
    /// Nothing is open yet.
    pub fn new(client: Client, options: Options) -> Self {
        Self {
            client,
            options,
            documents: Documents::default(),
            reported: FxHashMap::default(),
            rules: Arc::default(),
            asked: 0,
            done: 0,
            edits: FxHashMap::default(),
            judged: FxHashMap::default(),
        }
    }

    /// An open document whose file is known, with what is reported of it.
    pub fn document(&self, uri: &Uri) -> Option<(&Document, &Path, Option<&Arc<Findings>>)> {
        let document = self.documents.get(uri)?;
        let path = document.path.as_deref()?;
        Some((document, path, self.reported.get(path)))
    }

    /// Whether what is reported of a document was found in the text that it has now.
    pub fn is_current(&self, path: &Path) -> bool {
        let edited = self.edits.get(path).copied().unwrap_or(0);
        let judged = self.judged.get(path).copied().unwrap_or(0).max(self.done);
        judged > 0 && judged >= edited
    }

    /// The diagnostics of a file.
    pub fn diagnostics(&self, path: &Path) -> Vec<Diagnostic> {
        self.reported.get(path).map(|state| state.diagnostics.clone()).unwrap_or_default()
    }

    /// A name for what is reported of a file.
    pub fn result_id(&self, path: &Path) -> String {
        self.reported.get(path).map_or_else(|| "none".to_owned(), |state| state.id.to_string())
    }

    /// Takes what changed; gives the files.
    pub fn take(
        &mut self,
        number: u64,
        judged: Vec<PathBuf>,
        files: Vec<(PathBuf, Option<Arc<Findings>>)>,
    ) -> Vec<PathBuf> {
        let mut changed = Vec::new();
        self.judged.extend(judged.into_iter().map(|path| (path, number)));
        for (path, state) in files {
            self.judged.insert(path.clone(), number);
            match state {
                Some(state) => drop(self.reported.insert(path.clone(), state)),
                None => drop(self.reported.remove(&path)),
            }
            changed.push(path);
        }
        changed
    }
}
