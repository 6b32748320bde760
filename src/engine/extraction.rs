//! Phase 1: from the files of a request to their facts.

use std::cell::RefCell;
use std::path::Path;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::knowledge::Knowledge;
use super::prefilter::Prefilter;
use super::{Error, Request, reading};
use crate::catalog::{Catalog, LibraryId};
use crate::facts::sql::Dialect;
use crate::facts::{self, FileFacts};
use crate::findings::Problem;
use crate::findings::report::Stats;
use crate::project::FileId;
use crate::project::imported::imported_files;
use crate::project::layout::{Layout, LocalPackage, PathAliases};
use crate::project::modules::Modules;
use crate::syntax::{Family, Parsers};
use crate::workspace::source::{self, Reading};
use crate::workspace::{LineIndex, Manifests, Source, SourceFile};

/// What is read: tables of the same length, a row a file that could be read.
#[derive(Debug)]
pub struct Read<'r> {
    /// The files' facts.
    pub facts: Vec<Box<FileFacts>>,
    /// Lines of the files that have suppression comments.
    pub lines: Vec<Option<LineIndex>>,
    /// The files.
    pub files: Vec<&'r SourceFile>,
    /// What the manifests say.
    pub layout: Layout,
    /// Files that could not be read.
    pub problems: Vec<Problem>,
    /// Numbers.
    pub stats: Stats,
}

/// The facts of every file that matters; of a file that is `asked` about in any case.
///
/// # Errors
/// For a defect of perflint.
pub fn read_facts<'r>(request: &'r Request, knowledge: &Knowledge, asked: Option<&str>) -> Result<Read<'r>, Error> {
    let layout = layout(request, &knowledge.catalog);
    let prefilter = Prefilter::new(request, knowledge, asked).map_err(Error::Internal)?;
    let outcome = Extraction { request, knowledge, layout: &layout, prefilter: &prefilter }.all();
    let (mut facts, mut lines, mut files) = (Vec::new(), Vec::new(), Vec::new());
    // The project sorts its files by path; the tables go in the same order, whatever that of the request is.
    let mut results: Vec<_> = request.files.iter().zip(outcome.results).collect();
    results.sort_by(|(a, _), (b, _)| a.path.cmp(&b.path));
    for (file, result) in results {
        if let Some(result) = result {
            facts.push(result.facts);
            lines.push(result.lines);
            files.push(file);
        }
    }
    Ok(Read { facts, lines, files, layout, problems: outcome.problems, stats: outcome.stats })
}

/// A file's text, read again; empty when that fails.
pub fn text_of(file: &SourceFile) -> String {
    match &file.text {
        Some(text) => Source::new(text.as_ref()).text,
        None => match source::read(&file.absolute, &file.path) {
            Ok(Reading::Source(source)) => source.text,
            _ => String::new(),
        },
    }
}

/// What became of a file.
#[derive(Debug)]
pub struct Extracted {
    /// Its facts, or for a file that nobody needs, that it is there.
    pub facts: Box<FileFacts>,
    /// Its lines, if it has suppression comments.
    pub lines: Option<LineIndex>,
    /// Whether it was parsed.
    pub parsed: bool,
}

thread_local! {
    static PARSERS: RefCell<Parsers> = RefCell::new(Parsers::new());
}

/// How files are turned into facts.
#[derive(Clone, Copy, Debug)]
pub struct Extraction<'r> {
    /// The files.
    pub request: &'r Request,
    /// The library models.
    pub knowledge: &'r Knowledge,
    /// What the manifests say.
    pub layout: &'r Layout,
    /// Which files matter.
    pub prefilter: &'r Prefilter<'r>,
}

