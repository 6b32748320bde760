//! Types that are a few literals: `"open" | "closed"`, `keyof Limits`, `(typeof KINDS)[number]`, `Plan["size"]`.

use super::index::Declared;
use super::refs::FileId;
use super::resolve::Resolver;
use super::types::{Type, Typed};
use crate::facts::{FunctionId, Operand, Root, TypeExpr};

impl Resolver<'_> {
    /// What several types side by side are: a choice where each is one, or is nothing; else the first one that is known.
    pub(super) fn one_of(&self, at: FileId, parts: &[TypeExpr], read: &dyn Fn(&TypeExpr) -> Typed) -> Typed {
        let file = self.sources.file(at);
        let is_nothing = |part: &TypeExpr| matches!(file.name(part.name), "null" | "undefined" | "None");
        let types: Vec<Typed> = parts.iter().filter(|part| !is_nothing(part)).map(read).collect();
        if !types.is_empty() && types.iter().all(|one| one.is == Type::Choice) {
            return Typed::traced(Type::Choice);
        }
        let known = |one: &Typed| one.is_known() && one.is != Type::Choice;
        types.into_iter().find(known).unwrap_or(Typed::UNKNOWN)
    }

    /// The type that a text names which is no name: a literal, the keys of something, a part of a type. White space was
    /// taken out of it.
    pub(super) fn literal_type(&self, at: FileId, text: &str, function: FunctionId) -> Option<Typed> {
        let choice = || Typed::traced(Type::Choice);
        if text.starts_with(['"', '\'']) || text.starts_with(|c: char| c.is_ascii_digit()) {
            return Some(choice());
        }
        if let Some(of) = text.strip_prefix("keyoftypeof") {
            return self.is_written_out(at, of, function, |root| matches!(root, Root::Object(_))).then(choice);
        }
        if let Some(name) = text.strip_suffix("[number]") {
            let list = name.strip_prefix("(typeof").and_then(|name| name.strip_suffix(')'))?;
            return self.is_written_out(at, list, function, |root| matches!(root, Root::List(_))).then(choice);
        }
        let (base, keys) = text.split_once('[')?;
        let mut named = self.name(at, self.sources.file(at).id(base)?, function, u32::MAX);
        for key in keys.split('[') {
            let field = key.strip_suffix(']')?.trim_matches(['"', '\'']);
            named = self.field(at, &named, field);
        }
        Some(named)
    }

    /// Whether a name stands for a literal of its module, or of the one that it is imported from.
    fn is_written_out(&self, at: FileId, name: &str, function: FunctionId, is_it: fn(&Root) -> bool) -> bool {
        let file = self.sources.file(at);
        let declared = file.id(name).and_then(|id| file.index.lookup(&file.facts, id, function, u32::MAX));
        match declared.map(|found| found.what) {
            Some(Declared::Bind(bind)) => {
                let value: Option<&Operand> = file.facts.binds[bind.index()].value.as_ref();
                value.is_some_and(|value| value.path.is_empty() && is_it(&value.root))
            }
            Some(Declared::Import(row)) => {
                let import = &file.facts.imports[row as usize];
                let found = self.modules.resolve(file.family, &file.facts.path, file.name(import.module));
                let member = import.member.map(|member| file.name(member));
                // One step: what is handed on by further modules is left open.
                found.zip(member).is_some_and(|(there, member)| {
                    let there_file = self.sources.file(there);
                    let is_own = there_file
                        .id(member)
                        .and_then(|id| there_file.index.lookup(&there_file.facts, id, FunctionId::MODULE, u32::MAX));
                    matches!(is_own.map(|own| own.what), Some(Declared::Bind(_)))
                        && self.is_written_out(there, member, FunctionId::MODULE, is_it)
                })
            }
            _ => false,
        }
    }
}
