//! What each call of a file does: effects of its own, project functions that it reaches.

use indexmap::IndexSet;
use rustc_hash::{FxBuildHasher, FxHashSet};

use super::handed::handed_functions;
use super::refs::{CallRef, FileId, FunctionRef};
use super::resolve::{Resolved, Resolver, Target};
use super::sources::ProjectFile;
use super::types::{Grade, Marks, Type, Typed};
use crate::catalog::{CallRowId, Effect, SqlPlace, TypeId};
use crate::facts::names::hash;
use crate::facts::sql::SqlKind;
use crate::facts::{Bind, Call, CallId, CallKind, Few, FileFacts, FunctionId, Operand, Operator, Root, Sink, TextId};
use crate::syntax::Family;

/// How many names are followed to the text of a query.
const MAX_TEXT_STEPS: u32 = 4;
/// How many calls of one chain are looked at.
const MAX_CHAIN: usize = 32;

/// What is known of a call that does something.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct CallInfo {
    /// Its own effects.
    pub effects: Few<(Effect, Grade)>,
    /// Functions of the project that it calls, then those that it only hands on to be run.
    pub targets: Few<FunctionRef>,
    /// How many of the targets it calls itself.
    pub called: usize,
    /// How sure the targets are.
    pub target_grade: Option<Grade>,
    /// The row that describes it.
    pub row: Option<CallRowId>,
    /// What is known of the value that it gives.
    pub marks: Marks,
    /// The receiver's library type.
    pub receiver: Option<TypeId>,
    /// The library type that it gives.
    pub gives: Option<TypeId>,
}

/// Everything that is known of one file's calls. Calls of a file resemble each other, so that most of it holds for several
/// of them and is kept once.
#[derive(Debug, Default)]
pub struct FileCalls {
    /// The calls that something is known of, sorted, with the place of that.
    rows: Few<(CallId, u32)>,
    known: Few<CallInfo>,
}

impl FileCalls {
    /// What is known of a call.
    pub fn get(&self, id: CallId) -> Option<&CallInfo> {
        let place = self.rows.binary_search_by_key(&id, |(known, _)| *known).ok()?;
        Some(&self.known[self.rows[place].1 as usize])
    }

    /// The calls that something is known of, with that, in the order of the file's calls.
    pub fn iter(&self) -> impl Iterator<Item = (CallId, &CallInfo)> {
        self.rows.iter().map(|(id, place)| (*id, &self.known[*place as usize]))
    }

    /// What is known of any call, once each.
    pub fn values(&self) -> impl Iterator<Item = &CallInfo> {
        self.known.iter()
    }

    /// What is known of any call, once each, to change it for all of them.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut CallInfo> {
        self.known.iter_mut()
    }
}

/// The names that can make a call interesting at all.
#[derive(Debug, Default)]
pub struct Interest {
    /// The hashes of the names of the project's functions.
    pub(super) functions: FxHashSet<u64>,
    pub(super) operators: FxHashSet<Operator>,
}

impl Interest {
    /// Collects the names of the project's functions, and the operators that the present libraries say something of.
    pub fn new(resolver: &Resolver) -> Self {
        let sources = resolver.sources;
        let functions = sources.files.iter().flat_map(|file| {
            file.facts.functions.iter().filter_map(|function| function.name.map(|name| hash(file.name(name))))
        });
        let present = |library| sources.files.iter().any(|file| file.has(library));
        let libraries: FxHashSet<_> = (0..sources.catalog.libraries().len() as u32)
            .map(crate::catalog::LibraryId)
            .filter(|library| present(*library))
            .collect();
        let rows = sources.catalog.calls().iter().filter(|row| libraries.contains(&row.library));
        let spoken: FxHashSet<&str> = rows.flat_map(|row| row.names.iter().map(String::as_str)).collect();
        let operators = Operator::ALL.into_iter().filter(|operator| spoken.contains(operator.name())).collect();
        Self { functions: functions.collect(), operators }
    }

