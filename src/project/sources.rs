//! The files of a project with their lookup tables, and which libraries each may use.

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::index::FileIndex;
use super::layout::Layout;
use super::modules::Modules;
use super::origins;
use super::places::Places;
use super::refs::{ClassRef, FileId, FunctionRef};
use super::rust_modules::RustModules;
use super::test_modules::test_modules;
use crate::catalog::{Catalog, LibraryId};
use crate::facts::{Class, Few, FileFacts, Function, FunctionId, NameId};
use crate::syntax::Family;

/// A file with its tables.
#[derive(Debug)]
pub struct ProjectFile {
    /// Its facts; in a box, as they come, since the row of a file is long and would be copied.
    pub facts: Box<FileFacts>,
    /// Its lookup tables.
    pub index: FileIndex,
    /// Its language's family.
    pub family: Family,
    /// Whether it lies where tests lie, or only tests have it. What tests do tells nothing about the program.
    pub is_test: bool,
    /// Whether it lies where tests lie.
    lies_in_tests: bool,
    /// A bit for each library: an import of this file, or a manifest above it, says that it is there.
    present: Few<u64>,
}

impl ProjectFile {
    /// The string behind an id.
    pub fn name(&self, id: NameId) -> &str {
        self.facts.names.get(id)
    }

    /// The id of a string, if this file has it.
    pub fn id(&self, text: &str) -> Option<NameId> {
        self.facts.names.id(text)
    }

    /// Whether a library is there.
    pub fn has(&self, library: LibraryId) -> bool {
        self.present.get(library.index() / 64).is_some_and(|bits| bits >> (library.index() % 64) & 1 == 1)
    }
}

/// The tables of a file without its facts.
#[derive(Debug)]
struct Tables {
    index: FileIndex,
    family: Family,
    is_test: bool,
    lies_in_tests: bool,
    present: Few<u64>,
}

impl ProjectFile {
    fn into_parts(self) -> (Box<FileFacts>, Option<Tables>) {
        let Self { facts, index, family, is_test, lies_in_tests, present } = self;
        (facts, Some(Tables { index, family, is_test, lies_in_tests, present }))
    }

    fn from_parts(facts: Box<FileFacts>, tables: Tables) -> Self {
        let Tables { index, family, is_test, lies_in_tests, present } = tables;
        Self { facts, index, family, is_test, lies_in_tests, present }
    }
}

/// What other facts of some files change.
#[derive(Debug, Default)]
pub struct Changes {
    /// Those files, and others that are read in another way because of them.
    pub files: Vec<FileId>,
    /// All names that the files had or have.
    pub names: FxHashSet<Box<str>>,
    /// The names that are declared, or no longer declared, at the top of one of the files.
    pub declared: FxHashSet<Box<str>>,
    /// Whether a file takes everything from others than before.
    pub other_stars: bool,
}

impl Changes {
    fn add(&mut self, old: &ProjectFile, new: &ProjectFile) {
        self.names.extend([old, new].into_iter().flat_map(|file| file.facts.names.iter()).map(|(_, name)| name.into()));
        let (before, now) = (declared_names(old), declared_names(new));
        self.declared.extend(before.symmetric_difference(&now).map(|name| Box::from(*name)));
        self.other_stars |= !star_imports(old).eq(star_imports(new));
    }
}

/// All files, the catalog and the layout.
#[derive(Debug)]
pub struct Sources<'c> {
    /// The files, sorted by path.
    pub files: Vec<ProjectFile>,
    /// Library knowledge.
    pub catalog: &'c Catalog,
    /// What the manifests say.
    pub layout: &'c Layout,
}

impl<'c> Sources<'c> {
    /// Sorts the files and builds their tables.
    pub fn new(mut facts: Vec<Box<FileFacts>>, catalog: &'c Catalog, layout: &'c Layout) -> Self {
        facts.sort_by(|a, b| a.path.cmp(&b.path));
        super::macros::add_exits(&mut facts);
        let files = facts.into_par_iter().map(|facts| project_file(facts, catalog, layout)).collect();
        let mut sources = Self { files, catalog, layout };
        sources.find_tests();
        sources
    }

