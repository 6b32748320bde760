//! What a call calls: methods by the receiver's type, functions by their access path, names that say enough.

use super::imported::first_text;
use super::index::{Declared, enclosing_class};
use super::refs::{ClassRef, FileId, FunctionRef};
use super::resolve::{Resolved, Resolver, Target};
use super::sources::ProjectFile;
use super::types::{Grade, Type, Typed};
use crate::catalog::{CallRowId, PathForm, Shape, SqlPlace};
use crate::facts::{Call, CallKind, FunctionId, NameId, Root};
use crate::syntax::Family;

impl<'p> Resolver<'p> {
    /// A method of a receiver whose type is known.
    pub(super) fn method(&self, at: FileId, call: &Call, receiver: Typed, name: &str) -> Resolved {
        if let Some(own) = self.own_query(&receiver) {
            let member = self.classes.member(self, own, name);
            if member.is_known() {
                return self.written_method(at, call, receiver, member, name);
            }
        }
        if let Type::Library(on, _) = receiver.is {
            let rows = self.sources.catalog.methods(on, name);
            return match rows.iter().find(|row| self.row_fits(at, call, **row, false)) {
                Some(&row) => self.by_row(at, call, row, receiver, false),
                None => {
                    let field = self.field(at, &receiver, name);
                    if field.is_known() {
                        return self.invoke(at, call, field);
                    }
                    let extension = self.classes.extension(self, on, name);
                    if extension.is_known() {
                        return self.written_method(at, call, receiver, extension, name);
                    }
                    let by_path = self.static_call(at, call, &receiver);
                    by_path.unwrap_or_else(|| Resolved { receiver, ..Resolved::unknown() })
                }
            };
        }
        if let Type::Class(class) = receiver.is {
            return self.class_method(at, call, receiver, class, name);
        }
        let callee = self.field(at, &receiver, name);
        let callee_known = callee.is_known();
        // Python's `{}` is a map, with a map's methods.
        if let (false, Type::Object(..), Family::Python) = (callee_known, &receiver.is, self.file(at).family) {
            let Typed { is, .. } = self.language_type(Family::Python, "map");
            return self.method(at, call, receiver.become_type(is), name);
        }
        let mut resolved = self.invoke(at, call, callee);
        if !callee_known || resolved.target == Target::Unknown && self.is_foreign(at, &receiver) {
            let named = self.named_call(at, call, name, receiver.clone());
            if !callee_known || named.target != Target::Unknown {
                resolved = named;
            }
            // A struct that a macro adds to a module has only its name.
            if call.kind == CallKind::New && resolved.target == Target::Unknown {
                let distinct = self.named_field(at, name);
                resolved.gives = if distinct.is_known() { distinct } else { resolved.gives };
            }
        }
        resolved.receiver = receiver;
        resolved
    }

    /// A method that the project wrote, of a class of its own or for a library's type.
    pub(super) fn written_method(
        &self,
        at: FileId,
        call: &Call,
        receiver: Typed,
        method: Typed,
        name: &str,
    ) -> Resolved {
        if let Some(row) = self.sql_row(at, call, name) {
            return self.by_row(at, call, row, receiver, true);
        }
        let mut resolved = self.invoke(at, call, method.at_most(receiver.grade));
        resolved.receiver = receiver;
        resolved
    }

    /// A method of a project class: its own or inherited, else a row of the library type that it derives from. Of
    /// `super`, what the class that the call stands in inherits: none of it is any heir's.
    pub(super) fn class_method(
        &self,
        at: FileId,
        call: &Call,
        receiver: Typed,
        class: ClassRef,
        name: &str,
    ) -> Resolved {
        let heir = self.asked_for_super(at, call);
        let member = match heir {
            Some(heir) => self.classes.inherited_member(self, heir, name),
            None => self.classes.member(self, class, name),
        };
        if member.is_known() {
            let mut resolved = self.written_method(at, call, receiver, member, name);
            if let Target::Functions(functions) = &mut resolved.target
                && heir.is_none()
            {
                *functions = self.classes.implementations(self, functions, class, name);
            }
            return resolved;
        }
        let class = heir.unwrap_or(class);
        for (on, args) in self.classes.library_bases(class) {
            let rows = self.sources.catalog.methods(*on, name);
            if let Some(&row) = rows.iter().find(|row| self.row_fits(at, call, **row, false)) {
                let base = receiver.become_type(Type::Library(*on, args.clone()));
                let mut resolved = self.by_row(at, call, row, base, false);
                resolved.gives.is = as_class(resolved.gives.is, *on, class);
                resolved.receiver = receiver;
                return resolved;
            }
        }
        let implemented = match heir {
            Some(_) => Resolved { receiver: receiver.clone(), ..Resolved::unknown() },
            None => self.implemented(at, call, receiver.clone(), class, name),
        };
        if implemented.target != Target::Unknown {
            return implemented;
        }
        let family = self.file(at).family;
        let rows = self.sources.catalog.any_type(family).map_or(&[][..], |any| self.sources.catalog.methods(any, name));
        if let Some(&row) = rows.iter().find(|row| self.row_fits(at, call, **row, false)) {
            return self.by_row(at, call, row, receiver, false);
        }
        // What a base that nothing is known of may have: a distinctive name.
        let named = self.sources.catalog.named_calls(family, name);
        match named.iter().find(|row| self.row_fits(at, call, **row, true)) {
            Some(&row) if self.classes.has_foreign_base(class) => self.by_row(at, call, row, receiver, true),
            _ => implemented,
        }
    }

