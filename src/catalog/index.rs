//! The catalog: all library files in one table, looked up by what code says.

use std::ops::Deref;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::document::DocumentError;
use crate::syntax::Family;

use super::ids::{CallRowId, EntryRowId, FieldRowId, LibraryId, TypeId};
use super::model::{CallRow, EntryRow, FieldRow, Library, RelationRow};
use super::paths::PathForm;
use super::terms::TypeTerm;
use super::words::Collection;

/// Rows by name.
pub(super) type ByName<T> = FxHashMap<Box<str>, Vec<T>>;

/// A name that stands for every other one.
pub const ANY_NAME: &str = "*";

/// The name of calling a value itself: `knex("users")`, `new User()` on a model.
pub const CALL: &str = "@call";

/// The type of a builtin library whose rows hold for every type of the language.
pub const ANY_TYPE: &str = "Any";

/// All that is known of libraries. Every look-up costs one hash and no allocation.
#[derive(Debug)]
pub struct Catalog {
    pub(super) libraries: Vec<Library>,
    pub(super) types: Vec<CatalogType>,
    pub(super) calls: Vec<CatalogCall>,
    pub(super) fields: Vec<CatalogField>,
    pub(super) relations: Vec<CatalogRelation>,
    pub(super) entries: Vec<CatalogEntry>,
    pub(super) families: [FamilyIndex; 4],
}

/// The look-up tables of one language.
#[derive(Debug, Default)]
pub(super) struct FamilyIndex {
    pub types: FxHashMap<Box<str>, TypeId>,
    pub any_type: Option<TypeId>,
    pub paths: [FxHashMap<Box<str>, TypeId>; 4],
    pub functions: ByName<CallRowId>,
    pub named_calls: ByName<CallRowId>,
    pub named_fields: ByName<FieldRowId>,
    pub decorators: ByName<EntryRowId>,
    pub registering: ByName<EntryRowId>,
    pub file_entries: Vec<EntryRowId>,
    /// Entry rows about functions that take a value of some type.
    pub taking_entries: Vec<EntryRowId>,
    /// Method names, and the last segments of functions' paths.
    pub names: FxHashSet<Box<str>>,
    pub packages: ByName<LibraryId>,
    pub modules: ByName<LibraryId>,
}

/// A type with everything that its bases give it.
#[derive(Debug)]
pub struct CatalogType {
    /// Its library.
    pub library: LibraryId,
    /// Its full name, `library.Name`.
    pub name: String,
    /// Itself and the types whose rows hold too, nearest first.
    pub lineage: Vec<TypeId>,
    /// A collection of the language.
    pub collection: Option<Collection>,
    /// What iterating gives, when that is not the first type argument.
    pub element: Option<TypeTerm<TypeId>>,
    /// Cannot run two calls at once.
    pub exclusive: bool,
    /// Of a database inside the process.
    pub embedded: bool,
    /// A transaction is open as long as it is there.
    pub transaction: bool,
    /// Only wraps its first type argument.
    pub transparent: bool,
    /// As a field of a class that derives from this type, it has that class's rows.
    pub rows_of: Option<TypeId>,
    pub(super) calls: ByName<CallRowId>,
    pub(super) fields: ByName<FieldRowId>,
    pub(super) entries: Vec<EntryRowId>,
    pub(super) registrations: Vec<EntryRowId>,
}

/// A call row with its types resolved; derefs to the row.
#[derive(Debug)]
pub struct CatalogCall {
    /// Its library.
    pub library: LibraryId,
    /// The row as written.
    pub row: CallRow,
    /// The receiver's type.
    pub on: Option<TypeId>,
    /// The type it gives.
    pub returns: Option<TypeTerm<TypeId>>,
    /// The types that it passes to the function given as argument `calls`.
    pub passes: Vec<TypeTerm<TypeId>>,
    /// Does something, and holds the thread until it is done.
    pub blocks: bool,
}

/// A field row with its types resolved; derefs to the row.
#[derive(Debug)]
pub struct CatalogField {
    /// Its library.
    pub library: LibraryId,
    /// The row as written.
    pub row: FieldRow,
    /// The type that has the field.
    pub on: TypeId,
    /// The field's type.
    pub gives: TypeTerm<TypeId>,
}

