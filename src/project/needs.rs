//! Under which conditions a function's call runs: what its parameters must be, and whether an answer is kept.
//!
//! Conditions are read from the guards around a call and from the guards of what leaves the function before it. Only
//! what a condition says of a parameter by itself is read; everything else is taken to hold.

use super::calls::FileCalls;
use super::effects::travels;
use super::index::Declared;
use super::refs::FunctionRef;
use super::sources::{ProjectFile, Sources};
use super::values::is_element;
use crate::facts::{
    Arg, ArgId, BindKind, Block, BlockId, BlockKind, Call, CallId, CallKind, Condition, ELEMENT, ExitKind, FileFacts,
    FunctionId, NameId, Operand, Operator, Root, Sink, Span,
};
use crate::syntax::Family;

/// How many needs of one call are kept.
const MAX_NEEDS: usize = 2;
/// How many blocks around a call are looked at.
const MAX_BLOCKS: u32 = 40;

/// A parameter must, or must not, be true or something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Need {
    /// The row of the function's `params`.
    pub param: ArgId,
    /// The field of it that is meant, as a name of the function's file.
    pub field: Option<NameId>,
    /// Whether it must hold.
    pub holds: bool,
}

/// The needs of a call: a few at most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Needs([Option<Need>; MAX_NEEDS]);

impl Needs {
    /// Adds one, if there is room for it.
    pub fn add(&mut self, need: Need) {
        if !self.iter().any(|known| known == need)
            && let Some(free) = self.0.iter_mut().find(|slot| slot.is_none())
        {
            *free = Some(need);
        }
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = Need> + '_ {
        self.0.iter().flatten().copied()
    }

    /// Whether nothing is needed.
    pub fn is_empty(&self) -> bool {
        self.0[0].is_none()
    }
}

/// What is known of a value at a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Given {
    /// It holds, or does not.
    Known(bool),
    /// It is the caller's own parameter.
    Param(ArgId, Option<NameId>),
    /// Nothing is known.
    Unknown,
}

/// What the parameters of `owner` must be for a call in it to run.
pub fn needs_of(file: &ProjectFile, owner: FunctionId, call: &Call) -> Needs {
    let mut needs = Needs::default();
    for condition in conditions_before(&file.facts, owner, Place::of(call)) {
        if let Some((param, field)) = as_param(file, owner, &condition.value) {
            needs.add(Need { param, field, holds: condition.holds });
        }
    }
    needs
}

/// Where a piece of code stands.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The block it stands in.
    pub block: BlockId,
    /// From where to where.
    pub span: Span,
}

impl Place {
    /// That of a call.
    pub fn of(call: &Call) -> Self {
        Self { block: call.block, span: call.span }
    }
}

/// Whether a call runs once and its answer is kept: it stands behind a test of a place outside the function that the
/// function fills (`if self.rate is None: self.rate = load()`; `if key in cache: return cache[key]`).
/// What is looked up with I/O is no such place: `known` tells which calls do any.
pub fn is_kept(file: &ProjectFile, known: &FileCalls, owner: FunctionId, code: Place) -> bool {
    let facts = &file.facts;
    let is_filled = |place: &Operand| is_outside(file, known, owner, place) && is_filled(facts, owner, place);
    let mut unset = conditions_before(facts, owner, code).into_iter().filter(|condition| !condition.holds);
    unset.any(|condition| {
        is_filled(&condition.value)
            || answer_place(file, known, owner, &condition.value).is_some_and(|place| is_filled(&place))
    }) || guards_before(facts, owner, code)
        .into_iter()
        .any(|(guard, _)| looked_up_in(facts, known, guard).any(|place| is_filled(&place)))
}

/// What the conditions say under which a call runs.
pub(super) fn conditions_before(facts: &FileFacts, owner: FunctionId, code: Place) -> Vec<&Condition> {
    let guards = guards_before(facts, owner, code);
    guards.into_iter().flat_map(|(guard, when)| said(facts, guard).filter(move |row| row.when == when)).collect()
}

fn said(facts: &FileFacts, guard: Span) -> impl Iterator<Item = &Condition> {
    let first = facts.conditions.partition_point(|row| row.guard < guard);
    facts.conditions[first..].iter().take_while(move |row| row.guard == guard)
}

