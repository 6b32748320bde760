//! Comparing shapes with the trees of files.

use std::ops::Range;

use tree_sitter::Node;

use super::Code;
use super::shape::{Pattern, Shape, unquoted};
use super::trimmed;
use crate::syntax::Family;
use crate::syntax::tables::{Place, Role, Slot};

/// A fact of a finding, as far as its place matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// The name that the matcher gave it.
    pub name: String,
    /// Its place.
    pub span: Range<usize>,
    /// For an `await`: what is awaited.
    pub inner: Option<Range<usize>>,
}

/// The code that a hole took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capture {
    /// Its place.
    pub range: Range<usize>,
    /// Whether it needs parentheses around it.
    pub binds: Binds,
    /// Where the commas between its elements end: none, but for a hole of any number.
    pub commas: Vec<usize>,
}

/// How strongly code holds together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binds {
    /// Reads as one value wherever it stands.
    Tightly,
    /// Needs parentheses beside an operator.
    Loosely,
    /// Needs them beside a comma too: a tuple without its own.
    ByCommas,
}

/// A place that has a shape.
#[derive(Clone, Debug)]
pub struct Match {
    /// The place.
    pub range: Range<usize>,
    /// What each hole of the shape took; nothing for a hole of any number that took none.
    pub captures: Vec<Option<Capture>>,
}

impl Code<'_> {
    /// The innermost code of a shape around a fact, which must be a part of the shape itself: not hidden in what a hole
    /// takes. A hole with the name of a fact takes that one, and of an `await` what is awaited.
    pub fn find(&self, shape: &Shape, around: &Fact, facts: &[Fact]) -> Option<Match> {
        let mut node = self.tree.root_node().descendant_for_byte_range(around.span.start, around.span.end)?;
        loop {
            if let Some(found) = self.match_at(shape, node, around, facts) {
                return Some(found);
            }
            node = node.parent()?;
        }
    }

    /// The shape at a node: itself, or with its siblings where the shape is several statements.
    fn match_at(&self, shape: &Shape, node: Node, around: &Fact, facts: &[Fact]) -> Option<Match> {
        let fits = |nodes: &[Node]| {
            let mut matcher = Matcher {
                code: self,
                shape,
                about: &around.name,
                captures: vec![None; shape.holes.len()],
                touched: Vec::new(),
            };
            let is_shape = shape.nodes.iter().zip(nodes).all(|(pattern, node)| matcher.node(pattern, *node));
            (is_shape && matcher.is_about(around) && matcher.names_fit(facts)).then(|| Match {
                range: nodes[0].start_byte()..nodes[nodes.len() - 1].end_byte(),
                captures: matcher.captures,
            })
        };
        let count = shape.nodes.len();
        if count == 1 {
            return fits(&[node]);
        }
        let siblings = trimmed(self.table, self.family, node.parent()?);
        let at = siblings.iter().position(|sibling| *sibling == node)?;
        let starts = (at + 1).saturating_sub(count)..=at;
        starts.filter_map(|start| siblings.get(start..start + count)).find_map(fits)
    }

    /// Where the node's code can be put without parentheses.
    fn binds(&self, node: Node) -> Binds {
        if let Some(only) = node.child(0).filter(|only| only.byte_range() == node.byte_range()) {
            return self.binds(only);
        }
        let is_bare = !self.text[node.byte_range()].starts_with(['(', '[', '{']);
        match self.role(node) {
            Role::List | Role::TuplePattern if self.family == Family::Python && is_bare => Binds::ByCommas,
            _ if self.is_tight(node) => Binds::Tightly,
            _ => Binds::Loosely,
        }
    }

    fn is_tight(&self, node: Node) -> bool {
        match self.table.spec(node.kind_id()).role {
            Role::Name | Role::This | Role::Super | Role::Call | Role::Member | Role::Index | Role::Text => true,
            Role::Number | Role::Bool | Role::Null | Role::List | Role::Macro | Role::Path | Role::Question => true,
            Role::Comprehension | Role::Set | Role::Turbofish | Role::Slice | Role::Block => true,
            Role::Object => self.family == Family::Python,
            Role::Await => self.family == Family::Rust,
            Role::Through => self.text[node.byte_range()].starts_with('('),
            _ => node.child_count() == 0,
        }
    }

    /// The part of a node that the language's table names.
    pub(super) fn part<'n>(&self, node: Node<'n>, slot: Slot) -> Option<Node<'n>> {
        match self.table.spec(node.kind_id()).place(slot) {
            Place::Absent => None,
            Place::Field(id) => node.child_by_field_id(id),
            Place::Child(at) => node.named_child(u32::from(at)),
            Place::Last => node.named_child_count().checked_sub(1).and_then(|at| node.named_child(at as u32)),
        }
    }
}

