//! Which files a run reads.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ignore::{DirEntry, WalkBuilder, WalkState};
use rustc_hash::{FxHashMap, FxHashSet};

use super::excludes::Excludes;
use super::paths;
use crate::config::settings::Inclusion;
use crate::config::{Configs, Settings};
use crate::findings::Problem;
use crate::syntax::Language;

/// The project's own list of ignored files, beside `.gitignore`.
const IGNORE_FILE: &str = ".perflintignore";

/// A file to lint.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// The path as shown: from the current folder, with `/`.
    pub path: String,
    /// How many bytes of that path lead to the project, where that does not lie in the current folder: they say nothing of
    /// what the file is for.
    pub outside: u32,
    /// The same path, absolute.
    pub absolute: PathBuf,
    /// Its language.
    pub language: Language,
    /// Its size in bytes, so that the biggest can be read first.
    pub size: u64,
    /// What is configured for it.
    pub settings: Arc<Settings>,
    /// Its text where that is not to be read from the file system (standard input, an editor's buffer).
    pub text: Option<Arc<str>>,
    /// Whether just this file was asked for, so that it is linted whatever it looks like.
    pub is_asked_for: bool,
}

/// What a walk found.
#[derive(Clone, Debug, Default)]
pub struct Walk {
    /// Files to lint, sorted by path.
    pub files: Vec<SourceFile>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

/// How to walk.
#[derive(Clone, Copy, Debug, Default)]
pub struct WalkOptions {
    /// Leave files out that are ignored even if they are named as arguments.
    pub force_exclude: bool,
    /// Threads to walk with; 0 for as many as the machine has.
    pub threads: usize,
}

impl SourceFile {
    /// A file given by an absolute path; `None` if perflint does not read its language.
    pub fn new(configs: &Configs, absolute: PathBuf, size: u64) -> Option<Self> {
        let path = paths::shown(configs.cwd(), &absolute);
        let language = Language::of_path(&path)?;
        let settings = configs.for_file(&absolute);
        Some(Self { path, outside: 0, absolute, language, size, settings, text: None, is_asked_for: false })
    }

    /// Says where the project begins that the file belongs to.
    fn set_project(&mut self, root: &Path) {
        let inside = self.absolute.strip_prefix(root).map_or(0, |inside| paths::with_slashes(inside).len());
        self.outside = self.path.len().saturating_sub(inside) as u32;
    }

    /// The path from the root of the project, by which one may tell what the file is for.
    pub fn path_in_project(&self) -> &str {
        self.path.get(self.outside as usize..).unwrap_or(&self.path)
    }

