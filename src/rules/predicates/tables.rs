//! Predicates about which table, and which row, a query is about.

use super::super::clause::Kind;
use super::super::value::{Objects, Scope, Value};
use super::super::vocabulary::{ObjectKind, Predicate};
use super::loops_of;
use crate::catalog::{Effect, Mark, SqlPlace};
use crate::facts::sql::UNKNOWN_TABLE;
use crate::facts::{
    BindKind, Call, CallId, CallKind, FileFacts, Loop, LoopId, LoopKind, Operand, Operator, Root, Span, TextId, Use,
};
use crate::project::calls::awaited_call;
use crate::project::dependence::depends_on_items;
use crate::project::index::Declared;
use crate::project::stores::base_of;
use crate::project::types::Type;
use crate::project::{CallRef, ClassRef, FunctionRef, Hit, Project};

/// How many calls and names of a chain are looked through.
const MAX_STEPS: u32 = 16;

/// The table.
pub const PREDICATES: &[Predicate] = &[
    Predicate {
        name: "asks-another-table",
        subjects: &[Kind::Call, Kind::Await],
        object: ObjectKind::Subjects(&[Kind::Loop]),
        doc: "the class whose table it asks, or the statement as a whole, differs from turn to turn, so that no one statement can do it",
        test: asks_another_table,
    },
    Predicate {
        name: "keeps-one-row",
        subjects: &[Kind::Call, Kind::Await],
        object: ObjectKind::Subjects(&[Kind::Loop]),
        doc: "is called on what is the same in every turn and only has its fields changed, and is given nothing of the turn: progress is saved",
        test: keeps_one_row,
    },
    Predicate {
        name: "asked-of",
        subjects: &[Kind::Call, Kind::Await],
        object: ObjectKind::Subjects(&[Kind::Loop]),
        doc: "is called, itself, on the loop's item: each turn asks a client of its own, of which a program sets up a few",
        test: asked_of,
    },
    Predicate {
        name: "differs-in",
        subjects: &[Kind::Call, Kind::Await],
        object: ObjectKind::Subjects(&[Kind::Loop]),
        doc: "is called on the loop's item, whose type, no row's, has several implementations of the method: services, of which a program has a few",
        test: differs_in,
    },
    Predicate {
        name: "merges-in",
        subjects: &[Kind::Call, Kind::Await],
        object: ObjectKind::Subjects(&[Kind::Loop]),
        doc: "is asked in all turns before any of them waits, and the library makes one query of that",
        test: merges_in,
    },
    Predicate {
        name: "runs-own-code",
        subjects: &[Kind::Call, Kind::Await],
        object: ObjectKind::None,
        doc: "writes rows of a class of the project with code of its own for that, which writing many at once would leave out",
        test: runs_own_code,
    },
];

fn asked_of(scope: &Scope, value: &Value, objects: &Objects) -> bool {
    let Value::Call(id) = value else { return false };
    let call = awaited_call(scope.facts(), scope.call(*id)).unwrap_or(*id);
    let is_direct = scope.project.hits(scope.call_ref(call), scope.via).iter().any(|hit| hit.depth == 0);
    // `client.describe().filter(name).send()` begins with the client.
    let base = base_of(scope.project, scope.at, &scope.call(call).receiver());
    is_direct && is_item(scope, objects, &base)
}

/// Whether a value is the item of one of the loops as a whole.
fn is_item(scope: &Scope, objects: &Objects, value: &Operand) -> bool {
    let Root::Name(name) = value.root else { return false };
    value.path.is_empty() && loops_of(scope, objects).into_iter().any(|each| scope.each(each).items.contains(&name))
}

fn differs_in(scope: &Scope, value: &Value, objects: &Objects) -> bool {
    let Value::Call(id) = value else { return false };
    let call = awaited_call(scope.facts(), scope.call(*id)).unwrap_or(*id);
    let classes = &scope.project.resolver.classes;
    let Some(info) = scope.project.info(scope.call_ref(call)) else { return false };
    let owners = info.targets.iter().take(info.called).map(|target| {
        let class = scope.project.resolver.sources.function(*target).class?;
        Some(classes.owner(ClassRef { file: target.file, id: class }))
    });
    let Some(mut owners) = owners.collect::<Option<Vec<_>>>() else { return false };
    owners.sort_unstable();
    owners.dedup();
    let catalog = scope.project.resolver.sources.catalog;
    let has_rows = |class: ClassRef| classes.library_bases(class).iter().any(|(on, _)| catalog.does_anything(*on));
    let receiver = scope.call(call).receiver();
    let is = scope.project.resolver.operand(scope.at, &receiver, scope.call(call).function).is;
    owners.len() > 1
        && is_item(scope, objects, &receiver)
        && matches!(is, Type::Class(class) if !has_rows(class))
        && !owners.into_iter().any(has_rows)
}

