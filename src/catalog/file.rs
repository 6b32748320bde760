//! Reads library files.

use rayon::prelude::*;
use rustc_hash::FxHashSet;
use toml::Spanned;

use super::index::CALL;
use crate::document::{Document, DocumentError, did_you_mean};
use crate::embedded::BUILTIN_LIBRARIES;
use crate::facts::Operator;
use crate::facts::sql::Dialect;
use crate::syntax::Family;

use super::index::Catalog;
use super::model::{
    CallRow, EntryRow, FieldRow, Library, LibraryExample, MarkIf, RelationRow, Shapes, SqlPlace, TypeName, TypeRow,
};
use super::paths::{self, AccessPath};
use super::raw::{
    RawCall, RawDialect, RawEntry, RawField, RawLibrary, RawRelation, RawShape, RawSqlName, RawSqlPlace, RawType,
};
use super::terms::{TypeHead, TypeTerm};

/// Reads a library file's text.
///
/// # Errors
/// The first thing that is wrong: TOML, unknown keys or words, types of this file that do not exist, malformed paths
/// and type expressions, rows that could never hold. Types of other files are looked up by [`Catalog::assemble`].
pub fn load(path: &str, text: &str, family: Family) -> Result<Library, DocumentError> {
    let document = Document::parse(path, text)?;
    let raw: RawLibrary = document.read_front()?;
    let names = raw.types.iter().map(|row| row.get_ref().name.get_ref().as_str()).collect();
    let loader = Loader { document, names };
    loader.check_types(&raw)?;
    let modules = match &raw.modules {
        Some(modules) => modules.clone(),
        None if family == Family::JavaScript => raw.packages.clone(),
        None => raw.packages.iter().map(|package| package.replace('-', "_")).collect(),
    };
    Ok(Library {
        id: id_of(path).to_owned(),
        path: path.to_owned(),
        source: text.to_owned(),
        family,
        title: raw.title.clone(),
        description: document.prose().to_owned(),
        packages: raw.packages.clone(),
        modules,
        builtin: raw.builtin,
        blocking: raw.blocking,
        dialect: raw.dialect.map(dialect_of),
        types: raw.types.iter().map(|row| loader.type_row(row)).collect::<Result<_, _>>()?,
        relations: raw.relations.iter().map(|row| loader.relation_row(row)).collect::<Result<_, _>>()?,
        fields: raw.fields.iter().map(|row| loader.field_row(row)).collect::<Result<_, _>>()?,
        calls: raw.calls.iter().map(|row| loader.call_row(row)).collect::<Result<_, _>>()?,
        entries: raw.entries.iter().map(|row| loader.entry_row(row)).collect::<Result<_, _>>()?,
        bulk_forms: raw.bulk_forms,
    })
}

/// The examples of a library file, in order.
///
/// # Errors
/// When the file is no document with front matter.
pub fn examples(path: &str, text: &str) -> Result<Vec<LibraryExample>, DocumentError> {
    let fences = Document::parse(path, text)?.fences();
    Ok(fences
        .into_iter()
        .map(|fence| LibraryExample {
            language: fence.words.first().cloned().unwrap_or_default(),
            file: fence.attribute("file").map(str::to_owned),
            is_bulk: fence.words.iter().any(|word| word == "bulk"),
            code: fence.code,
            line: fence.line,
        })
        .collect())
}

/// The catalog of the library files that come with perflint, for the languages of a run.
///
/// # Errors
/// Everything wrong with them.
pub fn builtin(families: &[Family]) -> Result<Catalog, Vec<DocumentError>> {
    Catalog::assemble(builtin_libraries(families)?)
}

