//! From where a function is reached: the nearest entry point up the calls.

use rustc_hash::FxHashSet;

use super::{FunctionRef, Project};
use crate::catalog::Entry;

/// How many functions are asked for their callers.
const MAX_FUNCTIONS: usize = 400;

/// An entry point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryPoint {
    /// Its function.
    pub function: FunctionRef,
    /// Its kind.
    pub kind: Entry,
}

/// The nearest entry point that a function is, or from which calls lead to it: by the number of calls, then in the order of
/// files and places.
pub fn entry_point(project: &Project, of: FunctionRef) -> Option<EntryPoint> {
    let mut seen: FxHashSet<FunctionRef> = FxHashSet::from_iter([of]);
    let mut queue = vec![of];
    let mut next = 0;
    while let Some(&function) = queue.get(next).filter(|_| next < MAX_FUNCTIONS) {
        next += 1;
        // A handler that is written where it is registered seems to run there.
        if let Some(kind) = kind_of(project, function) {
            return Some(EntryPoint { function, kind });
        }
        let owner = project.owner(function);
        let sites = project.callers(owner).map(|site| FunctionRef { file: site.file, id: project.call(site).function });
        for around in std::iter::once(owner).filter(|owner| *owner != function).chain(sites) {
            if seen.insert(around) {
                queue.push(around);
            }
        }
    }
    None
}

/// The kind of an entry point, if a function is one. What only the place of its file tells (that of scripts, of a
/// client's code) holds for all its functions, so the one that is called first counts.
fn kind_of(project: &Project, function: FunctionRef) -> Option<Entry> {
    let own = project.entry(function);
    let by_place = |kind: Entry| matches!(kind, Entry::Script | Entry::Client | Entry::Test | Entry::Migration);
    let kind = Entry::ALL.iter().copied().find(|kind| own.contains(*kind))?;
    (!by_place(kind) || project.callers(function).next().is_none()).then_some(kind)
}
