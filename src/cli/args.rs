//! The options.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};

use crate::findings::{Confidence, Severity};
use crate::output::Format;

/// Finds code that costs time: N+1 queries, awaits that could run together, quadratic lookups, slow SQL.
#[derive(Debug, Parser)]
#[command(name = "perflint", version, max_term_width = 100, disable_help_subcommand = true, after_help = AFTER_HELP)]
pub struct Cli {
    /// What to lint, without a sub-command.
    #[command(flatten)]
    pub check: CheckArgs,
    /// When to use colours.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
    /// What else to do.
    #[command(subcommand)]
    pub command: Option<Command>,
}

const AFTER_HELP: &str = "\
Exit status: 0 if there is nothing at or above the failing severity, 1 if there is, 2 if perflint could not do its work.

Examples:
  perflint                                     lint the current folder
  perflint --select sql,strict src             only some rules
  perflint --format sarif=perflint.sarif       for code scanning, beside the text
  perflint baseline                            accept what is found now; only new findings show from then on
  perflint --since main                        only what this branch adds or changes
  perflint --diff --fix-suggested              what fixes would change
  perflint explain select-star                 a rule's page";

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The sub-commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Lint files and folders (what perflint does without a sub-command).
    Check(CheckArgs),
    /// Write a commented perflint.toml that fits the project.
    Init {
        /// The project's folder.
        #[arg(value_name = "FOLDER", default_value = ".", value_hint = ValueHint::DirPath)]
        folder: PathBuf,
        /// Write over a perflint.toml that is there.
        #[arg(long)]
        force: bool,
    },
    /// Write down what is found now, so that only what is new is shown from then on.
    Baseline(BaselineArgs),
    /// Show the page of a rule.
    Explain {
        /// The rule's id.
        #[arg(required_unless_present = "why")]
        rule: Option<String>,
        /// Say what is known of the calls on a line of a file below the current folder, and at which clause each rule
        /// gives up there.
        #[arg(long, value_name = "FILE:LINE", conflicts_with = "rule")]
        why: Option<String>,
        #[command(flatten)]
        config: ConfigArgs,
    },
    /// Serve an editor: the language server, over standard input and output.
    Lsp {
        #[command(flatten)]
        config: ConfigArgs,
        /// How many threads to use; as many as the machine has unless given.
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=512))]
        threads: Option<u16>,
        /// What editors add to say how they talk; there is no other way.
        #[arg(long, hide = true)]
        stdio: bool,
    },
    /// List all rules.
    Rules {
        #[command(flatten)]
        config: ConfigArgs,
    },
    /// Write rules and test them.
    Rule {
        #[command(subcommand)]
        command: RuleCommand,
    },
    /// Print a script that completes perflint's arguments in a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Print perflint's manual page, for `man` to read.
    Man,
    /// Write the generated chapters of the book, and list them in the SUMMARY.md that is there.
    #[command(hide = true)]
    Book {
        /// The folder of the book's sources.
        #[arg(value_name = "FOLDER", value_hint = ValueHint::DirPath)]
        folder: PathBuf,
    },
    /// Print the JSON schema of the configuration.
    #[command(hide = true)]
    ConfigSchema,
}

/// What to do with rules.
#[derive(Debug, Subcommand)]
pub enum RuleCommand {
    /// Run the examples in rule and library files.
    Test {
        /// The files; all built-in ones if none are given.
        #[arg(value_hint = ValueHint::FilePath)]
        files: Vec<PathBuf>,
    },
    /// Write a new rule file to start from.
    New {
        /// The rule's id, in small letters with hyphens.
        name: String,
        /// The folder to write to.
        #[arg(long, default_value = "lint", value_hint = ValueHint::DirPath)]
        folder: PathBuf,
    },
    /// Print the vocabulary of rule files.
    Docs,
}

/// Which configuration to use.
#[derive(Debug, Default, Args)]
pub struct ConfigArgs {
    /// Use this configuration file for everything.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "isolated")]
    pub config: Option<PathBuf>,
    /// Use no configuration file.
    #[arg(long)]
    pub isolated: bool,
}

