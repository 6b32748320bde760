//! What a FROM lists, from its tokens.

use super::lex::{Kind, Tok};
use super::shape::{Query, Source, What};
use super::skeleton::{DEPTH, Skeleton, Stretch};

impl Skeleton<'_, '_> {
    /// What a FROM lists. Queries in conditions and arguments go to `inner`.
    pub(super) fn sources(&self, (mut at, end): Stretch, inner: &mut Vec<Query>, depth: usize) -> Vec<Source> {
        let mut found: Vec<Source> = Vec::new();
        while at < end {
            let mut joined = Joined::default();
            while self.is_join_word(at) || self.kind(at) == Some(Kind::Comma) {
                joined.note(self, at);
                at += 1;
            }
            if at >= end {
                break;
            }
            if joined.right {
                found.iter_mut().for_each(|source| source.optional = true);
            }
            let first = found.len();
            let behind = self.source(at, end, &mut found, inner, depth);
            let next = self
                .top((behind, end))
                .find(|at| self.kind(*at) == Some(Kind::Comma) || self.is_join_start(*at))
                .unwrap_or(end);
            self.inner_queries((behind, next), inner, depth);
            let narrowed = joined.picks || self.compares((behind, next));
            for source in &mut found[first..] {
                source.optional |= joined.left;
                source.narrowed |= narrowed;
            }
            at = next;
        }
        found
    }

    /// One source; the place behind its alias.
    fn source(&self, at: usize, end: usize, found: &mut Vec<Source>, inner: &mut Vec<Query>, depth: usize) -> usize {
        if depth > DEPTH {
            return end;
        }
        let (what, name, behind) = if self.kind(at) == Some(Kind::Open) {
            let inside = self.inside(at);
            if !self.begins_query(at + 1) && !self.is(at + 1, "VALUES") {
                found.extend(self.sources(inside, inner, depth + 1));
                return self.after(at);
            }
            let what = if self.is(at + 1, "VALUES") {
                What::Other
            } else {
                What::Derived(Box::new(self.query(inside, depth + 1)))
            };
            (what, None, self.after(at))
        } else {
            match self.name(at) {
                Some((_, behind)) if self.kind(behind) == Some(Kind::Open) => {
                    self.inner_queries(self.inside(behind), inner, depth);
                    (What::Other, None, self.after(behind))
                }
                Some((name, behind)) => (What::Table(name.clone()), Some(name), behind),
                None => (What::Other, None, self.after(at)),
            }
        };
        let (alias, behind) = self.alias(behind);
        let alias = alias.or_else(|| name.and_then(|name| name.rsplit('.').next().map(str::to_owned)));
        found.push(Source { what, alias, optional: false, narrowed: false });
        behind.max(at + 1)
    }

    /// An alias at `at`, lower case, and the place behind it.
    pub(super) fn alias(&self, at: usize) -> (Option<String>, usize) {
        let at = if self.is(at, "AS") { at + 1 } else { at };
        match self.tok(at) {
            Some(tok) if tok.is_name() && !tok.is_keyword() => (Some(tok.text.to_lowercase()), at + 1),
            _ => (None, at),
        }
    }

    fn is_join_word(&self, at: usize) -> bool {
        self.is_join_start(at)
            || self.is_any(at, &["OUTER", "LATERAL", "ONLY", "APPLY", "ANY", "ALL", "ARRAY"])
                && self.kind(at + 1) != Some(Kind::Dot)
    }

    fn is_join_start(&self, at: usize) -> bool {
        const WORDS: [&str; 12] = [
            "JOIN",
            "LEFT",
            "RIGHT",
            "FULL",
            "INNER",
            "CROSS",
            "NATURAL",
            "STRAIGHT_JOIN",
            "ANTI",
            "SEMI",
            "ASOF",
            "GLOBAL",
        ];
        let array = self.is(at, "ARRAY") && self.is(at + 1, "JOIN") || self.is(at, "OUTER") && self.is(at + 1, "APPLY");
        (array || self.is_any(at, &WORDS))
            && !matches!(self.kind(at + 1), Some(Kind::Dot))
            && (self.is_any(at, &["JOIN", "STRAIGHT_JOIN"]) || self.kind(at + 1) == Some(Kind::Word))
    }

    /// Whether a join's condition compares a column with a literal or a placeholder.
    fn compares(&self, (start, end): Stretch) -> bool {
        let Some(tokens) = self.tokens.get(start..end.min(self.tokens.len())) else { return false };
        let on = tokens.iter().position(|tok| tok.is("ON")).map_or(&[][..], |on| &tokens[on + 1..]);
        let literal = |tok: &Tok| {
            matches!(tok.kind, Kind::Param | Kind::Str(_) | Kind::Number) || tok.is("TRUE") || tok.is("FALSE")
        };
        let name = |tok: &Tok| tok.is_name() && !tok.is_keyword();
        on.iter().any(literal) && on.iter().any(name)
    }
}

/// How a source is joined.
#[derive(Default)]
struct Joined {
    /// The source itself may be missing.
    left: bool,
    /// Those before may be missing.
    right: bool,
    /// The join keeps only rows with or without a match.
    picks: bool,
}

impl Joined {
    fn note(&mut self, skeleton: &Skeleton, at: usize) {
        self.left |= skeleton.is_any(at, &["LEFT", "FULL"]) || skeleton.is(at, "OUTER") && skeleton.is(at + 1, "APPLY");
        self.right |= skeleton.is_any(at, &["RIGHT", "FULL"]);
        if skeleton.is_any(at, &["ANTI", "SEMI"]) {
            self.picks = true;
            self.left = false;
        }
    }
}
