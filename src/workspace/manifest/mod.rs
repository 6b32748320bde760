//! What the projects around the files depend on, and how they are laid out: read from dependency manifests.

mod cargo;
mod javascript;
mod jsonc;
mod python;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::paths;
use crate::findings::Problem;
use crate::syntax::Family;

pub use cargo::CargoPackage;
pub use javascript::{JsPackage, TsConfig};

/// The names of a set of libraries in one ecosystem, in a normal form.
pub type Names = FxHashSet<Box<str>>;

/// What a folder's code depends on.
#[derive(Clone, Debug, Default)]
pub struct Dependencies {
    javascript: Option<Arc<Names>>,
    python: Option<Arc<Names>>,
    rust: Option<Arc<Names>>,
}

impl Dependencies {
    /// Whether a library is depended on. Python's and Rust's names are compared as their registries do.
    pub fn has(&self, family: Family, name: &str) -> bool {
        let Some(names) = self.names(family) else { return false };
        match family {
            Family::Python => names.contains(python::normal(name).as_str()),
            Family::Rust => names.contains(cargo::normal(name).as_str()),
            Family::JavaScript | Family::Sql => names.contains(name),
        }
    }

    /// Whether any manifest speaks for this family; without one nothing can be said of what is absent.
    pub fn is_known(&self, family: Family) -> bool {
        self.names(family).is_some()
    }

    /// All names of a family, in normal form.
    pub fn names(&self, family: Family) -> Option<&Names> {
        match family {
            Family::JavaScript => self.javascript.as_deref(),
            Family::Python => self.python.as_deref(),
            Family::Rust => self.rust.as_deref(),
            Family::Sql => None,
        }
    }
}

/// How the projects are laid out. Folders and files are as shown in reports; the current folder is the empty string.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// TypeScript configurations that map import paths, the deepest folder first.
    pub tsconfigs: Vec<TsConfig>,
    /// JavaScript packages of the project, the deepest folder first.
    pub js_packages: Vec<JsPackage>,
    /// Rust packages of the project, the deepest folder first.
    pub cargo_packages: Vec<CargoPackage>,
    /// Folders that Python's imports may count from, the deepest first.
    pub python_roots: Vec<String>,
}

/// The manifests of a run.
#[derive(Clone, Debug, Default)]
pub struct Manifests {
    by_folder: FxHashMap<PathBuf, Arc<Dependencies>>,
    nothing: Arc<Dependencies>,
    /// How the projects are laid out.
    pub layout: Layout,
}

/// What the manifests of one folder say.
#[derive(Debug, Default)]
struct Folder {
    package: Option<javascript::Package>,
    tsconfig: Option<javascript::RawTsConfig>,
    python: Option<python::Project>,
    cargo: Option<cargo::Manifest>,
    is_repository: bool,
    problems: Vec<Problem>,
}

impl Folder {
    /// Whether the code in the folder depends on what that of the folder above it does.
    fn adds_nothing(&self) -> bool {
        self.package.is_none() && self.python.is_none() && self.cargo.is_none() && !self.is_repository
    }
}

impl Manifests {
    /// Reads the manifests in the folders of `files` (absolute paths) and in those above, up to the repository's root.
    /// Manifests that cannot be understood are problems; nothing is said of their folders then.
    pub fn load<'a>(cwd: &Path, files: impl IntoIterator<Item = &'a Path>) -> (Self, Vec<Problem>) {
        let folders: FxHashSet<&Path> = files.into_iter().filter_map(Path::parent).collect();
        let all: FxHashSet<&Path> = folders.iter().flat_map(|folder| folder.ancestors()).collect();
        let mut all: Vec<&Path> = all.into_iter().collect();
        all.sort_by(|a, b| b.components().count().cmp(&a.components().count()).then(a.cmp(b)));
        let read: Vec<Folder> = all.par_iter().map(|folder| read_folder(cwd, folder)).collect();
        let problems = read.iter().flat_map(|folder| folder.problems.clone()).collect();
        let read: FxHashMap<&Path, Folder> = all.iter().copied().zip(read).collect();
        let mut manifests = Self { layout: layout(cwd, &all, &read), ..Self::default() };
        let local = local_packages(&read);
        let mut resolved: FxHashMap<&Path, Arc<Dependencies>> = FxHashMap::default();
        // Shallow folders first: most have no manifest, and share what the one above them has.
        for folder in all.iter().copied().rev() {
            let above = folder.parent().filter(|_| read.get(folder).is_some_and(Folder::adds_nothing));
            let found = match above.and_then(|above| resolved.get(above)) {
                Some(above) => Arc::clone(above),
                None => Arc::new(resolve(folder, &read, &local)),
            };
            resolved.insert(folder, found);
        }
        resolved.retain(|folder, _| folders.contains(folder));
        manifests.by_folder = resolved.into_iter().map(|(folder, found)| (folder.to_owned(), found)).collect();
        (manifests, problems)
    }

    /// What a file (an absolute path that was among those loaded) may use.
    pub fn of(&self, path: &Path) -> &Dependencies {
        path.parent().and_then(|folder| self.by_folder.get(folder)).unwrap_or(&self.nothing)
    }

    /// What a file may use, to keep.
    pub fn shared(&self, path: &Path) -> Arc<Dependencies> {
        Arc::clone(path.parent().and_then(|folder| self.by_folder.get(folder)).unwrap_or(&self.nothing))
    }
}

