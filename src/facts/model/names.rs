//! Names: given a value, read, brought in, given to others.

use serde::{Deserialize, Serialize};

use super::{Apart, BlockId, FunctionId, NameId, Operand, Span, TypeExpr};

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
    pub annotation: Option<Apart<TypeExpr>>,
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
    /// In code that only tests have (`#[cfg(test)]`).
    pub test_only: bool,
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
