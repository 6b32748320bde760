//! An engine with no rules but those about suppressions' own findings: it reads every file and says what cannot be
//! read.

use std::path::PathBuf;
use std::time::Instant;

use super::{Engine, Error, Request, TestOutcome, finish, reading};
use crate::findings::{Report, RuleInfo};

/// Reads, and finds nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bare;

impl Engine for Bare {
    fn rules(&self, _rule_files: &[PathBuf], _library_files: &[PathBuf]) -> Result<Vec<RuleInfo>, Error> {
        Ok(Vec::new())
    }

    fn check(&self, request: &Request) -> Result<Report, Error> {
        let started = Instant::now();
        let outcome = reading::each_file(request, |_, _| ());
        Ok(finish::finish(&[], [], outcome.problems, outcome.stats, started))
    }

    fn test(&self, _files: &[PathBuf]) -> Result<TestOutcome, Error> {
        Ok(TestOutcome::default())
    }

    fn vocabulary(&self) -> String {
        String::new()
    }
}
