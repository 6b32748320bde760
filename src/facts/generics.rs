//! Type parameters with their bounds, and the type arguments that a call is given.

use super::model::*;
use super::walk::{Kid, Kids, Walk};
use crate::syntax::tables::{Role, Slot};

impl<'t> Walk<'_, '_, 't> {
    /// Notes the type parameters among the children of a declaration, those of a `where` clause included; they hold in
    /// the whole of it.
    pub fn type_params(&mut self, kids: Kids, kid: Kid<'t>) {
        let mut place = (kid.role == Role::Alias).then_some(0);
        for index in self.each(kids) {
            let child = self.at(index);
            if child.role == Role::TypeParams {
                self.deeper((), |walk| {
                    let params = walk.kids(child.node);
                    for index in walk.each(params) {
                        let param = walk.at(index);
                        if param.role == Role::TypeParam {
                            walk.deeper((), |walk| walk.type_param(param, kid.span, place));
                            place = place.map(|place| place + 1);
                        }
                    }
                });
            }
        }
    }

    fn type_param(&mut self, kid: Kid<'t>, holds: Span, place: Option<u32>) {
        let kids = self.kids(kid.node);
        let Some(named) = self.slot(kid, kids, Slot::Name).filter(|named| named.role == Role::TypeName) else { return };
        let name = self.b.name_at(named.span);
        let bounds = self.slot(kid, kids, Slot::Bases).map(|bounds| self.type_arguments(bounds)).unwrap_or_default();
        self.b.type_params.push(TypeParam { name, holds, bounds: bounds.into(), place });
    }

    /// The types written between the name of what is called and its arguments: `collect::<Vec<_>>()`, `one<User>(id)`.
    pub fn call_types(&mut self, callee: Kid<'t>, beside: Option<Kid<'t>>) -> Vec<TypeExpr> {
        let listed = match callee.role {
            Role::Turbofish => self.part(callee, Slot::Arguments),
            _ => beside,
        };
        listed.map(|listed| self.type_arguments(listed)).unwrap_or_default()
    }
}
