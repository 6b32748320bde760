//! Predicates about SQL statements and the rows that queries give.

use super::super::clause::Kind;
use super::super::value::{Objects, Scope, Value};
use super::super::vocabulary::{ObjectKind, Predicate};
use crate::catalog::{Collection, Mark};
use crate::facts::sql::{SqlKind, SqlStatement};
use crate::facts::{BindKind, CallId, CallKind, NameId, Root, Sink, Span};
use crate::project::index::{calls_in, uses_in};

/// The table.
pub const PREDICATES: &[Predicate] = &[
    Predicate {
        name: "selects-all-columns",
        subjects: &[Kind::Sql],
        object: ObjectKind::None,
        doc: "gives the application every column of a base table",
        test: |scope, value, _| statement(scope, value).is_some_and(|s| s.stars.iter().any(|star| star.of_base_table)),
    },
    Predicate {
        name: "reads-every-row",
        subjects: &[Kind::Sql],
        object: ObjectKind::None,
        doc: "selects from base tables with neither WHERE, LIMIT nor aggregate, and no hole where one may stand",
        test: |scope, value, _| statement(scope, value).is_some_and(reads_every_row),
    },
    Predicate {
        name: "returns-many",
        subjects: &[Kind::Call],
        object: ObjectKind::None,
        doc: "gives a list of rows",
        test: returns_many,
    },
    Predicate {
        name: "reaches-response",
        subjects: &[Kind::Call],
        object: ObjectKind::None,
        doc: "its rows are returned, or handed as they are to the call that answers",
        test: reaches_response,
    },
];

fn statement<'p>(scope: &Scope<'p>, value: &Value) -> Option<&'p SqlStatement> {
    match value {
        Value::Sql(row) => scope.facts().sql.get(*row as usize),
        _ => None,
    }
}

fn reads_every_row(statement: &SqlStatement) -> bool {
    statement.kind == SqlKind::Select
        && statement.from_base_tables_only
        && !statement.tables.is_empty()
        && !statement.has_filter
        && !statement.has_limit
        && !statement.has_aggregate
        && !statement.open_ended
}

fn returns_many(scope: &Scope, value: &Value, _: &Objects) -> bool {
    let Value::Call(id) = value else { return false };
    let call = scope.call_ref(*id);
    let marks = scope.project.marks(call);
    let one = [Mark::Unique, Mark::Aggregate, Mark::Limited].into_iter().any(|mark| marks.contains(mark));
    // `session.scalars(…).all()`: what the chain ends with.
    !one && is_list(scope, outermost(scope, *id))
}

/// Whether the value of a call leaves its function: returned at once, or through one name that is returned or handed to
/// a call as an argument of its own or a value of an object there.
fn reaches_response(scope: &Scope, value: &Value, _: &Objects) -> bool {
    let Value::Call(id) = value else { return false };
    let last = outermost(scope, *id);
    let call = scope.call(last);
    match call.sink {
        Sink::Returned => true,
        Sink::Bound(bind) => {
            let target = &scope.facts().binds[bind.index()].target;
            match target.root {
                Root::Name(name) if target.path.is_empty() => is_given_away(scope, name, last),
                _ => false,
            }
        }
        Sink::Argument(..) | Sink::Element => in_return(scope, last),
        _ => in_return(scope, last),
    }
}

/// The last call of a chain, with the `await` around it.
fn outermost(scope: &Scope, id: CallId) -> CallId {
    let mut current = id;
    while let Some(next) = scope.file().index.continued(current) {
        current = next;
    }
    current
}

fn in_return(scope: &Scope, id: CallId) -> bool {
    let call = scope.call(id);
    scope.facts().exits.iter().any(|exit| {
        exit.kind == crate::facts::ExitKind::Return && exit.function == call.function && exit.span.contains(call.span)
    })
}

/// Whether rows read at `start` are still many where the expression around them ends: in `rows.iter().sum()` they are
/// not.
fn stays_many(scope: &Scope, within: Span, start: u32) -> bool {
    let facts = scope.facts();
    let begins_here = |id: &CallId| {
        let call = scope.call(*id);
        call.operator().is_none()
            && call.callee.span.start == start
            && matches!(call.callee.root, Root::Name(_))
            && !call.callee.path.is_empty()
    };
    match calls_in(facts, within).find(begins_here) {
        Some(first) => is_list(scope, outermost(scope, first)),
        None => true,
    }
}

/// Whether a call gives a collection.
fn is_list(scope: &Scope, id: CallId) -> bool {
    scope.project.info(scope.call_ref(id)).and_then(|info| info.gives).is_some_and(|gives| {
        matches!(
            scope.project.resolver.sources.catalog.type_of(gives).collection,
            Some(Collection::List | Collection::Iterator | Collection::Set)
        )
    })
}

fn is_given_away(scope: &Scope, name: NameId, id: CallId) -> bool {
    let facts = scope.facts();
    let call = scope.call(id);
    let after = |start: u32| start > call.span.end;
    let returned = facts.exits.iter().any(|exit| {
        exit.kind == crate::facts::ExitKind::Return
            && exit.function == call.function
            && after(exit.span.start)
            && exit.value.is_some()
            && uses_in(facts, exit.span).any(|u| u.name == name && stays_many(scope, exit.span, u.start))
    });
    // What a library says has another effect does not answer.
    let has_effect = |row: usize| {
        scope.project.info(scope.call_ref(CallId(row as u32))).is_some_and(|info| !info.effects.is_empty())
    };
    let answered = facts.calls.iter().enumerate().any(|(row, other)| {
        other.kind == CallKind::Plain
            && !has_effect(row)
            && after(other.span.start)
            && other.function == call.function
            && other.sink == Sink::Dropped
            && other
                .args
                .iter()
                .any(|arg| matches!(arg.value.root, Root::Name(given) if given == name && arg.value.path.is_empty()))
    });
    let narrowed = facts.binds.iter().any(|bind| {
        let is_same = bind.target.root == Root::Name(name) && bind.function == call.function;
        is_same && bind.kind == BindKind::Assign && after(bind.target.span.start)
    });
    (returned || answered) && !narrowed
}
