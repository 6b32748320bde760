//! `perflint baseline`: writes down what is known, so that runs leave it out.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::args::BaselineArgs;
use super::run::{Given, Run};
use super::terminal::{warn, write_out};
use super::{Context, Failure, Status};
use crate::config::Configs;
use crate::engine::baselines::{by_baseline, folder, key, read};
use crate::findings::baseline::{Baseline, Key};
use crate::findings::{Finding, Problem};
use crate::output::Sources;
use crate::output::summary::counted;
use crate::workspace::paths;

/// `perflint baseline`.
pub fn run(args: &BaselineArgs, context: &Context<'_>) -> Result<Status, Failure> {
    let run = Run::new(&args.lint, Given::default(), context)?;
    context.terminal.problems(&run.report.problems, &run.sources);
    if run.report.problems.iter().any(Problem::fails_run) {
        warn("error: nothing was written\n");
        return Ok(Status::Failed);
    }
    let findings = &run.report.findings;
    let mut groups = by_baseline(findings.iter().map(Some), &run.configs);
    // What is clean now has a baseline to empty.
    for settings in run.configs.all() {
        let file = settings.baseline.path().filter(|file| file.exists()).map(Path::to_owned);
        if let Some(file) = file.filter(|file| !groups.iter().any(|(known, _)| known == file)) {
            groups.push((file, Vec::new()));
        }
    }
    if groups.is_empty() {
        write_out("Nothing was found, so there is nothing to write down.\n")?;
    }
    for (file, rows) in groups {
        let found: Vec<&Finding> = rows.iter().map(|&row| &findings[row]).collect();
        write(&file, &found, args, &run)?;
    }
    Ok(Status::Clean)
}

/// Writes one baseline, and says what is in it.
fn write(file: &Path, found: &[&Finding], args: &BaselineArgs, run: &Run) -> Result<(), Failure> {
    let folder = folder(file);
    let old = if file.exists() { read(file, &run.configs)?.unwrap_or_default() } else { Baseline::default() };
    let keys: Vec<Key> =
        found.iter().map(|finding| key(finding, folder, &run.configs, &|path| run.sources.source(path))).collect();
    let is_there = |path: &str| folder.join(path).exists();
    let roots = roots(args, &run.configs);
    // What this run did not look at stays as it is.
    let is_judged = |path: &str| {
        let path = paths::absolute(folder, Path::new(path));
        !path.exists() || roots.iter().any(|root| path.starts_with(root))
    };
    let known = old.matched(&keys, is_there).known;
    let kept = keys.into_iter().zip(&known).filter(|(_, known)| **known || !args.prune).map(|(key, _)| key);
    let new = Baseline::of(kept).with(old.only(|path| !is_judged(path)));
    let text = new.text().context("the baseline cannot be written as JSON")?;
    std::fs::write(file, text).with_context(|| format!("the baseline cannot be written to {}", file.display()))?;
    let known = known.iter().filter(|known| **known).count();
    let added = if args.prune { 0 } else { found.len() - known };
    let gone = old.len() + added - new.len();
    let shown = paths::shown(run.configs.cwd(), file);
    let what = format!("{} in {}", counted(new.len(), "finding"), counted(new.files(), "file"));
    write_out(&format!("Wrote {shown}: {what} ({added} new, {gone} gone)\n"))?;
    Ok(())
}

/// What the run looked at, absolute.
fn roots(args: &BaselineArgs, configs: &Configs) -> Vec<PathBuf> {
    let given = args.lint.paths.iter().map(|path| paths::absolute(configs.cwd(), path));
    let given: Vec<PathBuf> = given.collect();
    if given.is_empty() { vec![configs.cwd().to_owned()] } else { given }
}
