//! Effect summaries: what calling a function of the project leads to, with the shortest chain of calls that shows it.

use rustc_hash::FxHashMap;

use super::calls::FileCalls;
use super::entries::{Entries, EntrySet};
use super::refs::{CallRef, FileId, FunctionRef};
use super::sources::{ProjectFile, Sources};
use super::types::Grade;
use crate::catalog::{Catalog, Effect, Entry, Mark};
use crate::facts::{CallId, FunctionId, FunctionKind, Root};
use crate::syntax::Family;

/// Longest chain of calls that a summary follows.
pub const MAX_CHAIN: u8 = 4;
/// How many calls around a call are looked at.
const MAX_AROUND: u32 = 16;

/// Why a function has an effect: the call in it that does it, or that leads on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Witness {
    /// What happens.
    pub effect: Effect,
    /// Calls from the function to the effect; 0 when `call` does it.
    pub depth: u8,
    /// How sure.
    pub grade: Grade,
    /// The call.
    pub call: CallRef,
    /// The function that it calls; `None` when the call does it.
    pub next: Option<FunctionRef>,
}

/// Summaries of all functions.
#[derive(Debug, Default)]
pub struct Summaries {
    by_function: FxHashMap<FunctionRef, Vec<Witness>>,
}

/// Effects that matter to a caller; the others are questions of one place.
fn travels(effect: Effect) -> bool {
    !matches!(effect, Effect::ScanLinear | Effect::GrowLinear | Effect::CopyLinear | Effect::Log | Effect::Lock)
}

impl Summaries {
    /// Follows calls from the effects up, one level at a time, so that the first witness found is the shortest.
    pub fn build(sources: &Sources, calls: &[FileCalls], entries: &Entries) -> Self {
        let mut summaries = Self::default();
        let mut callers: FxHashMap<FunctionRef, Vec<(FunctionRef, CallRef, Grade)>> = FxHashMap::default();
        let mut changed: Vec<FunctionRef> = Vec::new();
        for (row, known) in calls.iter().enumerate() {
            let file = FileId(row as u32);
            let mut ids: Vec<CallId> = known.keys().copied().collect();
            ids.sort_unstable();
            for id in ids {
                let info = &known[&id];
                if is_kept(sources, known, file, id) {
                    continue;
                }
                let call = CallRef { file, id };
                let caller = owner(
                    sources,
                    calls,
                    FunctionRef { file, id: sources.file(file).facts.calls[id.index()].function },
                );
                for &(effect, grade) in info.effects.iter().filter(|(effect, _)| travels(*effect)) {
                    if summaries.add(caller, Witness { effect, depth: 0, grade, call, next: None }) {
                        changed.push(caller);
                    }
                }
                let in_test = entries.of(caller).contains(Entry::Test);
                for &target in &info.targets {
                    if in_test || !entries.of(target).contains(Entry::Test) {
                        let grade = info.target_grade.unwrap_or(Grade::Named);
                        callers.entry(target).or_default().push((caller, call, grade));
                    }
                }
            }
        }
        for depth in 1..=MAX_CHAIN {
            changed = summaries.rise(&callers, changed, depth);
        }
        summaries
    }

    /// Gives the callers of `changed` functions what those do; the callers that learned something.
    fn rise(
        &mut self,
        callers: &FxHashMap<FunctionRef, Vec<(FunctionRef, CallRef, Grade)>>,
        mut changed: Vec<FunctionRef>,
        depth: u8,
    ) -> Vec<FunctionRef> {
        changed.sort_unstable();
        changed.dedup();
        let mut learned = Vec::new();
        let mut found: Vec<(FunctionRef, Witness)> = Vec::new();
        for function in changed {
            let news: Vec<Witness> = self.of(function).iter().filter(|w| w.depth + 1 == depth).copied().collect();
            for &(caller, call, grade) in callers.get(&function).into_iter().flatten() {
                found.extend(news.iter().map(|witness| {
                    let grade = grade.min(witness.grade);
                    (caller, Witness { effect: witness.effect, depth, grade, call, next: Some(function) })
                }));
            }
        }
        // The surest first, then in source order, so that the order of files does not matter.
        found.sort_by_key(|(caller, w)| (*caller, w.effect, std::cmp::Reverse(w.grade), w.call, w.next));
        for (caller, witness) in found {
            if self.add(caller, witness) {
                learned.push(caller);
            }
        }
        learned
    }

    fn add(&mut self, function: FunctionRef, witness: Witness) -> bool {
        let known = self.by_function.entry(function).or_default();
        match known.iter_mut().find(|w| w.effect == witness.effect) {
            None => {
                known.push(witness);
                true
            }
            Some(old) if old.depth == 0 && witness.depth == 0 && witness.grade > old.grade => {
                *old = witness;
                true
            }
            Some(_) => false,
        }
    }

    /// What calling a function does.
    pub fn of(&self, function: FunctionRef) -> &[Witness] {
        self.by_function.get(&function).map_or(&[], Vec::as_slice)
    }

