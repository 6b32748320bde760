//! perflint: the linter for back-end performance.

pub mod catalog;
pub mod facts;
pub mod findings;
pub mod syntax;
