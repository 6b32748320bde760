//! Whether a string of host code is SQL at all: structure decides, not words.

use super::lex::{Kind, Tok};
use super::skeleton::{Clause, Skeleton, Stretch};
use super::words::WORDS;

/// What a string's structure says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is not SQL.
    No,
    /// It is SQL if a parser takes it.
    IfParsed,
    /// It is SQL.
    Yes,
}

/// How the keywords are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    /// All in capitals.
    Capitals,
    /// `select`, or `SELECT … from`.
    Small,
    /// `Select`, as a sentence begins.
    Sentence,
}

/// Judges one statement of a string by its fitted tokens.
pub(super) fn judge(skeleton: &Skeleton, open_ended: bool) -> Verdict {
    let judge = Judge { skeleton, end: skeleton.tokens.len(), style: style(skeleton), open_ended };
    let mut verb = 0;
    while skeleton.kind(verb) == Some(Kind::Open) {
        verb += 1;
    }
    if !judge.statement(verb) {
        return Verdict::No;
    }
    if judge.is_prose(verb) {
        return Verdict::No;
    }
    let is_expression =
        skeleton.is(verb, "SELECT") && !skeleton.top((verb, judge.end)).any(|at| skeleton.is(at, "FROM"));
    match judge.style {
        Style::Capitals if is_expression && !open_ended => Verdict::IfParsed,
        Style::Capitals => Verdict::Yes,
        Style::Small if judge.marks() > if open_ended { 0 } else { 1 } => Verdict::Yes,
        Style::Sentence if judge.marks() == 0 => Verdict::No,
        _ => Verdict::IfParsed,
    }
}

fn style(skeleton: &Skeleton) -> Style {
    let capitals = |tok: &Tok| !tok.text.bytes().any(|byte| byte.is_ascii_lowercase());
    let mut keywords = skeleton.top((0, skeleton.tokens.len())).filter_map(|at| skeleton.tok(at)).filter(|tok| {
        [
            "SELECT", "FROM", "INSERT", "INTO", "UPDATE", "SET", "DELETE", "WHERE", "CREATE", "ALTER", "DROP", "WITH",
            "VALUES",
        ]
        .iter()
        .any(|word| tok.is(word))
    });
    let first = skeleton.tokens.iter().find(|tok| tok.kind == Kind::Word);
    match first {
        Some(tok) if capitals(tok) && keywords.all(capitals) => Style::Capitals,
        Some(tok) if capitals(tok) || tok.text.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase()) => {
            Style::Small
        }
        _ => Style::Sentence,
    }
}

struct Judge<'s, 't, 'a> {
    skeleton: &'s Skeleton<'t, 'a>,
    end: usize,
    style: Style,
    open_ended: bool,
}

