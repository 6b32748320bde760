//! From which files an answer was drawn: it holds until one of them changes.
//!
//! Whatever looks at a file notes it, for the answer that is being worked out on the same thread, and for those that this
//! one is part of. Answers that are kept name the set of their files, and bring it along when they are used for others.

use std::cell::{Cell, RefCell};
use std::sync::{Arc, Mutex, PoisonError};

use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;

use super::refs::FileId;
use crate::ids::ids;

ids! {
    /// A set of files.
    OriginId,
}

thread_local! {
    /// How many answers are being worked out, one inside the other.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
    static NOTED: RefCell<Vec<Noted>> = const { RefCell::new(Vec::new()) };
}

/// What was noted for one answer so far.
#[derive(Default)]
struct Noted {
    files: Vec<FileId>,
    sets: Vec<OriginId>,
}

impl Noted {
    fn file(&mut self, file: FileId) {
        // Questions stay in a file for a while.
        if self.files.last() != Some(&file) {
            self.files.push(file);
        }
    }

    fn set(&mut self, set: OriginId) {
        if !self.sets.contains(&set) {
            self.sets.push(set);
        }
    }
}

/// Says that a file was looked at.
pub(super) fn note(file: FileId) {
    if DEPTH.get() != 0 {
        with_innermost(|noted| noted.file(file));
    }
}

fn with_innermost(work: impl FnOnce(&mut Noted)) {
    NOTED.with_borrow_mut(|all| all.last_mut().map(work));
}

/// An answer that is being worked out; no more when dropped.
struct Open;

impl Open {
    fn new() -> Self {
        DEPTH.set(DEPTH.get() + 1);
        NOTED.with_borrow_mut(|all| all.push(Noted::default()));
        Self
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get() - 1);
        NOTED.with_borrow_mut(|all| drop(all.pop()));
    }
}

/// The sets of files that answers were drawn from, each once.
#[derive(Debug, Default)]
pub struct Origins {
    sets: Mutex<IndexSet<Arc<[FileId]>, FxBuildHasher>>,
}

impl Origins {
    /// Works an answer out; the answer and where it was drawn from.
    pub fn trace<A>(&self, work: impl FnOnce() -> A) -> (A, OriginId) {
        let open = Open::new();
        let answer = work();
        let noted = NOTED.with_borrow_mut(|all| all.last_mut().map(std::mem::take)).unwrap_or_default();
        drop(open);
        let origin = self.set_of(noted);
        self.note(origin);
        (answer, origin)
    }

    /// Says that an answer was used that was drawn from this set.
    pub fn note(&self, origin: OriginId) {
        if DEPTH.get() != 0 {
            with_innermost(|noted| noted.set(origin));
        }
    }

    fn set_of(&self, noted: Noted) -> OriginId {
        let Noted { mut files, sets } = noted;
        let mut known = self.sets.lock().unwrap_or_else(PoisonError::into_inner);
        files.extend(sets.iter().filter_map(|set| known.get_index(set.index())).flat_map(|set| set.iter()));
        files.sort_unstable();
        files.dedup();
        let place = match known.get_index_of(files.as_slice()) {
            Some(place) => place,
            None => known.insert_full(files.into()).0,
        };
        OriginId(place as u32)
    }

    /// Which sets, by their ids, have any of some files, each of which has a flag.
    pub fn touched(&self, changed: &[bool]) -> Vec<bool> {
        let known = self.sets.lock().unwrap_or_else(PoisonError::into_inner);
        let is_changed = |file: &FileId| changed.get(file.index()).copied().unwrap_or(true);
        known.iter().map(|set| set.iter().any(is_changed)).collect()
    }

    /// How many sets there are.
    pub fn count(&self) -> usize {
        self.sets.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_drawn_from_what_its_parts_are_drawn_from() {
        let origins = Origins::default();
        note(FileId(9));
        let ((inner, inner_origin), outer_origin) = origins.trace(|| {
            note(FileId(3));
            note(FileId(1));
            note(FileId(3));
            origins.trace(|| note(FileId(2)))
        });
        assert_eq!(inner, ());
        let later = origins.trace(|| origins.note(inner_origin)).1;
        assert_eq!(later, inner_origin, "the same files are the same set");
        let touched = |file: u32| {
            let changed: Vec<bool> = (0..4).map(|row| row == file).collect();
            let touched = origins.touched(&changed);
            [inner_origin, outer_origin].map(|origin| touched[origin.index()])
        };
        assert_eq!([0, 1, 2, 3].map(touched), [[false, false], [false, true], [true, true], [false, true]]);
    }

    #[test]
    fn a_panic_leaves_nothing_behind() {
        let origins = Origins::default();
        let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| origins.trace(|| panic!("on purpose"))));
        assert_eq!(DEPTH.get(), 0);
        assert!(NOTED.with_borrow(Vec::is_empty));
    }
}
