//! Classes, interfaces, structs, enums, impl blocks and aliases.

use super::builder::rooted;
use super::model::*;
use super::walk::{Kid, Kids, Walk};
use crate::syntax::Family;
use crate::syntax::tables::{Role, Slot};

impl<'t> Walk<'_, '_, 't> {
    pub fn class(&mut self, kid: Kid<'t>) -> Operand {
        let kids = self.kids(kid.node);
        let outer = self.b.at;
        let id = self.open_class(kid, kids);
        self.type_params(kids, kid);
        let bases = self.bases(kid, kids);
        if kid.role == Role::Alias {
            self.lend(&bases);
        }
        if let Some(row) = self.b.classes.get_mut(id.index()) {
            row.bases = bases.into();
        }
        self.b.at.class = Some(id);
        self.b.at.member_of = Some(id);
        self.b.at.exporting = false;
        let body = self.slot(kid, kids, Slot::Body).or_else(|| {
            let value = self.slot(kid, kids, Slot::Value)?;
            (value.role == Role::TypeObject).then_some(value)
        });
        if let Some(body) = body {
            let members = self.kids(body.node);
            for index in self.each(members) {
                let member = self.at(index);
                if member.named || self.b.language.family() == Family::Rust {
                    self.member_of_class(id, member, (index - members.start) as u32);
                }
            }
        }
        self.b.decorators.clear();
        self.b.at = outer;
        rooted(Root::Class(id), kid.span)
    }

    /// An object type written where it is used: an interface without a name.
    pub fn object_type(&mut self, kid: Kid<'t>) {
        let outer = self.b.at;
        let pending = self.b.take_decorators();
        let id = ClassId(self.b.classes.len() as u32);
        self.b.classes.push(Class {
            kind: ClassKind::Interface,
            name: None,
            span: kid.span,
            bases: Few::default(),
            fields: Vec::new(),
            decorators: Few::default(),
            function: outer.function,
            parent: None,
            exported: false,
        });
        self.b.at.class = Some(id);
        self.b.at.member_of = Some(id);
        self.b.at.exporting = false;
        let members = self.kids(kid.node);
        for index in self.each(members) {
            let member = self.at(index);
            if member.role == Role::Field {
                self.deeper((), |walk| walk.field(id, member));
            }
        }
        self.b.decorators = pending;
        self.b.at = outer;
    }

    /// `type Target = T` in an impl block by which a type has the methods of `T`.
    fn lend(&mut self, named: &[TypeExpr]) {
        let Some(block) = self.b.at.member_of.and_then(|id| self.b.classes.get_mut(id.index())) else { return };
        let names = &self.b.names;
        let lends = block.bases.first().is_some_and(|base| {
            let name = names.get(base.name).rsplit('.').next().unwrap_or_default();
            self.b.table.lending_traits.iter().any(|known| known == name)
        });
        if lends && block.kind == ClassKind::Impl {
            block.bases = block.bases.iter().chain(named).cloned().collect();
        }
    }

    fn open_class(&mut self, kid: Kid<'t>, kids: Kids) -> ClassId {
        let id = ClassId(self.b.classes.len() as u32);
        let named = self.slot(kid, kids, Slot::Name);
        let name = match kid.role {
            // `impl Trait for a::Type<T>`: the type without its arguments.
            Role::Impl | Role::Alias => named.and_then(|named| self.type_expr(named)).map(|kind| kind.name),
            _ => named.and_then(|named| self.declared_name(named)),
        };
        let object = self.slot(kid, kids, Slot::Value).is_some_and(|value| value.role == Role::TypeObject);
        let kind = match kid.role {
            Role::Interface => ClassKind::Interface,
            Role::Alias if object => ClassKind::Interface,
            Role::Alias => ClassKind::Alias,
            Role::Enum => ClassKind::Enum,
            Role::Impl => ClassKind::Impl,
            _ => ClassKind::Class,
        };
        let at = self.b.at;
        let exported = self.is_exported(kids, &at);
        // Decorators inside the node stand before its body.
        for index in self.each(kids) {
            let child = self.at(index);
            if child.role == Role::Decorator {
                self.visit(child);
            }
        }
        let decorators = self.b.take_decorators();
        self.b.classes.push(Class {
            kind,
            name,
            span: kid.span,
            bases: Few::default(),
            fields: Vec::new(),
            decorators: decorators.into(),
            function: at.function,
            parent: at.member_of.or(at.class),
            exported,
        });
        id
    }

