//! Predicates about waits.

use super::super::clause::Kind;
use super::super::value::{Objects, Scope, Value};
use super::super::vocabulary::{ObjectKind, Predicate};
use super::connections::is_exclusive;
use super::groups::is_wait;
use super::{has_word, is_dropped, slots, words};
use crate::facts::{
    BlockId, BlockKind, Call, CallId, CallKind, ExitKind, FieldPath, FileFacts, LoopId, NameId, Operand, Operator,
    Root, Sink, Span,
};
use crate::project::dependence::{carried_names, depends_on_value, names_reaching};
use crate::project::index::Declared;
use crate::project::{CallRef, FunctionRef};

/// How many calls of a chain are looked at.
const MAX_CHAINED: u32 = 16;

/// The table.
pub const PREDICATES: &[Predicate] = &[
    Predicate {
        name: "directly-before",
        subjects: &[Kind::Await],
        object: ObjectKind::Subjects(&[Kind::Await]),
        doc: "stands earlier in the same block, and nothing between them waits, leaves or has an effect",
        test: directly_before,
    },
    Predicate {
        name: "guards",
        subjects: &[Kind::Await],
        object: ObjectKind::Subjects(&[Kind::Await]),
        doc: "decides whether the other runs: its value is dropped or tested, or control may leave between them",
        test: guards,
    },
    Predicate {
        name: "shares-exclusive",
        subjects: &[Kind::Await, Kind::Call],
        object: ObjectKind::Subjects(&[Kind::Await, Kind::Call, Kind::Loop]),
        doc: "uses something that cannot do two things at once: a session, a transaction, one connection",
        test: shares_exclusive,
    },
    Predicate {
        name: "uses",
        subjects: &[Kind::Await, Kind::Call],
        object: ObjectKind::Words,
        doc: "a name of this word is its receiver or stands in its arguments",
        test: uses_word,
    },
    Predicate {
        name: "goes-through",
        subjects: &[Kind::Call, Kind::Await],
        object: ObjectKind::Words,
        doc: "what it works on, or what the call at the end of its chain works on, is reached through a call whose name has one of these words",
        test: goes_through,
    },
    Predicate {
        name: "comes-after",
        subjects: &[Kind::Await],
        object: ObjectKind::Words,
        doc: "between it and the wait before it stands a call with one of these words in its name, for what it does: `signal.throwIfAborted()`",
        test: comes_after,
    },
    Predicate {
        name: "carries",
        subjects: &[Kind::Await],
        object: ObjectKind::Subjects(&[Kind::Loop]),
        doc: "what it gives is needed by the next turn of the loop",
        test: carries,
    },
];

fn block_statement(scope: &Scope, call: &Call) -> (BlockId, Span) {
    let statement = scope.facts().statements[call.statement.index()];
    (statement.block, statement.span)
}

pub(super) fn pair<'p>(scope: &Scope<'p>, value: &Value, objects: &Objects) -> Option<(CallId, CallId)> {
    let Value::Call(earlier) = value else { return None };
    match slots(scope, objects).first()? {
        Value::Call(later) => Some((*earlier, *later)),
        _ => None,
    }
}

fn directly_before(scope: &Scope, value: &Value, objects: &Objects) -> bool {
    let waits = |(earlier, later): &(CallId, CallId)| is_wait(scope, *earlier) && is_wait(scope, *later);
    let Some((earlier, later)) = pair(scope, value, objects).filter(waits) else { return false };
    let (first, second) = (scope.call(earlier), scope.call(later));
    if follow_in_one_expression(scope, earlier, later) {
        return true;
    }
    let ((block, start), (other, end)) = (block_statement(scope, first), block_statement(scope, second));
    if block != other || start.end > end.start || first.function != second.function || !same_block(scope, first, second)
    {
        return false;
    }
    let facts = scope.facts();
    let between = Span { start: start.end, end: end.start };
    let leaves = facts
        .exits
        .iter()
        .any(|exit| between.contains(exit.span) && exit.function == first.function && exit.kind != ExitKind::Question);
    let fails = || {
        facts
            .calls_in(between)
            .any(|id| facts.calls[id.index()].function == first.function && never_returns(scope, scope.call_ref(id)))
    };
    !waits_between(scope, first, second) && !leaves && !fails()
}

/// Whether a call is one of a function of the project that does nothing but throw in the end: `fail(404)`.
fn never_returns(scope: &Scope, call: CallRef) -> bool {
    let Some(info) = scope.project.info(call) else { return false };
    let throws = |of: &FunctionRef| {
        let file = scope.project.file(of.file);
        let body = file.facts.functions[of.id.index()].body;
        let mut exits = file.facts.exits.iter().filter(|exit| exit.function == of.id);
        exits.any(|exit| exit.kind == ExitKind::Throw && exit.block == body) && file.index.returns(of.id).is_empty()
    };
    info.called > 0 && info.targets.iter().take(info.called).all(throws)
}

