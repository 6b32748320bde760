//! The facts of all files, joined: imports, classes, types, effects, entry points.

mod answers;
pub mod call_sites;
mod callees;
pub mod calls;
pub mod classes;
mod clients;
pub mod dependence;
pub mod effects;
mod elements;
pub mod entries;
mod generic_results;
mod grouped;
pub mod imported;
pub mod index;
pub mod layout;
pub mod link;
mod macros;
pub mod members;
pub mod modules;
pub mod needs;
pub mod refs;
pub mod resolve;
pub mod rows;
mod rust_modules;
pub mod seldom;
mod shapes;
pub mod sources;
pub mod stores;
mod test_modules;
pub mod types;
mod values;
mod wrappers;
mod written_types;

pub use link::{Hit, Project};
pub use refs::{CallRef, ClassRef, FileId, FunctionRef};
