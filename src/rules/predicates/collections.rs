//! Predicates about collections and equality tests.

use super::super::clause::Kind;
use super::super::value::{Objects, Scope, Value};
use super::super::vocabulary::{ObjectKind, Predicate};
use super::loops::is_fixed;
use super::{MANY_ITEMS, loops_of, slots};
use crate::catalog::{Effect, Mark};
use crate::facts::{BindKind, Call, CallId, FunctionId, Loop, LoopId, LoopKind, NameId, Operand, Root, Sink, Span};
use crate::project::FunctionRef;
use crate::project::dependence::{depends_on_items, root_name};
use crate::project::index::{Declared, calls_in, uses_in};
use crate::project::types::Type;

/// How far back the origin of a collection is looked for.
const MAX_ORIGIN_STEPS: u32 = 6;
/// How many calls of a function are asked what they give it.
const MAX_CALLERS: usize = 8;

/// How many values that a function returns are looked at.
const MAX_RETURNS: usize = 4;

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
        name: "sized-by-data",
        subjects: &[Kind::Value],
        object: ObjectKind::None,
        doc: "comes from a query, a request or a file, or is filled in a loop over such a collection",
        test: |scope, value, _| matches!(value, Value::Operand(operand, function) if sized_by_data(scope, operand, *function, 0)),
    },
    Predicate {
        name: "of-one-item",
        subjects: &[Kind::Value],
        object: ObjectKind::None,
        doc: "is, or is made from, a field of a loop's item: the lines of each order",
        test: |scope, value, _| matches!(value, Value::Operand(operand, function) if of_one_item(scope, operand, *function, 0)),
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
    uses_in(scope.facts(), operand.span).map(|u| u.name).collect()
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
            facts.binds.iter().any(|bind| {
                (body.contains(bind.target.span))
                    && bind.target.root == Root::Name(name)
                    && bind.target.path.is_empty()
                    && bind.kind != BindKind::Augment
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
        let assigned = scope.facts().binds.iter().any(|bind| {
            body.contains(bind.target.span)
                && bind.target.root == operand.root
                && bind.target.path.starts_with(&operand.path)
        });
        assigned || grows_in(scope, operand, each)
    })
}

/// Whether what is looped over is the collection, or a part of it by calls that go on from it (`xs.filter(f).map(g)`).
fn is_made_from(scope: &Scope, operand: &Operand, over: &Operand) -> bool {
    if !matches!(operand.root, Root::Name(_) | Root::This) {
        return false;
    }
    let mut current = over.clone();
    for _ in 0..MAX_ORIGIN_STEPS {
        if operand.root == current.root && operand.path == current.path {
            return true;
        }
        match current.root {
            Root::Call(id) if current.path.is_empty() => current = scope.call(id).receiver(),
            _ => return false,
        }
    }
    false
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
                let is_list = function_row.params[place as usize].position >= 2;
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
    calls_in(scope.facts(), scope.body(each)).any(|id| {
        let call = scope.call(id);
        let receiver = call.receiver();
        receiver.root == operand.root
            && receiver.path == operand.path
            && !matches!(operand.root, Root::Call(_))
            && adds(scope, id)
    })
}

fn adds(scope: &Scope, id: CallId) -> bool {
    scope.project.info(scope.call_ref(id)).is_some_and(|info| {
        info.effects.iter().any(|(effect, _)| matches!(effect, Effect::GrowLinear | Effect::Shrink))
    })
}

/// Whether the size of a collection is that of the data: what it is made from leads to a query, request or file. A
/// parameter is what the project's calls give it.
fn sized_by_data(scope: &Scope, operand: &Operand, function: FunctionId, steps: u32) -> bool {
    if steps > MAX_ORIGIN_STEPS {
        return false;
    }
    let file = scope.file();
    match operand.root {
        Root::Call(id) => {
            let call = scope.call(id);
            if is_single(scope, id) {
                return false;
            }
            brings_data(scope, id, steps)
                || sized_by_data(scope, &call.receiver(), function, steps + 1)
                || call.args.iter().any(|arg| {
                    !matches!(arg.value.root, Root::Function(_))
                        && sized_by_data(scope, &arg.value, function, steps + 1)
                })
        }
        Root::Name(_) | Root::This if !operand.path.is_empty() => {
            part_of_answer(scope, operand, function) || held_by_field(scope, operand, function, steps)
        }
        Root::Name(name) => {
            let found = file.index.candidates(&file.facts, name, function, operand.span.start);
            found.into_iter().any(|declaration| match declaration.what {
                Declared::Bind(id) => {
                    let bind = &file.facts.binds[id.index()];
                    bind.value.as_ref().is_some_and(|value| sized_by_data(scope, value, bind.function, steps + 1))
                }
                Declared::Param(of, place) if operand.path.is_empty() => given_data(scope, of, place, steps),
                _ => false,
            }) || filled_from_data(scope, name, function, steps)
        }
        Root::List(id) => {
            let list = &file.facts.lists[id.index()];
            // A comprehension has an element for each of another collection.
            let is_comprehension = |each: &Loop| each.span == list.span && each.kind == LoopKind::Comprehension;
            list.items.len() >= MANY_ITEMS
                || list.open
                    && (file.facts.loops.iter().any(is_comprehension)
                        || list.items.iter().any(|item| sized_by_data(scope, item, function, steps + 1)))
        }
        _ => false,
    }
}

