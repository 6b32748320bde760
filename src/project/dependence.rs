//! Which names reach an expression: order-aware, flow-insensitive, inside one function and its closures.
//!
//! There is no control-flow graph and no alias analysis: a name given a value anywhere in the looked-at stretch counts,
//! and a value changed through another name does not.

use rustc_hash::FxHashSet;

use crate::facts::{
    BindKind, BlockId, BlockKind, Call, CallId, Exit, ExitKind, FileFacts, LoopId, NameId, Operand, Root, Sink, Span,
};

/// The names that reach the expression at `span`, through what is bound inside `within`.
pub fn names_reaching(facts: &FileFacts, span: Span, within: Span) -> FxHashSet<NameId> {
    let mut reached: FxHashSet<NameId> = FxHashSet::default();
    let mut spans = vec![span];
    while let Some(current) = spans.pop() {
        for used in facts.uses_in(current) {
            if reached.insert(used.name) {
                spans.extend(values_of(facts, used.name, within));
            }
        }
    }
    reached
}

/// The expressions that `name`, or a field of it, is given inside `within`.
fn values_of(facts: &FileFacts, name: NameId, within: Span) -> impl Iterator<Item = Span> + '_ {
    facts.binds_in(within).filter(move |bind| bind.target.root == Root::Name(name)).map(|bind| bind.value_span)
}

/// Whether the value at `span` differs from turn to turn of a loop: one of the loop's items reaches it.
pub fn depends_on_items(facts: &FileFacts, span: Span, each: LoopId) -> bool {
    let row = &facts.loops[each.index()];
    let reached = names_reaching(facts, span, row.span);
    row.items.iter().any(|item| reached.contains(item))
}

/// Whether the value of the expression at `earlier` reaches the one at `later`.
pub fn depends_on_value(facts: &FileFacts, later: Span, earlier: Span) -> bool {
    if later.contains(earlier) {
        return true;
    }
    let within = Span { start: earlier.start, end: later.end };
    let within = Span { start: statement_start(facts, within.start), ..within };
    let holders: FxHashSet<NameId> = facts
        .binds
        .iter()
        .filter(|b| b.value_span.contains(earlier) || b.value_span == earlier)
        .filter_map(|b| root_name(&b.target))
        .collect();
    if holders.is_empty() {
        return false;
    }
    let mut reached = names_reaching(facts, later, within);
    reached.extend(facts.uses_in(later).map(|u| u.name));
    holders.iter().any(|name| reached.contains(name)) || {
        // What is put into a collection in between reaches whoever reads the collection.
        let put: Vec<Span> = reached.iter().flat_map(|name| put_into(facts, *name, within)).collect();
        put.iter().any(|span| {
            let through = names_reaching(facts, *span, within);
            holders.iter().any(|name| through.contains(name))
        })
    }
}

/// The arguments of the calls on `name` inside `within` whose value is dropped (`rows.push(row)`), and what the loops go
/// over that such calls stand in.
fn put_into(facts: &FileFacts, name: NameId, within: Span) -> Vec<Span> {
    let mut found = Vec::new();
    for id in facts.calls_in(within) {
        let call = &facts.calls[id.index()];
        let is_put = call.callee.root == Root::Name(name) && call.callee.path.len() == 1 && call.sink == Sink::Dropped;
        if !is_put {
            continue;
        }
        found.extend(facts.args_of(call).iter().map(|arg| arg.value.span));
        let around = facts.loops.iter().filter(|each| within.contains(each.span) && each.span.contains(call.span));
        found.extend(around.filter_map(|each| each.over.as_ref()).map(|over| over.span));
    }
    found
}

/// Where the statement around an offset starts: binds of the earlier value stand left of it.
fn statement_start(facts: &FileFacts, offset: u32) -> u32 {
    let end = facts.statements.partition_point(|s| s.span.start <= offset);
    facts.statements[..end].iter().rev().find(|s| s.span.covers(offset)).map_or(offset, |s| s.span.start)
}

/// The name at the root of an operand.
pub fn root_name(operand: &Operand) -> Option<NameId> {
    match operand.root {
        Root::Name(name) => Some(name),
        _ => None,
    }
}

