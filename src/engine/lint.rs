//! The engine: facts of every file, then the link, then the rules.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::finish::{FileResult, finish, is_needed};
use super::knowledge::Knowledge;
use super::{Engine, Error, Request, TestOutcome, Timings, reading};
use crate::catalog::{Catalog, LibraryId};
use crate::facts::sql::Dialect;
use crate::facts::{self, FileFacts};
use crate::findings::report::Stats;
use crate::findings::{Finding, Label, Problem, Report, RuleInfo};
use crate::project::layout::{Layout, LocalPackage, PathAliases};
use crate::project::sources::Sources;
use crate::project::{FileId, Project};
use crate::rules::run::DraftLabel;
use crate::rules::{Draft, Rule, run_file};
use crate::syntax::{Family, Parsers};
use crate::workspace::source::{self, Reading};
use crate::workspace::{LineIndex, Manifests, Source, SourceFile};

/// The real engine. It keeps the rules and models that it loaded last: a run asks for their names before it lints.
#[derive(Debug, Default)]
pub struct Linter {
    last: Mutex<Option<Loaded>>,
}

/// What was loaded, beside the files that it was loaded from.
#[derive(Debug)]
struct Loaded {
    rule_files: Vec<PathBuf>,
    library_files: Vec<PathBuf>,
    knowledge: Arc<Knowledge>,
}

impl Linter {
    fn knowledge(&self, rule_files: &[PathBuf], library_files: &[PathBuf]) -> Result<Arc<Knowledge>, Error> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let same = last.as_ref().filter(|last| last.rule_files == rule_files && last.library_files == library_files);
        if let Some(known) = same {
            return Ok(Arc::clone(&known.knowledge));
        }
        let knowledge = Arc::new(Knowledge::load(rule_files, library_files)?);
        *last = Some(Loaded {
            rule_files: rule_files.to_vec(),
            library_files: library_files.to_vec(),
            knowledge: Arc::clone(&knowledge),
        });
        Ok(knowledge)
    }
}

thread_local! {
    static PARSERS: std::cell::RefCell<Parsers> = std::cell::RefCell::new(Parsers::new());
}

impl Engine for Linter {
    fn rules(&self, rule_files: &[PathBuf], library_files: &[PathBuf]) -> Result<Vec<RuleInfo>, Error> {
        Ok(self.knowledge(rule_files, library_files)?.rules.iter().map(|rule| rule.info.clone()).collect())
    }

    fn check(&self, request: &Request) -> Result<Report, Error> {
        let started = Instant::now();
        let (rules, libraries) = own_files(request);
        let knowledge = self.knowledge(&rules, &libraries)?;
        lint(request, &knowledge, started)
    }

    fn test(&self, files: &[PathBuf]) -> Result<TestOutcome, Error> {
        crate::harness::test_documents(files)
    }

    fn why(&self, request: &Request, path: &str, line: usize) -> Result<String, Error> {
        let (rules, libraries) = own_files(request);
        super::why::why(request, &*self.knowledge(&rules, &libraries)?, path, line)
    }

    fn vocabulary(&self) -> String {
        crate::rules::vocabulary::manual()
    }
}

/// The rule and library files that any configuration of the run names.
fn own_files(request: &Request) -> (Vec<PathBuf>, Vec<PathBuf>) {
    let collect = |of: fn(&crate::config::Settings) -> &Vec<PathBuf>| {
        let mut files: Vec<PathBuf> = request.settings.iter().flat_map(|settings| of(settings).clone()).collect();
        files.sort();
        files.dedup();
        files
    };
    (collect(|settings| &settings.rules), collect(|settings| &settings.libraries))
}

/// Lints with rules and models that are loaded already.
///
/// # Errors
/// Only for a defect of perflint.
pub fn lint(request: &Request, knowledge: &Knowledge, started: Instant) -> Result<Report, Error> {
    let mut timings = Timings::default();
    let Read { facts, lines, files, layout, problems, stats } =
        timings.measure("facts", || read_facts(request, knowledge));
    let sources = timings.measure("link", || Sources::new(facts, &knowledge.catalog, &layout));
    let project = timings.measure("link", || Project::link(&sources)).map_err(Error::Internal)?;
    let needed: Vec<bool> = knowledge.rules.iter().map(|rule| is_needed(request, &rule.info)).collect();
    let is_on = |rule: usize| needed[rule];
    let (findings, failed) = timings.measure("rules", || find(&project, &files, &knowledge.rules, &is_on));
    let problems = problems.into_iter().chain(failed).collect();
    let stats = Stats { phases: timings.into_phases(), ..stats };
    let infos: Vec<RuleInfo> = knowledge.rules.iter().map(|rule| rule.info.clone()).collect();
    let results = files.iter().zip(&lines).zip(findings).enumerate().map(|(row, ((file, lines), findings))| {
        FileResult::new(file, &sources.file(FileId(row as u32)).facts, lines.as_ref(), findings)
    });
    Ok(finish(&infos, results, problems, stats, started))
}

