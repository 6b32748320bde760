use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use serde_json::Value;
use tempfile::TempDir;

use super::*;
use crate::config::Settings;
use crate::config::selection::tests::rule;
use crate::engine::finish::{self, FileResult};
use crate::engine::{Request, TestOutcome, reading};
use crate::facts::{Directive, Span};
use crate::findings::{Confidence, Edit, Finding, Fix, Report, Safety, Severity};
use crate::workspace::{Source as Text, SourceFile};

/// Finds the word `slow`, surely where it is written in capitals; takes `# ignore` at a line's end for a suppression.
struct Fake;

impl Fake {
    fn finding(file: &SourceFile, start: usize, confidence: Confidence) -> Finding {
        Finding {
            rule: "slow-word".to_owned(),
            severity: Severity::Medium,
            confidence,
            path: file.path.clone(),
            span: Span::new(start, start + 4),
            region: Span::new(start, start + 4),
            what: "A slow word".to_owned(),
            why: "It takes time.".to_owned(),
            fix: "Take another".to_owned(),
            cost: String::new(),
            primary_label: "here".to_owned(),
            related: Vec::new(),
            chain: Vec::new(),
            function: None,
            entry: None,
            suppressed: None,
            baseline: None,
            offers: Vec::new(),
            fixes: Vec::new(),
        }
    }

    fn directives(text: &Text) -> Vec<Directive> {
        let place = |(at, found): (usize, &str)| Directive {
            span: Span::new(at, at + found.len()),
            rules: vec!["slow-word".to_owned()],
            reason: None,
            whole_file: false,
            line: text.lines.line(at as u32),
            alone: false,
        };
        text.text.match_indices("# ignore").map(place).collect()
    }
}

impl Engine for Fake {
    fn rules(&self, _: &[PathBuf], _: &[PathBuf]) -> Result<Vec<RuleInfo>, Error> {
        Ok(vec![rule("slow-word", "words", false), rule("strict-word", "words", true)])
    }

    fn check(&self, request: &Request) -> Result<Report, Error> {
        let started = Instant::now();
        let work = |file: &SourceFile, text: Text| {
            assert!(!text.text.contains("panic"), "asked to");
            let sure = text.text.match_indices("SLOW").map(|(at, _)| Self::finding(file, at, Confidence::High));
            let unsure = text.text.match_indices("slow").map(|(at, _)| Self::finding(file, at, Confidence::Low));
            (sure.chain(unsure).collect::<Vec<_>>(), Self::directives(&text), text.lines)
        };
        let outcome = reading::each_file(request, (0..request.files.len()).collect(), work);
        let rules = self.rules(&[], &[])?;
        let results = request.files.iter().zip(&outcome.results).filter_map(|(file, result)| {
            let (findings, directives, lines) = result.as_ref()?;
            let statements = Vec::new();
            Some(FileResult { file, findings: findings.clone(), directives, statements, lines: Some(lines) })
        });
        Ok(finish::finish(&rules, results, outcome.problems, outcome.stats, started))
    }

    fn fill_fixes(
        &self,
        _: &[Arc<Settings>],
        findings: &mut [Finding],
        _: &dyn Fn(&str) -> Option<Arc<Text>>,
    ) -> Result<(), Error> {
        for finding in findings {
            let title = "Write it fast".to_owned();
            let edits = vec![Edit { span: finding.span, text: "FAST".to_owned() }];
            finding.fixes = vec![Fix { title, safety: Safety::Safe, place: 0, edits, names: Vec::new() }];
        }
        Ok(())
    }

    fn test(&self, _: &[PathBuf]) -> Result<TestOutcome, Error> {
        Ok(TestOutcome { passed: 1, failures: vec![Problem::file("a.md", "no finding")] })
    }

    fn why(&self, _request: &Request, path: &str, line: usize) -> Result<String, Error> {
        Ok(format!("{path}:{line}"))
    }

    fn vocabulary(&self) -> String {
        String::new()
    }
}

fn project(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        fs::write(folder.path().join(path), text).unwrap();
    }
    folder
}

fn status(arguments: &[&str], folder: &Path) -> Status {
    let arguments = ["perflint"].iter().chain(arguments).map(OsString::from);
    run(arguments.chain([folder.as_os_str().to_owned()]), &Fake)
}

/// Runs with JSON output; gives the status and the report.
fn report(arguments: &[&str], folder: &Path) -> (Status, Value) {
    let file = folder.join("report.json");
    let format = format!("json={}", file.display());
    let status = status(&[arguments, &["--format", &format]].concat(), folder);
    (status, serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap())
}

