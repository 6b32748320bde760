//! Predicates about values of which only the size, or an end, is wanted.

use super::super::clause::Kind;
use super::super::value::{Objects, Scope, Value};
use super::super::vocabulary::{ObjectKind, Predicate};
use super::response::returns_many;
use crate::catalog::Mark;
use crate::facts::{
    Asked, Bind, BindKind, Call, CallId, CallKind, FunctionId, Measure, NameId, Operand, Operator, Root, Sink, Span,
};
use crate::project::calls::awaited_call;
use crate::syntax::Family;

/// How many calls of a chain are followed.
const MAX_CHAINED: u32 = 8;

/// The table.
pub const PREDICATES: &[Predicate] = &[
    Predicate {
        name: "only-counted",
        subjects: &[Kind::Call],
        object: ObjectKind::None,
        doc: "of the rows that it gives, perhaps through a name, nothing is wanted but how many there are",
        test: |scope, value, _| wants(scope, value).is_some_and(|wants| is_counted(&wants)),
    },
    Predicate {
        name: "only-tested",
        subjects: &[Kind::Call],
        object: ObjectKind::None,
        doc: "of the rows that it gives, or counts, nothing is wanted but whether there are any",
        test: is_tested,
    },
    Predicate {
        name: "only-for-an-end",
        subjects: &[Kind::Call],
        object: ObjectKind::None,
        doc: "of the list that it gives, or sorts in place, nothing is wanted but the first or the last element, and no one else has that list",
        test: |scope, value, _| matches!(value, Value::Call(id) if is_for_an_end(scope, *id)),
    },
];

/// What is wanted of a value at one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Want {
    /// Its size.
    Size,
    /// Whether it has any element.
    Any,
    /// Whether it, a number, is zero.
    Zero,
    /// Its truth: of a list in Python whether it has any element, of a number whether it is zero.
    Truth,
    /// Its first or last element.
    End,
}

fn is_counted(wants: &[Want]) -> bool {
    wants.contains(&Want::Size) && wants.iter().all(|want| matches!(want, Want::Size | Want::Any | Want::Truth))
}

fn is_tested(scope: &Scope, value: &Value, objects: &Objects) -> bool {
    let Value::Call(id) = value else { return false };
    let call = scope.call_ref(*id);
    let marks = scope.project.marks(call);
    if marks.contains(Mark::Counts) {
        let of_number = |want: &Want| matches!(want, Want::Zero | Want::Truth);
        return wants(scope, value).is_some_and(|wants| !wants.is_empty() && wants.iter().all(of_number));
    }
    // What answers with one row, or with yes or no, is no list.
    let is_lazy = matches!(scope.call(*id).operator(), Some(operator) if operator != Operator::Await);
    let is_list = is_lazy || measure_at(scope, scope.call(*id).span).is_some() || returns_many(scope, value, objects);
    if marks.contains(Mark::Aggregate) || !is_list {
        return false;
    }
    let is_python = scope.file().family == Family::Python;
    let says = |want: &Want| *want == Want::Any || is_python && *want == Want::Truth;
    wants(scope, value)
        .is_some_and(|wants| wants.iter().any(says) && wants.iter().all(|want| matches!(want, Want::Any | Want::Truth)))
}

/// What is wanted of the value of a call wherever it goes; nothing when it goes elsewhere.
fn wants(scope: &Scope, value: &Value) -> Option<Vec<Want>> {
    let Value::Call(id) = value else { return None };
    let call = scope.call(*id);
    // A query that runs when its rows are counted or tested.
    if let Some(measure) = measure_at(scope, call.span).filter(|measure| measure.asked != Asked::Zero) {
        let mut wants = base_wants(scope, &measure.of, call.function)?;
        wants.push(want_of(scope, measure));
        return Some(wants);
    }
    match call.operator() {
        Some(Operator::Truth) => {
            let mut wants = base_wants(scope, &call.callee, call.function)?;
            wants.push(Want::Truth);
            Some(wants)
        }
        Some(Operator::Await) => value_wants(scope, awaited_call(scope.facts(), call)?),
        Some(_) => None,
        None => value_wants(scope, *id),
    }
}

/// What else is wanted of what is counted or tested.
fn base_wants(scope: &Scope, base: &Operand, function: FunctionId) -> Option<Vec<Want>> {
    match base.root {
        Root::Call(id) if base.path.is_empty() => named_beside(scope, id),
        Root::Name(name) if base.path.is_empty() => {
            let start = base.span.start;
            let declared = scope.file().index.lookup(scope.facts(), name, function, start)?;
            matches!(declared.what, crate::project::index::Declared::Bind(_)).then_some(())?;
            name_wants(scope, name, declared.function)
        }
        _ => None,
    }
}

