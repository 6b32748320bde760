//! `perflint rule`: write rules and test them.

use std::path::Path;

use anyhow::Context as _;

use super::args::RuleCommand;
use super::sources::DiskSources;
use super::terminal::write_out;
use super::{Context, Failure, Status};
use crate::findings::Problem;

const TEMPLATE: &str = include_str!("new_rule.md");

/// Runs a sub-command of `rule`.
pub fn run(command: &RuleCommand, context: &Context<'_>) -> Result<Status, Failure> {
    match command {
        RuleCommand::Test { files } => {
            let outcome = context.engine.test(files)?;
            context.terminal.problems(&outcome.failures, &DiskSources::new(&context.cwd));
            write_out(&format!("{} passed, {} failed\n", outcome.passed, outcome.failures.len()))?;
            Ok(if outcome.failures.is_empty() { Status::Clean } else { Status::Findings })
        }
        RuleCommand::New { name, folder } => new(name, folder),
        RuleCommand::Docs => {
            write_out(&context.engine.vocabulary())?;
            Ok(Status::Clean)
        }
    }
}

/// Writes a rule file to start from; never over another file.
fn new(name: &str, folder: &Path) -> Result<Status, Failure> {
    let is_word = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    if !name.split('-').all(is_word) {
        let problem = Problem::input(format!("`{name}` cannot be a rule's id"));
        return Err(problem.with_help(Some("use small letters, digits and hyphens: `no-raw-sql`")).into());
    }
    let path = folder.join(format!("{name}.md"));
    std::fs::create_dir_all(folder).with_context(|| format!("the folder {} cannot be made", folder.display()))?;
    let mut file = std::fs::File::create_new(&path)
        .with_context(|| format!("{} cannot be made, or is there already", path.display()))?;
    let mut title = name.replace('-', " ");
    if let Some(first) = title.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    std::io::Write::write_all(&mut file, TEMPLATE.replace("TITLE", &title).as_bytes())?;
    write_out(&format!(
        "Wrote {0}. List it under `rules` in perflint.toml, and run its examples with `perflint rule test {0}`.\n",
        path.display()
    ))?;
    Ok(Status::Clean)
}
