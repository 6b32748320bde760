//! Parsers, made once for each thread and language.

use tree_sitter::{Parser, Tree};

use super::Language;
use super::tables::grammar;

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
        let parser = self.get(language)?;
        parser.reset();
        parser.set_included_ranges(&[]).ok()?;
        parser.parse(text, None)
    }
}
