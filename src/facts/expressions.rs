//! Values: fields, operators and what they look through.

use super::builder::{other, rooted};
use super::functions::Given;
use super::model::*;
use super::walk::{Kid, Walk};
use crate::syntax::Family;
use crate::syntax::tables::{Role, Slot};

impl<'t> Walk<'_, '_, 't> {
    /// Reads a value that is given to a name; a closure takes that name.
    pub fn visit_named(&mut self, kid: Kid<'t>, name: Option<NameId>) -> Operand {
        match kid.role {
            Role::Closure | Role::Function | Role::Method => {
                let given = Given { name, in_loop: None };
                self.deeper(other(kid.span), |walk| walk.function(kid, Some(given)))
            }
            _ => self.visit(kid),
        }
    }

    /// What only wraps its value.
    pub fn through(&mut self, kid: Kid<'t>) -> Operand {
        let kids = self.kids(kid.node);
        let Some(value) = self.slot(kid, kids, Slot::Value) else { return other(kid.span) };
        let mut operand = self.visit(value);
        operand.span = kid.span;
        operand
    }

    pub fn member(&mut self, kid: Kid<'t>) -> Operand {
        let kids = self.kids(kid.node);
        let Some(object) = self.slot(kid, kids, Slot::Object) else { return self.descend(kid) };
        let property = self.slot(kid, kids, Slot::Property);
        let mut operand = self.visit(object);
        self.b.sink(&operand, Sink::Receiver);
        if let Some(property) = property {
            let name = self.b.name_at(property.span);
            self.measure_field(&operand, name, kid.span);
            operand.path.push(name);
        }
        operand.span = kid.span;
        self.field_of_item(&operand);
        operand
    }

    /// Rust's `a::b`.
    pub fn path(&mut self, kid: Kid<'t>) -> Operand {
        let kids = self.kids(kid.node);
        let owner = self.slot(kid, kids, Slot::Object);
        let Some(property) = self.slot(kid, kids, Slot::Property) else { return other(kid.span) };
        let name = self.b.name_at(property.span);
        let mut operand = match owner {
            Some(owner) if matches!(owner.role, Role::Path | Role::Name) => self.visit(owner),
            // `self::x` is a module's path, not a field.
            Some(owner) if owner.role == Role::This => rooted(Root::Name(self.b.name_at(owner.span)), owner.span),
            Some(owner) => self.type_operand(owner),
            None => {
                self.b.read(name, property.span);
                return rooted(Root::Name(name), kid.span);
            }
        };
        operand.path.push(name);
        operand.span = kid.span;
        operand
    }

    pub fn index(&mut self, kid: Kid<'t>) -> Operand {
        let kids = self.kids(kid.node);
        let (Some(object), Some(key)) = (self.slot(kid, kids, Slot::Object), self.slot(kid, kids, Slot::Property))
        else {
            return self.descend(kid);
        };
        let object = self.visit(object);
        if key.role == Role::Slice {
            self.visit(key);
            let id = self.b.operator(Operator::Slice, kid.span, object, None);
            return rooted(Root::Call(id), kid.span);
        }
        let key = self.visit(key);
        let segment = self.key_name(&key);
        self.measure_end(&object, &key, kid.span);
        let mut operand = object.clone();
        operand.path.push(segment);
        operand.span = kid.span;
        self.b.operator(Operator::Index, kid.span, object, Some(key));
        operand
    }

    /// The field name that a subscript stands for.
    pub fn key_name(&mut self, key: &Operand) -> NameId {
        match key.root {
            Root::Text(id) if key.path.is_empty() => {
                self.b.texts.get(id.index()).and_then(|text| text.short).unwrap_or(self.b.element)
            }
            Root::Number(Some(number)) if number.0 >= 0 => self.b.names.intern(&{ number.0 }.to_string()),
            _ => self.b.element,
        }
    }

