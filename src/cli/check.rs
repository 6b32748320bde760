//! `perflint check`: lint files and folders.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context as _;
use clap::ArgMatches;

use super::args::CheckArgs;
use super::outputs::{self, Target};
use super::sources::DiskSources;
use super::terminal::{warn, write_out};
use super::{Context, Failure, Status, baseline, progress};
use crate::config::settings::unknown_rule;
use crate::config::{Configs, Overrides};
use crate::engine::{Progress, Request, Timings};
use crate::findings::{Problem, Report, RuleInfo};
use crate::output::{Input, Sources, summary};
use crate::workspace::walk::WalkOptions;
use crate::workspace::{Manifests, SourceFile, Walk, paths, walk};

/// Code may nest deeply, and walks of its tree may recurse.
const STACK: usize = 32 * 1024 * 1024;

/// Lints.
pub fn run(args: &CheckArgs, matches: &ArgMatches, context: &Context<'_>) -> Result<Status, Failure> {
    let started = Instant::now();
    let targets = outputs::targets(args, matches)?;
    let configs = context.configs(&args.config, overrides(args));
    let mut timings = Timings::default();
    let walk = timings.measure("find files", || find_files(args, &configs))?;
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
    report.stats.time = started.elapsed();
    let sources = sources(&request, &context.cwd);
    baseline::apply(&mut report, &configs, &sources)?;
    write(&targets, &report, &rules, &sources, context)?;
    context.terminal.problems(&report.problems, &sources);
    if args.statistics {
        warn(&summary::statistics(&report));
    }
    warn(&summary::line(&report));
    Ok(status(&report, args.exit_zero))
}

fn overrides(args: &CheckArgs) -> Overrides {
    Overrides {
        select: (!args.select.is_empty()).then(|| args.select.clone()),
        ignore: args.ignore.clone(),
        min_confidence: args.min_confidence,
        fail_on: args.fail_on,
    }
}

fn find_files(args: &CheckArgs, configs: &Configs) -> Result<Walk, Failure> {
    let Some(name) = &args.stdin_filename else {
        let here = [PathBuf::from(".")];
        let roots = if args.paths.is_empty() { &here } else { args.paths.as_slice() };
        let threads = usize::from(args.threads.unwrap_or(0));
        return Ok(walk(roots, configs, WalkOptions { force_exclude: args.force_exclude, threads }));
    };
    if args.paths.iter().any(|path| path != Path::new("-")) {
        return Err(Problem::input("`--stdin-filename` takes no other paths").into());
    }
    let mut bytes = Vec::new();
    std::io::stdin().lock().read_to_end(&mut bytes).context("standard input cannot be read")?;
    let text = crate::workspace::Source::decode(bytes).text;
    let file = SourceFile::with_text(configs, paths::absolute(configs.cwd(), name), text);
    Ok(Walk { files: file.into_iter().collect(), problems: Vec::new() })
}

/// Runs the engine on its own threads.
fn lint(args: &CheckArgs, request: &Request, context: &Context<'_>) -> Result<Report, Failure> {
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

fn sources(request: &Request, cwd: &Path) -> DiskSources {
    let buffers = request.files.iter().filter_map(|file| Some((file.path.as_str(), file.text.as_deref()?)));
    DiskSources::with_buffers(cwd, buffers)
}

/// Writes all outputs, those to files first, so that they are there even if nobody reads standard output.
fn write(
    targets: &[Target],
    report: &Report,
    rules: &[RuleInfo],
    sources: &dyn Sources,
    context: &Context<'_>,
) -> Result<(), Failure> {
    let prefix = prefix(&context.cwd);
    let (files, streams): (Vec<&Target>, Vec<&Target>) = targets.iter().partition(|target| target.file.is_some());
    for target in files.into_iter().chain(streams) {
        let style = if target.file.is_some() { context.terminal.file() } else { context.terminal.stdout() };
        let input = Input { report, rules, sources, prefix: &prefix, style };
        let output = target.format.render(&input).context("the output cannot be rendered")?;
        match &target.file {
            Some(file) => std::fs::write(file, output.text)
                .with_context(|| format!("the output cannot be written to {}", file.display()))?,
            None => write_out(&output.text)?,
        }
        for note in output.notes {
            warn(&format!("note: {note}\n"));
        }
    }
    Ok(())
}

/// The way from the repository's root to the current folder.
fn prefix(cwd: &Path) -> String {
    let root = cwd.ancestors().find(|folder| folder.join(".git").exists()).unwrap_or(cwd);
    cwd.strip_prefix(root).map(paths::with_slashes).unwrap_or_default()
}

fn status(report: &Report, exit_zero: bool) -> Status {
    if report.problems.iter().any(Problem::fails_run) {
        Status::Failed
    } else if report.failing > 0 && !exit_zero {
        Status::Findings
    } else {
        Status::Clean
    }
}
