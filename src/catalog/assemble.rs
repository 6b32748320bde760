//! Joins library files: names become ids, bases are followed, look-up tables are filled.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::document::{DocumentError, did_you_mean};
use crate::facts::Span;
use crate::syntax::Family;

use super::ids::{CallRowId, EntryRowId, FieldRowId, LibraryId, TypeId};
use super::index::{
    ANY_TYPE, ByName, Catalog, CatalogCall, CatalogEntry, CatalogField, CatalogRelation, CatalogType, FamilyIndex,
};
use super::model::{CallRow, Library, TypeName};
use super::terms::TypeTerm;
use super::words::Effect;

pub(super) fn assemble(libraries: Vec<Library>) -> Result<Catalog, Vec<DocumentError>> {
    let mut joiner = Joiner { libraries, families: Default::default(), errors: Vec::new() };
    joiner.name_types();
    let mut types = joiner.types();
    let calls = joiner.calls();
    let fields = joiner.fields();
    let relations = joiner.relations();
    let entries = joiner.entries();
    if !joiner.errors.is_empty() {
        return Err(joiner.errors);
    }
    attach(&mut types, &calls, &fields, &entries);
    inherit(&mut types, |library| joiner.any_type_of(library));
    let Joiner { libraries, mut families, .. } = joiner;
    index_rows(&mut families, &libraries, &calls, &fields, &entries);
    Ok(Catalog { libraries, types, calls, fields, relations, entries, families })
}

struct Joiner {
    libraries: Vec<Library>,
    families: [FamilyIndex; 4],
    errors: Vec<DocumentError>,
}

impl Joiner {
    /// Gives each type its id, and each access path its type.
    fn name_types(&mut self) {
        let mut next = 0;
        let mut ids: FxHashSet<(Family, &str)> = FxHashSet::default();
        for library in &self.libraries {
            if !ids.insert((library.family, &library.id)) {
                let message = format!("there are two libraries `{}` for {}", library.id, library.family.name());
                self.errors.push(error(library, Span::default(), message));
            }
            let index = &mut self.families[library.family as usize];
            for row in &library.types {
                let id = TypeId(next);
                next += 1;
                if library.builtin && row.name == ANY_TYPE {
                    index.any_type = Some(id);
                }
                index.types.insert(format!("{}.{}", library.id, row.name).into(), id);
                for path in &row.from {
                    let before = index.paths[path.form as usize].insert(path.path.as_str().into(), id);
                    if before.is_some_and(|before| before != id) {
                        let message = format!("the access path `{}` leads to another type already", path.path);
                        self.errors.push(error(library, row.span, message));
                    }
                }
            }
        }
    }

    fn types(&mut self) -> Vec<CatalogType> {
        let mut types = Vec::new();
        self.each_library(|names, id, library| {
            for row in &library.types {
                let own = TypeId(types.len() as u32);
                let bases = row.bases.iter().filter_map(|base| names.type_id(base));
                types.push(CatalogType {
                    library: id,
                    name: format!("{}.{}", library.id, row.name),
                    lineage: std::iter::once(own).chain(bases).collect(),
                    collection: row.collection,
                    element: row.element.as_ref().and_then(|term| names.term(term)),
                    exclusive: row.exclusive,
                    embedded: row.embedded,
                    transaction: row.transaction,
                    transparent: row.transparent,
                    rows_of: row.rows_of.as_ref().and_then(|base| names.type_id(base)),
                    calls: ByName::default(),
                    fields: ByName::default(),
                    entries: Vec::new(),
                    registrations: Vec::new(),
                });
            }
        });
        types
    }

    fn calls(&mut self) -> Vec<CatalogCall> {
        let mut calls = Vec::new();
        self.each_library(|names, library, source| {
            calls.extend(source.calls.iter().map(|row| CatalogCall {
                library,
                on: row.on.as_ref().and_then(|name| names.type_id(name)),
                returns: row.returns.as_ref().and_then(|term| names.term(term)),
                passes: row.passes.iter().filter_map(|term| names.term(term)).collect(),
                blocks: blocks(row, source),
                row: row.clone(),
            }));
        });
        calls
    }

    fn fields(&mut self) -> Vec<CatalogField> {
        let mut fields = Vec::new();
        self.each_library(|names, library, source| {
            fields.extend(source.fields.iter().filter_map(|row| {
                let on = names.type_id(&row.on);
                let gives = names.term(&row.gives);
                Some(CatalogField { library, on: on?, gives: gives?, row: row.clone() })
            }));
        });
        fields
    }

