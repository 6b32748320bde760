//! Findings for people: the code with its labels, and the message in three parts.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode, ThemeCharacters, ThemeStyles,
};

use super::excerpt::{Excerpt, printable};
use super::{Input, Output, Sources, Style};
use crate::findings::{Finding, Label, Problem, Severity};
use crate::workspace::Source;

/// Renders all findings.
pub fn render(input: &Input<'_>) -> Output {
    let handler = handler(input.style);
    let mut text = String::new();
    for finding in &input.report.findings {
        let shown = shown(finding, input.sources);
        for part in std::iter::once(&shown).chain(&shown.elsewhere) {
            draw(&handler, part, &mut text);
        }
    }
    Output { text, notes: Vec::new() }
}

/// Renders problems.
pub fn problems(problems: &[Problem], sources: &dyn Sources, style: Style) -> String {
    let handler = handler(style);
    let mut text = String::new();
    for problem in problems {
        draw(&handler, &shown_problem(problem, sources), &mut text);
    }
    text
}

fn handler(style: Style) -> GraphicalReportHandler {
    let theme = GraphicalTheme {
        characters: if style.unicode { ThemeCharacters::unicode() } else { ThemeCharacters::ascii() },
        styles: if style.color { ThemeStyles::ansi() } else { ThemeStyles::none() },
    };
    GraphicalReportHandler::new_themed(theme)
        .with_links(false)
        .with_width(style.width)
        .with_context_lines(1)
        .with_cause_chain()
        .without_syntax_highlighting()
}

fn draw(handler: &GraphicalReportHandler, diagnostic: &Shown, text: &mut String) {
    let before = text.len();
    if handler.render_report(text, diagnostic).is_err() {
        text.truncate(before);
        text.push_str(&format!("{}: {}\n", diagnostic.code, diagnostic.message));
    }
    // Lines without code leave blanks at their ends.
    let trimmed: Vec<&str> = text[before..].lines().map(str::trim_end).collect();
    let trimmed = trimmed.join("\n");
    text.truncate(before);
    text.push_str(trimmed.trim_start_matches('\n'));
    text.push_str("\n\n");
}

/// A finding or problem in miette's terms.
#[derive(Debug)]
struct Shown {
    code: String,
    message: String,
    why: Option<Why>,
    help: Option<String>,
    severity: miette::Severity,
    source: Option<Excerpt>,
    labels: Vec<LabeledSpan>,
    /// Labels in other files, a part for each file.
    elsewhere: Vec<Shown>,
}

/// Why it costs; miette shows it as the cause.
#[derive(Debug)]
struct Why(String);

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&printable(&self.0))
    }
}

impl std::error::Error for Why {}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&printable(&self.message))
    }
}

impl std::error::Error for Shown {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.why.as_ref().map(|why| why as &dyn std::error::Error)
    }
}

impl Diagnostic for Shown {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        (!self.code.is_empty()).then(|| Box::new(&self.code) as Box<dyn fmt::Display>)
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(self.severity)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|source| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.source.is_some().then(|| Box::new(self.labels.iter().cloned()) as Box<dyn Iterator<Item = LabeledSpan>>)
    }
}

fn excerpt(sources: &dyn Sources, path: &str) -> Option<Excerpt> {
    let source = sources.source(path)?;
    let source = match printable(&source.text) {
        Cow::Borrowed(_) => source,
        Cow::Owned(text) => Arc::new(Source { text, ..Source::clone(&source) }),
    };
    Some(Excerpt { name: printable(path).into_owned(), source })
}

fn shown(finding: &Finding, sources: &dyn Sources) -> Shown {
    let source = excerpt(sources, &finding.path);
    let mut labels = Vec::new();
    let mut elsewhere: Vec<Shown> = Vec::new();
    if let Some(source) = &source {
        let text = (!finding.primary_label.is_empty()).then(|| printable(&finding.primary_label).into_owned());
        labels.push(LabeledSpan::new_primary_with_span(text, source.clamp(finding.span)));
    }
    let steps = finding
        .chain
        .iter()
        .enumerate()
        .map(|(at, label)| (format!("step {}: {}", at + 1, printable(&label.text)), label));
    for (text, label) in finding.related.iter().map(|label| (printable(&label.text).into_owned(), label)).chain(steps) {
        if label.path == finding.path {
            labels
                .extend(source.as_ref().map(|source| LabeledSpan::new_with_span(Some(text), source.clamp(label.span))));
        } else {
            add_elsewhere(&mut elsewhere, text, label, sources);
        }
    }
    let why = match (finding.cost.as_str(), finding.why.as_str()) {
        ("", "") => None,
        ("", why) => Some(why.to_owned()),
        (cost, why) => Some(format!("Cost: {cost}. {why}").trim_end().to_owned()),
    };
    Shown {
        code: format!("{} ({}, confidence {})", finding.rule, finding.severity, finding.confidence),
        message: finding.what.clone(),
        why: why.map(Why),
        help: help(finding),
        severity: match finding.severity {
            Severity::High => miette::Severity::Error,
            Severity::Medium => miette::Severity::Warning,
            Severity::Low => miette::Severity::Advice,
        },
        source,
        labels,
        elsewhere,
    }
}

/// What to do, and whether perflint does it.
fn help(finding: &Finding) -> Option<String> {
    let fix = finding.fixes.iter().min_by_key(|fix| fix.safety);
    let offer = fix.map(|fix| format!("`{}` does it: {}", fix.safety.option(), fix.title));
    let parts = [Some(finding.fix.clone()).filter(|text| !text.is_empty()), offer];
    let text = parts.into_iter().flatten().collect::<Vec<_>>().join("\n");
    (!text.is_empty()).then(|| printable(&text).into_owned())
}

/// Adds a label in another file; labels of one file are shown together.
fn add_elsewhere(elsewhere: &mut Vec<Shown>, text: String, label: &Label, sources: &dyn Sources) {
    let known =
        elsewhere.iter().position(|shown| shown.source.as_ref().is_some_and(|source| source.name == label.path));
    let row = known.unwrap_or_else(|| {
        elsewhere.push(Shown {
            code: String::new(),
            message: format!("see also {}", label.path),
            why: None,
            help: None,
            severity: miette::Severity::Advice,
            source: excerpt(sources, &label.path),
            labels: Vec::new(),
            elsewhere: Vec::new(),
        });
        elsewhere.len() - 1
    });
    let shown = &mut elsewhere[row];
    let span = shown.source.as_ref().map(|source| source.clamp(label.span));
    shown.labels.extend(span.map(|span| LabeledSpan::new_with_span(Some(text), span)));
}

fn shown_problem(problem: &Problem, sources: &dyn Sources) -> Shown {
    let located = problem.path.as_ref().zip(problem.span);
    let source = located.and_then(|(path, _)| excerpt(sources, path));
    let labels = problem.span.into_iter().zip(&source);
    let labels = labels.map(|(span, source)| LabeledSpan::new_primary_with_span(None, source.clamp(span))).collect();
    let message = match &problem.path {
        Some(path) if source.is_none() && !path.is_empty() => format!("{path}: {}", problem.message),
        _ => problem.message.clone(),
    };
    Shown {
        code: String::new(),
        message,
        why: None,
        help: problem.help.clone(),
        severity: if problem.fails_run() { miette::Severity::Error } else { miette::Severity::Warning },
        source,
        labels,
        elsewhere: Vec::new(),
    }
}
