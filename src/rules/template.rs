//! Message templates: text with `{name}` and `{name.part}`.

use super::check::Matcher;
use super::clause::Kind;
use super::value::{Scope, Slot, Value};
use super::vocabulary::part;
use crate::facts::{CallKind, Span};
use crate::project::calls::awaited_call;

/// Longest piece of code shown in a message, in characters.
const MAX_QUOTE: usize = 60;

/// A template, cut at its holes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Hole { name: String, part: Option<String> },
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// A message for a brace that does not close.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            let Some(close) = rest[open..].find('}') else { return Err(format!("`{}` does not close", &rest[open..])) };
            pieces.push(Piece::Text(rest[..open].to_owned()));
            let hole = &rest[open + 1..open + close];
            let (name, part) = hole.split_once('.').map_or((hole, None), |(name, part)| (name, Some(part.to_owned())));
            pieces.push(Piece::Hole { name: name.to_owned(), part });
            rest = &rest[open + close + 1..];
        }
        pieces.push(Piece::Text(rest.to_owned()));
        Ok(Self { pieces })
    }

    /// Checks that a matcher binds every name in it.
    ///
    /// # Errors
    /// A message about the first name that is not bound, or part that does not exist.
    pub fn check(&self, matcher: &Matcher) -> Result<(), String> {
        for piece in &self.pieces {
            let Piece::Hole { name, part: wanted } = piece else { continue };
            let Some((_, kind)) = matcher.names.iter().find(|(bound, _)| bound == name) else {
                return Err(format!("the matcher binds no `{name}`"));
            };
            if let Some(wanted) = wanted
                && part(*kind, wanted).is_none()
            {
                return Err(format!("a {} has no part `{wanted}`", kind.word()));
            }
        }
        Ok(())
    }

    /// What the holes stand for in a match: places in the file, to be filled when its text is at hand.
    pub fn fill(&self, scope: &Scope, names: &[(String, Kind)]) -> Filled {
        let pieces = self.pieces.iter().map(|piece| match piece {
            Piece::Text(text) => FilledPiece::Text(text.clone()),
            Piece::Hole { name, part } => {
                let place = names.iter().position(|(bound, _)| bound == name);
                let slot = place.map(|place| {
                    let part = part.as_deref().and_then(|wanted| super::vocabulary::part(names[place].1, wanted));
                    Slot { place, part: part.map(|part| part.name) }
                });
                let value = slot.and_then(|slot| scope.value(slot));
                value.map_or_else(|| FilledPiece::Text("it".to_owned()), |value| quoted(scope, &value))
            }
        });
        Filled { pieces: pieces.collect() }
    }
}

/// A template whose holes are places in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filled {
    pieces: Vec<FilledPiece>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum FilledPiece {
    Text(String),
    /// Code to quote, with what is put behind it.
    Code(Span, &'static str),
}

impl Filled {
    /// The message, given the file's text.
    pub fn render(&self, source: &str) -> String {
        self.pieces
            .iter()
            .map(|piece| match piece {
                FilledPiece::Text(text) => text.clone(),
                FilledPiece::Code(span, end) => format!("{}{end}", quote(source, *span)),
            })
            .collect()
    }
}

/// How a value is shown: a call without its arguments, everything else as written.
fn quoted(scope: &Scope, value: &Value) -> FilledPiece {
    match value {
        Value::Call(id) => {
            let call = scope.call(*id);
            let call = awaited_call(scope.facts(), call).map_or(call, |inner| scope.call(inner));
            let end = match call.kind {
                CallKind::Operator(_) => return FilledPiece::Code(call.span, ""),
                _ if call.args.is_empty() => "()",
                _ => "(…)",
            };
            FilledPiece::Code(Span { start: call.span.start, end: call.name_span.end }, end)
        }
        Value::Function(id) => {
            let function = &scope.facts().functions[id.index()];
            FilledPiece::Text(function.name.map_or("this function", |name| scope.file().name(name)).to_owned())
        }
        Value::Items(id) => {
            let names: Vec<&str> = scope.each(*id).items.iter().map(|name| scope.file().name(*name)).collect();
            FilledPiece::Text(names.join(", "))
        }
        Value::Loop(id) => FilledPiece::Code(scope.each(*id).head, ""),
        Value::Store(store) => FilledPiece::Code(store.span, ""),
        Value::Sql(_) | Value::Operand(..) => FilledPiece::Code(scope.span(value), ""),
    }
}

/// Code in one line, shortened in the middle.
fn quote(source: &str, span: Span) -> String {
    let text = source.get(span.range()).unwrap_or_default();
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = line.replace(" .", ".").replace("`", "'");
    let line = line.trim_end_matches(['.', '?']).to_owned();
    let count = line.chars().count();
    if count <= MAX_QUOTE {
        return line;
    }
    let head: String = line.chars().take(MAX_QUOTE / 2).collect();
    let tail: String = line.chars().skip(count - MAX_QUOTE / 2).collect();
    format!("{head}…{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_quoted_in_one_short_line() {
        assert_eq!(quote("users\n    .iter()", Span::new(0, 17)), "users.iter()");
        let long = "a".repeat(100);
        assert_eq!(quote(&long, Span::new(0, 100)).chars().count(), MAX_QUOTE + 1);
        assert_eq!(quote("short", Span::new(3, 99)), "");
    }

    #[test]
    fn braces_must_close() {
        assert!(Template::parse("`{query}` runs for `{each.over}`").is_ok());
        assert!(Template::parse("`{query` runs").is_err());
    }
}
