//! The engine: facts of every file, then the link, then the rules.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::extraction::{Read, read_facts, text_of};
use super::finish::{FileResult, finish, is_needed};
use super::knowledge::Knowledge;
use super::{Engine, Error, Request, TestOutcome, Timings, own_files};
use crate::config::Settings;
use crate::findings::report::Stats;
use crate::findings::{EntryPoint, Finding, Label, Problem, Report, RuleInfo};
use crate::project::sources::Sources;
use crate::project::{FileId, FunctionRef, Project};
use crate::rules::run::DraftLabel;
use crate::rules::{Draft, Rule, run_file};
use crate::workspace::{Source, SourceFile};

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
    /// The rules and models of some settings.
    ///
    /// # Errors
    /// [`Error::Load`] if a rule or a library is wrong.
    pub fn knowledge_of(&self, settings: &[Arc<Settings>]) -> Result<Arc<Knowledge>, Error> {
        let (rules, libraries) = own_files(settings);
        self.knowledge(&rules, &libraries)
    }

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

impl Engine for Linter {
    fn rules(&self, rule_files: &[PathBuf], library_files: &[PathBuf]) -> Result<Vec<RuleInfo>, Error> {
        Ok(self.knowledge(rule_files, library_files)?.rules.iter().map(|rule| rule.info.clone()).collect())
    }

    fn check(&self, request: &Request) -> Result<Report, Error> {
        let started = Instant::now();
        let knowledge = self.knowledge_of(&request.settings)?;
        lint(request, &knowledge, started)
    }

    fn fill_fixes(
        &self,
        settings: &[Arc<Settings>],
        findings: &mut [Finding],
        source: &dyn Fn(&str) -> Option<Arc<Source>>,
    ) -> Result<(), Error> {
        super::fixes::fill_all(&self.knowledge_of(settings)?.rules, findings, source);
        Ok(())
    }

    fn test(&self, files: &[PathBuf]) -> Result<TestOutcome, Error> {
        crate::harness::test_documents(files)
    }

    fn why(&self, request: &Request, path: &str, line: usize) -> Result<String, Error> {
        super::why::why(request, &*self.knowledge_of(&request.settings)?, path, line)
    }

    fn vocabulary(&self) -> String {
        crate::rules::vocabulary::manual()
    }
}

/// Lints with rules and models that are loaded already.
///
/// # Errors
/// Only for a defect of perflint.
pub fn lint(request: &Request, knowledge: &Knowledge, started: Instant) -> Result<Report, Error> {
    let mut timings = Timings::default();
    let read = timings.measure("facts", || read_facts(request, knowledge, None))?;
    let Read { facts, lines, files, layout, problems, stats } = read;
    let sources = timings.measure("link", || Sources::new(facts, &knowledge.catalog, &layout));
    let project = timings.measure("link", || Project::link(&sources)).map_err(Error::Internal)?;
    let needed: Vec<bool> = knowledge.rules.iter().map(|rule| is_needed(request, &rule.info)).collect();
    let is_on = |rule: usize| needed[rule];
    let all: Vec<usize> = (0..files.len()).collect();
    let (findings, failed) = timings.measure("rules", || find(&project, &files, &all, &knowledge.rules, &is_on));
    let problems = problems.into_iter().chain(failed).collect();
    let stats = Stats { phases: timings.into_phases(), ..stats };
    let infos: Vec<RuleInfo> = knowledge.rules.iter().map(|rule| rule.info.clone()).collect();
    let results = files.iter().zip(&lines).zip(findings).enumerate().map(|(row, ((file, lines), findings))| {
        FileResult::new(file, &sources.file(FileId(row as u32)).facts, lines.as_ref(), findings)
    });
    Ok(finish(&infos, results, problems, stats, started))
}

/// Runs the rules over some files, given by their rows, and writes the messages of those that have matches. `files` are
/// all those of the project, in its order.
pub fn find(
    project: &Project,
    files: &[&SourceFile],
    rows: &[usize],
    rules: &[Rule],
    is_on: &(dyn Fn(usize) -> bool + Sync),
) -> (Vec<Vec<Finding>>, Vec<Problem>) {
    let found: Vec<Result<Vec<Finding>, Problem>> = rows
        .par_iter()
        .map(|&row| {
            let file = files[row];
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

/// From where a function is run, in the words of a report.
fn entry_point(project: &Project, of: FunctionRef) -> Option<EntryPoint> {
    let found = project.entrance(of)?;
    let facts = &project.file(found.function.file).facts;
    let span = facts.functions[found.function.id.index()].name_span;
    Some(EntryPoint { kind: found.kind, route: found.route, name: found.name, path: facts.path.clone(), span })
}

/// Writes the messages of a file's matches; for that its text is read again, so that texts need not be kept.
fn write(project: &Project, rules: &[Rule], file: &SourceFile, drafts: &[Draft]) -> Vec<Finding> {
    let text = text_of(file);
    let label = |label: &DraftLabel| Label {
        path: project.file(label.file).facts.path.clone(),
        span: label.span,
        text: label.plain.clone().unwrap_or_else(|| label.text.render(&text)),
    };
    let mut entries: FxHashMap<FunctionRef, Option<EntryPoint>> = FxHashMap::default();
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
                entry: entries.entry(draft.within).or_insert_with(|| entry_point(project, draft.within)).clone(),
                suppressed: None,
                baseline: None,
                offers: draft.offers.clone(),
                fixes: Vec::new(),
            }
        })
        .collect()
}
