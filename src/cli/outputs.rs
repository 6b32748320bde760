//! Which output goes where.

use std::path::PathBuf;

use clap::ArgMatches;

use super::args::CheckArgs;
use crate::findings::Problem;
use crate::output::Format;

/// An output that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its form.
    pub format: Format,
    /// The file; standard output if there is none.
    pub file: Option<PathBuf>,
}

/// Brings `--format` and `--output` together: a file belongs to the format before it, or else to the one after it. A
/// file alone gets the form that its name tells.
///
/// # Errors
/// Two outputs would go to the same place, or a file has no format left.
pub fn targets(args: &CheckArgs, matches: &ArgMatches) -> Result<Vec<Target>, Problem> {
    let indices = |id: &str| -> Vec<usize> { matches.indices_of(id).into_iter().flatten().collect() };
    pair(args, &indices("format"), &indices("output"))
}

fn pair(args: &CheckArgs, formats: &[usize], files: &[usize]) -> Result<Vec<Target>, Problem> {
    let mut targets: Vec<Target> =
        args.format.iter().map(|arg| Target { format: arg.format, file: arg.file.clone() }).collect();
    for (file, at) in args.output.iter().zip(files) {
        let free = |row: &usize| targets[*row].file.is_none();
        let before = formats.iter().take_while(|format| *format < at).count();
        let row = (0..before).rev().find(free).or_else(|| (before..targets.len()).find(free));
        match row {
            Some(row) => targets[row].file = Some(file.clone()),
            None if args.format.is_empty() => {
                targets.push(Target { format: format_of(file), file: Some(file.clone()) });
            }
            None => {
                let message = format!("`--output {}` has no `--format` to belong to", file.display());
                return Err(Problem::input(message));
            }
        }
    }
    if targets.is_empty() {
        targets.push(Target { format: Format::Text, file: None });
    }
    for (row, target) in targets.iter().enumerate() {
        if targets[..row].iter().any(|other| other.file == target.file) {
            let place = target.file.as_ref().map_or("standard output".to_owned(), |file| file.display().to_string());
            let problem = Problem::input(format!("two outputs would go to {place}"));
            return Err(problem.with_help(Some("give each but one a file: `--format sarif=perflint.sarif`")));
        }
    }
    Ok(targets)
}

/// The form that a file's name tells.
fn format_of(file: &std::path::Path) -> Format {
    file.extension().and_then(|extension| extension.to_str()).and_then(Format::of_extension).unwrap_or(Format::Text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::Cli;
    use clap::{CommandFactory, FromArgMatches};

    fn paired(line: &str) -> Result<Vec<(Format, Option<String>)>, Problem> {
        let words = std::iter::once("perflint").chain(line.split_whitespace());
        let matches = Cli::command().try_get_matches_from(words).unwrap();
        let cli = Cli::from_arg_matches(&matches).unwrap();
        let targets = targets(&cli.check, &matches)?;
        Ok(targets.into_iter().map(|t| (t.format, t.file.map(|file| file.display().to_string()))).collect())
    }

    #[test]
    fn files_find_their_formats() {
        let file = |name: &str| Some(name.to_owned());
        assert_eq!(paired("").unwrap(), [(Format::Text, None)]);
        assert_eq!(paired("--format json").unwrap(), [(Format::Json, None)]);
        assert_eq!(paired("--format sarif=a").unwrap(), [(Format::Sarif, file("a"))]);
        assert_eq!(
            paired("--format text --format sarif --output a").unwrap(),
            [(Format::Text, None), (Format::Sarif, file("a"))]
        );
        assert_eq!(
            paired("--format sarif --output a --format json --output b").unwrap(),
            [(Format::Sarif, file("a")), (Format::Json, file("b"))]
        );
        assert_eq!(paired("--output a --format json").unwrap(), [(Format::Json, file("a"))]);
        for (name, format) in [
            ("a.sarif", Format::Sarif),
            ("a.json", Format::Json),
            ("a.md", Format::Markdown),
            ("a.xml", Format::Junit),
            ("a.txt", Format::Text),
            ("a", Format::Text),
        ] {
            assert_eq!(paired(&format!("--output {name}")).unwrap(), [(format, file(name))]);
        }
    }

    #[test]
    fn clashes_are_refused() {
        assert!(paired("--format json --format sarif").is_err());
        assert!(paired("--format json=a --format sarif=a").is_err());
        assert!(paired("--format json=a --output b").is_err());
    }
}