    fn wants(&self, resolver: &Resolver, file: &ProjectFile, call: &Call) -> bool {
        if let CallKind::Operator(operator) = call.kind {
            return self.operators.contains(&operator) && !is_plain(file, &call.callee);
        }
        match call.callee.path.last() {
            None => true,
            Some(method) => {
                let name = file.name(*method);
                self.functions.contains(&hash(name)) || resolver.sources.catalog.knows_name(file.family, name)
            }
        }
    }
}

/// An operand of an operator that no library type can be behind.
fn is_plain(file: &ProjectFile, operand: &Operand) -> bool {
    let _ = file;
    operand.path.is_empty() && matches!(operand.root, Root::Number(_) | Root::Bool(_) | Root::Null | Root::Other)
}

/// Finds out what the calls of a file do.
pub fn calls_of(resolver: &Resolver, interest: &Interest, at: FileId) -> FileCalls {
    let file = resolver.sources.file(at);
    let (mut rows, mut known) = (Vec::new(), IndexSet::<CallInfo, FxBuildHasher>::default());
    for (row, call) in file.facts.calls.iter().enumerate() {
        let id = CallId(row as u32);
        if call.kind == CallKind::Operator(Operator::Field) {
            if let Some((_, grade)) = resolver.fetched_by(at, call) {
                let effects = Few::from(vec![(Effect::DbLoad, grade)]);
                rows.push((id, known.insert_full(CallInfo { effects, ..CallInfo::default() }).0 as u32));
            }
            continue;
        }
        if !interest.wants(resolver, file, call) {
            continue;
        }
        let resolved = resolver.call(CallRef { file: at, id });
        let info = info_of(resolver, CallRef { file: at, id }, call, resolved);
        if info.row.is_some() || !info.targets.is_empty() || info.gives.is_some() {
            rows.push((id, known.insert_full(info).0 as u32));
        }
    }
    FileCalls { rows: rows.into(), known: known.into_iter().collect() }
}

fn info_of(resolver: &Resolver, of: CallRef, call: &Call, resolved: Resolved) -> CallInfo {
    let at = of.file;
    let resolved_gives = resolved.gives.clone();
    let (mut effects, mut targets) = (Vec::new(), Vec::new());
    let mut info = CallInfo {
        marks: resolved.gives.marks,
        receiver: library_type(&resolved.receiver),
        gives: library_type(&resolved.gives),
        ..CallInfo::default()
    };
    match resolved.target {
        Target::Row(id) => {
            info.row = Some(id);
            let row = resolver.sources.catalog.call(id);
            effects = row.effects.iter().map(|effect| (*effect, resolved.grade)).collect();
            if let Some(of_text) = row.sql.and_then(|place| sql_effect(resolver, at, call, place, resolved.grade)) {
                effects = of_text;
            }
            if let Some(place) = row.iterates {
                effects.extend(iterated(resolver, at, call, place));
            }
            if row.group {
                effects.extend(started(resolver, at, call));
            }
        }
        Target::Functions(functions) => {
            targets = functions;
            info.target_grade = Some(resolved.grade);
        }
        Target::Class(class) => {
            targets = resolver.classes.constructor(resolver, class).into_iter().collect();
            info.target_grade = Some(resolved.grade);
        }
        Target::Unknown => {}
    }
    effects.extend(run_by_return(resolver, at, call, &resolved_gives));
    info.effects = effects.into();
    info.called = targets.len();
    let handed = handed_functions(resolver, of, call, &info, &targets);
    if !handed.is_empty() {
        info.target_grade = Some(info.target_grade.unwrap_or(Grade::Typed).min(Grade::Typed));
        targets.extend(handed);
    }
    info.targets = targets.into();
    info
}

fn library_type(typed: &Typed) -> Option<TypeId> {
    match typed.is {
        Type::Library(id, _) => Some(id),
        _ => None,
    }
}

/// The statement that a call is given, where its row says.
pub fn statement_of(facts: &FileFacts, call: &Call, place: SqlPlace) -> Option<Operand> {
    match place {
        SqlPlace::Argument(place) => facts.positional(call).nth(place as usize).map(|arg| arg.value.clone()),
        SqlPlace::Receiver => Some(call.receiver()),
    }
}

