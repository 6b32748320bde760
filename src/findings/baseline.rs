//! Known findings, which are not to be shown again.
//!
//! A baseline is a report in perflint's own JSON, as `--format json=FILE` writes it; of its findings only the
//! fingerprints count.

use rustc_hash::FxHashSet;
use serde::Deserialize;

#[derive(Deserialize)]
struct Document {
    version: u32,
    findings: Vec<Known>,
}

#[derive(Deserialize)]
struct Known {
    fingerprint: String,
}

/// Reads the fingerprints of a baseline.
///
/// # Errors
/// The text is no report in perflint's own JSON of this version.
pub fn read(text: &str, version: u32) -> Result<FxHashSet<String>, String> {
    let document: Document =
        serde_json::from_str(text).map_err(|error| format!("not a report in perflint's JSON: {error}"))?;
    if document.version != version {
        return Err(format!("a report of version {}, where {version} is needed", document.version));
    }
    Ok(document.findings.into_iter().map(|known| known.fingerprint).collect())
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn only_reports_are_baselines() {
        let known = read("{\"version\": 1, \"findings\": [{\"rule\": \"a\", \"fingerprint\": \"0:1\"}]}", 1).unwrap();
        assert!(known.contains("0:1"));
        assert!(read("{\"version\": 2, \"findings\": []}", 1).unwrap_err().contains("version 2"));
        assert!(read("[]", 1).is_err());
    }
}