/// A relation row with its types resolved; derefs to the row.
#[derive(Debug)]
pub struct CatalogRelation {
    /// Its library.
    pub library: LibraryId,
    /// The row as written.
    pub row: RelationRow,
    /// The type whose methods the names are.
    pub of: Option<TypeId>,
    /// What both classes derive from.
    pub on: TypeId,
    /// The type of the declaring field.
    pub many: Option<TypeId>,
    /// The type of the way back.
    pub gives: Option<TypeId>,
    /// Its type where it is loaded beforehand.
    pub loaded: Option<TypeId>,
}

/// An entry row with its types resolved; derefs to the row.
#[derive(Debug)]
pub struct CatalogEntry {
    /// Its library.
    pub library: LibraryId,
    /// The row as written.
    pub row: EntryRow,
    /// The type whose derived classes have the methods.
    pub on: Option<TypeId>,
    /// The type of a parameter.
    pub takes: Option<TypeId>,
    /// The type whose methods take the functions.
    pub registers_on: Option<TypeId>,
}

impl Deref for CatalogCall {
    type Target = CallRow;
    fn deref(&self) -> &CallRow {
        &self.row
    }
}

impl Deref for CatalogField {
    type Target = FieldRow;
    fn deref(&self) -> &FieldRow {
        &self.row
    }
}

impl Deref for CatalogRelation {
    type Target = RelationRow;
    fn deref(&self) -> &RelationRow {
        &self.row
    }
}

impl Deref for CatalogEntry {
    type Target = EntryRow;
    fn deref(&self) -> &EntryRow {
        &self.row
    }
}

impl Catalog {
    /// Joins library files into one catalog.
    ///
    /// # Errors
    /// Types of other files that do not exist, two libraries of one name or two types at one access path.
    pub fn assemble(libraries: Vec<Library>) -> Result<Self, Vec<DocumentError>> {
        super::assemble::assemble(libraries)
    }

    /// Every library.
    pub fn libraries(&self) -> &[Library] {
        &self.libraries
    }

    /// A library.
    pub fn library(&self, id: LibraryId) -> &Library {
        &self.libraries[id.index()]
    }

    /// A type.
    pub fn type_of(&self, id: TypeId) -> &CatalogType {
        &self.types[id.index()]
    }

    /// A call row.
    pub fn call(&self, id: CallRowId) -> &CatalogCall {
        &self.calls[id.index()]
    }

    /// Every call row of every language.
    pub fn calls(&self) -> &[CatalogCall] {
        &self.calls
    }

    /// A field row.
    pub fn field(&self, id: FieldRowId) -> &CatalogField {
        &self.fields[id.index()]
    }

    /// An entry row.
    pub fn entry(&self, id: EntryRowId) -> &CatalogEntry {
        &self.entries[id.index()]
    }

    /// The type with a full name, `library.Name`.
    pub fn type_named(&self, family: Family, name: &str) -> Option<TypeId> {
        self.family(family).types.get(name).copied()
    }

    /// The type of a literal of a collection kind: the first type of that kind in the language's own library.
    pub fn literal_type(&self, family: Family, kind: Collection) -> Option<TypeId> {
        let is_own = |library: &Library| library.builtin && library.family == family;
        let found = self
            .types
            .iter()
            .position(|row| row.collection == Some(kind) && is_own(&self.libraries[row.library.index()]));
        found.map(|row| TypeId(row as u32))
    }

    /// The type that an access path leads to; the path comes without the signs of its form.
    pub fn type_at(&self, family: Family, form: PathForm, path: &str) -> Option<TypeId> {
        self.family(family).paths[form as usize].get(path).copied()
    }

    /// The type whose rows hold for every value of a language, and so for values of unknown type too.
    pub fn any_type(&self, family: Family) -> Option<TypeId> {
        self.family(family).any_type
    }

    /// Rows for a function, by its access path. The first whose shapes fit holds.
    pub fn functions(&self, family: Family, path: &str) -> &[CallRowId] {
        rows(&self.family(family).functions, path)
    }

