//! Predicates about functions: what they are for, and from where they are reached.

use super::super::clause::Kind;
use super::super::value::{Objects, Scope, Value};
use super::super::vocabulary::{ObjectKind, Predicate};
use crate::catalog::Entry;
use crate::facts::FunctionId;
use crate::project::{FunctionRef, Project};

/// How many functions may take turns in a recursion.
const MAX_CYCLE: usize = 3;
/// How many functions on the way to one are asked where they are called from.
const MAX_CALLERS: usize = 64;

/// The predicate that tells what a function is for.
pub const ENTRY: &str = "entry";

/// The table.
pub const PREDICATES: &[Predicate] = &[
    Predicate {
        name: ENTRY,
        subjects: &[Kind::Function],
        object: ObjectKind::Entries,
        doc: "is such an entry point, stands in one, or lies in a file for it",
        test: is_entry,
    },
    Predicate {
        name: "reached-by",
        subjects: &[Kind::Function],
        object: ObjectKind::Entries,
        doc: "is reached by calls from such an entry point",
        test: is_reached,
    },
    Predicate {
        name: "recursive",
        subjects: &[Kind::Function],
        object: ObjectKind::None,
        doc: "calls itself, perhaps by way of others in its file: it walks a tree whose size the code does not fix",
        test: is_recursive,
    },
    Predicate {
        name: "only-called-by",
        subjects: &[Kind::Function],
        object: ObjectKind::Entries,
        doc: "is called, and every chain of calls that leads to it starts in such an entry point",
        test: is_only_called_by,
    },
];

fn is_entry(scope: &Scope, value: &Value, objects: &Objects) -> bool {
    let (Value::Function(id), Objects::Entries(wanted)) = (value, objects) else { return false };
    let own = scope.project.entry(scope.function_ref(*id));
    wanted.iter().any(|entry| own.contains(*entry))
}

fn is_reached(scope: &Scope, value: &Value, objects: &Objects) -> bool {
    let (Value::Function(id), Objects::Entries(wanted)) = (value, objects) else { return false };
    let reached = scope.project.reached(scope.function_ref(*id));
    wanted.iter().any(|entry| reached.contains(*entry))
}

fn is_recursive(scope: &Scope, value: &Value, _: &Objects) -> bool {
    let Value::Function(id) = value else { return false };
    let owner = scope.project.owner(scope.function_ref(*id));
    let span = scope.facts().functions[owner.id.index()].span;
    // A walk over a tree may take turns among a few functions: a value, a list of values, an object's values.
    let mut level = vec![owner];
    for _ in 0..MAX_CYCLE {
        let callers = level.iter().flat_map(|function| scope.project.callers(*function));
        let callers: Vec<_> = callers.filter(|call| call.file == scope.at).collect();
        if callers.iter().any(|call| span.contains(scope.call(call.id).span)) {
            return true;
        }
        level = callers
            .into_iter()
            .map(|call| scope.project.owner(scope.function_ref(scope.call(call.id).function)))
            .filter(|function| function.id != FunctionId::MODULE)
            .collect();
        level.sort_unstable();
        level.dedup();
    }
    false
}

fn is_only_called_by(scope: &Scope, value: &Value, objects: &Objects) -> bool {
    let (Value::Function(id), Objects::Entries(wanted)) = (value, objects) else { return false };
    let project = scope.project;
    let mut reached = vec![project.owner(scope.function_ref(*id))];
    let mut next = 0;
    while let Some(&function) = reached.get(next) {
        next += 1;
        match start(project, function, wanted) {
            Start::Wanted => {}
            Start::Other => return false,
            Start::Called => {
                let callers = project
                    .callers(function)
                    .map(|site| project.owner(FunctionRef { file: site.file, id: project.call(site).function }));
                for caller in callers {
                    if !reached.contains(&caller) {
                        reached.push(caller);
                    }
                }
            }
        }
        if reached.len() > MAX_CALLERS {
            return false;
        }
    }
    // Functions that only call each other are called by nobody that is known.
    reached.iter().any(|function| matches!(start(project, *function, wanted), Start::Wanted))
}

/// Whether a chain of calls starts in a function.
enum Start {
    /// In such an entry point.
    Wanted,
    /// In another one, or in what nothing is known to call.
    Other,
    /// It does not: it is called.
    Called,
}

fn start(project: &Project, function: FunctionRef, wanted: &[Entry]) -> Start {
    let own = project.entry(function);
    if wanted.iter().any(|entry| own.contains(*entry)) {
        Start::Wanted
    } else if own.is_empty() && function.id != FunctionId::MODULE && project.callers(function).next().is_some() {
        Start::Called
    } else {
        Start::Other
    }
}
