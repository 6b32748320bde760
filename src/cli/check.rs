//! `perflint check`: lint files and folders.

use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::ArgMatches;

use super::args::CheckArgs;
use super::changed::Scope;
use super::fixing::{self, Fixed};
use super::outputs::{self, Target};
use super::run::{Given, Run};
use super::terminal::{warn, write_out};
use super::{Context, Failure, Status};
use crate::config::Overrides;
use crate::config::settings::BaselineFile;
use crate::engine::baselines;
use crate::findings::fix::MAX_PASSES;
use crate::findings::{Problem, Report, Safety};
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
    let given = Given { overrides, only: standard_input(args)?, texts: scope.texts() };
    let (mut run, fixed) = fixed(args, &scope, &given, context)?;
    if let Some(safety) = fixing::asked(args) {
        if args.diff {
            return show_diff(&fixed, safety);
        }
        if let Some((path, text)) = &given.only {
            let path = paths::shown(&context.cwd, path);
            write_out(fixed.text(&path).unwrap_or(text))?;
            return finish(args, &run, context);
        }
        let problems = fixed.write(&context.cwd)?;
        run.report.problems.extend(problems);
        run.report.stats.fixed = fixed.count;
    }
    write(&targets, &run, args.include_suppressed, context)?;
    finish(args, &run, context)
}

/// Lints, and fixes what is to be fixed until there is nothing left; the report is about what is.
fn fixed(args: &CheckArgs, scope: &Scope, given: &Given, context: &Context<'_>) -> Result<(Run, Fixed), Failure> {
    let mut fixed = Fixed::default();
    let asked = fixing::asked(args);
    // The lines that changed are known of the files as they were: what a fix leaves is not looked at again.
    let passes = if matches!(scope, Scope::Everything) { MAX_PASSES } else { 1 };
    let mut pass = 0;
    loop {
        let given = given.with_texts(fixed.texts(&context.cwd), &context.cwd);
        let mut run = Run::new(&args.lint, given, context)?;
        baselines::apply(&mut run.report, &run.configs, &|path| run.sources.source(path))?;
        scope.apply(&mut run);
        run.count_failing();
        let sources = &run.sources;
        context.engine.fill_fixes(&run.configs.all(), &mut run.report.findings, &|path| sources.source(path))?;
        let may_change = |path: &str| scope.may_change(&paths::absolute(&context.cwd, Path::new(path)));
        let Some(asked) = asked.filter(|_| pass < passes) else { return Ok((run, fixed)) };
        if !fixed.pass(&mut run, asked, may_change) || passes == 1 {
            return Ok((run, fixed));
        }
        pass += 1;
    }
}

/// Prints what fixes would change.
fn show_diff(fixed: &Fixed, safety: Safety) -> Result<Status, Failure> {
    write_out(&fixed.diff())?;
    let option = safety.option();
    if fixed.count == 0 {
        warn(&format!("Nothing can be fixed with `{option}`\n"));
        return Ok(Status::Clean);
    }
    warn(&format!("{} can be fixed with `{option}`\n", summary::counted(fixed.count, "finding")));
    Ok(Status::Findings)
}

/// Says on standard error how it went.
fn finish(args: &CheckArgs, run: &Run, context: &Context<'_>) -> Result<Status, Failure> {
    context.terminal.problems(&run.report.problems, &run.sources);
    if args.statistics {
        warn(&summary::statistics(&run.report));
    }
    warn(&summary::line(&run.report));
    if let Some(text) = summary::fixable(&run.report) {
        warn(&text);
    }
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
