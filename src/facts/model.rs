//! The facts of one file: flat tables with `u32` ids, byte spans and parents, the same for every language.
//!
//! Nothing here knows a grammar; ids index the table of the same [`FileFacts`]. Every table is in source order
//! of the fact's start, except where said. Row 0 of `functions` and of `blocks` is the module itself.

use serde::{Deserialize, Serialize};

use super::names::Names;
use super::path::FieldPath;
use super::sql::SqlStatement;
use crate::syntax::Language;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub struct $name(pub u32);
        impl $name {
            /// The row in its table.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

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
}

impl FunctionId {
    /// The module's own code.
    pub const MODULE: Self = Self(0);
}

impl BlockId {
    /// The module's own block.
    pub const MODULE: Self = Self(0);
}

/// Byte offsets into the file, end exclusive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
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
    /// SQL statements, of strings and of `.sql` files.
    pub sql: Vec<SqlStatement>,
    /// Suppression comments.
    pub directives: Vec<Directive>,
    /// Whether the parser met syntax that it could not read.
    pub has_syntax_errors: bool,
}

/// How a function is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FunctionKind {
    /// The file's own code.
    Module,
    /// A named function or method.
    Declared,
    /// A closure, arrow function, lambda, async block.
    Closure,
}

/// A function, method, closure or the module.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Function {
    /// How it is written.
    pub kind: FunctionKind,
    /// Its name; a closure has the name of the variable, field or key it is given to at once.
    pub name: Option<NameId>,
    /// The whole of it.
    pub span: Span,
    /// Its name, or its first token.
    pub name_span: Span,
    /// The function around it.
    pub parent: Option<FunctionId>,
    /// The class whose member it is.
    pub class: Option<ClassId>,
    /// Its parameters, `self` and `this` left out.
    pub params: Vec<Param>,
    /// The declared result type.
    pub returns: Option<TypeExpr>,
    /// Its body.
    pub body: BlockId,
    /// The block that it stands in.
    pub block: BlockId,
    /// Declared `async`, or an `async` block or closure.
    pub is_async: bool,
    /// Contains `yield`.
    pub is_generator: bool,
    /// Exported, `pub`, or (Python) at module level.
    pub exported: bool,
    /// No receiver (`@staticmethod`, `static`, Rust's associated function).
    pub is_static: bool,
    /// Rust's `&mut self`: one call at a time.
    pub mutates_self: bool,
    /// Decorators and attributes, outermost first.
    pub decorators: Vec<Operand>,
    /// For a closure written straight into a call: that call and the argument's position.
    pub argument_of: Option<(CallId, u32)>,
}

/// A parameter; a destructured one gives one row for each name, with the keys in `path`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Param {
    /// Its name.
    pub name: NameId,
    /// The name's place.
    pub span: Span,
    /// Position in the call, receiver not counted.
    pub position: u32,
    /// For a destructured parameter, the keys that lead from the argument to this name.
    pub path: Vec<NameId>,
    /// The declared type (of the whole parameter).
    pub annotation: Option<TypeExpr>,
    /// The default value.
    pub default: Option<Operand>,
    /// `*args`, `...rest`.
    pub rest: bool,
    /// Rust's `&mut T`: two calls cannot have it at once.
    pub mutable: bool,
}

/// What a block belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BlockKind {
    /// The body of a function; for row 0, the module.
    Function(FunctionId),
    /// The body of a loop: what runs each time (for a comprehension: the element and the conditions).
    Loop(LoopId),
    /// Runs when a condition holds: `if`, one arm of `?:`, the right side of `&&`, `and`, `??`, `or`.
    If,
    /// Runs when it does not.
    Else,
    /// An arm of `switch`, `match`.
    Case,
    /// Guarded by handlers.
    Try,
    /// `catch`, `except`.
    Catch,
    /// `finally`.
    Finally,
    /// `with`, `async with`, `using`.
    With,
    /// A bare block.
    Plain,
}

/// A stretch of code that runs together.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Block {
    /// What it belongs to.
    pub kind: BlockKind,
    /// Its place.
    pub span: Span,
    /// The block around it; `None` for the module.
    pub parent: Option<BlockId>,
    /// The function it is in.
    pub function: FunctionId,
    /// The condition, the matched value with the pattern, or the context expression.
    pub guard: Option<Span>,
}

/// One statement (an expression statement, a declaration, a `return` …). Compound statements have a row of their own
/// that contains those of their blocks.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Statement {
    /// Its place.
    pub span: Span,
    /// The block it stands in.
    pub block: BlockId,
}

