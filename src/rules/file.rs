//! Rule documents: front matter, matcher, prose, examples.

use serde::Deserialize;
use toml::Spanned;

use super::check::{Matcher, WordLists};
use super::fixes::{FixFront, FixRule};
use super::template::Template;
use crate::catalog::{Entry, Library};
use crate::document::{Document, DocumentError};
use crate::facts::Span;
use crate::findings::{Confidence, RuleInfo, Severity};
use crate::syntax::{Family, Language};

/// A rule, ready to run.
#[derive(Debug)]
pub struct Rule {
    /// What outputs show of it.
    pub info: RuleInfo,
    /// Its document's path.
    pub path: String,
    /// Its matchers; one that matches is enough.
    pub matchers: Vec<Matcher>,
    /// What was found.
    pub what: Template,
    /// The word at the reported place.
    pub label: Template,
    /// Words at the places of other names: the name, and the word.
    pub labels: Vec<(String, Template)>,
    /// Rules whose finding at the same place says more.
    pub yields_to: Vec<String>,
    /// The bound name for which there is one finding, the first, however many the matchers find.
    pub once_for: Option<String>,
    /// The bound name that, where another finding of the rule is at its place, makes this one a part of that.
    pub goes_on_from: Option<String>,
    /// What can be done about it.
    pub fixes: Vec<FixRule>,
    /// Fixes whose edits are what libraries say of writes in bulk.
    bulk_fixes: Vec<FixFront>,
    lists: WordLists,
}

/// What an example is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExampleKind {
    /// Has findings at the marked lines, and nowhere else.
    Bad,
    /// Has none.
    Good,
    /// What the bad example before it becomes by its fixes.
    Fixed,
}

/// An example of a rule document.
#[derive(Clone, Debug)]
pub struct RuleExample {
    /// What it is for.
    pub kind: ExampleKind,
    /// Its language.
    pub language: Language,
    /// The file's name, for examples of several files.
    pub file: Option<String>,
    /// The code.
    pub code: String,
    /// The code's first line in the document, 1-based.
    pub line: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Front {
    title: Spanned<String>,
    severity: Severity,
    #[serde(default)]
    confidence: Option<Confidence>,
    #[serde(default)]
    strict: bool,
    cost: Spanned<String>,
    languages: Vec<Spanned<Family>>,
    #[serde(rename = "match")]
    matchers: OneOrMany,
    #[serde(default)]
    words: std::collections::BTreeMap<Spanned<String>, Vec<String>>,
    what: Spanned<String>,
    why: Spanned<String>,
    fix: Spanned<String>,
    label: Spanned<String>,
    #[serde(default)]
    labels: std::collections::BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    yields_to: Vec<String>,
    once_for: Option<Spanned<String>>,
    goes_on_from: Option<Spanned<String>>,
    #[serde(default)]
    fixes: Vec<FixFront>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    fn texts(&self) -> impl Iterator<Item = &String> {
        match self {
            Self::One(text) => std::slice::from_ref(text).iter(),
            Self::Many(texts) => texts.iter(),
        }
    }
}

impl Rule {
    /// Whether the rule reports nothing in such entry points, whatever they do.
    pub fn is_silent_in(&self, entry: Entry) -> bool {
        self.matchers.iter().all(|matcher| matcher.is_silent_in(entry))
    }

    /// Whether libraries say how what it reports is written in bulk.
    pub fn is_about_bulk(&self) -> bool {
        !self.bulk_fixes.is_empty()
    }

