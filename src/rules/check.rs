//! Checks a matcher when its rule is loaded: names, parts, predicates and objects.

use std::collections::BTreeMap;

use super::clause::{Clause, ClauseError, Kind, Phrase, Subject, parse, parse_conditions};
use super::predicates::entries::ENTRY;
use super::value::{Objects, Slot};
use super::vocabulary::{ObjectKind, PARTS, Predicate, part, predicates};
use crate::catalog::{Effect, Entry, Mark};
use crate::document::did_you_mean;
use crate::facts::Span;

/// Lists of words by the name under which a matcher speaks of them: `mentions @short`.
pub type WordLists = BTreeMap<String, Vec<String>>;

/// A predicate about a bound name, ready to run.
#[derive(Debug)]
pub struct Test {
    /// Decides it.
    pub predicate: &'static Predicate,
    /// What it is about.
    pub subject: Slot,
    /// What stands behind it.
    pub objects: Objects,
}

/// A step of a matcher.
#[derive(Debug)]
pub enum Step {
    /// Bind the loop around what was bound last by `find` or `in`.
    In(Vec<Test>),
    /// Bind another fact of the function.
    With(Kind, Vec<Test>),
    /// Must hold.
    Where(Test),
    /// Must not hold.
    Unless(Test),
}

/// A checked matcher.
#[derive(Debug)]
pub struct Matcher {
    /// What is looked for.
    pub find: Kind,
    /// Conditions on it alone.
    pub find_tests: Vec<Test>,
    /// The rest, in order.
    pub steps: Vec<Step>,
    /// Calls of project functions that effects may pass through.
    pub via: u8,
    /// A wait for several things at once is a wait for each of them.
    pub via_groups: bool,
    /// The names, in order of binding, with their kinds.
    pub names: Vec<(String, Kind)>,
}

impl Matcher {
    /// Reads and checks a matcher, which may speak of lists of words by their names.
    ///
    /// # Errors
    /// On the first thing that is wrong, with its place in `text`.
    pub fn load(text: &str, lists: &WordLists) -> Result<Self, ClauseError> {
        let clauses = parse(text)?;
        let mut checker = Checker { lists, names: Vec::new(), used: Vec::new() };
        let mut matcher = Self {
            find: Kind::Call,
            find_tests: Vec::new(),
            steps: Vec::new(),
            via: 0,
            via_groups: false,
            names: Vec::new(),
        };
        for clause in &clauses {
            match clause {
                Clause::Find(kind, subject, phrases) => {
                    matcher.find = *kind;
                    checker.bind(subject, *kind)?;
                    matcher.find_tests = checker.tests(subject, phrases)?;
                }
                Clause::With(kind, subject, phrases) => {
                    checker.bind(subject, *kind)?;
                    matcher.steps.push(Step::With(*kind, checker.tests(subject, phrases)?));
                }
                Clause::In(subject, phrases) => {
                    checker.bind(subject, Kind::Loop)?;
                    matcher.steps.push(Step::In(checker.tests(subject, phrases)?));
                }
                Clause::Via(depth, _) => matcher.via = *depth,
                Clause::ViaGroups(_) => matcher.via_groups = true,
                Clause::Where(subject, phrase) => matcher.steps.push(Step::Where(checker.test(subject, phrase)?)),
                Clause::Unless(subject, phrase) => matcher.steps.push(Step::Unless(checker.test(subject, phrase)?)),
            }
        }
        checker.all_used()?;
        matcher.names = checker.names.into_iter().map(|(name, kind, _)| (name, kind)).collect();
        Ok(matcher)
    }

