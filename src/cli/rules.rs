//! `perflint rules`: all rules, a line each.

use super::args::ConfigArgs;
use super::terminal::write_out;
use super::{Context, Failure, Status};
use crate::findings::RuleInfo;

/// Lists the rules by group.
pub fn run(config: &ConfigArgs, context: &Context<'_>) -> Result<Status, Failure> {
    let mut rules = context.rules_here(config)?;
    rules.sort_by(|a, b| (&a.group, &a.id).cmp(&(&b.group, &b.id)));
    write_out(&table(&rules))?;
    Ok(Status::Clean)
}

fn table(rules: &[RuleInfo]) -> String {
    let width = rules.iter().map(|rule| rule.id.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    let mut group = "";
    for rule in rules {
        if rule.group != group {
            group = &rule.group;
            text.push_str(&format!("{}{group}\n", if text.is_empty() { "" } else { "\n" }));
        }
        let profile = if rule.strict { "strict " } else { "default" };
        text.push_str(&format!("  {:width$}  {:<6}  {profile}  {}\n", rule.id, rule.severity, rule.title));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::selection::tests::rule;

    #[test]
    fn rules_are_listed_by_group() {
        let rules = [rule("long-name", "a", true), rule("b", "a", false), rule("c", "z", false)];
        let expected = "a\n  long-name  medium  strict   Title of long-name\n  b          medium  default  Title of b\n\n\
                        z\n  c          medium  default  Title of c\n";
        assert_eq!(table(&rules), expected);
    }
}
