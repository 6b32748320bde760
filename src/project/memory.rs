//! What one link leaves for the next, so that after an edit only that is worked out anew which the edit may change.
//!
//! Tables over all files (classes, relations, call sites) are cheap and built anew. Where they differ from those before,
//! the files that their rows speak of count as changed too, and so do the files that have a name which means something
//! else now. Answers that were drawn from none of the changed files are kept.

use rayon::prelude::*;

use super::answers::Answers;
use super::call_sites::CallSites;
use super::calls::{FileCalls, Interest, calls_of};
use super::class_rows;
use super::classes::Classes;
use super::entries::Reader;
use super::link::Read;
use super::modules::Known;
use super::origins::{OriginId, Origins};
use super::reached::Reached;
use super::refs::FileId;
use super::relations::{self, Relations};
use super::resolve::{Resolved, Resolver};
use super::sources::{Changes, Sources};
use super::types::Typed;

/// Answers that nothing refers to any more are let go when there are so many times more than at first.
const MAX_GROWTH: usize = 3;

/// Something, and where it was drawn from.
type Traced<T> = (T, Option<OriginId>);

/// What a link leaves.
#[derive(Debug, Default)]
pub struct Memory {
    tables: Option<Tables>,
    origins: Origins,
    known: Option<(Answers<Resolved>, Answers<Typed>)>,
    rows: Rows,
    /// What the calls of each file do.
    calls: Vec<Traced<FileCalls>>,
    /// What else was read of each file.
    read: Vec<Traced<Read>>,
    modules: Known,
    /// How many answers and sets of files there were when all was worked out.
    first: usize,
}

/// Tables over all files.
#[derive(Debug)]
struct Tables {
    classes: Classes,
    relations: Relations,
    call_sites: CallSites,
    interest: Interest,
}

/// What each file says for those tables.
#[derive(Debug, Default)]
struct Rows {
    classes: Vec<Traced<class_rows::OfFile>>,
    relations: Vec<relations::OfFile>,
}

/// A resolver that has its tables, and what is known of each file.
pub struct Remembered<'p> {
    /// Types and targets, on demand.
    pub resolver: Resolver<'p>,
    /// What the calls of each file do.
    pub calls: Vec<FileCalls>,
    /// What else was read of each file.
    pub read: Vec<Read>,
    /// What else to hand on.
    pub rest: Rest,
}

/// What the next link needs beside that.
#[derive(Debug, Default)]
pub struct Rest {
    calls_from: Vec<Option<OriginId>>,
    read_from: Vec<Option<OriginId>>,
    rows: Rows,
    interest: Interest,
    first: usize,
}

impl Memory {
    /// Builds the tables over all files and finds out what calls do, as far as the changes may have an effect on it; all
    /// of it for a memory of nothing.
    ///
    /// # Errors
    /// When the built-in table of places is broken.
    pub fn recall<'p>(self, sources: &'p Sources<'p>, changes: &Changes) -> Result<Remembered<'p>, String> {
        let Self { tables, origins, known, mut rows, calls, read, modules, first } = self;
        let mut resolver = Resolver::empty(sources);
        resolver.modules.remember(modules);
        resolver.origins = Some(origins);
        let mut reached = Reached::new(sources, changes, tables.is_none());
        reached.names(&changes.declared);
        rows.build_tables(&mut resolver, &mut reached, tables.as_ref());
        let interest = Interest::new(&resolver);
        if let Some(tables) = &tables {
            reached.relations(&tables.relations, &resolver.relations);
            reached.call_sites(&tables.call_sites, &resolver.call_sites);
            reached.interest(&tables.interest, &interest);
        }
        let stale = Stale::new(&resolver, &reached);
        if let Some((mut calls, mut imports)) = known.filter(|_| !reached.all) {
            calls.forget(&reached.files, &stale.sets);
            imports.forget(&reached.files, &stale.sets);
            (resolver.known, resolver.imported) = (calls, imports);
        }
        let is_old = |file, origin| stale.is(&reached, file, origin);
        let (calls, calls_from, renewed) =
            renew(sources, calls, &is_old, |id| resolver.traced(|| calls_of(&resolver, &interest, id)));
        let reader = Reader::new(&resolver)?;
        let is_old = |file: FileId, origin| renewed[file.index()] || stale.is(&reached, file, origin);
        let (read, read_from, _) = renew(sources, read, &is_old, |id| {
            resolver.traced(|| Read::new(&resolver, &reader, id, &calls[id.index()]))
        });
        drop(reader);
        let first = if reached.all { size(&resolver) } else { first };
        Ok(Remembered { resolver, calls, read, rest: Rest { calls_from, read_from, rows, interest, first } })
    }
}

