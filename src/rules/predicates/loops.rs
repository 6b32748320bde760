//! Predicates about loops.

use super::super::clause::Kind;
use super::super::value::{Objects, Scope, Value};
use super::super::vocabulary::{ObjectKind, Predicate};
use super::calls::runs_in_every_turn;
use super::fixed::is_fixed;
use super::slots;
use crate::catalog::{Collection, Effect};
use crate::facts::{
    BindKind, BlockKind, CallId, ClassKind, FunctionKind, Loop, LoopId, LoopKind, NameId, Operator, Root, Span,
};
use crate::project::dependence::{depends_on_items, leaves_after, leaves_on};
use crate::project::types::Type;
use crate::syntax::Family;

/// How many calls of project functions an effect of a turn may be away.
const MAX_VIA: u8 = 2;

/// What a pause is.
const PAUSES: [Effect; 2] = [Effect::Sleep, Effect::SleepBlock];
/// The table.
pub const PREDICATES: &[Predicate] = &[
    Predicate {
        name: "runs-many",
        subjects: &[Kind::Loop],
        object: ObjectKind::None,
        doc: "takes each element of a collection whose size the code does not fix",
        test: |scope, value, _| matches!(value, Value::Loop(id) if runs_many(scope, *id)),
    },
    Predicate {
        name: "runs-in-order",
        subjects: &[Kind::Loop],
        object: ObjectKind::None,
        doc: "a turn starts when the one before has ended, what is found with it",
        test: |scope, value, _| matches!(value, Value::Loop(id) if runs_in_order(scope, *id)),
    },
    Predicate {
        name: "steps",
        subjects: &[Kind::Loop],
        object: ObjectKind::None,
        doc: "takes its elements in groups: a step, slices by its own item",
        test: |scope, value, _| matches!(value, Value::Loop(id) if steps(scope, *id)),
    },
    Predicate {
        name: "does",
        subjects: &[Kind::Loop],
        object: ObjectKind::Effects,
        doc: "a call in its body, other than what is found, has one of these effects, and differs from turn to turn, if it is no sleep",
        test: does,
    },
    Predicate {
        name: "always-does",
        subjects: &[Kind::Loop],
        object: ObjectKind::Effects,
        doc: "in every turn, or every one of a loop in it around what is found, another call has one of these effects, itself or in a function of the project that it calls, and differs from turn to turn",
        test: always_does,
    },
    Predicate {
        name: "paced",
        subjects: &[Kind::Loop],
        object: ObjectKind::None,
        doc: "stands in a loop without an end that sleeps in its turns: a worker's, which is in no hurry with a batch",
        test: |scope, value, _| matches!(value, Value::Loop(id) if is_paced(scope, *id)),
    },
    Predicate {
        name: "stops-after",
        subjects: &[Kind::Loop],
        object: ObjectKind::Subjects(&[Kind::Call, Kind::Await]),
        doc: "is left, whatever happens, in the turn in which this runs",
        test: stops_after,
    },
    Predicate {
        name: "stops-on",
        subjects: &[Kind::Loop],
        object: ObjectKind::Subjects(&[Kind::Call, Kind::Await]),
        doc: "is left where what this gives will do: a search that ends with the first good answer; failing is no such thing",
        test: stops_on,
    },
    Predicate {
        name: "only-tests",
        subjects: &[Kind::Loop],
        object: ObjectKind::Subjects(&[Kind::Compare]),
        doc: "its body is one condition around what is done, and this comparison is part of it; or it is a comprehension that this filters",
        test: only_tests,
    },
];

fn runs_many(scope: &Scope, id: LoopId) -> bool {
    let each = scope.each(id);
    match each.kind {
        LoopKind::While | LoopKind::Stream => return false,
        LoopKind::Counted if each.over.is_none() => return false,
        _ => {}
    }
    !is_small(scope, each)
        && !over_enum(scope, each)
        && (each.kind != LoopKind::Callback || iterates(scope, each))
        && !over_implementations(scope, each)
        && !scope.bound.first().is_some_and(|found| is_spawned(scope, found, each))
}

/// Whether a loop goes over the members of an enum: a list of them is seldom longer than the enum. Rust's may hold data.
fn over_enum(scope: &Scope, each: &Loop) -> bool {
    let body = &scope.facts().blocks[each.body.index()];
    let is_enum = |name: NameId| {
        scope.project.resolver.name(scope.at, name, body.function, body.span.start).is.is_enum(scope.project)
    };
    scope.file().family != Family::Rust && matches!(each.items.as_slice(), [only] if is_enum(*only))
}

