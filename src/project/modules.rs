//! From the text of an import to a file of the project.

use std::sync::Mutex;

use rustc_hash::{FxHashMap, FxHashSet};

use super::layout::{Layout, folders_up};
use super::path_ends::PathEnds;
use super::refs::FileId;
use super::rust_modules::RustModules;
use crate::syntax::Family;

/// Extensions tried for a JavaScript import, in the order of Node's and TypeScript's resolution.
pub(super) const SCRIPT_ENDINGS: [&str; 8] = [".ts", ".tsx", ".d.ts", ".js", ".jsx", ".mjs", ".cjs", ".mts"];

/// Endings of files with nothing but types.
const TYPE_ENDINGS: [&str; 3] = [".d.ts", ".d.mts", ".d.cts"];
/// Where packages keep what a build works on.
const SOURCE_FOLDERS: [&str; 4] = ["src", "lib", "source", ""];

/// Finds files by the imports that name them.
#[derive(Debug)]
pub struct Modules<'a> {
    layout: &'a Layout,
    by_path: FxHashMap<&'a str, FileId>,
    /// For scripts and Python, by importing folder: what imports there have been found to mean.
    known: FxHashMap<&'a str, Answers>,
    /// The names of Python files and of the folders around them: the only ones that an absolute import can begin with.
    python_names: FxHashSet<&'a str>,
    /// The folder that a Python package stands in, of those that stand in one only.
    python_roots: FxHashMap<&'a str, Option<&'a str>>,
    rust: RustModules<'a>,
    path_ends: PathEnds<'a>,
}

type Answers = Mutex<FxHashMap<Box<str>, Option<FileId>>>;

/// What imports have been found to mean, by the importing folder. It holds as long as no file comes or goes.
pub type Known = FxHashMap<Box<str>, FxHashMap<Box<str>, Option<FileId>>>;

impl<'a> Modules<'a> {
    /// Over the sorted paths of all files.
    pub fn new(layout: &'a Layout, paths: impl Iterator<Item = &'a str> + Clone) -> Self {
        let all = paths.clone().enumerate().map(|(place, path)| (FileId(place as u32), path));
        let mut modules = Self {
            layout,
            by_path: FxHashMap::default(),
            known: FxHashMap::default(),
            python_names: FxHashSet::default(),
            python_roots: FxHashMap::default(),
            rust: RustModules::new(layout, all),
            path_ends: PathEnds::new(paths.clone()),
        };
        for (place, path) in paths.enumerate() {
            let file = FileId(place as u32);
            modules.by_path.insert(path, file);
            modules.known.entry(folder_of(path)).or_default();
            if let Some(stem) = path.strip_suffix(".py") {
                modules.python_names.extend(stem.split('/'));
            }
        }
        for package in modules.by_path.keys().filter_map(|path| path.strip_suffix("/__init__.py")) {
            let (root, name) = package.rsplit_once('/').unwrap_or(("", package));
            if modules.python_path(root).is_none() {
                let known = modules.python_roots.entry(name).or_insert(Some(root));
                *known = known.filter(|known| *known == root);
            }
        }
        modules
    }

    /// Takes over what was found out over the same files.
    pub fn remember(&mut self, known: Known) {
        for (folder, answers) in known {
            if let Some(here) = self.known.get_mut(folder.as_ref()) {
                *here = Mutex::new(answers);
            }
        }
    }

    /// What was found out.
    pub fn into_known(self) -> Known {
        let answers = |answers: Answers| answers.into_inner().unwrap_or_default();
        self.known.into_iter().map(|(folder, known)| (folder.into(), answers(known))).collect()
    }

    /// The file with exactly this path.
    pub fn file(&self, path: &str) -> Option<FileId> {
        self.by_path.get(path).copied()
    }

    /// The file that `module`, imported in the file `from`, means; `None` for what is outside the project.
    pub fn resolve(&self, family: Family, from: &str, module: &str) -> Option<FileId> {
        match family {
            Family::JavaScript => self.remembered(from, module, Self::script),
            Family::Python => {
                let first = module.split('.').next().unwrap_or(module);
                let may_be_here = first.is_empty() || self.python_names.contains(first);
                may_be_here.then(|| self.remembered(from, module, Self::python)).flatten()
            }
            Family::Rust => self.rust(from, module).map(|(file, _)| file),
            Family::Sql => None,
        }
    }

