//! Calls, and the operators that act like calls.

use serde::{Deserialize, Serialize};

use super::{BindId, BlockId, CallId, FunctionId, LoopId, NameId, Operand, Rows, Span, StatementId};

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
    /// `x.f` is read, and x is an item of a loop around it (Python, where a class may run code when a field is read).
    Field,
}

impl Operator {
    /// Every operator.
    pub const ALL: [Self; 11] = [
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
        Self::Field,
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
            Self::Field => "@field",
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
    Argument(CallId),
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
    /// The arguments: [`FileFacts::args_of`](super::FileFacts::args_of) has them.
    pub args: Rows,
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
    pub inside: Option<CallId>,
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