/// Whether a loop goes over trait objects: the implementations that a program is set up with, of which there are few.
fn over_implementations(scope: &Scope, each: &Loop) -> bool {
    let (file, facts, resolver) = (scope.file(), scope.facts(), &scope.project.resolver);
    let body = &facts.blocks[each.body.index()];
    let is_trait = |name: &NameId| match resolver.name(scope.at, *name, body.function, body.span.start).is {
        Type::Class(class) => {
            // A type parameter that is such a trait stands for one type, of which there may be any number of values.
            let is_it = |bound| resolver.type_expr(scope.at, bound, body.function).is == Type::Class(class);
            let params = facts.type_params.iter().filter(|param| param.holds.contains(each.span));
            resolver.sources.class(class).kind == ClassKind::Interface
                && !params.flat_map(|param| &param.bounds).any(is_it)
        }
        _ => false,
    };
    file.family == Family::Rust && each.items.iter().any(is_trait)
}

/// Whether a fact stands in a task that a turn of the loop starts and leaves to itself.
fn is_spawned(scope: &Scope, found: &Value, each: &Loop) -> bool {
    let facts = scope.facts();
    let mut current = scope.function(found);
    while current != each.function {
        let function = &facts.functions[current.index()];
        let starter = function.argument_of.and_then(|(call, _)| scope.project.info(scope.call_ref(call))?.row);
        if starter.is_some_and(|row| scope.project.resolver.sources.catalog.call(row).spawn) {
            return true;
        }
        let Some(parent) = function.parent else { return false };
        current = parent;
    }
    false
}

fn runs_in_order(scope: &Scope, id: LoopId) -> bool {
    let each = scope.each(id);
    matches!(each.kind, LoopKind::For | LoopKind::Counted | LoopKind::Comprehension)
        && !scope.bound.first().is_some_and(|found| goes_on_apart(scope, found, each))
}

/// Whether a fact stands in an async block of the loop's body that nothing waits for there: the block is handed on.
fn goes_on_apart(scope: &Scope, found: &Value, each: &Loop) -> bool {
    let facts = scope.facts();
    let mut current = scope.function(found);
    while current != each.function {
        let function = &facts.functions[current.index()];
        let is_awaited = || {
            facts
                .calls
                .iter()
                .any(|call| call.operator() == Some(Operator::Await) && call.callee.root == Root::Function(current))
        };
        if function.kind == FunctionKind::Closure && function.is_async && !is_awaited() {
            return true;
        }
        let Some(parent) = function.parent else { return false };
        current = parent;
    }
    false
}

/// Whether a callback's receiver is a collection. Rust's `Option` and `Result` share the adaptors' names, so there the
/// type must be known.
fn iterates(scope: &Scope, each: &Loop) -> bool {
    let Some(over) = &each.over else { return false };
    match scope.project.resolver.operand(scope.at, over, each.function).is {
        Type::Library(id, _) => matches!(
            scope.project.resolver.sources.catalog.type_of(id).collection,
            Some(Collection::List | Collection::Set | Collection::Map | Collection::Iterator)
        ),
        Type::Unknown | Type::Path(_) => scope.file().family != Family::Rust,
        _ => false,
    }
}

fn is_small(scope: &Scope, each: &Loop) -> bool {
    each.over.as_ref().is_some_and(|over| is_fixed(scope, over, each.function, 0))
}

/// A step of three arguments, `i += n`, or slices by the item inside the body.
fn steps(scope: &Scope, id: LoopId) -> bool {
    let each = scope.each(id);
    let facts = scope.facts();
    let by_call = each.over.as_ref().is_some_and(|over| match over.root {
        Root::Call(call) => {
            facts.calls[call.index()].args.len() >= 3 && facts.calls[call.index()].callee.path.is_empty()
        }
        _ => false,
    });
    let by_increment = each.kind == LoopKind::Counted
        && facts.binds_in(each.span).any(|bind| {
            bind.kind == BindKind::Augment
                && matches!(bind.target.root, Root::Name(name) if each.items.contains(&name))
                // `i++` has no value.
                && bind.value.as_ref().is_some_and(|value| value.root != Root::Number(Some(crate::facts::Integer(1))))
        });
    by_call || by_increment
}

fn does(scope: &Scope, value: &Value, objects: &Objects) -> bool {
    let (Value::Loop(id), Objects::Effects(wanted)) = (value, objects) else { return false };
    let found = scope.bound.first().map(|found| scope.span(found));
    body_calls(scope, *id).any(|call| {
        let span = scope.call(call).span;
        found.is_none_or(|found| !found.contains(span) && !span.contains(found))
            && !is_handled_failure(scope, call, *id)
            && has_effect(scope, call, wanted)
            && (wanted.iter().all(|effect| PAUSES.contains(effect)) || depends_on_items(scope.facts(), span, *id))
    })
}

