//! The language server: documents that are open, the messages of the protocol, and a thread that lints.
//!
//! [`server`] reads messages and never waits; [`worker`] keeps a [`Session`](crate::engine::session::Session) for each
//! folder that is open. What is asked of a text that the worker has not seen yet is [`pending`] until it has.

mod actions;
mod diagnostics;
mod documents;
mod hover;
mod notifications;
mod options;
mod pending;
mod positions;
mod progress;
mod publish;
mod requests;
mod server;
mod state;
mod teller;
mod transport;
mod worker;

pub use server::serve;