    /// The files of earlier sources, some of which, given by their rows, have other facts now. Says what that changes.
    pub fn again(
        files: Vec<ProjectFile>,
        facts: Vec<(usize, Box<FileFacts>)>,
        catalog: &'c Catalog,
        layout: &'c Layout,
    ) -> (Self, Changes) {
        let mut changes = Changes::default();
        let new: Vec<usize> = facts.iter().map(|(row, _)| *row).collect();
        let was_test: Vec<bool> = files.iter().map(|file| file.is_test).collect();
        let (mut all, mut tables): (Vec<_>, Vec<_>) = files.into_iter().map(ProjectFile::into_parts).unzip();
        let mut old = Vec::new();
        for (row, facts) in facts {
            let facts = std::mem::replace(&mut all[row], facts);
            old.extend(tables[row].take().map(|tables| ProjectFile::from_parts(facts, tables)));
        }
        let mut rows = super::macros::add_exits(&mut all);
        rows.extend(&new);
        rows.sort_unstable();
        rows.dedup();
        let join = |(row, (facts, tables)): (usize, (_, Option<Tables>))| match tables {
            Some(tables) if rows.binary_search(&row).is_err() => ProjectFile::from_parts(facts, tables),
            _ => project_file(facts, catalog, layout),
        };
        let files = all.into_iter().zip(tables).enumerate().map(join).collect();
        let mut sources = Self { files, catalog, layout };
        sources.find_tests();
        rows.extend((0..was_test.len()).filter(|&row| sources.files[row].is_test != was_test[row]));
        changes.files = rows.into_iter().map(|row| FileId(row as u32)).collect();
        for (old, &row) in old.iter().zip(&new) {
            changes.add(old, &sources.files[row]);
        }
        (sources, changes)
    }

    /// Finds the files that only tests have.
    fn find_tests(&mut self) {
        for file in &mut self.files {
            file.is_test = file.lies_in_tests;
        }
        for id in self.test_modules() {
            self.files[id.index()].is_test = true;
        }
    }

    fn test_modules(&self) -> Vec<FileId> {
        if !self.files.iter().any(|file| file.family == Family::Rust) {
            return Vec::new();
        }
        let paths = self.files.iter().enumerate().map(|(row, file)| (FileId(row as u32), file.facts.path.as_str()));
        test_modules(&self.files, &RustModules::new(self.layout, paths))
    }

    /// A file.
    pub fn file(&self, id: FileId) -> &ProjectFile {
        origins::note(id);
        &self.files[id.index()]
    }

    /// All file ids.
    pub fn ids(&self) -> impl Iterator<Item = FileId> + use<> {
        (0..self.files.len() as u32).map(FileId)
    }

    /// A function's row.
    pub fn function(&self, of: FunctionRef) -> &Function {
        &self.file(of.file).facts.functions[of.id.index()]
    }

    /// A class's row.
    pub fn class(&self, of: ClassRef) -> &Class {
        &self.file(of.file).facts.classes[of.id.index()]
    }

    /// The module finder over these files.
    pub fn modules(&self) -> Modules<'_> {
        Modules::new(self.layout, self.files.iter().map(|file| file.facts.path.as_str()))
    }
}

fn project_file(facts: Box<FileFacts>, catalog: &Catalog, layout: &Layout) -> ProjectFile {
    let family = facts.language.family();
    let mut present: Vec<bool> =
        catalog.libraries().iter().map(|library| library.builtin && library.family == family).collect();
    for import in &facts.imports {
        let module = facts.names.get(import.module);
        for prefix in module_prefixes(module, family) {
            for library in catalog.libraries_of_module(family, prefix) {
                present[library.index()] = true;
            }
        }
    }
    for library in layout.libraries_of(family, &facts.path) {
        present[library.index()] = true;
    }
    let bits = |some: &[bool]| some.iter().rev().fold(0, |bits, is_there| bits << 1 | u64::from(*is_there));
    let present = present.chunks(64).map(bits).collect();
    let index = FileIndex::new(&facts);
    let is_test = Places::builtin().is_ok_and(|places| places.is_test(facts.path_in_project()));
    ProjectFile { facts, index, family, is_test, lies_in_tests: is_test, present }
}

/// The names that a file declares outside all functions.
fn declared_names(file: &ProjectFile) -> FxHashSet<&str> {
    let names = file.facts.names.iter();
    let declared = names.filter(|(id, _)| !file.index.declarations_in(*id, FunctionId::MODULE).is_empty());
    declared.map(|(_, name)| name).collect()
}

/// The modules that a file takes everything from.
fn star_imports(file: &ProjectFile) -> impl Iterator<Item = &str> {
    let all = file.id("*");
    let stars = file.facts.imports.iter().filter(move |import| all.is_some_and(|all| import.local == all));
    stars.map(|import| file.name(import.module))
}

/// The texts under which a library may be known to the catalog's module table: a script import as it stands and its
/// package; a dotted import's first segment.
fn module_prefixes(module: &str, family: Family) -> impl Iterator<Item = &str> {
    let first = match family {
        Family::JavaScript => {
            let skip = if module.starts_with('@') { module.find('/').map_or(0, |slash| slash + 1) } else { 0 };
            module[skip..].find('/').map_or(module, |slash| &module[..skip + slash])
        }
        _ => module.split('.').next().unwrap_or(module),
    };
    std::iter::once(module).chain((first != module).then_some(first))
}