    fn relations(&mut self) -> Vec<CatalogRelation> {
        let mut relations = Vec::new();
        self.each_library(|names, library, source| {
            relations.extend(source.relations.iter().filter_map(|row| {
                let mut type_of = |name: &Option<TypeName>| name.as_ref().and_then(|name| names.type_id(name));
                let (many, gives, loaded) = (type_of(&row.many), type_of(&row.gives), type_of(&row.loaded));
                let (of, on) = (type_of(&row.of), names.type_id(&row.on)?);
                Some(CatalogRelation { library, of, on, many, gives, loaded, row: row.clone() })
            }));
        });
        relations
    }

    fn entries(&mut self) -> Vec<CatalogEntry> {
        let mut entries = Vec::new();
        self.each_library(|names, library, source| {
            entries.extend(source.entries.iter().map(|row| CatalogEntry {
                library,
                on: row.on.as_ref().and_then(|name| names.type_id(name)),
                takes: row.takes.as_ref().and_then(|name| names.type_id(name)),
                registers_on: row.registers_on.as_ref().and_then(|name| names.type_id(name)),
                row: row.clone(),
            }));
        });
        entries
    }

    fn any_type_of(&self, library: LibraryId) -> Option<TypeId> {
        self.families[self.libraries[library.index()].family as usize].any_type
    }

    fn each_library(&mut self, mut visit: impl FnMut(&mut TypeNames<'_>, LibraryId, &Library)) {
        for (position, library) in self.libraries.iter().enumerate() {
            let types = &self.families[library.family as usize].types;
            let mut names = TypeNames { library, types, errors: &mut self.errors };
            visit(&mut names, LibraryId(position as u32), library);
        }
    }
}

/// Looks type names up as one library file means them.
struct TypeNames<'j> {
    library: &'j Library,
    types: &'j FxHashMap<Box<str>, TypeId>,
    errors: &'j mut Vec<DocumentError>,
}

impl TypeNames<'_> {
    fn type_id(&mut self, name: &TypeName) -> Option<TypeId> {
        self.look_up(&name.name, name.span)
    }

    fn term(&mut self, term: &TypeTerm) -> Option<TypeTerm<TypeId>> {
        term.try_map(&mut |name, span| self.look_up(name, span))
    }

    fn look_up(&mut self, name: &str, span: Span) -> Option<TypeId> {
        let found = match name.contains('.') {
            true => self.types.get(name),
            false => self.types.get(format!("{}.{name}", self.library.id).as_str()),
        };
        if found.is_none() {
            let message = format!("no {} library has the type `{name}`", self.library.family.name());
            let help = did_you_mean(name, self.types.keys().map(Box::as_ref));
            self.errors.push(DocumentError { help, ..error(self.library, span, message) });
        }
        found.copied()
    }
}

fn error(library: &Library, span: Span, message: String) -> DocumentError {
    DocumentError {
        path: library.path.clone(),
        span: Some(span),
        message,
        help: None,
        source_text: library.source.clone(),
    }
}

/// Whether a row's call holds the thread: as its effects say, else the row, its type or the library.
fn blocks(row: &CallRow, library: &Library) -> bool {
    let by_effect = |effect: &Effect| matches!(effect, Effect::FsBlock | Effect::CpuBlock | Effect::SleepBlock);
    if row.effects.iter().any(by_effect) {
        return true;
    }
    let waits = |effect: &Effect| {
        matches!(
            effect,
            Effect::DbRead | Effect::DbWrite | Effect::DbCommit | Effect::Http | Effect::Cache | Effect::Lock
        )
    };
    let of_type = || {
        let on = row.on.as_ref()?;
        library.types.iter().find(|one| one.name == on.name)?.blocking
    };
    let does_something = row.sql.is_some() || row.effects.iter().any(waits);
    does_something && row.blocking.or_else(of_type).unwrap_or(library.blocking)
}

/// Gives each type the rows written for it.
fn attach(types: &mut [CatalogType], calls: &[CatalogCall], fields: &[CatalogField], entries: &[CatalogEntry]) {
    for (position, call) in calls.iter().enumerate() {
        let Some(on) = call.on else { continue };
        for name in &call.names {
            push(&mut types[on.index()].calls, name, CallRowId(position as u32));
        }
    }
    for (position, field) in fields.iter().enumerate() {
        for name in &field.names {
            push(&mut types[field.on.index()].fields, name, FieldRowId(position as u32));
        }
    }
    for (position, entry) in entries.iter().enumerate() {
        let id = EntryRowId(position as u32);
        if let Some(on) = entry.on {
            types[on.index()].entries.push(id);
        }
        if let Some(on) = entry.registers_on {
            types[on.index()].registrations.push(id);
        }
    }
}

