//! Predicates about SQL statements and the rows that queries give.

use super::super::clause::Kind;
use super::super::value::{Objects, Scope, Value};
use super::super::vocabulary::{ObjectKind, Predicate};
use crate::catalog::{Collection, Entry, Mark, MarkIf};
use crate::facts::sql::{SqlKind, SqlStatement};
use crate::facts::{
    Arg, BindKind, Call, CallId, CallKind, FunctionId, Import, NameId, Operand, Root, Sink, Span, TypeExpr,
};
use crate::project::CallRef;
use crate::project::calls::awaited_call;
use crate::project::index::{calls_in, uses_in};
use crate::project::needs::{Place, is_kept};
use crate::project::stores::base_of;
use crate::project::types::Type;

/// How many layers of functions rows are followed through to a handler.
const MAX_LAYERS: u32 = 3;
/// How many calls of a function are followed.
const MAX_CALLERS: usize = 8;

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
        name: "fills-a-type",
        subjects: &[Kind::Sql],
        object: ObjectKind::None,
        doc: "a type with a name is written for its rows, where it runs or as what the function around it gives, or is generated from it: the columns are the type's fields",
        test: |scope, value, _| statement(scope, value).is_some_and(|statement| fills_a_type(scope, statement)),
    },
    Predicate {
        name: "kept-elsewhere",
        subjects: &[Kind::Sql],
        object: ObjectKind::None,
        doc: "runs only when a place that outlives the function, and that the function fills, has no answer yet",
        test: |scope, value, _| statement(scope, value).is_some_and(|statement| is_kept_elsewhere(scope, statement)),
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
        doc: "its rows are returned by a handler, perhaps through functions on the way, or handed as they are to the call that answers",
        test: reaches_response,
    },
];

fn statement<'p>(scope: &Scope<'p>, value: &Value) -> Option<&'p SqlStatement> {
    match value {
        Value::Sql(row) => scope.facts().sql.get(*row as usize),
        _ => None,
    }
}

fn is_kept_elsewhere(scope: &Scope, statement: &SqlStatement) -> bool {
    let file = scope.file();
    let rows = &file.facts.statements;
    let end = rows.partition_point(|row| row.span.start <= statement.span.start);
    let around = rows[..end].iter().rev().find(|row| row.span.contains(statement.span));
    let owner = scope.project.owner(scope.function_ref(statement.function)).id;
    around.is_some_and(|row| {
        let code = Place { block: row.block, span: statement.span };
        let known = &scope.project.calls[scope.at.index()];
        [statement.function, owner].into_iter().any(|function| is_kept(file, known, function, code))
    })
}

/// Whether what runs a statement names the type of its rows: as a type argument (`query_as::<_, User>(…)`,
/// `pool.one<User>(…)`), as an argument of the macro that holds the text, as the type of a name that is given its
/// value, or as the result of the function around it. A named query whose heading tells how many rows it gives has its
/// type generated from it.
fn fills_a_type(scope: &Scope, statement: &SqlStatement) -> bool {
    if statement.name.as_ref().is_some_and(|name| name.command.is_some()) {
        return true;
    }
    let facts = scope.facts();
    let owner = scope.project.owner(scope.function_ref(statement.function)).id;
    let around = facts.functions[owner.index()].span;
    let is_later = |span: Span| around.contains(span) && span.end >= statement.span.start;
    let names_type = |expr: &TypeExpr, function: FunctionId| {
        is_row_type(scope, &scope.project.resolver.type_expr(scope.at, expr, function).is)
    };
    let argued = facts.type_args.iter().any(|written| {
        let call = scope.call(written.call);
        is_later(call.span)
            && written.args.iter().any(|expr| names_type(expr, call.function) || is_foreign_name(scope, expr))
    });
    let handed = || {
        calls_in(facts, around).map(|id| scope.call(id)).any(|call| {
            let type_of = |arg: &Arg| scope.project.resolver.operand(scope.at, &arg.value, call.function).is;
            call.kind == CallKind::Macro
                && call.span.contains(statement.span)
                && facts.args_of(call).iter().any(|arg| is_row_type(scope, &type_of(arg)))
        })
    };
    let declared = || {
        facts.binds.iter().any(|bind| {
            is_later(bind.target.span) && bind.annotation.as_ref().is_some_and(|expr| names_type(expr, bind.function))
        })
    };
    let given = || facts.functions[owner.index()].returns.as_ref().is_some_and(|expr| names_type(expr, owner));
    argued || handed() || declared() || given()
}

/// Whether a type is, or holds, one with a name that the project writes. An object type written in place lists what is
/// wanted of the columns.
fn is_row_type(scope: &Scope, is: &Type) -> bool {
    match is {
        Type::Class(class) => scope.project.resolver.sources.class(*class).name.is_some() && !is.is_enum(scope.project),
        Type::Library(_, args) | Type::Tuple(args) => args.iter().any(|arg| is_row_type(scope, arg)),
        _ => false,
    }
}

/// Whether a type argument is written as a name that is brought in from where perflint does not see it.
fn is_foreign_name(scope: &Scope, expr: &TypeExpr) -> bool {
    let name = scope.file().name(expr.name);
    let first = name.split('.').next().unwrap_or(name);
    let is_import = |row: &Import| scope.file().name(row.local) == first;
    expr.args.is_empty() && scope.facts().imports.iter().any(is_import)
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
    !one && !may_be_limited(scope, *id) && is_list(scope, outermost(scope, *id))
}

