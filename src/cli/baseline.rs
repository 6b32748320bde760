//! Known findings: `perflint baseline` writes them down, and a run leaves them out.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use rustc_hash::FxHashMap;

use super::args::BaselineArgs;
use super::run::{Given, Run, settings_of};
use super::terminal::{warn, write_out};
use super::{Context, Failure, Status};
use crate::config::Configs;
use crate::config::load::json_span;
use crate::config::settings::BaselineFile;
use crate::findings::baseline::{Baseline, Key};
use crate::findings::{BaselineState, Finding, Problem};
use crate::output::Sources;
use crate::output::summary::counted;
use crate::workspace::paths;

/// Takes the findings that baselines know out of a report, each by the baseline of its own configuration.
pub fn apply(run: &mut Run) -> Result<(), Failure> {
    let mut findings: Vec<Option<Finding>> = std::mem::take(&mut run.report.findings).into_iter().map(Some).collect();
    let groups = by_baseline(&findings, &run.configs);
    for (file, rows) in groups {
        let Some(baseline) = read(&file, &run.configs)? else { continue };
        let folder = folder(&file);
        let keys: Vec<Key> =
            rows.iter().filter_map(|&row| findings[row].as_ref()).map(|f| key(f, &folder, run)).collect();
        let matched = baseline.matched(&keys, |path| folder.join(path).exists());
        for (row, known) in rows.into_iter().zip(matched.known) {
            let state = if known { BaselineState::Known } else { BaselineState::New };
            let Some(finding) = &mut findings[row] else { continue };
            finding.baseline = Some(state);
            if known {
                run.report.known.extend(findings[row].take());
            }
        }
        run.report.stats.gone += matched.gone.len();
    }
    run.report.findings = findings.into_iter().flatten().collect();
    run.report.sort();
    Ok(())
}

/// `perflint baseline`.
pub fn run(args: &BaselineArgs, context: &Context<'_>) -> Result<Status, Failure> {
    let run = Run::new(&args.lint, Given::default(), context)?;
    context.terminal.problems(&run.report.problems, &run.sources);
    if run.report.problems.iter().any(Problem::fails_run) {
        warn("error: nothing was written\n");
        return Ok(Status::Failed);
    }
    let findings: Vec<Option<Finding>> = run.report.findings.iter().cloned().map(Some).collect();
    let mut groups = by_baseline(&findings, &run.configs);
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
        let found: Vec<&Finding> = rows.iter().filter_map(|&row| findings[row].as_ref()).collect();
        write(&file, &found, args, &run)?;
    }
    Ok(Status::Clean)
}

/// Writes one baseline, and says what is in it.
fn write(file: &Path, found: &[&Finding], args: &BaselineArgs, run: &Run) -> Result<(), Failure> {
    let folder = folder(file);
    let old = if file.exists() { read(file, &run.configs)?.unwrap_or_default() } else { Baseline::default() };
    let keys: Vec<Key> = found.iter().map(|finding| key(finding, &folder, run)).collect();
    let is_there = |path: &str| folder.join(path).exists();
    let roots = roots(args, &run.configs);
    // What this run did not look at stays as it is.
    let is_judged = |path: &str| {
        let path = paths::absolute(&folder, Path::new(path));
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

/// The rows of findings that each baseline is asked about; those of files without one are not among them.
fn by_baseline(findings: &[Option<Finding>], configs: &Configs) -> Vec<(PathBuf, Vec<usize>)> {
    let mut rows: FxHashMap<PathBuf, Vec<usize>> = FxHashMap::default();
    for (row, finding) in findings.iter().enumerate() {
        let settings = finding.as_ref().map(|finding| settings_of(configs, &finding.path));
        let file = settings.as_ref().and_then(|settings| settings.baseline.path());
        if let Some(file) = file {
            rows.entry(file.to_owned()).or_default().push(row);
        }
    }
    let mut rows: Vec<_> = rows.into_iter().collect();
    rows.sort();
    rows
}

fn folder(file: &Path) -> PathBuf {
    file.parent().unwrap_or(file).to_owned()
}

fn key(finding: &Finding, folder: &Path, run: &Run) -> Key {
    let source = run.sources.source(&finding.path);
    let code = source.as_ref().and_then(|source| source.text.get(finding.span.range())).unwrap_or_default();
    let path = paths::shown(folder, &paths::absolute(run.configs.cwd(), Path::new(&finding.path)));
    Key::new(finding, path, code)
}

/// Reads a baseline; `None` if there is none, and none is named.
fn read(file: &Path, configs: &Configs) -> Result<Option<Baseline>, Problem> {
    let shown = paths::shown(configs.cwd(), file);
    let problem = |message: String| Problem::input(message).at(shown.as_str(), None);
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let named = BaselineFile::Named(file.to_owned());
            if configs.all().iter().any(|settings| settings.baseline == named) {
                let help = "`perflint baseline` writes it";
                return Err(problem("the baseline is not there".to_owned()).with_help(Some(help)));
            }
            return Ok(None);
        }
        Err(error) => return Err(problem(format!("cannot read the baseline: {error}"))),
    };
    Baseline::read(&text).map(Some).map_err(|error| {
        let message = error.to_string();
        let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(head, _)| head);
        let help = "take out the marks of a merge, or delete the file and write it anew with `perflint baseline`";
        let problem = Problem::input(format!("the baseline is not valid: {message}"));
        problem.at(shown.as_str(), json_span(&text, &error)).with_help(Some(help))
    })
}
