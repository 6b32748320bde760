//! Whether the code itself says how large a value is.

use super::super::value::Scope;
use super::MANY_ITEMS;
use super::collections::adds;
use crate::catalog::Effect;
use crate::facts::{
    Bind, BindKind, Call, CallId, CallKind, ELEMENT, FieldPath, FunctionId, List, Loop, NameId, Operand, Operator,
    Root, Span,
};
use crate::project::CallRef;
use crate::project::index::Declared;
use crate::project::types::Type;
use crate::syntax::Family;

/// How many names are followed to a literal.
const MAX_STEPS: u32 = 6;

/// How many callers of a function are asked what they give it.
const MAX_CALLERS: usize = 16;

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
        Root::This => match value.path.as_slice() {
            [field] => is_constant_field(scope, *field) || held_fixed(scope, value, *field, function, steps),
            _ => false,
        },
        Root::Call(id) => {
            let call = &facts.calls[id.index()];
            if value.path.is_empty() && returns_fixed(scope, id, steps) {
                return true;
            }
            let args_fixed = facts.args_of(call).iter().all(|arg| is_fixed(scope, &arg.value, function, steps + 1));
            // What an element of a constant gives when it is called is not written in the code.
            let is_method = call.callee.path.last().is_some_and(|name| scope.file().name(*name) != ELEMENT);
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
    all_give_fixed(scope, of, place, steps)
}

/// Whether a parameter has one of a few values: members of an enum, or what all callers of its function write out.
pub fn is_fixed_param(scope: &Scope, function: FunctionId, place: u32) -> bool {
    let row = &scope.facts().functions[function.index()];
    let name = row.params[place as usize].name;
    scope.project.resolver.name(scope.at, name, function, row.span.end).is.is_enum(scope.project)
        || all_give_fixed(scope, function, place, 0)
}

/// Whether the callers of a function, of whom there are a few, all give a literal for a parameter.
fn all_give_fixed(scope: &Scope, of: FunctionId, place: u32, steps: u32) -> bool {
    let param = &scope.facts().functions[of.index()].params[place as usize];
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
fn is_class_itself(scope: &Scope, name: NameId, function: FunctionId, value: &Operand) -> bool {
    let file = scope.file();
    let declared = file.index.lookup(&file.facts, name, function, value.span.start).map(|declaration| declaration.what);
    let root = Operand { path: FieldPath::EMPTY, ..value.clone() };
    // Not declared here: brought in with all else that a module has.
    matches!(declared, None | Some(Declared::Class(_) | Declared::Import(_)))
        && matches!(scope.project.resolver.operand(scope.at, &root, function).is, Type::Class(_))
}

/// Whether a call's receiver is a local name, so that its arguments say nothing of its size.
fn receiver_is_local(scope: &Scope, call: &Call) -> bool {
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

/// Whether a field of the object is given nothing but literals in its class, or what all who make one give for it, and
/// no method adds to it.
fn held_fixed(scope: &Scope, value: &Operand, field: NameId, function: FunctionId, steps: u32) -> bool {
    let object = Operand { path: FieldPath::EMPTY, ..value.clone() };
    let Type::Class(class) = scope.project.resolver.operand(scope.at, &object, function).is else { return false };
    if class.file != scope.at {
        return false;
    }
    let file = scope.file();
    let row = &file.facts.classes[class.id.index()];
    let given = file.index.field_binds(class.id, field);
    if given.is_empty() {
        let mut declared = row.fields.iter().filter(|one| one.name == field);
        return declared.next().is_some_and(|one| {
            one.value.as_ref().is_some_and(|value| is_fixed(scope, value, FunctionId::MODULE, steps + 1))
        });
    }
    let is_literal = |bind: &Bind| {
        let value = bind.value.as_ref().filter(|_| matches!(bind.kind, BindKind::Declare | BindKind::Assign));
        value.is_some_and(|value| is_fixed(scope, value, bind.function, steps + 1))
    };
    let grows = |id: CallId| scope.call(id).receiver().path.last() == Some(&field) && adds(scope, id);
    given.iter().all(|bind| is_literal(&file.facts.binds[bind.index()])) && !file.facts.calls_in(row.span).any(grows)
}

/// Whether a name is given a literal, and nothing is added to it, in this file or in the one that it is imported from.
fn bound_to_fixed(scope: &Scope, name: NameId, function: FunctionId, offset: u32, steps: u32) -> bool {
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
        && bind
            .value
            .as_ref()
            .is_some_and(|value| is_fixed(scope, value, bind.function, steps + 1) || is_empty_list(scope, value));
    literal && is_filled_by_hand(scope, name, bind)
}

fn is_empty_list(scope: &Scope, value: &Operand) -> bool {
    let Root::List(id) = value.root else { return false };
    let list = &scope.facts().lists[id.index()];
    value.path.is_empty()
        && list.items.is_empty()
        && !list.open
        && !scope.facts().loops.iter().any(|each| each.span == list.span)
}

/// Whether nothing adds to a name's literal but calls that stand in no loop of their own and add one element each: it
/// has as many at most as there are such calls. What is handed on may be filled elsewhere.
fn is_filled_by_hand(scope: &Scope, name: NameId, bind: &Bind) -> bool {
    let facts = scope.facts();
    let is_it = |value: &Operand| value.root == Root::Name(name) && value.path.is_empty();
    let repeats = |call: &Call| {
        let mut loops = facts.loops.iter().filter(|each| each.span.contains(call.span));
        loops.any(|each| !each.span.contains(bind.target.span)) || call.function != bind.function
    };
    let info = |row: usize| scope.project.info(scope.call_ref(CallId(row as u32)));
    let is_row = |row: usize| info(row).is_some_and(|info| info.row.is_some());
    let adds = |row: usize, call: &Call| {
        call.callee.root == Root::Name(name)
            && info(row).is_some_and(|info| info.effects.iter().any(|(effect, _)| *effect == Effect::GrowLinear))
    };
    let adds_many = |row: usize, call: &Call| {
        let catalog = scope.project.resolver.sources.catalog;
        let takes_all = info(row).and_then(|info| info.row).is_some_and(|row| catalog.call(row).iterates.is_some());
        takes_all || facts.args_of(call).iter().any(|arg| arg.spread)
    };
    let is_empty = bind.value.as_ref().is_some_and(|value| is_empty_list(scope, value));
    let hands_on = |row: usize, call: &Call| {
        is_empty
            && call.kind == CallKind::Plain
            && !is_row(row)
            && facts.args_of(call).iter().any(|arg| is_it(&arg.value))
    };
    let mut added = 0;
    for (row, call) in facts.calls.iter().enumerate() {
        if hands_on(row, call) {
            return false;
        }
        if adds(row, call) {
            if repeats(call) || adds_many(row, call) {
                return false;
            }
            added += 1;
        }
    }
    added > 0 || !is_empty
}
