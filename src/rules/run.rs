//! Runs matchers over the facts of a file.

use rustc_hash::FxHashSet;

use super::check::{Matcher, Step, Test};
use super::clause::Kind;
use super::file::Rule;
use super::predicates::groups::{is_wait, waited_together};
use super::predicates::origins::query_written;
use super::template::Filled;
use super::value::{Objects, Scope, Value};
use crate::catalog::Effect;
use crate::facts::sql::SqlReading;
use crate::facts::{CallId, CallKind, LoopId, Operator, Span};
use crate::findings::{Confidence, Offer};
use crate::project::stores::{Store, stores_of};
use crate::project::types::Grade;
use crate::project::{FileId, FunctionRef, Hit, Project};

/// A place with words, of any file.
#[derive(Clone, Debug)]
pub struct DraftLabel {
    /// The file.
    pub file: FileId,
    /// The place.
    pub span: Span,
    /// The words.
    pub text: Filled,
    /// Words without holes, for places of other files.
    pub plain: Option<String>,
}

/// A match, before its message is written: that needs the file's text.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The rule's place in the list.
    pub rule: usize,
    /// The file.
    pub file: FileId,
    /// What is marked.
    pub span: Span,
    /// What is marked, from the start of the call's chain, or from where the query is written that it runs.
    pub region: Span,
    /// Where in the loop's turn the query is written that the call runs.
    pub query: Option<Span>,
    /// The fact for which the rule reports one finding.
    pub once_for: Option<Span>,
    /// The place that the finding goes on from: if the rule reports that one too, they are one thing to mend.
    pub goes_on_from: Option<Span>,
    /// How sure.
    pub confidence: Confidence,
    /// What was found.
    pub what: Filled,
    /// The word at the place.
    pub label: Filled,
    /// Other places.
    pub related: Vec<DraftLabel>,
    /// The calls from the place to the effect.
    pub chain: Vec<DraftLabel>,
    /// The name of the function around it.
    pub function: Option<String>,
    /// The function around it.
    pub within: FunctionRef,
    /// The fixes that may be made, as far as the facts tell.
    pub offers: Vec<Offer>,
}

/// Runs rules over a file; at most one draft for a rule at a place.
pub fn run_file(project: &Project, rules: &[Rule], is_on: &dyn Fn(usize) -> bool, at: FileId) -> Vec<Draft> {
    let file = project.file(at);
    let stores = stores_of(project, at);
    let mut drafts: Vec<Draft> = Vec::new();
    for (place, rule) in rules.iter().enumerate() {
        let speaks = rule.info.languages.contains(&file.family)
            || rule.info.languages.contains(&crate::syntax::Family::Sql) && !file.facts.sql.is_empty();
        if !speaks || !is_on(place) {
            continue;
        }
        for (row, matcher) in rule.matchers.iter().enumerate() {
            for candidate in candidates(project, at, matcher, &stores) {
                let scope = start(project, at, candidate, matcher);
                if let Some(scope) = matched(scope, matcher) {
                    let mut draft = draft(&scope, place, rule, matcher);
                    let fixes = rule.fixes.iter().enumerate();
                    draft.offers = fixes.filter_map(|(at, fix)| fix.offer(at, &scope, (row, matcher))).collect();
                    // A query that a turn runs twice is one thing to mend.
                    let is_same =
                        |other: &Draft| other.span == draft.span || draft.query.is_some() && other.query == draft.query;
                    if !drafts.iter().any(|other| other.rule == place && is_same(other)) {
                        drafts.push(draft);
                    }
                }
            }
        }
    }
    drop_what_yields(rules, &mut drafts);
    drop_what_goes_on(&mut drafts);
    let mut reported: FxHashSet<(usize, Span)> = FxHashSet::default();
    drafts.retain(|draft| draft.once_for.is_none_or(|fact| reported.insert((draft.rule, fact))));
    drafts
}

/// Removes drafts at whose place a rule that they yield to reports as well.
fn drop_what_yields(rules: &[Rule], drafts: &mut Vec<Draft>) {
    let kept: Vec<bool> = drafts
        .iter()
        .map(|draft| {
            let yields_to = &rules[draft.rule].yields_to;
            !drafts.iter().any(|other| {
                yields_to.contains(&rules[other.rule].info.id)
                    && (other.span.contains(draft.span) || draft.span.contains(other.span))
            })
        })
        .collect();
    let mut kept = kept.into_iter();
    drafts.retain(|_| kept.next().unwrap_or(true));
}