/// Whether a field is read from what a library's call gave as a whole (`answer.rows`, `page.items`). Any other field's
/// list belongs to one object: the tags of a post, the lines of an order.
fn part_of_answer(scope: &Scope, operand: &Operand, function: FunctionId) -> bool {
    let Root::Name(name) = operand.root else { return false };
    let file = scope.file();
    let found = file.index.lookup(&file.facts, name, function, operand.span.start);
    let Some(Declared::Bind(id)) = found.map(|declaration| declaration.what) else { return false };
    let bind = &file.facts.binds[id.index()];
    let given = bind
        .value
        .as_ref()
        .filter(|value| matches!(bind.kind, BindKind::Declare | BindKind::Assign) && value.path.is_empty());
    match given.map(|value| value.root) {
        Some(Root::Call(id)) => {
            let is_few = scope.project.marks(scope.call_ref(id)).contains(Mark::Limited);
            !is_single(scope, id)
                && !is_few
                && scope.project.hits(scope.call_ref(id), 0).iter().any(|hit| is_source(hit.effect))
        }
        _ => false,
    }
}

/// Whether a field of an object that the project has a class for is given data anywhere in that class:
/// `this.items = await load()`.
fn held_by_field(scope: &Scope, operand: &Operand, function: FunctionId, steps: u32) -> bool {
    let mut object = operand.clone();
    let Some(field) = object.path.pop() else { return false };
    let Type::Class(class) = scope.project.resolver.operand(scope.at, &object, function).is else { return false };
    let there = Scope { project: scope.project, at: class.file, bound: Vec::new(), via: scope.via };
    let Some(field) = there.file().id(scope.file().name(field)) else { return false };
    there.file().index.field_binds(class.id, field).iter().any(|bind| {
        let bind = &there.facts().binds[bind.index()];
        bind.value.as_ref().is_some_and(|value| sized_by_data(&there, value, bind.function, steps + 1))
    })
}

/// Whether a collection starts from a field of an item of a loop around it.
fn of_one_item(scope: &Scope, operand: &Operand, function: FunctionId, steps: u32) -> bool {
    let file = scope.file();
    match operand.root {
        _ if steps > MAX_ORIGIN_STEPS => false,
        Root::Call(id) => of_one_item(scope, &scope.call(id).receiver(), function, steps + 1),
        Root::Name(name) if operand.path.is_empty() => {
            let found = file.index.lookup(&file.facts, name, function, operand.span.start);
            let Some(Declared::Bind(id)) = found.map(|declaration| declaration.what) else { return false };
            let bind = &file.facts.binds[id.index()];
            let value = bind.value.as_ref().filter(|_| bind.kind == BindKind::Declare);
            value.is_some_and(|value| of_one_item(scope, value, bind.function, steps + 1))
        }
        Root::Name(name) => {
            file.facts.loops.iter().any(|each| each.items.contains(&name) && each.span.contains(operand.span))
        }
        _ => false,
    }
}

/// Whether a call of the project gives data for a parameter.
fn given_data(scope: &Scope, function: FunctionId, place: u32, steps: u32) -> bool {
    let param = &scope.facts().functions[function.index()].params[place as usize];
    if !param.path.is_empty() || param.rest {
        return false;
    }
    let callers = scope.project.callers(scope.function_ref(function));
    callers.iter().take(MAX_CALLERS).any(|caller| {
        let there = Scope { project: scope.project, at: caller.file, bound: Vec::new(), via: scope.via };
        let call = there.call(caller.id);
        let by_place = call.args.iter().filter(|arg| arg.keyword.is_none()).nth(param.position as usize);
        let name = scope.file().name(param.name);
        let arg = call
            .args
            .iter()
            .find(|arg| arg.keyword.is_some_and(|keyword| there.file().name(keyword) == name))
            .or(by_place);
        arg.is_some_and(|arg| !arg.spread && sized_by_data(&there, &arg.value, call.function, steps + 1))
    })
}

