//! A project that is linted again and again while its files change: what an editor needs.
//!
//! What is known of a file is kept until the file changes, on disk or in a buffer. After any changes, what a session
//! reports is what a fresh run over the same texts reports.

mod files;
mod stamp;
mod texts;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use rustc_hash::{FxHashMap, FxHashSet};

use self::files::Files;
use self::texts::Texts;
use super::finish::{FileResult, finish, is_needed};
use super::knowledge::Knowledge;
use super::lint::{Linter, find};
use super::{Error, Progress, baselines};
use crate::config::{Configs, Overrides, Settings, Source as ConfigSource};
use crate::findings::report::Stats;
use crate::findings::{Finding, Problem, Report, RuleInfo};
use crate::project::{FileId, Project};
use crate::syntax::Language;
use crate::workspace::{LineIndex, Source, SourceFile, walk};

/// What a session lints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// A folder, as a run in it would: an absolute path.
    Folder(PathBuf),
    /// Nothing but the buffers, each by itself: files that belong to no folder that is open.
    Buffers,
}

/// What was found in some files.
pub struct Part<'p> {
    /// The files.
    pub files: Vec<&'p SourceFile>,
    /// What was found in them. Paths are from [`Session::folder`].
    pub report: &'p Report,
    /// All rules.
    pub rules: &'p [RuleInfo],
    /// The rules' documents, which say what can be done about a finding; nothing where they cannot be read.
    pub knowledge: Option<Arc<Knowledge>>,
    /// The texts of files by their paths in the report.
    pub texts: &'p dyn Fn(&str) -> Option<Arc<Source>>,
}

