//! The shape of whole statements from their tokens: what writes, defines or explains, and queries.

use super::SqlKind;
use super::lex::Kind;
use super::shape::{Query, Shape, Source, What};
use super::skeleton::{Clause, Skeleton, Stretch};
use super::words::WORDS;

/// What a statement does, told by its first word; for WITH, by the word behind it.
pub(super) fn kind_of(verb: &str) -> SqlKind {
    let is = |words: &[&str]| words.iter().any(|word| verb.eq_ignore_ascii_case(word));
    match () {
        () if is(&["SELECT", "WITH", "VALUES", "TABLE"]) => SqlKind::Select,
        () if is(&["INSERT", "REPLACE", "MERGE"]) => SqlKind::Insert,
        () if is(&["UPDATE"]) => SqlKind::Update,
        () if is(&["DELETE", "TRUNCATE"]) => SqlKind::Delete,
        () if is(&["CREATE", "ALTER", "DROP"]) => SqlKind::Schema,
        () => SqlKind::Other,
    }
}

impl Skeleton<'_, '_> {
    /// Reads a statement. `depth` counts the queries around it.
    pub(super) fn statement(&self, stretch: Stretch, depth: usize) -> Shape {
        let (start, end) = stretch;
        let mut verb = start;
        while self.kind(verb) == Some(Kind::Open) {
            verb += 1;
        }
        let word = self.tok(verb).map_or("", |tok| tok.text);
        let mut shape = Shape::new(kind_of(word));
        match shape.kind {
            SqlKind::Select if self.is(verb, "WITH") && verb == start => return self.with_statement(stretch, depth),
            SqlKind::Select => shape.query = Some(self.query(stretch, depth)),
            SqlKind::Insert if self.is(verb, "MERGE") => self.merge(&mut shape, (verb + 1, end), depth),
            SqlKind::Insert => self.insert(&mut shape, (verb + 1, end), depth),
            SqlKind::Update | SqlKind::Delete => self.change(&mut shape, (verb + 1, end), depth),
            SqlKind::Schema => self.define(&mut shape, (verb + 1, end), depth),
            SqlKind::Other if self.is(verb, "COPY") => self.copy(&mut shape, (verb + 1, end), depth),
            SqlKind::Other if self.is(verb, "EXPLAIN") && depth == 0 => return self.explain((verb + 1, end)),
            SqlKind::Other => self.inner_queries((verb, end), &mut shape.inner, depth),
        }
        shape
    }

    /// `WITH …` before a query, or before a statement that writes.
    fn with_statement(&self, stretch: Stretch, depth: usize) -> Shape {
        let mut ctes = Query::default();
        let main = self.with(&mut ctes, stretch, depth);
        if !self.is_any(main, &["INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE"]) {
            let mut shape = Shape::new(SqlKind::Select);
            shape.query = Some(self.query(stretch, depth));
            return shape;
        }
        let mut shape = self.statement((main, stretch.1), depth + 1);
        // The queries and tables of the statement can name the CTEs, so they are put inside.
        ctes.written = std::mem::take(&mut shape.tables);
        ctes.inner = std::mem::take(&mut shape.inner);
        if let Some(query) = &mut shape.query {
            query.ctes.splice(0..0, ctes.ctes.iter().cloned());
            query.recursive |= ctes.recursive;
            ctes.ctes.iter_mut().for_each(|cte| cte.query = Query::default());
        }
        shape.inner = vec![ctes];
        shape
    }

    fn add_sources(&self, shape: &mut Shape, sources: Vec<Source>) {
        for source in sources {
            match source.what {
                What::Table(name) => shape.tables.push(name),
                What::Derived(query) => shape.inner.push(*query),
                What::Other => {}
            }
        }
    }

    fn insert(&self, shape: &mut Shape, (start, end): Stretch, depth: usize) {
        let mut at = start;
        while self.is_any(
            at,
            &[
                "INTO",
                "OVERWRITE",
                "TABLE",
                "OR",
                "IGNORE",
                "REPLACE",
                "ABORT",
                "ROLLBACK",
                "FAIL",
                "LOW_PRIORITY",
                "DELAYED",
            ],
        ) {
            at += 1;
        }
        if let Some((name, behind)) = self.name(at) {
            shape.tables.push(name);
            at = behind;
        }
        let ends = |at: &usize| {
            self.is(*at, "RETURNING") || self.is(*at, "ON") && self.is_any(at + 1, &["CONFLICT", "DUPLICATE"])
        };
        let source_end = self.top((at, end)).find(ends).unwrap_or(end);
        let is_source = |at: &usize| {
            self.is_any(*at, &["SELECT", "WITH", "TABLE"])
                || self.kind(*at) == Some(Kind::Open) && self.begins_query(*at)
        };
        match self.top((at, source_end)).find(is_source) {
            Some(source) if !self.top((at, source)).any(|at| self.is(at, "VALUES")) => {
                shape.query = Some(self.query((source, source_end), depth + 1));
            }
            _ => self.inner_queries((at, source_end), &mut shape.inner, depth),
        }
        for (clause, stretch) in self.clauses((source_end, end), false) {
            self.inner_queries(stretch, &mut shape.inner, depth);
            if clause == Clause::Returning {
                shape.returning = self.stars(stretch);
            }
        }
    }

