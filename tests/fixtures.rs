//! The projects in `fixtures/`: what is reported in them is what their comments expect; one test for each project.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};
use perflint::engine::lint::Linter;
use perflint::harness::{fixtures, line_of};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut folders: Vec<PathBuf> = std::fs::read_dir(&root)
        .map(|entries| entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()).collect())
        .unwrap_or_default();
    folders.sort();
    let mut trials = vec![Trial::test("there are fixtures", {
        let none = folders.is_empty();
        move || if none { Err(Failed::from("the folder `fixtures` is empty")) } else { Ok(()) }
    })];
    trials.extend(folders.into_iter().map(|folder| {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Trial::test(name, move || check(&folder))
    }));
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn check(folder: &Path) -> Result<(), Failed> {
    let outcome = fixtures::check(&Linter::default(), folder).map_err(|error| format!("{error:?}"))?;
    let lines: Vec<String> = outcome
        .failures
        .iter()
        .map(|problem| {
            let path = problem.path.as_deref().unwrap_or_default();
            line_of(problem, &std::fs::read_to_string(folder.join(path)).unwrap_or_default())
        })
        .collect();
    if lines.is_empty() { Ok(()) } else { Err(Failed::from(lines.join("\n"))) }
}
