//! Whole projects whose lines say in comments what is reported there: `// expect: select-star`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Sheet;
use super::marks::{marks, words};
use crate::config::{Configs, Overrides, Source};
use crate::engine::{Engine, Error, Progress, Request, TestOutcome};
use crate::findings::{Finding, Problem, Report};
use crate::workspace::walk::WalkOptions;
use crate::workspace::{LineIndex, Manifests, walk};

/// The word that marks expected findings.
const EXPECT: &str = "expect";

/// What is asked of a fixture, as a user in its folder would: its manifests and its configuration are read.
/// `folder` must be absolute. Also what could not be read.
pub fn request(folder: &Path) -> (Request, Vec<Problem>) {
    let configs = Configs::new(folder, &Source::Nearest, Overrides::default());
    let found = walk(&[PathBuf::from(".")], &configs, WalkOptions::default());
    let (manifests, mut problems) = Manifests::load(folder, found.files.iter().map(|file| file.absolute.as_path()));
    problems.extend(found.problems);
    let request =
        Request { files: found.files, settings: configs.all(), manifests, progress: Arc::<Progress>::default() };
    (request, problems)
}

/// Lints a fixture and compares what is reported with its comments; each file is a test that passes or fails.
///
/// # Errors
/// Those of [`Engine::check`].
pub fn check(engine: &dyn Engine, folder: &Path) -> Result<TestOutcome, Error> {
    let (request, problems) = request(folder);
    let report = engine.check(&request)?;
    let mut outcome = TestOutcome { passed: 0, failures: problems };
    outcome.failures.extend(report.problems.iter().cloned());
    for file in &request.files {
        match std::fs::read_to_string(&file.absolute) {
            Ok(text) => compare(&file.path, &text, &report, &mut outcome),
            Err(error) => outcome.failures.push(Problem::file(&*file.path, format!("cannot be read: {error}"))),
        }
    }
    Ok(outcome)
}

/// Compares the findings of a file with its marks.
pub fn compare(path: &str, text: &str, report: &Report, outcome: &mut TestOutcome) {
    let lines = LineIndex::new(text);
    let mut sheet = Sheet::new(path, text);
    let mut found: Vec<(u32, &Finding)> = report
        .findings
        .iter()
        .filter(|finding| finding.path == path)
        .map(|finding| (lines.line(finding.span.start), finding))
        .collect();
    for (line, rules) in marks(text, EXPECT) {
        for rule in words(rules) {
            match found.iter().position(|(at, finding)| *at == line && finding.rule == rule) {
                Some(place) => drop(found.remove(place)),
                None => sheet.fail(line, format!("missing: `{rule}` does not report here")),
            }
        }
    }
    for (line, finding) in found {
        sheet.fail(line, format!("unexpected: `{}` reports: {}", finding.rule, finding.what));
    }
    sheet.passed_if(0);
    let of_file = sheet.finish();
    outcome.passed += of_file.passed;
    outcome.failures.extend(of_file.failures);
}
