//! `perflint check`: lint files and folders.

use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::ArgMatches;

use super::args::CheckArgs;
use super::changed::Scope;
use super::outputs::{self, Target};
use super::run::{Given, Run};
use super::terminal::{warn, write_out};
use super::{Context, Failure, Status};
use crate::config::Overrides;
use crate::config::settings::BaselineFile;
use crate::engine::baselines;
use crate::findings::{Problem, Report};
use crate::output::{Input, Sources as _, summary};
use crate::workspace::{Source, paths};

/// Lints.
pub fn run(args: &CheckArgs, matches: &ArgMatches, context: &Context<'_>) -> Result<Status, Failure> {
    let targets = outputs::targets(args, matches)?;
    let scope = Scope::asked(args, &context.cwd)?;
    let overrides = Overrides {
        fail_on: args.fail_on,
        baseline: args.no_baseline.then_some(BaselineFile::None),
        ..Overrides::default()
    };
    let given = Given { overrides, only: standard_input(args)?, texts: scope.texts()? };
    let mut run = Run::new(&args.lint, given, context)?;
    baselines::apply(&mut run.report, &run.configs, &|path| run.sources.source(path))?;
    scope.apply(&mut run);
    run.count_failing();
    write(&targets, &run, args.include_suppressed, context)?;
    context.terminal.problems(&run.report.problems, &run.sources);
    if args.statistics {
        warn(&summary::statistics(&run.report));
    }
    warn(&summary::line(&run.report));
    Ok(status(&run.report, args.exit_zero))
}

/// The file that standard input stands for, and its text.
fn standard_input(args: &CheckArgs) -> Result<Option<(PathBuf, String)>, Failure> {
    let Some(name) = &args.stdin_filename else { return Ok(None) };
    if args.lint.paths.iter().any(|path| path != Path::new("-")) {
        return Err(Problem::input("`--stdin-filename` takes no other paths").into());
    }
    let mut bytes = Vec::new();
    std::io::stdin().lock().read_to_end(&mut bytes).context("standard input cannot be read")?;
    Ok(Some((name.clone(), Source::decode(bytes).text)))
}

/// Writes all outputs, those to files first, so that they are there even if nobody reads standard output.
fn write(targets: &[Target], run: &Run, include_suppressed: bool, context: &Context<'_>) -> Result<(), Failure> {
    let root = paths::repository(&context.cwd);
    let prefix = context.cwd.strip_prefix(root).map(paths::with_slashes).unwrap_or_default();
    let (files, streams): (Vec<&Target>, Vec<&Target>) = targets.iter().partition(|target| target.file.is_some());
    for target in files.into_iter().chain(streams) {
        let style = if target.file.is_some() { context.terminal.file() } else { context.terminal.stdout() };
        let input = Input {
            report: &run.report,
            rules: &run.rules,
            sources: &run.sources,
            prefix: &prefix,
            style,
            include_suppressed,
        };
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

fn status(report: &Report, exit_zero: bool) -> Status {
    if report.problems.iter().any(Problem::fails_run) {
        Status::Failed
    } else if report.failing > 0 && !exit_zero {
        Status::Findings
    } else {
        Status::Clean
    }
}
