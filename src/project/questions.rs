//! The limits of questions about types: how many steps one may take, how deep they may nest, and what happens to one that
//! leads back to itself.
//!
//! A question that was cut short by a limit may have another answer when it is asked alone, so its answer is not kept. The
//! same holds for questions on the way from one back to itself, which is told there that nothing is known; the answer to
//! the one that the circle began with stands.

use std::cell::{Cell, RefCell};
use std::hash::BuildHasher;

use rustc_hash::FxBuildHasher;

use super::index::Declared;
use super::refs::{CallRef, FileId};

/// How many steps one question may take: deep chains beyond it are unknown.
const FUEL: u32 = 4000;
/// How deep the questions may nest.
const DEPTH: u32 = 60;
/// No question led back.
const NO_CIRCLE: usize = usize::MAX;

/// Something that may lead back to itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Question {
    /// What a name means in a file: the file, and the name's hash.
    Name(FileId, u64),
    /// What a declaration in a file gives its name.
    Declaration(FileId, Declared),
    /// What a call calls and gives.
    Call(CallRef),
}

impl Question {
    /// What a name means in a file.
    pub(super) fn name(file: FileId, name: &str) -> Self {
        Self::Name(file, FxBuildHasher.hash_one(name))
    }
}

thread_local! {
    static FUEL_LEFT: Cell<u32> = const { Cell::new(0) };
    static NESTED: Cell<u32> = const { Cell::new(0) };
    /// Set when a question was cut short.
    static CUT: Cell<bool> = const { Cell::new(false) };
    /// What is being asked, outermost first.
    static ASKED: RefCell<Vec<Question>> = const { RefCell::new(Vec::new()) };
    /// The outermost place in [`ASKED`] that a question led back to.
    static CIRCLE: Cell<usize> = const { Cell::new(NO_CIRCLE) };
}

/// Says that the question was cut short.
pub(super) fn cut_short() {
    CUT.set(true);
}

/// Whether the question is not part of the answer to another.
pub(super) fn is_first() -> bool {
    NESTED.get() == 1
}

/// An answer, and whether it may be another one when the question is asked alone.
pub(super) fn watched<A>(find: impl FnOnce() -> A) -> (A, bool) {
    let (outer_cut, outer_circle) = (CUT.replace(false), CIRCLE.replace(NO_CIRCLE));
    let answer = find();
    let (cut, circle) = (CUT.get(), CIRCLE.get());
    let is_in_circle = circle < ASKED.with_borrow(Vec::len);
    CUT.set(outer_cut || cut);
    CIRCLE.set(outer_circle.min(circle));
    (answer, cut || is_in_circle)
}

/// Asks a question, unless it is just what is being asked: then the default answer.
pub(super) fn once<A: Default>(question: Question, find: impl FnOnce() -> A) -> A {
    if let Some(place) = ASKED.with_borrow(|asked| asked.iter().position(|other| *other == question)) {
        CIRCLE.set(CIRCLE.get().min(place));
        return A::default();
    }
    ASKED.with_borrow_mut(|asked| asked.push(question));
    let _asked = Asked;
    find()
}

/// A question; no more asked when dropped.
struct Asked;

impl Drop for Asked {
    fn drop(&mut self) {
        let place = ASKED.with_borrow_mut(|asked| {
            asked.pop();
            asked.len()
        });
        if CIRCLE.get() >= place {
            CIRCLE.set(NO_CIRCLE);
        }
    }
}

/// One level of nesting; restores the count when dropped.
pub(super) struct Level;

impl Level {
    pub(super) fn enter() -> Option<Self> {
        let depth = NESTED.get();
        if depth == 0 {
            FUEL_LEFT.set(FUEL);
            CUT.set(false);
            CIRCLE.set(NO_CIRCLE);
        }
        let fuel = FUEL_LEFT.get();
        if depth >= DEPTH || fuel == 0 {
            CUT.set(true);
            return None;
        }
        FUEL_LEFT.set(fuel - 1);
        NESTED.set(depth + 1);
        Some(Self)
    }
}

impl Drop for Level {
    fn drop(&mut self) {
        NESTED.set(NESTED.get() - 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: FileId = FileId(0);

    /// What `a` means, whose meaning depends on `b`'s, whose meaning depends on `a`'s or else is 1.
    fn a(kept: &mut Vec<(&'static str, u32)>) -> u32 {
        let (answer, is_open) = watched(|| once(Question::name(FILE, "a"), || b(kept) + 1));
        if !is_open {
            kept.push(("a", answer));
        }
        answer
    }

    fn b(kept: &mut Vec<(&'static str, u32)>) -> u32 {
        let (answer, is_open) = watched(|| once(Question::name(FILE, "b"), || 10 * a(kept) + 1));
        if !is_open {
            kept.push(("b", answer));
        }
        answer
    }

    #[test]
    fn only_the_question_that_a_circle_began_with_is_answered_for_good() {
        let _level = Level::enter();
        let mut kept = Vec::new();
        assert_eq!(a(&mut kept), 2);
        assert_eq!(kept, [("a", 2)], "what `b` means here holds only where `a` is being asked");
        kept.clear();
        assert_eq!(b(&mut kept), 11);
        assert_eq!(kept, [("b", 11)]);
    }

    #[test]
    fn what_is_cut_short_stays_open_for_all_around_it() {
        let _level = Level::enter();
        let (inner, is_open) = watched(|| watched(|| once(Question::name(FILE, "c"), cut_short)).1);
        assert!(inner && is_open);
        assert!(!watched(|| once(Question::name(FILE, "c"), || ())).1);
    }
}
