//! The class hierarchy: bases, library bases, Rust's impl blocks, implementations of interfaces.

use rustc_hash::{FxHashMap, FxHashSet};

use super::class_rows::{OfFile, Row, has_several_words};
use super::origins;
use super::refs::{ClassRef, FunctionRef};
use super::resolve::Resolver;
use super::types::{Grade, Type, Typed};
use crate::catalog::{Catalog, CatalogCall, TypeId};
use crate::facts::names::hash;
use crate::facts::{ClassId, ClassKind, ExitKind, Span};
use crate::syntax::Family;

/// How many levels of bases are followed.
const MAX_BASES: u32 = 12;
/// An interface with more implementations than this says nothing of a call.
const MAX_IMPLEMENTATIONS: usize = 30;

/// What languages call a class's constructor.
pub(super) const CONSTRUCTORS: [&str; 2] = ["constructor", "__init__"];
/// A class with more derived ones than this is no mixin: what they have besides says nothing of it.
const MAX_MIXED_INTO: usize = 6;

/// The library types that a class derives from, with their type arguments.
type LibraryBases = Vec<(TypeId, Vec<Type>)>;

/// The hierarchy of all classes of the project.
#[derive(Debug, Default)]
pub struct Classes {
    pub(super) bases: FxHashMap<ClassRef, Vec<ClassRef>>,
    pub(super) derived: FxHashMap<ClassRef, Vec<ClassRef>>,
    pub(super) library: FxHashMap<ClassRef, LibraryBases>,
    /// Classes with a base that is neither of the project nor known to the catalog.
    pub(super) foreign: FxHashSet<ClassRef>,
    /// The type that an impl block belongs to.
    pub(super) owners: FxHashMap<ClassRef, ClassRef>,
    /// The impl blocks of a type.
    pub(super) impls: FxHashMap<ClassRef, Vec<ClassRef>>,
    /// The impl block that stands for all that give a library's type methods of the project.
    pub(super) extensions: FxHashMap<TypeId, ClassRef>,
    /// Methods with a name that says much, by its hash: the functions of the only class that has it.
    pub(super) only: FxHashMap<(Family, u64), Vec<FunctionRef>>,
    /// By library base and name in lower case; `None` where several classes share both.
    pub(super) by_base: FxHashMap<(TypeId, Box<str>), Option<ClassRef>>,
}

impl Classes {
    /// Joins what all files say.
    pub fn build(resolver: &Resolver, said: &[OfFile]) -> Self {
        let mut classes = Self::default();
        for (this, row) in said.iter().flat_map(OfFile::classes) {
            if let Some(named) = &row.impl_of {
                classes.add_impl(this, named);
            }
        }
        for (this, row) in said.iter().flat_map(OfFile::classes) {
            classes.add_bases(this, row);
        }
        classes.spread_library_bases();
        classes.collect_names(resolver);
        classes.collect_only_owners(said);
        classes
    }

    fn add_impl(&mut self, this: ClassRef, named: &Type) {
        let owner = match named {
            Type::Class(owner) => *owner,
            Type::Library(on, args) => {
                // All blocks for the type belong together; the first stands for it.
                let first = *self.extensions.entry(*on).or_insert(this);
                self.library.entry(first).or_insert_with(|| vec![(*on, args.clone())]);
                if first == this {
                    return;
                }
                first
            }
            _ => return,
        };
        self.owners.insert(this, owner);
        self.impls.entry(owner).or_default().push(this);
    }

    fn add_bases(&mut self, this: ClassRef, row: &Row) {
        let owner = self.owner(this);
        for base in &row.bases {
            match &base.is {
                Type::Class(base) if *base != owner => self.add_base(owner, *base),
                Type::Library(id, args) => self.library.entry(owner).or_default().push((*id, args.clone())),
                _ if base.is_elsewhere => {
                    self.foreign.insert(owner);
                }
                _ => {}
            }
            if let Some((id, args)) = &base.extends {
                let entry = self.library.entry(owner).or_default();
                if !entry.iter().any(|(known, _)| known == id) {
                    entry.push((*id, args.clone()));
                }
            }
        }
        for id in &row.decorated {
            self.library.entry(owner).or_default().push((*id, Vec::new()));
        }
    }