fn merges_in(scope: &Scope, value: &Value, objects: &Objects) -> bool {
    let Value::Call(id) = value else { return false };
    let (project, here) = (scope.project, scope.call_ref(*id));
    let started_together = |each: LoopId| scope.each(each).kind == LoopKind::Callback;
    // A function that is called may ask more than the nearest query, which is all that is known of it.
    let merges = |hit: &Hit| hit.depth == 0 && project.marks(here).contains(Mark::Merged);
    let call = scope.call(*id);
    let waits = |other: &Call| other.operator() == Some(Operator::Await) && other.function == call.function;
    let waits_first = scope.facts().calls.iter().any(|other| waits(other) && other.span.end <= call.span.start);
    let mut reads = project.hits(here, scope.via);
    reads.retain(|hit| hit.effect == Effect::DbRead);
    loops_of(scope, objects).into_iter().all(started_together)
        && !waits_first
        && !reads.is_empty()
        && reads.iter().all(merges)
}

fn runs_own_code(scope: &Scope, value: &Value, _: &Objects) -> bool {
    let Value::Call(id) = value else { return false };
    let here = scope.call_ref(*id);
    let mut writes = scope.project.hits(here, scope.via);
    writes.retain(|hit| hit.effect == Effect::DbWrite);
    let does = |hit: &Hit| {
        let chain = scope.project.chain(hit);
        let mut calls = std::iter::once(here).chain(chain.iter().map(|witness| witness.call));
        calls.any(|call| is_override(scope.project, call))
    };
    !writes.is_empty() && writes.iter().all(does)
}

/// Whether a call is of a method with which a class of the project replaces one that the library runs for each row.
fn is_override(project: &Project, of: CallRef) -> bool {
    let (resolver, catalog) = (&project.resolver, project.resolver.sources.catalog);
    let replaces = |target: &FunctionRef| {
        let file = project.file(target.file);
        let function = resolver.sources.function(*target);
        let (Some(name), Some(class)) = (function.name, function.class) else { return false };
        let class = ClassRef { file: target.file, id: class };
        let rows = resolver.classes.library_methods(catalog, class, file.name(name));
        rows.iter().any(|row| row.marks.contains(&Mark::Extended))
    };
    project.info(of).is_some_and(|info| info.targets.iter().take(info.called).any(replaces))
}

fn keeps_one_row(scope: &Scope, value: &Value, objects: &Objects) -> bool {
    let Value::Call(id) = value else { return false };
    let (facts, call) = (scope.facts(), scope.call(*id));
    let row = call.receiver();
    let is_held = |each: &Loop| match row.root {
        Root::Name(name) => !each.items.contains(&name),
        Root::This => !row.path.is_empty(),
        _ => false,
    };
    call.kind == CallKind::Plain
        && !call.callee.path.is_empty()
        && loops_of(scope, objects).into_iter().all(|each| {
            let own = facts.binds_in(scope.each(each).span).filter(|bind| bind.target.root == row.root);
            let own: Vec<usize> = own
                .filter(|bind| row.path.iter().zip(bind.target.path.iter()).all(|(a, b)| a == b))
                .map(|bind| bind.target.path.len())
                .collect();
            is_held(scope.each(each))
                && own.iter().any(|length| *length > row.path.len())
                && own.iter().all(|length| *length > row.path.len())
                && !facts.args_of(call).iter().any(|arg| depends_on_items(facts, arg.value.span, each))
        })
}

fn asks_another_table(scope: &Scope, value: &Value, objects: &Objects) -> bool {
    let Value::Call(id) = value else { return false };
    let here = scope.call_ref(*id);
    let loops = loops_of(scope, objects);
    if let Some((class, _)) = class_of(scope.project, here) {
        return loops.iter().any(|each| depends_on_items(scope.facts(), class.span, *each));
    }
    if loops.iter().any(|each| states_item(scope, *id, *each) || asks_item(scope, *id, *each)) {
        return true;
    }
    let takes_item =
        |call: CallId| loops.iter().any(|each| depends_on_items(scope.facts(), scope.call(call).span, *each));
    let mut hits = scope.project.hits(here, scope.via);
    hits.retain(|hit| hit.depth > 0);
    takes_item(*id)
        && !hits.is_empty()
        && hits.iter().all(|hit| {
            let end = scope.project.chain(hit).last().map(|witness| witness.call);
            end.is_some_and(|end| is_given(scope.project, end))
        })
}

/// Whether what a call asks is the loop's item, which a library made: `for rows in query_sets: rows.count()`. A row
/// asks about itself: only what has parts, such as a query of a class, is meant.
fn asks_item(scope: &Scope, id: CallId, each: LoopId) -> bool {
    let call = scope.call(id);
    let asked = call.receiver();
    let is_item =
        matches!(asked.root, Root::Name(name) if scope.each(each).items.contains(&name)) && asked.path.is_empty();
    is_item
        && matches!(scope.project.resolver.operand(scope.at, &asked, call.function).is, Type::Library(_, parts) if !parts.is_empty())
}

