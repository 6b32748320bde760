//! Parsers, made once for each thread and language.

use std::ops::Range;

use tree_sitter::{Parser, Tree};

use super::Language;
use super::tables::grammar;
use super::test_bodies::ranges_without;

/// The parsers of one thread; each is built when it is first needed.
#[derive(Default)]
pub struct Parsers {
    ready: Vec<(Language, Parser)>,
}

impl Parsers {
    /// No parser yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The parser of a language; `None` for SQL, which has no grammar here.
    pub fn get(&mut self, language: Language) -> Option<&mut Parser> {
        let at = match self.ready.iter().position(|(known, _)| *known == language) {
            Some(at) => at,
            None => {
                let mut parser = Parser::new();
                parser.set_language(&grammar(language)?).ok()?;
                self.ready.push((language, parser));
                self.ready.len() - 1
            }
        };
        self.ready.get_mut(at).map(|(_, parser)| parser)
    }

    /// Parses a whole file; `None` for SQL.
    pub fn parse(&mut self, language: Language, text: &str) -> Option<Tree> {
        self.parse_without(language, text, &[])
    }

    /// Parses a file as if some parts, which are in order and apart from each other, were not there; the rest keeps its
    /// places. `None` for SQL.
    pub fn parse_without(&mut self, language: Language, text: &str, parts: &[Range<usize>]) -> Option<Tree> {
        let parser = self.get(language)?;
        parser.reset();
        let ranges = if parts.is_empty() { Vec::new() } else { ranges_without(text, parts) };
        parser.set_included_ranges(&ranges).ok()?;
        parser.parse(text, None)
    }
}