/// What phase 1 gives: tables of the same length, a row a file that could be read.
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

/// Phase 1: the facts of every file.
pub fn read_facts<'r>(request: &'r Request, knowledge: &Knowledge) -> Read<'r> {
    let layout = layout(request, &knowledge.catalog);
    let outcome = extract_all(request, knowledge, &layout);
    let (mut facts, mut lines, mut files) = (Vec::new(), Vec::new(), Vec::new());
    // The project sorts its files by path; the tables go in the same order, whatever that of the request is.
    let mut results: Vec<_> = request.files.iter().zip(outcome.results).collect();
    results.sort_by(|(a, _), (b, _)| a.path.cmp(&b.path));
    for (file, result) in results {
        if let Some((file_facts, file_lines)) = result {
            facts.push(file_facts);
            lines.push(file_lines);
            files.push(file);
        }
    }
    Read { facts, lines, files, layout, problems: outcome.problems, stats: outcome.stats }
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

/// Reads every file of a request and its facts; with the lines of those that have suppression comments.
pub fn extract_all(
    request: &Request,
    knowledge: &Knowledge,
    layout: &Layout,
) -> reading::Outcome<(Box<FileFacts>, Option<LineIndex>)> {
    reading::each_file(request, |file: &SourceFile, source: Source| {
        let dialect = dialect(file, layout, &knowledge.catalog);
        let facts = PARSERS
            .with_borrow_mut(|parsers| facts::extract(parsers, &file.path, file.language, &source.text, dialect));
        let lines = (!facts.directives.is_empty()).then_some(source.lines);
        (Box::new(facts), lines)
    })
}

/// Runs the rules over every file, and writes the messages of those that have matches. `files` are those of the project,
/// in its order.
pub fn find(
    project: &Project,
    files: &[&SourceFile],
    rules: &[Rule],
    is_on: &(dyn Fn(usize) -> bool + Sync),
) -> (Vec<Vec<Finding>>, Vec<Problem>) {
    let found: Vec<Result<Vec<Finding>, Problem>> = files
        .par_iter()
        .enumerate()
        .map(|(row, file)| {
            let work = std::panic::AssertUnwindSafe(|| {
                let drafts = run_file(project, rules, &is_on, FileId(row as u32));
                if drafts.is_empty() { Vec::new() } else { write(project, rules, file, &drafts) }
            });
            std::panic::catch_unwind(work).map_err(|_| {
                Problem::internal("perflint failed on this file; the rest of the run holds").at(&*file.path, None)
            })
        })
        .collect();
    let mut problems = Vec::new();
    let findings = found.into_iter().map(|result| {
        result.unwrap_or_else(|problem| {
            problems.push(problem);
            Vec::new()
        })
    });
    let findings = findings.collect();
    (findings, problems)
}

/// Writes the messages of a file's matches; for that its text is read again, so that texts need not be kept.
fn write(project: &Project, rules: &[Rule], file: &SourceFile, drafts: &[Draft]) -> Vec<Finding> {
    let text = text_of(file);
    let label = |label: &DraftLabel| Label {
        path: project.file(label.file).facts.path.clone(),
        span: label.span,
        text: label.plain.clone().unwrap_or_else(|| label.text.render(&text)),
    };
    drafts
        .iter()
        .map(|draft| {
            let rule = &rules[draft.rule].info;
            Finding {
                rule: rule.id.clone(),
                severity: rule.severity,
                confidence: draft.confidence,
                path: file.path.clone(),
                span: draft.span,
                region: draft.region,
                what: draft.what.render(&text),
                why: rule.why.clone(),
                fix: rule.fix.clone(),
                cost: rule.cost.clone(),
                primary_label: draft.label.render(&text),
                related: draft.related.iter().map(label).collect(),
                chain: draft.chain.iter().map(label).collect(),
                function: draft.function.clone(),
                suppressed: None,
            }
        })
        .collect()
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
            .collect(),
        packages: manifests
            .layout
            .js_packages
            .iter()
            .map(|package| LocalPackage {
                name: package.name.clone(),
                folder: package.folder.clone(),
                entry: package.main.clone(),
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
