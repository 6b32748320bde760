//! Predicates about writes into collections.

use super::super::clause::Kind;
use super::super::value::{Scope, Value};
use super::super::vocabulary::{ObjectKind, Predicate};
use super::fixed::is_fixed_param;
use crate::facts::{Function, Operand, Root};
use crate::project::stores::{StoreKind, process_wide, shrinks, varies};

/// The table.
pub const PREDICATES: &[Predicate] = &[
    Predicate {
        name: "process-wide",
        subjects: &[Kind::Store],
        object: ObjectKind::None,
        doc: "goes into a collection that lives as long as the process",
        test: |scope, value, _| is_process_wide(scope, value),
    },
    Predicate {
        name: "varies",
        subjects: &[Kind::Store],
        object: ObjectKind::None,
        doc: "what is written comes from the function's parameters, so that calls add to it without end; members of an enum and what all callers write out are few",
        test: |scope, value, _| matches!(value, Value::Store(store) if varies(scope.project, scope.at, store, &|function, place| is_fixed_param(scope, function, place))),
    },
    Predicate {
        name: "shrinks",
        subjects: &[Kind::Store],
        object: ObjectKind::None,
        doc: "something in the project takes entries out again",
        test: |scope, value, _| is_trimmed(scope, value),
    },
    Predicate {
        name: "memoised",
        subjects: &[Kind::Store],
        object: ObjectKind::None,
        doc: "is a decorator that keeps the results of a function",
        test: |_, value, _| matches!(value, Value::Store(store) if store.kind == StoreKind::Memoised),
    },
    Predicate {
        name: "on-method",
        subjects: &[Kind::Store],
        object: ObjectKind::None,
        doc: "is a decorator of a method, so that the objects are kept as well; a class is not as many",
        test: |scope, value, _| {
            matches!(value, Value::Store(store) if {
                let function = &scope.facts().functions[store.function.index()];
                let has_none = function.is_static || function.params.is_empty() && is_of_class(scope, function);
                store.kind == StoreKind::Memoised && function.class.is_some() && !has_none
            })
        },
    },
];

/// Whether a method gets its class in place of an object.
fn is_of_class(scope: &Scope, function: &Function) -> bool {
    let is_it = |one: &Operand| matches!(one.root, Root::Name(name) if scope.file().name(name) == "classmethod");
    function.decorators.iter().any(is_it)
}

fn is_process_wide(scope: &Scope, value: &Value) -> bool {
    let Value::Store(store) = value else { return false };
    store.kind == StoreKind::Memoised || process_wide(scope.project, scope.at, &store.target, store.function).is_some()
}

fn is_trimmed(scope: &Scope, value: &Value) -> bool {
    let Value::Store(store) = value else { return false };
    if store.kind == StoreKind::Memoised {
        return false;
    }
    process_wide(scope.project, scope.at, &store.target, store.function)
        .is_some_and(|(file, name)| shrinks(scope.project, file, name))
}
