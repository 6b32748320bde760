//! Predicates about what becomes of the rows that a query gives: whether they are many, and whether an answer holds them.

use super::super::clause::Kind;
use super::super::value::{Objects, Scope, Value};
use super::super::vocabulary::{ObjectKind, Predicate};
use super::collections::adds;
use super::measures::measure_at;
use super::origins::is_lazy_query;
use crate::catalog::{Collection, Entry, Mark, MarkIf};
use crate::facts::{
    Arg, BindKind, Call, CallId, CallKind, ExitKind, FunctionId, Loop, LoopKind, NameId, Operand, Operator, Root, Sink,
    Span,
};
use crate::project::CallRef;
use crate::project::calls::awaited_call;
use crate::project::stores::base_of;

/// How many layers of functions rows are followed through to a handler.
const MAX_LAYERS: u32 = 3;
/// How many calls of a function are followed.
const MAX_CALLERS: usize = 8;
/// How many names rows are followed through in a function.
const MAX_NAMES: u32 = 4;

/// The table.
pub const PREDICATES: &[Predicate] = &[
    Predicate {
        name: "returns-many",
        subjects: &[Kind::Call],
        object: ObjectKind::None,
        doc: "gives a list of rows, or what a list is taken from further on",
        test: returns_many,
    },
    Predicate {
        name: "reaches-response",
        subjects: &[Kind::Call],
        object: ObjectKind::None,
        doc: "its rows are returned by a handler, perhaps through functions on the way or made into something one by one, or handed to the call that answers",
        test: reaches_response,
    },
];

pub(super) fn returns_many(scope: &Scope, value: &Value, _: &Objects) -> bool {
    let Value::Call(id) = value else { return false };
    let call = scope.call_ref(*id);
    let marks = scope.project.marks(call);
    let one = [Mark::Unique, Mark::Aggregate, Mark::Limited].into_iter().any(|mark| marks.contains(mark));
    // `session.scalars(…).all()`: what the chain ends with.
    let last = last_of_rows(scope, *id);
    !one && !may_be_limited(scope, *id)
        && (is_list(scope, last) || is_iteration(scope, *id) || is_taken_from(scope, last))
}

/// Whether a call stands for a loop's taking elements of a query.
fn is_iteration(scope: &Scope, id: CallId) -> bool {
    scope.call(id).operator() == Some(Operator::Iterate)
}

/// Whether a list is taken from the name that holds a call's value: `result = execute(…)`, then `result.scalars().all()`.
fn is_taken_from(scope: &Scope, id: CallId) -> bool {
    let Some(name) = held_by(scope, id) else { return false };
    let function = scope.call(id).function;
    lists_from(scope, Flow { name, function, after: scope.call(id).span.end }).next().is_some()
}

/// The name that a call's value is given to.
fn held_by(scope: &Scope, id: CallId) -> Option<NameId> {
    let Sink::Bound(bind) = scope.call(id).sink else { return None };
    let target = &scope.facts().binds[bind.index()].target;
    target.root.name().filter(|_| target.path.is_empty())
}

/// Whether a limit may stand among the keys that a call is given, unseen: `findMany({ ...criteria })`.
fn may_be_limited(scope: &Scope, id: CallId) -> bool {
    let catalog = scope.project.resolver.sources.catalog;
    let row = scope.project.info(scope.call_ref(id)).and_then(|info| info.row).map(|row| catalog.call(row));
    let is_limit = |conditional: &MarkIf| conditional.mark == Mark::Limited;
    let is_open = |arg: &Arg| match arg.value.root {
        Root::Object(object) => scope.facts().objects[object.index()].open,
        _ => false,
    };
    row.is_some_and(|row| row.marks_if.iter().any(is_limit))
        && scope.facts().args_of(scope.call(id)).iter().any(is_open)
}

/// Rows in a name: from where on, and in which function.
#[derive(Clone, Copy)]
struct Flow {
    name: NameId,
    function: FunctionId,
    after: u32,
}

/// Whether the value of a call reaches the answer to a request: the handler returns it, or hands it to the call that
/// answers; or another function returns it, and its callers do the same with what they get.
fn reaches_response(scope: &Scope, value: &Value, _: &Objects) -> bool {
    matches!(value, Value::Call(id) if is_answered_with(scope, *id, 0))
}

