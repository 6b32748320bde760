//! What tables cannot say of Python: imports.

use super::model::*;
use super::walk::{Kid, Walk};
use crate::syntax::Language;
use crate::syntax::tables::{Role, Slot};

/// The built-in types that take arguments.
const BUILT_IN_GENERICS: [&str; 6] = ["list", "dict", "set", "frozenset", "tuple", "type"];

impl<'s, 't> Walk<'_, 's, 't> {
    /// `import a.b, c as d`.
    pub fn python_import(&mut self, kid: Kid<'t>) {
        let kids = self.kids(kid.node);
        let type_only = self.checks_types();
        for index in self.each(kids) {
            let child = self.at(index);
            if !child.named {
                continue;
            }
            let (module, local) = self.aliased(child);
            // `import a.b` gives the name `a`, for the package.
            let module = match local {
                Some(_) => module,
                None => module.split('.').next().unwrap_or(module),
            };
            let local = local.unwrap_or(module);
            self.import_row(local, module, None, child.span, type_only);
        }
    }

    /// Whether a module gives a name to a type with arguments: `Ids = list[str]`. What the name stands for is then what a
    /// value declared so is.
    pub fn is_type_alias(&mut self, left: Kid<'t>, right: Kid<'t>) -> bool {
        let is_class_like = |name: &str| {
            name.starts_with(|first: char| first.is_uppercase()) && name.contains(|c: char| c.is_lowercase())
        };
        let may_be = self.b.language == Language::Python
            && self.b.at.function == FunctionId::MODULE
            && left.role == Role::Name
            && right.role == Role::Index
            && is_class_like(self.source(left));
        may_be && {
            let generic = self.part(right, Slot::Object).map_or("", |object| self.source(object));
            let generic = generic.rsplit('.').next().unwrap_or(generic);
            is_class_like(generic) || BUILT_IN_GENERICS.contains(&generic)
        }
    }

    /// `from a.b import c as d`.
    pub fn import_from(&mut self, kid: Kid<'t>) {
        let kids = self.kids(kid.node);
        let Some(source) = self.slot(kid, kids, Slot::Object) else { return };
        let module = self.source(source);
        let type_only = self.checks_types();
        for index in self.each(kids) {
            let child = self.at(index);
            if !child.named || child.span == source.span {
                continue;
            }
            if child.node.kind() == "wildcard_import" {
                self.import_row("*", module, Some("*"), child.span, type_only);
                continue;
            }
            let (member, local) = self.aliased(child);
            self.import_row(local.unwrap_or(member), module, Some(member), child.span, type_only);
        }
    }

    /// A name and its alias.
    fn aliased(&mut self, kid: Kid<'t>) -> (&'s str, Option<&'s str>) {
        if kid.role == Role::ConstantPattern {
            return (self.source(kid), None);
        }
        self.deeper(("", None), |walk| {
            let kids = walk.kids(kid.node);
            let name = walk.named(kids, 0).map_or("", |name| walk.source(name));
            (name, walk.named(kids, 1).map(|alias| walk.source(alias)))
        })
    }

    fn import_row(&mut self, local: &str, module: &str, member: Option<&str>, span: Span, type_only: bool) {
        let local = self.b.names.intern(local);
        let module = self.b.names.intern(module);
        let member = member.map(|member| self.b.names.intern(member));
        let function = self.b.at.function;
        self.b.imports.push(Import { local, module, member, span, function, type_only, test_only: false });
    }

    /// Inside `if TYPE_CHECKING`.
    fn checks_types(&self) -> bool {
        let block = &self.b.blocks[self.b.at.block.index()];
        block.kind == BlockKind::If
            && block.guard.is_some_and(|guard| self.b.source(guard).rsplit('.').next() == Some("TYPE_CHECKING"))
    }
}
