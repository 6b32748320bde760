//! Ids of the catalog's tables.

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u32);
        impl $name {
            /// The row in its table.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

ids! {
    /// A library of the catalog.
    LibraryId,
    /// A type of the catalog.
    TypeId,
    /// A call row.
    CallRowId,
    /// A field row.
    FieldRowId,
    /// An entry row.
    EntryRowId,
}