/// Gives each type what its bases have, its own rows first.
fn inherit(types: &mut [CatalogType], any_type_of: impl Fn(LibraryId) -> Option<TypeId>) {
    let direct: Vec<Vec<TypeId>> = types.iter().map(|one| one.lineage[1..].to_vec()).collect();
    let lineages: Vec<Vec<TypeId>> =
        types.iter().enumerate().map(|(own, one)| lineage(own, &direct, any_type_of(one.library))).collect();
    let inherited: Vec<Inherited> = lineages.iter().map(|lineage| Inherited::of(lineage, types)).collect();
    for ((one, lineage), inherited) in types.iter_mut().zip(lineages).zip(inherited) {
        one.lineage = lineage;
        one.collection = inherited.collection;
        one.element = inherited.element;
        one.exclusive = inherited.exclusive;
        one.embedded = inherited.embedded;
        one.transaction = inherited.transaction;
        one.calls = inherited.calls;
        one.fields = inherited.fields;
        one.entries = inherited.entries;
        one.registrations = inherited.registrations;
    }
}

/// A type and its bases, breadth first, each once: cycles end. The type whose rows hold for all comes last.
fn lineage(own: usize, direct: &[Vec<TypeId>], any_type: Option<TypeId>) -> Vec<TypeId> {
    let mut order = vec![TypeId(own as u32)];
    let mut next = 0;
    while let Some(&one) = order.get(next) {
        next += 1;
        for &base in &direct[one.index()] {
            if !order.contains(&base) {
                order.push(base);
            }
        }
    }
    order.extend(any_type.filter(|any_type| !order.contains(any_type)));
    order
}

/// A type's rows together with those of its bases.
#[derive(Default)]
struct Inherited {
    collection: Option<super::words::Collection>,
    element: Option<TypeTerm<TypeId>>,
    exclusive: bool,
    embedded: bool,
    transaction: bool,
    calls: ByName<CallRowId>,
    fields: ByName<FieldRowId>,
    entries: Vec<EntryRowId>,
    registrations: Vec<EntryRowId>,
}

impl Inherited {
    fn of(lineage: &[TypeId], types: &[CatalogType]) -> Self {
        let mut all = Self::default();
        for one in lineage.iter().map(|id| &types[id.index()]) {
            all.collection = all.collection.or(one.collection);
            all.element = all.element.or_else(|| one.element.clone());
            all.exclusive |= one.exclusive;
            all.embedded |= one.embedded;
            all.transaction |= one.transaction;
            extend(&mut all.calls, &one.calls);
            extend(&mut all.fields, &one.fields);
            all.entries.extend(&one.entries);
            all.registrations.extend(&one.registrations);
        }
        all
    }
}

fn extend<T: Copy>(all: &mut ByName<T>, more: &ByName<T>) {
    for (name, rows) in more {
        all.entry(name.clone()).or_default().extend(rows);
    }
}

fn push<T>(map: &mut ByName<T>, name: &str, row: T) {
    map.entry(name.into()).or_default().push(row);
}

/// Fills the look-up tables that do not start from a type.
fn index_rows(
    families: &mut [FamilyIndex; 4],
    libraries: &[Library],
    calls: &[CatalogCall],
    fields: &[CatalogField],
    entries: &[CatalogEntry],
) {
    for (position, library) in libraries.iter().enumerate() {
        let index = &mut families[library.family as usize];
        let id = LibraryId(position as u32);
        for package in &library.packages {
            match library.family {
                Family::Python => push(&mut index.packages, &package.to_lowercase().replace(['_', '.'], "-"), id),
                _ => push(&mut index.packages, package, id),
            }
        }
        for module in &library.modules {
            push(&mut index.modules, module, id);
        }
    }
    let family_of = |library: LibraryId| libraries[library.index()].family as usize;
    for (position, call) in calls.iter().enumerate() {
        let index = &mut families[family_of(call.library)];
        let target = if call.named { &mut index.named_calls } else { &mut index.functions };
        if call.named || call.is_function() {
            for name in call.names.iter().filter(|name| *name != super::index::ANY_NAME) {
                push(target, name, CallRowId(position as u32));
            }
        }
        for name in &call.names {
            let last = if call.is_function() { name.rsplit('.').next().unwrap_or(name) } else { name };
            index.names.insert(last.into());
        }
    }
    for (position, field) in fields.iter().enumerate().filter(|(_, field)| field.named) {
        for name in &field.names {
            push(&mut families[family_of(field.library)].named_fields, name, FieldRowId(position as u32));
        }
    }
    for (position, entry) in entries.iter().enumerate() {
        let index = &mut families[family_of(entry.library)];
        let id = EntryRowId(position as u32);
        for path in &entry.decorators {
            push(&mut index.decorators, path, id);
        }
        if entry.registers_on.is_none() {
            for path in &entry.registers {
                push(&mut index.registering, path, id);
            }
        }
        if !entry.files.is_empty() {
            index.file_entries.push(id);
        }
        if entry.takes.is_some() {
            index.taking_entries.push(id);
        }
    }
}
