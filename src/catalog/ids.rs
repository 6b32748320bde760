//! Ids of the catalog's tables.

use crate::ids::ids;

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
