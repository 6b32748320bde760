//! Relations that a model class declares by calls of its library, with the ways back that the other classes get from them:
//! Django's `customer = ForeignKey("Customer", related_name="orders")` gives `Customer` a field `orders`.

use rustc_hash::{FxHashMap, FxHashSet};

use super::needs::{argument, keyword};
use super::origins::{self, OriginId};
use super::refs::{ClassRef, FileId};
use super::resolve::Resolver;
use super::sources::ProjectFile;
use super::types::{Grade, Type, Typed};
use crate::catalog::{CatalogRelation, TypeId};
use crate::facts::{ArgId, Call, ClassId, Field, FunctionId, Operand, Root};

/// The fields that relations give to classes.
#[derive(Debug, Default)]
pub struct Relations {
    pub(super) fields: FxHashMap<ClassRef, Vec<(Box<str>, Type)>>,
    /// The fields whose rows are fetched when they are first read, whatever class these are of, by their names: the
    /// classes that have them, and the places of the rows that say so.
    pub(super) fetched: FxHashMap<Box<str>, Vec<(ClassRef, usize)>>,
    /// The names of relations that some query of the project loads beforehand.
    pub(super) loaded: FxHashSet<Box<str>>,
}

/// What one file says of relations.
#[derive(Debug, Default)]
pub struct OfFile {
    declared: Vec<(usize, Declared)>,
    /// Where that was drawn from.
    pub(super) origin: Option<OriginId>,
    /// What its queries load, once somebody wants to know.
    loaded: Option<Loaded>,
}

/// What the queries of a file load beforehand, each with the place of the row that says so.
#[derive(Debug, Default)]
struct Loaded {
    /// Written at the query.
    texts: Vec<(usize, Box<str>)>,
    /// The names of lists that are given to one.
    lists: Vec<(usize, Box<str>)>,
    /// The texts in the file's own lists that have a name.
    listed: Vec<(Box<str>, Vec<Box<str>>)>,
}

impl Relations {
    /// Reads the fields of all classes; their hierarchy must be known. `known` has what the files say, as far as it was
    /// read before; those that `is_changed` are read.
    pub fn of(resolver: &Resolver, known: &mut Vec<OfFile>, is_changed: &dyn Fn(FileId) -> bool) -> Self {
        let rows = resolver.sources.catalog.relations();
        let mut relations = Self::default();
        known.resize_with(resolver.sources.files.len(), OfFile::default);
        for (at, of_file) in resolver.sources.ids().zip(&mut *known).filter(|(at, _)| is_changed(*at)) {
            let (declared, origin) = resolver.traced(|| declared(resolver, rows, at));
            *of_file = OfFile { declared, origin, loaded: None };
        }
        if known.iter().all(|of_file| of_file.declared.is_empty()) {
            return relations;
        }
        let loaded = loaded_names(resolver, rows, known);
        for (place, relation) in known.iter().flat_map(|of_file| &of_file.declared) {
            let row = &rows[*place];
            if row.many.is_none() && relation.is_lazy {
                relations.fetched.entry(relation.field.clone()).or_default().push((relation.owner, *place));
            }
            let Some(target) = relation.target else { continue };
            if let Some(back) = relation.back.clone().filter(|_| row.gives.is_none()) {
                relations.fetched.entry(back).or_default().push((target, *place));
            }
            if row.any_number {
                continue;
            }
            let over = |on: Option<TypeId>, name: &str, class: ClassRef| {
                let on = row.loaded.filter(|_| on.is_some() && loaded.contains(name)).or(on);
                on.map_or(Type::Class(class), |on| Type::Library(on, vec![Type::Class(class)]))
            };
            let field = over(row.many, &relation.field, target);
            relations.add(relation.owner, relation.field.clone(), field);
            if let Some(back) = relation.back.clone() {
                let field = over(row.gives, &back, relation.owner);
                relations.add(target, back, field);
            }
        }
        relations.loaded = loaded;
        relations
    }

    pub(super) fn has_any(&self) -> bool {
        !self.fields.is_empty()
    }

    /// What a field of this name that a relation gives to a class holds.
    fn field(&self, class: ClassRef, name: &str) -> Option<&Type> {
        self.fields.get(&class)?.iter().find(|(field, _)| field.as_ref() == name).map(|(_, is)| is)
    }

    fn add(&mut self, class: ClassRef, field: Box<str>, is: Type) {
        self.fields.entry(class).or_default().push((field, is));
    }
}

/// A relation as a class declares it.
#[derive(Debug)]
struct Declared {
    owner: ClassRef,
    field: Box<str>,
    /// The class at the other end, where it is one of the project's.
    target: Option<ClassRef>,
    /// The name of the way back, if there is one.
    back: Option<Box<str>>,
    /// Whether the other end is loaded when the field is read.
    is_lazy: bool,
}

