//! Findings and what is done with them before they are shown.

pub mod baseline;
pub mod finding;
pub mod fingerprint;
pub mod fix;
pub mod problem;
pub mod report;
pub mod rule_info;
pub mod suppress;

pub use finding::*;
pub use fix::{Edit, Fix, Offer, Safety};
pub use problem::{Problem, ProblemKind};
pub use report::{Report, Stats};
pub use rule_info::RuleInfo;
