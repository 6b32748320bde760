//! From what rules offer to edits of a file: the code around a finding is looked at, and a fix is kept only if the file is
//! as sound with it as without.

use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use crate::facts::{self, FileFacts, FunctionId, Span};
use crate::findings::{Confidence, Edit, Finding, Fix, Offer, Safety};
use crate::rules::Rule;
use crate::rules::fixes::{EditRule, FixRule, Place};
use crate::syntax::rewrite::{Capture, Code, Fact, Filler, Match};
use crate::syntax::{Language, Parsers};
use crate::workspace::Source;

/// Fills in what can be done about the findings of one file. `text` is the file's.
pub fn fill(rules: &[Rule], language: Language, text: &str, findings: &mut [&mut Finding]) {
    let mut parsers = Parsers::new();
    for finding in findings.iter_mut() {
        finding.fixes.clear();
    }
    if findings.iter().all(|finding| finding.offers.is_empty()) {
        return;
    }
    let Some(code) = Code::parse(&mut parsers, language, text) else { return };
    let mut workshop = Workshop { language, code, parsers, facts: None };
    for finding in findings.iter_mut() {
        let Some(rule) = rules.iter().find(|rule| rule.info.id == finding.rule) else { continue };
        finding.fixes = finding.offers.iter().filter_map(|offer| workshop.fix(rule, offer)).collect();
        if finding.confidence < Confidence::High {
            // What may be another library's may do something else.
            finding.fixes.iter_mut().for_each(|fix| fix.safety = Safety::Suggested);
        }
    }
}

/// Fills in what can be done about findings that are sorted by file.
pub fn fill_all(rules: &[Rule], findings: &mut [Finding], source: &dyn Fn(&str) -> Option<Arc<Source>>) {
    let of_files = findings.chunk_by_mut(|one, next| one.path == next.path);
    let can_be_fixed = |findings: &&mut [Finding]| findings.iter().any(|finding| !finding.offers.is_empty());
    let files = of_files.filter(can_be_fixed).filter_map(|findings| {
        let language = Language::of_path(&findings[0].path)?;
        Some((language, source(&findings[0].path)?, findings))
    });
    let mut files: Vec<(Language, Arc<Source>, &mut [Finding])> = files.collect();
    files.par_iter_mut().for_each(|(language, source, findings)| {
        fill(rules, *language, &source.text, &mut findings.iter_mut().collect::<Vec<_>>());
    });
}

/// A file for which fixes are made.
struct Workshop<'t> {
    language: Language,
    code: Code<'t>,
    parsers: Parsers,
    /// What the file has, once an import asks.
    facts: Option<FileFacts>,
}

/// An edit whose place is known: what was matched there, if anything.
struct Spot<'r> {
    rule: &'r EditRule,
    range: Range<usize>,
    semicolon: bool,
}