    /// The class whose inherited method a call asks for (`super().save()`), if it does.
    fn asked_for_super(&self, at: FileId, call: &Call) -> Option<ClassRef> {
        let is_super = call.callee.root == Root::Super && call.callee.path.len() == 1;
        let id = is_super.then(|| enclosing_class(&self.file(at).facts, call.function)).flatten()?;
        Some(ClassRef { file: at, id })
    }

    /// A method that an interface only promises: what the classes that keep the promise do.
    pub(super) fn implemented(
        &self,
        at: FileId,
        call: &Call,
        receiver: Typed,
        class: ClassRef,
        name: &str,
    ) -> Resolved {
        let functions = self.classes.implementations(self, &[], class, name);
        if functions.is_empty() {
            let mixed_in = self.classes.mixed_in_member(self, class, name);
            let resolved = self.invoke(at, call, mixed_in.at_most(receiver.grade));
            return Resolved { receiver, ..resolved };
        }
        let mut resolved = self.functions_result(functions);
        resolved.grade = receiver.grade.min(Grade::Typed);
        resolved.gives = resolved.gives.at_most(resolved.grade);
        resolved.receiver = receiver;
        resolved
    }

    /// The row for a call that is given the text of a query: a class of the project that wraps a connection shows less
    /// of what such a call does than the text itself.
    pub(super) fn sql_row(&self, at: FileId, call: &Call, name: &str) -> Option<CallRowId> {
        let catalog = self.sources.catalog;
        let rows = catalog.named_calls(self.file(at).family, name).iter().copied();
        let of_text = |row: &CallRowId| {
            let row = catalog.call(*row);
            row.sql == Some(SqlPlace::Argument(0))
                && row.shapes.positional.first().is_some_and(|shapes| *shapes == [Shape::Sql])
        };
        rows.filter(of_text).find(|row| self.row_fits(at, call, *row, true))
    }

    /// A method of a receiver of unknown type: a distinctive name, or a method that only one class of the project has.
    pub(super) fn named_call(&self, at: FileId, call: &Call, name: &str, receiver: Typed) -> Resolved {
        let file = self.file(at);
        let rows = self.sources.catalog.named_calls(file.family, name);
        if let Some(&row) = rows.iter().find(|row| self.row_fits(at, call, **row, true)) {
            return self.by_row(at, call, row, receiver, true);
        }
        let owners = self.classes.only_owners(file.family, name);
        if owners.is_empty() || matches!(receiver.is, Type::Path(_)) {
            return Resolved { receiver, ..Resolved::unknown() };
        }
        let mut resolved = self.functions_result(owners.to_vec());
        resolved.grade = Grade::Named;
        resolved.gives = resolved.gives.at_most(Grade::Named);
        resolved.receiver = receiver;
        resolved
    }

    /// A call of a value.
    pub(super) fn invoke(&self, at: FileId, call: &Call, callee: Typed) -> Resolved {
        match &callee.is {
            Type::Function(function) => {
                let mut resolved = self.functions_result(vec![*function]);
                resolved.grade = callee.grade;
                resolved.gives = resolved.gives.at_most(callee.grade);
                resolved
            }
            Type::Class(class) => Resolved {
                target: Target::Class(*class),
                grade: callee.grade,
                gives: callee.clone(),
                receiver: Typed::UNKNOWN,
            },
            Type::Path(path) => self.path_call(at, call, path, &callee),
            // `module.exports = load; module.exports.all = …`
            Type::Module(module) if self.file(*module).family == Family::JavaScript => {
                let whole = self.export(*module, "default", 0);
                if matches!(whole.is, Type::Module(_)) { Resolved::unknown() } else { self.invoke(at, call, whole) }
            }
            Type::Library(on, _) => {
                let rows = self.sources.catalog.methods(*on, crate::catalog::index::CALL);
                match rows.iter().find(|row| self.row_fits(at, call, **row, false)) {
                    Some(&row) => self.by_row(at, call, row, callee, false),
                    None => {
                        let by_path = self.static_call(at, call, &callee);
                        by_path.unwrap_or_else(|| Resolved { gives: callee, ..Resolved::unknown() })
                    }
                }
            }
            _ => Resolved::unknown(),
        }
    }

