//! `perflint explain`: a rule's page, or what is known of a line.

use std::path::PathBuf;
use std::sync::Arc;

use super::args::ConfigArgs;
use super::terminal::write_out;
use super::{Context, Failure, Status};
use crate::config::Overrides;
use crate::findings::problem::nearest;
use crate::findings::{Problem, rule_info};
use crate::workspace::walk::WalkOptions;
use crate::workspace::{Manifests, walk};

/// Shows the page of a rule.
pub fn run(id: &str, config: &ConfigArgs, context: &Context<'_>) -> Result<Status, Failure> {
    let rules = context.rules_here(config)?;
    let Some(rule) = rule_info::find(&rules, id) else {
        let help = nearest(id, rules.iter().map(|rule| rule.id.as_str()))
            .map_or_else(|| "`perflint rules` lists the rules".to_owned(), |name| format!("did you mean `{name}`?"));
        return Err(Problem::input(format!("there is no rule `{id}`")).with_help(Some(help)).into());
    };
    write_out(&rule.page())?;
    Ok(Status::Clean)
}

/// Shows what is known of a line, `FILE:LINE`, with the current folder as the project.
pub fn why(place: &str, config: &ConfigArgs, context: &Context<'_>) -> Result<Status, Failure> {
    let parsed = place.rsplit_once(':').and_then(|(path, line)| Some((path, line.parse::<usize>().ok()?)));
    let Some((path, line)) = parsed else {
        return Err(Problem::input(format!("`{place}` is not of the form FILE:LINE")).into());
    };
    let configs = context.configs(config, Overrides::default());
    let found = walk(&[PathBuf::from(".")], &configs, WalkOptions::default());
    let (manifests, _) = Manifests::load(&context.cwd, found.files.iter().map(|file| file.absolute.as_path()));
    let request =
        crate::engine::Request { files: found.files, settings: configs.all(), manifests, progress: Arc::default() };
    let path = path.strip_prefix("./").unwrap_or(path);
    write_out(&context.engine.why(&request, path, line)?)?;
    Ok(Status::Clean)
}