/// What a run reads, and with which rules.
#[derive(Debug, Args)]
pub struct LintArgs {
    /// Files and folders; the current folder if none are given.
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,
    /// Read these files and folders as well, for what they tell of the calls, and report nothing there.
    #[arg(long, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub context: Vec<PathBuf>,
    /// The rules to use, in place of the configured ones: ids, groups, `default`, `strict`, `all`.
    #[arg(long, value_name = "RULES", value_delimiter = ',')]
    pub select: Vec<String>,
    /// Rules to leave out: ids, groups, `default`, `strict`, `all`.
    #[arg(long, value_name = "RULES", value_delimiter = ',')]
    pub ignore: Vec<String>,
    /// Show findings that perflint is at least this sure of: high, medium or low [default: medium].
    #[arg(long, value_name = "GRADE")]
    pub min_confidence: Option<Confidence>,
    #[command(flatten)]
    pub config: ConfigArgs,
    /// The file of known findings, in place of the configured one.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub baseline: Option<PathBuf>,
    /// Leave out files that are ignored even if they are named as arguments.
    #[arg(long)]
    pub force_exclude: bool,
    /// How many threads to use; as many as the machine has unless given.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=512))]
    pub threads: Option<u16>,
    /// Neither read nor write a cache.
    #[arg(long)]
    pub no_cache: bool,
    /// Show no progress bar.
    #[arg(long)]
    pub no_progress: bool,
}

/// What to lint, and how to show what is found.
#[derive(Debug, Args)]
pub struct CheckArgs {
    #[command(flatten)]
    pub lint: LintArgs,
    /// How to show findings: text, compact, json, sarif, github, gitlab, junit, markdown or html, with `=FILE` to write to a
    /// file. May be given several times.
    #[arg(long, value_name = "FORMAT[=FILE]", value_parser = format)]
    pub format: Vec<FormatArg>,
    /// Write the output of the `--format` before it (else of the one after it) to this file; without any, in the format
    /// that the file's extension tells.
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub output: Vec<PathBuf>,
    /// Show only findings on lines that were added or changed since this commit (since the branch left it, if it went
    /// on), the working tree and files that git does not track yet included.
    #[arg(long, value_name = "REF", conflicts_with_all = ["staged", "stdin_filename"])]
    pub since: Option<String>,
    /// Show only findings on lines that the next commit adds or changes; reads what is staged, not what is in the
    /// working tree.
    #[arg(long, conflicts_with = "stdin_filename")]
    pub staged: bool,
    /// Fix what can be fixed without changing what the program does, and show what is left.
    #[arg(long)]
    pub fix: bool,
    /// Make the fixes as well after which things may happen at other times or in another order: look at each.
    #[arg(long)]
    pub fix_suggested: bool,
    /// Show what `--fix` (or `--fix-suggested`, if given) would change, and change nothing; exits with 1 if there is
    /// anything.
    #[arg(long)]
    pub diff: bool,
    /// Show known findings as well.
    #[arg(long, conflicts_with = "baseline")]
    pub no_baseline: bool,
    /// Write suppressed and known findings to SARIF, marked as such. GitHub shows them like all others.
    #[arg(long)]
    pub include_suppressed: bool,
    /// Fail from this severity on: high, medium or low [default: medium].
    #[arg(long, value_name = "GRADE")]
    pub fail_on: Option<Severity>,
    /// Exit with 0 even if there are findings.
    #[arg(long)]
    pub exit_zero: bool,
    /// Lint what comes from standard input as if it were this file.
    #[arg(long, value_name = "FILE")]
    pub stdin_filename: Option<PathBuf>,
    /// Show counts and times on standard error.
    #[arg(long)]
    pub statistics: bool,
}

/// What is to be known from now on.
#[derive(Debug, Args)]
pub struct BaselineArgs {
    #[command(flatten)]
    pub lint: LintArgs,
    /// Only take out what is no longer found; add nothing.
    #[arg(long)]
    pub prune: bool,
}

/// A format, and the file to write it to if it was given along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormatArg {
    /// The format.
    pub format: Format,
    /// The file.
    pub file: Option<PathBuf>,
}

fn format(text: &str) -> Result<FormatArg, String> {
    let (name, file) = text.split_once('=').map_or((text, None), |(name, file)| (name, Some(file)));
    let Some(format) = Format::of_name(name) else {
        let known = Format::ALL.map(Format::name).join(", ");
        return Err(format!("there is no format `{name}`; known are {known}"));
    };
    if file.is_some_and(str::is_empty) {
        return Err("the name of the file is missing after `=`".to_owned());
    }
    Ok(FormatArg { format, file: file.map(PathBuf::from) })
}