/// Whether a limit may stand among the keys that a call is given, unseen: `findMany({ ...criteria })`.
fn may_be_limited(scope: &Scope, id: CallId) -> bool {
    let catalog = scope.project.resolver.sources.catalog;
    let row = scope.project.info(scope.call_ref(id)).and_then(|info| info.row).map(|row| catalog.call(row));
    let is_limit = |conditional: &MarkIf| conditional.mark == Mark::Limited;
    let is_open = |arg: &Arg| match arg.value.root {
        Root::Object(object) => scope.facts().objects[object.index()].open,
        _ => false,
    };
    row.is_some_and(|row| row.marks_if.iter().any(is_limit))
        && scope.facts().args_of(scope.call(id)).iter().any(is_open)
}

/// Whether the value of a call reaches the answer to a request: the handler returns it, or hands it to the call that
/// answers; or another function returns it, and its callers do the same with what they get.
fn reaches_response(scope: &Scope, value: &Value, _: &Objects) -> bool {
    matches!(value, Value::Call(id) if is_answered_with(scope, *id, 0))
}

fn is_answered_with(scope: &Scope, id: CallId, steps: u32) -> bool {
    let last = outermost(scope, id);
    let call = scope.call(last);
    let within = scope.function_ref(call.function);
    let owner = scope.project.owner(within);
    let is_handler = [within, owner].iter().any(|function| scope.project.entry(*function).contains(Entry::Http));
    let leaves = match call.sink {
        Sink::Returned => true,
        Sink::Bound(bind) => {
            let target = &scope.facts().binds[bind.index()].target;
            match target.root {
                Root::Name(name) if target.path.is_empty() => is_given_away(scope, name, last, is_handler),
                _ => false,
            }
        }
        _ => {
            let is_rows = |value: &Operand| value.root == Root::Call(last) && value.path.is_empty();
            in_return(scope, last) || is_handler && is_sent(scope, last, &is_rows)
        }
    };
    let goes_on = |site: &CallRef| {
        let there = Scope { at: site.file, ..scope.clone() };
        is_answered_with(&there, site.id, steps + 1)
    };
    let callers = || scope.project.callers(owner).iter().take(MAX_CALLERS);
    leaves && (is_handler || steps < MAX_LAYERS && callers().any(goes_on))
}

/// Whether rows are given, as they are or under a key, to a call that works on what the function around a call was given:
/// `response.status(200).json({ rows })`.
fn is_sent(scope: &Scope, id: CallId, is_rows: &dyn Fn(&Operand) -> bool) -> bool {
    let facts = scope.facts();
    let call = scope.call(id);
    let params = &facts.functions[call.function.index()].params;
    let is_given = |other: &Call| {
        let first = base_of(scope.project, scope.at, &other.callee).root;
        !other.callee.path.is_empty()
            && matches!(first, Root::Name(name) if params.iter().any(|param| param.name == name))
    };
    let has_rows = |arg: &Arg| match arg.value.root {
        Root::Object(object) => {
            facts.entries_of(&facts.objects[object.index()]).iter().any(|(_, value)| is_rows(value))
        }
        _ => is_rows(&arg.value),
    };
    let around = facts.functions[call.function.index()].span;
    calls_in(facts, around).map(|other| scope.call(other)).any(|other| {
        let is_plain = other.kind == CallKind::Plain && other.function == call.function && other.sink == Sink::Dropped;
        is_plain && other.span.end >= call.span.end && facts.args_of(other).iter().any(has_rows) && is_given(other)
    })
}

/// The last call of a chain.
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

/// Whether a call gives a collection, or a query that gives one when it is awaited.
fn is_list(scope: &Scope, id: CallId) -> bool {
    let gives_list = |id: CallId| {
        scope.project.info(scope.call_ref(id)).and_then(|info| info.gives).is_some_and(|gives| {
            matches!(
                scope.project.resolver.sources.catalog.type_of(gives).collection,
                Some(Collection::List | Collection::Iterator | Collection::Set)
            )
        })
    };
    let facts = scope.facts();
    let awaits_it = |row: &usize| awaited_call(facts, &facts.calls[*row]) == Some(id);
    gives_list(id)
        || scope.call(id).awaited && (0..facts.calls.len()).filter(awaits_it).any(|row| gives_list(CallId(row as u32)))
}

/// Whether a name's rows are returned; or, in a handler, handed as they are to the call that answers.
fn is_given_away(scope: &Scope, name: NameId, id: CallId, is_handler: bool) -> bool {
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
            && facts
                .args_of(other)
                .iter()
                .any(|arg| matches!(arg.value.root, Root::Name(given) if given == name && arg.value.path.is_empty()))
    });
    let narrowed = facts.binds.iter().any(|bind| {
        let is_same = bind.target.root == Root::Name(name) && bind.function == call.function;
        is_same && bind.kind == BindKind::Assign && after(bind.target.span.start)
    });
    let is_rows = |value: &Operand| value.root == Root::Name(name) && value.path.is_empty();
    (returned || is_handler && (answered || is_sent(scope, id, &is_rows))) && !narrowed
}
