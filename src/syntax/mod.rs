//! Languages, parsers and node tables.

pub mod language;

pub use language::{Family, Language};
