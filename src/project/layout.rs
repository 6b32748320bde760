//! What manifests say of the project's shape, as plain data that the workspace fills.

use rustc_hash::{FxHashMap, FxHashSet};

/// TypeScript's `paths` and `baseUrl` of one folder.
#[derive(Clone, Debug, Default)]
pub struct PathAliases {
    /// The folder of the `tsconfig.json`, with `/`, without a trailing one; empty for the root.
    pub folder: String,
    /// Where bare paths start, relative to the root of the run.
    pub base: Option<String>,
    /// Patterns (`@/*`) with their targets relative to the root of the run (`src/*`).
    pub patterns: Vec<(String, Vec<String>)>,
}

/// A package or crate that is part of the project.
#[derive(Clone, Debug, Default)]
pub struct LocalPackage {
    /// The name in imports; for crates with `_`.
    pub name: String,
    /// Its folder.
    pub folder: String,
    /// The file named as its entry, relative to the root of the run.
    pub entry: Option<String>,
}

/// What the manifests say.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// Dependencies by the folder of the manifest that names them.
    pub dependencies: FxHashMap<String, FxHashSet<String>>,
    /// Path aliases, deepest folder first.
    pub aliases: Vec<PathAliases>,
    /// Local JavaScript packages.
    pub packages: Vec<LocalPackage>,
    /// Local crates.
    pub crates: Vec<LocalPackage>,
}

/// The folders around a path, from its own to the root (the empty string).
pub fn folders_up(path: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(path);
    std::iter::from_fn(move || {
        let current = rest?;
        if current.is_empty() {
            rest = None;
            return None;
        }
        let parent = current.rsplit_once('/').map_or("", |(parent, _)| parent);
        rest = Some(parent);
        Some(parent)
    })
}

impl Layout {
    /// Whether a manifest at or above the file names a dependency.
    pub fn depends_on(&self, path: &str, package: &str) -> bool {
        folders_up(path).any(|folder| self.dependencies.get(folder).is_some_and(|names| names.contains(package)))
    }
}
