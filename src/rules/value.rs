//! What names of a matcher stand for while it runs.

use std::sync::Arc;

use crate::catalog::{Effect, Entry, Mark};
use crate::facts::{BlockId, Call, CallId, FileFacts, FunctionId, Loop, LoopId, Operand, Span};
use crate::project::sources::ProjectFile;
use crate::project::stores::Store;
use crate::project::{CallRef, FileId, FunctionRef, Project};

/// A fact, or a part of one.
#[derive(Clone, Debug)]
pub enum Value {
    /// A call, an await, an equality test.
    Call(CallId),
    /// A loop.
    Loop(LoopId),
    /// A statement, by its row.
    Sql(u32),
    /// A write into a collection.
    Store(Arc<Store>),
    /// A function.
    Function(FunctionId),
    /// A value in a function.
    Operand(Operand, FunctionId),
    /// A loop's items.
    Items(LoopId),
}

/// What stands behind a predicate, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Objects {
    /// Nothing.
    None,
    /// A number.
    Number(u32),
    /// Effects.
    Effects(Vec<Effect>),
    /// Marks.
    Marks(Vec<Mark>),
    /// Entry kinds.
    Entries(Vec<Entry>),
    /// Words.
    Words(Vec<String>),
    /// Names.
    Slots(Vec<Slot>),
}

/// A name, as its place among the bindings, with a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// The place.
    pub place: usize,
    /// The part.
    pub part: Option<&'static str>,
}

/// Where a matcher runs: a file of a project, with what is bound so far.
#[derive(Clone, Debug)]
pub struct Scope<'p> {
    /// The project.
    pub project: &'p Project<'p>,
    /// The file.
    pub at: FileId,
    /// What the names stand for.
    pub bound: Vec<Value>,
    /// Calls of project functions that effects may pass through.
    pub via: u8,
    /// A wait for several things at once is a wait for each of them.
    pub via_groups: bool,
}

impl<'p> Scope<'p> {
    /// The file.
    pub fn file(&self) -> &'p ProjectFile {
        self.project.file(self.at)
    }

    /// Its facts.
    pub fn facts(&self) -> &'p FileFacts {
        &self.file().facts
    }

    /// A call's row.
    pub fn call(&self, id: CallId) -> &'p Call {
        &self.facts().calls[id.index()]
    }

    /// A loop's row.
    pub fn each(&self, id: LoopId) -> &'p Loop {
        &self.facts().loops[id.index()]
    }

    /// A call of this file.
    pub fn call_ref(&self, id: CallId) -> CallRef {
        CallRef { file: self.at, id }
    }

    /// A function of this file.
    pub fn function_ref(&self, id: FunctionId) -> FunctionRef {
        FunctionRef { file: self.at, id }
    }

    /// The value of a name or part.
    pub fn value(&self, slot: Slot) -> Option<Value> {
        let whole = self.bound.get(slot.place)?.clone();
        match slot.part {
            None => Some(whole),
            Some(part) => self.part(&whole, part),
        }
    }

    fn part(&self, whole: &Value, part: &str) -> Option<Value> {
        Some(match (whole, part) {
            (Value::Call(id), "receiver") => Value::Operand(self.asked(*id), self.call(*id).function),
            (Value::Loop(id), "items") => Value::Items(*id),
            (Value::Loop(id), "over") => Value::Operand(self.each(*id).over.clone()?, self.each(*id).function),
            (Value::Store(store), "target") => Value::Operand(store.target.clone(), store.function),
            (value, "function") => Value::Function(self.function(value)),
            _ => return None,
        })
    }

    /// What a call asks: what the method is called on, or the argument that a function of a library goes over
    /// (`_.find(users, …)`).
    fn asked(&self, id: CallId) -> Operand {
        let row = self.project.info(self.call_ref(id)).and_then(|info| info.row);
        let place = row.and_then(|row| self.project.resolver.sources.catalog.call(row).iterates);
        let argument = place.and_then(|place| self.facts().positional(self.call(id)).nth(place as usize));
        argument.map_or_else(|| self.call(id).receiver(), |arg| arg.value.clone())
    }

    /// The function that a value stands in.
    pub fn function(&self, value: &Value) -> FunctionId {
        match value {
            Value::Call(id) => self.call(*id).function,
            Value::Loop(id) | Value::Items(id) => self.each(*id).function,
            Value::Sql(row) => self.facts().sql[*row as usize].function,
            Value::Store(store) => store.function,
            Value::Function(id) | Value::Operand(_, id) => *id,
        }
    }

    /// The place of a value.
    pub fn span(&self, value: &Value) -> Span {
        match value {
            Value::Call(id) => self.call(*id).span,
            Value::Loop(id) | Value::Items(id) => self.each(*id).span,
            Value::Sql(row) => self.facts().sql[*row as usize].span,
            Value::Store(store) => store.span,
            Value::Function(id) => self.facts().functions[id.index()].name_span,
            Value::Operand(operand, _) => operand.span,
        }
    }

    /// The loop's body.
    pub fn body(&self, id: LoopId) -> Span {
        self.facts().blocks[self.each(id).body.index()].span
    }

    /// The blocks from one outwards.
    pub fn blocks_out(&self, block: BlockId) -> impl Iterator<Item = BlockId> + 'p {
        let blocks = &self.facts().blocks;
        std::iter::successors(Some(block), |id| blocks[id.index()].parent)
    }
}