impl Rows {
    /// Reads what is stale, and gives a resolver its tables.
    fn build_tables(&mut self, resolver: &mut Resolver<'_>, reached: &mut Reached<'_>, before: Option<&Tables>) {
        let sources = resolver.sources;
        let stale = Stale::new(resolver, reached);
        let known = std::mem::take(&mut self.classes);
        let is_old = |file, origin| stale.is(reached, file, origin);
        let (said, from, _) =
            renew(sources, known, &is_old, |id| resolver.traced(|| class_rows::OfFile::read(resolver, id)));
        resolver.classes = Classes::build(resolver, &said);
        self.classes = said.into_iter().zip(from).collect();
        // Answers that were given while the hierarchy, or the relations, were not known do not hold.
        resolver.forget_all();
        if let Some(before) = before {
            reached.classes(&before.classes, &resolver.classes);
        }
        let stale = Stale::new(resolver, reached);
        let origin = |file: FileId| self.relations.get(file.index()).and_then(|row| row.origin);
        let old: Vec<bool> = sources.ids().map(|file| stale.is(reached, file, origin(file))).collect();
        resolver.relations = Relations::of(resolver, &mut self.relations, &|file| old[file.index()]);
        resolver.forget_all();
        resolver.call_sites = CallSites::new(sources);
    }
}

impl Remembered<'_> {
    /// What the next link can use.
    pub fn into_memory(self) -> Memory {
        let Self { resolver, calls, read, rest } = self;
        let size = size(&resolver);
        let Resolver { modules, classes, relations, call_sites, known, imported, origins, .. } = resolver;
        let Rest { calls_from, read_from, rows, interest, first } = rest;
        let modules = modules.into_known();
        if size > first * MAX_GROWTH {
            return Memory { modules, ..Memory::default() };
        }
        Memory {
            tables: Some(Tables { classes, relations, call_sites, interest }),
            origins: origins.unwrap_or_default(),
            known: Some((known, imported)),
            rows,
            calls: calls.into_iter().zip(calls_from).collect(),
            read: read.into_iter().zip(read_from).collect(),
            modules,
            first,
        }
    }
}

fn size(resolver: &Resolver) -> usize {
    resolver.known.len() + resolver.imported.len() + resolver.origins.as_ref().map_or(0, Origins::count)
}

/// Which sets of files have any that is reached.
struct Stale {
    sets: Vec<bool>,
}

impl Stale {
    fn new(resolver: &Resolver, reached: &Reached) -> Self {
        Self { sets: resolver.origins.as_ref().map(|origins| origins.touched(&reached.files)).unwrap_or_default() }
    }

    /// Whether what is known of a file, drawn from a set, holds no more.
    fn is(&self, reached: &Reached, file: FileId, origin: Option<OriginId>) -> bool {
        let is_touched = |origin: OriginId| self.sets.get(origin.index()).copied().unwrap_or(true);
        reached.all || reached.has(file) || origin.is_none_or(is_touched)
    }
}

/// Something of each file: as before, or found out where that `is_old`; which it was found out for.
fn renew<T: Send>(
    sources: &Sources,
    before: Vec<Traced<T>>,
    is_old: &(dyn Fn(FileId, Option<OriginId>) -> bool + Sync),
    find_out: impl Fn(FileId) -> Traced<T> + Sync,
) -> (Vec<T>, Vec<Option<OriginId>>, Vec<bool>) {
    let mut before: Vec<Option<Traced<T>>> = before.into_iter().map(Some).collect();
    before.resize_with(sources.files.len(), || None);
    let ids: Vec<FileId> = sources.ids().collect();
    let all = ids.par_iter().zip(before).map(|(id, before)| match before {
        Some((known, origin)) if !is_old(*id, origin) => (known, (origin, false)),
        _ => {
            let (known, origin) = find_out(*id);
            (known, (origin, true))
        }
    });
    let (known, rest): (Vec<T>, Vec<_>) = all.unzip();
    let (origins, renewed) = rest.into_iter().unzip();
    (known, origins, renewed)
}
