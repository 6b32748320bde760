//! Relations that a model class declares by calls of its library, with the ways back that the other classes get from them:
//! Django's `customer = ForeignKey("Customer", related_name="orders")` gives `Customer` a field `orders`.

use rustc_hash::{FxHashMap, FxHashSet};

use super::needs::{argument, keyword};
use super::refs::{ClassRef, FileId};
use super::resolve::Resolver;
use super::types::{Type, Typed};
use crate::catalog::{CatalogRelation, TypeId};
use crate::facts::{ArgId, Call, ClassId, Field, FunctionId, Root};

/// The fields that relations give to classes.
#[derive(Debug, Default)]
pub struct Relations {
    fields: FxHashMap<ClassRef, Vec<(Box<str>, Type)>>,
}

impl Relations {
    /// Reads the fields of all classes; their hierarchy must be known.
    pub fn build(resolver: &Resolver) -> Self {
        let rows = resolver.sources.catalog.relations();
        let mut relations = Self::default();
        let found: Vec<(&CatalogRelation, Declared)> =
            resolver.sources.ids().flat_map(|at| declared(resolver, rows, at)).collect();
        if found.is_empty() {
            return relations;
        }
        let loaded = loaded_names(resolver, rows);
        for (row, relation) in found {
            let over = |on: Option<TypeId>, name: &str, class: ClassRef| {
                let on = row.loaded.filter(|_| on.is_some() && loaded.contains(name)).or(on);
                on.map_or(Type::Class(class), |on| Type::Library(on, vec![Type::Class(class)]))
            };
            let field = over(row.many, &relation.field, relation.target);
            relations.add(relation.owner, relation.field, field);
            if let Some(back) = relation.back {
                let field = over(row.gives, &back, relation.owner);
                relations.add(relation.target, back, field);
            }
        }
        relations
    }

    fn has_any(&self) -> bool {
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
struct Declared {
    owner: ClassRef,
    field: Box<str>,
    target: ClassRef,
    /// The name of the way back, if there is one.
    back: Option<Box<str>>,
}

fn declared<'r>(resolver: &Resolver, rows: &'r [CatalogRelation], at: FileId) -> Vec<(&'r CatalogRelation, Declared)> {
    let file = resolver.sources.file(at);
    let mut found = Vec::new();
    if file.is_test || !rows.iter().any(|row| file.has(row.library)) {
        return found;
    }
    for (place, class) in file.facts.classes.iter().enumerate() {
        let owner = ClassRef { file: at, id: ClassId(place as u32) };
        for field in &class.fields {
            found.extend(rows.iter().find_map(|row| Some((row, read(resolver, row, owner, field)?))));
        }
    }
    found
}

fn read(resolver: &Resolver, row: &CatalogRelation, owner: ClassRef, field: &Field) -> Option<Declared> {
    let file = resolver.sources.file(owner.file);
    let value = field.value.as_ref().filter(|value| value.path.is_empty())?;
    let Root::Call(call) = value.root else { return None };
    let call = &file.facts.calls[call.index()];
    let callee = resolver.written_callee(owner.file, call)?;
    if !row.names.contains(&callee) || !resolver.classes.library_bases(owner).iter().any(|(on, _)| *on == row.on) {
        return None;
    }
    let other = argument(file, call, &row.target, ArgId(0))?.value.clone();
    let target = match other.root {
        Root::Text(_) => named_class(resolver, row, owner, file.facts.short_text(&other)?)?,
        _ => match resolver.operand(owner.file, &other, FunctionId::MODULE).is {
            Type::Class(class) => class,
            _ => return None,
        },
    };
    let name = file.name(resolver.sources.class(owner).name?).to_lowercase();
    let back = match keyword(file, call, &row.back).map(|arg| &arg.value) {
        Some(written) => file.facts.short_text(written)?,
        None => row.otherwise.as_str(),
    };
    let back = back.replace(&row.owner, &name);
    // Django's `related_name="+"` asks for no way back.
    let is_field = back.chars().all(|c| c.is_alphanumeric() || c == '_');
    let back = is_field.then(|| back.into());
    Some(Declared { owner, field: file.name(field.name).into(), target, back })
}

/// The class that a text names: the declaring one, or the only one of that name (`"shop.Order"`, `"self"`).
fn named_class(resolver: &Resolver, row: &CatalogRelation, owner: ClassRef, text: &str) -> Option<ClassRef> {
    if text == row.itself {
        return Some(owner);
    }
    resolver.classes.registered(row.on, text.rsplit('.').next().unwrap_or(text))
}

/// The names of relations that some query of the project loads beforehand.
fn loaded_names(resolver: &Resolver, rows: &[CatalogRelation]) -> FxHashSet<Box<str>> {
    let mut names = FxHashSet::default();
    for id in resolver.sources.ids() {
        let file = resolver.sources.file(id);
        if file.is_test {
            continue;
        }
        for row in rows {
            let loaders: Vec<_> = row.loaders.iter().filter_map(|name| file.id(name)).collect();
            let is_loader = |call: &&Call| {
                let last = call.callee.path.last().copied().or(call.callee.root.name());
                last.is_some_and(|last| loaders.contains(&last))
            };
            for call in file.facts.calls.iter().filter(|_| !loaders.is_empty()).filter(is_loader) {
                let texts = file.facts.args_of(call).iter().filter_map(|arg| file.facts.short_text(&arg.value));
                names.extend(texts.flat_map(|text| text.split(row.between.as_str())).map(Box::from));
            }
        }
    }
    names
}

impl Resolver<'_> {
    /// A field that a relation gives to a class or to one that it derives from.
    pub(super) fn relation_field(&self, class: ClassRef, name: &str) -> Typed {
        let found = std::iter::once(self.classes.owner(class))
            .chain(self.relations.has_any().then(|| self.classes.ancestors(class)).into_iter().flatten())
            .find_map(|class| self.relations.field(class, name));
        found.map_or(Typed::UNKNOWN, |is| Typed::traced(is.clone()))
    }
}
