//! The fields read from a value. Nearly all values have two at most, and those need no memory of their own.

use std::ops::Deref;

use serde::{Deserialize, Serialize};

use super::model::{Apart, NameId};

/// Field names, outermost value first; a slice of [`NameId`]s with room for two in place. At any address, as ids are.
#[derive(Clone, Serialize, Deserialize)]
#[serde(from = "Vec<NameId>", into = "Vec<NameId>")]
pub struct FieldPath(Repr);

#[derive(Clone)]
enum Repr {
    None,
    One([NameId; 1]),
    Two([NameId; 2]),
    /// More than fit in place.
    Many(Apart<Vec<NameId>>),
}

impl FieldPath {
    /// No field.
    pub const EMPTY: Self = Self(Repr::None);

    /// The names as a slice.
    pub fn as_slice(&self) -> &[NameId] {
        match &self.0 {
            Repr::None => &[],
            Repr::One(names) => names,
            Repr::Two(names) => names,
            Repr::Many(names) => names,
        }
    }

    /// Adds a field of the value so far.
    pub fn push(&mut self, name: NameId) {
        self.0 = match &mut self.0 {
            Repr::None => Repr::One([name]),
            Repr::One([first]) => Repr::Two([*first, name]),
            Repr::Two([first, second]) => Repr::Many(Apart::new(vec![*first, *second, name])),
            Repr::Many(names) => return names.get_mut().push(name),
        };
    }

    /// Takes the last field off.
    pub fn pop(&mut self) -> Option<NameId> {
        let (rest, last) = match &mut self.0 {
            Repr::None => return None,
            Repr::One([last]) => (Repr::None, *last),
            Repr::Two([first, last]) => (Repr::One([*first]), *last),
            Repr::Many(names) => return names.get_mut().pop(),
        };
        self.0 = rest;
        Some(last)
    }
}

impl Default for FieldPath {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl Deref for FieldPath {
    type Target = [NameId];

    fn deref(&self) -> &[NameId] {
        self.as_slice()
    }
}

impl PartialEq for FieldPath {
    fn eq(&self, other: &Self) -> bool {
        self.as_slice() == other.as_slice()
    }
}

impl Eq for FieldPath {}

impl std::fmt::Debug for FieldPath {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.as_slice().fmt(formatter)
    }
}

impl Extend<NameId> for FieldPath {
    fn extend<I: IntoIterator<Item = NameId>>(&mut self, names: I) {
        names.into_iter().for_each(|name| self.push(name));
    }
}

impl FromIterator<NameId> for FieldPath {
    fn from_iter<I: IntoIterator<Item = NameId>>(names: I) -> Self {
        let mut path = Self::EMPTY;
        path.extend(names);
        path
    }
}

impl From<&[NameId]> for FieldPath {
    fn from(names: &[NameId]) -> Self {
        names.iter().copied().collect()
    }
}

impl From<Vec<NameId>> for FieldPath {
    fn from(names: Vec<NameId>) -> Self {
        names.as_slice().into()
    }
}

impl From<FieldPath> for Vec<NameId> {
    fn from(path: FieldPath) -> Self {
        path.to_vec()
    }
}

impl<'a> IntoIterator for &'a FieldPath {
    type Item = &'a NameId;
    type IntoIter = std::slice::Iter<'a, NameId>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_grow_and_shrink_in_and_out_of_place() {
        assert_eq!((size_of::<FieldPath>(), align_of::<FieldPath>()), (9, 1));
        let mut path = FieldPath::EMPTY;
        for number in 0..6 {
            path.push(NameId(number));
            assert_eq!(path.to_vec(), (0..=number).map(NameId).collect::<Vec<_>>());
        }
        for number in (0..6).rev() {
            assert_eq!(path.pop(), Some(NameId(number)));
        }
        assert_eq!(path.pop(), None);
        assert_eq!(path, FieldPath::EMPTY);
    }
}
