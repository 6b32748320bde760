//! Rewriting code for fixes: finding what has a [`Shape`], filling templates with it, and what must hold of the result.
//!
//! Facts keep no trees, so a file is parsed anew for its fixes. Everything here goes by byte ranges; nothing of the parser
//! is seen outside.

mod matching;
mod places;
mod render;
mod shape;
mod style;
pub mod template;
#[cfg(test)]
mod tests;

use std::ops::Range;

use tree_sitter::{Node, Tree};

use super::tables::{Role, Slot, Table, table};
use super::{Family, Language, Parsers};

pub use matching::{Binds, Capture, Fact, Match};
pub use render::{Filler, Template};
pub use shape::{Hole, Shape};
pub use style::Style;

/// A file's text with its tree.
pub struct Code<'t> {
    /// The text.
    pub text: &'t str,
    /// How it is laid out.
    pub style: Style,
    family: Family,
    table: &'static Table,
    tree: Tree,
}

impl<'t> Code<'t> {
    /// Parses a text; `None` for a language without a grammar.
    pub fn parse(parsers: &mut Parsers, language: Language, text: &'t str) -> Option<Self> {
        let tree = parsers.parse(language, text)?;
        Some(Self { text, style: Style::of(text), family: language.family(), table: table(language)?, tree })
    }

    /// Whether another text, made from this one, may take its place: nothing in it is unreadable that was not before, and
    /// every comment is still there.
    pub fn may_become(&self, other: &Self) -> bool {
        let mut there = other.comments();
        other.broken() <= self.broken()
            && self.comments().iter().all(|comment| {
                let found = there.iter().position(|one| one == comment);
                found.map(|at| there.swap_remove(at)).is_some()
            })
    }

    /// How many places the parser could not read.
    fn broken(&self) -> usize {
        let mut count = 0;
        self.walk(&mut |node| {
            count += usize::from(node.is_error() || node.is_missing());
            node.has_error()
        });
        count
    }

    /// The texts of all comments, white space aside.
    fn comments(&self) -> Vec<String> {
        let mut found = Vec::new();
        self.walk(&mut |node| {
            if self.role(node) == Role::Comment && node.is_named() {
                found.push(self.text[node.byte_range()].split_whitespace().collect::<Vec<_>>().join(" "));
            }
            true
        });
        found
    }

    /// Whether something in the file has a name: a variable, a type; what is read from a value is no clash.
    pub fn has_name(&self, name: &str) -> bool {
        self.has_name_in(&(0..self.text.len()), name)
    }

    /// The same for a part of the file.
    pub fn has_name_in(&self, range: &Range<usize>, name: &str) -> bool {
        let mut found = false;
        self.walk(&mut |node| {
            let is_inside = node.start_byte() < range.end && range.start < node.end_byte();
            found |= is_inside && self.is_name(node, name);
            is_inside && !found
        });
        found
    }

    /// Whether a part of the file has one of these words: a keyword, a name of any kind.
    pub fn has_word_in(&self, range: &Range<usize>, words: &[String]) -> bool {
        let mut found = false;
        self.walk(&mut |node| {
            let is_inside = node.start_byte() < range.end && range.start < node.end_byte();
            let is_word = || words.iter().any(|word| *word == self.text[node.byte_range()]);
            found |= is_inside && node.child_count() == 0 && is_word();
            is_inside && !found
        });
        found
    }

    /// Whether a token is a name with this text, not one of a field or argument.
    fn is_name(&self, node: Node, text: &str) -> bool {
        node.child_count() == 0
            && node.is_named()
            && &self.text[node.byte_range()] == text
            && !matches!(self.role(node), Role::TextContent | Role::Skip | Role::Text)
            && !self.is_field(node)
    }

    /// Whether a name is that of a field that is read, or of an argument.
    fn is_field(&self, node: Node) -> bool {
        node.parent().is_some_and(|parent| match self.role(parent) {
            Role::Member | Role::Path => self.part(parent, Slot::Property) == Some(node),
            Role::Keyword => self.part(parent, Slot::Name) == Some(node),
            _ => false,
        })
    }

    fn role(&self, node: Node) -> Role {
        self.table.spec(node.kind_id()).role
    }

    /// Visits all nodes, outer ones first; `visit` says whether to go inside.
    fn walk(&self, visit: &mut dyn FnMut(Node) -> bool) {
        let mut cursor = self.tree.walk();
        loop {
            if visit(cursor.node()) && cursor.goto_first_child() {
                continue;
            }
            while !cursor.goto_next_sibling() {
                if !cursor.goto_parent() {
                    return;
                }
            }
        }
    }
}

/// A node's children without comments and without punctuation that may as well not be there.
fn trimmed<'t>(table: &Table, family: Family, node: Node<'t>) -> Vec<Node<'t>> {
    let mut children = Vec::with_capacity(node.child_count() as usize);
    let mut cursor = node.walk();
    if !cursor.goto_first_child() {
        return children;
    }
    loop {
        let child = cursor.node();
        let is_optional = family == Family::JavaScript && child.kind() == ";";
        if table.spec(child.kind_id()).role != Role::Comment && !is_optional {
            let closes = matches!(child.kind(), ")" | "]" | "}");
            if closes && children.len() > 2 && children.last().is_some_and(|last: &Node| last.kind() == ",") {
                children.pop();
            }
            children.push(child);
        }
        if !cursor.goto_next_sibling() {
            return children;
        }
    }
}
