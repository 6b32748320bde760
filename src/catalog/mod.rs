//! Library knowledge: what calls do, and how we know.

mod assemble;
pub mod file;
pub mod ids;
pub mod index;
pub mod model;
pub mod paths;
mod raw;
pub mod terms;
#[cfg(test)]
mod tests;
pub mod words;

pub use file::{builtin, builtin_libraries, examples, family_of, id_of, load};
pub use ids::{CallRowId, EntryRowId, FieldRowId, LibraryId, TypeId};
pub use index::{Catalog, CatalogCall, CatalogEntry, CatalogField, CatalogRelation, CatalogType};
pub use model::*;
pub use paths::{AccessPath, PathForm};
pub use terms::{TypeHead, TypeTerm};
pub use words::*;
