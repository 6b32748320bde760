//! The files that a file brings in.

use super::modules::{Modules, submodule};
use super::refs::FileId;
use crate::facts::{Call, FileFacts, Root};
use crate::syntax::Family;

/// The files of the project that a file's imports, re-exports and `require`s name; those of Python's packages with the
/// modules in them that are asked for by name. A file may come more than once.
pub fn imported_files(modules: &Modules, facts: &FileFacts) -> Vec<FileId> {
    let family = facts.language.family();
    let find = |module: &str| modules.resolve(family, &facts.path, module);
    let mut found: Vec<FileId> = Vec::new();
    for import in facts.imports.iter().filter(|import| !import.test_only) {
        let module = facts.names.get(import.module);
        match import.member.map(|member| facts.names.get(member)) {
            // What is imported may be a module itself, or lie in one: `use crate::db::users::find`.
            Some(member) if family != Family::JavaScript => {
                found.extend(find(module));
                found.extend(find(&submodule(module, member)));
            }
            _ => found.extend(find(module)),
        }
    }
    let given_on = facts.exports.iter().filter_map(|export| export.from);
    found.extend(given_on.filter_map(|(module, _)| find(facts.names.get(module))));
    found.extend(required(facts).filter_map(find));
    found
}

/// What CommonJS brings in in the middle of an expression: `require("./store").open()`.
fn required(facts: &FileFacts) -> impl Iterator<Item = &str> {
    let is_script = facts.language.family() == Family::JavaScript;
    let require = facts.names.id("require").filter(|_| is_script);
    let calls = require.into_iter().flat_map(|name| {
        facts.calls.iter().filter(move |call| call.callee.root == Root::Name(name) && call.callee.path.is_empty())
    });
    calls.filter_map(|call| first_text(facts, call))
}

/// The short text that a call is given first: the module of a `require("…")`.
pub(super) fn first_text<'f>(facts: &'f FileFacts, call: &Call) -> Option<&'f str> {
    facts.short_text(&facts.args_of(call).first()?.value)
}
