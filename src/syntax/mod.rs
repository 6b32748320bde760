//! Languages, parsers and node tables.

pub mod language;
pub mod measures;
pub mod parsers;
pub mod rewrite;
pub mod roles;
pub mod tables;
pub mod test_bodies;

pub use language::{Family, Language};
pub use parsers::Parsers;
pub use test_bodies::test_bodies;
