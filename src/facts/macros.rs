//! Rust's macros: what stands between their brackets is parsed again as code.

use tree_sitter::{Node, Point, Range};

use super::builder::rooted;
use super::model::*;
use super::walk::{Kid, Walk};
use crate::syntax::tables::{Role, Slot};

/// Macros inside macros beyond this are not read.
const DEEPEST: u32 = 100;

impl<'t> Walk<'_, '_, 't> {
    /// `f!(a, b)`.
    pub fn macro_call(&mut self, kid: Kid<'t>) -> Operand {
        let kids = self.kids(kid.node);
        let Some(named) = self.slot(kid, kids, Slot::Name) else { return self.descend(kid) };
        let callee = self.visit(named);
        let name = callee.last_name();
        let name = name.map_or("", |name| self.b.names.get(name)).to_owned();
        // Assertions are a third of some files' text, and no rule looks at what only tests run.
        let opaque = self.b.at.test_only || self.b.table.opaque_macros.contains(&name);
        let (mut args, mut ranges) = (Vec::new(), Vec::new());
        if let Some(tokens) =
            self.slot(kid, kids, Slot::Arguments).filter(|tokens| !opaque && tokens.span != named.span)
        {
            match self.simple_arguments(tokens).or_else(|| self.data_arguments(tokens)) {
                Some(simple) => args = simple,
                None => self.reparse(tokens.node, &mut args, &mut ranges),
            }
        }
        self.captured_names(&args);
        let name_span = self.method_span_of(&callee, named);
        let id = self.b.call(CallKind::Macro, kid.span, name_span, callee, args);
        self.link_arguments(id, &ranges);
        self.macro_exit(kid, &name, id);
        rooted(Root::Call(id), kid.span)
    }

    /// Notes that a macro leaves the function. Of a project's own macros, that is known when all files are.
    fn macro_exit(&mut self, kid: Kid<'t>, name: &str, id: CallId) {
        let is_one = |names: &[String]| names.iter().any(|known| known == name);
        let table = self.b.table;
        let is_alone = is_on_its_own(kid.node);
        if is_one(&table.throwing_macros) || is_one(&table.leaving_macros) && is_alone {
            self.b.exit(ExitKind::Throw, kid.span, None);
        } else if is_one(&table.checking_macros) && is_alone {
            let outer = self.b.at.block;
            self.b.open_block(BlockKind::If, kid.span, Some(kid.span));
            self.b.exit(ExitKind::Throw, kid.span, None);
            self.b.at.block = outer;
        } else if is_alone {
            self.b.lone_macros.push(id);
        }
    }

    /// Arguments that are only names, fields and literals, read from the tokens as they are: no code to parse.
    fn simple_arguments(&mut self, tokens: Kid<'t>) -> Option<Vec<Arg>> {
        let kids = self.kids(tokens.node);
        let mut parts: Vec<Simple<'t>> = Vec::new();
        let mut next = Simple::default();
        for index in kids.start + 1..kids.end.saturating_sub(1) {
            let child = self.at(index);
            if !next.add(child)? {
                parts.push(std::mem::take(&mut next));
            }
        }
        if next.value.is_some() {
            parts.push(next);
        }
        let args = parts.into_iter().map(|part| self.simple_argument(&part)).collect::<Option<Vec<Arg>>>()?;
        Some(args)
    }

    fn simple_argument(&mut self, part: &Simple<'t>) -> Option<Arg> {
        let value = part.value?;
        let keyword = part.keyword.map(|keyword| self.b.name_at(keyword.span));
        let mut operand = self.visit(value);
        for field in &part.fields {
            operand.path.push(self.b.name_at(field.span));
            operand.span.end = field.span.end;
        }
        Some(Arg { keyword, value: operand, spread: false, mutable: false })
    }

    fn method_span_of(&self, callee: &Operand, named: Kid<'t>) -> Span {
        let length = callee.path.last().map_or(0, |name| self.b.names.get(*name).len() as u32);
        match length {
            0 => named.span,
            length => Span { start: named.span.end.saturating_sub(length), end: named.span.end },
        }
    }

    /// Parses a token tree as a tuple, an array or a block, and reads it with its true positions.
    fn reparse(&mut self, tokens: Node<'t>, args: &mut Vec<Arg>, ranges: &mut Vec<(u32, u32)>) {
        if self.b.depth > DEEPEST || tokens.end_byte() - tokens.start_byte() <= 2 {
            return;
        }
        let Some(parser) = self.b.parser.take() else { return };
        let text = self.b.text;
        let included = with_semicolon(tokens, text);
        parser.reset();
        let tree = match parser.set_included_ranges(&included) {
            Ok(()) => parser.parse(text, None),
            Err(_) => None,
        };
        self.b.parser = Some(parser);
        let Some(tree) = tree else { return };
        let root = tree.root_node();
        let broken = root.has_error() && text.as_bytes().get(tokens.start_byte()) == Some(&b'{');
        if broken && self.inner_blocks(tokens) {
            return;
        }
        let depth = self.b.depth;
        let mut walk = Walk::new(&mut *self.b, root);
        walk.macro_content(root, args, ranges);
        self.b.depth = depth;
    }