/// Names bound or changed inside a loop that were there before it, and are read by a later turn: an assignment or
/// augmented assignment in the body to a name that is not declared there.
pub fn carried_names(facts: &FileFacts, each: LoopId) -> FxHashSet<NameId> {
    let row = &facts.loops[each.index()];
    let body = facts.blocks[row.body.index()].span;
    let mut inside: FxHashSet<NameId> = row.items.iter().copied().collect();
    let mut carried = FxHashSet::default();
    let mut changed = Vec::new();
    for bind in facts.binds_in(body) {
        let Some(name) = root_name(&bind.target) else { continue };
        match bind.kind {
            BindKind::Declare | BindKind::Item | BindKind::Pattern if bind.target.path.is_empty() => {
                inside.insert(name);
            }
            _ => changed.push((name, bind)),
        }
    }
    for (name, bind) in changed {
        let before = facts.binds.iter().any(|b| {
            b.function == row.function && !row.span.contains(b.target.span) && b.target.root == Root::Name(name)
        });
        let read_first = facts.uses_in(body).any(|u| u.name == name && u.start < bind.target.span.start);
        let reads_itself = bind.kind == BindKind::Augment || facts.uses_in(bind.value_span).any(|u| u.name == name);
        if !inside.contains(&name) && before && (read_first || reads_itself) {
            carried.insert(name);
        }
    }
    carried
}

/// Whether a call lies inside a span.
pub fn call_within(facts: &FileFacts, call: CallId, span: Span) -> bool {
    span.contains(facts.calls[call.index()].span)
}

/// Whether the loop is left, whatever happens, in the turn in which `call` runs: an exit stands later in the call's
/// block or in one around it, inside the loop, or the call's own statement is one.
pub fn leaves_after(facts: &FileFacts, call: &Call, each: LoopId) -> bool {
    let row = &facts.loops[each.index()];
    let body = facts.blocks[row.body.index()].span;
    let mut around: FxHashSet<BlockId> = FxHashSet::default();
    let mut block = Some(call.block);
    while let Some(id) = block {
        around.insert(id);
        if id == row.body {
            break;
        }
        block = facts.blocks[id.index()].parent;
    }
    facts.exits.iter().any(|exit| {
        matches!(exit.kind, ExitKind::Break | ExitKind::Return | ExitKind::Throw)
            // What a closure or an async block gives leaves that alone.
            && exit.function == row.function
            && body.contains(exit.span)
            && around.contains(&exit.block)
            && (exit.span.start >= call.span.end || exit.span.contains(call.span))
            && facts.loops.iter().all(|other| {
                // A `break` of an inner loop that does not hold the call leaves only that one.
                other.span == row.span
                    || !row.span.contains(other.span)
                    || !other.span.contains(exit.span)
                    || other.span.contains(call.span) && exit.kind != ExitKind::Break
            })
            && !is_callback(facts, each)
    })
}

/// Whether the loop is left under a condition on what `call` gives: `if (found) return found`.
pub fn leaves_on(facts: &FileFacts, call: &Call, each: LoopId) -> bool {
    let row = &facts.loops[each.index()];
    let body = facts.blocks[row.body.index()].span;
    let is_of_inner = |exit: &Exit| {
        exit.kind == ExitKind::Break
            && facts
                .loops
                .iter()
                .any(|other| other.span != row.span && row.span.contains(other.span) && other.span.contains(exit.span))
    };
    let is_decided = |exit: &Exit| {
        let mut block = Some(exit.block);
        while let Some(id) = block.filter(|id| *id != row.body) {
            let around = &facts.blocks[id.index()];
            if around.kind == BlockKind::Catch {
                return false;
            }
            if around.guard.is_some_and(|guard| depends_on_value(facts, guard, call.span)) {
                return true;
            }
            block = around.parent;
        }
        false
    };
    let first = facts.exits.partition_point(|exit| exit.span.start < body.start);
    facts.exits[first..].iter().take_while(|exit| exit.span.start < body.end).any(|exit| {
        matches!(exit.kind, ExitKind::Break | ExitKind::Return)
            && exit.function == row.function
            && exit.span.end > call.span.start
            && !is_of_inner(exit)
            && is_decided(exit)
    })
}

/// Whether the loop is a callback: `return` there ends a turn, not the loop.
fn is_callback(facts: &FileFacts, each: LoopId) -> bool {
    facts.loops[each.index()].kind == crate::facts::LoopKind::Callback
}

/// Calls inside a loop's body.
pub fn calls_of_body(facts: &FileFacts, each: LoopId) -> impl Iterator<Item = CallId> + '_ {
    facts.calls_in(facts.blocks[facts.loops[each.index()].body.index()].span)
}
