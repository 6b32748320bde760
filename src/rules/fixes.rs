//! Fixes as rule documents declare them: shapes of code around what was found, and templates of what takes their place.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::bulk::would_skip_code;
use super::check::{Matcher, Step, WordLists};
use super::clause::ClauseError;
use super::run::holds_on;
use super::value::{Scope, Value};
use crate::catalog::{BulkForm, Library, LibraryId};
use crate::document::{Document, DocumentError, did_you_mean};
use crate::facts::{Arg, CallId, CallKind, Operator};
use crate::findings::{Offer, Safety};
use crate::project::calls::awaited_call;
use crate::project::sources::ProjectFile;
use crate::project::types::Type;
use crate::syntax::rewrite::{Fact, Shape, Template};
use crate::syntax::{Family, Language, Parsers};

/// A fix of a rule.
#[derive(Debug)]
pub struct FixRule {
    /// What it does, as an editor offers it.
    pub title: Template,
    /// How far it can be trusted.
    pub safety: Safety,
    /// The languages it is for.
    pub languages: Vec<Family>,
    /// The libraries of which one must know the fact that the matcher found first; any if there is none.
    of: Vec<String>,
    /// Modules that the file imports, or libraries that its project depends on: one must be there, unless none is named.
    present: Vec<String>,
    /// And none of these.
    absent: Vec<String>,
    /// What must hold beside the matcher, for each matcher of the rule.
    conditions: Vec<Vec<Step>>,
    /// The edits, all in one file.
    pub edits: Vec<EditRule>,
    /// Holes whose code must not have the name that another hole took.
    pub apart: BTreeMap<String, String>,
    /// Words that the code in a hole may not have: what cannot stand in the new place.
    pub without: BTreeMap<String, Vec<String>>,
    /// Names that holes took, which stand in the fact of a name nowhere but in the edits.
    pub alone: BTreeMap<String, String>,
    /// Holes that must have taken as many elements as another: names and the values that they are given.
    pub as_many: BTreeMap<String, String>,
    /// Import statements that the new code needs.
    pub imports: Vec<String>,
    /// Names that the new code brings in, with what they are made from.
    pub names: Vec<(String, Template)>,
    /// Names through which a library calls back for each row that is written.
    hooks: Vec<String>,
    /// The path of the library whose bulk form it is, and which one.
    pub bulk_form: Option<(String, usize)>,
}

/// An edit of a fix.
#[derive(Debug)]
pub struct EditRule {
    /// Where.
    pub place: Place,
    /// For each dialect of the fix's languages, what the code there looks like.
    pub shapes: Vec<(Language, Shape)>,
    /// Only where nothing matters of the code but whether it is true.
    pub tested: bool,
    /// What takes its place, or is put there; nothing for code that must only be there.
    pub to: Option<Template>,
}

