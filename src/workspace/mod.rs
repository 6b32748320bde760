//! The outside world: which files there are, their text, what of it changed, what the project depends on.

pub mod changes;
pub mod excludes;
pub mod git;
pub mod lines;
pub mod manifest;
pub mod paths;
pub mod source;
pub mod walk;

pub use changes::Changes;
pub use lines::{Columns, LineIndex, Position};
pub use manifest::{Dependencies, Manifests};
pub use source::{Reading, Source};
pub use walk::{SourceFile, Walk, walk};
