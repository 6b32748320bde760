//! Whether a piece of code that stands where something runs each time runs seldom: once, until a name has a value; once a
//! key, its answer being kept; for one key; or whenever a buffer is full.

use super::calls::FileCalls;
use super::dependence::{depends_on_items, depends_on_value};
use super::kept::{answer_place, looked_up_in};
use super::needs::{Place, blocks_around, conditions_before, guards_before};
use super::sources::ProjectFile;
use crate::catalog::Effect;
use crate::facts::{
    Bind, BindKind, Block, BlockKind, CallKind, Condition, FieldPath, FileFacts, FunctionId, Integer, LoopId, NameId,
    Operand, Operator, Root, Sink, Span,
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

/// A turn of a loop: its body, and what is new in it.
struct Turn<'f> {
    facts: &'f FileFacts,
    /// The loop's items.
    items: &'f [NameId],
    /// The function that the loop stands in.
    function: FunctionId,
    body: Span,
}

impl<'f> Turn<'f> {
    fn new(facts: &'f FileFacts, each: LoopId) -> Self {
        let row = &facts.loops[each.index()];
        Self { facts, items: row.items.as_slice(), function: row.function, body: facts.blocks[row.body.index()].span }
    }

    /// Whether a root starts anew in each turn: it is one of the loop's items, or declared in the body.
    fn starts(&self, root: Root) -> bool {
        let declares = |bind: &Bind| bind.target.root == root && bind.kind == BindKind::Declare;
        matches!(root, Root::Name(name) if self.items.contains(&name)) || self.facts.binds_in(self.body).any(declares)
    }

    /// What the body gives to a place.
    fn given_to<'p>(&'p self, place: &'p Operand) -> impl Iterator<Item = &'f Bind> + 'p {
        let binds = self.facts.binds_in(self.body);
        binds.filter(|bind| bind.target.root == place.root && bind.target.path == place.path)
    }

    /// The conditions inside the body under which code runs.
    fn guards(&self, owner: FunctionId, code: Place) -> impl Iterator<Item = (Span, bool)> + '_ {
        guards_before(self.facts, owner, code).into_iter().filter(|(guard, _)| self.body.contains(*guard))
    }

    /// What the body tests to be empty, or not to hold, before code.
    fn tested_empty(&self, owner: FunctionId, code: Place) -> impl Iterator<Item = &'f Condition> + '_ {
        let conditions = conditions_before(self.facts, owner, code).into_iter();
        conditions.filter(|condition| !condition.holds && self.body.contains(condition.guard))
    }
}

/// Whether code in a loop runs only in the turns in which what the loop adds to has grown enough.
pub fn awaits_fullness_in(file: &ProjectFile, known: &FileCalls, code: Place, each: LoopId) -> bool {
    let turn = Turn::new(&file.facts, each);
    let outlives = |value: &Operand| matches!(value.root, Root::This | Root::Name(_)) && !turn.starts(value.root);
    is_full(file, known, turn.function, code, turn.body, &outlives)
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
        Root::Name(name) => facts.uses_in(guard).any(|used| used.name == name),
        // Fields are no uses; that the function makes one longer and measures one is taken to be about the same one.
        Root::This => facts.uses_in(guard).any(|used| matches!(file.name(used.name), "this" | "self")),
        _ => false,
    };
    let measures = |guard: Span| {
        let grows = facts.calls_in(within).any(|id| {
            let call = &facts.calls[id.index()];
            let info = known.get(id);
            let adds = info.is_some_and(|info| info.effects.iter().any(|(effect, _)| *effect == Effect::GrowLinear));
            let receiver = call.receiver();
            adds && call.kind == CallKind::Plain && is_read(&receiver, guard) && outlives(&receiver)
        });
        grows
            || facts
                .binds_in(within)
                .any(|bind| counts_up(bind) && is_read(&bind.target, guard) && outlives(&bind.target))
    };
    let mut guards = guards_before(facts, owner, code).into_iter();
    guards.any(|(guard, when)| when && within.contains(guard) && is_comparison(facts, guard) && measures(guard))
}

/// A condition that asks of no value whether it is true, something, or part of something.
fn is_comparison(facts: &FileFacts, guard: Span) -> bool {
    let asks = |operator| matches!(operator, Operator::Truth | Operator::Contains | Operator::Await);
    let mut operators = facts.calls_in(guard).filter_map(|id| facts.calls[id.index()].operator());
    !operators.any(asks)
}

/// `n += 1`, `n++`.
fn counts_up(bind: &Bind) -> bool {
    let by_one = |value: &Operand| matches!(value.root, Root::Number(Some(Integer(1))));
    bind.kind == BindKind::Augment && bind.value.as_ref().is_none_or(by_one)
}

