//! Whether a piece of code that stands where something runs each time runs seldom: once, until a name has a value; once a
//! key, its answer being kept; for one key; or whenever a buffer is full.

use super::calls::FileCalls;
use super::dependence::{depends_on_items, depends_on_value};
use super::index::{calls_in, uses_in};
use super::needs::{Place, answer_place, conditions_before, guards_before, looked_up_in};
use super::sources::ProjectFile;
use crate::catalog::Effect;
use crate::facts::{
    Bind, BindKind, CallKind, Condition, FieldPath, FileFacts, FunctionId, Integer, LoopId, Operand, Operator, Root,
    Sink, Span,
};

/// Whether a call of a function runs code only when what outlives the call has grown enough: a condition before the code
/// compares a collection that the function makes longer, or a number that it counts up (`this.rows.push(row); if
/// (this.rows.length >= 500) this.flush()`). That a condition tests only whether there is anything is no such thing.
pub fn awaits_fullness(file: &ProjectFile, known: &FileCalls, owner: FunctionId, code: Place) -> bool {
    let span = file.facts.functions[owner.index()].span;
    let outlives = |value: &Operand| match value.root {
        Root::This => true,
        Root::Name(name) => {
            let found = file.index.lookup(&file.facts, name, owner, value.span.start);
            found.is_some_and(|declared| !span.covers(declared.start))
        }
        _ => false,
    };
    is_full(file, known, owner, code, span, &outlives)
}

/// Whether code in a loop runs only in the turns in which what the loop adds to has grown enough.
pub fn awaits_fullness_in(file: &ProjectFile, known: &FileCalls, code: Place, each: LoopId) -> bool {
    let facts = &file.facts;
    let row = &facts.loops[each.index()];
    let body = facts.blocks[row.body.index()].span;
    let outlives = |value: &Operand| match value.root {
        Root::This => true,
        Root::Name(name) => {
            let declares = |bind: &Bind| {
                body.contains(bind.target.span)
                    && bind.target.root == Root::Name(name)
                    && bind.kind == BindKind::Declare
            };
            !row.items.contains(&name) && !facts.binds.iter().any(declares)
        }
        _ => false,
    };
    is_full(file, known, row.function, code, body, &outlives)
}

/// Whether a condition inside `within` before the code compares what grows there and `outlives` it.
fn is_full(
    file: &ProjectFile,
    known: &FileCalls,
    owner: FunctionId,
    code: Place,
    within: Span,
    outlives: &dyn Fn(&Operand) -> bool,
) -> bool {
    let facts = &file.facts;
    let is_read = |value: &Operand, guard: Span| match value.root {
        Root::Name(name) => uses_in(facts, guard).any(|used| used.name == name),
        // Fields are no uses; that the function makes one longer and measures one is taken to be about the same one.
        Root::This => uses_in(facts, guard).any(|used| matches!(file.name(used.name), "this" | "self")),
        _ => false,
    };
    let measures = |guard: Span| {
        let grows = calls_in(facts, within).any(|id| {
            let call = &facts.calls[id.index()];
            let info = known.get(id);
            let adds = info.is_some_and(|info| info.effects.iter().any(|(effect, _)| *effect == Effect::GrowLinear));
            let receiver = call.receiver();
            adds && call.kind == CallKind::Plain && is_read(&receiver, guard) && outlives(&receiver)
        });
        let first = facts.binds.partition_point(|bind| bind.target.span.start < within.start);
        let mut binds = facts.binds[first..].iter().take_while(|bind| bind.target.span.start < within.end);
        grows || binds.any(|bind| counts_up(bind) && is_read(&bind.target, guard) && outlives(&bind.target))
    };
    let mut guards = guards_before(facts, owner, code).into_iter();
    guards.any(|(guard, when)| when && within.contains(guard) && is_comparison(facts, guard) && measures(guard))
}

/// A condition that asks of no value whether it is true, something, or part of something.
fn is_comparison(facts: &FileFacts, guard: Span) -> bool {
    let asks = |operator| matches!(operator, Operator::Truth | Operator::Contains | Operator::Await);
    let mut operators = calls_in(facts, guard).filter_map(|id| facts.calls[id.index()].operator());
    !operators.any(asks)
}

/// `n += 1`, `n++`.
fn counts_up(bind: &Bind) -> bool {
    let by_one = |value: &Operand| matches!(value.root, Root::Number(Some(Integer(1))));
    bind.kind == BindKind::Augment && bind.value.as_ref().is_none_or(by_one)
}

