//! `perflint init`: a configuration to start from, with what the project shows written into it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;

use super::terminal::write_out;
use super::{Context, Failure, Status};
use crate::catalog::{self, LibraryId};
use crate::config::options::DialectName;
use crate::config::{Configs, Overrides, Source};
use crate::engine::Request;
use crate::facts::sql::Dialect;
use crate::findings::{Problem, Report};
use crate::output::summary::counted;
use crate::syntax::Family;
use crate::workspace::walk::WalkOptions;
use crate::workspace::{Manifests, SourceFile, paths, walk};

const FILE: &str = "perflint.toml";
const TEMPLATE: &str = include_str!("init.toml");
/// Folders of code that often deserves other rules than the service; the first that is there stands in the example.
const APART: [&str; 6] = ["scripts", "tools", "examples", "benchmarks", "seeds", "bin"];
/// Lines of the file are at most so long.
const WIDTH: usize = 110;

/// What a project shows of itself.
struct Survey {
    /// Its languages with their numbers of files, the most frequent first.
    languages: Vec<(&'static str, usize)>,
    /// The titles of the libraries that its manifests name and perflint knows.
    libraries: Vec<String>,
    /// The dialects of SQL that those tell of.
    dialects: Vec<Dialect>,
    /// The folder of code that may deserve other rules.
    apart: Option<String>,
    /// What the default rules find.
    report: Report,
    /// A rule to show what one looks like where none is found.
    some_rule: String,
}

/// Writes the configuration.
pub fn run(folder: &Path, force: bool, context: &Context<'_>) -> Result<Status, Failure> {
    let folder = paths::absolute(&context.cwd, folder);
    let file = folder.join(FILE);
    if !folder.is_dir() {
        return Err(Problem::input(format!("there is no folder `{}`", folder.display())).into());
    }
    let configs = Configs::new(&context.cwd, &Source::Nearest, Overrides::default());
    let settings = configs.for_folder(&folder);
    if let Some(origin) = settings.origin.as_ref().filter(|_| settings.root == folder && !(force && file.is_file())) {
        let help =
            if origin.ends_with(FILE) { "`--force` writes over it" } else { "change it there, or take it out first" };
        let problem = Problem::input(format!("{origin} holds a configuration already"));
        return Err(problem.with_help(Some(help)).into());
    }
    let survey = survey(&folder, context)?;
    std::fs::write(&file, survey.text())
        .with_context(|| format!("the configuration cannot be written to {}", file.display()))?;
    write_out(&survey.next_steps(&paths::shown(&context.cwd, &file)))?;
    Ok(Status::Clean)
}

/// Looks at a project's files and manifests, and lints it with the defaults.
fn survey(folder: &Path, context: &Context<'_>) -> Result<Survey, Failure> {
    let configs = Configs::new(folder, &Source::Isolated, Overrides::default());
    let found = walk(&[PathBuf::from(".")], &configs, WalkOptions::default());
    let (manifests, _) = Manifests::load(folder, found.files.iter().map(|file| file.absolute.as_path()));
    let (libraries, dialects) = libraries(&found.files, &manifests)?;
    let is_there =
        |name: &&str| found.files.iter().any(|file| file.path.split('/').rev().skip(1).any(|part| part == *name));
    let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
    for file in &found.files {
        *counts.entry(name_of(file.language.family())).or_default() += 1;
    }
    let mut languages: Vec<(&'static str, usize)> = counts.into_iter().collect();
    languages.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let apart = APART.into_iter().find(is_there).map(str::to_owned);
    let request = Request { files: found.files, settings: configs.all(), manifests, progress: Arc::default() };
    let report = context.engine.check(&request)?;
    let some_rule = context.engine.rules(&[], &[])?.into_iter().find(|rule| !rule.strict).map(|rule| rule.id);
    Ok(Survey { languages, libraries, dialects, apart, report, some_rule: some_rule.unwrap_or_default() })
}

/// The names of the libraries that files depend on, and the dialects that those tell of, both without repetition.
fn libraries(files: &[SourceFile], manifests: &Manifests) -> Result<(Vec<String>, Vec<Dialect>), Failure> {
    let families = [Family::JavaScript, Family::Python, Family::Rust];
    let Ok(catalog) = catalog::builtin(&families) else {
        return Err(Problem::internal("the built-in library models cannot be read").into());
    };
    let mut ids: Vec<LibraryId> = Vec::new();
    for file in files {
        let family = file.language.family();
        let names = manifests.of(&file.absolute).names(family);
        let packages = names.into_iter().flatten();
        ids.extend(packages.flat_map(|name| catalog.libraries_of_package(family, name)));
        ids.sort_unstable();
        ids.dedup();
    }
    let libraries = || ids.iter().map(|id| catalog.library(*id));
    let mut titles: Vec<String> = libraries().map(|library| library.title.clone()).collect();
    titles.sort_by_key(|title| title.to_lowercase());
    titles.dedup();
    let mut dialects: Vec<Dialect> = Vec::new();
    for dialect in libraries().filter_map(|library| library.dialect) {
        if !dialects.contains(&dialect) {
            dialects.push(dialect);
        }
    }
    Ok((titles, dialects))
}

fn name_of(family: Family) -> &'static str {
    match family {
        Family::JavaScript => "JavaScript or TypeScript",
        Family::Python => "Python",
        Family::Rust => "Rust",
        Family::Sql => "SQL",
    }
}

impl Survey {
    /// The configuration.
    fn text(&self) -> String {
        let rule = self.commonest_rule().unwrap_or(&self.some_rule);
        let (dialect, word) = self.dialect();
        TEMPLATE
            .replace("{found}", &comment(&self.found()))
            .replace("{dialect}", &comment(&dialect))
            .replace("{word}", word)
            .replace("{rule}", rule)
            .replace("{exclude}", "legacy/")
            .replace("{folder}", self.apart.as_deref().unwrap_or("scripts"))
    }

