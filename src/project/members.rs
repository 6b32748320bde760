//! Fields of values, imports, access paths and declared types.

use super::index::Declared;
use super::modules::submodule;
use super::questions::{Level, Question, once};
use super::refs::{ClassRef, FileId, FunctionRef};
use super::resolve::Resolver;
use super::types::{Grade, Marks, Type, Typed};
use super::values::is_element;
use super::written_types::tuple_of;
use crate::catalog::{CatalogField, PathForm, TypeHead, TypeTerm};
use crate::facts::{Bind, FunctionId, NameId, Operand, Root, VARIANT};
use crate::syntax::Family;

/// How many re-exports are followed.
const MAX_RE_EXPORTS: u32 = 8;
/// Decorators of Python's own that make a method read like a field.
const PROPERTY_DECORATORS: [&str; 3] = ["property", "cached_property", "functools.cached_property"];

impl Resolver<'_> {
    /// The type of a field of a value.
    pub(super) fn field(&self, at: FileId, of: &Typed, name: &str) -> Typed {
        let Some(_level) = Level::enter() else { return Typed::UNKNOWN };
        match &of.is {
            Type::Unknown | Type::Function(_) | Type::Param(_) | Type::Choice => Typed::UNKNOWN,
            Type::Tuple(parts) => {
                let part = name.parse().ok().and_then(|place: usize| parts.get(place));
                part.map_or(Typed::UNKNOWN, |part| Typed { is: part.clone(), grade: of.grade, marks: Marks::default() })
            }
            Type::Class(class) if is_element(name) => self.class_field(*class, of, name),
            _ if is_element(name) => self.element(of),
            Type::Library(on, args) => self.library_field(*on, args, of, name),
            Type::Class(class) => self.class_field(*class, of, name),
            Type::Module(file) => {
                let exported = self.export(*file, name, 0);
                // What a macro declares (`DeriveEntityModel`: `Entity`) is known by its name alone.
                let may_be_macros = !exported.is_known() && self.file(*file).family == Family::Rust;
                let given = if may_be_macros { self.named_field(*file, name) } else { exported };
                given.at_most(of.grade)
            }
            Type::Path(path) => {
                let whole = format!("{path}.{name}");
                self.path(at, &whole, of.grade)
            }
            Type::Object(file, id) => {
                let facts = &self.sources.file(*file).facts;
                let entries = facts.entries_of(&facts.objects[id.index()]);
                let value = entries.iter().find(|(key, _)| self.sources.file(*file).name(*key) == name);
                value.map_or_else(
                    || self.added_field(*file, *id, name),
                    |(_, value)| self.operand(*file, value, self.function_around(*file, value.span.start)),
                )
            }
        }
    }

    /// A field that an object literal gets later, through the name that holds it: `const db = {}; db.pool = …`.
    fn added_field(&self, file: FileId, id: crate::facts::ObjectId, name: &str) -> Typed {
        let source = self.sources.file(file);
        let Some(field) = source.id(name) else { return Typed::UNKNOWN };
        let binds = &source.facts.binds;
        let is_it = |value: &Operand| value.root == Root::Object(id) && value.path.is_empty();
        let holder = binds.iter().find(|bind| bind.target.path.is_empty() && bind.value.as_ref().is_some_and(is_it));
        let Some(holder) = holder else { return Typed::UNKNOWN };
        let adds = |bind: &&Bind| bind.target.root == holder.target.root && *bind.target.path.as_slice() == [field];
        let added = binds.iter().filter(adds).map(|bind| self.bind(file, bind));
        added.into_iter().find(Typed::is_known).unwrap_or(Typed::UNKNOWN)
    }

    /// The innermost function around an offset.
    pub(super) fn function_around(&self, file: FileId, offset: u32) -> FunctionId {
        let functions = &self.sources.file(file).facts.functions;
        let inner = functions.iter().enumerate().filter(|(_, f)| f.span.covers(offset));
        inner
            .min_by_key(|(_, f)| f.span.end - f.span.start)
            .map_or(FunctionId::MODULE, |(row, _)| FunctionId(row as u32))
    }

    fn library_field(&self, on: crate::catalog::TypeId, args: &[Type], of: &Typed, name: &str) -> Typed {
        let catalog = self.sources.catalog;
        if let Some(&row) = catalog.fields(on, name).first() {
            let gives = field_term(&catalog.field(row).gives, of, args);
            let registered = match gives {
                Type::Library(base, _) => self.classes.registered(base, name),
                _ => None,
            };
            return of.become_type(registered.map_or(gives, Type::Class));
        }
        if catalog.type_of(on).transparent {
            let inner = args.first().cloned().unwrap_or_default();
            return self.field(FileId(0), &of.become_type(inner), name);
        }
        Typed::UNKNOWN
    }

    fn class_field(&self, class: ClassRef, of: &Typed, name: &str) -> Typed {
        if let Some(variant) = name.strip_prefix(VARIANT) {
            let file = self.sources.file(class.file);
            let held = file.id(variant).and_then(|name| file.index.inner_type(class.id, name));
            return held.map_or(Typed::UNKNOWN, |id| of.become_type(Type::Class(ClassRef { file: class.file, id })));
        }
        let related = self.relation_field(class, name);
        if related.is_known() {
            return related.at_most(of.grade);
        }
        let member = self.classes.member(self, class, name);
        // In Rust a method is no field, and may share its name with one of which nothing is known.
        if matches!(member.is, Type::Function(_)) && self.is_rust_field(class, name) {
            return Typed::UNKNOWN;
        }
        if member.is_known() {
            let is_property = match member.is {
                Type::Function(function) => self.is_property(function),
                _ => false,
            };
            return match member.is {
                Type::Function(function) if is_property => self.result_of(function),
                _ => member,
            }
            .at_most(of.grade);
        }
        let catalog = self.sources.catalog;
        for (on, args) in self.classes.library_bases(class) {
            if let Some(&row) = catalog.fields(*on, name).first() {
                return of.become_type(field_term(&catalog.field(row).gives, of, args));
            }
        }
        self.classes.mixed_in_member(self, class, name).at_most(of.grade)
    }

    fn is_rust_field(&self, class: ClassRef, name: &str) -> bool {
        let file = self.sources.file(class.file);
        file.family == Family::Rust
            && file.id(name).is_some_and(|id| self.sources.class(class).fields.iter().any(|field| field.name == id))
    }

    fn is_property(&self, function: FunctionRef) -> bool {
        let file = self.sources.file(function.file);
        let row = self.sources.function(function);
        row.is_getter
            || row.decorators.iter().any(|decorator| {
                let Root::Name(root) = decorator.root else { return false };
                let whole = std::iter::once(root).chain(decorator.path.iter().copied()).map(|part| file.name(part));
                let whole = whole.collect::<Vec<_>>().join(".");
                PROPERTY_DECORATORS.contains(&whole.as_str())
            })
    }

    /// A field that is distinctive whatever it is read from.
    pub(super) fn named_field(&self, at: FileId, name: &str) -> Typed {
        self.named_field_row(at, name).map_or(Typed::UNKNOWN, |row| Typed {
            is: field_term(&row.gives, &Typed::UNKNOWN, &[]),
            grade: Grade::Named,
            marks: Marks::default(),
        })
    }

    /// Whether a name is the distinctive one of a field of a library that is there.
    pub fn is_library_field(&self, at: FileId, name: &str) -> bool {
        self.named_field_row(at, name).is_some()
    }

    fn named_field_row(&self, at: FileId, name: &str) -> Option<&CatalogField> {
        let file = self.file(at);
        let catalog = self.sources.catalog;
        let mut rows = catalog.named_fields(file.family, name).iter().map(|row| catalog.field(*row));
        rows.find(|row| file.has(row.library))
    }

    /// What an import brings in, looked up anew.
    pub(super) fn imported(&self, at: FileId, row: u32) -> Typed {
        let file = self.sources.file(at);
        let import = &file.facts.imports[row as usize];
        let (module, local) = (file.name(import.module), file.name(import.local));
        let member = import.member.map(|member| file.name(member));
        if file.family == Family::Rust {
            let whole = member.map_or_else(|| module.to_owned(), |member| format!("{module}.{member}"));
            return self.path(at, &whole, Grade::Traced);
        }
        // Python's `import a.b` brings in `a`.
        let is_package = member.is_none() && file.family == Family::Python && module.split('.').next() == Some(local);
        let module = if is_package { local } else { module };
        match (self.modules.resolve(file.family, &file.facts.path, module), member) {
            (Some(found), Some(member)) => {
                let exported = self.export(found, member, 0);
                let may_be_module = file.family == Family::Python;
                if exported.is_known() || !may_be_module { exported } else { self.submodule(at, module, member) }
            }
            (Some(found), None) => self.module_value(found),
            (None, Some(member)) => self.submodule(at, module, member),
            (None, None) => self.path(at, module, Grade::Traced),
        }
    }

    /// What a module is as a value: where it gives one thing as a whole (`module.exports = new Store()`), that.
    pub(super) fn module_value(&self, found: FileId) -> Typed {
        let source = self.sources.file(found);
        let exports = &source.facts.exports;
        let is_whole = !exports.is_empty() && exports.iter().all(|export| source.name(export.name) == "default");
        if source.family == Family::JavaScript && is_whole {
            let whole = self.export(found, "default", 0);
            if matches!(whole.is, Type::Class(_) | Type::Library(..) | Type::Function(_)) {
                return whole;
            }
        }
        Typed::traced(Type::Module(found))
    }

    /// A module's member that is a module itself, or lies outside the project.
    fn submodule(&self, at: FileId, module: &str, member: &str) -> Typed {
        let file = self.sources.file(at);
        let joined = submodule(module, member);
        if file.family == Family::Python
            && let Some(found) = self.modules.resolve(Family::Python, &file.facts.path, &joined)
        {
            return Typed::traced(Type::Module(found));
        }
        self.path(at, &joined, Grade::Traced)
    }

    /// What an access path leads to: the project's own, a type of the catalog, or the path itself.
    pub(super) fn path(&self, at: FileId, path: &str, grade: Grade) -> Typed {
        let file = self.sources.file(at);
        if file.family == Family::Rust
            && let Some((found, taken)) = self.modules.rust(&file.facts.path, path)
        {
            let mut value = Typed { is: Type::Module(found), grade, marks: Marks::default() };
            for segment in path.split('.').skip(taken) {
                value = self.field(found, &value, segment);
            }
            if value.is_known() {
                return value;
            }
        }
        if file.family == Family::Python
            && path.contains('.')
            && let Some(found) = self.modules.resolve(Family::Python, &file.facts.path, path)
        {
            return Typed { is: Type::Module(found), grade, marks: Marks::default() };
        }
        let known = self.sources.catalog.type_at(file.family, PathForm::Plain, path);
        let is = known.map_or_else(|| Type::Path(path.into()), |id| Type::Library(id, Vec::new()));
        Typed { is, grade, marks: Marks::default() }
    }

    /// What a file gives under a name.
    pub fn export(&self, file: FileId, name: &str, followed: u32) -> Typed {
        let Some(_level) = Level::enter().filter(|_| followed <= MAX_RE_EXPORTS) else { return Typed::UNKNOWN };
        if self.sources.file(file).family != Family::JavaScript {
            return self.module_member(file, name, followed);
        }
        once(Question::name(file, name), || self.script_export(file, name, followed))
    }

    fn script_export(&self, file: FileId, name: &str, followed: u32) -> Typed {
        let source = self.sources.file(file);
        // A name that the file does not have is no export's.
        let named = |name: &str| source.id(name).map_or(&[][..], |id| source.index.exports(id));
        for row in named(name) {
            let export = &source.facts.exports[*row as usize];
            let typed = match (&export.value, export.from) {
                (Some(value), _) => self.operand(file, value, FunctionId::MODULE),
                (None, Some((module, member))) => self.re_export(file, module, source.name(member), followed),
                (None, None) => Typed::UNKNOWN,
            };
            if typed.is_known() {
                return typed;
            }
        }
        for row in named("*") {
            if let Some((module, _)) = source.facts.exports[*row as usize].from {
                let typed = self.re_export(file, module, name, followed);
                if typed.is_known() {
                    return typed;
                }
            }
        }
        // `module.exports = { find }` and `exports.find = …` reach their members through the default export.
        if name != "default" { self.member_of_default(file, name, followed) } else { Typed::UNKNOWN }
    }

    fn member_of_default(&self, file: FileId, name: &str, followed: u32) -> Typed {
        match self.export(file, "default", followed + 1) {
            default @ Typed { is: Type::Object(..) | Type::Class(_) | Type::Library(..), .. } => {
                self.field(file, &default, name)
            }
            _ => Typed::UNKNOWN,
        }
    }

    fn re_export(&self, file: FileId, module: crate::facts::NameId, member: &str, followed: u32) -> Typed {
        let source = self.sources.file(file);
        let module = source.name(module);
        match self.modules.resolve(source.family, &source.facts.path, module) {
            Some(found) if member == "*" => Typed::traced(Type::Module(found)),
            Some(found) => self.export(found, member, followed + 1),
            None => self.path(file, &format!("{module}.{member}"), Grade::Traced),
        }
    }

    /// A Python or Rust module's member: what the name means at the end of the module.
    pub(super) fn module_member(&self, file: FileId, name: &str, followed: u32) -> Typed {
        once(Question::name(file, name), || self.member_of_module(file, name, followed))
    }

    fn member_of_module(&self, file: FileId, name: &str, followed: u32) -> Typed {
        let source = self.sources.file(file);
        if let Some(id) = source.id(name) {
            let candidates = source.index.candidates(&source.facts, id, FunctionId::MODULE, u32::MAX);
            // A module inside the file may import the name from the file itself.
            let others = candidates.into_iter().filter(|declaration| !self.imports_from(file, declaration.what, id));
            let found = others.map(|declaration| self.declared(file, declaration)).find(Typed::is_known);
            if let Some(found) = found {
                return found;
            }
        }
        // Of a Python package, any file in its folder may be asked for.
        let may_have = |found: FileId| {
            source.family == Family::Python || self.stars.may_have(self.sources, &self.modules, found, name)
        };
        for &found in self.stars.of(self.sources, &self.modules, file).iter().filter(|found| may_have(**found)) {
            let typed = self.export(found, name, followed + 1);
            if typed.is_known() {
                return typed;
            }
        }
        // A package has what is imported from its folder, whoever imports it.
        let is_package = source.family == Family::Python && source.facts.path.ends_with("__init__.py");
        let inside = is_package.then(|| self.modules.resolve(Family::Python, &source.facts.path, &format!(".{name}")));
        inside.flatten().map_or(Typed::UNKNOWN, |module| Typed::traced(Type::Module(module)))
    }

    /// Whether a declaration is an import of this name from the file that it stands in.
    fn imports_from(&self, at: FileId, declared: Declared, name: NameId) -> bool {
        let Declared::Import(row) = declared else { return false };
        let file = self.sources.file(at);
        let import = &file.facts.imports[row as usize];
        let module = file.name(import.module);
        let leads_here = |left: usize| match file.family {
            Family::Rust => {
                let found = self.modules.rust(&file.facts.path, module);
                found.is_some_and(|(found, taken)| found == at && taken + left == module.split('.').count())
            }
            family => left == 0 && self.modules.resolve(family, &file.facts.path, module) == Some(at),
        };
        match import.member {
            Some(member) => member == name && leads_here(0),
            // `mod x;` for a file that is not there, since a build makes it: the file itself would be asked for `x`.
            None => module.rsplit('.').next() == Some(file.name(name)) && leads_here(1),
        }
    }
}

