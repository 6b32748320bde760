//! Entry points: which functions run per request, per message, by hand, in tests, in migrations.

use globset::{Glob, GlobSet, GlobSetBuilder};
use rustc_hash::{FxHashMap, FxHashSet};

use super::calls::FileCalls;
use super::places::Places;
use super::refs::{CallRef, ClassRef, FileId, FunctionRef};
use super::resolve::Resolver;
use super::sources::ProjectFile;
use super::types::Type;
use crate::catalog::index::CALL;
use crate::catalog::{CatalogEntry, Entry, TypeId};
use crate::facts::{CallId, Function, FunctionId, FunctionKind, Operand, Root};
use crate::syntax::Family;

/// A set of [`Entry`] kinds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EntrySet(u16);

const _: () = assert!(Entry::ALL.len() <= u16::BITS as usize, "each kind has a bit of its own");

impl EntrySet {
    /// Adds a kind.
    pub fn insert(&mut self, entry: Entry) {
        self.0 |= 1 << entry as u8;
    }

    /// Whether a kind is there.
    pub fn contains(self, entry: Entry) -> bool {
        self.0 & (1 << entry as u8) != 0
    }

    /// Whether all kinds of another set are there.
    pub fn contains_all(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The kinds of both.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// The entry kinds of all functions.
#[derive(Debug, Default)]
pub struct Entries {
    /// What each file says.
    said: Vec<Said>,
    files: Vec<EntrySet>,
    functions: FxHashMap<FunctionRef, EntrySet>,
    /// The call that gives a function to a router or a queue; of several, the first.
    registrations: FxHashMap<FunctionRef, CallRef>,
}

/// What one file says of entry points, of its own functions and of those of others.
#[derive(Debug, Default)]
pub struct Said {
    /// What the file is for, by its path and imports.
    place: EntrySet,
    functions: Vec<(FunctionRef, Entry)>,
    registrations: Vec<(FunctionRef, CallRef)>,
    /// Functions in a function that is an entry are entries too.
    parents: Box<[Option<FunctionId>]>,
    /// The scripts that the file brings in.
    pub(super) imported: Box<[FileId]>,
}

/// What it takes to read what files say.
pub struct Reader<'p> {
    places: &'p Places,
    by_path: FileEntries<'p>,
    names: [(Family, FxHashSet<&'p str>); 3],
}

impl<'p> Reader<'p> {
    /// For the files of a resolver.
    ///
    /// # Errors
    /// When the built-in table of places is broken.
    pub fn new(resolver: &Resolver<'p>) -> Result<Self, String> {
        let catalog = resolver.sources.catalog;
        let names = [Family::JavaScript, Family::Python, Family::Rust]
            .map(|family| (family, catalog.registering_names(family)));
        Ok(Self { places: Places::builtin()?, by_path: FileEntries::new(resolver), names })
    }

    /// What a file says, by paths, decorators, classes and registrations.
    pub fn read(&self, resolver: &Resolver, at: FileId, calls: &FileCalls) -> Said {
        let file = resolver.sources.file(at);
        let mut said = Said {
            place: self.places.of_file(file),
            parents: file.facts.functions.iter().map(|function| function.parent).collect(),
            imported: super::clients::imported(resolver, at),
            ..Said::default()
        };
        said.add_file(resolver, at, &self.by_path);
        said.add_registrations(resolver, at, calls);
        if let Some((_, names)) = self.names.iter().find(|(family, _)| *family == file.family) {
            said.add_given(resolver, at, names);
        }
        said
    }
}

impl Said {
    fn insert(&mut self, function: FunctionRef, entry: Entry) {
        self.functions.push((function, entry));
    }

    fn add_file(&mut self, resolver: &Resolver, at: FileId, by_path: &FileEntries) {
        let file = resolver.sources.file(at);
        let catalog = resolver.sources.catalog;
        let by_file = by_path.of(file.family, file.facts.path_in_project());
        self.add_exports(resolver, at, &by_file);
        for (row, function) in file.facts.functions.iter().enumerate() {
            let this = FunctionRef { file: at, id: FunctionId(row as u32) };
            for decorator in &function.decorators {
                for entry in decorator_entries(resolver, at, decorator, function) {
                    self.insert(this, entry);
                }
            }
            for kind in taken_entries(resolver, this, function) {
                self.insert(this, kind);
            }
            let Some(name) = function.name.map(|name| file.name(name)) else { continue };
            let named = |row: &CatalogEntry| row.methods.is_empty() || row.methods.iter().any(|method| method == name);
            if function.exported || is_default_export(file, this.id) {
                by_file.iter().filter(|row| named(row)).for_each(|row| self.insert(this, row.kind));
            }
            if let (Some(class), FunctionKind::Declared) = (function.class, function.kind) {
                let bases = resolver.classes.library_bases(ClassRef { file: at, id: class });
                for row in bases.iter().flat_map(|(on, _)| catalog.class_entries(*on)) {
                    let row = catalog.entry(*row);
                    if named(row) {
                        self.insert(this, row.kind);
                    }
                }
            }
        }
    }

    /// What a script gives others under the names that its place in the tree speaks of, wrappers looked through:
    /// `export const GET = withSession(async (request) => …)`.
    fn add_exports(&mut self, resolver: &Resolver, at: FileId, by_file: &[&CatalogEntry]) {
        let file = resolver.sources.file(at);
        if by_file.is_empty() || file.family != Family::JavaScript {
            return;
        }
        for export in &file.facts.exports {
            let Some(value) = &export.value else { continue };
            let name = file.name(export.name);
            let speaks = |row: &&&CatalogEntry| row.methods.is_empty() || row.methods.iter().any(|one| one == name);
            let mut kinds = by_file.iter().filter(speaks).map(|row| row.kind).peekable();
            if kinds.peek().is_some()
                && let Type::Function(function) = resolver.operand(at, value, FunctionId::MODULE).is
            {
                kinds.for_each(|kind| self.insert(function, kind));
            }
        }
    }

    /// Functions given to a router, a test runner, a queue.
    fn add_registrations(&mut self, resolver: &Resolver, at: FileId, known: &FileCalls) {
        let file = resolver.sources.file(at);
        let catalog = resolver.sources.catalog;
        for (id, info) in known.iter() {
            let call = &file.facts.calls[id.index()];
            let name = call.callee.path.last().map_or(CALL, |name| file.name(*name));
            // What makes an object of the type is no call on one: `new Worker("mail", send)`.
            let made = info.gives.filter(|_| info.receiver.is_none() && name == CALL);
            let Some(on) = info.receiver.or(made) else { continue };
            for row in catalog.registrations(on) {
                let row = catalog.entry(*row);
                let is_any = row.registers.is_empty() && made.is_none();
                if is_any || row.registers.iter().any(|method| method == name) {
                    self.insert_arguments(resolver, CallRef { file: at, id }, row.kind);
                }
            }
        }
    }

    /// Functions given to a function of a library: Django's `path("…", view)`, axum's `get(handler)`.
    fn add_given(&mut self, resolver: &Resolver, at: FileId, names: &FxHashSet<&str>) {
        let file = resolver.sources.file(at);
        let catalog = resolver.sources.catalog;
        for (row, call) in file.facts.calls.iter().enumerate().filter(|(_, call)| call.operator().is_none()) {
            let id = CallId(row as u32);
            let Root::Name(root) = call.callee.root else { continue };
            if !names.contains(file.name(*call.callee.path.last().unwrap_or(&root))) {
                continue;
            }
            let Some(path) = resolver.written_callee(at, call) else { continue };
            for row in catalog.function_registrations(file.family, &path) {
                self.insert_arguments(resolver, CallRef { file: at, id }, catalog.entry(*row).kind);
            }
        }
    }

    fn insert_arguments(&mut self, resolver: &Resolver, of: CallRef, kind: Entry) {
        let facts = &resolver.sources.file(of.file).facts;
        let call = &facts.calls[of.id.index()];
        for arg in facts.args_of(call) {
            if let Type::Function(function) = resolver.operand(of.file, &arg.value, call.function).is {
                self.insert(function, kind);
                self.registrations.push((function, of));
            }
        }
    }
}

impl Entries {
    /// Joins what all files say.
    pub fn build(calls: &[FileCalls], said: Vec<Said>) -> Self {
        let mut entries = Self { files: said.iter().map(|said| said.place).collect(), ..Self::default() };
        super::clients::spread(&said, calls, &mut entries.files);
        for said in &said {
            for (function, entry) in &said.functions {
                entries.functions.entry(*function).or_default().insert(*entry);
            }
            for (function, call) in &said.registrations {
                entries.registrations.entry(*function).or_insert(*call);
            }
        }
        entries.said = said;
        entries
    }

    /// What the files say, given back.
    pub fn into_said(self) -> Vec<Said> {
        self.said
    }

    /// What a function is for: by itself, the functions around it, and its file.
    pub fn of(&self, function: FunctionRef) -> EntrySet {
        let mut found = self.files.get(function.file.index()).copied().unwrap_or_default();
        let mut current = Some(function.id);
        while let Some(id) = current {
            if let Some(own) = self.functions.get(&FunctionRef { file: function.file, id }) {
                found = found.union(*own);
            }
            let said = self.said.get(function.file.index());
            current = said.and_then(|said| said.parents.get(id.index()).copied().flatten());
        }
        found
    }

    /// What a function is for by itself, whatever is around it.
    pub fn own(&self, function: FunctionRef) -> EntrySet {
        self.functions.get(&function).copied().unwrap_or_default()
    }

    /// The call that gives a function to a router, a queue, a test runner.
    pub fn registration(&self, function: FunctionRef) -> Option<CallRef> {
        self.registrations.get(&function).copied()
    }

    /// Functions that are entries by themselves, in order.
    pub fn all(&self) -> impl Iterator<Item = FunctionRef> {
        let mut all: Vec<FunctionRef> = self.functions.keys().copied().collect();
        all.sort_unstable();
        all.into_iter()
    }
}

/// The catalog's rows about files by path, with their globs compiled: one set for each language, in which every glob
/// stands for a row.
struct FileEntries<'p> {
    families: Vec<(Family, GlobSet, Vec<&'p CatalogEntry>)>,
}

impl<'p> FileEntries<'p> {
    fn new(resolver: &Resolver<'p>) -> Self {
        let catalog = resolver.sources.catalog;
        let of_family = |family: Family| {
            let mut builder = GlobSetBuilder::new();
            let mut rows = Vec::new();
            for row in catalog.file_entries(family).iter().map(|row| catalog.entry(*row)) {
                for glob in row.files.iter().flat_map(|glob| [glob.clone(), format!("**/{glob}")]) {
                    if let Ok(glob) = Glob::new(&glob) {
                        builder.add(glob);
                        rows.push(row);
                    }
                }
            }
            (family, builder.build().unwrap_or_default(), rows)
        };
        Self { families: [Family::JavaScript, Family::Python, Family::Rust].map(of_family).into() }
    }

    /// The rows that speak of a file.
    fn of(&self, family: Family, path: &str) -> Vec<&'p CatalogEntry> {
        let Some((_, globs, rows)) = self.families.iter().find(|(known, ..)| *known == family) else {
            return Vec::new();
        };
        globs.matches(path).into_iter().filter_map(|place| rows.get(place).copied()).collect()
    }
}

/// Whether a function is what a module exports as a whole.
fn is_default_export(file: &ProjectFile, id: FunctionId) -> bool {
    let name = file.facts.functions[id.index()].name;
    file.facts.exports.iter().any(|export| {
        file.name(export.name) == "default"
            && export.value.as_ref().is_some_and(|value| match value.root {
                Root::Function(function) => function == id,
                Root::Name(exported) => Some(exported) == name && value.path.is_empty(),
                _ => false,
            })
    })
}

/// The entry kinds that the types of a function's parameters give: what a command takes from the command line.
fn taken_entries(resolver: &Resolver, this: FunctionRef, function: &Function) -> Vec<Entry> {
    let (file, catalog) = (resolver.sources.file(this.file), resolver.sources.catalog);
    let rows = catalog.taking_entries(file.family).iter().map(|row| catalog.entry(*row));
    let takes = |on: TypeId| {
        let name = catalog.type_of(on).name.rsplit('.').next().unwrap_or_default();
        let mut written = function.params.iter().filter_map(|param| param.annotation.as_ref());
        // Only what is called so is worth being resolved.
        written.any(|written| {
            file.name(written.name).rsplit('.').next() == Some(name)
                && matches!(resolver.type_expr(this.file, written, this.id).is, Type::Library(is, _) if is == on)
        })
    };
    rows.filter(|row| row.takes.is_some_and(takes)).map(|row| row.kind).collect()
}

/// The entry kinds that a decorator gives: by its access path, by the type that it is a method of, or by its bare name.
pub(super) fn decorator_entries(
    resolver: &Resolver,
    at: FileId,
    decorator: &Operand,
    function: &Function,
) -> Vec<Entry> {
    let file = resolver.sources.file(at);
    let catalog = resolver.sources.catalog;
    let callee = file.facts.decorator_name(decorator);
    let scope = function.parent.unwrap_or(FunctionId::MODULE);
    let mut paths = Vec::new();
    if let Root::Name(root) = callee.root {
        let whole = std::iter::once(root).chain(callee.path.iter().copied()).map(|part| file.name(part));
        paths.push(whole.collect::<Vec<_>>().join("."));
    }
    if let Type::Path(path) = resolver.operand(at, callee, scope).is {
        paths.push(path.to_string());
    }
    if let Some((method, receiver)) = callee.path.split_last() {
        let receiver = Operand { path: receiver.into(), ..callee.clone() };
        if let Type::Library(on, _) = resolver.operand(at, &receiver, scope).is {
            paths.extend(paths_of_method(resolver, on, file.name(*method)));
        }
    }
    let rows = paths.iter().flat_map(|path| catalog.decorator_entries(file.family, path));
    rows.map(|row| catalog.entry(*row)).filter(|row| file.has(row.library)).map(|row| row.kind).collect()
}

/// How a decorator that is a method of a library type may be written as an access path.
fn paths_of_method(resolver: &Resolver, on: TypeId, method: &str) -> Vec<String> {
    use crate::catalog::PathForm;
    let catalog = resolver.sources.catalog;
    let row = catalog.type_of(on);
    let library = catalog.library(row.library);
    let name = row.name.rsplit('.').next().unwrap_or(&row.name);
    let written = library.types.iter().find(|t| t.name == name);
    let from = written.into_iter().flat_map(|t| &t.from);
    from.flat_map(|path| {
        let stem = &path.path;
        match path.form {
            PathForm::Result => vec![format!("{stem}().{method}"), format!("{stem}.{method}")],
            _ => vec![format!("{stem}.{method}"), format!("{stem}().{method}")],
        }
    })
    .collect()
}
