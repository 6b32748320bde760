//! Languages, parsers and node tables.

pub mod language;
pub mod parsers;
pub mod tables;

pub use language::{Family, Language};
pub use parsers::Parsers;