    pub fn await_value(&mut self, kid: Kid<'t>) -> Operand {
        let kids = self.kids(kid.node);
        let Some(value) = self.slot(kid, kids, Slot::Value) else { return other(kid.span) };
        if self.tight_await.is_some_and(|(start, _)| start == kid.span.start) {
            return self.visit(value);
        }
        let operand = self.visit(value);
        self.awaited(kid.span, operand)
    }

    fn awaited(&mut self, span: Span, mut operand: Operand) -> Operand {
        if let Root::Call(id) = operand.root
            && operand.path.is_empty()
            && let Some(call) = self.b.calls.get_mut(id.index())
        {
            call.awaited = true;
        }
        self.b.operator(Operator::Await, span, operand.clone(), None);
        operand.awaited = true;
        operand.span = span;
        operand
    }

    /// TypeScript's grammar reads `await f<T>(x)` as `(await f)<T>(x)`. Where what is awaited starts, when a call or a
    /// field starts with that word.
    pub fn tightly_awaited(&self, kid: Kid<'t>) -> Option<u32> {
        if self.b.language.family() != Family::JavaScript {
            return None;
        }
        let rest = self.source(kid).strip_prefix("await")?;
        let value = rest.trim_start();
        (value.len() < rest.len()).then(|| kid.span.end - value.len() as u32)
    }

    /// Reads a chain with an `await` at its start as the `await` of the chain.
    pub fn loosened(&mut self, kid: Kid<'t>, value: u32) -> Operand {
        let outer = self.tight_await.replace((kid.span.start, value));
        let operand = self.visit(kid);
        self.tight_await = outer;
        self.awaited(kid.span, operand)
    }

    pub fn question(&mut self, kid: Kid<'t>) -> Operand {
        let mut operand = self.through(kid);
        self.b.exit(ExitKind::Question, kid.span, Some(operand.clone()));
        operand.span = kid.span;
        operand
    }

    pub fn binary(&mut self, kid: Kid<'t>) -> Operand {
        let kids = self.kids(kid.node);
        let (Some(left), Some(right)) = (self.slot(kid, kids, Slot::Left), self.slot(kid, kids, Slot::Right)) else {
            return self.descend(kid);
        };
        match self.slot(kid, kids, Slot::Operator).map_or("", |operator| operator.node.kind()) {
            "+" => self.addition(kid, left, right),
            "&&" | "||" | "??" => self.boolean(kid),
            operator @ ("==" | "===") => {
                let (first, second) = (self.visit(left), self.visit(right));
                self.measure_zero(kid.span, (left, &first), operator, (right, &second));
                let id = self.b.operator(Operator::Equal, kid.span, first, Some(second));
                rooted(Root::Call(id), kid.span)
            }
            "in" => {
                let (item, collection) = (self.visit(left), self.visit(right));
                let id = self.b.operator(Operator::Contains, kid.span, collection, Some(item));
                rooted(Root::Call(id), kid.span)
            }
            operator => {
                let first = self.visit(left);
                let second = self.visit(right);
                self.measure_zero(kid.span, (left, &first), operator, (right, &second));
                match first.root {
                    // Python's `"…" % values`: the text with what is filled in.
                    Root::Text(_) if operator == "%" && first.path.is_empty() => Operand { span: kid.span, ..first },
                    _ => other(kid.span),
                }
            }
        }
    }

    /// `a + b + c`; strings in it become one text, with holes for the rest.
    fn addition(&mut self, kid: Kid<'t>, left: Kid<'t>, right: Kid<'t>) -> Operand {
        let mut parts = vec![(right, kid.span)];
        let mut first = left;
        while first.role == Role::Binary {
            let kids = self.kids(first.node);
            let operator = self.slot(first, kids, Slot::Operator).map_or("", |operator| operator.node.kind());
            let (Some(left), Some(right)) = (self.slot(first, kids, Slot::Left), self.slot(first, kids, Slot::Right))
            else {
                break;
            };
            if operator != "+" {
                break;
            }
            parts.push((right, first.span));
            first = left;
        }
        parts.reverse();
        if is_text(first) || parts.iter().any(|(part, _)| is_text(*part)) {
            return self.text_sum(kid, first, &parts);
        }
        let mut sum = self.visit(first);
        for (part, span) in parts {
            let arg = self.visit(part);
            let span = Span { start: kid.span.start, end: span.end };
            let literal = |root| matches!(root, Root::Number(_));
            if !literal(sum.root) || !literal(arg.root) {
                let id = self.b.operator(Operator::Add, span, sum, Some(arg));
                sum = rooted(Root::Call(id), span);
            }
        }
        sum
    }

