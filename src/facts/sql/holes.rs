//! Gives each hole and placeholder of a statement a form that fits its place, so that what remains reads as SQL.

use super::lex::{Kind, Tok};
use super::words::WORDS;

/// What a hole in the place of a name is called.
pub const NAMELESS: &str = "?";

/// A statement's tokens without holes.
#[derive(Debug, Default)]
pub(super) struct Fitted<'a> {
    /// Only words, literals, marks and [`Kind::Param`]s.
    pub(super) tokens: Vec<Tok<'a>>,
    /// A hole may hold clauses, or the text ends where more must follow.
    pub(super) open_ended: bool,
}

/// The part of a statement that a token stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// The select list.
    Items,
    /// FROM, with its joins.
    From,
    /// WHERE, ON, HAVING and the like.
    Condition,
    /// SET of an UPDATE.
    Set,
    /// Rows after VALUES.
    Rows,
    /// A list of names: columns of an INSERT, a CTE, a table's definition.
    Names,
    /// The parentheses hold a query.
    Query,
    /// GROUP BY, ORDER BY.
    Order,
    /// Values: LIMIT, arguments, IN lists.
    Values,
    /// Anything else.
    Other,
}

/// Fits the holes of one statement.
pub(super) fn fit<'a>(tokens: &[Tok<'a>]) -> Fitted<'a> {
    let tokens = merge(tokens);
    let defines = tokens
        .iter()
        .find(|tok| tok.kind == Kind::Word)
        .is_some_and(|tok| tok.is("CREATE") || tok.is("ALTER") || tok.is("DROP"));
    let mut fitter = Fitter { tokens: &tokens, out: Fitted::default(), part: Part::Other, outer: Vec::new(), defines };
    fitter.out.tokens.reserve(tokens.len());
    for at in 0..tokens.len() {
        fitter.take(at);
    }
    fitter.finish()
}

/// Joins holes with the words they touch: `${prefix}_users` is one name.
fn merge<'a>(tokens: &[Tok<'a>]) -> Vec<Tok<'a>> {
    let mut out = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        let run = tokens[at..]
            .windows(2)
            .take_while(|pair| joins(&pair[0]) && joins(&pair[1]) && pair[0].end == pair[1].start)
            .count()
            + 1;
        let run = &tokens[at..at + run];
        at += run.len();
        match join(run) {
            Some((joined, rest)) => out.extend(std::iter::once(joined).chain(rest.iter().copied())),
            None => out.extend_from_slice(run),
        }
    }
    out
}

fn joins(tok: &Tok) -> bool {
    match tok.kind {
        Kind::Hole | Kind::Number => true,
        Kind::Word => !WORDS.clauses.has(tok.text),
        _ => false,
    }
}

/// One token for a run that has a hole, and the holes behind it that rather hold a clause: `users${where}`.
fn join<'t, 'a>(run: &'t [Tok<'a>]) -> Option<(Tok<'a>, &'t [Tok<'a>])> {
    let holes = run.iter().filter(|tok| tok.kind == Kind::Hole).count();
    let mut kept = run.len();
    if holes == 0 || kept == 1 {
        return None;
    }
    if holes < kept {
        kept -= run.iter().rev().take_while(|tok| tok.kind == Kind::Hole).count();
        if run[kept - 1].text.ends_with('_') {
            kept = run.len();
        }
    }
    let (name, rest) = run.split_at(kept);
    let (first, last) = (name.first()?, name.last()?);
    if kept == 1 {
        return Some((*first, rest));
    }
    let is_name = name.iter().any(|tok| tok.kind == Kind::Word);
    let (kind, text) = if is_name { (Kind::Word, NAMELESS) } else { (Kind::Hole, "") };
    Some((Tok { kind, text, start: first.start, end: last.end, open: name.iter().any(|tok| tok.open) }, rest))
}

struct Fitter<'t, 'a> {
    tokens: &'t [Tok<'a>],
    out: Fitted<'a>,
    part: Part,
    /// The parts around the open parentheses.
    outer: Vec<Part>,
    /// The statement is a CREATE, ALTER or DROP.
    defines: bool,
}

