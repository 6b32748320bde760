//! A file's string table.

use std::hash::Hasher;

use rustc_hash::FxHasher;
use serde::{Deserialize, Serialize};

use super::model::NameId;

/// What a slot of the hash table holds when no name is there.
const FREE: u32 = u32::MAX;
/// The same in a narrow table.
const FREE_NARROW: u16 = u16::MAX;

/// Strings, each once, in one buffer, with a hash table over them that holds nothing but their ids.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Names {
    buffer: String,
    ends: Vec<u32>,
    slots: Slots,
}

/// The ids of strings by their hash. Open addressing; the length is zero or a power of two, at most three quarters are
/// taken.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum Slots {
    /// While strings are added.
    Wide(Vec<u32>),
    /// Once they are all there, where two bytes are enough for an id.
    Narrow(Box<[u16]>),
}

impl Default for Slots {
    fn default() -> Self {
        Self::Wide(Vec::new())
    }
}

impl Slots {
    fn len(&self) -> usize {
        match self {
            Self::Wide(slots) => slots.len(),
            Self::Narrow(slots) => slots.len(),
        }
    }

    /// What a slot holds.
    fn get(&self, at: usize) -> Option<NameId> {
        match self {
            Self::Wide(slots) => Some(slots[at]).filter(|id| *id != FREE).map(NameId),
            Self::Narrow(slots) => Some(slots[at]).filter(|id| *id != FREE_NARROW).map(|id| NameId(id.into())),
        }
    }

    /// The same table, narrow if that can be.
    fn narrowed(self) -> Self {
        let narrow = |id: &u32| if *id == FREE { Some(FREE_NARROW) } else { u16::try_from(*id).ok() };
        match &self {
            Self::Wide(slots) if slots.len() <= FREE_NARROW.into() => {
                slots.iter().map(narrow).collect::<Option<_>>().map_or(self, Self::Narrow)
            }
            _ => self,
        }
    }
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
        if self.slots.len() == 0 {
            return None;
        }
        self.slots.get(self.slot(text))
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
        let mut at = hash(text) as usize & mask;
        loop {
            match self.slots.get(at) {
                Some(id) if self.get(id) != text => at = (at + 1) & mask,
                _ => return at,
            }
        }
    }

    fn fill(&mut self, at: usize, id: u32) {
        if let Slots::Wide(slots) = &mut self.slots {
            slots[at] = id;
        }
    }

    /// Makes the table twice as large.
    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(64);
        self.slots = Slots::Wide(vec![FREE; size]);
        for id in 0..self.ends.len() as u32 {
            let at = self.slot(self.get(NameId(id)));
            self.fill(at, id);
        }
    }
}

/// The hash of a name.
pub fn hash(text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(text.as_bytes());
    hasher.finish()
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
        if let Some(id) = self.names.slots.get(at) {
            return id;
        }
        let id = self.names.ends.len() as u32;
        self.names.fill(at, id);
        self.names.buffer.push_str(text);
        self.names.ends.push(self.names.buffer.len() as u32);
        NameId(id)
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
        self.names.slots = std::mem::take(&mut self.names.slots).narrowed();
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