    /// What calling a function does, for one effect.
    pub fn witness(&self, function: FunctionRef, effect: Effect) -> Option<&Witness> {
        self.of(function).iter().find(|w| w.effect == effect)
    }
}

/// Whether a call runs only when a cache has no answer yet (`cache.get_with(key, || query())`), so that a caller has to
/// reckon with it once and not each time.
fn is_kept(sources: &Sources, known: &FileCalls, file: FileId, id: CallId) -> bool {
    let facts = &sources.file(file).facts;
    let mut current = id;
    for _ in 0..MAX_AROUND {
        let call = &facts.calls[current.index()];
        let closure = || facts.functions[call.function.index()].argument_of.map(|(around, _)| around);
        let Some(around) = call.inside.map(|(around, _)| around).or_else(closure).filter(|around| *around != current)
        else {
            return false;
        };
        let row = known.get(&around).and_then(|info| info.row);
        if row.is_some_and(|row| sources.catalog.call(row).marks.contains(&Mark::Cached)) {
            return true;
        }
        current = around;
    }
    false
}

/// The function that a closure's effects belong to: the one around it when the closure runs there (a callback of a
/// loop, or handed to a call that neither starts it elsewhere nor registers it), else itself.
pub fn owner(sources: &Sources, calls: &[FileCalls], of: FunctionRef) -> FunctionRef {
    let file = sources.file(of.file);
    let mut current = of.id;
    loop {
        let function = &file.facts.functions[current.index()];
        let Some(parent) = function.parent else { break };
        let runs_here = function.kind == FunctionKind::Closure
            && (file.index.callback_loop(current).is_some()
                || is_given_back(file, current, parent)
                || function.argument_of.is_some_and(|(call, _)| {
                    calls.get(of.file.index()).is_none_or(|known| runs_argument(sources.catalog, known, call))
                }));
        if !runs_here || current == FunctionId::MODULE {
            break;
        }
        current = parent;
    }
    FunctionRef { file: of.file, id: current }
}

/// Whether a function's value is an async block in it: who calls the function gets to wait for the block.
fn is_given_back(file: &ProjectFile, block: FunctionId, around: FunctionId) -> bool {
    let is_value = |row: &u32| {
        let value = file.facts.exits[*row as usize].value.as_ref();
        value.is_some_and(|value| value.root == Root::Function(block) && value.path.is_empty())
    };
    file.family == Family::Rust
        && file.facts.functions[block.index()].is_async
        && file.index.returns(around).iter().any(is_value)
}

/// Whether a call runs the functions given to it before it gives its own value.
fn runs_argument(catalog: &Catalog, known: &FileCalls, call: CallId) -> bool {
    let Some(row) = known.get(&call).and_then(|info| info.row) else { return true };
    let row = catalog.call(row);
    !row.spawn
}

/// The kinds of entry points from which each function is reached.
#[derive(Debug, Default)]
pub struct Reach {
    by_function: FxHashMap<FunctionRef, EntrySet>,
}

/// How many calls below an entry point still count as reached from it.
const MAX_REACH: u8 = 6;

impl Reach {
    /// Follows calls from the entry points down.
    pub fn build(sources: &Sources, calls: &[FileCalls], entries: &Entries) -> Self {
        let mut edges: FxHashMap<FunctionRef, Vec<FunctionRef>> = FxHashMap::default();
        for (row, known) in calls.iter().enumerate() {
            let file = FileId(row as u32);
            for (id, info) in known.iter().filter(|(_, info)| !info.targets.is_empty()) {
                let facts = &sources.file(file).facts;
                let last = owner(sources, calls, FunctionRef { file, id: facts.calls[id.index()].function });
                // A closure on the way may be an entry point itself, as a handler written into its route is.
                let mut caller = Some(facts.calls[id.index()].function);
                while let Some(function) = caller {
                    edges.entry(FunctionRef { file, id: function }).or_default().extend(&info.targets);
                    caller = facts.functions[function.index()].parent.filter(|_| function != last.id);
                }
            }
        }
        let mut reach = Self::default();
        let mut level: Vec<FunctionRef> = entries.all().collect();
        for function in &level {
            reach.by_function.insert(*function, entries.of(*function));
        }
        for _ in 0..MAX_REACH {
            let mut next = Vec::new();
            for function in level {
                let from = reach.of(function);
                for &target in edges.get(&function).into_iter().flatten() {
                    let known = reach.by_function.entry(target).or_default();
                    if !known.contains_all(from) {
                        *known = known.union(from);
                        next.push(target);
                    }
                }
            }
            next.sort_unstable();
            next.dedup();
            level = next;
        }
        reach
    }

    /// The kinds of entry points that lead to a function, itself included.
    pub fn of(&self, function: FunctionRef) -> EntrySet {
        self.by_function.get(&function).copied().unwrap_or_default()
    }
}
