//! Declarations and assignments.

use super::builder::other;
use super::model::*;
use super::walk::{Kid, Kids, Walk};
use crate::syntax::Family;
use crate::syntax::tables::{Role, Slot};

impl<'t> Walk<'_, '_, 't> {
    /// `const a = 1, b = 2`.
    pub fn declarations(&mut self, kid: Kid<'t>) {
        let kids = self.kids(kid.node);
        let constant = self.has_token(kids, "const") || self.has_token(kids, "using");
        for index in self.each(kids) {
            let child = self.at(index);
            if child.role == Role::Declare {
                self.deeper((), |walk| walk.declare(child, constant));
            }
        }
    }

    /// One declared name or pattern with its value.
    pub fn declare(&mut self, kid: Kid<'t>, constant: bool) {
        let kids = self.kids(kid.node);
        let (Some(left), right) = (self.slot(kid, kids, Slot::Left), self.slot(kid, kids, Slot::Right)) else {
            self.descend(kid);
            return;
        };
        if let Some(right) = right
            && self.b.language.family() == Family::JavaScript
            && self.required(left, right)
        {
            return;
        }
        let mutable = self.each(kids).any(|index| self.at(index).node.kind() == "mutable_specifier");
        let constant = match kid.role {
            Role::Let => !mutable && left.node.kind() != "mut_pattern",
            Role::Constant => !mutable,
            _ => constant,
        };
        let name = (left.role == Role::Name).then(|| self.b.name_at(left.span));
        let annotation = self.slot(kid, kids, Slot::Type).and_then(|kind| self.type_expr(kind));
        let binds = match (kid.role, name) {
            // A constant's name is upper-case, which in a pattern would not be a new name.
            (Role::Constant, Some(name)) => self.bind_name(left, name, annotation),
            _ => self.bind_pattern(left, BindKind::Declare, annotation, constant),
        };
        let value = right.map(|right| self.visit_named(right, name));
        self.export_declared(name, left.span);
        if right.is_some_and(|right| self.is_mutable_reference(right)) {
            self.b.binds[binds.clone()].iter_mut().for_each(|bind| bind.borrows_mutably = true);
        }
        self.give(binds, value.as_ref(), false);
        if let Some(otherwise) = self.slot(kid, kids, Slot::Else) {
            self.arm(BlockKind::Else, otherwise, Some(left.span));
        }
    }

    fn bind_name(&mut self, left: Kid<'t>, name: NameId, annotation: Option<TypeExpr>) -> std::ops::Range<usize> {
        let first = self.b.binds.len();
        self.b.binds.push(Bind {
            kind: BindKind::Declare,
            target: super::builder::rooted(Root::Name(name), left.span),
            value: Some(other(left.span)),
            value_span: left.span,
            annotation: annotation.map(Apart::new),
            function: self.b.at.function,
            block: self.b.at.block,
            constant: true,
            borrows_mutably: false,
        });
        first..first + 1
    }

    /// Everything that gives an existing name or field another value.
    pub fn assigning(&mut self, kid: Kid<'t>) -> Operand {
        let kids = self.kids(kid.node);
        match kid.role {
            Role::Augment => self.augment(kid, kids),
            Role::Update => {
                if let Some(left) = self.slot(kid, kids, Slot::Left) {
                    let binds = self.bind_pattern(left, BindKind::Augment, None, false);
                    self.read_targets(binds.clone());
                    self.give(binds, None, false);
                }
                other(kid.span)
            }
            Role::Delete => match self.slot(kid, kids, Slot::Value) {
                Some(value) => self.delete_target(kid, value),
                None => other(kid.span),
            },
            _ => self.assign(kid, kids),
        }
    }

    fn assign(&mut self, kid: Kid<'t>, kids: Kids) -> Operand {
        let Some(left) = self.slot(kid, kids, Slot::Left) else { return self.descend(kid) };
        let right = self.slot(kid, kids, Slot::Right);
        let annotation = self.slot(kid, kids, Slot::Type).and_then(|kind| self.type_expr(kind));
        let named = right.filter(|right| annotation.is_none() && self.is_type_alias(left, *right));
        let annotation = annotation.or_else(|| named.and_then(|right| self.type_expr(right)));
        let binds = self.bind_pattern(left, BindKind::Assign, annotation, false);
        let target = self.b.binds.get(binds.start).map(|bind| bind.target.clone());
        let name = match (left.role, &target) {
            (Role::Name | Role::Member, Some(target)) => match (target.path.last(), target.root) {
                (Some(&name), _) | (None, Root::Name(name)) => Some(name),
                _ => None,
            },
            _ => None,
        };
        let value = right.map(|right| self.visit_named(right, name));
        self.give(binds, value.as_ref(), false);
        let mut value = value.unwrap_or_else(|| other(kid.span));
        if let (Some(target), Family::JavaScript) = (target, self.b.language.family()) {
            self.export_assigned(&target, &value);
        }
        value.span = kid.span;
        value
    }

    fn augment(&mut self, kid: Kid<'t>, kids: Kids) -> Operand {
        let (Some(left), Some(right)) = (self.slot(kid, kids, Slot::Left), self.slot(kid, kids, Slot::Right)) else {
            return self.descend(kid);
        };
        let operator = self.slot(kid, kids, Slot::Operator).map_or("", |operator| operator.node.kind());
        let binds = self.bind_pattern(left, BindKind::Augment, None, false);
        self.read_targets(binds.clone());
        let outer = self.b.at.block;
        if matches!(operator, "??=" | "||=" | "&&=") {
            self.outcomes(left);
            self.b.open_block(super::expressions::right_side(operator), right.span, Some(left.span));
        }
        let value = self.visit(right);
        self.b.at.block = outer;
        self.give(binds.clone(), Some(&value), false);
        if operator == "+="
            && let Some(target) = self.b.binds.get(binds.start).map(|bind| bind.target.clone())
        {
            self.b.operator(Operator::AddAssign, kid.span, target, Some(value.clone()));
        }
        value
    }

    /// `x += 1` reads x as well.
    fn read_targets(&mut self, binds: std::ops::Range<usize>) {
        for index in binds {
            let target = &self.b.binds[index].target;
            if let (Root::Name(name), true) = (target.root, target.path.is_empty()) {
                let span = target.span;
                self.b.read(name, span);
            }
        }
    }

    /// `del a[k], b.c`, `delete a[k]`.
    pub fn delete_target(&mut self, kid: Kid<'t>, value: Kid<'t>) -> Operand {
        let several = matches!(value.role, Role::List);
        let kids = if several { self.kids(value.node) } else { self.push_one(value) };
        for index in self.each(kids) {
            let child = self.at(index);
            if child.named {
                let binds = self.bind_pattern(child, BindKind::Delete, None, false);
                self.give(binds, None, false);
            }
        }
        other(kid.span)
    }
}
