//! The examples of every library document; one test for each document.

use std::process::ExitCode;

use perflint::harness::DocumentKind;

mod common;

fn main() -> ExitCode {
    common::run_documents(DocumentKind::Library)
}
