//! What outputs and the configuration need to know of a rule.

use super::{Confidence, Severity};
use crate::syntax::Family;

/// A rule's metadata and its page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleInfo {
    /// The id: `select-star`, or `acme/no-raw-sql` for a project's own.
    pub id: String,
    /// The title of its page.
    pub title: String,
    /// The group: the folder of its page.
    pub group: String,
    /// How bad a finding is unless configured otherwise.
    pub severity: Severity,
    /// The best confidence that a finding of it can have.
    pub confidence: Confidence,
    /// Opt-in: on only when selected by id, by `strict` or by `all`.
    pub strict: bool,
    /// What it costs, in a few words.
    pub cost: String,
    /// The languages it reads.
    pub languages: Vec<Family>,
    /// Why it costs, as in the messages.
    pub why: String,
    /// What to do, as in the messages.
    pub fix: String,
    /// The page: Markdown after the front matter.
    pub markdown: String,
}

impl RuleInfo {
    /// The id in words, in Pascal case (`SelectStar`): the `name` of SARIF rules.
    pub fn pascal_name(&self) -> String {
        self.id
            .split(|c: char| !c.is_alphanumeric())
            .map(|word| {
                let mut chars = word.chars();
                chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
            })
            .collect()
    }

    /// The whole page, title first, with what the front matter says put into words.
    pub fn page(&self) -> String {
        let mut page = format!("# {}\n\n`{}`", self.title, self.id);
        let profile = if self.strict { ", opt-in (strict)" } else { "" };
        page.push_str(&format!(" · group `{}` · severity {}{profile}", self.group, self.severity));
        if !self.cost.is_empty() {
            page.push_str(&format!(" · cost: {}", self.cost));
        }
        for part in [&self.why, &self.fix, &self.markdown] {
            if !part.trim().is_empty() {
                page.push_str("\n\n");
                page.push_str(part.trim());
            }
        }
        page.push('\n');
        page
    }
}

/// The rule behind an id.
pub fn find<'a>(rules: &'a [RuleInfo], id: &str) -> Option<&'a RuleInfo> {
    rules.iter().find(|rule| rule.id == id)
}
