//! perflint: the linter for back-end performance.

pub mod catalog;
pub mod cli;
pub mod config;
pub mod document;
pub mod embedded;
pub mod engine;
pub mod facts;
pub mod findings;
pub mod harness;
pub mod output;
pub mod project;
pub mod rules;
pub mod syntax;
pub mod workspace;
