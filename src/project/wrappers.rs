//! Functions behind wrappers: what `traced(load)`, `cache(async (id) => …)` or `withRole("admin")(handler)` stand for.

use super::refs::{CallRef, FileId, FunctionRef};
use super::resolve::{Resolved, Resolver, Target};
use super::types::{Grade, Type, Typed};
use crate::facts::{Arg, Call, CallKind, FunctionId, Root, Sink};

impl Resolver<'_> {
    /// The function that a call gives back in another coat: the only one among its arguments, the others being written
    /// out. Nothing where the call is known to give something else.
    pub(super) fn wrapped(&self, of: CallRef, resolved: &Resolved) -> Option<Typed> {
        let facts = &self.sources.file(of.file).facts;
        let call = &facts.calls[of.id.index()];
        if call.kind != CallKind::Plain || call.awaited || call.sink == Sink::Dropped || call.args.is_empty() {
            return None;
        }
        let may_wrap = match (&resolved.target, &resolved.gives.is) {
            // A method of who knows what maps and filters more often than it wraps, and so does what is given a name.
            (Target::Unknown, Type::Unknown) => {
                call.callee.path.is_empty() && others_are_written_out(facts.args_of(call))
            }
            (Target::Unknown, Type::Path(_)) => {
                self.is_foreign(of.file, &resolved.gives) && others_are_written_out(facts.args_of(call))
            }
            // What it gives says no more than that it is what it was given, or nothing at all: `traced(options)(load)`.
            (Target::Functions(functions), Type::Unknown) => {
                functions.iter().any(|wrapper| self.gives_its_argument(*wrapper))
                    || matches!(call.callee.root, Root::Call(_)) && call.callee.path.is_empty()
            }
            // A function of the project that gives a function written in it.
            (Target::Functions(functions), Type::Function(given)) => functions.iter().any(|wrapper| {
                let (outer, inner) = (self.sources.function(*wrapper), self.sources.function(*given));
                wrapper.file == given.file && outer.span.contains(inner.span)
            }),
            _ => false,
        };
        if !may_wrap {
            return None;
        }
        let mut functions = facts.args_of(call).iter().filter_map(|arg| self.function_arg(of.file, call, arg));
        let (only, None) = (functions.next()?, functions.next()) else { return None };
        Some(Typed { is: only, grade: Grade::Named, marks: resolved.gives.marks })
    }

    /// Whether a function is declared to give the type of one of its parameters: `<F>(target: F) => F`.
    fn gives_its_argument(&self, of: FunctionRef) -> bool {
        let function = self.sources.function(of);
        function.returns.as_ref().is_some_and(|gives| {
            let mut declared = function.params.iter().filter_map(|param| param.annotation.as_ref());
            gives.args.is_empty() && declared.any(|kind| kind.args.is_empty() && kind.name == gives.name)
        })
    }

    /// The function that an argument is.
    fn function_arg(&self, at: FileId, call: &Call, arg: &Arg) -> Option<Type> {
        match arg.value.root {
            Root::Function(_) | Root::Name(_) | Root::Call(_) | Root::This => {
                let is = self.operand(at, &arg.value, call.function).is;
                matches!(is, Type::Function(function) if function.id != FunctionId::MODULE).then_some(is)
            }
            _ => None,
        }
    }
}

/// Whether at most one argument is something else than a literal: `map(parse, rows)` works on rows.
fn others_are_written_out(args: &[Arg]) -> bool {
    let is_literal = |arg: &&Arg| {
        matches!(
            arg.value.root,
            Root::Text(_) | Root::Number(_) | Root::Bool(_) | Root::Null | Root::Object(_) | Root::List(_)
        )
    };
    args.iter().filter(|arg| !is_literal(arg)).count() <= 1
}
