//! The one walk over a syntax tree. What a node means comes from the language's table.

use tree_sitter::{Node, TreeCursor};

use super::builder::{Builder, other, rooted};
use super::model::*;
use crate::syntax::tables::{Place, Role, Slot};

/// Nodes deeper than this are not read: input may be nested without end, the stack is not.
const DEEPEST: u32 = 400;

/// A child of a node, with what the table says of it.
#[derive(Clone, Copy)]
pub(super) struct Kid<'t> {
    pub node: Node<'t>,
    pub kind: u16,
    pub field: u16,
    pub role: Role,
    pub named: bool,
    pub span: Span,
}

/// The children of a node on the walk's stack.
#[derive(Clone, Copy)]
pub(super) struct Kids {
    pub start: usize,
    pub end: usize,
}

/// A walk over one tree.
pub(super) struct Walk<'b, 's, 't> {
    pub b: &'b mut Builder<'s>,
    stack: Vec<Kid<'t>>,
    cursor: TreeCursor<'t>,
    /// Where an `await` starts that the grammar binds too tightly, and where what it waits for does.
    pub tight_await: Option<(u32, u32)>,
}

impl<'b, 's, 't> Walk<'b, 's, 't> {
    /// A walk over the tree of `root`.
    pub fn new(b: &'b mut Builder<'s>, root: Node<'t>) -> Self {
        Self { b, stack: Vec::with_capacity(256), cursor: root.walk(), tight_await: None }
    }

    /// Reads a whole file.
    pub fn module(&mut self, root: Node<'t>) {
        let kids = self.kids(root);
        self.statements(kids);
    }

    fn kid(&self, node: Node<'t>, field: u16) -> Kid<'t> {
        let kind = node.kind_id();
        let spec = self.b.table.spec(kind);
        let span = Span::new(node.start_byte(), node.end_byte());
        Kid { node, kind, field, role: spec.role, named: spec.named, span }
    }

    /// Puts the children of a node on the stack; [`Walk::visit`] takes them off again.
    pub fn kids(&mut self, node: Node<'t>) -> Kids {
        let start = self.stack.len();
        self.cursor.reset(node);
        if self.cursor.goto_first_child() {
            loop {
                let field = self.cursor.field_id().map_or(0, |id| id.get());
                let kid = self.kid(self.cursor.node(), field);
                if kid.role == Role::Comment {
                    super::directives::comment(self.b, kid.span);
                } else {
                    self.stack.push(kid);
                }
                if !self.cursor.goto_next_sibling() {
                    break;
                }
            }
        }
        Kids { start, end: self.stack.len() }
    }

    /// Puts one node on the stack, as if it were the only child.
    pub fn push_one(&mut self, kid: Kid<'t>) -> Kids {
        let start = self.stack.len();
        self.stack.push(kid);
        Kids { start, end: start + 1 }
    }

    /// A child on the stack.
    pub fn at(&self, index: usize) -> Kid<'t> {
        self.stack[index]
    }

