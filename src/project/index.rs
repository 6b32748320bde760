//! What a name may stand for in one file: declarations by name, members of classes, uses by place.

use super::grouped::Grouped;
use crate::facts::{
    Bind, BindId, BindKind, BlockId, CallId, ClassId, ClassKind, ExitKind, FileFacts, Function, FunctionId, LoopId,
    NameId, Root, Span, TypeParam,
};
use crate::syntax::Family;

/// What declares a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Declared {
    /// The parameter at this place of the function's list.
    Param(FunctionId, u32),
    /// A bind with an empty path.
    Bind(BindId),
    /// A function or method-free closure name.
    Function(FunctionId),
    /// A class.
    Class(ClassId),
    /// An import, by its place in the table.
    Import(u32),
}

/// A declaration of a name in a function.
#[derive(Clone, Copy, Debug)]
pub struct Declaration {
    /// The function in whose scope it stands.
    pub function: FunctionId,
    /// Where it starts to hold.
    pub start: u32,
    /// What it is.
    pub what: Declared,
}

/// Lookup tables of one file.
#[derive(Debug, Default)]
pub struct FileIndex {
    /// By name, those of one name by function.
    declarations: Grouped<NameId, Declaration>,
    /// Binds through `this` or `self`: (class, field) to the binds.
    field_binds: Grouped<(ClassId, NameId), BindId>,
    /// Methods by class and name, in source order.
    methods: Grouped<(ClassId, NameId), FunctionId>,
    /// Python: a later method replaces an earlier one of the same name, as those of `@overload` are.
    last_method_holds: bool,
    /// Loops whose callback is this function.
    callback_loops: Grouped<FunctionId, LoopId>,
    /// Return values by function.
    returns: Grouped<FunctionId, u32>,
    /// The call that goes on from a call's value (`find()` to `find().limit()`).
    continued: Grouped<CallId, CallId>,
    /// Callback loops by their call.
    loop_calls: Grouped<CallId, LoopId>,
    /// Exports by outer name.
    exports: Grouped<NameId, u32>,
    /// Object types without a name, by where they start.
    object_types: Vec<(u32, ClassId)>,
    /// Type parameters by name.
    type_params: Grouped<NameId, u32>,
    /// Types named inside an impl block (`type Output = T;`), and what the variants of an enum hold.
    inner_types: Grouped<(ClassId, NameId), ClassId>,
}

/// The pairs of the tables while they are collected.
#[derive(Default)]
struct Pairs {
    declarations: Vec<(NameId, Declaration)>,
    field_binds: Vec<((ClassId, NameId), BindId)>,
    methods: Vec<((ClassId, NameId), FunctionId)>,
    inner_types: Vec<((ClassId, NameId), ClassId)>,
}

impl FileIndex {
    /// Builds the tables.
    pub fn new(facts: &FileFacts) -> Self {
        let mut pairs = Pairs::default();
        pairs.add_functions(facts);
        pairs.add_binds(facts);
        pairs.add_classes(facts);
        for (row, import) in facts.imports.iter().enumerate() {
            pairs.declare(import.local, import.function, import.span.start, Declared::Import(row as u32));
        }
        let mut callback_loops = Vec::new();
        let mut loop_calls = Vec::new();
        for (row, each) in facts.loops.iter().enumerate() {
            if let crate::facts::BlockKind::Function(function) = facts.blocks[each.body.index()].kind {
                callback_loops.push((function, LoopId(row as u32)));
            }
            loop_calls.extend(each.call.map(|call| (call, LoopId(row as u32))));
        }
        let calls = facts.calls.iter().enumerate();
        let continued = calls.filter_map(|(row, call)| match (call.callee.root, call.operator()) {
            (Root::Call(from), None) => Some((from, CallId(row as u32))),
            _ => None,
        });
        let exits = facts.exits.iter().enumerate();
        let returns = exits.filter(|(_, exit)| exit.kind == ExitKind::Return && exit.value.is_some());
        let exports = facts.exports.iter().enumerate().map(|(row, export)| (export.name, row as u32));
        let classes = facts.classes.iter().enumerate();
        let unnamed = classes.filter(|(_, class)| class.kind == ClassKind::Interface && class.name.is_none());
        let mut object_types: Vec<(u32, ClassId)> =
            unnamed.map(|(row, class)| (class.span.start, ClassId(row as u32))).collect();
        object_types.sort_unstable();
        let type_params = facts.type_params.iter().enumerate().map(|(row, param)| (param.name, row as u32));
        pairs.declarations.sort_by_key(|(_, declaration)| declaration.function);
        Self {
            declarations: Grouped::new(pairs.declarations),
            field_binds: Grouped::new(pairs.field_binds),
            methods: Grouped::new(pairs.methods),
            last_method_holds: facts.language.family() == Family::Python,
            callback_loops: Grouped::new(callback_loops),
            returns: Grouped::new(returns.map(|(row, exit)| (exit.function, row as u32)).collect()),
            continued: Grouped::new(continued.collect()),
            loop_calls: Grouped::new(loop_calls),
            exports: Grouped::new(exports.collect()),
            object_types,
            type_params: Grouped::new(type_params.collect()),
            inner_types: Grouped::new(pairs.inner_types),
        }
    }

