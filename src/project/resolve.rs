//! Traces expressions to types and calls to what they call.

use std::cell::Cell;
use std::sync::Mutex;

use rustc_hash::FxHashMap;

use super::classes::Classes;
use super::index::{Declaration, Declared};
use super::members::field_term;
use super::modules::Modules;
use super::refs::{CallRef, ClassRef, FileId, FunctionRef};
use super::sources::{ProjectFile, Sources};
use super::types::{Grade, Marks, Type, Typed};
use crate::catalog::{CallRowId, PathForm, Shape};
use crate::facts::{Bind, BindKind, Call, CallKind, ELEMENT, FunctionId, NameId, Operand, Operator, Root};
use crate::syntax::Family;

/// How many steps one question may take: deep chains beyond it are unknown.
const FUEL: u32 = 4000;
/// How deep the questions may nest.
const DEPTH: u32 = 60;

/// What a call calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Nothing is known.
    Unknown,
    /// A row of the catalog.
    Row(CallRowId),
    /// Functions of the project: one, or an interface's implementations.
    Functions(Vec<FunctionRef>),
    /// A class of the project is built.
    Class(ClassRef),
}

/// What is known of a call.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// What it calls.
    pub target: Target,
    /// How sure that is.
    pub grade: Grade,
    /// The value it gives.
    pub gives: Typed,
    /// The receiver's type.
    pub receiver: Typed,
}

impl Resolved {
    /// Whether this is what [`Self::unknown`] gives.
    fn is_unknown(&self) -> bool {
        self.target == Target::Unknown
            && self.grade == Grade::Named
            && self.gives == Typed::UNKNOWN
            && self.receiver == Typed::UNKNOWN
    }

    fn unknown() -> Self {
        Self { target: Target::Unknown, grade: Grade::Named, gives: Typed::UNKNOWN, receiver: Typed::UNKNOWN }
    }
}

/// Answers questions about types over a whole project; shared by threads.
#[derive(Debug)]
pub struct Resolver<'p> {
    /// The files.
    pub sources: &'p Sources<'p>,
    /// Finds imported files.
    pub modules: Modules<'p>,
    /// The class hierarchy.
    pub classes: Classes,
    /// By file, the answers about calls; `None` where nothing is known.
    known: Vec<Mutex<FxHashMap<u32, Option<Box<Resolved>>>>>,
}

thread_local! {
    static FUEL_LEFT: Cell<u32> = const { Cell::new(0) };
    static NESTED: Cell<u32> = const { Cell::new(0) };
    /// Set when a question was cut short, so that its answer is not kept.
    static CUT: Cell<bool> = const { Cell::new(false) };
}

/// One level of nesting; restores the count when dropped.
pub(super) struct Level;

impl Level {
    pub(super) fn enter() -> Option<Self> {
        let depth = NESTED.get();
        if depth == 0 {
            FUEL_LEFT.set(FUEL);
            CUT.set(false);
        }
        let fuel = FUEL_LEFT.get();
        if depth >= DEPTH || fuel == 0 {
            CUT.set(true);
            return None;
        }
        FUEL_LEFT.set(fuel - 1);
        NESTED.set(depth + 1);
        Some(Self)
    }
}

impl Drop for Level {
    fn drop(&mut self) {
        NESTED.set(NESTED.get() - 1);
    }
}

impl<'p> Resolver<'p> {
    /// Over files whose class hierarchy is still to be built.
    pub fn new(sources: &'p Sources<'p>) -> Self {
        let known = sources.files.iter().map(|_| Mutex::default()).collect();
        let mut resolver = Self { sources, modules: sources.modules(), classes: Classes::default(), known };
        resolver.classes = Classes::build(&resolver);
        for file in &mut resolver.known {
            *file = Mutex::default(); // answers given while the hierarchy was not known
        }
        resolver
    }

