//! Known findings, which are not to be shown again.
//!
//! A baseline is a JSON file with a line for each kind of finding: its file, rule, function, and the fingerprint of the
//! code that it marks, with how often it is there. No line number is in it, so lines may move; where a file is gone, what
//! was known of it holds for the same code elsewhere, so files may move as well.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Finding;
use super::fingerprint::{content, hex};

/// The version of the form of baselines.
pub const VERSION: u32 = 1;
/// How the file is called unless configured otherwise.
pub const FILE_NAME: &str = "perflint-baseline.json";

/// What tells a known finding from others, wherever it stands in its file.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// The file, from the folder of the baseline, with `/`.
    pub path: String,
    /// What was found there.
    pub content: Content,
}

/// The part of a key that stays when the file moves.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Content {
    rule: String,
    function: String,
    fingerprint: String,
}

impl Key {
    /// The key of a finding that marks `code`, with its path from the folder of the baseline.
    pub fn new(finding: &Finding, path: String, code: &str) -> Self {
        let content = Content {
            rule: finding.rule.clone(),
            function: finding.function.clone().unwrap_or_default(),
            fingerprint: hex(content(finding, code).as_bytes()),
        };
        Self { path, content }
    }
}

/// Known findings, and how often each is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    entries: BTreeMap<Key, u32>,
}

/// Which findings a baseline knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matched {
    /// For each key that was asked for, in order, whether it is known.
    pub known: Vec<bool>,
    /// What the baseline has and the keys do not.
    pub gone: Baseline,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    version: u32,
    findings: Vec<Entry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    path: String,
    rule: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    function: String,
    fingerprint: String,
    #[serde(default = "one", skip_serializing_if = "is_one")]
    count: u32,
}

fn one() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_one(count: &u32) -> bool {
    *count == 1
}

impl Baseline {
    /// A baseline that knows exactly these.
    pub fn of(keys: impl IntoIterator<Item = Key>) -> Self {
        let mut baseline = Self::default();
        for key in keys {
            baseline.add(key, 1);
        }
        baseline
    }

    /// Reads a baseline.
    ///
    /// # Errors
    /// The text is no baseline; the error says where.
    pub fn read(text: &str) -> Result<Self, serde_json::Error> {
        let document: Document = serde_json::from_str(text)?;
        if document.version != VERSION {
            let message = format!("a baseline of version {}, where {VERSION} is needed", document.version);
            return Err(serde::de::Error::custom(message));
        }
        let mut baseline = Self::default();
        for entry in document.findings {
            let Entry { path, rule, function, fingerprint, count } = entry;
            baseline.add(Key { path, content: Content { rule, function, fingerprint } }, count);
        }
        Ok(baseline)
    }

    /// The text of the file: sorted, a line for each entry, so that two branches that change it can be merged.
    ///
    /// # Errors
    /// An entry cannot be written as JSON, which no entry causes.
    pub fn text(&self) -> Result<String, serde_json::Error> {
        let entry = |(key, &count): (&Key, &u32)| {
            let Content { rule, function, fingerprint } = key.content.clone();
            serde_json::to_string(&Entry { path: key.path.clone(), rule, function, fingerprint, count })
        };
        let lines = self.entries.iter().map(entry).collect::<Result<Vec<String>, _>>()?;
        let (before, after) = if lines.is_empty() { ("", "") } else { ("\n    ", "\n  ") };
        let lines = lines.join(",\n    ");
        Ok(format!("{{\n  \"version\": {VERSION},\n  \"findings\": [{before}{lines}{after}]\n}}\n"))
    }

    /// How many findings it knows.
    pub fn len(&self) -> usize {
        self.entries.values().map(|&count| count as usize).sum()
    }

    /// Whether it knows none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// How many files it has findings of.
    pub fn files(&self) -> usize {
        let mut paths: Vec<&str> = self.entries.keys().map(|key| key.path.as_str()).collect();
        paths.dedup();
        paths.len()
    }