    /// Whether a type has methods that do anything: a model's `save` does, a marker interface has none.
    pub fn does_anything(&self, on: TypeId) -> bool {
        let calls = self.types[on.index()].calls.values().flatten();
        calls.into_iter().any(|row| !self.call(*row).effects.is_empty())
    }

    /// Rows for a method or operator of a type: its own first, then those of its bases; `*` rows when none has the
    /// name. The first whose shapes fit holds.
    pub fn methods(&self, on: TypeId, name: &str) -> &[CallRowId] {
        let calls = &self.types[on.index()].calls;
        match calls.get(name) {
            Some(found) => found,
            None if name.starts_with('@') => &[],
            None => rows(calls, ANY_NAME),
        }
    }

    /// Rows for a field of a type: its own first, then those of its bases; `*` rows when none has the name.
    pub fn fields(&self, on: TypeId, name: &str) -> &[FieldRowId] {
        let fields = &self.types[on.index()].fields;
        fields.get(name).map_or_else(|| rows(fields, ANY_NAME), Vec::as_slice)
    }

    /// Rows that recognise a method on a receiver of unknown type, of all libraries: whether one is present is for
    /// the caller to ask.
    pub fn named_calls(&self, family: Family, name: &str) -> &[CallRowId] {
        rows(&self.family(family).named_calls, name)
    }

    /// Whether any row of the language, function or method, has this name or accepts any: what no row names has no
    /// effect of its own.
    pub fn knows_name(&self, family: Family, name: &str) -> bool {
        let names = &self.family(family).names;
        names.contains(name) || names.contains(ANY_NAME)
    }

    /// Rows that recognise a field on a receiver of unknown type.
    pub fn named_fields(&self, family: Family, name: &str) -> &[FieldRowId] {
        rows(&self.family(family).named_fields, name)
    }

    /// Entry rows for a decorator or attribute, by access path or bare name.
    pub fn decorator_entries(&self, family: Family, path: &str) -> &[EntryRowId] {
        rows(&self.family(family).decorators, path)
    }

    /// Entry rows for the methods of classes derived from a type, those of its bases too.
    pub fn class_entries(&self, on: TypeId) -> &[EntryRowId] {
        &self.types[on.index()].entries
    }

    /// Entry rows for functions given to the methods of a type, those of its bases too.
    pub fn registrations(&self, on: TypeId) -> &[EntryRowId] {
        &self.types[on.index()].registrations
    }

    /// Entry rows for functions given to a function, by its access path.
    pub fn function_registrations(&self, family: Family, path: &str) -> &[EntryRowId] {
        rows(&self.family(family).registering, path)
    }

    /// The last segments of the paths of functions that take functions to be entry points.
    pub fn registering_names(&self, family: Family) -> FxHashSet<&str> {
        self.family(family).registering.keys().map(|path| path.rsplit('.').next().unwrap_or(path)).collect()
    }

    /// All relation rows.
    pub fn relations(&self) -> &[CatalogRelation] {
        &self.relations
    }

    /// Entry rows for exported functions of files.
    pub fn file_entries(&self, family: Family) -> &[EntryRowId] {
        &self.family(family).file_entries
    }

    /// Entry rows for functions that take a value of some type.
    pub fn taking_entries(&self, family: Family) -> &[EntryRowId] {
        &self.family(family).taking_entries
    }

    /// Libraries that a package in a dependency manifest makes present. Python's names in normal form: lower case, with
    /// `-`.
    pub fn libraries_of_package(&self, family: Family, package: &str) -> &[LibraryId] {
        rows(&self.family(family).packages, package)
    }

    /// Libraries that an import makes present, by the first segment of its path.
    pub fn libraries_of_module(&self, family: Family, module: &str) -> &[LibraryId] {
        rows(&self.family(family).modules, module)
    }

    fn family(&self, family: Family) -> &FamilyIndex {
        &self.families[family as usize]
    }
}

fn rows<'m, T>(map: &'m ByName<T>, name: &str) -> &'m [T] {
    map.get(name).map_or(&[], Vec::as_slice)
}
