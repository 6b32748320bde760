//! perflint: the linter for back-end performance.

pub mod catalog;
pub mod document;
pub mod embedded;
pub mod facts;
pub mod findings;
pub mod project;
pub mod rules;
pub mod syntax;
