//! Predicates about loops.

use super::super::clause::Kind;
use super::super::value::{Objects, Scope, Value};
use super::super::vocabulary::{ObjectKind, Predicate};
use super::{MANY_ITEMS, slots};
use crate::catalog::{Collection, Effect};
use crate::facts::{
    BindKind, BlockKind, CallId, ClassKind, FunctionId, FunctionKind, List, Loop, LoopId, LoopKind, NameId, Operand,
    Operator, Root, Span,
};
use crate::project::CallRef;
use crate::project::dependence::{depends_on_items, leaves_after, leaves_on};
use crate::project::index::Declared;
use crate::project::types::Type;
use crate::syntax::Family;

/// How many names are followed to a literal.
const MAX_STEPS: u32 = 6;

/// How many calls of project functions an effect of a turn may be away.
const MAX_VIA: u8 = 2;

/// How many callers of a function are asked what they give it.
const MAX_CALLERS: usize = 8;

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

/// Whether a value's size is written in the code: a literal, a constant that holds one, a part of one.
pub fn is_fixed(scope: &Scope, value: &Operand, function: FunctionId, steps: u32) -> bool {
    let facts = scope.facts();
    if steps > MAX_STEPS {
        return false;
    }
    match value.root {
        Root::List(id) | Root::Set(id) => {
            let list = &facts.lists[id.index()];
            (1..MANY_ITEMS).contains(&list.items.len())
                && (!list.open || spreads_are_fixed(scope, list, function, steps))
                || goes_over_fixed(scope, list.span, function, steps)
        }
        Root::Object(id) => !facts.objects[id.index()].open && !facts.objects[id.index()].entries.is_empty(),
        Root::Text(_) | Root::Number(_) | Root::Bool(_) | Root::Null => true,
        Root::Name(name) => {
            let text = scope.file().name(name);
            is_constant_name(text)
                || value.path.last().is_some_and(|field| is_constant_field(scope, *field))
                || value.path.is_empty() && bound_to_fixed(scope, name, function, value.span.start, steps)
                || value.path.is_empty() && given_fixed(scope, name, function, value, steps)
                || scope.project.resolver.operand(scope.at, value, function).is.is_enum(scope.project)
                || is_list_of_enum(scope, value, function)
                || steps == 0 && value.path.is_empty() && is_class_itself(scope, name, function, value)
        }
        Root::Call(id) => {
            let call = &facts.calls[id.index()];
            if value.path.is_empty() && returns_fixed(scope, id, steps) {
                return true;
            }
            let args_fixed = facts.args_of(call).iter().all(|arg| is_fixed(scope, &arg.value, function, steps + 1));
            // What an element of a constant gives when it is called is not written in the code.
            let is_method =
                call.callee.path.last().is_some_and(|name| scope.file().name(*name) != crate::facts::ELEMENT);
            let receiver = call.receiver();
            // `Object.keys(LIMITS)`, `range(3)`, `LEVELS.map(…)`, `LEVELS.iter()`.
            let receiver_fixed = is_fixed(scope, &receiver, function, steps + 1);
            receiver_fixed
                && is_method
                && facts.args_of(call).iter().all(|arg| {
                    matches!(arg.value.root, Root::Function(_))
                        || is_global(scope, &arg.value, function)
                        || is_fixed(scope, &arg.value, function, steps + 1)
                })
                || !call.args.is_empty()
                    && args_fixed
                    && (call.callee.path.len() <= 1 && !receiver_is_local(scope, call))
        }
        _ => false,
    }
}

/// Whether a value is a name that the language gives: `Boolean` in `.filter(Boolean)`.
fn is_global(scope: &Scope, value: &Operand, function: FunctionId) -> bool {
    let Root::Name(name) = value.root else { return false };
    let file = scope.file();
    value.path.is_empty() && file.index.lookup(&file.facts, name, function, value.span.start).is_none()
}

/// Whether a call is one of a function of the project that returns nothing but literals.
fn returns_fixed(scope: &Scope, id: CallId, steps: u32) -> bool {
    let Some(info) = scope.project.info(scope.call_ref(id)) else { return false };
    let ([function], 1) = (&*info.targets, info.called) else { return false };
    let there = Scope { at: function.file, ..scope.clone() };
    let file = there.file();
    let mut returned = file.index.returns(function.id).iter().map(|row| file.facts.exits[*row as usize].value.as_ref());
    let is_list =
        |value: &Operand| matches!(value.root, Root::List(_) | Root::Set(_) | Root::Object(_) | Root::Name(_));
    !file.index.returns(function.id).is_empty()
        && returned.all(|value| value.is_some_and(|v| is_list(v) && is_fixed(&there, v, function.id, steps + 1)))
}

/// Whether a name is a parameter that all callers of its function, of whom there are a few, give a literal.
fn given_fixed(scope: &Scope, name: NameId, function: FunctionId, value: &Operand, steps: u32) -> bool {
    let file = scope.file();
    let mut declared = file.index.candidates(&file.facts, name, function, value.span.start);
    let (Some(Declared::Param(of, place)), None) = (declared.next().map(|found| found.what), declared.next()) else {
        return false;
    };
    let param = &file.facts.functions[of.index()].params[place as usize];
    let of = scope.function_ref(of);
    let mut callers = scope.project.callers(of);
    let is_fixed_at = |site: CallRef| {
        let there = Scope { at: site.file, ..scope.clone() };
        let arg = scope.project.given(site, of, param);
        arg.is_some_and(|arg| is_fixed(&there, &arg.value, there.call(site.id).function, steps + 1))
    };
    param.path.is_empty()
        && !param.rest
        && (1..=MAX_CALLERS).contains(&callers.clone().count())
        && callers.all(is_fixed_at)
}

