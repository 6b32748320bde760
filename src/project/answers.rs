//! The answers about calls and imports, kept so that each is resolved once.

use std::hash::{BuildHasher, Hash};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};

use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;

use super::origins::OriginId;
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
    /// From which files each answer was drawn; only while that is traced.
    origins: Vec<OnceLock<Box<[AtomicU32]>>>,
    /// By their hash.
    kept: Box<[Mutex<IndexSet<A, FxBuildHasher>>]>,
}

impl<A: Clone + Default + Eq + Hash> Answers<A> {
    /// No answers yet about so many files.
    pub fn new(files: usize) -> Self {
        let empty = || std::iter::repeat_with(OnceLock::new).take(files).collect();
        let kept = std::iter::repeat_with(Mutex::default).take(SETS).collect();
        Self { places: empty(), origins: empty(), kept }
    }

    /// The answer about a row, if it has been found out, and where it was drawn from, if that was traced.
    pub fn get(&self, file: FileId, row: usize) -> Option<(A, Option<OriginId>)> {
        let places = self.places[file.index()].get()?;
        let answer = match places.get(row)?.load(Ordering::Acquire) {
            NOT_ASKED => return None,
            UNKNOWN => A::default(),
            place => {
                let place = (place - FIRST) as usize;
                self.kept[place % SETS].lock().ok()?.get_index(place / SETS).cloned()?
            }
        };
        let origin = self.origins[file.index()].get().and_then(|origins| origins.get(row));
        Some((answer, origin.map(|origin| OriginId(origin.load(Ordering::Relaxed)))))
    }

    /// Keeps the answer about a row; its file has `rows` of them.
    pub fn keep(&self, file: FileId, row: usize, answer: &A, origin: Option<OriginId>, rows: usize) {
        let not_asked = || std::iter::repeat_with(|| AtomicU32::new(NOT_ASKED)).take(rows).collect();
        if let Some(origin) = origin {
            let origins = self.origins[file.index()].get_or_init(not_asked);
            // Whoever sees the answer sees this: the answer is stored after it.
            origins.get(row).into_iter().for_each(|known| known.store(origin.0, Ordering::Relaxed));
        }
        let places = self.places[file.index()].get_or_init(not_asked);
        let place = if *answer == A::default() { Some(UNKNOWN) } else { self.place(answer) };
        if let (Some(known), Some(place)) = (places.get(row), place) {
            known.store(place, Ordering::Release);
        }
    }

    fn place(&self, answer: &A) -> Option<u32> {
        // Bits that the set itself does not look at.
        let set = (FxBuildHasher.hash_one(answer) >> 32) as usize % SETS;
        let mut kept = self.kept[set].lock().ok()?;
        let place = kept.get_index_of(answer).unwrap_or_else(|| kept.insert_full(answer.clone()).0);
        u32::try_from(place * SETS + set).ok()?.checked_add(FIRST)
    }

    /// Forgets all answers about some files, and of the others those that were drawn from certain sets; both have flags.
    pub fn forget(&mut self, files: &[bool], sets: &[bool]) {
        for ((places, origins), is_changed) in self.places.iter_mut().zip(&mut self.origins).zip(files) {
            if *is_changed {
                (*places, *origins) = (OnceLock::new(), OnceLock::new());
                continue;
            }
            let (Some(places), Some(origins)) = (places.get_mut(), origins.get_mut()) else { continue };
            for (place, origin) in places.iter_mut().zip(origins) {
                let origin = *origin.get_mut() as usize;
                if sets.get(origin).copied().unwrap_or(true) {
                    *place.get_mut() = NOT_ASKED;
                }
            }
        }
    }

    /// How many different answers are kept, those that nobody refers to any more among them.
    pub fn len(&self) -> usize {
        self.kept.iter().filter_map(|set| set.lock().ok()).map(|set| set.len()).sum()
    }

    /// Gives back the room that is left for answers; few are added later.
    pub fn shrink(&mut self) {
        self.kept.iter_mut().filter_map(|set| set.get_mut().ok()).for_each(IndexSet::shrink_to_fit);
    }
}