fn always_does(scope: &Scope, value: &Value, objects: &Objects) -> bool {
    let (Value::Loop(id), Objects::Effects(wanted)) = (value, objects) else { return false };
    let found = scope.bound.first().map(|found| scope.span(found));
    let is_other = |span: Span| found.is_none_or(|found| !found.contains(span) && !span.contains(found));
    let does = |each: LoopId| {
        body_calls(scope, each).any(|call| {
            let span = scope.call(call).span;
            is_other(span)
                && runs_in_every_turn(scope, call, each)
                && scope.project.hits(scope.call_ref(call), 1).iter().any(|hit| wanted.contains(&hit.effect))
                && depends_on_items(scope.facts(), span, each)
        })
    };
    // What a loop between the two does comes with every turn in which what is found runs.
    let inner = match scope.bound.first() {
        Some(Value::Call(call)) => scope.call(*call).in_loop,
        _ => None,
    };
    let outwards = std::iter::successors(inner, |each| scope.each(*each).parent);
    let within = outwards.take_while(|each| *each != *id && scope.body(*id).contains(scope.each(*each).span));
    std::iter::once(*id).chain(within).any(does)
}

/// Whether a loop without an end around this one pauses in its turns.
fn is_paced(scope: &Scope, id: LoopId) -> bool {
    let outwards = std::iter::successors(scope.each(id).parent, |id| scope.each(*id).parent);
    let pauses = |around: LoopId| {
        let mut calls = body_calls(scope, around);
        calls.any(|call| !is_handled_failure(scope, call, around) && has_effect(scope, call, &PAUSES))
    };
    outwards.filter(|around| scope.each(*around).endless).any(pauses)
}

fn has_effect(scope: &Scope, call: CallId, wanted: &[Effect]) -> bool {
    scope.project.hits(scope.call_ref(call), MAX_VIA).iter().any(|hit| wanted.contains(&hit.effect))
}

/// Whether a call stands in a handler of errors inside the loop.
fn is_handled_failure(scope: &Scope, call: CallId, each: LoopId) -> bool {
    let (span, body) = (scope.call(call).span, scope.body(each));
    let mut handlers = scope.facts().blocks.iter().filter(|block| block.kind == BlockKind::Catch);
    handlers.any(|handler| body.contains(handler.span) && handler.span.contains(span))
}

fn stops_after(scope: &Scope, value: &Value, objects: &Objects) -> bool {
    let Value::Loop(each) = value else { return false };
    slots(scope, objects).iter().any(|call| match call {
        Value::Call(id) => leaves_after(scope.facts(), scope.call(*id), *each),
        _ => false,
    })
}

fn stops_on(scope: &Scope, value: &Value, objects: &Objects) -> bool {
    let Value::Loop(each) = value else { return false };
    slots(scope, objects).iter().any(|call| match call {
        Value::Call(id) => leaves_on(scope.facts(), scope.call(*id), *each),
        _ => false,
    })
}

/// The loop's body holds one statement, a condition, and the comparison stands in that condition.
fn only_tests(scope: &Scope, value: &Value, objects: &Objects) -> bool {
    let Value::Loop(id) = value else { return false };
    let facts = scope.facts();
    if scope.each(*id).kind == LoopKind::Comprehension {
        return slots(scope, objects).iter().any(|test| is_filter(scope, *id, scope.span(test)));
    }
    let body = scope.each(*id).body;
    let mut own = facts.statements.iter().filter(|statement| statement.block == body);
    let (Some(only), None) = (own.next(), own.next()) else { return false };
    let guards = facts.blocks.iter().filter(|block| block.parent == Some(body)).filter_map(|block| block.guard);
    let guards: Vec<_> = guards.filter(|guard| only.span.contains(*guard)).collect();
    slots(scope, objects).iter().any(|test| guards.iter().any(|guard| guard.contains(scope.span(test))))
}

/// Whether a place lies in a filter of a comprehension: behind what it goes over, and not in what it makes.
fn is_filter(scope: &Scope, id: LoopId, place: Span) -> bool {
    let each = scope.each(id);
    each.span.contains(place)
        && !scope.body(id).contains(place)
        && each.over.as_ref().is_some_and(|over| over.span.end <= place.start)
}

/// Calls in the body of a loop.
pub fn body_calls<'p>(scope: &Scope<'p>, id: LoopId) -> impl Iterator<Item = crate::facts::CallId> + 'p {
    scope.facts().calls_in(scope.body(id))
}
