//! The shape of a query from its syntax tree.

use std::ops::ControlFlow;

use sqlparser::ast::{
    self, Distinct, Expr, GroupByExpr, JoinConstraint, JoinOperator, LimitClause, ObjectName, Select as SelectTree,
    SelectItem, SelectItemQualifiedWildcardKind, SetExpr, Statement, TableAlias, TableFactor, TableWithJoins, Value,
    Visit, Visitor,
};

use super::parse::offset;
use super::shape::{Cte, Query, Select, Shape, Source, Star, What, table_name};
use super::skeleton::{Skeleton, take_nested};
use super::words::WORDS;

/// Replaces what the tokens told of the statement's query by what its tree tells.
pub(super) fn refine(shape: &mut Shape, statement: &Statement, skeleton: &Skeleton) {
    let tree = match statement {
        Statement::Query(query) if !writes(query) => Some(query),
        Statement::Insert(insert) => insert.source.as_ref(),
        _ => None,
    };
    let reader = TreeReader { skeleton };
    // A WITH that stands before INSERT is known to the tokens' reading only.
    let foreign = shape.query.as_ref().is_some_and(|query| !query.ctes.is_empty())
        && tree.is_some_and(|tree| tree.with.is_none());
    if let (Some(query), Some(tree), false) = (&mut shape.query, tree, foreign) {
        // What single rows are asked for is told by tokens alone.
        *query = Query { single: query.single, locks: query.locks, ..reader.query(tree) };
    }
}

struct TreeReader<'s, 't, 'a> {
    skeleton: &'s Skeleton<'t, 'a>,
}

