//! Predicates about what is started together: `Promise.all([…])`, `asyncio.gather(…)`.

use super::super::clause::Kind;
use super::super::value::{Objects, Scope, Value};
use super::super::vocabulary::{ObjectKind, Predicate};
use super::awaits::{pair, same_block};
use crate::facts::{Call, CallId, CallKind, Operand, Operator, Root};
use crate::project::calls::awaited_call;

/// The table.
pub const PREDICATES: &[Predicate] = &[
    Predicate {
        name: "holds-up",
        subjects: &[Kind::Await],
        object: ObjectKind::Subjects(&[Kind::Await, Kind::Call]),
        doc: "both are members of a group that is started together (`Promise.all([await a(), b()])`), and this one is waited for before the other, a later one, starts",
        test: holds_up,
    },
    Predicate {
        name: "leads-its-group",
        subjects: &[Kind::Await],
        object: ObjectKind::None,
        doc: "is the first member of a group that is waited for before the group starts",
        test: |scope, value, _| matches!(value, Value::Call(id) if leads(scope, *id)),
    },
    Predicate {
        name: "waits-for-several",
        subjects: &[Kind::Await],
        object: ObjectKind::None,
        doc: "waits for several things at once, all written beside each other: `await Promise.all([f(), g()])`",
        test: |scope, value, _| !waited_together(scope, value).is_empty(),
    },
];

/// The call around one that waits for all its arguments, or the elements of its list, at once.
fn group_of(scope: &Scope, call: &Call) -> Option<CallId> {
    call.inside.filter(|group| is_group(scope, *group))
}

/// Whether a call waits for all that it is given at once.
fn is_group(scope: &Scope, call: CallId) -> bool {
    let row = scope.project.info(scope.call_ref(call)).and_then(|info| info.row);
    row.is_some_and(|row| scope.project.resolver.sources.catalog.call(row).group)
}

/// What a group starts: its arguments, or the elements of the list that it is given.
fn members<'p>(scope: &Scope<'p>, group: CallId) -> Vec<&'p Operand> {
    let facts = scope.facts();
    match facts.args_of(scope.call(group)) {
        [arg] => match arg.value.root {
            Root::List(list) => facts.lists[list.index()].items.iter().collect(),
            _ => vec![&arg.value],
        },
        args => args.iter().filter(|arg| arg.keyword.is_none()).map(|arg| &arg.value).collect(),
    }
}

/// Whether a call waits: an `await`, or a macro that starts a group and waits for it (`tokio::join!(…)`).
pub fn is_wait(scope: &Scope, id: CallId) -> bool {
    match scope.call(id).kind {
        CallKind::Operator(operator) => operator == Operator::Await,
        CallKind::Macro => is_group(scope, id),
        _ => false,
    }
}

/// The calls that something waits for at once, where all are written beside each other: `await Promise.all([f(), g()])`.
pub fn waited_together(scope: &Scope, value: &Value) -> Vec<CallId> {
    let Value::Call(id) = value else { return Vec::new() };
    let facts = scope.facts();
    let group = match scope.call(*id).kind {
        CallKind::Macro => Some(*id),
        _ => awaited_call(facts, scope.call(*id)),
    };
    let Some(group) = group.filter(|group| is_group(scope, *group)) else { return Vec::new() };
    let args = facts.args_of(scope.call(group));
    let is_list = matches!(args, [arg] if matches!(arg.value.root, Root::List(_)));
    let parts = members(scope, group);
    let calls = parts.iter().map(|part| match part.root {
        Root::Call(call) if part.path.is_empty() && !part.awaited => Some(call),
        _ => None,
    });
    if is_list || parts.len() > 1 && !args.iter().any(|arg| arg.spread) {
        calls.collect::<Option<_>>().unwrap_or_default()
    } else {
        Vec::new()
    }
}

/// The place of the member whose value a call gives.
fn place_of(scope: &Scope, group: CallId, id: CallId) -> Option<usize> {
    let call = scope.call(id);
    let inner = awaited_call(scope.facts(), call).unwrap_or(id);
    members(scope, group).iter().position(|member| member.root == Root::Call(inner) && member.span.contains(call.span))
}

fn holds_up(scope: &Scope, value: &Value, objects: &Objects) -> bool {
    let Some((earlier, later)) = pair(scope, value, objects) else { return false };
    let (first, second) = (scope.call(earlier), scope.call(later));
    let Some(group) = group_of(scope, first).filter(|group| second.inside == Some(*group)) else { return false };
    let places = place_of(scope, group, earlier).zip(place_of(scope, group, later));
    places.is_some_and(|(earlier, later)| earlier < later) && same_block(scope, first, second)
}

fn leads(scope: &Scope, id: CallId) -> bool {
    let Some(group) = group_of(scope, scope.call(id)) else { return false };
    let Some(place) = place_of(scope, group, id) else { return false };
    !members(scope, group).iter().take(place).any(|member| member.awaited)
}