#[test]
fn findings_decide_the_status() {
    let folder = project(&[("a.py", "x = SLOW\ny = slow\n")]);
    let (ended, value) = report(&[], folder.path());
    assert_eq!(ended, Status::Findings);
    assert_eq!(value["findings"].as_array().unwrap().len(), 1);
    assert_eq!((&value["summary"]["hidden"], &value["summary"]["failing"]), (&1.into(), &1.into()));
    for (arguments, expected) in [
        (&["--exit-zero"][..], Status::Clean),
        (&["--fail-on", "high"], Status::Clean),
        (&["--ignore", "words"], Status::Clean),
        (&["--select", "strict"], Status::Clean),
        (&["--select", "strict,slow-word"], Status::Findings),
        (&["--select", "nonsense"], Status::Failed),
    ] {
        assert_eq!(report_status(arguments, folder.path()), expected, "{arguments:?}");
    }
    let (_, value) = report(&["--min-confidence", "low"], folder.path());
    assert_eq!(value["findings"].as_array().unwrap().len(), 2);
}

fn report_status(arguments: &[&str], folder: &Path) -> Status {
    let format = format!("compact={}", folder.join("out.txt").display());
    status(&[arguments, &["--format", &format]].concat(), folder)
}

#[test]
fn configured_severities_and_paths_hold() {
    let config = "fail-on = \"high\"\n[severity]\nwords = \"high\"\n[[per-path]]\npaths = [\"old*\"]\nseverity = { slow-word = \"low\" }\n";
    let folder = project(&[("perflint.toml", config), ("a.py", "SLOW"), ("old.py", "SLOW")]);
    let (ended, value) = report(&[], folder.path());
    assert_eq!(ended, Status::Findings);
    assert_eq!((&value["summary"]["high"], &value["summary"]["low"]), (&1.into(), &1.into()));
    assert_eq!(report_status(&["--isolated"], folder.path()), Status::Findings);
}

#[test]
fn comments_suppress_and_idle_ones_are_reported() {
    let folder = project(&[("a.py", "x = SLOW # ignore\ny = 1 # ignore\n")]);
    let (ended, value) = report(&[], folder.path());
    assert_eq!(ended, Status::Clean);
    assert_eq!(value["suppressed"].as_array().unwrap().len(), 1);
    assert_eq!(value["findings"][0]["rule"], "unused-suppression");
    assert_eq!(value["findings"][0]["start"]["line"], 2);
    fs::write(folder.path().join("perflint.toml"), "require-reason = true\n").unwrap();
    let (ended, value) = report(&[], folder.path());
    assert_eq!(ended, Status::Findings);
    assert_eq!(value["findings"].as_array().unwrap().len(), 3);
}

#[test]
fn known_findings_are_not_shown_even_when_lines_move() {
    let folder = project(&[("a.py", "x = SLOW\n"), ("b.py", "SLOW")]);
    let root = folder.path().display().to_string();
    let file = format!("{root}/known.json");
    let arguments = ["perflint", "baseline", &root, "--baseline", &file].map(OsString::from);
    assert_eq!(run(arguments, &Fake), Status::Clean);
    fs::write(folder.path().join("perflint.toml"), "baseline = \"known.json\"\n").unwrap();
    fs::write(folder.path().join("a.py"), "\n\nx = SLOW\n").unwrap();
    fs::rename(folder.path().join("b.py"), folder.path().join("c.py")).unwrap();
    let (ended, value) = report(&[], folder.path());
    assert_eq!((ended, &value["summary"]["known"]), (Status::Clean, &2.into()));
    fs::write(folder.path().join("a.py"), "x = SLOW\ny = SLOW\n").unwrap();
    assert_eq!(report(&[], folder.path()).0, Status::Findings);
    fs::write(folder.path().join("known.json"), "{}").unwrap();
    assert_eq!(report_status(&[], folder.path()), Status::Failed);
    fs::remove_file(folder.path().join("known.json")).unwrap();
    assert_eq!(report_status(&[], folder.path()), Status::Failed);
    assert_eq!(report(&["--no-baseline"], folder.path()).0, Status::Findings);
}

#[test]
fn a_panic_in_one_file_leaves_the_rest() {
    let folder = project(&[("a.py", "panic"), ("b.py", "SLOW")]);
    let (ended, value) = report(&[], folder.path());
    assert_eq!(ended, Status::Failed);
    assert_eq!(value["problems"][0]["kind"], "internal");
    assert_eq!(value["findings"].as_array().unwrap().len(), 1);
}

#[test]
fn failing_examples_fail() {
    let arguments = ["perflint", "rule", "test"].map(OsString::from);
    assert_eq!(run(arguments, &Fake), Status::Findings);
}
