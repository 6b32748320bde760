//! What the client was told, so that it is told of changes only.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crossbeam_channel::Sender;
use rustc_hash::{FxHashMap, FxHashSet};

use super::diagnostics::{Findings, Writer};
use super::worker::News;
use crate::engine::knowledge::Knowledge;
use crate::engine::session::{Part, Session};
use crate::findings::{Finding, Problem, Report, RuleInfo, rule_info};
use crate::workspace::{Columns, Source, SourceFile};

/// Keeps what was told of each file.
#[derive(Debug)]
pub struct Teller {
    news: Sender<News>,
    columns: Columns,
    related: bool,
    told: FxHashMap<PathBuf, Arc<Findings>>,
    last_id: u64,
    /// The rules of all sessions.
    rules: Arc<Vec<RuleInfo>>,
    /// The number of the job that is worked on.
    number: u64,
    /// The files with anything to report, of all sessions that are done with that job.
    seen: FxHashSet<PathBuf>,
}

/// What there is to say of one file.
#[derive(Default)]
struct Said<'p> {
    findings: &'p [Finding],
    problems: Vec<&'p Problem>,
}

impl Teller {
    /// The client knows of nothing yet.
    pub fn new(news: Sender<News>, columns: Columns, related: bool) -> Self {
        let (told, seen) = (FxHashMap::default(), FxHashSet::default());
        Self { news, columns, related, told, last_id: 0, rules: Arc::default(), number: 0, seen }
    }

    /// Work on a job, given by its number, begins.
    pub fn begin(&mut self, number: u64) {
        self.number = number;
        self.seen.clear();
    }

    /// Tells what was found in some of a session's files. `owns` says which (absolute paths) are that session's to tell of.
    /// `None` when nobody listens any more.
    pub fn tell(&mut self, folder: &Path, part: &Part<'_>, owns: &dyn Fn(&Path) -> bool) -> Option<()> {
        self.learn(part.rules);
        let mut said = said(part);
        let files: Vec<(&str, Option<&SourceFile>)> =
            part.files.iter().map(|file| (file.path.as_str(), Some(*file))).collect();
        let changed = self.changed(folder, part, files, &mut said, owns);
        let judged = part.files.iter().map(|file| file.absolute.clone()).filter(|path| owns(path)).collect();
        self.send(judged, changed)
    }

    /// Tells what was found in all of a session's files, and what is wrong with them and with its configuration.
    pub fn tell_all(&mut self, session: &Session, owns: &dyn Fn(&Path) -> bool) -> Option<()> {
        let folder = session.folder();
        let listens = session.with_all(|part| {
            self.learn(part.rules);
            let mut said = said(&part);
            session.problems().for_each(|problem| add(problem, &mut said));
            let known: FxHashMap<&str, &SourceFile> =
                part.files.iter().map(|file| (file.path.as_str(), *file)).collect();
            let files = said.keys().map(|path| (*path, known.get(path).copied())).collect();
            let changed = self.changed(folder, &part, files, &mut said, owns);
            self.send(Vec::new(), changed)
        });
        if let Some(listens) = listens {
            return listens;
        }
        // Nothing could be loaded: only what is wrong can be told.
        let mut said = FxHashMap::default();
        session.problems().for_each(|problem| add(problem, &mut said));
        let files = said.keys().map(|path| (*path, None)).collect();
        let (report, texts) = (Report::default(), |path: &str| session.text(path));
        let part = Part { files: Vec::new(), report: &report, rules: &[], knowledge: None, texts: &texts };
        let changed = self.changed(folder, &part, files, &mut said, owns);
        self.send(Vec::new(), changed)
    }

    /// The work is done: what no session has anything to say of any more is taken back.
    pub fn end(&mut self) -> Option<()> {
        let gone: Vec<PathBuf> = self.told.keys().filter(|path| !self.seen.contains(*path)).cloned().collect();
        gone.iter().for_each(|path| drop(self.told.remove(path)));
        self.send(Vec::new(), gone.into_iter().map(|path| (path, None)).collect())
    }

