//! The shape of a query, whichever way it was read, and the facts that follow from it.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{SqlKind, holes::NAMELESS};

/// A query: CTEs, then one select or several joined by UNION and the like.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Query {
    pub(super) ctes: Vec<Cte>,
    /// `WITH RECURSIVE`.
    pub(super) recursive: bool,
    /// The selects; empty for VALUES and for a CTE that writes.
    pub(super) selects: Vec<Select>,
    /// Has LIMIT or FETCH of its own.
    pub(super) limited: bool,
    /// Is after single rows: by a key, one, or those that it locks.
    pub(super) single: bool,
    /// Locks its rows (`FOR UPDATE`), or takes a lock that has a name.
    pub(super) locks: bool,
    /// Queries inside its ORDER BY, VALUES and the like, and those of a CTE that writes.
    pub(super) inner: Vec<Query>,
    /// Tables that a CTE writes to or reads beside its queries.
    pub(super) written: Vec<String>,
}

/// A named query of WITH.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cte {
    /// Lower case.
    pub(super) name: String,
    pub(super) query: Query,
}

/// One SELECT.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Select {
    pub(super) stars: Vec<Star>,
    pub(super) from: Vec<Source>,
    /// Has WHERE, HAVING or QUALIFY.
    pub(super) filtered: bool,
    /// Has TOP.
    pub(super) limited: bool,
    /// Has aggregates, GROUP BY or DISTINCT.
    pub(super) aggregated: bool,
    /// Queries inside its expressions.
    pub(super) inner: Vec<Query>,
}

/// `*` or `t.*` as a select item, by offsets of the decoded text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Star {
    pub(super) start: u32,
    pub(super) end: u32,
    /// The last part of what stands before the `*`, lower case.
    pub(super) of: Option<String>,
}

/// What FROM lists, joined or not.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Source {
    pub(super) what: What,
    /// The name that it goes by, lower case.
    pub(super) alias: Option<String>,
    /// An outer join may leave it out, so that it filters nothing.
    pub(super) optional: bool,
    /// Its ON compares with a literal or a placeholder.
    pub(super) narrowed: bool,
}

/// A thing to read rows from.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum What {
    /// A table, view or CTE, lower case.
    Table(String),
    /// A query in parentheses.
    Derived(Box<Query>),
    /// A function, VALUES, an unnested array.
    Other,
}

/// A statement's shape.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Shape {
    pub(super) kind: SqlKind,
    /// The tables named outside of queries: written to, defined, or read by UPDATE … FROM and DELETE … USING.
    pub(super) tables: Vec<String>,
    /// The query whose rows the statement gives or takes in.
    pub(super) query: Option<Query>,
    /// Other queries inside.
    pub(super) inner: Vec<Query>,
    /// Stars of RETURNING.
    pub(super) returning: Vec<Star>,
    /// UPDATE and DELETE: has WHERE.
    pub(super) filtered: bool,
    /// UPDATE and DELETE: has LIMIT or TOP.
    pub(super) limited: bool,
}

impl Shape {
    /// A shape with nothing in it.
    pub(super) fn new(kind: SqlKind) -> Self {
        Self {
            kind,
            tables: Vec::new(),
            query: None,
            inner: Vec::new(),
            returning: Vec::new(),
            filtered: false,
            limited: false,
        }
    }
}

/// A name of several parts, lower case; a table that is a hole is [`NAMELESS`].
pub(super) fn table_name<'p>(parts: impl Iterator<Item = &'p str>) -> String {
    let parts: Vec<String> = parts.map(str::to_lowercase).collect();
    match parts.last() {
        Some(last) if last == NAMELESS => NAMELESS.to_owned(),
        _ => parts.join("."),
    }
}

/// What a shape says, without places in the source.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Facts {
    pub(super) tables: Vec<String>,
    /// Each star with the base tables it takes columns of, if its rows reach the application.
    pub(super) stars: Vec<(Star, Vec<String>)>,
    pub(super) has_filter: bool,
    pub(super) has_limit: bool,
    pub(super) has_aggregate: bool,
    pub(super) from_base_tables_only: bool,
    pub(super) single: bool,
    pub(super) locks: bool,
}

/// The facts of a statement.
pub(super) fn facts_of(shape: &Shape) -> Facts {
    let mut reader = Reader::default();
    for table in &shape.tables {
        reader.table(table);
    }
    for star in &shape.returning {
        reader.star(star);
    }
    for inner in &shape.inner {
        reader.collect(inner, None);
    }
    if let Some(query) = &shape.query {
        reader.collect(query, None);
        if shape.kind == SqlKind::Select {
            reader.reach(query, None, 0);
        }
        let scope = Scope::of(query, None);
        let selects = &query.selects;
        let all = |holds: &dyn Fn(&Select) -> bool| !selects.is_empty() && selects.iter().all(holds);
        reader.out.has_filter = all(&|select| filters(select, &scope, &mut DEPTH.clone()));
        // Of two selects joined by UNION each gives a row.
        reader.out.single = query.single && selects.len() == 1;
        reader.out.locks = query.locks;
        reader.out.has_limit = query.limited || all(&|select| select.limited);
        reader.out.has_aggregate = all(&|select| select.aggregated);
        reader.out.from_base_tables_only =
            all(&|select| !select.from.is_empty() && select.from.iter().all(|source| is_base(source, &scope)));
    }
    reader.out.has_filter |= shape.filtered;
    reader.out.has_limit |= shape.limited;
    reader.out.stars.sort_by_key(|(star, _)| (star.start, star.end));
    reader.out
}

