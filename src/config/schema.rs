//! The JSON schema of the configuration.

use super::options::Options;

/// The schema of `perflint.toml`, as JSON text that ends with a line break.
///
/// # Errors
/// The schema cannot be written as JSON, which no type of ours causes.
pub fn schema() -> Result<String, serde_json::Error> {
    let schema = schemars::schema_for!(Options);
    Ok(serde_json::to_string_pretty(&schema)? + "\n")
}
