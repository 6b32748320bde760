//! From a syntax tree to [`FileFacts`]: one walk, then the tree is dropped.

mod assignments;
mod blocks;
mod builder;
mod calls;
mod classes;
mod collections;
mod directives;
mod expressions;
mod functions;
mod guards;
mod javascript;
mod loops;
mod macros;
pub mod model;
pub mod names;
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

use crate::syntax::tables::{self, table};
use crate::syntax::{Language, Parsers};

/// Reads a file into its facts. SQL files have statements and directives only; a text that cannot be parsed at all
/// (none is known) gives empty tables.
pub fn extract(parsers: &mut Parsers, path: &str, language: Language, text: &str) -> FileFacts {
    let parsed = table(language).and_then(|table| Some((table, parsers.parse(language, text)?)));
    let Some((table, tree)) = parsed else { return without_tree(path, language, text) };
    let root = tree.root_node();
    let has_errors = root.has_error();
    let mut builder = builder::Builder::new(language, table, text, parsers.get(language));
    walk::Walk::new(&mut builder, root).module(root);
    builder.finish(path, has_errors)
}

fn without_tree(path: &str, language: Language, text: &str) -> FileFacts {
    let mut builder = builder::Builder::new(language, tables::empty(), text, None);
    if language == Language::Sql {
        let span = Span::new(0, text.len());
        let content = text::TextContent { text: text.to_owned(), map: vec![(0, 0)], holes: Vec::new(), span };
        builder.sql = sql_statements(&content);
        builder.directives = directives::of_sql(text);
    }
    builder.finish(path, false)
}

/// The SQL statements of a text.
fn sql_statements(_content: &text::TextContent) -> Vec<sql::SqlStatement> {
    Vec::new()
}
