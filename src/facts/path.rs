//! The fields read from a value. Nearly all values have three at most, and those need no memory of their own.

use std::ops::Deref;

use serde::{Deserialize, Serialize};

use super::model::NameId;

/// How many names are kept in place.
const INLINE: usize = 3;

/// Field names, outermost value first; a slice of [`NameId`]s with room for three in place.
#[derive(Clone, Serialize, Deserialize)]
#[serde(from = "Vec<NameId>", into = "Vec<NameId>")]
pub struct FieldPath(Repr);

#[derive(Clone)]
enum Repr {
    /// The first `len` of the names count.
    Inline { len: u8, names: [NameId; INLINE] },
    /// More than fit in place.
    Heap(Far),
}

/// Names elsewhere. In a box, since a path is part of every value and hardly ever long; packed, so that values, of which
/// there are several for each call, need no more than the alignment of their ids.
#[repr(Rust, packed(4))]
#[expect(clippy::box_collection, reason = "keeps the path at 16 bytes")]
struct Far(Box<Vec<NameId>>);

#[expect(clippy::explicit_auto_deref, reason = "a packed field cannot be borrowed, what it points to can")]
impl Far {
    fn names(&self) -> &Vec<NameId> {
        &*self.0
    }

    fn names_mut(&mut self) -> &mut Vec<NameId> {
        &mut *self.0
    }
}

impl Clone for Far {
    fn clone(&self) -> Self {
        Self(Box::new(self.names().clone()))
    }
}

impl FieldPath {
    /// No field.
    pub const EMPTY: Self = Self(Repr::Inline { len: 0, names: [NameId(0); INLINE] });

    /// The names as a slice.
    pub fn as_slice(&self) -> &[NameId] {
        match &self.0 {
            Repr::Inline { len, names } => &names[..usize::from(*len)],
            Repr::Heap(far) => far.names(),
        }
    }

    /// Adds a field of the value so far.
    pub fn push(&mut self, name: NameId) {
        match &mut self.0 {
            Repr::Inline { len, names } if usize::from(*len) < INLINE => {
                names[usize::from(*len)] = name;
                *len += 1;
            }
            Repr::Inline { names, .. } => {
                let mut all = Vec::with_capacity(INLINE * 2);
                all.extend_from_slice(names);
                all.push(name);
                self.0 = Repr::Heap(Far(Box::new(all)));
            }
            Repr::Heap(far) => far.names_mut().push(name),
        }
    }

    /// Takes the last field off.
    pub fn pop(&mut self) -> Option<NameId> {
        match &mut self.0 {
            Repr::Inline { len, names } => {
                *len = len.checked_sub(1)?;
                Some(names[usize::from(*len)])
            }
            Repr::Heap(far) => far.names_mut().pop(),
        }
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
        assert_eq!((size_of::<FieldPath>(), align_of::<FieldPath>()), (16, 4));
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
