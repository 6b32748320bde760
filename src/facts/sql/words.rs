//! The words of SQL, read from `words.toml`.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;
use serde::Deserialize;

use super::Dialect;

/// The longest word of the lists; anything longer is none of them.
const LONGEST: usize = 24;

/// A word that begins a statement, and what must follow somewhere.
#[derive(Deserialize)]
pub(super) struct Verb {
    pub(super) word: String,
    pub(super) then: Vec<String>,
}

/// Text that tells a dialect.
#[derive(Deserialize)]
pub(super) struct Evidence {
    pub(super) dialect: Dialect,
    pub(super) text: Vec<String>,
}

/// A set of upper-case words.
#[derive(Default, Deserialize)]
#[serde(transparent)]
pub(super) struct WordSet(FxHashSet<String>);

impl WordSet {
    /// Whether `word` is in the set, whatever its case.
    pub(super) fn has(&self, word: &str) -> bool {
        let mut upper = [0u8; LONGEST];
        let Some(upper) = upper.get_mut(..word.len()) else { return false };
        upper.copy_from_slice(word.as_bytes());
        upper.make_ascii_uppercase();
        std::str::from_utf8(upper).is_ok_and(|word| self.0.contains(word))
    }
}

/// All lists of `words.toml`, where each is described.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    pub(super) verbs: Vec<Verb>,
    pub(super) openers: WordSet,
    pub(super) aggregates: WordSet,
    pub(super) catalog_schemas: WordSet,
    pub(super) catalog_prefixes: Vec<String>,
    pub(super) clauses: WordSet,
    pub(super) inner: WordSet,
    pub(super) table_heads: WordSet,
    pub(super) name_heads: WordSet,
    pub(super) expecting: WordSet,
    pub(super) objects: WordSet,
    pub(super) object_marks: WordSet,
    pub(super) alterations: WordSet,
    pub(super) english: WordSet,
    pub(super) evidence: Vec<Evidence>,
}

impl Words {
    /// Whether `word` has a meaning in the grammar of a query.
    pub(super) fn is_keyword(&self, word: &str) -> bool {
        self.clauses.has(word) || self.inner.has(word)
    }

    /// Whether a table, its schema written or not, is one of those in which a database describes itself.
    pub(super) fn is_catalog(&self, table: &str) -> bool {
        let (schema, name) = table.rsplit_once('.').unwrap_or(("", table));
        let begins = |prefix: &String| name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
        self.catalog_schemas.has(schema) || self.catalog_prefixes.iter().any(begins)
    }
}

/// The lists; empty if the file were broken, which a test rules out.
pub(super) static WORDS: LazyLock<Words> =
    LazyLock::new(|| toml::from_str(include_str!("words.toml")).unwrap_or_default());

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_load() {
        let words: Result<Words, _> = toml::from_str(include_str!("words.toml"));
        assert!(words.is_ok_and(|words| words.verbs.len() > 10));
        assert!(
            WORDS.is_catalog("sqlite_master")
                && WORDS.is_catalog("pg_catalog.anything")
                && !WORDS.is_catalog("app.users")
        );
        assert!(WORDS.aggregates.has("count") && WORDS.is_keyword("Where") && !WORDS.is_keyword("users"));
    }
}
