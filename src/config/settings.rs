//! The configuration with its defaults filled in, ready to be asked.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::load::{Layer, Mention};
use super::selection::{PROFILES, Selection, severity_in};
use crate::facts::sql::Dialect;
use crate::findings::baseline::FILE_NAME;
use crate::findings::problem::nearest;
use crate::findings::{Confidence, Finding, Problem, RuleInfo, Severity};
use crate::workspace::paths;

/// What the command line says over any configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// In place of the configured `select`.
    pub select: Option<Vec<String>>,
    /// Added to the configured `ignore`.
    pub ignore: Vec<String>,
    /// In place of the configured threshold.
    pub min_confidence: Option<Confidence>,
    /// In place of the configured threshold.
    pub fail_on: Option<Severity>,
    /// In place of the configured file of known findings.
    pub baseline: Option<BaselineFile>,
}

/// Where known findings are written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BaselineFile {
    /// In this file, which must be there.
    Named(PathBuf),
    /// In this file, if it is there.
    Usual(PathBuf),
    /// Nowhere.
    None,
}

impl BaselineFile {
    /// The file, unless there is to be none.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Named(path) | Self::Usual(path) => Some(path),
            Self::None => None,
        }
    }
}

/// What holds for the files of one configuration.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The folder that patterns count from.
    pub root: PathBuf,
    /// The configuration file, as shown; `None` for the defaults.
    pub origin: Option<String>,
    /// Which rules are on.
    pub selection: Selection,
    /// Findings less sure than this are not shown.
    pub min_confidence: Confidence,
    /// Findings at least this bad make the run fail.
    pub fail_on: Severity,
    /// The project's own rule files, sorted.
    pub rules: Vec<PathBuf>,
    /// The project's own library models, sorted.
    pub libraries: Vec<PathBuf>,
    /// Where known findings are written down.
    pub baseline: BaselineFile,
    /// Whether suppressions must give a reason.
    pub require_reason: bool,
    /// The dialect of SQL, when given.
    pub dialect: Option<Dialect>,
    severity: BTreeMap<String, Severity>,
    exclude: Gitignore,
    include: Gitignore,
    per_path: Vec<PerPath>,
    mentions: Vec<Mention>,
}

#[derive(Clone, Debug)]
struct PerPath {
    paths: Gitignore,
    selection: Selection,
    severity: BTreeMap<String, Severity>,
}

/// What a configuration says of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inclusion {
    /// Leave it out.
    Excluded,
    /// Take it even if it is left out by default.
    BroughtBack,
    /// Nothing said.
    Unsaid,
}

impl Settings {
    /// The defaults, with patterns counted from `root`.
    pub fn defaults(root: &Path, overrides: &Overrides) -> Self {
        let mut settings = Self {
            root: root.to_owned(),
            origin: None,
            selection: Selection::default(),
            min_confidence: Confidence::Medium,
            fail_on: Severity::Medium,
            rules: Vec::new(),
            libraries: Vec::new(),
            baseline: BaselineFile::Usual(root.join(FILE_NAME)),
            require_reason: false,
            dialect: None,
            severity: BTreeMap::new(),
            exclude: Gitignore::empty(),
            include: Gitignore::empty(),
            per_path: Vec::new(),
            mentions: Vec::new(),
        };
        settings.override_with(overrides);
        settings
    }

    /// Resolves layers, the most basic first, into settings for the files under `root`.
    pub fn resolve(
        root: &Path,
        origin: String,
        layers: Vec<Layer>,
        overrides: &Overrides,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let mut settings = Self::defaults(root, &Overrides::default());
        settings.origin = Some(origin);
        let (mut exclude, mut include) = (GitignoreBuilder::new(root), GitignoreBuilder::new(root));
        for layer in layers {
            let options = layer.options;
            let place = layer.place;
            add_patterns(&mut exclude, &options.exclude, &place, problems);
            add_patterns(&mut include, &options.include, &place, problems);
            for entry in options.per_path {
                let mut paths = GitignoreBuilder::new(root);
                add_patterns(&mut paths, &entry.paths, &place, problems);
                settings.per_path.push(PerPath {
                    paths: built(&paths, &place, problems),
                    selection: Selection { select: entry.select, ignore: entry.ignore },
                    severity: entry.severity,
                });
            }
            if let Some(select) = options.select {
                settings.selection.select = select;
            }
            settings.selection.ignore.extend(options.ignore);
            settings.severity.extend(options.severity);
            settings.min_confidence = options.min_confidence.unwrap_or(settings.min_confidence);
            settings.fail_on = options.fail_on.unwrap_or(settings.fail_on);
            settings.require_reason = options.require_reason.unwrap_or(settings.require_reason);
            settings.dialect = options.sql_dialect.map(Into::into).or(settings.dialect);
            if let Some(path) = options.baseline {
                settings.baseline = BaselineFile::Named(paths::absolute(&layer.folder, Path::new(&path)));
            }
            settings.rules.extend(layer.rules);
            settings.libraries.extend(layer.libraries);
            settings.mentions.extend(layer.mentions);
        }
        let place = settings.origin.clone().unwrap_or_default();
        settings.exclude = built(&exclude, &place, problems);
        settings.include = built(&include, &place, problems);
        settings.override_with(overrides);
        settings
    }

