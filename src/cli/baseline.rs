//! Takes the findings out of a report that a baseline knows.

use std::path::{Path, PathBuf};

use rustc_hash::{FxHashMap, FxHashSet};

use super::Failure;
use crate::config::Configs;
use crate::findings::{Problem, Report, baseline, fingerprint};
use crate::output::{Sources, json};
use crate::workspace::paths;

/// Drops known findings, each by the baseline of its own configuration, and counts again what fails.
pub fn apply(report: &mut Report, configs: &Configs, sources: &dyn Sources) -> Result<(), Failure> {
    let mut baselines: FxHashMap<PathBuf, FxHashSet<String>> = FxHashMap::default();
    for path in configs.all().iter().filter_map(|settings| settings.baseline.as_ref()) {
        if !baselines.contains_key(path) {
            baselines.insert(path.clone(), read(path, configs)?);
        }
    }
    if baselines.is_empty() {
        return Ok(());
    }
    let fingerprints = fingerprint::fingerprints(&report.findings, |finding| {
        let source = sources.source(&finding.path);
        source.and_then(|source| source.text.get(finding.span.range()).map(str::to_owned)).unwrap_or_default()
    });
    let before = report.findings.len();
    let settings = |path: &str| configs.for_file(&paths::absolute(configs.cwd(), Path::new(path)));
    let found = std::mem::take(&mut report.findings).into_iter().zip(fingerprints);
    let fresh = found.filter(|(finding, fingerprint)| {
        let settings = settings(&finding.path);
        let known = settings.baseline.as_ref().and_then(|path| baselines.get(path));
        known.is_none_or(|known| !known.contains(fingerprint))
    });
    report.findings = fresh.map(|(finding, _)| finding).collect();
    report.failing = report.findings.iter().filter(|finding| settings(&finding.path).fails(finding)).count();
    report.stats.known = before - report.findings.len();
    Ok(())
}

fn read(path: &Path, configs: &Configs) -> Result<FxHashSet<String>, Problem> {
    let shown = paths::shown(configs.cwd(), path);
    let problem = |message: String| Problem::input(message).at(shown.as_str(), None);
    let text = std::fs::read_to_string(path).map_err(|error| problem(format!("cannot read the baseline: {error}")))?;
    baseline::read(&text, json::VERSION).map_err(problem)
}
