//! `package.json` and `tsconfig.json`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use super::{Names, jsonc, place, text};
use crate::workspace::paths;

/// Configurations may build on one another, but not without end.
const MAX_EXTENDS: usize = 16;

/// What `package.json` says.
#[derive(Debug, Default)]
pub struct Package {
    /// Its name, as in imports.
    pub name: Option<String>,
    /// What imports of it lead to: by what stands behind its name, and by names of its own (`#db`).
    exports: Targets,
    imports: Targets,
    /// What it depends on, in any way.
    pub names: Arc<Names>,
    /// The root of a workspace.
    pub is_workspace: bool,
    /// More than a marker such as `{"type": "module"}`.
    pub is_project: bool,
}

/// Import patterns (at most one `*`) with the paths they stand for, the likeliest first.
type Targets = Vec<(String, Vec<String>)>;

/// A JavaScript package of the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsPackage {
    /// Its name, as in imports.
    pub name: String,
    /// Its folder.
    pub folder: String,
    /// What imports of it lead to, by what stands behind its name (at most one `*`; nothing for the name alone): files, the
    /// likeliest first, which a build may have to make.
    pub exports: Vec<(String, Vec<String>)>,
    /// The same for names that only its own files import (`#db`).
    pub imports: Vec<(String, Vec<String>)>,
}

/// Reads a `package.json`.
///
/// # Errors
/// It cannot be read, or is no JSON object.
pub fn package(path: &Path) -> Result<Package, String> {
    let value: Value = serde_json::from_str(&text(path)?).map_err(|error| format!("not valid JSON: {error}"))?;
    let object = value.as_object().ok_or("not a JSON object")?;
    let mut names = Names::default();
    for key in ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"] {
        let table = object.get(key).and_then(Value::as_object);
        names.extend(table.into_iter().flatten().map(|(name, _)| name.as_str().into()));
    }
    let string = |key: &str| object.get(key).and_then(Value::as_str).map(str::to_owned);
    Ok(Package {
        is_project: !names.is_empty() || object.contains_key("name") || object.contains_key("workspaces"),
        names: Arc::new(names),
        is_workspace: object.contains_key("workspaces"),
        name: string("name"),
        exports: exports(object, &["source", "main", "module", "types", "typings"].map(string)),
        imports: object.get("imports").map_or_else(Vec::new, subpaths),
    })
}

/// What `exports` says, and behind it for the name alone what older keys say. Source: Node's documentation of packages.
fn exports(object: &serde_json::Map<String, Value>, older: &[Option<String>]) -> Targets {
    let mut found = object.get("exports").map_or_else(Vec::new, subpaths);
    let older = older.iter().flatten().cloned();
    match found.iter_mut().find(|(pattern, _)| pattern.is_empty()) {
        // The source is the likeliest of all.
        Some((_, targets)) => *targets = older.chain(std::mem::take(targets)).collect(),
        None => found.push((String::new(), older.collect())),
    }
    // An exact pattern wins over one with a star, a longer one over a shorter one.
    found.sort_by_key(|(pattern, _)| (pattern.contains('*'), std::cmp::Reverse(pattern.len())));
    found
}

/// The patterns of `exports` or `imports`: keys that begin with `.` or `#`, or one value for the name alone.
fn subpaths(value: &Value) -> Targets {
    let is_subpath = |key: &String| key.starts_with(['.', '#']);
    match value.as_object().filter(|table| table.keys().all(is_subpath)) {
        Some(table) => {
            let rest = |key: &str| key.strip_prefix('.').map_or(key, |rest| rest.trim_start_matches('/')).to_owned();
            table.iter().map(|(key, value)| (rest(key), targets(value))).collect()
        }
        None => vec![(String::new(), targets(value))],
    }
}

/// All files that a target names, under whatever condition.
fn targets(value: &Value) -> Vec<String> {
    match value {
        Value::String(path) => vec![path.clone()],
        Value::Array(all) => all.iter().flat_map(targets).collect(),
        Value::Object(conditions) => conditions.values().flat_map(targets).collect(),
        _ => Vec::new(),
    }
}

impl Package {
    /// The package with its place.
    pub fn located(&self, cwd: &Path, folder: &Path) -> Option<JsPackage> {
        let placed = |all: &Targets| {
            let path = |target: &String| place(cwd, &paths::absolute(folder, Path::new(target)));
            all.iter().map(|(pattern, targets)| (pattern.clone(), targets.iter().map(path).collect())).collect()
        };
        let (exports, imports) = (placed(&self.exports), placed(&self.imports));
        Some(JsPackage { name: self.name.clone()?, folder: place(cwd, folder), exports, imports })
    }
}

