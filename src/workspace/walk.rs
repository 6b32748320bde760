//! Which files a run reads.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ignore::{DirEntry, WalkBuilder, WalkState};
use rustc_hash::FxHashSet;

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
        Some(Self { path, absolute, language, size, settings, text: None })
    }

    /// A file whose text is already here.
    pub fn with_text(configs: &Configs, absolute: PathBuf, text: String) -> Option<Self> {
        let file = Self::new(configs, absolute, text.len() as u64)?;
        Some(Self { text: Some(text.into()), ..file })
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
    walk.files.sort_by(|a, b| a.path.cmp(&b.path));
    walk.files.dedup_by(|a, b| a.path == b.path);
    walk.problems.sort_by(|a, b| (&a.path, &a.message).cmp(&(&b.path, &b.message)));
    walk
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