/// What the text that a call runs does; `None` when it cannot be read.
fn sql_effect(
    resolver: &Resolver,
    at: FileId,
    call: &Call,
    place: SqlPlace,
    grade: Grade,
) -> Option<Vec<(Effect, Grade)>> {
    let statement = statement_of(&resolver.sources.file(at).facts, call, place)?;
    let Some((file, text)) = resolver.sql_text(at, &statement, call.function) else {
        return built_effect(resolver, at, call, &statement, grade);
    };
    let facts = &resolver.sources.file(file).facts;
    let effects = facts.sql_of(text).iter().filter_map(|statement| match statement.kind {
        SqlKind::Select => Some((Effect::DbRead, grade)),
        SqlKind::Insert | SqlKind::Update | SqlKind::Delete => Some((Effect::DbWrite, grade)),
        SqlKind::Schema | SqlKind::Other => None,
    });
    Some(effects.collect())
}

/// What running a statement does that was built by calls, as the row for calling its type says.
fn built_effect(
    resolver: &Resolver,
    at: FileId,
    call: &Call,
    statement: &Operand,
    grade: Grade,
) -> Option<Vec<(Effect, Grade)>> {
    let Type::Library(on, _) = resolver.operand(at, statement, call.function).is else { return None };
    let catalog = resolver.sources.catalog;
    let row = catalog.call(*catalog.methods(on, crate::catalog::index::CALL).first()?);
    (!row.effects.is_empty()).then(|| row.effects.iter().map(|effect| (*effect, grade)).collect())
}

/// The effects of iterating an argument (`list(queryset)`).
fn iterated(resolver: &Resolver, at: FileId, call: &Call, place: u32) -> Vec<(Effect, Grade)> {
    let Some(arg) = resolver.sources.file(at).facts.positional(call).nth(place as usize) else { return Vec::new() };
    let typed = resolver.operand(at, &arg.value, call.function);
    let on = match &typed.is {
        Type::Library(on, _) => Some(*on),
        Type::Class(class) => resolver.classes.library_bases(*class).first().map(|(on, _)| *on),
        _ => None,
    };
    let catalog = resolver.sources.catalog;
    let row = on.and_then(|on| catalog.methods(on, Operator::Iterate.name()).first().copied());
    row.map_or_else(Vec::new, |row| catalog.call(row).effects.iter().map(|effect| (*effect, typed.grade)).collect())
}

/// The effects of a query that is returned unawaited where returning it runs it: from an async function, from one that
/// says that it gives something else than the query, from the callback of a loop.
fn run_by_return(resolver: &Resolver, at: FileId, call: &Call, gives: &Typed) -> Vec<(Effect, Grade)> {
    let file = resolver.sources.file(at);
    let Type::Library(on, _) = gives.is else { return Vec::new() };
    if call.sink != Sink::Returned || call.awaited || call.operator().is_some() || file.family != Family::JavaScript {
        return Vec::new();
    }
    let function = &file.facts.functions[call.function.index()];
    let says_other = || {
        let declared = function.returns.as_ref();
        declared.is_some_and(|kind| resolver.type_expr(at, kind, call.function).is != gives.is)
    };
    if !function.is_async && file.index.callback_loop(call.function).is_none() && !says_other() {
        return Vec::new();
    }
    let catalog = resolver.sources.catalog;
    let row = catalog.methods(on, Operator::Await.name()).first().map(|row| catalog.call(*row));
    row.map_or_else(Vec::new, |row| row.effects.iter().map(|effect| (*effect, gives.grade)).collect())
}

/// The effects of awaiting the values in a list that is an argument (`Promise.all([builder])`).
fn started(resolver: &Resolver, at: FileId, call: &Call) -> Vec<(Effect, Grade)> {
    let facts = &resolver.sources.file(at).facts;
    let items = facts.args_of(call).iter().flat_map(|arg| match arg.value.root {
        Root::List(id) => facts.lists[id.index()].items.as_slice(),
        _ => std::slice::from_ref(&arg.value),
    });
    let catalog = resolver.sources.catalog;
    items
        .flat_map(|item| {
            let typed = resolver.operand(at, item, call.function);
            let row = match typed.is {
                Type::Library(on, _) => catalog.methods(on, Operator::Await.name()).first().copied(),
                _ => None,
            };
            row.map_or_else(Vec::new, |row| catalog.call(row).effects.iter().map(|e| (*e, typed.grade)).collect())
        })
        .collect()
}

