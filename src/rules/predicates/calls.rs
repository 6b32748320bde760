//! Predicates about calls: effects, marks, dependence.

use super::super::clause::Kind;
use super::super::value::{Objects, Scope, Value};
use super::super::vocabulary::{ObjectKind, Predicate};
use super::collections::adds;
use super::{has_word, is_dropped, loops_of, operand_mentions, slots, words};
use crate::catalog::{Effect, Mark};
use crate::facts::{BlockKind, Call, CallId, LoopId, LoopKind, NameId, Sink, Span};
use crate::project::FunctionRef;
use crate::project::dependence::{depends_on_items, depends_on_value};
use crate::project::effects::Witness;
use crate::project::needs::Place;
use crate::project::seldom::{awaits_fullness_in, fills_once, is_for_one_key, is_for_one_kind, keeps_answers};

const CALLS: &[Kind] = &[Kind::Call, Kind::Await];

/// The table.
pub const PREDICATES: &[Predicate] = &[
    Predicate {
        name: "effect",
        subjects: CALLS,
        object: ObjectKind::Effects,
        doc: "does one of these, itself or through as many calls of project functions as `via calls` allows",
        test: has_effect,
    },
    Predicate {
        name: "beside",
        subjects: CALLS,
        object: ObjectKind::Effects,
        doc: "a function on the way to what it does has one of these effects too, by another call: it does more than that",
        test: is_beside,
    },
    Predicate {
        name: "is",
        subjects: CALLS,
        object: ObjectKind::Marks,
        doc: "carries one of these marks of the catalog, or stands inside a call that does",
        test: is_marked,
    },
    Predicate {
        name: "gives",
        subjects: CALLS,
        object: ObjectKind::Marks,
        doc: "its value carries one of these marks, set by the calls before or after it in the chain",
        test: gives_marked,
    },
    Predicate {
        name: "depends-on",
        subjects: &[Kind::Call, Kind::Await, Kind::Value],
        object: ObjectKind::Subjects(&[Kind::Items, Kind::Call, Kind::Await]),
        doc: "one of these values reaches it",
        test: depends_on,
    },
    Predicate {
        name: "mentions",
        subjects: &[Kind::Call, Kind::Await, Kind::Value, Kind::Function, Kind::Loop, Kind::Items],
        object: ObjectKind::Words,
        doc: "one of its names has one of these words",
        test: mentions,
    },
    Predicate {
        name: "changes-state",
        subjects: CALLS,
        object: ObjectKind::None,
        doc: "writes, commits or locks, itself or through project functions",
        test: changes_state,
    },
    Predicate {
        name: "directly-in",
        subjects: CALLS,
        object: ObjectKind::Subjects(&[Kind::Loop]),
        doc: "runs in every turn: no condition, handler or inner loop stands between",
        test: directly_in,
    },
    Predicate {
        name: "seldom-in",
        subjects: CALLS,
        object: ObjectKind::Subjects(&[Kind::Loop]),
        doc: "runs in few turns: until it has filled a name that was empty, once a key with its answer kept, for one key, for one of several kinds, or whenever a buffer is full",
        test: seldom_in,
    },
    Predicate {
        name: "runs-once",
        subjects: CALLS,
        object: ObjectKind::None,
        doc: "belongs to the start of a program that serves, which goes over its elements once",
        test: runs_once,
    },
    Predicate {
        name: "unused",
        subjects: CALLS,
        object: ObjectKind::None,
        doc: "its value is dropped",
        test: |scope, value, _| matches!(value, Value::Call(id) if is_dropped(scope, *id)),
    },
];

fn has_effect(scope: &Scope, value: &Value, objects: &Objects) -> bool {
    let (Value::Call(id), Objects::Effects(wanted)) = (value, objects) else { return false };
    scope.project.hits(scope.call_ref(*id), scope.via).iter().any(|hit| wanted.contains(&hit.effect))
}