/// Whether a span is that of a comprehension over what is fixed: `[name.lower() for name in NAMES]`.
fn goes_over_fixed(scope: &Scope, span: Span, function: FunctionId, steps: u32) -> bool {
    let mut loops = scope.facts().loops.iter().filter(|each| each.span == span).peekable();
    let is_so = |each: &Loop| each.over.as_ref().is_some_and(|over| is_fixed(scope, over, function, steps + 1));
    loops.peek().is_some() && loops.all(is_so)
}

/// Whether what is spread into a list literal is fixed: `[...KINDS, "other"]`.
fn spreads_are_fixed(scope: &Scope, list: &List, function: FunctionId, steps: u32) -> bool {
    let facts = scope.facts();
    let is_comprehension = facts.loops.iter().any(|each| each.span == list.span);
    let is_spread = |item: &&Operand| {
        facts.calls_in(list.span).any(|id| {
            let call = scope.call(id);
            call.operator() == Some(Operator::Spread) && call.callee.span == item.span
        })
    };
    !is_comprehension && list.items.iter().filter(is_spread).all(|item| is_fixed(scope, item, function, steps + 1))
}

/// Whether a field is read from an enum itself: `Color.choices`. A variant in Rust may hold anything.
fn is_list_of_enum(scope: &Scope, value: &Operand, function: FunctionId) -> bool {
    let mut owner = value.clone();
    owner.path.pop().is_some()
        && scope.file().family != Family::Rust
        && scope.project.resolver.operand(scope.at, &owner, function).is.is_enum(scope.project)
}

/// Whether a name is that of a class of the project: what a class holds as a whole is written in the code.
fn is_class_itself(scope: &Scope, name: crate::facts::NameId, function: FunctionId, value: &Operand) -> bool {
    let file = scope.file();
    let declared = file.index.lookup(&file.facts, name, function, value.span.start).map(|declaration| declaration.what);
    let root = Operand { path: crate::facts::FieldPath::EMPTY, ..value.clone() };
    // Not declared here: brought in with all else that a module has.
    matches!(declared, None | Some(Declared::Class(_) | Declared::Import(_)))
        && matches!(scope.project.resolver.operand(scope.at, &root, function).is, Type::Class(_))
}

/// Whether a call's receiver is a local name, so that its arguments say nothing of its size.
fn receiver_is_local(scope: &Scope, call: &crate::facts::Call) -> bool {
    let file = scope.file();
    match call.callee.root {
        Root::Name(name) => file.index.lookup(&file.facts, name, call.function, call.span.start).is_some(),
        _ => true,
    }
}

/// A name in the style of constants: `LIMITS`, `DEFAULT_ROLES`.
fn is_constant_name(name: &str) -> bool {
    name.len() > 1 && name.chars().any(char::is_uppercase) && !name.chars().any(char::is_lowercase)
}

/// A field in the style of constants, unless it is one of a library: Django has what clients send in `request.POST`.
fn is_constant_field(scope: &Scope, field: NameId) -> bool {
    let name = scope.file().name(field);
    is_constant_name(name) && !scope.project.resolver.is_library_field(scope.at, name)
}

/// Whether a name is given a literal, and nothing is added to it, in this file or in the one that it is imported from.
fn bound_to_fixed(scope: &Scope, name: crate::facts::NameId, function: FunctionId, offset: u32, steps: u32) -> bool {
    let file = scope.file();
    let declared = file.index.lookup(&file.facts, name, function, offset).map(|declaration| declaration.what);
    if let Some(Declared::Import(row)) = declared {
        let mut binds = scope.project.resolver.imported_binds(scope.at, row);
        return match (binds.next(), binds.next()) {
            (Some((found, bind)), None) => matches!(bind.target.root, Root::Name(there) if {
                let scope = Scope { at: found, ..scope.clone() };
                bind.target.path.is_empty() && bound_to_fixed(&scope, there, FunctionId::MODULE, u32::MAX, steps + 1)
            }),
            _ => false,
        };
    }
    let mut found = file.index.candidates(&file.facts, name, function, offset).filter_map(|d| match d.what {
        Declared::Bind(id) => Some(&file.facts.binds[id.index()]),
        _ => None,
    });
    let Some(bind) = found.next() else { return false };
    if found.next().is_some() && !bind.constant {
        return false;
    }
    let literal = matches!(bind.kind, BindKind::Declare | BindKind::Assign)
        && bind.value.as_ref().is_some_and(|value| is_fixed(scope, value, bind.function, steps + 1));
    let grows = || {
        file.facts.calls.iter().enumerate().any(|(row, call)| {
            call.callee.root == Root::Name(name)
                && scope.project.info(scope.call_ref(crate::facts::CallId(row as u32))).is_some_and(|info| {
                    info.effects.iter().any(|(effect, _)| *effect == crate::catalog::Effect::GrowLinear)
                })
        })
    };
    literal && !grows()
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
            && scope.project.hits(scope.call_ref(call), MAX_VIA).iter().any(|hit| wanted.contains(&hit.effect))
            && (wanted.iter().all(|effect| matches!(effect, Effect::Sleep | Effect::SleepBlock))
                || depends_on_items(scope.facts(), span, *id))
    })
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