/// A field's type, which may speak of the receiver only.
pub(super) fn field_term(term: &TypeTerm<crate::catalog::TypeId>, receiver: &Typed, args: &[Type]) -> Type {
    match &term.head {
        TypeHead::Type(id) => Type::Library(*id, term.args.iter().map(|arg| field_term(arg, receiver, args)).collect()),
        TypeHead::Receiver => receiver.is.clone(),
        TypeHead::Element | TypeHead::Key => args.first().cloned().unwrap_or_default(),
        TypeHead::Value => args.get(1).cloned().unwrap_or_default(),
        TypeHead::Tuple => tuple_of(term.args.iter().map(|arg| field_term(arg, receiver, args)).collect()),
        TypeHead::Argument(_) | TypeHead::ElementOf(_) => Type::Unknown,
        TypeHead::TypeArgument(_) | TypeHead::Callback => Type::Unknown,
    }
}

impl Resolver<'_> {
    /// What a decorator's row says of the function under it.
    pub fn decorator_marks(
        &self,
        at: FileId,
        decorator: &crate::facts::Operand,
        function: &crate::facts::Function,
    ) -> Marks {
        let scope = function.parent.unwrap_or(FunctionId::MODULE);
        if let (Root::Call(call), true) = (decorator.root, decorator.path.is_empty()) {
            return self.call(super::refs::CallRef { file: at, id: call }).gives.marks;
        }
        let Some(path) = self.access_path(at, decorator, scope) else { return Marks::default() };
        let catalog = self.sources.catalog;
        let rows = catalog.functions(self.sources.file(at).family, &path);
        rows.first().map_or(Marks::default(), |row| catalog.call(*row).marks.iter().copied().collect())
    }
}

