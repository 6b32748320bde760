//! What is given a value: names, fields, and patterns that take values apart.

use std::ops::Range;

use super::builder::{other, rooted};
use super::model::*;
use super::walk::{Kid, Kids, Walk};
use crate::syntax::Family;
use crate::syntax::tables::{Role, Slot};

/// A name or field in a pattern.
pub(super) struct Target {
    pub operand: Operand,
    /// The keys that lead from the whole value to this part.
    pub path: Vec<NameId>,
    pub default: Option<Operand>,
    pub rest: bool,
}

impl<'t> Walk<'_, '_, 't> {
    /// Collects the targets of a pattern; `path` leads from the whole value to it.
    pub fn pattern(&mut self, kid: Kid<'t>, path: &mut Vec<NameId>, out: &mut Vec<Target>) {
        match kid.role {
            Role::Name | Role::NamePattern | Role::Shorthand => {
                if let Some(operand) = self.target_name(kid) {
                    out.push(Target { operand, path: path.clone(), default: None, rest: false });
                }
            }
            _ if !kid.named => {}
            _ => self.deeper((), |walk| walk.compound_pattern(kid, path, out)),
        }
    }

    fn target_name(&mut self, kid: Kid<'t>) -> Option<Operand> {
        let name = self.b.name_at(kid.span);
        // In a pattern, an upper-case name is a constant or a variant.
        if self.b.language.family() == Family::Rust && self.source(kid).starts_with(char::is_uppercase) {
            self.b.read(name, kid.span);
            return None;
        }
        Some(rooted(Root::Name(name), kid.span))
    }

    fn compound_pattern(&mut self, kid: Kid<'t>, path: &mut Vec<NameId>, out: &mut Vec<Target>) {
        let kids = self.kids(kid.node);
        match kid.role {
            Role::TuplePattern | Role::List => self.positions(kids, kids.start, path, out),
            Role::ObjectPattern => {
                let variant = self.named(kids, 0).and_then(|named| self.variant_key(self.source(named)));
                path.extend(variant);
                self.keys(kids, path, out);
                if variant.is_some() {
                    path.pop();
                }
            }
            Role::DefaultPattern => self.defaulted(kid, kids, path, out),
            Role::RestPattern | Role::Spread => {
                let first = out.len();
                if let Some(value) = self.slot(kid, kids, Slot::Value) {
                    self.pattern(value, path, out);
                }
                out[first..].iter_mut().for_each(|target| target.rest = true);
            }
            Role::VariantPattern => self.variant(kids, path, out),
            Role::CapturePattern => self.captured(kids, path, out),
            Role::ConstantPattern => {
                let text = self.source(kid);
                if self.b.language.family() == Family::Python && !text.contains('.') && text != "_" {
                    let name = self.b.names.intern(text);
                    let operand = rooted(Root::Name(name), kid.span);
                    out.push(Target { operand, path: path.clone(), default: None, rest: false });
                }
            }
            Role::ThroughPattern | Role::AsPattern | Role::Through | Role::MatchPattern => {
                for index in self.each(kids) {
                    let child = self.at(index);
                    self.pattern(child, path, out);
                }
            }
            Role::Member | Role::Index => {
                let operand = self.target_field(kid, kids);
                out.push(Target { operand, path: path.clone(), default: None, rest: false });
            }
            _ => {}
        }
    }

    /// `self.x`, `x[k]`, as something assigned to.
    fn target_field(&mut self, kid: Kid<'t>, kids: Kids) -> Operand {
        let Some(object) = self.slot(kid, kids, Slot::Object) else { return other(kid.span) };
        let property = self.slot(kid, kids, Slot::Property);
        let mut operand = self.visit(object);
        self.b.sink(&operand, Sink::Receiver);
        let Some(property) = property else { return operand };
        let segment = if kid.role == Role::Member {
            self.b.name_at(property.span)
        } else {
            self.visit(property);
            self.b.element
        };
        operand.path.push(segment);
        operand.span = kid.span;
        operand
    }

    fn positions(&mut self, kids: Kids, from: usize, path: &mut Vec<NameId>, out: &mut Vec<Target>) {
        let mut position = 0;
        for index in from..kids.end {
            let child = self.at(index);
            if !child.named {
                position += u32::from(child.node.kind() == ",");
                continue;
            }
            let rest = matches!(child.role, Role::RestPattern | Role::Spread);
            if !rest {
                let segment = self.b.names.intern(&position.to_string());
                path.push(segment);
            }
            self.pattern(child, path, out);
            if !rest {
                path.pop();
            }
        }
    }

    fn keys(&mut self, kids: Kids, path: &mut Vec<NameId>, out: &mut Vec<Target>) {
        for index in self.each(kids) {
            let child = self.at(index);
            if !child.named || child.role == Role::Skip {
                continue;
            }
            self.deeper((), |walk| walk.key_pattern(child, path, out));
        }
    }