    /// A call of something outside the project, by its access path.
    pub(super) fn path_call(&self, at: FileId, call: &Call, path: &str, callee: &Typed) -> Resolved {
        let file = self.file(at);
        if let Some(module) = required_module(file, call, path) {
            let found = self.modules.resolve(file.family, &file.facts.path, module);
            let gives = found.map_or_else(|| self.path(at, module, Grade::Traced), |found| self.module_value(found));
            return Resolved { gives, ..Resolved::unknown() };
        }
        let rows = self.sources.catalog.functions(file.family, path);
        let has_row = rows.iter().any(|row| self.row_fits(at, call, *row, false));
        // `import { readFile } from "fs"` is a method of the module, where the module is a type.
        if !has_row
            && let Some((module, name)) = path.rsplit_once('.')
            && let Some(on) = self.sources.catalog.type_at(file.family, PathForm::Plain, module)
        {
            return self.method(at, call, callee.become_type(Type::Library(on, Vec::new())), name);
        }
        let unknown =
            || Resolved { gives: callee.become_type(Type::Path(format!("{path}()").into())), ..Resolved::unknown() };
        self.function_at(at, call, path, callee).unwrap_or_else(unknown)
    }

    /// A function that the catalog knows at an access path: by a row, or since its result is a type.
    pub(super) fn function_at(&self, at: FileId, call: &Call, path: &str, callee: &Typed) -> Option<Resolved> {
        let family = self.file(at).family;
        let rows = self.sources.catalog.functions(family, path);
        let row = rows.iter().find(|row| self.row_fits(at, call, **row, false));
        let built = self.sources.catalog.type_at(family, PathForm::Result, path);
        let gives = built.map_or(Typed::UNKNOWN, |built| callee.become_type(self.built_type(at, call, built)));
        match row {
            Some(&row) => {
                let mut resolved = self.by_row(at, call, row, callee.clone(), false);
                if !resolved.gives.is_known() {
                    resolved.gives = Typed { marks: resolved.gives.marks, ..gives };
                }
                Some(resolved)
            }
            None => gives.is_known().then(|| Resolved { gives, grade: callee.grade, ..Resolved::unknown() }),
        }
    }

    /// A function that belongs to a type of the catalog (`File::open`, `list(…)`): by the path as it is written, which
    /// the type has taken the place of.
    pub(super) fn static_call(&self, at: FileId, call: &Call, callee: &Typed) -> Option<Resolved> {
        self.function_at(at, call, &self.written_callee(at, call)?, callee)
    }

    /// The access path of what a call calls, by names that are imported or declared nowhere.
    pub(super) fn written_callee(&self, at: FileId, call: &Call) -> Option<String> {
        let Root::Name(root) = call.callee.root else { return None };
        let (file, path) = (self.file(at), self.written_path(at, root, call.function)?);
        Some(call.callee.path.iter().fold(path, |path, segment| format!("{path}.{}", file.name(*segment))))
    }

    /// The access path behind a name that is imported, or declared nowhere.
    pub(super) fn written_path(&self, at: FileId, name: NameId, function: FunctionId) -> Option<String> {
        let file = self.file(at);
        match file.index.lookup(&file.facts, name, function, u32::MAX).map(|declaration| declaration.what) {
            Some(Declared::Import(row)) => {
                let import = &file.facts.imports[row as usize];
                let module = file.name(import.module);
                Some(import.member.map_or(module.to_owned(), |member| format!("{module}.{}", file.name(member))))
            }
            Some(_) => None,
            None => Some(self.brought_by_star(at, file.name(name)).unwrap_or_else(|| file.name(name).to_owned())),
        }
    }

    /// The type that a factory builds; a class given as its first argument becomes the type argument.
    pub(super) fn built_type(&self, at: FileId, call: &Call, built: crate::catalog::TypeId) -> Type {
        let args =
            self.sources.file(at).facts.args_of(call).first().map(|arg| self.operand(at, &arg.value, call.function).is);
        Type::Library(built, args.into_iter().filter(|arg| matches!(arg, Type::Class(_))).collect())
    }

    pub(super) fn functions_result(&self, functions: Vec<FunctionRef>) -> Resolved {
        let gives = functions.iter().map(|f| self.result_of(*f)).find(Typed::is_known).unwrap_or(Typed::UNKNOWN);
        Resolved { target: Target::Functions(functions), grade: Grade::Traced, gives, receiver: Typed::UNKNOWN }
    }
}

/// A type that speaks of a library's base class, for a class of the project derived from that.
fn as_class(is: Type, base: crate::catalog::TypeId, class: ClassRef) -> Type {
    match is {
        Type::Library(on, _) if on == base => Type::Class(class),
        Type::Library(on, args) => Type::Library(on, args.into_iter().map(|arg| as_class(arg, base, class)).collect()),
        other => other,
    }
}

/// The module that a CommonJS `require("…")` in the middle of an expression brings in.
fn required_module<'f>(file: &'f ProjectFile, call: &Call, path: &str) -> Option<&'f str> {
    let is_require = file.family == Family::JavaScript && path == "require";
    is_require.then(|| first_text(&file.facts, call)).flatten()
}