fn read_folder(cwd: &Path, path: &Path) -> Folder {
    let mut folder = Folder::default();
    let Ok(entries) = std::fs::read_dir(path) else { return folder };
    let mut names: Vec<String> = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    let mut python = python::Project::default();
    for name in &names {
        let file = path.join(name);
        let result = match name.as_str() {
            ".git" => {
                folder.is_repository = true;
                Ok(())
            }
            "package.json" => javascript::package(&file).map(|package| folder.package = Some(package)),
            "tsconfig.json" => javascript::tsconfig(&file).map(|config| folder.tsconfig = Some(config)),
            "jsconfig.json" if folder.tsconfig.is_none() => {
                javascript::tsconfig(&file).map(|config| folder.tsconfig = Some(config))
            }
            "Cargo.toml" => cargo::manifest(&file).map(|manifest| folder.cargo = Some(manifest)),
            _ => python.read(&file, name),
        };
        if let Err(message) = result {
            folder.problems.push(Problem::file(paths::shown(cwd, &file), message));
        }
    }
    if let Some(package) = &mut folder.package {
        package.is_workspace |= names.iter().any(|name| name == "pnpm-workspace.yaml" || name == "lerna.json");
    }
    folder.python = python.is_there().then_some(python);
    folder
}

/// The folders from `folder` up to the repository's root.
fn upwards<'a, 'b>(
    folder: &'a Path,
    read: &'b FxHashMap<&Path, Folder>,
) -> impl Iterator<Item = &'b Folder> + use<'a, 'b> {
    let mut ended = false;
    folder.ancestors().map_while(move |path| {
        if ended {
            return None;
        }
        let folder = read.get(path)?;
        ended = folder.is_repository;
        Some(folder)
    })
}

/// What each named package of the project depends on.
fn local_packages<'r>(read: &'r FxHashMap<&Path, Folder>) -> FxHashMap<&'r str, &'r Names> {
    let packages = read.values().filter_map(|folder| folder.package.as_ref());
    packages.filter_map(|package| Some((package.name.as_deref()?, &*package.names))).collect()
}

/// Adds what the project's own packages among the names depend on: an application whose database package has the
/// driver uses the driver through it.
fn add_reached(names: &mut Arc<Names>, local: &FxHashMap<&str, &Names>) {
    let is_local = |name: &str| local.contains_key(name);
    let mut pending: Vec<Box<str>> = names.iter().filter(|name| is_local(name)).cloned().collect();
    let mut seen: FxHashSet<Box<str>> = pending.iter().cloned().collect();
    while let Some(name) = pending.pop() {
        let Some(theirs) = local.get(&*name) else { continue };
        let all = Arc::make_mut(names);
        for further in theirs.iter() {
            all.insert(further.clone());
            if is_local(further) && seen.insert(further.clone()) {
                pending.push(further.clone());
            }
        }
    }
}

fn resolve(path: &Path, read: &FxHashMap<&Path, Folder>, local: &FxHashMap<&str, &Names>) -> Dependencies {
    let mut packages = upwards(path, read).filter_map(|folder| folder.package.as_ref());
    let nearest = packages.by_ref().find(|package| package.is_project);
    let javascript = nearest.map(|nearest| {
        // What the root of a workspace depends on is installed where all its members find it.
        let roots = packages.filter(|package| package.is_workspace);
        let mut names = roots.fold(Arc::clone(&nearest.names), |mut names, root| {
            Arc::make_mut(&mut names).extend(root.names.iter().cloned());
            names
        });
        add_reached(&mut names, local);
        names
    });
    let python = upwards(path, read).find_map(|folder| folder.python.as_ref()?.names.clone().map(Arc::new));
    let mut manifests = upwards(path, read).filter_map(|folder| folder.cargo.as_ref());
    let rust = manifests.next().map(|manifest| Arc::clone(&manifest.names));
    Dependencies { javascript, python, rust }
}

fn layout(cwd: &Path, folders: &[&Path], read: &FxHashMap<&Path, Folder>) -> Layout {
    let mut layout = Layout::default();
    for &path in folders {
        let Some(folder) = read.get(path) else { continue };
        if let Some(config) = &folder.tsconfig {
            layout.tsconfigs.extend(config.resolve(cwd, path));
        }
        if let Some(package) = &folder.package {
            layout.js_packages.extend(package.located(cwd, path));
        }
        if let Some(manifest) = &folder.cargo {
            layout.cargo_packages.extend(manifest.located(cwd, path));
        }
        if let Some(project) = &folder.python {
            layout
                .python_roots
                .extend(project.roots.iter().map(|root| place(cwd, &paths::absolute(path, Path::new(root)))));
        }
    }
    layout.python_roots.sort_by(|a, b| depth(b).cmp(&depth(a)).then(a.cmp(b)));
    layout.python_roots.dedup();
    layout
}

fn depth(folder: &str) -> usize {
    if folder.is_empty() { 0 } else { folder.matches('/').count() + 1 }
}

/// A path as in [`Layout`].
fn place(cwd: &Path, path: &Path) -> String {
    let shown = paths::shown(cwd, path);
    if shown == "." { String::new() } else { shown }
}

/// The text of a manifest.
fn text(path: &Path) -> Result<String, String> {
    let bytes = std::fs::read(path).map_err(|error| format!("cannot read the manifest: {error}"))?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// A manifest's text as TOML.
fn toml_table(path: &Path) -> Result<toml::Table, String> {
    text(path)?.parse().map_err(|error: toml::de::Error| format!("not valid TOML: {}", error.message().trim()))
}

#[cfg(test)]
mod tests;