impl TreeReader<'_, '_, '_> {
    fn query(&self, tree: &ast::Query) -> Query {
        let mut query = Query::default();
        if let Some(with) = &tree.with {
            query.recursive = with.recursive;
            query.ctes = with.cte_tables.iter().map(|cte| self.cte(cte)).collect();
        }
        self.body(&mut query, &tree.body);
        let limited = tree.limit_clause.as_ref().is_some_and(|clause| match clause {
            LimitClause::LimitOffset { limit: Some(limit), limit_by, .. } => limit_by.is_empty() && !is_null(limit),
            LimitClause::LimitOffset { .. } => false,
            LimitClause::OffsetCommaLimit { .. } => true,
        });
        query.limited |= limited || tree.fetch.is_some();
        let mut found = Found::default();
        self.look(&tree.order_by, &mut found);
        self.look(&tree.limit_clause, &mut found);
        query.inner.extend(found.inner);
        query
    }

    fn cte(&self, cte: &ast::Cte) -> Cte {
        let query = if writes(&cte.query) {
            let close = offset(cte.closing_paren_token.0.span.start);
            self.skeleton
                .opening_of(close)
                .map(|open| self.skeleton.cte_body(self.skeleton.inside(open), 1))
                .unwrap_or_default()
        } else {
            self.query(&cte.query)
        };
        Cte { name: cte.alias.name.value.to_lowercase(), query }
    }

    /// Reads selects joined by UNION and the like; the left side is a loop, since it is as deep as the list is long.
    fn body(&self, query: &mut Query, body: &SetExpr) {
        let mut parts = Vec::new();
        let mut left = body;
        while let SetExpr::SetOperation { left: next, right, .. } = left {
            parts.push(right.as_ref());
            left = next;
        }
        parts.push(left);
        for part in parts.into_iter().rev() {
            match part {
                SetExpr::Select(select) => query.selects.push(self.select(select)),
                SetExpr::Query(nested) => take_nested(query, self.query(nested)),
                SetExpr::SetOperation { .. } => self.body(query, part),
                SetExpr::Table(table) => {
                    let parts = table.schema_name.iter().chain(&table.table_name).map(String::as_str);
                    let what = What::Table(table_name(parts));
                    let alias = table.table_name.as_ref().map(|name| name.to_lowercase());
                    query.selects.push(Select {
                        from: vec![Source { what, alias, optional: false, narrowed: false }],
                        ..Select::default()
                    });
                }
                SetExpr::Values(values) => {
                    let mut found = Found::default();
                    self.look(values, &mut found);
                    query.inner.extend(found.inner);
                }
                SetExpr::Insert(_) | SetExpr::Update(_) | SetExpr::Delete(_) | SetExpr::Merge(_) => {}
            }
        }
    }

    fn select(&self, tree: &SelectTree) -> Select {
        let mut found = Found::default();
        self.look(&tree.projection, &mut found);
        let aggregates = found.aggregated;
        let from = tree.from.iter().flat_map(|from| self.joined(from, &mut found)).collect();
        self.look(&tree.prewhere, &mut found);
        self.look(&tree.selection, &mut found);
        self.look(&tree.group_by, &mut found);
        self.look(&tree.having, &mut found);
        self.look(&tree.qualify, &mut found);
        let groups = match &tree.group_by {
            GroupByExpr::All(_) => true,
            GroupByExpr::Expressions(exprs, modifiers) => !(exprs.is_empty() && modifiers.is_empty()),
        };
        Select {
            stars: tree.projection.iter().filter_map(star).collect(),
            from,
            filtered: tree.prewhere.is_some()
                || tree.selection.is_some()
                || tree.having.is_some()
                || tree.qualify.is_some(),
            limited: tree.top.is_some(),
            aggregated: aggregates || groups || matches!(tree.distinct, Some(Distinct::Distinct | Distinct::On(_))),
            inner: found.inner,
        }
    }

    fn joined(&self, tree: &TableWithJoins, found: &mut Found) -> Vec<Source> {
        let mut sources = self.source(&tree.relation, found);
        for join in &tree.joins {
            let joins = Joins::of(&join.join_operator);
            if joins.right {
                sources.iter_mut().for_each(|source| source.optional = true);
            }
            let mut compared = Found::default();
            if let Some(JoinConstraint::On(on)) = joins.constraint {
                self.look(on, &mut compared);
            }
            let more = self.source(&join.relation, found);
            let narrowed = joins.picks || compared.literal && compared.name;
            sources.extend(more.into_iter().map(|source| Source {
                optional: source.optional || joins.left,
                narrowed: source.narrowed || narrowed,
                ..source
            }));
            found.inner.append(&mut compared.inner);
        }
        sources
    }

    fn source(&self, tree: &TableFactor, found: &mut Found) -> Vec<Source> {
        let called = |alias: &Option<TableAlias>| alias.as_ref().map(|alias| alias.name.value.to_lowercase());
        let one = |what: What, alias: Option<String>| vec![Source { what, alias, optional: false, narrowed: false }];
        match tree {
            TableFactor::Table { name, alias, args: None, .. } => {
                let name = name_of(name);
                let alias = called(alias).or_else(|| name.rsplit('.').next().map(str::to_owned));
                one(What::Table(name), alias)
            }
            TableFactor::Derived { subquery, alias, .. } if matches!(*subquery.body, SetExpr::Values(_)) => {
                one(What::Other, called(alias))
            }
            TableFactor::Derived { subquery, alias, .. } => {
                one(What::Derived(Box::new(self.query(subquery))), called(alias))
            }
            TableFactor::NestedJoin { table_with_joins, .. } => self.joined(table_with_joins, found),
            TableFactor::Pivot { table, .. }
            | TableFactor::Unpivot { table, .. }
            | TableFactor::MatchRecognize { table, .. } => self.source(table, found),
            TableFactor::Table { alias, .. }
            | TableFactor::Function { alias, .. }
            | TableFactor::UNNEST { alias, .. } => {
                self.look(tree, found);
                one(What::Other, called(alias))
            }
            _ => {
                self.look(tree, found);
                one(What::Other, None)
            }
        }
    }

    /// Looks through expressions.
    fn look<T: Visit>(&self, tree: &T, found: &mut Found) {
        let mut eye = Eye { reader: self, found, depth: 0 };
        let _ = tree.visit(&mut eye);
    }
}

