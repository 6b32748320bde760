//! Functions that a call is handed by name: whether it runs them.

use super::calls::CallInfo;
use super::index::enclosing_class;
use super::refs::{CallRef, FunctionRef};
use super::resolve::Resolver;
use super::sources::Sources;
use super::types::{Grade, Type};
use crate::facts::{Call, Operand, Root, Sink};

/// Functions that a call is given by name and runs before it gives its value: by its row, where it is a loop over what
/// nothing is known of (`ids.map(load)`), and where it is awaited or goes to a function of the project that does more
/// than keep it (`await db.run(work)`). A function literal belongs to the function around it as it is.
pub(super) fn handed_functions(
    resolver: &Resolver,
    of: CallRef,
    call: &Call,
    info: &CallInfo,
    targets: &[FunctionRef],
) -> Vec<FunctionRef> {
    let at = of.file;
    let file = resolver.sources.file(at);
    let row = info.row.map(|row| resolver.sources.catalog.call(row));
    let is_sure = info.target_grade != Some(Grade::Named);
    let runs = |place: usize| match row {
        Some(row) => row.calls == Some(place as u32) && !row.spawn,
        None if file.index.loop_of_call(of.id).is_some() => true,
        None => call.awaited || is_sure && targets.iter().any(|target| runs_param(resolver.sources, *target, place)),
    };
    let named = |value: &Operand| match (value.root, value.path.as_slice()) {
        (Root::This, [name]) => {
            let class = enclosing_class(&file.facts, call.function)?;
            Some(FunctionRef { file: at, id: file.index.method(class, *name)? })
        }
        (Root::Name(_), [] | [_]) => match resolver.operand(at, value, call.function).is {
            Type::Function(function) => Some(function),
            _ => None,
        },
        _ => None,
    };
    let args = file.facts.args_of(call).iter().enumerate();
    let given = args.filter(|(place, arg)| arg.keyword.is_none() && runs(*place));
    given.filter_map(|(_, arg)| named(&arg.value)).filter(|f| !targets.contains(f)).collect()
}

/// Whether a function may run what it is given at a place: it calls it, or hands it on to a call that it waits for or
/// whose answer it uses. One that only stores it (`this.handlers.push(handler);`) is who registers it, not who runs it.
fn runs_param(sources: &Sources, function: FunctionRef, place: usize) -> bool {
    let (facts, row) = (&sources.file(function.file).facts, sources.function(function));
    let Some(param) = row.params.iter().find(|param| param.position.index() == place) else { return true };
    if param.rest {
        return true;
    }
    let is_param = |value: &Operand| value.root == Root::Name(param.name);
    let mut calls = facts.calls_in(row.span).map(|id| &facts.calls[id.index()]).peekable();
    // A method that is only declared may do anything with it.
    calls.peek().is_none()
        || calls.any(|call| {
            let is_used = call.awaited || call.sink != Sink::Dropped;
            is_param(&call.callee) || is_used && facts.args_of(call).iter().any(|arg| is_param(&arg.value))
        })
}