    /// An answer that depends on the importing file's folder alone, looked for once.
    fn remembered(&self, from: &str, module: &str, find: fn(&Self, &str, &str) -> Option<FileId>) -> Option<FileId> {
        let Some(answers) = self.known.get(folder_of(from)) else { return find(self, from, module) };
        let known = answers.lock().ok().and_then(|answers| answers.get(module).copied());
        known.unwrap_or_else(|| {
            let found = find(self, from, module);
            if let Ok(mut answers) = answers.lock() {
                answers.insert(module.into(), found);
            }
            found
        })
    }

    fn script(&self, from: &str, module: &str) -> Option<FileId> {
        if module.starts_with('.') {
            return self.script_path(&join(folder_of(from), module)?);
        }
        if let Some(rooted) = module.strip_prefix('/') {
            // Meteor counts such paths from the application's folder.
            return folders_up(from).find_map(|folder| self.script_path(&join(folder, rooted)?));
        }
        for alias in self.layout.aliases.iter().filter(|alias| is_inside(from, &alias.folder)) {
            let mapped = alias
                .patterns
                .iter()
                .filter_map(|(pattern, targets)| Some((exactness(pattern), matched(pattern, module)?, targets)));
            // Of several patterns TypeScript takes the one that says most.
            if let Some((_, star, targets)) = mapped.max_by_key(|(exactness, ..)| *exactness) {
                let found = targets.iter().find_map(|target| self.script_path(&target.replacen('*', star, 1)));
                if found.is_some() {
                    return found;
                }
            }
            if let Some(found) = alias.base.as_ref().and_then(|base| self.script_path(&join(base, module)?)) {
                return Some(found);
            }
        }
        let known = self.local_package(module);
        known.or_else(|| self.path_ends.find(self.layout, from, module, |path| self.script_path(path)))
    }

    fn local_package(&self, module: &str) -> Option<FileId> {
        let inside = |name: &str| module.strip_prefix(name).filter(|rest| rest.is_empty() || rest.starts_with('/'));
        let (package, rest) = self.layout.packages.iter().find_map(|p| Some((p, inside(&p.name)?)))?;
        let rest = rest.trim_start_matches('/');
        let exported = package.exports.iter().find_map(|(pattern, targets)| Some((matched(pattern, rest)?, targets)));
        let found = exported.and_then(|(star, targets)| {
            let paths = || targets.iter().map(|target| target.replacen('*', star, 1));
            let made = || paths().find_map(|target| self.source_of(&package.folder, &target));
            paths().find_map(|target| self.script_path(&target)).or_else(made)
        });
        if found.is_some() {
            return found;
        }
        if rest.is_empty() {
            return self
                .script_path(&join(&package.folder, "src/index")?)
                .or_else(|| self.script_path(&join(&package.folder, "index")?));
        }
        let sources = join(&join(&package.folder, "src")?, rest)?;
        self.script_path(&join(&package.folder, rest)?).or_else(|| self.script_path(&sources))
    }

    /// The file that a build makes another one of: the same path behind the folder that it writes to (`dist`, `dist/esm`),
    /// in a folder of sources.
    fn source_of(&self, folder: &str, made: &str) -> Option<FileId> {
        let inside = if folder.is_empty() { made } else { made.strip_prefix(folder)?.strip_prefix('/')? };
        let stem = TYPE_ENDINGS.iter().find_map(|ending| inside.strip_suffix(ending)).unwrap_or(inside);
        let tails = stem.match_indices('/').map(|(slash, _)| &stem[slash + 1..]);
        let places = tails.flat_map(|tail| SOURCE_FOLDERS.map(|sources| join(sources, tail)));
        places.flatten().find_map(|place| self.script_path(&join(folder, &place)?))
    }

