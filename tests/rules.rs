//! The examples of every rule document; one test for each document.

use std::process::ExitCode;

use perflint::harness::DocumentKind;

mod common;

fn main() -> ExitCode {
    common::run_documents(DocumentKind::Rule)
}