    /// Reads and checks further conditions on what the matcher binds.
    ///
    /// # Errors
    /// On the first thing that is wrong, with its place in `text`.
    pub fn conditions(&self, text: &str, lists: &WordLists) -> Result<Vec<Step>, ClauseError> {
        let names = self.names.iter().map(|(name, kind)| (name.clone(), *kind, Span::default())).collect();
        let mut checker = Checker { lists, names, used: Vec::new() };
        let step = |clause: &Clause| match clause {
            Clause::Unless(subject, phrase) => checker.test(subject, phrase).map(Step::Unless),
            Clause::Where(subject, phrase) => checker.test(subject, phrase).map(Step::Where),
            Clause::Find(_, subject, _) | Clause::With(_, subject, _) | Clause::In(subject, _) => {
                Err(ClauseError::new(subject.span, "a condition binds no name", None))
            }
            Clause::Via(_, span) | Clause::ViaGroups(span) => {
                Err(ClauseError::new(*span, "a condition has no `via`", None))
            }
        };
        parse_conditions(text)?.iter().map(step).collect()
    }

    /// Whether the matcher says of the fact looked for that its function must be no such entry point.
    pub fn is_silent_in(&self, entry: Entry) -> bool {
        let own = Slot { place: 0, part: Some("function") };
        let rules_out = |test: &Test| {
            let is_named = matches!(&test.objects, Objects::Entries(kinds) if kinds.contains(&entry));
            is_named && test.subject == own && test.predicate.name == ENTRY
        };
        self.steps.iter().any(|step| matches!(step, Step::Unless(test) if rules_out(test)))
    }

    /// Every test, wherever it stands.
    pub fn tests(&self) -> impl Iterator<Item = &Test> {
        self.find_tests.iter().chain(self.steps.iter().flat_map(|step| match step {
            Step::In(tests) | Step::With(_, tests) => tests.as_slice(),
            Step::Where(test) | Step::Unless(test) => std::slice::from_ref(test),
        }))
    }
}

struct Checker<'l> {
    lists: &'l WordLists,
    names: Vec<(String, Kind, Span)>,
    used: Vec<usize>,
}

