//! Classes with their fields, and types as written.

use serde::{Deserialize, Serialize};

use super::{CallId, ClassId, Few, FunctionId, NameId, Operand, Span};

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
    pub bases: Few<TypeExpr>,
    /// Its fields, those set in the constructor or in methods through `this` left out (they are binds).
    pub fields: Vec<Field>,
    /// Decorators, attributes and derives.
    pub decorators: Few<Operand>,
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
    pub decorators: Few<Operand>,
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
    pub args: Few<TypeExpr>,
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
    pub bounds: Few<TypeExpr>,
    /// Its position, for a parameter of an alias.
    pub place: Option<u32>,
}

/// The type arguments written at a call: `collect::<Vec<_>>()`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TypeArgs {
    /// The call.
    pub call: CallId,
    /// The types.
    pub args: Few<TypeExpr>,
}