/// The guards that decide whether a call runs, with how they have to turn out: those of the blocks around it, and those
/// of what leaves such a block before the call.
pub(super) fn guards_before(facts: &FileFacts, owner: FunctionId, code: Place) -> Vec<(Span, bool)> {
    let mut guards = Vec::new();
    let around = blocks_around(facts, owner, code.block);
    for (_, block) in &around {
        match (block.kind, block.guard) {
            (BlockKind::If, Some(guard)) => guards.push((guard, true)),
            (BlockKind::Else, Some(guard)) => guards.push((guard, false)),
            _ => {}
        }
    }
    let start = facts.functions[owner.index()].span.start;
    let first = facts.exits.partition_point(|exit| exit.span.start < start);
    for exit in facts.exits[first..].iter().take_while(|exit| exit.span.start < code.span.start) {
        let block = &facts.blocks[exit.block.index()];
        let leaves = matches!(exit.kind, ExitKind::Return | ExitKind::Throw | ExitKind::Continue);
        let stands_before = || block.parent.is_some_and(|parent| around.iter().any(|(id, _)| *id == parent));
        if leaves
            && block.kind == BlockKind::If
            && exit.span.end <= code.span.start
            && let Some(guard) = block.guard.filter(|_| stands_before())
            && !block.span.contains(code.span)
        {
            guards.push((guard, false));
        }
    }
    guards
}

/// The blocks around a call up to the body of `owner`, through the closures that run in place.
pub(super) fn blocks_around(facts: &FileFacts, owner: FunctionId, inner: BlockId) -> Vec<(BlockId, &Block)> {
    let mut found = Vec::new();
    let mut current = Some(inner);
    for _ in 0..MAX_BLOCKS {
        let Some(id) = current else { break };
        let block = &facts.blocks[id.index()];
        found.push((id, block));
        current = match block.kind {
            BlockKind::Function(function) if function == owner => None,
            BlockKind::Function(function) => Some(facts.functions[function.index()].block),
            _ => block.parent,
        };
    }
    found
}

/// The parameter of `owner` that a value is, with at most one field.
pub(super) fn as_param(file: &ProjectFile, owner: FunctionId, value: &Operand) -> Option<(ArgId, Option<NameId>)> {
    let Root::Name(name) = value.root else { return None };
    let field = match value.path.as_slice() {
        [] => None,
        [field] if !is_element(file.name(*field)) => Some(*field),
        _ => return None,
    };
    let mut declared = file.index.candidates(&file.facts, name, owner, value.span.start);
    let first = declared.next()?;
    // What is given to the name further on (`if rate is None: rate = load()`) does not matter here.
    match first.what {
        Declared::Param(function, place) if function == owner && declared.all(|d| d.start > value.span.start) => {
            Some((ArgId(place), field))
        }
        _ => None,
    }
}

/// Whether a value outlives the function: a field of `this`, or a name of a scope around it.
fn is_outside(file: &ProjectFile, known: &FileCalls, owner: FunctionId, value: &Operand) -> bool {
    match value.root {
        Root::This => !value.path.is_empty(),
        Root::Name(name) => {
            let found = file.index.lookup(&file.facts, name, owner, value.span.start);
            found.is_some_and(|declaration| {
                declaration.function != owner && !is_inside(file, declaration.function, owner)
                    || is_handle(file, known, declaration.what)
                    || is_only_assigned(file, name, owner)
            })
        }
        _ => false,
    }
}

/// Whether a script's function gives a name values without declaring it: it is a name of a scope around it.
fn is_only_assigned(file: &ProjectFile, name: NameId, owner: FunctionId) -> bool {
    let facts = &file.facts;
    let is_assigned = |declared: Declared| match declared {
        Declared::Bind(id) => matches!(facts.binds[id.index()].kind, BindKind::Assign | BindKind::Augment),
        _ => false,
    };
    let parent = facts.functions[owner.index()].parent;
    file.family == Family::JavaScript
        && file.index.candidates(facts, name, owner, u32::MAX).all(|found| is_assigned(found.what))
        && parent.is_some_and(|parent| file.index.lookup(facts, name, parent, u32::MAX).is_some())
}

