//! The line at the end of a run, and the table of `--statistics`.

use std::collections::BTreeMap;

use crate::findings::{Finding, Report, Safety};

/// A number with its noun, in the plural where it needs one.
pub fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", grouped(count))
}

/// A number with its digits in groups of three.
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The line at the end of a run.
pub fn line(report: &Report) -> String {
    format!("{} ({:.2} s)\n", counts(report), report.stats.time.as_secs_f64())
}

/// How many findings there are, of which severity, in how many files, and what is not among them.
pub fn counts(report: &Report) -> String {
    let stats = &report.stats;
    let [high, medium, low] = report.counts();
    let mut text = if report.findings.is_empty() {
        format!("No findings in {}", counted(stats.files, "file"))
    } else {
        let grades = [(high, "high"), (medium, "medium"), (low, "low")];
        let grades: Vec<String> = grades
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, name)| format!("{} {name}", grouped(*count)))
            .collect();
        let found = counted(report.findings.len(), "finding");
        format!("{found} ({}) in {}", grades.join(", "), counted(stats.files, "file"))
    };
    let mut extras = Vec::new();
    if !report.suppressed.is_empty() {
        extras.push(format!("{} suppressed", grouped(report.suppressed.len())));
    }
    if stats.hidden > 0 {
        extras.push(format!("{} less sure not shown", grouped(stats.hidden)));
    }
    if !report.known.is_empty() {
        extras.push(format!("{} known", grouped(report.known.len())));
    }
    if stats.unchanged > 0 {
        extras.push(format!("{} on unchanged lines", grouped(stats.unchanged)));
    }
    let skipped: usize = stats.skipped.values().sum();
    if skipped > 0 {
        extras.push(format!("{} skipped", counted(skipped, "file")));
    }
    if !report.problems.is_empty() {
        extras.push(counted(report.problems.len(), "problem"));
    }
    if stats.fixed > 0 {
        extras.push(format!("{} fixed", grouped(stats.fixed)));
    }
    if !extras.is_empty() {
        text.push_str(&format!("; {}", extras.join(", ")));
    }
    text
}

/// How many findings can be fixed with which option; nothing if none can.
pub fn fixable(report: &Report) -> Option<String> {
    let best = |one: &Finding| one.fixes.iter().map(|fix| fix.safety).min();
    let count = |safety: Safety| match report.findings.iter().filter(|one| best(one) == Some(safety)).count() {
        0 => None,
        count => Some(format!("{} with `{}`", grouped(count), safety.option())),
    };
    let counts: Vec<String> = [Safety::Safe, Safety::Suggested].into_iter().filter_map(count).collect();
    (!counts.is_empty()).then(|| format!("Can be fixed: {}\n", counts.join(", ")))
}

/// The table of `--statistics`: findings by rule, files left out by reason, time by phase.
pub fn statistics(report: &Report) -> String {
    let mut rules: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
    for (column, findings) in [&report.findings, &report.suppressed].into_iter().enumerate() {
        for finding in findings {
            rules.entry(&finding.rule).or_default()[column] += 1;
        }
    }
    let mut rows: Vec<(&str, [usize; 2])> = rules.into_iter().collect();
    rows.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let mut text = String::new();
    for (rule, [shown, suppressed]) in rows {
        text.push_str(&format!("{shown:>8}  {rule}"));
        if suppressed > 0 {
            text.push_str(&format!(" (and {} suppressed)", grouped(suppressed)));
        }
        text.push('\n');
    }
    for (reason, count) in &report.stats.skipped {
        text.push_str(&format!("{count:>8}  skipped: {}\n", reason.name()));
    }
    if report.stats.gone > 0 {
        text.push_str(&format!("{:>8}  known before and gone\n", report.stats.gone));
    }
    if report.stats.context > 0 {
        text.push_str(&format!("{:>8}  files read as context\n", grouped(report.stats.context)));
    }
    text.push_str(&format!("{:>8}  lines\n", grouped(report.stats.lines)));
    for (phase, time) in &report.stats.phases {
        text.push_str(&format!("{:>7.3}s  {phase}\n", time.as_secs_f64()));
    }
    text
}