    /// Reads a rule document. Its id is the file's name, its group the folder's; a rule of a project has the id
    /// `namespace/name`.
    ///
    /// # Errors
    /// When the document has no front matter, a wrong key or word, a matcher that does not check, or a message that
    /// speaks of unbound names.
    pub fn load(path: &str, text: &str, namespace: Option<&str>) -> Result<Self, DocumentError> {
        let document = Document::parse(path, text)?;
        let front: Front = document.read_front()?;
        let lists = front.words.iter().map(|(name, words)| (name.get_ref().clone(), words.clone())).collect();
        let matchers = load_matchers(&document, &front.matchers, &lists)?;
        let is_used =
            |list: &&Spanned<String>| front.matchers.texts().any(|text| text.contains(&format!("@{}", list.get_ref())));
        if let Some(list) = front.words.keys().find(|list| !is_used(list)) {
            return Err(document.error(Some(list.span()), format!("no matcher uses the list `@{}`", list.get_ref())));
        }
        let template = |text: &Spanned<String>| {
            let fail = |message: String| document.error(Some(text.span()), message);
            let template = Template::parse(text.get_ref()).map_err(fail)?;
            matchers.iter().try_for_each(|matcher| template.check(matcher)).map_err(fail)?;
            Ok::<_, DocumentError>(template)
        };
        let what = template(&front.what)?;
        let label = template(&front.label)?;
        let is_bound = |name: &str| matchers.iter().any(|matcher| matcher.names.iter().any(|(bound, _)| bound == name));
        let unbound = |name: &str, span| document.error(Some(span), format!("the matcher binds no `{name}`"));
        let of_bulk = front.fixes.iter().filter_map(|fix| fix.bulk_of.as_ref());
        let named = front.once_for.iter().chain(&front.goes_on_from).chain(of_bulk);
        if let Some(name) = named.into_iter().find(|name| !is_bound(name.get_ref())) {
            return Err(unbound(name.get_ref(), name.span()));
        }
        let mut labels = Vec::new();
        for (name, text) in &front.labels {
            if !is_bound(name) {
                return Err(unbound(name, text.span()));
            }
            labels.push((
                name.clone(),
                Template::parse(text.get_ref()).map_err(|m| document.error(Some(text.span()), m))?,
            ));
        }
        let fix = |front| FixRule::load(&document, front, &matchers, &lists);
        let (bulk_fixes, own): (Vec<FixFront>, Vec<_>) = front.fixes.into_iter().partition(|fix| fix.bulk_of.is_some());
        let fixes = own.iter().map(fix).collect::<Result<_, _>>()?;
        let stem = path.rsplit('/').next().unwrap_or(path).trim_end_matches(".md");
        let group = path.rsplit('/').nth(1).unwrap_or("rules");
        let info = RuleInfo {
            id: namespace.map_or_else(|| stem.to_owned(), |namespace| format!("{namespace}/{stem}")),
            title: plain(&document, front.title)?,
            group: group.to_owned(),
            severity: front.severity,
            confidence: front.confidence.unwrap_or(Confidence::High),
            strict: front.strict,
            cost: plain(&document, front.cost)?,
            languages: front.languages.into_iter().map(Spanned::into_inner).collect(),
            why: plain(&document, front.why)?,
            fix: plain(&document, front.fix)?,
            markdown: document.body.trim().to_owned(),
        };
        Ok(Self {
            info,
            path: path.to_owned(),
            matchers,
            what,
            label,
            labels,
            yields_to: front.yields_to,
            once_for: front.once_for.map(Spanned::into_inner),
            goes_on_from: front.goes_on_from.map(Spanned::into_inner),
            fixes,
            bulk_fixes,
            lists,
        })
    }

    /// Takes in what libraries say of loops that write one element at a time.
    ///
    /// # Errors
    /// When such a form is no code of the language, or has holes that nothing takes.
    pub fn learn_bulk_forms(&mut self, libraries: &[Library]) -> Result<(), DocumentError> {
        for front in &self.bulk_fixes {
            for library in libraries.iter().filter(|library| self.info.languages.contains(&library.family)) {
                let document = Document::parse(&library.path, &library.source)?;
                for (number, form) in library.bulk_forms.iter().enumerate() {
                    let front = front.of_library(form, library);
                    let mut fix = FixRule::load(&document, &front, &self.matchers, &self.lists)?;
                    fix.bulk_form = Some((library.path.clone(), number));
                    self.fixes.push(fix);
                }
            }
        }
        Ok(())
    }

