//! Facts of any file: a file's number with a row of its tables.

use crate::facts::{CallId, ClassId, FunctionId};
use crate::ids::ids;

ids! {
    /// A file of the project, by its place in the sorted list.
    FileId,
}

/// A function of any file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FunctionRef {
    /// Its file.
    pub file: FileId,
    /// Its row there.
    pub id: FunctionId,
}

/// A class of any file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClassRef {
    /// Its file.
    pub file: FileId,
    /// Its row there.
    pub id: ClassId,
}

/// A call of any file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CallRef {
    /// Its file.
    pub file: FileId,
    /// Its row there.
    pub id: CallId,
}