/// Whether a loop over data adds to the collection of this name.
fn filled_from_data(scope: &Scope, name: NameId, function: FunctionId, steps: u32) -> bool {
    let facts = scope.facts();
    facts.calls.iter().enumerate().any(|(row, call)| {
        call.callee.root == Root::Name(name)
            && call.callee.path.len() == 1
            && adds(scope, CallId(row as u32))
            && call.in_loop.is_some_and(|each| {
                let each = scope.each(each);
                each.over.as_ref().is_some_and(|over| sized_by_data(scope, over, function, steps + 1))
            })
    })
}

/// Whether a call gives one row or one number: what hangs on that is small.
fn is_single(scope: &Scope, id: CallId) -> bool {
    let marks = scope.project.marks(scope.call_ref(id));
    [Mark::Unique, Mark::Aggregate].into_iter().any(|mark| marks.contains(mark))
}

/// Whether a call brings data of unknown size: by itself, or through functions of the project that give what they get.
fn brings_data(scope: &Scope, id: CallId, steps: u32) -> bool {
    let call = scope.call_ref(id);
    if scope.project.hits(call, 0).iter().any(|hit| is_source(hit.effect)) {
        return true;
    }
    let targets = scope.project.info(call).map_or(&[][..], |info| &info.targets);
    let reads =
        |target: FunctionRef| scope.project.summaries.of(target).iter().any(|witness| is_source(witness.effect));
    targets.iter().any(|target| reads(*target) && gives_data(scope, *target, steps + 1))
}

/// Whether a function of the project that reads data gives it back. What it is given by a function literal (a
/// transaction, a retry) is taken to be data.
fn gives_data(scope: &Scope, of: FunctionRef, steps: u32) -> bool {
    let there = Scope { project: scope.project, at: of.file, bound: Vec::new(), via: scope.via };
    let exits = there.file().index.returns(of.id);
    let values = exits.iter().filter_map(|row| there.facts().exits[*row as usize].value.as_ref());
    let runs_closure = |value: &Operand| match value.root {
        Root::Call(id) => there.call(id).args.iter().any(|arg| matches!(arg.value.root, Root::Function(_))),
        _ => false,
    };
    exits.is_empty()
        || values
            .take(MAX_RETURNS)
            .any(|value| sized_by_data(&there, value, of.id, steps) || runs_closure(value) && value.path.is_empty())
}

fn is_source(effect: Effect) -> bool {
    matches!(effect, Effect::DbRead | Effect::Http | Effect::FsRead)
}

fn accumulates_in(scope: &Scope, value: &Value, objects: &Objects) -> bool {
    let Value::Call(id) = value else { return false };
    let call = scope.call(*id);
    let receiver = call.receiver();
    let Some(name) = root_name(&receiver) else { return false };
    loops_of(scope, objects).into_iter().any(|each| {
        given_back(scope, call, name, &receiver, each) && !declared_in(scope, name, each)
            || is_folded(scope, call, name, each)
    })
}

fn declared_in(scope: &Scope, name: NameId, each: LoopId) -> bool {
    let body = scope.body(each);
    scope.each(each).items.contains(&name)
        || scope.facts().binds.iter().any(|bind| {
            bind.kind == BindKind::Declare && body.contains(bind.target.span) && bind.target.root == Root::Name(name)
        })
        || is_inner_param(scope, name, body)
}

/// `acc = acc.concat(x)`, `acc = [...acc, x]`, `acc += [x]` is not one.
fn given_back(scope: &Scope, call: &Call, name: NameId, receiver: &Operand, each: LoopId) -> bool {
    let body = scope.body(each);
    let binds =
        scope.facts().binds.iter().filter(|bind| body.contains(bind.target.span) && bind.kind == BindKind::Assign);
    let mut to_itself = binds.filter(|bind| {
        bind.target.root == Root::Name(name) && bind.target.path == receiver.path && bind.value_span.contains(call.span)
    });
    to_itself.any(|bind| directly_made(scope, call, bind.value_span))
}

/// Whether the copy is the value itself, or an element of the literal that is.
fn directly_made(scope: &Scope, call: &Call, value: Span) -> bool {
    let inside_call = call.inside.is_some_and(|(around, _)| value.contains(scope.call(around).span));
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
    is_accumulator && (returned || call.sink == Sink::Returned)
}

fn compares(scope: &Scope, value: &Value, objects: &Objects) -> bool {
    let Value::Call(id) = value else { return false };
    let call = scope.call(*id);
    let Some(right) = call.args.first() else { return false };
    let loops = loops_of(scope, objects);
    let [inner, outer] = loops.as_slice() else { return false };
    let reads = |span: Span, each: LoopId| {
        let items = &scope.each(each).items;
        uses_in(scope.facts(), span).any(|u| items.contains(&u.name))
    };
    let (left, right) = (call.callee.span, right.value.span);
    reads(left, *inner) && !reads(left, *outer) && reads(right, *outer) && !reads(right, *inner)
        || reads(left, *outer) && !reads(left, *inner) && reads(right, *inner) && !reads(right, *outer)
}
