//! Under which conditions a function's call runs: what its parameters must be, and whether an answer is kept.
//!
//! Conditions are read from the guards around a call and from the guards of what leaves the function before it. Only
//! what a condition says of a parameter by itself is read; everything else is taken to hold.

use super::index::Declared;
use super::refs::{FileId, FunctionRef};
use super::sources::{ProjectFile, Sources};
use super::values::is_element;
use crate::facts::{
    Arg, ArgId, Bind, BindKind, Block, BlockId, BlockKind, Call, Condition, Equality, ExitKind, FileFacts, FunctionId,
    NameId, Operand, Root, Span,
};
use crate::syntax::tables::table;
use crate::syntax::{Family, Language};

/// How many needs of one call are kept.
const MAX_NEEDS: usize = 3;
/// How many blocks around a call are looked at.
const MAX_BLOCKS: u32 = 40;

/// A constant that a parameter is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Constant {
    /// The file of the comparison.
    pub file: FileId,
    /// The constant, as [`Equality::constant`](crate::facts::Equality) gives it.
    pub name: NameId,
}

/// A parameter must, or must not, be true or something, or be a constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Need {
    /// The row of the function's `params`.
    pub param: ArgId,
    /// The field of it that is meant, as a name of the function's file.
    pub field: Option<NameId>,
    /// The constant that it must, or must not, be; `None` when it is about being true.
    pub is: Option<Constant>,
    /// Whether it must hold.
    pub holds: bool,
}

/// The needs of a call: a few at most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Needs([Option<Need>; MAX_NEEDS]);

impl Needs {
    /// Adds one, if there is room for it.
    pub fn add(&mut self, need: Need) {
        if !self.iter().any(|known| known == need)
            && let Some(free) = self.0.iter_mut().find(|slot| slot.is_none())
        {
            *free = Some(need);
        }
    }

    /// Whether one of them is about a constant.
    pub fn names_constants(&self) -> bool {
        self.iter().any(|need| need.is.is_some())
    }

    /// Those that are about being true.
    pub fn without_constants(&self) -> Self {
        let mut left = Self::default();
        self.iter().filter(|need| need.is.is_none()).for_each(|need| left.add(need));
        left
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = Need> + '_ {
        self.0.iter().flatten().copied()
    }

    /// Whether nothing is needed.
    pub fn is_empty(&self) -> bool {
        self.0[0].is_none()
    }
}

/// What is known of a value at a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Given {
    /// It holds, or does not.
    Known(bool),
    /// It is the caller's own parameter.
    Param(ArgId, Option<NameId>),
    /// Nothing is known.
    Unknown,
}

/// What the parameters of `owner`, a function of the file `at`, must be for a call in it to run.
pub fn needs_of(sources: &Sources, at: FileId, owner: FunctionId, call: &Call) -> Needs {
    let file = sources.file(at);
    let mut needs = Needs::default();
    for condition in conditions_before(&file.facts, owner, Place::of(call)) {
        if let Some((param, field)) = as_param(file, owner, &condition.value) {
            needs.add(Need { param, field, is: None, holds: condition.holds });
        }
    }
    for equality in equalities_before(&file.facts, owner, Place::of(call)) {
        if let Some((param, field)) = as_param(file, owner, &equality.value) {
            let is = Some(Constant { file: at, name: equality.constant });
            needs.add(Need { param, field, is, holds: equality.holds });
        }
    }
    needs
}

/// What the comparisons with constants say under which a call runs, those of the arms around it included.
fn equalities_before(facts: &FileFacts, owner: FunctionId, code: Place) -> impl Iterator<Item = &Equality> {
    let arms = blocks_around(facts, owner, code.block).into_iter().filter(|(_, block)| block.kind == BlockKind::Case);
    let arms = arms.map(|(_, block)| (block.span, true));
    arms.chain(guards_before(facts, owner, code)).flat_map(|(guard, when)| {
        let first = facts.equalities.partition_point(|row| row.guard < guard);
        let rows = facts.equalities[first..].iter().take_while(move |row| row.guard == guard);
        rows.filter(move |row| row.when == when)
    })
}

/// Where a piece of code stands.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The block it stands in.
    pub block: BlockId,
    /// From where to where.
    pub span: Span,
}

impl Place {
    /// That of a call.
    pub fn of(call: &Call) -> Self {
        Self { block: call.block, span: call.span }
    }
}

/// What the conditions say under which a call runs.
pub(super) fn conditions_before(facts: &FileFacts, owner: FunctionId, code: Place) -> Vec<&Condition> {
    let guards = guards_before(facts, owner, code);
    guards.into_iter().flat_map(|(guard, when)| said(facts, guard).filter(move |row| row.when == when)).collect()
}

fn said(facts: &FileFacts, guard: Span) -> impl Iterator<Item = &Condition> {
    let first = facts.conditions.partition_point(|row| row.guard < guard);
    facts.conditions[first..].iter().take_while(move |row| row.guard == guard)
}

