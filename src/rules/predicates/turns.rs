//! Predicates about what one turn of a loop leaves to the next.

use super::super::clause::Kind;
use super::super::value::{Objects, Scope, Value};
use super::super::vocabulary::{ObjectKind, Predicate};
use super::collections::{adds, declared_in};
use super::loops_of;
use crate::facts::{Bind, Call, CallId, LoopId, NameId, Root};
use crate::project::dependence::depends_on_value;

/// The table.
pub const PREDICATES: &[Predicate] = &[Predicate {
    name: "builds-on",
    subjects: &[Kind::Call, Kind::Await],
    object: ObjectKind::Subjects(&[Kind::Loop]),
    doc: "is given a name from before the loop that what it gave in earlier turns went into: what was chosen is left out from then on",
    test: builds_on,
}];

fn builds_on(scope: &Scope, value: &Value, objects: &Objects) -> bool {
    let Value::Call(id) = value else { return false };
    let call = scope.call(*id);
    let given: Vec<NameId> = scope.facts().uses_in(call.span).map(|used| used.name).collect();
    let takes_in =
        |each: LoopId| given.iter().any(|name| !declared_in(scope, *name, each) && goes_into(scope, call, *name, each));
    loops_of(scope, objects).into_iter().any(takes_in)
}

/// Whether something that hangs on what a call gives is assigned or added to a name in the body of a loop, and the name
/// comes to the call as the turn before left it.
fn goes_into(scope: &Scope, call: &Call, name: NameId, each: LoopId) -> bool {
    let (facts, body) = (scope.facts(), scope.body(each));
    let is_from = |span| depends_on_value(facts, span, call.span);
    let is_it = |bind: &&Bind| bind.target.root == Root::Name(name) && bind.target.path.is_empty();
    let assigned: Vec<&Bind> = facts.binds_in(body).filter(is_it).collect();
    let is_fresh = |bind: &&Bind| bind.target.span.start < call.span.start && !bind.value_span.contains(call.span);
    if assigned.iter().any(is_fresh) {
        return false;
    }
    let is_added = |id: CallId| {
        let put = scope.call(id);
        let is_on_it = put.callee.root == Root::Name(name) && put.callee.path.len() == 1;
        is_on_it && adds(scope, id) && facts.args_of(put).iter().any(|arg| is_from(arg.value.span))
    };
    assigned.iter().any(|bind| is_from(bind.value_span)) || facts.calls_in(body).any(is_added)
}
