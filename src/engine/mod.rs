//! From files to a report. [`Request`] is what the engine is asked, [`Report`](crate::findings::Report) what it
//! answers.

pub mod baselines;
pub mod extraction;
pub mod finish;
pub mod fixes;
pub mod ignore_comment;
pub mod knowledge;
pub mod lint;
pub mod prefilter;
pub mod progress;
pub mod reading;
pub mod session;
pub mod timing;
pub mod why;

use std::path::PathBuf;
use std::sync::Arc;

use crate::config::{Configs, Settings};
use crate::findings::{Finding, Problem, Report, RuleInfo, suppress};
use crate::workspace::{Manifests, Source, SourceFile};

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
    /// Configurations, rule or library files are wrong; each problem says where.
    #[error("{} of the configurations, rules and libraries cannot be used", .0.len())]
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

/// All rules of some configurations: built in, of the project, and those about suppressions.
///
/// # Errors
/// [`Error::Load`] if a configuration, a rule or a library is wrong, or a configuration names a rule that is not there.
pub fn rules_of(engine: &dyn Engine, configs: &Configs) -> Result<Vec<RuleInfo>, Error> {
    let problems = configs.load_problems();
    if !problems.is_empty() {
        return Err(Error::Load(problems));
    }
    let (rule_files, libraries) = own_files(&configs.all());
    let mut rules = engine.rules(&rule_files, &libraries)?;
    for rule in suppress::rules() {
        if !rules.iter().any(|known| known.id == rule.id) {
            rules.push(rule);
        }
    }
    let problems = configs.problems(&rules);
    if problems.is_empty() { Ok(rules) } else { Err(Error::Load(problems)) }
}

/// The rule and library files that any of some settings name.
fn own_files(settings: &[Arc<Settings>]) -> (Vec<PathBuf>, Vec<PathBuf>) {
    let collect = |of: fn(&Settings) -> &Vec<PathBuf>| {
        let mut files: Vec<PathBuf> = settings.iter().flat_map(|settings| of(settings).clone()).collect();
        files.sort();
        files.dedup();
        files
    };
    (collect(|settings| &settings.rules), collect(|settings| &settings.libraries))
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

    /// Fills in what can be done about findings; `source` gives the text of a file by its path.
    ///
    /// # Errors
    /// Rule or library files are wrong.
    fn fill_fixes(
        &self,
        settings: &[Arc<Settings>],
        findings: &mut [Finding],
        source: &dyn Fn(&str) -> Option<Arc<Source>>,
    ) -> Result<(), Error>;

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
