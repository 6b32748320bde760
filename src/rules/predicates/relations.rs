//! Predicates about relations between rows: what a query brought along, and what is fetched when it is read.

use super::super::clause::Kind;
use super::super::value::{Objects, Scope, Value};
use super::super::vocabulary::{ObjectKind, Predicate};
use super::loops_of;
use crate::catalog::{Effect, LibraryId, Mark, TypeId};
use crate::facts::{Call, CallId, FunctionId, Loop, NameId, Operand, Operator, Root, Span};
use crate::project::index::Declared;
use crate::project::stores::base_of;
use crate::project::types::{Grade, Type, Typed};
use crate::project::{CallRef, FileId};

/// The table.
pub const PREDICATES: &[Predicate] = &[Predicate {
    name: "unloaded-in",
    subjects: &[Kind::Call],
    object: ObjectKind::Subjects(&[Kind::Loop]),
    doc: "is the first read, in a turn, of a relation of the loop's item, and the loop takes the rows of a query that is written in the same function, or in one that gives it, and does not load it with them",
    test: unloaded_in,
}];

fn unloaded_in(scope: &Scope, value: &Value, objects: &Objects) -> bool {
    let Value::Call(id) = value else { return false };
    let field = scope.call(*id);
    let (Root::Name(row), [name]) = (field.callee.root, field.callee.path.as_slice()) else { return false };
    loops_of(scope, objects).into_iter().any(|id| {
        let each = scope.each(id);
        let Some(over) = &each.over else { return false };
        let Some((relation, _)) = scope.project.resolver.fetched_by(scope.at, field) else { return false };
        let target = scope.project.resolver.operand(scope.at, &field.callee, field.function).is;
        let keeps_rows = relation.keeps_rows;
        let query = Query { scope, relation: scope.file().name(*name), target, keeps_rows, calls: 0 };
        each.items.as_slice() == [row]
            && !is_read_before(scope, each, field)
            && !is_set(scope, each, row, *name)
            && query.leaves_out(over, each.function, &mut Vec::new())
    })
}

/// Whether a turn has read the field before: then it has it.
fn is_read_before(scope: &Scope, each: &Loop, field: &Call) -> bool {
    let mut before = scope.facts().calls_in(each.span).map(|id| scope.call(id));
    before.any(|call| {
        call.kind == field.kind
            && call.span.start < field.span.start
            && call.callee.root == field.callee.root
            && call.callee.path == field.callee.path
    })
}

/// How many functions that give each other a query are looked into.
const MAX_GIVEN: u32 = 3;

/// A question about queries: whether their rows come without a relation.
struct Query<'s, 'p> {
    scope: &'s Scope<'p>,
    relation: &'p str,
    /// What is at the other end of the relation.
    target: Type,
    /// Whether what is asked for by its key is not fetched where it is there already.
    keeps_rows: bool,
    /// How many functions that give the query lie between it and the loop.
    calls: u32,
}

impl Query<'_, '_> {
    /// Whether a value is a query of which every step is known, and none of them loads the relation. `seen` has the names
    /// that are being looked into: `orders = orders.filter(…)` adds to what else they hold.
    fn leaves_out(&self, value: &Operand, function: FunctionId, seen: &mut Vec<NameId>) -> bool {
        match value.root {
            _ if !value.path.is_empty() => false,
            Root::Call(id) => self.is_left_out_by(id, value, function, seen),
            Root::Name(name) => self.is_left_out_of(name, value, function, seen),
            _ => false,
        }
    }

    /// Of what a name holds, wherever it is given it.
    fn is_left_out_of(&self, name: NameId, value: &Operand, function: FunctionId, seen: &mut Vec<NameId>) -> bool {
        if seen.contains(&name) {
            return true;
        }
        seen.push(name);
        let file = self.scope.file();
        let found: Vec<_> = file.index.candidates(&file.facts, name, function, value.span.start).collect();
        let mut is_query = |declared: &Declared| match declared {
            Declared::Bind(id) => {
                let bind = &file.facts.binds[id.index()];
                let given = bind.value.as_ref().filter(|_| bind.target.path.is_empty());
                given.is_some_and(|given| self.leaves_out(given, bind.function, seen))
            }
            _ => false,
        };
        !found.is_empty() && found.iter().all(|declaration| is_query(&declaration.what))
    }

