//! What tables cannot say of JavaScript and TypeScript: imports and exports.

use super::builder::rooted;
use super::model::*;
use super::walk::{Kid, Walk};
use crate::syntax::tables::{Role, Slot};

impl<'t> Walk<'_, '_, 't> {
    /// The text of a module's name.
    fn module_name(&mut self, kid: Kid<'t>) -> NameId {
        let text = self.source(kid).trim_matches(['"', '\'', '`']);
        self.b.names.intern(text)
    }

    fn add_import(&mut self, local: Kid<'t>, module: NameId, member: Option<&str>, type_only: bool) {
        let member = member.map(|member| self.b.names.intern(member));
        let local_name = self.b.name_at(local.span);
        let function = self.b.at.function;
        self.b.imports.push(Import {
            local: local_name,
            module,
            member,
            span: local.span,
            function,
            type_only,
            test_only: false,
        });
    }

    /// `import …`, in JavaScript and in Python.
    pub fn import(&mut self, kid: Kid<'t>) {
        if self.b.language.family() == crate::syntax::Family::Python {
            return self.python_import(kid);
        }
        let kids = self.kids(kid.node);
        let type_only = self.has_token(kids, "type") || self.has_token(kids, "typeof");
        for index in self.each(kids) {
            let child = self.at(index);
            match child.node.kind() {
                "import_clause" => {
                    if let Some(source) = self.slot(kid, kids, Slot::Value) {
                        let module = self.module_name(source);
                        self.import_clause(child, module, type_only);
                    }
                }
                "import_require_clause" => {
                    let parts = self.kids(child.node);
                    let source = self.each(parts).map(|index| self.at(index)).find(|part| part.role == Role::Text);
                    if let (Some(local), Some(source)) = (self.named(parts, 0), source) {
                        let module = self.module_name(source);
                        self.add_import(local, module, None, type_only);
                    }
                }
                _ => {}
            }
        }
    }

