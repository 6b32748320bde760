//! Rust files that only tests have, wherever they lie: modules that are declared under `#[cfg(test)]`, and those in them.

use super::refs::FileId;
use super::rust_modules::RustModules;
use super::sources::ProjectFile;
use crate::facts::Import;
use crate::syntax::Family;

/// Finds them.
pub fn test_modules(files: &[ProjectFile], tree: &RustModules) -> Vec<FileId> {
    let mut found = vec![false; files.len()];
    let mut pending: Vec<(usize, bool)> = (0..files.len()).map(|row| (row, false)).collect();
    while let Some((row, all)) = pending.pop() {
        let file = &files[row];
        let declared = file.facts.imports.iter().filter(|import| all || import.test_only);
        for module in declared.filter_map(|import| module_declared(file, import)) {
            let Some((module, _)) = tree.find(&file.facts.path, module) else { continue };
            if module.index() != row && !std::mem::replace(&mut found[module.index()], true) {
                pending.push((module.index(), true));
            }
        }
    }
    (0..files.len() as u32).map(FileId).filter(|id| found[id.index()]).collect()
}

/// The path of the module that `mod name;` declares.
fn module_declared<'f>(file: &'f ProjectFile, import: &Import) -> Option<&'f str> {
    let path = file.name(import.module);
    let is_declared = file.family == Family::Rust && import.member.is_none() && path.starts_with("self.");
    is_declared.then_some(path)
}
