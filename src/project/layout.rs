//! What manifests say of the project's shape, as plain data that the workspace fills.

use rustc_hash::FxHashMap;

use crate::catalog::LibraryId;
use crate::syntax::Family;

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
    /// For scripts, what imports lead to by what stands behind the name (at most one `*`), the likeliest pattern and file
    /// first. A build may have to make the files.
    pub exports: Vec<(String, Vec<String>)>,
}

/// What the manifests say.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// Libraries that manifests name, by language and by the folder of the files they speak for.
    pub libraries: FxHashMap<(Family, String), Vec<LibraryId>>,
    /// Path aliases, deepest folder first.
    pub aliases: Vec<PathAliases>,
    /// Local JavaScript packages.
    pub packages: Vec<LocalPackage>,
    /// Local crates.
    pub crates: Vec<LocalPackage>,
}

impl Layout {
    /// The libraries that manifests name for a file.
    pub fn libraries_of(&self, family: Family, path: &str) -> &[LibraryId] {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        self.libraries.get(&(family, folder.to_owned())).map_or(&[], Vec::as_slice)
    }
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
