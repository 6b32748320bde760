//! Writes into collections: `cache[key] = value`, `cache.set(key, value)`, and functions whose results are memoised.

use super::index::Declared;
use super::link::Project;
use super::refs::{CallRef, FileId};
use super::types::Type;
use crate::catalog::{Collection, Effect, Mark};
use crate::facts::{BindKind, CallId, ELEMENT, FunctionId, NameId, Operand, Root, Span};

/// Types around a collection that are looked through (`LazyLock<Mutex<HashMap<…>>>`).
const MAX_WRAPPERS: usize = 4;

/// How a value gets into the collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreKind {
    /// Under a key.
    Keyed,
    /// By a decorator that keeps results without bound.
    Memoised,
}

/// A write into a collection.
#[derive(Clone, Debug)]
pub struct Store {
    /// How.
    pub kind: StoreKind,
    /// The place of the write, or of the decorator.
    pub span: Span,
    /// The collection; for a memoised function, the decorator.
    pub target: Operand,
    /// The key and the value, as far as they are written out.
    pub inputs: Span,
    /// The function that writes, or that is memoised.
    pub function: FunctionId,
}

/// All writes into collections of a file.
pub fn stores_of(project: &Project, at: FileId) -> Vec<Store> {
    let file = project.file(at);
    let mut stores = Vec::new();
    for bind in file.facts.binds.iter().filter(|b| b.kind == BindKind::Assign) {
        if bind.target.path.last().is_some_and(|last| file.name(*last) == ELEMENT) {
            let mut target = bind.target.clone();
            target.path.pop();
            stores.push(Store {
                kind: StoreKind::Keyed,
                span: bind.target.span,
                target,
                inputs: bind.target.span,
                function: bind.function,
            });
        }
    }
    for (row, call) in file.facts.calls.iter().enumerate() {
        let id = CallId(row as u32);
        let Some(info) = project.info(CallRef { file: at, id }) else { continue };
        let is_map = info.receiver.is_some_and(|on| {
            matches!(project.resolver.sources.catalog.type_of(on).collection, Some(Collection::Map | Collection::Set))
        });
        if is_map && info.effects.iter().any(|(effect, _)| *effect == Effect::GrowLinear) && call.operator().is_none() {
            let inputs = Span { start: call.name_span.end, end: call.span.end };
            let target = call.receiver();
            stores.push(Store { kind: StoreKind::Keyed, span: call.span, target, inputs, function: call.function });
        }
    }
    stores.extend(memoised(project, at));
    stores
}

/// Functions under a decorator that keeps every result.
fn memoised(project: &Project, at: FileId) -> Vec<Store> {
    let file = project.file(at);
    let mut found = Vec::new();
    for (row, function) in file.facts.functions.iter().enumerate() {
        for decorator in &function.decorators {
            if project.resolver.decorator_marks(at, decorator, function).contains(Mark::Unbounded) {
                found.push(Store {
                    kind: StoreKind::Memoised,
                    span: decorator.span,
                    target: decorator.clone(),
                    inputs: function.span,
                    function: FunctionId(row as u32),
                });
            }
        }
    }
    found
}

/// The value that an expression starts from, through calls: `CACHE.lock().unwrap()` starts from `CACHE`.
pub fn base_of(project: &Project, at: FileId, operand: &Operand) -> Operand {
    let file = project.file(at);
    let mut current = operand.clone();
    let mut steps = 0;
    while let Root::Call(call) = current.root {
        let callee = &file.facts.calls[call.index()].callee;
        current = Operand { path: callee.path[..callee.path.len().saturating_sub(1)].into(), ..callee.clone() };
        steps += 1;
        if steps > 32 {
            break;
        }
    }
    current
}

/// Where a collection that outlives a call is declared: the file and the name of a module's variable. A local name that
/// holds the collection itself, as what a lock gives does, stands for it.
pub fn process_wide(project: &Project, at: FileId, target: &Operand, function: FunctionId) -> Option<(FileId, NameId)> {
    process_wide_within(project, at, target, function, 0)
}

/// How many local names are followed to a module's variable: names may be given each other's values in a circle.
const MAX_LOCAL_NAMES: u32 = 4;

