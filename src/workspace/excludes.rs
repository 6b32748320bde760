//! What is left out by default: read from `excludes.toml`.

use std::path::Path;
use std::sync::LazyLock;

use globset::{Glob, GlobSet, GlobSetBuilder};
use rustc_hash::FxHashSet;
use serde::Deserialize;

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    folders: FxHashSet<String>,
    folders_by_sign: Vec<BySign>,
    files: Files,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct BySign {
    names: Vec<String>,
    #[serde(default)]
    beside: Vec<String>,
    #[serde(default)]
    inside: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Files {
    globs: Vec<String>,
}

/// The default excludes, ready to match.
pub struct Excludes {
    table: File,
    files: GlobSet,
}

static DEFAULT: LazyLock<Excludes> = LazyLock::new(|| {
    let table: File = toml::from_str(include_str!("excludes.toml")).unwrap_or_default();
    let mut builder = GlobSetBuilder::new();
    for glob in table.files.globs.iter().filter_map(|glob| Glob::new(glob).ok()) {
        builder.add(glob);
    }
    Excludes { files: builder.build().unwrap_or_default(), table }
});

impl Excludes {
    /// The built-in excludes.
    pub fn default_set() -> &'static Self {
        &DEFAULT
    }

    /// Whether a file is left out by its name alone.
    pub fn matches_file(&self, name: &str) -> bool {
        self.files.is_match(name)
    }

    /// Whether a folder is left out. Looks at the file system only for names that may be either.
    pub fn matches_folder(&self, path: &Path) -> bool {
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return false };
        if self.table.folders.contains(name) {
            return true;
        }
        self.table.folders_by_sign.iter().filter(|sign| sign.names.iter().any(|known| known == name)).any(|sign| {
            sign.inside.iter().any(|file| path.join(file).exists())
                || path.parent().is_some_and(|folder| sign.beside.iter().any(|file| folder.join(file).exists()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_reads_and_matches() {
        assert!(toml::from_str::<File>(include_str!("excludes.toml")).is_ok());
        let excludes = Excludes::default_set();
        assert!(excludes.matches_file("a_pb2.py"));
        assert!(excludes.matches_file("x.generated.ts"));
        assert!(!excludes.matches_file("generated.ts"));
        let folder = tempfile::tempdir().unwrap();
        assert!(excludes.matches_folder(&folder.path().join("node_modules")));
        assert!(!excludes.matches_folder(&folder.path().join("build")));
        std::fs::write(folder.path().join("package.json"), "{}").unwrap();
        assert!(excludes.matches_folder(&folder.path().join("build")));
    }
}
