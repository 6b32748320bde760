//! What a library file says, as typed rows.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use crate::facts::Span;
use crate::facts::sql::Dialect;
use crate::syntax::Family;

use super::paths::AccessPath;
use super::terms::TypeTerm;
use super::words::{Collection, Effect, Entry, Mark, Shape};

/// A type's name as written in a row: `Name`, or `library.Name` for another file's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeName {
    /// The name.
    pub name: String,
    /// Its place in the library file.
    pub span: Span,
}

/// A type that a library gives, or a language's own.
#[derive(Clone, Debug)]
pub struct TypeRow {
    /// Its name within the library file; other files say `library.Name`.
    pub name: String,
    /// The name's place in the library file.
    pub span: Span,
    /// Access paths that lead to it.
    pub from: Vec<AccessPath>,
    /// Types whose rows hold too.
    pub bases: Vec<TypeName>,
    /// A collection of the language.
    pub collection: Option<Collection>,
    /// What iterating gives, when that is not the first type argument.
    pub element: Option<TypeTerm>,
    /// Cannot run two calls at once: a session, a transaction, a connection.
    pub exclusive: bool,
    /// Of a database inside the process, that no round trip leads to: SQLite.
    pub embedded: bool,
    /// A transaction is open as long as it is there.
    pub transaction: bool,
    /// Only wraps its first type argument: `Promise`, `Arc`, `Optional`.
    pub transparent: bool,
    /// As a field of a class that derives from this type, it has that class's rows: `objects = OrderManager()`.
    pub rows_of: Option<TypeName>,
    /// Its calls that do something hold the thread; `None` as the library says.
    pub blocking: Option<bool>,
}

/// Fields of a type.
#[derive(Clone, Debug)]
pub struct FieldRow {
    /// The type.
    pub on: TypeName,
    /// Field names; `*` for any.
    pub names: Vec<String>,
    /// The type of the field.
    pub gives: TypeTerm,
    /// Recognised on a receiver of unknown type while the library is present.
    pub named: bool,
    /// For a named row: only on a receiver whose last name begins with a capital letter, as classes do.
    pub on_class: bool,
    /// The row's place in the library file.
    pub span: Span,
}

/// How a class says that its rows belong to those of another class, which so gets a field for the way back.
#[derive(Clone, Debug)]
pub struct RelationRow {
    /// Access paths of the functions whose calls declare it (`django.db.models.ForeignKey`), or names of methods.
    pub names: Vec<String>,
    /// The type whose methods they are.
    pub of: Option<TypeName>,
    /// What both classes derive from.
    pub on: TypeName,
    /// The keyword that gives the other class, or its name; without it, the first argument does.
    pub target: String,
    /// The name that stands for the declaring class itself; empty where there is none.
    pub itself: String,
    /// The type of the declaring field over the other class; without it, the other class itself.
    pub many: Option<TypeName>,
    /// The keyword that names the way back.
    pub back: String,
    /// Its name without that keyword.
    pub otherwise: String,
    /// What stands in both for the name of the declaring class, in lower case; empty where nothing does.
    pub owner: String,
    /// Whether the declaration does not tell how many rows are at the other end: then its field has no type by it.
    pub any_number: bool,
    /// The keyword that says when the other end is loaded.
    pub loading: String,
    /// The values of it that mean: when it is read, as is so without it.
    pub on_read: Vec<String>,
    /// Whether rows that were fetched are kept by their keys, so that the other end is not asked for when it is there.
    pub keeps_rows: bool,
    /// The type of the way back, over the declaring class; without it, the declaring class itself.
    pub gives: Option<TypeName>,
    /// The last names of functions that load the relations they are given the names of.
    pub loaders: Vec<String>,
    /// What they have between the names of relations that follow each other.
    pub between: String,
    /// The type of the way back where such a call names it.
    pub loaded: Option<TypeName>,
    /// The row's place in the library file.
    pub span: Span,
}

/// What arguments a row accepts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shapes {
    /// Allowed shapes of positional arguments, by position; an empty list allows all.
    pub positional: Vec<Vec<Shape>>,
    /// Fewest arguments, keywords counted.
    pub min: Option<u32>,
    /// Most arguments, keywords counted.
    pub max: Option<u32>,
    /// Only keyword arguments (at least one).
    pub keywords_only: bool,
    /// One of these keywords, or keys of an object argument, must be there.
    pub any_key: Vec<String>,
}

impl Shapes {
    /// Whether any arguments are accepted.
    pub fn is_open(&self) -> bool {
        *self == Self::default()
    }
}

/// A mark that is set only when one of some keywords or object keys is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarkIf {
    /// The keywords or keys.
    pub keys: Vec<String>,
    /// The mark.
    pub mark: Mark,
    /// Only when the value is null: `maxsize=None`.
    pub null: bool,
}

/// Where a call finds its SQL text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SqlPlace {
    /// An argument, by its place.
    Argument(u32),
    /// What the receiver was made from: `query("SELECT …").bind(id).fetch_one(pool)`.
    Receiver,
}

