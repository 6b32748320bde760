//! `--fix`, `--fix-suggested`, `--diff`: what is found is fixed, pass after pass, and then written or shown.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use similar::TextDiff;

use super::args::CheckArgs;
use super::run::Run;
use crate::findings::fix::{Fix, apply_all};
use crate::findings::{Finding, Problem, Safety};
use crate::output::Sources as _;
use crate::workspace::{Source, paths};

/// Lines of a file that a diff shows around what changes.
const DIFF_CONTEXT: usize = 3;

/// What was fixed so far.
#[derive(Default)]
pub struct Fixed {
    /// The files that change: as they were, and as they are to be.
    files: BTreeMap<String, (Arc<Source>, String)>,
    /// How many findings were fixed.
    pub count: usize,
}

/// The fixes that the arguments ask to be made, if any.
pub fn asked(args: &CheckArgs) -> Option<Safety> {
    if args.fix_suggested { Some(Safety::Suggested) } else { (args.fix || args.diff).then_some(Safety::Safe) }
}

impl Fixed {
    /// Fixes what was found, one fix a finding, in those files that `may_change`, and takes it out of the report; says
    /// whether there was anything.
    pub fn pass(&mut self, run: &mut Run, asked: Safety, may_change: impl Fn(&str) -> bool) -> bool {
        let before = self.count;
        let mut left = Vec::new();
        for findings in run.report.findings.chunk_by(|one, next| one.path == next.path) {
            let path = &findings[0].path;
            let source = run.sources.source(path).filter(|_| may_change(path));
            let best = |finding: &Finding| finding.fixes.iter().find(|fix| fix.safety <= asked).cloned();
            let fixes: Vec<Option<Fix>> = findings.iter().map(best).collect();
            let text = source.as_ref().map(|source| apply_all(&source.text, &fixes));
            match (source, text) {
                (Some(source), Some((text, made))) if made.contains(&true) => {
                    self.count += made.iter().filter(|made| **made).count();
                    left.extend(findings.iter().zip(made).filter(|(_, made)| !made).map(|(one, _)| one.clone()));
                    self.files.entry(path.clone()).or_insert_with(|| (source, String::new())).1 = text;
                }
                _ => left.extend(findings.iter().cloned()),
            }
        }
        run.report.findings = left;
        run.count_failing();
        self.count > before
    }

    /// The texts of the changed files, by absolute path.
    pub fn texts(&self, cwd: &Path) -> Vec<(PathBuf, String)> {
        self.files.iter().map(|(path, (_, text))| (paths::absolute(cwd, Path::new(path)), text.clone())).collect()
    }

    /// The text of a file as it is now, if it was changed.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(|(_, text)| text.as_str())
    }

    /// A unified diff of all changes.
    pub fn diff(&self) -> String {
        let mut text = String::new();
        for (path, (source, new)) in &self.files {
            let diff = TextDiff::from_lines(source.text.as_str(), new.as_str());
            let mut unified = diff.unified_diff();
            text.push_str(
                &unified.context_radius(DIFF_CONTEXT).header(&format!("a/{path}"), &format!("b/{path}")).to_string(),
            );
        }
        text
    }

    /// Writes the changed files. One whose bytes are not those that were read, since it changed meanwhile or is in another
    /// encoding than UTF-8, is left alone.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn write(&self, cwd: &Path) -> anyhow::Result<Vec<Problem>> {
        let mut problems = Vec::new();
        for (path, (source, new)) in &self.files {
            let target = paths::absolute(cwd, Path::new(path));
            // A link stays one.
            let target = fs::canonicalize(&target).unwrap_or(target);
            if fs::read(&target).ok().as_deref() != Some(source.stored_text().as_bytes()) {
                let message = "not fixed: the file is not UTF-8, or has changed since it was read";
                problems.push(Problem::file(path, message));
                continue;
            }
            let stored = Source { text: new.clone(), ..Source::clone(source) };
            replace(&target, stored.stored_text().as_bytes()).with_context(|| format!("{path} cannot be written"))?;
        }
        Ok(problems)
    }
}

/// Writes a file in one step, so that nobody sees half of it; its permissions stay.
fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!(".{name}.perflint-{}", std::process::id()));
    let permissions = fs::metadata(path)?.permissions();
    let written = fs::write(&beside, bytes)
        .and_then(|()| fs::set_permissions(&beside, permissions))
        .and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // What is left of the attempt is of no use.
        let _ = fs::remove_file(&beside);
    }
    written
}