fn is_beside(scope: &Scope, value: &Value, objects: &Objects) -> bool {
    let (Value::Call(id), Objects::Effects(wanted)) = (value, objects) else { return false };
    let project = scope.project;
    let does_both = |step: &Witness| {
        let function = FunctionRef { file: step.call.file, id: project.call(step.call).function };
        let all = project.summaries.of(project.owner(function));
        all.iter().any(|witness| wanted.contains(&witness.effect) && witness.call != step.call)
    };
    let hits = project.hits(scope.call_ref(*id), scope.via);
    hits.iter().filter(|hit| !wanted.contains(&hit.effect)).any(|hit| project.chain(hit).iter().any(does_both))
}

fn marks(objects: &Objects) -> &[Mark] {
    match objects {
        Objects::Marks(marks) => marks,
        _ => &[],
    }
}

fn is_marked(scope: &Scope, value: &Value, objects: &Objects) -> bool {
    let Value::Call(id) = value else { return false };
    let call = scope.call_ref(*id);
    let own = scope.project.marks(call);
    marks(objects)
        .iter()
        .any(|mark| own.contains(*mark) || scope.project.is_inside(call, *mark) || handed_to(scope, *id, *mark))
}

/// The name that holds a call's value: the one that it is bound to, or the collection that it is added to.
fn held_by(scope: &Scope, call: &Call) -> Option<NameId> {
    match call.sink {
        Sink::Bound(bind) => crate::project::dependence::root_name(&scope.facts().binds[bind.index()].target),
        Sink::Argument(outer) if adds(scope, outer) => scope.call(outer).callee.root.name(),
        _ => None,
    }
}

/// Whether the call's value, or that of the loop call around it, is later handed by name to a call with the mark:
/// `const updates = rows.map(row => db.update(row)); db.$transaction(updates)`.
fn handed_to(scope: &Scope, id: CallId, mark: Mark) -> bool {
    let facts = scope.facts();
    let mut current = Some(id);
    while let Some(call) = current {
        let row = scope.call(call);
        if let Some(name) = held_by(scope, row) {
            let scope_end = facts.functions[row.function.index()].span.end;
            let later = facts
                .calls
                .iter()
                .enumerate()
                .filter(|(_, other)| (row.span.end..scope_end).contains(&{ other.span.start }));
            let mut marked = later.filter(|(place, _)| {
                let other = scope.call_ref(CallId(*place as u32));
                scope
                    .project
                    .info(other)
                    .and_then(|info| info.row)
                    .is_some_and(|row| scope.project.resolver.sources.catalog.call(row).marks.contains(&mark))
            });
            let takes = |call: &Call| {
                facts.args_of(call).iter().any(|arg| facts.uses_in(arg.value.span).any(|u| u.name == name))
            };
            if marked.any(|(_, other)| takes(other)) {
                return true;
            }
        }
        current = row.in_loop.and_then(|each| scope.each(each).call).filter(|looped| *looped != call);
    }
    false
}

fn gives_marked(scope: &Scope, value: &Value, objects: &Objects) -> bool {
    let Value::Call(id) = value else { return false };
    let own = scope.project.marks(scope.call_ref(*id));
    marks(objects).iter().any(|mark| own.contains(*mark))
}

fn depends_on(scope: &Scope, value: &Value, objects: &Objects) -> bool {
    let facts = scope.facts();
    let span = asked_span(scope, value);
    slots(scope, objects).iter().any(|on| match on {
        Value::Items(each) => {
            // A function handed by name to a loop (`ids.map(load)`) gets each element.
            let is_handed = matches!(value, Value::Call(id) if scope.each(*each).call == Some(*id));
            is_handed || depends_on_items(facts, span, *each)
        }
        Value::Call(other) => depends_on_value(facts, span, scope.call(*other).span),
        _ => false,
    })
}

