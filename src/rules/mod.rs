//! Rules.
pub mod clause;