impl<'a> Fitter<'_, 'a> {
    fn take(&mut self, at: usize) {
        let tok = self.tokens[at];
        match tok.kind {
            Kind::Control => self.out.open_ended = true,
            Kind::Hole | Kind::Param => self.hole(at, tok),
            Kind::Open => {
                self.outer.push(self.part);
                self.part = self.part_inside();
                self.out.tokens.push(tok);
            }
            Kind::Close => {
                self.part = self.outer.pop().unwrap_or(self.part);
                self.out.tokens.push(tok);
            }
            _ => {
                self.enter(&tok);
                self.out.tokens.push(tok);
            }
        }
    }

    fn finish(mut self) -> Fitted<'a> {
        let dangling = self.out.tokens.last().is_some_and(|tok| match tok.kind {
            Kind::Word => !tok.open && WORDS.expecting.has(tok.text),
            Kind::Comma | Kind::Open | Kind::Dot => true,
            Kind::Op => !matches!(tok.text, "*" | "]" | "}"),
            _ => false,
        });
        self.out.open_ended |= dangling || !self.outer.is_empty();
        self.out
    }

    fn back(&self, steps: usize) -> Option<&Tok<'a>> {
        self.out.tokens.len().checked_sub(steps).and_then(|at| self.out.tokens.get(at))
    }

    fn back_is(&self, steps: usize, word: &str) -> bool {
        self.back(steps).is_some_and(|tok| tok.is(word))
    }

    /// Follows the clauses.
    fn enter(&mut self, tok: &Tok) {
        if tok.kind != Kind::Word || tok.open || self.back(1).is_some_and(|prev| prev.kind == Kind::Dot) {
            return;
        }
        let is = |words: &[&str]| words.iter().any(|word| tok.text.eq_ignore_ascii_case(word));
        self.part = if is(&["SELECT", "RETURNING"]) {
            Part::Items
        } else if is(&["FROM"]) && !self.back_is(1, "DISTINCT") && self.part != Part::Values || is(&["JOIN", "USING"]) {
            Part::From
        } else if is(&["WHERE", "PREWHERE", "ON", "HAVING", "QUALIFY"]) {
            Part::Condition
        } else if is(&["SET"]) && !self.defines {
            Part::Set
        } else if is(&["VALUES"]) {
            Part::Rows
        } else if is(&["ORDER", "GROUP"]) {
            Part::Order
        } else if is(&["LIMIT", "OFFSET", "FETCH"]) {
            Part::Values
        } else if is(&["UNION", "INTERSECT", "EXCEPT"]) {
            Part::Other
        } else {
            return;
        };
    }

    /// What the parenthesis about to be opened holds.
    fn part_inside(&self) -> Part {
        let Some(prev) = self.back(1) else { return Part::Query };
        let is_word = prev.kind == Kind::Word && !prev.open;
        if is_word && WORDS.is_keyword(prev.text) {
            return match () {
                () if prev.is("AS") || prev.is("EXISTS") || prev.is("LATERAL") || prev.is("MATERIALIZED") => {
                    Part::Query
                }
                () if prev.is("FROM") || prev.is("JOIN") => Part::From,
                () if prev.is("USING") || prev.is("KEY") || prev.is("CONFLICT") => Part::Names,
                () if prev.is("IN") || prev.is("VALUES") => Part::Values,
                () => self.part,
            };
        }
        if prev.is("EXISTS") {
            return Part::Query;
        }
        match (prev.is_name(), self.part) {
            (true, Part::From | Part::Other) if self.names_follow() => Part::Names,
            (true, _) => Part::Values,
            (false, Part::Rows) => Part::Values,
            (false, part) => part,
        }
    }

    /// Whether the name before a parenthesis is that of a table whose columns follow.
    fn names_follow(&self) -> bool {
        let mut steps = 1;
        while self.back(steps + 1).is_some_and(|tok| tok.kind == Kind::Dot) {
            steps += 2;
        }
        self.back(steps + 1).is_some_and(|tok| {
            ["INTO", "TABLE", "EXISTS", "REFERENCES", "WITH", "RECURSIVE"].iter().any(|word| tok.is(word))
        }) || self.defines && self.part == Part::Other
    }

    fn hole(&mut self, at: usize, tok: Tok<'a>) {
        let strict = tok.kind == Kind::Param;
        let next = self.tokens[at + 1..].iter().find(|next| next.kind != Kind::Control).copied();
        let Some(prev) = self.back(1).copied() else {
            // A statement may begin with a hole that holds a WITH.
            self.out.open_ended = true;
            return;
        };
        let next_is = |kind: Kind| next.is_some_and(|next| next.kind == kind);
        let calls = !strict && next.is_some_and(|next| next.kind == Kind::Open && next.start == tok.end);
        if prev.kind == Kind::Dot
            || next_is(Kind::Dot)
            || calls && !prev.is("IN") && !prev.is("VALUES")
            || prev.is_op("::")
        {
            return self.name(tok);
        }
        match prev.kind {
            Kind::Word if !prev.open && self.back(2).is_none_or(|tok| tok.kind != Kind::Dot) => {
                self.after_word(tok, &prev, next, strict)
            }
            Kind::Open | Kind::Comma => self.in_list(tok, &prev, next),
            Kind::Op if !self.ends_star(&prev) => self.value(tok),
            _ => self.after_operand(tok, next, strict),
        }
    }

    fn after_word(&mut self, tok: Tok<'a>, prev: &Tok<'a>, next: Option<Tok<'a>>, strict: bool) {
        let is = |words: &[&str]| words.iter().any(|word| prev.is(word));
        let ends = next.is_none_or(|next| {
            next.kind == Kind::Close || next.kind == Kind::Word && !next.open && WORDS.clauses.has(next.text)
        });
        let distinct = self.back_is(2, "DISTINCT");
        if is(&["FROM"]) && (distinct || self.part == Part::Values) {
            self.value(tok);
        } else if is(&["UPDATE"]) && self.back_is(2, "FOR") {
            self.out.open_ended = true;
        } else if is(&["AS"]) && self.defines && self.outer.is_empty() {
            self.query(tok);
        } else if is(&["EXISTS"]) && !self.defines {
            self.wrapped(tok, Self::query);
        } else if is(&["EXISTS"]) || WORDS.table_heads.has(prev.text) || WORDS.name_heads.has(prev.text) {
            self.name(tok);
        } else if is(&["SET"]) && self.part == Part::Set {
            self.assignment(tok, next);
        } else if is(&["VALUES", "IN", "ANY", "ALL", "SOME"]) && !next.is_some_and(|next| next.kind == Kind::Comma) {
            self.wrapped(tok, Self::value);
        } else if is(&["WITH"]) && self.out.tokens.len() == 1 {
            self.out.open_ended = true;
            self.name(tok);
            self.word(tok, "AS");
            self.wrapped(tok, Self::query);
        } else if is(&["SELECT", "DISTINCT"]) {
            self.out.open_ended |= !strict;
            // In capitals the hole may be a DISTINCT; in small letters it may count things in a sentence.
            if ends
                || strict
                || prev.text.starts_with(|c: char| c.is_ascii_lowercase())
                || next.is_some_and(|next| matches!(next.kind, Kind::Comma | Kind::Op))
            {
                self.value(tok);
            }
        } else if is(&["WHERE", "PREWHERE", "HAVING", "QUALIFY", "AND", "OR", "ON", "NOT"]) {
            self.out.open_ended |= !strict && ends && self.outer.is_empty();
            self.value(tok);
        } else if is(&["BY", "RETURNING", "LIMIT", "OFFSET"]) {
            self.out.open_ended |= !strict && next.is_none() && is(&["BY"]);
            self.value(tok);
        } else if WORDS.expecting.has(prev.text) {
            self.value(tok);
        } else {
            self.after_operand(tok, next, strict);
        }
    }

    fn in_list(&mut self, tok: Tok<'a>, prev: &Tok<'a>, next: Option<Tok<'a>>) {
        let alone = prev.kind == Kind::Open && next.is_some_and(|next| next.kind == Kind::Close);
        match self.part {
            Part::Query => self.query(tok),
            Part::From if alone => self.query(tok),
            Part::From | Part::Names => self.name(tok),
            Part::Set if prev.kind == Kind::Comma => self.assignment(tok, next),
            Part::Rows if prev.kind == Kind::Comma => self.wrapped(tok, Self::value),
            _ => self.value(tok),
        }
    }

    /// A hole behind something complete: an operator, a direction, an alias, or whole clauses.
    fn after_operand(&mut self, tok: Tok<'a>, next: Option<Tok<'a>>, strict: bool) {
        let operand_follows = next.is_some_and(|next| match next.kind {
            Kind::Word => next.open || !next.is_keyword(),
            Kind::Quoted(_) | Kind::Str(_) | Kind::Number | Kind::Param | Kind::Hole => true,
            _ => false,
        });
        if strict {
            self.value(tok);
        } else if operand_follows && self.part == Part::Condition {
            self.push(tok, Kind::Op, "=");
        } else {
            let between_terms = self.part == Part::Order && next.is_some_and(|next| next.kind == Kind::Comma);
            self.out.open_ended |= !between_terms;
        }
    }

    /// Whether `prev` is the `*` of a select list, which is complete.
    fn ends_star(&self, prev: &Tok) -> bool {
        let before = self
            .back(2)
            .is_some_and(|tok| matches!(tok.kind, Kind::Comma | Kind::Dot) || tok.is("SELECT") || tok.is("DISTINCT"));
        prev.is_op("]") || prev.is_op("*") && before
    }

    fn push(&mut self, tok: Tok<'a>, kind: Kind, text: &'static str) {
        self.out.tokens.push(Tok { kind, text, open: true, ..tok });
    }

    fn word(&mut self, tok: Tok<'a>, text: &'static str) {
        self.out.tokens.push(Tok { kind: Kind::Word, text, open: false, ..tok });
    }

    fn name(&mut self, tok: Tok<'a>) {
        self.push(tok, Kind::Word, NAMELESS);
    }

    fn value(&mut self, tok: Tok<'a>) {
        self.push(tok, Kind::Param, "$1");
    }

    fn query(&mut self, tok: Tok<'a>) {
        self.word(tok, "SELECT");
        self.value(tok);
    }

    fn wrapped(&mut self, tok: Tok<'a>, inside: fn(&mut Self, Tok<'a>)) {
        self.push(tok, Kind::Open, "(");
        inside(self, tok);
        self.push(tok, Kind::Close, ")");
    }

    fn assignment(&mut self, tok: Tok<'a>, next: Option<Tok<'a>>) {
        self.name(tok);
        if !next.is_some_and(|next| next.is_op("=")) {
            self.push(tok, Kind::Op, "=");
            self.value(tok);
        }
    }
}
