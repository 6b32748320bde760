//! The shape of a statement from its tokens alone: clauses, parentheses and the words between, whatever the expressions
//! may be. It takes what no parser takes, and so serves where parsing fails.

use super::holes::NAMELESS;
use super::lex::{Kind, Tok};
use super::shape::{Cte, Query, Select, Source, Star, What, table_name};
use super::words::WORDS;

/// How many queries deep reading goes.
pub(super) const DEPTH: usize = 24;

/// How many stars of one select list are told.
const STARS: usize = 64;

/// A stretch of tokens: first, and one past the last.
pub(super) type Stretch = (usize, usize);

/// A statement's tokens with the places of matching parentheses.
pub(super) struct Skeleton<'t, 'a> {
    pub(super) tokens: &'t [Tok<'a>],
    /// For an opening parenthesis the place of its closing one (or the end); for others their own.
    partner: Vec<usize>,
}

/// A clause of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clause {
    /// What comes before the first clause.
    Head,
    From,
    Using,
    Set,
    /// WHERE, PREWHERE, HAVING, QUALIFY.
    Filter,
    Group,
    Order,
    Limit,
    Returning,
    /// WINDOW, OFFSET, FOR, INTO, ON CONFLICT, VALUES.
    Rest,
}

impl<'t, 'a> Skeleton<'t, 'a> {
    /// Matches the parentheses of `tokens`.
    pub(super) fn new(tokens: &'t [Tok<'a>]) -> Self {
        let mut partner: Vec<usize> = (0..tokens.len()).collect();
        let mut open = Vec::new();
        for (at, tok) in tokens.iter().enumerate() {
            match tok.kind {
                Kind::Open => {
                    open.push(at);
                    partner[at] = tokens.len();
                }
                Kind::Close => {
                    if let Some(opened) = open.pop() {
                        partner[opened] = at;
                    }
                }
                _ => {}
            }
        }
        Self { tokens, partner }
    }

    pub(super) fn tok(&self, at: usize) -> Option<&'t Tok<'a>> {
        self.tokens.get(at)
    }

    pub(super) fn is(&self, at: usize, word: &str) -> bool {
        self.tok(at).is_some_and(|tok| tok.is(word))
    }

    pub(super) fn is_any(&self, at: usize, words: &[&str]) -> bool {
        words.iter().any(|word| self.is(at, word))
    }

    pub(super) fn kind(&self, at: usize) -> Option<Kind> {
        self.tok(at).map(|tok| tok.kind)
    }

    /// One past the token at `at`, or past its closing parenthesis.
    pub(super) fn after(&self, at: usize) -> usize {
        self.partner.get(at).map_or(at + 1, |partner| partner + 1)
    }

    /// The inside of the parenthesis at `at`.
    pub(super) fn inside(&self, at: usize) -> Stretch {
        (at + 1, self.partner.get(at).copied().unwrap_or(at + 1).min(self.tokens.len()))
    }

    /// The tokens of a stretch that stand in no inner parentheses.
    pub(super) fn top(&self, (start, end): Stretch) -> impl Iterator<Item = usize> + '_ {
        let end = end.min(self.tokens.len());
        std::iter::successors(Some(start), move |at| Some(self.after(*at))).take_while(move |at| *at < end)
    }

    /// Whether a query begins at `at`, perhaps in parentheses.
    pub(super) fn begins_query(&self, at: usize) -> bool {
        let parentheses = self.tokens.iter().skip(at).take(DEPTH).take_while(|tok| tok.kind == Kind::Open).count();
        self.is_any(at + parentheses, &["SELECT", "WITH"])
    }

    /// Whether all of it is a query in parentheses with an alias or an operator: a part of another query.
    pub(super) fn is_named_part(&self) -> bool {
        let behind = self.after(0);
        self.kind(0) == Some(Kind::Open)
            && behind < self.tokens.len()
            && (self.is(behind, "AS")
                || self.kind(behind) == Some(Kind::Op)
                || self.alias(behind).1 == self.tokens.len())
    }

    /// The opening parenthesis whose closing one stands at the offset `end` of the text.
    pub(super) fn opening_of(&self, close: u32) -> Option<usize> {
        let at = self.tokens.partition_point(|tok| tok.start < close);
        self.partner.iter().take(at).rposition(|partner| *partner == at)
    }

    /// The clauses of a stretch. `joins`: USING belongs to a join.
    pub(super) fn clauses(&self, stretch: Stretch, joins: bool) -> Vec<(Clause, Stretch)> {
        let mut found = vec![(Clause::Head, stretch)];
        for at in self.top(stretch) {
            let Some(clause) = self.clause_at(at, stretch.0, joins) else { continue };
            let seen_from = found.iter().any(|(clause, _)| *clause == Clause::From);
            if joins && clause == Clause::From && seen_from {
                continue;
            }
            if let Some((_, (_, end))) = found.last_mut() {
                *end = at;
            }
            let skip = if matches!(clause, Clause::Group | Clause::Order) { 2 } else { 1 };
            found.push((clause, (at + skip, stretch.1)));
        }
        found
    }

    fn clause_at(&self, at: usize, start: usize, joins: bool) -> Option<Clause> {
        let tok = self.tok(at).filter(|tok| tok.kind == Kind::Word && !tok.open)?;
        let dotted = at > start && self.kind(at - 1) == Some(Kind::Dot) || self.kind(at + 1) == Some(Kind::Dot);
        if dotted || !WORDS.clauses.has(tok.text) {
            return None;
        }
        let is = |words: &[&str]| self.is_any(at, words);
        let after_distinct =
            at > start && self.is(at - 1, "DISTINCT") && self.is_any(at.wrapping_sub(2), &["IS", "NOT"]);
        Some(match () {
            () if is(&["FROM"]) && !after_distinct => Clause::From,
            () if is(&["WHERE", "PREWHERE", "HAVING", "QUALIFY"]) => Clause::Filter,
            () if is(&["GROUP"]) && self.is(at + 1, "BY") => Clause::Group,
            () if is(&["ORDER"]) && self.is(at + 1, "BY") => Clause::Order,
            () if is(&["LIMIT"]) || is(&["FETCH"]) && self.is_any(at + 1, &["FIRST", "NEXT"]) => Clause::Limit,
            () if is(&["OFFSET", "WINDOW", "FOR", "INTO"]) || !joins && is(&["VALUES"]) => Clause::Rest,
            () if is(&["RETURNING"]) => Clause::Returning,
            () if !joins && is(&["USING"]) => Clause::Using,
            () if !joins && is(&["SET"]) => Clause::Set,
            () if !joins && is(&["ON"]) && self.is_any(at + 1, &["CONFLICT", "DUPLICATE"]) => Clause::Rest,
            () => return None,
        })
    }

    /// Reads a query. `depth` counts the queries around it.
    pub(super) fn query(&self, stretch: Stretch, depth: usize) -> Query {
        let mut query = Query::default();
        if depth > DEPTH {
            return query;
        }
        let mut start = stretch.0;
        if self.is(start, "WITH") {
            start = self.with(&mut query, stretch, depth);
        }
        let mut parts = Vec::new();
        for at in self.top((start, stretch.1)).filter(|at| self.is_set_operator(*at)) {
            parts.push((start, at));
            start = if self.is_any(at + 1, &["ALL", "DISTINCT"]) { at + 2 } else { at + 1 };
        }
        parts.push((start, stretch.1));
        for part in parts {
            self.part(&mut query, part, depth);
        }
        query
    }

    fn is_set_operator(&self, at: usize) -> bool {
        self.is_any(at, &["UNION", "INTERSECT", "EXCEPT", "MINUS"])
            && (self.begins_query(at + 1) || self.is_any(at + 1, &["ALL", "DISTINCT", "VALUES", "TABLE"]))
    }

    /// Reads WITH; the place behind it.
    pub(super) fn with(&self, query: &mut Query, (start, end): Stretch, depth: usize) -> usize {
        let mut at = start + 1;
        if self.is(at, "RECURSIVE") {
            query.recursive = true;
            at += 1;
        }
        while at < end {
            let Some(name) = self.tok(at).filter(|tok| tok.is_name() || tok.kind == Kind::Param) else { break };
            let mut open = at + 1;
            if self.kind(open) == Some(Kind::Open) {
                open = self.after(open);
            }
            while self.is_any(open, &["AS", "NOT", "MATERIALIZED"]) {
                open += 1;
            }
            if self.kind(open) != Some(Kind::Open) {
                break;
            }
            query.ctes.push(Cte {
                name: table_name(std::iter::once(name.text)),
                query: self.cte_body(self.inside(open), depth + 1),
            });
            at = self
                .top((self.after(open), end))
                .find(|at| self.kind(*at) == Some(Kind::Comma) || self.is_verb(*at))
                .unwrap_or(end);
            if self.kind(at) != Some(Kind::Comma) {
                break;
            }
            at += 1;
        }
        self.top((at, end)).find(|at| self.is_verb(*at) || self.begins_query(*at)).unwrap_or(end)
    }

    fn is_verb(&self, at: usize) -> bool {
        self.is_any(at, &["SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "VALUES", "REPLACE"])
            || self.kind(at) == Some(Kind::Open) && self.begins_query(at)
    }

    /// Reads what a CTE holds: a query, or a statement that writes.
    pub(super) fn cte_body(&self, stretch: Stretch, depth: usize) -> Query {
        if !self.is_any(stretch.0, &["INSERT", "UPDATE", "DELETE", "MERGE"]) {
            return self.query(stretch, depth);
        }
        let shape = self.statement(stretch, depth);
        let mut inner = shape.inner;
        inner.extend(shape.query);
        Query { inner, written: shape.tables, ..Query::default() }
    }

    /// Reads one select of a query, with what follows it.
    fn part(&self, query: &mut Query, stretch: Stretch, depth: usize) {
        if self.kind(stretch.0) == Some(Kind::Open) {
            let nested = self.query(self.inside(stretch.0), depth + 1);
            let tail = self.clauses((self.after(stretch.0), stretch.1), true);
            query.limited |= tail.iter().any(|(clause, stretch)| *clause == Clause::Limit && self.limits(*stretch));
            take_nested(query, nested);
            return;
        }
        if self.is(stretch.0, "TABLE") {
            query.selects.push(Select {
                from: self.sources((stretch.0 + 1, stretch.1), &mut Vec::new(), depth),
                ..Select::default()
            });
        } else if self.is(stretch.0, "SELECT") {
            let select = self.select(query, (stretch.0 + 1, stretch.1), depth);
            query.selects.push(select);
        } else {
            self.inner_queries(stretch, &mut query.inner, depth);
        }
    }

    fn select(&self, query: &mut Query, stretch: Stretch, depth: usize) -> Select {
        let mut select = Select::default();
        for (clause, stretch) in self.clauses(stretch, true) {
            match clause {
                Clause::Head => {
                    query.locks |= self.takes_named_lock(stretch);
                    self.items(&mut select, stretch, depth);
                }
                Clause::From => {
                    let mut inner = Vec::new();
                    select.from = self.sources(stretch, &mut inner, depth);
                    select.inner.extend(inner);
                }
                Clause::Filter => {
                    select.filtered = true;
                    query.single |= select.from.len() == 1 && self.asks_by_key(stretch);
                    self.inner_queries(stretch, &mut select.inner, depth);
                }
                Clause::Group => {
                    select.aggregated = true;
                    self.inner_queries(stretch, &mut select.inner, depth);
                }
                Clause::Limit => {
                    query.limited |= self.limits(stretch);
                    query.single |= self.limits_to_one(stretch);
                }
                Clause::Rest if self.locks(stretch) => (query.single, query.locks) = (true, true),
                _ => self.inner_queries(stretch, &mut query.inner, depth),
            }
        }
        select
    }

    /// Whether what follows LIMIT or FETCH limits the whole result.
    fn limits(&self, stretch: Stretch) -> bool {
        !self.is_any(stretch.0, &["ALL", "NULL"]) && !self.top(stretch).any(|at| self.is(at, "BY"))
    }

    fn items(&self, select: &mut Select, (mut start, end): Stretch, depth: usize) {
        if self.is_any(start, &["DISTINCT", "ALL"]) {
            select.aggregated = self.is(start, "DISTINCT");
            start += 1;
            if self.is(start, "ON") {
                start = self.after(start + 1);
            }
        }
        if self.is(start, "TOP") && matches!(self.kind(start + 1), Some(Kind::Number | Kind::Open | Kind::Param)) {
            select.limited = true;
            start = self.after(start + 1);
            while self.is_any(start, &["PERCENT", "WITH", "TIES"]) {
                start += 1;
            }
        }
        select.stars = self.stars((start, end));
        select.aggregated |= self.aggregates((start, end));
        self.inner_queries((start, end), &mut select.inner, depth);
    }

    /// The stars of a list.
    pub(super) fn stars(&self, (start, end): Stretch) -> Vec<Star> {
        let mut found = Vec::new();
        let mut item = start;
        for at in self.top((start, end)) {
            if self.kind(at) == Some(Kind::Comma) {
                item = at + 1;
            } else if self.tok(at).is_some_and(|tok| tok.is_op("*")) && found.len() < STARS {
                let parts = &self.tokens[item.min(at)..at];
                let is_qualified = parts.len().is_multiple_of(2)
                    && parts.chunks(2).all(|pair| pair[0].is_name() && pair[1].kind == Kind::Dot);
                // `u.*::users` is one value, the row.
                let is_cast = self.tok(at + 1).is_some_and(|tok| tok.is_op("::"));
                if is_qualified && !is_cast {
                    let of = parts.len().checked_sub(2).map(|last| parts[last].text.to_lowercase());
                    let first = &self.tokens[item.min(at)];
                    found.push(Star { start: first.start, end: self.tokens[at].end, of });
                }
            }
        }
        found
    }

    /// Whether an aggregate function stands in a list outside of inner queries, other than over a window.
    fn aggregates(&self, (start, end): Stretch) -> bool {
        let mut at = start;
        while at < end {
            if self.kind(at) == Some(Kind::Open) && self.begins_query(at + 1) {
                at = self.after(at);
                continue;
            }
            let is_call = self.kind(at) == Some(Kind::Word) && self.kind(at + 1) == Some(Kind::Open);
            let dotted = at > start && self.kind(at - 1) == Some(Kind::Dot);
            if is_call && !dotted && self.tok(at).is_some_and(|tok| WORDS.aggregates.has(tok.text)) {
                let mut behind = self.after(at + 1);
                while self.kind(behind) == Some(Kind::Open) || self.is_any(behind, &["FILTER", "WITHIN", "GROUP"]) {
                    behind = self.after(behind);
                }
                if !self.is(behind, "OVER") {
                    return true;
                }
            }
            at += 1;
        }
        false
    }

    /// The queries in parentheses anywhere in a stretch.
    pub(super) fn inner_queries(&self, (start, end): Stretch, found: &mut Vec<Query>, depth: usize) {
        let mut at = start;
        while at < end.min(self.tokens.len()) {
            if self.kind(at) == Some(Kind::Open) && self.is_any(at + 1, &["SELECT", "WITH"]) {
                found.push(self.query(self.inside(at), depth + 1));
                at = self.after(at);
            } else {
                at += 1;
            }
        }
    }

    /// A dotted name at `at`, and the place behind it.
    pub(super) fn name(&self, at: usize) -> Option<(String, usize)> {
        self.tok(at).filter(|tok| tok.is_name())?;
        let mut end = at + 1;
        while self.kind(end) == Some(Kind::Dot) {
            // `catalog..table` leaves out the schema.
            let part = if self.kind(end + 1) == Some(Kind::Dot) { end + 2 } else { end + 1 };
            if !self.tok(part).is_some_and(Tok::is_name) {
                break;
            }
            end = part + 1;
        }
        let parts = self.tokens[at..end].iter().filter(|tok| tok.is_name());
        Some((table_name(parts.map(|tok| if tok.open { NAMELESS } else { tok.text })), end))
    }
}

/// Takes a query in parentheses into the one around it.
pub(super) fn take_nested(query: &mut Query, nested: Query) {
    if nested.ctes.is_empty() {
        query.inner.extend(nested.inner);
        query.selects.extend(
            nested.selects.into_iter().map(|select| Select { limited: select.limited || nested.limited, ..select }),
        );
    } else {
        let source = Source { what: What::Derived(Box::new(nested)), alias: None, optional: false, narrowed: false };
        query.selects.push(Select { from: vec![source], ..Select::default() });
    }
}