    fn override_with(&mut self, overrides: &Overrides) {
        if let Some(select) = &overrides.select {
            self.selection.select.clone_from(select);
        }
        self.selection.ignore.extend(overrides.ignore.iter().cloned());
        self.min_confidence = overrides.min_confidence.unwrap_or(self.min_confidence);
        self.fail_on = overrides.fail_on.unwrap_or(self.fail_on);
        if let Some(baseline) = &overrides.baseline {
            self.baseline.clone_from(baseline);
        }
    }

    /// Whether a rule is on for a file (an absolute path).
    pub fn is_on(&self, rule: &RuleInfo, path: &Path) -> bool {
        let base = self.selection.verdict(rule).unwrap_or(false);
        self.for_path(path).fold(base, |on, entry| entry.selection.verdict(rule).unwrap_or(on))
    }

    /// Whether a rule is on for any file.
    pub fn may_be_on(&self, rule: &RuleInfo) -> bool {
        let selections = std::iter::once(&self.selection).chain(self.per_path.iter().map(|entry| &entry.selection));
        selections.into_iter().any(|selection| selection.verdict(rule) == Some(true))
    }

    /// The severity configured for a rule in a file (an absolute path), if any.
    pub fn severity(&self, rule: &RuleInfo, path: &Path) -> Option<Severity> {
        let base = severity_in(&self.severity, rule);
        self.for_path(path).fold(base, |severity, entry| severity_in(&entry.severity, rule).or(severity))
    }

    /// Whether a finding makes the run fail.
    pub fn fails(&self, finding: &Finding) -> bool {
        finding.severity >= self.fail_on
    }

    fn for_path<'a>(&'a self, path: &'a Path) -> impl Iterator<Item = &'a PerPath> {
        self.per_path.iter().filter(move |entry| matches(&entry.paths, &self.root, path, false).is_ignore())
    }

    /// What the `exclude` patterns say of a path (absolute).
    pub fn exclusion(&self, path: &Path, is_folder: bool) -> Inclusion {
        match matches(&self.exclude, &self.root, path, is_folder) {
            ignore::Match::Ignore(()) => Inclusion::Excluded,
            ignore::Match::Whitelist(()) => Inclusion::BroughtBack,
            ignore::Match::None => Inclusion::Unsaid,
        }
    }

    /// Whether the `include` patterns, if any, take in a file (an absolute path).
    pub fn includes(&self, path: &Path) -> bool {
        self.include.is_empty() || matches(&self.include, &self.root, path, false).is_ignore()
    }

    /// A problem for each word of the configuration that names no rule, group or profile.
    pub fn check_names(&self, rules: &[RuleInfo]) -> Vec<Problem> {
        let problem =
            |mention: &Mention| Some(unknown_rule(&mention.word, rules)?.at(mention.place.as_str(), mention.span));
        self.mentions.iter().filter_map(problem).collect()
    }
}

/// The problem with a word that should name a rule, a group or a profile; `None` if it does.
pub fn unknown_rule(word: &str, rules: &[RuleInfo]) -> Option<Problem> {
    let known = || rules.iter().flat_map(|rule| [rule.id.as_str(), rule.group.as_str()]).chain(PROFILES);
    if known().any(|name| name == word) {
        return None;
    }
    let help = nearest(word, known()).map_or_else(
        || "`perflint rules` lists the rules and their groups".to_owned(),
        |name| format!("did you mean `{name}`?"),
    );
    Some(Problem::input(format!("there is no rule or group `{word}`")).with_help(Some(help)))
}

fn add_patterns(builder: &mut GitignoreBuilder, patterns: &[String], place: &str, problems: &mut Vec<Problem>) {
    for pattern in patterns {
        if let Err(error) = builder.add_line(None, pattern) {
            problems.push(Problem::input(format!("`{pattern}` is no pattern: {error}")).at(place, None));
        }
    }
}

fn built(builder: &GitignoreBuilder, place: &str, problems: &mut Vec<Problem>) -> Gitignore {
    builder.build().unwrap_or_else(|error| {
        problems.push(Problem::input(error.to_string()).at(place, None));
        Gitignore::empty()
    })
}

/// What patterns say of a path or the folders above it, within their root.
fn matches(patterns: &Gitignore, root: &Path, path: &Path, is_folder: bool) -> ignore::Match<()> {
    match path.strip_prefix(root) {
        Ok(relative) if !patterns.is_empty() && !relative.as_os_str().is_empty() => {
            patterns.matched_path_or_any_parents(relative, is_folder).map(|_| ())
        }
        _ => ignore::Match::None,
    }
}
