//! Rules in SARIF's terms.

use indexmap::IndexSet;

use super::model::{Configuration, Help, Message, Rule, RuleProperties};
use crate::findings::{Confidence, RuleInfo, Severity};

/// GitHub cuts descriptions that are longer, in characters.
const LONGEST_DESCRIPTION: usize = 1024;

/// Where perflint lives, if the package says.
pub fn repository() -> Option<String> {
    let uri = env!("CARGO_PKG_REPOSITORY");
    (!uri.is_empty()).then(|| uri.to_owned())
}

/// SARIF's word for a severity.
pub fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "note",
    }
}

/// A rule with its page.
pub fn rule(info: &RuleInfo) -> Rule {
    let page = info.page();
    let full = [info.why.as_str(), info.fix.as_str()].map(str::trim).join(" ");
    let full = if full.trim().is_empty() { info.title.clone() } else { full.trim().to_owned() };
    let languages = info.languages.iter().map(|family| family.name().to_owned());
    // SARIF demands that they differ, and the group of SQL is called as its language.
    let tags: IndexSet<String> = ["performance".to_owned(), info.group.clone()].into_iter().chain(languages).collect();
    Rule {
        id: info.id.clone(),
        name: info.pascal_name(),
        short_description: Message { text: cut(&info.title) },
        full_description: Message { text: cut(&full) },
        help: Help { text: page.clone(), markdown: page },
        help_uri: repository().map(|uri| format!("{uri}/blob/main/rules/{}/{}.md", info.group, info.id)),
        default_configuration: Configuration { enabled: !info.strict, level: level(info.severity) },
        properties: RuleProperties {
            precision: match info.confidence {
                Confidence::High => "high",
                Confidence::Medium => "medium",
                Confidence::Low => "low",
            },
            problem_severity: match info.severity {
                Severity::High => "error",
                Severity::Medium => "warning",
                Severity::Low => "recommendation",
            },
            tags: tags.into_iter().collect(),
        },
    }
}

fn cut(text: &str) -> String {
    if text.chars().count() <= LONGEST_DESCRIPTION {
        return text.to_owned();
    }
    text.chars().take(LONGEST_DESCRIPTION - 1).chain(['…']).collect()
}