/// Where an edit is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// At the innermost code of the shape around the fact of a name.
    At(String),
    /// Around the one other use of the name that a hole took.
    UseOf(String),
    /// Before the statement of the fact of a name.
    Before(String),
    /// Somewhere before the first edit in the same function: how the name that a hole took gets its value there.
    BindingOf(String),
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct FixFront {
    title: Spanned<String>,
    safety: Safety,
    languages: Vec<Family>,
    #[serde(skip)]
    hooks: Vec<String>,
    /// The matcher's name of the write whose library says how all are written at once.
    pub bulk_of: Option<Spanned<String>>,
    #[serde(default)]
    of: Vec<String>,
    #[serde(default)]
    present: Vec<String>,
    #[serde(default)]
    absent: Vec<String>,
    #[serde(rename = "where")]
    conditions: Option<Spanned<String>>,
    #[serde(default)]
    edits: Vec<Spanned<EditFront>>,
    #[serde(default)]
    apart: BTreeMap<String, String>,
    #[serde(default)]
    without: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    alone: BTreeMap<String, String>,
    #[serde(default)]
    as_many: BTreeMap<String, String>,
    #[serde(default)]
    imports: Vec<Spanned<String>>,
    #[serde(default)]
    names: BTreeMap<String, Spanned<String>>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct EditFront {
    at: Option<Spanned<String>>,
    use_of: Option<Spanned<String>>,
    before: Option<Spanned<String>>,
    binding_of: Option<Spanned<String>>,
    #[serde(default)]
    tested: bool,
    from: Option<Spanned<String>>,
    to: Option<Spanned<String>>,
    insert: Option<Spanned<String>>,
}

impl FixRule {
    /// Reads and checks a fix of a document whose matchers are these.
    ///
    /// # Errors
    /// On the first thing that is wrong: a condition that does not check, code that does not parse, a hole that nothing
    /// takes.
    pub(super) fn load(
        document: &Document,
        front: &FixFront,
        matchers: &[Matcher],
        lists: &WordLists,
    ) -> Result<Self, DocumentError> {
        let loader = Loader { document, matchers };
        let condition = |matcher: &Matcher| match &front.conditions {
            Some(text) => matcher.conditions(text.get_ref(), lists).map_err(|error| loader.clause(text, error)),
            None => Ok(Vec::new()),
        };
        let conditions = matchers.iter().map(condition).collect::<Result<_, _>>()?;
        let edits =
            front.edits.iter().map(|edit| loader.edit(edit, &front.languages)).collect::<Result<Vec<_>, _>>()?;
        if front.edits.is_empty() || edits.iter().all(|edit: &EditRule| edit.to.is_none()) {
            return Err(document.error(Some(front.title.span()), "the fix changes nothing"));
        }
        let names = front.names.iter().map(|(name, text)| Ok((name.clone(), loader.template(text)?)));
        let fix = Self {
            title: loader.template(&front.title)?,
            safety: front.safety,
            languages: front.languages.clone(),
            of: front.of.clone(),
            present: front.present.clone(),
            absent: front.absent.clone(),
            conditions,
            edits,
            apart: front.apart.clone(),
            without: front.without.clone(),
            alone: front.alone.clone(),
            as_many: front.as_many.clone(),
            hooks: front.hooks.clone(),
            bulk_form: None,
            imports: front.imports.iter().map(|text| text.get_ref().clone()).collect(),
            names: names.collect::<Result<_, DocumentError>>()?,
        };
        loader.holes(&fix, front)?;
        Ok(fix)
    }

    /// Whether the fix may be made for a match, and what the matcher's names stand for there.
    pub(super) fn offer(&self, place: usize, scope: &Scope, matcher: (usize, &Matcher)) -> Option<Offer> {
        let is_there = |name: &String| is_present(scope, name);
        let fits = self.languages.contains(&scope.file().family)
            && (self.of.is_empty() || self.of.iter().any(|library| knows_first(scope, library)))
            && (self.present.is_empty() || self.present.iter().any(is_there))
            && !self.absent.iter().any(is_there)
            && holds_on(scope, &self.conditions[matcher.0])
            && !first_call(scope).is_some_and(|write| would_skip_code(scope, write, &self.hooks));
        if !fits {
            return None;
        }
        let facts = matcher.1.names.iter().zip(&scope.bound).map(|((name, _), value)| fact(scope, name, value));
        Some(Offer { place, facts: facts.collect() })
    }
}

impl FixFront {
    /// The fix for a form in the model of a library.
    pub(super) fn of_library(&self, form: &BulkForm, library: &Library) -> Self {
        let edit = EditFront {
            at: self.bulk_of.clone(),
            from: Some(form.from.clone()),
            to: Some(form.to.clone()),
            ..EditFront::default()
        };
        Self {
            title: Spanned::new(form.from.span(), self.title.get_ref().clone()),
            languages: vec![library.family],
            of: vec![library.id.clone()],
            edits: vec![Spanned::new(form.from.span(), edit)],
            without: form.without.clone(),
            apart: form.apart.clone(),
            names: form.names.clone(),
            hooks: form.hooks.clone(),
            imports: form.imports.clone(),
            ..self.clone()
        }
    }
}

/// Whether the file imports a module, its project depends on the library of that name, or some file of the project uses
/// such a member of a module (`asyncio.TaskGroup`).
fn is_present(scope: &Scope, name: &str) -> bool {
    let file = scope.file();
    let sources = scope.project.resolver.sources;
    let libraries = sources.catalog.libraries();
    let row = libraries.iter().position(|library| library.id == name && library.family == file.family);
    let uses_member = |module: &str, member: &str| {
        let mut files = sources.ids().map(|id| sources.file(id)).filter(|other| other.family == file.family);
        files.any(|other| other.id(member).is_some() && imports(other, module))
    };
    imports(file, name)
        || row.is_some_and(|row| file.has(LibraryId(row as u32)))
        || name.rsplit_once('.').is_some_and(|(module, member)| uses_member(module, member))
}

fn imports(file: &ProjectFile, name: &str) -> bool {
    let is_module =
        |module: &str| module == name || module.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
    file.facts.imports.iter().any(|import| is_module(file.name(import.module)))
}

/// The call that was found first; that which is waited for, of an `await`.
fn first_call(scope: &Scope) -> Option<CallId> {
    let Some(Value::Call(id)) = scope.bound.first() else { return None };
    Some(awaited_call(scope.facts(), scope.call(*id)).unwrap_or(*id))
}

/// Whether it is a library's row that says what the fact found first does, or what is handed to it is the library's.
fn knows_first(scope: &Scope, library: &str) -> bool {
    let Some(id) = first_call(scope) else { return false };
    let catalog = scope.project.resolver.sources.catalog;
    let row = scope.project.info(scope.call_ref(id)).and_then(|info| info.row);
    let is_type = |arg: &Arg| match scope.project.resolver.operand(scope.at, &arg.value, scope.call(id).function).is {
        Type::Library(of, _) => catalog.library(catalog.type_of(of).library).id == library,
        _ => false,
    };
    row.is_some_and(|row| catalog.library(catalog.call(row).library).id == library)
        || scope.facts().positional(scope.call(id)).next().is_some_and(is_type)
}

fn fact(scope: &Scope, name: &str, value: &Value) -> Fact {
    let inner = match value {
        Value::Call(id) if scope.call(*id).kind == CallKind::Operator(Operator::Await) => {
            Some(scope.call(*id).callee.span.range())
        }
        _ => None,
    };
    Fact { name: name.to_owned(), span: scope.span(value).range(), inner }
}

/// Reads what fixes are made of, and says where it is wrong.
struct Loader<'d> {
    document: &'d Document<'d>,
    matchers: &'d [Matcher],
}

