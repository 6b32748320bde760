//! Where functions are called by name: what their callers pass tells the types of parameters that declare none.

use std::cell::Cell;

use rustc_hash::{FxHashMap, FxHashSet};

use super::classes::CONSTRUCTORS;
use super::refs::{CallRef, FileId, FunctionRef};
use super::resolve::{Resolver, Target};
use super::sources::Sources;
use super::types::{Grade, Typed};
use crate::facts::names::hash;
use crate::facts::{CallId, CallKind, Function, FunctionKind, Param};
use crate::syntax::Family;

/// How many calls of one name are looked at. A name that is called more often belongs to many functions, or to one that
/// is given all kinds of things.
const MAX_SITES: usize = 4;
/// How many functions up the callers' own parameters are followed.
const MAX_HOPS: u32 = 2;

/// Calls by the hash of the name of what they call, for names of functions with undeclared parameters.
#[derive(Debug, Default)]
pub struct CallSites {
    pub(super) by_name: FxHashMap<u64, Vec<CallRef>>,
}

thread_local! {
    static HOPS: Cell<u32> = const { Cell::new(0) };
}

impl CallSites {
    /// Collects them over all files, in the order of files and places.
    pub fn new(sources: &Sources) -> Self {
        let names: FxHashSet<&str> = sources.ids().flat_map(|id| undeclared(sources, id)).collect();
        let mut by_name: FxHashMap<u64, Vec<CallRef>> = FxHashMap::default();
        for at in sources.ids() {
            let file = sources.file(at);
            if file.family == Family::Rust || file.is_test {
                continue;
            }
            for (row, call) in file.facts.calls.iter().enumerate() {
                if call.args.is_empty() || !matches!(call.kind, CallKind::Plain | CallKind::New) {
                    continue;
                }
                let Some(name) = call.callee.last_name() else { continue };
                if let Some(name) = names.get(file.name(name)) {
                    let sites = by_name.entry(hash(name)).or_default();
                    if sites.len() <= MAX_SITES {
                        sites.push(CallRef { file: at, id: CallId(row as u32) });
                    }
                }
            }
        }
        by_name.retain(|_, sites| sites.len() <= MAX_SITES);
        Self { by_name }
    }

    fn of(&self, name: &str) -> &[CallRef] {
        self.by_name.get(&hash(name)).map_or(&[], Vec::as_slice)
    }
}

/// The names of a file's functions that have a parameter of which nothing is declared; of a constructor, its class's.
fn undeclared<'p>(sources: &'p Sources, id: FileId) -> impl Iterator<Item = &'p str> {
    let file = sources.file(id);
    let functions = file.facts.functions.iter().filter(|function| {
        file.family != Family::Rust
            && function.kind == FunctionKind::Declared
            && function.params.iter().any(|param| param.annotation.is_none())
    });
    functions.filter_map(move |function| Some(file.name(called_by(&file.facts, function)?)))
}

/// The name that a function is called by: its own, or its class's where it is the constructor.
fn called_by(facts: &crate::facts::FileFacts, function: &Function) -> Option<crate::facts::NameId> {
    let name = function.name?;
    match function.class {
        Some(class) if CONSTRUCTORS.contains(&facts.names.get(name)) => facts.classes[class.index()].name,
        _ => Some(name),
    }
}

impl Resolver<'_> {
    /// The type of what the callers of a function pass for a parameter; of those that can be told, the first.
    pub(super) fn passed(&self, of: FunctionRef, param: &Param) -> Typed {
        let file = self.sources.file(of.file);
        let function = &file.facts.functions[of.id.index()];
        if file.family == Family::Rust || param.rest {
            return Typed::UNKNOWN;
        }
        let Some(name) = called_by(&file.facts, function) else { return Typed::UNKNOWN };
        let sites = self.call_sites.of(file.name(name));
        if sites.is_empty() {
            return Typed::UNKNOWN;
        }
        let hops = HOPS.get();
        if hops >= MAX_HOPS {
            super::questions::cut_short();
            return Typed::UNKNOWN;
        }
        HOPS.set(hops + 1);
        let found = sites.iter().map(|site| self.passed_at(*site, of, param)).find(Typed::is_known);
        HOPS.set(hops);
        found.unwrap_or(Typed::UNKNOWN).at_most(Grade::Typed)
    }

    fn passed_at(&self, site: CallRef, of: FunctionRef, param: &Param) -> Typed {
        let file = self.sources.file(site.file);
        let call = &file.facts.calls[site.id.index()];
        // A function that calls itself passes on what it was given.
        if site.file == of.file && call.function == of.id || file.facts.args_of(call).iter().any(|arg| arg.spread) {
            return Typed::UNKNOWN;
        }
        let there = self.sources.file(of.file);
        let Some(arg) = super::needs::argument(file, call, there.name(param.name), param.position) else {
            return Typed::UNKNOWN;
        };
        let calls_it = match self.call(site).target {
            Target::Functions(functions) => functions.contains(&of),
            Target::Class(class) => self.classes.constructor(self, class) == Some(of),
            Target::Row(_) | Target::Unknown => false,
        };
        if !calls_it {
            return Typed::UNKNOWN;
        }
        let given = self.operand(site.file, &arg.value, call.function);
        param.path.iter().fold(given, |value, key| self.field(site.file, &value, there.name(*key)))
    }
}
