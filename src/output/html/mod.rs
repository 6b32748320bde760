//! One self-contained page: findings by entry point, by cost, by file and by rule, worst first, with their code.
//!
//! The page asks nothing of the network and forbids itself to. Without JavaScript it shows everything by entry point.

mod code;
mod escape;
mod finding;
mod pages;

use indexmap::IndexMap;

use self::escape::escaped;
use super::summary::{self, counted, grouped};
use super::{Input, Output, positions};
use crate::findings::report::by_importance;
use crate::findings::{Finding, Problem, Report, Severity};
use crate::workspace::Columns;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");
/// How many findings are shown with their code; more would make the page too heavy for a browser.
const MOST_IN_FULL: usize = 2_000;
/// How many findings, the most important, are not folded at first.
const OPEN: usize = 5;

/// Renders the page. The same report gives the same bytes.
pub fn render(input: &Input<'_>) -> Output {
    let report = input.report;
    let sorted = by_importance(&report.findings);
    let (full, rest) = sorted.split_at(sorted.len().min(MOST_IN_FULL));
    let mut notes = Vec::new();
    if !rest.is_empty() {
        notes.push(format!(
            "HTML: the {} most important of {} are shown with their code, the others as a list",
            full.len(),
            counted(sorted.len(), "finding")
        ));
    }
    let text = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; \
         script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n\
         <title>perflint: {title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <header>\n<h1>perflint</h1>\n{counts}</header>\n<main>\n{form}<div id=\"findings\">\n{groups}</div>\n\
         {rest}{problems}{pages}</main>\n\
         <footer>Written by perflint {version}. <kbd>/</kbd> goes to the search.</footer>\n\
         <script>\n{SCRIPT}</script>\n</body>\n</html>\n",
        title = escaped(&summary::counts(report)),
        counts = counts(report),
        form = form(full),
        groups = groups(full, input),
        rest = others(rest, input),
        problems = problems(&report.problems, input),
        pages = pages::of(&report.findings, input.rules),
        version = env!("CARGO_PKG_VERSION"),
    );
    Output { text, notes }
}

/// The numbers of the run.
fn counts(report: &Report) -> String {
    let mut items: Vec<String> = Severity::ALL
        .iter()
        .zip(report.counts())
        .map(|(severity, count)| format!("<li><b class=\"{severity}\">{}</b> {severity}</li>", grouped(count)))
        .collect();
    let stats = &report.stats;
    let others = [
        (stats.files, "files read"),
        (stats.lines, "lines"),
        (report.suppressed.len(), "suppressed"),
        (report.known.len(), "known"),
        (stats.hidden, "less sure, not shown"),
        (stats.unchanged, "on unchanged lines"),
        (report.problems.len(), "problems"),
    ];
    let others = others.into_iter().enumerate().filter(|(row, (count, _))| *row < 2 || *count > 0);
    items.extend(others.map(|(_, (count, what))| format!("<li><b>{}</b> {what}</li>", grouped(count))));
    format!("<ul class=\"counts\">\n{}\n</ul>\n", items.join("\n"))
}

/// The filters.
fn form(findings: &[&Finding]) -> String {
    if findings.is_empty() {
        return "<p>Nothing was found here.</p>\n".to_owned();
    }
    let select = |name: &str, label: &str, options: &[(&str, &str)]| {
        let options: String =
            options.iter().map(|(value, text)| format!("<option value=\"{value}\">{text}</option>")).collect();
        format!("<label>{label} <select name=\"{name}\">{options}</select></label>\n")
    };
    let grades = [("", "any"), ("high", "high"), ("medium", "medium"), ("low", "low")];
    let by = [("entry", "entry point"), ("cost", "cost"), ("file", "file"), ("rule", "rule")];
    let mut rules: Vec<String> = findings.iter().map(|finding| escaped(&finding.rule)).collect();
    rules.sort();
    rules.dedup();
    let rules = rules.iter().map(|rule| (rule.as_str(), rule.as_str()));
    let rules: Vec<(&str, &str)> = std::iter::once(("", "any")).chain(rules).collect();
    format!(
        "<form role=\"search\">\n{}{}{}{}\
         <label>Search <input type=\"search\" name=\"search\" placeholder=\"path or message\"></label>\n<output></output>\n\
         </form>\n",
        select("group", "By", &by),
        select("severity", "Severity", &grades),
        select("confidence", "Confidence", &grades),
        select("rule", "Rule", &rules),
    )
}

/// The findings by entry point; the group of the worst finding comes first.
fn groups(findings: &[&Finding], input: &Input<'_>) -> String {
    let mut groups: IndexMap<String, Vec<String>> = IndexMap::new();
    for (row, finding) in findings.iter().enumerate() {
        let article = finding::article(finding, input, row < OPEN);
        groups.entry(finding::entry(finding, input)).or_default().push(article);
    }
    let section = |(title, articles): (String, Vec<String>)| {
        let (title, count) = (escaped(&title), articles.len());
        format!("<section>\n<h2>{title} <small>{count}</small></h2>\n{}</section>\n", articles.concat())
    };
    groups.into_iter().map(section).collect()
}

/// The findings that are not shown in full.
fn others(findings: &[&Finding], input: &Input<'_>) -> String {
    if findings.is_empty() {
        return String::new();
    }
    let item = |finding: &&Finding| format!("<li>{}</li>\n", escaped(super::compact::line(finding, input).trim_end()));
    let items: String = findings.iter().map(item).collect();
    format!("<section>\n<h2>The others, less important</h2>\n<ul class=\"plain\">\n{items}</ul>\n</section>\n")
}

/// What went wrong.
fn problems(problems: &[Problem], input: &Input<'_>) -> String {
    if problems.is_empty() {
        return String::new();
    }
    let item = |problem: &Problem| {
        let place = match (&problem.path, problem.span) {
            (Some(path), Some(span)) => {
                let source = input.sources.source(path);
                let line = positions(source.as_deref(), span, Columns::Chars).0.line;
                format!("<code>{}:{line}</code> ", escaped(path))
            }
            (Some(path), None) => format!("<code>{}</code> ", escaped(path)),
            (None, _) => String::new(),
        };
        let help = problem.help.as_ref().map(|help| format!(" ({})", escaped(help))).unwrap_or_default();
        format!("<li>{place}{}{help}</li>\n", escaped(&problem.message))
    };
    let items: String = problems.iter().map(item).collect();
    format!("<section>\n<h2>Problems</h2>\n<ul class=\"plain\">\n{items}</ul>\n</section>\n")
}