fn is_answered_with(scope: &Scope, id: CallId, steps: u32) -> bool {
    let last = outermost(scope, id);
    let call = scope.call(last);
    let within = scope.function_ref(call.function);
    let owner = scope.project.owner(within);
    let is_handler = [within, owner].iter().any(|function| scope.project.entry(*function).contains(Entry::Http));
    let leaves = match call.sink {
        Sink::Returned => true,
        Sink::Bound(_) => held_by(scope, last).is_some_and(|name| {
            is_given_away(scope, Flow { name, function: call.function, after: call.span.end }, is_handler, 0)
        }),
        _ => {
            let is_rows = |value: &Operand| value.root == Root::Call(last) && value.path.is_empty();
            in_return(scope, call.function, call.span)
                || is_handler && is_sent(scope, call.function, call.span.end, &is_rows)
                || goes_through_loop(scope, call.function, &|over| over.span.contains(call.span), is_handler, 0)
        }
    };
    let goes_on = |site: CallRef| {
        let there = Scope { at: site.file, ..scope.clone() };
        is_answered_with(&there, site.id, steps + 1)
    };
    let callers = || scope.project.callers(owner).take(MAX_CALLERS);
    leaves && (is_handler || steps < MAX_LAYERS && callers().any(goes_on))
}

/// Whether a loop makes something of each row and that is given away: a comprehension, or a loop that adds in every turn
/// to a list (`for row in rows: items.append(…)`).
fn goes_through_loop(
    scope: &Scope,
    function: FunctionId,
    is_over: &dyn Fn(&Operand) -> bool,
    is_handler: bool,
    steps: u32,
) -> bool {
    let facts = scope.facts();
    let is_meant = |each: &&Loop| each.function == function && each.over.as_ref().is_some_and(is_over);
    facts.loops.iter().filter(is_meant).any(|each| {
        let flow = |name| Flow { name, function, after: each.span.end };
        if each.kind == LoopKind::Comprehension {
            let holds = |bind: &&crate::facts::Bind| bind.value_span.contains(each.span) && bind.function == function;
            let holders = facts.binds.iter().filter(holds).filter(|bind| {
                let made = bind.value.as_ref().map(|value| value.root);
                matches!(made, Some(Root::List(_) | Root::Set(_) | Root::Object(_))) && bind.target.path.is_empty()
            });
            return in_return(scope, function, each.span)
                || holders
                    .filter_map(|bind| bind.target.root.name())
                    .any(|name| is_given_away(scope, flow(name), is_handler, steps + 1));
        }
        let in_every_turn = facts
            .calls_in(facts.blocks[each.body.index()].span)
            .filter(|id| scope.call(*id).block == each.body && adds(scope, *id));
        let lists = in_every_turn.filter_map(|id| {
            let list = scope.call(id).receiver();
            list.root.name().filter(|_| list.path.is_empty())
        });
        each.kind == LoopKind::For
            && lists.into_iter().any(|list| is_given_away(scope, flow(list), is_handler, steps + 1))
    })
}

/// Whether rows are given, as they are or under a key, to a call that works on what the function around a call was given:
/// `response.status(200).json({ rows })`.
fn is_sent(scope: &Scope, function: FunctionId, after: u32, is_rows: &dyn Fn(&Operand) -> bool) -> bool {
    let facts = scope.facts();
    let params = &facts.functions[function.index()].params;
    let is_given = |other: &Call| {
        let first = base_of(scope.project, scope.at, &other.callee).root;
        !other.callee.path.is_empty()
            && matches!(first, Root::Name(name) if params.iter().any(|param| param.name == name))
    };
    let has_rows = |arg: &Arg| match arg.value.root {
        Root::Object(object) => {
            facts.entries_of(&facts.objects[object.index()]).iter().any(|(_, value)| is_rows(value))
        }
        _ => is_rows(&arg.value),
    };
    let around = facts.functions[function.index()].span;
    facts.calls_in(around).map(|other| scope.call(other)).any(|other| {
        let is_plain = other.kind == CallKind::Plain && other.function == function && other.sink == Sink::Dropped;
        is_plain && other.span.end >= after && facts.args_of(other).iter().any(has_rows) && is_given(other)
    })
}

/// The last call of a chain.
fn outermost(scope: &Scope, id: CallId) -> CallId {
    let mut current = id;
    while let Some(next) = scope.file().index.continued(current) {
        current = next;
    }
    current
}

/// The last call of a chain before what only asks of its rows how many there are: `.load()?` of `.load()?.is_empty()`.
fn last_of_rows(scope: &Scope, id: CallId) -> CallId {
    let is_asked =
        |next: &CallId| measure_at(scope, scope.call(*next).span).is_some_and(|one| one.asked.is_of_number());
    let mut current = id;
    while let Some(next) = scope.file().index.continued(current).filter(|next| !is_asked(next)) {
        current = next;
    }
    current
}

fn in_return(scope: &Scope, function: FunctionId, place: Span) -> bool {
    let is_return = |kind: ExitKind| kind == ExitKind::Return;
    scope
        .facts()
        .exits
        .iter()
        .any(|exit| is_return(exit.kind) && exit.function == function && exit.span.contains(place))
}

