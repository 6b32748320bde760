//! The command line: one file per sub-command, `args` for the options.

mod args;
mod baseline;
mod book;
mod changed;
mod check;
mod explain;
mod fixing;
mod init;
mod lsp;
mod man;
mod outputs;
mod progress;
mod rule;
mod rules;
mod run;
mod sources;
mod terminal;

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;

use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory, FromArgMatches};

use self::args::{Cli, Command, ConfigArgs};
use self::terminal::Terminal;
use crate::config::{Configs, Overrides};
use crate::engine::{self, Engine, Error};
use crate::findings::{Problem, RuleInfo};

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Nothing at or above the failing severity.
    Clean,
    /// Findings.
    Findings,
    /// perflint could not do its work.
    Failed,
}

impl Status {
    /// The exit status of the process.
    pub fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Findings => 1,
            Self::Failed => 2,
        }
    }
}

/// Why a sub-command did not do its work.
#[derive(Debug)]
enum Failure {
    /// What is wrong with what was asked or written.
    Problems(Vec<Problem>),
    /// Writing to a stream or file failed.
    Write(std::io::Error),
    /// Anything else.
    Other(anyhow::Error),
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Write(error)
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Other(error)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Load(problems) => Self::Problems(problems),
            Error::Internal(message) => Self::Problems(vec![Problem::internal(message)]),
        }
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Problems(vec![problem])
    }
}

/// What every sub-command works with.
struct Context<'a> {
    engine: &'a dyn Engine,
    terminal: Terminal,
    cwd: PathBuf,
}

/// Runs perflint with the arguments of a process (the first is the program's name).
pub fn run(arguments: impl IntoIterator<Item = OsString>, engine: &dyn Engine) -> Status {
    let matches = match Cli::command().try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) => return refuse(&error),
    };
    let cli = match Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut Cli::command())) {
        Ok(cli) => cli,
        Err(error) => return refuse(&error),
    };
    if let Some(error) = misplaced(&matches) {
        return refuse(&error);
    }
    let terminal = Terminal::new(cli.color);
    let cwd = match std::env::current_dir() {
        Ok(cwd) => cwd,
        Err(error) => return terminal.fail(&format!("the current folder cannot be read: {error}")),
    };
    let context = Context { engine, terminal, cwd };
    match dispatch(cli, &matches, &context) {
        Ok(status) => status,
        Err(Failure::Write(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => Status::Clean,
        Err(Failure::Write(error)) => context.terminal.fail(&format!("cannot write: {error}")),
        Err(Failure::Other(error)) => context.terminal.fail(&format!("{error:#}")),
        Err(Failure::Problems(problems)) => {
            context.terminal.problems(&problems, &sources::DiskSources::new(&context.cwd));
            Status::Failed
        }
    }
}

fn dispatch(cli: Cli, matches: &ArgMatches, context: &Context<'_>) -> Result<Status, Failure> {
    match cli.command {
        None => check::run(&cli.check, matches, context),
        Some(Command::Check(args)) => check::run(&args, matches.subcommand().map_or(matches, |(_, m)| m), context),
        Some(Command::Init { folder, force }) => init::run(&folder, force, context),
        Some(Command::Baseline(args)) => baseline::run(&args, context),
        Some(Command::Explain { rule, why, config }) => match why {
            Some(place) => explain::why(&place, &config, context),
            None => explain::run(&rule.unwrap_or_default(), &config, context),
        },
        Some(Command::Lsp { config, threads, stdio: _ }) => lsp::run(&config, threads, context),
        Some(Command::Rules { config }) => rules::run(&config, context),
        Some(Command::Rule { command }) => rule::run(&command, context),
        Some(Command::Completions { shell }) => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "perflint", &mut script);
            std::io::stdout().write_all(&script)?;
            Ok(Status::Clean)
        }
        Some(Command::Man) => {
            terminal::write_out(&man::page(Cli::command())?)?;
            Ok(Status::Clean)
        }
        Some(Command::Book { folder }) => book::run(&folder, context),
        Some(Command::ConfigSchema) => {
            let schema = crate::config::schema::schema().map_err(anyhow::Error::from)?;
            terminal::write_out(&schema)?;
            Ok(Status::Clean)
        }
    }
}

/// Shows clap's message; help and version are no failures.
fn refuse(error: &clap::Error) -> Status {
    match error.print() {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Status::Failed,
        _ if error.use_stderr() => Status::Failed,
        _ => Status::Clean,
    }
}

/// Options of `check` that stand before another sub-command would be lost, so they are refused.
fn misplaced(matches: &ArgMatches) -> Option<clap::Error> {
    let (name, _) = matches.subcommand()?;
    let given = |id: &&str| matches.value_source(id) == Some(ValueSource::CommandLine);
    let id = matches
        .ids()
        .map(clap::Id::as_str)
        .filter(|id| !["color", "CheckArgs", "LintArgs"].contains(id))
        .find(given)?;
    let option = id.replace('_', "-");
    let message = format!("`--{option}` stands before the sub-command `{name}`; write it after, where `{name}` has it");
    Some(Cli::command().error(clap::error::ErrorKind::ArgumentConflict, message))
}

impl Context<'_> {
    /// The configurations that arguments ask for.
    fn configs(&self, args: &ConfigArgs, overrides: Overrides) -> Configs {
        Configs::new(&self.cwd, &lsp::source_of(args), overrides)
    }

    /// All rules: built in, of the project, and those about suppressions.
    fn rules(&self, configs: &Configs) -> Result<Vec<RuleInfo>, Failure> {
        Ok(engine::rules_of(self.engine, configs)?)
    }

    /// The rules that hold in the current folder.
    fn rules_here(&self, args: &ConfigArgs) -> Result<Vec<RuleInfo>, Failure> {
        let configs = self.configs(args, Overrides::default());
        configs.for_folder(&self.cwd);
        self.rules(&configs)
    }
}

#[cfg(test)]
mod tests;
