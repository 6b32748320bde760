//! The files that a change reaches, beyond those that were drawn from the changed ones: where tables over all files differ
//! from those before, the files that their rows speak of, and the files with a name that means something else now.

use std::hash::Hash;

use rustc_hash::FxHashMap;

use super::call_sites::CallSites;
use super::calls::Interest;
use super::classes::Classes;
use super::refs::{CallRef, ClassRef, FileId};
use super::relations::Relations;
use super::sources::{Changes, Sources};
use crate::facts::names::hash;

/// After more changed names than this, all is worked out anew.
const MAX_NAMES: usize = 200;

/// The files that a change reaches.
pub struct Reached<'s> {
    sources: &'s Sources<'s>,
    /// The names that changed files had or have, by their hashes.
    hashes: FxHashMap<u64, &'s str>,
    /// Whether it is each of the files.
    pub files: Vec<bool>,
    /// How many names were looked for.
    asked: usize,
    /// Whether it is all of them.
    pub all: bool,
}

impl<'s> Reached<'s> {
    /// What is reached at first: the changed files themselves, or `all`.
    pub fn new(sources: &'s Sources<'s>, changes: &'s Changes, all: bool) -> Self {
        let mut files = vec![false; sources.files.len()];
        changes.files.iter().for_each(|file| files[file.index()] = true);
        let hashes = changes.names.iter().map(|name| (hash(name), name.as_ref())).collect();
        Self { sources, hashes, files, asked: 0, all: all || changes.other_stars }
    }

    /// Whether a file is among them.
    pub fn has(&self, file: FileId) -> bool {
        self.files[file.index()]
    }

    /// All files that have a name.
    fn name(&mut self, name: &str) {
        self.asked += 1;
        self.all |= self.asked > MAX_NAMES;
        if !self.all {
            for (file, reached) in self.sources.files.iter().zip(&mut self.files) {
                *reached |= file.id(name).is_some();
            }
        }
    }

    /// All files that have one of some names.
    pub fn names<'n>(&mut self, names: impl IntoIterator<Item = &'n Box<str>>) {
        names.into_iter().for_each(|name| self.name(name));
    }

    /// All files that have a name, given by its hash: one of a changed file.
    fn hash(&mut self, hash: u64) {
        match self.hashes.get(&hash).copied() {
            Some(name) => self.name(name),
            None => self.all = true,
        }
    }

    fn class(&mut self, class: ClassRef) {
        match self.files.get_mut(class.file.index()) {
            Some(reached) => *reached = true,
            None => self.all = true,
        }
    }

    /// What other classes than before reach.
    pub fn classes(&mut self, before: &Classes, now: &Classes) {
        changed(&before.bases, &now.bases).for_each(|class| self.class(*class));
        changed(&before.derived, &now.derived).for_each(|class| self.class(*class));
        changed(&before.library, &now.library).for_each(|class| self.class(*class));
        changed(&before.owners, &now.owners).for_each(|class| self.class(*class));
        changed(&before.impls, &now.impls).for_each(|class| self.class(*class));
        before.foreign.symmetric_difference(&now.foreign).for_each(|class| self.class(*class));
        changed(&before.only, &now.only).for_each(|(_, name)| self.hash(*name));
        self.all |= before.extensions != now.extensions || before.by_base != now.by_base;
    }

    /// What other relations than before reach.
    pub fn relations(&mut self, before: &Relations, now: &Relations) {
        changed(&before.fields, &now.fields).for_each(|class| self.class(*class));
        self.names(changed(&before.fetched, &now.fetched));
        self.all |= before.loaded != now.loaded || before.has_any() != now.has_any();
        self.all |= before.fetched.is_empty() != now.fetched.is_empty();
    }

    /// What other call sites than before reach. Who asks where a function is called has looked at the calls in changed files, if there were any.
    pub fn call_sites(&mut self, before: &CallSites, now: &CallSites) {
        let reached = self.files.clone();
        let is_known = |site: &&CallRef| !reached[site.file.index()];
        let is_same = |name: &u64| match (before.by_name.get(name), now.by_name.get(name)) {
            (Some(before), Some(now)) => {
                before.iter().filter(is_known).eq(now.iter().filter(is_known))
                    && (before == now || before.iter().any(|site| reached[site.file.index()]))
            }
            _ => false,
        };
        let names: Vec<u64> = changed(&before.by_name, &now.by_name).copied().filter(|name| !is_same(name)).collect();
        names.into_iter().for_each(|name| self.hash(name));
    }

    /// What other names than before reach that make calls interesting.
    pub fn interest(&mut self, before: &Interest, now: &Interest) {
        self.all |= before.operators != now.operators;
        let names: Vec<u64> = before.functions.symmetric_difference(&now.functions).copied().collect();
        names.into_iter().for_each(|name| self.hash(name));
    }
}

/// The keys that have another value in one of two tables than in the other.
fn changed<'t, K: Eq + Hash, V: PartialEq>(
    before: &'t FxHashMap<K, V>,
    now: &'t FxHashMap<K, V>,
) -> impl Iterator<Item = &'t K> {
    let other = |(key, value): &(&K, &V)| before.get(*key) != Some(*value);
    let gone = before.keys().filter(|key| !now.contains_key(*key));
    now.iter().filter(other).map(|(key, _)| key).chain(gone)
}
