//! Catalog rows at a call: whether a row's arguments fit, and what it gives.

use super::members::field_term;
use super::refs::FileId;
use super::resolve::{Resolved, Resolver, Target};
use super::sources::ProjectFile;
use super::types::{Grade, Marks, Type, Typed};
use super::written_types::tuple_of;
use crate::catalog::{CallRowId, CatalogCall, Collection, Mark, Shape, Shapes, SqlPlace, TypeHead, TypeId, TypeTerm};
use crate::facts::{Arg, Call, FunctionId, NameId, Operand, Root, TextId};

impl Resolver<'_> {
    /// Whether a row accepts the call's arguments; with `is_named`, also whether its library is there and the receiver
    /// is one of those that the row asks for.
    pub(super) fn row_fits(&self, at: FileId, call: &Call, row: CallRowId, is_named: bool) -> bool {
        let row = self.sources.catalog.call(row);
        let file = self.sources.file(at);
        if is_named && !(row.named && file.has(row.library) && self.receiver_fits(at, call, &row.receiver)) {
            return false;
        }
        row.shapes.is_open() || self.shapes_fit(at, call, &row.shapes)
    }

    /// Whether the field before the method, or the receiver's root, has one of the names.
    fn receiver_fits(&self, at: FileId, call: &Call, names: &[String]) -> bool {
        if names.is_empty() {
            return true;
        }
        let file = self.sources.file(at);
        let path = &call.callee.path;
        let before = match call.operator() {
            Some(_) => path.last(),
            None => path.len().checked_sub(2).and_then(|place| path.get(place)),
        };
        let matches = |name: &str| names.iter().any(|wanted| wanted == name);
        if before.is_some_and(|name| matches(file.name(*name))) {
            return true;
        }
        match call.callee.root {
            Root::Name(name) => matches(file.name(name)),
            // `knex('t').where(…)`, `get_session().query(…)`: the name of what was called.
            Root::Call(inner) if before.is_none() => {
                let inner = &file.facts.calls[inner.index()].callee;
                let last = inner.last_name();
                last.is_some_and(|name| matches(file.name(name)))
            }
            _ => false,
        }
    }

    fn shapes_fit(&self, at: FileId, call: &Call, shapes: &Shapes) -> bool {
        let file = self.sources.file(at);
        let args = file.facts.args_of(call);
        let count = args.len() as u32;
        let keywords = args.iter().filter(|arg| arg.keyword.is_some()).count() as u32;
        let has_spread = args.iter().any(|arg| arg.spread);
        if !has_spread && (shapes.min.is_some_and(|min| count < min) || shapes.max.is_some_and(|max| count > max)) {
            return false;
        }
        if shapes.keywords_only && (count == 0 || keywords < count) {
            return false;
        }
        if !shapes.any_key.is_empty() && !shapes.any_key.iter().any(|key| has_key(file, call, key)) {
            return false;
        }
        let mut positional = file.facts.positional(call);
        shapes.positional.iter().all(|allowed| {
            let arg = positional.next();
            allowed.is_empty() || self.shape_fits(at, call.function, arg, allowed)
        })
    }

    fn shape_fits(&self, at: FileId, function: FunctionId, arg: Option<&Arg>, allowed: &[Shape]) -> bool {
        let Some(arg) = arg else { return allowed.contains(&Shape::None) };
        let file = self.sources.file(at);
        let shape = match arg.value.root {
            _ if !arg.value.path.is_empty() => Shape::Name,
            Root::Function(_) => Shape::Function,
            Root::Object(_) => Shape::Object,
            Root::List(_) | Root::Set(_) => Shape::List,
            Root::Text(id) if file.facts.texts[id.index()].is_sql => Shape::Sql,
            Root::Text(_) => Shape::Text,
            Root::Number(_) => Shape::Number,
            _ => Shape::Name,
        };
        if allowed.contains(&shape) || shape == Shape::Sql && allowed.contains(&Shape::Text) {
            return true;
        }
        // A variable is what it holds, where only that decides.
        shape == Shape::Name
            && match self.operand(at, &arg.value, function).is {
                Type::Function(_) => allowed.contains(&Shape::Function),
                Type::Object(..) => allowed.contains(&Shape::Object),
                Type::Library(id, _) => match self.sources.catalog.type_of(id).collection {
                    Some(Collection::String) => {
                        allowed.contains(&Shape::Text)
                            || allowed.contains(&Shape::Sql) && self.holds_sql(at, &arg.value, function)
                    }
                    Some(Collection::Number) => allowed.contains(&Shape::Number),
                    Some(Collection::List) => allowed.contains(&Shape::List),
                    _ => false,
                },
                _ => false,
            }
    }

    /// Whether a value is a string that holds SQL, through one name.
    fn holds_sql(&self, at: FileId, value: &Operand, function: FunctionId) -> bool {
        self.sql_text(at, value, function).is_some()
    }

    /// What the statement given to a call says of its rows: the text's own LIMIT, WHERE and aggregates, or the marks of
    /// a statement that was built, or of a query that is run by iterating it. Where the row names no
    /// argument for it, a string written right there.
    fn statement_marks(&self, at: FileId, call: &Call, row: &CatalogCall) -> Marks {
        let place = match row.sql {
            Some(SqlPlace::Receiver) => {
                let text = self.sql_text(at, &call.receiver(), call.function);
                return text.map(|(file, text)| self.text_marks(file, text)).unwrap_or_default();
            }
            Some(SqlPlace::Argument(place)) => Some(place),
            None => row.iterates,
        };
        let mut positional = self.sources.file(at).facts.positional(call);
        let arg = match place {
            Some(place) => positional.nth(place as usize),
            None => positional.find(|arg| matches!(arg.value.root, Root::Text(_))),
        };
        let Some(arg) = arg else { return Marks::default() };
        match self.sql_text(at, &arg.value, call.function) {
            Some((file, text)) => self.text_marks(file, text),
            None if place.is_some() => self.built_marks(at, call, &arg.value, row.sql.is_some()),
            None => Marks::default(),
        }
    }

    fn text_marks(&self, file: FileId, text: TextId) -> Marks {
        let facts = &self.sources.file(file).facts;
        let Some(last) = facts.sql_of(text).last() else { return Marks::default() };
        let told = [
            (last.has_limit || last.open_ended, Mark::Limited),
            // A function, a subquery or a union in FROM may filter.
            (last.has_filter || !last.from_base_tables_only, Mark::Filtered),
            (last.has_aggregate, Mark::Aggregate),
        ];
        told.into_iter().filter(|(is_there, _)| *is_there).map(|(_, mark)| mark).collect()
    }

    /// The marks of a statement that was built. One put together out of sight, of which a declared type says no more than
    /// that it is a statement, may have any condition and any limit.
    fn built_marks(&self, at: FileId, call: &Call, statement: &Operand, is_sql: bool) -> Marks {
        let typed = self.operand(at, statement, call.function);
        let is_text = |id: TypeId| self.sources.catalog.type_of(id).collection.is_some();
        let is_seen = match typed.is {
            Type::Library(id, _) => !is_text(id) && typed.grade == Grade::Traced,
            Type::Class(_) => true,
            _ => false,
        };
        if is_seen || !is_sql {
            return typed.marks;
        }
        [Mark::Limited, Mark::Filtered].into_iter().collect::<Marks>().union(typed.marks)
    }

    /// What a row gives at a call.
    pub(super) fn by_row(&self, at: FileId, call: &Call, id: CallRowId, receiver: Typed, is_named: bool) -> Resolved {
        let row = self.sources.catalog.call(id);
        let marks = marks_of(self.sources.file(at), call, row).union(self.statement_marks(at, call, row));
        let grade = if is_named { Grade::Named } else { receiver.grade };
        let over = self.iterated_argument(at, call, row);
        let over = over.or_else(|| self.over_rows_of_owner(at, call, &receiver));
        let of = over.as_ref().unwrap_or(&receiver);
        let gives = row.returns.as_ref().map_or(Type::Unknown, |term| self.term_type(at, call, term, of));
        let inherited = if row.on.is_some() { receiver.marks } else { Marks::default() };
        let inherited = inherited.union(self.marks_of_arguments(at, call, row));
        let gives = Typed { is: gives, grade, marks: inherited.union(marks) };
        Resolved { target: Target::Row(id), grade, gives, receiver }
    }

    /// What a function goes over: the elements that it gives (`sorted(users)`) are that one's.
    fn iterated_argument(&self, at: FileId, call: &Call, row: &CatalogCall) -> Option<Typed> {
        let place = row.iterates.filter(|_| row.on.is_none())?;
        let arg = self.sources.file(at).facts.positional(call).nth(place as usize)?;
        Some(self.operand(at, &arg.value, call.function))
    }

    /// What a call's value has from its arguments: a query of columns of another query has that one's rows.
    fn marks_of_arguments(&self, at: FileId, call: &Call, row: &CatalogCall) -> Marks {
        if !row.marks_of_arguments {
            return Marks::default();
        }
        let positional = self.sources.file(at).facts.positional(call);
        let marks = positional.map(|arg| self.operand(at, &arg.value, call.function).marks);
        marks.fold(Marks::default(), Marks::union)
    }

    /// A type expression of a row, at a call.
    pub(super) fn term(&self, at: FileId, call: &Call, term: &TypeTerm<TypeId>, receiver: &Typed) -> Typed {
        Typed { is: self.term_type(at, call, term, receiver), grade: receiver.grade, marks: Marks::default() }
    }

    fn term_type(&self, at: FileId, call: &Call, term: &TypeTerm<TypeId>, receiver: &Typed) -> Type {
        match &term.head {
            TypeHead::Type(id) => {
                Type::Library(*id, term.args.iter().map(|arg| self.term_type(at, call, arg, receiver)).collect())
            }
            TypeHead::Receiver => receiver.is.clone(),
            TypeHead::Element => self.element(receiver).is,
            TypeHead::Key | TypeHead::Value => match &receiver.is {
                Type::Library(_, args) => field_term(term, receiver, args),
                _ => Type::Unknown,
            },
            TypeHead::Tuple => tuple_of(term.args.iter().map(|arg| self.term_type(at, call, arg, receiver)).collect()),
            TypeHead::TypeArgument(position) => self.type_argument(at, call, *position, receiver),
            TypeHead::Argument(position) => self.given(at, call, *position).is,
            TypeHead::ElementOf(position) => self.element(&self.given(at, call, *position)).is,
            TypeHead::Callback => {
                let callback = self
                    .sources
                    .file(at)
                    .facts
                    .args_of(call)
                    .iter()
                    .map(|arg| self.operand(at, &arg.value, call.function).is);
                let function = callback.into_iter().find_map(|is| match is {
                    Type::Function(function) => Some(function),
                    _ => None,
                });
                function.map_or(Type::Unknown, |function| self.result_of(function).is)
            }
        }
    }

    /// The type of a positional argument.
    fn given(&self, at: FileId, call: &Call, position: u32) -> Typed {
        let arg = self.sources.file(at).facts.positional(call).nth(position as usize);
        arg.map_or(Typed::UNKNOWN, |arg| self.operand(at, &arg.value, call.function))
    }

    /// A type written at a call. Its own arguments that are left open (`Vec<_>`) are the receiver's elements.
    fn type_argument(&self, at: FileId, call: &Call, position: u32, receiver: &Typed) -> Type {
        let facts = &self.sources.file(at).facts;
        let written = facts.type_args.iter().find(|args| facts.calls[args.call.index()].name_span == call.name_span);
        let Some(expr) = written.and_then(|written| written.args.get(position as usize)) else { return Type::Unknown };
        let written = self.type_expr(at, expr, call.function).is;
        let Type::Library(id, args) = &written else { return written };
        if args.iter().any(|arg| *arg != Type::Unknown) {
            return written;
        }
        match self.element(receiver).is {
            Type::Tuple(parts) if args.len() > 1 => Type::Library(*id, parts),
            element => Type::Library(*id, vec![element]),
        }
    }

    /// What iterating a value gives, or taking one of its elements.
    pub fn element(&self, of: &Typed) -> Typed {
        let Type::Library(id, args) = &of.is else { return Typed::UNKNOWN };
        let row = self.sources.catalog.type_of(*id);
        let is = match &row.element {
            Some(element) => field_term(element, of, args),
            None => args.first().cloned().unwrap_or_default(),
        };
        Typed { is, grade: of.grade, marks: Marks::default() }
    }
}

/// Marks that a row sets on a call's value.
fn marks_of(file: &ProjectFile, call: &Call, row: &CatalogCall) -> Marks {
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
fn has_key(file: &ProjectFile, call: &Call, key: &str) -> bool {
    value_of(file, call, key).is_some()
}

/// The value of a keyword argument, or of a key of an object argument; `*_by` is any key that ends so.
fn value_of<'f>(file: &'f ProjectFile, call: &Call, key: &str) -> Option<&'f Operand> {
    let is_meant = |name: NameId| match key.strip_prefix('*') {
        Some(ending) => file.name(name).ends_with(ending),
        None => file.name(name) == key,
    };
    file.facts.args_of(call).iter().find_map(|arg| match arg.value.root {
        _ if arg.keyword.is_some_and(is_meant) => Some(&arg.value),
        Root::Object(id) if arg.value.path.is_empty() => {
            let entries = file.facts.entries_of(&file.facts.objects[id.index()]);
            entries.iter().find(|(name, _)| is_meant(*name)).map(|(_, value)| value)
        }
        _ => None,
    })
}
