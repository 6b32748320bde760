//! From files to a report. [`Request`] is what the engine is asked, [`Report`](crate::findings::Report) what it
//! answers.

pub mod extraction;
pub mod finish;
pub mod knowledge;
pub mod lint;
pub mod prefilter;
pub mod progress;
pub mod reading;
pub mod timing;
pub mod why;

use std::path::PathBuf;
use std::sync::Arc;

use crate::config::Settings;
use crate::findings::{Problem, Report, RuleInfo};
use crate::workspace::{Manifests, SourceFile};

pub use progress::Progress;
pub use timing::Timings;

/// What the engine is asked.
#[derive(Debug)]
pub struct Request {
    /// The files, sorted by path, each with its settings.
    pub files: Vec<SourceFile>,
    /// All different settings of the run, those of `files` among them.
    pub settings: Vec<Arc<Settings>>,
    /// What the projects around the files depend on, and how they are laid out.
    pub manifests: Manifests,
    /// Told how far the work is.
    pub progress: Arc<Progress>,
}

/// Why the engine cannot answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Rule or library files are wrong; each problem says where.
    #[error("{} of the rule and library files cannot be used", .0.len())]
    Load(Vec<Problem>),
    /// A defect of perflint.
    #[error("{0}")]
    Internal(String),
}

/// How the examples of rule and library files did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TestOutcome {
    /// Examples that did what they should.
    pub passed: usize,
    /// What is wrong with the others.
    pub failures: Vec<Problem>,
}

/// What the command line needs of an engine.
pub trait Engine: Sync {
    /// The built-in rules, and those of the given rule files and libraries, sorted by group and id.
    ///
    /// # Errors
    /// [`Error::Load`] if a file is not a valid rule or library.
    fn rules(&self, rule_files: &[PathBuf], library_files: &[PathBuf]) -> Result<Vec<RuleInfo>, Error>;

    /// Lints. Runs on the current thread pool.
    ///
    /// # Errors
    /// Rule or library files are wrong, or the engine is. Files that cannot be read are problems in the report.
    fn check(&self, request: &Request) -> Result<Report, Error>;

    /// Runs the examples of rule and library files; of all built-in ones if none are given.
    ///
    /// # Errors
    /// [`Error::Load`] if a file is not a valid rule or library.
    fn test(&self, files: &[PathBuf]) -> Result<TestOutcome, Error>;

    /// What is known of a line (1-based) of one of the request's files, and why rules say nothing there.
    ///
    /// # Errors
    /// The file is not part of the request; rule or library files are wrong, or the engine is.
    fn why(&self, request: &Request, path: &str, line: usize) -> Result<String, Error>;

    /// The vocabulary of rule files, as Markdown.
    fn vocabulary(&self) -> String;
}
