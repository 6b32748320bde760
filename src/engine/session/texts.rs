//! The texts that findings lie in.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::workspace::{Source, paths};

/// Texts by their paths from a folder, read as they are asked for and kept.
#[derive(Debug)]
pub struct Texts {
    folder: PathBuf,
    buffers: FxHashMap<String, Arc<str>>,
    read: RefCell<FxHashMap<String, Option<Arc<Source>>>>,
}

impl Texts {
    /// Texts below a folder; buffers stand over files.
    pub fn new(folder: &Path, buffers: impl IntoIterator<Item = (String, Arc<str>)>) -> Self {
        Self { folder: folder.to_owned(), buffers: buffers.into_iter().collect(), read: RefCell::default() }
    }

    /// The text of a file; `None` if it cannot be read (any more).
    pub fn get(&self, path: &str) -> Option<Arc<Source>> {
        let read = || match self.buffers.get(path) {
            Some(text) => Some(Source::new(text.as_ref())),
            None => std::fs::read(self.folder.join(path)).ok().map(Source::decode),
        };
        self.read.borrow_mut().entry(path.to_owned()).or_insert_with(|| read().map(Arc::new)).clone()
    }

    /// Some files (absolute paths) have other texts now.
    pub fn changed<'t>(&mut self, files: impl IntoIterator<Item = (&'t PathBuf, Option<&'t Arc<str>>)>) {
        for (file, buffer) in files {
            let path = paths::shown(&self.folder, file);
            self.read.get_mut().remove(&path);
            match buffer {
                Some(text) => self.buffers.insert(path, Arc::clone(text)),
                None => self.buffers.remove(&path),
            };
        }
    }
}
