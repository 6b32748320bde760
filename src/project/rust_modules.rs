//! The module tree of Rust files: which file a path of names leads to.

use rustc_hash::{FxHashMap, FxHashSet};

use super::layout::Layout;
use super::modules::join;
use super::refs::FileId;

/// The files of a module's folder that are the module itself; the empty one stands for a file beside the folder.
const FORMS: [&str; 4] = ["", "mod.rs", "lib.rs", "main.rs"];
/// The files that begin a crate.
const ROOTS: [&str; 2] = ["lib.rs", "main.rs"];

/// A place of the tree, by its row.
type Place = u32;
/// The folder of the run.
const TOP: Place = 0;

/// A folder that holds, or would hold, a module's submodules: `a/b` for `a/b.rs` and `a/b/mod.rs`.
#[derive(Debug, Default)]
struct Node {
    parent: Place,
    /// The module's file, and the place of its form among [`FORMS`], the first of which wins.
    file: Option<(usize, FileId)>,
    /// A crate's root file lies here.
    is_root: bool,
}

/// The module tree. Following a path costs one look-up for each of its names.
#[derive(Debug)]
pub struct RustModules<'a> {
    nodes: Vec<Node>,
    children: FxHashMap<(Place, &'a str), Place>,
    /// By file: the place that its submodules have.
    own: FxHashMap<&'a str, Place>,
    /// Names of modules: the only ones besides crates that a path into the project can begin with.
    names: FxHashSet<&'a str>,
    /// By name, the crates of the project; `None` for one without files.
    crates: FxHashMap<&'a str, Option<Place>>,
}

impl<'a> RustModules<'a> {
    /// Over the paths of all files, by file.
    pub fn new(layout: &'a Layout, paths: impl Iterator<Item = (FileId, &'a str)>) -> Self {
        let mut tree = Self {
            nodes: vec![Node::default()],
            children: FxHashMap::default(),
            own: FxHashMap::default(),
            names: FxHashSet::default(),
            crates: FxHashMap::default(),
        };
        for (file, path) in paths {
            tree.add(path, file);
        }
        for krate in &layout.crates {
            // A root of another name is none whose modules lie beside it.
            let is_root = |entry: &&(&str, &str)| ROOTS.contains(&entry.1);
            let entry = krate.entry.as_deref().map(|entry| entry.rsplit_once('/').unwrap_or(("", entry)));
            let own = entry.as_ref().filter(is_root).and_then(|(folder, _)| tree.place_of(folder));
            let place = own.or_else(|| tree.place_of(&join(&krate.folder, "src")?));
            tree.crates.entry(&krate.name).or_insert(place);
        }
        tree
    }

    fn add(&mut self, path: &'a str, file: FileId) {
        let Some(stem) = path.strip_suffix(".rs") else { return };
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let beside = self.make(stem);
        self.keep(beside, stem, 0, file);
        let mut own = beside;
        if let Some(form) = FORMS.iter().position(|form| *form == name) {
            own = self.make(folder);
            self.keep(own, folder, form, file);
            self.nodes[own as usize].is_root |= ROOTS.contains(&name);
        }
        self.own.insert(path, own);
    }

    fn keep(&mut self, place: Place, folder: &'a str, form: usize, file: FileId) {
        let kept = &mut self.nodes[place as usize].file;
        if kept.is_none_or(|(known, _)| form < known) {
            *kept = Some((form, file));
        }
        self.names.insert(folder.rsplit_once('/').map_or(folder, |(_, last)| last));
    }

    /// The place of a folder, made where it is not there yet.
    fn make(&mut self, folder: &'a str) -> Place {
        let mut place = TOP;
        for name in folder.split('/').filter(|name| !name.is_empty()) {
            let next = self.nodes.len() as Place;
            let found = *self.children.entry((place, name)).or_insert(next);
            if found == next {
                self.nodes.push(Node { parent: place, ..Node::default() });
            }
            place = found;
        }
        place
    }

    fn place_of(&self, folder: &str) -> Option<Place> {
        let mut names = folder.split('/').filter(|name| !name.is_empty());
        names.try_fold(TOP, |place, name| self.child(place, name))
    }

    fn child(&self, place: Place, name: &str) -> Option<Place> {
        self.children.get(&(place, name)).copied()
    }

    fn file(&self, place: Place) -> Option<FileId> {
        self.nodes[place as usize].file.map(|(_, file)| file)
    }

    /// The file of the longest prefix of a path (`crate.db.users.find`) that names a module, with how many names it took.
    pub fn find(&self, from: &str, path: &str) -> Option<(FileId, usize)> {
        let first = path.split('.').next()?;
        let (start, skip) = match first {
            "crate" => (Some(self.crate_root(from)?), 1),
            "self" => (Some(*self.own.get(from)?), 1),
            "super" => {
                let ups = path.split('.').take_while(|name| *name == "super").count();
                (Some(self.above(*self.own.get(from)?, ups)?), ups)
            }
            name => match self.crates.get(name) {
                Some(place) => (*place, 1),
                None if name.is_empty() || self.names.contains(name) => (Some(*self.own.get(from)?), 0),
                None => return None,
            },
        };
        let mut place = start?;
        let mut found = if skip > 0 { self.file(place).map(|file| (file, skip)) } else { None };
        for (taken, name) in path.split('.').enumerate().skip(skip) {
            let next = if name.is_empty() { Some(place) } else { self.child(place, name) };
            let Some((next, file)) = next.and_then(|next| Some((next, self.file(next)?))) else { break };
            place = next;
            found = Some((file, taken + 1));
        }
        found
    }

    /// The place some levels up; the top folder is no module's.
    fn above(&self, place: Place, levels: usize) -> Option<Place> {
        let mut current = place;
        for _ in 0..levels {
            current = self.nodes[current as usize].parent;
            if current == TOP {
                return None;
            }
        }
        Some(current)
    }

    /// The folder of the crate that a file belongs to: the nearest one upwards with a root file.
    fn crate_root(&self, from: &str) -> Option<Place> {
        let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
        let mut current = self.place_of(folder)?;
        loop {
            let node = &self.nodes[current as usize];
            if node.is_root {
                return Some(current);
            }
            if current == TOP {
                return None;
            }
            current = node.parent;
        }
    }
}