/// Of findings that go on from each other, leaves the first.
fn drop_what_goes_on(drafts: &mut Vec<Draft>) {
    let places: FxHashSet<(usize, Span)> = drafts.iter().map(|draft| (draft.rule, draft.span)).collect();
    drafts.retain(|draft| draft.goes_on_from.is_none_or(|from| !places.contains(&(draft.rule, from))));
}

/// The facts that a matcher begins with.
fn candidates<'p>(project: &'p Project<'p>, at: FileId, matcher: &Matcher, stores: &[Store]) -> Vec<Value> {
    let facts = &project.file(at).facts;
    let of_kind = |kind: Operator| {
        let ids = facts.calls.iter().enumerate().filter(move |(_, call)| call.kind == CallKind::Operator(kind));
        ids.map(|(row, _)| Value::Call(CallId(row as u32))).collect()
    };
    match matcher.find {
        Kind::Call => {
            let mut ids: Vec<CallId> = project.calls[at.index()].iter().map(|(id, _)| id).collect();
            ids.retain(|id| {
                facts.calls[id.index()].kind != CallKind::Operator(Operator::Await) || has_own_effect(project, at, *id)
            });
            ids.into_iter().map(Value::Call).collect()
        }
        Kind::Await => of_kind(Operator::Await),
        Kind::Compare => of_kind(Operator::Equal),
        Kind::Sql => (0..facts.sql.len() as u32).map(Value::Sql).collect(),
        Kind::Store => stores.iter().cloned().map(|store| Value::Store(std::sync::Arc::new(store))).collect(),
        Kind::Loop | Kind::Function | Kind::Value | Kind::Items => Vec::new(),
    }
}

/// An `await` that starts the work itself, as that of a lazy query does.
fn has_own_effect(project: &Project, at: FileId, id: CallId) -> bool {
    project.calls[at.index()].get(id).is_some_and(|info| !info.effects.is_empty())
}

fn start<'p>(project: &'p Project<'p>, at: FileId, first: Value, matcher: &Matcher) -> Scope<'p> {
    Scope { project, at, bound: vec![first], via: matcher.via, via_groups: matcher.via_groups }
}

/// The scope with all names bound, if the matcher matches.
fn matched<'p>(scope: Scope<'p>, matcher: &Matcher) -> Option<Scope<'p>> {
    if !matcher.find_tests.iter().all(|test| holds(&scope, test)) {
        return None;
    }
    let start = match scope.bound.first() {
        Some(Value::Call(id)) => scope.project.loop_of(scope.call_ref(*id)),
        _ => None,
    };
    step(scope, &matcher.steps, start)
}

/// Goes on with the steps; `around` is the next loop outwards. Where the rest fails with one loop, the next is tried.
fn step<'p>(scope: Scope<'p>, steps: &[Step], around: Option<LoopId>) -> Option<Scope<'p>> {
    let Some((first, rest)) = steps.split_first() else { return Some(scope) };
    match first {
        Step::Where(test) => holds(&scope, test).then(|| step(scope, rest, around)).flatten(),
        Step::Unless(test) => (!holds(&scope, test)).then(|| step(scope, rest, around)).flatten(),
        Step::In(tests) => {
            let mut current = around;
            while let Some(each) = current {
                let parent = scope.each(each).parent;
                let mut next = scope.clone();
                next.bound.push(Value::Loop(each));
                if tests.iter().all(|test| holds(&next, test))
                    && let Some(found) = step(next, rest, parent)
                {
                    return Some(found);
                }
                current = parent;
            }
            None
        }
        Step::With(kind, tests) => with(&scope, *kind).into_iter().find_map(|value| {
            let mut next = scope.clone();
            next.bound.push(value);
            tests.iter().all(|test| holds(&next, test)).then(|| step(next, rest, around)).flatten()
        }),
    }
}

/// Whether conditions hold of what is bound.
pub(super) fn holds_on(scope: &Scope, conditions: &[Step]) -> bool {
    step(scope.clone(), conditions, None).is_some()
}

/// The other facts of a kind in the function of the first one, last first: the nearest before it is the likeliest.
fn with<'p>(scope: &Scope<'p>, kind: Kind) -> Vec<Value> {
    let Some(first) = scope.bound.first() else { return Vec::new() };
    let function = scope.function(first);
    let facts = scope.facts();
    let wanted = |id: usize, call: &crate::facts::Call| match kind {
        Kind::Await if scope.via_groups => is_wait(scope, CallId(id as u32)),
        Kind::Await => call.kind == CallKind::Operator(Operator::Await),
        Kind::Compare => call.kind == CallKind::Operator(Operator::Equal),
        Kind::Call => call.operator().is_none(),
        _ => false,
    };
    let of_function =
        facts.calls.iter().enumerate().filter(|(row, call)| call.function == function && wanted(*row, call));
    let mut found: Vec<Value> = of_function.map(|(row, _)| Value::Call(CallId(row as u32))).collect();
    found.retain(|value| !matches!((value, first), (Value::Call(a), Value::Call(b)) if a == b));
    found.reverse();
    found
}