/// Whether a local name stands for what a call without arguments gives, no new collection: `const cache = getCache()`.
fn is_handle(file: &ProjectFile, known: &FileCalls, declared: Declared) -> bool {
    let Declared::Bind(id) = declared else { return false };
    let bind = &file.facts.binds[id.index()];
    let value = bind.value.as_ref().filter(|value| value.path.is_empty());
    match value.map(|value| value.root) {
        Some(Root::Call(id)) => {
            let call = &file.facts.calls[id.index()];
            let is_known = known.get(id).is_some_and(|info| info.gives.is_some());
            !is_known
                && call.kind == CallKind::Plain
                && call.args.is_empty()
                && matches!(call.callee.root, Root::Name(_))
        }
        _ => false,
    }
}

/// Whether a function is a closure inside another.
fn is_inside(file: &ProjectFile, function: FunctionId, outer: FunctionId) -> bool {
    let functions = &file.facts.functions;
    function != outer && functions[outer.index()].span.contains(functions[function.index()].span)
}

/// Whether a function gives a place a value: assigns it, an element of it, or calls a method of it for what that does.
fn is_filled(facts: &FileFacts, owner: FunctionId, place: &Operand) -> bool {
    let span = facts.functions[owner.index()].span;
    let is_of = |value: &Operand| value.root == place.root && value.path.starts_with(place.path.as_slice());
    let mut binds = facts.binds_in(span);
    let mut calls = facts.calls_in(span).map(|id| &facts.calls[id.index()]);
    binds.any(|bind| bind.kind != BindKind::Delete && is_of(&bind.target))
        || calls.any(|call| {
            let receiver = held(facts, call.receiver());
            call.kind == CallKind::Plain
                && call.sink == Sink::Dropped
                && !call.callee.path.is_empty()
                && receiver.root == place.root
                && receiver.path == place.path
        })
}

/// What a value is a hold of, calls of methods without arguments looked through: `self.cache` for
/// `self.cache.read().unwrap()`.
fn held(facts: &FileFacts, mut value: Operand) -> Operand {
    while let Root::Call(id) = value.root {
        let call = &facts.calls[id.index()];
        let is_hold = call.kind == CallKind::Plain && call.args.is_empty() && !call.callee.path.is_empty();
        if !is_hold || !value.path.is_empty() {
            break;
        }
        value = call.receiver();
    }
    value
}

/// The place that a local name's value was looked up in: `this.cache` for `const hit = this.cache.get(key)`.
pub(super) fn answer_place(
    file: &ProjectFile,
    known: &FileCalls,
    owner: FunctionId,
    value: &Operand,
) -> Option<Operand> {
    let Root::Name(name) = value.root else { return None };
    let facts = &file.facts;
    let declared = file.index.lookup(facts, name, owner, value.span.start)?;
    let Declared::Bind(id) = declared.what else { return None };
    let from = facts.binds[id.index()].value.as_ref()?;
    match from.root {
        Root::Call(call) if from.path.is_empty() && is_plain(known, call) => {
            let asked = held(facts, facts.calls[call.index()].receiver());
            // `cache.get(key).cloned()` asks what `cache.get(key)` does.
            match asked.root {
                Root::Call(inner) if asked.path.is_empty() && is_plain(known, inner) => {
                    Some(held(facts, facts.calls[inner.index()].receiver()))
                }
                _ => Some(asked),
            }
        }
        _ if from.path.last().is_some_and(|last| file.name(*last) == ELEMENT) => {
            let mut place = from.clone();
            place.path.pop();
            Some(place)
        }
        _ => None,
    }
}

/// The places that a guard looks something up in: `cache.has(key)`, `key in cache`.
pub(super) fn looked_up_in<'f>(
    facts: &'f FileFacts,
    known: &'f FileCalls,
    guard: Span,
) -> impl Iterator<Item = Operand> + 'f {
    facts.calls_in(guard).filter(|id| is_plain(known, *id)).filter_map(|id| {
        let call = &facts.calls[id.index()];
        match call.operator() {
            None | Some(Operator::Contains) => Some(held(facts, call.receiver())),
            _ => None,
        }
    })
}

