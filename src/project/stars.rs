//! Imports of everything that a module has (`use prelude::*`, `from .models import *`), by file.

use std::sync::OnceLock;

use rustc_hash::FxHashSet;

use super::modules::Modules;
use super::refs::FileId;
use super::sources::{ProjectFile, Sources};
use crate::facts::names::hash;
use crate::facts::{FunctionId, NameId};

/// The files that each file takes everything from, found when first asked for.
#[derive(Debug)]
pub struct Stars {
    files: Vec<OnceLock<Star>>,
}

#[derive(Debug, Default)]
struct Star {
    /// The files named by the file's own imports, in their order.
    direct: Box<[FileId]>,
    /// All files that names may come from: the file, and what these and theirs take everything from.
    all: OnceLock<Box<[FileId]>>,
    /// What names those files declare: a prelude may reach a hundred files, and most names are declared in none of them.
    seen: OnceLock<SeenNames>,
}

/// Which names may be among many, as one bit for each hash (a Bloom filter with one hash function).
#[derive(Debug)]
struct SeenNames {
    bits: Box<[u64]>,
}

impl SeenNames {
    /// Of some files.
    fn of(sources: &Sources, files: &[FileId]) -> Self {
        let declared = |file: &FileId| {
            let source = sources.file(*file);
            source.facts.names.iter().filter(|(id, _)| declares(source, *id)).map(|(_, name)| hash(name))
        };
        let hashes: Vec<u64> = files.iter().flat_map(declared).collect();
        // At least sixteen bits for each name: of those that are not there, one in sixteen passes.
        let mut seen = Self { bits: vec![0; (hashes.len() / 4).next_power_of_two()].into() };
        for hash in hashes {
            let (word, bit) = seen.place(hash);
            seen.bits[word] |= bit;
        }
        seen
    }

    fn may_have(&self, hash: u64) -> bool {
        let (word, bit) = self.place(hash);
        self.bits[word] & bit != 0
    }

    /// The word and the bit of a hash.
    fn place(&self, hash: u64) -> (usize, u64) {
        ((hash >> 6) as usize & (self.bits.len() - 1), 1 << (hash & 63))
    }
}

impl Stars {
    /// For so many files.
    pub fn new(files: usize) -> Self {
        Self { files: std::iter::repeat_with(OnceLock::new).take(files).collect() }
    }

    /// The files that a file takes everything from.
    pub fn of(&self, sources: &Sources, modules: &Modules, file: FileId) -> &[FileId] {
        &self.star(sources, modules, file).direct
    }

    /// Whether a name may be declared at the top of a Rust file, or of any that it takes everything from: a few names that
    /// are not pass too.
    pub fn may_have(&self, sources: &Sources, modules: &Modules, file: FileId, name: &str) -> bool {
        let star = self.star(sources, modules, file);
        let all = star.all.get_or_init(|| self.reached(sources, modules, file));
        let seen = star.seen.get_or_init(|| SeenNames::of(sources, all));
        seen.may_have(hash(name))
    }

    fn star(&self, sources: &Sources, modules: &Modules, file: FileId) -> &Star {
        self.files[file.index()].get_or_init(|| {
            let source = sources.file(file);
            let all = source.id("*");
            let stars = source.facts.imports.iter().filter(|import| Some(import.local) == all);
            let found = stars
                .filter_map(|import| modules.resolve(source.family, &source.facts.path, source.name(import.module)));
            Star { direct: found.filter(|found| *found != file).collect(), ..Star::default() }
        })
    }

    fn reached(&self, sources: &Sources, modules: &Modules, file: FileId) -> Box<[FileId]> {
        let mut reached = vec![file];
        let mut known: FxHashSet<FileId> = FxHashSet::from_iter([file]);
        let mut next = 0;
        while let Some(&file) = reached.get(next) {
            reached.extend(self.of(sources, modules, file).iter().filter(|found| known.insert(**found)));
            next += 1;
        }
        reached.into()
    }
}

/// Whether a name is declared at the top of a file.
fn declares(source: &ProjectFile, name: NameId) -> bool {
    !source.index.declarations_in(name, FunctionId::MODULE).is_empty()
}
