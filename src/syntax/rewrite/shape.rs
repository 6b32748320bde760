//! Shapes: code with holes, as rule documents write down what a fix rewrites (`len({rows})`). A shape is read with the
//! grammar of its language once, and then compared with the trees of files, node by node.

use tree_sitter::Node;

use super::template::{self, Piece};
use super::trimmed;
use crate::syntax::tables::{Role, Table, table};
use crate::syntax::{Family, Language, Parsers};

/// What stands in for a hole while a shape is parsed.
const PLACEHOLDER: &str = "perflint_hole_";

/// A place of a shape that takes any code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hole {
    /// Its name.
    pub name: String,
    /// Takes any number of elements: arguments, statements.
    pub many: bool,
    /// The only words that it takes, where it says which (`{keyword:const|let}`).
    pub choices: Vec<String>,
}

/// Code with holes.
#[derive(Debug)]
pub struct Shape {
    pub(super) nodes: Vec<Pattern>,
    /// Its holes, each name once.
    pub holes: Vec<Hole>,
}

/// What a node must look like.
#[derive(Debug)]
pub(super) enum Pattern {
    /// Any node.
    Hole(usize),
    /// Any number of nodes side by side.
    Many(usize),
    /// A token that is one of the hole's words.
    Choice(usize),
    /// A string with this text, whatever its quotes.
    Text(String),
    /// A token.
    Leaf { kind: String, text: String },
    /// A node with children, comments and optional punctuation left out.
    Node { kind: String, children: Vec<Self> },
}

/// A text with placeholders for holes.
struct Draft {
    text: String,
    holes: Vec<Hole>,
    /// Where the words stand that stand in for choices, and for which hole.
    choices: Vec<(std::ops::Range<usize>, usize)>,
}

impl Shape {
    /// Reads a shape: statements side by side, or an expression.
    ///
    /// # Errors
    /// A message if the text is no code of the language, even with any code in the holes.
    pub fn parse(parsers: &mut Parsers, language: Language, text: &str) -> Result<Self, String> {
        let draft = Draft::new(text.trim())?;
        let name = language.family().name();
        let table = table(language).ok_or_else(|| format!("{name} has no shapes"))?;
        for (before, after) in surroundings(language.family()) {
            let code = format!("{before}{}{after}", draft.text);
            let Some(tree) = parsers.parse(language, &code).filter(|tree| !tree.root_node().has_error()) else {
                continue;
            };
            let reader = Reader { table, family: language.family(), code: &code, draft: &draft, start: before.len() };
            let nodes = reader.top(tree.root_node());
            if !nodes.is_empty() {
                return Ok(Self { nodes, holes: draft.holes });
            }
        }
        Err(format!("`{}` is no {name}", text.trim()))
    }
}

/// What may stand around a shape so that it parses as it would in a file.
fn surroundings(family: Family) -> &'static [(&'static str, &'static str)] {
    match family {
        Family::JavaScript => &[("async function f() {\n", "\n}"), ("(", ")")],
        Family::Python => &[("", ""), ("", "\ndef f(): pass")],
        Family::Rust => &[("async fn f() {\n", "\n}")],
        Family::Sql => &[],
    }
}

impl Draft {
    fn new(text: &str) -> Result<Self, String> {
        let mut draft = Self { text: String::new(), holes: Vec::new(), choices: Vec::new() };
        for piece in template::pieces(text)? {
            match piece {
                Piece::Text(text) => draft.text.push_str(&text),
                Piece::Hole { name, many, words } => {
                    let known = draft.holes.iter().position(|other| other.name == name);
                    let at = known.unwrap_or_else(|| {
                        draft.holes.push(Hole { name, many, choices: words });
                        draft.holes.len() - 1
                    });
                    let start = draft.text.len();
                    match draft.holes[at].choices.first() {
                        Some(word) => {
                            draft.text.push_str(word);
                            draft.choices.push((start..draft.text.len(), at));
                        }
                        None => draft.text.push_str(&format!("{PLACEHOLDER}{at}_")),
                    }
                }
            }
        }
        Ok(draft)
    }

    /// The hole that a placeholder stands for.
    fn hole(&self, text: &str) -> Option<usize> {
        let number = text.strip_prefix(PLACEHOLDER)?.strip_suffix('_')?;
        number.parse().ok().filter(|at| *at < self.holes.len())
    }
}

/// Turns the tree of a shape into patterns.
struct Reader<'d> {
    table: &'static Table,
    family: Family,
    code: &'d str,
    draft: &'d Draft,
    /// Where the shape starts in the code.
    start: usize,
}

impl Reader<'_> {
    /// The patterns of the nodes that make up the shape.
    fn top(&self, root: Node) -> Vec<Pattern> {
        let range = self.start..self.start + self.draft.text.len();
        let mut node = root;
        loop {
            let inside = |child: &Node| range.start < child.end_byte() && child.start_byte() < range.end;
            let children: Vec<Node> = trimmed(self.table, self.family, node).into_iter().filter(inside).collect();
            match children.as_slice() {
                // What only makes a statement of an expression is no part of the shape.
                [only] if only.byte_range() == range && !self.is_bare_statement(*only) => {
                    return vec![self.pattern(*only)];
                }
                [only] if only.child_count() > 0 => node = *only,
                all => return all.iter().map(|child| self.pattern(*child)).collect(),
            }
        }
    }

    fn is_bare_statement(&self, node: Node) -> bool {
        let text = &self.code[node.byte_range()];
        self.table.spec(node.kind_id()).role == Role::Statement && !text.ends_with(';')
    }

    fn pattern(&self, node: Node) -> Pattern {
        let text = &self.code[node.byte_range()];
        let offset = node.start_byte() - self.start.min(node.start_byte());
        let is_choice =
            |range: &std::ops::Range<usize>| node.child_count() == 0 && *range == (offset..offset + text.len());
        if let Some((_, hole)) = self.draft.choices.iter().find(|(range, _)| is_choice(range)) {
            return Pattern::Choice(*hole);
        }
        if let Some(hole) = self.draft.hole(text.trim_end_matches(';')) {
            return if self.draft.holes[hole].many { Pattern::Many(hole) } else { Pattern::Hole(hole) };
        }
        if self.table.spec(node.kind_id()).role == Role::Text
            && !text.contains(PLACEHOLDER)
            && let Some(content) = unquoted(text)
        {
            return Pattern::Text(content.to_owned());
        }
        if node.child_count() == 0 {
            return Pattern::Leaf { kind: node.kind().to_owned(), text: text.to_owned() };
        }
        let children = trimmed(self.table, self.family, node);
        Pattern::Node {
            kind: node.kind().to_owned(),
            children: children.into_iter().map(|child| self.pattern(child)).collect(),
        }
    }
}

/// What stands between plain quotes.
pub(super) fn unquoted(text: &str) -> Option<&str> {
    ['"', '\''].into_iter().find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote))
}
