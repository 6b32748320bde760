//! Effect summaries: what calling a function of the project leads to, with the shortest chain of calls that shows it.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::calls::{CallInfo, FileCalls};
use super::entries::{Entries, EntrySet};
use super::grouped::Grouped;
use super::kept;
use super::needs::{self, Needs, needs_at, needs_of};
use super::refs::{CallRef, FileId, FunctionRef};
use super::seldom::awaits_fullness;
use super::sources::{ProjectFile, Sources};
use super::types::Grade;
use crate::catalog::{CallRowId, Catalog, Effect, Entry, Mark};
use crate::facts::{Call, CallId, Few, FunctionId, FunctionKind, Root};
use crate::syntax::Family;

/// Longest chain of calls that a summary follows.
pub const MAX_CHAIN: u8 = 4;
/// How many witnesses of an effect are kept for a function: those that need different things.
const MAX_WITNESSES: usize = 3;
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
    /// What the function's parameters must be for it.
    pub needs: Needs,
}

/// What summaries are made from.
#[derive(Clone, Copy, Debug)]
pub struct Linked<'a> {
    /// The files.
    pub sources: &'a Sources<'a>,
    /// What their calls do.
    pub calls: &'a [FileCalls],
    /// Entry points.
    pub entries: &'a Entries,
    /// The calls of each function.
    pub callers: &'a Grouped<FunctionRef, CallRef>,
    /// The functions whose answers are kept.
    pub memoised: &'a FxHashSet<FunctionRef>,
}

/// A call of a function of the project.
#[derive(Debug)]
struct Edge {
    /// Who calls.
    caller: FunctionRef,
    /// Where.
    call: CallRef,
    /// How sure.
    grade: Grade,
    /// What the caller's parameters must be for the call to run; mostly nothing.
    needs: Needs,
    /// Whether the call passes its arguments to the function, rather than the function to another.
    is_direct: bool,
}

/// Summaries of all functions.
#[derive(Debug, Default)]
pub struct Summaries {
    by_function: FxHashMap<FunctionRef, Few<Witness>>,
}

/// Effects that matter to a caller; the others are questions of one place.
pub(super) fn travels(effect: Effect) -> bool {
    !matches!(
        effect,
        Effect::ScanLinear
            | Effect::GrowLinear
            | Effect::CopyLinear
            | Effect::Sort
            | Effect::Log
            | Effect::Lock
            | Effect::DbLoad
    )
}

impl Summaries {
    /// Follows calls from the effects up, one level at a time, so that the first witness found is the shortest.
    pub fn build(linked: Linked) -> Self {
        let mut summaries = Self::default();
        let mut changed: Vec<FunctionRef> = Vec::new();
        let files: Vec<FileId> = linked.sources.ids().collect();
        let own: Vec<Vec<(FunctionRef, Witness)>> = files.par_iter().map(|file| linked.own_witnesses(*file)).collect();
        for (caller, witness) in own.into_iter().flatten() {
            if summaries.add(caller, witness) {
                changed.push(caller);
            }
        }
        for depth in 1..=MAX_CHAIN {
            changed = summaries.rise(linked, changed, depth);
        }
        summaries
    }

    /// Gives the callers of `changed` functions what those do; the callers that learned something.
    fn rise(&mut self, linked: Linked, mut changed: Vec<FunctionRef>, depth: u8) -> Vec<FunctionRef> {
        changed.sort_unstable();
        changed.dedup();
        let mut learned = Vec::new();
        let mut found: Vec<(FunctionRef, Witness)> = Vec::new();
        for function in changed {
            let news: Vec<Witness> = self.of(function).iter().filter(|w| w.depth + 1 == depth).copied().collect();
            for edge in linked.callers.get(function).iter().flat_map(|call| linked.edges(*call, function)) {
                found.extend(news.iter().filter_map(|witness| {
                    let needs = edge.needs_for(linked.sources, function, witness)?;
                    if self.has(edge.caller, witness.effect, needs) {
                        return None;
                    }
                    let grade = edge.grade.min(witness.grade);
                    let next = Some(function);
                    Some((edge.caller, Witness { effect: witness.effect, depth, grade, call: edge.call, next, needs }))
                }));
            }
        }
        // The surest first, then in source order, so that the order of files does not matter.
        found.sort_unstable_by_key(|(caller, w)| {
            (*caller, w.effect, std::cmp::Reverse(w.grade), w.call, w.next, w.needs)
        });
        for (caller, witness) in found {
            if self.add(caller, witness) {
                learned.push(caller);
            }
        }
        learned
    }