/// Whether both stand in one expression, each waited for whatever becomes of it, with no wait between them: the elements
/// of a list, the fields of an object, the arguments of a call (`Promise.all([await a(), await b()])`).
fn follow_in_one_expression(scope: &Scope, earlier: CallId, later: CallId) -> bool {
    let (first, second) = (scope.call(earlier), scope.call(later));
    first.statement == second.statement
        && first.function == second.function
        && first.span.end <= second.span.start
        && same_block(scope, first, second)
        && are_parts_of_one(scope.facts(), first.span, second.span)
        && !waits_between(scope, first, second)
}

/// Whether a wait of the same function ends after the earlier one has, around it or behind it, and before the later one
/// starts; or stands inside that one.
fn waits_between(scope: &Scope, first: &Call, second: &Call) -> bool {
    let goes_between = |call: &Call| {
        call.span.end > first.span.end && call.span.end <= second.span.start
            || second.span.contains(call.span) && call.span != second.span
    };
    let mut calls = scope.facts().calls.iter().enumerate();
    calls.any(|(row, call)| call.function == first.function && goes_between(call) && is_wait(scope, CallId(row as u32)))
}

/// Whether two expressions stand in two elements of one list, values of one object or arguments of one call.
fn are_parts_of_one(facts: &FileFacts, first: Span, second: Span) -> bool {
    let divides = |parts: &mut dyn Iterator<Item = &Operand>| {
        let held = parts.map(|part| (part.span.contains(first), part.span.contains(second)));
        held.filter(|(holds_first, holds_second)| holds_first != holds_second).nth(1).is_some()
    };
    facts.lists.iter().any(|list| divides(&mut list.items.iter()))
        || facts.objects.iter().any(|object| divides(&mut facts.entries_of(object).iter().map(|(_, value)| value)))
        || facts.calls.iter().any(|call| divides(&mut facts.args_of(call).iter().map(|arg| &arg.value)))
}

/// Both run whenever their statements do: neither stands under a condition inside its statement.
pub(super) fn same_block(scope: &Scope, first: &Call, second: &Call) -> bool {
    let facts = scope.facts();
    let unconditional = |call: &Call| call.block == facts.statements[call.statement.index()].block;
    unconditional(first) && unconditional(second)
}

fn guards(scope: &Scope, value: &Value, objects: &Objects) -> bool {
    let Some((earlier, _)) = pair(scope, value, objects) else { return false };
    let facts = scope.facts();
    let call = scope.call(earlier);
    let statement = facts.statements[call.statement.index()].span;
    // `if (await allowed()) …`: the wait stands in the head of a statement with blocks of its own.
    let has_blocks = facts.blocks.iter().any(|block| {
        statement.contains(block.span)
            && !matches!(block.kind, BlockKind::Function(_))
            && block.function == call.function
            && !block.span.contains(call.span)
            && block.span.start > call.span.end
    });
    let tested = facts.calls.iter().any(|other| {
        matches!(other.kind, CallKind::Operator(Operator::Truth | Operator::Equal))
            && statement.contains(other.span)
            && other.span.contains(call.span)
            && other.span != call.span
    });
    is_dropped(scope, earlier) || has_blocks || tested
}

fn shares_exclusive(scope: &Scope, value: &Value, objects: &Objects) -> bool {
    let Value::Call(first) = value else { return false };
    slots(scope, objects).iter().any(|other| match other {
        Value::Call(second) => {
            is_exclusive(scope, *first) && is_exclusive(scope, *second) || share_mutable(scope, *first, *second)
        }
        Value::Loop(each) => is_exclusive(scope, *first) || holds_from_before(scope, *first, *each),
        _ => false,
    })
}

/// Whether both calls need one thing for themselves, as Rust's `&mut` says: an argument, or what their method changes.
fn share_mutable(scope: &Scope, first: CallId, second: CallId) -> bool {
    let theirs = held_mutably(scope, second);
    held_mutably(scope, first).iter().any(|held| theirs.contains(held))
}

/// Whether a call needs for itself something that was there before the loop: one turn has to wait for the other.
fn holds_from_before(scope: &Scope, id: CallId, each: LoopId) -> bool {
    let row = scope.each(each);
    let body = scope.body(each);
    let is_inner = |name: NameId| {
        row.items.contains(&name) || scope.facts().binds_in(body).any(|bind| bind.target.root == Root::Name(name))
    };
    held_mutably(scope, id).iter().any(|(root, _)| match root {
        Root::Name(name) => !is_inner(*name),
        _ => true,
    })
}

/// What a call, or one in its chain, holds mutably: names and `self`, with the fields that lead to it.
fn held_mutably(scope: &Scope, id: CallId) -> Vec<(Root, FieldPath)> {
    let facts = scope.facts();
    let mut held = Vec::new();
    let mut current = Some(crate::project::calls::awaited_call(facts, scope.call(id)).unwrap_or(id));
    for _ in 0..MAX_CHAINED {
        let Some(id) = current else { break };
        let call = scope.call(id);
        for arg in facts.args_of(call) {
            let name = match arg.value.root {
                Root::Name(name) if arg.mutable || is_mutable_reference(scope, name, call, arg.value.span.start) => {
                    Root::Name(name)
                }
                Root::This if arg.mutable => Root::This,
                _ => continue,
            };
            held.push((name, arg.value.path.clone()));
        }
        let changes_receiver = scope.project.info(scope.call_ref(id)).is_some_and(|info| {
            info.targets.iter().any(|target| scope.project.resolver.sources.function(*target).mutates_self)
        });
        if changes_receiver && matches!(call.callee.root, Root::Name(_) | Root::This) {
            let receiver = call.receiver();
            held.push((receiver.root, receiver.path));
        }
        current = match call.callee.root {
            Root::Call(inner) => Some(inner),
            _ => None,
        };
    }
    held
}

