//! Predicates about collections and equality tests.

use super::super::clause::Kind;
use super::super::value::{Objects, Scope, Value};
use super::super::vocabulary::{ObjectKind, Predicate};
use super::fixed::is_fixed;
use super::{loops_of, slots};
use crate::catalog::Effect;
use crate::facts::{BindKind, Call, CallId, CallKind, FieldPath, LoopId, NameId, Operand, Root, Sink, Span};
use crate::project::dependence::{depends_on_items, root_name};
use crate::project::index::Declared;

/// How many names are followed to a collection.
const MAX_STEPS: u32 = 6;
/// The table.
pub const PREDICATES: &[Predicate] = &[
    Predicate {
        name: "defined-outside",
        subjects: &[Kind::Value],
        object: ObjectKind::Subjects(&[Kind::Loop]),
        doc: "was there before the loop: no name in it is the loop's item or given a value in its body",
        test: defined_outside,
    },
    Predicate {
        name: "fixed",
        subjects: &[Kind::Value],
        object: ObjectKind::None,
        doc: "its size is written in the code: a literal, a constant that holds one",
        test: |scope, value, _| matches!(value, Value::Operand(operand, function) if is_fixed(scope, operand, *function, 0)),
    },
    Predicate {
        name: "written-in",
        subjects: &[Kind::Value],
        object: ObjectKind::Subjects(&[Kind::Loop]),
        doc: "is given a new value or changed in the loop",
        test: written_in,
    },
    Predicate {
        name: "grows-in",
        subjects: &[Kind::Value],
        object: ObjectKind::Subjects(&[Kind::Loop]),
        doc: "elements are added to it in the loop",
        test: |scope, value, objects| matches!(value, Value::Operand(operand, _) if loops_of(scope, objects).into_iter().any(|each| grows_in(scope, operand, each))),
    },
    Predicate {
        name: "same-as",
        subjects: &[Kind::Value],
        object: ObjectKind::Subjects(&[Kind::Value]),
        doc: "is the same collection: written the same, or handed to the loop's function as its third parameter",
        test: |scope, value, objects| matches!(value, Value::Operand(operand, _) if slots(scope, objects).iter().any(|other| is_same(scope, operand, other))),
    },
    Predicate {
        name: "accumulates-in",
        subjects: &[Kind::Call],
        object: ObjectKind::Subjects(&[Kind::Loop]),
        doc: "what it copies is a name from before the loop that the result is given back to",
        test: accumulates_in,
    },
    Predicate {
        name: "compares",
        subjects: &[Kind::Compare],
        object: ObjectKind::Subjects(&[Kind::Items]),
        doc: "one side depends on the first loop's items alone, the other on the second's",
        test: compares,
    },
];

/// Names read in an operand: its root and those in its calls and index expressions.
fn names_in(scope: &Scope, operand: &Operand) -> Vec<NameId> {
    scope.facts().uses_in(operand.span).map(|u| u.name).collect()
}

fn defined_outside(scope: &Scope, value: &Value, objects: &Objects) -> bool {
    let Value::Operand(operand, _) = value else { return false };
    if matches!(operand.root, Root::List(_) | Root::Set(_) | Root::Object(_) | Root::Text(_) | Root::Other) {
        return false;
    }
    let facts = scope.facts();
    loops_of(scope, objects).into_iter().all(|each| {
        let row = scope.each(each);
        let body = scope.body(each);
        let names = names_in(scope, operand);
        let bound_inside = |name: NameId| {
            facts.binds_in(body).any(|bind| {
                bind.target.root == Root::Name(name) && bind.target.path.is_empty() && bind.kind != BindKind::Augment
            }) || is_inner_param(scope, name, body)
        };
        !names.is_empty()
            && !names.iter().any(|name| row.items.contains(name) || bound_inside(*name))
            && !depends_on_items(facts, operand.span, each)
    })
}

