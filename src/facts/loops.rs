//! Loops that the language itself has.

use super::builder::{other, rooted};
use super::model::*;
use super::walk::{Kid, Kids, Walk};
use crate::syntax::Family;
use crate::syntax::tables::{Role, Slot};

impl<'t> Walk<'_, '_, 't> {
    fn open_loop(&mut self, kind: LoopKind, span: Span, head: Span) -> LoopId {
        let id = LoopId(self.b.loops.len() as u32);
        self.b.loops.push(Loop {
            kind,
            span,
            head,
            items: Few::default(),
            over: None,
            condition: None,
            body: BlockId(0),
            block: self.b.at.block,
            parent: self.b.at.in_loop,
            function: self.b.at.function,
            call: None,
            endless: false,
        });
        id
    }

    /// Notes that a field of a loop's item is read.
    pub fn field_of_item(&mut self, field: &Operand) {
        let (Root::Name(name), [_]) = (field.root, field.path.as_slice()) else { return };
        if self.b.language.family() != Family::Python {
            return;
        }
        let loops = std::iter::successors(self.b.at.in_loop, |id| self.b.loops[id.index()].parent);
        if loops.into_iter().any(|id| self.b.loops[id.index()].items.contains(&name)) {
            self.b.operator(Operator::Field, field.span, field.clone(), None);
        }
    }

    /// Takes back that a field was read: it is a method, which is called, or is given a value.
    pub fn no_field(&mut self, span: Span) {
        let is_it = |call: &mut Call| call.kind == CallKind::Operator(Operator::Field) && call.span == span;
        self.b.calls.pop_if(is_it);
        self.no_measure(span);
    }

    fn row(&mut self, id: LoopId) -> &mut Loop {
        &mut self.b.loops[id.index()]
    }

    /// Enters the body: what is read from here on runs each time.
    fn enter(&mut self, id: LoopId, span: Span) {
        let body = self.b.open_block(BlockKind::Loop(id), span, None);
        self.b.at.in_loop = Some(id);
        self.row(id).body = body;
    }

    /// Reads what is looped over, outside of the body.
    fn iterate(&mut self, id: LoopId, over: Kid<'t>) -> Operand {
        let operand = self.visit(over);
        self.b.operator(Operator::Iterate, over.span, operand.clone(), None);
        self.row(id).over = Some(operand.clone());
        operand
    }

    fn items(&mut self, id: LoopId, item: Kid<'t>, over: &Operand) {
        let binds = self.bind_pattern(item, BindKind::Item, None, false);
        self.give(binds.clone(), Some(over), true);
        let names = self.bound_names(binds);
        self.row(id).items = names.into();
    }

    pub fn for_loop(&mut self, kid: Kid<'t>) {
        let kids = self.kids(kid.node);
        let (Some(item), Some(over)) = (self.slot(kid, kids, Slot::Item), self.slot(kid, kids, Slot::Over)) else {
            self.descend(kid);
            return;
        };
        let stream = self.has_token(kids, "await") || self.has_token(kids, "async");
        let kind = if stream { LoopKind::Stream } else { LoopKind::For };
        let head = Span { start: kid.span.start, end: over.span.end };
        let id = self.open_loop(kind, kid.span, head);
        let outer = self.b.at;
        let over = self.iterate(id, over);
        let body = self.slot(kid, kids, Slot::Body);
        self.enter(id, body.map_or(kid.span, |body| body.span));
        self.items(id, item, &over);
        if let Some(body) = body {
            self.content(body);
        }
        self.b.at = outer;
        self.otherwise(kid, kids, head);
    }

    fn otherwise(&mut self, kid: Kid<'t>, kids: Kids, head: Span) {
        if let Some(otherwise) = self.slot(kid, kids, Slot::Else) {
            self.else_arm(otherwise, Some(head));
        }
    }

    /// `for (let i = 0; i < xs.length; i++)`.
    pub fn counted(&mut self, kid: Kid<'t>) {
        let kids = self.kids(kid.node);
        let body = self.slot(kid, kids, Slot::Body);
        let head = Span { start: kid.span.start, end: body.map_or(kid.span.end, |body| body.span.start) };
        let head = Span { start: head.start, end: head.start + self.b.source(head).trim_end().len() as u32 };
        let id = self.open_loop(LoopKind::Counted, kid.span, head);
        let outer = self.b.at;
        let first = self.b.binds.len();
        if let Some(start) = self.slot(kid, kids, Slot::Start) {
            self.visit(start);
        }
        let names = self.bound_names(first..self.b.binds.len());
        self.enter(id, body.map_or(kid.span, |body| body.span));
        let condition =
            self.slot(kid, kids, Slot::Condition).filter(|one| one.named && one.span.end > one.span.start + 1);
        let over = condition.and_then(|condition| self.measured(condition));
        if let Some(condition) = condition {
            self.condition(condition);
        }
        if let Some(step) = self.slot(kid, kids, Slot::Step) {
            self.visit(step);
        }
        let row = self.row(id);
        row.items = names.into();
        row.over = over;
        row.condition = condition.map(|condition| condition.span);
        row.endless = condition.is_none();
        if let Some(body) = body {
            self.content(body);
        }
        self.b.at = outer;
    }