/// One comparison.
struct Matcher<'c, 't> {
    code: &'c Code<'t>,
    shape: &'c Shape,
    captures: Vec<Option<Capture>>,
    /// The name of the fact that the shape is to be about.
    about: &'c str,
    /// The places of the nodes that were compared; what a hole took is one only if the hole has the name of the fact.
    touched: Vec<Range<usize>>,
}

impl Matcher<'_, '_> {
    fn node(&mut self, pattern: &Pattern, node: Node) -> bool {
        let text = &self.code.text[node.byte_range()];
        let is_part = match pattern {
            Pattern::Hole(hole) | Pattern::Many(hole) => self.shape.holes[*hole].name == self.about,
            _ => true,
        };
        if is_part {
            self.touched.push(node.byte_range());
        }
        match pattern {
            Pattern::Hole(hole) => node.is_named() && self.take(*hole, &[node]),
            Pattern::Many(hole) => self.take(*hole, &[node]),
            Pattern::Choice(hole) => {
                let is_word = self.shape.holes[*hole].choices.iter().any(|word| word == text);
                is_word && node.child_count() == 0 && self.take(*hole, &[node])
            }
            Pattern::Text(content) => {
                self.code.table.spec(node.kind_id()).role == Role::Text && unquoted(text) == Some(content)
            }
            Pattern::Leaf { kind, text: wanted } => node.kind() == kind && node.child_count() == 0 && text == wanted,
            Pattern::Node { kind, children } => {
                node.kind() == kind && self.list(children, &trimmed(self.code.table, self.code.family, node))
            }
        }
    }

    fn list(&mut self, patterns: &[Pattern], nodes: &[Node]) -> bool {
        let Some(at) = patterns.iter().position(|pattern| matches!(pattern, Pattern::Many(_))) else {
            return patterns.len() == nodes.len() && self.each(patterns, nodes);
        };
        let (mut before, mut after) = (&patterns[..at], &patterns[at + 1..]);
        if nodes.len() < before.len() + after.len() {
            // What takes nothing needs no comma beside it.
            match (before.split_last(), after.split_first()) {
                (Some((last, rest)), _) if is_comma(last) => before = rest,
                (_, Some((first, rest))) if is_comma(first) => after = rest,
                _ => return false,
            }
            if nodes.len() != before.len() + after.len() {
                return false;
            }
        }
        let (start, end) = (before.len(), nodes.len() - after.len());
        let Pattern::Many(hole) = patterns[at] else { return false };
        self.each(before, &nodes[..start]) && self.take(hole, &nodes[start..end]) && self.each(after, &nodes[end..])
    }

    fn each(&mut self, patterns: &[Pattern], nodes: &[Node]) -> bool {
        patterns.iter().zip(nodes).all(|(pattern, node)| self.node(pattern, *node))
    }

    /// Gives a hole its code; a hole that has some already takes only the same again.
    fn take(&mut self, hole: usize, nodes: &[Node]) -> bool {
        let (Some(first), Some(last)) = (nodes.first(), nodes.last()) else { return self.captures[hole].is_none() };
        let range = first.start_byte()..last.end_byte();
        match &self.captures[hole] {
            Some(known) => same_code(&self.code.text[known.range.clone()], &self.code.text[range]),
            None => {
                let binds = if nodes.len() == 1 { self.code.binds(*first) } else { Binds::Loosely };
                let commas = nodes.iter().filter(|node| node.kind() == ",").map(Node::end_byte).collect();
                self.captures[hole] = Some(Capture { range, binds, commas });
                true
            }
        }
    }

    fn is_about(&self, fact: &Fact) -> bool {
        self.touched.iter().any(|range| *range == fact.span || Some(range) == fact.inner.as_ref())
    }

    fn names_fit(&self, facts: &[Fact]) -> bool {
        self.shape.holes.iter().zip(&self.captures).all(|(hole, capture)| {
            let Some(fact) = facts.iter().find(|fact| fact.name == hole.name) else { return true };
            capture.as_ref().is_some_and(|taken| taken.range == fact.span || Some(&taken.range) == fact.inner.as_ref())
        })
    }
}

fn is_comma(pattern: &Pattern) -> bool {
    matches!(pattern, Pattern::Leaf { kind, .. } if kind == ",")
}

/// Whether two stretches of code are the same but for white space.
fn same_code(one: &str, other: &str) -> bool {
    one.split_whitespace().eq(other.split_whitespace())
}
