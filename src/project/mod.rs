//! The facts of all files, joined: imports, classes, types, effects, entry points.

pub mod classes;
pub mod dependence;
pub mod index;
pub mod layout;
pub mod members;
pub mod modules;
pub mod refs;
pub mod resolve;
pub mod rows;
pub mod sources;
pub mod types;

pub use refs::{CallRef, ClassRef, FileId, FunctionRef};