/// The chains that begin with a name and end with a list.
fn lists_from<'a>(scope: &'a Scope, flow: Flow) -> impl Iterator<Item = CallId> + 'a {
    let facts = scope.facts();
    let begins = move |id: &CallId| {
        let call = scope.call(*id);
        call.operator().is_none()
            && call.function == flow.function
            && call.callee.span.start > flow.after
            && call.callee.root == Root::Name(flow.name)
            && !call.callee.path.is_empty()
    };
    let all = (0..facts.calls.len()).map(|row| CallId(row as u32));
    all.filter(begins).map(|first| outermost(scope, first)).filter(|last| is_list(scope, *last))
}

/// Whether rows read at `start` are still many where the expression around them ends: in `rows.iter().sum()` they are
/// not.
fn stays_many(scope: &Scope, within: Span, start: u32) -> bool {
    let facts = scope.facts();
    let begins_here = |id: &CallId| {
        let call = scope.call(*id);
        call.operator().is_none()
            && call.callee.span.start == start
            && matches!(call.callee.root, Root::Name(_))
            && !call.callee.path.is_empty()
    };
    match facts.calls_in(within).find(begins_here) {
        Some(first) => is_list(scope, outermost(scope, first)),
        None => true,
    }
}

/// Whether rows read at `start` are given to a query of the expression around them: they decide what is asked for.
fn is_asked_with(scope: &Scope, within: Span, start: u32) -> bool {
    let (facts, catalog) = (scope.facts(), scope.project.resolver.sources.catalog);
    facts.calls_in(within).filter(|id| scope.call(*id).operator().is_none()).any(|id| {
        let takes_it = || facts.args_of(scope.call(id)).iter().any(|arg| arg.value.span.covers(start));
        let row = scope.project.info(scope.call_ref(id)).and_then(|info| info.row).map(|row| catalog.call(row));
        // `list(rows)` asks for the rows themselves.
        let is_query = row.is_some_and(|row| row.on.is_some() && row.iterates.is_none());
        is_query && takes_it() && (!scope.project.hits(scope.call_ref(id), 0).is_empty() || is_lazy_query(scope, id))
    })
}

/// Whether a call gives a collection, or a query that gives one when it is awaited.
fn is_list(scope: &Scope, id: CallId) -> bool {
    let gives_list = |id: CallId| {
        scope.project.info(scope.call_ref(id)).and_then(|info| info.gives).is_some_and(|gives| {
            matches!(
                scope.project.resolver.sources.catalog.type_of(gives).collection,
                Some(Collection::List | Collection::Iterator | Collection::Set)
            )
        })
    };
    let facts = scope.facts();
    let awaits_it = |row: &usize| awaited_call(facts, &facts.calls[*row]) == Some(id);
    gives_list(id)
        || scope.call(id).awaited && (0..facts.calls.len()).filter(awaits_it).any(|row| gives_list(CallId(row as u32)))
}

/// Whether a name's rows are returned, or, in a handler, handed to the call that answers; as they are, under another name
/// that a list is taken from them for, or made into something one by one.
fn is_given_away(scope: &Scope, flow: Flow, is_handler: bool, steps: u32) -> bool {
    let Flow { name, function, after } = flow;
    let facts = scope.facts();
    let narrowed = facts.binds.iter().any(|bind| {
        let is_same = bind.target.root == Root::Name(name) && bind.function == function;
        is_same && bind.kind == BindKind::Assign && bind.target.span.start > after
    });
    if narrowed || steps > MAX_NAMES {
        return false;
    }
    let returned = facts.exits.iter().any(|exit| {
        exit.kind == ExitKind::Return
            && exit.function == function
            && exit.span.start > after
            && exit.value.is_some()
            && facts.uses_in(exit.span).any(|used| {
                used.name == name
                    && stays_many(scope, exit.span, used.start)
                    && !is_asked_with(scope, exit.span, used.start)
            })
    });
    let is_rows = |value: &Operand| value.root == Root::Name(name) && value.path.is_empty();
    returned
        || is_handler && (is_answered(scope, flow) || is_sent(scope, function, after, &is_rows))
        || goes_through_loop(scope, function, &|over| is_rows(over) && over.span.start > after, is_handler, steps)
        || lists_from(scope, flow).any(|list| {
            let end = scope.call(list).span.end;
            held_by(scope, list)
                .is_some_and(|name| is_given_away(scope, Flow { name, after: end, ..flow }, is_handler, steps + 1))
        })
}

/// Whether rows are handed to a call whose value is dropped, and of which no library says that it does something else.
fn is_answered(scope: &Scope, flow: Flow) -> bool {
    let facts = scope.facts();
    let has_effect = |row: usize| {
        scope.project.info(scope.call_ref(CallId(row as u32))).is_some_and(|info| !info.effects.is_empty())
    };
    facts.calls.iter().enumerate().any(|(row, other)| {
        other.kind == CallKind::Plain
            && !has_effect(row)
            && other.span.start > flow.after
            && other.function == flow.function
            && other.sink == Sink::Dropped
            && facts
                .args_of(other)
                .iter()
                .any(|arg| arg.value.root == Root::Name(flow.name) && arg.value.path.is_empty())
    })
}