    /// Keeps a witness unless one is known that needs no more. Where all that are known need something, another is of
    /// use to the callers that do not give it.
    fn add(&mut self, function: FunctionRef, witness: Witness) -> bool {
        let known = self.by_function.entry(function).or_default();
        let of_kind = witness.needs.names_constants();
        let mut same = 0;
        for old in known.iter_mut().filter(|old| old.effect == witness.effect) {
            same += usize::from(old.needs.names_constants() == of_kind);
            if old.needs.is_empty() || old.needs == witness.needs {
                let is_surer = old.depth == 0 && witness.depth == 0 && witness.grade > old.grade;
                if is_surer {
                    *old = witness;
                }
                return is_surer;
            }
        }
        if same < MAX_WITNESSES {
            known.push(witness);
            return true;
        }
        // One for each of many kinds: from here on it is enough that it may happen.
        of_kind && self.add(function, Witness { needs: witness.needs.without_constants(), ..witness })
    }

    /// Whether a witness is known that needs no more than this.
    fn has(&self, function: FunctionRef, effect: Effect, needs: Needs) -> bool {
        self.of(function).iter().any(|old| old.effect == effect && (old.needs.is_empty() || old.needs == needs))
    }

    /// What calling a function does.
    pub fn of(&self, function: FunctionRef) -> &[Witness] {
        self.by_function.get(&function).map_or(&[], Few::as_slice)
    }

    /// The witness that another one leads on to.
    pub fn next(&self, witness: &Witness) -> Option<&Witness> {
        let known = self.of(witness.next?).iter();
        known.filter(|next| next.effect == witness.effect).find(|next| next.depth + 1 == witness.depth)
    }
}

impl Linked<'_> {
    /// What the calls of a file do themselves, for the functions that reckon with them.
    fn own_witnesses(self, file: FileId) -> Vec<(FunctionRef, Witness)> {
        let mut witnesses = Vec::new();
        for (id, info) in self.calls[file.index()].iter() {
            if !info.effects.iter().any(|(effect, _)| travels(*effect)) {
                continue;
            }
            let call = CallRef { file, id };
            for caller in self.running(call) {
                witnesses.extend(self.witnesses_of(info, call, caller).map(|witness| (caller, witness)));
            }
        }
        witnesses
    }

    /// A call's own effects, as a function reckons with them.
    fn witnesses_of(self, info: &CallInfo, call: CallRef, caller: FunctionRef) -> impl Iterator<Item = Witness> {
        let file = self.sources.file(call.file);
        let row = &file.facts.calls[call.id.index()];
        let is_known = asks_what_is_given(self.sources, file, caller.id, row, info.row);
        let needs = if is_known { Needs::default() } else { needs_of(self.sources, caller.file, caller.id, row) };
        let effects = info.effects.iter().filter(move |(effect, _)| !is_known && travels(*effect));
        effects.map(move |&(effect, grade)| Witness { effect, depth: 0, grade, call, next: None, needs })
    }

    /// The functions that reckon with a call: those that it belongs to, where it runs each time.
    fn running(self, call: CallRef) -> Vec<FunctionRef> {
        let (file, known) = (self.sources.file(call.file), &self.calls[call.file.index()]);
        if is_kept(self.sources, known, call.file, call.id) {
            return Vec::new();
        }
        let row = &file.facts.calls[call.id.index()];
        let mut callers = up_to_owner(self.sources, self.calls, FunctionRef { file: call.file, id: row.function });
        let place = needs::Place::of(row);
        callers.retain(|caller| {
            !self.memoised.contains(caller)
                && !kept::is_kept(file, known, caller.id, place)
                && !awaits_fullness(file, known, caller.id, place)
        });
        callers
    }

    /// The ways in which a call leads to a function. What only tests have is nothing to others.
    fn edges(self, call: CallRef, called: FunctionRef) -> Vec<Edge> {
        let file = self.sources.file(call.file);
        let Some(info) = self.calls[call.file.index()].get(call.id) else { return Vec::new() };
        let is_test = |function| self.entries.of(function).contains(Entry::Test);
        let mut edges = Vec::new();
        for caller in self.running(call).into_iter().filter(|caller| is_test(*caller) || !is_test(called)) {
            let needs = needs_of(self.sources, caller.file, caller.id, &file.facts.calls[call.id.index()]);
            let grade = info.target_grade.unwrap_or(Grade::Named);
            let places = info.targets.iter().enumerate().filter(|(_, target)| **target == called);
            let kinds = places.map(|(place, _)| place < info.called);
            edges.extend(kinds.map(|is_direct| Edge { caller, call, grade, needs, is_direct }));
        }
        edges
    }
}

