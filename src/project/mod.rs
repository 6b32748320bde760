//! The facts of all files, joined: imports, classes, types, effects, entry points.

pub mod calls;
pub mod classes;
pub mod dependence;
pub mod effects;
pub mod entries;
mod grouped;
pub mod index;
pub mod layout;
pub mod link;
mod macros;
pub mod members;
pub mod modules;
pub mod refs;
pub mod resolve;
pub mod rows;
mod rust_modules;
pub mod sources;
pub mod stores;
pub mod types;
mod written_types;

pub use link::{Hit, Project};
pub use refs::{CallRef, ClassRef, FileId, FunctionRef};