impl Extraction<'_> {
    /// Reads every file, and the facts of those that may have findings or that these take something from.
    pub fn all(&self) -> reading::Outcome<Extracted> {
        let mut outcome = reading::Outcome::empty(self.request.files.len());
        self.rows(&(0..self.request.files.len()).collect::<Vec<_>>(), &mut outcome);
        outcome
    }

    /// Reads some files, given by their rows, anew, and what they take something from and nobody needed before. Gives the
    /// rows of those.
    pub fn rows(&self, rows: &[usize], into: &mut reading::Outcome<Extracted>) -> Vec<usize> {
        into.replace(
            reading::each_file(self.request, rows.to_vec(), |file, source| self.if_needed(file, source)),
            rows,
        );
        let mut more = Vec::new();
        if !into.results.iter().flatten().any(|file| !file.parsed) {
            return more;
        }
        let modules = Modules::new(self.layout, self.request.files.iter().map(|file| file.path.as_str()));
        let mut parsed = rows.to_vec();
        loop {
            parsed = brought_in(&modules, &into.results, &parsed);
            if parsed.is_empty() {
                return more;
            }
            let stats = into.stats.clone();
            into.replace(
                reading::each_file(self.request, parsed.clone(), |file, source| self.parse(file, source)),
                &parsed,
            );
            // That they were read is counted already.
            into.stats = stats;
            more.extend(&parsed);
        }
    }

    /// How a file is read.
    pub fn how(&self, file: &SourceFile) -> facts::Reading {
        facts::Reading {
            dialect: dialect(file, self.layout, &self.knowledge.catalog),
            skip_tests: self.prefilter.skips_tests_of(file),
        }
    }

    fn if_needed(&self, file: &SourceFile, source: Source) -> Extracted {
        if self.prefilter.may_skip(file, &source.text) {
            let facts = FileFacts { outside: file.outside, ..facts::unparsed(&file.path, file.language) };
            return Extracted { facts: Box::new(facts), lines: None, parsed: false };
        }
        self.parse(file, source)
    }

    fn parse(&self, file: &SourceFile, source: Source) -> Extracted {
        let how = self.how(file);
        let mut facts =
            PARSERS.with_borrow_mut(|parsers| facts::extract(parsers, &file.path, file.language, &source.text, how));
        facts.outside = file.outside;
        let lines = (!facts.directives.is_empty()).then_some(source.lines);
        Extracted { facts: Box::new(facts), lines, parsed: true }
    }
}

/// The rows of the unparsed files that some of the others bring in.
fn brought_in(modules: &Modules, files: &[Option<Extracted>], by: &[usize]) -> Vec<usize> {
    let is_skipped = |row: &usize| files[*row].as_ref().is_some_and(|file| !file.parsed);
    let parsed = by.par_iter().filter_map(|row| files[*row].as_ref());
    let mut found: Vec<usize> = parsed
        .flat_map_iter(|file| imported_files(modules, &file.facts).into_iter().map(FileId::index))
        .filter(is_skipped)
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// The manifests in the form that the link step asks.
pub fn layout(request: &Request, catalog: &Catalog) -> Layout {
    let manifests: &Manifests = &request.manifests;
    let mut layout = Layout {
        aliases: manifests
            .layout
            .tsconfigs
            .iter()
            .map(|config| PathAliases {
                folder: config.folder.clone(),
                base: config.base.clone(),
                patterns: config.paths.clone(),
            })
            .chain(own_names(manifests))
            .collect(),
        packages: manifests
            .layout
            .js_packages
            .iter()
            .map(|package| LocalPackage {
                name: package.name.clone(),
                folder: package.folder.clone(),
                entry: None,
                exports: package.exports.clone(),
            })
            .collect(),
        crates: manifests
            .layout
            .cargo_packages
            .iter()
            .map(|package| LocalPackage {
                name: package.crate_name.clone(),
                folder: package.folder.clone(),
                entry: Some(package.root.clone()),
                exports: Vec::new(),
            })
            .collect(),
        libraries: FxHashMap::default(),
    };
    for file in &request.files {
        let family = file.language.family();
        let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        // SQL files take the dialect of whatever the project around them uses.
        let families =
            if family == Family::Sql { &[Family::JavaScript, Family::Python, Family::Rust][..] } else { &[family][..] };
        let found = || libraries(manifests, &file.absolute, families, catalog);
        layout.libraries.entry((family, folder)).or_insert_with(found);
    }
    layout
}

/// The names that packages give to files of their own (`#models/*`).
fn own_names(manifests: &Manifests) -> impl Iterator<Item = PathAliases> {
    manifests.layout.js_packages.iter().filter(|package| !package.imports.is_empty()).map(|package| PathAliases {
        folder: package.folder.clone(),
        base: None,
        patterns: package.imports.clone(),
    })
}

fn libraries(manifests: &Manifests, path: &Path, families: &[Family], catalog: &Catalog) -> Vec<LibraryId> {
    let dependencies = manifests.of(path);
    let all = catalog.libraries().iter().enumerate().filter(|(_, library)| families.contains(&library.family));
    all.filter(|(_, library)| library.packages.iter().any(|package| dependencies.has(library.family, package)))
        .map(|(place, _)| LibraryId(place as u32))
        .collect()
}

/// The dialect of a file's SQL: the configured one, else that of the only kind of database that the manifests name.
fn dialect(file: &SourceFile, layout: &Layout, catalog: &Catalog) -> Dialect {
    if let Some(dialect) = file.settings.dialect {
        return dialect;
    }
    let named = layout.libraries_of(file.language.family(), &file.path);
    let mut dialects: Vec<Dialect> = named.iter().filter_map(|library| catalog.library(*library).dialect).collect();
    dialects.dedup();
    match dialects.as_slice() {
        [one] => *one,
        _ => Dialect::Generic,
    }
}