    fn script_path(&self, path: &str) -> Option<FileId> {
        let exact = self.file(path);
        if exact.is_some() {
            return exact;
        }
        let stem = [".js", ".mjs", ".cjs", ".jsx"].iter().find_map(|ending| path.strip_suffix(ending)).unwrap_or(path);
        let with = |base: &str, ending: &str| self.file(&format!("{base}{ending}"));
        SCRIPT_ENDINGS
            .iter()
            .find_map(|ending| with(stem, ending).or_else(|| with(path, ending)))
            .or_else(|| SCRIPT_ENDINGS.iter().find_map(|ending| self.file(&format!("{path}/index{ending}"))))
    }

    fn python(&self, from: &str, module: &str) -> Option<FileId> {
        let dots = module.bytes().take_while(|&b| b == b'.').count();
        let rest = module[dots..].replace('.', "/");
        if dots > 0 {
            let folder = folders_up(from).nth(dots - 1)?;
            return self.python_path(&join(folder, &rest)?);
        }
        let near = folders_up(from).find_map(|folder| {
            self.python_path(&join(folder, &rest)?).or_else(|| self.python_path(&join(&join(folder, "src")?, &rest)?))
        });
        // A package of another folder that is installed beside this one.
        near.or_else(|| {
            let root = (*self.python_roots.get(rest.split('/').next()?)?)?;
            self.python_path(&join(root, &rest)?)
        })
    }

    fn python_path(&self, path: &str) -> Option<FileId> {
        if path.is_empty() {
            return self.file("__init__.py");
        }
        self.file(&format!("{path}.py")).or_else(|| self.file(&format!("{path}/__init__.py")))
    }

    /// The file of the longest prefix of a Rust path that names a module, with how many segments it took.
    pub fn rust(&self, from: &str, path: &str) -> Option<(FileId, usize)> {
        self.rust.find(from, path)
    }
}

/// How a module inside another is written, in Python or with Rust's `::` as `.`.
pub fn submodule(module: &str, member: &str) -> String {
    let dot = if module.ends_with('.') { "" } else { "." };
    format!("{module}{dot}{member}")
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn is_inside(path: &str, folder: &str) -> bool {
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// How much a pattern says: all there is without a `*`, else what stands before it.
fn exactness(pattern: &str) -> usize {
    pattern.find('*').unwrap_or(usize::MAX)
}

/// What `*` stands for when `module` fits `pattern`.
fn matched<'m>(pattern: &str, module: &'m str) -> Option<&'m str> {
    match pattern.split_once('*') {
        Some((before, after)) => module.strip_prefix(before)?.strip_suffix(after),
        None => (pattern == module).then_some(""),
    }
}

