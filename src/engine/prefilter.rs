//! Which files need not be parsed: tests, when all rules of the run are silent there, as long as no other file takes
//! anything from them. They are a third of many projects.
//!
//! Migrations, scripts and commands, where some sets of rules are silent too, are parsed in any case: from their calls it
//! is known when the functions run that they call.

use super::Request;
use super::finish::is_needed;
use super::knowledge::Knowledge;
use crate::catalog::Entry;
use crate::facts::directives;
use crate::project::places::Places;
use crate::workspace::SourceFile;

/// Tells of each file of a run whether its facts matter for its own sake.
#[derive(Debug)]
pub struct Prefilter<'r> {
    places: &'static Places,
    /// Whether no rule of the run reports anything in tests.
    skips_tests: bool,
    /// A file that is asked about.
    asked: Option<&'r str>,
}

impl<'r> Prefilter<'r> {
    /// For the rules that may be on in a request; `asked` is the path of a file that is to be parsed in any case.
    ///
    /// # Errors
    /// For a defect of perflint.
    pub fn new(request: &Request, knowledge: &Knowledge, asked: Option<&'r str>) -> Result<Self, String> {
        let mut needed = knowledge.rules.iter().filter(|rule| is_needed(request, &rule.info));
        let skips_tests = needed.all(|rule| rule.is_silent_in(Entry::Test));
        Ok(Self { places: Places::builtin()?, skips_tests, asked })
    }

    /// Whether what only tests have can be left out of a file.
    pub fn skips_tests_of(&self, file: &SourceFile) -> bool {
        self.skips_tests && self.asked != Some(file.path.as_str())
    }

    /// Whether a file can be left unparsed unless others take something from it. Comments that suppress findings have to
    /// be read, since they are reported where there is nothing to suppress.
    pub fn may_skip(&self, file: &SourceFile, text: &str) -> bool {
        self.skips_tests_of(file) && self.places.is_test(file.path_in_project()) && !directives::may_be_in(text)
    }
}