/// The calls of a chain, `id` first, then that on whose value it is called.
fn chain_of(facts: &FileFacts, id: CallId) -> impl Iterator<Item = &Call> {
    let inner = |call: &&Call| match call.callee.root {
        Root::Call(id) => Some(&facts.calls[id.index()]),
        _ => None,
    };
    std::iter::successors(Some(&facts.calls[id.index()]), inner).take(MAX_CHAIN)
}

impl<'p> Resolver<'p> {
    /// The string with SQL that a value is: itself, through names, `text("…")`, `"…".format(…)`.
    pub fn sql_text(&self, at: FileId, value: &Operand, function: FunctionId) -> Option<(FileId, TextId)> {
        self.sql_text_within(at, value, function, 0)
    }

    fn sql_text_within(
        &self,
        at: FileId,
        value: &Operand,
        function: FunctionId,
        steps: u32,
    ) -> Option<(FileId, TextId)> {
        if steps > MAX_TEXT_STEPS {
            return None;
        }
        let file = self.sources.file(at);
        match value.root {
            Root::Text(id) => file.facts.texts[id.index()].is_sql.then_some((at, id)),
            Root::Name(name) if value.path.is_empty() => {
                let declarations = file.index.candidates(&file.facts, name, function, value.span.start);
                declarations.into_iter().find_map(|declaration| match declaration.what {
                    super::index::Declared::Bind(id) => {
                        let bind = &file.facts.binds[id.index()];
                        self.sql_text_within(at, bind.value.as_ref()?, bind.function, steps + 1)
                    }
                    super::index::Declared::Import(row) => self.imported_text(at, row, steps),
                    _ => None,
                })
            }
            Root::Call(id) => {
                let within = |value: &Operand| self.sql_text_within(at, value, function, steps + 1);
                let chain: Vec<&Call> = chain_of(&file.facts, id).collect();
                let start = chain.last().map(|call| &call.callee)?;
                let start = Operand { path: crate::facts::FieldPath::EMPTY, ..start.clone() };
                let given = |call: &&Call| {
                    // A macro may be given the type of the rows first: `query_as!(User, "…")`.
                    let wanted = if call.kind == CallKind::Macro { 2 } else { 1 };
                    file.facts.args_of(call).iter().take(wanted).find_map(|arg| within(&arg.value))
                };
                within(&start).or_else(|| chain.iter().rev().find_map(given))
            }
            _ => None,
        }
    }

    fn imported_text(&self, at: FileId, row: u32, steps: u32) -> Option<(FileId, TextId)> {
        let mut values = self.imported_binds(at, row);
        values.find_map(|(found, bind)| self.sql_text_within(found, bind.value.as_ref()?, bind.function, steps + 1))
    }

    /// Where the name that an import brings in is given its values, in the file that it comes from.
    pub fn imported_binds(&self, at: FileId, row: u32) -> impl Iterator<Item = (FileId, &'p Bind)> {
        let file = self.sources.file(at);
        let import = &file.facts.imports[row as usize];
        let found = self.modules.resolve(file.family, &file.facts.path, file.name(import.module));
        let there = found.and_then(|found| Some((found, self.sources.file(found).id(file.name(import.member?))?)));
        there.into_iter().flat_map(|(found, name)| {
            let there = self.sources.file(found);
            let declared = there.index.candidates(&there.facts, name, FunctionId::MODULE, u32::MAX);
            declared.into_iter().filter_map(move |declaration| match declaration.what {
                super::index::Declared::Bind(id) => Some((found, &there.facts.binds[id.index()])),
                _ => None,
            })
        })
    }
}

/// The call whose value an `await` waits for.
pub fn awaited_call(facts: &FileFacts, call: &Call) -> Option<CallId> {
    match call.callee.root {
        Root::Call(id) if call.kind == CallKind::Operator(Operator::Await) && call.callee.path.is_empty() => {
            // An `await` of an `await` says nothing new.
            let inner = &facts.calls[id.index()];
            (inner.kind != CallKind::Operator(Operator::Await)).then_some(id)
        }
        _ => None,
    }
}
