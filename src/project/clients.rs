//! Code that only the code on the user's machine brings in runs there as well.

use super::calls::FileCalls;
use super::entries::{EntrySet, Said};
use super::refs::FileId;
use super::resolve::Resolver;
use crate::catalog::{Effect, Entry};
use crate::syntax::Family;

/// Marks the scripts that client code brings in, and that nothing but client code and tests does: by the largest such set,
/// so that files which import each other are no reason for one another. What touches a database or a disk runs on a
/// server, whoever renders with it.
pub fn spread(said: &[Said], calls: &[FileCalls], files: &mut [EntrySet]) {
    let mut importers: Vec<Vec<usize>> = vec![Vec::new(); files.len()];
    for (row, said) in said.iter().enumerate() {
        said.imported.iter().for_each(|found| importers[found.index()].push(row));
    }
    let mut imported = vec![Vec::new(); files.len()];
    for (row, from) in importers.iter().enumerate() {
        from.iter().for_each(|importer| imported[*importer].push(row));
    }
    let is_client = |row: usize| files[row].contains(Entry::Client);
    let mut brought = vec![false; files.len()];
    let mut pending: Vec<usize> = (0..files.len()).filter(|row| is_client(*row)).collect();
    while let Some(from) = pending.pop() {
        for &row in &imported[from] {
            if !brought[row] && !is_client(row) && !is_of_server(&calls[row]) {
                brought[row] = true;
                pending.push(row);
            }
        }
    }
    let is_foreign = |brought: &[bool], importer: usize| {
        !brought[importer] && !is_client(importer) && !files[importer].contains(Entry::Test)
    };
    let stays = |brought: &[bool], row: usize| !importers[row].iter().any(|importer| is_foreign(brought, *importer));
    let mut pending: Vec<usize> = (0..files.len()).filter(|row| brought[*row] && !stays(&brought, *row)).collect();
    while let Some(row) = pending.pop() {
        if brought[row] {
            brought[row] = false;
            pending.extend(imported[row].iter().copied().filter(|next| brought[*next]));
        }
    }
    for (row, _) in brought.iter().enumerate().filter(|(_, brought)| **brought) {
        files[row].insert(Entry::Client);
    }
}

/// The scripts that a script brings in, or gives on.
pub fn imported(resolver: &Resolver, at: FileId) -> Box<[FileId]> {
    let file = resolver.sources.file(at);
    if file.family != Family::JavaScript {
        return Box::default();
    }
    let brought = file.facts.imports.iter().filter(|import| !import.type_only).map(|import| import.module);
    let given_on = file.facts.exports.iter().filter_map(|export| export.from.map(|(module, _)| module));
    let modules = brought.chain(given_on);
    let found = modules.filter_map(|name| resolver.modules.resolve(file.family, &file.facts.path, file.name(name)));
    found.filter(|found| *found != at).collect()
}

fn is_of_server(calls: &FileCalls) -> bool {
    let on_server = |effect: &Effect| {
        matches!(
            effect,
            Effect::DbRead | Effect::DbWrite | Effect::DbCommit | Effect::Cache | Effect::FsRead | Effect::FsBlock
        )
    };
    calls.values().any(|info| info.effects.iter().any(|(effect, _)| on_server(effect)))
}
