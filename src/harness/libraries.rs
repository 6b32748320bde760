//! The examples of a library document: a line marked `is: db.read` has a call with exactly that effect, one marked
//! `is: none` has no call with any.

use std::collections::BTreeSet;

use super::fixed;
use super::marks::{marks, without, words};
use super::rules::Block;
use super::{Bench, Sheet};
use crate::catalog::{self, Effect, LibraryExample};
use crate::document::DocumentError;
use crate::engine::{Error, TestOutcome, knowledge};
use crate::facts::{self, CallId};
use crate::project::layout::Layout;
use crate::project::sources::Sources;
use crate::project::{CallRef, Project};
use crate::rules::file::{ExampleKind, RuleExample};
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
    let (bulk, examples): (Vec<_>, Vec<_>) = examples.into_iter().partition(|example| example.is_bulk);
    let mut shown = BTreeSet::new();
    for after in &bulk {
        let before = examples.iter().rfind(|one| one.line < after.line && one.language == after.language);
        match before {
            Some(before) => shown.extend(run_bulk(bench, path, before, after, &mut sheet)?),
            None => sheet.fail(after.line, "no example of its language stands before it".to_owned()),
        }
    }
    let library = bench.knowledge.catalog.libraries().iter().find(|library| library.path == path);
    let forms = library.map_or(0, |library| library.bulk_forms.len());
    for form in (0..forms).filter(|form| !shown.contains(form)) {
        sheet.fail(1, format!("no example marked `bulk` shows the bulk form number {}", form + 1));
    }
    for project in projects(examples) {
        let failed = sheet.failures();
        run(bench, &project, &mut sheet)?;
        sheet.passed_if(failed);
    }
    Ok(sheet.finish())
}

/// Compares what an example becomes when its loops write in bulk; which forms of the library at `path` it shows.
fn run_bulk(
    bench: &Bench,
    path: &str,
    before: &LibraryExample,
    after: &LibraryExample,
    sheet: &mut Sheet<'_>,
) -> Result<Vec<usize>, Error> {
    let failed = sheet.failures();
    let Some(language) = Language::of_extension(&before.language) else { return Ok(Vec::new()) };
    let mut text = without(&before.code, IS);
    let mut shown = Vec::new();
    for rule in bench.knowledge.rules.iter().filter(|rule| rule.is_about_bulk()) {
        let example =
            RuleExample { kind: ExampleKind::Bad, language, file: None, code: text.clone(), line: before.line };
        let name = format!("example.{}", language.extension());
        let block = Block { example, path: name, text, inherited: 0 };
        let (fixed, made) = fixed::fixed(bench, rule, &[block], 0)?;
        text = fixed;
        let forms = made.iter().filter_map(|place| rule.fixes[*place].bulk_form.as_ref());
        shown.extend(forms.filter(|(of, _)| of == path).map(|(_, form)| *form));
    }
    if text != after.code {
        let same = text.lines().zip(after.code.lines()).take_while(|(is, wanted)| is == wanted).count();
        let is = text.lines().nth(same).unwrap_or("the end");
        sheet
            .fail(after.line + same as u32, format!("the example before it becomes something else; here it has: {is}"));
    }
    sheet.passed_if(failed);
    Ok(shown)
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