    fn add_base(&mut self, class: ClassRef, base: ClassRef) {
        let bases = self.bases.entry(class).or_default();
        if !bases.contains(&base) {
            bases.push(base);
            self.derived.entry(base).or_default().push(class);
        }
    }

    /// Gives each class the library bases of its bases.
    fn spread_library_bases(&mut self) {
        let all: Vec<ClassRef> = self.bases.keys().copied().collect();
        let mut found: Vec<(ClassRef, LibraryBases)> = Vec::new();
        for class in all {
            let mut inherited = self.library.get(&class).cloned().unwrap_or_default();
            for base in self.ancestors(class) {
                for entry in self.library.get(&base).into_iter().flatten() {
                    if !inherited.iter().any(|(id, _)| *id == entry.0) {
                        inherited.push(entry.clone());
                    }
                }
            }
            if !inherited.is_empty() {
                found.push((class, inherited));
            }
        }
        self.library.extend(found);
    }

    fn collect_names(&mut self, resolver: &Resolver) {
        let in_tests = |class: &ClassRef| resolver.sources.file(class.file).is_test;
        for (class, bases) in self.library.iter().filter(|(class, _)| !in_tests(class)) {
            let file = resolver.sources.file(class.file);
            let Some(name) = resolver.sources.class(*class).name else { continue };
            for (base, _) in bases {
                let key = (*base, file.name(name).to_lowercase().into());
                let known = self.by_base.entry(key).or_insert(Some(*class));
                if *known != Some(*class) {
                    *known = None;
                }
            }
        }
    }

    /// The only class of this name, whatever its case, that derives from a library type: what a registry gives under the
    /// name of a model.
    pub fn registered(&self, base: TypeId, name: &str) -> Option<ClassRef> {
        self.by_base.get(&(base, name.to_lowercase().into())).copied().flatten()
    }

    /// Methods that one class alone has, where the name is made of several words, so that it says what it means.
    fn collect_only_owners(&mut self, said: &[OfFile]) {
        let mut by_name: FxHashMap<(Family, u64), Vec<(ClassRef, FunctionRef)>> = FxHashMap::default();
        for (name, class, function) in said.iter().flat_map(OfFile::methods) {
            by_name.entry(name).or_default().push((self.owner(class), function));
        }
        for (name, owners) in by_name {
            if owners.len() > MAX_IMPLEMENTATIONS {
                continue;
            }
            let mut related = owners.iter().map(|(class, _)| self.topmost(*class));
            let first = related.next();
            if related.all(|class| Some(class) == first) {
                self.only.insert(name, owners.into_iter().map(|(_, function)| function).collect());
            }
        }
    }

    fn topmost(&self, class: ClassRef) -> ClassRef {
        self.ancestors(class).into_iter().last().unwrap_or(class)
    }

    /// The class that a class's methods belong to: for an impl block, its type.
    pub fn owner(&self, class: ClassRef) -> ClassRef {
        origins::note(class.file);
        self.owners.get(&class).copied().unwrap_or(class)
    }

    /// The project's classes and interfaces that a class derives from directly.
    pub fn bases(&self, class: ClassRef) -> &[ClassRef] {
        let class = self.owner(class);
        origins::note(class.file);
        self.bases.get(&class).map_or(&[], Vec::as_slice)
    }

    /// All project classes that a class derives from, nearest first.
    pub fn ancestors(&self, class: ClassRef) -> Vec<ClassRef> {
        self.closure(class, &self.bases)
    }