    /// Of a chain of calls, and what it starts from.
    fn is_left_out_by(&self, id: CallId, value: &Operand, function: FunctionId, seen: &mut Vec<NameId>) -> bool {
        let (scope, resolver) = (self.scope, &self.scope.project.resolver);
        if let Some(over) = self.iterated(id) {
            return self.leaves_out(&over, function, seen);
        }
        if let Some(given) = self.is_left_out_by_function(id) {
            return given;
        }
        let typed = resolver.operand(scope.at, value, function);
        let runs = || scope.project.hits(scope.call_ref(id), 0).iter().any(|hit| hit.effect == Effect::DbRead);
        let base = base_of(scope.project, scope.at, value);
        let is_asked = queries(scope, &typed) || runs() || self.is_related(&base, function);
        let is_there = self.keeps_rows && self.is_asked_by_key(value.span);
        if typed.grade == Grade::Named || is_there || !self.is_left_out_by_steps(id) || !is_asked {
            return false;
        }
        let is_query = || queries(scope, &resolver.operand(scope.at, &base, function));
        match base.root {
            // Only a query that is made here is known, not one that is given.
            Root::Name(name) if base.path.is_empty() && is_query() => self.is_left_out_of(name, &base, function, seen),
            _ => {
                !loads_by_itself(scope, &base, function)
                    && !is_kept_query(scope, &base, function)
                    && !self.leads_back(&base, function)
            }
        }
    }

    /// Of a query that a function of the project gives, whichever way it ends; nothing for other calls.
    fn is_left_out_by_function(&self, id: CallId) -> Option<bool> {
        let project = self.scope.project;
        let info = project.info(self.scope.call_ref(id)).filter(|info| !info.targets.is_empty())?;
        let &[of] = info.targets.as_slice() else { return Some(false) };
        if self.calls >= MAX_GIVEN {
            return Some(false);
        }
        let there = Scope { at: of.file, bound: Vec::new(), ..self.scope.clone() };
        let query = Query { scope: &there, target: self.target.clone(), calls: self.calls + 1, ..*self };
        let exits = there.file().index.returns(of.id);
        let leaves_out = |row: &u32| {
            let given = there.facts().exits[*row as usize].value.as_ref();
            given.is_some_and(|given| query.leaves_out(given, of.id, &mut Vec::new()))
        };
        Some(!exits.is_empty() && exits.iter().all(leaves_out))
    }

    /// Whether the conditions of a query speak of the relation or its key (`filter_by(customer_id=key)`), or may do so.
    fn is_asked_by_key(&self, query: Span) -> bool {
        let (file, facts) = (self.scope.file(), self.scope.facts());
        let speaks = |name: &NameId| file.name(*name).starts_with(self.relation);
        let is_of_relation =
            |value: &Operand| value.path.iter().any(speaks) || value.root.name().is_some_and(|name| speaks(&name));
        facts.calls_in(query).map(|id| self.scope.call(id)).any(|call| {
            let mut args = facts.args_of(call).iter();
            is_of_relation(&call.callee)
                || args.any(|arg| arg.spread || arg.keyword.as_ref().is_some_and(speaks) || is_of_relation(&arg.value))
        })
    }

    /// Whether the rows are those that belong to one object, to which the relation leads back: they know it.
    fn leads_back(&self, base: &Operand, function: FunctionId) -> bool {
        let mut owner = base.clone();
        owner.path.pop().is_some()
            && matches!(self.target, Type::Class(_))
            && self.scope.project.resolver.operand(self.scope.at, &owner, function).is == self.target
    }

    /// What a function of a library goes over: `sorted(orders)` has the rows of `orders`.
    fn iterated(&self, id: CallId) -> Option<Operand> {
        let scope = self.scope;
        let row = scope.project.info(scope.call_ref(id))?.row?;
        let row = scope.project.resolver.sources.catalog.call(row);
        let place = row.iterates.filter(|_| row.on.is_none())?;
        scope.facts().positional(scope.call(id)).nth(place as usize).map(|arg| arg.value.clone())
    }

    /// Whether a value leads to the rows that belong to one. Who has that one may have loaded them, and what they need,
    /// before; but nobody does if no query of the project loads a relation of that name.
    fn is_related(&self, base: &Operand, function: FunctionId) -> bool {
        let resolver = &self.scope.project.resolver;
        let Type::Library(on, _) = resolver.operand(self.scope.at, base, function).is else { return false };
        let mut rows = resolver.sources.catalog.relations().iter();
        rows.any(|row| row.gives == Some(on) || row.many == Some(on)) && !resolver.is_loaded_somewhere(self.relation)
    }