    /// A file whose text is already here.
    pub fn with_text(configs: &Configs, absolute: PathBuf, text: String) -> Option<Self> {
        let file = Self::new(configs, absolute, text.len() as u64)?;
        Some(Self { text: Some(text.into()), is_asked_for: true, ..file })
    }
}

/// Finds the files to lint under `roots` (files or folders, from the current folder), without following links.
///
/// A file that is named as a root is taken even if it is ignored, unless `force_exclude` is set. A root that does not
/// exist is a problem of the input; an entry that cannot be read, one of that file.
pub fn walk(roots: &[PathBuf], configs: &Configs, options: WalkOptions) -> Walk {
    let mut walk = Walk::default();
    let (mut folders, mut named) = (Vec::new(), Vec::new());
    for root in roots {
        let absolute = paths::absolute(configs.cwd(), root);
        let shown = paths::shown(configs.cwd(), &absolute);
        match std::fs::metadata(&absolute) {
            Ok(metadata) if metadata.is_dir() => folders.push(absolute),
            Ok(metadata) if metadata.is_file() => named.push((absolute, metadata.len())),
            Ok(_) => walk.problems.push(Problem::input("this is neither a file nor a folder").at(shown, None)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                walk.problems
                    .push(Problem::input(format!("there is no file or folder `{}`", paths::with_slashes(root))));
            }
            Err(error) => walk.problems.push(Problem::input(format!("cannot be read: {error}")).at(shown, None)),
        }
    }
    if options.force_exclude {
        let wanted: FxHashSet<PathBuf> = named.into_iter().map(|(path, _)| path).collect();
        walk_named(configs, wanted, options, &mut walk);
    } else {
        walk.files.extend(named.into_iter().filter_map(|(path, size)| SourceFile::new(configs, path, size)));
    }
    if !folders.is_empty() {
        collect(&folders, configs, options, None, &mut walk);
    }
    find_projects(&mut walk.files, &folders, configs.cwd());
    walk.files.sort_by(|a, b| a.path.cmp(&b.path));
    walk.files.dedup_by(|a, b| a.path == b.path);
    walk.problems.sort_by(|a, b| (&a.path, &a.message).cmp(&(&b.path, &b.message)));
    walk
}

/// The files that are given by absolute paths, as if each had been named.
pub fn named<'a>(paths: impl IntoIterator<Item = &'a Path>, configs: &Configs) -> Walk {
    let mut files: Vec<SourceFile> =
        paths.into_iter().filter_map(|path| SourceFile::new(configs, path.to_owned(), 0)).collect();
    for file in &mut files {
        let own = file.absolute.parent().unwrap_or(configs.cwd()).to_owned();
        let repository = paths::repository(&own);
        file.set_project(if repository.join(".git").exists() { repository } else { &own });
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Walk { files, problems: Vec::new() }
}

/// Finds where the projects begin of files that are in another repository than the current folder's, or not in that folder:
/// in their repositories, else in the folder that was given (the deepest, if it lies in another), or in their own.
fn find_projects(files: &mut Vec<SourceFile>, folders: &[PathBuf], cwd: &Path) {
    let mut known: FxHashMap<PathBuf, PathBuf> = FxHashMap::default();
    for file in files {
        let own = file.absolute.parent().unwrap_or(cwd);
        let given =
            folders.iter().filter(|folder| own.starts_with(folder)).max_by_key(|folder| folder.as_os_str().len());
        let given = given.map_or(own, PathBuf::as_path);
        let root = known.entry(given.to_owned()).or_insert_with(|| paths::repository(given).to_owned());
        if file.absolute.starts_with(cwd) && (cwd.starts_with(&*root) || !root.join(".git").exists()) {
            continue;
        }
        file.set_project(root);
    }
}

/// Takes those named files that a walk from the current folder (or their own, if they lie elsewhere) would come upon.
fn walk_named(configs: &Configs, wanted: FxHashSet<PathBuf>, options: WalkOptions, walk: &mut Walk) {
    let mut roots: Vec<PathBuf> = wanted
        .iter()
        .map(|path| if path.starts_with(configs.cwd()) { configs.cwd() } else { path.parent().unwrap_or(path) })
        .map(Path::to_owned)
        .collect();
    roots.sort();
    roots.dedup();
    if !roots.is_empty() {
        let on_the_way = wanted.iter().flat_map(|path| path.ancestors()).map(Path::to_owned).collect();
        collect(&roots, configs, options, Some(on_the_way), walk);
    }
}

/// Walks folders in parallel. With `only`, nothing but those paths is looked at.
fn collect(
    roots: &[PathBuf],
    configs: &Configs,
    options: WalkOptions,
    only: Option<FxHashSet<PathBuf>>,
    walk: &mut Walk,
) {
    let Some((first, rest)) = roots.split_first() else { return };
    let mut builder = WalkBuilder::new(first);
    for root in rest {
        builder.add(root);
    }
    let found = Mutex::new(Walk::default());
    builder
        .require_git(false)
        .follow_links(false)
        .add_custom_ignore_filename(IGNORE_FILE)
        .threads(options.threads)
        .filter_entry(move |entry| entry.depth() == 0 || only.as_ref().is_none_or(|only| only.contains(entry.path())));
    builder.build_parallel().run(|| {
        let mut batch = Batch { walk: Walk::default(), into: &found };
        Box::new(move |entry| {
            match entry {
                Ok(entry) => return visit(&entry, configs, &mut batch.walk.files),
                Err(error) => batch.walk.problems.push(unreadable(configs.cwd(), &error)),
            }
            WalkState::Continue
        })
    });
    let found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    walk.files.extend(found.files);
    walk.problems.extend(found.problems);
}

/// What one thread found; handed over when the thread ends.
struct Batch<'a> {
    walk: Walk,
    into: &'a Mutex<Walk>,
}

impl Drop for Batch<'_> {
    fn drop(&mut self) {
        let mut into = self.into.lock().unwrap_or_else(PoisonError::into_inner);
        into.files.append(&mut self.walk.files);
        into.problems.append(&mut self.walk.problems);
    }
}

fn visit(entry: &DirEntry, configs: &Configs, files: &mut Vec<SourceFile>) -> WalkState {
    let Some(kind) = entry.file_type() else { return WalkState::Continue };
    if entry.depth() == 0 {
        return WalkState::Continue;
    }
    let path = entry.path();
    if kind.is_dir() {
        let settings = configs.for_file(path);
        return if is_left_out(&settings, path, true) { WalkState::Skip } else { WalkState::Continue };
    }
    // Asked before anything else, since most files are of no language that perflint reads.
    let is_source = kind.is_file() && path.to_str().is_some_and(|path| Language::of_path(path).is_some());
    if !is_source {
        return WalkState::Continue;
    }
    let settings = configs.for_file(path);
    if is_left_out(&settings, path, false) || !settings.includes(path) {
        return WalkState::Continue;
    }
    let size = entry.metadata().map_or(0, |metadata| metadata.len());
    files.extend(SourceFile::new(configs, path.to_owned(), size));
    WalkState::Continue
}

/// Whether a walk from a folder would take a file (absolute paths) that is not there yet, as far as the configuration says.
pub fn would_take(configs: &Configs, root: &Path, file: &Path) -> bool {
    let Ok(inside) = file.strip_prefix(root) else { return false };
    let folders = inside.ancestors().skip(1).filter(|folder| !folder.as_os_str().is_empty()).map(|sub| root.join(sub));
    let mut folders = folders.map(|folder| (configs.for_file(&folder), folder));
    let settings = configs.for_file(file);
    !folders.any(|(settings, folder)| is_left_out(&settings, &folder, true))
        && !is_left_out(&settings, file, false)
        && settings.includes(file)
}