/// Joins and normalises; `None` when it would leave the root. Folders outside of the run's root may begin with `/`.
pub fn join(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|p| !p.is_empty() && *p != ".").collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    let root = if folder.starts_with('/') { "/" } else { "" };
    Some(format!("{root}{}", parts.join("/")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::layout::{LocalPackage, PathAliases};

    fn find(layout: &Layout, files: &[&'static str], family: Family, from: &str, module: &str) -> Option<&'static str> {
        let modules = Modules::new(layout, files.iter().copied());
        modules.resolve(family, from, module).map(|file| files[file.index()])
    }

    #[test]
    fn script_imports_follow_relative_paths_aliases_and_workspace_packages() {
        let layout = Layout {
            aliases: vec![PathAliases {
                folder: "web".into(),
                base: Some("web".into()),
                patterns: vec![
                    ("@/*".into(), vec!["web/src/*".into()]),
                    ("@/lib/own/*".into(), vec!["web/own/*".into()]),
                ],
            }],
            packages: vec![
                LocalPackage { name: "@acme/db".into(), folder: "packages/db".into(), ..LocalPackage::default() },
                LocalPackage {
                    name: "@acme/log".into(),
                    folder: "packages/log".into(),
                    exports: vec![
                        (String::new(), vec!["packages/log/dist/esm/index.js".into()]),
                        ("types".into(), vec!["packages/log/dist/all/types.d.ts".into()]),
                        ("*".into(), vec!["packages/log/src/to/*.ts".into()]),
                    ],
                    ..LocalPackage::default()
                },
            ],
            ..Layout::default()
        };
        let files = [
            "web/own/a.ts",
            "packages/log/lib/all/types.ts",
            "packages/log/lib/index.ts",
            "packages/log/src/to/file.ts",
            "packages/db/src/index.ts",
            "web/src/a.ts",
            "web/src/lib/index.js",
            "web/top.ts",
        ];
        let script = |from, module| find(&layout, &files, Family::JavaScript, from, module);
        assert_eq!(script("web/src/a.ts", "./lib"), Some("web/src/lib/index.js"));
        assert_eq!(script("web/src/lib/index.js", "../a.js"), Some("web/src/a.ts"));
        assert_eq!(script("web/src/a.ts", "@/lib"), Some("web/src/lib/index.js"));
        assert_eq!(script("web/src/a.ts", "@/lib/own/a"), Some("web/own/a.ts"));
        assert_eq!(script("web/src/a.ts", "top"), Some("web/top.ts"));
        assert_eq!(script("web/src/a.ts", "@acme/db"), Some("packages/db/src/index.ts"));
        assert_eq!(script("web/src/a.ts", "@acme/log"), Some("packages/log/lib/index.ts"));
        assert_eq!(script("web/src/a.ts", "@acme/log/types"), Some("packages/log/lib/all/types.ts"));
        assert_eq!(script("web/src/a.ts", "@acme/log/file"), Some("packages/log/src/to/file.ts"));
        assert_eq!(script("web/src/a.ts", "@acme/log/console"), None);
        assert_eq!(script("web/src/a.ts", "/src/lib"), Some("web/src/lib/index.js"));
        assert_eq!(script("web/src/a.ts", "express"), None);
        assert_eq!(script("web/src/a.ts", "../../../../x"), None);
    }

    #[test]
    fn python_imports_are_relative_or_found_from_any_folder_above() {
        let layout = Layout::default();
        let files = ["app/__init__.py", "app/db/models.py", "app/web/views.py"];
        let python = |module| find(&layout, &files, Family::Python, "app/web/views.py", module);
        assert_eq!(python("..db.models"), Some("app/db/models.py"));
        assert_eq!(python("app.db.models"), Some("app/db/models.py"));
        assert_eq!(python("app"), Some("app/__init__.py"));
        let files =
            ["ee/src/shop_ee/views.py", "core/src/shop/__init__.py", "core/src/shop/db.py", "x/lib/__init__.py"];
        let files: Vec<&'static str> =
            files.into_iter().chain(["y/lib/__init__.py", "y/lib/inner/__init__.py"]).collect();
        let python = |module| find(&layout, &files, Family::Python, "ee/src/shop_ee/views.py", module);
        assert_eq!(python("shop.db"), Some("core/src/shop/db.py"));
        assert_eq!((python("lib"), python("inner")), (None, None), "two stand for it, and none");
        assert_eq!(python("django.db"), None);
    }

    #[test]
    fn rust_paths_start_at_the_crate_the_module_or_another_crate() {
        let layout = Layout {
            crates: vec![
                LocalPackage { name: "store".into(), folder: "crates/store".into(), ..LocalPackage::default() },
                LocalPackage {
                    name: "index".into(),
                    folder: "crates/index".into(),
                    entry: Some("crates/index/lib.rs".into()),
                    ..LocalPackage::default()
                },
            ],
            ..Layout::default()
        };
        let files = [
            "crates/index/lib.rs",
            "crates/index/names.rs",
            "crates/store/src/lib.rs",
            "src/db/mod.rs",
            "src/db/users.rs",
            "src/main.rs",
        ];
        let modules = Modules::new(&layout, files.iter().copied());
        let rust = |from: &str, path: &str| modules.rust(from, path).map(|(file, taken)| (files[file.index()], taken));
        assert_eq!(rust("src/db/users.rs", "crate.db.users.find"), Some(("src/db/users.rs", 3)));
        assert_eq!(rust("src/db/users.rs", "super.Pool"), Some(("src/db/mod.rs", 1)));
        assert_eq!(rust("src/main.rs", "db.users.find"), Some(("src/db/users.rs", 2)));
        assert_eq!(rust("src/main.rs", "store.open"), Some(("crates/store/src/lib.rs", 1)));
        assert_eq!(rust("src/main.rs", "index.names.all"), Some(("crates/index/names.rs", 2)));
        assert_eq!(rust("src/main.rs", "sqlx.query"), None);
    }
}