impl Loader<'_> {
    fn fail(&self, text: &Spanned<String>, message: String) -> DocumentError {
        self.document.error(Some(text.span()), message)
    }

    fn clause(&self, text: &Spanned<String>, error: ClauseError) -> DocumentError {
        // The text stands in the front matter as it is, behind its quotes.
        let place =
            self.document.front[text.span()].find(text.get_ref().trim()).unwrap_or_default() + text.span().start;
        let skipped = text.get_ref().len() - text.get_ref().trim_start().len();
        let shift = |offset: u32| (offset as usize).saturating_sub(skipped) + place;
        let range = shift(error.span.start)..shift(error.span.end);
        DocumentError { help: error.help, ..self.document.error(Some(range), error.message) }
    }

    fn template(&self, text: &Spanned<String>) -> Result<Template, DocumentError> {
        Template::parse(text.get_ref()).map_err(|message| self.fail(text, message))
    }

    /// A name that every matcher binds.
    fn name(&self, text: &Spanned<String>) -> Result<String, DocumentError> {
        let name = text.get_ref();
        for matcher in self.matchers {
            if !matcher.names.iter().any(|(bound, _)| bound == name) {
                let help = did_you_mean(name, matcher.names.iter().map(|(bound, _)| bound.as_str()));
                return Err(DocumentError { help, ..self.fail(text, format!("the matcher binds no `{name}`")) });
            }
        }
        Ok(name.clone())
    }

    fn edit(&self, edit: &Spanned<EditFront>, languages: &[Family]) -> Result<EditRule, DocumentError> {
        let wrong = |message: &str| DocumentError {
            help: Some("an edit is `{ at, from, to }`, `{ use-of, from, to }` or `{ before, insert }`".to_owned()),
            ..self.document.error(Some(edit.span()), message)
        };
        let front = edit.get_ref();
        let first = || self.matchers[0].names[0].0.clone();
        let place = match (&front.at, &front.use_of, &front.before, &front.binding_of) {
            (Some(name), None, None, None) => Place::At(self.name(name)?),
            (None, Some(hole), None, None) => Place::UseOf(hole.get_ref().clone()),
            (None, None, Some(name), None) => Place::Before(self.name(name)?),
            (None, None, None, Some(hole)) => Place::BindingOf(hole.get_ref().clone()),
            (None, None, None, None) => Place::At(first()),
            _ => return Err(wrong("an edit has one place")),
        };
        let text = match (&place, &front.from, &front.to, &front.insert) {
            (Place::Before(_), None, None, Some(text)) => Some(text),
            (Place::Before(_), ..) => return Err(wrong("what goes before a statement is said by `insert`")),
            (_, Some(_), to, None) => to.as_ref(),
            _ => return Err(wrong("an edit of code says `from`")),
        };
        let mut shapes = Vec::new();
        if let Some(from) = &front.from {
            let mut parsers = Parsers::new();
            for language in Language::ALL.into_iter().filter(|language| languages.contains(&language.family())) {
                let shape = Shape::parse(&mut parsers, language, from.get_ref());
                shapes.push((language, shape.map_err(|message| self.fail(from, message))?));
            }
        }
        Ok(EditRule { place, shapes, tested: front.tested, to: text.map(|text| self.template(text)).transpose()? })
    }

    /// Every hole that is filled must be taken by some shape, or be a new name.
    fn holes<'a>(&self, fix: &'a FixRule, front: &FixFront) -> Result<(), DocumentError> {
        let taken: Vec<&str> = fix
            .edits
            .iter()
            .flat_map(|edit| {
                edit.shapes.iter().flat_map(|(_, shape)| shape.holes.iter().map(|hole| hole.name.as_str()))
            })
            .collect();
        let all: Vec<&str> = taken.iter().copied().chain(fix.names.iter().map(|(name, _)| name.as_str())).collect();
        let check = |text: &Spanned<String>, template: &Template, known: &[&str]| {
            let missing = template.holes().find(|hole| !known.contains(hole));
            missing.map_or(Ok(()), |hole| {
                let help = did_you_mean(hole, known.iter().copied());
                Err(DocumentError { help, ..self.fail(text, format!("no `from` of the fix takes `{{{hole}}}`")) })
            })
        };
        check(&front.title, &fix.title, &all)?;
        let unknown = |hole: &&String| !taken.contains(&hole.as_str());
        let both = |pairs: &'a BTreeMap<String, String>, key| {
            pairs.iter().flat_map(|pair| [pair.0, pair.1]).find(unknown).map(|hole| (key, hole))
        };
        let wrong = both(&fix.apart, "apart").or_else(|| both(&fix.as_many, "as-many"));
        if let Some((key, hole)) = wrong.or_else(|| Some(("without", fix.without.keys().find(unknown)?))) {
            return Err(self.fail(&front.title, format!("`{key}`: no `from` of the fix takes `{{{hole}}}`")));
        }
        for ((_, template), text) in fix.names.iter().zip(front.names.values()) {
            check(text, template, &taken)?;
        }
        for (edit, front) in fix.edits.iter().zip(&front.edits) {
            let text = front.get_ref().to.as_ref().or(front.get_ref().insert.as_ref());
            if let (Some(template), Some(text)) = (&edit.to, text) {
                check(text, template, &all)?;
            }
            let named = front.get_ref().use_of.as_ref().or(front.get_ref().binding_of.as_ref());
            if let (Place::UseOf(hole) | Place::BindingOf(hole), Some(text)) = (&edit.place, named)
                && !taken.contains(&hole.as_str())
            {
                return Err(self.fail(text, format!("no `from` of the fix takes `{{{hole}}}`")));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::Rule;

    const FRONT: &str = "+++\ntitle = \"A\"\nseverity = \"low\"\ncost = \"B\"\nlanguages = [\"python\"]\n\
        match = \"\"\"\nfind call wait: effect http\nin loop each: runs-many\n\"\"\"\n\
        what = \"C {wait}\"\nwhy = \"D\"\nfix = \"E\"\nlabel = \"F\"\n\n[[fixes]]\ntitle = \"G {x}\"\n\
        safety = \"safe\"\nlanguages = [\"python\"]\n";

    /// The code at the error's place, and its message.
    fn refused(fix: &str) -> (String, String) {
        let text = format!("{FRONT}{fix}\n+++\nH\n");
        let error = Rule::load("rules/x/a.md", &text, None).unwrap_err();
        let span = error.span.unwrap();
        (text[span.range()].to_owned(), error.message)
    }

    #[test]
    fn a_fix_that_checks_is_read() {
        let fix = "where = \"unless wait depends-on each.items\"\nnames = { set = \"{x}_set\" }\nedits = [\n\
            { at = \"wait\", from = \"f({x})\", to = \"g({set})\" },\n{ before = \"each\", insert = \"{set} = {x}\" },\n]";
        let rule = Rule::load("rules/x/a.md", &format!("{FRONT}{fix}\n+++\nH\n"), None).unwrap();
        assert_eq!((rule.fixes.len(), rule.fixes[0].edits.len()), (1, 2));
    }

    #[test]
    fn mistakes_are_shown_where_they_stand() {
        let edit = "edits = [{ from = \"f({x})\", to = \"g({x})\" }]";
        let place = |fix: &str| refused(fix).0;
        let (at, message) = refused("edits = [{ from = \"f({x})\", to = \"g({y})\" }]");
        assert_eq!((at.as_str(), message.as_str()), ("\"g({y})\"", "no `from` of the fix takes `{y}`"));
        let (at, message) = refused("edits = [{ from = \"f({x}\", to = \"g({x})\" }]");
        assert_eq!((at.as_str(), message.as_str()), ("\"f({x}\"", "`f({x}` is no python"));
        let (at, message) = refused("edits = [{ at = \"wiat\", from = \"f({x})\", to = \"g({x})\" }]");
        assert_eq!((at.as_str(), message.as_str()), ("\"wiat\"", "the matcher binds no `wiat`"));
        assert_eq!(place(&format!("where = \"unless wait depends-no each.items\"\n{edit}")), "depends-no");
        assert_eq!(place(&format!("where = \"find call other\"\n{edit}")), "find call other");
        assert_eq!(place("edits = [{ before = \"each\", to = \"f()\" }]"), "{ before = \"each\", to = \"f()\" }");
        assert_eq!(place("edits = [{ from = \"f({x})\" }]"), "\"G {x}\"");
        assert_eq!(place("edits = [{ use-of = \"y\", from = \"f({x})\", to = \"{x}\" }]"), "\"y\"");
        assert!(refused(&format!("apart = {{ x = \"z\" }}\n{edit}")).1.contains("`{z}`"));
        assert!(refused(&format!("sfae = 1\n{edit}")).1.contains("sfae"));
    }
}