impl Judge<'_, '_, '_> {
    fn rest(&self, at: usize) -> Stretch {
        (at, self.end)
    }

    fn ends(&self, at: usize) -> bool {
        at >= self.end || self.skeleton.kind(at) == Some(Kind::Close)
    }

    fn strong(&self) -> bool {
        self.style == Style::Capitals
    }

    fn statement(&self, verb: usize) -> bool {
        let s = self.skeleton;
        let Some(tok) = s.tok(verb).filter(|tok| tok.kind == Kind::Word) else { return false };
        match tok.text.to_ascii_uppercase().as_str() {
            "SELECT" => self.select(self.rest(verb + 1)),
            "WITH" => self.with(verb + 1),
            "INSERT" | "REPLACE" => self.insert(verb + 1),
            "UPDATE" => self.update(verb + 1),
            "DELETE" => self.delete(verb + 1),
            "MERGE" => {
                s.top(self.rest(verb)).any(|at| s.is(at, "WHEN")) && s.top(self.rest(verb)).any(|at| s.is(at, "USING"))
            }
            "TRUNCATE" => {
                (s.is(verb + 1, "TABLE") || self.strong())
                    && self.names_to_end(if s.is(verb + 1, "TABLE") { verb + 2 } else { verb + 1 })
            }
            "CREATE" | "ALTER" | "DROP" => self.define(verb),
            "VALUES" => self.strong() && s.kind(verb + 1) == Some(Kind::Open),
            "EXPLAIN" => s.top(self.rest(verb + 1)).take(6).any(|at| self.is_explained(at) && self.statement(at)),
            "COPY" => self.strong() && self.copy(verb + 1),
            _ => false,
        }
    }

    fn is_explained(&self, at: usize) -> bool {
        self.skeleton.is_any(at, &["SELECT", "WITH", "INSERT", "UPDATE", "DELETE"])
    }

    /// A select list, and FROM with a table and a lawful sequel; or an expression that needs no table.
    fn select(&self, stretch: Stretch) -> bool {
        let s = self.skeleton;
        let clauses = s.clauses(stretch, true);
        let head = clauses.first().map_or(stretch, |(_, head)| *head);
        if head.0 >= head.1 {
            return self.open_ended && self.strong();
        }
        match clauses.iter().find(|(clause, _)| *clause == Clause::From) {
            Some((_, from)) => self.from(*from),
            None => self.expression(head),
        }
    }

    /// A table, its alias, and then a join, a comma or the end of the clause.
    fn from(&self, (start, end): Stretch) -> bool {
        let s = self.skeleton;
        let mut at = start;
        while s.is_any(at, &["ONLY", "LATERAL"]) {
            at += 1;
        }
        if at >= end {
            return self.open_ended && self.strong();
        }
        match s.kind(at) {
            Some(Kind::Open) => at = s.after(at),
            Some(Kind::Word | Kind::Quoted(_)) => match s.name(at) {
                Some(_) if s.tok(at).is_some_and(Tok::is_keyword) && !self.strong() => return false,
                Some((_, behind)) => at = behind,
                None => return false,
            },
            Some(Kind::Param | Kind::Str(_)) if self.strong() => at += 1,
            _ => return false,
        }
        while s.kind(at) == Some(Kind::Open) {
            at = s.after(at);
        }
        if s.is(at, "AS") {
            at += 1;
        }
        if s.tok(at).is_some_and(|tok| tok.is_name() && !tok.is_keyword()) {
            at = s.after(at);
        }
        if at >= end {
            return true;
        }
        match s.tok(at).map(|tok| tok.kind) {
            Some(Kind::Word) => self.strong() || s.tok(at).is_some_and(Tok::is_keyword),
            Some(Kind::Comma | Kind::Close | Kind::Open) => true,
            Some(Kind::Op | Kind::Str(_)) => self.strong(),
            _ => false,
        }
    }

    /// `SELECT 1`, `SELECT f(x)`: something that is no run of words.
    fn expression(&self, (start, end): Stretch) -> bool {
        let s = self.skeleton;
        let Some(first) = s.tok(start) else { return false };
        let calls = s.name(start).is_some_and(|(_, behind)| s.kind(behind) == Some(Kind::Open));
        let literal = matches!(first.kind, Kind::Number | Kind::Str(_) | Kind::Param);
        let keyword = s.is_any(start, &["CASE", "EXISTS", "NOT", "CAST", "NULL", "TRUE", "FALSE", "INTERVAL", "ARRAY"]);
        let begins = calls || literal || keyword || self.strong() && (first.kind == Kind::Open || self.open_ended);
        let aliases = s.tokens[start..end.min(s.tokens.len())].windows(2).any(|pair| {
            let operand = matches!(pair[0].kind, Kind::Number | Kind::Str(_) | Kind::Param)
                || pair[0].kind == Kind::Word && !pair[0].is_keyword();
            operand && pair[1].kind == Kind::Word && !pair[1].is_keyword()
        });
        begins && self.style != Style::Sentence && (self.strong() || !aliases)
    }

    /// `name [(columns)] AS [NOT MATERIALIZED] (`, or ClickHouse's `expression AS name`.
    fn with(&self, at: usize) -> bool {
        let s = self.skeleton;
        let at = if s.is(at, "RECURSIVE") { at + 1 } else { at };
        if !s.tok(at).is_some_and(|tok| {
            tok.is_name() || matches!(tok.kind, Kind::Param | Kind::Open | Kind::Number | Kind::Str(_))
        }) {
            return false;
        }
        let Some(named) = s.top(self.rest(at)).take(if self.strong() { 12 } else { 3 }).find(|at| s.is(*at, "AS"))
        else {
            return false;
        };
        let mut open = named + 1;
        while s.is_any(open, &["NOT", "MATERIALIZED"]) {
            open += 1;
        }
        let body = s.kind(open) == Some(Kind::Open)
            && s.is_any(open + 1, &["SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "VALUES"]);
        body || s.kind(open) == Some(Kind::Open) && s.begins_query(open)
            || self.strong() && s.top(self.rest(open)).any(|at| s.is(at, "SELECT"))
    }

    fn insert(&self, mut at: usize) -> bool {
        let s = self.skeleton;
        while s.is_any(
            at,
            &["OR", "IGNORE", "REPLACE", "ABORT", "ROLLBACK", "FAIL", "LOW_PRIORITY", "DELAYED", "OVERWRITE"],
        ) {
            at += 1;
        }
        if !s.is(at, "INTO") {
            return false;
        }
        at += if s.is(at + 1, "TABLE") { 2 } else { 1 };
        let Some((_, mut at)) = s.name(at) else { return false };
        if s.is(at, "AS") {
            at += 2;
        }
        let columns = s.kind(at) == Some(Kind::Open) && !s.begins_query(at);
        if columns {
            at = s.after(at);
        }
        while s.is_any(at, &["OVERRIDING", "SYSTEM", "USER", "PARTITION", "OUTPUT"]) {
            at += if s.is(at, "OVERRIDING") { 3 } else { 1 };
        }
        if self.ends(at) {
            return self.strong() && (columns || self.open_ended);
        }
        match s.kind(at) {
            Some(Kind::Open) => true,
            _ if s.is(at, "VALUES") => s.kind(at + 1) == Some(Kind::Open) || at + 1 >= self.end && self.strong(),
            _ if s.is(at, "SET") => {
                s.name(at + 1).is_some_and(|(_, behind)| s.tok(behind).is_some_and(|tok| tok.is_op("=")))
            }
            _ => {
                s.is_any(
                    at,
                    &["SELECT", "WITH", "DEFAULT", "TABLE", "ON", "RETURNING", "FORMAT", "SETTINGS", "EXEC", "OUTPUT"],
                ) || self.strong()
                    && s.tok(at).is_some_and(|tok| !tok.is_keyword())
                    && s.top(self.rest(at)).any(|at| s.is_any(at, &["SELECT", "VALUES"]))
            }
        }
    }

    /// `UPDATE t SET column =`.
    fn update(&self, at: usize) -> bool {
        let s = self.skeleton;
        let Some(set) = s.top(self.rest(at)).find(|at| s.is(*at, "SET")) else { return false };
        if set == at || set - at > 5 && !s.top((at, set)).any(|at| s.is(at, "JOIN") || s.kind(at) == Some(Kind::Comma))
        {
            return false;
        }
        if set + 1 >= self.end {
            return self.strong();
        }
        match s.name(set + 1) {
            Some((_, behind)) => {
                let behind = if s.tok(behind).is_some_and(|tok| tok.is_op("[")) { behind + 3 } else { behind };
                s.tok(behind).is_some_and(|tok| tok.kind == Kind::Op && tok.text.ends_with('='))
                    || s.tok(behind + 1).is_some_and(|tok| tok.is_op("="))
            }
            None => s.kind(set + 1) == Some(Kind::Open) && s.tok(s.after(set + 1)).is_some_and(|tok| tok.is_op("=")),
        }
    }

    fn delete(&self, at: usize) -> bool {
        let s = self.skeleton;
        let Some(from) = s.top(self.rest(at)).take(6).find(|at| s.is(*at, "FROM")) else { return false };
        let clauses = s.clauses(self.rest(from + 1), false);
        let head = clauses.first().map_or(self.rest(from + 1), |(_, head)| *head);
        (from == at || self.strong()) && self.from(head)
    }

    fn define(&self, verb: usize) -> bool {
        let s = self.skeleton;
        let mut at = verb + 1;
        while s.tok(at).is_some_and(|tok| WORDS.object_marks.has(tok.text)) {
            at += 1;
        }
        let Some(object) = s.tok(at).filter(|tok| tok.kind == Kind::Word && WORDS.objects.has(tok.text)) else {
            return false;
        };
        let mut name = at + 1;
        while s.is_any(name, &["IF", "NOT", "EXISTS", "CONCURRENTLY", "ONLY"]) {
            name += 1;
        }
        if s.is(verb, "DROP") {
            let sure = self.strong() || object.is("TABLE") || s.is(name - 1, "EXISTS");
            let on = s.top(self.rest(name)).find(|at| s.is(*at, "ON"));
            return sure && (self.names_to_end(name) || on.is_some_and(|on| self.names_to_end(on + 1)));
        }
        let is_index = object.is("INDEX") && s.is(verb, "CREATE");
        if is_index {
            let on = s.top(self.rest(name)).take(3).find(|at| s.is(*at, "ON"));
            return on.is_some_and(|on| s.top(self.rest(on)).take(8).any(|at| s.kind(at) == Some(Kind::Open)))
                || self.open_ended && self.strong();
        }
        let Some((_, behind)) = s.name(name) else { return false };
        if s.is(verb, "ALTER") {
            let acts = s.tok(behind).is_some_and(|tok| WORDS.alterations.has(tok.text)) && behind + 1 < self.end;
            return acts || self.strong() && (!object.is("TABLE") || self.open_ended && behind >= self.end);
        }
        if !object.is("TABLE") && !object.is("VIEW") {
            return self.strong();
        }
        let columns = s.kind(behind) == Some(Kind::Open) && (self.strong() || s.kind(behind + 2) == Some(Kind::Word));
        columns
            || s.is_any(behind, &["AS", "LIKE", "PARTITION", "CLONE", "USING", "ON", "WITH"]) && behind + 1 < self.end
            || self.open_ended && self.strong()
    }

    /// `name [, name] [CASCADE]` and nothing else.
    fn names_to_end(&self, mut at: usize) -> bool {
        let s = self.skeleton;
        while let Some((_, behind)) = s.name(at) {
            at = behind;
            if s.kind(at) == Some(Kind::Open) {
                at = s.after(at);
            }
            if s.kind(at) != Some(Kind::Comma) {
                break;
            }
            at += 1;
        }
        while s.is_any(at, &["CASCADE", "RESTRICT", "RESTART", "IDENTITY", "CONTINUE", "ON", "CLUSTER"]) {
            at += if s.is(at, "CLUSTER") { 2 } else { 1 };
        }
        self.ends(at)
    }

    fn copy(&self, at: usize) -> bool {
        let s = self.skeleton;
        let to = s.top(self.rest(at)).find(|at| s.is_any(*at, &["FROM", "TO"]));
        to.is_some_and(|to| {
            s.is_any(to + 1, &["STDIN", "STDOUT", "PROGRAM"])
                || matches!(s.kind(to + 1), Some(Kind::Str(_) | Kind::Param))
        })
    }

    /// Marks that English seldom has: operators, quotes, placeholders, calls, dotted names, names with `_`.
    fn marks(&self) -> usize {
        let is_mark = |tok: &Tok| match tok.kind {
            Kind::Op => tok.text != "-" && tok.text != "!" && !tok.open,
            Kind::Quoted(_) | Kind::Str(_) | Kind::Dollar | Kind::Dot => true,
            Kind::Param => !tok.open,
            Kind::Word => !tok.open && tok.text.contains('_'),
            Kind::Open => !tok.open && tok.text == "(",
            _ => false,
        };
        let trailing_dot = self.skeleton.tokens.last().is_some_and(|tok| tok.kind == Kind::Dot);
        self.skeleton.tokens.iter().filter(|tok| is_mark(tok)).count() - usize::from(trailing_dot)
    }

    /// Whether words follow one another as in a sentence.
    fn is_prose(&self, verb: usize) -> bool {
        let s = self.skeleton;
        if s.is_any(verb, &["CREATE", "ALTER"]) || s.is_any(verb, &["DROP", "TRUNCATE", "COPY"]) && self.strong() {
            return false;
        }
        if s.tokens.last().is_some_and(|tok| tok.kind == Kind::Dot || tok.is_op("!") || tok.is_op(":")) {
            return !self.open_ended || self.style == Style::Sentence;
        }
        let plain = |tok: &Tok| tok.kind == Kind::Word && !tok.is_keyword() && !(tok.open && self.strong());
        let longest = if self.strong() { 5 } else { 3 };
        let mut run = 0;
        for (at, tok) in s.tokens.iter().enumerate() {
            let after_dot = at > 0 && s.kind(at - 1) == Some(Kind::Dot);
            run = if plain(tok) && !after_dot { run + 1 } else { 0 };
            if run >= longest {
                return true;
            }
            // `select «n» entries from …` counts things.
            let counts = tok.kind == Kind::Param && tok.open && s.tok(at + 1).is_some_and(plain);
            if counts && !self.strong() {
                return true;
            }
            let is_article = tok.kind == Kind::Word && !tok.open && !after_dot && WORDS.english.has(tok.text);
            let single = tok.text.len() == 1 || WORDS.is_keyword(tok.text);
            let belongs =
                at == verb || WORDS.is_keyword(tok.text) && at > 0 && s.tok(at - 1).is_some_and(Tok::is_keyword);
            if !is_article || belongs || single && self.strong() {
                continue;
            }
            let heads = at > 0
                && s.is_any(at - 1, &["FROM", "JOIN", "INTO", "UPDATE"])
                && !WORDS.is_keyword(tok.text)
                && tok.text.len() > 1;
            let leads = s
                .tok(at + 1)
                .is_some_and(|next| plain(next) || self.style == Style::Sentence && next.kind == Kind::Word);
            if heads || leads {
                return true;
            }
        }
        false
    }
}
