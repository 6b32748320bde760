//! perflint: the linter for back-end performance.
//!
//! # Code map
//! From paths to an output: [`workspace`] finds and reads files, [`facts`] turns each into tables, [`project`] links the
//! tables of all files with what [`catalog`] knows of libraries, [`rules`] match patterns over that, [`engine`] drives it
//! and [`findings`] and [`output`] say what was found.
//!
//! - [`cli`]: arguments, one file for each subcommand, exit statuses. Invariant: nothing below it prints.
//! - [`config`]: what users configure: as written, found, and resolved.
//! - [`workspace`]: which files there are, their text, what their manifests say. Invariant: beside `cli`, `engine`,
//!   `config`, `lsp` and `harness`, nothing else touches the file system.
//! - [`syntax`]: the languages, their parsers, and tables that give the node kinds of their grammars a role;
//!   [`syntax::rewrite`] finds code by its shape and writes other code in its place.
//! - [`facts`]: what is in one file, the same for every language. Invariant: only `syntax` and `facts` know the parser;
//!   no tree outlives the reading of its file.
//! - [`catalog`]: library models. Invariant: no code names a library's method; library files do.
//! - [`project`]: imports, classes, types, calls, effects, entry points, over all files. Invariant: read-only once it is
//!   linked, and the same whatever the order of files.
//! - [`rules`]: rule documents, the matcher language, its predicates, fixes as data. Invariant: no code names a rule, and no matcher a
//!   node kind, a language or a method.
//! - [`engine`]: the phases, in parallel, over the files that matter (tests mostly do not), once or again and again as
//!   files change. Invariant: a report depends on neither the number of threads nor the order of files, nor on which files
//!   were left unparsed, nor on what was linted before; a panic costs one file.
//! - [`findings`]: findings, fixes, problems, suppressions, baselines, fingerprints.
//! - [`lsp`]: the language server: documents that are open, and a thread that keeps a session for each folder.
//! - [`output`]: a report as text, JSON, SARIF and in the forms of code hosts.
//! - [`book`]: the chapters of the documentation's book that are made from rules, models, options and the command line.
//! - [`harness`]: the examples of documents and the expectations of fixtures, as tests.
//!
//! Invariant: `facts`, `catalog`, `project` and `rules` do no input or output; problems are values, and nothing panics on
//! any input. `tests/invariants.rs` keeps all this true.

pub mod book;
pub mod catalog;
pub mod cli;
pub mod config;
pub mod document;
pub mod embedded;
pub mod engine;
pub mod facts;
pub mod findings;
pub mod harness;
mod ids;
pub mod lsp;
pub mod output;
pub mod project;
pub mod rules;
pub mod syntax;
pub mod workspace;
