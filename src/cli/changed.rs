//! `--since` and `--staged`: only what stands on added or changed lines is shown.

use std::path::{Path, PathBuf};

use super::args::CheckArgs;
use super::run::Run;
use crate::findings::{Finding, Problem};
use crate::output::Sources;
use crate::syntax::Language;
use crate::workspace::git::Repository;
use crate::workspace::{Changes, Source, paths};

/// What of a report is shown.
pub enum Scope {
    /// All of it.
    Everything,
    /// What changed in the working tree.
    Changed(Changes),
    /// What the next commit changes, and the files of which the working tree has more than that.
    Staged(Repository, Changes, Vec<PathBuf>),
}

impl Scope {
    /// The scope that the arguments ask for.
    ///
    /// # Errors
    /// There is no repository around `cwd` (an absolute path), or git cannot say what changed.
    pub fn asked(args: &CheckArgs, cwd: &Path) -> Result<Self, Problem> {
        if args.since.is_none() && !args.staged {
            return Ok(Self::Everything);
        }
        let repository = Repository::around(cwd)?;
        Ok(match &args.since {
            Some(reference) => Self::Changed(repository.changes_since(reference)?),
            None => {
                let changes = repository.staged()?;
                let unstaged = repository.unstaged()?;
                Self::Staged(repository, changes, unstaged)
            }
        })
    }

    /// Texts that stand in for those of the file system: what is staged, where the working tree has gone on.
    pub fn texts(&self) -> Vec<(PathBuf, String)> {
        let Self::Staged(repository, _, unstaged) = self else { return Vec::new() };
        let is_source = |path: &&PathBuf| path.to_str().is_some_and(|path| Language::of_path(path).is_some());
        let sources = unstaged.iter().filter(is_source);
        sources.filter_map(|path| Some((path.clone(), Source::decode(repository.staged_bytes(path)?).text))).collect()
    }

    /// Whether what is read of a file (an absolute path) is what the working tree has, so that it may be changed there.
    pub fn may_change(&self, path: &Path) -> bool {
        !matches!(self, Self::Staged(_, _, unstaged) if unstaged.iter().any(|one| one == path))
    }

    /// Takes out of a report what does not stand on changed lines.
    pub fn apply(&self, run: &mut Run) {
        let (Self::Changed(changes) | Self::Staged(_, changes, _)) = self else { return };
        let (report, sources, cwd) = (&mut run.report, &run.sources, run.configs.cwd());
        let before = report.findings.len();
        for findings in [&mut report.findings, &mut report.suppressed, &mut report.known] {
            findings.retain(|finding| is_changed(finding, changes, sources, cwd));
        }
        report.stats.unchanged = before - report.findings.len();
    }
}

/// Whether the place of a finding changed, or one that makes it in the same file: the loop around a query, the wait before
/// another.
fn is_changed(finding: &Finding, changes: &Changes, sources: &dyn Sources, cwd: &Path) -> bool {
    let path = paths::absolute(cwd, Path::new(&finding.path));
    let Some(source) = sources.source(&finding.path) else { return changes.touch(&path, 1, u32::MAX) };
    let labels = finding.related.iter().filter(|label| label.path == finding.path).map(|label| label.span);
    [finding.span, finding.region].into_iter().chain(labels).any(|span| {
        let last = span.end.saturating_sub(1).max(span.start);
        changes.touch(&path, source.lines.line(span.start), source.lines.line(last))
    })
}