    /// UPDATE, DELETE and TRUNCATE.
    fn change(&self, shape: &mut Shape, (start, end): Stretch, depth: usize) {
        let mut inner = Vec::new();
        let mut start = start;
        if self.is(start, "TOP") {
            shape.limited = true;
            start = self.after(start + 1);
        }
        while self.is_any(start, &["TABLE", "LOW_PRIORITY", "IGNORE", "QUICK"])
            || self.is(start, "OR") && self.kind(start + 1) == Some(Kind::Word)
        {
            start += if self.is(start, "OR") { 2 } else { 1 };
        }
        let clauses = self.clauses((start, end), false);
        let from = clauses.iter().any(|(clause, _)| *clause == Clause::From);
        for (clause, stretch) in clauses {
            match clause {
                Clause::Head if shape.kind == SqlKind::Delete && from => {}
                Clause::Head | Clause::From | Clause::Using => {
                    let sources = self.sources(stretch, &mut inner, depth);
                    self.add_sources(shape, sources);
                }
                Clause::Filter => shape.filtered = true,
                Clause::Limit => shape.limited = true,
                Clause::Returning => shape.returning = self.stars(stretch),
                _ => {}
            }
            if !matches!(clause, Clause::Head | Clause::From | Clause::Using) {
                self.inner_queries(stretch, &mut inner, depth);
            }
        }
        shape.inner.extend(inner);
    }

    fn merge(&self, shape: &mut Shape, (start, end): Stretch, depth: usize) {
        let start = if self.is(start, "INTO") { start + 1 } else { start };
        let mut inner = Vec::new();
        let using = self.top((start, end)).find(|at| self.is(*at, "USING")).unwrap_or(end);
        let on = self.top((using, end)).find(|at| self.is(*at, "ON")).unwrap_or(end);
        for stretch in [(start, using), (using + 1, on)] {
            let sources = self.sources(stretch, &mut inner, depth);
            self.add_sources(shape, sources);
        }
        self.inner_queries((on, end), &mut inner, depth);
        shape.inner.extend(inner);
    }

    /// `COPY t FROM …`, `COPY (query) TO …`.
    fn copy(&self, shape: &mut Shape, (start, end): Stretch, depth: usize) {
        let reads = self.top((start, end)).any(|at| self.is(at, "FROM"));
        shape.kind = if reads { SqlKind::Insert } else { SqlKind::Select };
        if self.kind(start) == Some(Kind::Open) && self.begins_query(start) {
            shape.query = Some(self.query(self.inside(start), depth + 1));
        } else if let Some((name, _)) = self.name(start).filter(|_| !self.is(start, "INTO")) {
            shape.tables.push(name);
        }
    }

    /// The statement explained, of which nothing reaches the application.
    fn explain(&self, (start, end): Stretch) -> Shape {
        let main = self
            .top((start, end))
            .find(|at| self.tok(*at).is_some_and(|tok| tok.kind == Kind::Word && kind_of(tok.text) != SqlKind::Other));
        let mut shape = main.map_or(Shape::new(SqlKind::Other), |main| self.statement((main, end), 1));
        shape.kind = SqlKind::Other;
        shape
    }

    fn define(&self, shape: &mut Shape, (start, end): Stretch, depth: usize) {
        let object =
            self.top((start, end)).take(8).find(|at| self.tok(*at).is_some_and(|tok| WORDS.objects.has(tok.text)));
        let Some(object) = object else { return };
        if self.is_any(object, &["TABLE", "VIEW"]) {
            let mut at = object + 1;
            while self.is_any(at, &["IF", "NOT", "EXISTS", "ONLY", "CONCURRENTLY"]) {
                at += 1;
            }
            while let Some((name, behind)) = self.name(at) {
                shape.tables.push(name);
                let drops = start > 0 && self.is(start - 1, "DROP") && self.kind(behind) == Some(Kind::Comma);
                if !drops {
                    break;
                }
                at = behind + 1;
            }
        } else if self.is_any(object, &["INDEX", "TRIGGER", "POLICY", "RULE", "STATISTICS"]) {
            let on = self.top((object, end)).find(|at| self.is_any(*at, &["ON"]));
            let at = on.map_or(end, |on| if self.is(on + 1, "ONLY") { on + 2 } else { on + 1 });
            shape.tables.extend(self.name(at).map(|(name, _)| name));
        }
        let is_routine = self.is_any(object, &["FUNCTION", "PROCEDURE", "TRIGGER", "EVENT"]);
        match self
            .top((object, end))
            .find(|at| self.is_any(*at, &["SELECT", "WITH"]) && self.is(at.wrapping_sub(1), "AS"))
        {
            Some(query) if !is_routine => shape.inner.push(self.query((query, end), depth + 1)),
            _ => self.inner_queries((object, end), &mut shape.inner, depth),
        }
    }
}