/// The shape of a loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LoopKind {
    /// `for … of`, `for … in`, Rust's `for`.
    For,
    /// `for (;;)`.
    Counted,
    /// `while`, `do … while`, `loop`.
    While,
    /// A comprehension or generator expression.
    Comprehension,
    /// A function called for each element: `map`, `forEach`, `for_each`.
    Callback,
    /// `for await`, `async for`: the elements arrive one by one.
    Stream,
}

/// A loop.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Loop {
    /// Its shape.
    pub kind: LoopKind,
    /// The whole of it (for a callback: the call).
    pub span: Span,
    /// The keyword with the head, or the callback's method name: where a label goes.
    pub head: Span,
    /// The names that change each time (for a callback, its element parameter's names).
    pub items: Vec<NameId>,
    /// What is looped over.
    pub over: Option<Operand>,
    /// The condition of a `while` or `for (;;)`; `None` also for `loop`.
    pub condition: Option<Span>,
    /// What runs each time.
    pub body: BlockId,
    /// The block that the loop stands in.
    pub block: BlockId,
    /// The loop around it, across the functions of callbacks too.
    pub parent: Option<LoopId>,
    /// The function that the loop stands in.
    pub function: FunctionId,
    /// For a callback loop, the call (`xs.map(…)`).
    pub call: Option<CallId>,
    /// The `while` condition is a true literal, or `loop`, or `for (;;)`.
    pub endless: bool,
}

/// Where a value starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Root {
    /// A variable, parameter, import or global.
    Name(NameId),
    /// `this`, `self`, (Python) `cls`, Rust's `Self`.
    This,
    /// `super`.
    Super,
    /// What a call or operator gives.
    Call(CallId),
    /// A function literal.
    Function(FunctionId),
    /// A string.
    Text(TextId),
    /// A number; `None` when it is not an integer.
    Number(Option<i64>),
    /// True or false.
    Bool(bool),
    /// `null`, `undefined`, `None`.
    Null,
    /// A list, array or tuple literal.
    List(ListId),
    /// An object or dictionary literal.
    Object(ObjectId),
    /// A set literal.
    Set(ListId),
    /// A class given as an expression.
    Class(ClassId),
    /// Something else.
    Other,
}

/// A value: a root and the fields read from it. `await`, `?`, `!`, parentheses, casts, `&` and `*` are looked through.
///
/// Two field names are special: [`ELEMENT`] stands for "an element of", a decimal number for that position.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operand {
    /// Where it starts.
    pub root: Root,
    /// The fields read from it.
    pub path: FieldPath,
    /// The whole expression, with anything looked through.
    pub span: Span,
    /// An `await` was looked through.
    pub awaited: bool,
}

/// The field name that stands for an element of a collection.
pub const ELEMENT: &str = "[]";

/// What the field name of a variant's content begins with: `::Remote` leads from an enum to what `Remote` holds.
pub const VARIANT: &str = "::";

/// Operators that act like calls. The operand is the callee's root and path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Operator {
    /// `await x`. Its operand is what is awaited.
    Await,
    /// A loop takes elements of x (the fact stands outside the loop's body).
    Iterate,
    /// x decides a condition (`if x`, `not x`, `while x`, `!x`).
    Truth,
    /// `x[i]`.
    Index,
    /// `x[a:b]`.
    Slice,
    /// `y in x` (Python; the operand is x, argument 0 is y; `not in` too).
    Contains,
    /// `x + y` (argument 0 is y).
    Add,
    /// `x += y`.
    AddAssign,
    /// `...x`, `*x`, `**x` in a literal or an argument list.
    Spread,
    /// `x == y` (argument 0 is y).
    Equal,
}

impl Operator {
    /// Every operator.
    pub const ALL: [Self; 10] = [
        Self::Await,
        Self::Iterate,
        Self::Truth,
        Self::Index,
        Self::Slice,
        Self::Contains,
        Self::Add,
        Self::AddAssign,
        Self::Spread,
        Self::Equal,
    ];

    /// The name in library files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Await => "@await",
            Self::Iterate => "@iterate",
            Self::Truth => "@truth",
            Self::Index => "@index",
            Self::Slice => "@slice",
            Self::Contains => "@contains",
            Self::Add => "@add",
            Self::AddAssign => "@add-assign",
            Self::Spread => "@spread",
            Self::Equal => "@equal",
        }
    }
}

/// How a call is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CallKind {
    /// `f(x)`, `a.f(x)`; a tagged template is one with the template as argument 0.
    Plain,
    /// `new C(x)`; Rust's struct literal `C { .. }`.
    New,
    /// `f!(x)`.
    Macro,
    /// An operator.
    Operator(Operator),
}

