//! Types as written.

use super::builder::{other, rooted};
use super::model::*;
use super::walk::{Kid, Kids, Walk};
use crate::syntax::tables::{Role, Slot};

/// Names of types longer than this are no plain names.
const LONGEST: usize = 128;

impl<'t> Walk<'_, '_, 't> {
    /// Reads a type; `None` where nothing is written.
    pub fn type_expr(&mut self, kid: Kid<'t>) -> Option<TypeExpr> {
        self.deeper(None, |walk| walk.type_inner(kid))
    }

    fn type_inner(&mut self, kid: Kid<'t>) -> Option<TypeExpr> {
        match kid.role {
            Role::TypeName | Role::Name | Role::Member | Role::Path | Role::Null | Role::This | Role::Turbofish => {
                Some(self.named_type(kid, self.source(kid), Vec::new()))
            }
            Role::Call => {
                let callee = self.part(kid, Slot::Callee)?;
                let name = format!("{}()", self.source(callee));
                Some(self.named_type(kid, &name, Vec::new()))
            }
            Role::Text => {
                let text = self.source(kid).trim_matches(['"', '\'']);
                let name = text.split('[').next().unwrap_or(text);
                Some(self.named_type(kid, name, Vec::new()))
            }
            Role::TypeGeneric => self.generic(kid, Slot::Name, Slot::Arguments),
            Role::Index => self.subscripted(kid),
            Role::TypeArray => {
                let element = self.part(kid, Slot::Value).and_then(|element| self.type_expr(element));
                Some(self.named_type(kid, "Array", element.into_iter().collect()))
            }
            Role::TypeTuple | Role::List => {
                let args = self.type_children(kid);
                Some(self.named_type(kid, "()", args))
            }
            Role::TypeUnion | Role::Binary => {
                let args = self.type_children(kid);
                Some(self.union(kid, args))
            }
            Role::TypeObject => {
                self.object_type(kid);
                Some(self.named_type(kid, "{}", Vec::new()))
            }
            Role::TypeFunction => {
                let returns = self.part(kid, Slot::Returns).and_then(|returns| self.type_expr(returns));
                Some(self.named_type(kid, "fn", returns.into_iter().collect()))
            }
            Role::TypeThrough | Role::Bases | Role::Through => self.inner_type(kid),
            _ => Some(self.named_type(kid, self.source(kid), Vec::new())),
        }
    }

    /// The last type inside a node that only wraps it: an annotation, a reference.
    fn inner_type(&mut self, kid: Kid<'t>) -> Option<TypeExpr> {
        let kids = self.kids(kid.node);
        let inner = self
            .each(kids)
            .rev()
            .map(|index| self.at(index))
            .find(|child| child.named && !matches!(child.role, Role::Skip))?;
        let mut kind = self.type_expr(inner)?;
        kind.span = kid.span;
        Some(kind)
    }

    fn named_type(&mut self, kid: Kid<'t>, name: &str, args: Vec<TypeExpr>) -> TypeExpr {
        let name = if name.len() > LONGEST {
            self.b.names.intern("?")
        } else if name.contains("::") || name.contains(char::is_whitespace) {
            let plain: String = name.replace("::", ".").split_whitespace().collect();
            self.b.names.intern(plain.trim_start_matches('.'))
        } else {
            self.b.names.intern(name)
        };
        TypeExpr { name, args: args.into(), span: kid.span }
    }

    fn union(&mut self, kid: Kid<'t>, args: Vec<TypeExpr>) -> TypeExpr {
        let bar = self.b.names.intern("|");
        let mut flat = Vec::with_capacity(args.len());
        for arg in args {
            if arg.name == bar { flat.extend(arg.args) } else { flat.push(arg) }
        }
        if let [_] = flat[..]
            && let Some(only) = flat.pop()
        {
            return only;
        }
        self.named_type(kid, "|", flat)
    }

    fn generic(&mut self, kid: Kid<'t>, name: Slot, arguments: Slot) -> Option<TypeExpr> {
        let kids = self.kids(kid.node);
        let (name, arguments) = (self.slot(kid, kids, name)?, self.slot(kid, kids, arguments));
        let args = arguments.map(|arguments| self.type_arguments(arguments)).unwrap_or_default();
        let text = self.source(name);
        Some(self.named_type(kid, text, args))
    }

    /// Python's `dict[str, int]` where the grammar reads a subscript.
    fn subscripted(&mut self, kid: Kid<'t>) -> Option<TypeExpr> {
        let kids = self.kids(kid.node);
        let object = self.slot(kid, kids, Slot::Object)?;
        let mut args = Vec::new();
        for index in self.each(kids) {
            let child = self.at(index);
            if child.named && child.span != object.span {
                args.extend(self.type_expr(child));
            }
        }
        let text = self.source(object);
        Some(self.named_type(kid, text, args))
    }

    /// The types in a list of type arguments.
    pub fn type_arguments(&mut self, kid: Kid<'t>) -> Vec<TypeExpr> {
        self.deeper(Vec::new(), |walk| walk.type_children(kid))
    }

    fn type_children(&mut self, kid: Kid<'t>) -> Vec<TypeExpr> {
        let kids: Kids = self.kids(kid.node);
        let mut types = Vec::new();
        for index in self.each(kids) {
            let child = self.at(index);
            if child.named && child.role != Role::Skip {
                types.extend(self.type_expr(child));
            }
        }
        types
    }

    /// A type in a value's place (`Vec::<u8>::new`, `<T as Trait>::f`) as a value.
    pub fn type_operand(&mut self, kid: Kid<'t>) -> Operand {
        let Some(kind) = self.type_expr(kid) else { return other(kid.span) };
        let text = self.b.names.get(kind.name).to_owned();
        let mut segments = text.split('.');
        let first = segments.next().unwrap_or_default();
        let name = self.b.names.intern(first);
        self.b.read(name, kid.span);
        let root = if first == "Self" { Root::This } else { Root::Name(name) };
        let mut operand = rooted(root, kid.span);
        for segment in segments {
            let segment = self.b.names.intern(segment);
            operand.path.push(segment);
        }
        operand
    }
}