/// The relations that the classes of a file declare, each with the place of the row that reads it.
fn declared(resolver: &Resolver, rows: &[CatalogRelation], at: FileId) -> Vec<(usize, Declared)> {
    let file = resolver.sources.file(at);
    let mut found = Vec::new();
    if file.is_test || !rows.iter().any(|row| file.has(row.library)) {
        return found;
    }
    for (place, class) in file.facts.classes.iter().enumerate() {
        let owner = ClassRef { file: at, id: ClassId(place as u32) };
        for field in &class.fields {
            let mut read =
                rows.iter().enumerate().map(|(place, row)| Some((place, read(resolver, row, owner, field)?)));
            found.extend(read.find_map(|relation| relation));
        }
    }
    found
}

fn read(resolver: &Resolver, row: &CatalogRelation, owner: ClassRef, field: &Field) -> Option<Declared> {
    let file = resolver.sources.file(owner.file);
    let value = field.value.as_ref().filter(|value| value.path.is_empty())?;
    let Root::Call(call) = value.root else { return None };
    let call = &file.facts.calls[call.index()];
    if !is_declared_by(resolver, row, owner.file, call)
        || !resolver.classes.library_bases(owner).iter().any(|(on, _)| *on == row.on)
    {
        return None;
    }
    let other = argument(file, call, &row.target, ArgId(0)).map(|arg| &arg.value);
    let target = other.and_then(|other| match other.root {
        Root::Text(_) => named_class(resolver, row, owner, file.facts.short_text(other)?),
        _ => match resolver.operand(owner.file, other, FunctionId::MODULE).is {
            Type::Class(class) => Some(class),
            _ => None,
        },
    });
    let name = file.name(resolver.sources.class(owner).name?).to_lowercase();
    let back = match keyword(file, call, &row.back).map(|arg| &arg.value) {
        // A name that is not written out leads nowhere.
        Some(written) => file.facts.short_text(written).unwrap_or("+"),
        None => row.otherwise.as_str(),
    };
    let back = if row.owner.is_empty() { back.to_owned() } else { back.replace(&row.owner, &name) };
    // Django's `related_name="+"` asks for no way back.
    let is_field = back.chars().all(|c| c.is_alphanumeric() || c == '_');
    let back = is_field.then(|| back.into());
    let is_lazy = row.loading.is_empty()
        || keyword(file, call, &row.loading).is_none_or(|when| {
            let word = match when.value.root {
                Root::Bool(holds) => Some(if holds { "true" } else { "false" }),
                _ => file.facts.short_text(&when.value),
            };
            word.is_some_and(|word| row.on_read.iter().any(|one| one == word))
        });
    Some(Declared { owner, field: file.name(field.name).into(), target, back, is_lazy })
}

/// Whether a call is one of those that declare a relation.
fn is_declared_by(resolver: &Resolver, row: &CatalogRelation, at: FileId, call: &Call) -> bool {
    let Some(of) = row.of else {
        return resolver.written_callee(at, call).is_some_and(|callee| row.names.contains(&callee));
    };
    let name = call.callee.path.last().map(|name| resolver.sources.file(at).name(*name));
    let is_named = name.is_some_and(|name| row.names.iter().any(|one| one == name));
    is_named
        && match resolver.operand(at, &call.receiver(), call.function).is {
            Type::Library(on, _) => on == of,
            Type::Class(class) => resolver.classes.library_bases(class).iter().any(|(on, _)| *on == of),
            _ => false,
        }
}

/// The class that a text names: the declaring one (`"self"`), one of the same file, or the only one of that name
/// (`"shop.Order"`).
fn named_class(resolver: &Resolver, row: &CatalogRelation, owner: ClassRef, text: &str) -> Option<ClassRef> {
    if !row.itself.is_empty() && text == row.itself {
        return Some(owner);
    }
    let file = resolver.sources.file(owner.file);
    if let Some(name) = file.id(text)
        && let Some(place) = file.facts.classes.iter().position(|class| class.name == Some(name))
    {
        return Some(ClassRef { file: owner.file, id: ClassId(place as u32) });
    }
    resolver.classes.registered(row.on, text.rsplit('.').next().unwrap_or(text))
}

