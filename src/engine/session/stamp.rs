//! Whether a text may have changed since it was read.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::time::SystemTime;

/// What tells one state of a file from another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stamp {
    /// A file that cannot be looked at.
    Missing,
    /// A file's size and when it was written.
    File(u64, Option<SystemTime>),
    /// The hash of a buffer's text.
    Buffer(u64),
}

impl Stamp {
    /// The stamp of a file with the text that a buffer has for it, if any.
    pub fn new(path: &Path, buffer: Option<&str>) -> Self {
        match buffer {
            Some(text) => {
                let mut hasher = DefaultHasher::new();
                text.hash(&mut hasher);
                Self::Buffer(hasher.finish())
            }
            None => std::fs::metadata(path)
                .map_or(Self::Missing, |metadata| Self::File(metadata.len(), metadata.modified().ok())),
        }
    }
}
