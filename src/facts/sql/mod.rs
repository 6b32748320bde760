//! SQL statements as facts: of `.sql` files and of strings in other languages.
//!
//! Text becomes tokens ([`lex`]), tokens become statements ([`split`]), holes get a form that fits their place
//! ([`holes`]), and what does not look like SQL is refused ([`accept`]). Then the shape of a statement is read from its
//! tokens ([`skeleton`], [`statement`]) and, where a parser takes it ([`parse`]), its query from the tree ([`tree`]);
//! the facts follow from the shape ([`shape`]).

use serde::{Deserialize, Serialize};

use super::model::{FunctionId, Span, TextId};

mod accept;
mod dialect;
mod holes;
mod lex;
mod marks;
mod parse;
mod quotes;
mod read;
mod shape;
mod single;
mod skeleton;
mod sources;
mod split;
mod statement;
#[cfg(test)]
mod tests;
mod tree;
mod words;

pub use dialect::dialect_of_text;
pub use holes::NAMELESS as UNKNOWN_TABLE;
pub use read::{may_be_sql, read_file, read_text};

/// A dialect of SQL, as far as perflint tells them apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Dialect {
    /// Nothing known: the union of what the others accept.
    #[default]
    Generic,
    /// PostgreSQL and its kin.
    Postgres,
    /// MySQL, MariaDB.
    MySql,
    /// SQLite.
    Sqlite,
    /// ClickHouse.
    ClickHouse,
    /// Microsoft SQL Server.
    MsSql,
    /// BigQuery, Snowflake, Redshift and other warehouses, where a full scan is the point.
    Warehouse,
}

/// What a statement does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SqlKind {
    /// `SELECT`, `WITH … SELECT`, `VALUES`, `TABLE`.
    Select,
    /// `INSERT`, `REPLACE`, `MERGE`, `COPY … FROM`.
    Insert,
    /// `UPDATE`.
    Update,
    /// `DELETE`, `TRUNCATE`.
    Delete,
    /// `CREATE`, `ALTER`, `DROP`.
    Schema,
    /// Anything else.
    Other,
}

/// How a statement was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SqlReading {
    /// Parsed.
    Parsed,
    /// Read token by token, since no parser took it.
    Tokens,
}

/// A `*` or `t.*` in a select list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SqlStar {
    /// Its place in the file.
    pub span: Span,
    /// It takes all columns of a base table (not of a subquery, CTE, function or LATERAL with named columns), and the
    /// rows reach the application: neither inside `EXISTS`, nor in a CTE or subquery whose reader names its columns,
    /// nor in `INSERT … SELECT`, nor in `RETURNING`.
    pub of_base_table: bool,
    /// The base tables it takes columns of.
    pub tables: Vec<String>,
}

/// A statement.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SqlStatement {
    /// What it does.
    pub kind: SqlKind,
    /// How it was read.
    pub reading: SqlReading,
    /// Its place in the file (for a string, within the literal).
    pub span: Span,
    /// The string it stands in; `None` in a `.sql` file.
    pub text: Option<TextId>,
    /// The function around it.
    pub function: FunctionId,
    /// Base tables, without CTE names, lower case, with the schema where written; a table that is a hole is `?`.
    pub tables: Vec<String>,
    /// Stars of the select lists.
    pub stars: Vec<SqlStar>,
    /// The outermost query filters its rows: WHERE, HAVING, QUALIFY, or an inner join to something that filters.
    pub has_filter: bool,
    /// The outermost query has LIMIT, FETCH FIRST or TOP.
    pub has_limit: bool,
    /// The outermost query gives one row whatever the table holds, or a row a group: aggregates, GROUP BY, DISTINCT.
    pub has_aggregate: bool,
    /// The outermost query's FROM has nothing but one or more base tables.
    pub from_base_tables_only: bool,
    /// The outermost query is after single rows: `WHERE id = $1` of one table, `LIMIT 1`, `FOR UPDATE`.
    pub is_single: bool,
    /// The outermost query locks its rows, to change them (`FOR UPDATE`), or takes a lock that has a name.
    pub locks: bool,
    /// Holes that may hold clauses, so that WHERE or LIMIT may be there unseen.
    pub open_ended: bool,
    /// What a named-query file calls it (`-- name: x`).
    pub name: Option<QueryName>,
}

/// The heading of a statement in a file of named queries, which a library or a generator turns into functions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueryName {
    /// The function's name.
    pub name: String,
    /// The command behind it, as [sqlc](https://docs.sqlc.dev/en/stable/reference/query-annotations.html) and PugSQL
    /// write it, without its colon: `one`, `many`, `exec`.
    pub command: Option<String>,
}

impl QueryName {
    /// Reads what stands behind `name:`. `None` where no name does.
    fn read(heading: &str) -> Option<Self> {
        let mut words = heading.split_whitespace();
        // aiosql and anosql tell the kind of the answer by a mark behind the name: `get-user^`, `add_user<!`.
        let is_mark = |c: char| !(c.is_alphanumeric() || c == '_' || c == '-');
        let name = words.next().unwrap_or("").trim_end_matches(is_mark);
        let command = words.next().and_then(|word| word.strip_prefix(':'));
        (!name.is_empty()).then(|| Self { name: name.to_owned(), command: command.map(str::to_owned) })
    }
}
