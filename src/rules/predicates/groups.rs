//! Predicates about what is started together: `Promise.all([…])`, `asyncio.gather(…)`.

use super::super::clause::Kind;
use super::super::value::{Objects, Scope, Value};
use super::super::vocabulary::{ObjectKind, Predicate};
use super::awaits::{pair, same_block};
use crate::facts::{Call, CallId, Operand, Root};
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
];

/// The call around one that waits for all its arguments, or the elements of its list, at once.
fn group_of(scope: &Scope, call: &Call) -> Option<CallId> {
    call.inside.filter(|group| {
        let row = scope.project.info(scope.call_ref(*group)).and_then(|info| info.row);
        row.is_some_and(|row| scope.project.resolver.sources.catalog.call(row).group)
    })
}

/// What a group starts: its arguments, or the elements of the list that it is given.
fn members<'p>(scope: &Scope<'p>, group: CallId) -> Vec<&'p Operand> {
    let facts = scope.facts();
    match facts.args_of(scope.call(group)) {
        [arg] => match arg.value.root {
            Root::List(list) => facts.lists[list.index()].items.iter().collect(),
            _ => vec![&arg.value],
        },
        args => args.iter().map(|arg| &arg.value).collect(),
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
