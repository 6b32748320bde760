//! The `perflint` command.

use std::io::Write;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::process::ExitCode;

use perflint::cli::{self, Status};
use perflint::engine::lint::Linter;

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(report_panic));
    let run = catch_unwind(AssertUnwindSafe(|| cli::run(std::env::args_os(), &Linter)));
    ExitCode::from(run.unwrap_or(Status::Failed).code())
}

/// Asks for an issue, with what is needed to find the fault.
fn report_panic(info: &PanicHookInfo<'_>) {
    let message = info.payload_as_str().unwrap_or("no message");
    let place = info.location().map(|place| format!(" at {}:{}", place.file(), place.line())).unwrap_or_default();
    let text = format!(
        "error: perflint {} failed{place}: {message}\n\
         This is a defect of perflint, not of your code. Please open an issue with these lines and, if you can, the \
         smallest file that brings it about.\n",
        env!("CARGO_PKG_VERSION")
    );
    // Nobody can be told if standard error is closed.
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}
