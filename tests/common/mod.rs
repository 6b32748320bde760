//! What the tests of documents share.

use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};
use perflint::harness::{Bench, DocumentKind, line_of};

/// Runs the examples of the built-in documents of a kind.
pub fn run_documents(kind: DocumentKind) -> ExitCode {
    let arguments = Arguments::from_args();
    let bench = match Bench::builtin() {
        Ok(bench) => Arc::new(bench),
        Err(error) => {
            let trial = Trial::test("documents load", move || Err(Failed::from(format!("{error:?}"))));
            return libtest_mimic::run(&arguments, vec![trial]).exit_code();
        }
    };
    let documents = bench.documents.iter().filter(|document| document.kind == kind).cloned();
    let trials = documents.map(|document| {
        let bench = Arc::clone(&bench);
        Trial::test(document.path.clone(), move || {
            let outcome = bench.check(&document).map_err(|error| format!("{error:?}"))?;
            let lines: Vec<String> = outcome.failures.iter().map(|problem| line_of(problem, &document.text)).collect();
            match (lines.is_empty(), outcome.passed) {
                (true, 0) if kind == DocumentKind::Rule => Err(Failed::from("the document has no examples")),
                (true, _) => Ok(()),
                (false, _) => Err(Failed::from(lines.join("\n"))),
            }
        })
    });
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}
