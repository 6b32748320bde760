//! What a value is: the types that expressions are traced to.

use std::sync::Arc;

use super::refs::{ClassRef, FileId, FunctionRef};
use crate::catalog::{Mark, TypeId};
use crate::facts::ObjectId;

/// How sure a type or an effect is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Grade {
    /// A distinctive name, with the library present and the arguments' shape fitting.
    Named,
    /// A declared type says so.
    Typed,
    /// Followed from an import through assignments, fields, classes.
    Traced,
}

/// A set of [`Mark`]s.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Marks(u32);

const _: () = assert!(Mark::ALL.len() <= u32::BITS as usize, "each mark has a bit of its own");

impl Marks {
    /// Adds a mark.
    pub fn insert(&mut self, mark: Mark) {
        self.0 |= 1 << mark as u8;
    }

    /// Takes one out.
    pub fn remove(&mut self, mark: Mark) {
        self.0 &= !(1 << mark as u32);
    }

    /// Whether a mark is there.
    pub fn contains(self, mark: Mark) -> bool {
        self.0 & (1 << mark as u8) != 0
    }

    /// The marks of both.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl FromIterator<Mark> for Marks {
    fn from_iter<I: IntoIterator<Item = Mark>>(marks: I) -> Self {
        let mut set = Self::default();
        marks.into_iter().for_each(|mark| set.insert(mark));
        set
    }
}

/// A type. A class and its instances are not told apart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Type {
    /// Nothing is known.
    #[default]
    Unknown,
    /// A type of the catalog, with type arguments.
    Library(TypeId, Vec<Type>),
    /// A class of the project.
    Class(ClassRef),
    /// A function or method of the project.
    Function(FunctionRef),
    /// A file of the project as a module.
    Module(FileId),
    /// Something outside the project, by its access path.
    Path(Arc<str>),
    /// An object literal.
    Object(FileId, ObjectId),
    /// One of a few literals.
    Choice,
    /// Several values side by side.
    Tuple(Vec<Type>),
    /// The type argument that an alias is given at this position; only while a written type is read.
    Param(u32),
}

/// A type with the evidence for it, and the marks that calls have set on the value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Typed {
    /// The type.
    pub is: Type,
    /// How sure.
    pub grade: Grade,
    /// What calls on the way said of the value.
    pub marks: Marks,
}

impl Default for Typed {
    fn default() -> Self {
        Self::UNKNOWN
    }
}

impl Typed {
    /// Nothing known.
    pub const UNKNOWN: Self = Self { is: Type::Unknown, grade: Grade::Traced, marks: Marks(0) };

    /// A type followed from its source.
    pub fn traced(is: Type) -> Self {
        Self { is, grade: Grade::Traced, marks: Marks::default() }
    }

    /// Whether anything is known.
    pub fn is_known(&self) -> bool {
        self.is != Type::Unknown
    }

    /// No surer than `grade`.
    #[must_use]
    pub fn at_most(mut self, grade: Grade) -> Self {
        self.grade = self.grade.min(grade);
        self
    }

    /// The same value as another type.
    #[must_use]
    pub fn become_type(&self, is: Type) -> Self {
        Self { is, grade: self.grade, marks: self.marks }
    }
}

impl Type {
    /// Whether it is an enum of the project, or a choice of literals: its members are written out.
    pub fn is_enum(&self, project: &super::Project) -> bool {
        match self {
            Self::Choice => true,
            Self::Class(class) => project.resolver.is_enum(*class),
            _ => false,
        }
    }
}
