//! The linked project: everything that rules may ask about all files.

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::calls::{CallInfo, FileCalls, Interest, awaited_call, calls_of};
use super::effects::{Linked, Reach, Summaries, Witness, owner};
use super::entries::{Entries, EntrySet, Reader, Said};
use super::grouped::Grouped;
use super::memoised::memoised;
use super::memory::{Memory, Remembered};
use super::needs::{Needs, argument, needs_at};
use super::once::Once;
use super::refs::{CallRef, FileId, FunctionRef};
use super::resolve::Resolver;
use super::sources::{Changes, ProjectFile, Sources};
use super::types::{Grade, Marks};
use crate::catalog::{Effect, Entry, Mark};
use crate::facts::{Arg, BlockKind, Call, CallId, CallKind, FunctionId, LoopId, Operator, Param, Root};
use crate::syntax::Family;

/// A project after linking; read-only.
#[derive(Debug)]
pub struct Project<'p> {
    /// Types and targets, on demand.
    pub resolver: Resolver<'p>,
    /// What the calls of each file do.
    pub calls: Vec<FileCalls>,
    /// Entry points.
    pub entries: Entries,
    /// By file, the functions whose answers are kept.
    memoised: Vec<Vec<FunctionRef>>,
    /// What functions do.
    pub summaries: Summaries,
    /// From which entry points functions are reached.
    pub reach: Reach,
    /// What runs once.
    pub once: Once,
    /// The calls of each function.
    callers: Grouped<FunctionRef, CallRef>,
}

/// What is read of a file once it is known what its calls do.
#[derive(Debug, Default)]
pub struct Read {
    /// What it says of entry points.
    pub said: Said,
    /// Its functions whose answers are kept.
    pub memoised: Vec<FunctionRef>,
}

impl Read {
    /// Reads a file.
    pub fn new(resolver: &Resolver, reader: &Reader, at: FileId, calls: &FileCalls) -> Self {
        Self { said: reader.read(resolver, at, calls), memoised: memoised(resolver, at) }
    }
}

/// An effect of a call, of its own or through functions of the project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// What happens.
    pub effect: Effect,
    /// How sure.
    pub grade: Grade,
    /// Calls of project functions on the way; 0 when the call does it.
    pub depth: u8,
    /// Why the function that is called has it; `None` when the call does it.
    pub witness: Option<Witness>,
}

impl<'p> Project<'p> {
    /// Links the files.
    ///
    /// # Errors
    /// When the built-in table of places is broken.
    pub fn link(sources: &'p Sources<'p>) -> Result<Self, String> {
        let mut resolver = Resolver::new(sources);
        let interest = Interest::new(&resolver);
        let reader = Reader::new(&resolver)?;
        let ids: Vec<FileId> = sources.ids().collect();
        let calls = ids.par_iter().map(|id| calls_of(&resolver, &interest, *id)).collect::<Vec<_>>();
        let known = ids.par_iter().zip(&calls).map(|(id, calls)| Read::new(&resolver, &reader, *id, calls)).collect();
        drop((interest, reader));
        resolver.shrink();
        Ok(Self::over(resolver, calls, known).0)
    }

    /// Links the files again, after changes, gives the project to some work, and leaves a memory for the next time.
    ///
    /// # Errors
    /// When the built-in table of places is broken.
    pub fn relinked<T>(
        sources: &'p Sources<'p>,
        memory: Memory,
        changes: &Changes,
        work: impl FnOnce(&Self) -> T,
    ) -> Result<(T, Memory), String> {
        let Remembered { resolver, calls, read, rest } = memory.recall(sources, changes)?;
        let (project, left_out) = Self::over(resolver, calls, read);
        let done = work(&project);
        let Self { resolver, mut calls, entries, memoised, .. } = project;
        for ((file, place), info) in left_out {
            calls[file].values_mut().nth(place).into_iter().for_each(|known| *known = info.clone());
        }
        let read = entries.into_said().into_iter().zip(memoised).map(|(said, memoised)| Read { said, memoised });
        let read = read.collect();
        Ok((done, Remembered { resolver, calls, read, rest }.into_memory()))
    }

