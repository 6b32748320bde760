//! Blocks, branches and other compound statements.

use super::builder::{other, rooted};
use super::model::*;
use super::walk::{Kid, Kids, Walk};
use crate::syntax::Family;
use crate::syntax::tables::{Role, Slot};

/// What a `switch` or `match` looks at.
#[derive(Clone, Copy)]
struct Matched<'m> {
    value: &'m Operand,
    /// Where it stands.
    subject: Span,
    /// Whether the arm is entered for what it says alone.
    alone: bool,
}

impl<'t> Walk<'_, '_, 't> {
    /// Reads statements one after the other.
    pub fn statements(&mut self, kids: Kids) {
        self.block_content(kids, false);
    }

    /// Reads a block's statements; what its last expression gives. With `tail`, that is the function's value.
    pub fn block_content(&mut self, kids: Kids, tail: bool) -> Operand {
        let rust = self.b.language.family() == Family::Rust;
        let last = if rust { self.each(kids).rev().find(|&index| self.at(index).named) } else { None };
        let mut value = None;
        for index in self.each(kids) {
            let child = self.at(index);
            if !child.named {
                continue;
            }
            if child.role == Role::Decorator {
                self.visit(child);
                continue;
            }
            self.b.statement(child.span);
            let ending = if Some(index) == last { self.ending(child) } else { None };
            match ending {
                Some(ending) if tail => value = Some(self.tail(ending)),
                Some(ending) => value = Some(self.visit(ending)),
                None => {
                    self.visit(child);
                }
            }
            self.b.decorators.clear();
        }
        value.unwrap_or_else(|| other(Span::default()))
    }