    fn file(&self, id: FileId) -> &'p ProjectFile {
        self.sources.file(id)
    }

    /// What a call calls and gives.
    pub fn call(&self, of: CallRef) -> Resolved {
        let kept = self.known[of.file.index()].lock().ok().and_then(|known| known.get(&of.id.0).cloned());
        if let Some(known) = kept {
            return known.map_or_else(Resolved::unknown, |known| *known);
        }
        let Some(_level) = Level::enter() else { return Resolved::unknown() };
        let outer_cut = CUT.replace(false);
        let mut answer = self.resolve_call(of);
        if let Some(wrapped) = self.wrapped(of, &answer) {
            answer.gives = wrapped;
        }
        let was_cut = CUT.get();
        CUT.set(outer_cut || was_cut);
        if (!was_cut || NESTED.get() == 1)
            && let Ok(mut known) = self.known[of.file.index()].lock()
        {
            known.insert(of.id.0, (!answer.is_unknown()).then(|| Box::new(answer.clone())));
        }
        answer
    }

    fn resolve_call(&self, of: CallRef) -> Resolved {
        let file = self.file(of.file);
        let call = &file.facts.calls[of.id.index()];
        if let CallKind::Operator(operator) = call.kind {
            return self.operator(of.file, call, operator.name());
        }
        let Some((&method, fields)) = call.callee.path.split_last() else {
            let callee = self.root(of.file, &call.callee, call.function);
            return self.invoke(of.file, call, callee);
        };
        let mut receiver = self.walk(of.file, self.root(of.file, &call.callee, call.function), fields);
        let name = file.name(method);
        if !receiver.is_known() {
            receiver = self.looped_over(of.file, call);
        }
        if !receiver.is_known() {
            return self.named_call(of.file, call, name, receiver);
        }
        self.method(of.file, call, receiver, name)
    }

    fn operator(&self, at: FileId, call: &Call, name: &str) -> Resolved {
        let operand = match call.kind {
            // What is awaited, and not what that gives.
            CallKind::Operator(Operator::Await) => {
                let root = self.bare_root(at, &call.callee, call.function);
                self.walk(at, root, &call.callee.path)
            }
            _ => self.operand(at, &call.callee, call.function),
        };
        let rows = match &operand.is {
            Type::Library(on, _) => self.sources.catalog.methods(*on, name),
            Type::Unknown | Type::Object(..) => self.sources.catalog.named_calls(self.file(at).family, name),
            _ => &[],
        };
        let is_unknown = matches!(operand.is, Type::Unknown | Type::Object(..));
        let fits = |row: &&CallRowId| self.row_fits(at, call, **row, is_unknown);
        match rows.iter().find(fits) {
            Some(&row) => self.by_row(at, call, row, operand, is_unknown),
            None => Resolved { gives: self.plain_result(name, &operand), receiver: operand, ..Resolved::unknown() },
        }
    }

    /// What an operator gives when no row says otherwise.
    fn plain_result(&self, name: &str, operand: &Typed) -> Typed {
        match name {
            "@await" | "@slice" => operand.clone(),
            "@iterate" | "@index" => self.element(operand),
            _ => Typed::UNKNOWN,
        }
    }

    /// A method of a receiver whose type is known.
    fn method(&self, at: FileId, call: &Call, receiver: Typed, name: &str) -> Resolved {
        if let Type::Library(on, _) = receiver.is {
            let rows = self.sources.catalog.methods(on, name);
            return match rows.iter().find(|row| self.row_fits(at, call, **row, false)) {
                Some(&row) => self.by_row(at, call, row, receiver, false),
                None => {
                    let field = self.field(at, &receiver, name);
                    if field.is_known() {
                        return self.invoke(at, call, field);
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
        }
        resolved.receiver = receiver;
        resolved
    }

    /// A method of a project class: its own or inherited, else a row of the library type that it derives from.
    fn class_method(&self, at: FileId, call: &Call, receiver: Typed, class: ClassRef, name: &str) -> Resolved {
        let member = self.classes.member(self, class, name);
        if member.is_known() {
            if let Some(row) = self.sql_row(at, call, name) {
                return self.by_row(at, call, row, receiver, true);
            }
            let grade = receiver.grade;
            let mut resolved = self.invoke(at, call, member.at_most(grade));
            if let Target::Functions(functions) = &mut resolved.target {
                *functions = self.classes.implementations(self, functions, class, name);
            }
            resolved.receiver = receiver;
            return resolved;
        }
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
        self.implemented(receiver, class, name)
    }

    /// A method that an interface only promises: what the classes that keep the promise do.
    fn implemented(&self, receiver: Typed, class: ClassRef, name: &str) -> Resolved {
        let functions = self.classes.implementations(self, &[], class, name);
        if functions.is_empty() {
            return Resolved { receiver, ..Resolved::unknown() };
        }
        let mut resolved = self.functions_result(functions);
        resolved.grade = receiver.grade.min(Grade::Typed);
        resolved.gives = resolved.gives.at_most(resolved.grade);
        resolved.receiver = receiver;
        resolved
    }

    /// The row for a call that is given the text of a query: a class of the project that wraps a connection shows less
    /// of what such a call does than the text itself.
    fn sql_row(&self, at: FileId, call: &Call, name: &str) -> Option<CallRowId> {
        let catalog = self.sources.catalog;
        let rows = catalog.named_calls(self.file(at).family, name).iter().copied();
        let of_text = |row: &CallRowId| {
            let row = catalog.call(*row);
            row.sql == Some(0) && row.shapes.positional.first().is_some_and(|shapes| *shapes == [Shape::Sql])
        };
        rows.filter(of_text).find(|row| self.row_fits(at, call, *row, true))
    }

    /// A method of a receiver of unknown type: a distinctive name, or a method that only one class of the project has.
    fn named_call(&self, at: FileId, call: &Call, name: &str, receiver: Typed) -> Resolved {
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
    fn invoke(&self, at: FileId, call: &Call, callee: Typed) -> Resolved {
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
    fn path_call(&self, at: FileId, call: &Call, path: &str, callee: &Typed) -> Resolved {
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
    fn function_at(&self, at: FileId, call: &Call, path: &str, callee: &Typed) -> Option<Resolved> {
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
    fn static_call(&self, at: FileId, call: &Call, callee: &Typed) -> Option<Resolved> {
        let file = self.file(at);
        let Root::Name(root) = call.callee.root else { return None };
        let mut path = self.written_path(at, root, call.function)?;
        for segment in &call.callee.path {
            path = format!("{path}.{}", file.name(*segment));
        }
        self.function_at(at, call, &path, callee)
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
            None => Some(file.name(name).to_owned()),
        }
    }

    /// The type that a factory builds; a class given as its first argument becomes the type argument.
    fn built_type(&self, at: FileId, call: &Call, built: crate::catalog::TypeId) -> Type {
        let args = call.args.first().map(|arg| self.operand(at, &arg.value, call.function).is);
        Type::Library(built, args.into_iter().filter(|arg| matches!(arg, Type::Class(_))).collect())
    }

    fn functions_result(&self, functions: Vec<FunctionRef>) -> Resolved {
        let gives = functions.iter().map(|f| self.result_of(*f)).find(Typed::is_known).unwrap_or(Typed::UNKNOWN);
        Resolved { target: Target::Functions(functions), grade: Grade::Traced, gives, receiver: Typed::UNKNOWN }
    }

    /// What a function of the project gives: its declared type, else that of the first value it returns.
    pub fn result_of(&self, of: FunctionRef) -> Typed {
        let Some(_level) = Level::enter() else { return Typed::UNKNOWN };
        let file = self.file(of.file);
        let function = &file.facts.functions[of.id.index()];
        if let Some(declared) = &function.returns {
            let typed = self.type_expr(of.file, declared, of.id);
            if typed.is_known() {
                return typed;
            }
        }
        if function.is_generator {
            return Typed::UNKNOWN;
        }
        let values = file.index.returns(of.id).iter().filter_map(|row| file.facts.exits[*row as usize].value.as_ref());
        values.map(|value| self.operand(of.file, value, of.id)).find(Typed::is_known).unwrap_or(Typed::UNKNOWN)
    }

    /// The type of a value.
    pub fn operand(&self, at: FileId, operand: &Operand, function: FunctionId) -> Typed {
        let Some(_level) = Level::enter() else { return Typed::UNKNOWN };
        let root = self.root(at, operand, function);
        let value = self.walk(at, root, &operand.path);
        // An awaited call is looked through where its value starts from.
        let is_call = matches!(operand.root, Root::Call(_)) && operand.path.is_empty();
        if operand.awaited && !is_call { self.awaited(value) } else { value }
    }

    /// What awaiting a value gives, when a row says that it is not the value itself.
    fn awaited(&self, value: Typed) -> Typed {
        let Type::Library(on, args) = &value.is else { return value };
        let catalog = self.sources.catalog;
        let row = catalog.methods(*on, Operator::Await.name()).first().map(|row| catalog.call(*row));
        match row.and_then(|row| row.returns.as_ref()) {
            Some(term) => value.become_type(field_term(term, &value, args)),
            None => value,
        }
    }

    pub(super) fn walk(&self, at: FileId, mut value: Typed, path: &[NameId]) -> Typed {
        let file = self.file(at);
        for &segment in path {
            if !value.is_known() {
                let named = self.named_field(at, file.name(segment));
                if !named.is_known() && segment != path[path.len() - 1] {
                    value = named;
                    continue;
                }
                value = named;
                continue;
            }
            let field = self.field(at, &value, file.name(segment));
            let named = self.named_field(at, file.name(segment));
            value = if named.is_known() && self.is_foreign(at, &field) { named } else { field };
        }
        value
    }

    /// Whether a value comes from a module that is neither here nor known to the catalog, so that names alone can tell
    /// what it is.
    pub(super) fn is_foreign(&self, at: FileId, value: &Typed) -> bool {
        let Type::Path(path) = &value.is else { return false };
        let family = self.file(at).family;
        let is_known = |prefix| !self.sources.catalog.libraries_of_module(family, prefix).is_empty();
        let ends = path.match_indices(['.', '/']).map(|(end, _)| end).chain([path.len()]);
        !ends.map(|end| &path[..end]).any(is_known)
    }

    fn root(&self, at: FileId, operand: &Operand, function: FunctionId) -> Typed {
        let root = self.bare_root(at, operand, function);
        match operand.root {
            Root::Call(call) if self.file(at).facts.calls[call.index()].awaited => self.awaited(root),
            _ => root,
        }
    }

    /// The type of an operand's root before it is awaited.
    fn bare_root(&self, at: FileId, operand: &Operand, function: FunctionId) -> Typed {
        let file = self.file(at);
        let literal = |name: &str| self.language_type(file.family, name);
        match operand.root {
            Root::Name(name) => self.name_with_fields(at, name, function, operand),
            Root::This => self.this(at, function),
            Root::Super => self.super_class(at, function),
            Root::Call(call) => self.call(CallRef { file: at, id: call }).gives,
            Root::Function(id) => Typed::traced(Type::Function(FunctionRef { file: at, id })),
            Root::Class(id) => self.class_value(ClassRef { file: at, id }),
            Root::Object(id) => Typed::traced(Type::Object(at, id)),
            Root::Text(_) => literal("string"),
            Root::Number(_) => literal("number"),
            Root::List(id) => {
                let item = file.facts.lists[id.index()].items.first();
                let element = item.map_or(Type::Unknown, |item| self.operand(at, item, function).is);
                match literal("list") {
                    Typed { is: Type::Library(list, _), .. } => Typed::traced(Type::Library(list, vec![element])),
                    _ => Typed::UNKNOWN,
                }
            }
            Root::Set(_) => literal("set"),
            Root::Bool(_) | Root::Null | Root::Other => Typed::UNKNOWN,
        }
    }

    /// The language's own type of a collection kind, for literals.
    pub fn language_type(&self, family: Family, collection: &str) -> Typed {
        let kind = crate::catalog::Collection::of_name(collection);
        let found = kind.and_then(|kind| self.sources.catalog.literal_type(family, kind));
        found.map_or(Typed::UNKNOWN, |id| Typed::traced(Type::Library(id, Vec::new())))
    }

    fn this(&self, at: FileId, function: FunctionId) -> Typed {
        match super::index::enclosing_class(&self.file(at).facts, function) {
            Some(id) => Typed::traced(Type::Class(self.classes.owner(ClassRef { file: at, id }))),
            None => Typed::UNKNOWN,
        }
    }

    fn super_class(&self, at: FileId, function: FunctionId) -> Typed {
        let Some(id) = super::index::enclosing_class(&self.file(at).facts, function) else { return Typed::UNKNOWN };
        let class = ClassRef { file: at, id };
        if let Some(base) = self.classes.bases(class).first() {
            return Typed::traced(Type::Class(*base));
        }
        let library = self.classes.library_bases(class).first();
        library.map_or(Typed::UNKNOWN, |(on, args)| Typed::traced(Type::Library(*on, args.clone())))
    }

    /// The type of a name read in a function.
    pub fn name(&self, at: FileId, name: NameId, function: FunctionId, offset: u32) -> Typed {
        let Some(_level) = Level::enter() else { return Typed::UNKNOWN };
        let file = self.file(at);
        let mut is_declared = false;
        for declaration in file.index.candidates(&file.facts, name, function, offset) {
            is_declared = true;
            let typed = self.declared(at, declaration);
            if typed.is_known() {
                return typed;
            }
        }
        if is_declared {
            return Typed::UNKNOWN;
        }
        // `from .choices import *`
        let starred =
            file.family == Family::Python && file.facts.imports.iter().any(|import| file.name(import.local) == "*");
        let found = if starred { self.module_member(at, file.name(name), 0) } else { Typed::UNKNOWN };
        if found.is_known() { found } else { self.path(at, file.name(name), Grade::Traced) }
    }

    /// The type of an operand's name. A function has no fields, so where fields are read from the name, a module or a
    /// class of the same name is meant: Rust's `orders::list` beside a function `orders`.
    fn name_with_fields(&self, at: FileId, name: NameId, function: FunctionId, operand: &Operand) -> Typed {
        let typed = self.name(at, name, function, operand.span.start);
        if operand.path.is_empty() || !matches!(typed.is, Type::Function(_)) {
            return typed;
        }
        let file = self.file(at);
        let all = file.index.candidates(&file.facts, name, function, operand.span.start);
        let mut others = all.map(|declaration| self.declared(at, declaration));
        others.find(|other| other.is_known() && !matches!(other.is, Type::Function(_))).unwrap_or(typed)
    }

    /// The type that a declaration gives its name.
    pub fn declared(&self, at: FileId, declaration: Declaration) -> Typed {
        let Some(_level) = Level::enter() else { return Typed::UNKNOWN };
        let file = self.file(at);
        match declaration.what {
            Declared::Param(function, place) => self.param(at, function, place),
            Declared::Bind(id) => self.bind(at, &file.facts.binds[id.index()]),
            Declared::Function(id) => Typed::traced(Type::Function(FunctionRef { file: at, id })),
            Declared::Class(id) => self.class_value(ClassRef { file: at, id }),
            Declared::Import(row) => self.import(at, row),
        }
    }

    /// A class of the project as a value; an alias stands for what it names.
    fn class_value(&self, class: ClassRef) -> Typed {
        let row = self.sources.class(class);
        if row.kind == crate::facts::ClassKind::Alias && row.fields.is_empty() && self.parts_of(class).is_none() {
            return row.bases.first().map_or(Typed::UNKNOWN, |base| self.type_expr(class.file, base, row.function));
        }
        Typed::traced(Type::Class(class))
    }

    /// The type of a bound name or field.
    pub fn bind(&self, at: FileId, bind: &Bind) -> Typed {
        if let Some(annotation) = &bind.annotation {
            let typed = self.type_expr(at, annotation, bind.function);
            if typed.is_known() {
                return typed;
            }
        }
        if matches!(bind.kind, BindKind::Augment | BindKind::Delete) {
            return Typed::UNKNOWN;
        }
        let Some(value) = &bind.value else { return Typed::UNKNOWN };
        let typed = self.operand(at, value, bind.function);
        if typed.is_known() { typed } else { self.subscripted(at, value, bind.function) }
    }

    /// A type with arguments written as a value: `Session = Annotated[AsyncSession, Depends(open)]`. Only types that
    /// stand for their first argument are read.
    fn subscripted(&self, at: FileId, value: &Operand, function: FunctionId) -> Typed {
        let file = self.file(at);
        let Some((last, path)) = value.path.split_last() else { return Typed::UNKNOWN };
        let object = Operand { path: path.into(), ..value.clone() };
        let is_wrapper = match self.operand(at, &object, function).is {
            Type::Library(id, _) => self.sources.catalog.type_of(id).transparent,
            _ => false,
        };
        if !is_element(file.name(*last)) || !is_wrapper {
            return Typed::UNKNOWN;
        }
        let is_index = |call: &&Call| call.span == value.span && call.operator() == Some(Operator::Index);
        let Some(arg) = file.facts.calls.iter().find(is_index).and_then(|call| call.args.first()) else {
            return Typed::UNKNOWN;
        };
        let first = match arg.value.root {
            Root::List(id) => file.facts.lists[id.index()].items.first().unwrap_or(&arg.value),
            _ => &arg.value,
        };
        self.operand(at, first, function)
    }

    fn param(&self, at: FileId, id: FunctionId, place: u32) -> Typed {
        let file = self.file(at);
        let function = &file.facts.functions[id.index()];
        let param = &function.params[place as usize];
        if let Some(annotation) = &param.annotation {
            let typed = self.type_at(at, annotation, id, &param.path);
            if typed.is_known() {
                return typed;
            }
        }
        if let Some(each) = file.index.callback_loop(id) {
            let each = &file.facts.loops[each.index()];
            if each.items.contains(&param.name)
                && let Some(over) = &each.over
            {
                let element = self.element(&self.operand(at, over, each.function));
                return self.walk(at, element, &param.path);
            }
        }
        let default = param.default.as_ref().map_or(Typed::UNKNOWN, |value| self.operand(at, value, id));
        if default.is_known() { default } else { self.callback_param(at, function, param.position) }
    }

    /// The parameter of a closure given to a library's call: what that call passes it, when its row says `calls`.
    fn callback_param(&self, at: FileId, function: &crate::facts::Function, position: u32) -> Typed {
        let Some((call, argument)) = function.argument_of else { return Typed::UNKNOWN };
        let resolved = self.call(CallRef { file: at, id: call });
        match resolved.target {
            Target::Row(row) => {
                let row = self.sources.catalog.call(row);
                match row.passes.get(position as usize) {
                    Some(term) if row.calls == Some(argument) => {
                        self.term(at, &self.file(at).facts.calls[call.index()], term, &resolved.receiver)
                    }
                    _ => Typed::UNKNOWN,
                }
            }
            _ => Typed::UNKNOWN,
        }
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
    let text = match call.args.first()?.value.root {
        Root::Text(id) if file.family == Family::JavaScript && path == "require" => id,
        _ => return None,
    };
    file.facts.texts[text.index()].short.map(|module| file.name(module))
}

/// Marks that a row sets on a call's value.
pub(super) fn marks_of(file: &ProjectFile, call: &Call, row: &crate::catalog::CatalogCall) -> Marks {
    let mut marks: Marks = row.marks.iter().copied().collect();
    for conditional in &row.marks_if {
        let mut values = conditional.keys.iter().filter_map(|key| value_of(file, call, key));
        if values.any(|value| !conditional.null || value.root == Root::Null) {
            marks.insert(conditional.mark);
        }
    }
    marks
}

/// Whether a keyword argument, or a key of an object argument, is there.
pub(super) fn has_key(file: &ProjectFile, call: &Call, key: &str) -> bool {
    value_of(file, call, key).is_some()
}

/// The value of a keyword argument, or of a key of an object argument.
fn value_of<'f>(file: &'f ProjectFile, call: &'f Call, key: &str) -> Option<&'f Operand> {
    let key = file.id(key)?;
    call.args.iter().find_map(|arg| match arg.value.root {
        _ if arg.keyword == Some(key) => Some(&arg.value),
        Root::Object(id) if arg.value.path.is_empty() => {
            let entries = &file.facts.objects[id.index()].entries;
            entries.iter().find(|(name, _)| *name == key).map(|(_, value)| value)
        }
        _ => None,
    })
}

/// The field name of an element.
pub(super) fn is_element(name: &str) -> bool {
    name == ELEMENT || name.bytes().all(|b| b.is_ascii_digit())
}
