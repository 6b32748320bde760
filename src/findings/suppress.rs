//! Comments that suppress findings, and those that suppress nothing.

use super::{Confidence, Finding, RuleInfo, Severity};
use crate::facts::{Directive, Span};
use crate::workspace::LineIndex;

/// The id under which comments that suppress nothing are reported.
pub const UNUSED: &str = "unused-suppression";
/// The id under which comments without a demanded reason are reported.
pub const NO_REASON: &str = "suppression-without-reason";

/// The comments of a file and what they refer to.
#[derive(Clone, Debug)]
pub struct Comments<'a> {
    /// The file, as shown.
    pub path: &'a str,
    /// Its suppression comments, in order.
    pub directives: &'a [Directive],
    /// The places of its statements, in any order.
    pub statements: Vec<Span>,
    /// Its lines.
    pub lines: &'a LineIndex,
}

/// What is demanded of comments.
pub struct Policy<'a> {
    /// Whether a comment must give a reason to be heeded.
    pub require_reason: bool,
    /// Whether a rule is on for the file; a comment for one that is off is not called unused.
    pub is_on: &'a dyn Fn(&str) -> bool,
    /// Whether there is such a rule.
    pub is_known: &'a dyn Fn(&str) -> bool,
    /// Whether a comment for all rules is called unused when it suppresses nothing: only sensible if all usual rules
    /// were on.
    pub judge_blanket: bool,
}

/// Findings after the comments were heeded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// What is left, with findings about the comments themselves.
    pub shown: Vec<Finding>,
    /// What comments suppress, with the reasons.
    pub suppressed: Vec<Finding>,
}

/// Heeds the comments of a file.
pub fn apply(findings: Vec<Finding>, comments: &Comments<'_>, policy: &Policy<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    let scopes: Vec<Scope> = comments.directives.iter().map(|directive| Scope::of(directive, comments)).collect();
    let mut used: Vec<Vec<bool>> = comments.directives.iter().map(|d| vec![false; d.rules.len().max(1)]).collect();
    for mut finding in findings {
        let place = Place::of(finding.span, comments);
        let mut reason = None;
        for (row, directive) in comments.directives.iter().enumerate() {
            if !heeded(directive, policy) || !scopes[row].covers(place) {
                continue;
            }
            let word = if directive.rules.is_empty() {
                Some(0)
            } else {
                directive.rules.iter().position(|rule| *rule == finding.rule)
            };
            if let Some(word) = word {
                used[row][word] = true;
                reason.get_or_insert_with(|| directive.reason.clone());
            }
        }
        match reason {
            Some(reason) => {
                finding.suppressed = Some(reason);
                outcome.suppressed.push(finding);
            }
            None => outcome.shown.push(finding),
        }
    }
    for (directive, used) in comments.directives.iter().zip(&used) {
        outcome.shown.extend(complaint(directive, used, comments.path, policy));
    }
    outcome
}

fn heeded(directive: &Directive, policy: &Policy<'_>) -> bool {
    !policy.require_reason || directive.reason.as_deref().is_some_and(|reason| !reason.trim().is_empty())
}

/// The lines that a comment speaks for.
#[derive(Clone, Copy, Debug)]
enum Scope {
    File,
    /// The comment's own line, and for one that stands alone the next line and the next statement's first line.
    Lines {
        own: u32,
        next: Option<(u32, u32)>,
    },
}

/// The lines of a finding: its own, and the first and last of the innermost statement around it.
#[derive(Clone, Copy, Debug)]
struct Place {
    line: u32,
    statement: Option<(u32, u32)>,
}

impl Scope {
    fn of(directive: &Directive, comments: &Comments<'_>) -> Self {
        if directive.whole_file {
            return Self::File;
        }
        let lines = comments.lines;
        let own = lines.line(directive.span.start);
        let next = directive.alone.then(|| {
            let last = lines.line(directive.span.end.saturating_sub(1).max(directive.span.start));
            let later = comments.statements.iter().filter(|span| span.start >= directive.span.end);
            let statement = later.map(|span| lines.line(span.start)).min().unwrap_or(last + 1);
            ((last + 1).max(directive.line), statement)
        });
        Self::Lines { own, next }
    }