    /// The examples of a rule document.
    ///
    /// # Errors
    /// When the document does not parse, or a fence of code is neither `bad` nor `good` nor `fixed`.
    pub fn examples(path: &str, text: &str) -> Result<Vec<RuleExample>, DocumentError> {
        let document = Document::parse(path, text)?;
        let mut examples = Vec::new();
        for fence in document.fences() {
            let Some(language) = fence.words.first().and_then(|word| Language::of_extension(word)) else { continue };
            let kind = match fence.words.get(1).map(String::as_str) {
                Some("bad") => ExampleKind::Bad,
                Some("good") => ExampleKind::Good,
                Some("fixed") => ExampleKind::Fixed,
                _ => {
                    return Err(DocumentError {
                        path: path.to_owned(),
                        span: Some(fence.span),
                        message: "an example says neither `bad` nor `good` nor `fixed`".to_owned(),
                        help: Some(format!("write ```{} bad` or ```{} good`", fence.words[0], fence.words[0])),
                        source_text: text.to_owned(),
                    });
                }
            };
            let file = fence.attribute("file").map(str::to_owned);
            examples.push(RuleExample { kind, language, file, code: fence.code.clone(), line: fence.line });
        }
        Ok(examples)
    }
}

/// A text about the rule, not about a finding: nothing is filled in there.
fn plain(document: &Document, text: Spanned<String>) -> Result<String, DocumentError> {
    if !text.get_ref().contains('{') {
        return Ok(text.into_inner());
    }
    Err(DocumentError {
        help: Some("say it in words that hold for every finding".to_owned()),
        ..document.error(Some(text.span()), "only `what`, `label` and `labels` speak of what was found".to_owned())
    })
}

/// Loads each matcher; an error's place in its text becomes a place in the document.
fn load_matchers(document: &Document, texts: &OneOrMany, lists: &WordLists) -> Result<Vec<Matcher>, DocumentError> {
    let load = |text: &String| {
        Matcher::load(text, lists).map_err(|error| {
            // A matcher is written in `"""`, whose text stands in the front matter as it is.
            let start = document.front.find(text.trim()).map(|at| at + document.front_offset);
            let skipped = text.len() - text.trim_start().len();
            let span = start.map(|start| {
                let shift = |offset: u32| (offset as usize).saturating_sub(skipped) + start;
                Span::new(shift(error.span.start), shift(error.span.end))
            });
            DocumentError {
                path: document.path.to_owned(),
                span,
                message: error.message,
                help: error.help,
                source_text: document.text.to_owned(),
            }
        })
    };
    texts.texts().map(load).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = "+++\ntitle = \"A\"\nseverity = \"low\"\ncost = \"B\"\nlanguages = [\"python\"]\n\
        match = \"\"\"\nfind call wait: effect http\nin loop each: runs-many\n\"\"\"\n\
        what = \"C {wait}\"\nwhy = \"D\"\nfix = \"E\"\nlabel = \"F\"\nlabels = { each = \"G\" }\nonce-for = \"each\"\n+++\nH\n";

    #[test]
    fn names_outside_the_matcher_are_refused_where_they_stand() {
        let rule = Rule::load("rules/x/a.md", DOCUMENT, None).unwrap();
        assert_eq!(rule.once_for.as_deref(), Some("each"));
        let wrong = DOCUMENT.replace("once-for = \"each\"", "once-for = \"loop\"");
        let error = Rule::load("rules/x/a.md", &wrong, None).unwrap_err();
        let span = error.span.unwrap();
        assert_eq!(&wrong[span.start as usize..span.end as usize], "\"loop\"");
        assert!(error.message.contains("binds no `loop`"), "{}", error.message);
        let listed = DOCUMENT.replace("runs-many\n", "runs-many\nunless wait mentions @slow\n");
        let error = Rule::load("rules/x/a.md", &listed, None).unwrap_err();
        assert!(error.message.contains("no list of words `slow`"), "{}", error.message);
        let listed = listed.replace("once-for", "words.slow = [\"retry\"]\nonce-for");
        Rule::load("rules/x/a.md", &listed, None).unwrap();
        let unused = DOCUMENT.replace("once-for", "words.slow = [\"retry\"]\nonce-for");
        let error = Rule::load("rules/x/a.md", &unused, None).unwrap_err();
        assert!(error.message.contains("no matcher uses the list `@slow`"), "{}", error.message);
        let wrong = DOCUMENT.replace("labels = { each", "labels = { rows");
        assert!(Rule::load("rules/x/a.md", &wrong, None).unwrap_err().message.contains("binds no `rows`"));
        let filled = DOCUMENT.replace("fix = \"E\"", "fix = \"E of {wait}\"");
        let error = Rule::load("rules/x/a.md", &filled, None).unwrap_err();
        let span = error.span.unwrap();
        assert_eq!(&filled[span.start as usize..span.end as usize], "\"E of {wait}\"");
    }
}
