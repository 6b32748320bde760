//! Findings and what is done with them before they are shown.

pub mod finding;

pub use finding::*;
