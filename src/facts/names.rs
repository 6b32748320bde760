//! A file's string table.

use std::hash::Hasher;

use rustc_hash::FxHasher;
use serde::{Deserialize, Serialize};

use super::model::NameId;

/// What a slot of the hash table holds when no name is there.
const FREE: u32 = u32::MAX;

/// Strings, each once, in one buffer, with a hash table over them that holds nothing but their ids.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Names {
    buffer: String,
    ends: Vec<u32>,
    /// Open addressing; the length is zero or a power of two, at most three quarters are taken.
    slots: Vec<u32>,
}

impl Names {
    /// The string behind an id.
    pub fn get(&self, id: NameId) -> &str {
        let index = id.index();
        let start = if index == 0 { 0 } else { self.ends[index - 1] as usize };
        &self.buffer[start..self.ends[index] as usize]
    }

    /// The id of a string, if it is there.
    pub fn id(&self, text: &str) -> Option<NameId> {
        if self.slots.is_empty() {
            return None;
        }
        let id = self.slots[self.slot(text)];
        (id != FREE).then_some(NameId(id))
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

    /// The slot that holds a string, or the free one where it belongs. The table must have a free slot.
    fn slot(&self, text: &str) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = hash(text) & mask;
        loop {
            let id = self.slots[at];
            if id == FREE || self.get(NameId(id)) == text {
                return at;
            }
            at = (at + 1) & mask;
        }
    }

    /// Makes the table twice as large.
    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(64);
        self.slots.clear();
        self.slots.resize(size, FREE);
        for id in 0..self.ends.len() as u32 {
            let at = self.slot(self.get(NameId(id)));
            self.slots[at] = id;
        }
    }
}

fn hash(text: &str) -> usize {
    let mut hasher = FxHasher::default();
    hasher.write(text.as_bytes());
    hasher.finish() as usize
}

/// Builds a [`Names`].
#[derive(Debug, Default)]
pub struct Interner {
    names: Names,
}

impl Interner {
    /// The id of a string.
    pub fn intern(&mut self, text: &str) -> NameId {
        if self.names.ends.len() * 4 >= self.names.slots.len() * 3 {
            self.names.grow();
        }
        let at = self.names.slot(text);
        if self.names.slots[at] == FREE {
            self.names.slots[at] = self.names.ends.len() as u32;
            self.names.buffer.push_str(text);
            self.names.ends.push(self.names.buffer.len() as u32);
        }
        NameId(self.names.slots[at])
    }

    /// The string behind an id.
    pub fn get(&self, id: NameId) -> &str {
        self.names.get(id)
    }

    /// The table.
    pub fn finish(mut self) -> Names {
        // Exact copies, since allocators leave a block where it is as long as half of it is used.
        self.names.buffer = self.names.buffer.as_str().to_owned();
        self.names.ends = self.names.ends.as_slice().to_owned();
        self.names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_string_is_kept_once_and_found_again() {
        let mut interner = Interner::default();
        let words: Vec<String> = (0..500).map(|number| format!("name{}", number % 250)).collect();
        let ids: Vec<NameId> = words.iter().map(|word| interner.intern(word)).collect();
        let names = interner.finish();
        assert_eq!(names.len(), 250);
        assert!(words.iter().zip(ids).all(|(word, id)| names.get(id) == word && names.id(word) == Some(id)));
        assert_eq!(names.id("other"), None);
        assert_eq!(Names::default().id("name1"), None);
    }
}
