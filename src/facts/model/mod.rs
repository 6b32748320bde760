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
mod measures;
mod names;
mod packed;
mod places;
mod values;

use serde::{Deserialize, Serialize};

pub use calls::{Arg, Call, CallKind, Operator, Sink};
pub use classes::{Class, ClassKind, Field, TypeArgs, TypeExpr, TypeParam};
pub use code::{
    Block, BlockKind, Condition, Equality, Exit, ExitKind, Function, FunctionKind, LeavingMacro, Loop, LoopKind, Param,
    Statement,
};
pub use measures::{Asked, Measure};
pub use names::{Bind, BindKind, Export, Import, Use};
pub use packed::{Apart, Few, Rows};
pub use places::RowOrder;
pub use values::{ELEMENT, Integer, List, Object, Operand, Root, Text, VARIANT};

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
    /// How many bytes of the path lead to the project, where that does not lie in the root of the run: they say nothing of
    /// what the file is for.
    pub outside: u32,
    /// Its language.
    pub language: Language,
    /// The strings that [`NameId`]s stand for.
    pub names: Names,
    /// Functions, methods, closures; row 0 is the module.
    pub functions: Few<Function>,
    /// Blocks of code; row 0 is the module's.
    pub blocks: Few<Block>,
    /// Statements.
    pub statements: Few<Statement>,
    /// Loops of every kind.
    pub loops: Few<Loop>,
    /// Calls, operators that act like calls, macros. A call comes after the calls in its receiver and arguments.
    pub calls: Few<Call>,
    /// The arguments of calls, those of one call side by side.
    pub args: Few<Arg>,
    /// Names and fields given a value.
    pub binds: Few<Bind>,
    /// The order of `calls` by where they end.
    pub calls_by_end: RowOrder,
    /// The order of `binds` by where their targets start.
    pub binds_by_start: RowOrder,
    /// Names read.
    pub uses: Few<Use>,
    /// Imports.
    pub imports: Few<Import>,
    /// Exports (JavaScript's `export`, Rust's `pub use`, Python's `__all__` is not one).
    pub exports: Few<Export>,
    /// Classes, interfaces, structs, traits, impl blocks, enums, type aliases.
    pub classes: Few<Class>,
    /// Type parameters.
    pub type_params: Few<TypeParam>,
    /// Type arguments that calls are given, by call.
    pub type_args: Few<TypeArgs>,
    /// Strings.
    pub texts: Few<Text>,
    /// The entries of object and dictionary literals whose keys are names or strings, with their values; a shorthand's value
    /// is the name. Those of one literal stand side by side.
    pub entries: Few<(NameId, Operand)>,
    /// Object and dictionary literals.
    pub objects: Few<Object>,
    /// List, array, tuple literals.
    pub lists: Few<List>,
    /// Places where control leaves, sorted by where they start.
    pub exits: Few<Exit>,
    /// Macros that the file defines and that leave the function that uses them.
    pub leaving_macros: Few<LeavingMacro>,
    /// Calls of macros whose value is dropped.
    pub lone_macros: Few<CallId>,
    /// What conditions say of names, sorted by the condition's place.
    pub conditions: Few<Condition>,
    /// What conditions say by comparing with constants, sorted by the condition's place.
    pub equalities: Few<Equality>,
    /// Where the size or an end of a value is asked, or a number compared with zero, in the order of the walk.
    pub measures: Few<Measure>,
    /// SQL statements, of strings and of `.sql` files.
    pub sql: Few<SqlStatement>,
    /// Suppression comments.
    pub directives: Few<Directive>,
    /// Whether the parser met syntax that it could not read.
    pub has_syntax_errors: bool,
}

impl FileFacts {
    /// The arguments of a call.
    pub fn args_of(&self, call: &Call) -> &[Arg] {
        &self.args[call.args.range()]
    }

    /// What a short text literal says (see [`Text::short`]).
    pub fn short_text(&self, value: &Operand) -> Option<&str> {
        match value.root {
            Root::Text(id) if value.path.is_empty() => self.texts[id.index()].short.map(|text| self.names.get(text)),
            _ => None,
        }
    }

    /// The arguments of a call that are given by their place.
    pub fn positional(&self, call: &Call) -> impl Iterator<Item = &Arg> {
        self.args_of(call).iter().filter(|arg| arg.keyword.is_none())
    }

    /// What a decorator names: itself, or for one that is made by a call (`@cached(60)`) what makes it.
    pub fn decorator_name<'f>(&'f self, decorator: &'f Operand) -> &'f Operand {
        match decorator.root {
            Root::Call(call) if decorator.path.is_empty() => &self.calls[call.index()].callee,
            _ => decorator,
        }
    }

    /// The entries of an object literal.
    pub fn entries_of(&self, object: &Object) -> &[(NameId, Operand)] {
        &self.entries[object.entries.range()]
    }

    /// The statements that a string holds.
    pub fn sql_of(&self, text: TextId) -> &[SqlStatement] {
        if !self.texts[text.index()].is_sql {
            return &[];
        }
        let mut all = self.sql.chunk_by(|one, next| one.text == next.text);
        all.find(|rows| rows.first().is_some_and(|row| row.text == Some(text))).unwrap_or_default()
    }
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
