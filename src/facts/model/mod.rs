//! The facts of one file: flat tables with `u32` ids, byte spans and parents, the same for every language.
//!
//! Nothing here knows a grammar; ids index the table of the same [`FileFacts`]. Every table is in source order
//! of the fact's start, except where said. Row 0 of `functions` and of `blocks` is the module itself.
//!
//! The facts of all files are held at a time, so rows are small: what they are made of needs no alignment, and what few of
//! them have is kept elsewhere ([`Few`], [`Apart`]).

mod calls;
mod classes;
mod code;
mod names;
mod packed;
mod values;

use serde::{Deserialize, Serialize};

pub use calls::{Arg, Call, CallKind, Operator, Sink};
pub use classes::{Class, ClassKind, Field, TypeArgs, TypeExpr, TypeParam};
pub use code::{
    Block, BlockKind, Condition, Exit, ExitKind, Function, FunctionKind, LeavingMacro, Loop, LoopKind, Param, Statement,
};
pub use names::{Bind, BindKind, Export, Import, Use};
pub use packed::{Apart, Few};
pub use values::{ELEMENT, Integer, List, Object, Operand, Root, SqlRows, Text, VARIANT};

use super::names::Names;
use super::sql::SqlStatement;
use crate::ids::ids;
use crate::syntax::Language;

ids! {
    /// A string of [`FileFacts::names`].
    NameId,
    /// A row of [`FileFacts::functions`].
    FunctionId,
    /// A row of [`FileFacts::blocks`].
    BlockId,
    /// A row of [`FileFacts::statements`].
    StatementId,
    /// A row of [`FileFacts::loops`].
    LoopId,
    /// A row of [`FileFacts::calls`].
    CallId,
    /// A row of [`FileFacts::binds`].
    BindId,
    /// A row of [`FileFacts::classes`].
    ClassId,
    /// A row of [`FileFacts::texts`].
    TextId,
    /// A row of [`FileFacts::objects`].
    ObjectId,
    /// A row of [`FileFacts::lists`].
    ListId,
    /// A place among the arguments of a call, or the parameters that take them.
    ArgId,
}

impl FunctionId {
    /// The module's own code.
    pub const MODULE: Self = Self(0);
}

impl BlockId {
    /// The module's own block.
    pub const MODULE: Self = Self(0);
}

/// Byte offsets into the file, end exclusive. At any address, as ids are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[repr(Rust, packed)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// A span from byte offsets.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start: start as u32, end: end as u32 }
    }

    /// Whether `other` lies wholly inside.
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Whether the byte `offset` lies inside.
    pub fn covers(self, offset: u32) -> bool {
        self.start <= offset && offset < self.end
    }

    /// The span as a range of `usize`.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// Everything known of one file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FileFacts {
    /// The path from the root of the run, with `/`.
    pub path: String,
    /// Its language.
    pub language: Language,
    /// The strings that [`NameId`]s stand for.
    pub names: Names,
    /// Functions, methods, closures; row 0 is the module.
    pub functions: Vec<Function>,
    /// Blocks of code; row 0 is the module's.
    pub blocks: Vec<Block>,
    /// Statements.
    pub statements: Vec<Statement>,
    /// Loops of every kind.
    pub loops: Vec<Loop>,
    /// Calls, operators that act like calls, macros. A call comes after the calls in its receiver and arguments.
    pub calls: Vec<Call>,
    /// Names and fields given a value.
    pub binds: Vec<Bind>,
    /// Names read.
    pub uses: Vec<Use>,
    /// Imports.
    pub imports: Vec<Import>,
    /// Exports (JavaScript's `export`, Rust's `pub use`, Python's `__all__` is not one).
    pub exports: Vec<Export>,
    /// Classes, interfaces, structs, traits, impl blocks, enums, type aliases.
    pub classes: Vec<Class>,
    /// Type parameters.
    pub type_params: Vec<TypeParam>,
    /// Type arguments that calls are given, by call.
    pub type_args: Vec<TypeArgs>,
    /// Strings.
    pub texts: Vec<Text>,
    /// Object and dictionary literals.
    pub objects: Vec<Object>,
    /// List, array, tuple literals.
    pub lists: Vec<List>,
    /// Places where control leaves.
    pub exits: Vec<Exit>,
    /// Macros that the file defines and that leave the function that uses them.
    pub leaving_macros: Vec<LeavingMacro>,
    /// Calls of macros whose value is dropped.
    pub lone_macros: Vec<CallId>,
    /// What conditions say of names, sorted by the condition's place.
    pub conditions: Vec<Condition>,
    /// SQL statements, of strings and of `.sql` files.
    pub sql: Vec<SqlStatement>,
    /// Suppression comments.
    pub directives: Vec<Directive>,
    /// Whether the parser met syntax that it could not read.
    pub has_syntax_errors: bool,
}

/// A suppression comment.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Directive {
    /// The comment.
    pub span: Span,
    /// The rules named; empty for all.
    pub rules: Vec<String>,
    /// The reason after the colon.
    pub reason: Option<String>,
    /// For the whole file.
    pub whole_file: bool,
    /// Lines that it covers, 1-based: its own, and the next one with code when it stands alone.
    pub line: u32,
    /// Whether nothing but the comment is on its line.
    pub alone: bool,
}