    fn closure(&self, class: ClassRef, edges: &FxHashMap<ClassRef, Vec<ClassRef>>) -> Vec<ClassRef> {
        let start = self.owner(class);
        let (mut found, mut level) = (Vec::new(), vec![start]);
        for _ in 0..MAX_BASES {
            level.iter().for_each(|class| origins::note(class.file));
            let next: Vec<ClassRef> = level.iter().flat_map(|c| edges.get(c).into_iter().flatten()).copied().collect();
            level.clear();
            for class in next {
                if class != start && !found.contains(&class) {
                    found.push(class);
                    level.push(class);
                }
            }
            if level.is_empty() || found.len() > 200 {
                break;
            }
        }
        found
    }

    /// The library types that a class derives from, through project classes too.
    pub fn library_bases(&self, class: ClassRef) -> &[(TypeId, Vec<Type>)] {
        let class = self.owner(class);
        origins::note(class.file);
        self.library.get(&class).map_or(&[], Vec::as_slice)
    }

    /// What the catalog says of a method that a class has from a library, perhaps to replace it.
    pub fn library_methods<'c>(&self, catalog: &'c Catalog, class: ClassRef, name: &str) -> Vec<&'c CatalogCall> {
        let rows = self.library_bases(class).iter().flat_map(|(on, _)| catalog.methods(*on, name));
        rows.map(|row| catalog.call(*row)).collect()
    }

    /// The functions of the only class that has a method of this name; empty when several do, or when the name is a
    /// single word.
    pub fn only_owners(&self, family: Family, name: &str) -> &[FunctionRef] {
        if !has_several_words(name) {
            return &[];
        }
        self.only.get(&(family, hash(name))).map_or(&[], Vec::as_slice)
    }

    /// A member of a class: method, field, or what a method gives to `this.name`; its own, then its bases'.
    pub fn member(&self, resolver: &Resolver, class: ClassRef, name: &str) -> Typed {
        let class = self.owner(class);
        let own = self.own_member(resolver, class, name);
        if own.is_known() { own } else { self.inherited_member(resolver, class, name) }
    }

    /// A member that a class has from its bases: the nearest one's.
    pub fn inherited_member(&self, resolver: &Resolver, class: ClassRef, name: &str) -> Typed {
        self.ancestors(class)
            .into_iter()
            .map(|base| self.own_member(resolver, base, name))
            .find(Typed::is_known)
            .unwrap_or(Typed::UNKNOWN)
    }

    /// A member that a mixin reads from the classes that it is mixed into: what their other bases give them.
    pub fn mixed_in_member(&self, resolver: &Resolver, class: ClassRef, name: &str) -> Typed {
        let derived = self.closure(class, &self.derived);
        if derived.len() > MAX_MIXED_INTO {
            return Typed::UNKNOWN;
        }
        let found = derived.into_iter().map(|derived| self.member(resolver, derived, name)).find(Typed::is_known);
        found.unwrap_or(Typed::UNKNOWN).at_most(Grade::Typed)
    }

    fn own_member(&self, resolver: &Resolver, class: ClassRef, name: &str) -> Typed {
        origins::note(class.file);
        let parts = std::iter::once(class).chain(self.impls.get(&class).into_iter().flatten().copied());
        let found = parts.map(|part| part_member(resolver, part, name)).find(Typed::is_known);
        found.unwrap_or(Typed::UNKNOWN)
    }

    /// Whether a class, or one that it derives from, has a base that nothing is known of.
    pub fn has_foreign_base(&self, class: ClassRef) -> bool {
        let mut seen = vec![class];
        let mut next = 0;
        while let Some(&current) = seen.get(next) {
            origins::note(current.file);
            if self.foreign.contains(&current) {
                return true;
            }
            let new = self.bases(current).iter().filter(|base| !seen.contains(base)).copied().collect::<Vec<_>>();
            seen.extend(new);
            seen.truncate(MAX_BASES as usize);
            next += 1;
        }
        false
    }

    /// The constructor of a class.
    pub fn constructor(&self, resolver: &Resolver, class: ClassRef) -> Option<FunctionRef> {
        CONSTRUCTORS.into_iter().find_map(|name| match self.member(resolver, class, name).is {
            Type::Function(function) => Some(function),
            _ => None,
        })
    }

    /// A method that the project gives a library's type: by an impl block of its own, or by a trait's default.
    pub fn extension(&self, resolver: &Resolver, on: TypeId, name: &str) -> Typed {
        let lineage = &resolver.sources.catalog.type_of(on).lineage;
        let blocks = lineage.iter().filter_map(|on| self.extensions.get(on));
        blocks.map(|block| self.member(resolver, *block, name)).find(Typed::is_known).unwrap_or(Typed::UNKNOWN)
    }

    /// The functions that a call of these methods may reach: those of an interface, or of a class that only promises
    /// them, are what its heirs make of them. One that does something itself is taken to be what is called: nothing
    /// says that the object is of the one heir that does more.
    pub fn implementations(
        &self,
        resolver: &Resolver,
        functions: &[FunctionRef],
        class: ClassRef,
        name: &str,
    ) -> Vec<FunctionRef> {
        let row = resolver.sources.class(class);
        // A struct of Rust has no heirs: what is built on it only borrows its methods.
        if resolver.sources.file(class.file).family == Family::Rust && row.kind != ClassKind::Interface {
            return functions.to_vec();
        }
        if CONSTRUCTORS.contains(&name) || functions.iter().any(|function| does_something(resolver, *function)) {
            return functions.to_vec();
        }
        let mut all = functions.to_vec();
        for derived in self.closure(class, &self.derived) {
            if let Type::Function(function) = self.own_member(resolver, derived, name).is
                && !all.contains(&function)
            {
                all.push(function);
            }
        }
        if all.len() > MAX_IMPLEMENTATIONS { functions.to_vec() } else { all }
    }
}

