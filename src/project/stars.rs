//! Imports of everything that a module has (`use prelude::*`, `from .models import *`), by file.

use std::sync::OnceLock;

use rustc_hash::FxHashSet;

use super::modules::Modules;
use super::refs::FileId;
use super::sources::Sources;

/// The files that each file takes everything from, found when first asked for.
#[derive(Debug)]
pub struct Stars {
    files: Vec<OnceLock<Star>>,
}

#[derive(Debug)]
struct Star {
    /// The files named by the file's own imports, in their order.
    direct: Box<[FileId]>,
    /// All files that names may come from: the file, and what these and theirs take everything from.
    all: OnceLock<Box<[FileId]>>,
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

    /// Whether a name stands in a file, or in any that it takes everything from.
    pub fn may_have(&self, sources: &Sources, modules: &Modules, file: FileId, name: &str) -> bool {
        let star = self.star(sources, modules, file);
        let all = star.all.get_or_init(|| self.reached(sources, modules, file));
        all.iter().any(|file| sources.file(*file).id(name).is_some())
    }

    fn star(&self, sources: &Sources, modules: &Modules, file: FileId) -> &Star {
        self.files[file.index()].get_or_init(|| {
            let source = sources.file(file);
            let all = source.id("*");
            let stars = source.facts.imports.iter().filter(|import| Some(import.local) == all);
            let found = stars
                .filter_map(|import| modules.resolve(source.family, &source.facts.path, source.name(import.module)));
            Star { direct: found.filter(|found| *found != file).collect(), all: OnceLock::new() }
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