/// Whether a name is a parameter of a function inside the span.
fn is_inner_param(scope: &Scope, name: NameId, body: Span) -> bool {
    scope.file().index.declarations(name).iter().any(|d| matches!(d.what, Declared::Param(..)) && body.covers(d.start))
}

fn written_in(scope: &Scope, value: &Value, objects: &Objects) -> bool {
    let Value::Operand(operand, _) = value else { return false };
    loops_of(scope, objects).into_iter().any(|each| {
        let body = scope.body(each);
        let assigned = scope
            .facts()
            .binds_in(body)
            .any(|bind| bind.target.root == operand.root && bind.target.path.starts_with(&operand.path));
        assigned || grows_in(scope, operand, each)
    })
}

/// Whether what is looped over is the collection, or a part of it by calls that go on from it (`xs.filter(f).map(g)`).
fn is_made_from(scope: &Scope, operand: &Operand, over: &Operand) -> bool {
    if !matches!(operand.root, Root::Name(_) | Root::This) {
        return false;
    }
    let mut current = over.clone();
    for _ in 0..MAX_STEPS {
        if operand.root == current.root && operand.path == current.path {
            return is_same_name(scope, operand, &current);
        }
        match current.root {
            Root::Call(id) if current.path.is_empty() => current = scope.call(id).receiver(),
            _ => return false,
        }
    }
    false
}

/// Whether a name stands for one thing at both places: no function between them has a parameter of that name.
fn is_same_name(scope: &Scope, inner: &Operand, outer: &Operand) -> bool {
    let Root::Name(name) = inner.root else { return true };
    let facts = scope.facts();
    !scope.file().index.declarations(name).iter().any(|declaration| match declaration.what {
        Declared::Param(function, _) => {
            let span = facts.functions[function.index()].span;
            span.contains(inner.span) && !span.contains(outer.span)
        }
        _ => false,
    })
}

/// Whether two values are one collection: the same name with the same fields, or the parameter in which the loops over a
/// list hand it to their function (`xs.filter((x, i, all) => all.indexOf(x) === i)`).
fn is_same(scope: &Scope, operand: &Operand, other: &Value) -> bool {
    let Value::Operand(over, _) = other else { return false };
    if is_made_from(scope, operand, over) {
        return true;
    }
    let Root::Name(name) = operand.root else { return false };
    let facts = scope.facts();
    operand.path.is_empty()
        && scope.file().index.declarations(name).iter().any(|declaration| match declaration.what {
            Declared::Param(function, place) => {
                let function_row = &facts.functions[function.index()];
                let is_list = function_row.params[place as usize].position.0 >= 2;
                let each = scope.file().index.callback_loop(function).map(|each| scope.each(each));
                is_list
                    && function_row.span.contains(operand.span)
                    && each.is_some_and(|each| {
                        each.over.as_ref().is_some_and(|looped| looped.span == over.span) && !each.items.contains(&name)
                    })
            }
            _ => false,
        })
}

/// Whether a call in the loop adds to, or takes from, the collection.
fn grows_in(scope: &Scope, operand: &Operand, each: LoopId) -> bool {
    scope.facts().calls_in(scope.body(each)).any(|id| {
        let call = scope.call(id);
        let receiver = call.receiver();
        receiver.root == operand.root
            && receiver.path == operand.path
            && !matches!(operand.root, Root::Call(_))
            && adds(scope, id)
    })
}

pub(super) fn adds(scope: &Scope, id: CallId) -> bool {
    scope.project.info(scope.call_ref(id)).is_some_and(|info| {
        info.effects.iter().any(|(effect, _)| matches!(effect, Effect::GrowLinear | Effect::Shrink))
    })
}

fn accumulates_in(scope: &Scope, value: &Value, objects: &Objects) -> bool {
    let Value::Call(id) = value else { return false };
    let call = scope.call(*id);
    let copied = copied_values(scope, call);
    loops_of(scope, objects).into_iter().any(|each| {
        copied.iter().filter_map(|value| Some((root_name(value)?, value))).any(|(name, value)| {
            given_back(scope, call, name, value, each) && !declared_in(scope, name, each)
                || is_folded(scope, call, name, each)
        })
    })
}