/// What becomes of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sink {
    /// Nothing: an expression statement.
    Dropped,
    /// Given to names.
    Bound(BindId),
    /// Returned, or the tail expression of a function.
    Returned,
    /// An argument of a call.
    Argument(CallId, u32),
    /// A field is read from it or a method called on it.
    Receiver,
    /// An operand of an operator fact.
    Operand,
    /// Inside a list literal that is argument 0 of a call (`Promise.all([x()])`), or an element of any literal.
    Element,
    /// Anything else.
    Other,
}

/// A call, a macro, or an operator that acts like one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Call {
    /// How it is written.
    pub kind: CallKind,
    /// The whole call with its receiver.
    pub span: Span,
    /// The method or function name: from here to the end of the call is what a report marks.
    pub name_span: Span,
    /// What is called: for `a.b.f(x)` the root `a` and the path `b`, `f`; for an operator, its operand.
    pub callee: Operand,
    /// The arguments.
    pub args: Vec<Arg>,
    /// The block it stands in.
    pub block: BlockId,
    /// The function it stands in.
    pub function: FunctionId,
    /// The innermost loop whose body it stands in, across the functions of callbacks.
    pub in_loop: Option<LoopId>,
    /// The statement it stands in.
    pub statement: StatementId,
    /// Directly awaited.
    pub awaited: bool,
    /// What becomes of its value, `await` and `?` looked through.
    pub sink: Sink,
    /// The nearest call that has this one anywhere inside an argument (function literals end the search).
    pub inside: Option<(CallId, u32)>,
}

impl Call {
    /// The operator, if it is one.
    pub fn operator(&self) -> Option<Operator> {
        match self.kind {
            CallKind::Operator(operator) => Some(operator),
            _ => None,
        }
    }

    /// What a method is called on: the callee without the method's name; an operator's operand as it is.
    pub fn receiver(&self) -> Operand {
        let mut receiver = self.callee.clone();
        if self.operator().is_none() && receiver.path.pop().is_some() {
            receiver.span.end = self.name_span.start.max(receiver.span.start);
        }
        receiver
    }
}

/// An argument.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Arg {
    /// The keyword (`limit=10`).
    pub keyword: Option<NameId>,
    /// The value.
    pub value: Operand,
    /// `*args`, `...args`, `**kwargs`.
    pub spread: bool,
    /// Rust's `&mut x`: nobody else can use it while the call lasts.
    pub mutable: bool,
}

/// How a name gets its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BindKind {
    /// `let`, `const`, `var`; Python's first or any plain assignment is [`BindKind::Assign`].
    Declare,
    /// `x = …`, `x.f = …`, `x[k] = …` (the path ends in [`ELEMENT`]).
    Assign,
    /// `x += …`; the value is the right side.
    Augment,
    /// A loop's item; the value is what is looped over, with [`ELEMENT`] as last field.
    Item,
    /// `with … as x`, `if let Some(x)`, a `match` arm's name, `catch (x)`; the value is the matched one where known.
    Pattern,
    /// `del x[k]`, `delete x[k]`.
    Delete,
}

/// A name or field given a value.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Bind {
    /// How.
    pub kind: BindKind,
    /// What: a name, or `this`, with a path.
    pub target: Operand,
    /// The value; for a destructured one, the keys are in its path.
    pub value: Option<Operand>,
    /// The value's whole expression.
    pub value_span: Span,
    /// The declared type.
    pub annotation: Option<TypeExpr>,
    /// The function it stands in.
    pub function: FunctionId,
    /// The block it stands in.
    pub block: BlockId,
    /// `const`, `let` without `mut`, `static`.
    pub constant: bool,
    /// Its value is Rust's `&mut …`: two calls cannot have it at once.
    pub borrows_mutably: bool,
}

/// A name read. Field names and types are not uses.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Use {
    /// The name (`this` and `self` are uses of that word).
    pub name: NameId,
    /// Where.
    pub start: u32,
}

/// A name brought in from elsewhere.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Import {
    /// The name in this file; `*` for all.
    pub local: NameId,
    /// The module as written, Rust's `::` as `.`; Python's leading dots kept.
    pub module: NameId,
    /// The member; `None` for the module itself, `default` for JavaScript's default.
    pub member: Option<NameId>,
    /// Its place.
    pub span: Span,
    /// The function it stands in.
    pub function: FunctionId,
    /// `import type`, `if TYPE_CHECKING`.
    pub type_only: bool,
}

