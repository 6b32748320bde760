//! Places around code: its statement, the other uses of a name, where imports stand.

use std::ops::Range;

use tree_sitter::Node;

use super::Code;
use crate::syntax::Family;
use crate::syntax::tables::Role;

impl Code<'_> {
    /// The statement around a place, such that what is put before it runs whenever the place is reached, once, and sees the
    /// same names; `None` where there is no such statement: in the value of a short function, one arm of a choice, the
    /// condition of a loop.
    pub fn statement(&self, around: &Range<usize>) -> Option<Range<usize>> {
        let mut node = self.tree.root_node().descendant_for_byte_range(around.start, around.end)?;
        loop {
            let parent = node.parent()?;
            if self.role(parent) == Role::Block || parent.parent().is_none() {
                return Some(node.byte_range());
            }
            let is_body = self.part(parent, crate::syntax::tables::Slot::Body) == Some(node);
            match self.role(parent) {
                Role::Closure | Role::Function | Role::Method | Role::AsyncBlock | Role::Class | Role::Field => {
                    return None;
                }
                Role::Ternary | Role::Boolean | Role::Elif | Role::Case | Role::While | Role::Counted => return None,
                Role::LetChain | Role::MatchPattern | Role::Try | Role::Catch | Role::Labeled | Role::Macro => {
                    return None;
                }
                Role::Binary if self.is_choice(parent) => return None,
                // A branch or a loop whose body is one statement without a block.
                Role::If | Role::Else if !self.is_condition(parent, node) => return None,
                Role::For if is_body => return None,
                _ => node = parent,
            }
        }
    }

    fn is_condition(&self, branch: Node, node: Node) -> bool {
        self.part(branch, crate::syntax::tables::Slot::Condition) == Some(node)
    }

    fn is_choice(&self, node: Node) -> bool {
        let operator = self.part(node, crate::syntax::tables::Slot::Operator);
        operator.is_some_and(|operator| matches!(operator.kind(), "&&" | "||" | "??"))
    }

    /// Where a name stands once more in its function, if exactly once beside the given place.
    pub fn other_use(&self, name: &Range<usize>) -> Option<Range<usize>> {
        let text = self.text.get(name.clone())?;
        let mut found = self.places_of(text, &self.function(name)?);
        found.retain(|range| range != name);
        match found.as_slice() {
            [one] => Some(one.clone()),
            _ => None,
        }
    }

    /// Where a name stands in its function before some code.
    pub fn names_before(&self, name: &Range<usize>, code: &Range<usize>) -> Vec<Range<usize>> {
        let function = self.function(name).unwrap_or_default();
        self.places_of(&self.text[name.clone()], &(function.start..code.start))
    }

    /// The function around a place.
    pub fn function(&self, place: &Range<usize>) -> Option<Range<usize>> {
        let mut function = self.tree.root_node().descendant_for_byte_range(place.start, place.end)?;
        while !matches!(self.role(function), Role::Function | Role::Closure | Role::Method) {
            function = function.parent()?;
        }
        Some(function.byte_range())
    }

    /// Where a name stands in a part of the file.
    pub fn places_of(&self, text: &str, within: &Range<usize>) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        self.walk(&mut |node| {
            let is_inside = node.start_byte() < within.end && within.start < node.end_byte();
            if is_inside && self.is_name(node, text) {
                found.push(node.byte_range());
            }
            is_inside
        });
        found
    }

    /// Where a new import goes, as a place in the text and whether a line that is there goes before it: among the imports at
    /// the start of the file, or where they would be.
    pub fn import_place(&self) -> usize {
        let root = self.tree.root_node();
        let mut cursor = root.walk();
        let children: Vec<Node> = root.children(&mut cursor).collect();
        let is_import = |node: &Node| matches!(self.role(*node), Role::Import | Role::ImportFrom | Role::Use);
        if let Some(first) = children.iter().find(|node| is_import(node)) {
            return first.start_byte();
        }
        // Behind what must come first: comments of the file, its documentation, directives.
        let leads = |node: &&Node| {
            let is_text = self.role(**node) == Role::Statement
                && node.named_child_count() == 1
                && node.named_child(0).is_some_and(|child| self.role(child) == Role::Text);
            let is_future = self.text[node.byte_range()].starts_with("from __future__");
            self.role(**node) == Role::Comment || node.kind() == "hash_bang_line" || is_text || is_future
        };
        let last = children.iter().take_while(leads).last();
        last.map_or(0, |node| self.next_line(node.end_byte()))
    }

    /// The start of the line behind a place.
    pub fn next_line(&self, offset: usize) -> usize {
        self.text[offset..].find('\n').map_or(self.text.len(), |at| offset + at + 1)
    }

    /// Whether new code that takes the place of other code must stand in parentheses to be read as it is meant.
    pub fn needs_parentheses(&self, range: &Range<usize>, text: &str) -> bool {
        let is_await = self.family == Family::JavaScript && text.starts_with("await ");
        let is_cast = self.family == Family::Rust && text.rsplit(' ').nth(1) == Some("as");
        let is_not = text.starts_with("not ") || text.starts_with('!');
        let Some(mut node) = self.tree.root_node().descendant_for_byte_range(range.start, range.end) else {
            return false;
        };
        let parent = loop {
            match node.parent() {
                Some(parent) if parent.byte_range() == *range => node = parent,
                Some(parent) => break parent,
                None => return false,
            }
        };
        let is_first = parent.start_byte() == range.start;
        match self.role(parent) {
            Role::Member | Role::Index | Role::Call => (is_await || is_not || is_cast) && is_first,
            Role::Compare | Role::Binary | Role::Unary | Role::Not => is_not || is_cast,
            _ => false,
        }
    }

    /// Whether nothing matters of a value but whether it is true: it decides a branch, or is turned round by a `not`.
    pub fn is_only_tested(&self, range: &Range<usize>) -> bool {
        let Some(mut node) = self.tree.root_node().descendant_for_byte_range(range.start, range.end) else {
            return false;
        };
        while let Some(parent) = node.parent() {
            let is_same = parent.byte_range() == node.byte_range();
            match self.role(parent) {
                Role::Not => return true,
                Role::Unary => return self.text[parent.byte_range()].starts_with('!'),
                Role::If | Role::Elif | Role::While | Role::Ternary | Role::Filter => {
                    return self.is_condition(parent, node);
                }
                Role::Boolean | Role::Through => node = parent,
                Role::Binary if self.is_choice(parent) => node = parent,
                _ if is_same => node = parent,
                _ => return false,
            }
        }
        false
    }

    /// In a list of imported members, the end of the last one; `None` for any other import.
    pub fn end_of_members(&self, import: &Range<usize>) -> Option<usize> {
        let mut node = self.tree.root_node().descendant_for_byte_range(import.start, import.end)?;
        while self.role(node) != Role::ImportFrom {
            node = node.parent()?;
        }
        let last = node.named_child(u32::try_from(node.named_child_count().checked_sub(1)?).ok()?)?;
        (self.family == Family::Python && node.named_child_count() > 1).then(|| last.end_byte())
    }

    /// The white space that the line of a place begins with.
    pub(super) fn indent_at(&self, offset: usize) -> &str {
        let start = self.text[..offset].rfind('\n').map_or(0, |at| at + 1);
        let line = &self.text[start..];
        &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
    }

    /// A place with the rest of its lines, if nothing else stands on them.
    pub fn whole_lines(&self, range: &Range<usize>) -> Range<usize> {
        let start = self.text[..range.start].rfind('\n').map_or(0, |at| at + 1);
        let end = self.next_line(range.end);
        let is_blank = |range: Range<usize>| self.text[range].trim().is_empty();
        if is_blank(start..range.start) && is_blank(range.end..end) { start..end } else { range.clone() }
    }

    /// Whether a line starts inside a string: white space there is part of the text.
    pub(super) fn is_in_text(&self, offset: usize) -> bool {
        let mut node = self.tree.root_node().descendant_for_byte_range(offset, offset);
        while let Some(one) = node {
            if matches!(self.role(one), Role::Text) && one.start_byte() < offset {
                return true;
            }
            node = one.parent();
        }
        false
    }
}
