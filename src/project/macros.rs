//! Macros of the project that leave the function that uses them: what one file defines, all files may use.

use rustc_hash::FxHashMap;

use crate::facts::{Exit, ExitKind, FileFacts};

/// Adds the ways out that calls of such macros are, in place of those that were added before; gives the rows of the files
/// that have others now.
pub fn add_exits(all: &mut [Box<FileFacts>]) -> Vec<usize> {
    let mut leaving: FxHashMap<String, bool> = FxHashMap::default();
    for facts in all.iter() {
        for row in &facts.leaving_macros {
            let always = leaving.entry(facts.names.get(row.name).to_owned()).or_insert(true);
            *always &= row.always;
        }
    }
    let mut changed = Vec::new();
    for (row, facts) in all.iter_mut().enumerate() {
        let exits: Vec<Exit> = facts.lone_macros.iter().filter_map(|call| exit_of(facts, *call, &leaving)).collect();
        let added = facts.exits.iter().filter(|exit| exit.by_own_macro).map(|exit| (exit.kind, exit.span));
        if !added.eq(exits.iter().map(|exit| (exit.kind, exit.span))) {
            let own = std::mem::take(&mut facts.exits).into_iter().filter(|exit| !exit.by_own_macro);
            facts.exits = own.chain(exits).collect();
            changed.push(row);
        }
    }
    changed
}

fn exit_of(facts: &FileFacts, call: crate::facts::CallId, leaving: &FxHashMap<String, bool>) -> Option<Exit> {
    let call = &facts.calls[call.index()];
    let name = call.callee.last_name()?;
    let always = *leaving.get(facts.names.get(name))?;
    // One that leaves under a condition is like `?`.
    let kind = if always { ExitKind::Throw } else { ExitKind::Question };
    Some(Exit { kind, span: call.span, block: call.block, function: call.function, value: None, by_own_macro: true })
}