/// How a `tsconfig.json` maps imports. Paths are as shown in reports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TsConfig {
    /// The folder whose files it speaks for.
    pub folder: String,
    /// Imports that are not relative count from here.
    pub base: Option<String>,
    /// Patterns (at most one `*`) with the paths they stand for, in the order of the file.
    pub paths: Vec<(String, Vec<String>)>,
}

impl TsConfig {
    /// The paths that an import may lead to, without extension as written, best first. None for relative imports.
    pub fn resolve(&self, import: &str) -> Vec<String> {
        if import.starts_with('.') {
            return Vec::new();
        }
        let mapped = self.paths.iter().filter_map(|(pattern, targets)| {
            let Some((head, tail)) = pattern.split_once('*') else {
                return (pattern == import).then_some((usize::MAX, "", targets));
            };
            let rest = import.strip_prefix(head)?.strip_suffix(tail)?;
            Some((head.len(), rest, targets))
        });
        let best = mapped.max_by_key(|&(length, ..)| length);
        let mut found: Vec<String> = best
            .into_iter()
            .flat_map(|(_, rest, targets)| targets.iter().map(|path| path.replacen('*', rest, 1)))
            .collect();
        found.extend(self.base.as_ref().map(|base| join(base, import)));
        found
    }
}

fn join(folder: &str, path: &str) -> String {
    if folder.is_empty() { path.to_owned() } else { format!("{folder}/{path}") }
}

/// A `tsconfig.json` with what it builds on, in absolute paths.
#[derive(Debug, Default)]
pub struct RawTsConfig {
    base: Option<PathBuf>,
    /// The mapping and the folder that its targets count from.
    paths: Option<(BTreeMap<String, Vec<String>>, PathBuf)>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct File {
    extends: Value,
    compiler_options: CompilerOptions,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct CompilerOptions {
    base_url: Option<String>,
    paths: Option<BTreeMap<String, Vec<String>>>,
}

/// Reads a `tsconfig.json` and what it extends within the project.
///
/// # Errors
/// It cannot be read or understood. What it extends is looked at only as far as that is possible.
pub fn tsconfig(path: &Path) -> Result<RawTsConfig, String> {
    let mut config = RawTsConfig::default();
    let mut pending = vec![path.to_owned()];
    let mut read = 0;
    while let Some(path) = pending.pop() {
        read += 1;
        if read > MAX_EXTENDS {
            break;
        }
        let file = text(&path).and_then(|text| {
            serde_json::from_str::<File>(&jsonc::plain(&text)).map_err(|error| format!("not understood: {error}"))
        });
        let file = match file {
            Ok(file) => file,
            Err(message) if read == 1 => return Err(message),
            Err(_) => continue,
        };
        let folder = path.parent().unwrap_or(Path::new(""));
        config.merge(file.compiler_options, folder);
        let extends = match &file.extends {
            Value::String(one) => vec![one.as_str()],
            Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        pending.extend(extends.into_iter().filter_map(|other| extended(folder, other)));
    }
    Ok(config)
}

/// The file that `extends` names; packages are not looked up.
fn extended(folder: &Path, other: &str) -> Option<PathBuf> {
    if !other.starts_with('.') {
        return None;
    }
    let path = paths::absolute(folder, Path::new(other));
    let with_extension = PathBuf::from(format!("{}.json", path.display()));
    [path.join("tsconfig.json"), with_extension, path].into_iter().find(|path| path.is_file())
}

impl RawTsConfig {
    /// Takes from a file further up what is not set yet.
    fn merge(&mut self, options: CompilerOptions, folder: &Path) {
        let base = options.base_url.map(|base| paths::absolute(folder, Path::new(&base)));
        if self.paths.is_none() {
            let from = base.clone().unwrap_or_else(|| folder.to_owned());
            self.paths = options.paths.map(|paths| (paths, from));
        }
        if self.base.is_none() {
            self.base = base;
        }
    }

    /// The mapping in paths as shown; `None` if it maps nothing.
    pub fn resolve(&self, cwd: &Path, folder: &Path) -> Option<TsConfig> {
        if self.base.is_none() && self.paths.is_none() {
            return None;
        }
        let mapping = self.paths.iter().flat_map(|(paths, from)| paths.iter().map(move |entry| (entry, from)));
        let paths = mapping
            .map(|((pattern, targets), from)| {
                let targets = targets.iter().map(|path| place(cwd, &paths::absolute(from, Path::new(path)))).collect();
                (pattern.clone(), targets)
            })
            .collect();
        Some(TsConfig { folder: place(cwd, folder), base: self.base.as_ref().map(|base| place(cwd, base)), paths })
    }
}
