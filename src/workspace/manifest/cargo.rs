//! `Cargo.toml`.

use std::path::Path;
use std::sync::Arc;

use toml::{Table, Value};

use super::{Names, place, toml_table};
use crate::workspace::paths;

/// What a `Cargo.toml` says.
#[derive(Debug, Default)]
pub struct Manifest {
    /// What the package depends on, in any way, by the name in the manifest and by the crate's own; for a workspace
    /// without a package, what its members share.
    pub names: Arc<Names>,
    package: Option<String>,
    library: Option<(Option<String>, Option<String>)>,
}

/// A Rust package of the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CargoPackage {
    /// The crate's name, as in `use`.
    pub crate_name: String,
    /// The package's folder.
    pub folder: String,
    /// The file of the crate's root module.
    pub root: String,
}

/// A name as compared: `-` and `_` are the same.
pub fn normal(name: &str) -> String {
    name.replace('_', "-")
}

/// Reads a `Cargo.toml`.
///
/// # Errors
/// It cannot be read, or is not TOML.
pub fn manifest(path: &Path) -> Result<Manifest, String> {
    let file = toml_table(path)?;
    let table = |table: &Table, key: &str| table.get(key).and_then(Value::as_table).cloned();
    let package = table(&file, "package");
    let mut names = Names::default();
    if package.is_some() {
        collect(&file, &mut names);
        for (_, target) in table(&file, "target").into_iter().flatten() {
            target.as_table().into_iter().for_each(|target| collect(target, &mut names));
        }
    } else if let Some(workspace) = table(&file, "workspace") {
        collect(&workspace, &mut names);
    }
    let string = |table: &Table, key: &str| table.get(key).and_then(Value::as_str).map(str::to_owned);
    Ok(Manifest {
        names: Arc::new(names),
        package: package.and_then(|package| string(&package, "name")),
        library: table(&file, "lib").map(|library| (string(&library, "name"), string(&library, "path"))),
    })
}

/// Adds the names of all dependency tables.
fn collect(table: &Table, names: &mut Names) {
    for key in ["dependencies", "dev-dependencies", "build-dependencies"] {
        for (name, value) in table.get(key).and_then(Value::as_table).into_iter().flatten() {
            names.insert(normal(name).into());
            names.extend(value.get("package").and_then(Value::as_str).map(|name| normal(name).into()));
        }
    }
}

impl Manifest {
    /// The package with its place.
    pub fn located(&self, cwd: &Path, folder: &Path) -> Option<CargoPackage> {
        let (name, path) = self.library.clone().unwrap_or_default();
        let crate_name = name.or_else(|| self.package.clone())?.replace('-', "_");
        let root = path.map_or_else(
            || {
                let library = folder.join("src/lib.rs");
                if library.is_file() { library } else { folder.join("src/main.rs") }
            },
            |path| paths::absolute(folder, Path::new(&path)),
        );
        Some(CargoPackage { crate_name, folder: place(cwd, folder), root: place(cwd, &root) })
    }
}