/// Told of what was found in some files before the rest is done; says whether that is still worth doing.
pub type Early<'e> = &'e mut dyn FnMut(Part<'_>) -> bool;

/// A project that is kept.
#[derive(Debug)]
pub struct Session {
    scope: Scope,
    source: ConfigSource,
    overrides: Overrides,
    linter: Linter,
    buffers: FxHashMap<PathBuf, Arc<str>>,
    /// Files whose text may differ from what is known of them.
    changed: FxHashSet<PathBuf>,
    /// Whether there may be other files, or other settings.
    is_stale: bool,
    /// Whether the last report is of earlier texts.
    is_behind: bool,
    loaded: Option<Loaded>,
    /// Why the configuration, a rule or a library cannot be used; what was loaded before stays in use.
    broken: Vec<Problem>,
}

/// What holds until files come or go, or a configuration or manifest changes.
#[derive(Debug)]
struct Loaded {
    configs: Configs,
    rules: Vec<RuleInfo>,
    files: Files,
    texts: Texts,
    report: Report,
}

impl Session {
    /// A session that has read nothing yet.
    pub fn new(scope: Scope, source: ConfigSource, overrides: Overrides) -> Self {
        Self {
            scope,
            source,
            overrides,
            linter: Linter::default(),
            buffers: FxHashMap::default(),
            changed: FxHashSet::default(),
            is_stale: true,
            is_behind: false,
            loaded: None,
            broken: Vec::new(),
        }
    }

    /// The folder that paths in the report are from.
    pub fn folder(&self) -> &Path {
        match &self.scope {
            Scope::Folder(folder) => folder,
            Scope::Buffers => Path::new(std::path::MAIN_SEPARATOR_STR),
        }
    }

    /// What the session lints.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Other settings over the configured ones, or another configuration file.
    pub fn configure(&mut self, source: ConfigSource, overrides: Overrides) {
        self.is_stale |= self.source != source || self.overrides != overrides;
        (self.source, self.overrides) = (source, overrides);
    }

    /// The text of a file (an absolute path) in an editor, in place of that on disk; `None` when the file holds again.
    pub fn set_buffer(&mut self, path: &Path, text: Option<Arc<str>>) {
        let is_opened = text.is_some() && !self.buffers.contains_key(path);
        self.is_stale |= match self.scope {
            Scope::Buffers => is_opened || text.is_none(),
            // A buffer may stand for a file that was never saved, which goes with it.
            Scope::Folder(_) => is_opened && !self.has(path) || text.is_none() && !path.exists(),
        };
        match text {
            Some(text) => self.buffers.insert(path.to_owned(), text),
            None => self.buffers.remove(path),
        };
        self.changed.insert(path.to_owned());
    }

    fn has(&self, path: &Path) -> bool {
        self.loaded.as_ref().is_some_and(|loaded| loaded.files.has(path))
    }

    /// A file (an absolute path) was written, made or deleted. It may be a configuration, a manifest or a list of ignored
    /// files: then all is looked at again.
    pub fn file_changed(&mut self, path: &Path) {
        if self.has(path) && path.exists() {
            self.changed.insert(path.to_owned());
        } else {
            self.is_stale |= self.has(path) || self.may_matter(path);
        }
    }

    /// Whether a file that is not linted may have a say in what is.
    fn may_matter(&self, path: &Path) -> bool {
        let Some(loaded) = &self.loaded else { return true };
        if path.to_str().is_some_and(|path| Language::of_path(path).is_some()) {
            return walk::would_take(&loaded.configs, self.folder(), path);
        }
        // Documents are many, and matter only where they are the project's rules or models.
        let is_document = path.extension().is_some_and(|extension| extension == "md");
        let is_own = |settings: &Settings| settings.rules.iter().chain(&settings.libraries).any(|own| own == path);
        !is_document || !self.broken.is_empty() || loaded.configs.all().iter().any(|settings| is_own(settings))
    }

    /// Anything may have changed on disk.
    pub fn reload(&mut self) {
        self.is_stale = true;
    }

    /// Lints what changed. `first` are paths of files (absolute) to be done, and told of, before the others. Whether the
    /// others were done as well.
    ///
    /// # Errors
    /// For a defect of perflint. What is wrong with files and configurations is among [`Self::problems`].
    pub fn refresh(&mut self, first: &[PathBuf], progress: &Arc<Progress>, early: Early<'_>) -> Result<bool, Error> {
        let started = Instant::now();
        let is_loaded = std::mem::take(&mut self.is_stale) && self.load(progress)?;
        let Some(loaded) = &mut self.loaded else { return Ok(true) };
        // Where nothing could be loaded, what was loaded before is kept up to date.
        let changed = loaded.files.update(std::mem::take(&mut self.changed), &self.buffers)?;
        loaded.texts.changed(changed.iter().map(|path| (path, self.buffers.get(path))));
        if is_loaded || self.is_behind || !changed.is_empty() {
            self.is_behind = !loaded.lint(first, started, early)?;
        }
        Ok(!self.is_behind)
    }

    /// Finds the files and settings, and reads what is not known; whether that could be done.
    fn load(&mut self, progress: &Arc<Progress>) -> Result<bool, Error> {
        let configs = Configs::new(self.folder(), &self.source, self.overrides.clone());
        let walk = files::find(&self.scope, &configs, &self.buffers);
        let rules = match super::rules_of(&self.linter, &configs) {
            Ok(rules) => rules,
            Err(Error::Load(problems)) => {
                self.broken = problems;
                return Ok(false);
            }
            Err(error) => return Err(error),
        };
        self.broken.clear();
        let knowledge = self.linter.knowledge_of(&configs.all())?;
        let known = self.loaded.take().map(|loaded| loaded.files);
        let files = Files::read(walk, &configs, knowledge, known, progress)?;
        let buffers = files.request.files.iter().filter_map(|file| Some((file.path.clone(), file.text.clone()?)));
        let texts = Texts::new(configs.cwd(), buffers);
        self.loaded = Some(Loaded { configs, rules, files, texts, report: Report::default() });
        Ok(true)
    }

    /// What was found last.
    pub fn report(&self) -> Option<&Report> {
        self.loaded.as_ref().map(|loaded| &loaded.report)
    }

    /// Gives what was found last in all files to some work.
    pub fn with_all<T>(&self, work: impl FnOnce(Part<'_>) -> T) -> Option<T> {
        let Loaded { files, rules, report, texts, .. } = self.loaded.as_ref()?;
        let knowledge = Some(Arc::clone(&files.knowledge));
        let files = files.request.files.iter().collect();
        Some(work(Part { files, report, rules, knowledge, texts: &|path| texts.get(path) }))
    }

    /// Whether the next [`Self::refresh`] looks at all files.
    pub fn is_stale(&self) -> bool {
        self.is_stale
    }

    /// What is wrong with the configuration, or with rule and library files, and with single files.
    pub fn problems(&self) -> impl Iterator<Item = &Problem> {
        let of_files = self.loaded.iter().flat_map(|loaded| &loaded.report.problems);
        self.broken.iter().chain(of_files)
    }

    /// All rules.
    pub fn rules(&self) -> &[RuleInfo] {
        self.loaded.as_ref().map_or(&[], |loaded| &loaded.rules)
    }

    /// The text of a file by its path in the report, as it was linted.
    pub fn text(&self, path: &str) -> Option<Arc<Source>> {
        match &self.loaded {
            Some(loaded) => loaded.texts.get(path),
            None => Texts::new(self.folder(), std::iter::empty()).get(path),
        }
    }
}

impl Loaded {
    /// Whether all was done.
    fn lint(&mut self, first: &[PathBuf], started: Instant, early: Early<'_>) -> Result<bool, Error> {
        let Self { configs, rules, files, texts, report } = self;
        let knowledge = Arc::clone(&files.knowledge);
        let needed: Vec<bool> = knowledge.rules.iter().map(|rule| is_needed(&files.request, &rule.info)).collect();
        let rows = files.rows_of(first);
        let linked = files.linked(|project, read, lines| {
            let judge = |rows: &[usize]| {
                let (findings, failed) = find(project, read, rows, &knowledge.rules, &|rule| needed[rule]);
                let results =
                    rows.iter().zip(findings).map(|(&row, findings)| result(project, read, lines, row, findings));
                let mut report = finish(rules, results, failed, Stats::default(), started);
                let outcome = baselines::apply(&mut report, configs, &|path| texts.get(path));
                report.problems.extend(outcome.err());
                report
            };
            if !rows.is_empty() {
                let files = rows.iter().map(|&row| read[row]).collect();
                let known = Some(Arc::clone(&knowledge));
                let report = &judge(&rows);
                if !early(Part { files, report, rules, knowledge: known, texts: &|path| texts.get(path) }) {
                    return None;
                }
            }
            Some(judge(&(0..read.len()).collect::<Vec<_>>()))
        });
        let Some(judged) = linked.map_err(Error::Internal)? else { return Ok(false) };
        *report = judged;
        report.problems.extend(files.problems().cloned());
        report.sort();
        Ok(true)
    }
}

/// What the rules found in one file, with what its comments say.
fn result<'a>(
    project: &Project<'a>,
    read: &[&'a SourceFile],
    lines: &[Option<&'a LineIndex>],
    row: usize,
    findings: Vec<Finding>,
) -> FileResult<'a> {
    FileResult::new(read[row], &project.file(FileId(row as u32)).facts, lines[row], findings)
}