/// Whether a method is more than a promise that heirs keep: it calls something, but for what it throws.
fn does_something(resolver: &Resolver, function: FunctionRef) -> bool {
    let facts = &resolver.sources.file(function.file).facts;
    let thrown = |span: Span| {
        let mut exits = facts.exits.iter().filter(|exit| exit.function == function.id && exit.kind == ExitKind::Throw);
        exits.any(|exit| exit.span.contains(span))
    };
    let body = facts.blocks[facts.functions[function.id.index()].body.index()].span;
    facts.calls_in(body).map(|id| &facts.calls[id.index()]).any(|call| !thrown(call.span))
}

/// A member written in one class or impl block.
fn part_member(resolver: &Resolver, part: ClassRef, name: &str) -> Typed {
    let file = resolver.sources.file(part.file);
    let Some(id) = file.id(name) else { return Typed::UNKNOWN };
    if let Some(method) = file.index.method(part.id, id) {
        return Typed::traced(Type::Function(FunctionRef { file: part.file, id: method }));
    }
    let class = &file.facts.classes[part.id.index()];
    for field in class.fields.iter().filter(|field| field.name == id) {
        let declared = field
            .annotation
            .as_ref()
            .map(|expr| resolver.type_expr(part.file, expr, method_scope(file, part.id, class)));
        let typed = declared.filter(Typed::is_known);
        let typed =
            typed.or_else(|| field.value.as_ref().map(|value| resolver.operand(part.file, value, class.function)));
        if let Some(typed) = typed.filter(Typed::is_known) {
            return typed;
        }
    }
    let binds = file.index.field_binds(part.id, id);
    let values = binds.iter().map(|bind| resolver.bind(part.file, &file.facts.binds[bind.index()]));
    values.into_iter().find(Typed::is_known).unwrap_or(Typed::UNKNOWN)
}

/// A function inside the class, so that `Self` in a field's type finds it; the class's own scope when it has none.
fn method_scope(
    file: &super::sources::ProjectFile,
    id: ClassId,
    class: &crate::facts::Class,
) -> crate::facts::FunctionId {
    let method = file.facts.functions.iter().position(|f| f.class == Some(id));
    method.map_or(class.function, |row| crate::facts::FunctionId(row as u32))
}
