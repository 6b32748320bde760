//! Tokens to statements.

use super::lex::{Kind, Lexed, Tok};

/// One statement's tokens, without the end mark.
#[derive(Debug)]
pub(super) struct Piece<'l, 'a> {
    pub(super) tokens: &'l [Tok<'a>],
    /// The heading given in a comment before it.
    pub(super) name: Option<&'a str>,
}

/// Splits at end marks, except inside the body of a trigger, function or procedure.
pub(super) fn split<'l, 'a>(lexed: &'l Lexed<'a>) -> Vec<Piece<'l, 'a>> {
    let mut pieces = Vec::new();
    let mut names = lexed.names.iter().peekable();
    let mut start = 0;
    let mut body = Body::default();
    for (at, tok) in lexed.tokens.iter().enumerate() {
        body.follow(&lexed.tokens[start..at], tok);
        if tok.kind == Kind::End && (body.depth == 0 || begins_definition(&lexed.tokens[at + 1..])) {
            push(&mut pieces, &lexed.tokens[start..at], &mut names);
            start = at + 1;
            body = Body::default();
        }
    }
    push(&mut pieces, &lexed.tokens[start..], &mut names);
    pieces
}

fn push<'l, 'a>(
    pieces: &mut Vec<Piece<'l, 'a>>,
    tokens: &'l [Tok<'a>],
    names: &mut std::iter::Peekable<std::slice::Iter<'_, (u32, &'a str)>>,
) {
    let Some(first) = tokens.first() else { return };
    let mut name = None;
    while let Some((_, found)) = names.next_if(|(at, _)| *at < first.start) {
        name = Some(*found);
    }
    pieces.push(Piece { tokens, name });
}

fn begins_definition(tokens: &[Tok]) -> bool {
    matches!(tokens, [first, second, ..] if first.is("CREATE") && ["OR", "TABLE", "TRIGGER", "FUNCTION", "PROCEDURE", "INDEX", "UNIQUE", "VIEW"].iter().any(|word| second.is(word)))
}

/// How deep in the body of a routine.
#[derive(Default)]
struct Body {
    /// The statement defines something with a body.
    routine: bool,
    depth: u32,
}

impl Body {
    fn follow(&mut self, before: &[Tok], tok: &Tok) {
        if tok.kind != Kind::Word {
            return;
        }
        if !self.routine {
            let defines = before.first().is_some_and(|first| first.is("CREATE")) && before.len() < 12;
            self.routine =
                defines && ["TRIGGER", "FUNCTION", "PROCEDURE", "EVENT", "PROC"].iter().any(|word| tok.is(word));
        } else if tok.is("BEGIN") || tok.is("CASE") && !before.last().is_some_and(|last| last.is("END")) {
            self.depth += 1;
        } else if tok.is("END") {
            self.depth = self.depth.saturating_sub(1);
        } else if self.depth > 0
            && ["IF", "LOOP", "WHILE", "REPEAT", "FOR"].iter().any(|word| tok.is(word))
            && before.last().is_some_and(|last| last.is("END"))
        {
            // `END IF` closes what nothing opened here.
            self.depth += 1;
        }
    }
}
