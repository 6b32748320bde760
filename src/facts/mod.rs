//! From a syntax tree to [`FileFacts`]: one walk, then the tree is dropped.

pub mod model;
pub mod names;
pub mod sql;
pub mod text;

pub use model::*;
