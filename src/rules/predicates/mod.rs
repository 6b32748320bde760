//! What can be asked of facts, by what it is about.

pub mod awaits;
pub mod calls;
pub mod collections;
pub mod connections;
pub mod entries;
pub mod failures;
pub mod fixed;
pub mod groups;
pub mod hashing;
pub mod loop_names;
pub mod loops;
pub mod measures;
pub mod origins;
mod pages;
pub mod relations;
pub mod response;
pub mod sql;
pub mod stores;
pub mod tables;
pub mod turns;

use super::value::{Objects, Scope, Value};
pub(super) use crate::facts::name_words::words_of;
use crate::facts::{CallId, LoopId, Operand, Root, Sink};

/// A literal with so many elements is as good as data.
pub(super) const MANY_ITEMS: usize = 100;

/// Whether an identifier has one of the words, in the singular or plural.
pub(super) fn has_word(name: &str, wanted: &[String]) -> bool {
    let ends_in_y =
        |word: &str, one: &str| word.strip_suffix("ies").is_some_and(|stem| one.strip_suffix('y') == Some(stem));
    words_of(name).iter().any(|word| {
        wanted.iter().any(|one| {
            word == one
                || word.strip_suffix('s') == Some(one)
                || word.strip_suffix("es") == Some(one)
                || ends_in_y(word, one)
        })
    })
}

/// Whether nothing is done with a call's value, through what goes on from it (`send().await.expect("…");`), or only a
/// name that says so holds it (`_answer`).
pub(super) fn is_dropped(scope: &Scope, id: CallId) -> bool {
    // What goes on from an `await` goes on from what it waits for: operands look through it.
    let inner = crate::project::calls::awaited_call(scope.facts(), scope.call(id));
    let mut last = inner.filter(|inner| scope.file().index.continued(*inner).is_some()).unwrap_or(id);
    while let Some(next) = scope.file().index.continued(last) {
        last = next;
    }
    match scope.call(last).sink {
        Sink::Dropped => true,
        Sink::Bound(bind) => match scope.facts().binds[bind.index()].target.root {
            Root::Name(name) => scope.file().name(name).starts_with('_'),
            _ => false,
        },
        _ => false,
    }
}

/// The words behind a predicate.
pub(super) fn words(objects: &Objects) -> &[String] {
    match objects {
        Objects::Words(words) => words,
        _ => &[],
    }
}

/// The loops behind a predicate.
pub(super) fn loops_of(scope: &Scope, objects: &Objects) -> Vec<LoopId> {
    slots(scope, objects)
        .into_iter()
        .filter_map(|value| match value {
            Value::Loop(id) | Value::Items(id) => Some(id),
            _ => None,
        })
        .collect()
}

/// The values of the names behind a predicate.
pub(super) fn slots<'p>(scope: &Scope<'p>, objects: &Objects) -> Vec<Value> {
    match objects {
        Objects::Slots(slots) => slots.iter().filter_map(|slot| scope.value(*slot)).collect(),
        _ => Vec::new(),
    }
}

/// Whether any name in an operand, its fields included, has one of the words.
pub(super) fn operand_mentions(scope: &Scope, operand: &Operand, wanted: &[String]) -> bool {
    let file = scope.file();
    let fields = operand.path.iter().any(|name| has_word(file.name(*name), wanted));
    let names = scope.facts().uses_in(operand.span).any(|u| has_word(file.name(u.name), wanted));
    fields || names || {
        let calls = scope.facts().calls_in(operand.span);
        calls.into_iter().any(|id| scope.call(id).callee.path.iter().any(|name| has_word(file.name(*name), wanted)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_read_as_words() {
        assert_eq!(words_of("retryCount"), ["retry", "count"]);
        assert_eq!(words_of("MAX_RETRIES2"), ["max", "retries2"]);
        assert!(has_word("idChunks", &["chunk".to_owned()]));
        assert!(has_word("batches", &["batch".to_owned()]));
        assert!(has_word("mirrorStrategies", &["strategy".to_owned()]));
        assert!(!has_word("dailies", &["dail".to_owned()]));
        assert!(!has_word("bachelor", &["batch".to_owned()]));
    }
}
