//! Which configuration holds for a folder: the nearest one up.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::FxHashMap;

use super::load::{self, FileKind};
use super::settings::{BaselineFile, Overrides, Settings};
use crate::findings::{Problem, RuleInfo};
use crate::workspace::paths;

/// Where configurations come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The nearest file up from each folder, within its repository.
    Nearest,
    /// One file for everything.
    File(PathBuf),
    /// None: the defaults.
    Isolated,
}

/// The configurations of a run, found as folders are asked for. Can be shared by threads.
#[derive(Debug)]
pub struct Configs {
    cwd: PathBuf,
    overrides: Overrides,
    fixed: Option<Arc<Settings>>,
    defaults: Arc<Settings>,
    found: Mutex<Found>,
}

#[derive(Debug, Default)]
struct Found {
    by_folder: FxHashMap<PathBuf, Arc<Settings>>,
    distinct: Vec<Arc<Settings>>,
    problems: Vec<Problem>,
}

impl Configs {
    /// Sets up discovery; `cwd` must be absolute. A file given by name is read at once, and what is wrong with it is
    /// among [`Self::problems`].
    pub fn new(cwd: &Path, source: &Source, overrides: Overrides) -> Self {
        let mut defaults = Settings::defaults(paths::repository(cwd), &overrides);
        if *source == Source::Isolated && overrides.baseline.is_none() {
            defaults.baseline = BaselineFile::None;
        }
        let defaults = Arc::new(defaults);
        let mut configs =
            Self { cwd: cwd.to_owned(), overrides, fixed: None, defaults, found: Mutex::new(Found::default()) };
        configs.fixed = match source {
            Source::Nearest => None,
            Source::Isolated => Some(Arc::clone(&configs.defaults)),
            Source::File(path) => {
                let mut found = Found::default();
                let path = paths::absolute(cwd, path);
                let settings = configs.read(&path, cwd, &mut found).unwrap_or_else(|| {
                    if found.problems.is_empty() {
                        let problem = Problem::input("this file says nothing of perflint");
                        found.problems.push(problem.at(paths::shown(cwd, &path), None));
                    }
                    Arc::clone(&configs.defaults)
                });
                configs.found = Mutex::new(found);
                Some(settings)
            }
        };
        configs
    }

    /// The folder that paths are shown from.
    pub fn cwd(&self) -> &Path {
        &self.cwd
    }

    /// The settings for the files of a folder (an absolute path).
    pub fn for_folder(&self, folder: &Path) -> Arc<Settings> {
        if let Some(settings) = &self.fixed {
            return Arc::clone(settings);
        }
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        let mut asked = Vec::new();
        let mut settings = None;
        for folder in folder.ancestors() {
            settings = found.by_folder.get(folder).cloned();
            if settings.is_some() {
                break;
            }
            asked.push(folder);
            settings = self.read_folder(folder, &mut found);
            // What lies outside a repository must not decide how its code is judged.
            if settings.is_some() || folder.join(".git").exists() {
                break;
            }
        }
        let settings = settings.unwrap_or_else(|| Arc::clone(&self.defaults));
        for folder in asked {
            found.by_folder.insert(folder.to_owned(), Arc::clone(&settings));
        }
        settings
    }

    /// The settings for a file (an absolute path).
    pub fn for_file(&self, path: &Path) -> Arc<Settings> {
        self.for_folder(path.parent().unwrap_or(path))
    }

    /// All different settings that were asked for so far.
    pub fn all(&self) -> Vec<Arc<Settings>> {
        let found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        let base = self.fixed.iter().chain(std::iter::once(&self.defaults)).take(1);
        let mut all: Vec<_> = base.chain(&found.distinct).cloned().collect();
        all.dedup_by(|a, b| Arc::ptr_eq(a, b));
        all
    }

    /// What is wrong with the configurations read so far, words that name no rule included.
    pub fn problems(&self, rules: &[RuleInfo]) -> Vec<Problem> {
        let mut problems = self.load_problems();
        problems.extend(self.all().iter().flat_map(|settings| settings.check_names(rules)));
        problems
    }