    fn key_pattern(&mut self, kid: Kid<'t>, path: &mut Vec<NameId>, out: &mut Vec<Target>) {
        let (key, value) = match kid.role {
            Role::PairPattern => {
                let kids = self.kids(kid.node);
                let Some(key) = self.slot(kid, kids, Slot::Key) else { return };
                (key, self.slot(kid, kids, Slot::Value).unwrap_or(key))
            }
            Role::DefaultPattern => (self.part(kid, Slot::Left).unwrap_or(kid), kid),
            Role::NamePattern | Role::Name => (kid, kid),
            Role::RestPattern => return self.pattern(kid, path, out),
            _ => return,
        };
        let segment = match key.role {
            Role::Plain => {
                self.visit(key);
                self.b.element
            }
            _ => self.declared_name(key).unwrap_or(self.b.element),
        };
        path.push(segment);
        self.pattern(value, path, out);
        path.pop();
    }

    fn defaulted(&mut self, kid: Kid<'t>, kids: Kids, path: &mut Vec<NameId>, out: &mut Vec<Target>) {
        let (left, right) = (self.slot(kid, kids, Slot::Left), self.slot(kid, kids, Slot::Right));
        let first = out.len();
        if let Some(left) = left {
            self.pattern(left, path, out);
        }
        let Some(right) = right else { return };
        let default = self.visit(right);
        for target in &mut out[first..] {
            target.default = Some(default.clone());
        }
    }

    /// `Some(x)` is looked through; other variants have positions.
    fn variant(&mut self, kids: Kids, path: &mut Vec<NameId>, out: &mut Vec<Target>) {
        let Some(first) = self.each(kids).find(|&index| self.at(index).named) else { return };
        let text = self.source(self.at(first));
        let name = text.rsplit("::").next().unwrap_or(text);
        if self.b.table.transparent_variants.iter().any(|known| known == name) {
            for index in first + 1..kids.end {
                let child = self.at(index);
                self.pattern(child, path, out);
            }
            return;
        }
        let variant = self.variant_key(text);
        path.extend(variant);
        self.positions(kids, first + 1, path, out);
        if variant.is_some() {
            path.pop();
        }
    }

    /// The key of what a variant of an enum holds: `Store::Remote` in a pattern of Rust.
    fn variant_key(&mut self, text: &str) -> Option<NameId> {
        let (owner, name) = text.rsplit_once("::")?;
        let owner = owner.rsplit("::").next().unwrap_or(owner);
        let is_enum = self.b.language.family() == Family::Rust && owner.starts_with(char::is_uppercase);
        is_enum.then(|| self.b.names.intern(&format!("{VARIANT}{name}")))
    }

    /// Python's `key=pattern`.
    fn captured(&mut self, kids: Kids, path: &mut Vec<NameId>, out: &mut Vec<Target>) {
        let mut named = self.each(kids).map(|index| self.at(index)).filter(|child| child.named);
        let (Some(key), Some(value)) = (named.next(), named.next_back()) else { return };
        let segment = self.b.name_at(key.span);
        path.push(segment);
        self.pattern(value, path, out);
        path.pop();
    }

    /// Adds a bind for each target of a pattern, without values yet.
    pub fn bind_pattern(
        &mut self,
        kid: Kid<'t>,
        kind: BindKind,
        annotation: Option<TypeExpr>,
        constant: bool,
    ) -> Range<usize> {
        let mut targets = Vec::new();
        self.pattern(kid, &mut Vec::new(), &mut targets);
        let first = self.b.binds.len();
        let whole = targets.len() == 1;
        let mut annotation = annotation;
        for target in targets {
            let mut value = other(target.operand.span);
            value.path = target.path.into();
            self.b.binds.push(Bind {
                kind,
                target: target.operand,
                value: Some(value),
                value_span: kid.span,
                annotation: if whole { annotation.take().map(Apart::new) } else { None },
                function: self.b.at.function,
                block: self.b.at.block,
                constant,
                borrows_mutably: false,
            });
        }
        first..self.b.binds.len()
    }

    /// Gives the binds of a pattern their value; with `element`, that of one element of it.
    pub fn give(&mut self, binds: Range<usize>, value: Option<&Operand>, element: bool) {
        if let (Some(value), false, Some(first)) = (value, element, binds.clone().next()) {
            self.b.sink(value, Sink::Bound(BindId(first as u32)));
        }
        for bind in &mut self.b.binds[binds] {
            let keys = bind.value.take().map(|keys| keys.path).unwrap_or_default();
            let Some(value) = value else { continue };
            let mut given = value.clone();
            if element {
                given.path.push(self.b.element);
            }
            given.path.extend(keys.iter().copied());
            bind.value_span = value.span;
            bind.value = Some(given);
        }
    }

    /// The names among the targets of binds.
    pub fn bound_names(&self, binds: Range<usize>) -> Vec<NameId> {
        let names = self.b.binds[binds].iter().filter_map(|bind| match bind.target.root {
            Root::Name(name) if bind.target.path.is_empty() => Some(name),
            _ => None,
        });
        names.collect()
    }
}