    /// Declarations of a name in the whole file.
    pub fn declarations(&self, name: NameId) -> &[Declaration] {
        self.declarations.get(name)
    }

    /// Those that stand in the scope of a function itself. Bundled code declares one name in thousands of functions.
    pub fn declarations_in(&self, name: NameId, function: FunctionId) -> &[Declaration] {
        of_function(self.declarations(name), function)
    }

    /// The binds `self.field = …` in methods of a class.
    pub fn field_binds(&self, class: ClassId, field: NameId) -> &[BindId] {
        self.field_binds.get((class, field))
    }

    /// A method of a class, bases left out.
    pub fn method(&self, class: ClassId, name: NameId) -> Option<FunctionId> {
        let all = self.methods.get((class, name));
        if self.last_method_holds { all.last() } else { all.first() }.copied()
    }

    /// The loop whose callback this function is.
    pub fn callback_loop(&self, function: FunctionId) -> Option<LoopId> {
        self.callback_loops.get(function).last().copied()
    }

    /// The call that goes on from a call's value.
    pub fn continued(&self, call: CallId) -> Option<CallId> {
        self.continued.get(call).last().copied()
    }

    /// The callback loop that a call is.
    pub fn loop_of_call(&self, call: CallId) -> Option<LoopId> {
        self.loop_calls.get(call).last().copied()
    }

    /// The rows of `exits` that return a value from a function.
    pub fn returns(&self, function: FunctionId) -> &[u32] {
        self.returns.get(function)
    }

    /// The object type without a name that a type written at a span is.
    pub fn object_type(&self, facts: &FileFacts, span: Span) -> Option<ClassId> {
        let first = self.object_types.partition_point(|(start, _)| *start < span.start);
        let (_, id) = self.object_types.get(first)?;
        span.contains(facts.classes[id.index()].span).then_some(*id)
    }

    /// The rows of `exports` with an outer name.
    pub fn exports(&self, name: NameId) -> &[u32] {
        self.exports.get(name)
    }

    /// The type parameters that a name stands for at `offset`: those of the innermost declaration that has one.
    pub fn type_params<'a>(&'a self, facts: &'a FileFacts, name: NameId, offset: u32) -> Vec<&'a TypeParam> {
        let mut found: Vec<&TypeParam> =
            self.params_named(facts, name).filter(|param| param.holds.covers(offset)).collect();
        if let Some(innermost) = found.iter().map(|param| param.holds.start).max() {
            found.retain(|param| param.holds.start == innermost);
        }
        found
    }

    /// All type parameters with a name.
    pub fn params_named<'a>(&'a self, facts: &'a FileFacts, name: NameId) -> impl Iterator<Item = &'a TypeParam> {
        self.type_params.get(name).iter().map(|row| &facts.type_params[*row as usize])
    }

    /// A type named inside an impl block, or what a variant of an enum holds.
    pub fn inner_type(&self, class: ClassId, name: NameId) -> Option<ClassId> {
        self.inner_types.get((class, name)).first().copied()
    }

    /// The declaration that a name read at `offset` in `function` means: the innermost scope that declares it, there
    /// the last one before `offset` whose block is around it, else the first one.
    pub fn lookup(&self, facts: &FileFacts, name: NameId, function: FunctionId, offset: u32) -> Option<Declaration> {
        self.candidates(facts, name, function, offset).next()
    }

    /// All declarations that a name read at `offset` may mean, best first, of the innermost scope that has any.
    pub fn candidates<'a>(
        &'a self,
        facts: &'a FileFacts,
        name: NameId,
        function: FunctionId,
        offset: u32,
    ) -> impl Iterator<Item = Declaration> + 'a {
        let all = self.declarations(name);
        let mut scope = if all.is_empty() { None } else { Some(function) };
        let mut found: Vec<Declaration> = Vec::new();
        while let Some(current) = scope {
            let mut inside = offset;
            if current != function {
                inside = u32::MAX; // an outer scope: whatever has been given to the name by the time this runs
            }
            found.extend(of_function(all, current).iter().filter(|d| reaches(facts, d, offset)));
            if !found.is_empty() {
                found.sort_by_key(|d| (d.start > inside, if d.start > inside { d.start } else { u32::MAX - d.start }));
                break;
            }
            scope = facts.functions[current.index()].parent;
        }
        found.into_iter()
    }
}

