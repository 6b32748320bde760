//! Reading one configuration file, and those that it extends.

use std::path::{Path, PathBuf};

use globset::Glob;
use serde::Deserialize;

use super::options::Options;
use crate::facts::Span;
use crate::findings::Problem;
use crate::findings::problem::nearest;
use crate::workspace::paths;

/// Extended files may extend further, but not without end.
const MAX_LAYERS: usize = 16;

/// The kinds of file that may hold a configuration, in the order in which a folder is searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// `perflint.toml`, or any file given by `--config` or `extends`.
    Own,
    /// `[tool.perflint]` of `pyproject.toml`.
    PyProject,
    /// `"perflint"` of `package.json`.
    PackageJson,
    /// `[package.metadata.perflint]` or `[workspace.metadata.perflint]` of `Cargo.toml`.
    Cargo,
}

impl FileKind {
    /// All kinds with their file names.
    pub const NAMES: [(&'static str, Self); 4] = [
        ("perflint.toml", Self::Own),
        ("pyproject.toml", Self::PyProject),
        ("package.json", Self::PackageJson),
        ("Cargo.toml", Self::Cargo),
    ];

    fn of(path: &Path) -> Self {
        let name = path.file_name().and_then(|name| name.to_str());
        Self::NAMES.into_iter().find(|&(known, _)| Some(known) == name).map_or(Self::Own, |(_, kind)| kind)
    }
}

/// A word of the configuration that should name a rule, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// The word.
    pub word: String,
    /// The file, as shown.
    pub place: String,
    /// Where in the file.
    pub span: Option<Span>,
}

/// One file's options with the paths in them resolved.
#[derive(Clone, Debug)]
pub struct Layer {
    /// The options.
    pub options: Options,
    /// The folder of the file.
    pub folder: PathBuf,
    /// The file, as shown.
    pub place: String,
    /// Files that match `rules`.
    pub rules: Vec<PathBuf>,
    /// Files that match `libraries`.
    pub libraries: Vec<PathBuf>,
    /// Words that should name rules.
    pub mentions: Vec<Mention>,
}

/// Reads a configuration file and those that it extends: the most basic first. `None` if the file says nothing of
/// perflint.
///
/// # Errors
/// A file cannot be read, or is not a valid configuration; the first such file ends the reading.
pub fn load(cwd: &Path, path: &Path) -> Result<Option<Vec<Layer>>, Problem> {
    let mut layers = Vec::new();
    let mut next = Some(path.to_owned());
    let mut seen: Vec<PathBuf> = Vec::new();
    while let Some(path) = next.take() {
        let place = paths::shown(cwd, &path);
        if seen.contains(&path) || seen.len() >= MAX_LAYERS {
            let message = "this configuration extends itself, directly or through others";
            return Err(Problem::input(message).at(place, None));
        }
        let bytes = std::fs::read(&path)
            .map_err(|error| Problem::input(format!("cannot read the configuration: {error}")).at(&*place, None))?;
        let text = String::from_utf8_lossy(&bytes);
        let Some(options) = parse(&text, FileKind::of(&path), &place)? else {
            if seen.is_empty() {
                return Ok(None);
            }
            return Err(Problem::input("this file, which another extends, says nothing of perflint").at(place, None));
        };
        let layer = layer(options, &path, place, &text)?;
        next = layer.options.extends.as_ref().map(|other| paths::absolute(&layer.folder, Path::new(other)));
        seen.push(path);
        layers.push(layer);
    }
    layers.reverse();
    Ok(Some(layers))
}

