//! What a value is: names, literals, fields, parameters, what functions give.

use super::index::{Declaration, Declared};
use super::members::field_term;
use super::questions::{Level, Question, once};
use super::refs::{CallRef, ClassRef, FileId, FunctionRef};
use super::resolve::{Resolver, Target};
use super::types::{Grade, Type, Typed};
use crate::catalog::{Mark, PathForm};
use crate::facts::{
    ArgId, Bind, BindKind, Call, ELEMENT, FileFacts, FunctionId, ListId, NameId, Operand, Operator, Root,
};
use crate::syntax::Family;

impl<'p> Resolver<'p> {
    /// What a function of the project gives: its declared type, else that of the first value it returns, empty literals
    /// left to the last: `return []` tells nothing of what else there is.
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
        let (empty, full): (Vec<_>, Vec<_>) = values.partition(|value| is_empty_literal(&file.facts, value));
        let mut known =
            full.into_iter().chain(empty).map(|value| self.operand(of.file, value, of.id)).filter(Typed::is_known);
        let Some(mut given) = known.next() else { return Typed::UNKNOWN };
        // Rows that are filtered on one way are not all rows: `return self` for some users, `self.filter(…)` for others.
        for other in known.filter(|other| other.is == given.is) {
            if other.marks.contains(Mark::Filtered) {
                given.marks.insert(Mark::Filtered);
            }
        }
        // Whether a list of keys in there is that of the caller's many, the result does not tell.
        given.marks.remove(Mark::Batched);
        given
    }

    /// The type of a value.
    pub fn operand(&self, at: FileId, operand: &Operand, function: FunctionId) -> Typed {
        let Some(_level) = Level::enter() else { return Typed::UNKNOWN };
        if let (Root::List(id), Some((first, rest))) = (operand.root, operand.path.split_first())
            && let Some(item) = self.part_of_list(at, id, *first)
        {
            let part = self.operand(at, item, function);
            return self.walk(at, part, rest);
        }
        let root = self.root(at, operand, function);
        let value = self.walk(at, root, &operand.path);
        // An awaited call is looked through where its value starts from.
        let is_call = matches!(operand.root, Root::Call(_)) && operand.path.is_empty();
        if operand.awaited && !is_call { self.awaited(value) } else { value }
    }

    /// What awaiting a value gives, when a row says that it is not the value itself.
    pub(super) fn awaited(&self, value: Typed) -> Typed {
        let Type::Library(on, args) = &value.is else { return value };
        let catalog = self.sources.catalog;
        let row = catalog.methods(*on, Operator::Await.name()).first().map(|row| catalog.call(*row));
        match row.and_then(|row| row.returns.as_ref()) {
            Some(term) => value.become_type(field_term(term, &value, args)),
            None => value,
        }
    }

    /// The element of a literal that a position means: `let (a, b) = (x, y)`.
    pub(super) fn part_of_list(&self, at: FileId, id: ListId, position: NameId) -> Option<&'p Operand> {
        let file = self.file(at);
        let list = &file.facts.lists[id.index()];
        let place: usize = file.name(position).parse().ok()?;
        if list.open { None } else { list.items.get(place) }
    }

    pub(super) fn walk(&self, at: FileId, mut value: Typed, path: &[NameId]) -> Typed {
        let file = self.file(at);
        for &segment in path {
            let named = self.named_field(at, file.name(segment));
            if !value.is_known() {
                value = named;
                continue;
            }
            let field = self.field(at, &value, file.name(segment));
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

    pub(super) fn root(&self, at: FileId, operand: &Operand, function: FunctionId) -> Typed {
        let root = self.bare_root(at, operand, function);
        match operand.root {
            Root::Call(call) if self.file(at).facts.calls[call.index()].awaited => self.awaited(root),
            _ => root,
        }
    }

    /// The type of an operand's root before it is awaited.
    pub(super) fn bare_root(&self, at: FileId, operand: &Operand, function: FunctionId) -> Typed {
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

    pub(super) fn this(&self, at: FileId, function: FunctionId) -> Typed {
        match super::index::enclosing_class(&self.file(at).facts, function) {
            Some(id) => Typed::traced(Type::Class(self.classes.owner(ClassRef { file: at, id }))),
            None => Typed::UNKNOWN,
        }
    }

    pub(super) fn super_class(&self, at: FileId, function: FunctionId) -> Typed {
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
            if typed.is_known() || declaration.function == function && settles(&file.facts, declaration, name, offset) {
                return typed;
            }
        }
        if is_declared {
            return Typed::UNKNOWN;
        }
        // `from .choices import *`, `use prelude::*`
        let has_stars = matches!(file.family, Family::Python | Family::Rust);
        let starred = has_stars && file.facts.imports.iter().any(|import| file.name(import.local) == "*");
        let found = if starred { self.module_member(at, file.name(name), 0) } else { Typed::UNKNOWN };
        if found.is_known() {
            return found;
        }
        let brought = self.brought_by_star(at, file.name(name));
        self.path(at, brought.as_deref().unwrap_or(file.name(name)), Grade::Traced)
    }

    /// The access path of a name that a library gives with all else that it has: `from peewee import *`.
    pub(super) fn brought_by_star(&self, at: FileId, name: &str) -> Option<String> {
        let (file, catalog) = (self.file(at), self.sources.catalog);
        let is_known = |path: &String| {
            !catalog.functions(file.family, path).is_empty()
                || PathForm::ALL.iter().any(|form| catalog.type_at(file.family, *form, path).is_some())
        };
        let stars = file.facts.imports.iter().filter(|import| file.name(import.local) == "*");
        stars.map(|import| format!("{}.{name}", file.name(import.module))).find(is_known)
    }

    /// The type of an operand's name. A function has no fields, so where fields are read from the name, a module or a
    /// class of the same name is meant: Rust's `orders::list` beside a function `orders`.
    pub(super) fn name_with_fields(&self, at: FileId, name: NameId, function: FunctionId, operand: &Operand) -> Typed {
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
        let question = Question::Declaration(at, declaration.what);
        match declaration.what {
            Declared::Param(function, place) => once(question, || self.param(at, function, place)),
            Declared::Bind(id) => once(question, || self.bind(at, &file.facts.binds[id.index()])),
            Declared::Function(id) => Typed::traced(Type::Function(FunctionRef { file: at, id })),
            Declared::Class(id) => self.class_value(ClassRef { file: at, id }),
            Declared::Import(row) => self.import(at, row),
        }
    }

    /// A class of the project as a value; an alias stands for what it names.
    pub(super) fn class_value(&self, class: ClassRef) -> Typed {
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
        if typed.is_known() { self.with_elements(at, bind, typed) } else { self.subscripted(at, value, bind.function) }
    }

    /// A type with arguments written as a value: `Session = Annotated[AsyncSession, Depends(open)]`. Only types that
    /// stand for their first argument are read.
    pub(super) fn subscripted(&self, at: FileId, value: &Operand, function: FunctionId) -> Typed {
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
        let Some(arg) = file.facts.calls.iter().find(is_index).and_then(|call| file.facts.args_of(call).first()) else {
            return Typed::UNKNOWN;
        };
        let first = match arg.value.root {
            Root::List(id) => file.facts.lists[id.index()].items.first().unwrap_or(&arg.value),
            _ => &arg.value,
        };
        self.operand(at, first, function)
    }

    pub(super) fn param(&self, at: FileId, id: FunctionId, place: u32) -> Typed {
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
        if default.is_known() {
            return default;
        }
        let handed = self.callback_param(at, function, param.position);
        if handed.is_known() { handed } else { self.passed(FunctionRef { file: at, id }, param) }
    }

    /// The parameter of a closure given to a library's call: what that call passes it, when its row says `calls`.
    pub(super) fn callback_param(&self, at: FileId, function: &crate::facts::Function, position: ArgId) -> Typed {
        let Some((call, argument)) = function.argument_of else { return Typed::UNKNOWN };
        let resolved = self.call(CallRef { file: at, id: call });
        match resolved.target {
            Target::Row(row) => {
                let row = self.sources.catalog.call(row);
                match row.passes.get(position.index()) {
                    Some(term) if row.calls == Some(argument.0) => {
                        self.term(at, &self.file(at).facts.calls[call.index()], term, &resolved.receiver)
                    }
                    _ => Typed::UNKNOWN,
                }
            }
            _ => Typed::UNKNOWN,
        }
    }
}

/// Whether a name is given something else by a declaration on every way to `offset`, so that what it was before does not
/// matter. What is made from its old value (`rows = tidy(rows)`) is likely to be of the old type.
fn settles(facts: &FileFacts, declaration: Declaration, name: NameId, offset: u32) -> bool {
    let Declared::Bind(id) = declaration.what else { return false };
    let bind = &facts.binds[id.index()];
    let gives = match bind.kind {
        BindKind::Item => true,
        BindKind::Assign | BindKind::Declare => bind.value.is_some(),
        BindKind::Augment | BindKind::Pattern | BindKind::Delete => false,
    };
    gives
        && declaration.start <= offset
        && facts.blocks[bind.block.index()].span.covers(offset)
        && !facts.uses_in(bind.value_span).any(|used| used.name == name)
}

/// The field name of an element.
pub(super) fn is_element(name: &str) -> bool {
    name == ELEMENT || name.bytes().all(|b| b.is_ascii_digit())
}

/// Whether a value is a collection written with nothing in it.
fn is_empty_literal(facts: &FileFacts, value: &Operand) -> bool {
    value.path.is_empty()
        && match value.root {
            Root::List(id) | Root::Set(id) => facts.lists[id.index()].items.is_empty() && !facts.lists[id.index()].open,
            Root::Object(id) => facts.objects[id.index()].entries.is_empty() && !facts.objects[id.index()].open,
            _ => false,
        }
}