impl Pairs {
    fn declare(&mut self, name: NameId, function: FunctionId, start: u32, what: Declared) {
        self.declarations.push((name, Declaration { function, start, what }));
    }

    fn add_functions(&mut self, facts: &FileFacts) {
        for (row, function) in facts.functions.iter().enumerate() {
            let id = FunctionId(row as u32);
            for (place, param) in function.params.iter().enumerate() {
                self.declare(param.name, id, param.span.start, Declared::Param(id, place as u32));
            }
            let Some(name) = function.name else { continue };
            match function.class {
                Some(class) if !adds_accessor(function, name) => self.methods.push(((class, name), id)),
                Some(_) => {}
                None if function.kind == crate::facts::FunctionKind::Declared => {
                    let scope = function.parent.unwrap_or(FunctionId::MODULE);
                    self.declare(name, scope, function.span.start, Declared::Function(id));
                }
                None => {}
            }
        }
    }

    fn add_binds(&mut self, facts: &FileFacts) {
        for (row, bind) in facts.binds.iter().enumerate() {
            let id = BindId(row as u32);
            match bind.target.root {
                Root::Name(name) if bind.target.path.is_empty() && bind.kind != BindKind::Delete => {
                    self.declare(name, bind.function, holds_from(bind), Declared::Bind(id));
                }
                Root::This if bind.target.path.len() == 1 => {
                    if let Some(class) = enclosing_class(facts, bind.function) {
                        self.field_binds.push(((class, bind.target.path[0]), id));
                    }
                }
                _ => {}
            }
        }
    }

    fn add_classes(&mut self, facts: &FileFacts) {
        for (row, class) in facts.classes.iter().enumerate() {
            let Some(name) = class.name.filter(|_| class.kind != ClassKind::Impl) else { continue };
            // What an impl block names, and what a variant holds, is reached through the type alone.
            let around = class.parent.filter(|around| match facts.classes[around.index()].kind {
                ClassKind::Impl => class.kind == ClassKind::Alias,
                ClassKind::Enum => class.kind == ClassKind::Class && facts.language.family() == Family::Rust,
                _ => false,
            });
            match around {
                Some(around) => self.inner_types.push(((around, name), ClassId(row as u32))),
                None => self.declare(name, class.function, class.span.start, Declared::Class(ClassId(row as u32))),
            }
        }
    }
}

/// Those of a name's declarations that stand in the scope of a function.
fn of_function(all: &[Declaration], function: FunctionId) -> &[Declaration] {
    let first = all.partition_point(|declaration| declaration.function < function);
    let count = all[first..].partition_point(|declaration| declaration.function == function);
    &all[first..first + count]
}

/// Whether a method is a further accessor of the property of that name: `@total.setter`.
fn adds_accessor(function: &Function, name: NameId) -> bool {
    function.decorators.iter().any(|decorator| decorator.root == Root::Name(name) && !decorator.path.is_empty())
}

/// Where a bound name starts to hold: behind the value, so that `x` in `x = x.next()` is the `x` of before. The items of
/// a comprehension may be read before the place where they are bound.
fn holds_from(bind: &Bind) -> u32 {
    let start = bind.target.span.start;
    if bind.kind == BindKind::Item { start } else { start.max(bind.value_span.end) }
}

/// Whether a declaration's block is around `offset` (names of `let` and patterns end with their block, but for Python's
/// patterns). Rust's `let` does not hold before it either: `let chains = chains::load()` asks a module.
fn reaches(facts: &FileFacts, declaration: &Declaration, offset: u32) -> bool {
    match declaration.what {
        Declared::Bind(id) => {
            let bind = &facts.binds[id.index()];
            let block = facts.blocks[bind.block.index()].span;
            let family = facts.language.family();
            match bind.kind {
                _ if bind.block == BlockId::MODULE => true,
                BindKind::Declare if family == Family::Rust && offset < declaration.start => false,
                BindKind::Declare => block.covers(offset),
                // The rest of a condition stands before the block: `if let Some(order) = order && order.is_open()`.
                BindKind::Pattern if block.covers(offset) => true,
                BindKind::Pattern => {
                    bind.target.span.start <= offset && (family == Family::Python || offset < block.end)
                }
                _ => true,
            }
        }
        _ => true,
    }
}

/// The class whose method `function` is, or stands in.
pub fn enclosing_class(facts: &FileFacts, function: FunctionId) -> Option<ClassId> {
    let mut current = Some(function);
    while let Some(id) = current {
        let row = &facts.functions[id.index()];
        if row.class.is_some() {
            return row.class;
        }
        current = row.parent;
    }
    None
}
