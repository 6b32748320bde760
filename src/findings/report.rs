//! The result of a run: everything that an output may show.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{Confidence, Finding, Problem, Severity};

/// Why a file was left out although it was asked for; counted, not an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SkipReason {
    /// Larger than the limit for source files.
    TooLarge,
    /// Minified: very long lines on average.
    Minified,
    /// Marked as generated in its first lines.
    Generated,
    /// Not text.
    Binary,
}

impl SkipReason {
    /// The word used in outputs.
    pub fn name(self) -> &'static str {
        match self {
            Self::TooLarge => "too large",
            Self::Minified => "minified",
            Self::Generated => "generated",
            Self::Binary => "not text",
        }
    }
}

/// Numbers of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Files read.
    pub files: usize,
    /// Their lines.
    pub lines: usize,
    /// Files left out, by reason.
    pub skipped: BTreeMap<SkipReason, usize>,
    /// Findings not shown since their confidence is below the threshold.
    pub hidden: usize,
    /// What baselines have of the files read that is not found any more.
    pub gone: usize,
    /// Findings not shown since their lines did not change.
    pub unchanged: usize,
    /// What was fixed.
    pub fixed: usize,
    /// Files read for what they tell of others.
    pub context: usize,
    /// Wall-clock time of the run.
    pub time: Duration,
    /// Wall-clock time of each phase, in order.
    pub phases: Vec<(&'static str, Duration)>,
}

/// The result of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// What is to be shown, sorted by path, offset and rule.
    pub findings: Vec<Finding>,
    /// What comments suppress, sorted likewise; each has its `suppressed` set.
    pub suppressed: Vec<Finding>,
    /// What a baseline knows, sorted likewise.
    pub known: Vec<Finding>,
    /// What went wrong, sorted by path.
    pub problems: Vec<Problem>,
    /// How many findings are bad enough to make the run fail.
    pub failing: usize,
    /// Numbers.
    pub stats: Stats,
}

impl Report {
    /// Puts everything in the order that outputs rely on, and drops findings that say the same twice.
    pub fn sort(&mut self) {
        for findings in [&mut self.findings, &mut self.suppressed] {
            findings.sort_by(|a, b| sort_key(a).cmp(&sort_key(b)));
            findings.dedup_by(|a, b| a.path == b.path && a.span == b.span && a.rule == b.rule);
        }
        self.problems.sort_by(|a, b| (&a.path, a.span, &a.message).cmp(&(&b.path, b.span, &b.message)));
        self.problems.dedup();
    }

    /// How many findings have each severity: high, medium, low.
    pub fn counts(&self) -> [usize; 3] {
        Severity::ALL.map(|severity| self.findings.iter().filter(|finding| finding.severity == severity).count())
    }
}

fn sort_key(finding: &Finding) -> (&str, u32, u32, &str) {
    (&finding.path, finding.span.start, finding.span.end, &finding.rule)
}

/// The most important first: by severity, then confidence, then place. For outputs that must cut.
pub fn by_importance(findings: &[Finding]) -> Vec<&Finding> {
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    let rank = |finding: &Finding| -> (Severity, Confidence) { (finding.severity, finding.confidence) };
    sorted.sort_by(|a, b| rank(b).cmp(&rank(a)).then_with(|| sort_key(a).cmp(&sort_key(b))));
    sorted
}
