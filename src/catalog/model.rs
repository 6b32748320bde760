//! What a library file says, as typed rows.

use crate::facts::Span;
use crate::syntax::Family;

/// What a call does that can cost time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Effect {
    /// A query that reads.
    DbRead,
    /// A query that writes.
    DbWrite,
    /// A transaction committed.
    DbCommit,
    /// An outgoing request: HTTP, RPC, object store, message queue.
    Http,
    /// A cache command (Redis, Memcached).
    Cache,
    /// A file read or written without blocking an event loop.
    FsRead,
    /// A file call that blocks.
    FsBlock,
    /// Work that keeps the processor busy for milliseconds.
    CpuBlock,
    /// A sleep that blocks.
    SleepBlock,
    /// A sleep that waits.
    Sleep,
    /// Takes a lock.
    Lock,
    /// Searches a collection from the start.
    ScanLinear,
    /// Makes a collection longer.
    GrowLinear,
    /// Copies a whole collection to add to it.
    CopyLinear,
    /// Writes a log line.
    Log,
}

/// A type that a library gives, or a language's own.
#[derive(Clone, Debug, Default)]
pub struct TypeRow {
    /// Its name within the library file; other files say `library.Name`.
    pub name: String,
    /// Access paths that lead to it: `mongoose.Model` (the class), `mongoose.model()` (what a call gives),
    /// `extends mongoose.Model` (project classes derived from it are this type), `@decorator.path` (project classes
    /// decorated so).
    pub from: Vec<String>,
    /// Types whose rows hold too.
    pub bases: Vec<String>,
    /// A collection of the language: list, set, map, string, bytes, number, iterator.
    pub collection: Option<String>,
    /// What iterating gives.
    pub element: Option<String>,
    /// Cannot run two calls at once: a session, a transaction, a connection.
    pub exclusive: bool,
    /// Only wraps its first type argument: `Promise`, `Arc`, `Optional`.
    pub transparent: bool,
}

/// Fields of a type.
#[derive(Clone, Debug, Default)]
pub struct FieldRow {
    /// The type.
    pub on: String,
    /// Field names; `*` for any.
    pub names: Vec<String>,
    /// The type of the field.
    pub gives: String,
    /// Recognised on a receiver of unknown type while the library is present.
    pub named: bool,
}

/// What an argument may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// A function literal, or a name that is a function.
    Function,
    /// An object or dictionary literal.
    Object,
    /// A list literal.
    List,
    /// A string.
    Text,
    /// A string that holds SQL.
    Sql,
    /// A number.
    Number,
    /// A variable, field or call result.
    Name,
    /// Not there.
    None,
}

/// What arguments a row accepts.
#[derive(Clone, Debug, Default)]
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

/// Calls.
#[derive(Clone, Debug, Default)]
pub struct CallRow {
    /// The receiver's type; `None` for functions.
    pub on: Option<String>,
    /// Method names, operator names (`@iterate`), or for functions their access paths (`requests.get`).
    pub names: Vec<String>,
    /// What it does.
    pub effects: Vec<Effect>,
    /// The effect is read from the SQL text that this argument holds.
    pub sql: Option<u32>,
    /// The type it gives: a type's name, `self`, `element`, `argument 0`, `list<element>`, `type argument` …
    pub returns: Option<String>,
    /// Recognised on a receiver of unknown type while the library is present and the shape fits.
    pub named: bool,
    /// For a named row: the receiver's last field or its root's name must be one of these.
    pub receiver: Vec<String>,
    /// What arguments it accepts.
    pub shapes: Shapes,
    /// Marks that the call sets on the value it gives: limited, eager, batched, streaming, cached, retry, unique,
    /// parallel, bounded, pager, aggregate, filtered …
    pub marks: Vec<String>,
    /// Marks set only when one of these keywords or object keys is there: (keys, mark).
    pub marks_if: Vec<(Vec<String>, String)>,
    /// Argument that it iterates (`list(xs)`).
    pub iterates: Option<u32>,
    /// Argument that it calls (once, before it returns).
    pub calls: Option<u32>,
    /// Waits for all its arguments together: `Promise.all`, `gather`, `join!`.
    pub group: bool,
    /// Starts its argument and does not wait.
    pub spawn: bool,
    /// Blocks other waiting: the receiver's calls are one after the other in any case.
    pub note: Option<String>,
    /// The row's place in the library file, for `--why`.
    pub span: Span,
}

/// Kinds of entry points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Entry {
    /// Runs per request.
    Http,
    /// Runs per message or on a schedule.
    Job,
    /// Run by hand.
    Cli,
    /// A test.
    Test,
    /// A schema or data migration, a seed.
    Migration,
    /// Runs once at start-up.
    Startup,
}

/// How entry points look.
#[derive(Clone, Debug, Default)]
pub struct EntryRow {
    /// The kind.
    pub kind: Option<Entry>,
    /// Functions decorated so: access paths (`flask.Flask().route`), or bare names (`#[test]`).
    pub decorators: Vec<String>,
    /// Methods of classes derived from these types.
    pub on: Option<String>,
    /// Method names, for `on`; empty for all.
    pub methods: Vec<String>,
    /// Functions given to a call of these methods on `registers_on`: (type, names).
    pub registers_on: Option<String>,
    /// The method names for `registers_on`.
    pub registers: Vec<String>,
    /// Files whose exported functions with the names in `methods` are entries.
    pub files: Vec<String>,
}

/// Names that count as a loop when they are given a function, or that keep it from being one.
#[derive(Clone, Debug, Default)]
pub struct Library {
    /// Its id: the file's name.
    pub id: String,
    /// The file's path, for errors.
    pub path: String,
    /// Its language.
    pub family: Option<Family>,
    /// Names in dependency manifests that make it present.
    pub packages: Vec<String>,
    /// First segments of import paths that make it present for a file.
    pub modules: Vec<String>,
    /// A part of the language: always present.
    pub builtin: bool,
    /// Types.
    pub types: Vec<TypeRow>,
    /// Fields.
    pub fields: Vec<FieldRow>,
    /// Calls.
    pub calls: Vec<CallRow>,
    /// Entry points.
    pub entries: Vec<EntryRow>,
    /// Examples: fence language, code, and its place.
    pub examples: Vec<LibraryExample>,
    /// The SQL dialect that its presence tells of.
    pub dialect: Option<String>,
}

/// A fenced example of a library file.
#[derive(Clone, Debug)]
pub struct LibraryExample {
    /// The fence's first word.
    pub language: String,
    /// The file name given, or a default one.
    pub file: Option<String>,
    /// The code.
    pub code: String,
    /// First line of the code in the library file, 1-based.
    pub line: u32,
}
