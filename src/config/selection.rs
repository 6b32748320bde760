//! Which rules are on, by the words of `select` and `ignore`.

use crate::findings::RuleInfo;

/// How narrow a word of `select` or `ignore` is; the narrower wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    All,
    Profile,
    Group,
    Id,
}

/// The words that stand for more than a group.
pub const PROFILES: [&str; 3] = ["default", "strict", "all"];

/// Words that turn rules on, and words that turn them off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// What is on.
    pub select: Vec<String>,
    /// What is off.
    pub ignore: Vec<String>,
}

impl Default for Selection {
    fn default() -> Self {
        Self { select: vec!["default".to_owned()], ignore: Vec::new() }
    }
}

impl Selection {
    /// Whether a rule is on; `None` if no word speaks of it.
    pub fn verdict(&self, rule: &RuleInfo) -> Option<bool> {
        let on = self.select.iter().filter_map(|word| selects(word, rule)).max();
        let off = self.ignore.iter().filter_map(|word| names(word, rule)).max();
        match (on, off) {
            (None, None) => None,
            (on, off) => Some(on > off),
        }
    }

    /// Whether exactly the default rules are on.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// How narrowly a word names a rule, if it does.
fn names(word: &str, rule: &RuleInfo) -> Option<Reach> {
    match word {
        "all" => Some(Reach::All),
        "strict" => rule.strict.then_some(Reach::Profile),
        "default" => (!rule.strict).then_some(Reach::Profile),
        _ if word == rule.id => Some(Reach::Id),
        _ if word == rule.group => Some(Reach::Group),
        _ => None,
    }
}

/// The same for `select`, where a group stands for its default rules only: strict ones are opt-in.
fn selects(word: &str, rule: &RuleInfo) -> Option<Reach> {
    names(word, rule).filter(|&reach| !(reach == Reach::Group && rule.strict))
}

/// The severity that a table of ids and groups gives a rule.
pub fn severity_in(
    table: &std::collections::BTreeMap<String, crate::findings::Severity>,
    rule: &RuleInfo,
) -> Option<crate::findings::Severity> {
    let named = table.iter().filter_map(|(word, &severity)| Some((names(word, rule)?, severity)));
    named.max_by_key(|&(reach, _)| reach).map(|(_, severity)| severity)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::findings::{Confidence, Severity};

    pub(crate) fn rule(id: &str, group: &str, strict: bool) -> RuleInfo {
        RuleInfo {
            id: id.to_owned(),
            title: format!("Title of {id}"),
            group: group.to_owned(),
            severity: Severity::Medium,
            confidence: Confidence::High,
            strict,
            cost: "time".to_owned(),
            languages: Vec::new(),
            why: "It costs.".to_owned(),
            fix: "Do less.".to_owned(),
            markdown: "## When this is fine\nNever.\n".to_owned(),
        }
    }

    fn verdict(select: &[&str], ignore: &[&str], rule: &RuleInfo) -> Option<bool> {
        let words = |list: &[&str]| list.iter().map(|&word| word.to_owned()).collect();
        Selection { select: words(select), ignore: words(ignore) }.verdict(rule)
    }

    #[test]
    fn the_narrower_word_wins() {
        let (usual, strict) = (rule("a", "sql", false), rule("b", "sql", true));
        assert_eq!(verdict(&["default"], &[], &usual), Some(true));
        assert_eq!(verdict(&["default"], &[], &strict), None);
        assert_eq!(verdict(&["sql"], &[], &strict), None);
        assert_eq!(verdict(&["strict"], &[], &strict), Some(true));
        assert_eq!(verdict(&["all"], &["sql"], &usual), Some(false));
        assert_eq!(verdict(&["a"], &["sql"], &usual), Some(true));
        assert_eq!(verdict(&["a"], &["a"], &usual), Some(false));
        assert_eq!(verdict(&["b"], &[], &usual), None);
    }
}
