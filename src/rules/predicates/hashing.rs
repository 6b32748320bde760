//! Predicates about what can be kept in a set.

use super::super::clause::Kind;
use super::super::value::{Objects, Scope, Value};
use super::super::vocabulary::{ObjectKind, Predicate};
use super::{has_word, words};
use crate::catalog::Collection;
use crate::facts::name_words::words_of;
use crate::facts::{Class, FileFacts, Operand, Root};
use crate::project::ClassRef;
use crate::project::types::Type;
use crate::syntax::Family;

/// Decorators of classes whose objects are compared by their fields (`dataclasses`, `attrs`).
const DATA_CLASSES: &[&str] = &["dataclass", "define", "attrs", "s"];
/// Arguments of theirs that may bring a hash back.
const HASHED_BY: &[&str] = &["frozen", "eq", "unsafe_hash"];

/// The table.
pub const PREDICATES: &[Predicate] = &[Predicate {
    name: "hashable",
    subjects: &[Kind::Call],
    object: ObjectKind::Words,
    doc: "what it looks for can be kept in a set: a text, a number, an object whose class says so or compares objects by themselves; where the type is not known, what is called by one of these words at the end of its name",
    test: is_hashable,
}];

fn is_hashable(scope: &Scope, value: &Value, objects: &Objects) -> bool {
    let Value::Call(id) = value else { return false };
    let call = scope.call(*id);
    let Some(sought) = scope.facts().positional(call).next() else { return false };
    match scope.project.resolver.operand(scope.at, &sought.value, call.function).is {
        Type::Library(of, _) => {
            let collection = scope.project.resolver.sources.catalog.type_of(of).collection;
            matches!(collection, None | Some(Collection::String | Collection::Number | Collection::Bytes))
        }
        Type::Class(class) => has_hash(scope, class),
        _ => sought
            .value
            .last_name()
            .and_then(|name| words_of(scope.file().name(name)).pop())
            .is_some_and(|word| has_word(&word, words(objects))),
    }
}

/// Whether the objects of a class of the project have a hash: in Python all but those that are compared by their fields,
/// in Rust those that derive one.
fn has_hash(scope: &Scope, class: ClassRef) -> bool {
    let project = scope.project;
    let classes = &project.resolver.classes;
    let family = project.file(class.file).family;
    let row = |class: ClassRef| (&project.file(class.file).facts, project.resolver.sources.class(class));
    if family == Family::Rust {
        let (facts, row) = row(class);
        return row.decorators.iter().any(|one| decorator(facts, one) == Some("Hash"));
    }
    let all: Vec<ClassRef> = std::iter::once(class).chain(classes.ancestors(class)).collect();
    let is_known = !classes.has_foreign_base(class) || !classes.library_bases(class).is_empty();
    is_known
        && !all.iter().any(|class| {
            let (facts, row) = row(*class);
            compares_fields(facts, row, *class)
        })
}

/// The last name of a decorator (`@dataclasses.dataclass(frozen=True)`).
fn decorator<'f>(facts: &'f FileFacts, one: &Operand) -> Option<&'f str> {
    facts.decorator_name(one).last_name().map(|name| facts.names.get(name))
}

/// Whether a class of Python takes objects with the same fields for the same, and so has no hash: a data class that may
/// change, or one with `__eq__` alone.
fn compares_fields(facts: &FileFacts, row: &Class, class: ClassRef) -> bool {
    let is_plain = |one: &&Operand| match one.root {
        Root::Call(id) => {
            let args = facts.args_of(&facts.calls[id.index()]);
            let names = args.iter().filter_map(|arg| arg.keyword);
            !names.map(|name| facts.names.get(name)).any(|name| HASHED_BY.contains(&name))
        }
        _ => true,
    };
    let mut data =
        row.decorators.iter().filter(|one| decorator(facts, one).is_some_and(|name| DATA_CLASSES.contains(&name)));
    let has = |wanted: &str| {
        let mut methods = facts.functions.iter().filter(|function| function.class == Some(class.id));
        methods.any(|method| method.name.is_some_and(|name| facts.names.get(name) == wanted))
    };
    data.any(|one| is_plain(&one)) || has("__eq__") && !has("__hash__")
}