/// What a call copies: its receiver; for a macro, the names that it is given (`format!("{text}{line}")`).
fn copied_values(scope: &Scope, call: &Call) -> Vec<Operand> {
    if call.kind != CallKind::Macro {
        return vec![call.receiver()];
    }
    let value = |name| Operand { root: Root::Name(name), path: FieldPath::EMPTY, ..call.callee.clone() };
    scope.facts().uses_in(call.span).map(|used| value(used.name)).collect()
}

pub(super) fn declared_in(scope: &Scope, name: NameId, each: LoopId) -> bool {
    let body = scope.body(each);
    scope.each(each).items.contains(&name)
        || scope
            .facts()
            .binds_in(body)
            .any(|bind| bind.kind == BindKind::Declare && bind.target.root == Root::Name(name))
        || is_inner_param(scope, name, body)
}

/// `acc = acc.concat(x)`, `acc = [...acc, x]`, `acc += [x]` is not one.
fn given_back(scope: &Scope, call: &Call, name: NameId, receiver: &Operand, each: LoopId) -> bool {
    let body = scope.body(each);
    let binds = scope.facts().binds_in(body).filter(|bind| bind.kind == BindKind::Assign);
    let mut to_itself = binds.filter(|bind| {
        bind.target.root == Root::Name(name) && bind.target.path == receiver.path && bind.value_span.contains(call.span)
    });
    to_itself.any(|bind| directly_made(scope, call, bind.value_span))
}

/// Whether the copy is the value itself, or an element of the literal that is.
fn directly_made(scope: &Scope, call: &Call, value: Span) -> bool {
    let inside_call = call.inside.is_some_and(|around| value.contains(scope.call(around).span));
    let inside_function =
        scope.facts().functions.iter().any(|f| value.contains(f.span) && f.span.contains(call.span) && f.span != value);
    !inside_call && !inside_function
}

/// The accumulator of a fold: the callback's parameter that is no item, copied into what the callback gives.
fn is_folded(scope: &Scope, call: &Call, name: NameId, each: LoopId) -> bool {
    let row = scope.each(each);
    let facts = scope.facts();
    let crate::facts::BlockKind::Function(callback) = facts.blocks[row.body.index()].kind else { return false };
    let function = &facts.functions[callback.index()];
    let is_accumulator = function.params.first().is_some_and(|param| param.name == name) && !row.items.contains(&name);
    let returned = scope
        .file()
        .index
        .returns(callback)
        .iter()
        .any(|exit| facts.exits[*exit as usize].span.contains(call.span) && call.function == callback);
    // `let mut next = all.clone(); next.push(x); next`.
    let held = || {
        let Sink::Bound(bind) = call.sink else { return false };
        let held = root_name(&facts.binds[bind.index()].target);
        let values = scope.file().index.returns(callback).iter();
        held.is_some()
            && values
                .filter_map(|exit| facts.exits[*exit as usize].value.as_ref())
                .any(|value| root_name(value) == held)
    };
    is_accumulator && (returned || call.sink == Sink::Returned || held())
}

fn compares(scope: &Scope, value: &Value, objects: &Objects) -> bool {
    let Value::Call(id) = value else { return false };
    let call = scope.call(*id);
    let Some(right) = scope.facts().args_of(call).first() else { return false };
    let loops = loops_of(scope, objects);
    let [inner, outer] = loops.as_slice() else { return false };
    let reads = |span: Span, each: LoopId| {
        let items = &scope.each(each).items;
        scope.facts().uses_in(span).any(|u| items.contains(&u.name))
    };
    let (left, right) = (call.callee.span, right.value.span);
    reads(left, *inner) && !reads(left, *outer) && reads(right, *outer) && !reads(right, *inner)
        || reads(left, *outer) && !reads(left, *inner) && reads(right, *inner) && !reads(right, *outer)
}