/// The guards that decide whether a call runs, with how they have to turn out: those of the blocks around it, and those
/// of what leaves such a block before the call.
pub(super) fn guards_before(facts: &FileFacts, owner: FunctionId, code: Place) -> Vec<(Span, bool)> {
    let mut guards = Vec::new();
    let around = blocks_around(facts, owner, code.block);
    for (_, block) in &around {
        match (block.kind, block.guard) {
            (BlockKind::If, Some(guard)) => guards.push((guard, true)),
            (BlockKind::Else, Some(guard)) => guards.push((guard, false)),
            _ => {}
        }
    }
    let start = facts.functions[owner.index()].span.start;
    let first = facts.exits.partition_point(|exit| exit.span.start < start);
    for exit in facts.exits[first..].iter().take_while(|exit| exit.span.start < code.span.start) {
        let block = &facts.blocks[exit.block.index()];
        let leaves = matches!(exit.kind, ExitKind::Return | ExitKind::Throw | ExitKind::Continue);
        let stands_before = || around.iter().any(|(id, _)| Some(*id) == runs_through(facts, block.parent));
        if leaves
            && block.kind == BlockKind::If
            && exit.span.end <= code.span.start
            && let Some(guard) = block.guard.filter(|_| stands_before())
            && !block.span.contains(code.span)
        {
            guards.push((guard, false));
        }
    }
    guards
}

/// The block around another one, those looked through that run whenever what is around them does.
fn runs_through(facts: &FileFacts, mut inner: Option<BlockId>) -> Option<BlockId> {
    while let Some(block) = inner.map(|id| &facts.blocks[id.index()])
        && matches!(block.kind, BlockKind::With | BlockKind::Plain)
    {
        inner = block.parent;
    }
    inner
}

/// The blocks around a call up to the body of `owner`, through the closures that run in place.
pub(super) fn blocks_around(facts: &FileFacts, owner: FunctionId, inner: BlockId) -> Vec<(BlockId, &Block)> {
    let mut found = Vec::new();
    let mut current = Some(inner);
    for _ in 0..MAX_BLOCKS {
        let Some(id) = current else { break };
        let block = &facts.blocks[id.index()];
        found.push((id, block));
        current = match block.kind {
            BlockKind::Function(function) if function == owner => None,
            BlockKind::Function(function) => Some(facts.functions[function.index()].block),
            _ => block.parent,
        };
    }
    found
}

/// The parameter of `owner` that a value is, with at most one field.
pub(super) fn as_param(file: &ProjectFile, owner: FunctionId, value: &Operand) -> Option<(ArgId, Option<NameId>)> {
    let Root::Name(name) = value.root else { return None };
    let field = match value.path.as_slice() {
        [] => None,
        [field] if !is_element(file.name(*field)) => Some(*field),
        _ => return None,
    };
    let mut declared = file.index.candidates(&file.facts, name, owner, value.span.start);
    let first = declared.next()?;
    // What is given to the name further on (`if rate is None: rate = load()`) does not matter here.
    match first.what {
        Declared::Param(function, place) if function == owner && declared.all(|d| d.start > value.span.start) => {
            Some((ArgId(place), field))
        }
        _ => None,
    }
}

/// What a function's needs are for those who call its caller: `None` when the call's arguments rule them out.
pub fn needs_at(
    sources: &Sources,
    at: FunctionRef,
    call: &Call,
    callee: FunctionRef,
    needs: Needs,
    own: Needs,
) -> Option<Needs> {
    let mut left = own;
    for need in needs.iter() {
        match given(sources, (at, call), callee, need) {
            Given::Known(holds) if holds != need.holds => return None,
            Given::Known(_) | Given::Unknown => {}
            Given::Param(param, field) => left.add(Need { param, field, ..need }),
        }
    }
    Some(left)
}

/// What a call gives a parameter of the function that it calls.
fn given(sources: &Sources, (at, call): (FunctionRef, &Call), callee: FunctionRef, need: Need) -> Given {
    let (file, there) = (sources.file(at.file), sources.file(callee.file));
    let Some(param) = sources.function(callee).params.get(need.param.index()) else { return Given::Unknown };
    if param.rest || file.facts.args_of(call).iter().any(|arg| arg.spread) {
        return Given::Unknown;
    }
    let holds = |file: &ProjectFile, value: &Operand| match need.is {
        None => truth(file, value),
        Some(constant) => is_constant(file, value, sources.file(constant.file).name(constant.name)),
    };
    let value = |value: &Operand| match as_param(file, at.id, value) {
        Some((param, field)) => Given::Param(param, field),
        None if need.is.is_none() && need.field.is_none() && is_loop_item(file, call.function, value) => {
            Given::Known(true)
        }
        None => holds(file, value),
    };
    let mut keys = param.path.iter().copied().chain(need.field).map(|key| there.name(key));
    let Some(arg) = argument(file, call, there.name(param.name), param.position) else {
        return match (&param.default, need.field) {
            (Some(default), None) => holds(there, default),
            (None, _) if file.family == Family::JavaScript => Given::Known(false),
            _ => Given::Unknown,
        };
    };
    let is_optional = param.default.as_ref().is_some_and(|default| default.root == Root::Null);
    let (first, more) = (keys.next(), keys.next());
    match (first, more) {
        (None, _) => match value(&arg.value) {
            // Who gives a value where nothing would do gives something.
            Given::Unknown if is_optional && need.is.is_none() => Given::Known(true),
            given => given,
        },
        (Some(key), None) => match (field_of(file, &arg.value, key), &param.default) {
            (Some(Some(found)), _) => value(found),
            (Some(None), Some(default)) if need.field.is_none() => holds(there, default),
            (Some(None), _) => Given::Known(false),
            (None, _) => Given::Unknown,
        },
        _ => Given::Unknown,
    }
}

