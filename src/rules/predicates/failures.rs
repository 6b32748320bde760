//! Predicates about what runs only where something failed.

use super::super::clause::Kind;
use super::super::value::{Objects, Scope, Value};
use super::super::vocabulary::{ObjectKind, Predicate};
use super::{loops_of, slots};
use crate::catalog::{Effect, LibraryId};
use crate::facts::{Block, BlockId, BlockKind, Call, Exit, ExitKind, FileFacts, Operator};
use crate::project::FileId;
use crate::project::calls::awaited_call;
use crate::project::types::Type;

/// The table.
pub const PREDICATES: &[Predicate] = &[
    Predicate {
        name: "on-failure",
        subjects: &[Kind::Call, Kind::Await],
        object: ObjectKind::Subjects(&[Kind::Loop]),
        doc: "runs only where something failed: in a handler of errors inside the loop, in a branch that ends in an error, or the loop does one by one what a write in one go failed to",
        test: on_failure,
    },
    Predicate {
        name: "fails-alone",
        subjects: &[Kind::Call, Kind::Await],
        object: ObjectKind::Subjects(&[Kind::Loop]),
        doc: "where it fails, the turn deals with it and the loop goes on: the others are done all the same",
        test: fails_alone,
    },
    Predicate {
        name: "fails-like",
        subjects: &[Kind::Await],
        object: ObjectKind::Subjects(&[Kind::Await]),
        doc: "gives a result whose errors are of the same type: so the functions that are called are written, or both are one library's",
        test: |scope, value, objects| {
            let others = slots(scope, objects);
            error_of(scope, value)
                .is_some_and(|error| others.iter().any(|other| error_of(scope, other).as_ref() == Some(&error)))
        },
    },
];

/// What tells the type of the errors of a call.
#[derive(PartialEq, Eq)]
enum Errors {
    /// What a library gives.
    Library(LibraryId),
    /// A type that is known.
    Type(Type),
    /// The name of a type, or of an alias for results, in a file where it is not known what it stands for.
    Name(String, Option<FileId>),
}

fn error_of(scope: &Scope, value: &Value) -> Option<Errors> {
    let Value::Call(id) = value else { return None };
    let id = match scope.call(*id).operator() {
        Some(Operator::Await) => awaited_call(scope.facts(), scope.call(*id))?,
        _ => *id,
    };
    let info = scope.project.info(scope.call_ref(id))?;
    let ([target], 1) = (&*info.targets, info.called) else {
        let row = info.row.filter(|_| info.targets.is_empty())?;
        return Some(Errors::Library(scope.project.resolver.sources.catalog.call(row).library));
    };
    let file = scope.project.file(target.file);
    let returns = scope.project.resolver.sources.function(*target).returns.as_ref()?;
    let last_word = |text: &str| text.rsplit('.').next().unwrap_or(text).to_owned();
    if let [_, error] = returns.args.as_slice() {
        let resolved = scope.project.resolver.type_expr(target.file, error, target.id).is;
        let by_name = || Errors::Name(last_word(file.name(error.name)), Some(target.file));
        return Some(if resolved == Type::Unknown { by_name() } else { Errors::Type(resolved) });
    }
    // An alias (`LemmyResult<Site>`): one that is called `Result` is another in each module.
    let name = last_word(file.name(returns.name));
    let place = (name == "Result").then_some(target.file);
    (name.ends_with("Result") && returns.args.len() == 1).then_some(Errors::Name(name, place))
}

fn on_failure(scope: &Scope, value: &Value, objects: &Objects) -> bool {
    let Value::Call(id) = value else { return false };
    let facts = scope.facts();
    let call = scope.call(*id);
    let mut handlers = facts.blocks.iter().filter(|block| block.kind == BlockKind::Catch);
    let is_handled = |handler: &Block| {
        handler.span.contains(call.span)
            && loops_of(scope, objects).into_iter().any(|each| {
                scope.body(each).contains(handler.span)
                    || handler.span.contains(scope.each(each).span) && follows_a_write(scope, handler)
            })
    };
    ends_in_error(facts, call) || handlers.any(is_handled)
}

fn fails_alone(scope: &Scope, value: &Value, objects: &Objects) -> bool {
    let Value::Call(id) = value else { return false };
    let facts = scope.facts();
    let call = scope.call(*id);
    let leaves =
        |exit: &Exit| matches!(exit.kind, ExitKind::Throw | ExitKind::Return | ExitKind::Break | ExitKind::Question);
    let goes_on = |handler: &Block| !facts.exits.iter().any(|exit| leaves(exit) && handler.span.contains(exit.span));
    loops_of(scope, objects).into_iter().any(|each| {
        let body = scope.body(each);
        let mut handlers = facts.blocks.iter().filter(|block| block.kind == BlockKind::Catch);
        handlers.any(|handler| body.contains(handler.span) && handles(facts, handler, call) && goes_on(handler))
    })
}

/// Whether a handler is for the errors of a call: the call stands in what it guards, or its result is what is asked.
fn handles(facts: &FileFacts, handler: &Block, call: &Call) -> bool {
    guarded_by(facts, handler).is_some_and(|block| block.span.contains(call.span))
        || handler.guard.is_some_and(|guard| guard.contains(call.span))
}

/// What a handler guards: the `try` before it.
fn guarded_by<'f>(facts: &'f FileFacts, handler: &Block) -> Option<&'f Block> {
    let is_guarded = |block: &&Block| {
        block.kind == BlockKind::Try && block.parent == handler.parent && block.span.end <= handler.span.start
    };
    facts.blocks.iter().filter(is_guarded).max_by_key(|block| block.span.end)
}

/// Whether a call stands in a branch that throws at its end: what is asked there is part of the message.
fn ends_in_error(facts: &FileFacts, call: &Call) -> bool {
    let is_branch = |block: &Block| matches!(block.kind, BlockKind::If | BlockKind::Else | BlockKind::Case);
    let throws = |of: BlockId| {
        let mut exits = facts.exits.iter().filter(|exit| exit.block == of);
        exits.any(|exit| exit.kind == ExitKind::Throw && exit.span.end >= call.span.end)
    };
    let mut blocks = facts.blocks.iter().enumerate().filter(|(_, block)| is_branch(block));
    blocks.any(|(row, block)| block.span.contains(call.span) && throws(BlockId(row as u32)))
}

/// Whether what a handler guards writes to the database outside of loops: a loop in the handler then does one by one what
/// could not be done for all. Other handlers may be the usual way (`except KeyError`).
fn follows_a_write(scope: &Scope, handler: &Block) -> bool {
    let facts = scope.facts();
    let Some(guarded) = guarded_by(facts, handler) else { return false };
    facts.calls_in(guarded.span).any(|id| {
        let in_loop = scope.call(id).in_loop.is_some_and(|each| guarded.span.contains(scope.each(each).span));
        !in_loop && scope.project.hits(scope.call_ref(id), 0).iter().any(|hit| hit.effect == Effect::DbWrite)
    })
}
