//! What a file is for, by where it lies and what it imports.

use std::sync::LazyLock;

use globset::{Glob, GlobSet, GlobSetBuilder};
use serde::Deserialize;

use super::entries::EntrySet;
use super::sources::ProjectFile;
use crate::catalog::Entry;
use crate::syntax::Family;

/// The globs of `places.toml`.
#[derive(Debug, Deserialize)]
struct PlaceGlobs {
    test: Vec<String>,
    migration: Vec<String>,
    cli: Vec<String>,
    script: Vec<String>,
    client: Vec<String>,
    client_modules: Vec<String>,
    client_globals: Vec<String>,
    browser_drivers: Vec<String>,
    migration_modules: Vec<String>,
}

/// Tells by a file's path and imports what its code is for.
#[derive(Debug)]
pub struct Places {
    sets: Vec<(Entry, GlobSet)>,
    /// What a file is for that imports such a module.
    modules: [(Entry, Family, Vec<String>); 2],
    /// Names that only a browser gives.
    browser: Vec<String>,
    /// Modules through which a server drives a browser.
    drivers: Vec<String>,
}

impl Places {
    /// The built-in table.
    ///
    /// # Errors
    /// When the table that comes with perflint is broken, which a test rules out.
    pub fn builtin() -> Result<&'static Self, String> {
        static BUILTIN: LazyLock<Result<Places, String>> = LazyLock::new(Places::read);
        BUILTIN.as_ref().map_err(Clone::clone)
    }

    fn read() -> Result<Self, String> {
        let globs: PlaceGlobs = toml::from_str(include_str!("places.toml")).map_err(|error| error.to_string())?;
        let set = |globs: &[String]| {
            let mut builder = GlobSetBuilder::new();
            for glob in globs {
                builder.add(Glob::new(glob).map_err(|error| error.to_string())?);
            }
            builder.build().map_err(|error| error.to_string())
        };
        let sets = [
            (Entry::Test, globs.test),
            (Entry::Migration, globs.migration),
            (Entry::Cli, globs.cli),
            (Entry::Script, globs.script),
            (Entry::Client, globs.client),
        ];
        let sets = sets.iter().map(|(entry, globs)| Ok((*entry, set(globs)?))).collect::<Result<_, String>>()?;
        let modules = [
            (Entry::Client, Family::JavaScript, globs.client_modules),
            (Entry::Migration, Family::Python, globs.migration_modules),
        ];
        Ok(Self { sets, modules, browser: globs.client_globals, drivers: globs.browser_drivers })
    }

    /// What a file is for, by its path and by what it imports.
    pub fn of_file(&self, file: &ProjectFile) -> EntrySet {
        let mut found = self.of(file.facts.path_in_project());
        if file.is_test {
            found.insert(Entry::Test);
        }
        let mut imports = file.facts.imports.iter().filter(|import| !import.type_only);
        for (entry, _, modules) in self.modules.iter().filter(|(_, family, _)| *family == file.family) {
            if imports.any(|import| modules.iter().any(|module| module == file.name(import.module))) {
                found.insert(*entry);
            }
        }
        if file.family == Family::JavaScript && self.is_for_browser(file) {
            found.insert(Entry::Client);
        }
        found
    }

    fn is_for_browser(&self, file: &ProjectFile) -> bool {
        let drives = |module: &str| self.drivers.iter().any(|driver| driver == module);
        self.browser.iter().any(|name| uses_undeclared(file, name))
            && !file.facts.imports.iter().any(|import| drives(file.name(import.module)))
    }

    /// Whether a file lies where tests lie.
    pub fn is_test(&self, path: &str) -> bool {
        self.sets.iter().any(|(entry, globs)| *entry == Entry::Test && globs.is_match(path))
    }

    /// What a file is for, by its path.
    pub fn of(&self, path: &str) -> EntrySet {
        let mut found = EntrySet::default();
        for (entry, globs) in &self.sets {
            if globs.is_match(path) {
                found.insert(*entry);
            }
        }
        found
    }
}

/// Whether a file uses a name that it does not declare.
fn uses_undeclared(file: &ProjectFile, name: &str) -> bool {
    let used = file.id(name).filter(|name| file.index.declarations(*name).is_empty());
    used.is_some_and(|name| file.facts.uses.iter().any(|one| one.name == name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_places_reads() {
        let places = Places::builtin().expect("the table");
        assert!(places.of("app/tests/test_orders.py").contains(Entry::Test));
        assert!(places.of("src/orders.spec.ts").contains(Entry::Test));
        assert!(places.of("shop/migrations/0001_initial.py").contains(Entry::Migration));
        assert!(places.of("shop/management/commands/sync.py").contains(Entry::Cli));
        assert!(places.of("web/frontend/store/orders.ts").contains(Entry::Client));
        assert!(places.of("src/frontend/session.rs").is_empty());
        assert!(places.of("src/orders/service.ts").is_empty());
    }
}
