//! The `perflint` command.

use std::io::Write;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::process::ExitCode;

use perflint::cli::{self, Status};
use perflint::engine::lint::Linter;

/// Facts are many small tables, built on all threads at once.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(report_panic));
    let run = catch_unwind(AssertUnwindSafe(|| cli::run(std::env::args_os(), &Linter::default())));
    ExitCode::from(run.unwrap_or(Status::Failed).code())
}

/// Asks for an issue, with what is needed to find the fault.
fn report_panic(info: &PanicHookInfo<'_>) {
    let message = payload(info);
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

/// The message of a panic, which is a string unless the code that panics does something unusual.
fn payload<'a>(info: &'a PanicHookInfo<'_>) -> &'a str {
    let payload = info.payload();
    let owned = || payload.downcast_ref::<String>().map(String::as_str);
    payload.downcast_ref::<&str>().copied().or_else(owned).unwrap_or("no message")
}
