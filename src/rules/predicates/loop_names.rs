//! Predicates about what the names of a loop say: that it goes by groups, or over what is set up.

use super::super::clause::Kind;
use super::super::value::{Objects, Scope, Value};
use super::super::vocabulary::{ObjectKind, Predicate};
use super::{has_word, words, words_of};
use crate::facts::{LoopId, LoopKind, NameId, Operand, Root};
use crate::project::types::Type;

/// How deep the parts of a call are looked through for names.
const MAX_STEPS: u32 = 6;

/// The table.
pub const PREDICATES: &[Predicate] = &[
    Predicate {
        name: "goes-by",
        subjects: &[Kind::Loop],
        object: ObjectKind::Words,
        doc: "its item is called so, or what it goes over is called by the plural: a turn has many elements. What takes the elements of one such group together counts as well",
        test: goes_by,
    },
    Predicate {
        name: "called",
        subjects: &[Kind::Loop],
        object: ObjectKind::Words,
        doc: "its item, or what it goes over, is called so: the last word of the name (`user_batch`, `pages`); a class of the project of that name is no such thing",
        test: is_called,
    },
    Predicate {
        name: "keyed-by",
        subjects: &[Kind::Loop],
        object: ObjectKind::Words,
        doc: "its item, or the first of two (a key, and what is kept under it), is called so: the last word of the name (`event_type`)",
        test: is_keyed_by,
    },
];

fn goes_by(scope: &Scope, value: &Value, objects: &Objects) -> bool {
    let Value::Loop(id) = value else { return false };
    // `for group in groups: for batch in chunked(group): load(batch)`: it takes groups as well.
    let found = scope.bound.first().map(|found| scope.span(found));
    let body = scope.body(*id);
    let inner = (0..scope.facts().loops.len()).map(|row| LoopId(row as u32)).filter(|inner| {
        let span = scope.each(*inner).span;
        body.contains(span) && found.is_some_and(|found| span.contains(found))
    });
    std::iter::once(*id).chain(inner).any(|each| takes_groups(scope, each, objects))
}

/// Whether a turn of the loop has many elements, as its names say.
fn takes_groups(scope: &Scope, id: LoopId, objects: &Objects) -> bool {
    let is_group = |name: NameId| {
        words_of(scope.file().name(name)).last().is_some_and(|word| words(objects).iter().any(|one| one == word))
    };
    // `for (const row of batch) await store(row)` takes one element at a time; `batch.map(store)` takes them together.
    let together = scope.each(id).kind == LoopKind::Callback;
    is_item_called(scope, id, objects) || is_over_called(scope, id, objects, |name| together || !is_group(name))
}

fn is_called(scope: &Scope, value: &Value, objects: &Objects) -> bool {
    matches!(value, Value::Loop(id) if is_item_called(scope, *id, objects) || is_over_called(scope, *id, objects, |_| true))
}

fn is_keyed_by(scope: &Scope, value: &Value, objects: &Objects) -> bool {
    let Value::Loop(id) = value else { return false };
    let is_so = |name: NameId| ends_with_word(scope.file().name(name), objects);
    matches!(*scope.each(*id).items, [first] | [first, _] if is_so(first))
}

/// Whether the last word of a loop's item is one of the words. A class of the project of that name is no such thing.
fn is_item_called(scope: &Scope, id: LoopId, objects: &Objects) -> bool {
    let (each, file) = (scope.each(id), scope.file());
    let is_class = |name: NameId| {
        let start = scope.body(id).start;
        let inside = scope.facts().blocks[each.body.index()].function;
        matches!(scope.project.resolver.name(scope.at, name, inside, start).is, Type::Class(_))
            || is_named_class(scope, file.name(name))
    };
    each.items.iter().any(|name| ends_with_word(file.name(*name), objects) && !is_class(*name))
}

/// Whether what a loop goes over is called by one of the words, and so that `counts`.
fn is_over_called(scope: &Scope, id: LoopId, objects: &Objects, counts: impl Fn(NameId) -> bool) -> bool {
    let file = scope.file();
    let is_so = |name: &NameId| {
        ends_with_word(file.name(*name), objects) && !is_named_class(scope, file.name(*name)) && counts(*name)
    };
    scope.each(id).over.as_ref().is_some_and(|over| last_names(scope, over, 0).iter().any(is_so))
}

fn ends_with_word(name: &str, objects: &Objects) -> bool {
    words_of(name).last().is_some_and(|word| has_word(word, words(objects)))
}

/// Whether the file knows a class of the name: `Page`, for a loop's `page`.
fn is_named_class(scope: &Scope, item: &str) -> bool {
    let file = scope.file();
    let words: Vec<String> = words_of(item).iter().map(|word| capitalised(word)).collect();
    let Some(name) = file.id(&words.concat()) else { return false };
    file.facts.imports.iter().any(|import| import.local == name)
        || file.facts.classes.iter().any(|class| class.name == Some(name))
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The names that say what a value is: its last field or its own name; those of a call, its receiver and its arguments.
fn last_names(scope: &Scope, value: &Operand, depth: u32) -> Vec<NameId> {
    if let Some(last) = value.last_name() {
        return vec![last];
    }
    match value.root {
        Root::Call(id) if depth < MAX_STEPS => {
            let call = scope.call(id);
            let parts = std::iter::once(&call.callee).chain(scope.facts().args_of(call).iter().map(|arg| &arg.value));
            let receiver = Operand { path: crate::facts::FieldPath::EMPTY, ..call.callee.clone() };
            let mut names: Vec<NameId> = parts.flat_map(|part| last_names(scope, part, depth + 1)).collect();
            names.extend(last_names(scope, &receiver, depth + 1));
            names
        }
        _ => Vec::new(),
    }
}