/// Whether code in a loop runs until a name from before the loop, that a condition before it tests to be empty, is given
/// what the code gives (`if first is None: first = load(row)`), or is set.
pub fn fills_once(facts: &FileFacts, owner: FunctionId, code: Place, each: LoopId) -> bool {
    let turn = Turn::new(facts, each);
    // A name that a turn gives a value before it is tested says nothing of the turns before.
    let is_of_turn = |condition: &Condition| {
        let whole = Operand { path: FieldPath::EMPTY, ..condition.value.clone() };
        let given_before = |place| turn.given_to(place).any(|bind| bind.target.span.start < condition.guard.start);
        match condition.value.root {
            Root::Name(_) => turn.starts(whole.root) || given_before(&whole) || given_before(&condition.value),
            Root::This => false,
            _ => true,
        }
    };
    // A flag says it in place of the answer (`if found: continue; found = True`), where it is set whenever the code runs.
    let around = blocks_around(facts, owner, code.block);
    let is_flag = |bind: &Bind| {
        let is_true = bind.value.as_ref().is_some_and(|value| value.root == Root::Bool(true));
        is_true && around.iter().any(|(block, _)| *block == bind.block)
    };
    let is_fill = |bind: &Bind| {
        bind.value_span.contains(code.span) || depends_on_value(facts, bind.value_span, code.span) || is_flag(bind)
    };
    let mut unset = turn.tested_empty(owner, code);
    unset.any(|condition| !is_of_turn(condition) && turn.given_to(&condition.value).any(is_fill))
}

/// Whether code in a loop runs once for each key that comes up, and its answers are kept in a collection from before the
/// loop (`if key not in known: known[key] = load(key)`). A set of what was seen keeps no answers.
pub fn keeps_answers(file: &ProjectFile, known: &FileCalls, owner: FunctionId, code: Place, each: LoopId) -> bool {
    let facts = &file.facts;
    let turn = Turn::new(facts, each);
    let holds_answer = |span: Span| span.contains(code.span) || depends_on_value(facts, span, code.span);
    let is_of = |value: &Operand, place: &Operand| {
        value.root == place.root && value.path.len() > place.path.len() && value.path.starts_with(&place.path)
    };
    let is_kept_in = |place: Operand| {
        let mut calls = facts.calls_in(turn.body).map(|id| &facts.calls[id.index()]);
        !turn.starts(place.root)
            && (facts.binds_in(turn.body).any(|bind| is_of(&bind.target, &place) && holds_answer(bind.value_span))
                || calls.any(|call| {
                    let takes_answer = || facts.args_of(call).iter().any(|arg| holds_answer(arg.value.span));
                    call.sink == Sink::Dropped && is_of(&call.callee, &place) && takes_answer()
                }))
    };
    let mut tested =
        turn.tested_empty(owner, code).filter_map(|condition| answer_place(file, known, owner, &condition.value));
    let mut looked_up = turn.guards(owner, code).flat_map(|(guard, _)| looked_up_in(facts, known, guard));
    tested.any(&is_kept_in) || looked_up.any(is_kept_in)
}

/// How many arms tell kinds of elements apart; what may be there or not, or may have failed, has two.
const MIN_KINDS: usize = 3;

/// Whether code in a loop runs for one of several kinds of elements: in an arm of a `match` or `switch` over the loop's
/// item or a field of it.
pub fn is_for_one_kind(facts: &FileFacts, owner: FunctionId, code: Place, each: LoopId) -> bool {
    let turn = Turn::new(facts, each);
    let tells_kind = |guard: Span| {
        let mut names = facts.uses_in(guard).map(|used| used.name);
        let mut calls = facts.calls_in(guard).map(|id| &facts.calls[id.index()]);
        names.next().is_some_and(|name| turn.items.contains(&name))
            && names.next().is_none()
            && calls.all(|call| call.kind == CallKind::Plain && call.args.is_empty() && !call.awaited)
    };
    let arms_of = |guard: Span| facts.blocks.iter().filter(move |block| is_arm(block) && block.guard == Some(guard));
    let inside = blocks_around(facts, owner, code.block).into_iter().map(|(_, block)| block);
    inside
        .filter(|block| is_arm(block) && turn.body.contains(block.span))
        .filter_map(|block| block.guard)
        .any(|guard| tells_kind(guard) && arms_of(guard).nth(MIN_KINDS - 1).is_some())
}

fn is_arm(block: &Block) -> bool {
    block.kind == BlockKind::Case
}

/// What the field is called that no two rows share.
const IDS: &[&str] = &["id", "_id", "pk", "uuid"];

/// Whether code in a loop runs for one key: a condition before it compares the loop's key, an item that is a value by
/// itself, or an item's id, with something that does not change from turn to turn (`if name == "total"`).
pub fn is_for_one_key(facts: &FileFacts, owner: FunctionId, code: Place, each: LoopId) -> bool {
    let turn = Turn::new(facts, each);
    let Some(key) = turn.items.first().copied() else { return false };
    let is_key = |value: &Operand| match (value.root, value.path.as_slice()) {
        (Root::Name(name), []) => name == key,
        (Root::Name(name), [field]) => turn.items.contains(&name) && IDS.contains(&facts.names.get(*field)),
        _ => false,
    };
    // An expression of several names (`page * size + 1`) may change with what is counted.
    let is_constant = |value: &Operand| {
        let is_one_value = value.root != Root::Other || facts.uses_in(value.span).count() <= 1;
        is_one_value && !depends_on_items(facts, value.span, each)
    };
    let compared = turn.guards(owner, code).filter(|(_, when)| *when).flat_map(|(guard, _)| facts.calls_in(guard));
    compared.map(|id| &facts.calls[id.index()]).any(|call| {
        let ([arg], Some(Operator::Equal)) = (facts.args_of(call), call.operator()) else { return false };
        call.function == facts.blocks[facts.loops[each.index()].body.index()].function
            && (is_key(&call.callee) && is_constant(&arg.value) || is_key(&arg.value) && is_constant(&call.callee))
    })
}
