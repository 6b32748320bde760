//! Predicates about where a collection comes from: whether its size is that of the data.

use std::cell::RefCell;

use rustc_hash::FxHashSet;

use super::super::clause::Kind;
use super::super::value::{Scope, Value};
use super::super::vocabulary::{ObjectKind, Predicate};
use super::MANY_ITEMS;
use super::collections::adds;
use super::fixed::is_fixed;
use super::pages::is_short_page;
use crate::catalog::{Collection, Effect, Mark, TypeId};
use crate::facts::{BindKind, CallId, FunctionId, Loop, LoopKind, NameId, Operand, Operator, Root, Span};
use crate::project::index::Declared;
use crate::project::types::Type;
use crate::project::{FileId, FunctionRef};

/// How far back the origin of a collection is looked for.
const MAX_ORIGIN_STEPS: u32 = 9;
/// How many calls of a function are asked what they give it.
const MAX_CALLERS: usize = 8;
/// How many values that a function returns are looked at.
const MAX_RETURNS: usize = 4;

/// The table.
pub const PREDICATES: &[Predicate] = &[
    Predicate {
        name: "sized-by-data",
        subjects: &[Kind::Value],
        object: ObjectKind::None,
        doc: "comes from a query, a request or a file, or is filled in a loop over such a collection",
        test: |scope, value, _| matches!(value, Value::Operand(operand, function) if sized_by_data(scope, operand, *function, Trail { steps: 0, seen: &RefCell::default() })),
    },
    Predicate {
        name: "of-one-item",
        subjects: &[Kind::Value],
        object: ObjectKind::None,
        doc: "is, or is made from, a field of a loop's item: the lines of each order",
        test: |scope, value, _| matches!(value, Value::Operand(operand, function) if of_one_item(scope, operand, *function, 0)),
    },
];

/// What the search for a collection's origin has been through, so that it asks of no value twice: in bundled code a name
/// may stand for hundreds of values, and each of these for as many.
#[derive(Clone, Copy)]
struct Trail<'s> {
    steps: u32,
    seen: &'s RefCell<FxHashSet<(FileId, Span)>>,
}

impl Trail<'_> {
    fn further(self) -> Self {
        Self { steps: self.steps + 1, ..self }
    }

    /// Whether a value is near enough and was not asked about yet.
    fn enter(self, at: FileId, value: &Operand) -> bool {
        self.steps <= MAX_ORIGIN_STEPS && self.seen.borrow_mut().insert((at, value.span))
    }
}

