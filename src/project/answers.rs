//! The answers about calls and imports, kept so that each is resolved once.

use std::hash::{BuildHasher, Hash};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};

use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;

use super::refs::FileId;

/// How many sets share the answers, so that threads seldom wait for each other; a power of two.
const SETS: usize = 64;

/// What [`Answers::places`] has for a row that nobody has asked about.
const NOT_ASKED: u32 = 0;
/// What it has for a row that nothing is known of.
const UNKNOWN: u32 = 1;
/// What it has for the first answer of the first set.
const FIRST: u32 = 2;

/// The answers about the calls, or the imports, of all files. Calls resemble each other, so that most answers are given to
/// several of them and kept once. The default one says that nothing is known.
#[derive(Debug)]
pub struct Answers<A> {
    /// By file and row; empty before the first answer about a file.
    places: Vec<OnceLock<Box<[AtomicU32]>>>,
    /// By their hash.
    kept: Box<[Mutex<IndexSet<A, FxBuildHasher>>]>,
}

impl<A: Clone + Default + Eq + Hash> Answers<A> {
    /// No answers yet about so many files.
    pub fn new(files: usize) -> Self {
        let places = std::iter::repeat_with(OnceLock::new).take(files).collect();
        Self { places, kept: std::iter::repeat_with(Mutex::default).take(SETS).collect() }
    }

    /// The answer about a row, if it has been found out.
    pub fn get(&self, file: FileId, row: usize) -> Option<A> {
        let places = self.places[file.index()].get()?;
        match places.get(row)?.load(Ordering::Relaxed) {
            NOT_ASKED => None,
            UNKNOWN => Some(A::default()),
            place => {
                let place = (place - FIRST) as usize;
                self.kept[place % SETS].lock().ok()?.get_index(place / SETS).cloned()
            }
        }
    }

    /// Keeps the answer about a row; its file has `rows` of them.
    pub fn keep(&self, file: FileId, row: usize, answer: &A, rows: usize) {
        let not_asked = || std::iter::repeat_with(|| AtomicU32::new(NOT_ASKED)).take(rows).collect();
        let places = self.places[file.index()].get_or_init(not_asked);
        let place = if *answer == A::default() { Some(UNKNOWN) } else { self.place(answer) };
        if let (Some(known), Some(place)) = (places.get(row), place) {
            known.store(place, Ordering::Relaxed);
        }
    }

    fn place(&self, answer: &A) -> Option<u32> {
        // Bits that the set itself does not look at.
        let set = (FxBuildHasher.hash_one(answer) >> 32) as usize % SETS;
        let mut kept = self.kept[set].lock().ok()?;
        let place = kept.get_index_of(answer).unwrap_or_else(|| kept.insert_full(answer.clone()).0);
        u32::try_from(place * SETS + set).ok()?.checked_add(FIRST)
    }

    /// Gives back the room that is left for answers; few are added later.
    pub fn shrink(&mut self) {
        self.kept.iter_mut().filter_map(|set| set.get_mut().ok()).for_each(IndexSet::shrink_to_fit);
    }
}