/// Reads the options out of a file's text; `None` if there are none.
///
/// # Errors
/// The text is not what the file's kind demands, has an unknown key or a value of a wrong type.
pub fn parse(text: &str, kind: FileKind, place: &str) -> Result<Option<Options>, Problem> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if kind != FileKind::Own && !text.contains("perflint") {
        return Ok(None);
    }
    let from_toml = |error: toml::de::Error| {
        wrong(error.message(), error.span().map(|range| Span::new(range.start, range.end)), place)
    };
    match kind {
        FileKind::Own => toml::from_str(text).map(Some).map_err(from_toml),
        FileKind::PyProject => {
            let file: PyProject = toml::from_str(text).map_err(from_toml)?;
            Ok(file.tool.and_then(|tool| tool.perflint))
        }
        FileKind::Cargo => {
            let file: Cargo = toml::from_str(text).map_err(from_toml)?;
            let tables = [file.package, file.workspace];
            Ok(tables.into_iter().flatten().find_map(|table| table.metadata?.perflint))
        }
        FileKind::PackageJson => match serde_json::from_str::<Package>(text) {
            Ok(file) => Ok(file.perflint),
            Err(error) => {
                let message = error.to_string();
                let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(head, _)| head);
                Err(wrong(message, json_span(text, &error), place))
            }
        },
    }
}

#[derive(Deserialize)]
struct PyProject {
    tool: Option<Table>,
}

#[derive(Deserialize)]
struct Table {
    perflint: Option<Options>,
}

#[derive(Deserialize)]
struct Cargo {
    package: Option<WithMetadata>,
    workspace: Option<WithMetadata>,
}

#[derive(Deserialize)]
struct WithMetadata {
    metadata: Option<Table>,
}

#[derive(Deserialize)]
struct Package {
    perflint: Option<Options>,
}

/// A parser's message as a problem, with the nearest right word where a word is unknown.
fn wrong(message: &str, span: Option<Span>, place: &str) -> Problem {
    let words: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let help = match words.split_first() {
        Some((word, known)) if message.starts_with("unknown") => Some(
            nearest(word, known.iter().copied())
                .map_or_else(|| format!("known are {}", known.join(", ")), |name| format!("did you mean `{name}`?")),
        ),
        _ => None,
    };
    let message = message.split(", expected one of").next().unwrap_or(message).trim().replace("field", "key");
    Problem::input(format!("the configuration is not valid: {message}")).at(place, span).with_help(help)
}

/// The word before the place that serde_json complains of.
pub(crate) fn json_span(text: &str, error: &serde_json::Error) -> Option<Span> {
    let line_start = text.split_inclusive('\n').take(error.line().checked_sub(1)?).map(str::len).sum::<usize>();
    let end = (line_start + error.column()).min(text.len());
    let before = text.get(line_start..end)?;
    let word = before.trim_end_matches(['"', ':', ' ']);
    let length = word.chars().rev().take_while(|char| char.is_alphanumeric() || "-_".contains(*char)).count();
    let word_end = line_start + word.len();
    Some(if length == 0 { Span::new(end.saturating_sub(1), end) } else { Span::new(word_end - length, word_end) })
}

/// Resolves what a file's options name.
fn layer(options: Options, path: &Path, place: String, text: &str) -> Result<Layer, Problem> {
    let folder = path.parent().unwrap_or(Path::new("")).to_owned();
    let rules = files(&folder, &options.rules, &place)?;
    let libraries = files(&folder, &options.libraries, &place)?;
    let lists = options.per_path.iter().flat_map(|entry| entry.select.iter().chain(&entry.ignore));
    let keys = options.severity.keys().chain(options.per_path.iter().flat_map(|entry| entry.severity.keys()));
    let words = options.select.iter().flatten().chain(&options.ignore).chain(lists).chain(keys);
    let mentions =
        words.map(|word| Mention { word: word.clone(), place: place.clone(), span: find_word(text, word) }).collect();
    Ok(Layer { options, folder, place, rules, libraries, mentions })
}

/// The first place of a word in quotes, or else standing free.
fn find_word(text: &str, word: &str) -> Option<Span> {
    let is_part = |char: char| char.is_alphanumeric() || "-_/".contains(char);
    let free = |&(at, _): &(usize, &str)| {
        let (before, after) = (&text[..at], &text[at + word.len()..]);
        !before.ends_with(is_part) && !after.starts_with(is_part)
    };
    let places: Vec<(usize, &str)> = text.match_indices(word).filter(|_| !word.is_empty()).filter(free).collect();
    let quoted = places.iter().find(|&&(at, _)| text[..at].ends_with(['"', '\'']));
    quoted.or(places.first()).map(|&(at, _)| Span::new(at, at + word.len()))
}

