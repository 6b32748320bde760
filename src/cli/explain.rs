//! `perflint explain`: a rule's page.

use super::args::ConfigArgs;
use super::terminal::write_out;
use super::{Context, Failure, Status};
use crate::findings::problem::nearest;
use crate::findings::{Problem, rule_info};

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