/// Whether a name stands for a mutable reference.
fn is_mutable_reference(scope: &Scope, name: NameId, call: &Call, offset: u32) -> bool {
    let file = scope.file();
    match file.index.lookup(&file.facts, name, call.function, offset).map(|declaration| declaration.what) {
        Some(Declared::Param(function, place)) => file.facts.functions[function.index()].params[place as usize].mutable,
        Some(Declared::Bind(id)) => file.facts.binds[id.index()].borrows_mutably,
        _ => false,
    }
}

fn uses_word(scope: &Scope, value: &Value, objects: &Objects) -> bool {
    let Value::Call(id) = value else { return false };
    let call = scope.call(*id);
    let wanted = words(objects);
    let file = scope.file();
    let by_name = scope.facts().uses_in(call.span).any(|u| has_word(file.name(u.name), wanted));
    let inner = crate::project::calls::awaited_call(scope.facts(), call).map_or(call, |inner| scope.call(inner));
    let fields = inner.callee.path.len().saturating_sub(1);
    by_name
        || inner.callee.path[..fields].iter().any(|name| has_word(file.name(*name), wanted))
        || scope.facts().args_of(inner).iter().any(|arg| has_option(scope, &arg.value, wanted))
}

/// Whether a value is a table of options of which one is called so: `{ where, transaction: options.transaction }`.
fn has_option(scope: &Scope, value: &Operand, wanted: &[String]) -> bool {
    let Root::Object(id) = value.root else { return false };
    let facts = scope.facts();
    let mut entries = facts.entries_of(&facts.objects[id.index()]).iter();
    entries.any(|(key, _)| has_word(scope.file().name(*key), wanted))
}

fn goes_through(scope: &Scope, value: &Value, objects: &Objects) -> bool {
    let Value::Call(id) = value else { return false };
    let id = crate::project::calls::awaited_call(scope.facts(), scope.call(*id)).unwrap_or(*id);
    let here = scope.call_ref(id);
    let hits = scope.project.hits(here, scope.via);
    let ends = hits.iter().filter_map(|hit| scope.project.chain(hit).last().map(|witness| witness.call));
    ends.chain([here]).any(|of| is_reached_through(scope, of, words(objects)))
}

/// Whether a call's receiver is reached through a call of such a name: `this.database.transaction().rows`. A field of
/// such a name may be another transaction each time.
fn is_reached_through(scope: &Scope, of: CallRef, wanted: &[String]) -> bool {
    let file = scope.project.file(of.file);
    let mut call = scope.project.call(of);
    for _ in 0..MAX_CHAINED {
        let Root::Call(inner) = call.callee.root else { break };
        call = &file.facts.calls[inner.index()];
        if call.callee.path.iter().any(|name| has_word(file.name(*name), wanted)) {
            return true;
        }
    }
    false
}

fn comes_after(scope: &Scope, value: &Value, objects: &Objects) -> bool {
    let Value::Call(id) = value else { return false };
    let (facts, file, later) = (scope.facts(), scope.file(), scope.call(*id));
    let block = facts.statements[later.statement.index()].block;
    let earlier = |call: &&Call| {
        call.function == later.function
            && call.span.end <= later.span.start
            && facts.statements[call.statement.index()].block == block
    };
    let last_wait = facts.calls.iter().filter(earlier).filter(|call| call.operator() == Some(Operator::Await));
    let start = last_wait.map(|call| call.span.end).max().unwrap_or(0);
    facts.calls.iter().filter(earlier).any(|call| {
        let name = call.callee.last_name();
        call.span.start >= start
            && call.kind == CallKind::Plain
            && call.sink == Sink::Dropped
            && name.is_some_and(|name| has_word(file.name(name), words(objects)))
    })
}

fn carries(scope: &Scope, value: &Value, objects: &Objects) -> bool {
    let Value::Call(id) = value else { return false };
    super::loops_of(scope, objects).into_iter().any(|each| carries_in(scope, *id, each))
}

fn carries_in(scope: &Scope, id: CallId, each: LoopId) -> bool {
    let facts = scope.facts();
    let call = scope.call(id);
    let carried = carried_names(facts, each);
    if carried.is_empty() {
        return false;
    }
    let body = scope.body(each);
    let reached = names_reaching(facts, call.span, body);
    let feeds = carried.iter().any(|name| reached.contains(name));
    // The value flows into a name that a later turn reads.
    let flows = facts.binds_in(body).any(|bind| {
        matches!(bind.target.root, Root::Name(name) if carried.contains(&name))
            && depends_on_value(facts, bind.value_span, call.span)
    });
    feeds || flows
}