/// The names of relations that some query of the project loads beforehand, written at the query or in a list with a name
/// (`prefetch_related(*PREFETCHED)`).
fn loaded_names(resolver: &Resolver, rows: &[CatalogRelation], known: &mut [OfFile]) -> FxHashSet<Box<str>> {
    let files = || resolver.sources.ids().map(|id| resolver.sources.file(id));
    for (file, of_file) in files().zip(&mut *known).filter(|(_, of_file)| of_file.loaded.is_none()) {
        of_file.loaded = Some(if file.is_test { Loaded::default() } else { loaded_in(file, rows) });
    }
    let loaded = || known.iter().filter_map(|of_file| of_file.loaded.as_ref());
    let (mut names, mut lists) = (FxHashSet::default(), FxHashSet::default());
    for (place, row) in rows.iter().enumerate() {
        let parts = |text: &str| text.split(row.between.as_str()).map(Box::from).collect::<Vec<_>>();
        let of_row = |(of, _): &&(usize, Box<str>)| *of == place;
        names.extend(loaded().flat_map(|loaded| loaded.texts.iter().filter(of_row)).flat_map(|(_, text)| parts(text)));
        lists.extend(loaded().flat_map(|loaded| loaded.lists.iter().filter(of_row)).map(|(_, name)| name.as_ref()));
        let listed = loaded().flat_map(|loaded| &loaded.listed).filter(|(name, _)| lists.contains(name.as_ref()));
        names.extend(listed.flat_map(|(_, texts)| texts).flat_map(|text| parts(text)));
    }
    names
}

/// What the queries of a file load beforehand.
fn loaded_in(file: &ProjectFile, rows: &[CatalogRelation]) -> Loaded {
    let mut loaded = Loaded { listed: listed(file), ..Loaded::default() };
    for (place, row) in rows.iter().enumerate() {
        for arg in loader_args(file, row) {
            match arg.root {
                Root::Name(name) => {
                    loaded.lists.push((place, file.name(arg.path.last().copied().unwrap_or(name)).into()));
                }
                _ => loaded.texts.extend(file.facts.short_text(arg).map(|text| (place, text.into()))),
            }
        }
    }
    loaded
}

/// The texts in a file's lists that have a name.
fn listed(file: &ProjectFile) -> Vec<(Box<str>, Vec<Box<str>>)> {
    let lists = file.facts.binds.iter().filter_map(|bind| match (bind.target.root, bind.value.as_ref()?.root) {
        (Root::Name(name), Root::List(list)) if bind.target.path.is_empty() => Some((name, list)),
        _ => None,
    });
    let texts = lists.map(|(name, list)| {
        let items = file.facts.lists[list.index()].items.iter();
        let texts = items.filter_map(|item| file.facts.short_text(item)).map(Box::from).collect::<Vec<_>>();
        (file.name(name).into(), texts)
    });
    texts.filter(|(_, texts)| !texts.is_empty()).collect()
}

/// What the calls of a file are given that load relations.
fn loader_args<'f>(file: &'f ProjectFile, row: &CatalogRelation) -> impl Iterator<Item = &'f Operand> {
    let loaders: Vec<_> = row.loaders.iter().filter_map(|name| file.id(name)).collect();
    let is_loader = move |call: &&Call| {
        let last = call.callee.last_name();
        last.is_some_and(|last| loaders.contains(&last))
    };
    file.facts.calls.iter().filter(is_loader).flat_map(|call| file.facts.args_of(call)).map(|arg| &arg.value)
}

impl Resolver<'_> {
    /// Whether some query of the project loads a relation of this name beforehand.
    pub fn is_loaded_somewhere(&self, relation: &str) -> bool {
        self.relations.loaded.contains(relation)
    }

    /// The relation whose other end is fetched when a field is first read, and how sure that is.
    pub fn fetched_by(&self, at: FileId, field: &Call) -> Option<(&CatalogRelation, Grade)> {
        let mut row = field.callee.clone();
        let name = row.path.pop().filter(|_| !self.relations.fetched.is_empty())?;
        let owners = self.relations.fetched.get(self.sources.file(at).name(name))?;
        let of = self.operand(at, &row, field.function);
        let Type::Class(class) = of.is else { return None };
        let mut classes = std::iter::once(self.classes.owner(class)).chain(self.classes.ancestors(class));
        let place = classes.find_map(|class| owners.iter().find(|(owner, _)| *owner == class))?.1;
        Some((&self.sources.catalog.relations()[place], of.grade))
    }

    /// A field that a relation gives to a class or to one that it derives from.
    pub(super) fn relation_field(&self, class: ClassRef, name: &str) -> Typed {
        let found = std::iter::once(self.classes.owner(class))
            .chain(self.relations.has_any().then(|| self.classes.ancestors(class)).into_iter().flatten())
            .find_map(|class| {
                origins::note(class.file);
                self.relations.field(class, name)
            });
        found.map_or(Typed::UNKNOWN, |is| Typed::traced(is.clone()))
    }
}