/// The CTEs that a query can name, innermost first.
#[derive(Clone, Copy)]
struct Scope<'q> {
    query: &'q Query,
    /// Only the CTEs before this one can be named: the query stands in its body.
    before: usize,
    outer: Option<&'q Scope<'q>>,
}

impl<'q> Scope<'q> {
    fn of(query: &'q Query, outer: Option<&'q Scope<'q>>) -> Self {
        Self { query, before: query.ctes.len(), outer }
    }

    /// The scope inside the body of its CTE `index`.
    fn inside(self, index: usize) -> Self {
        let before = if self.query.recursive { self.query.ctes.len() } else { index };
        Self { before, ..self }
    }

    /// The query called `name`, with what it can name itself.
    fn find(&'q self, name: &str) -> Option<(&'q Query, Scope<'q>)> {
        let ctes = &self.query.ctes;
        let found = ctes.iter().take(self.before).enumerate().rfind(|(_, cte)| cte.name == name);
        match found {
            Some((index, cte)) => Some((&cte.query, self.inside(index))),
            None => self.outer.and_then(|outer| outer.find(name)),
        }
    }
}

fn is_base(source: &Source, scope: &Scope) -> bool {
    matches!(&source.what, What::Table(name) if scope.find(name).is_none())
}

/// Whether a select gives fewer rows than its tables hold. `fuel` bounds how far CTEs are followed.
fn filters(select: &Select, scope: &Scope, fuel: &mut u32) -> bool {
    select.filtered
        || select
            .from
            .iter()
            .filter(|source| !source.optional)
            .any(|source| source.narrowed || narrows(&source.what, scope, fuel))
}

fn narrows(what: &What, scope: &Scope, fuel: &mut u32) -> bool {
    if *fuel == 0 {
        return false;
    }
    *fuel -= 1;
    let mut gives_less = |query: &Query, outer: &Scope| {
        let inner = Scope::of(query, Some(outer));
        query.limited
            || !query.selects.is_empty()
                && query.selects.iter().all(|select| select.limited || filters(select, &inner, fuel))
    };
    match what {
        What::Table(name) => scope.find(name).is_some_and(|(query, scope)| gives_less(query, &scope)),
        What::Derived(query) => gives_less(query, scope),
        What::Other => false,
    }
}

/// How many CTEs and derived tables deep stars and filters are followed.
const DEPTH: u32 = 32;

/// How many sources of one FROM are looked at for a star.
const SOURCES: usize = 256;

#[derive(Default)]
struct Reader {
    out: Facts,
    seen_tables: FxHashSet<String>,
    /// Where in `out` the star is that starts at an offset.
    stars: FxHashMap<u32, usize>,
    /// Queries whose stars were followed.
    reached: FxHashSet<*const Query>,
}

impl Reader {
    fn table(&mut self, name: &str) {
        if self.seen_tables.insert(name.to_owned()) {
            self.out.tables.push(name.to_owned());
        }
    }

    fn star(&mut self, star: &Star) {
        self.stars.insert(star.start, self.out.stars.len());
        self.out.stars.push((star.clone(), Vec::new()));
    }

    /// Gathers tables and stars of a query and all in it.
    fn collect(&mut self, query: &Query, outer: Option<&Scope>) {
        let scope = Scope::of(query, outer);
        for (index, cte) in query.ctes.iter().enumerate() {
            self.collect(&cte.query, Some(&scope.inside(index)));
        }
        for name in query.written.iter().filter(|name| scope.find(name).is_none()) {
            self.table(name);
        }
        for select in &query.selects {
            for star in &select.stars {
                self.star(star);
            }
            for source in &select.from {
                match &source.what {
                    What::Table(name) if scope.find(name).is_none() => self.table(name),
                    What::Derived(query) => self.collect(query, Some(&scope)),
                    _ => {}
                }
            }
            for inner in &select.inner {
                self.collect(inner, Some(&scope));
            }
        }
        for inner in &query.inner {
            self.collect(inner, Some(&scope));
        }
    }

    /// Follows stars from a query whose rows reach the application to the base tables.
    fn reach(&mut self, query: &Query, outer: Option<&Scope>, depth: u32) {
        if depth > DEPTH || !self.reached.insert(std::ptr::from_ref(query)) {
            return;
        }
        let scope = Scope::of(query, outer);
        for select in &query.selects {
            for star in &select.stars {
                self.reach_star(star, select, &scope, depth);
            }
        }
    }

    fn reach_star(&mut self, star: &Star, select: &Select, scope: &Scope, depth: u32) {
        let mut tables = Vec::new();
        let sources = select.from.iter().take(SOURCES);
        for source in sources.filter(|source| star.of.is_none() || source.alias == star.of) {
            match &source.what {
                What::Table(name) => match scope.find(name) {
                    Some((query, scope)) => self.reach(query, Some(&scope), depth + 1),
                    None => tables.push(name.clone()),
                },
                What::Derived(query) => self.reach(query, Some(scope), depth + 1),
                What::Other => {}
            }
        }
        if let Some((_, found)) = self.stars.get(&star.start).and_then(|at| self.out.stars.get_mut(*at)) {
            *found = tables;
        }
    }
}