/// Whether a call is given a statement that the loop's item is, holds or makes (`connection.execute(table.select())`), or
/// one that asks a table whose name comes from the item.
fn states_item(scope: &Scope, id: CallId, each: LoopId) -> bool {
    let facts = scope.facts();
    let row = scope.project.info(scope.call_ref(id)).and_then(|info| info.row);
    let place = row.and_then(|row| scope.project.resolver.sources.catalog.call(row).sql);
    let Some(SqlPlace::Argument(place)) = place else { return false };
    let Some(statement) = positional(facts, scope.call(id), place) else { return false };
    let mut root = statement.root;
    for _ in 0..MAX_STEPS {
        match root {
            Root::Call(inner) if facts.calls[inner.index()].kind == CallKind::Plain => {
                root = facts.calls[inner.index()].callee.root;
            }
            Root::Name(name) if scope.each(each).items.contains(&name) => return true,
            Root::Name(name) => {
                let Some(bind) = facts.binds_in(scope.body(each)).find(|bind| bind.target.root == Root::Name(name))
                else {
                    return false;
                };
                // The item of an inner loop over something of the outer one's.
                if bind.kind == BindKind::Item {
                    return depends_on_items(facts, bind.value_span, each);
                }
                let Some(value) = &bind.value else { return false };
                root = value.root;
            }
            Root::Text(text) => return names_table_by_item(scope, text, each),
            _ => return false,
        }
    }
    false
}

/// Whether a statement's tables are holes that the loop's items fill: `SELECT last_value FROM ${sequence}`. Where it has
/// other holes too, nothing tells which are the tables.
fn names_table_by_item(scope: &Scope, text: TextId, each: LoopId) -> bool {
    let facts = scope.facts();
    let mut statements = facts.sql_of(text).iter().peekable();
    let is_hole = |table: &String| table == UNKNOWN_TABLE;
    let span = facts.texts[text.index()].span;
    let uses: Vec<&Use> = facts.uses_in(span).collect();
    let is_of_item = |used: &&Use| {
        let place = Span { start: used.start, end: used.start + 1 };
        depends_on_items(facts, place, each)
    };
    statements.peek().is_some()
        && statements.all(|statement| !statement.tables.is_empty() && statement.tables.iter().all(is_hole))
        && !uses.is_empty()
        && uses.iter().all(is_of_item)
}

/// Whether the class whose table a call asks is a parameter of the function around it.
fn is_given(project: &Project, of: CallRef) -> bool {
    let Some((class, function)) = class_of(project, of) else { return false };
    let Root::Name(name) = class.root else { return false };
    let file = project.file(of.file);
    let declared = file.index.lookup(&file.facts, name, function, class.span.start).map(|declaration| declaration.what);
    matches!(declared, Some(Declared::Param(..)))
        && class.path.is_empty()
        && !matches!(project.resolver.operand(of.file, &class, function).is, Type::Class(_))
}

/// The class at the start of a chain of calls: what stands before the field that gives a class's rows.
fn class_of(project: &Project, of: CallRef) -> Option<(Operand, crate::facts::FunctionId)> {
    let file = project.file(of.file);
    let catalog = project.resolver.sources.catalog;
    let call = &file.facts.calls[of.id.index()];
    // `list(rows)` asks what its argument asks.
    let row = project.info(of).and_then(|info| info.row).map(|row| catalog.call(row));
    let iterated = row.and_then(|row| row.iterates).and_then(|place| positional(&file.facts, call, place));
    let (mut value, mut function) = (iterated.unwrap_or_else(|| call.receiver()), call.function);
    for _ in 0..MAX_STEPS {
        let rows_of_class = |name: &str| {
            catalog
                .named_fields(file.family, name)
                .iter()
                .any(|row| catalog.field(*row).row.on_class && file.has(catalog.field(*row).library))
        };
        if let Some(place) = value.path.iter().position(|name| rows_of_class(file.name(*name))) {
            let mut class = value;
            while class.path.len() > place {
                class.path.pop();
            }
            return Some((class, function));
        }
        value = match value.root {
            Root::Call(inner) => file.facts.calls[inner.index()].callee.clone(),
            Root::Name(name) if value.path.is_empty() => {
                let found = file.index.lookup(&file.facts, name, function, value.span.start)?;
                let Declared::Bind(bind) = found.what else { return None };
                let bind = &file.facts.binds[bind.index()];
                function = bind.function;
                bind.value.clone()?
            }
            _ => return None,
        };
    }
    None
}

/// The value of an argument that is given by its place.
fn positional(facts: &FileFacts, call: &Call, place: u32) -> Option<Operand> {
    facts.positional(call).nth(place as usize).map(|arg| arg.value.clone())
}
