//! How many rows a query gives at most, where the code says so.

use super::super::value::Scope;
use super::MANY_ITEMS;
use crate::catalog::Mark;
use crate::facts::{Call, CallId, Operand, Root};
use crate::project::index::Declared;

/// Whether a query has a limit, and the numbers in it are small: all that are written in it, or are constants named in it.
pub fn is_short_page(scope: &Scope, id: CallId) -> bool {
    if !scope.project.marks(scope.call_ref(id)).contains(Mark::Limited) {
        return false;
    }
    let numbers = numbers_in(scope, scope.call(id));
    !numbers.is_empty() && numbers.iter().all(|number| (0..MANY_ITEMS as i32).contains(number))
}

/// The whole numbers that a call is given.
fn numbers_in(scope: &Scope, call: &Call) -> Vec<i32> {
    let facts = scope.facts();
    let args = facts.calls_in(call.span).flat_map(|inner| facts.args_of(scope.call(inner))).map(|arg| &arg.value);
    let objects = facts.objects.iter().filter(|object| call.span.contains(object.span));
    let entries = objects.flat_map(|object| facts.entries_of(object)).map(|entry| &entry.1);
    args.chain(entries).filter_map(|value| number(scope, value, call)).collect()
}

fn number(scope: &Scope, value: &Operand, call: &Call) -> Option<i32> {
    let file = scope.file();
    match value.root {
        Root::Number(Some(number)) => Some(number.0),
        Root::Name(name) if value.path.is_empty() => {
            let given = match file.index.lookup(&file.facts, name, call.function, call.span.start)?.what {
                Declared::Bind(bind) => file.facts.binds[bind.index()].value.as_ref()?,
                Declared::Import(row) => {
                    scope.project.resolver.imported_binds(scope.at, row).next()?.1.value.as_ref()?
                }
                _ => return None,
            };
            match given.root {
                Root::Number(Some(number)) => Some(number.0),
                _ => None,
            }
        }
        _ => None,
    }
}
