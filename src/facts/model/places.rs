//! What stands in a stretch of a file.

use serde::{Deserialize, Serialize};

use super::{Bind, CallId, Few, FileFacts, Span, Use};

/// The order of a table's rows by where they stand. Rows come into a table in the order of the walk, which is that of the
/// text but for a few: the clauses of a comprehension are walked before its element.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct RowOrder(
    /// The rows in order; empty where the table is in it, as most are.
    Few<u32>,
);

impl RowOrder {
    /// The order of a table's rows by `key`; those with one key keep theirs.
    pub fn by_key<T>(table: &[T], key: impl Fn(&T) -> u32) -> Self {
        if table.is_sorted_by_key(&key) {
            return Self::default();
        }
        let mut rows: Vec<u32> = (0..table.len() as u32).collect();
        rows.sort_by_key(|row| key(&table[*row as usize]));
        Self(rows.into())
    }

    /// The row at a place of the order.
    fn row(&self, place: usize) -> usize {
        self.0.get(place).map_or(place, |row| *row as usize)
    }

    /// The first of `count` places whose row is not `before`.
    fn first(&self, count: usize, before: impl Fn(usize) -> bool) -> usize {
        let (mut low, mut high) = (0, count);
        while low < high {
            let middle = low + (high - low) / 2;
            if before(self.row(middle)) { low = middle + 1 } else { high = middle }
        }
        low
    }
}

impl FileFacts {
    /// The path from the root of the project, by which one may tell what the file is for.
    pub fn path_in_project(&self) -> &str {
        self.path.get(self.outside as usize..).unwrap_or(&self.path)
    }

    /// Names read inside a span, in order.
    pub fn uses_in(&self, span: Span) -> impl Iterator<Item = &Use> {
        let first = self.uses.partition_point(|one| one.start < span.start);
        self.uses[first..].iter().take_while(move |one| one.start < span.end)
    }

    /// Calls that lie wholly inside a span, by where they end: what a call is given comes before it.
    pub fn calls_in(&self, span: Span) -> impl Iterator<Item = CallId> + '_ {
        let (order, count) = (&self.calls_by_end, self.calls.len());
        let first = order.first(count, |row| self.calls[row].span.end <= span.start);
        let rows = (first..count).map(|place| order.row(place));
        rows.take_while(move |row| self.calls[*row].span.end <= span.end)
            .filter(move |row| span.contains(self.calls[*row].span))
            .map(|row| CallId(row as u32))
    }

    /// What names and fields are given inside a span, by where they stand.
    pub fn binds_in(&self, span: Span) -> impl Iterator<Item = &Bind> {
        let (order, count) = (&self.binds_by_start, self.binds.len());
        let first = order.first(count, |row| self.binds[row].target.span.start < span.start);
        let binds = (first..count).map(|place| &self.binds[order.row(place)]);
        binds
            .take_while(move |bind| bind.target.span.start < span.end)
            .filter(move |bind| span.contains(bind.target.span))
    }
}

#[cfg(test)]
mod tests {
    use super::RowOrder;

    #[test]
    fn rows_out_of_order_are_found_by_their_key() {
        let sorted = RowOrder::by_key(&[1, 4, 4, 9], |key| *key);
        assert!(sorted.0.is_empty());
        let table = [1, 9, 4, 12, 10];
        let order = RowOrder::by_key(&table, |key| *key);
        let from = order.first(table.len(), |row| table[row] < 5);
        let keys: Vec<u32> = (from..table.len()).map(|place| table[order.row(place)]).collect();
        assert_eq!(keys, [9, 10, 12]);
    }
}
