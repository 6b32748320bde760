//! What the use of a value tells of it where nothing else does.

use super::refs::FileId;
use super::resolve::Resolver;
use super::types::{Grade, Type, Typed};
use crate::facts::{Call, ELEMENT, Loop, LoopKind, Operand, Root};
use crate::syntax::Family;

/// How many loops around a call, and calls of a chain, are looked at.
const MAX_STEPS: usize = 4;

impl Resolver<'_> {
    /// A receiver of unknown type that a loop around the call goes over by a method that lists alone have is a list:
    /// `xs.filter((x, i) => xs.indexOf(x) === i)`.
    pub(super) fn looped_over(&self, at: FileId, call: &Call) -> Typed {
        let file = self.sources.file(at);
        if file.family != Family::JavaScript || call.in_loop.is_none() {
            return Typed::UNKNOWN;
        }
        let receiver = call.receiver();
        let is_one_thing = matches!(receiver.root, Root::Name(_) | Root::This)
            && !receiver.path.iter().any(|field| file.name(*field) == ELEMENT);
        let parent = |id: &crate::facts::LoopId| file.facts.loops[id.index()].parent;
        let around = std::iter::successors(call.in_loop, parent).take(MAX_STEPS);
        let mut loops = around.map(|id| &file.facts.loops[id.index()]);
        let list = self.language_type(file.family, "list");
        if is_one_thing && loops.any(|each| self.goes_over_list(at, each, &receiver, &list)) {
            return list.at_most(Grade::Named);
        }
        Typed::UNKNOWN
    }

    fn goes_over_list(&self, at: FileId, each: &Loop, receiver: &Operand, list: &Typed) -> bool {
        let file = self.sources.file(at);
        let (LoopKind::Callback, Some(call)) = (each.kind, each.call) else { return false };
        let Type::Library(list, _) = list.is else { return false };
        let mut current = &file.facts.calls[call.index()];
        for _ in 0..MAX_STEPS {
            let Some((method, fields)) = current.callee.path.split_last() else { return false };
            if current.callee.root == receiver.root && *fields == *receiver.path.as_slice() {
                let name = file.name(*method);
                let others = ["set", "map"].map(|kind| self.language_type(file.family, kind).is);
                return !self.sources.catalog.methods(list, name).is_empty()
                    && !others.iter().any(|other| match other {
                        Type::Library(other, _) => !self.sources.catalog.methods(*other, name).is_empty(),
                        _ => false,
                    });
            }
            match current.callee.root {
                Root::Call(inner) if fields.is_empty() => current = &file.facts.calls[inner.index()],
                _ => return false,
            }
        }
        false
    }
}