/// What decides a call's answer. What keeps its answer (a query set's rows) is asked once, whatever the rest of the
/// call is: `row.id in rows`.
fn asked_span(scope: &Scope, value: &Value) -> Span {
    let Value::Call(id) = value else { return scope.span(value) };
    let call = scope.call(*id);
    let catalog = scope.project.resolver.sources.catalog;
    let Some(info) = scope.project.info(scope.call_ref(*id)) else { return call.span };
    let Some(row) = info.row.map(|row| catalog.call(row)) else { return call.span };
    if call.operator().is_some() && row.marks.contains(&Mark::Kept) {
        return call.callee.span;
    }
    let iterated = row.iterates.and_then(|place| scope.facts().positional(call).nth(place as usize));
    match iterated {
        Some(arg) if row.effects.is_empty() && !info.effects.is_empty() => arg.value.span,
        _ => call.span,
    }
}

fn mentions(scope: &Scope, value: &Value, objects: &Objects) -> bool {
    let wanted = words(objects);
    let file = scope.file();
    match value {
        Value::Call(id) => {
            let call = scope.call(*id);
            call.callee.path.iter().any(|name| has_word(file.name(*name), wanted))
                || operand_mentions(scope, &call.callee, wanted)
        }
        Value::Operand(operand, _) => operand_mentions(scope, operand, wanted),
        Value::Function(id) => {
            let mut current = Some(*id);
            let mut found = false;
            while let (Some(function), false) = (current, found) {
                let row = &file.facts.functions[function.index()];
                found = row.name.is_some_and(|name| has_word(file.name(name), wanted));
                current = row.parent;
            }
            found
        }
        Value::Items(id) => scope.each(*id).items.iter().any(|name| has_word(file.name(*name), wanted)),
        Value::Loop(id) => {
            let each = scope.each(*id);
            each.items.iter().any(|name| has_word(file.name(*name), wanted))
                || each.over.as_ref().is_some_and(|over| operand_mentions(scope, over, wanted))
        }
        _ => false,
    }
}

fn changes_state(scope: &Scope, value: &Value, _: &Objects) -> bool {
    let Value::Call(id) = value else { return false };
    let writes = [Effect::DbWrite, Effect::DbCommit, Effect::Lock];
    scope.project.hits(scope.call_ref(*id), u8::MAX).iter().any(|hit| writes.contains(&hit.effect))
}

fn seldom_in(scope: &Scope, value: &Value, objects: &Objects) -> bool {
    let Value::Call(id) = value else { return false };
    let (file, facts) = (scope.file(), scope.facts());
    let (place, known) = (Place::of(scope.call(*id)), &scope.project.calls[scope.at.index()]);
    loops_of(scope, objects).into_iter().any(|each| {
        let owner = scope.each(each).function;
        fills_once(facts, owner, place, each)
            || is_for_one_key(facts, owner, place, each)
            || is_for_one_kind(facts, owner, place, each)
            || keeps_answers(file, known, owner, place, each)
            || awaits_fullness_in(file, known, place, each)
    })
}

fn runs_once(scope: &Scope, value: &Value, _: &Objects) -> bool {
    let Value::Call(id) = value else { return false };
    let call = scope.call(*id);
    let loops = std::iter::successors(call.in_loop, |each| scope.each(*each).parent);
    let goes_on = |each: crate::facts::LoopId| matches!(scope.each(each).kind, LoopKind::While | LoopKind::Stream);
    scope.project.once.has(scope.file(), scope.function_ref(call.function)) && !{ loops }.any(goes_on)
}

fn directly_in(scope: &Scope, value: &Value, objects: &Objects) -> bool {
    let Value::Call(id) = value else { return false };
    loops_of(scope, objects).into_iter().all(|each| runs_in_every_turn(scope, *id, each))
}

/// Whether no condition, handler or inner loop stands between a loop and a call in its body.
pub(super) fn runs_in_every_turn(scope: &Scope, call: CallId, each: LoopId) -> bool {
    let body = scope.each(each).body;
    let mut block = scope.call(call).block;
    while block != body {
        let row = &scope.facts().blocks[block.index()];
        match (row.kind, row.parent) {
            (BlockKind::With | BlockKind::Plain, Some(parent)) => block = parent,
            _ => return false,
        }
    }
    true
}