impl Edge {
    /// What the caller's parameters must be for a witness of the called function to count; `None` when the arguments
    /// rule it out.
    fn needs_for(&self, sources: &Sources, called: FunctionRef, witness: &Witness) -> Option<Needs> {
        if !self.is_direct {
            return Some(self.needs);
        }
        let call = &sources.file(self.call.file).facts.calls[self.call.id.index()];
        needs_at(sources, self.caller, call, called, witness.needs, self.needs)
    }
}

/// Whether a call runs only when a cache has no answer yet (`cache.get_with(key, || query())`), so that a caller has to
/// reckon with it once and not each time.
fn is_kept(sources: &Sources, known: &FileCalls, file: FileId, id: CallId) -> bool {
    let file = sources.file(file);
    let facts = &file.facts;
    // An async block that a closure gives back is what the closure does: `|| async { … }`.
    let closure_of = |function: FunctionId| {
        let block_of =
            |id: &FunctionId| facts.functions[id.index()].parent.filter(|parent| is_given_back(file, *id, *parent));
        let mut closures = std::iter::successors(Some(function), block_of);
        closures.find_map(|id| facts.functions[id.index()].argument_of).map(|(around, _)| around)
    };
    let mut current = id;
    for _ in 0..MAX_AROUND {
        let call = &facts.calls[current.index()];
        let closure = || closure_of(call.function);
        let Some(around) = call.inside.or_else(closure).filter(|around| *around != current) else {
            return false;
        };
        let row = known.get(around).and_then(|info| info.row);
        if row.is_some_and(|row| sources.catalog.call(row).marks.contains(&Mark::Cached)) {
            return true;
        }
        current = around;
    }
    false
}

/// Whether an operator asks a parameter that keeps its answer (`name in rows`, rows being a query set): however often
/// the function is called with it, it is asked once.
fn asks_what_is_given(
    sources: &Sources,
    file: &ProjectFile,
    owner: FunctionId,
    call: &Call,
    row: Option<CallRowId>,
) -> bool {
    call.operator().is_some()
        && row.is_some_and(|row| sources.catalog.call(row).marks.contains(&Mark::Kept))
        && needs::as_param(file, owner, &call.callee).is_some()
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

/// The functions that what a call in `inner` does belongs to: the one that owns it, and the closures on the way, since
/// they may be called by a name of their own as well (`const load = cached(async (id) => …)`).
fn up_to_owner(sources: &Sources, calls: &[FileCalls], inner: FunctionRef) -> Vec<FunctionRef> {
    let last = owner(sources, calls, inner);
    let functions = &sources.file(inner.file).facts.functions;
    let parents = std::iter::successors(Some(inner.id), |id| functions[id.index()].parent.filter(|_| *id != last.id));
    parents.map(|id| FunctionRef { file: inner.file, id }).collect()
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
    let Some(row) = known.get(call).and_then(|info| info.row) else { return true };
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
        let mut edges: Vec<(FunctionRef, FunctionRef)> = Vec::new();
        for (row, known) in calls.iter().enumerate() {
            let file = FileId(row as u32);
            let mut of_file: Vec<(FunctionRef, FunctionRef)> = Vec::new();
            for (id, info) in known.iter().filter(|(_, info)| !info.targets.is_empty()) {
                let facts = &sources.file(file).facts;
                let last = owner(sources, calls, FunctionRef { file, id: facts.calls[id.index()].function });
                // A closure on the way may be an entry point itself, as a handler written into its route is.
                let mut caller = Some(facts.calls[id.index()].function);
                while let Some(function) = caller {
                    of_file.extend(info.targets.iter().map(|target| (FunctionRef { file, id: function }, *target)));
                    caller = facts.functions[function.index()].parent.filter(|_| function != last.id);
                }
            }
            of_file.sort_unstable();
            of_file.dedup();
            edges.append(&mut of_file);
        }
        edges.sort_unstable();
        let mut reach = Self::default();
        let mut level: Vec<FunctionRef> = entries.all().collect();
        for function in &level {
            reach.by_function.insert(*function, entries.of(*function));
        }
        for _ in 0..MAX_REACH {
            let mut next = Vec::new();
            for function in level {
                let from = reach.of(function);
                let first = edges.partition_point(|(caller, _)| *caller < function);
                for &(_, target) in edges[first..].iter().take_while(|(caller, _)| *caller == function) {
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