    /// The `xs` of a condition that reads `xs.length`.
    fn measured(&mut self, condition: Kid<'t>) -> Option<Operand> {
        if condition.role != Role::Binary {
            return None;
        }
        let sides = [self.part(condition, Slot::Right), self.part(condition, Slot::Left)];
        sides.into_iter().flatten().find_map(|side| {
            let property = (side.role == Role::Member).then(|| self.part(side, Slot::Property)).flatten()?;
            let object = self.part(side, Slot::Object)?;
            if self.source(property) == "length" { self.peek(object) } else { None }
        })
    }

    /// A plain chain of names as a value, with nothing noted.
    fn peek(&mut self, kid: Kid<'t>) -> Option<Operand> {
        match kid.role {
            Role::Name => Some(rooted(Root::Name(self.b.name_at(kid.span)), kid.span)),
            Role::This => Some(rooted(Root::This, kid.span)),
            Role::Member => self.deeper(None, |walk| {
                let object = walk.part(kid, Slot::Object)?;
                let property = walk.part(kid, Slot::Property)?;
                let mut operand = walk.peek(object)?;
                operand.path.push(walk.b.name_at(property.span));
                operand.span = kid.span;
                Some(operand)
            }),
            _ => None,
        }
    }

    pub fn while_loop(&mut self, kid: Kid<'t>) {
        let kids = self.kids(kid.node);
        let Some(condition) = self.slot(kid, kids, Slot::Condition) else {
            self.descend(kid);
            return;
        };
        let body = self.slot(kid, kids, Slot::Body);
        let head = Span { start: kid.span.start, end: condition.span.end };
        let tested_last = body.is_some_and(|body| body.span.start < condition.span.start);
        let head = if tested_last { condition.span } else { head };
        let id = self.open_loop(LoopKind::While, kid.span, head);
        let outer = self.b.at;
        self.enter(id, body.map_or(kid.span, |body| body.span));
        let text = self.source(condition).trim_matches(['(', ')', ' ']);
        self.row(id).endless = matches!(text, "true" | "True" | "1");
        self.row(id).condition = Some(condition.span);
        let first = self.b.binds.len();
        let matched = self.condition(condition);
        if condition.role == Role::LetCondition {
            let names = self.bound_names(first..self.b.binds.len());
            let row = self.row(id);
            row.items = names.into();
            row.over = Some(matched);
        }
        if let Some(body) = body {
            self.content(body);
        }
        self.b.at = outer;
        self.otherwise(kid, kids, head);
    }

    /// Rust's `loop`.
    pub fn endless(&mut self, kid: Kid<'t>) {
        let kids = self.kids(kid.node);
        let Some(body) = self.slot(kid, kids, Slot::Body) else { return };
        let head = Span { start: kid.span.start, end: body.span.start };
        let id = self.open_loop(LoopKind::While, kid.span, head);
        let outer = self.b.at;
        self.enter(id, body.span);
        self.row(id).endless = true;
        self.content(body);
        self.b.at = outer;
    }

    /// A comprehension: each `for` is a loop inside the one before.
    pub fn comprehension(&mut self, kid: Kid<'t>) -> Operand {
        let kids = self.kids(kid.node);
        let body = self.slot(kid, kids, Slot::Body);
        let outer = self.b.at;
        let mut first = true;
        for index in self.each(kids) {
            let child = self.at(index);
            match child.role {
                Role::Clause => {
                    let start = if first { kid.span.start } else { child.span.start };
                    first = false;
                    let span = Span { start, end: kid.span.end };
                    self.deeper((), |walk| walk.clause(child, span, body.map_or(kid.span, |body| body.span)));
                }
                Role::Filter => {
                    self.visit(child);
                }
                _ => {}
            }
        }
        let value = body.map(|body| self.visit(body));
        if let Some(value) = &value {
            self.b.sink(value, Sink::Element);
        }
        self.b.at = outer;
        let is_map = body.is_some_and(|body| body.role == Role::Pair);
        self.collected(kid, value.filter(|_| !is_map), is_map)
    }

    /// The list, set or map that a comprehension builds; a generator builds nothing yet.
    fn collected(&mut self, kid: Kid<'t>, item: Option<Operand>, is_map: bool) -> Operand {
        let kids = self.kids(kid.node);
        let (is_list, in_braces) = (self.has_token(kids, "["), self.has_token(kids, "{"));
        let root = if is_map {
            self.b.objects.push(Object { span: kid.span, entries: Rows::default(), open: true });
            Root::Object(ObjectId(self.b.objects.len() as u32 - 1))
        } else if is_list || in_braces {
            self.b.lists.push(List { span: kid.span, items: item.into_iter().collect(), open: true });
            let id = ListId(self.b.lists.len() as u32 - 1);
            if is_list { Root::List(id) } else { Root::Set(id) }
        } else {
            return other(kid.span);
        };
        rooted(root, kid.span)
    }

    fn clause(&mut self, kid: Kid<'t>, span: Span, body: Span) {
        let kids = self.kids(kid.node);
        let (Some(item), Some(over)) = (self.slot(kid, kids, Slot::Item), self.slot(kid, kids, Slot::Over)) else {
            return;
        };
        let kind = if self.has_token(kids, "async") { LoopKind::Stream } else { LoopKind::Comprehension };
        let id = self.open_loop(kind, span, kid.span);
        let over = self.iterate(id, over);
        self.enter(id, body);
        self.items(id, item, &over);
    }
}
