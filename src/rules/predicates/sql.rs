//! Predicates about SQL statements and the rows that queries give.

use super::super::clause::Kind;
use super::super::value::{Scope, Value};
use super::super::vocabulary::{ObjectKind, Predicate};
use crate::catalog::Mark;
use crate::facts::sql::{SqlKind, SqlStar, SqlStatement};
use crate::facts::{Arg, CallId, CallKind, FunctionId, Import, Span, TypeExpr};
use crate::project::kept::is_kept;
use crate::project::needs::Place;
use crate::project::types::Type;

/// The table.
pub const PREDICATES: &[Predicate] = &[
    Predicate {
        name: "selects-all-columns",
        subjects: &[Kind::Sql],
        object: ObjectKind::None,
        doc: "gives the application every column of a base table that the text names",
        test: |scope, value, _| statement(scope, value).is_some_and(|s| s.stars.iter().any(takes_all_columns)),
    },
    Predicate {
        name: "fills-a-type",
        subjects: &[Kind::Sql],
        object: ObjectKind::None,
        doc: "a type with a name is written for its rows, where it runs or as what the function around it gives, or is generated from it: the columns are the type's fields",
        test: |scope, value, _| statement(scope, value).is_some_and(|statement| fills_a_type(scope, statement)),
    },
    Predicate {
        name: "takes-one-row",
        subjects: &[Kind::Sql],
        object: ObjectKind::None,
        doc: "is after a row by its key, a first row, or rows to change under a lock, or is run by a call that gives one",
        test: |scope, value, _| statement(scope, value).is_some_and(|statement| takes_one_row(scope, statement)),
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
];

fn statement<'p>(scope: &Scope<'p>, value: &Value) -> Option<&'p SqlStatement> {
    match value {
        Value::Sql(row) => scope.facts().sql.get(*row as usize),
        _ => None,
    }
}

/// Whether a star stands for the columns of a table that is known where it is written. Code for any table
/// (`SELECT * FROM {table}`) has no names to write instead.
fn takes_all_columns(star: &SqlStar) -> bool {
    star.of_base_table && (star.tables.is_empty() || star.tables.iter().any(|table| table != "?"))
}

fn takes_one_row(scope: &Scope, statement: &SqlStatement) -> bool {
    let gives_one = |id: CallId| {
        let row = scope.project.info(scope.call_ref(id)).and_then(|info| info.row);
        let marks = row.map(|row| &scope.project.resolver.sources.catalog.call(row).marks);
        marks.is_some_and(|marks| marks.iter().any(|mark| matches!(mark, Mark::Limited | Mark::Unique)))
    };
    let around = scope.facts().functions[statement.function.index()].span;
    statement.is_single
        || scope.facts().calls_in(around).any(|id| scope.call(id).span.contains(statement.span) && gives_one(id))
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
        facts.calls_in(around).map(|id| scope.call(id)).any(|call| {
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
