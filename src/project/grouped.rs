//! Values by key in two flat tables.

use crate::facts::Few;

/// Values grouped by a key, those of one key in the order in which they were given.
#[derive(Debug)]
pub struct Grouped<K, V> {
    /// Each key once, sorted, with the end of its values.
    keys: Few<(K, u32)>,
    values: Few<V>,
}

impl<K, V> Default for Grouped<K, V> {
    fn default() -> Self {
        Self { keys: Few::default(), values: Few::default() }
    }
}

impl<K: Copy + Ord, V> Grouped<K, V> {
    /// Groups pairs.
    pub fn new(mut pairs: Vec<(K, V)>) -> Self {
        pairs.sort_by_key(|(key, _)| *key);
        let mut keys: Vec<(K, u32)> = Vec::new();
        let mut values = Vec::with_capacity(pairs.len());
        for (key, value) in pairs {
            values.push(value);
            match keys.last_mut() {
                Some((last, end)) if *last == key => *end += 1,
                _ => keys.push((key, values.len() as u32)),
            }
        }
        Self { keys: keys.into(), values: values.into() }
    }

    /// The values of a key.
    pub fn get(&self, key: K) -> &[V] {
        let Ok(place) = self.keys.binary_search_by_key(&key, |(known, _)| *known) else { return &[] };
        let start = if place == 0 { 0 } else { self.keys[place - 1].1 };
        &self.values[start as usize..self.keys[place].1 as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_their_order() {
        let grouped = Grouped::new(vec![(3, 'a'), (1, 'b'), (3, 'c'), (2, 'd'), (3, 'e')]);
        assert_eq!(grouped.get(3), ['a', 'c', 'e']);
        assert_eq!(grouped.get(1), ['b']);
        assert!(grouped.get(9).is_empty());
        assert!(Grouped::<u32, char>::default().get(0).is_empty());
    }
}