    fn covers(self, place: Place) -> bool {
        match self {
            Self::File => true,
            Self::Lines { own, next: None } => {
                place.line == own || place.statement.is_some_and(|(first, last)| first == own || last == own)
            }
            Self::Lines { own, next: Some((line, statement)) } => {
                let first = place.statement.map_or(place.line, |(first, _)| first);
                [own, line].contains(&place.line) || [line, statement].contains(&first)
            }
        }
    }
}

impl Place {
    fn of(span: Span, comments: &Comments<'_>) -> Self {
        let around = comments.statements.iter().filter(|statement| statement.contains(span));
        let innermost = around.min_by_key(|statement| statement.end - statement.start);
        let lines = comments.lines;
        let statement = innermost.map(|span| (lines.line(span.start), lines.line(span.end.saturating_sub(1))));
        Self { line: lines.line(span.start), statement }
    }
}

/// What is wrong with a comment, if anything.
fn complaint(directive: &Directive, used: &[bool], path: &str, policy: &Policy<'_>) -> Option<Finding> {
    if !heeded(directive, policy) && (policy.is_on)(NO_REASON) {
        return Some(about(
            directive,
            path,
            NO_REASON,
            "This suppression gives no reason, so it is not heeded".to_owned(),
        ));
    }
    if !heeded(directive, policy) || !(policy.is_on)(UNUSED) {
        return None;
    }
    if directive.rules.is_empty() {
        let idle = !used.contains(&true) && policy.judge_blanket;
        return idle.then(|| about(directive, path, UNUSED, "This comment suppresses nothing".to_owned()));
    }
    let words = directive.rules.iter().zip(used).filter(|&(_, &used)| !used).map(|(rule, _)| rule.as_str());
    let (known, unknown): (Vec<&str>, Vec<&str>) = words.partition(|rule| (policy.is_known)(rule));
    let idle: Vec<&str> = known.into_iter().filter(|rule| (policy.is_on)(rule)).collect();
    let what = match (idle.is_empty(), unknown.is_empty()) {
        (true, true) => return None,
        (_, false) => format!("This comment names {}, which no rule is called", quoted(&unknown)),
        (false, true) => format!("Nothing here needs {} suppressed", quoted(&idle)),
    };
    Some(about(directive, path, UNUSED, what))
}