    /// What is wrong with the configurations read so far, apart from names of rules.
    pub fn load_problems(&self) -> Vec<Problem> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner).problems.clone()
    }

    fn read_folder(&self, folder: &Path, found: &mut Found) -> Option<Arc<Settings>> {
        FileKind::NAMES.iter().find_map(|(name, _)| {
            let path = folder.join(name);
            if path.is_file() { self.read(&path, folder, found) } else { None }
        })
    }

    /// Reads a file. After an error the defaults stand in, so that the same error is not met again further up.
    fn read(&self, path: &Path, root: &Path, found: &mut Found) -> Option<Arc<Settings>> {
        let place = paths::shown(&self.cwd, path);
        let settings = match load::load(&self.cwd, path) {
            Ok(None) => return None,
            Ok(Some(layers)) => Arc::new(Settings::resolve(root, place, layers, &self.overrides, &mut found.problems)),
            Err(problem) => {
                found.problems.push(problem);
                return Some(Arc::clone(&self.defaults));
            }
        };
        found.distinct.push(Arc::clone(&settings));
        Some(settings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::selection::tests::rule;
    use crate::findings::Severity;
    use std::fs;

    fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    #[test]
    fn the_nearest_file_holds() {
        let folder = project(&[
            ("perflint.toml", "fail-on = \"high\"\n"),
            ("web/package.json", "{\"perflint\": {\"fail-on\": \"low\"}}"),
            ("api/package.json", "{}"),
            ("other/.git", ""),
        ]);
        let root = folder.path();
        let configs = Configs::new(root, &Source::Nearest, Overrides::default());
        assert_eq!(configs.for_folder(&root.join("web/src/deep")).fail_on, Severity::Low);
        assert_eq!(configs.for_folder(&root.join("api/src")).fail_on, Severity::High);
        assert_eq!(configs.for_folder(&root.join("other/src")).fail_on, Severity::Medium);
        assert!(configs.problems(&[]).is_empty());
        let isolated = Configs::new(root, &Source::Isolated, Overrides::default());
        assert_eq!(isolated.for_folder(root).fail_on, Severity::Medium);
    }

    #[test]
    fn files_build_on_others_but_not_on_themselves() {
        let folder = project(&[
            ("base/strict.toml", "fail-on = \"low\"\nselect = [\"all\"]\nignore = [\"a\"]\n"),
            ("perflint.toml", "extends = \"base/strict.toml\"\nfail-on = \"high\"\nignore = [\"c\"]\n"),
            ("loop/perflint.toml", "extends = \"perflint.toml\"\n"),
        ]);
        let configs = Configs::new(folder.path(), &Source::Nearest, Overrides::default());
        let settings = configs.for_folder(folder.path());
        assert_eq!(settings.fail_on, Severity::High);
        assert_eq!(settings.selection.select, ["all"]);
        assert_eq!(settings.selection.ignore, ["a", "c"]);
        configs.for_folder(&folder.path().join("loop"));
        assert!(configs.load_problems()[0].message.contains("extends itself"));
    }

    #[test]
    fn paths_and_unknown_rules() {
        let folder = project(&[(
            "perflint.toml",
            "select = [\"all\"]\nexclude = [\"legacy/\", \"!vendor/\"]\n[severity]\nslow = \"high\"\n\
             [[per-path]]\npaths = [\"tests/\"]\nignore = [\"slwo\", \"slow\"]\n",
        )]);
        let root = folder.path();
        let configs = Configs::new(root, &Source::Nearest, Overrides::default());
        let settings = configs.for_folder(root);
        let slow = rule("slow", "sql", false);
        assert!(settings.is_on(&slow, &root.join("src/a.py")));
        assert!(!settings.is_on(&slow, &root.join("tests/unit/a.py")));
        assert_eq!(settings.severity(&slow, &root.join("a.py")), Some(Severity::High));
        use crate::config::settings::Inclusion;
        assert_eq!(settings.exclusion(&root.join("legacy/a.py"), false), Inclusion::Excluded);
        assert_eq!(settings.exclusion(&root.join("vendor"), true), Inclusion::BroughtBack);
        let problems = configs.problems(&[slow]);
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].help.as_deref(), Some("did you mean `slow`?"));
    }
}
