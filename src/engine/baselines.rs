//! Known findings: which baseline a finding is looked up in, and what a report keeps.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::config::load::json_span;
use crate::config::settings::BaselineFile;
use crate::config::{Configs, Settings};
use crate::findings::baseline::{Baseline, Key};
use crate::findings::{BaselineState, Finding, Problem, Report};
use crate::workspace::{Source, paths};

/// Gives the text of a file by its path in the report.
pub type Texts<'t> = &'t dyn Fn(&str) -> Option<Arc<Source>>;

/// Takes the findings that baselines know out of a report, each by the baseline of its own configuration.
///
/// # Errors
/// A baseline cannot be read, or one that is named is not there.
pub fn apply(report: &mut Report, configs: &Configs, texts: Texts<'_>) -> Result<(), Problem> {
    let mut findings: Vec<Option<Finding>> = std::mem::take(&mut report.findings).into_iter().map(Some).collect();
    let groups = by_baseline(findings.iter().map(Option::as_ref), configs);
    let taken = take_known(&mut findings, groups, report, configs, texts);
    report.findings = findings.into_iter().flatten().collect();
    report.sort();
    taken
}

fn take_known(
    findings: &mut [Option<Finding>],
    groups: Vec<(PathBuf, Vec<usize>)>,
    report: &mut Report,
    configs: &Configs,
    texts: Texts<'_>,
) -> Result<(), Problem> {
    for (file, rows) in groups {
        let Some(baseline) = read(&file, configs)? else { continue };
        let folder = folder(&file);
        let found = rows.iter().filter_map(|&row| findings[row].as_ref());
        let keys: Vec<Key> = found.map(|finding| key(finding, folder, configs, texts)).collect();
        let matched = baseline.matched(&keys, |path| folder.join(path).exists());
        for (row, known) in rows.into_iter().zip(matched.known) {
            let state = if known { BaselineState::Known } else { BaselineState::New };
            let Some(finding) = &mut findings[row] else { continue };
            finding.baseline = Some(state);
            if known {
                report.known.extend(findings[row].take());
            }
        }
        report.stats.gone += matched.gone.len();
    }
    Ok(())
}

/// The settings of a file by its path in the report.
pub fn settings_of(configs: &Configs, path: &str) -> Arc<Settings> {
    configs.for_file(&paths::absolute(configs.cwd(), Path::new(path)))
}

/// The rows of findings that each baseline is asked about; those of files without one are not among them.
pub fn by_baseline<'f>(
    findings: impl Iterator<Item = Option<&'f Finding>>,
    configs: &Configs,
) -> Vec<(PathBuf, Vec<usize>)> {
    let mut rows: FxHashMap<PathBuf, Vec<usize>> = FxHashMap::default();
    for (row, finding) in findings.enumerate() {
        let settings = finding.map(|finding| settings_of(configs, &finding.path));
        let file = settings.as_ref().and_then(|settings| settings.baseline.path());
        if let Some(file) = file {
            rows.entry(file.to_owned()).or_default().push(row);
        }
    }
    let mut rows: Vec<_> = rows.into_iter().collect();
    rows.sort();
    rows
}

/// The folder that the paths in a baseline are from.
pub fn folder(file: &Path) -> &Path {
    file.parent().unwrap_or(file)
}

/// What a finding is known by in a baseline of a folder.
pub fn key(finding: &Finding, folder: &Path, configs: &Configs, texts: Texts<'_>) -> Key {
    let source = texts(&finding.path);
    let code = source.as_ref().and_then(|source| source.text.get(finding.span.range())).unwrap_or_default();
    let path = paths::shown(folder, &paths::absolute(configs.cwd(), Path::new(&finding.path)));
    Key::new(finding, path, code)
}

/// Reads a baseline; `None` if there is none, and none is named.
///
/// # Errors
/// It cannot be read, is not valid, or is named and not there.
pub fn read(file: &Path, configs: &Configs) -> Result<Option<Baseline>, Problem> {
    let shown = paths::shown(configs.cwd(), file);
    let problem = |message: String| Problem::input(message).at(shown.as_str(), None);
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let named = BaselineFile::Named(file.to_owned());
            if configs.all().iter().any(|settings| settings.baseline == named) {
                let help = "`perflint baseline` writes it";
                return Err(problem("the baseline is not there".to_owned()).with_help(Some(help)));
            }
            return Ok(None);
        }
        Err(error) => return Err(problem(format!("cannot read the baseline: {error}"))),
    };
    Baseline::read(&text).map(Some).map_err(|error| {
        let message = error.to_string();
        let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(head, _)| head);
        let help = "take out the marks of a merge, or delete the file and write it anew with `perflint baseline`";
        let problem = Problem::input(format!("the baseline is not valid: {message}"));
        problem.at(shown.as_str(), json_span(&text, &error)).with_help(Some(help))
    })
}
