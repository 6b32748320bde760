//! Conformance of the line hashes with those of GitHub's upload action. The vectors serve any program that writes SARIF.
#![allow(clippy::unwrap_used)]

use perflint::findings::fingerprint::line_hashes;
use serde::Deserialize;

#[derive(Deserialize)]
struct Vector {
    name: String,
    text: String,
    hashes: Vec<String>,
}

#[test]
fn line_hashes_are_those_of_the_upload_action() {
    let vectors: Vec<Vector> = serde_json::from_str(include_str!("data/line-hashes.json")).unwrap();
    assert!(vectors.len() >= 20);
    for Vector { name, text, hashes } in vectors {
        assert_eq!(line_hashes(&text), hashes, "{name}");
    }
}