    fn bases(&mut self, kid: Kid<'t>, kids: Kids) -> Vec<TypeExpr> {
        let mut bases = Vec::new();
        if kid.role == Role::Alias {
            let value = self.slot(kid, kids, Slot::Value).filter(|value| value.role != Role::TypeObject);
            bases.extend(value.and_then(|value| self.type_expr(value)));
            return bases;
        }
        if let Some(listed) = self.slot(kid, kids, Slot::Bases) {
            match listed.role {
                Role::Arguments | Role::Bases => self.base_list(listed, &mut bases),
                _ => bases.extend(self.type_expr(listed)),
            }
        }
        for index in self.each(kids) {
            let child = self.at(index);
            if matches!(child.role, Role::Heritage | Role::Bases) && bases.is_empty() {
                self.base_list(child, &mut bases);
            }
        }
        bases
    }

    fn base_list(&mut self, list: Kid<'t>, bases: &mut Vec<TypeExpr>) {
        let kids = self.kids(list.node);
        for index in self.each(kids) {
            let child = self.at(index);
            if !child.named {
                continue;
            }
            match child.role {
                Role::Bases => self.base_list(child, bases),
                Role::TypeArguments => {
                    let args = self.type_arguments(child);
                    if let Some(last) = bases.last_mut() {
                        last.args = args.into();
                    }
                }
                Role::Keyword | Role::Spread => {
                    self.visit(child);
                }
                _ => {
                    // A base that is a value is read here.
                    self.visit(child);
                    bases.extend(self.type_expr(child));
                }
            }
        }
    }

    fn member_of_class(&mut self, id: ClassId, kid: Kid<'t>, position: u32) {
        match kid.role {
            Role::Field => self.deeper((), |walk| walk.field(id, kid)),
            Role::EnumMember => {
                self.deeper((), |walk| walk.field(id, kid));
                self.deeper((), |walk| walk.variant_content(id, kid));
            }
            Role::Decorator => {
                self.visit(kid);
            }
            Role::Statement if self.class_assignment(kid).is_some() => {
                self.b.statement(kid.span);
                self.deeper((), |walk| walk.class_level(id, kid));
            }
            // The bare members of an enum.
            Role::Skip | Role::Name if self.b.classes[id.index()].kind == ClassKind::Enum => {
                let name = self.b.name_at(kid.span);
                self.add_field(id, name, kid.span, None, None, true);
            }
            Role::TypeName | Role::TypeGeneric | Role::TypeThrough | Role::TypeArray | Role::TypeTuple => {
                // A tuple struct's fields have positions: every other child is a comma or a bracket.
                let kind = self.type_expr(kid);
                let name = self.b.names.intern(&(position / 2).to_string());
                self.add_field(id, name, kid.span, kind, None, false);
            }
            Role::Skip | Role::Comment => {}
            _ if !kid.named => {}
            _ => {
                self.b.statement(kid.span);
                self.visit(kid);
            }
        }
    }