    fn text_sum(&mut self, kid: Kid<'t>, first: Kid<'t>, parts: &[(Kid<'t>, Span)]) -> Operand {
        let (id, mut content) = self.begin_text(kid.span);
        let text = Root::Text(id);
        let mut sum = self.text_part(first, text, &mut content);
        for &(part, span) in parts {
            let value = self.text_part(part, text, &mut content);
            if sum.root != text || value.root != text {
                let call = self.b.operator(Operator::Add, span, sum, Some(value));
                sum = rooted(Root::Call(call), span);
            }
        }
        self.end_text(id, content);
        if is_text(first) {
            sum = rooted(text, kid.span);
        }
        sum
    }

    /// `a && b`, `a or b`, `a ?? b`: the right side runs only sometimes.
    pub fn boolean(&mut self, kid: Kid<'t>) -> Operand {
        let kids = self.kids(kid.node);
        let (Some(left), Some(right)) = (self.slot(kid, kids, Slot::Left), self.slot(kid, kids, Slot::Right)) else {
            return self.descend(kid);
        };
        let operator = self.slot(kid, kids, Slot::Operator).map_or("", |operator| operator.node.kind());
        // `a or b or []` may be `b` itself.
        let is_value =
            operator == "??" || matches!(operator, "||" | "or") && left.role == kid.role && self.is_logical(left);
        let first = if is_value { self.visit(left) } else { self.condition(left) };
        let outer = self.b.at.block;
        self.outcomes(left);
        self.b.open_block(right_side(operator), right.span, Some(left.span));
        let second = self.visit(right);
        self.b.at.block = outer;
        let mut operand = if matches!(operator, "&&" | "and") { second } else { first };
        operand.span = kid.span;
        operand
    }

    /// Python's chains of comparisons.
    pub fn compare(&mut self, kid: Kid<'t>) -> Operand {
        let kids = self.kids(kid.node);
        let mut left: Option<(Kid<'t>, Operand)> = None;
        let mut operator = "";
        let mut result = other(kid.span);
        let is_chain = self.each(kids).filter(|index| self.at(*index).named).count() > 2;
        for index in self.each(kids) {
            let child = self.at(index);
            if !child.named {
                operator = child.node.kind();
                continue;
            }
            let right = self.visit(child);
            if let Some((kid_of_left, left)) = left.take() {
                if !is_chain {
                    self.measure_zero(kid.span, (kid_of_left, &left), operator, (child, &right));
                }
                let (known, callee, arg) = match operator {
                    "in" | "not in" => (Operator::Contains, right.clone(), left),
                    "==" | "is" => (Operator::Equal, left, right.clone()),
                    _ => {
                        self.b.sink(&right, Sink::Other);
                        continue;
                    }
                };
                let id = self.b.operator(known, kid.span, callee, Some(arg));
                result = rooted(Root::Call(id), kid.span);
            }
            left = Some((child, right));
        }
        result
    }

    pub fn unary(&mut self, kid: Kid<'t>) -> Operand {
        let kids = self.kids(kid.node);
        let Some(value) = self.slot(kid, kids, Slot::Value) else { return self.descend(kid) };
        let source = self.source(kid);
        if kid.role == Role::Not || source.starts_with('!') {
            self.condition(value);
            return other(kid.span);
        }
        if source.starts_with('*') {
            return self.through(kid);
        }
        if source.starts_with("delete") {
            return self.delete_target(kid, value);
        }
        let operand = self.visit(value);
        if source.starts_with("void") {
            self.b.sink(&operand, Sink::Dropped);
        }
        match operand.root {
            Root::Number(Some(number)) if source.starts_with('-') => {
                rooted(Root::Number(number.0.checked_neg().map(Integer)), kid.span)
            }
            _ => other(kid.span),
        }
    }

    pub fn spread(&mut self, kid: Kid<'t>) -> Operand {
        let operand = self.through(kid);
        self.b.operator(Operator::Spread, kid.span, operand.clone(), None);
        operand
    }

    /// Reads a condition: its operands are tested for truth.
    pub fn condition(&mut self, kid: Kid<'t>) -> Operand {
        self.deeper(other(kid.span), |walk| walk.condition_inner(kid))
    }

    fn condition_inner(&mut self, kid: Kid<'t>) -> Operand {
        match kid.role {
            Role::Through | Role::Not | Role::Unary => self.condition_through(kid),
            Role::Boolean | Role::Binary if self.is_logical(kid) => self.condition_pair(kid),
            Role::LetChain => {
                let kids = self.kids(kid.node);
                for index in self.each(kids) {
                    let child = self.at(index);
                    if child.named {
                        self.condition(child);
                    }
                }
                other(kid.span)
            }
            Role::Name | Role::Member | Role::Index | Role::Call | Role::Await | Role::Question | Role::Walrus => {
                let operand = self.visit(kid);
                self.b.operator(Operator::Truth, kid.span, operand.clone(), None);
                operand
            }
            _ => self.visit(kid),
        }
    }

    fn is_logical(&mut self, kid: Kid<'t>) -> bool {
        let operator = self.part(kid, Slot::Operator).map_or("", |operator| operator.node.kind());
        matches!(operator, "&&" | "||" | "and" | "or")
    }

    fn condition_through(&mut self, kid: Kid<'t>) -> Operand {
        if kid.role == Role::Unary && !self.source(kid).starts_with('!') {
            return self.visit(kid);
        }
        let kids = self.kids(kid.node);
        match self.slot(kid, kids, Slot::Value).map(|value| self.condition(value)) {
            Some(operand) if kid.role == Role::Through => operand,
            // What is turned round is no longer the value itself.
            _ => other(kid.span),
        }
    }

    fn condition_pair(&mut self, kid: Kid<'t>) -> Operand {
        let kids = self.kids(kid.node);
        let (left, right) = (self.slot(kid, kids, Slot::Left), self.slot(kid, kids, Slot::Right));
        let operator = self.slot(kid, kids, Slot::Operator).map_or("", |operator| operator.node.kind());
        let outer = self.b.at.block;
        if let Some(left) = left {
            self.condition(left);
            self.outcomes(left);
        }
        if let Some(right) = right {
            self.b.open_block(right_side(operator), right.span, left.map(|left| left.span));
            self.condition(right);
        }
        self.b.at.block = outer;
        other(kid.span)
    }

    /// `cond ? a : b`, `a if cond else b`.
    pub fn ternary(&mut self, kid: Kid<'t>) -> Operand {
        let kids = self.kids(kid.node);
        let condition = self.slot(kid, kids, Slot::Condition);
        let (then, otherwise) = (self.slot(kid, kids, Slot::Then), self.slot(kid, kids, Slot::Else));
        if let Some(condition) = condition {
            self.condition(condition);
            self.outcomes(condition);
        }
        let guard = condition.map(|condition| condition.span);
        for (kind, arm) in [(BlockKind::If, then), (BlockKind::Else, otherwise)] {
            let Some(arm) = arm else { continue };
            let outer = self.b.at.block;
            self.b.open_block(kind, arm.span, guard);
            self.visit(arm);
            self.b.at.block = outer;
        }
        other(kid.span)
    }
}

/// When the right side of an operator that may leave it out runs: where the left side holds, or where it does not.
pub(super) fn right_side(operator: &str) -> BlockKind {
    if matches!(operator, "&&" | "and" | "&&=") { BlockKind::If } else { BlockKind::Else }
}

fn is_text(kid: Kid<'_>) -> bool {
    matches!(kid.role, Role::Text | Role::Texts)
}