    /// The named child with this position.
    pub fn named(&self, kids: Kids, position: usize) -> Option<Kid<'t>> {
        self.stack[kids.start..kids.end].iter().filter(|kid| kid.named).nth(position).copied()
    }

    /// How many of the children are named.
    pub fn count(&self, kids: Kids) -> usize {
        self.stack[kids.start..kids.end].iter().filter(|kid| kid.named).count()
    }

    /// The children's stack positions, in order.
    pub fn each(&self, kids: Kids) -> std::ops::Range<usize> {
        kids.start..kids.end
    }

    /// The first child in a slot of its parent.
    pub fn slot(&self, parent: Kid<'t>, kids: Kids, slot: Slot) -> Option<Kid<'t>> {
        let all = &self.stack[kids.start..kids.end];
        match self.b.table.spec(parent.kind).place(slot) {
            Place::Absent => None,
            Place::Field(field) => all.iter().find(|kid| kid.field == field).copied(),
            Place::Child(position) => all.iter().filter(|kid| kid.named).nth(usize::from(position)).copied(),
            Place::Last => all.iter().rev().find(|kid| kid.named).copied(),
        }
    }

    /// The child in a slot of a node whose other children do not matter.
    pub fn part(&mut self, kid: Kid<'t>, slot: Slot) -> Option<Kid<'t>> {
        let mark = self.stack.len();
        let kids = self.kids(kid.node);
        let found = self.slot(kid, kids, slot);
        self.stack.truncate(mark);
        found
    }

    /// Whether a token is among the children.
    pub fn has_token(&self, kids: Kids, token: &str) -> bool {
        self.stack[kids.start..kids.end].iter().any(|kid| !kid.named && kid.node.kind() == token)
    }

    /// The source of a child.
    pub fn source(&self, kid: Kid<'t>) -> &'s str {
        self.b.source(kid.span)
    }

    /// Runs something that puts children on the stack, unless the walk is too deep.
    pub fn deeper<T>(&mut self, fallback: T, run: impl FnOnce(&mut Self) -> T) -> T {
        if self.b.depth >= DEEPEST {
            return fallback;
        }
        self.b.depth += 1;
        let mark = self.stack.len();
        let result = run(self);
        self.stack.truncate(mark);
        self.b.depth -= 1;
        result
    }

    /// Reads a node and everything in it; what it gives as a value.
    pub fn visit(&mut self, kid: Kid<'t>) -> Operand {
        if let Some(operand) = self.leaf(kid) {
            return operand;
        }
        if self.b.depth >= DEEPEST {
            return other(kid.span);
        }
        self.b.depth += 1;
        let mark = self.stack.len();
        let operand = self.inner(kid);
        self.stack.truncate(mark);
        self.b.depth -= 1;
        operand
    }

    /// Nodes without children of interest.
    fn leaf(&mut self, kid: Kid<'t>) -> Option<Operand> {
        Some(match kid.role {
            Role::Name | Role::Shorthand => self.name(kid),
            Role::This => {
                let name = self.b.name_at(kid.span);
                self.b.read(name, kid.span);
                rooted(Root::This, kid.span)
            }
            Role::Super => rooted(Root::Super, kid.span),
            Role::Null => rooted(Root::Null, kid.span),
            Role::Bool => {
                let text = self.source(kid);
                rooted(Root::Bool(text.eq_ignore_ascii_case("true")), kid.span)
            }
            Role::Number => rooted(Root::Number(integer(self.source(kid)).map(Integer)), kid.span),
            Role::Skip | Role::Comment | Role::Escape | Role::TextContent => other(kid.span),
            Role::Break => return self.leave(kid, ExitKind::Break),
            Role::Continue => return self.leave(kid, ExitKind::Continue),
            _ if !kid.named => other(kid.span),
            _ => return None,
        })
    }

    fn leave(&mut self, kid: Kid<'t>, kind: ExitKind) -> Option<Operand> {
        let value = self.part(kid, Slot::Value).filter(|value| value.role != Role::Skip);
        let value = value.map(|value| self.visit(value));
        self.b.exit(kind, kid.span, value);
        Some(other(kid.span))
    }

    fn name(&mut self, kid: Kid<'t>) -> Operand {
        let name = self.b.name_at(kid.span);
        self.b.read(name, kid.span);
        let root = if self.is_this(kid) { Root::This } else { Root::Name(name) };
        rooted(root, kid.span)
    }

    pub fn is_this(&self, kid: Kid<'t>) -> bool {
        use crate::syntax::Family;
        match self.b.language.family() {
            Family::Python => matches!(self.source(kid), "self" | "cls"),
            Family::Rust => self.source(kid) == "Self",
            _ => false,
        }
    }

    fn inner(&mut self, kid: Kid<'t>) -> Operand {
        if matches!(kid.role, Role::Call | Role::Member | Role::Index) {
            return self.chain(kid);
        }
        match kid.role {
            Role::New => self.construct(kid),
            Role::StructLiteral => self.struct_literal(kid),
            Role::Macro => self.macro_call(kid),
            Role::MacroRule => other(kid.span),
            Role::Path => self.path(kid),
            Role::Through | Role::Turbofish | Role::Cast => self.through(kid),
            Role::Await => self.await_value(kid),
            Role::Question => self.question(kid),
            Role::Binary => self.binary(kid),
            Role::Boolean => self.boolean(kid),
            Role::Compare => self.compare(kid),
            Role::Not | Role::Unary => self.unary(kid),
            Role::Text => self.text(kid),
            Role::Texts => self.texts(kid),
            Role::List | Role::Set => self.list(kid),
            Role::Object => self.object(kid),
            Role::Spread => self.spread(kid),
            Role::Function | Role::Closure | Role::Method | Role::AsyncBlock => self.function(kid, None),
            Role::Assign | Role::Walrus | Role::Augment | Role::Update | Role::Delete => self.assigning(kid),
            Role::Comprehension => self.comprehension(kid),
            Role::Ternary => self.ternary(kid),
            _ => self.structure(kid),
        }
    }

    /// Calls, fields and subscripts.
    fn chain(&mut self, kid: Kid<'t>) -> Operand {
        let start = match self.tight_await {
            Some((start, value)) if kid.span.start == start => value,
            _ => match self.tightly_awaited(kid) {
                Some(value) => return self.loosened(kid, value),
                None => kid.span.start,
            },
        };
        let kid = Kid { span: Span { start, ..kid.span }, ..kid };
        match kid.role {
            Role::Call => self.call(kid),
            Role::Member => self.member(kid),
            _ => self.index(kid),
        }
    }

    /// Statements and declarations; most give no value.
    fn structure(&mut self, kid: Kid<'t>) -> Operand {
        match kid.role {
            Role::Block => return self.bare_block(kid),
            Role::If | Role::Elif => return self.branch(kid),
            Role::Switch => return self.switch(kid),
            Role::For => self.for_loop(kid),
            Role::Counted => self.counted(kid),
            Role::While => self.while_loop(kid),
            Role::Endless => self.endless(kid),
            Role::Statement => self.expression_statement(kid),
            Role::Return | Role::Throw | Role::Yield => return self.leaving(kid),
            Role::Try => self.guarded(kid),
            Role::With => self.with_block(kid),
            Role::LetCondition => return self.let_condition(kid),
            Role::Filter => self.condition_part(kid),
            Role::Declarations => self.declarations(kid),
            Role::Declare | Role::Let | Role::Constant => self.declare(kid, false),
            Role::Class => return self.class(kid),
            Role::Interface | Role::Enum | Role::Impl | Role::Alias => return self.class(kid),
            Role::Module => self.inline_module(kid),
            Role::MacroDefinition => self.macro_definition(kid),
            Role::Decorator => self.decorator(kid),
            Role::Attribute => return self.attribute(kid),
            Role::Import => self.import(kid),
            Role::ImportFrom => self.import_from(kid),
            Role::Export => self.export(kid),
            Role::Use => self.use_declaration(kid),
            Role::ExternCrate => self.extern_crate(kid),
            Role::Hole => return self.through(kid),
            Role::TypeName | Role::TypeGeneric | Role::TypeThrough | Role::TypeArguments => {}
            Role::TypeArray | Role::TypeTuple | Role::TypeUnion | Role::TypeObject => {}
            Role::TypeFunction | Role::TypeLiteral | Role::Type | Role::TypeParams | Role::TypeParam => {}
            _ => return self.descend(kid),
        }
        other(kid.span)
    }

    /// Visits all children; the last one's calls are a value's, the others' too.
    pub fn descend(&mut self, kid: Kid<'t>) -> Operand {
        let kids = self.kids(kid.node);
        for index in self.each(kids) {
            let child = self.at(index);
            self.visit(child);
        }
        other(kid.span)
    }
}

/// The value of an integer literal; `None` for others and for those beyond 64 bits.
fn integer(text: &str) -> Option<i32> {
    let text = text.trim_end_matches('n');
    let digits: String = text.chars().filter(|c| *c != '_').collect();
    if let Ok(value) = digits.parse() {
        return Some(value);
    }
    let (radix, body) = match digits.get(..2)? {
        "0x" | "0X" => (16, &digits[2..]),
        "0o" | "0O" => (8, &digits[2..]),
        "0b" | "0B" => (2, &digits[2..]),
        _ => {
            let end = digits.find(|c: char| !c.is_ascii_digit())?;
            let suffix = &digits[end..];
            let typed = matches!(suffix.as_bytes().first(), Some(b'i' | b'u')) && suffix.len() <= 5;
            return if typed { digits[..end].parse().ok() } else { None };
        }
    };
    i32::from_str_radix(body, radix).ok()
}
