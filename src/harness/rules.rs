//! The examples of a rule document: `bad` ones are reported at their marked lines and nowhere else, `good` ones not at
//! all, and `fixed` ones are what the bad ones become.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use super::marks::marks;
use super::prelude;
use super::{Bench, Sheet};
use crate::config::{Overrides, Settings};
use crate::document::DocumentError;
use crate::engine::{Error, Progress, Request, TestOutcome, knowledge, lint};
use crate::findings::{Confidence, Finding, Report};
use crate::rules::Rule;
use crate::rules::file::{ExampleKind, RuleExample};
use crate::syntax::Family;
use crate::workspace::{LineIndex, Manifests, SourceFile};

/// The word that marks an expected finding.
pub(super) const FINDING: &str = "finding";

/// A file of an example project.
#[derive(Clone, Debug)]
pub struct Block {
    /// The example.
    pub example: RuleExample,
    /// Its path.
    pub path: String,
    /// What it takes over from the example above, and its own code.
    pub text: String,
    /// Lines that it takes over.
    pub inherited: u32,
}

/// Runs the examples of the rule at `path`, whose document is `text`; nothing but that rule is on.
///
/// # Errors
/// [`Error::Load`] when the document cannot be read; [`Error::Internal`] for a defect of perflint.
pub fn check(bench: &Bench, path: &str, text: &str) -> Result<TestOutcome, Error> {
    let load = |error: DocumentError| Error::Load(vec![knowledge::problem(error)]);
    let examples = Rule::examples(path, text).map_err(load)?;
    let rule = bench.knowledge.rules.iter().find(|rule| rule.path == path);
    let rule = rule.ok_or_else(|| Error::Internal(format!("{path} is none of the loaded rules")))?;
    let mut sheet = Sheet::new(path, text);
    let (fixed, examples) = examples.into_iter().partition(|example| example.kind == ExampleKind::Fixed);
    let projects = projects(examples);
    for project in &projects {
        let failed = sheet.failures();
        let report = run(bench, rule, project)?;
        for problem in &report.problems {
            sheet.fail(project[0].example.line, problem.message.clone());
        }
        for block in project {
            compare(block, &report, &rule.info.id, &mut sheet);
        }
        sheet.passed_if(failed);
    }
    super::fixed::check(bench, rule, &projects, &fixed, &mut sheet)?;
    Ok(sheet.finish())
}

/// Examples that belong together: files that follow one another and are of one kind; any other block stands alone.
fn projects(examples: Vec<RuleExample>) -> Vec<Vec<Block>> {
    let mut projects: Vec<Vec<Block>> = Vec::new();
    let mut last_bad: Vec<(Family, String)> = Vec::new();
    for example in examples {
        let family = example.language.family();
        let above = last_bad.iter().rfind(|(of, _)| *of == family).map(|(_, text)| text.as_str());
        let taken = match (&example.file, above) {
            (None, Some(above)) => prelude::inherited(example.language, above, &example.code),
            _ => String::new(),
        };
        let path = example.file.clone().unwrap_or_else(|| format!("example.{}", example.language.extension()));
        let inherited = taken.lines().count() as u32;
        let block = Block { text: taken + &example.code, path, inherited, example };
        let joins = projects.last().is_some_and(|project| {
            let is_file = |block: &Block| block.example.file.is_some();
            is_file(&block)
                && project
                    .iter()
                    .all(|other| is_file(other) && other.example.kind == block.example.kind && other.path != block.path)
        });
        if block.example.kind == ExampleKind::Bad {
            match last_bad.iter_mut().find(|(of, _)| joins && *of == family) {
                Some((_, text)) => text.push_str(&block.text),
                None => {
                    last_bad.retain(|(of, _)| *of != family);
                    last_bad.push((family, block.text.clone()));
                }
            }
        }
        match projects.last_mut() {
            Some(project) if joins => project.push(block),
            _ => projects.push(vec![block]),
        }
    }
    projects
}

/// Lints a project with one rule; whatever its confidence is shown.
pub(super) fn run(bench: &Bench, rule: &Rule, project: &[Block]) -> Result<Report, Error> {
    let overrides = Overrides {
        select: Some(vec![rule.info.id.clone()]),
        min_confidence: Some(Confidence::Low),
        ..Overrides::default()
    };
    let root = Path::new("/");
    let settings = Arc::new(Settings::defaults(root, &overrides));
    let mut files: Vec<SourceFile> = project
        .iter()
        .map(|block| SourceFile {
            path: block.path.clone(),
            outside: 0,
            absolute: root.join(&block.path),
            language: block.example.language,
            size: block.text.len() as u64,
            settings: Arc::clone(&settings),
            text: Some(block.text.as_str().into()),
            is_asked_for: true,
        })
        .collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let request = Request {
        files,
        settings: vec![settings],
        manifests: Manifests::default(),
        progress: Arc::<Progress>::default(),
    };
    lint::lint(&request, &bench.knowledge, Instant::now())
}

/// Compares the findings in a block with its marks.
fn compare(block: &Block, report: &Report, rule: &str, sheet: &mut Sheet<'_>) {
    let lines = LineIndex::new(&block.text);
    let in_block = |finding: &&Finding| finding.path == block.path && finding.rule == rule;
    let mut found: Vec<(u32, &Finding)> = report
        .findings
        .iter()
        .filter(in_block)
        // What is taken over has been judged where it stands.
        .filter_map(|finding| Some((lines.line(finding.span.start).checked_sub(block.inherited)?, finding)))
        .filter(|(line, _)| *line > 0)
        .collect();
    let shift = |line: u32| line + block.example.line - 1;
    let is_bad = block.example.kind == ExampleKind::Bad;
    for (line, wanted) in marks(&block.example.code, FINDING) {
        if !is_bad {
            sheet.fail(shift(line), "a good example marks no findings".to_owned());
            continue;
        }
        let Some(place) = found.iter().position(|(at, _)| *at == line) else {
            sheet.fail(shift(line), "missing: nothing is reported here".to_owned());
            continue;
        };
        let (_, finding) = found.remove(place);
        if !wanted.is_empty() && wanted != finding.confidence.name() {
            let message = format!("wrong confidence: {} is expected, and it is {}", wanted, finding.confidence);
            sheet.fail(shift(line), message);
        }
    }
    for (line, finding) in found {
        sheet.fail(shift(line), format!("unexpected: {}", finding.what));
    }
}
