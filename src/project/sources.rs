//! The files of a project with their lookup tables, and which libraries each may use.

use super::entries::Places;
use super::index::FileIndex;
use super::layout::Layout;
use super::modules::Modules;
use super::refs::{ClassRef, FileId, FunctionRef};
use super::rust_modules::RustModules;
use super::test_modules::test_modules;
use crate::catalog::{Catalog, LibraryId};
use crate::facts::{Class, Few, FileFacts, Function, NameId};
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
        use rayon::prelude::*;
        facts.sort_by(|a, b| a.path.cmp(&b.path));
        super::macros::add_exits(&mut facts);
        let files = facts.into_par_iter().map(|facts| project_file(facts, catalog, layout)).collect();
        let mut sources = Self { files, catalog, layout };
        for id in sources.test_modules() {
            sources.files[id.index()].is_test = true;
        }
        sources
    }

    fn test_modules(&self) -> Vec<FileId> {
        let paths = self.files.iter().enumerate().map(|(row, file)| (FileId(row as u32), file.facts.path.as_str()));
        test_modules(&self.files, &RustModules::new(self.layout, paths))
    }

    /// A file.
    pub fn file(&self, id: FileId) -> &ProjectFile {
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
    ProjectFile { facts, index, family, is_test, present }
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
