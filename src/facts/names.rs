//! A file's string table.

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::model::NameId;

/// Strings, each once, in one buffer.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Names {
    buffer: String,
    ends: Vec<u32>,
}

impl Names {
    /// The string behind an id.
    pub fn get(&self, id: NameId) -> &str {
        let index = id.index();
        let start = if index == 0 { 0 } else { self.ends[index - 1] as usize };
        &self.buffer[start..self.ends[index] as usize]
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// All strings with their ids.
    pub fn iter(&self) -> impl Iterator<Item = (NameId, &str)> {
        (0..self.ends.len() as u32).map(|index| (NameId(index), self.get(NameId(index))))
    }
}

/// Builds a [`Names`].
#[derive(Debug, Default)]
pub struct Interner {
    names: Names,
    known: FxHashMap<Box<str>, NameId>,
}

impl Interner {
    /// The id of a string.
    pub fn intern(&mut self, text: &str) -> NameId {
        if let Some(&id) = self.known.get(text) {
            return id;
        }
        let id = NameId(self.names.ends.len() as u32);
        self.names.buffer.push_str(text);
        self.names.ends.push(self.names.buffer.len() as u32);
        self.known.insert(text.into(), id);
        id
    }

    /// The string behind an id.
    pub fn get(&self, id: NameId) -> &str {
        self.names.get(id)
    }

    /// The table.
    pub fn finish(mut self) -> Names {
        self.names.buffer.shrink_to_fit();
        self.names.ends.shrink_to_fit();
        self.names
    }
}
