//! The answers about calls, kept so that each call is resolved once.

use std::hash::BuildHasher;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};

use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;

use super::refs::CallRef;
use super::resolve::Resolved;

/// How many sets share the answers, so that threads seldom wait for each other; a power of two.
const SETS: usize = 64;

/// What [`Answers::places`] has for a call that nobody has asked about.
const NOT_ASKED: u32 = 0;
/// What it has for a call that nothing is known of.
const UNKNOWN: u32 = 1;
/// What it has for the first answer of the first set.
const FIRST: u32 = 2;

/// The answers about the calls of all files. Calls resemble each other, so that most answers are given to several of them
/// and kept once.
#[derive(Debug)]
pub struct Answers {
    /// By file and call; empty before the first answer about a file.
    places: Vec<OnceLock<Box<[AtomicU32]>>>,
    /// By their hash.
    kept: Box<[Mutex<IndexSet<Resolved, FxBuildHasher>>]>,
}

impl Answers {
    /// No answers yet about so many files.
    pub fn new(files: usize) -> Self {
        let places = std::iter::repeat_with(OnceLock::new).take(files).collect();
        Self { places, kept: std::iter::repeat_with(Mutex::default).take(SETS).collect() }
    }

    /// The answer about a call, if it has been found out.
    pub fn get(&self, of: CallRef) -> Option<Resolved> {
        let places = self.places[of.file.index()].get()?;
        match places.get(of.id.index())?.load(Ordering::Relaxed) {
            NOT_ASKED => None,
            UNKNOWN => Some(Resolved::unknown()),
            place => {
                let place = (place - FIRST) as usize;
                self.kept[place % SETS].lock().ok()?.get_index(place / SETS).cloned()
            }
        }
    }

    /// Keeps the answer about a call; its file has `calls` of them.
    pub fn keep(&self, of: CallRef, answer: &Resolved, calls: usize) {
        let not_asked = || std::iter::repeat_with(|| AtomicU32::new(NOT_ASKED)).take(calls).collect();
        let places = self.places[of.file.index()].get_or_init(not_asked);
        let place = if answer.is_unknown() { Some(UNKNOWN) } else { self.place(answer) };
        if let (Some(known), Some(place)) = (places.get(of.id.index()), place) {
            known.store(place, Ordering::Relaxed);
        }
    }

    fn place(&self, answer: &Resolved) -> Option<u32> {
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
