//! Rules: Markdown documents whose matchers run over the linked facts.

pub mod bulk;
mod check;
pub mod clause;
pub mod file;
pub mod fixes;
pub mod predicates;
pub mod run;
pub mod template;
pub mod value;
pub mod vocabulary;

pub use file::{Rule, RuleExample};
pub use run::{Draft, run_file};