    /// `db_run! { conn: { … } }`: the blocks inside are code, what is around them is not.
    fn inner_blocks(&mut self, tokens: Node<'t>) -> bool {
        let kids = self.kids(tokens);
        let mut found = false;
        for index in self.each(kids) {
            let child = self.at(index);
            if child.node.kind() == "token_tree" && self.source(child).starts_with('{') {
                found = true;
                self.deeper((), |walk| walk.reparse(child.node, &mut Vec::new(), &mut Vec::new()));
            }
        }
        found
    }

    /// Reads the statements that a token tree was parsed to; a tuple or an array holds the arguments.
    fn macro_content(&mut self, root: Node<'t>, args: &mut Vec<Arg>, ranges: &mut Vec<(u32, u32)>) {
        let kids = self.kids(root);
        for index in self.each(kids) {
            let child = self.at(index);
            if !child.named {
                continue;
            }
            let inner = self.kids(child.node);
            let expression = match child.role {
                Role::Statement => self.named(inner, 0).unwrap_or(child),
                _ => child,
            };
            if !matches!(expression.role, Role::List | Role::Through) {
                self.visit(expression);
                continue;
            }
            let parts = self.expression_parts(expression);
            for index in self.each(parts) {
                let part = self.at(index);
                if part.named {
                    self.macro_argument(part, args, ranges);
                }
            }
        }
    }

    fn macro_argument(&mut self, part: Kid<'t>, args: &mut Vec<Arg>, ranges: &mut Vec<(u32, u32)>) {
        let start = self.b.calls.len() as u32;
        // `name = value` in a format macro names the argument.
        let (keyword, value) = match part.role {
            Role::Assign => {
                let left = self.part(part, Slot::Left).map(|left| self.b.name_at(left.span));
                (left, self.part(part, Slot::Right).unwrap_or(part))
            }
            _ => (None, part),
        };
        let value = self.visit(value);
        args.push(Arg { keyword, value, spread: false, mutable: false });
        ranges.push((start, self.b.calls.len() as u32));
    }
}

/// An argument of a macro while its tokens are read: `keyword = &value.field.field`.
#[derive(Default)]
struct Simple<'t> {
    keyword: Option<Kid<'t>>,
    value: Option<Kid<'t>>,
    fields: Vec<Kid<'t>>,
    dot: bool,
}

impl<'t> Simple<'t> {
    /// Adds a token; false at the comma that ends the argument, `None` for anything that is not simple.
    fn add(&mut self, token: Kid<'t>) -> Option<bool> {
        let fresh = self.value.is_none();
        match token.role {
            Role::Text | Role::Number | Role::Bool | Role::Name | Role::This if fresh => self.value = Some(token),
            Role::Name | Role::Number if self.dot => {
                self.fields.push(token);
                self.dot = false;
            }
            _ if token.named => return None,
            _ => match token.node.kind() {
                "," if !fresh && !self.dot => return Some(false),
                "&" | "%" | "?" if fresh => {}
                "." if !fresh && !self.dot => self.dot = true,
                "=" if self.keyword.is_none() && self.fields.is_empty() && !self.dot => {
                    self.keyword = self.value.take_if(|value| value.role == Role::Name);
                    self.keyword?;
                }
                _ => return None,
            },
        }
        Some(true)
    }
}

/// Whether a macro's value is dropped: it is a whole statement, the end of a block or an arm of a `match`.
fn is_on_its_own(node: Node<'_>) -> bool {
    node.parent().is_some_and(|parent| matches!(parent.kind(), "expression_statement" | "block" | "match_arm"))
}

/// The ranges of a token tree and of the next semicolon, so that it reads as a statement.
fn with_semicolon(tokens: Node<'_>, text: &str) -> Vec<Range> {
    let whole = tokens.range();
    let mut included = vec![whole];
    if text.as_bytes().get(whole.start_byte) == Some(&b'{') {
        return included;
    }
    let rest = text.as_bytes().get(whole.end_byte..).unwrap_or_default();
    if let Some(at) = memchr::memchr(b';', rest) {
        let start_byte = whole.end_byte + at;
        let row = whole.end_point.row + 1;
        included.push(Range {
            start_byte,
            end_byte: start_byte + 1,
            start_point: Point { row, column: 0 },
            end_point: Point { row, column: 1 },
        });
    }
    included
}
