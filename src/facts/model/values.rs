//! Values: where they start, the fields read from them, literals.

use serde::{Deserialize, Serialize};

use super::{CallId, ClassId, Few, FunctionId, ListId, NameId, ObjectId, Rows, Span, TextId};
use crate::facts::path::FieldPath;

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
    /// A number; `None` when it is not an integer of 32 bits.
    Number(Option<Integer>),
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

impl Root {
    /// The variable, parameter, import or global that it is.
    pub fn name(self) -> Option<NameId> {
        match self {
            Self::Name(name) => Some(name),
            _ => None,
        }
    }
}

/// An integer; at any address, as ids are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[repr(Rust, packed)]
pub struct Integer(pub i32);

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

impl Operand {
    /// The last field read, or the name itself where none is.
    pub fn last_name(&self) -> Option<NameId> {
        self.path.last().copied().or(self.root.name())
    }
}

/// The field name that stands for an element of a collection.
pub const ELEMENT: &str = "[]";

/// What the field name of a variant's content begins with: `::Remote` leads from an enum to what `Remote` holds.
pub const VARIANT: &str = "::";

/// A string literal.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Text {
    /// The literal with its quotes.
    pub span: Span,
    /// The text, for short ones without holes (64 bytes at most).
    pub short: Option<NameId>,
    /// Holds SQL: [`FileFacts::sql_of`](super::FileFacts::sql_of) has the statements.
    pub is_sql: bool,
    /// Has holes: interpolated expressions.
    pub has_holes: bool,
}

/// An object or dictionary literal.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Object {
    /// Its place.
    pub span: Span,
    /// Its entries: [`FileFacts::entries_of`](super::FileFacts::entries_of) has them.
    pub entries: Rows,
    /// Has `...x`, `**x` or computed keys.
    pub open: bool,
}

/// A list, array, tuple or set literal.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct List {
    /// Its place.
    pub span: Span,
    /// Its elements.
    pub items: Few<Operand>,
    /// Has `...x`, `*x`.
    pub open: bool,
}
