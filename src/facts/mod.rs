//! From a syntax tree to [`FileFacts`]: one walk, then the tree is dropped.

mod assignments;
mod blocks;
mod builder;
mod calls;
mod captures;
mod classes;
mod collections;
mod conditions;
pub mod directives;
mod expressions;
mod functions;
mod generics;
mod guards;
mod javascript;
mod loops;
mod macro_data;
mod macro_rules;
mod macros;
mod measures;
pub mod model;
pub mod name_words;
pub mod names;
mod path;
mod patterns;
mod python;
mod rust;
pub mod sql;
mod strings;
#[cfg(test)]
mod tests;
pub mod text;
mod types;
mod walk;

pub use model::*;
pub use path::FieldPath;

use crate::syntax::tables::{self, table};
use crate::syntax::{Language, Parsers, test_bodies};

/// How a file is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// What is known of the project's database.
    pub dialect: sql::Dialect,
    /// Leaves out modules that only tests have (`#[cfg(test)] mod tests { … }`), unless the file has suppression comments.
    pub skip_tests: bool,
}

/// Reads a file into its facts. SQL files have statements and directives only; a text that cannot be parsed at all
/// (none is known) gives empty tables.
pub fn extract(parsers: &mut Parsers, path: &str, language: Language, text: &str, how: Reading) -> FileFacts {
    let skip_tests = how.skip_tests && !directives::may_be_in(text);
    let left_out = if skip_tests && language == Language::Rust { test_bodies(text) } else { Vec::new() };
    let parsed = table(language).and_then(|table| Some((table, parsers.parse_without(language, text, &left_out)?)));
    let Some((table, tree)) = parsed else { return without_tree(path, language, text, how.dialect) };
    let root = tree.root_node();
    let has_errors = root.has_error();
    let mut builder = builder::Builder::new(language, table, text, parsers.get(language));
    builder.dialect = how.dialect;
    builder.skip_tests = skip_tests;
    walk::Walk::new(&mut builder, root).module(root);
    builder.finish(path, has_errors)
}

/// The facts of a file that is left unparsed: that it is there.
pub fn unparsed(path: &str, language: Language) -> FileFacts {
    builder::Builder::new(language, tables::empty(), "", None).finish(path, false)
}

fn without_tree(path: &str, language: Language, text: &str, dialect: sql::Dialect) -> FileFacts {
    let mut builder = builder::Builder::new(language, tables::empty(), text, None);
    if language == Language::Sql {
        builder.sql = sql::read_file(text, dialect);
        builder.directives = directives::of_sql(text);
    }
    builder.finish(path, false)
}
