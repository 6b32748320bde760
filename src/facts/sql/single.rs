//! Whether a query is after single rows: by a key, the first one, or rows to change under a lock.

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

    /// Whether what follows the clauses locks the rows (`FOR UPDATE`).
    pub(super) fn locks(&self, stretch: Stretch) -> bool {
        stretch.0 > 0
            && self.is(stretch.0 - 1, "FOR")
            && self.top(stretch).any(|at| self.is_any(at, &["UPDATE", "SHARE"]))
    }
}
