//! What rows hold elsewhere. Both kinds may stand at any address, as ids do, so that they leave no gaps in a row.

use std::hash::{Hash, Hasher};
use std::ops::{Deref, DerefMut};

use serde::{Deserialize, Serialize};

/// Something that few rows have, in memory of its own.
#[repr(Rust, packed)]
pub struct Apart<T>(Box<T>);

#[expect(clippy::explicit_auto_deref, reason = "a packed field cannot be borrowed, what it points to can")]
impl<T> Apart<T> {
    /// Moves a value into memory of its own.
    pub fn new(value: T) -> Self {
        Self(Box::new(value))
    }

    /// The value, to change it.
    pub fn get_mut(&mut self) -> &mut T {
        &mut *self.0
    }
}

#[expect(clippy::explicit_auto_deref, reason = "a packed field cannot be borrowed, what it points to can")]
impl<T> Deref for Apart<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &*self.0
    }
}

impl<T: Clone> Clone for Apart<T> {
    fn clone(&self) -> Self {
        Self::new(T::clone(self))
    }
}

impl<T: std::fmt::Debug> std::fmt::Debug for Apart<T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        T::fmt(self, formatter)
    }
}

impl<T: Serialize> Serialize for Apart<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        T::serialize(self, serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Apart<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self::new)
    }
}

/// The values of a row that may have any number of them: no table grows with them, and no room is left behind them.
#[repr(Rust, packed)]
pub struct Few<T>(Box<[T]>);

impl<T> Few<T> {
    /// The values.
    pub fn as_slice(&self) -> &[T] {
        self
    }

    /// Adds a value, for which all others move.
    pub fn push(&mut self, value: T) {
        let mut values = Vec::from(std::mem::take(self));
        values.reserve_exact(1);
        values.push(value);
        *self = values.into();
    }
}

impl<T: Serialize> Serialize for Few<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        <[T]>::serialize(self, serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Few<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(Self::from)
    }
}

#[expect(clippy::explicit_auto_deref, reason = "a packed field cannot be borrowed, what it points to can")]
impl<T> Deref for Few<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &*self.0
    }
}

impl<T> From<Vec<T>> for Few<T> {
    fn from(mut values: Vec<T>) -> Self {
        crate::facts::builder::shrink(&mut values);
        Self(values.into())
    }
}

impl<T> From<Few<T>> for Vec<T> {
    fn from(few: Few<T>) -> Self {
        few.0.into()
    }
}

impl<T> FromIterator<T> for Few<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        values.into_iter().collect::<Vec<T>>().into()
    }
}

impl<T> Default for Few<T> {
    fn default() -> Self {
        Self(Box::default())
    }
}

impl<T: Clone> Clone for Few<T> {
    fn clone(&self) -> Self {
        Self((**self).into())
    }
}

#[expect(clippy::explicit_auto_deref, reason = "a packed field cannot be borrowed, what it points to can")]
impl<T> DerefMut for Few<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut *self.0
    }
}

impl<T: Hash> Hash for Few<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl<T: PartialEq> PartialEq for Few<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: Eq> Eq for Few<T> {}

impl<T: std::fmt::Debug> std::fmt::Debug for Few<T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        (**self).fmt(formatter)
    }
}

impl<T> IntoIterator for Few<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        Vec::from(self).into_iter()
    }
}

impl<'a, T> IntoIterator for &'a Few<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Which rows of another table belong to a row: they stand side by side. At any address, as ids are.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[repr(Rust, packed)]
pub struct Rows {
    first: u32,
    count: u16,
}

impl Rows {
    /// The rows from `first` on; no more of them than anyone writes.
    pub fn new(first: usize, count: usize) -> Self {
        Self { first: first as u32, count: count.try_into().unwrap_or(u16::MAX) }
    }

    /// How many there are.
    pub fn len(self) -> usize {
        usize::from(self.count)
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.count == 0
    }

    /// The rows as a range.
    pub fn range(self) -> std::ops::Range<usize> {
        self.first as usize..self.first as usize + self.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Arg, Bind, Call, Function, Operand, Root};

    #[test]
    fn rows_have_no_gaps() {
        assert_eq!((size_of::<Root>(), size_of::<Operand>(), size_of::<Arg>()), (5, 23, 30));
        assert_eq!((size_of::<Call>(), size_of::<Bind>(), size_of::<Function>()), (74, 73, 95));
        assert_eq!((align_of::<Call>(), align_of::<Bind>(), align_of::<Function>()), (1, 1, 1));
    }

    #[test]
    fn values_can_be_read_changed_and_taken_out() {
        let mut apart = Apart::new(vec![1]);
        apart.get_mut().push(2);
        assert_eq!(*apart.clone(), [1, 2]);
        let few: Few<u32> = (0..5).collect();
        assert_eq!((few.len(), few.iter().sum::<u32>()), (5, 10));
        assert_eq!(few.clone().into_iter().collect::<Vec<_>>(), few.to_vec());
        assert!(Few::<u32>::default().is_empty());
    }
}
