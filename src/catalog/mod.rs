//! Library knowledge: what calls do, and how we know.

pub mod model;

pub use model::*;
