//! What users may configure: as written ([`options`]), found ([`discover`]), and resolved ([`settings`]).

pub mod discover;
pub mod load;
pub mod options;
pub mod schema;
pub mod selection;
pub mod settings;

pub use discover::{Configs, Source};
pub use options::Options;
pub use selection::Selection;
pub use settings::{Overrides, Settings};
