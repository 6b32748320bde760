//! Traces expressions to types and calls to what they call.

use rayon::prelude::*;

use super::answers::Answers;
use super::call_sites::CallSites;
use super::class_rows;
use super::classes::Classes;
use super::modules::Modules;
use super::origins::{OriginId, Origins};
use super::questions::{Level, Question, is_first, once, watched};
use super::refs::{CallRef, ClassRef, FileId, FunctionRef};
use super::relations::Relations;
use super::sources::{ProjectFile, Sources};
use super::stars::Stars;
use super::types::{Grade, Type, Typed};
use crate::catalog::CallRowId;
use crate::facts::{Call, CallKind, Operator};

/// What a call calls.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
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
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
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

impl Default for Resolved {
    fn default() -> Self {
        Self::unknown()
    }
}

impl Resolved {
    /// Nothing known.
    pub(super) fn unknown() -> Self {
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
    /// Imports of everything.
    pub(super) stars: Stars,
    /// The class hierarchy.
    pub classes: Classes,
    /// The fields that relations give to classes.
    pub(super) relations: Relations,
    /// Where functions are called by name.
    pub(super) call_sites: CallSites,
    /// The answers about calls.
    pub(super) known: Answers<Resolved>,
    /// The answers about imports.
    pub(super) imported: Answers<Typed>,
    /// From which files answers are drawn, where that is traced.
    pub(super) origins: Option<Origins>,
}

impl<'p> Resolver<'p> {
    /// Over files of which nothing is known yet.
    pub fn new(sources: &'p Sources<'p>) -> Self {
        let mut resolver = Self::empty(sources);
        let ids: Vec<FileId> = sources.ids().collect();
        let said: Vec<class_rows::OfFile> = ids.par_iter().map(|id| class_rows::OfFile::read(&resolver, *id)).collect();
        resolver.classes = Classes::build(&resolver, &said);
        // Answers that were given while the hierarchy, or the relations, were not known do not hold.
        resolver.forget_all();
        resolver.relations = Relations::of(&resolver, &mut Vec::new(), &|_| true);
        resolver.forget_all();
        resolver.call_sites = CallSites::new(sources);
        resolver
    }

    pub(super) fn forget_all(&mut self) {
        self.known = Answers::new(self.sources.files.len());
        self.imported = Answers::new(self.sources.files.len());
    }

    /// Without class hierarchy, relations and call sites.
    pub(super) fn empty(sources: &'p Sources<'p>) -> Self {
        Self {
            sources,
            modules: sources.modules(),
            stars: Stars::new(sources.files.len()),
            classes: Classes::default(),
            relations: Relations::default(),
            call_sites: CallSites::default(),
            known: Answers::new(sources.files.len()),
            imported: Answers::new(sources.files.len()),
            origins: None,
        }
    }

    /// Works something out; where it was drawn from, if that is traced.
    pub(super) fn traced<A>(&self, work: impl FnOnce() -> A) -> (A, Option<OriginId>) {
        match &self.origins {
            Some(origins) => {
                let (answer, origin) = origins.trace(work);
                (answer, Some(origin))
            }
            None => (work(), None),
        }
    }

    /// Says that something is used that was worked out before.
    fn used(&self, origin: Option<OriginId>) {
        if let (Some(origins), Some(origin)) = (&self.origins, origin) {
            origins.note(origin);
        }
    }

    /// Gives back the room that is left for answers; few are added later.
    pub fn shrink(&mut self) {
        self.known.shrink();
        self.imported.shrink();
    }

    pub(super) fn file(&self, id: FileId) -> &'p ProjectFile {
        self.sources.file(id)
    }

    /// What a call calls and gives.
    pub fn call(&self, of: CallRef) -> Resolved {
        if let Some((known, origin)) = self.known.get(of.file, of.id.index()) {
            self.used(origin);
            return known;
        }
        let Some(_level) = Level::enter() else { return Resolved::unknown() };
        let ((answer, was_cut), origin) = self.traced(|| watched(|| once(Question::Call(of), || self.find_out(of))));
        if !was_cut || is_first() {
            let rows = self.sources.files[of.file.index()].facts.calls.len();
            self.known.keep(of.file, of.id.index(), &answer, origin, rows);
        }
        answer
    }

    fn find_out(&self, of: CallRef) -> Resolved {
        let mut answer = self.resolve_call(of);
        if let Some(wrapped) = self.wrapped(of, &answer) {
            answer.gives = wrapped;
        }
        if !answer.gives.is_known()
            && let Some(given) = self.generic_result(of, &answer)
        {
            answer.gives = given;
        }
        if let Some(given) = self.query_of_owner(of, &answer) {
            answer.gives = given;
        }
        answer
    }

    /// What an import brings in.
    pub(super) fn import(&self, at: FileId, row: u32) -> Typed {
        if let Some((known, origin)) = self.imported.get(at, row as usize) {
            self.used(origin);
            return known;
        }
        let Some(_level) = Level::enter() else { return Typed::UNKNOWN };
        let ((answer, was_cut), origin) = self.traced(|| watched(|| self.imported(at, row)));
        if !was_cut {
            let rows = self.sources.files[at.index()].facts.imports.len();
            self.imported.keep(at, row as usize, &answer, origin, rows);
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

    pub(super) fn operator(&self, at: FileId, call: &Call, name: &str) -> Resolved {
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
}
