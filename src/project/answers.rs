//! The answers about a file's calls, kept so that each call is resolved once.

use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;

use super::resolve::Resolved;
use crate::facts::CallId;

/// What [`Answers::places`] has for a call that nobody has asked about.
const NOT_ASKED: u32 = 0;
/// What it has for a call that nothing is known of.
const UNKNOWN: u32 = 1;
/// What it has for the first of the answers.
const FIRST: u32 = 2;

/// The answers about the calls of one file. Calls of a file resemble each other, so that most answers are given to several
/// of them and kept once.
#[derive(Debug, Default)]
pub struct Answers {
    /// By call; empty before the first answer.
    places: Box<[u32]>,
    kept: IndexSet<Resolved, FxBuildHasher>,
}

impl Answers {
    /// The answer about a call, if it has been found out.
    pub fn get(&self, id: CallId) -> Option<Resolved> {
        match self.places.get(id.index()).copied().unwrap_or(NOT_ASKED) {
            NOT_ASKED => None,
            UNKNOWN => Some(Resolved::unknown()),
            place => self.kept.get_index((place - FIRST) as usize).cloned(),
        }
    }

    /// Keeps the answer about a call; the file has `calls` of them.
    pub fn keep(&mut self, id: CallId, answer: &Resolved, calls: usize) {
        if self.places.is_empty() {
            self.places = vec![NOT_ASKED; calls].into();
        }
        self.places[id.index()] = if answer.is_unknown() {
            UNKNOWN
        } else {
            match self.kept.get_index_of(answer) {
                Some(place) => place as u32 + FIRST,
                None => self.kept.insert_full(answer.clone()).0 as u32 + FIRST,
            }
        };
    }

    /// Gives back the room that is left.
    pub fn shrink(&mut self) {
        self.kept.shrink_to_fit();
    }
}