impl Resolver<'_> {
    /// A type in words, for people who ask why.
    pub fn describe(&self, typed: &Typed) -> String {
        let catalog = self.sources.catalog;
        let what = match &typed.is {
            Type::Unknown => return "unknown".to_owned(),
            Type::Choice => "one of a few literals".to_owned(),
            Type::Library(id, args) => {
                let args: Vec<String> = args.iter().map(|arg| self.describe(&Typed::traced(arg.clone()))).collect();
                let name = &catalog.type_of(*id).name;
                if args.is_empty() { name.clone() } else { format!("{name}<{}>", args.join(", ")) }
            }
            Type::Class(class) => {
                let file = self.sources.file(class.file);
                let name = self.sources.class(*class).name.map_or("class", |name| file.name(name));
                format!("{name} of {}", file.facts.path)
            }
            Type::Function(function) => self.function_name(*function),
            Type::Module(file) => format!("module {}", self.sources.file(*file).facts.path),
            Type::Path(path) => format!("`{path}`"),
            Type::Object(..) => "an object literal".to_owned(),
            Type::Param(place) => format!("type argument {place}"),
            Type::Tuple(parts) => {
                let parts: Vec<String> = parts.iter().map(|part| self.describe(&Typed::traced(part.clone()))).collect();
                format!("({})", parts.join(", "))
            }
        };
        format!("{what} ({:?})", typed.grade)
    }

    /// A function's name with its file.
    pub fn function_name(&self, of: FunctionRef) -> String {
        let file = self.sources.file(of.file);
        let name = self.sources.function(of).name.map_or("closure", |name| file.name(name));
        format!("{name} of {}", file.facts.path)
    }
}