    /// The part whose paths are wanted.
    #[must_use]
    pub fn only(&self, is_wanted: impl Fn(&str) -> bool) -> Self {
        let entries = self.entries.iter().filter(|(key, _)| is_wanted(&key.path));
        Self { entries: entries.map(|(key, &count)| (key.clone(), count)).collect() }
    }

    /// Both together.
    #[must_use]
    pub fn with(mut self, other: Self) -> Self {
        for (key, count) in other.entries {
            self.add(key, count);
        }
        self
    }

    /// Which of these it knows: of equal ones the first, as often as it has them. What it has of files that are not there
    /// any more (`is_there` is asked with their paths) counts for the same content in other files.
    pub fn matched(&self, keys: &[Key], is_there: impl Fn(&str) -> bool) -> Matched {
        let mut left = self.entries.clone();
        let mut known: Vec<bool> = keys.iter().map(|key| take(&mut left, key)).collect();
        if known.contains(&false) {
            let mut moved: BTreeMap<Content, Vec<Key>> = BTreeMap::new();
            for key in left.keys().filter(|key| !is_there(&key.path)) {
                moved.entry(key.content.clone()).or_default().push(key.clone());
            }
            for (key, known) in keys.iter().zip(&mut known).filter(|(_, known)| !**known) {
                *known = moved.get(&key.content).is_some_and(|from| from.iter().any(|key| take(&mut left, key)));
            }
        }
        Matched { known, gone: Self { entries: left } }
    }

    fn add(&mut self, key: Key, count: u32) {
        if count > 0 {
            let known = self.entries.entry(key).or_insert(0);
            *known = known.saturating_add(count);
        }
    }
}

/// Takes one off, if there is one left.
fn take(left: &mut BTreeMap<Key, u32>, key: &Key) -> bool {
    let Some(count) = left.get_mut(key) else { return false };
    *count -= 1;
    if *count == 0 {
        left.remove(key);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(path: &str, code: &str) -> Key {
        let content = Content { rule: "slow".to_owned(), function: String::new(), fingerprint: hex(code.as_bytes()) };
        Key { path: path.to_owned(), content }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let baseline = Baseline::of([key("b.py", "x"), key("a \"b\".py", "x"), key("b.py", "x"), key("b.py", "y")]);
        let text = baseline.text().unwrap();
        assert_eq!(Baseline::read(&text).unwrap(), baseline);
        assert_eq!((baseline.len(), baseline.files(), text.lines().count()), (4, 2, 8));
        let empty = Baseline::default();
        assert_eq!(Baseline::read(&empty.text().unwrap()).unwrap(), empty);
    }

    #[test]
    fn only_baselines_are_read() {
        for (text, expected) in [
            ("[]", "invalid length 0"),
            ("{\"version\": 2, \"findings\": []}", "version 2"),
            ("{\"version\": 1, \"findings\": [{\"path\": \"a\"}]}", "missing field `rule`"),
            ("{\"version\": 1}", "missing field `findings`"),
        ] {
            let error = Baseline::read(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }

    #[test]
    fn each_is_known_as_often_as_it_was_there() {
        let baseline = Baseline::of([key("a.py", "x"), key("a.py", "y"), key("gone.py", "z")]);
        let keys = [key("a.py", "x"), key("a.py", "x"), key("new.py", "z"), key("new.py", "z"), key("b.py", "y")];
        let matched = baseline.matched(&keys, |path| path != "gone.py");
        assert_eq!(matched.known, [true, false, true, false, false]);
        assert_eq!(matched.gone, Baseline::of([key("a.py", "y")]));
    }

    #[test]
    fn parts_are_taken_and_joined() {
        let baseline = Baseline::of([key("a.py", "x"), key("b.py", "y")]);
        let (a, b) = (baseline.only(|path| path == "a.py"), baseline.only(|path| path == "b.py"));
        assert_eq!((a.len(), a.clone().with(b)), (1, baseline));
        assert_eq!(a.clone().with(a).len(), 2);
    }
}
