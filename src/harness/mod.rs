//! Runs the examples of rule and library documents.
use std::path::PathBuf;

use crate::engine::{Error, TestOutcome};

/// Runs the examples of the given documents, of all built-in ones if none are given.
///
/// # Errors
/// When a document cannot be loaded.
pub fn test_documents(_files: &[PathBuf]) -> Result<TestOutcome, Error> {
    Ok(TestOutcome::default())
}
