//! Whose rows a manager has: one that a class holds as a field (`objects = OrderManager()`) has that class's, and so do the
//! queries that come of it. A query of the project's own class is the library's type over two arguments: the class of its
//! rows, and its own, which has the project's methods.

use super::refs::{CallRef, ClassRef, FileId};
use super::resolve::{Resolved, Resolver};
use super::types::{Type, Typed};
use crate::catalog::TypeId;
use crate::facts::Call;

impl Resolver<'_> {
    /// A receiver that is a manager of a library, over the rows of the class that holds it.
    pub(super) fn over_rows_of_owner(&self, at: FileId, call: &Call, receiver: &Typed) -> Option<Typed> {
        let Type::Library(on, args) = &receiver.is else { return None };
        let owner = is_open(args).then(|| self.row_owner(at, call, *on))??;
        Some(receiver.become_type(Type::Library(*on, vec![owner])))
    }

    /// The class of the project that a query or a manager over known rows is of.
    pub(super) fn own_query(&self, of: &Typed) -> Option<ClassRef> {
        match &of.is {
            Type::Library(on, args) if self.sources.catalog.type_of(*on).rows_of.is_some() => match args.as_slice() {
                [_, Type::Class(own)] => Some(*own),
                _ => None,
            },
            _ => None,
        }
    }

    /// What a method of the project's own manager or query gives, over the rows of the class that holds the manager.
    pub(super) fn query_of_owner(&self, of: CallRef, resolved: &Resolved) -> Option<Typed> {
        let receiver = &resolved.receiver;
        let own = match receiver.is {
            Type::Class(own) => own,
            _ => self.own_query(receiver)?,
        };
        let bases = self.classes.library_bases(own);
        let (base, _) = bases.iter().find(|(on, _)| self.sources.catalog.type_of(*on).rows_of.is_some())?;
        let is_query = match &resolved.gives.is {
            Type::Class(gives) => *gives == own,
            Type::Library(on, args) => {
                self.sources.catalog.type_of(*base).lineage.contains(on) && (is_open(args) || args.len() == 1)
            }
            _ => false,
        };
        if !is_query {
            return None;
        }
        let owner = match &receiver.is {
            Type::Library(_, args) => args.first()?.clone(),
            _ => self.row_owner(of.file, &self.sources.file(of.file).facts.calls[of.id.index()], *base)?,
        };
        let is = match &resolved.gives.is {
            Type::Library(on, _) if on != base => Type::Library(*on, vec![owner]),
            _ => Type::Library(*base, vec![owner, Type::Class(own)]),
        };
        Some(resolved.gives.become_type(is))
    }

    /// The class whose field a call's receiver is, if it derives from what managers of this type are fields of.
    fn row_owner(&self, at: FileId, call: &Call, manager: TypeId) -> Option<Type> {
        let rows_of = self.sources.catalog.type_of(manager).rows_of?;
        let mut owner = call.receiver();
        owner.path.pop()?;
        let is = self.operand(at, &owner, call.function).is;
        let Type::Class(class) = is else { return None };
        let is_row = self.classes.library_bases(class).iter().any(|(on, _)| *on == rows_of);
        is_row.then_some(is)
    }
}

/// Whether it is left open whose rows there are.
fn is_open(args: &[Type]) -> bool {
    args.iter().all(|arg| *arg == Type::Unknown)
}