/// The library files that come with perflint for some languages, read but not joined, so that a project's own can be
/// added.
///
/// # Errors
/// Everything wrong with them.
pub fn builtin_libraries(families: &[Family]) -> Result<Vec<Library>, Vec<DocumentError>> {
    let loaded: Vec<_> = BUILTIN_LIBRARIES
        .par_iter()
        .filter_map(|(path, text)| Some((path, text, family_of(path).filter(|family| families.contains(family))?)))
        .map(|(path, text, family)| load(path, text, family))
        .collect();
    let mut libraries = Vec::with_capacity(loaded.len());
    let mut errors = Vec::new();
    for result in loaded {
        match result {
            Ok(library) => libraries.push(library),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() { Ok(libraries) } else { Err(errors) }
}

/// A library's id: its file's name without `.md`.
pub fn id_of(path: &str) -> &str {
    let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
    name.strip_suffix(".md").unwrap_or(name)
}

/// The language of a library file, by its folder (`…/python/django.md`).
pub fn family_of(path: &str) -> Option<Family> {
    let folder = path.rsplit('/').nth(1)?;
    [Family::JavaScript, Family::Python, Family::Rust].into_iter().find(|family| family.name() == folder)
}

fn dialect_of(raw: RawDialect) -> Dialect {
    match raw {
        RawDialect::Postgres => Dialect::Postgres,
        RawDialect::MySql => Dialect::MySql,
        RawDialect::Sqlite => Dialect::Sqlite,
        RawDialect::ClickHouse => Dialect::ClickHouse,
        RawDialect::MsSql => Dialect::MsSql,
        RawDialect::Warehouse => Dialect::Warehouse,
    }
}

struct Loader<'d> {
    document: Document<'d>,
    names: FxHashSet<&'d str>,
}

impl Loader<'_> {
    /// Each type once, under a name that a type expression can say.
    fn check_types(&self, raw: &RawLibrary) -> Result<(), DocumentError> {
        let mut seen = FxHashSet::default();
        for row in &raw.types {
            let name = &row.get_ref().name;
            let term = TypeTerm::parse(name.get_ref(), 0);
            let is_name = !name.get_ref().contains('.')
                && term.is_ok_and(|term| term.args.is_empty() && matches!(term.head, TypeHead::Type(_)));
            if !is_name {
                return Err(self.fail(name, format!("`{}` is not usable as a type's name", name.get_ref())));
            }
            if !seen.insert(name.get_ref().as_str()) {
                return Err(self.fail(name, format!("the type `{}` is there twice", name.get_ref())));
            }
        }
        Ok(())
    }

    fn type_row(&self, row: &Spanned<RawType>) -> Result<TypeRow, DocumentError> {
        let raw = row.get_ref();
        let from = raw.from.iter().map(|path| AccessPath::parse(path.get_ref()).map_err(|why| self.fail(path, why)));
        Ok(TypeRow {
            name: raw.name.get_ref().clone(),
            span: self.document.front_span(raw.name.span()),
            from: from.collect::<Result<_, _>>()?,
            bases: raw.bases.iter().map(|base| self.type_name(base)).collect::<Result<_, _>>()?,
            collection: raw.collection,
            element: raw.element.as_ref().map(|term| self.term(term)).transpose()?,
            exclusive: raw.exclusive,
            embedded: raw.embedded,
            transaction: raw.transaction,
            transparent: raw.transparent,
            rows_of: raw.rows_of.as_ref().map(|name| self.type_name(name)).transpose()?,
            blocking: raw.blocking,
        })
    }

    fn field_row(&self, row: &Spanned<RawField>) -> Result<FieldRow, DocumentError> {
        let raw = row.get_ref();
        if raw.names.is_empty() {
            return Err(self.fail(row, "a field row without names never holds"));
        }
        if raw.on_class && !raw.named {
            return Err(self.fail(row, "`on_class` says which unknown receivers fit, so it needs `named = true`"));
        }
        Ok(FieldRow {
            on: self.type_name(&raw.on)?,
            names: raw.names.clone(),
            gives: self.term(&raw.gives)?,
            named: raw.named,
            on_class: raw.on_class,
            span: self.document.front_span(row.span()),
        })
    }

    fn relation_row(&self, row: &Spanned<RawRelation>) -> Result<RelationRow, DocumentError> {
        let raw = row.get_ref();
        if raw.names.is_empty() {
            return Err(self.fail(row, "a relation row without names never holds"));
        }
        if raw.loaders.is_empty() != raw.loaded.is_none() || raw.loaders.is_empty() != raw.between.is_empty() {
            return Err(self
                .fail(row, "`loaders`, `between` and `loaded` say together what is loaded, so each needs the others"));
        }
        if raw.loading.is_empty() != raw.on_read.is_empty() {
            return Err(self.fail(row, "`loading` names a keyword and `on_read` its values, so each needs the other"));
        }
        let is_function = raw.of.is_none();
        Ok(RelationRow {
            names: raw.names.iter().map(|name| self.call_name(name, is_function)).collect::<Result<_, _>>()?,
            of: raw.of.as_ref().map(|name| self.type_name(name)).transpose()?,
            on: self.type_name(&raw.on)?,
            many: raw.many.as_ref().map(|name| self.type_name(name)).transpose()?,
            target: raw.target.clone(),
            itself: raw.itself.clone(),
            back: raw.back.clone(),
            otherwise: raw.otherwise.clone(),
            owner: raw.owner.clone(),
            any_number: raw.any_number,
            loading: raw.loading.clone(),
            on_read: raw.on_read.clone(),
            keeps_rows: raw.keeps_rows,
            gives: raw.gives.as_ref().map(|name| self.type_name(name)).transpose()?,
            loaders: raw.loaders.clone(),
            between: raw.between.clone(),
            loaded: raw.loaded.as_ref().map(|name| self.type_name(name)).transpose()?,
            span: self.document.front_span(row.span()),
        })
    }

    fn call_row(&self, row: &Spanned<RawCall>) -> Result<CallRow, DocumentError> {
        let raw = row.get_ref();
        if raw.names.is_empty() {
            return Err(self.fail(row, "a call row without names never holds"));
        }
        if !raw.receiver.is_empty() && !raw.named {
            return Err(self.fail(row, "`receiver` says which unknown receivers fit, so it needs `named = true`"));
        }
        let is_function = raw.on.is_none() && !raw.named;
        Ok(CallRow {
            on: raw.on.as_ref().map(|name| self.type_name(name)).transpose()?,
            names: raw.names.iter().map(|name| self.call_name(name, is_function)).collect::<Result<_, _>>()?,
            effects: raw.effect.clone(),
            sql: raw.sql.map(|place| match place {
                RawSqlPlace::Argument(place) => SqlPlace::Argument(place),
                RawSqlPlace::Named(RawSqlName::Receiver) => SqlPlace::Receiver,
            }),
            returns: raw.returns.as_ref().map(|term| self.term(term)).transpose()?,
            passes: raw.passes.iter().map(|term| self.term(term)).collect::<Result<_, _>>()?,
            named: raw.named,
            receiver: raw.receiver.clone(),
            shapes: shapes_of(&raw.shape),
            marks: raw.marks.clone(),
            marks_if: raw
                .marks_if
                .iter()
                .map(|raw| MarkIf { keys: raw.keys.clone(), mark: raw.mark, null: raw.null })
                .collect(),
            marks_of_arguments: raw.marks_of_arguments,
            iterates: raw.iterates,
            calls: raw.calls,
            group: raw.group,
            spawn: raw.spawn,
            blocking: raw.blocking,
            span: self.document.front_span(row.span()),
        })
    }

    /// A function's access path, or a method's or an operator's name.
    fn call_name(&self, name: &Spanned<String>, is_function: bool) -> Result<String, DocumentError> {
        let text = name.get_ref();
        if is_function {
            return paths::normalise(text).map_err(|why| self.fail(name, why));
        }
        if text.starts_with('@') && text != CALL && !Operator::ALL.iter().any(|operator| operator.name() == text) {
            let help = did_you_mean(text, Operator::ALL.iter().map(|operator| operator.name()));
            return Err(DocumentError { help, ..self.fail(name, format!("there is no operator `{text}`")) });
        }
        if text.is_empty() || text.contains(['.', '(', ' ']) {
            return Err(
                self.fail(name, format!("`{text}` is no method's name; access paths are for rows without `on`"))
            );
        }
        Ok(text.clone())
    }

    fn entry_row(&self, row: &Spanned<RawEntry>) -> Result<EntryRow, DocumentError> {
        let raw = row.get_ref();
        let named = raw.on.is_some() || raw.takes.is_some();
        if raw.decorators.is_empty() && !named && raw.registers.is_empty() && raw.files.is_empty() {
            return Err(self.fail(row, "an entry row needs `decorators`, `on`, `takes`, `registers` or `files`"));
        }
        let registers = raw.registers.iter().map(|name| self.call_name(name, raw.registers_on.is_none()));
        for glob in &raw.files {
            globset::Glob::new(glob).map_err(|error| self.fail(row, error.to_string()))?;
        }
        let decorators = raw.decorators.iter().map(|path| {
            let text = path.get_ref();
            // A decorator is one already, so its sign may be left out.
            paths::normalise(text.strip_prefix('@').filter(|rest| !rest.contains('/')).unwrap_or(text))
                .map_err(|why| self.fail(path, why))
        });
        Ok(EntryRow {
            kind: raw.kind,
            decorators: decorators.collect::<Result<_, _>>()?,
            on: raw.on.as_ref().map(|name| self.type_name(name)).transpose()?,
            methods: raw.methods.clone(),
            takes: raw.takes.as_ref().map(|name| self.type_name(name)).transpose()?,
            registers_on: raw.registers_on.as_ref().map(|name| self.type_name(name)).transpose()?,
            registers: registers.collect::<Result<_, _>>()?,
            files: raw.files.clone(),
            span: self.document.front_span(row.span()),
        })
    }

    /// A type's name, which must exist if it is of this file.
    fn type_name(&self, name: &Spanned<String>) -> Result<TypeName, DocumentError> {
        self.check_name(name.get_ref(), self.document.front_span(name.span()))?;
        Ok(TypeName { name: name.get_ref().clone(), span: self.document.front_span(name.span()) })
    }

    fn term(&self, written: &Spanned<String>) -> Result<TypeTerm, DocumentError> {
        // The string's own span has its quotes; no type expression holds an escape.
        let offset = written.span().start + 1 + self.document.front_offset;
        let term = TypeTerm::parse(written.get_ref(), offset)
            .map_err(|(message, span)| DocumentError { span: Some(span), ..self.fail(written, message) })?;
        self.check_term(&term)?;
        Ok(term)
    }

    fn check_term(&self, term: &TypeTerm) -> Result<(), DocumentError> {
        if let TypeHead::Type(name) = &term.head {
            self.check_name(name, term.span)?;
        }
        term.args.iter().try_for_each(|arg| self.check_term(arg))
    }

    fn check_name(&self, name: &str, span: crate::facts::Span) -> Result<(), DocumentError> {
        if name.contains('.') || self.names.contains(name) {
            return Ok(());
        }
        let error = self.document.error(None, format!("this file has no type `{name}`"));
        Err(DocumentError { span: Some(span), help: did_you_mean(name, self.names.iter().copied()), ..error })
    }

    fn fail<T>(&self, at: &Spanned<T>, message: impl Into<String>) -> DocumentError {
        self.document.error(Some(at.span()), message)
    }
}

fn shapes_of(raw: &RawShape) -> Shapes {
    let mut positional = vec![raw.arg0.clone(), raw.arg1.clone(), raw.arg2.clone(), raw.arg3.clone()];
    while positional.last().is_some_and(Vec::is_empty) {
        positional.pop();
    }
    Shapes { positional, min: raw.min, max: raw.max, keywords_only: raw.keywords_only, any_key: raw.any_key.clone() }
}
