//! The texts that outputs quote.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::output::Sources;
use crate::workspace::Source;

/// Texts are kept until there are so many bytes of them; findings come sorted by file, so few are asked for again.
const KEPT_BYTES: usize = 64 * 1024 * 1024;

/// Reads files as they are asked for.
pub struct DiskSources {
    folder: PathBuf,
    buffers: FxHashMap<String, Arc<Source>>,
    read: RefCell<Read>,
}

/// What was read so far; a file that cannot be read is not tried again.
#[derive(Default)]
struct Read {
    texts: FxHashMap<String, Option<Arc<Source>>>,
    bytes: usize,
}

impl DiskSources {
    /// Texts of files by their paths from a folder.
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), buffers: FxHashMap::default(), read: RefCell::default() }
    }

    /// The same, with texts that are not to be read from the file system.
    pub fn with_buffers<'a>(folder: &Path, buffers: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let buffers = buffers.into_iter().map(|(path, text)| (path.to_owned(), Arc::new(Source::new(text)))).collect();
        Self { buffers, ..Self::new(folder) }
    }
}

impl Sources for DiskSources {
    fn source(&self, path: &str) -> Option<Arc<Source>> {
        if let Some(source) = self.buffers.get(path) {
            return Some(Arc::clone(source));
        }
        let mut read = self.read.borrow_mut();
        if let Some(source) = read.texts.get(path) {
            return source.clone();
        }
        let source = std::fs::read(self.folder.join(path)).ok().map(|bytes| Arc::new(Source::decode(bytes)));
        if read.bytes > KEPT_BYTES {
            *read = Read::default();
        }
        read.bytes += source.as_ref().map_or(0, |source| source.text.len());
        read.texts.insert(path.to_owned(), source.clone());
        source
    }
}