/// Whether the size of a collection is that of the data: what it is made from leads to a query, request or file. A
/// parameter is what the project's calls give it.
fn sized_by_data(scope: &Scope, operand: &Operand, function: FunctionId, trail: Trail) -> bool {
    if !trail.enter(scope.at, operand) {
        return false;
    }
    let file = scope.file();
    match operand.root {
        Root::Call(id) => {
            let call = scope.call(id);
            if is_single(scope, id) || is_short_page(scope, id) {
                return false;
            }
            brings_data(scope, id, trail)
                || sized_by_data(scope, &call.receiver(), function, trail.further())
                || scope.facts().args_of(call).iter().any(|arg| {
                    !matches!(arg.value.root, Root::Function(_))
                        && sized_by_data(scope, &arg.value, function, trail.further())
                })
        }
        Root::Name(_) | Root::This if !operand.path.is_empty() => {
            part_of_answer(scope, operand, function) || held_by_field(scope, operand, function, trail)
        }
        Root::Name(name) => {
            let found = file.index.candidates(&file.facts, name, function, operand.span.start);
            let mut found = found.peekable();
            let declared_by = found.peek().map(|declaration| declaration.function);
            found.any(|declaration| match declaration.what {
                Declared::Bind(id) => {
                    let bind = &file.facts.binds[id.index()];
                    bind.value.as_ref().is_some_and(|value| sized_by_data(scope, value, bind.function, trail.further()))
                }
                Declared::Param(of, place) if operand.path.is_empty() => {
                    given_data(scope, of, place, trail) || handed_on(scope, of, place, trail)
                }
                _ => false,
            }) || declared_by.is_some_and(|by| filled_from_data(scope, name, by, trail))
        }
        Root::List(id) => {
            let list = &file.facts.lists[id.index()];
            // A comprehension has an element for each of another collection: of the fields of something, a few.
            let may_be_data = |over: &Operand| {
                over.path.is_empty() && !is_fixed(scope, over, function, 0)
                    || sized_by_data(scope, over, function, trail.further())
            };
            let is_comprehension = |each: &Loop| {
                each.span == list.span
                    && each.kind == LoopKind::Comprehension
                    && each.over.as_ref().is_some_and(may_be_data)
            };
            list.items.len() >= MANY_ITEMS
                || list.open
                    && (file.facts.loops.iter().any(is_comprehension)
                        || list.items.iter().any(|item| sized_by_data(scope, item, function, trail.further())))
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
fn held_by_field(scope: &Scope, operand: &Operand, function: FunctionId, trail: Trail) -> bool {
    let mut object = operand.clone();
    let Some(field) = object.path.pop() else { return false };
    let Type::Class(class) = scope.project.resolver.operand(scope.at, &object, function).is else { return false };
    let there = Scope { at: class.file, bound: Vec::new(), ..scope.clone() };
    let Some(field) = there.file().id(scope.file().name(field)) else { return false };
    there.file().index.field_binds(class.id, field).iter().any(|bind| {
        let bind = &there.facts().binds[bind.index()];
        bind.value.as_ref().is_some_and(|value| sized_by_data(&there, value, bind.function, trail.further()))
    })
}

/// Whether a collection starts from a field of an item of a loop around it.
fn of_one_item(scope: &Scope, operand: &Operand, function: FunctionId, steps: u32) -> bool {
    let file = scope.file();
    match operand.root {
        _ if steps > MAX_ORIGIN_STEPS => false,
        // `tags.map(…)`, `row.get("tags")`
        Root::Call(id) => {
            let call = scope.call(id);
            of_one_item(scope, &call.receiver(), function, steps + 1)
                || scope.project.hits(scope.call_ref(id), 0).is_empty() && is_of_item(scope, &call.callee)
        }
        Root::Name(name) if operand.path.is_empty() => {
            let mut found = file.index.candidates(&file.facts, name, function, operand.span.start);
            let (Some(only), None) = (found.next(), found.next()) else { return false };
            let Declared::Bind(id) = only.what else { return false };
            let bind = &file.facts.binds[id.index()];
            let gives = matches!(bind.kind, BindKind::Declare | BindKind::Assign);
            let value = bind.value.as_ref().filter(|_| gives && bind.target.path.is_empty());
            value.is_some_and(|value| of_one_item(scope, value, bind.function, steps + 1))
        }
        Root::List(id) => {
            let span = file.facts.lists[id.index()].span;
            let mut loops = file.facts.loops.iter().filter(|each| each.span == span);
            loops.any(|each| each.over.as_ref().is_some_and(|over| of_one_item(scope, over, each.function, steps + 1)))
        }
        _ => is_of_item(scope, operand),
    }
}

/// Whether a field, or a method, is that of an item of a loop around it.
fn is_of_item(scope: &Scope, operand: &Operand) -> bool {
    let mut loops = scope.facts().loops.iter();
    !operand.path.is_empty()
        && operand
            .root
            .name()
            .is_some_and(|name| loops.any(|each| each.items.contains(&name) && each.span.contains(operand.span)))
}

/// Whether the closure of a parameter gets what the call before it brought: `load().then((rows) => …)`.
fn handed_on(scope: &Scope, function: FunctionId, place: u32, trail: Trail) -> bool {
    let row = &scope.facts().functions[function.index()];
    let (Some((call, _)), None) = (row.argument_of, scope.file().index.callback_loop(function)) else { return false };
    let param = &row.params[place as usize];
    let receiver = scope.call(call).receiver();
    param.position.0 == 0
        && param.path.is_empty()
        && row.params.len() == 1
        && matches!(receiver.root, Root::Call(_))
        && receiver.path.is_empty()
        && sized_by_data(scope, &receiver, row.parent.unwrap_or(FunctionId::MODULE), trail.further())
}

/// Whether a call of the project gives data for a parameter.
fn given_data(scope: &Scope, function: FunctionId, place: u32, trail: Trail) -> bool {
    let param = &scope.facts().functions[function.index()].params[place as usize];
    if !param.path.is_empty() || param.rest {
        return false;
    }
    let function = scope.function_ref(function);
    scope.project.callers(function).take(MAX_CALLERS).any(|caller| {
        let there = Scope { at: caller.file, bound: Vec::new(), ..scope.clone() };
        let arg = scope.project.given(caller, function, param);
        arg.is_some_and(|arg| {
            !arg.spread && sized_by_data(&there, &arg.value, there.call(caller.id).function, trail.further())
        })
    })
}

/// Whether a loop over data adds to the collection of this name that a function declares.
fn filled_from_data(scope: &Scope, name: NameId, declared_by: FunctionId, trail: Trail) -> bool {
    let facts = scope.facts();
    facts.calls_in(facts.functions[declared_by.index()].span).any(|id| {
        let call = scope.call(id);
        call.callee.root == Root::Name(name)
            && call.callee.path.len() == 1
            && adds(scope, id)
            && call.in_loop.is_some_and(|each| {
                let each = scope.each(each);
                each.over.as_ref().is_some_and(|over| sized_by_data(scope, over, each.function, trail.further()))
            })
    })
}

/// Whether a call gives one row or one number: what hangs on that is small.
fn is_single(scope: &Scope, id: CallId) -> bool {
    let marks = scope.project.marks(scope.call_ref(id));
    [Mark::Unique, Mark::Aggregate].into_iter().any(|mark| marks.contains(mark))
}

/// Whether a call brings data of unknown size: by itself, or through functions of the project that give what they get.
fn brings_data(scope: &Scope, id: CallId, trail: Trail) -> bool {
    let call = scope.call_ref(id);
    if scope.project.hits(call, 0).iter().any(|hit| is_source(hit.effect)) || is_lazy_query(scope, id) {
        return true;
    }
    let targets = scope.project.info(call).map_or(&[][..], |info| &info.targets);
    let reads =
        |target: FunctionRef| scope.project.summaries.of(target).iter().any(|witness| is_source(witness.effect));
    targets.iter().any(|target| reads(*target) && gives_data(scope, *target, trail.further()))
}

/// Whether a call gives a query that brings its rows when it is gone over.
pub fn is_lazy_query(scope: &Scope, id: CallId) -> bool {
    let resolver = &scope.project.resolver;
    let catalog = resolver.sources.catalog;
    let reads = |on: TypeId| {
        let rows = catalog.methods(on, Operator::Iterate.name());
        rows.iter().any(|row| catalog.call(*row).effects.contains(&Effect::DbRead))
    };
    match scope.project.info(scope.call_ref(id)) {
        Some(info) if info.gives.is_some() => info.gives.is_some_and(reads),
        // A query set of the project's own.
        Some(_) => match resolver.call(scope.call_ref(id)).gives.is {
            Type::Class(class) => resolver.classes.library_bases(class).iter().any(|(on, _)| reads(*on)),
            _ => false,
        },
        None => false,
    }
}

/// Whether a function of the project that reads data gives it back. What it is given by a function literal (a
/// transaction, a retry) is taken to be data.
fn gives_data(scope: &Scope, of: FunctionRef, trail: Trail) -> bool {
    let there = Scope { at: of.file, bound: Vec::new(), ..scope.clone() };
    let exits = there.file().index.returns(of.id);
    let values = exits.iter().filter_map(|row| there.facts().exits[*row as usize].value.as_ref());
    let runs_closure = |value: &Operand| match value.root {
        Root::Call(id) => {
            there.facts().args_of(there.call(id)).iter().any(|arg| matches!(arg.value.root, Root::Function(_)))
        }
        _ => false,
    };
    let is_given_back = |value: &Operand| {
        sized_by_data(&there, value, of.id, trail)
            || value.path.is_empty() && (runs_closure(value) || is_library_list(&there, value))
    };
    exits.is_empty() || values.take(MAX_RETURNS).any(is_given_back)
}

/// Whether a value is a list that a library's object, which is no collection itself, gives: `cursor.fetchall()`.
fn is_library_list(scope: &Scope, value: &Operand) -> bool {
    let Root::Call(id) = value.root else { return false };
    let collection = |of| scope.project.resolver.sources.catalog.type_of(of).collection;
    let Some(info) = scope.project.info(scope.call_ref(id)).filter(|_| !is_single(scope, id)) else { return false };
    info.receiver.is_some_and(|receiver| collection(receiver).is_none())
        && info.gives.is_some_and(|gives| collection(gives) == Some(Collection::List))
}

fn is_source(effect: Effect) -> bool {
    matches!(effect, Effect::DbRead | Effect::Http | Effect::FsRead | Effect::FsBlock)
}

/// Where the query is written that a call runs, when a name has held it since; in a loop, since the same turn of it:
/// `rows = Order.objects.filter(owner=user)`, then `for row in rows`.
pub fn query_written(scope: &Scope, value: &Value) -> Option<Span> {
    let (Value::Call(id), file) = (value, scope.file()) else { return None };
    let call = scope.call(*id);
    let name = call.receiver().root.name().filter(|_| call.receiver().path.is_empty())?;
    let Declared::Bind(bind) = file.index.lookup(&file.facts, name, call.function, call.span.start)?.what else {
        return None;
    };
    let bind = &file.facts.binds[bind.index()];
    let is_query = match bind.value.as_ref()?.root {
        Root::Call(given) => is_lazy_query(scope, given),
        _ => false,
    };
    let mut loops = scope.bound.iter().filter_map(|other| match other {
        Value::Loop(each) => Some(scope.body(*each)),
        _ => None,
    });
    let in_turn = loops.clone().next().is_none() || loops.any(|body| body.contains(bind.value_span));
    let ends_before = bind.value_span.end <= call.span.start;
    (is_query && in_turn && ends_before && bind.function == call.function && bind.target.path.is_empty())
        .then_some(bind.value_span)
}