    fn found(&self) -> String {
        if self.languages.is_empty() {
            return "No file of a language that perflint reads was here when this was written.".to_owned();
        }
        let languages: Vec<String> =
            self.languages.iter().map(|(name, count)| format!("{} of {name}", counted(*count, "file"))).collect();
        let languages = languages.join(", ");
        if self.libraries.is_empty() {
            return format!("Written for {languages}; no manifest names a library that perflint knows.");
        }
        format!("Written for {languages}, with {}.", self.libraries.join(", "))
    }

    fn dialect(&self) -> (String, &'static str) {
        let words: Vec<&str> = self.dialects.iter().map(|dialect| DialectName::word(*dialect)).collect();
        match words.as_slice() {
            [] => (
                "The dialect of SQL, which nothing here tells of; without it, what most databases read.".to_owned(),
                "postgres",
            ),
            [one] => (format!("The dialect of SQL, if it is not {one}, as the libraries tell."), one),
            [first, ..] => {
                let all = words.join(", ");
                (format!("The dialect of SQL: the libraries tell of several ({all}), so one should be chosen."), first)
            }
        }
    }

    fn commonest_rule(&self) -> Option<&str> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for finding in &self.report.findings {
            *counts.entry(&finding.rule).or_default() += 1;
        }
        counts.into_iter().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(a.0))).map(|(rule, _)| rule)
    }

    /// What to do next.
    fn next_steps(&self, file: &str) -> String {
        let found = self.report.findings.len();
        let next = if found == 0 {
            "Nothing is found here, so `perflint` can go into your checks as it is.".to_owned()
        } else {
            format!(
                "{} here: `perflint` shows them, `perflint baseline` accepts them so that only new ones show.",
                counted(found, "finding")
            )
        };
        format!("Wrote {file}.\n{}\n{next}\n", self.found())
    }
}

/// A text as comment lines.
fn comment(text: &str) -> String {
    let mut lines = vec![String::from("#")];
    for word in text.split_whitespace() {
        let is_full = lines.last().is_some_and(|line| line.len() > 1 && line.len() + word.len() > WIDTH);
        if is_full {
            lines.push(String::from("#"));
        }
        if let Some(line) = lines.last_mut() {
            line.push(' ');
            line.push_str(word);
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::load::{FileKind, parse};

    fn survey(dialects: Vec<Dialect>) -> Survey {
        let libraries = (0..40).map(|n| format!("Library {n}")).collect();
        let languages = vec![("Python", 1234), ("SQL", 1)];
        Survey {
            languages,
            libraries,
            dialects,
            apart: None,
            report: Report::default(),
            some_rule: "a-rule".to_owned(),
        }
    }

    /// The file with everything that is commented out brought in.
    fn with_all(text: &str) -> String {
        let is_setting = |line: &str| line.contains(" = ") || line.starts_with("# [");
        let lines = text.lines().filter(|line| !line.is_empty()).map(|line| match line.strip_prefix("# ") {
            Some(rest) if is_setting(line) && !rest.starts_with(char::is_uppercase) => rest,
            _ => line,
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn what_is_written_is_valid_also_with_every_key() {
        for dialects in [vec![], vec![Dialect::Postgres], vec![Dialect::MySql, Dialect::Sqlite]] {
            let text = survey(dialects).text();
            assert!(!text.contains('{') && text.lines().all(|line| line.chars().count() <= 120), "{text}");
            let plain = parse(&text, FileKind::Own, FILE).unwrap().unwrap();
            assert_eq!(plain.select.unwrap(), ["default"]);
            let all = parse(&with_all(&text), FileKind::Own, FILE).unwrap().unwrap();
            assert!(all.sql_dialect.is_some() && all.baseline.is_some() && all.require_reason == Some(true));
            assert_eq!((all.per_path.len(), all.severity.len(), all.rules.len(), all.exclude.len()), (1, 1, 1, 1));
        }
    }
}
