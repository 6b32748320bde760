//! Functions, blocks, statements, loops, and where control leaves.

use serde::{Deserialize, Serialize};

use super::{Apart, ArgId, BlockId, CallId, ClassId, Few, FunctionId, LoopId, NameId, Operand, Span, TypeExpr};
use crate::facts::path::FieldPath;

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
    pub params: Few<Param>,
    /// The declared result type.
    pub returns: Option<Apart<TypeExpr>>,
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
    /// Read like a field: JavaScript's `get`.
    pub is_getter: bool,
    /// Decorators and attributes, outermost first.
    pub decorators: Few<Operand>,
    /// For a closure written straight into a call: that call and the argument's position.
    pub argument_of: Option<(CallId, ArgId)>,
}

/// A parameter; a destructured one gives one row for each name, with the keys in `path`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Param {
    /// Its name.
    pub name: NameId,
    /// The name's place.
    pub span: Span,
    /// Position in the call, receiver not counted.
    pub position: ArgId,
    /// For a destructured parameter, the keys that lead from the argument to this name.
    pub path: FieldPath,
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
    /// Runs when a condition holds: `if`, one arm of `?:`, the right side of `&&`, `and`.
    If,
    /// Runs when it does not; the right side of `||`, `or`, `??` as well.
    Else,
    /// An arm of `switch`, `match`.
    Case,
    /// Guarded by handlers.
    Try,
    /// `catch`, `except`; what runs where a result is Rust's `Err`.
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
    /// The condition, the matched value, or the context expression.
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
    pub items: Few<NameId>,
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
    /// Whether a macro of the project's own leaves, which the file alone does not tell.
    pub by_own_macro: bool,
}

/// What a condition says of a value when it turns out one way: in `if user is None or not force`, that it turned out
/// false says that `user` holds and that `force` does.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Condition {
    /// The condition's place: the [`Block::guard`] of the blocks that it decides.
    pub guard: Span,
    /// How it turns out.
    pub when: bool,
    /// A name, or `this`, with the fields read from it.
    pub value: Operand,
    /// Whether the value then is true, or something rather than nothing; else it is false or nothing.
    pub holds: bool,
}

/// What a condition, or the arm of a `switch`, says of a value by comparing it with a constant: `status === "open"`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Equality {
    /// The condition's place: the [`Block::guard`] of the blocks that it decides; for an arm, its own.
    pub guard: Span,
    /// How the condition turns out.
    pub when: bool,
    /// A name, or `this`, with the fields read from it.
    pub value: Operand,
    /// The constant: a text after `"`, or the segments of its name with `.` between them (`Status.Open`).
    pub constant: NameId,
    /// Whether the value then is the constant; else it is another one.
    pub holds: bool,
}

/// A macro that leaves the function that uses it.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct LeavingMacro {
    /// Its name.
    pub name: NameId,
    /// Whatever happens; otherwise under a condition.
    pub always: bool,
}
