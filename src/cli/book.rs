//! `perflint book`: the chapters of the documentation's book that the program itself can tell.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use clap::CommandFactory as _;

use super::args::Cli;
use super::terminal::write_out;
use super::{Context, Failure, Status};
use crate::book::{self, Material};
use crate::catalog;
use crate::findings::suppress;
use crate::syntax::Family;

/// Writes the generated chapters into a folder that has the hand-written ones, and fills in its SUMMARY.md.
pub fn run(folder: &Path, context: &Context<'_>) -> Result<Status, Failure> {
    let mut rules = context.engine.rules(&[], &[])?;
    rules.extend(suppress::rules());
    let libraries =
        catalog::builtin_libraries(&[Family::JavaScript, Family::Python, Family::Rust]).map_err(|errors| {
            anyhow::anyhow!("{}", errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
        })?;
    let schema = crate::config::schema::schema().and_then(|text| serde_json::from_str(&text));
    let mut command = Cli::command();
    command.build();
    let material = Material {
        rules: &rules,
        libraries: &libraries,
        schema: &schema.map_err(anyhow::Error::from)?,
        command: &command,
        vocabulary: &context.engine.vocabulary(),
    };
    let book = book::generate(&material);
    let summary = folder.join("SUMMARY.md");
    let text = fs::read_to_string(&summary).with_context(|| format!("{} cannot be read", summary.display()))?;
    let text = book.summary(&text).map_err(|message| anyhow::anyhow!("{}: {message}", summary.display()))?;
    for (path, text) in
        book.pages.iter().map(|page| (page.path.as_str(), page.text.as_str())).chain([("SUMMARY.md", text.as_str())])
    {
        write(&folder.join(path), text)?;
    }
    write_out(&format!("Wrote {} chapters to {}.\n", book.pages.len(), folder.display()))?;
    Ok(Status::Clean)
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("the folder {} cannot be made", folder.display()))?;
    }
    fs::write(path, text).with_context(|| format!("{} cannot be written", path.display()))
}