    /// The expression that gives a Rust block its value, if the last statement is one.
    fn ending(&mut self, kid: Kid<'t>) -> Option<Kid<'t>> {
        match kid.role {
            Role::Statement => {
                let kids = self.kids(kid.node);
                if self.has_token(kids, ";") { None } else { self.named(kids, 0) }
            }
            Role::Let | Role::Function | Role::Class | Role::Interface | Role::Enum | Role::Impl | Role::Alias => None,
            Role::Use | Role::Module | Role::Constant | Role::Skip | Role::ExternCrate | Role::Plain => None,
            _ => Some(kid),
        }
    }

    /// The statements of a body that has its block already.
    pub fn content(&mut self, body: Kid<'t>) {
        self.body_value(body, false);
    }

    fn body_value(&mut self, body: Kid<'t>, tail: bool) -> Operand {
        if body.role == Role::Block {
            return self.deeper(other(body.span), |walk| {
                let kids = walk.kids(body.node);
                walk.block_content(kids, tail)
            });
        }
        self.b.statement(body.span);
        if tail { self.tail(body) } else { self.visit(body) }
    }

    /// A body with a block of its own.
    pub fn arm(&mut self, kind: BlockKind, body: Kid<'t>, guard: Option<Span>) -> Operand {
        self.arm_value(kind, body, guard, false)
    }

    fn arm_value(&mut self, kind: BlockKind, body: Kid<'t>, guard: Option<Span>, tail: bool) -> Operand {
        let outer = self.b.at;
        self.b.open_block(kind, body.span, guard);
        let value = self.body_value(body, tail);
        self.b.at = outer;
        value
    }

    /// An `else` node, or what stands after `else`.
    pub fn else_arm(&mut self, kid: Kid<'t>, guard: Option<Span>) {
        self.else_value(kid, guard, false);
    }

    fn else_value(&mut self, kid: Kid<'t>, guard: Option<Span>, tail: bool) {
        let body = if kid.role == Role::Else { self.part(kid, Slot::Body) } else { Some(kid) };
        if let Some(body) = body {
            self.deeper((), |walk| {
                walk.arm_value(BlockKind::Else, body, guard, tail);
            });
        }
    }

    /// A block where a statement or value may stand.
    pub fn bare_block(&mut self, kid: Kid<'t>) -> Operand {
        let tail = std::mem::take(&mut self.b.tail);
        let outer = self.b.at;
        self.b.open_block(BlockKind::Plain, kid.span, None);
        let kids = self.kids(kid.node);
        let mut value = self.block_content(kids, tail);
        value.span = kid.span;
        self.b.at = outer;
        value
    }

    /// `if`, with its `elif`s and `else`.
    pub fn branch(&mut self, kid: Kid<'t>) -> Operand {
        let tail = std::mem::take(&mut self.b.tail);
        let kids = self.kids(kid.node);
        let outer = self.b.at;
        let mut guard = self.guarded_arm(kid, kids, tail);
        for index in self.each(kids) {
            let child = self.at(index);
            match child.role {
                Role::Elif => {
                    let rest = Span { start: child.span.start, end: kid.span.end };
                    self.b.open_block(BlockKind::Else, rest, guard);
                    guard = self.deeper(guard, |walk| {
                        let kids = walk.kids(child.node);
                        walk.guarded_arm(child, kids, tail)
                    });
                }
                Role::Else => self.else_value(child, guard, tail),
                _ => {}
            }
        }
        self.b.at = outer;
        other(kid.span)
    }

    /// A condition with the body that it guards.
    fn guarded_arm(&mut self, kid: Kid<'t>, kids: Kids, tail: bool) -> Option<Span> {
        let condition = self.slot(kid, kids, Slot::Condition);
        let binds = self.b.binds.len();
        if let Some(condition) = condition {
            self.condition(condition);
            self.outcomes(condition);
        }
        let matched = binds..self.b.binds.len();
        let guard = condition.map(|condition| condition.span);
        if let Some(then) = self.slot(kid, kids, Slot::Then) {
            let block = BlockId(self.b.blocks.len() as u32);
            for bind in &mut self.b.binds[matched] {
                if bind.kind == BindKind::Pattern {
                    bind.block = block;
                }
            }
            let fails = condition.is_some_and(|condition| self.matches_failure(condition));
            let kind = if fails { BlockKind::Catch } else { BlockKind::If };
            self.arm_value(kind, then, guard, tail);
        }
        guard
    }

    /// Whether a condition, or an arm's pattern, holds where something went wrong: `if let Err(e) = …`, `Err(e) => …`.
    fn matches_failure(&mut self, kid: Kid<'t>) -> bool {
        let pattern = match kid.role {
            Role::LetCondition | Role::MatchPattern => self.part(kid, Slot::Left),
            _ => return false,
        };
        let text = pattern.map(|pattern| self.source(pattern));
        let variant = text.and_then(|text| text.split_once('(')).map(|(name, _)| name.trim());
        variant.is_some_and(|name| self.b.table.failing_variants.iter().any(|known| known == name))
    }

    /// Rust's `let pattern = value` in a condition; gives the matched value.
    pub fn let_condition(&mut self, kid: Kid<'t>) -> Operand {
        let kids = self.kids(kid.node);
        let (Some(left), Some(right)) = (self.slot(kid, kids, Slot::Left), self.slot(kid, kids, Slot::Right)) else {
            return self.descend(kid);
        };
        let value = self.visit(right);
        let binds = self.bind_pattern(left, BindKind::Pattern, None, true);
        self.give(binds, Some(&value), false);
        value
    }

    /// `switch`, `match`.
    pub fn switch(&mut self, kid: Kid<'t>) -> Operand {
        let tail = std::mem::take(&mut self.b.tail);
        let kids = self.kids(kid.node);
        let Some(subject) = self.slot(kid, kids, Slot::Subject) else { return self.descend(kid) };
        let matched = self.visit(subject);
        let Some(body) = self.slot(kid, kids, Slot::Body) else { return other(kid.span) };
        let cases = self.kids(body.node);
        let mut falls_through = false;
        for index in self.each(cases) {
            let case = self.at(index);
            if case.role == Role::Case {
                let matched = Matched { value: &matched, subject: subject.span, alone: !falls_through };
                self.deeper((), |walk| walk.case(case, matched, tail));
                falls_through = self.falls_through(case);
            } else if case.role != Role::Decorator && case.named {
                self.visit(case);
            }
        }
        other(kid.span)
    }

    /// Whether a script's case goes on into the next one. The arms of other languages have one body.
    fn falls_through(&mut self, kid: Kid<'t>) -> bool {
        let kids = self.kids(kid.node);
        let has_body = self.slot(kid, kids, Slot::Body).or_else(|| self.slot(kid, kids, Slot::Then)).is_some();
        let last = self.each(kids).rev().map(|index| self.at(index)).find(|child| child.named);
        !has_body && !last.is_some_and(|last| self.deeper(false, |walk| walk.leaves(last)))
    }

    fn leaves(&mut self, kid: Kid<'t>) -> bool {
        if kid.role == Role::Block {
            let kids = self.kids(kid.node);
            let last = self.each(kids).rev().map(|index| self.at(index)).find(|child| child.named);
            return last.is_some_and(|last| self.deeper(false, |walk| walk.leaves(last)));
        }
        matches!(kid.role, Role::Return | Role::Throw | Role::Break | Role::Continue)
    }

    fn case(&mut self, kid: Kid<'t>, matched: Matched, tail: bool) {
        let kids = self.kids(kid.node);
        let item = self.slot(kid, kids, Slot::Item);
        let body = self.slot(kid, kids, Slot::Body).or_else(|| self.slot(kid, kids, Slot::Then));
        let outer = self.b.at;
        let fails = item.is_some_and(|item| self.matches_failure(item));
        let block = if fails { BlockKind::Catch } else { BlockKind::Case };
        self.b.open_block(block, kid.span, Some(matched.subject));
        if let Some(item) = item.filter(|_| matched.alone) {
            self.arm_is_for(kid.span, matched.value, item);
        }
        if let Some(body) = body {
            self.case_patterns(kids, body, matched.value);
            self.body_value(body, tail);
        } else {
            let statements = item.map_or(kids.start, |item| {
                self.each(kids).find(|&index| self.at(index).span == item.span).map_or(kids.start, |at| at + 1)
            });
            if let Some(item) = item {
                self.visit(item);
            }
            self.statements(Kids { start: statements, end: kids.end });
        }
        self.b.at = outer;
    }

    fn case_patterns(&mut self, kids: Kids, body: Kid<'t>, matched: &Operand) {
        for index in self.each(kids) {
            let child = self.at(index);
            if !child.named || child.span.start >= body.span.start || child.role == Role::Decorator {
                continue;
            }
            match child.role {
                Role::Filter => {
                    self.visit(child);
                }
                Role::MatchPattern => self.deeper((), |walk| walk.match_pattern(child, matched)),
                _ => {
                    let binds = self.bind_pattern(child, BindKind::Pattern, None, true);
                    self.give_matched(binds, matched);
                }
            }
        }
    }

    /// Rust's pattern of an arm, with its guard.
    fn match_pattern(&mut self, kid: Kid<'t>, matched: &Operand) {
        let kids = self.kids(kid.node);
        if let Some(pattern) = self.slot(kid, kids, Slot::Left) {
            let binds = self.bind_pattern(pattern, BindKind::Pattern, None, true);
            self.give_matched(binds, matched);
        }
        if let Some(condition) = self.slot(kid, kids, Slot::Condition) {
            self.condition(condition);
        }
    }

    fn give_matched(&mut self, binds: std::ops::Range<usize>, matched: &Operand) {
        if !binds.is_empty() {
            self.give(binds, Some(matched), false);
        }
    }

    pub fn expression_statement(&mut self, kid: Kid<'t>) {
        let kids = self.kids(kid.node);
        for index in self.each(kids) {
            let child = self.at(index);
            if child.named {
                let value = self.visit(child);
                if !matches!(child.role, Role::Assign | Role::Augment) {
                    self.b.sink(&value, Sink::Dropped);
                }
            }
        }
    }

    /// `return`, `throw`, `yield`.
    pub fn leaving(&mut self, kid: Kid<'t>) -> Operand {
        let kids = self.kids(kid.node);
        let mut value: Option<Operand> = None;
        for index in self.each(kids) {
            let child = self.at(index);
            if child.named {
                let operand = self.visit(child);
                value.get_or_insert(operand);
            }
        }
        let kind = match kid.role {
            Role::Return if value.as_ref().is_some_and(|value| self.is_failure(value)) => ExitKind::Throw,
            Role::Return => ExitKind::Return,
            Role::Throw => ExitKind::Throw,
            _ => ExitKind::Yield,
        };
        if kind == ExitKind::Yield
            && let Some(function) = self.b.functions.get_mut(self.b.at.function.index())
        {
            function.is_generator = true;
        }
        if let (ExitKind::Return, Some(value)) = (kind, &value) {
            self.b.sink(value, Sink::Returned);
        }
        self.b.exit(kind, kid.span, value.clone());
        match value {
            Some(mut value) if kind == ExitKind::Yield => {
                value.span = kid.span;
                value
            }
            _ => other(kid.span),
        }
    }

    /// Whether a value says that something went wrong: `Err(e)`.
    fn is_failure(&self, value: &Operand) -> bool {
        let Root::Call(id) = value.root else { return false };
        let callee = &self.b.calls[id.index()].callee;
        match callee.root {
            Root::Name(name) if callee.path.is_empty() && value.path.is_empty() => {
                let name = self.b.names.get(name);
                self.b.table.failing_variants.iter().any(|known| known == name)
            }
            _ => false,
        }
    }

    /// A filter of a comprehension, an `assert`: the first part is a condition.
    pub fn condition_part(&mut self, kid: Kid<'t>) {
        let kids = self.kids(kid.node);
        let mut first = true;
        for index in self.each(kids) {
            let child = self.at(index);
            if !child.named {
                continue;
            }
            if std::mem::take(&mut first) {
                self.condition(child)
            } else {
                self.visit(child)
            };
        }
    }

    /// `mod x { … }`, `namespace X { … }`: as if its content stood here.
    pub fn inline_module(&mut self, kid: Kid<'t>) {
        let kids = self.kids(kid.node);
        let outer = self.b.at;
        let test = self
            .b
            .take_decorators()
            .iter()
            .any(|one| matches!(one.root, Root::Name(name) if self.b.names.get(name) == "cfg(test)"));
        self.b.at.test_only |= test;
        match self.slot(kid, kids, Slot::Body) {
            Some(_) if test && self.b.skip_tests => {}
            Some(body) => {
                let content = self.kids(body.node);
                self.statements(content);
            }
            None => self.module_file(kid, kids),
        }
        self.b.at = outer;
    }

    /// A decorator waits for what it stands on.
    pub fn decorator(&mut self, kid: Kid<'t>) {
        let Some(value) = self.part(kid, Slot::Value) else { return };
        let waiting = std::mem::take(&mut self.b.decorators);
        let operand = self.visit(value);
        let derived = std::mem::replace(&mut self.b.decorators, waiting);
        if value.role == Role::Attribute {
            self.b.decorators.extend(derived);
        } else {
            self.b.decorators.push(operand);
        }
    }

    /// The value of a module-level name given out by `export const x = …`.
    pub fn export_declared(&mut self, name: Option<NameId>, span: Span) {
        if let (true, Some(name)) = (self.b.at.exporting, name) {
            self.b.exports.push(Export { name, value: Some(rooted(Root::Name(name), span)), from: None });
        }
    }
}
