//! Types as code writes them: names, arguments, aliases, type parameters.

use super::index::Declared;
use super::questions::Level;
use super::refs::{ClassRef, FileId};
use super::resolve::Resolver;
use super::types::{Grade, Type, Typed};
use crate::catalog::PathForm;
use crate::facts::{ClassKind, FunctionId, NameId, Span, TypeExpr, TypeParam};
use crate::syntax::Family;

/// How deep a declared type is read.
const MAX_TYPE_DEPTH: u32 = 8;
/// The name of object types.
const OBJECT_TYPE: &str = "{}";

impl<'p> Resolver<'p> {
    /// The type that a declared type names.
    pub fn type_expr(&self, at: FileId, expr: &TypeExpr, function: FunctionId) -> Typed {
        self.type_expr_within(at, expr, function, 0).at_most(Grade::Typed)
    }

    /// What a value of a declared type has behind some fields: of several types, what the first one has that has it.
    pub(super) fn type_at(&self, at: FileId, expr: &TypeExpr, function: FunctionId, path: &[NameId]) -> Typed {
        if path.is_empty() || self.sources.file(at).name(expr.name) != "|" {
            return self.walk(at, self.type_expr(at, expr, function), path);
        }
        let parts = expr.args.iter().map(|arg| self.type_at(at, arg, function, path));
        parts.into_iter().find(Typed::is_known).unwrap_or(Typed::UNKNOWN)
    }

    /// The parts of an alias that puts types together, one of them an object type: `Base & { db: Pool }`.
    pub(super) fn parts_of(&self, class: ClassRef) -> Option<&[TypeExpr]> {
        let file = self.sources.file(class.file);
        let row = self.sources.class(class);
        let [whole] = row.bases.as_slice() else { return None };
        let is_object = |part: &TypeExpr| file.name(part.name) == OBJECT_TYPE;
        let is_sum = row.kind == ClassKind::Alias && file.name(whole.name) == "|" && whole.args.iter().any(is_object);
        is_sum.then_some(whole.args.as_slice())
    }

    fn type_expr_within(&self, at: FileId, expr: &TypeExpr, function: FunctionId, depth: u32) -> Typed {
        let Some(_level) = Level::enter().filter(|_| depth <= MAX_TYPE_DEPTH) else { return Typed::UNKNOWN };
        let file = self.sources.file(at);
        let text = file.name(expr.name);
        let inner = |arg: &TypeExpr| self.type_expr_within(at, arg, function, depth + 1);
        match text {
            "|" => return self.one_of(at, &expr.args, &inner),
            "fn" => return Typed::UNKNOWN,
            OBJECT_TYPE => {
                let found = file.index.object_type(&file.facts, expr.span);
                return found.map_or(Typed::UNKNOWN, |id| Typed::traced(Type::Class(ClassRef { file: at, id })));
            }
            "()" => return Typed::traced(tuple_of(expr.args.iter().map(|arg| inner(arg).is).collect())),
            "Self" | "typing.Self" => return self.this_type(at, function),
            _ => {}
        }
        if let Some(inner) = text.strip_prefix("Self.").and_then(|name| self.inner_type(at, name, function)) {
            return self.class_value(inner);
        }
        if file.family == Family::JavaScript
            && let Some(literal) = self.literal_type(at, text, function)
        {
            return literal;
        }
        let mut segments = text.split('.');
        let first = segments.next().unwrap_or(text);
        let mut named = match file.id(first) {
            Some(id) => {
                let params = file.index.type_params(&file.facts, id, expr.span.start);
                if !params.is_empty() {
                    return self.type_param(at, &params, inner);
                }
                self.type_name(at, id, function, expr.span.start)
            }
            None => self.path(at, first, Grade::Traced),
        };
        for segment in segments {
            let field = self.field(at, &named, segment);
            // What a macro adds to a module, or to one outside of the project, has only its name.
            let distinct = self.named_field(at, segment);
            let is_hidden = !field.is_known() || self.is_foreign(at, &field);
            named = if distinct.is_known() && is_hidden { distinct } else { field };
        }
        // `Knex.Transaction`, where `Knex` is a type of the catalog itself.
        if !named.is_known()
            && let Some(path) = self.type_path(at, expr, function)
            && let Some(id) = self.sources.catalog.type_at(file.family, PathForm::Plain, &path)
        {
            named = Typed::traced(Type::Library(id, Vec::new()));
        }
        if has_params(&named.is) {
            let args: Vec<Type> = expr.args.iter().map(|arg| inner(arg).is).collect();
            return named.become_type(filled_in(&named.is, &args));
        }
        match named.is {
            Type::Library(id, ref args) if args.is_empty() => {
                let args: Vec<Type> = expr.args.iter().map(|arg| inner(arg).is).collect();
                if self.sources.catalog.type_of(id).transparent {
                    return args.into_iter().next().map_or(Typed::UNKNOWN, |is| named.become_type(is));
                }
                named.become_type(Type::Library(id, args))
            }
            Type::Path(_) | Type::Function(_) | Type::Object(..) => Typed::UNKNOWN,
            _ => named,
        }
    }

