//! `try` with its handlers, and `with`.

use super::builder::other;
use super::model::*;
use super::walk::{Kid, Walk};
use crate::syntax::tables::{Role, Slot};

impl<'t> Walk<'_, '_, 't> {
    /// `try` with its handlers.
    pub fn guarded(&mut self, kid: Kid<'t>) {
        let kids = self.kids(kid.node);
        for index in self.each(kids) {
            let child = self.at(index);
            match child.role {
                Role::Block => {
                    self.arm(BlockKind::Try, child, None);
                }
                Role::Catch => self.deeper((), |walk| walk.handler(child)),
                Role::Finally => {
                    if let Some(body) = self.part(child, Slot::Body) {
                        self.arm(BlockKind::Finally, body, None);
                    }
                }
                Role::Else => self.else_arm(child, None),
                _ if child.named => {
                    self.visit(child);
                }
                _ => {}
            }
        }
    }

    fn handler(&mut self, kid: Kid<'t>) {
        let kids = self.kids(kid.node);
        let Some(body) = self.slot(kid, kids, Slot::Body) else { return };
        let outer = self.b.at;
        self.b.open_block(BlockKind::Catch, body.span, None);
        let caught = self.slot(kid, kids, Slot::Item).or_else(|| self.slot(kid, kids, Slot::Alias));
        for index in self.each(kids) {
            let child = self.at(index);
            if !child.named || child.span == body.span {
                continue;
            }
            if Some(child.span) == caught.map(|caught| caught.span) {
                let binds = self.bind_pattern(child, BindKind::Pattern, None, true);
                self.give(binds, None, false);
            } else {
                self.exception(child);
            }
        }
        self.content(body);
        self.b.at = outer;
    }

    /// Python's `E as e`.
    fn exception(&mut self, kid: Kid<'t>) {
        if kid.role == Role::AsPattern {
            let (_, binds) = self.as_pattern(kid);
            self.give(binds, None, false);
        } else {
            self.visit(kid);
        }
    }

    /// `value as target`: the value, and the binds without it.
    fn as_pattern(&mut self, kid: Kid<'t>) -> (Operand, std::ops::Range<usize>) {
        let nothing = self.b.binds.len();
        self.deeper((other(kid.span), nothing..nothing), |walk| {
            let kids = walk.kids(kid.node);
            let value = match walk.slot(kid, kids, Slot::Value) {
                Some(value) => walk.visit(value),
                None => other(kid.span),
            };
            let first = walk.b.binds.len();
            match walk.slot(kid, kids, Slot::Alias) {
                Some(alias) => (value, walk.bind_pattern(alias, BindKind::Pattern, None, true)),
                None => (value, first..first),
            }
        })
    }

    /// `with` and its context expressions.
    pub fn with_block(&mut self, kid: Kid<'t>) {
        let kids = self.kids(kid.node);
        let Some(body) = self.slot(kid, kids, Slot::Body) else {
            self.descend(kid);
            return;
        };
        let outer = self.b.at;
        let clause = self.each(kids).map(|index| self.at(index)).find(|child| child.named);
        let guard = clause.map(|clause| clause.span);
        let first = self.b.binds.len();
        let waits = self.has_token(kids, "async");
        if let Some(clause) = clause.filter(|clause| clause.span != body.span) {
            let items = self.kids(clause.node);
            for index in self.each(items) {
                let item = self.at(index);
                if item.role == Role::WithItem {
                    self.with_item(item, waits);
                }
            }
        }
        let block = self.b.open_block(BlockKind::With, body.span, guard);
        for bind in &mut self.b.binds[first..] {
            bind.block = block;
        }
        self.content(body);
        self.b.at = outer;
    }

    /// An item of `with`; `async with` waits for what the item gives.
    fn with_item(&mut self, kid: Kid<'t>, waits: bool) {
        let Some(item) = self.part(kid, Slot::Value) else { return };
        let value = if item.role == Role::AsPattern {
            let (value, binds) = self.as_pattern(item);
            self.give(binds, Some(&value), false);
            value
        } else {
            self.visit(item)
        };
        if waits {
            self.b.operator(Operator::Await, value.span, value, None);
        }
    }
}