/// Calls.
#[derive(Clone, Debug, Default)]
pub struct CallRow {
    /// The receiver's type; `None` for functions.
    pub on: Option<TypeName>,
    /// Method names (`*` for any that no other row names), operator names (`@iterate`); for functions their access
    /// paths (`requests.get`), for named rows without `on` the methods' names.
    pub names: Vec<String>,
    /// What it does. With `sql`, what it does when the text cannot be read.
    pub effects: Vec<Effect>,
    /// Where the SQL text is that the effect is read from.
    pub sql: Option<SqlPlace>,
    /// The type it gives.
    pub returns: Option<TypeTerm>,
    /// The types that it passes to the function given as argument `calls`, by position.
    pub passes: Vec<TypeTerm>,
    /// Recognised on a receiver of unknown type while the library is present and the shape fits.
    pub named: bool,
    /// For a named row: the receiver's last field or its root's name must be one of these.
    pub receiver: Vec<String>,
    /// What arguments it accepts.
    pub shapes: Shapes,
    /// Marks that the call sets on the value it gives.
    pub marks: Vec<Mark>,
    /// Marks set only when a keyword or object key is there.
    pub marks_if: Vec<MarkIf>,
    /// What the call gives has the marks of its arguments as well.
    pub marks_of_arguments: bool,
    /// Argument that it iterates (`list(xs)`).
    pub iterates: Option<u32>,
    /// Argument that it calls (once, before it returns).
    pub calls: Option<u32>,
    /// Waits for all its arguments together: `Promise.all`, `gather`, `join!`.
    pub group: bool,
    /// Starts its argument and does not wait.
    pub spawn: bool,
    /// Holds the thread until it is done; `None` as the type or the library says.
    pub blocking: Option<bool>,
    /// The row's place in the library file, for `--why`.
    pub span: Span,
}

impl CallRow {
    /// Whether the row is about functions, reached by access paths.
    pub fn is_function(&self) -> bool {
        self.on.is_none() && !self.named
    }
}

/// How entry points look.
#[derive(Clone, Debug)]
pub struct EntryRow {
    /// The kind.
    pub kind: Entry,
    /// Functions decorated so: access paths (`flask.Flask().route`), or bare names (`test`).
    pub decorators: Vec<String>,
    /// Methods of classes derived from this type.
    pub on: Option<TypeName>,
    /// Method names, for `on` and `files`; empty for all.
    pub methods: Vec<String>,
    /// Functions with a parameter that is declared to be of this type.
    pub takes: Option<TypeName>,
    /// Functions given as an argument to methods of this type; the last argument counts.
    pub registers_on: Option<TypeName>,
    /// The method names for `registers_on`; without it, access paths of functions that take functions.
    pub registers: Vec<String>,
    /// Files whose exported functions with the names in `methods` are entries, as globs.
    pub files: Vec<String>,
    /// The row's place in the library file.
    pub span: Span,
}

/// What one library file says.
#[derive(Clone, Debug)]
pub struct Library {
    /// Its id: the file's name.
    pub id: String,
    /// The file's path, for errors.
    pub path: String,
    /// The file's text, for errors.
    pub source: String,
    /// Its language.
    pub family: Family,
    /// The library's name as people write it.
    pub title: String,
    /// What it is, and what the model covers.
    pub description: String,
    /// Names in dependency manifests that make it present.
    pub packages: Vec<String>,
    /// First segments of import paths that make it present for a file.
    pub modules: Vec<String>,
    /// A part of the language: always present.
    pub builtin: bool,
    /// Its calls that do something hold the thread, unless a type or a row says otherwise.
    pub blocking: bool,
    /// The SQL dialect that its presence tells of.
    pub dialect: Option<Dialect>,
    /// Types.
    pub types: Vec<TypeRow>,
    /// Fields.
    pub fields: Vec<FieldRow>,
    /// Its relations.
    pub relations: Vec<RelationRow>,
    /// Calls.
    pub calls: Vec<CallRow>,
    /// Entry points.
    pub entries: Vec<EntryRow>,
    /// How loops that write one element at a time read when all are written at once.
    pub bulk_forms: Vec<BulkForm>,
}

/// A loop that writes one element at a time, and what writes them all at once: the edit of a fix, which the rules for such
/// loops offer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct BulkForm {
    /// The loop, as code with holes.
    pub from: Spanned<String>,
    /// What takes its place.
    pub to: Spanned<String>,
    /// Words that the code in a hole may not have.
    #[serde(default)]
    pub without: BTreeMap<String, Vec<String>>,
    /// Holes whose code must not have the name that another hole took.
    #[serde(default)]
    pub apart: BTreeMap<String, String>,
    /// Import statements that the new code needs.
    #[serde(default)]
    pub imports: Vec<Spanned<String>>,
    /// Names that the new code brings in, with what they are made from.
    #[serde(default)]
    pub names: BTreeMap<String, Spanned<String>>,
    /// Names through which the library calls back for each row. Where a file names one together with the class of the rows,
    /// or that class replaces what runs for each row, the form is not offered.
    #[serde(default)]
    pub hooks: Vec<String>,
}

/// A fenced example of a library file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LibraryExample {
    /// The fence's first word.
    pub language: String,
    /// Whether it is what the example before it becomes when its loops write in bulk.
    pub is_bulk: bool,
    /// The file name given, if any: examples with one, side by side, form one project.
    pub file: Option<String>,
    /// The code.
    pub code: String,
    /// First line of the code in the library file, 1-based.
    pub line: u32,
}