    /// Everything else, and what was left out of the calls.
    fn over(resolver: Resolver<'p>, mut calls: Vec<FileCalls>, read: Vec<Read>) -> (Self, LeftOut) {
        let sources = resolver.sources;
        let (said, memoised): (Vec<_>, Vec<_>) = read.into_iter().map(|read| (read.said, read.memoised)).unzip();
        let entries = Entries::build(&calls, said);
        let left_out = drop_test_doubles(&mut calls, &entries);
        let callers = callers_of(&calls);
        let kept: FxHashSet<FunctionRef> = memoised.iter().flatten().copied().collect();
        let linked = Linked { sources, calls: &calls, entries: &entries, callers: &callers, memoised: &kept };
        let once = Once::build(linked);
        let summaries = Summaries::build(linked);
        let reach = Reach::build(sources, &calls, &entries);
        (Self { resolver, calls, entries, memoised, summaries, reach, once, callers }, left_out)
    }

    /// The calls of a function, in the order of files and places; those in tests only if it is one itself.
    pub fn callers(&self, of: FunctionRef) -> impl Iterator<Item = CallRef> + Clone + '_ {
        let is_test = |function: FunctionRef| self.entries.of(function).contains(Entry::Test);
        let counts = move |site: &CallRef| {
            is_test(of) || !is_test(FunctionRef { file: site.file, id: self.call(*site).function })
        };
        self.callers.get(of).iter().copied().filter(counts)
    }

    /// What a call of a function gives for one of its parameters. A call that only hands the function on to be run has
    /// arguments for another one.
    pub fn given(&self, site: CallRef, of: FunctionRef, param: &Param) -> Option<&'p Arg> {
        self.info(site).filter(|info| info.targets.iter().take(info.called).any(|target| *target == of))?;
        let name = self.file(of.file).name(param.name);
        argument(self.file(site.file), self.call(site), name, param.position)
    }

    /// A file.
    pub fn file(&self, id: FileId) -> &'p ProjectFile {
        self.resolver.sources.file(id)
    }

    /// A call's row of facts.
    pub fn call(&self, of: CallRef) -> &'p Call {
        &self.file(of.file).facts.calls[of.id.index()]
    }

    /// What is known of a call.
    pub fn info(&self, of: CallRef) -> Option<&CallInfo> {
        self.calls[of.file.index()].get(of.id)
    }

    /// All effects of a call within `via` calls of project functions. An `await` has those of what it waits for.
    pub fn hits(&self, of: CallRef, via: u8) -> Vec<Hit> {
        let mut hits = self.own_hits(of, via);
        let call = self.call(of);
        if call.kind == CallKind::Operator(Operator::Await)
            && let Some(inner) = awaited_call(&self.file(of.file).facts, call)
        {
            hits.extend(self.own_hits(CallRef { id: inner, ..of }, via));
            hits.extend(self.given_promise(CallRef { id: inner, ..of }, via));
        }
        hits
    }

    /// The effects of the one promise that an awaited call is given (`await settled(load(id))`,
    /// `wait_for(load(id), 5)`): it waits for that. What gathers several is none.
    fn given_promise(&self, of: CallRef, via: u8) -> Vec<Hit> {
        let facts = &self.file(of.file).facts;
        let is_group = |row| self.resolver.sources.catalog.call(row).group;
        if self.info(of).and_then(|info| info.row).is_some_and(is_group) {
            return Vec::new();
        }
        let args = facts.args_of(self.call(of)).iter().filter(|arg| !arg.spread);
        let mut given = args.filter_map(|arg| match arg.value.root {
            Root::Call(id) if arg.value.path.is_empty() && !arg.value.awaited => {
                let call = &facts.calls[id.index()];
                let waits = |effect| matches!(effect, Effect::Http | Effect::DbRead | Effect::FsRead | Effect::Cache);
                let mut hits = self.own_hits(CallRef { id, ..of }, via);
                hits.retain(|hit| waits(hit.effect));
                let is_plain = call.operator().is_none() && !call.awaited && arg.value.span == call.span;
                (is_plain && self.may_be_promise(CallRef { id, ..of }) && !hits.is_empty()).then_some(hits)
            }
            _ => None,
        });
        match (given.next(), given.next()) {
            (Some(hits), None) => hits,
            _ => Vec::new(),
        }
    }

    /// Whether what a call does goes on after it: it does not block, or calls functions that can wait. JavaScript's
    /// functions need no word for it.
    fn may_be_promise(&self, of: CallRef) -> bool {
        let is_async = |target: &FunctionRef| self.resolver.sources.function(*target).is_async;
        self.info(of).is_some_and(|info| match info.row {
            Some(row) => !self.resolver.sources.catalog.call(row).blocks,
            None => {
                self.file(of.file).family == Family::JavaScript
                    || !info.targets.is_empty() && info.targets.iter().all(is_async)
            }
        })
    }

    fn own_hits(&self, of: CallRef, via: u8) -> Vec<Hit> {
        let Some(info) = self.info(of) else { return Vec::new() };
        let mut hits: Vec<Hit> =
            info.effects.iter().map(|&(effect, grade)| Hit { effect, grade, depth: 0, witness: None }).collect();
        let grade = info.target_grade.unwrap_or(Grade::Named);
        for (place, &target) in info.targets.iter().enumerate() {
            let reached = self.summaries.of(target).iter().filter(|w| w.depth < via);
            let reached = reached.filter(|w| place >= info.called || self.gives_what_is_needed(of, target, w));
            hits.extend(reached.map(|w| Hit {
                effect: w.effect,
                grade: grade.min(w.grade),
                depth: w.depth + 1,
                witness: Some(*w),
            }));
        }
        hits
    }

    /// Whether a call's arguments do not rule out what a witness of the called function needs.
    fn gives_what_is_needed(&self, of: CallRef, called: FunctionRef, witness: &Witness) -> bool {
        let call = self.call(of);
        let at = FunctionRef { file: of.file, id: call.function };
        witness.needs.is_empty()
            || needs_at(self.resolver.sources, at, call, called, witness.needs, Needs::default()).is_some()
    }

    /// The chain from a hit to the call that has the effect.
    pub fn chain(&self, hit: &Hit) -> Vec<Witness> {
        std::iter::successors(hit.witness, |witness| self.summaries.next(witness).copied()).collect()
    }

    /// The function that a fact in `function` belongs to, closures that run in place looked through.
    pub fn owner(&self, of: FunctionRef) -> FunctionRef {
        owner(self.resolver.sources, &self.calls, of)
    }

    /// What a function is for: by itself and its place, and by what it stands in.
    pub fn entry(&self, of: FunctionRef) -> EntrySet {
        self.entries.of(of)
    }

    /// The kinds of entry points from which a function is reached.
    pub fn reached(&self, of: FunctionRef) -> EntrySet {
        self.reach.of(self.owner(of)).union(self.entries.of(of))
    }

    /// Marks of a call's value, those set by the calls that go on from it included (`find(…).limit(10)`).
    pub fn marks(&self, of: CallRef) -> Marks {
        let facts = &self.file(of.file).facts;
        let mut marks = self.info(of).map_or(Marks::default(), |info| info.marks);
        let mut current = of.id;
        while let Some(next) = self.file(of.file).index.continued(current) {
            if let Some(info) = self.info(CallRef { id: next, ..of }) {
                marks = marks.union(info.marks);
            }
            current = next;
        }
        let call = &facts.calls[of.id.index()];
        if call.kind == CallKind::Operator(Operator::Await)
            && let Some(inner) = awaited_call(facts, call)
        {
            marks = marks.union(self.marks(CallRef { id: inner, ..of }));
        }
        marks
    }

    /// Whether a call around this one, or one that its closure is handed to, has a mark (`$transaction([…])`,
    /// `limit(() => …)`, `cache.wrap(key, () => …)`).
    pub fn is_inside(&self, of: CallRef, mark: Mark) -> bool {
        let facts = &self.file(of.file).facts;
        let mut current = Some(of.id);
        let mut steps = 0;
        while let Some(id) = current {
            let call = &facts.calls[id.index()];
            let has = |id: CallId| {
                let call = CallRef { id, ..of };
                self.info(call).is_some_and(|info| {
                    info.marks.contains(mark)
                        || info.row.is_some_and(|row| self.resolver.sources.catalog.call(row).marks.contains(&mark))
                })
            };
            let closure = || facts.functions[call.function.index()].argument_of.map(|(around, _)| around);
            let next = call.inside.or_else(closure).or_else(|| {
                let each = call.in_loop?;
                facts.loops[each.index()].call.filter(|looped| *looped != id)
            });
            // `stream.map(load).buffered(8)`: a limit on what the closure started.
            let is_bounded_later =
                |id: CallId| mark == Mark::Bounded && self.marks(CallRef { id, ..of }).contains(mark);
            if next.is_some_and(|next| has(next) || is_bounded_later(next)) {
                return true;
            }
            steps += 1;
            current = next.filter(|next| *next != id && steps < 32);
        }
        false
    }

    /// The loop that a call runs in, turn by turn: the one around it, or, for a call that hands a named function to a
    /// loop (`ids.map(load)`), that loop.
    pub fn loop_of(&self, of: CallRef) -> Option<LoopId> {
        let file = self.file(of.file);
        // What the call does itself (`rows.some(isOpen)` searches), it does once.
        let does_something = self.info(of).is_some_and(|info| !info.effects.is_empty());
        let own = file.index.loop_of_call(of.id).filter(|_| !does_something).filter(|id| {
            let each = &file.facts.loops[id.index()];
            // The body of a loop over a function literal is that function's.
            matches!(file.facts.blocks[each.body.index()].kind, BlockKind::Loop(_))
        });
        own.or(file.facts.calls[of.id.index()].in_loop)
    }

    /// The function that a fact stands in.
    pub fn function_of(&self, file: FileId, id: FunctionId) -> FunctionRef {
        FunctionRef { file, id }
    }
}

