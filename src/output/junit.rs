//! JUnit's XML, which test reports of GitLab, Jenkins and of actions for GitHub show: a suite for each file, a failed
//! case for each finding.
//!
//! JUnit has no standard of its own. What is written here is valid by the schema that Jenkins checks with
//! (`junit-10.xsd` of its plugin xUnit), and is what GitLab reads (`lib/gitlab/ci/parsers/test/junit.rb` in its
//! source), which tells cases apart by the names of suite, class and case. Nothing is measured, so all times are 0.

use std::io;

use indexmap::IndexMap;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use rustc_hash::FxHashMap;

use super::parts::{Step, cost, from_root, line, one_line, sentence, sentences, steps};
use super::{Input, Output};
use crate::findings::{Finding, Problem};

/// The name of what belongs to no file.
const NAME: &str = "perflint";

/// A case: what was found, what went wrong, or that nothing was found.
struct Case {
    class: String,
    name: String,
    /// `failure` or `error`; nothing if the case has passed.
    outcome: Option<&'static str>,
    /// In one line.
    message: String,
    text: String,
}

/// Renders the findings as failures and problems as errors. Without any there is one case that has passed, for readers
/// take a report without cases for a mistake.
///
/// # Errors
/// The document cannot be written, which no report causes.
pub fn render(input: &Input<'_>) -> io::Result<Output> {
    let mut suites: IndexMap<String, Vec<Case>> = IndexMap::new();
    let mut seen = FxHashMap::default();
    for finding in &input.report.findings {
        suites.entry(from_root(&finding.path, input.prefix)).or_default().push(failure(finding, &mut seen, input));
    }
    for problem in &input.report.problems {
        let path = problem.path.as_deref().filter(|path| !path.is_empty());
        let suite = path.map_or_else(|| NAME.to_owned(), |path| from_root(path, input.prefix));
        suites.entry(suite).or_default().push(error(problem, &mut seen, input));
    }
    if suites.is_empty() {
        suites.insert(NAME.to_owned(), vec![passed()]);
    }
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let counts = counts(suites.values().flatten());
    writer
        .create_element("testsuites")
        .with_attributes(attributes(NAME, &counts))
        .write_inner_content(|writer| suites.iter().try_for_each(|(name, cases)| write_suite(writer, name, cases)))?;
    let text = String::from_utf8(writer.into_inner()).map_err(io::Error::other)?;
    Ok(Output { text: text + "\n", notes: Vec::new() })
}

fn failure(finding: &Finding, seen: &mut FxHashMap<String, usize>, input: &Input<'_>) -> Case {
    let what = one_line(&finding.what);
    let path = from_root(&finding.path, input.prefix);
    let mut text = vec![
        format!("{path}:{}: {}", line(input, &finding.path, finding.region), sentence(&what)),
        format!("Severity {}, confidence {}.", finding.severity, finding.confidence),
    ];
    text.extend(sentences([&cost(finding), &finding.why, &finding.fix]));
    let place = |step: &Step<'_>| {
        let path = from_root(step.path, input.prefix);
        format!("  {path}:{}: {}", line(input, step.path, step.span), one_line(step.text))
    };
    text.extend(steps(finding).iter().map(place));
    Case {
        class: format!("{NAME}.{}", finding.rule),
        name: unique(format!("{path}: {what}"), &finding.rule, seen),
        outcome: Some("failure"),
        message: what,
        text: text.join("\n"),
    }
}

fn error(problem: &Problem, seen: &mut FxHashMap<String, usize>, input: &Input<'_>) -> Case {
    let message = one_line(&problem.message);
    let mut text = message.clone();
    let mut name = message.clone();
    if let Some(path) = problem.path.as_deref().filter(|path| !path.is_empty()) {
        let at = problem.span.map(|span| format!(":{}", line(input, path, span))).unwrap_or_default();
        let path = from_root(path, input.prefix);
        text = format!("{path}{at}: {message}");
        name = format!("{path}: {message}");
    }
    if let Some(help) = &problem.help {
        text.push_str(&format!("\n{}", one_line(help)));
    }
    Case {
        class: format!("{NAME}.problem"),
        name: unique(name, "problem", seen),
        outcome: Some("error"),
        message,
        text,
    }
}

fn passed() -> Case {
    let (class, name) = (NAME.to_owned(), "no findings".to_owned());
    Case { class, name, outcome: None, message: String::new(), text: String::new() }
}

/// A name that no other case of the class has. It says nothing of lines, so that a case keeps its name when they move.
fn unique(name: String, class: &str, seen: &mut FxHashMap<String, usize>) -> String {
    let count = seen.entry(format!("{class}\n{name}")).or_insert(0);
    *count += 1;
    if *count == 1 { name } else { format!("{name} ({count})") }
}

/// How many cases there are, how many failures and how many errors, as text.
fn counts<'a>(cases: impl Iterator<Item = &'a Case>) -> [String; 3] {
    let mut counts = [0, 0, 0];
    for case in cases {
        counts[0] += 1;
        counts[1] += usize::from(case.outcome == Some("failure"));
        counts[2] += usize::from(case.outcome == Some("error"));
    }
    counts.map(|count| count.to_string())
}

/// What suites say of themselves.
fn attributes<'a>(name: &'a str, [tests, failures, errors]: &'a [String; 3]) -> [(&'a str, &'a str); 5] {
    [("name", name), ("tests", tests), ("failures", failures), ("errors", errors), ("time", "0")]
}

fn write_suite(writer: &mut Writer<Vec<u8>>, name: &str, cases: &[Case]) -> io::Result<()> {
    let (name, counts) = (allowed(name), counts(cases.iter()));
    let element = writer.create_element("testsuite").with_attributes(attributes(&name, &counts));
    element.write_inner_content(|writer| cases.iter().try_for_each(|case| write_case(writer, case)))?;
    Ok(())
}

fn write_case(writer: &mut Writer<Vec<u8>>, case: &Case) -> io::Result<()> {
    let (class, name, message) = (allowed(&case.class), allowed(&case.name), allowed(&case.message));
    let attributes = [("classname", class.as_str()), ("name", &name), ("time", "0")];
    let element = writer.create_element("testcase").with_attributes(attributes);
    let Some(outcome) = case.outcome else {
        element.write_empty()?;
        return Ok(());
    };
    element.write_inner_content(|writer| {
        let attributes = [("message", message.as_str()), ("type", &class)];
        let element = writer.create_element(outcome).with_attributes(attributes);
        element.write_text_content(BytesText::new(&allowed(&case.text)))?;
        Ok(())
    })?;
    Ok(())
}

/// A text without the characters that XML 1.0 (section 2.2) forbids, even as references; surrogates no text has.
fn allowed(text: &str) -> String {
    let forbidden =
        |char: char| (char < ' ' && !matches!(char, '\t' | '\n' | '\r')) || matches!(char, '\u{fffe}' | '\u{ffff}');
    text.replace(forbidden, "")
}
