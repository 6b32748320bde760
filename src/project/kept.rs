//! Code that runs once and whose answer is kept, so that whoever runs it again finds the answer there.

use super::calls::FileCalls;
use super::effects::travels;
use super::index::Declared;
use super::needs::{Place, conditions_before, guards_before};
use super::sources::ProjectFile;
use crate::facts::{
    BindKind, BlockKind, CallId, CallKind, ELEMENT, Exit, ExitKind, FileFacts, FunctionId, NameId, Operand, Operator,
    Root, Sink, Span,
};
use crate::syntax::Family;

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
        || given_before(file, owner, code).any(|place| is_filled(&place))
}

/// The places whose value a function gives back, under a condition, before it gets to some code: the answer that is still
/// good, whatever decides that (`if (this.rows && isFresh()) return this.rows`).
fn given_before(file: &ProjectFile, owner: FunctionId, code: Place) -> impl Iterator<Item = Operand> {
    let facts = &file.facts;
    let is_before = move |exit: &&Exit| {
        exit.kind == ExitKind::Return
            && exit.function == owner
            && exit.span.end <= code.span.start
            && facts.blocks[exit.block.index()].kind == BlockKind::If
    };
    facts.exits.iter().filter(is_before).filter_map(|exit| {
        let mut place = held(facts, exit.value.clone()?);
        if place.path.last().is_some_and(|last| file.name(*last) == ELEMENT) {
            place.path.pop();
        }
        Some(place)
    })
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