/// A name given to others.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Export {
    /// The outer name; `*` for all; `default` for JavaScript's default and for `module.exports =`.
    pub name: NameId,
    /// The value here; `None` for a re-export.
    pub value: Option<Operand>,
    /// For a re-export, the module and the member (`*` for all).
    pub from: Option<(NameId, NameId)>,
}

/// The kind of a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClassKind {
    /// A class or struct.
    Class,
    /// An interface or trait, an object type alias.
    Interface,
    /// An enum.
    Enum,
    /// Rust's `impl`: `name` is the type, `bases` the trait. Its methods belong to that type.
    Impl,
    /// A type alias: `bases` has the type it stands for.
    Alias,
}

/// A class, struct, interface, trait, enum, impl block or alias.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Class {
    /// Its kind.
    pub kind: ClassKind,
    /// Its name.
    pub name: Option<NameId>,
    /// The whole of it.
    pub span: Span,
    /// What it extends and implements.
    pub bases: Vec<TypeExpr>,
    /// Its fields, those set in the constructor or in methods through `this` left out (they are binds).
    pub fields: Vec<Field>,
    /// Decorators, attributes and derives.
    pub decorators: Vec<Operand>,
    /// The function it stands in.
    pub function: FunctionId,
    /// The class it stands in (Django's `Meta`).
    pub parent: Option<ClassId>,
    /// Exported or `pub`.
    pub exported: bool,
}

/// A field of a class, an enum's member, a constructor's parameter property.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Field {
    /// Its name.
    pub name: NameId,
    /// Its place.
    pub span: Span,
    /// The declared type.
    pub annotation: Option<TypeExpr>,
    /// The initial value.
    pub value: Option<Operand>,
    /// Decorators and attributes.
    pub decorators: Vec<Operand>,
    /// `static`, or Python's class level.
    pub is_static: bool,
}

/// A type as written: `Promise<User[]>` is `Promise` with the argument `Array` with the argument `User`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypeExpr {
    /// The dotted name (Rust's `::` as `.`); `|` for a union, `()` for a tuple, `fn` for a function type, `{}` for an
    /// object type. Array and slice types are `Array`, references and pointers are looked through.
    pub name: NameId,
    /// Type arguments, union members, tuple members, a function type's result.
    pub args: Vec<TypeExpr>,
    /// The place of the whole type.
    pub span: Span,
}

/// A type parameter of a function, class or impl block; a condition on one in a `where` clause is a row of its own.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TypeParam {
    /// Its name.
    pub name: NameId,
    /// The declaration in which it holds.
    pub holds: Span,
    /// What it must be.
    pub bounds: Vec<TypeExpr>,
    /// Its position, for a parameter of an alias.
    pub place: Option<u32>,
}

/// The type arguments written at a call: `collect::<Vec<_>>()`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TypeArgs {
    /// The call.
    pub call: CallId,
    /// The types.
    pub args: Vec<TypeExpr>,
}

/// A string literal.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Text {
    /// The literal with its quotes.
    pub span: Span,
    /// The text, for short ones without holes (64 bytes at most).
    pub short: Option<NameId>,
    /// The rows of [`FileFacts::sql`] that it holds: first and count.
    pub sql: Option<(u32, u32)>,
    /// Holes: interpolated expressions.
    pub holes: u32,
}

/// An object or dictionary literal.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Object {
    /// Its place.
    pub span: Span,
    /// Keys that are names or strings, with their values; a shorthand's value is the name.
    pub entries: Vec<(NameId, Operand)>,
    /// Has `...x`, `**x` or computed keys.
    pub open: bool,
}

/// A list, array, tuple or set literal.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct List {
    /// Its place.
    pub span: Span,
    /// Its elements.
    pub items: Vec<Operand>,
    /// Has `...x`, `*x`.
    pub open: bool,
}

/// How control leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ExitKind {
    /// `return` (and, for Rust and arrow functions, the tail expression).
    Return,
    /// `break`.
    Break,
    /// `continue`.
    Continue,
    /// `throw`, `raise`, `panic!`.
    Throw,
    /// `yield`.
    Yield,
    /// Rust's `?`.
    Question,
}

/// A place where control leaves.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Exit {
    /// How.
    pub kind: ExitKind,
    /// The whole statement or expression.
    pub span: Span,
    /// The block it stands in.
    pub block: BlockId,
    /// The function it leaves or stands in.
    pub function: FunctionId,
    /// The value.
    pub value: Option<Operand>,
}

/// A macro that leaves the function that uses it.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct LeavingMacro {
    /// Its name.
    pub name: NameId,
    /// Whatever happens; otherwise under a condition.
    pub always: bool,
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