/// Whether a test holds; of a wait for several things at once, whether it holds of one of them.
fn holds(scope: &Scope, test: &Test) -> bool {
    let mut places = vec![test.subject.place];
    if let Objects::Slots(slots) = &test.objects {
        places.extend(slots.iter().map(|slot| slot.place));
    }
    holds_of_one(scope, test, if scope.via_groups { &places } else { &[] })
}

/// The same, where the values at these places may be such waits.
fn holds_of_one(scope: &Scope, test: &Test, places: &[usize]) -> bool {
    let holds = scope.value(test.subject).is_some_and(|value| (test.predicate.test)(scope, &value, &test.objects));
    let Some((place, rest)) = places.split_first().filter(|_| !holds) else { return holds };
    let members = scope.bound.get(*place).map_or_else(Vec::new, |value| waited_together(scope, value));
    let of_member = |member| {
        let mut bound = scope.bound.clone();
        bound[*place] = Value::Call(member);
        holds_of_one(&Scope { bound, ..scope.clone() }, test, rest)
    };
    members.into_iter().any(of_member) || !rest.is_empty() && holds_of_one(scope, test, rest)
}

/// Writes down a match.
fn draft(scope: &Scope, place: usize, rule: &Rule, matcher: &Matcher) -> Draft {
    let first = &scope.bound[0];
    let mut confidence = rule.info.confidence;
    let mut chain = Vec::new();
    for (slot, value) in scope.bound.iter().enumerate() {
        let Value::Call(id) = value else { continue };
        if let Some(hit) = wanted_hit(scope, matcher, slot, *id) {
            confidence = confidence.min(confidence_of(hit.grade));
            if slot == 0 {
                chain = chain_labels(scope, &hit);
            }
        }
    }
    if let Value::Sql(row) = first
        && scope.facts().sql[*row as usize].reading == SqlReading::Tokens
    {
        confidence = confidence.min(Confidence::Medium);
    }
    let related = rule.labels.iter().filter_map(|(name, words)| {
        let slot = matcher.names.iter().position(|(bound, _)| bound == name)?;
        let span = label_span(scope, scope.bound.get(slot)?);
        Some(DraftLabel { file: scope.at, span, text: words.fill(scope, &matcher.names), plain: None })
    });
    let span = marked_span(scope, first);
    let query = query_written(scope, first);
    let bound = |name: &String| {
        let slot = matcher.names.iter().position(|(bound, _)| bound == name)?;
        scope.bound.get(slot)
    };
    let once_for = rule.once_for.as_ref().and_then(bound).map(|fact| scope.span(fact));
    let goes_on_from = rule.goes_on_from.as_ref().and_then(bound).map(|fact| marked_span(scope, fact));
    let start = query.map_or(scope.span(first).start, |query| query.start);
    Draft {
        rule: place,
        file: scope.at,
        span,
        region: Span { start: start.min(span.start), ..span },
        query,
        once_for,
        goes_on_from,
        confidence,
        what: rule.what.fill(scope, &matcher.names),
        label: rule.label.fill(scope, &matcher.names),
        related: related.collect(),
        chain,
        function: function_name(scope, first),
        within: scope.function_ref(scope.function(first)),
        offers: Vec::new(),
    }
}

/// The surest effect, among those that the matcher asks of a name; the nearest one of those.
fn wanted_hit(scope: &Scope, matcher: &Matcher, slot: usize, id: CallId) -> Option<Hit> {
    let effects: Vec<Effect> = matcher
        .tests()
        .filter(|test| test.subject.place == slot && test.subject.part.is_none() && test.predicate.name == "effect")
        .flat_map(|test| match &test.objects {
            Objects::Effects(effects) => effects.clone(),
            _ => Vec::new(),
        })
        .collect();
    let hits = scope.project.hits(scope.call_ref(id), scope.via);
    hits.into_iter()
        .filter(|hit| effects.contains(&hit.effect))
        .max_by_key(|hit| (hit.grade, std::cmp::Reverse(hit.depth)))
}

fn confidence_of(grade: Grade) -> Confidence {
    match grade {
        Grade::Traced | Grade::Typed => Confidence::High,
        Grade::Named => Confidence::Medium,
    }
}

