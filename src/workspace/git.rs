//! What git says of the working tree, through its own command.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::Changes;
use super::paths;
use crate::findings::Problem;

/// How diffs are asked for, whatever the user's own settings are.
const DIFF: [&str; 9] = [
    "diff",
    "--no-color",
    "--no-ext-diff",
    "--no-textconv",
    "--unified=0",
    "--inter-hunk-context=0",
    "--ignore-submodules",
    "--src-prefix=a/",
    "--dst-prefix=b/",
];

/// A working tree.
#[derive(Clone, Debug)]
pub struct Repository {
    root: PathBuf,
}

impl Repository {
    /// The working tree around a folder (an absolute path).
    ///
    /// # Errors
    /// There is none, or git is not there.
    pub fn around(folder: &Path) -> Result<Self, Problem> {
        // Not the absolute path: that has links resolved, and would not fit the paths of the run.
        let up = git(folder, &["rev-parse", "--show-cdup"])?;
        Ok(Self { root: paths::absolute(folder, Path::new(up.trim_end_matches(['\n', '\r']))) })
    }

    /// What changed in the working tree since the branch left `reference`, or since `reference` itself if it is among what
    /// the branch builds on; files that git does not track yet count as new.
    ///
    /// # Errors
    /// There is no such commit, or git fails.
    pub fn changes_since(&self, reference: &str) -> Result<Changes, Problem> {
        let commit = format!("{reference}^{{commit}}");
        let Ok(commit) = git(&self.root, &["rev-parse", "--verify", "--quiet", "--end-of-options", &commit]) else {
            let help = "a shallow clone has only the newest commits: fetch the others first (`fetch-depth: 0` in GitHub's \
                        checkout, `GIT_DEPTH: 0` in GitLab)";
            return Err(Problem::input(format!("git knows no commit `{reference}`")).with_help(Some(help)));
        };
        let commit = commit.trim();
        // Unrelated histories have no common commit.
        let base = git(&self.root, &["merge-base", commit, "HEAD"]).unwrap_or_else(|_| commit.to_owned());
        let diff = git(&self.root, &[&DIFF[..], &["--find-renames", base.trim(), "--"]].concat())?;
        let mut changes = Changes::from_diff(&diff, &self.root);
        let untracked = git(&self.root, &["ls-files", "--others", "--exclude-standard", "-z"])?;
        for path in untracked.split('\0').filter(|path| !path.is_empty()) {
            changes.add_file(self.root.join(path));
        }
        Ok(changes)
    }

    /// What the next commit changes.
    ///
    /// # Errors
    /// git fails.
    pub fn staged(&self) -> Result<Changes, Problem> {
        let diff = git(&self.root, &[&DIFF[..], &["--find-renames", "--cached", "--"]].concat())?;
        Ok(Changes::from_diff(&diff, &self.root))
    }

    /// The tracked files (absolute paths) whose text in the working tree is not what is staged.
    ///
    /// # Errors
    /// git fails.
    pub fn unstaged(&self) -> Result<Vec<PathBuf>, Problem> {
        let names = git(&self.root, &["diff", "--name-only", "--no-renames", "--ignore-submodules", "-z", "--"])?;
        Ok(names.split('\0').filter(|name| !name.is_empty()).map(|name| self.root.join(name)).collect())
    }

    /// The staged bytes of a file (an absolute path); `None` if the next commit does not have it.
    pub fn staged_bytes(&self, path: &Path) -> Option<Vec<u8>> {
        let name = paths::with_slashes(path.strip_prefix(&self.root).ok()?);
        run(&self.root, &["cat-file", "blob", &format!(":{name}")]).ok()
    }
}

fn git(folder: &Path, arguments: &[&str]) -> Result<String, Problem> {
    run(folder, arguments).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

fn run(folder: &Path, arguments: &[&str]) -> Result<Vec<u8>, Problem> {
    let mut command = Command::new("git");
    // Names with other letters than ASCII's are not to be quoted; git is not to wait for a lock of another git.
    command.args(["-c", "core.quotePath=false", "--no-optional-locks"]).args(arguments).current_dir(folder);
    let output = command
        .output()
        .map_err(|error| Problem::input(format!("git, which knows what changed, cannot be run: {error}")))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let name = arguments.first().copied().unwrap_or_default();
    Err(Problem::input(format!("`git {name}` failed: {}", said.trim().trim_start_matches("fatal: "))))
}