/// The files that globs name, sorted. A pattern without a wildcard must name a file that is there.
fn files(folder: &Path, patterns: &[String], place: &str) -> Result<Vec<PathBuf>, Problem> {
    let mut found = Vec::new();
    for pattern in patterns {
        let wrong = |message: String| Problem::input(message).at(place, None);
        let Some(wild) = pattern.find(['*', '?', '[', '{']) else {
            let path = paths::absolute(folder, Path::new(pattern));
            if !path.is_file() {
                return Err(wrong(format!("there is no file `{pattern}`")));
            }
            found.push(path);
            continue;
        };
        let base = pattern[..wild].rsplit_once('/').map_or("", |(base, _)| base);
        let base = paths::absolute(folder, Path::new(base));
        let full = format!("{}/{}", globset::escape(&paths::with_slashes(folder)), pattern.trim_start_matches("./"));
        let glob = Glob::new(&full).map_err(|error| wrong(format!("`{pattern}` is no glob: {error}")))?;
        let matcher = glob.compile_matcher();
        let walk = ignore::WalkBuilder::new(base).standard_filters(false).hidden(true).build();
        let files = walk.flatten().filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()));
        found.extend(files.map(ignore::DirEntry::into_path).filter(|path| matcher.is_match(path)));
    }
    found.sort();
    found.dedup();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(text: &str, kind: FileKind) -> Problem {
        parse(text, kind, "x").expect_err("should not parse")
    }

    fn marked(text: &str, kind: FileKind) -> &str {
        &text[problem(text, kind).span.unwrap().range()]
    }

    #[test]
    fn unknown_keys_are_named_with_the_nearest() {
        let text = "selct = [\"all\"]\n";
        let problem = problem(text, FileKind::Own);
        assert_eq!(problem.help.as_deref(), Some("did you mean `select`?"));
        assert_eq!(problem.message, "the configuration is not valid: unknown key `selct`");
        assert_eq!(marked(text, FileKind::Own), "selct");
        assert_eq!(marked("{\n  \"perflint\": { \"selct\": [] }\n}", FileKind::PackageJson), "selct");
    }

    #[test]
    fn wrong_types_are_marked() {
        assert_eq!(marked("[tool.perflint]\nfail-on = 3\n", FileKind::PyProject), "3");
        assert_eq!(marked("[package.metadata.perflint]\nfail-on = \"hihg\"\n", FileKind::Cargo), "\"hihg\"");
        let problem = problem("min-confidence = \"hihg\"", FileKind::Own);
        assert_eq!(problem.help.as_deref(), Some("did you mean `high`?"));
    }

    #[test]
    fn each_kind_is_read_and_strangers_are_none() {
        let select = |text: &str, kind| parse(text, kind, "x").unwrap().and_then(|options| options.select);
        let all = Some(vec!["all".to_owned()]);
        assert_eq!(select("select = ['all']", FileKind::Own), all);
        assert_eq!(select("[tool.perflint]\nselect = ['all']", FileKind::PyProject), all);
        assert_eq!(select("{\"perflint\": {\"select\": [\"all\"]}}", FileKind::PackageJson), all);
        assert_eq!(select("[workspace.metadata.perflint]\nselect = ['all']", FileKind::Cargo), all);
        assert!(parse("[tool.black]\n", FileKind::PyProject, "x").unwrap().is_none());
        assert!(parse("[package]\nname = \"perflint-user\"\n", FileKind::Cargo, "x").unwrap().is_none());
    }

    #[test]
    fn words_are_found_where_they_stand() {
        let text = "# a-word\nignore = [\"a-word-more\", \"a-word\"]\n";
        assert_eq!(find_word(text, "a-word").unwrap().start as usize, text.rfind("a-word").unwrap());
        assert_eq!(find_word(text, ""), None);
    }
}
