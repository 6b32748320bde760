//! What can be done about a finding, as edits of its file, and how several of them are applied together.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::facts::Span;
use crate::syntax::rewrite::Fact;

/// How often the findings of a file are fixed one after another: what one fix leaves may be another finding, and a run of
/// waits is joined one by one.
pub const MAX_PASSES: usize = 40;

/// How far a fix can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Safety {
    /// The program does what it did.
    Safe,
    /// The program does what it was meant to, but when things happen, in which order, or what an error says may change.
    Suggested,
}

impl Safety {
    /// The word used in rule documents and outputs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Suggested => "suggested",
        }
    }
}

impl Safety {
    /// The option that makes such fixes.
    pub fn option(self) -> &'static str {
        match self {
            Self::Safe => "--fix",
            Self::Suggested => "--fix-suggested",
        }
    }
}

impl fmt::Display for Safety {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// That a fix may be made for a finding, as far as facts tell: the file's text decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The fix's place among those of its rule.
    pub place: usize,
    /// What the names of the rule's matcher stand for.
    pub facts: Vec<Fact>,
}

/// A stretch of a file, and the text that takes its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The stretch; empty where text is only put in.
    pub span: Span,
    /// The text.
    pub text: String,
}

/// A way to do away with a finding; all its edits belong together, and are in the finding's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, in a few words, as an editor offers it.
    pub title: String,
    /// How far it can be trusted.
    pub safety: Safety,
    /// Its place among the fixes of its rule.
    pub place: usize,
    /// The edits, sorted by place; none touches another.
    pub edits: Vec<Edit>,
    /// Names that it brings into the file.
    pub names: Vec<String>,
}

impl Fix {
    /// The text with this fix alone applied; `None` if its edits do not fit the text.
    pub fn apply(&self, text: &str) -> Option<String> {
        splice(text, &self.edits)
    }

    /// Whether both can be applied at once. The same edit in both (an import, a set that both look into) is made once.
    fn goes_with(&self, other: &Self) -> bool {
        let apart =
            |one: &Edit, two: &Edit| one == two || one.span.end < two.span.start || two.span.end < one.span.start;
        let edits = self.edits.iter().all(|one| other.edits.iter().all(|two| apart(one, two)));
        let is_shared = |one: &Edit| other.edits.contains(one);
        // A name that both bring in is one name only if the same edit does.
        let names = self.names.iter().all(|name| !other.names.contains(name)) || self.edits.iter().any(is_shared);
        edits && names
    }
}

/// Applies fixes to a text, in order: each goes in whole, or not at all where it touches one that went in before. Gives the
/// text, and which went in.
pub fn apply_all(text: &str, fixes: &[Option<Fix>]) -> (String, Vec<bool>) {
    let mut taken: Vec<&Fix> = Vec::new();
    let mut made = Vec::with_capacity(fixes.len());
    for fix in fixes {
        let fix = fix.as_ref().filter(|fix| !fix.edits.is_empty() && taken.iter().all(|other| other.goes_with(fix)));
        made.push(fix.is_some());
        taken.extend(fix);
    }
    let mut edits: Vec<Edit> = taken.iter().flat_map(|fix| fix.edits.iter().cloned()).collect();
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    edits.dedup();
    splice(text, &edits).map_or_else(|| (text.to_owned(), vec![false; fixes.len()]), |text| (text, made))
}

/// The text with sorted edits made.
fn splice(text: &str, edits: &[Edit]) -> Option<String> {
    let mut result = String::with_capacity(text.len());
    let mut done = 0;
    for edit in edits {
        let range = edit.span.range();
        result.push_str(text.get(done..range.start)?);
        text.get(range.clone())?;
        result.push_str(&edit.text);
        done = range.end;
    }
    result.push_str(text.get(done..)?);
    Some(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(text: &str, fixes: &[&Fix]) -> (String, usize) {
        let fixes: Vec<Option<Fix>> = fixes.iter().map(|fix| Some((*fix).clone())).collect();
        let (text, made) = apply_all(text, &fixes);
        (text, made.into_iter().filter(|made| *made).count())
    }

    fn fix(edits: &[(usize, usize, &str)]) -> Fix {
        let edits = edits.iter().map(|&(start, end, text)| Edit { span: Span::new(start, end), text: text.to_owned() });
        Fix { title: "A".to_owned(), safety: Safety::Safe, place: 0, edits: edits.collect(), names: Vec::new() }
    }

    #[test]
    fn a_fix_goes_in_whole_or_not_at_all() {
        let first = fix(&[(0, 1, "x"), (4, 5, "y")]);
        let second = fix(&[(2, 3, "z"), (4, 5, "q")]);
        let third = fix(&[(2, 3, "z")]);
        assert_eq!(applied("a b c", &[&first, &second, &third]), ("x z y".to_owned(), 2));
        assert_eq!(applied("a b c", &[&second, &first]), ("a z q".to_owned(), 1));
        assert_eq!(applied("é", &[&fix(&[(1, 2, "x")])]), ("é".to_owned(), 0));
        assert_eq!(applied("a", &[&fix(&[(0, 9, "x")])]), ("a".to_owned(), 0));
    }

    #[test]
    fn what_both_put_in_is_put_in_once() {
        let one = fix(&[(0, 0, "import a\n"), (2, 3, "x")]);
        let two = fix(&[(0, 0, "import a\n"), (4, 5, "y")]);
        assert_eq!(applied("a b c", &[&one, &two]), ("import a\na x y".to_owned(), 2));
        let named = |at| Fix { names: vec!["set".to_owned()], ..fix(&[(at, at, "s")]) };
        assert_eq!(applied("a b c", &[&named(0), &named(4)]).1, 1);
    }
}
