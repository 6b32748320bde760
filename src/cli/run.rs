//! What `check` and `baseline` share: from arguments to a report.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context as _;
use rustc_hash::FxHashSet;

use super::args::LintArgs;
use super::sources::DiskSources;
use super::{Context, Failure, progress};
use crate::config::settings::{BaselineFile, unknown_rule};
use crate::config::{Configs, Overrides};
use crate::engine::baselines::settings_of;
use crate::engine::{Progress, Request, Timings};
use crate::findings::{Finding, Problem, Report, RuleInfo};
use crate::workspace::walk::WalkOptions;
use crate::workspace::{Manifests, SourceFile, Walk, paths, walk};

/// Code may nest deeply, and walks of its tree may recurse.
const STACK: usize = 32 * 1024 * 1024;

/// A run that has its report.
pub struct Run {
    /// The configurations of its files.
    pub configs: Configs,
    /// All rules.
    pub rules: Vec<RuleInfo>,
    /// The texts of its files.
    pub sources: DiskSources,
    /// What was found, in files that are not context.
    pub report: Report,
}

/// What a run takes from elsewhere than its [`LintArgs`].
#[derive(Default)]
pub struct Given {
    /// Settings over the configured ones; what [`LintArgs`] have is added.
    pub overrides: Overrides,
    /// The one file to lint, with its text, as from standard input.
    pub only: Option<(PathBuf, String)>,
    /// Texts that stand in for those of the file system, by absolute path.
    pub texts: Vec<(PathBuf, String)>,
}

impl Given {
    /// The same with other texts, by absolute path, in place of those of the file system and of its own.
    pub fn with_texts(&self, texts: Vec<(PathBuf, String)>, cwd: &Path) -> Self {
        let other = |path: &Path| texts.iter().find(|(other, _)| other == path).map(|(_, text)| text.clone());
        let only = self
            .only
            .as_ref()
            .map(|(path, text)| (path.clone(), other(&paths::absolute(cwd, path)).unwrap_or_else(|| text.clone())));
        let mut all = self.texts.clone();
        all.retain(|(path, _)| other(path).is_none());
        all.extend(texts.iter().cloned());
        Self { overrides: self.overrides.clone(), only, texts: all }
    }
}

impl Run {
    /// Finds the files and lints them.
    pub fn new(args: &LintArgs, given: Given, context: &Context<'_>) -> Result<Self, Failure> {
        let started = Instant::now();
        let configs = context.configs(&args.config, overrides(args, given.overrides, context));
        let mut timings = Timings::default();
        let (mut walk, shown) = timings.measure("find files", || find_files(args, given.only, &configs));
        replace(&mut walk.files, given.texts);
        let rules = context.rules(&configs)?;
        let unknown: Vec<Problem> =
            args.select.iter().chain(&args.ignore).filter_map(|word| unknown_rule(word, &rules)).collect();
        if !unknown.is_empty() {
            return Err(Failure::Problems(unknown));
        }
        let absolute = || walk.files.iter().map(|file| file.absolute.as_path());
        let (manifests, problems) = timings.measure("read manifests", || Manifests::load(&context.cwd, absolute()));
        let request = Request { files: walk.files, settings: configs.all(), manifests, progress: Arc::default() };
        let mut report = lint(args, &request, context)?;
        report.problems.extend(walk.problems.into_iter().chain(problems));
        report.sort();
        let phases = timings.into_phases();
        report.stats.phases.splice(0..0, phases);
        if let Some(shown) = shown {
            leave_context_out(&mut report, &shown, &request.files);
        }
        report.stats.time = started.elapsed();
        let buffers = request.files.iter().filter_map(|file| Some((file.path.as_str(), file.text.as_deref()?)));
        let sources = DiskSources::with_buffers(&context.cwd, buffers);
        Ok(Self { configs, rules, sources, report })
    }

    /// Counts again how many findings make the run fail.
    pub fn count_failing(&mut self) {
        let fails = |finding: &&Finding| settings_of(&self.configs, &finding.path).fails(finding);
        self.report.failing = self.report.findings.iter().filter(fails).count();
    }
}

fn overrides(args: &LintArgs, given: Overrides, context: &Context<'_>) -> Overrides {
    let baseline = args.baseline.as_ref().map(|path| BaselineFile::Named(paths::absolute(&context.cwd, path)));
    Overrides {
        select: (!args.select.is_empty()).then(|| args.select.clone()),
        ignore: args.ignore.clone(),
        min_confidence: args.min_confidence,
        baseline: baseline.or(given.baseline),
        fail_on: given.fail_on,
    }
}

/// The files to read, and the paths of those to report on, if that is not all of them.
fn find_files(
    args: &LintArgs,
    only: Option<(PathBuf, String)>,
    configs: &Configs,
) -> (Walk, Option<FxHashSet<String>>) {
    let options = WalkOptions { force_exclude: args.force_exclude, threads: usize::from(args.threads.unwrap_or(0)) };
    let mut found = match only {
        Some((path, text)) => {
            let file = SourceFile::with_text(configs, paths::absolute(configs.cwd(), &path), text);
            Walk { files: file.into_iter().collect(), problems: Vec::new() }
        }
        None => {
            let here = [PathBuf::from(".")];
            let roots = if args.paths.is_empty() { &here } else { args.paths.as_slice() };
            walk(roots, configs, options)
        }
    };
    if args.context.is_empty() {
        return (found, None);
    }
    let shown: FxHashSet<String> = found.files.iter().map(|file| file.path.clone()).collect();
    let context = walk(&args.context, configs, options);
    found.files.extend(context.files.into_iter().filter(|file| !shown.contains(&file.path)));
    found.files.sort_by(|a, b| a.path.cmp(&b.path));
    found.problems.extend(context.problems);
    (found, Some(shown))
}

fn replace(files: &mut [SourceFile], texts: Vec<(PathBuf, String)>) {
    for (path, text) in texts {
        if let Some(file) = files.iter_mut().find(|file| file.absolute == path) {
            file.size = text.len() as u64;
            file.text = Some(text.into());
        }
    }
}

/// Keeps what concerns the files to report on.
fn leave_context_out(report: &mut Report, shown: &FxHashSet<String>, files: &[SourceFile]) {
    for findings in [&mut report.findings, &mut report.suppressed] {
        findings.retain(|finding| shown.contains(&finding.path));
    }
    let is_context = |problem: &Problem| {
        let path = problem.path.as_deref().unwrap_or_default();
        !problem.fails_run() && !shown.contains(path) && files.iter().any(|file| file.path == path)
    };
    report.problems.retain(|problem| !is_context(problem));
    let context = files.iter().filter(|file| !shown.contains(&file.path)).count().min(report.stats.files);
    report.stats.context = context;
    report.stats.files -= context;
}

/// Runs the engine on its own threads.
fn lint(args: &LintArgs, request: &Request, context: &Context<'_>) -> Result<Report, Failure> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(usize::from(args.threads.unwrap_or(0)))
        .stack_size(STACK)
        .build()
        .context("threads cannot be started")?;
    let work = || pool.install(|| context.engine.check(request));
    let shows_progress = context.terminal.shows_progress && !args.no_progress;
    let progress: &Progress = &request.progress;
    Ok(if shows_progress { progress::shown(progress, work)? } else { work()? })
}
