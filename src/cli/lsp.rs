//! `perflint lsp`: the language server.

use std::path::PathBuf;

use super::args::ConfigArgs;
use super::{Context, Failure, Status};
use crate::config::Source;
use crate::lsp;
use crate::workspace::paths;

/// Serves an editor over standard input and output.
pub fn run(args: &ConfigArgs, threads: Option<u16>, context: &Context<'_>) -> Result<Status, Failure> {
    let source = match source_of(args) {
        Source::File(path) => Source::File(absolute(context, path)),
        other => other,
    };
    let is_clean = lsp::serve(source, usize::from(threads.unwrap_or(0)))?;
    // The protocol asks for 1 where the editor goes without saying so.
    Ok(if is_clean { Status::Clean } else { Status::Findings })
}

fn absolute(context: &Context<'_>, path: PathBuf) -> PathBuf {
    paths::absolute(&context.cwd, &path)
}

/// Where configurations come from.
pub fn source_of(args: &ConfigArgs) -> Source {
    match (&args.config, args.isolated) {
        (Some(path), _) => Source::File(path.clone()),
        (None, true) => Source::Isolated,
        (None, false) => Source::Nearest,
    }
}