/// Whether a call neither does anything by itself nor calls a function of the project.
fn is_plain(known: &FileCalls, call: CallId) -> bool {
    known
        .get(call)
        .is_none_or(|info| info.effects.iter().all(|(effect, _)| !travels(*effect)) && info.targets.is_empty())
}

/// What a function's needs are for those who call its caller: `None` when the call's arguments rule them out.
pub fn needs_at(
    sources: &Sources,
    at: FunctionRef,
    call: &Call,
    callee: FunctionRef,
    needs: Needs,
    own: Needs,
) -> Option<Needs> {
    let file = sources.file(at.file);
    let mut left = own;
    for need in needs.iter() {
        match given(file, at.id, call, sources.file(callee.file), callee.id, need) {
            Given::Known(holds) if holds != need.holds => return None,
            Given::Known(_) | Given::Unknown => {}
            Given::Param(param, field) => left.add(Need { param, field, holds: need.holds }),
        }
    }
    Some(left)
}

/// What a call gives a parameter of the function that it calls.
fn given(
    file: &ProjectFile,
    caller: FunctionId,
    call: &Call,
    there: &ProjectFile,
    callee: FunctionId,
    need: Need,
) -> Given {
    let function = &there.facts.functions[callee.index()];
    let Some(param) = function.params.get(need.param.index()) else { return Given::Unknown };
    if param.rest || file.facts.args_of(call).iter().any(|arg| arg.spread) {
        return Given::Unknown;
    }
    let mut keys = param.path.iter().copied().chain(need.field).map(|key| there.name(key));
    let Some(arg) = argument(file, call, there.name(param.name), param.position) else {
        return match (&param.default, need.field) {
            (Some(default), None) => truth(default),
            (None, _) if file.family == Family::JavaScript => Given::Known(false),
            _ => Given::Unknown,
        };
    };
    let (first, more) = (keys.next(), keys.next());
    match (first, more) {
        (None, _) => match value(file, caller, &arg.value) {
            // Who gives a value where nothing would do gives something.
            Given::Unknown if param.default.as_ref().is_some_and(|default| default.root == Root::Null) => {
                Given::Known(true)
            }
            given => given,
        },
        (Some(key), None) => match (field_of(file, &arg.value, key), &param.default) {
            (Some(Some(found)), _) => value(file, caller, found),
            (Some(None), Some(default)) if need.field.is_none() => truth(default),
            (Some(None), _) => Given::Known(false),
            (None, _) => Given::Unknown,
        },
        _ => Given::Unknown,
    }
}

/// The argument for a parameter: by its name, else by its position.
pub fn argument<'f>(file: &'f ProjectFile, call: &Call, name: &str, position: ArgId) -> Option<&'f Arg> {
    let named =
        file.facts.args_of(call).iter().find(|arg| arg.keyword.is_some_and(|keyword| file.name(keyword) == name));
    named.or_else(|| file.facts.positional(call).nth(position.index()))
}

/// The value of a key of an object literal; `None` inside when it has no such key, outside when it cannot be told.
#[expect(clippy::option_option, reason = "a key that is missing and one that cannot be told are two things")]
fn field_of<'f>(file: &'f ProjectFile, value: &Operand, key: &str) -> Option<Option<&'f Operand>> {
    let Root::Object(id) = value.root else { return None };
    let object = &file.facts.objects[id.index()];
    let found = file.facts.entries_of(object).iter().find(|(name, _)| file.name(*name) == key).map(|(_, value)| value);
    (found.is_some() || !object.open && value.path.is_empty()).then_some(found)
}

fn value(file: &ProjectFile, caller: FunctionId, value: &Operand) -> Given {
    match as_param(file, caller, value) {
        Some((param, field)) => Given::Param(param, field),
        None => truth(value),
    }
}

/// Whether a literal holds. What is empty holds for `is not None` and not for `if`: that is not told.
fn truth(value: &Operand) -> Given {
    if !value.path.is_empty() {
        return Given::Unknown;
    }
    match value.root {
        Root::Null => Given::Known(false),
        Root::Bool(holds) => Given::Known(holds),
        Root::Function(_) | Root::Class(_) | Root::This => Given::Known(true),
        Root::Number(Some(number)) if number.0 != 0 => Given::Known(true),
        _ => Given::Unknown,
    }
}