/// The calls between the reported one and the effect.
fn chain_labels(scope: &Scope, hit: &Hit) -> Vec<DraftLabel> {
    let project = scope.project;
    project
        .chain(hit)
        .iter()
        .map(|witness| {
            let call = project.call(witness.call);
            let function = project.file(witness.call.file).facts.functions[call.function.index()].name;
            let name = function.map_or("this function", |name| project.file(witness.call.file).name(name));
            let verb = if witness.next.is_some() { "calls on here" } else { effect_words(witness.effect) };
            DraftLabel {
                file: witness.call.file,
                span: Span {
                    start: call.name_span.start,
                    end: call.span.end.min(call.name_span.end.max(call.name_span.start + 1)),
                },
                text: Filled::default(),
                plain: Some(format!("`{name}` {verb}")),
            }
        })
        .collect()
}

fn effect_words(effect: Effect) -> &'static str {
    match effect {
        Effect::DbRead => "queries here",
        Effect::DbWrite => "writes here",
        Effect::DbCommit => "commits here",
        Effect::Http => "sends a request here",
        Effect::Cache => "asks the cache here",
        Effect::FsRead | Effect::FsBlock => "uses the file system here",
        _ => "does it here",
    }
}

/// What a report marks: the method with its arguments' start, not the whole chain; one line where it can.
fn marked_span(scope: &Scope, value: &Value) -> Span {
    match value {
        Value::Call(id) => {
            let call = scope.call(*id);
            let inner =
                crate::project::calls::awaited_call(scope.facts(), call).map_or(call, |inner| scope.call(inner));
            match inner.kind {
                CallKind::Operator(_) => inner.span,
                _ => Span { start: inner.name_span.start, end: inner.name_span.end.max(inner.name_span.start + 1) },
            }
        }
        Value::Sql(row) => {
            let statement = &scope.facts().sql[*row as usize];
            statement.stars.iter().find(|star| star.of_base_table).map_or(statement.span, |star| star.span)
        }
        other => scope.span(other),
    }
}

/// Where a label for a name goes: a loop's head, a call's name.
fn label_span(scope: &Scope, value: &Value) -> Span {
    match value {
        Value::Loop(id) => scope.each(*id).head,
        other => marked_span(scope, other),
    }
}

/// The innermost named function around a fact.
fn function_name(scope: &Scope, value: &Value) -> Option<String> {
    let facts = scope.facts();
    let mut current = Some(scope.function(value));
    while let Some(id) = current {
        let row = &facts.functions[id.index()];
        if let Some(name) = row.name {
            return Some(scope.file().name(name).to_owned());
        }
        current = row.parent;
    }
    None
}

/// For each matcher of a rule that begins with such a fact, the first clause that did not hold for a call; nothing when
/// the matcher does not even ask about it.
pub fn failed_clause(project: &Project, rule: &Rule, at: FileId, id: CallId) -> Vec<String> {
    let is_await = project.file(at).facts.calls[id.index()].kind == CallKind::Operator(Operator::Await);
    let mut failed = Vec::new();
    for matcher in &rule.matchers {
        if !matches!((matcher.find, is_await), (Kind::Call, false) | (Kind::Await, true)) {
            continue;
        }
        let scope = start(project, at, Value::Call(id), matcher);
        if !matcher.find_tests.iter().all(|test| holds(&scope, test)) {
            continue;
        }
        failed.push(match matched(scope.clone(), matcher) {
            Some(_) => "matches".to_owned(),
            None => format!("stops at clause {}", deepest(&scope, matcher)),
        });
    }
    failed
}

/// The furthest step that a matcher reached, in words.
fn deepest(scope: &Scope, matcher: &Matcher) -> String {
    let start = match scope.bound.first() {
        Some(Value::Call(id)) => scope.project.loop_of(scope.call_ref(*id)),
        _ => None,
    };
    let holds_up_to = |count: usize| step(scope.clone(), &matcher.steps[..count], start).is_some();
    let count = (0..=matcher.steps.len()).take_while(|count| holds_up_to(*count)).count();
    match matcher.steps.get(count.saturating_sub(1)) {
        Some(Step::In(tests)) => {
            format!("{count}: in loop {}", tests.iter().map(|test| test.predicate.name).collect::<Vec<_>>().join(", "))
        }
        Some(Step::With(kind, _)) => format!("{count}: with {}", kind.word()),
        Some(Step::Where(test)) => format!("{count}: where {} {:?}", test.predicate.name, test.objects),
        Some(Step::Unless(test)) => format!("{count}: unless {} {:?}", test.predicate.name, test.objects),
        None => "none".to_owned(),
    }
}