    fn import_clause(&mut self, clause: Kid<'t>, module: NameId, type_only: bool) {
        let kids = self.kids(clause.node);
        for index in self.each(kids) {
            let child = self.at(index);
            match child.node.kind() {
                "identifier" => self.add_import(child, module, Some("default"), type_only),
                "namespace_import" => {
                    let parts = self.kids(child.node);
                    if let Some(local) = self.named(parts, 0) {
                        self.add_import(local, module, None, type_only);
                    }
                }
                "named_imports" => {
                    let specifiers = self.kids(child.node);
                    for index in self.each(specifiers) {
                        let specifier = self.at(index);
                        if specifier.named {
                            self.import_specifier(specifier, module, type_only);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn import_specifier(&mut self, specifier: Kid<'t>, module: NameId, type_only: bool) {
        let parts = self.kids(specifier.node);
        let type_only = type_only || self.has_token(parts, "type");
        let (Some(member), Some(local)) = self.ends(parts) else { return };
        let text = self.source(member).trim_matches(['"', '\'']);
        self.add_import(local, module, Some(text), type_only);
    }

    /// The first and the last named child (the same when there is one).
    fn ends(&self, kids: super::walk::Kids) -> (Option<Kid<'t>>, Option<Kid<'t>>) {
        let last =
            self.each(kids).rev().map(|index| self.at(index)).find(|kid| kid.named || kid.node.kind() == "default");
        let first = self.each(kids).map(|index| self.at(index)).find(|kid| kid.named || kid.node.kind() == "default");
        (first, last)
    }

    /// `const x = require("m")`, `const { a } = await import("m")` as imports.
    pub fn required(&mut self, left: Kid<'t>, right: Kid<'t>) -> bool {
        let Some(module) = self.required_module(right) else { return false };
        let mut targets = Vec::new();
        self.pattern(left, &mut Vec::new(), &mut targets);
        for target in targets {
            let Root::Name(local) = target.operand.root else { continue };
            let function = self.b.at.function;
            let (member, span) = (target.path.first().copied(), target.operand.span);
            self.b.imports.push(Import { local, module, member, span, function, type_only: false, test_only: false });
            self.export_declared(Some(local), span);
        }
        true
    }

    /// The module that a value is loaded from.
    fn required_module(&mut self, kid: Kid<'t>) -> Option<NameId> {
        if !matches!(kid.role, Role::Call | Role::Await | Role::Through) {
            return None;
        }
        self.deeper(None, |walk| {
            let kids = walk.kids(kid.node);
            if kid.role != Role::Call {
                let value = walk.slot(kid, kids, Slot::Value)?;
                return walk.required_module(value);
            }
            let callee = walk.slot(kid, kids, Slot::Callee)?;
            if !matches!(walk.source(callee), "require" | "import") {
                return None;
            }
            let arguments = walk.slot(kid, kids, Slot::Arguments)?;
            let arguments = walk.kids(arguments.node);
            let text = walk.named(arguments, 0).filter(|argument| argument.role == Role::Text)?;
            Some(walk.module_name(text))
        })
    }

    /// `export …`.
    pub fn export(&mut self, kid: Kid<'t>) {
        let kids = self.kids(kid.node);
        let source = self.slot(kid, kids, Slot::Object).map(|source| self.module_name(source));
        let default = self.has_token(kids, "default") || self.has_token(kids, "=");
        for index in self.each(kids) {
            let child = self.at(index);
            match child.node.kind() {
                "export_clause" => self.export_clause(child, source),
                "namespace_export" => {
                    let parts = self.kids(child.node);
                    if let Some(name) = self.named(parts, 0) {
                        let name = self.b.name_at(name.span);
                        self.export_from(name, source, "*");
                    }
                }
                "*" => {
                    let star = self.b.names.intern("*");
                    self.export_from(star, source, "*");
                }
                _ if !child.named || child.role == Role::Text && source.is_some() => {}
                _ if child.role == Role::Decorator => {
                    self.visit(child);
                }
                _ => self.exported_value(child, default),
            }
        }
    }

    fn export_from(&mut self, name: NameId, source: Option<NameId>, member: &str) {
        let member = self.b.names.intern(member);
        if let Some(source) = source {
            self.b.exports.push(Export { name, value: None, from: Some((source, member)) });
        }
    }

    fn export_clause(&mut self, clause: Kid<'t>, source: Option<NameId>) {
        let specifiers = self.kids(clause.node);
        for index in self.each(specifiers) {
            let specifier = self.at(index);
            if !specifier.named {
                continue;
            }
            let parts = self.kids(specifier.node);
            let (Some(local), Some(outer)) = self.ends(parts) else { continue };
            let (member, name) = (self.b.name_at(local.span), self.b.name_at(outer.span));
            match source {
                Some(source) => self.b.exports.push(Export { name, value: None, from: Some((source, member)) }),
                None => {
                    self.b.read(member, local.span);
                    let value = Some(rooted(Root::Name(member), local.span));
                    self.b.exports.push(Export { name, value, from: None });
                }
            }
        }
    }

    /// An exported declaration or value.
    fn exported_value(&mut self, kid: Kid<'t>, default: bool) {
        let outer = std::mem::replace(&mut self.b.at.exporting, true);
        let functions = self.b.functions.len();
        let name = self.b.names.intern("default");
        let value = self.visit_named(kid, default.then_some(name));
        self.b.at.exporting = outer;
        if default {
            if let Some(function) = self.b.functions.get_mut(functions)
                && function.span == kid.span
            {
                function.exported = true;
            }
            self.b.exports.push(Export { name, value: Some(value), from: None });
            return;
        }
        let declared = match value.root {
            Root::Function(id) => self.b.functions.get(id.index()).and_then(|function| function.name),
            Root::Class(id) => self.b.classes.get(id.index()).and_then(|class| class.name),
            _ => None,
        };
        if let Some(declared) = declared {
            self.b.exports.push(Export { name: declared, value: Some(value), from: None });
        }
    }

    /// `module.exports = …`, `exports.x = …`.
    pub fn export_assigned(&mut self, target: &Operand, value: &Operand) {
        let Root::Name(root) = target.root else { return };
        let names: Vec<&str> = target.path.iter().map(|name| self.b.names.get(*name)).collect();
        let outer = match (self.b.names.get(root), &names[..]) {
            ("module", ["exports"]) => None,
            ("module", ["exports", name]) | ("exports", [name]) => Some((*name).to_owned()),
            _ => return,
        };
        if let Some(name) = outer {
            let name = self.b.names.intern(&name);
            self.b.exports.push(Export { name, value: Some(value.clone()), from: None });
            return;
        }
        let name = self.b.names.intern("default");
        self.b.exports.push(Export { name, value: Some(value.clone()), from: None });
        let Root::Object(id) = value.root else { return };
        let entries = self.b.objects.get(id.index()).map(|object| self.b.entries[object.entries.range()].to_vec());
        for (name, value) in entries.unwrap_or_default() {
            self.b.exports.push(Export { name, value: Some(value), from: None });
        }
    }
}