fn quoted(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

fn about(directive: &Directive, path: &str, rule: &str, what: String) -> Finding {
    let info = rules().into_iter().find(|info| info.id == rule);
    let (severity, why, fix) =
        info.map_or((Severity::Low, String::new(), String::new()), |info| (info.severity, info.why, info.fix));
    Finding {
        rule: rule.to_owned(),
        severity,
        confidence: Confidence::High,
        path: path.to_owned(),
        span: directive.span,
        region: directive.span,
        what,
        why,
        fix,
        cost: String::new(),
        primary_label: "this comment".to_owned(),
        related: Vec::new(),
        chain: Vec::new(),
        function: None,
        entry: None,
        suppressed: None,
        baseline: None,
        offers: Vec::new(),
        fixes: Vec::new(),
    }
}

/// The rules about suppression comments, which are not in rule files since they look at findings.
pub fn rules() -> Vec<RuleInfo> {
    let rule = |id: &str, title: &str, severity: Severity, why: &str, fix: &str| RuleInfo {
        id: id.to_owned(),
        title: title.to_owned(),
        group: "suppression".to_owned(),
        severity,
        confidence: Confidence::High,
        strict: false,
        cost: String::new(),
        languages: Vec::new(),
        why: why.to_owned(),
        fix: fix.to_owned(),
        markdown: String::new(),
    };
    vec![
        rule(
            NO_REASON,
            "Suppression without a reason",
            Severity::Medium,
            "The configuration demands that a suppression says why, so that the next reader can tell whether it still holds.",
            "Add the reason after a colon: `perflint-ignore RULE: reason`.",
        ),
        rule(
            UNUSED,
            "Suppression that suppresses nothing",
            Severity::Low,
            "A suppression that outlives its finding hides the next one.",
            "Remove the comment, or name the rule that it is meant for.",
        ),
    ]
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn finding(text: &str, marked: &str, rule: &str) -> Finding {
        let start = text.find(marked).unwrap();
        let directive = Directive {
            span: Span::new(start, start + marked.len()),
            rules: Vec::new(),
            reason: None,
            whole_file: false,
            line: 1,
            alone: false,
        };
        about(&directive, "a.py", rule, "x".to_owned())
    }

    fn directive(text: &str, comment: &str, rules: &[&str], alone: bool) -> Directive {
        let start = text.find(comment).unwrap();
        Directive {
            span: Span::new(start, start + comment.len()),
            rules: rules.iter().map(|&rule| rule.to_owned()).collect(),
            reason: comment.split_once(": ").map(|(_, reason)| reason.to_owned()),
            whole_file: false,
            line: LineIndex::new(text).line(start as u32),
            alone,
        }
    }

    fn run(text: &str, findings: Vec<Finding>, directives: &[Directive], require_reason: bool) -> Outcome {
        let lines = LineIndex::new(text);
        let statements = text
            .split_inclusive(";\n")
            .scan(0, |at, part| {
                let start = *at + part.find(|c: char| c.is_alphabetic()).unwrap_or(0);
                *at += part.len();
                Some(Span::new(start, *at - 1))
            })
            .collect();
        let comments = Comments { path: "a.py", directives, statements, lines: &lines };
        let policy = Policy {
            require_reason,
            is_on: &|rule| rule != "off",
            is_known: &|rule| !rule.starts_with("no-such"),
            judge_blanket: true,
        };
        apply(findings, &comments, &policy)
    }

    #[test]
    fn a_comment_covers_its_line_or_the_next_statement() {
        let text = "one(); # here: ok\ntwo();\n# above\nthree(\n  x\n);\n";
        let here = directive(text, "# here: ok", &["slow"], false);
        let above = directive(text, "# above", &[], true);
        let findings = ["one", "two", "x"].map(|marked| finding(text, marked, "slow")).to_vec();
        let lines = LineIndex::new(text);
        let span =
            |marked: &str| text.find(marked).map(|at| Span::new(at, text[at..].find(';').unwrap() + at)).unwrap();
        let statements = vec![span("one"), span("two"), span("three")];
        let directives = [here, above];
        let comments = Comments { path: "a.py", directives: &directives, statements, lines: &lines };
        let policy = Policy { require_reason: false, is_on: &|_| true, is_known: &|_| true, judge_blanket: true };
        let outcome = apply(findings, &comments, &policy);
        assert_eq!(outcome.suppressed.len(), 2);
        assert_eq!(outcome.suppressed[0].suppressed, Some(Some("ok".to_owned())));
        assert_eq!(outcome.shown.len(), 1);
        assert_eq!(&text[outcome.shown[0].span.range()], "two");
    }

    #[test]
    fn unused_unknown_and_inactive_rules() {
        let text = "one(); # a\ntwo(); # b\nthree(); # c\nfour(); # d\n";
        let directives = [
            directive(text, "# a", &["slow"], false),
            directive(text, "# b", &["off"], false),
            directive(text, "# c", &["no-such-rule"], false),
            directive(text, "# d", &[], false),
        ];
        let outcome = run(text, Vec::new(), &directives, false);
        let marked: Vec<&str> = outcome.shown.iter().map(|finding| &text[finding.span.range()]).collect();
        assert_eq!(marked, ["# a", "# c", "# d"]);
        assert!(outcome.shown.iter().all(|finding| finding.rule == UNUSED && finding.severity == Severity::Low));
        assert!(outcome.shown[1].what.contains("no rule is called"));
    }

    #[test]
    fn reasons_can_be_demanded() {
        let text = "one(); # a\n";
        let directives = [directive(text, "# a", &["slow"], false)];
        let outcome = run(text, vec![finding(text, "one", "slow")], &directives, true);
        assert!(outcome.suppressed.is_empty());
        let rules: Vec<&str> = outcome.shown.iter().map(|finding| finding.rule.as_str()).collect();
        assert_eq!(rules, ["slow", NO_REASON]);
    }

    #[test]
    fn a_whole_file_is_covered() {
        let text = "# f\none();\ntwo();\n";
        let directives = [Directive { whole_file: true, ..directive(text, "# f", &["slow"], true) }];
        let findings = vec![finding(text, "two", "slow"), finding(text, "one", "other")];
        let outcome = run(text, findings, &directives, false);
        assert_eq!((outcome.suppressed.len(), outcome.shown.len()), (1, 1));
    }
}