/// Whether a value is what a loop takes out of a collection in each turn: that is something.
fn is_loop_item(file: &ProjectFile, owner: FunctionId, value: &Operand) -> bool {
    let Root::Name(name) = value.root else { return false };
    let declared = file.index.lookup(&file.facts, name, owner, value.span.start).map(|found| found.what);
    let is_item = |bind: &Bind| bind.kind == BindKind::Item;
    value.path.is_empty() && matches!(declared, Some(Declared::Bind(id)) if is_item(&file.facts.binds[id.index()]))
}

/// The argument for a parameter: by its name, else by its position.
pub fn argument<'f>(file: &'f ProjectFile, call: &Call, name: &str, position: ArgId) -> Option<&'f Arg> {
    keyword(file, call, name).or_else(|| file.facts.positional(call).nth(position.index()))
}

/// The argument that is given by a name.
pub fn keyword<'f>(file: &'f ProjectFile, call: &Call, name: &str) -> Option<&'f Arg> {
    file.facts.args_of(call).iter().find(|arg| arg.keyword.is_some_and(|keyword| file.name(keyword) == name))
}

/// The value of a key of an object literal; `None` inside when it has no such key, outside when it cannot be told.
#[expect(clippy::option_option, reason = "a key that is missing and one that cannot be told are two things")]
fn field_of<'f>(file: &'f ProjectFile, value: &Operand, key: &str) -> Option<Option<&'f Operand>> {
    let Root::Object(id) = value.root else { return None };
    let object = &file.facts.objects[id.index()];
    let found = file.facts.entries_of(object).iter().find(|(name, _)| file.name(*name) == key).map(|(_, value)| value);
    (found.is_some() || !object.open && value.path.is_empty()).then_some(found)
}

/// Whether a literal holds. What is empty holds for `is not None` and not for `if`: that is not told.
fn truth(file: &ProjectFile, value: &Operand) -> Given {
    if !value.path.is_empty() {
        return Given::Unknown;
    }
    let wraps = |names: &[String], name: NameId| names.iter().any(|known| known == file.name(name));
    let variants = || if file.family == Family::Rust { table(Language::Rust) } else { None };
    match value.root {
        // `Some(user)`
        Root::Call(call) => match (&file.facts.calls[call.index()].callee, variants()) {
            (Operand { root: Root::Name(name), path, .. }, Some(table))
                if path.is_empty()
                    && wraps(&table.transparent_variants, *name)
                    && !wraps(&table.failing_variants, *name) =>
            {
                Given::Known(true)
            }
            _ => Given::Unknown,
        },
        Root::Name(name) if variants().is_some_and(|table| wraps(&table.absent_variants, name)) => Given::Known(false),
        Root::Null => Given::Known(false),
        Root::Bool(holds) => Given::Known(holds),
        Root::Function(_) | Root::Class(_) | Root::This => Given::Known(true),
        Root::Number(Some(number)) if number.0 != 0 => Given::Known(true),
        _ => Given::Unknown,
    }
}

/// Whether a value is a constant, by the way both are written. Names that differ in one capitalised segment (`Kind.Card`,
/// `Kind.Cash`) stand for different constants.
fn is_constant(file: &ProjectFile, value: &Operand, constant: &str) -> Given {
    let wanted = constant.strip_prefix('"');
    match (value.root, wanted) {
        (Root::Null | Root::Bool(_) | Root::Number(_), _) if value.path.is_empty() => Given::Known(false),
        (Root::Text(id), Some(wanted)) if value.path.is_empty() => match file.facts.texts[id.index()].short {
            Some(text) => Given::Known(file.name(text) == wanted),
            None => Given::Unknown,
        },
        (Root::Name(root), None) => {
            let own = std::iter::once(root).chain(value.path.iter().copied()).map(|segment| file.name(segment));
            is_named(&own.collect::<Vec<_>>(), &constant.split('.').collect::<Vec<_>>())
        }
        _ => Given::Unknown,
    }
}

fn is_named(own: &[&str], wanted: &[&str]) -> Given {
    let capitalised = |segment: &str| segment.starts_with(char::is_uppercase);
    let mut differing = own.iter().zip(wanted).filter(|(own, wanted)| own != wanted);
    match (differing.next(), differing.next()) {
        _ if own.len() != wanted.len() => Given::Unknown,
        (None, _) => Given::Known(true),
        (Some((own, wanted)), None) if capitalised(own) && capitalised(wanted) => Given::Known(false),
        _ => Given::Unknown,
    }
}