impl Workshop<'_> {
    /// The fix that is offered, unless the code is another than it can mend, or it would do harm.
    fn fix(&mut self, rule: &Rule, offer: &Offer) -> Option<Fix> {
        let fix = rule.fixes.get(offer.place)?;
        let mut filler = Filler::default();
        let spots = self.spots(fix, offer, &mut filler)?;
        let mentions = |(code, name): (&String, &String)| match (filler.capture(code), filler.capture(name)) {
            (Some(code), Some(name)) => self.code.has_name_in(&code.range, &self.code.text[name.range.clone()]),
            _ => false,
        };
        let is_alone = |(hole, fact): (&String, &String)| {
            let fact = offer.facts.iter().find(|one| one.name == *fact);
            let named = filler.capture(hole).zip(fact);
            named.is_some_and(|(taken, fact)| {
                let places = self.code.places_of(&self.code.text[taken.range.clone()], &fact.span);
                let is_inside = |place: &Range<usize>| spots.iter().any(|spot| spot.range.contains(&place.start));
                places.iter().all(is_inside)
            })
        };
        let has = |(hole, words): (&String, &Vec<String>)| {
            filler.capture(hole).is_some_and(|code| self.code.has_word_in(&code.range, words))
        };
        let is_as_many = |(one, other): (&String, &String)| {
            let count = |hole| filler.capture(hole).map_or(0, |taken| taken.commas.len() + 1);
            count(one) == count(other)
        };
        if !fix.as_many.iter().all(is_as_many) {
            return None;
        }
        if fix.apart.iter().any(mentions) || fix.without.iter().any(has) || !fix.alone.iter().all(is_alone) {
            return None;
        }
        let mut names = Vec::new();
        // What other functions call their own is no matter.
        let start = spots.iter().map(|spot| spot.range.start).min()?;
        let end = spots.iter().map(|spot| spot.range.end).max()?;
        let scope = self.code.function(&(start..end)).unwrap_or(0..self.code.text.len());
        for (name, template) in &fix.names {
            let word = name_of(&template.words(&self.code, &filler)?)?;
            if self.code.has_name_in(&scope, &word) {
                return None;
            }
            filler.words.push((name.clone(), word.clone()));
            names.push(word);
        }
        let mut edits = Vec::new();
        for spot in &spots {
            edits.extend(self.edit(spot, &filler));
            if spot.rule.to.is_some() != edits.last().is_some_and(|edit: &Edit| touches(edit, &spot.range)) {
                return None;
            }
        }
        for import in &fix.imports {
            edits.extend(self.import(import)?);
        }
        edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
        let title = fix.title.words(&self.code, &filler)?;
        let fix = Fix { title, safety: fix.safety, place: offer.place, edits, names };
        self.is_sound(&fix).then_some(fix)
    }

    /// The places of the edits; what their shapes took goes to `filler`.
    fn spots<'r>(&self, fix: &'r FixRule, offer: &Offer, filler: &mut Filler) -> Option<Vec<Spot<'r>>> {
        let fact = |name: &str| offer.facts.iter().find(|fact| fact.name == name);
        let mut spots = Vec::new();
        for rule in &fix.edits {
            let spot = match &rule.place {
                Place::At(name) => self.found(rule, fact(name)?, &offer.facts, filler)?,
                Place::UseOf(hole) => {
                    let range = self.code.other_use(&filler.capture(hole)?.range)?;
                    let used = Fact { name: hole.clone(), span: range, inner: None };
                    self.found(rule, &used, std::slice::from_ref(&used), filler)?
                }
                Place::BindingOf(hole) => {
                    let first = spots.first().map(|spot: &Spot<'_>| spot.range.clone())?;
                    let places = self.code.names_before(&filler.capture(hole)?.range, &first);
                    let bound = |place: Range<usize>| {
                        let fact = Fact { name: hole.clone(), span: place, inner: None };
                        self.found(rule, &fact, std::slice::from_ref(&fact), filler)
                    };
                    places.into_iter().find_map(bound)?
                }
                Place::Before(name) => {
                    let start = self.code.statement(&fact(name)?.span)?.start;
                    Spot { rule, range: start..start, semicolon: self.code.style.semicolons }
                }
            };
            spots.push(spot);
        }
        Some(spots)
    }

    fn found<'r>(&self, rule: &'r EditRule, at: &Fact, facts: &[Fact], filler: &mut Filler) -> Option<Spot<'r>> {
        let (_, shape) = rule.shapes.iter().find(|(language, _)| *language == self.language)?;
        let found: Match = self.code.find(shape, at, facts)?;
        // A hole that an earlier shape has filled must find the same here.
        let text = |capture: &Option<Capture>| capture.as_ref().map(|taken| &self.code.text[taken.range.clone()]);
        let fits = shape.holes.iter().zip(&found.captures).all(|(hole, capture)| {
            let known = filler.code.iter().find(|(name, _)| *name == hole.name);
            known.is_none_or(|(_, known)| text(known) == text(capture))
        });
        if !fits || rule.tested && !self.code.is_only_tested(&found.range) {
            return None;
        }
        filler.add(shape, &found);
        let text = &self.code.text[found.range.clone()];
        // A block needs none, whatever takes its place.
        let semicolon = text.ends_with(';') || text.ends_with('}') && self.code.style.semicolons;
        Some(Spot { rule, range: found.range, semicolon })
    }

    fn edit(&self, spot: &Spot<'_>, filler: &Filler) -> Option<Edit> {
        let template = spot.rule.to.as_ref()?;
        let mut text = self.code.fill(template, filler, spot.range.start, spot.semicolon)?;
        let mut range = spot.range.clone();
        if matches!(spot.rule.place, Place::Before(_)) {
            let start = self.code.text[..range.start].rfind('\n').map_or(0, |at| at + 1);
            text = format!("{text}{}{}", self.code.style.line_break, &self.code.text[start..range.start]);
        } else if self.code.needs_parentheses(&range, &text) {
            text = format!("({text})");
        } else if text.is_empty() {
            range = self.code.whole_lines(&range);
        }
        Some(Edit { span: Span::new(range.start, range.end), text })
    }

    /// What brings an import in, if it is not there; `None` where its name is taken.
    fn import(&mut self, import: &str) -> Option<Vec<Edit>> {
        let how = facts::Reading::default();
        let wanted = facts::extract(&mut self.parsers, "", self.language, import, how);
        let (text, language) = (self.code.text, self.language);
        let own = self.facts.get_or_insert_with(|| facts::extract(&mut Parsers::new(), "", language, text, how));
        let [row] = &*wanted.imports else { return None };
        let name_in = |facts: &FileFacts, id| facts.names.get(id).to_owned();
        let (local, module) = (name_in(&wanted, row.local), name_in(&wanted, row.module));
        let member = row.member.map(|member| name_in(&wanted, member));
        let at_top = |import: &&facts::Import| import.function == FunctionId::MODULE && !import.type_only;
        let from_there = |import: &&facts::Import| at_top(import) && name_in(own, import.module) == module;
        let is_it = |import: &facts::Import| {
            name_in(own, import.local) == local && import.member.map(|member| name_in(own, member)) == member
        };
        if own.imports.iter().filter(from_there).any(is_it) {
            return Some(Vec::new());
        }
        if self.code.has_name(&local) {
            return None;
        }
        let beside = own.imports.iter().filter(from_there).find(|import| member.is_some() && import.member.is_some());
        if let (Some(end), Some(member)) = (beside.and_then(|row| self.code.end_of_members(&row.span.range())), member)
        {
            return Some(vec![Edit { span: Span::new(end, end), text: format!(", {member}") }]);
        }
        let at = self.code.import_place();
        let text = format!("{import}{}", self.code.style.line_break);
        Some(vec![Edit { span: Span::new(at, at), text }])
    }

    /// Whether the file with the fix alone is one that parses as well as before, with all of its comments.
    fn is_sound(&mut self, fix: &Fix) -> bool {
        let apart = |pair: &[Edit]| pair[0].span.end <= pair[1].span.start && pair[0] != pair[1];
        if fix.edits.is_empty() || !fix.edits.windows(2).all(apart) {
            return false;
        }
        let Some(text) = fix.apply(self.code.text).filter(|text| text != self.code.text) else { return false };
        let after = Code::parse(&mut self.parsers, self.language, &text);
        after.is_some_and(|after| self.code.may_become(&after))
    }
}

fn touches(edit: &Edit, range: &Range<usize>) -> bool {
    edit.span.range().start <= range.start && range.end <= edit.span.range().end
}

/// A name made of code: of `self.users` and `_set`, `users_set`.
fn name_of(text: &str) -> Option<String> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let name = text.rsplit(['.', ':', '>', '#', '*', '&', ' ']).next()?;
    let starts_well = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
    (starts_well && name.chars().all(is_word)).then(|| name.to_owned())
}