/// Whether behind WITH stands a statement that writes.
fn writes(query: &ast::Query) -> bool {
    matches!(*query.body, SetExpr::Insert(_) | SetExpr::Update(_) | SetExpr::Delete(_) | SetExpr::Merge(_))
}

/// How a join treats its two sides.
struct Joins<'j> {
    left: bool,
    right: bool,
    picks: bool,
    constraint: Option<&'j JoinConstraint>,
}

impl<'j> Joins<'j> {
    fn of(operator: &'j JoinOperator) -> Self {
        use JoinOperator as J;
        let left =
            matches!(operator, J::Left(_) | J::LeftOuter(_) | J::FullOuter(_) | J::OuterApply | J::LeftArrayJoin);
        let right =
            matches!(operator, J::Right(_) | J::RightOuter(_) | J::FullOuter(_) | J::RightSemi(_) | J::RightAnti(_));
        let picks = matches!(
            operator,
            J::Semi(_) | J::LeftSemi(_) | J::RightSemi(_) | J::Anti(_) | J::LeftAnti(_) | J::RightAnti(_)
        );
        let constraint = match operator {
            J::Join(on) | J::Inner(on) | J::Left(on) | J::LeftOuter(on) | J::Right(on) | J::RightOuter(on) => Some(on),
            J::FullOuter(on) | J::CrossJoin(on) | J::Semi(on) | J::LeftSemi(on) | J::RightSemi(on) => Some(on),
            J::Anti(on) | J::LeftAnti(on) | J::RightAnti(on) | J::StraightJoin(on) => Some(on),
            J::AsOf { constraint, .. } => Some(constraint),
            J::CrossApply | J::OuterApply | J::ArrayJoin | J::LeftArrayJoin | J::InnerArrayJoin => None,
        };
        Self { left, right, picks, constraint }
    }
}

fn is_null(expr: &Expr) -> bool {
    matches!(expr, Expr::Value(value) if matches!(value.value, Value::Null))
}

fn name_of(name: &ObjectName) -> String {
    table_name(name.0.iter().filter_map(|part| part.as_ident()).map(|ident| ident.value.as_str()))
}

fn star(item: &SelectItem) -> Option<Star> {
    match item {
        SelectItem::Wildcard(options) => {
            let span = options.wildcard_token.0.span;
            Some(Star { start: offset(span.start), end: offset(span.end), of: None })
        }
        SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(name), options) => {
            let first = name.0.first().and_then(|part| part.as_ident())?;
            let last = name.0.last().and_then(|part| part.as_ident())?;
            let end = offset(options.wildcard_token.0.span.end);
            Some(Star { start: offset(first.span.start), end, of: Some(last.value.to_lowercase()) })
        }
        _ => None,
    }
}

/// What expressions hold.
#[derive(Default)]
struct Found {
    inner: Vec<Query>,
    aggregated: bool,
    literal: bool,
    name: bool,
}

/// Walks expressions; the queries inside are read as such and passed over.
struct Eye<'r, 's, 't, 'a> {
    reader: &'r TreeReader<'s, 't, 'a>,
    found: &'r mut Found,
    depth: usize,
}

impl Visitor for Eye<'_, '_, '_, '_> {
    type Break = ();

    fn pre_visit_query(&mut self, tree: &ast::Query) -> ControlFlow<()> {
        if self.depth == 0 {
            self.found.inner.push(self.reader.query(tree));
        }
        self.depth += 1;
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _: &ast::Query) -> ControlFlow<()> {
        self.depth -= 1;
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
        if self.depth > 0 {
            return ControlFlow::Continue(());
        }
        match expr {
            Expr::Function(function) if function.over.is_none() => {
                let name =
                    function.name.0.first().filter(|_| function.name.0.len() == 1).and_then(|part| part.as_ident());
                self.found.aggregated |= name.is_some_and(|name| WORDS.aggregates.has(&name.value));
            }
            Expr::Value(_) => self.found.literal = true,
            Expr::Identifier(_) | Expr::CompoundIdentifier(_) => self.found.name = true,
            _ => {}
        }
        ControlFlow::Continue(())
    }
}