    /// What a variant of an enum holds is a class of its own.
    fn variant_content(&mut self, around: ClassId, kid: Kid<'t>) {
        let kids = self.kids(kid.node);
        let (Some(named), Some(body)) = (self.slot(kid, kids, Slot::Name), self.slot(kid, kids, Slot::Body)) else {
            return;
        };
        if body.role != Role::ClassBody {
            return;
        }
        let id = ClassId(self.b.classes.len() as u32);
        let name = Some(self.b.name_at(named.span));
        self.b.classes.push(Class {
            kind: ClassKind::Class,
            name,
            span: kid.span,
            bases: Few::default(),
            fields: Vec::new(),
            decorators: Few::default(),
            function: self.b.at.function,
            parent: Some(around),
            exported: false,
        });
        let members = self.kids(body.node);
        for index in self.each(members) {
            let member = self.at(index);
            self.member_of_class(id, member, (index - members.start) as u32);
        }
    }

    fn add_field(
        &mut self,
        id: ClassId,
        name: NameId,
        span: Span,
        annotation: Option<TypeExpr>,
        value: Option<Operand>,
        is_static: bool,
    ) {
        let decorators = self.b.take_decorators().into();
        if let Some(class) = self.b.classes.get_mut(id.index()) {
            class.fields.push(Field { name, span, annotation, value, decorators, is_static });
        }
    }

    fn field(&mut self, id: ClassId, kid: Kid<'t>) {
        let kids = self.kids(kid.node);
        let Some(named) = self.slot(kid, kids, Slot::Name) else { return };
        let Some(name) = self.declared_name(named) else {
            self.descend(kid);
            return;
        };
        for index in self.each(kids) {
            let child = self.at(index);
            if child.role == Role::Decorator {
                self.visit(child);
            }
        }
        let annotation = self.slot(kid, kids, Slot::Type).and_then(|kind| self.type_expr(kind));
        let decorators = self.b.take_decorators();
        let value = self.slot(kid, kids, Slot::Value).map(|value| {
            self.b.statement(kid.span);
            self.field_value(value, name)
        });
        self.b.decorators = decorators;
        let is_static = self.has_token(kids, "static");
        self.add_field(id, name, named.span, annotation, value, is_static);
    }

    /// A closure given to a field is a member like a method; anything else is a value.
    fn field_value(&mut self, value: Kid<'t>, name: NameId) -> Operand {
        if value.role == Role::Closure {
            return self.visit_named(value, Some(name));
        }
        let member_of = self.b.at.member_of.take();
        let operand = self.visit(value);
        self.b.at.member_of = member_of;
        operand
    }

    /// The assignment that a statement of a Python class body is.
    fn class_assignment(&mut self, kid: Kid<'t>) -> Option<Kid<'t>> {
        self.deeper(None, |walk| {
            let kids = walk.kids(kid.node);
            let assignment = walk.named(kids, 0).filter(|one| one.role == Role::Assign)?;
            let left = walk.part(assignment, Slot::Left)?;
            (left.role == Role::Name).then_some(assignment)
        })
    }

    fn class_level(&mut self, id: ClassId, kid: Kid<'t>) {
        let Some(assignment) = self.class_assignment(kid) else { return };
        let kids = self.kids(assignment.node);
        let Some(left) = self.slot(assignment, kids, Slot::Left) else { return };
        let name = self.b.name_at(left.span);
        let annotation = self.slot(assignment, kids, Slot::Type).and_then(|kind| self.type_expr(kind));
        let value = self.slot(assignment, kids, Slot::Right).map(|right| self.field_value(right, name));
        self.add_field(id, name, left.span, annotation, value, true);
    }

    /// TypeScript's `constructor(private x: T)`.
    pub fn parameter_property(
        &mut self,
        kids: Kids,
        name: NameId,
        span: Span,
        annotation: Option<&TypeExpr>,
        outer: &super::builder::Place,
    ) {
        let Some(class) = outer.member_of else { return };
        let property = self.has_token(kids, "readonly")
            || self.each(kids).any(|index| self.at(index).node.kind() == "accessibility_modifier");
        if !property || self.b.language.family() != Family::JavaScript {
            return;
        }
        for index in self.each(kids) {
            let child = self.at(index);
            if child.role == Role::Decorator {
                self.visit(child);
            }
        }
        self.add_field(class, name, span, annotation.cloned(), None, false);
    }
}