/// Whether code in a loop runs until a name from before the loop, that a condition before it tests to be empty, is given
/// what the code gives (`if first is None: first = load(row)`).
pub fn fills_once(facts: &FileFacts, owner: FunctionId, code: Place, each: LoopId) -> bool {
    let row = &facts.loops[each.index()];
    let body = facts.blocks[row.body.index()].span;
    let given_in = |place: &Operand, found: &dyn Fn(&Bind) -> bool| {
        let mut binds = facts.binds.iter().filter(|bind| body.contains(bind.target.span));
        binds.any(|bind| bind.target.root == place.root && bind.target.path == place.path && found(bind))
    };
    // A name that a turn gives a value before it is tested says nothing of the turns before.
    let is_of_turn = |condition: &Condition| match condition.value.root {
        Root::Name(name) => {
            let whole = Operand { path: FieldPath::EMPTY, ..condition.value.clone() };
            row.items.contains(&name)
                || given_in(&whole, &|bind| bind.kind == BindKind::Declare)
                || [&whole, &condition.value]
                    .into_iter()
                    .any(|place| given_in(place, &|bind| bind.target.span.start < condition.guard.start))
        }
        Root::This => false,
        _ => true,
    };
    let is_fill =
        |bind: &Bind| bind.value_span.contains(code.span) || depends_on_value(facts, bind.value_span, code.span);
    let stands_inside = |condition: &&Condition| !condition.holds && body.contains(condition.guard);
    let mut unset = conditions_before(facts, owner, code).into_iter().filter(stands_inside);
    unset.any(|condition| !is_of_turn(condition) && given_in(&condition.value, &is_fill))
}

/// Whether code in a loop runs once for each key that comes up, and its answers are kept in a collection from before the
/// loop (`if key not in known: known[key] = load(key)`). A set of what was seen keeps no answers.
pub fn keeps_answers(file: &ProjectFile, known: &FileCalls, owner: FunctionId, code: Place, each: LoopId) -> bool {
    let facts = &file.facts;
    let body = facts.blocks[facts.loops[each.index()].body.index()].span;
    let holds_answer = |span: Span| span.contains(code.span) || depends_on_value(facts, span, code.span);
    let is_of = |value: &Operand, place: &Operand| {
        value.root == place.root && value.path.len() > place.path.len() && value.path.starts_with(&place.path)
    };
    let is_kept_in = |place: Operand| {
        let mut binds = facts.binds.iter().filter(|bind| body.contains(bind.target.span));
        let mut calls = calls_in(facts, body).map(|id| &facts.calls[id.index()]);
        let is_declared = |bind: &Bind| bind.target.root == place.root && bind.kind == BindKind::Declare;
        !facts.binds.iter().any(|bind| body.contains(bind.target.span) && is_declared(bind))
            && (binds.any(|bind| is_of(&bind.target, &place) && holds_answer(bind.value_span))
                || calls.any(|call| {
                    let takes_answer = || facts.args_of(call).iter().any(|arg| holds_answer(arg.value.span));
                    call.sink == Sink::Dropped && is_of(&call.callee, &place) && takes_answer()
                }))
    };
    let inside = |guard: Span| body.contains(guard);
    let conditions = conditions_before(facts, owner, code).into_iter();
    let mut tested = conditions
        .filter(|condition| !condition.holds && inside(condition.guard))
        .filter_map(|condition| answer_place(file, known, owner, &condition.value));
    let guards = guards_before(facts, owner, code).into_iter().filter(|(guard, _)| inside(*guard));
    tested.any(&is_kept_in) || guards.flat_map(|(guard, _)| looked_up_in(facts, known, guard)).any(is_kept_in)
}

/// Whether code in a loop runs for one key: a condition before it compares the loop's key, or an item that is a value by
/// itself, with something that does not change from turn to turn (`if name == "total"`).
pub fn is_for_one_key(facts: &FileFacts, owner: FunctionId, code: Place, each: LoopId) -> bool {
    let row = &facts.loops[each.index()];
    let body = facts.blocks[row.body.index()].span;
    let Some(key) = row.items.first().copied() else { return false };
    let is_key = |value: &Operand| value.root == Root::Name(key) && value.path.is_empty();
    let is_constant = |value: &Operand| {
        let names = uses_in(facts, value.span).count();
        !depends_on_items(facts, value.span, each) && (names <= 1 || value.root != Root::Other)
    };
    let inside = guards_before(facts, owner, code).into_iter().filter(|(guard, when)| *when && body.contains(*guard));
    inside.flat_map(|(guard, _)| calls_in(facts, guard)).any(|id| {
        let call = &facts.calls[id.index()];
        let args = facts.args_of(call);
        call.operator() == Some(Operator::Equal)
            && call.function == facts.blocks[row.body.index()].function
            && args.len() == 1
            && (is_key(&call.callee) && is_constant(&args[0].value)
                || is_key(&args[0].value) && is_constant(&call.callee))
    })
}