/// What is wanted of a call's value.
fn value_wants(scope: &Scope, id: CallId) -> Option<Vec<Want>> {
    let facts = scope.facts();
    let mut current = id;
    for _ in 0..MAX_CHAINED {
        if let Some(wants) = direct_wants(scope, current) {
            return wants;
        }
        if let Sink::Bound(bind) = scope.call(current).sink {
            let bind = &facts.binds[bind.index()];
            let value = bind.value.as_ref()?;
            let is_whole = value.root == Root::Call(current) && value.path.is_empty() && bind.target.path.is_empty();
            return is_whole.then(|| name_wants(scope, bind.target.root.name()?, bind.function))?;
        }
        current = scope.file().index.continued(current).filter(|next| gives_the_same(scope, *next))?;
    }
    None
}

/// What is wanted of a value that is counted or tested where it is made; the inner nothing when it goes elsewhere too.
fn direct_wants(scope: &Scope, id: CallId) -> Option<Option<Vec<Want>>> {
    let facts = scope.facts();
    let is_it = |value: &Operand| value.root == Root::Call(id) && value.path.is_empty();
    let measured: Vec<Want> =
        facts.measures.iter().filter(|measure| is_it(&measure.of)).map(|measure| want_of(scope, measure)).collect();
    let tested = truths(scope).filter(|call| is_it(&call.callee)).map(|_| Want::Truth);
    let wants: Vec<Want> = measured.into_iter().chain(tested).collect();
    (!wants.is_empty()).then(|| Some([wants, named_beside(scope, id)?].concat()))
}

/// What is wanted of the name that a value is given to where it is counted or tested (`if rows := load():`): nothing for
/// one without a name, nothing known for one that goes elsewhere as well (`load() or []`).
fn named_beside(scope: &Scope, id: CallId) -> Option<Vec<Want>> {
    let facts = scope.facts();
    let gives =
        |bind: &&Bind| bind.value.as_ref().is_some_and(|value| value.root == Root::Call(id) && value.path.is_empty());
    if let Some(bind) = facts.binds.iter().find(gives) {
        let name = bind.target.root.name().filter(|_| bind.target.path.is_empty())?;
        return name_wants(scope, name, bind.function);
    }
    let goes_on = matches!(scope.call(id).sink, Sink::Bound(_) | Sink::Returned | Sink::Element);
    let given =
        matches!(scope.call(id).sink, Sink::Argument(outer) if measure_at(scope, scope.call(outer).span).is_none());
    (!goes_on && !given).then(Vec::new)
}

/// Whether a call without arguments goes on from rows and gives them as they are, as the catalog knows: `.all()`.
fn gives_the_same(scope: &Scope, id: CallId) -> bool {
    let info = scope.project.info(scope.call_ref(id));
    scope.call(id).args.is_empty() && info.is_some_and(|info| info.row.is_some())
}

/// What is wanted of a local name wherever it is read; nothing when it is used for anything else, has more values than
/// one, or is seen elsewhere.
fn name_wants(scope: &Scope, name: NameId, function: FunctionId) -> Option<Vec<Want>> {
    if function == FunctionId::MODULE {
        return None;
    }
    let facts = scope.facts();
    let within = facts.functions[function.index()].span;
    let declarations = scope.file().index.declarations(name).iter();
    let here = declarations.filter(|one| within.contains(facts.functions[one.function.index()].span)).count();
    let changed = facts.binds_in(within).any(|bind| {
        bind.target.root == Root::Name(name)
            && (!bind.target.path.is_empty() || bind.kind != BindKind::Declare && bind.kind != BindKind::Assign)
    });
    if here != 1 || changed {
        return None;
    }
    uses_of(scope, name, within).map(|place| place_want(scope, name, place)).try_fold(Vec::new(), |mut wants, want| {
        wants.extend(want?);
        Some(wants)
    })
}

fn uses_of<'p>(scope: &Scope<'p>, name: NameId, within: Span) -> impl Iterator<Item = u32> + 'p {
    scope.facts().uses_in(within).filter(move |one| one.name == name).map(|one| one.start)
}

/// What is wanted of a name where it is read: nothing at all when it is used otherwise, an empty list when the place is
/// part of another one (`x[x.length - 1]`).
fn place_want(scope: &Scope, name: NameId, place: u32) -> Option<Vec<Want>> {
    let is_it = |value: &Operand| value.root == Root::Name(name) && value.path.is_empty();
    let read = |value: &Operand| is_it(value) && value.span.covers(place);
    let measures = &scope.facts().measures;
    let around = measures.iter().find(|measure| {
        measure.asked == Asked::Last && is_it(&measure.of) && measure.span.covers(place) && !read(&measure.of)
    });
    if around.is_some() {
        return Some(Vec::new());
    }
    if let Some(measure) = measures.iter().find(|measure| read(&measure.of)) {
        return Some(vec![want_of(scope, measure)]);
    }
    // `rows or []` is the list itself.
    let facts = scope.facts();
    let goes_on = facts.binds.iter().filter_map(|bind| bind.value.as_ref()).any(read)
        || facts.args.iter().any(|arg| read(&arg.value))
        || facts.exits.iter().filter_map(|exit| exit.value.as_ref()).any(read);
    (!goes_on && truths(scope).any(|call| read(&call.callee))).then(|| vec![Want::Truth])
}

