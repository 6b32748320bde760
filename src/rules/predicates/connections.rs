//! Predicates about what a call works on: a connection that does one thing at a time, a database inside the process.

use super::super::clause::Kind;
use super::super::value::{Objects, Scope, Value};
use super::super::vocabulary::{ObjectKind, Predicate};
use crate::catalog::{CatalogType, Effect, Mark};
use crate::facts::{CallId, Operand, Root};
use crate::project::calls::{awaited_call, statement_of};
use crate::project::types::Type;
use crate::project::{CallRef, Hit, Project};

/// How many calls of a chain are looked through.
const MAX_CHAINED: u32 = 16;

/// The table.
pub const PREDICATES: &[Predicate] = &[
    Predicate {
        name: "in-process",
        subjects: &[Kind::Call, Kind::Await],
        object: ObjectKind::None,
        doc: "asks a database inside the process (SQLite), or writes to one while a transaction is open: no round trip, and nothing that the disk has to keep each time",
        test: in_process,
    },
    Predicate {
        name: "locks-rows",
        subjects: &[Kind::Call, Kind::Await],
        object: ObjectKind::None,
        doc: "asks for rows under a lock (`FOR UPDATE`), or for a lock, and for nothing else: each is checked and changed by itself",
        test: locks_rows,
    },
];

fn locks_rows(scope: &Scope, value: &Value, _: &Objects) -> bool {
    let Value::Call(id) = value else { return false };
    let here = scope.call_ref(awaited_call(scope.facts(), scope.call(*id)).unwrap_or(*id));
    let mut reads = scope.project.hits(here, scope.via);
    reads.retain(|hit| hit.effect == Effect::DbRead);
    let end = |hit: &Hit| scope.project.chain(hit).last().map_or(here, |witness| witness.call);
    !reads.is_empty() && reads.iter().all(|hit| locks(scope.project, end(hit)))
}

/// Whether a call locks what it reads: by its chain, or by the text that it runs.
fn locks(project: &Project, of: CallRef) -> bool {
    let call = project.call(of);
    let facts = &project.file(of.file).facts;
    let row = project.info(of).and_then(|info| info.row);
    let place = row.and_then(|row| project.resolver.sources.catalog.call(row).sql);
    let statement = place.and_then(|place| statement_of(facts, call, place));
    let text = statement.and_then(|statement| project.resolver.sql_text(of.file, &statement, call.function));
    project.marks(of).contains(Mark::Locking)
        || text.is_some_and(|(file, text)| project.file(file).facts.sql_of(text).iter().any(|one| one.locks))
}

fn in_process(scope: &Scope, value: &Value, _: &Objects) -> bool {
    let Value::Call(id) = value else { return false };
    // A lazy query is run by the `await` itself.
    let inner = awaited_call(scope.facts(), scope.call(*id)).map(|inner| scope.call_ref(inner));
    let runs = |of: CallRef| {
        let mut hits = scope.project.hits(of, scope.via);
        hits.retain(|hit| {
            matches!(hit.effect, Effect::DbRead | Effect::DbWrite | Effect::DbCommit | Effect::Http | Effect::Cache)
        });
        (of, hits)
    };
    let of_inner = inner.map(runs).filter(|(_, hits)| !hits.is_empty());
    let (here, hits) = of_inner.unwrap_or_else(|| runs(scope.call_ref(*id)));
    let works_on = |hit: &Hit, has: fn(&CatalogType) -> bool| {
        let way = scope.project.chain(hit).into_iter().map(|witness| witness.call);
        way.chain([here]).any(|call| touches(scope.project, call, has) || is_method_of(scope.project, call, has))
    };
    let stays = |hit: &Hit| match hit.effect {
        Effect::DbRead => works_on(hit, is_embedded),
        Effect::DbWrite => works_on(hit, is_embedded) && works_on(hit, |row| row.transaction),
        _ => false,
    };
    !hits.is_empty() && hits.iter().all(stays)
}

fn is_embedded(row: &CatalogType) -> bool {
    row.embedded
}

/// Whether a call, or the one at the end of the chain behind it, works on something exclusive.
pub(super) fn is_exclusive(scope: &Scope, id: CallId) -> bool {
    let inner = scope.call_ref(awaited_call(scope.facts(), scope.call(id)).unwrap_or(id));
    let touches = |call| touches(scope.project, call, |row| row.exclusive);
    is_method_of(scope.project, inner, |row| row.exclusive)
        || touches(inner)
        || scope
            .project
            .hits(inner, scope.via.max(1))
            .iter()
            .filter(|hit| hit.depth > 0)
            .any(|hit| scope.project.chain(hit).iter().any(|witness| touches(witness.call)))
}

/// Whether a call is a method of such a type by the row for it: where only the method's name is known, that is all that
/// is. A connection that a call at the end of a chain is a method of may be opened on the way.
fn is_method_of(project: &Project, of: CallRef, has: fn(&CatalogType) -> bool) -> bool {
    let catalog = project.resolver.sources.catalog;
    let row = project.info(of).and_then(|info| info.row);
    row.and_then(|row| catalog.call(row).on).is_some_and(|on| has(catalog.type_of(on)))
}

/// Whether the receiver or an argument of a call is of such a type, anywhere in its chain.
fn touches(project: &Project, of: CallRef, has: fn(&CatalogType) -> bool) -> bool {
    let catalog = project.resolver.sources.catalog;
    let is_such =
        |value: &Operand, function| is_of(project, &project.resolver.operand(of.file, value, function).is, has);
    let facts = &project.file(of.file).facts;
    let mut current = Some(of.id);
    let mut steps = 0;
    while let Some(id) = current {
        let call = &facts.calls[id.index()];
        let on = project.info(CallRef { id, ..of }).and_then(|info| info.receiver);
        if on.is_some_and(|on| has(catalog.type_of(on)))
            || is_such(&call.receiver(), call.function)
            || facts.args_of(call).iter().any(|arg| is_such(&arg.value, call.function))
        {
            return true;
        }
        steps += 1;
        current = match call.callee.root {
            Root::Call(inner) if steps < MAX_CHAINED => Some(inner),
            _ => None,
        };
    }
    false
}

/// Whether a type is such a one, or works on something that is: the pages that a query asks a transaction for.
fn is_of(project: &Project, is: &Type, has: fn(&CatalogType) -> bool) -> bool {
    let catalog = project.resolver.sources.catalog;
    match is {
        Type::Library(id, args) => {
            let row = catalog.type_of(*id);
            has(row) || row.collection.is_none() && args.iter().any(|arg| is_of(project, arg, has))
        }
        Type::Class(class) => {
            project.resolver.classes.library_bases(*class).iter().any(|(id, _)| has(catalog.type_of(*id)))
        }
        _ => false,
    }
}
