//! Functions whose answers are kept: those under a decorator that says so.

use super::refs::{FileId, FunctionRef};
use super::resolve::Resolver;
use crate::catalog::Mark;
use crate::facts::name_words::words_of;
use crate::facts::{Function, FunctionId, Operand};

/// What decorators of the project's own, and of libraries that nothing is known of, are called that keep answers
/// (`@cached`, `@timed_lru_cache(60)`, `@Memoize()`).
const WORDS: &[&str] = &["cache", "cached", "cacheable", "memoize", "memoized", "memoise", "memoised"];
/// What keeps the answer of one object (`@cached_property`): the next object has none.
const OF_ONE_OBJECT: &[&str] = &["property", "method"];

/// The functions of a file that ask once for each key: who calls them again finds the answer.
pub fn memoised(resolver: &Resolver, at: FileId) -> Vec<FunctionRef> {
    let functions = resolver.sources.file(at).facts.functions.iter().enumerate();
    let keeps = |function: &Function| function.decorators.iter().any(|one| keeps(resolver, at, one, function));
    functions
        .filter(|(_, function)| keeps(function))
        .map(|(row, _)| FunctionRef { file: at, id: FunctionId(row as u32) })
        .collect()
}

fn keeps(resolver: &Resolver, at: FileId, decorator: &Operand, function: &Function) -> bool {
    let file = resolver.sources.file(at);
    let Some(name) = file.facts.decorator_name(decorator).last_name() else { return false };
    let words = words_of(file.name(name));
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
    // Of a decorator that nothing is known of, nothing tells where it keeps the answers: who waits for them may ask a store
    // on the network each time.
    !has(OF_ONE_OBJECT)
        && (has(WORDS) && !function.is_async
            || resolver.decorator_marks(at, decorator, function).contains(Mark::Cached))
}