fn truths<'p>(scope: &Scope<'p>) -> impl Iterator<Item = &'p Call> {
    scope.facts().calls.iter().filter(|call| call.kind == CallKind::Operator(Operator::Truth))
}

/// The measure that an expression is.
pub(super) fn measure_at<'p>(scope: &Scope<'p>, span: Span) -> Option<&'p Measure> {
    scope.facts().measures.iter().find(|measure| measure.span == span)
}

/// What a measure is taken for.
fn want_of(scope: &Scope, measure: &Measure) -> Want {
    let facts = scope.facts();
    // The size as a value: a field of what is measured, or what the call gives that measures it.
    let is_size = |value: &Operand| {
        value.span.contains(measure.span)
            && match value.root {
                Root::Call(id) if value.path.is_empty() => facts.calls[id.index()].span == measure.span,
                root => root == measure.of.root && value.path.len() == measure.of.path.len() + 1,
            }
    };
    match measure.asked {
        Asked::Size => {
            let compared = facts.measures.iter().any(|other| other.asked == Asked::Zero && is_size(&other.of));
            let tested = || truths(scope).any(|call| is_size(&call.callee));
            if compared || tested() { Want::Any } else { Want::Size }
        }
        Asked::Empty => Want::Any,
        Asked::Zero => Want::Zero,
        Asked::First | Asked::Last => Want::End,
    }
}

fn is_for_an_end(scope: &Scope, id: CallId) -> bool {
    let call = scope.call(id);
    let is_end = |wants: Vec<Want>| !wants.is_empty() && wants.iter().all(|want| *want == Want::End);
    let in_place = scope.project.marks(scope.call_ref(id)).contains(Mark::InPlace);
    if in_place && !is_own(scope, call) {
        return false;
    }
    if in_place && call.sink == Sink::Dropped {
        let receiver = call.receiver();
        let Root::Name(name) = receiver.root else { return false };
        let within = scope.facts().functions[call.function.index()].span;
        let later = uses_of(scope, name, Span { start: call.span.end, end: within.end });
        let wants = later.map(|place| place_want(scope, name, place)).try_fold(Vec::new(), |mut all, want| {
            all.extend(want?);
            Some(all)
        });
        return wants.is_some_and(is_end);
    }
    let first_of_pattern = || {
        let Sink::Bound(bind) = call.sink else { return false };
        let facts = scope.facts();
        let of_value = facts.binds.iter().filter(|other| other.value_span == facts.binds[bind.index()].value_span);
        let mut values = of_value.filter_map(|bind| bind.value.as_ref());
        let is_first = |value: &Operand| {
            let [key] = value.path.as_slice() else { return false };
            value.root == Root::Call(id) && scope.file().name(*key) == "0"
        };
        values.next().is_some_and(is_first) && values.next().is_none()
    };
    first_of_pattern() || value_wants(scope, id).is_some_and(is_end)
}

/// Whether the list that is sorted in place is seen by no one else: it was just made, or a local name that was given a
/// new list in the same turn is used no more.
fn is_own(scope: &Scope, call: &Call) -> bool {
    let (file, facts, receiver) = (scope.file(), scope.facts(), call.receiver());
    if !receiver.path.is_empty() {
        return false;
    }
    let Root::Name(name) = receiver.root else { return matches!(receiver.root, Root::Call(_) | Root::List(_)) };
    let Some(found) = file.index.lookup(facts, name, call.function, call.span.start) else { return false };
    let crate::project::index::Declared::Bind(bind) = found.what else { return false };
    let bind = &facts.binds[bind.index()];
    let is_new = bind.value.as_ref().is_some_and(|value| {
        value.path.is_empty() && matches!(value.root, Root::Call(_) | Root::List(_) | Root::Other)
    });
    let same_turn = call.in_loop.is_none_or(|each| scope.body(each).contains(bind.value_span));
    let within = facts.functions[call.function.index()].span;
    let used_later = || uses_of(scope, name, Span { start: call.span.end, end: within.end }).next().is_some();
    found.function == call.function && is_new && same_turn && (call.sink == Sink::Dropped || !used_later())
}