    /// The files of which something else is to be said than before.
    fn changed<'p>(
        &mut self,
        folder: &Path,
        part: &Part<'_>,
        files: Vec<(&'p str, Option<&SourceFile>)>,
        said: &mut FxHashMap<&'p str, Said<'p>>,
        owns: &dyn Fn(&Path) -> bool,
    ) -> Vec<(PathBuf, Option<Arc<Findings>>)> {
        let writer = Writer { folder, columns: self.columns, related: self.related, texts: part.texts };
        let mut changed = Vec::new();
        for (path, file) in files {
            let absolute = writer.absolute(path);
            if !owns(&absolute) {
                continue;
            }
            let state = said.remove(path).and_then(|said| self.findings(&writer, path, (file, &part.knowledge), &said));
            match state {
                Some(state) => {
                    self.seen.insert(absolute.clone());
                    if self.told.get(&absolute).is_none_or(|told| told.id != state.id) {
                        self.told.insert(absolute.clone(), Arc::clone(&state));
                        changed.push((absolute, Some(state)));
                    }
                }
                None if self.told.remove(&absolute).is_some() => changed.push((absolute, None)),
                None => {}
            }
        }
        changed
    }

    /// What is reported of a file; what was told already, if it is the same.
    fn findings(
        &mut self,
        writer: &Writer<'_>,
        path: &str,
        (file, knowledge): (Option<&SourceFile>, &Option<Arc<Knowledge>>),
        said: &Said<'_>,
    ) -> Option<Arc<Findings>> {
        // A file that cannot be read has no text.
        let source = (writer.texts)(path).unwrap_or_else(|| Arc::new(Source::new("")));
        let of_findings = said.findings.iter().map(|finding| writer.finding(finding, &source));
        let of_problems = said.problems.iter().map(|problem| writer.problem(problem, &source));
        let diagnostics: Vec<_> = of_findings.chain(of_problems).collect();
        if diagnostics.is_empty() {
            return None;
        }
        let told = self.told.get(&writer.absolute(path));
        if let Some(told) = told.filter(|told| told.diagnostics == diagnostics && told.source.text == source.text) {
            return Some(Arc::clone(told));
        }
        self.last_id += 1;
        let findings = said.findings.to_vec();
        let (file, knowledge) = (file.cloned(), knowledge.clone());
        Some(Arc::new(Findings { id: self.last_id, file, knowledge, source, findings, diagnostics }))
    }

    fn send(&self, judged: Vec<PathBuf>, files: Vec<(PathBuf, Option<Arc<Findings>>)>) -> Option<()> {
        if judged.is_empty() && files.is_empty() {
            return Some(());
        }
        let rules = Arc::clone(&self.rules);
        self.news.send(News::Changed { number: self.number, rules, judged, files }).ok()
    }

    /// Takes in the rules of a session. Those of the others stay: each folder may have its own.
    fn learn(&mut self, rules: &[RuleInfo]) {
        let is_new = |rule: &&RuleInfo| rule_info::find(&self.rules, &rule.id) != Some(*rule);
        let new: Vec<RuleInfo> = rules.iter().filter(is_new).cloned().collect();
        if !new.is_empty() {
            let known = Arc::make_mut(&mut self.rules);
            known.retain(|rule| rule_info::find(&new, &rule.id).is_none());
            known.extend(new);
        }
    }
}

/// A report by the files that it speaks of.
fn said<'p>(part: &Part<'p>) -> FxHashMap<&'p str, Said<'p>> {
    let mut said: FxHashMap<&str, Said<'_>> = FxHashMap::default();
    for findings in part.report.findings.chunk_by(|a, b| a.path == b.path) {
        if let [first, ..] = findings {
            said.entry(first.path.as_str()).or_default().findings = findings;
        }
    }
    said
}

fn add<'p>(problem: &'p Problem, said: &mut FxHashMap<&'p str, Said<'p>>) {
    if let Some(path) = &problem.path {
        said.entry(path.as_str()).or_default().problems.push(problem);
    }
}
