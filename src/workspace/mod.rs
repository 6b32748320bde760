//! The outside world: which files there are, their text, what the project depends on.

pub mod excludes;
pub mod lines;
pub mod manifest;
pub mod paths;
pub mod source;
pub mod walk;

pub use lines::{Columns, LineIndex, Position};
pub use manifest::{Dependencies, Manifests};
pub use source::{Reading, Source};
pub use walk::{SourceFile, Walk, walk};