fn process_wide_within(
    project: &Project,
    at: FileId,
    target: &Operand,
    function: FunctionId,
    steps: u32,
) -> Option<(FileId, NameId)> {
    if steps > MAX_LOCAL_NAMES {
        return None;
    }
    let file = project.file(at);
    let base = base_of(project, at, target);
    let Root::Name(name) = base.root else { return None };
    if !base.path.is_empty() {
        return None;
    }
    let declaration = file.index.lookup(&file.facts, name, function, base.span.start)?;
    match declaration.what {
        Declared::Bind(id) if declaration.function == FunctionId::MODULE => {
            collection_of(project, at, &file.facts.binds[id.index()]).is_some().then_some((at, name))
        }
        Declared::Bind(id) => {
            let bind = &file.facts.binds[id.index()];
            let value = bind.value.as_ref().filter(|value| matches!(value.root, Root::Call(_)))?;
            let (found, name) = process_wide_within(project, at, value, bind.function, steps + 1)?;
            let there = project.file(found);
            let declared = there.index.lookup(&there.facts, name, FunctionId::MODULE, u32::MAX)?;
            let Declared::Bind(outer) = declared.what else { return None };
            let whole = collection_of(project, found, &there.facts.binds[outer.index()])?;
            (whole == project.resolver.bind(at, bind).is).then_some((found, name))
        }
        Declared::Import(row) => {
            let import = &file.facts.imports[row as usize];
            let found = project.resolver.modules.resolve(file.family, &file.facts.path, file.name(import.module))?;
            let there = project.file(found);
            let name = there.id(file.name(import.member?))?;
            let declared = there.index.lookup(&there.facts, name, FunctionId::MODULE, u32::MAX)?;
            let Declared::Bind(id) = declared.what else { return None };
            collection_of(project, found, &there.facts.binds[id.index()]).is_some().then_some((found, name))
        }
        _ => None,
    }
}

/// The map, set or object used as one that a module's variable holds, maybe inside locks and pointers.
fn collection_of(project: &Project, at: FileId, bind: &crate::facts::Bind) -> Option<Type> {
    let mut held = project.resolver.bind(at, bind).is;
    for _ in 0..MAX_WRAPPERS {
        match &held {
            Type::Library(id, args) => match project.resolver.sources.catalog.type_of(*id).collection {
                Some(Collection::Map | Collection::Set) => return Some(held),
                None => held = args.first()?.clone(),
                Some(_) => return None,
            },
            Type::Object(file, id) => {
                return project.file(*file).facts.objects[id.index()].entries.is_empty().then_some(held);
            }
            _ => return None,
        }
    }
    None
}

/// Whether anything takes entries out of a module's variable: a deleting call, `del`, `delete`, or a new value given
/// inside a function; in any file that names it. What tests take out, the program keeps.
pub fn shrinks(project: &Project, at: FileId, name: NameId) -> bool {
    let wanted = project.file(at).name(name);
    let declared = name;
    let sources = project.resolver.sources;
    sources.ids().filter(|id| !sources.file(*id).is_test).any(|id| {
        let file = project.file(id);
        let Some(name) = file.id(wanted) else { return false };
        let names_it = |operand: &Operand| {
            let base = base_of(project, id, operand);
            base.root == Root::Name(name) || base.path.contains(&name)
        };
        let is_same =
            id == at || file.facts.imports.iter().any(|import| import.member == Some(name) || import.local == name);
        is_same
            && (file.facts.binds.iter().any(|bind| {
                names_it(&bind.target)
                    && (bind.kind == BindKind::Delete
                        || bind.function != FunctionId::MODULE
                            && bind.target.root == Root::Name(name)
                            && bind.target.path.is_empty())
            }) || file.facts.calls.iter().enumerate().any(|(row, call)| {
                takes_out(project, CallRef { file: id, id: CallId(row as u32) })
                    && (names_it(&call.callee)
                        || process_wide(project, id, &call.receiver(), call.function) == Some((at, declared)))
            }))
    })
}

fn takes_out(project: &Project, call: CallRef) -> bool {
    project.info(call).is_some_and(|info| info.effects.iter().any(|(effect, _)| *effect == Effect::Shrink))
}

/// Whether what is written differs from call to call: a parameter of the function, or of one around it, reaches it, one
/// that is not the same few values (`is_fixed`, asked with the function and the place of the parameter).
pub fn varies(project: &Project, at: FileId, store: &Store, is_fixed: &dyn Fn(FunctionId, u32) -> bool) -> bool {
    let facts = &project.file(at).facts;
    let function = &facts.functions[store.function.index()];
    if store.kind == StoreKind::Memoised {
        return !function.params.is_empty();
    }
    let reached = super::dependence::names_reaching(facts, store.inputs, function.span);
    let mut current = Some(store.function);
    while let Some(id) = current {
        let row = &facts.functions[id.index()];
        let mut params = (0..).zip(&row.params).filter(|(_, param)| reached.contains(&param.name));
        if params.any(|(place, _)| !is_fixed(id, place)) {
            return true;
        }
        current = row.parent;
    }
    // A key read from `self` differs from object to object, not from call to call.
    false
}
