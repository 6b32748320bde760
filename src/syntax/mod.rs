//! Languages, parsers and node tables.

pub mod language;
pub mod parsers;
pub mod roles;
pub mod tables;

pub use language::{Family, Language};
pub use parsers::Parsers;
