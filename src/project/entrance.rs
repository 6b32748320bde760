//! Where code is entered from: the entry point nearest to a function, and the route or name that people know it by.

use rustc_hash::FxHashSet;

use super::entries::decorator_entries;
use super::link::Project;
use super::refs::{CallRef, FunctionRef};
use super::sources::ProjectFile;
use crate::catalog::Entry;
use crate::facts::{Call, FunctionId, Operand, Root};

/// How many calls up an entry point is looked for.
const MAX_STEPS: u32 = 12;
/// How many functions are looked at for one question.
const MAX_FUNCTIONS: usize = 2_000;
/// The methods of HTTP (RFC 9110, RFC 5789): a registration by such a name says which requests it answers.
const METHODS: [&str; 7] = ["get", "head", "post", "put", "patch", "delete", "options"];

/// An entry point that leads to a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entrance {
    /// Its function.
    pub function: FunctionRef,
    /// What it is for.
    pub kind: Entry,
    /// What it answers to, as far as the code writes it out in one place: `GET /orders/:id`, a queue's name.
    pub route: Option<String>,
    /// The function's name, a method's with its class; nothing for one without a name.
    pub name: Option<String>,
}

impl Project<'_> {
    /// The entry point nearest to a function: itself, what it stands in, or the first one up its callers. Of several
    /// that are equally near, the kind that comes first in the list of kinds, then the first in the order of files and
    /// places.
    pub fn entrance(&self, of: FunctionRef) -> Option<Entrance> {
        let mut level = vec![of];
        let mut seen: FxHashSet<FunctionRef> = FxHashSet::default();
        for _ in 0..=MAX_STEPS {
            let around: Vec<FunctionRef> = level.iter().flat_map(|function| self.around(*function)).collect();
            let found = level.iter().filter_map(|function| self.own_entrance(*function)).min();
            if let Some((kind, function)) = found {
                let (route, name) = (self.route(function, kind), self.title(function));
                return Some(Entrance { function, kind, route, name });
            }
            let fresh: Vec<FunctionRef> = around.into_iter().filter(|function| seen.insert(*function)).collect();
            let sites = fresh.into_iter().flat_map(|function| self.callers(function));
            level = sites.map(|site| FunctionRef { file: site.file, id: self.call(site).function }).collect();
            level.sort_unstable();
            level.dedup();
            if level.is_empty() || seen.len() > MAX_FUNCTIONS {
                return None;
            }
        }
        None
    }

    /// A function and those it stands in, innermost first, without the module.
    fn around(&self, of: FunctionRef) -> impl Iterator<Item = FunctionRef> {
        let functions = &self.file(of.file).facts.functions;
        let ids = std::iter::successors(Some(of.id), |id| functions[id.index()].parent);
        ids.filter(|id| *id != FunctionId::MODULE).map(move |id| FunctionRef { file: of.file, id })
    }

    /// The entry point that a function is or stands in. A file that is one as a whole is entered by its outermost
    /// function.
    fn own_entrance(&self, of: FunctionRef) -> Option<(Entry, FunctionRef)> {
        let own = self.around(of).find(|function| !self.entries.own(*function).is_empty());
        let function = own.or_else(|| self.around(of).last()).unwrap_or(of);
        let kinds = match own {
            Some(function) => self.entries.own(function),
            None => self.entries.of(function),
        };
        let first = Entry::ALL.iter().copied().find(|kind| kinds.contains(*kind))?;
        Some((first, function))
    }

    /// The function's name, a method's with its class.
    fn title(&self, of: FunctionRef) -> Option<String> {
        let file = self.file(of.file);
        let function = &file.facts.functions[of.id.index()];
        let name = file.name(function.name?);
        let class = function.class.and_then(|class| file.facts.classes[class.index()].name);
        Some(class.map_or_else(|| name.to_owned(), |class| format!("{}.{name}", file.name(class))))
    }

    /// What an entry point answers to: from the decorator or the call that makes it one.
    fn route(&self, of: FunctionRef, kind: Entry) -> Option<String> {
        let file = self.file(of.file);
        let function = &file.facts.functions[of.id.index()];
        let decorator = function.decorators.iter().find_map(|decorator| match decorator.root {
            Root::Call(call) => decorator_entries(&self.resolver, of.file, decorator, function)
                .contains(&kind)
                .then_some(CallRef { file: of.file, id: call }),
            _ => None,
        });
        let call = decorator.or_else(|| self.entries.registration(of))?;
        let there = self.file(call.file);
        let text = self.route_text(call)?;
        let written = &there.facts.calls[call.id.index()];
        let method = written.callee.last_name().map(|name| there.name(name));
        let method = method.map(str::to_lowercase).filter(|name| METHODS.contains(&name.as_str()));
        Some(match method {
            Some(method) if kind == Entry::Http => format!("{} {text}", method.to_uppercase()),
            _ => text.to_owned(),
        })
    }

    /// The text that a registration begins with: in the call itself (`app.get("/x", show)`), in the one that it is given
    /// to (`route("/x", get(show))`), or in the one before it (`route("/x").get(show)`).
    fn route_text(&self, of: CallRef) -> Option<&str> {
        let file = self.file(of.file);
        let call = &file.facts.calls[of.id.index()];
        let before = match call.callee.root {
            Root::Call(before) => Some(before),
            _ => None,
        };
        let calls = [Some(of.id), call.inside, before].into_iter().flatten();
        calls.map(|id| &file.facts.calls[id.index()]).find_map(|call| first_text(file, call))
    }
}

/// The short text that is a call's first argument.
fn first_text<'f>(file: &'f ProjectFile, call: &Call) -> Option<&'f str> {
    let first: &Operand = &file.facts.positional(call).next()?.value;
    match first.root {
        Root::Text(text) if first.path.is_empty() => file.facts.texts[text.index()].short.map(|text| file.name(text)),
        _ => None,
    }
}
