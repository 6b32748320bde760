//! The language server: documents that are open, the messages of the protocol.

pub mod documents;
pub mod positions;
pub mod transport;
