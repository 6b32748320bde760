//! What a collection that starts empty holds: what its function adds to it.

use super::refs::FileId;
use super::resolve::Resolver;
use super::types::{Type, Typed};
use crate::catalog::{Collection, Effect, TypeId};
use crate::facts::{Bind, Call, FunctionId, Root};

/// How many additions to one collection are looked at.
const MAX_ADDITIONS: usize = 3;

impl Resolver<'_> {
    /// A collection with the type of its elements, where what it was made from says nothing of them: `found = []`,
    /// `found.append(Order(…))`.
    pub(super) fn with_elements(&self, at: FileId, bind: &Bind, typed: Typed) -> Typed {
        let (Type::Library(on, args), Root::Name(name)) = (&typed.is, bind.target.root) else { return typed };
        let is_list = matches!(self.sources.catalog.type_of(*on).collection, Some(Collection::List | Collection::Set));
        let is_open = args.iter().all(|arg| *arg == Type::Unknown);
        if !is_list || !is_open || !bind.target.path.is_empty() || bind.function == FunctionId::MODULE {
            return typed;
        }
        let facts = &self.sources.file(at).facts;
        let around = facts.functions[bind.function.index()].span;
        let additions = facts.calls_in(around).map(|id| &facts.calls[id.index()]).filter(|call| {
            call.callee.root == Root::Name(name) && call.operator().is_none() && self.adds_one(at, *on, call)
        });
        let element = additions.take(MAX_ADDITIONS).find_map(|call| {
            let added = self.operand(at, &facts.args_of(call).last()?.value, call.function).is;
            (added != Type::Unknown).then_some(added)
        });
        match element {
            Some(element) => typed.become_type(Type::Library(*on, vec![element])),
            None => typed,
        }
    }

    /// Whether a call is of a method that adds its last argument to a collection.
    fn adds_one(&self, at: FileId, on: TypeId, call: &Call) -> bool {
        let [method] = call.callee.path.as_slice() else { return false };
        let file = self.sources.file(at);
        let rows = self.sources.catalog.methods(on, file.name(*method));
        let grows = |row| {
            let row = self.sources.catalog.call(row);
            row.effects.contains(&Effect::GrowLinear) && row.iterates.is_none()
        };
        file.facts.args_of(call).iter().all(|arg| !arg.spread) && rows.iter().any(|row| grows(*row))
    }
}
