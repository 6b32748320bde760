//! Runs what documents and fixtures say of themselves: the examples of rules and libraries, the expectations in whole
//! projects. Used by `perflint rule test` and by perflint's own tests.

pub mod fixed;
pub mod fixtures;
pub mod libraries;
pub mod marks;
pub mod prelude;
pub mod rules;

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::catalog::{self, Catalog, Library};
use crate::document::{Document, DocumentError};
use crate::embedded::{BUILTIN_LIBRARIES, BUILTIN_RULES};
use crate::engine::knowledge::{self, Knowledge};
use crate::engine::{Error, TestOutcome};
use crate::facts::Span;
use crate::findings::Problem;
use crate::rules::Rule;
use crate::syntax::Family;
use crate::workspace::{LineIndex, paths};

/// Runs the examples of the given documents, of all built-in ones if none are given.
///
/// # Errors
/// When a document cannot be loaded.
pub fn test_documents(files: &[PathBuf]) -> Result<TestOutcome, Error> {
    let bench = if files.is_empty() { Bench::builtin()? } else { Bench::of_files(files)? };
    let outcomes: Vec<Result<TestOutcome, Error>> =
        bench.documents.par_iter().map(|document| bench.check(document)).collect();
    let mut all = TestOutcome::default();
    for outcome in outcomes {
        let outcome = outcome?;
        all.passed += outcome.passed;
        all.failures.extend(outcome.failures);
    }
    Ok(all)
}

/// What a document describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentKind {
    /// A rule.
    Rule,
    /// A library.
    Library,
}

/// A document under test.
#[derive(Clone, Debug)]
pub struct Tested {
    /// What it describes.
    pub kind: DocumentKind,
    /// Its path, as shown.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// Documents with all that is needed to run their examples.
#[derive(Debug)]
pub struct Bench {
    /// The documents, in the order given.
    pub documents: Vec<Tested>,
    /// The rules among them, those that bulk forms of libraries are for, and all libraries.
    pub knowledge: Knowledge,
}

impl Bench {
    /// All built-in documents.
    ///
    /// # Errors
    /// [`Error::Load`] if one of them is wrong.
    pub fn builtin() -> Result<Self, Error> {
        let tested = |kind| {
            move |(path, text): &(&str, &str)| Tested { kind, path: (*path).to_owned(), text: (*text).to_owned() }
        };
        let rules = BUILTIN_RULES.iter().map(tested(DocumentKind::Rule));
        Self::new(rules.chain(BUILTIN_LIBRARIES.iter().map(tested(DocumentKind::Library))).collect())
    }

    /// Documents in files. A library takes the place of a built-in one of its name and language.
    ///
    /// # Errors
    /// [`Error::Load`] if one cannot be read or is wrong.
    pub fn of_files(files: &[PathBuf]) -> Result<Self, Error> {
        let (mut documents, mut problems) = (Vec::new(), Vec::new());
        for file in files {
            match read(file) {
                Ok(document) => documents.push(document),
                Err(problem) => problems.push(problem),
            }
        }
        if problems.is_empty() { Self::new(documents) } else { Err(Error::Load(problems)) }
    }

    fn new(documents: Vec<Tested>) -> Result<Self, Error> {
        let failed = |errors: Vec<DocumentError>| Error::Load(errors.into_iter().map(knowledge::problem).collect());
        let (mut rules, mut libraries, mut errors): (Vec<Rule>, Vec<Library>, Vec<DocumentError>) = Default::default();
        for document in &documents {
            let loaded = match document.kind {
                DocumentKind::Rule => Rule::load(&document.path, &document.text, None).map(|rule| rules.push(rule)),
                DocumentKind::Library => {
                    knowledge::load_library(&document.path, &document.text).map(|library| libraries.push(library))
                }
            };
            errors.extend(loaded.err());
        }
        if !errors.is_empty() {
            return Err(failed(errors));
        }
        let families = [Family::JavaScript, Family::Python, Family::Rust];
        let mut builtin = catalog::builtin_libraries(&families).map_err(failed)?;
        builtin.retain(|old| !libraries.iter().any(|new| (new.family, &new.id) == (old.family, &old.id)));
        builtin.extend(libraries);
        // The examples of libraries show what the rules for loops that write make of them.
        for (path, text) in BUILTIN_RULES.iter().filter(|(path, _)| !documents.iter().any(|own| own.path == *path)) {
            let rule = Rule::load(path, text, None).map_err(|error| failed(vec![error]))?;
            rules.extend(Some(rule).filter(Rule::is_about_bulk));
        }
        for rule in &mut rules {
            errors.extend(rule.learn_bulk_forms(&builtin).err());
        }
        if !errors.is_empty() {
            return Err(failed(errors));
        }
        let catalog = Catalog::assemble(builtin).map_err(failed)?;
        Ok(Self { documents, knowledge: Knowledge { rules, catalog } })
    }

    /// Runs the examples of one of the documents.
    ///
    /// # Errors
    /// [`Error::Load`] when its examples cannot be read; [`Error::Internal`] for a defect of perflint.
    pub fn check(&self, document: &Tested) -> Result<TestOutcome, Error> {
        match document.kind {
            DocumentKind::Rule => rules::check(self, &document.path, &document.text),
            DocumentKind::Library => libraries::check(self, &document.path, &document.text),
        }
    }
}

/// Reads a document; one with a matcher is a rule.
fn read(file: &Path) -> Result<Tested, Problem> {
    let path = paths::with_slashes(file);
    let text = std::fs::read_to_string(file)
        .map_err(|error| Problem::input(format!("cannot be read: {error}")).at(&*path, None))?;
    let front = Document::parse(&path, &text).map_err(knowledge::problem)?.front;
    // Front matter that is no TOML is left to the loader of rules, which says what is wrong.
    let is_library = front.parse::<toml::Table>().is_ok_and(|table| !table.contains_key("match"));
    let kind = if is_library { DocumentKind::Library } else { DocumentKind::Rule };
    Ok(Tested { kind, path, text })
}

/// Collects the failures of one file, with places.
#[derive(Debug)]
pub struct Sheet<'t> {
    path: &'t str,
    text: &'t str,
    lines: LineIndex,
    outcome: TestOutcome,
}

impl<'t> Sheet<'t> {
    /// An empty sheet for a file.
    pub fn new(path: &'t str, text: &'t str) -> Self {
        Self { path, text, lines: LineIndex::new(text), outcome: TestOutcome::default() }
    }

    /// Writes down a failure at a line, 1-based.
    pub fn fail(&mut self, line: u32, message: String) {
        let range = self.lines.range(line);
        let content = self.text.get(range.clone()).unwrap_or_default().trim_end();
        let start = range.start + (content.len() - content.trim_start().len());
        let span = Span::new(start, range.start + content.len());
        self.outcome.failures.push(Problem::input(message).at(self.path, Some(span)));
    }

    /// How many failures there are.
    pub fn failures(&self) -> usize {
        self.outcome.failures.len()
    }

    /// Counts a test as passed if there are no more failures than `before`.
    pub fn passed_if(&mut self, before: usize) {
        self.outcome.passed += usize::from(self.failures() == before);
    }

    /// What was written down.
    pub fn finish(self) -> TestOutcome {
        self.outcome
    }
}

/// A failure as one line of text, `path:line: message`; `text` is the file's.
pub fn line_of(problem: &Problem, text: &str) -> String {
    let path = problem.path.as_deref().unwrap_or("perflint");
    match problem.span {
        Some(span) => format!("{path}:{}: {}", LineIndex::new(text).line(span.start), problem.message),
        None => format!("{path}: {}", problem.message),
    }
}
