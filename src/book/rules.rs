//! Pages of rules.

use super::Page;
use super::examples;
use super::markdown::{escaped, prose, table};
use crate::findings::RuleInfo;

/// The page of a rule, in the folder of the book's sources.
pub fn path(rule: &RuleInfo) -> String {
    format!("rules/{}/{}.md", rule.group, rule.id)
}

/// An index, and a page for each rule.
pub fn pages(rules: &[RuleInfo]) -> Vec<Page> {
    let mut rules: Vec<&RuleInfo> = rules.iter().collect();
    rules.sort_by(|a, b| (&a.group, &a.id).cmp(&(&b.group, &b.id)));
    let index = Page { path: "rules/index.md".to_owned(), title: "Rules".to_owned(), depth: 0, text: index(&rules) };
    let page = |rule: &&RuleInfo| Page { path: path(rule), title: rule.id.clone(), depth: 1, text: page(rule) };
    std::iter::once(index).chain(rules.iter().map(page)).collect()
}

fn page(rule: &RuleInfo) -> String {
    let text = examples::readable(&rule.page());
    if rule.markdown.contains("```") { format!("{text}\n---\n\n{}\n", examples::legend()) } else { text }
}

fn index(rules: &[&RuleInfo]) -> String {
    let mut text = String::from(
        "# Rules\n\nA group's name stands for all of its rules wherever rules are selected; so do `default`, `strict` \
         (those that are not on by default) and `all`. The severity is how bad a finding is if it is true, and can be \
         [configured](../reference/configuration.md).\n",
    );
    let mut groups: Vec<&str> = rules.iter().map(|rule| rule.group.as_str()).collect();
    groups.dedup();
    for group in groups {
        let rows: Vec<Vec<String>> = rules.iter().filter(|rule| rule.group == group).map(|rule| row(rule)).collect();
        let head = ["rule", "reports", "severity", "on by default", "costs", "languages"];
        text.push_str(&format!("\n## {}\n\n{}", escaped(group), table(&head, &rows)));
    }
    text
}

fn row(rule: &RuleInfo) -> Vec<String> {
    let languages: Vec<&str> = rule.languages.iter().map(|family| super::libraries::language(*family)).collect();
    vec![
        format!("[{}]({}/{}.md)", escaped(&rule.id), rule.group, rule.id),
        escaped(&rule.title),
        rule.severity.to_string(),
        if rule.strict { "no" } else { "yes" }.to_owned(),
        prose(&rule.cost),
        languages.join(", "),
    ]
}