/// What was known of calls before doubles were left out: by file and place among what is known there.
type LeftOut = Vec<((usize, usize), CallInfo)>;

/// Leaves the doubles that tests have for a class out of what other code calls; gives what was known with them.
fn drop_test_doubles(calls: &mut [FileCalls], entries: &Entries) -> LeftOut {
    let mut left_out = Vec::new();
    for (row, known) in calls.iter_mut().enumerate() {
        if entries.of(FunctionRef { file: FileId(row as u32), id: FunctionId::MODULE }).contains(Entry::Test) {
            continue;
        }
        let is_real = |target: &&FunctionRef| target.file.index() == row || !entries.of(**target).contains(Entry::Test);
        for (place, info) in
            known.values_mut().enumerate().filter(|(_, info)| !info.targets.iter().all(|t| is_real(&t)))
        {
            left_out.push(((row, place), info.clone()));
            info.called = info.targets.iter().take(info.called).filter(is_real).count();
            info.targets = info.targets.iter().filter(is_real).copied().collect();
        }
    }
    left_out
}

/// The calls of each function of the project.
fn callers_of(calls: &[FileCalls]) -> Grouped<FunctionRef, CallRef> {
    let mut callers = Vec::new();
    for (row, known) in calls.iter().enumerate() {
        let file = FileId(row as u32);
        for (id, info) in known.iter() {
            callers.extend(info.targets.iter().map(|target| (*target, CallRef { file, id })));
        }
    }
    Grouped::new(callers)
}