    /// What a type parameter stands for: an alias's argument, else what it must be.
    fn type_param(&self, at: FileId, params: &[&TypeParam], read: impl Fn(&TypeExpr) -> Typed) -> Typed {
        if let Some(place) = params.iter().find_map(|param| param.place) {
            return Typed::traced(Type::Param(place));
        }
        let conditions = params.first().map(|param| self.conditions(at, param)).unwrap_or_default();
        let bounds = params.iter().chain(&conditions).flat_map(|param| &param.bounds);
        bounds.map(read).find(Typed::is_known).unwrap_or(Typed::UNKNOWN)
    }

    /// What the impl blocks of a struct ask of its type parameter: many structs leave that to them.
    fn conditions(&self, at: FileId, param: &TypeParam) -> Vec<&'p TypeParam> {
        let file = self.sources.file(at);
        let classes = &file.facts.classes;
        let Some(class) = classes.iter().find(|class| class.span == param.holds) else { return Vec::new() };
        if class.kind == ClassKind::Impl {
            return Vec::new();
        }
        let blocks = classes.iter().filter(|block| block.kind == ClassKind::Impl && block.name == class.name);
        let holds: Vec<Span> = blocks.map(|block| block.span).collect();
        file.index.params_named(&file.facts, param.name).filter(|other| holds.contains(&other.holds)).collect()
    }

    /// A type that the class around names itself.
    fn inner_type(&self, at: FileId, name: &str, function: FunctionId) -> Option<ClassRef> {
        let file = self.sources.file(at);
        let class = super::index::enclosing_class(&file.facts, function)?;
        file.index.inner_type(class, file.id(name)?).map(|id| ClassRef { file: at, id })
    }

    fn this_type(&self, at: FileId, function: FunctionId) -> Typed {
        match super::index::enclosing_class(&self.sources.file(at).facts, function) {
            Some(id) => Typed::traced(Type::Class(self.classes.owner(ClassRef { file: at, id }))),
            None => Typed::UNKNOWN,
        }
    }

    /// A name in a type: only classes and imports give types.
    fn type_name(&self, at: FileId, name: crate::facts::NameId, function: FunctionId, offset: u32) -> Typed {
        let file = self.sources.file(at);
        let mut scope = Some(function);
        while let Some(current) = scope {
            let all = file.index.declarations_in(name, current).iter();
            let here = all.filter(|d| matches!(d.what, Declared::Class(_) | Declared::Import(_)));
            if let Some(found) = here.min_by_key(|d| offset.abs_diff(d.start)) {
                return self.declared(at, *found);
            }
            scope = file.facts.functions[current.index()].parent;
        }
        if !file.index.declarations_in(name, FunctionId::MODULE).is_empty() {
            return self.name(at, name, FunctionId::MODULE, u32::MAX);
        }
        self.path(at, file.name(name), Grade::Traced)
    }
}

/// Whether a type speaks of an alias's type arguments.
fn has_params(is: &Type) -> bool {
    match is {
        Type::Param(_) => true,
        Type::Library(_, args) | Type::Tuple(args) => args.iter().any(has_params),
        _ => false,
    }
}

/// A type with an alias's type arguments put in.
fn filled_in(is: &Type, args: &[Type]) -> Type {
    let all = |parts: &[Type]| parts.iter().map(|part| filled_in(part, args)).collect();
    match is {
        Type::Param(place) => args.get(*place as usize).cloned().unwrap_or_default(),
        Type::Library(id, parts) => Type::Library(*id, all(parts)),
        Type::Tuple(parts) => tuple_of(all(parts)),
        other => other.clone(),
    }
}

/// A tuple, where anything is known of its parts.
pub(super) fn tuple_of(parts: Vec<Type>) -> Type {
    if parts.iter().all(|part| *part == Type::Unknown) { Type::Unknown } else { Type::Tuple(parts) }
}

impl Resolver<'_> {
    /// Whether a class is an enum: written as one, or derived from a class whose name says so (`StrEnum`, `TextChoices`).
    pub fn is_enum(&self, class: ClassRef) -> bool {
        let row = self.sources.class(class);
        let file = self.sources.file(class.file);
        let says_so = |name: &str| name.ends_with("Enum") || name.ends_with("Choices");
        row.kind == ClassKind::Enum
            || row.bases.iter().any(|base| file.name(base.name).rsplit('.').next().is_some_and(says_so))
    }

    /// The access path of a decorator or another value that lies outside the project; a call's is that of its callee.
    pub fn access_path(
        &self,
        at: FileId,
        operand: &crate::facts::Operand,
        function: crate::facts::FunctionId,
    ) -> Option<String> {
        let file = self.sources.file(at);
        let operand = file.facts.decorator_name(operand);
        match self.operand(at, operand, function).is {
            Type::Path(path) => Some(path.to_string()),
            _ => None,
        }
    }

    /// The access path of a declared type that lies outside the project, the catalog's own types included.
    pub(super) fn type_path(&self, at: FileId, expr: &TypeExpr, function: crate::facts::FunctionId) -> Option<String> {
        let file = self.sources.file(at);
        let text = file.name(expr.name);
        let mut segments = text.split('.');
        let first = segments.next()?;
        let mut path = self.written_path(at, file.id(first)?, function)?;
        for segment in segments {
            path = format!("{path}.{segment}");
        }
        Some(path)
    }
}
