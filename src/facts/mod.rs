//! From a syntax tree to [`FileFacts`]: one walk, then the tree is dropped.

mod assignments;
mod blocks;
mod builder;
mod calls;
mod captures;
mod classes;
mod collections;
mod conditions;
mod directives;
mod expressions;
mod functions;
mod generics;
mod guards;
mod javascript;
mod loops;
mod macro_data;
mod macro_rules;
mod macros;
pub mod model;
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
use crate::syntax::{Language, Parsers};

/// Reads a file into its facts. SQL files have statements and directives only; a text that cannot be parsed at all
/// (none is known) gives empty tables. `dialect` is what is known of the project's database.
pub fn extract(parsers: &mut Parsers, path: &str, language: Language, text: &str, dialect: sql::Dialect) -> FileFacts {
    let parsed = table(language).and_then(|table| Some((table, parsers.parse(language, text)?)));
    let Some((table, tree)) = parsed else { return without_tree(path, language, text, dialect) };
    let root = tree.root_node();
    let has_errors = root.has_error();
    let mut builder = builder::Builder::new(language, table, text, parsers.get(language));
    builder.dialect = dialect;
    walk::Walk::new(&mut builder, root).module(root);
    builder.finish(path, has_errors)
}

fn without_tree(path: &str, language: Language, text: &str, dialect: sql::Dialect) -> FileFacts {
    let mut builder = builder::Builder::new(language, tables::empty(), text, None);
    if language == Language::Sql {
        builder.sql = sql::read_file(text, dialect);
        builder.directives = directives::of_sql(text);
    }
    builder.finish(path, false)
}