impl Checker<'_> {
    fn bind(&mut self, subject: &Subject, kind: Kind) -> Result<(), ClauseError> {
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if subject.name.contains('.') || !subject.name.chars().all(is_word) {
            return Err(ClauseError::new(subject.span, format!("`{}` is no name", subject.name), None));
        }
        if self.names.iter().any(|(name, ..)| *name == subject.name) {
            return Err(ClauseError::new(subject.span, format!("the name `{}` is taken", subject.name), None));
        }
        self.names.push((subject.name.clone(), kind, subject.span));
        Ok(())
    }

    fn tests(&mut self, subject: &Subject, phrases: &[Phrase]) -> Result<Vec<Test>, ClauseError> {
        phrases.iter().map(|phrase| self.test(subject, phrase)).collect()
    }

    fn slot(&mut self, subject: &Subject) -> Result<(Slot, Kind), ClauseError> {
        let Some(place) = self.names.iter().position(|(name, ..)| *name == subject.name) else {
            let help = did_you_mean(&subject.name, self.names.iter().map(|(name, ..)| name.as_str()));
            return Err(ClauseError::new(subject.span, format!("no name `{}` is bound above", subject.name), help));
        };
        self.used.push(place);
        let kind = self.names[place].1;
        let Some(wanted) = &subject.part else { return Ok((Slot { place, part: None }, kind)) };
        match part(kind, wanted) {
            Some(part) => Ok((Slot { place, part: Some(part.name) }, part.gives)),
            None => {
                let parts: Vec<&str> = PARTS.iter().filter(|part| part.of == kind).map(|part| part.name).collect();
                let help = format!("the parts of a {} are `{}`", kind.word(), parts.join("`, `"));
                Err(ClauseError::new(subject.span, format!("a {} has no part `{wanted}`", kind.word()), help))
            }
        }
    }

    fn test(&mut self, subject: &Subject, phrase: &Phrase) -> Result<Test, ClauseError> {
        let (slot, kind) = self.slot(subject)?;
        let named = || predicates().filter(|predicate| predicate.name == phrase.predicate);
        let Some(predicate) = named().find(|predicate| predicate.subjects.contains(&kind)) else {
            let message = match named().next() {
                Some(_) => format!("`{}` does not apply to a {}", phrase.predicate, kind.word()),
                None => format!("there is no predicate `{}`", phrase.predicate),
            };
            let fitting = predicates().filter(|predicate| predicate.subjects.contains(&kind)).map(|p| p.name);
            return Err(ClauseError::new(phrase.span, message, did_you_mean(&phrase.predicate, fitting)));
        };
        let objects = self.objects(predicate, phrase)?;
        Ok(Test { predicate, subject: slot, objects })
    }

    fn objects(&mut self, predicate: &Predicate, phrase: &Phrase) -> Result<Objects, ClauseError> {
        let is_missing = phrase.objects.is_empty() && predicate.object != ObjectKind::None;
        if is_missing {
            return Err(ClauseError::new(
                phrase.span,
                format!("`{}` needs something behind it", predicate.name),
                predicate.doc.to_owned(),
            ));
        }
        let words = &phrase.objects;
        match predicate.object {
            ObjectKind::None => match words.first() {
                None => Ok(Objects::None),
                Some((word, at)) => Err(ClauseError::new(
                    *at,
                    format!("`{}` takes nothing behind it, but here is `{word}`", predicate.name),
                    None,
                )),
            },
            ObjectKind::Number => match words.as_slice() {
                [(word, at)] => word
                    .parse()
                    .map(Objects::Number)
                    .map_err(|_| ClauseError::new(*at, format!("`{word}` is no whole number"), None)),
                [_, (_, at), ..] => Err(ClauseError::new(*at, format!("`{}` takes one number", predicate.name), None)),
                [] => Ok(Objects::None),
            },
            ObjectKind::Effects => {
                each(words, "effect", Effect::of_name, Effect::ALL.iter().map(|e| e.name())).map(Objects::Effects)
            }
            ObjectKind::Marks => {
                each(words, "mark", Mark::of_name, Mark::ALL.iter().map(|m| m.name())).map(Objects::Marks)
            }
            ObjectKind::Entries => {
                each(words, "kind of entry point", Entry::of_name, Entry::ALL.iter().map(|e| e.name()))
                    .map(Objects::Entries)
            }
            ObjectKind::Words => {
                let all = words.iter().map(|(word, at)| self.listed(word, *at)).collect::<Result<Vec<_>, _>>()?;
                Ok(Objects::Words(all.concat()))
            }
            ObjectKind::Subjects(kinds) => {
                let mut slots = Vec::new();
                for (word, at) in words {
                    let (slot, kind) = self.slot(&super::clause::subject(word, *at))?;
                    if !kinds.contains(&kind) {
                        let names = kinds.iter().map(|kind| kind.word()).collect::<Vec<_>>().join("`, `");
                        let message =
                            format!("`{}` takes `{names}` here, and `{word}` is a {}", predicate.name, kind.word());
                        return Err(ClauseError::new(*at, message, None));
                    }
                    slots.push(slot);
                }
                Ok(Objects::Slots(slots))
            }
        }
    }

    /// The words that one stands for: itself, or those of the list `@name`.
    fn listed(&self, word: &str, at: Span) -> Result<Vec<String>, ClauseError> {
        let Some(name) = word.strip_prefix('@') else { return Ok(vec![word.to_owned()]) };
        self.lists.get(name).cloned().ok_or_else(|| {
            let help = did_you_mean(name, self.lists.keys().map(String::as_str));
            ClauseError::new(at, format!("there is no list of words `{name}`"), help)
        })
    }

    /// Names other than the first that no clause speaks of are mistakes.
    fn all_used(&self) -> Result<(), ClauseError> {
        let unused = self.names.iter().enumerate().skip(1).find(|(place, _)| !self.used.contains(place));
        match unused {
            Some((_, (name, _, span))) => Err(ClauseError::new(*span, format!("nothing is asked of `{name}`"), None)),
            None => Ok(()),
        }
    }
}

fn each<'w, T>(
    words: &[(String, Span)],
    what: &str,
    of_name: fn(&str) -> Option<T>,
    names: impl Iterator<Item = &'w str> + Clone,
) -> Result<Vec<T>, ClauseError> {
    words
        .iter()
        .map(|(word, at)| {
            of_name(word).ok_or_else(|| {
                ClauseError::new(*at, format!("there is no {what} `{word}`"), did_you_mean(word, names.clone()))
            })
        })
        .collect()
}
