//! What each file says of its classes: of what they are built, and which methods they have.

use super::refs::{ClassRef, FileId, FunctionRef};
use super::resolve::Resolver;
use super::types::Type;
use crate::catalog::{PathForm, TypeId};
use crate::facts::names::hash;
use crate::facts::{Class, ClassId, ClassKind, Few, FunctionId, FunctionKind, TypeExpr};
use crate::syntax::Family;

/// What one file says.
#[derive(Debug)]
pub struct OfFile {
    file: FileId,
    family: Family,
    rows: Vec<Row>,
    /// Its classes' methods with a name that says much: the name's hash, the class, the method.
    methods: Vec<(u64, ClassId, FunctionId)>,
}

/// What one class says.
#[derive(Debug, Default)]
pub struct Row {
    /// For an impl block: the type that it is for.
    pub impl_of: Option<Type>,
    /// What the class derives from.
    pub bases: Vec<Base>,
    /// The library types that its decorators make it one of.
    pub decorated: Vec<TypeId>,
}

/// What a class derives from.
#[derive(Debug)]
pub struct Base {
    /// The type, if it is known.
    pub is: Type,
    /// Whether it has a place outside the project.
    pub is_elsewhere: bool,
    /// The library type that it stands for where a class `extends` it.
    pub extends: Option<(TypeId, Vec<Type>)>,
}

impl OfFile {
    /// Reads a file. The resolver must not have a hierarchy yet.
    pub fn read(resolver: &Resolver, at: FileId) -> Self {
        let file = resolver.sources.file(at);
        let classes = file.facts.classes.iter().enumerate();
        let rows = classes.map(|(row, class)| {
            let this = ClassRef { file: at, id: ClassId(row as u32) };
            let impl_of = (class.kind == ClassKind::Impl).then(|| impl_of(resolver, this, class)).flatten();
            Row { impl_of, bases: bases(resolver, this, class), decorated: decorated(resolver, this, class) }
        });
        let rows = rows.collect();
        let mut methods = Vec::new();
        for (row, function) in file.facts.functions.iter().enumerate().filter(|_| !file.is_test) {
            let (Some(name), Some(class)) = (function.name, function.class) else { continue };
            let name = file.name(name);
            if function.kind == FunctionKind::Declared && has_several_words(name) {
                methods.push((hash(name), class, FunctionId(row as u32)));
            }
        }
        Self { file: at, family: file.family, rows, methods }
    }

    /// The classes, in their order.
    pub fn classes(&self) -> impl Iterator<Item = (ClassRef, &Row)> {
        let this = |row: usize| ClassRef { file: self.file, id: ClassId(row as u32) };
        self.rows.iter().enumerate().map(move |(row, said)| (this(row), said))
    }

    /// The methods whose names say much, in their order.
    pub fn methods(&self) -> impl Iterator<Item = ((Family, u64), ClassRef, FunctionRef)> {
        let Self { file, family, .. } = *self;
        let class = move |id| ClassRef { file, id };
        self.methods
            .iter()
            .map(move |(name, id, function)| ((family, *name), class(*id), FunctionRef { file, id: *function }))
    }
}

/// The type that an impl block is for.
fn impl_of(resolver: &Resolver, this: ClassRef, class: &Class) -> Option<Type> {
    let file = resolver.sources.file(this.file);
    let name = class.name?;
    let own = file.facts.classes.iter().position(|c| c.kind != ClassKind::Impl && c.name == Some(name));
    Some(match own {
        Some(row) => Type::Class(ClassRef { file: this.file, id: ClassId(row as u32) }),
        None => {
            let named = TypeExpr { name, args: Few::default(), span: class.span };
            resolver.type_expr(this.file, &named, class.function).is
        }
    })
}

fn bases(resolver: &Resolver, this: ClassRef, class: &Class) -> Vec<Base> {
    let parts = resolver.parts_of(this);
    if class.kind == ClassKind::Alias && parts.is_none() {
        return Vec::new();
    }
    let bases = parts.unwrap_or(&class.bases).iter();
    bases
        .map(|base| {
            let path = resolver.type_path(this.file, base, class.function);
            let is = resolver.type_expr(this.file, base, class.function).is;
            Base { is, is_elsewhere: path.is_some(), extends: extended(resolver, this.file, base, path) }
        })
        .collect()
}

/// `class X extends lib.Base`, where the catalog knows the base by an `extends` path.
fn extended(resolver: &Resolver, at: FileId, base: &TypeExpr, path: Option<String>) -> Option<(TypeId, Vec<Type>)> {
    let family = resolver.sources.file(at).family;
    let id = resolver.sources.catalog.type_at(family, PathForm::Extends, &path?)?;
    let args = base.args.iter().map(|arg| resolver.type_expr(at, arg, FunctionId::MODULE).is);
    Some((id, args.collect()))
}

fn decorated(resolver: &Resolver, this: ClassRef, class: &Class) -> Vec<TypeId> {
    let family = resolver.sources.file(this.file).family;
    let paths = class.decorators.iter().filter_map(|one| resolver.access_path(this.file, one, class.function));
    paths.filter_map(|path| resolver.sources.catalog.type_at(family, PathForm::Decorated, &path)).collect()
}

/// Whether a name is made of two or more words: `get_user`, `findByEmail`.
pub(super) fn has_several_words(name: &str) -> bool {
    let name = name.trim_matches('_');
    name.contains('_') || name.chars().skip(1).any(char::is_uppercase) && name.chars().any(char::is_lowercase)
}