    /// Whether all calls of a chain are the library's own, and none loads the relation.
    fn is_left_out_by_steps(&self, id: CallId) -> bool {
        let scope = self.scope;
        let inner = |id: &CallId| match scope.call(*id).callee.root {
            Root::Call(inner) => Some(inner),
            _ => None,
        };
        let leaves_out = |id: CallId| {
            let info = scope.project.info(scope.call_ref(id)).filter(|info| info.targets.is_empty());
            let row = info.and_then(|info| info.row).map(|row| scope.project.resolver.sources.catalog.call(row));
            row.is_some_and(|row| !row.marks.contains(&Mark::Eager) || self.loads_others(id, row.library))
        };
        std::iter::successors(Some(id), inner).all(leaves_out)
    }

    /// Whether a call that loads relations names all those that it loads, and this one is not among them.
    fn loads_others(&self, id: CallId, by: LibraryId) -> bool {
        let facts = self.scope.facts();
        let args = facts.args_of(self.scope.call(id));
        let relations = self.scope.project.resolver.sources.catalog.relations();
        let Some(between) = relations.iter().find(|row| row.library == by).map(|row| row.between.as_str()) else {
            return false;
        };
        let is_other = |text: &str| text.split(between).next() != Some(self.relation);
        !args.is_empty()
            && args
                .iter()
                .all(|arg| arg.keyword.is_none() && !arg.spread && facts.short_text(&arg.value).is_some_and(is_other))
    }
}

/// Whether a loop over a value asks the database.
fn queries(scope: &Scope, typed: &Typed) -> bool {
    let resolver = &scope.project.resolver;
    let catalog = resolver.sources.catalog;
    let asks = |on: TypeId| {
        let rows = catalog.methods(on, Operator::Iterate.name());
        rows.first().is_some_and(|row| catalog.call(*row).effects.contains(&Effect::DbRead))
    };
    match typed.is {
        Type::Library(on, _) => asks(on),
        Type::Class(class) => resolver.classes.library_bases(class).iter().any(|(on, _)| asks(*on)),
        _ => false,
    }
}

/// Whether a manager of the project's own loads relations whatever it is asked for.
fn loads_by_itself(scope: &Scope, base: &Operand, function: FunctionId) -> bool {
    let project = scope.project;
    let Type::Class(class) = project.resolver.operand(scope.at, base, function).is else { return false };
    let classes = &project.resolver.classes;
    std::iter::once(class).chain(classes.ancestors(class)).any(|class| {
        let facts = &project.file(class.file).facts;
        let span = facts.classes[class.id.index()].span;
        facts.calls_in(span).any(|id| {
            let of = CallRef { file: class.file, id };
            project.info(of).is_some_and(|info| info.marks.contains(Mark::Eager))
        })
    })
}

/// Whether a value is a field that is given a query elsewhere: what that loads is not looked into.
fn is_kept_query(scope: &Scope, base: &Operand, function: FunctionId) -> bool {
    let project = scope.project;
    let mut owner = base.clone();
    let Some(field) = owner.path.pop() else { return false };
    let Type::Class(class) = project.resolver.operand(scope.at, &owner, function).is else { return false };
    let classes = &project.resolver.classes;
    let is_query = |file: FileId, value: &Operand| match value.root {
        Root::Call(id) => {
            let is_method = |row| project.resolver.sources.catalog.call(row).on.is_some();
            // What makes a manager is a class, or something that nothing is known of.
            project.info(CallRef { file, id }).is_some_and(|info| info.row.map_or(info.called > 0, is_method))
        }
        _ => true,
    };
    std::iter::once(class).chain(classes.ancestors(class)).any(|class| {
        let file = project.file(class.file);
        let Some(field) = file.id(scope.file().name(field)) else { return false };
        let mut fields = file.facts.classes[class.id.index()].fields.iter().filter(|one| one.name == field);
        !file.index.field_binds(class.id, field).is_empty()
            || fields.any(|field| field.value.as_ref().is_some_and(|value| is_query(class.file, value)))
    })
}

/// Whether the loop gives the field a value.
fn is_set(scope: &Scope, each: &Loop, row: NameId, field: NameId) -> bool {
    let mut binds = scope.facts().binds_in(each.span);
    binds.any(|bind| bind.target.root == Root::Name(row) && bind.target.path.as_slice() == [field])
}