fn is_left_out(settings: &Settings, path: &Path, is_folder: bool) -> bool {
    match settings.exclusion(path, is_folder) {
        Inclusion::Excluded => true,
        Inclusion::BroughtBack => false,
        Inclusion::Unsaid if is_folder => Excludes::default_set().matches_folder(path),
        Inclusion::Unsaid => {
            path.file_name().and_then(|name| name.to_str()).is_some_and(|n| Excludes::default_set().matches_file(n))
        }
    }
}

fn unreadable(cwd: &Path, error: &ignore::Error) -> Problem {
    let mut message = error.to_string();
    let mut inner = error;
    loop {
        match inner {
            ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => inner = err,
            ignore::Error::WithPath { path, err } => {
                message = err.to_string();
                return Problem::file(paths::shown(cwd, path), format!("cannot be read: {message}"));
            }
            _ => break,
        }
    }
    Problem { path: None, ..Problem::file("", message) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Overrides, Source};
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

    fn found(folder: &Path, roots: &[&str], force_exclude: bool) -> (Vec<String>, Vec<Problem>) {
        let configs = Configs::new(folder, &Source::Nearest, Overrides::default());
        let roots: Vec<PathBuf> = roots.iter().map(PathBuf::from).collect();
        let walk = walk(&roots, &configs, WalkOptions { force_exclude, threads: 2 });
        (walk.files.into_iter().map(|file| file.path).collect(), walk.problems)
    }

    #[test]
    fn ignored_hidden_vendored_and_generated_files_are_left_out() {
        let folder = project(&[
            (".gitignore", "secret.py\n/out-of-date/\n"),
            (".perflintignore", "drafts/\n"),
            ("secret.py", ""),
            ("out-of-date/a.py", ""),
            ("drafts/a.py", ""),
            (".hidden/a.py", ""),
            ("node_modules/x/a.js", ""),
            ("a_pb2.py", ""),
            ("package.json", "{}"),
            ("dist/a.js", ""),
            ("src/dist/b.js", ""),
            ("src/c.ts", ""),
            ("src/readme.md", ""),
            ("b.py", ""),
        ]);
        assert_eq!(found(folder.path(), &["."], false).0, ["b.py", "src/c.ts", "src/dist/b.js"]);
        assert_eq!(found(folder.path(), &["secret.py", "src", "b.py", "src/../b.py"], false).0.len(), 4);
        assert_eq!(found(folder.path(), &["secret.py", "b.py", "node_modules/x/a.js"], true).0, ["b.py"]);
    }

    #[test]
    fn configured_patterns_hold_from_their_folder() {
        let folder = project(&[
            ("perflint.toml", "exclude = [\"old/\", \"!third_party/\"]\ninclude = [\"*.py\"]\n"),
            ("old/a.py", ""),
            ("third_party/a.py", ""),
            ("a.js", ""),
            ("sub/perflint.toml", "exclude = [\"b.py\"]\n"),
            ("sub/a.js", ""),
            ("sub/b.py", ""),
        ]);
        assert_eq!(found(folder.path(), &["."], false).0, ["sub/a.js", "third_party/a.py"]);
    }

    #[test]
    fn what_leads_to_a_project_says_nothing_of_its_files() {
        let folder = project(&[
            ("here/tests/a.py", ""),
            ("examples/app/src/b.py", ""),
            ("examples/app/tests/c.py", ""),
            ("scripts/repo/.git/HEAD", ""),
            ("scripts/repo/src/d.py", ""),
        ]);
        let inside = |cwd: &str, root: &str| {
            let configs = Configs::new(&folder.path().join(cwd), &Source::Nearest, Overrides::default());
            let walk = walk(&[folder.path().join(root)], &configs, WalkOptions::default());
            walk.files.iter().map(|file| file.path_in_project().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(inside("here", "here/tests"), ["tests/a.py"]);
        assert_eq!(inside("here", "examples/app"), ["src/b.py", "tests/c.py"]);
        assert_eq!(inside("here", "examples/app/src/b.py"), ["b.py"]);
        assert_eq!(inside("here", "scripts/repo/src"), ["src/d.py"]);
        assert_eq!(inside("", "scripts/repo"), ["src/d.py"]);
        assert_eq!(inside("scripts/repo/src", "scripts/repo/src"), ["d.py"]);
    }

    #[test]
    fn missing_roots_are_problems() {
        let folder = project(&[("a.py", "")]);
        let (files, problems) = found(folder.path(), &["a.py", "nowhere"], false);
        assert_eq!(files, ["a.py"]);
        assert!(problems[0].fails_run() && problems[0].message.contains("nowhere"));
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed() {
        let folder = project(&[("src/a.py", "")]);
        std::os::unix::fs::symlink(folder.path(), folder.path().join("src/loop")).unwrap();
        assert_eq!(found(folder.path(), &["."], false).0, ["src/a.py"]);
    }
}
