//! Whether a query is after single rows: by a key, the first one, or rows to change under a lock; or after a lock alone.

use super::lex::Kind;
use super::skeleton::{Skeleton, Stretch};

/// Columns that are a table's key by their name.
const KEYS: [&str; 5] = ["id", "uuid", "guid", "pk", "_id"];

impl Skeleton<'_, '_> {
    /// Whether a WHERE asks a key to be one value (`WHERE u.id = $1 AND …`).
    pub(super) fn asks_by_key(&self, stretch: Stretch) -> bool {
        let top: Vec<usize> = self.top(stretch).collect();
        let is_key = |at: usize| {
            self.tok(at).is_some_and(|tok| tok.is_name() && KEYS.contains(&tok.text.to_lowercase().as_str()))
        };
        let is_value = |at: usize| {
            matches!(self.kind(at), Some(Kind::Param | Kind::Number | Kind::Str(_) | Kind::Hole))
                && self.kind(at + 1) != Some(Kind::Dot)
        };
        let equals = |at: usize| self.tok(at).is_some_and(|tok| tok.is_op("="));
        !top.iter().any(|at| self.is(*at, "OR"))
            && top.windows(3).any(|part| {
                equals(part[1]) && (is_key(part[0]) && is_value(part[2]) || is_value(part[0]) && is_key(part[2]))
            })
    }

    /// Whether a LIMIT is of one row.
    pub(super) fn limits_to_one(&self, stretch: Stretch) -> bool {
        let is_one = |at: usize| self.tok(at).is_some_and(|tok| tok.kind == Kind::Number && tok.text == "1");
        is_one(stretch.0) && (stretch.0 + 1 >= stretch.1 || self.is(stretch.0 + 1, "OFFSET"))
    }

    /// Whether the select list takes or gives back a lock that has a name: PostgreSQL's `pg_advisory_xact_lock` and its
    /// kin (<https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADVISORY-LOCKS>), MySQL's `GET_LOCK`.
    pub(super) fn takes_named_lock(&self, stretch: Stretch) -> bool {
        let is_lock = |name: &str| {
            let name = name.to_lowercase();
            ["pg_advisory_", "pg_try_advisory_"].iter().any(|start| name.starts_with(start))
                || matches!(name.as_str(), "get_lock" | "release_lock")
        };
        let names_lock = |at: usize| self.tok(at).is_some_and(|tok| tok.is_name() && is_lock(tok.text));
        self.top(stretch).any(|at| names_lock(at) && self.kind(at + 1) == Some(Kind::Open))
    }

    /// Whether what follows the clauses locks the rows (`FOR UPDATE`).
    pub(super) fn locks(&self, stretch: Stretch) -> bool {
        stretch.0 > 0
            && self.is(stretch.0 - 1, "FOR")
            && self.top(stretch).any(|at| self.is_any(at, &["UPDATE", "SHARE"]))
    }
}
