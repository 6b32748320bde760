//! The examples of a library document: a line marked `is: db.read` has a call with exactly that effect, one marked
//! `is: none` has no call with any.

use std::collections::BTreeSet;

use super::marks::{marks, words};
use super::{Bench, Sheet};
use crate::catalog::{self, Effect, LibraryExample};
use crate::document::DocumentError;
use crate::engine::{Error, TestOutcome, knowledge};
use crate::facts::{self, CallId};
use crate::project::layout::Layout;
use crate::project::sources::Sources;
use crate::project::{CallRef, Project};
use crate::syntax::{Language, Parsers};
use crate::workspace::LineIndex;

/// The word that marks what a call does.
const IS: &str = "is";
/// What is written for no effect.
const NONE: &str = "none";

/// A call's effects, and the lines where its name and its end stand.
struct Seen {
    name: u32,
    end: u32,
    effects: BTreeSet<&'static str>,
}

/// Runs the examples of the library at `path`, whose document is `text`. Libraries are present through imports alone.
///
/// # Errors
/// [`Error::Load`] when the document cannot be read; [`Error::Internal`] for a defect of perflint.
pub fn check(bench: &Bench, path: &str, text: &str) -> Result<TestOutcome, Error> {
    let load = |error: DocumentError| Error::Load(vec![knowledge::problem(error)]);
    let examples = catalog::examples(path, text).map_err(load)?;
    let mut sheet = Sheet::new(path, text);
    for project in projects(examples) {
        let failed = sheet.failures();
        run(bench, &project, &mut sheet)?;
        sheet.passed_if(failed);
    }
    Ok(sheet.finish())
}

/// Examples that belong together: files that follow one another; any other block stands alone.
fn projects(examples: Vec<LibraryExample>) -> Vec<Vec<LibraryExample>> {
    let mut projects: Vec<Vec<LibraryExample>> = Vec::new();
    for example in examples {
        let joins = |project: &Vec<LibraryExample>| {
            example.file.is_some() && project.iter().all(|other| other.file.is_some() && other.file != example.file)
        };
        match projects.last_mut() {
            Some(project) if joins(project) => project.push(example),
            _ => projects.push(vec![example]),
        }
    }
    projects
}

fn run(bench: &Bench, project: &[LibraryExample], sheet: &mut Sheet<'_>) -> Result<(), Error> {
    let mut parsers = Parsers::new();
    let mut facts = Vec::new();
    let mut files: Vec<(String, &LibraryExample)> = Vec::new();
    for example in project {
        let Some(language) = Language::of_extension(&example.language) else {
            sheet.fail(example.line, format!("perflint does not read the language `{}`", example.language));
            return Ok(());
        };
        let path = example.file.clone().unwrap_or_else(|| format!("example.{}", language.extension()));
        facts.push(Box::new(facts::extract(&mut parsers, &path, language, &example.code, facts::Reading::default())));
        files.push((path, example));
    }
    let layout = Layout::default();
    let sources = Sources::new(facts, &bench.knowledge.catalog, &layout);
    let project = Project::link(&sources).map_err(Error::Internal)?;
    for file in sources.ids() {
        let path = &sources.file(file).facts.path;
        let Some((_, example)) = files.iter().find(|(of, _)| of == path) else { continue };
        let lines = LineIndex::new(&example.code);
        let calls = sources.file(file).facts.calls.iter().enumerate();
        let seen: Vec<Seen> = calls
            .map(|(row, call)| {
                let hits = project.hits(CallRef { file, id: CallId(row as u32) }, 0);
                Seen {
                    name: lines.line(call.name_span.start),
                    end: lines.line(call.span.end.max(1) - 1),
                    effects: hits.iter().map(|hit| hit.effect.name()).collect(),
                }
            })
            .collect();
        marks(&example.code, IS).for_each(|(line, wanted)| compare(example, &seen, line, wanted, sheet));
    }
    Ok(())
}

/// Compares what the calls of a line do with its mark.
fn compare(example: &LibraryExample, seen: &[Seen], line: u32, wanted: &str, sheet: &mut Sheet<'_>) {
    let at = example.line + line - 1;
    if let Some(unknown) = words(wanted).find(|word| *word != NONE && Effect::of_name(word).is_none()) {
        sheet.fail(at, format!("there is no effect `{unknown}`"));
        return;
    }
    let wanted: BTreeSet<&str> = words(wanted).filter(|word| *word != NONE).collect();
    let on_line = seen.iter().filter(|call| call.name == line || call.end == line && !wanted.is_empty());
    let effects: Vec<&BTreeSet<&str>> =
        on_line.map(|call| &call.effects).filter(|effects| !effects.is_empty()).collect();
    let holds = if wanted.is_empty() { effects.is_empty() } else { effects.contains(&&wanted) };
    if !holds {
        let list = |effects: &BTreeSet<&str>| effects.iter().copied().collect::<Vec<_>>().join(", ");
        let mut found: Vec<String> = effects.iter().map(|effects| format!("`{}`", list(effects))).collect();
        found.dedup();
        let found = if found.is_empty() { NONE.to_owned() } else { found.join(" and ") };
        let wanted = if wanted.is_empty() { NONE.to_owned() } else { list(&wanted) };
        let verdict = if wanted == NONE { "unexpected" } else { "missing" };
        sheet.fail(at, format!("{verdict}: `{wanted}` is expected, and found is {found}"));
    }
}
