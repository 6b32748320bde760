//! Functions that run once in the life of a program that serves: what starts it, and what only that calls, outside loops.
//! A program that serves nothing (a command) has none, since all that it does it does once.

use rustc_hash::FxHashSet;

use super::effects::Linked;
use super::refs::{CallRef, FunctionRef};
use super::sources::ProjectFile;
use crate::catalog::Entry;
use crate::facts::{FunctionId, FunctionKind};
use crate::syntax::Family;

/// Those functions.
#[derive(Debug, Default)]
pub struct Once {
    functions: FxHashSet<FunctionRef>,
}

impl Once {
    /// Follows calls from where programs start.
    pub fn build(linked: Linked) -> Self {
        let serves = |function| {
            let entry = linked.entries.of(function);
            entry.contains(Entry::Http) && !entry.contains(Entry::Test)
        };
        if !linked.entries.all().any(serves) {
            return Self::default();
        }
        let mut once = Self::default();
        let started = linked.entries.all().filter(|of| linked.entries.of(*of).contains(Entry::Startup));
        // The code of a script's or Python module runs when it is loaded.
        let modules = linked.sources.ids().filter(|id| linked.sources.file(*id).family != Family::Rust);
        let modules = modules.map(|file| FunctionRef { file, id: FunctionId::MODULE });
        let mut pending: Vec<FunctionRef> = started.chain(modules).collect();
        while let Some(function) = pending.pop() {
            if once.functions.insert(function) {
                let called = called_by(&linked, function).filter(|called| once.may_have(&linked, *called));
                pending.extend(called);
            }
        }
        once
    }

    /// Whether a function, or the one around a closure that runs there for each element of something, runs once.
    pub fn has(&self, file: &ProjectFile, of: FunctionRef) -> bool {
        around(file, of.id).is_some_and(|id| self.functions.contains(&FunctionRef { file: of.file, id }))
    }

    /// Whether all calls of a function are among what runs once. Calls in tests, and by hand, are no other use of it.
    fn may_have(&self, linked: &Linked, function: FunctionRef) -> bool {
        let by_hand = [Entry::Test, Entry::Script, Entry::Migration, Entry::Cli];
        let is_other_use = |site: &CallRef| {
            let facts = &linked.sources.file(site.file).facts;
            let call = &facts.calls[site.id.index()];
            let caller = FunctionRef { file: site.file, id: call.function };
            let entry = linked.entries.of(caller);
            let is_by_hand = by_hand.iter().any(|kind| entry.contains(*kind));
            !is_by_hand && (call.in_loop.is_some() || !self.functions.contains(&caller))
        };
        linked.entries.of(function).is_empty()
            && linked.sources.function(function).kind == FunctionKind::Declared
            && !linked.callers.get(function).iter().any(is_other_use)
    }
}

/// The functions that a function calls, handing on left out.
fn called_by<'a>(linked: &'a Linked, function: FunctionRef) -> impl Iterator<Item = FunctionRef> + 'a {
    let facts = &linked.sources.file(function.file).facts;
    let calls = linked.calls[function.file.index()].iter();
    let own = calls.filter(move |(id, _)| facts.calls[id.index()].function == function.id);
    own.flat_map(|(_, info)| info.targets.iter().take(info.called).copied())
}

/// The function that a closure runs in as the body of a loop; itself for any other function than a closure.
fn around(file: &ProjectFile, mut id: FunctionId) -> Option<FunctionId> {
    loop {
        let function = &file.facts.functions[id.index()];
        if function.kind != FunctionKind::Closure {
            return Some(id);
        }
        file.index.callback_loop(id)?;
        id = function.parent?;
    }
}
