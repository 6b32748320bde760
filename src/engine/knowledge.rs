//! The rules and the catalog of a run: those built in, and a project's own.

use std::path::{Path, PathBuf};

use super::Error;
use crate::catalog::{self, Catalog, Library};
use crate::document::DocumentError;
use crate::findings::Problem;
use crate::rules::Rule;
use crate::syntax::Family;
use crate::{embedded, workspace};

/// Everything that a run knows before it reads a file.
#[derive(Debug)]
pub struct Knowledge {
    /// Rules, sorted by group and id.
    pub rules: Vec<Rule>,
    /// Library models.
    pub catalog: Catalog,
}

impl Knowledge {
    /// Loads the built-in documents and the given files.
    ///
    /// # Errors
    /// [`Error::Load`] with a problem for each file that cannot be used.
    pub fn load(rule_files: &[PathBuf], library_files: &[PathBuf]) -> Result<Self, Error> {
        let mut problems = Vec::new();
        let mut rules = Vec::new();
        for (path, text) in embedded::BUILTIN_RULES {
            keep(Rule::load(path, text, None), &mut rules, &mut problems);
        }
        for path in rule_files {
            let namespace = namespace_of(path);
            with_text(path, &mut problems, |shown, text| Rule::load(shown, text, Some(&namespace)), &mut rules);
        }
        let mut libraries: Vec<Library> = Vec::new();
        for (path, text) in embedded::BUILTIN_LIBRARIES {
            if let Some(family) = catalog::family_of(path) {
                keep(catalog::load(path, text, family), &mut libraries, &mut problems);
            }
        }
        for path in library_files {
            with_text(path, &mut problems, load_library, &mut libraries);
        }
        for rule in &mut rules {
            problems.extend(rule.learn_bulk_forms(&libraries).err().map(problem));
        }
        if !problems.is_empty() {
            return Err(Error::Load(problems));
        }
        let catalog =
            Catalog::assemble(libraries).map_err(|errors| Error::Load(errors.into_iter().map(problem).collect()))?;
        rules.sort_by(|a, b| (&a.info.group, &a.info.id).cmp(&(&b.info.group, &b.info.id)));
        Ok(Self { rules, catalog })
    }
}

fn keep<T>(loaded: Result<T, DocumentError>, into: &mut Vec<T>, problems: &mut Vec<Problem>) {
    match loaded {
        Ok(loaded) => into.push(loaded),
        Err(error) => problems.push(problem(error)),
    }
}

fn with_text<T>(
    path: &Path,
    problems: &mut Vec<Problem>,
    load: impl Fn(&str, &str) -> Result<T, DocumentError>,
    into: &mut Vec<T>,
) {
    let shown = workspace::paths::with_slashes(path);
    match std::fs::read_to_string(path) {
        Ok(text) => keep(load(&shown, &text), into, problems),
        Err(error) => problems.push(Problem::input(format!("cannot be read: {error}")).at(shown, None)),
    }
}

/// A document's error as a problem of the user's input.
pub fn problem(error: DocumentError) -> Problem {
    Problem::input(error.message).at(error.path, error.span).with_help(error.help)
}

/// A project's own rules are named after the folder that they lie in, so that they cannot shadow built-in ones.
fn namespace_of(path: &Path) -> String {
    let folder = path.parent().and_then(Path::file_name).and_then(|name| name.to_str());
    folder.unwrap_or("project").to_owned()
}

/// Loads a library file of a project.
///
/// # Errors
/// As [`catalog::load`], and when neither the folder nor an example tells the language.
pub fn load_library(shown: &str, text: &str) -> Result<Library, DocumentError> {
    match family_of_file(shown, text) {
        Some(family) => catalog::load(shown, text, family),
        None => Err(no_language(shown, text)),
    }
}

/// The language of a library file of a project: the folder's name, as for the built-in ones, else that of its first
/// example.
fn family_of_file(path: &str, text: &str) -> Option<Family> {
    catalog::family_of(path).or_else(|| {
        let document = crate::document::Document::parse("", text).ok()?;
        let fences = document.fences();
        let word = fences.first()?.words.first()?.clone();
        Some(crate::syntax::Language::of_extension(&word)?.family())
    })
}

fn no_language(path: &str, text: &str) -> DocumentError {
    DocumentError {
        path: path.to_owned(),
        span: None,
        message: "which language is this library for?".to_owned(),
        help: Some("put the file in a folder `python`, `javascript` or `rust`, or give it an example".to_owned()),
        source_text: text.to_owned(),
    }
}
