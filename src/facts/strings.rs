//! Strings: their text, their holes, and the SQL in them.

use super::builder::rooted;
use super::model::*;
use super::text::{Hole, TextContent};
use super::walk::{Kid, Walk};
use crate::syntax::tables::{Role, Slot};

/// Texts longer than this are not kept.
const SHORT: usize = 64;

/// Shorter texts hold no SQL statement.
const SHORTEST_SQL: usize = 8;

impl<'t> Walk<'_, '_, 't> {
    /// A string literal or template.
    pub fn text(&mut self, kid: Kid<'t>) -> Operand {
        let (id, mut content) = self.begin_text(kid.span);
        if let Some(plain) = self.plain_text(kid) {
            let text = self.b.source(plain);
            if text.len() < SHORTEST_SQL || !looks_like_sql(text) {
                self.keep(id, text, false);
                return rooted(Root::Text(id), kid.span);
            }
        }
        self.add_pieces(kid, &mut content);
        self.end_text(id, content);
        rooted(Root::Text(id), kid.span)
    }

    /// The text of a literal without escapes and holes.
    fn plain_text(&mut self, kid: Kid<'t>) -> Option<Span> {
        let kids = self.kids(kid.node);
        let mut content = Some(Span { start: kid.span.start, end: kid.span.start });
        let mut pieces = 0;
        for index in self.each(kids) {
            let child = self.at(index);
            match child.role {
                Role::TextContent if child.node.child_count() == 0 => {
                    pieces += 1;
                    content = Some(child.span);
                }
                Role::TextContent | Role::Escape | Role::Hole => return None,
                _ => {}
            }
        }
        content.filter(|_| pieces <= 1)
    }

    /// Literals written side by side.
    pub fn texts(&mut self, kid: Kid<'t>) -> Operand {
        let (id, mut content) = self.begin_text(kid.span);
        self.add_all(kid, &mut content);
        self.end_text(id, content);
        rooted(Root::Text(id), kid.span)
    }

    /// A part of a sum with strings in it: its own text, or a hole.
    pub fn text_part(&mut self, kid: Kid<'t>, whole: Root, content: &mut TextContent) -> Operand {
        match kid.role {
            Role::Text => self.deeper((), |walk| walk.add_pieces(kid, content)),
            Role::Texts => self.deeper((), |walk| walk.add_all(kid, content)),
            _ => {
                let value = self.visit(kid);
                content.holes.push(Hole { at: content.text.len() as u32, span: kid.span });
                return value;
            }
        }
        rooted(whole, kid.span)
    }

    /// Adds the row of a text whose content is yet to be read.
    pub fn begin_text(&mut self, span: Span) -> (TextId, TextContent) {
        let id = TextId(self.b.texts.len() as u32);
        self.b.texts.push(Text { span, short: None, is_sql: false, has_holes: false });
        (id, TextContent { span, ..TextContent::default() })
    }

    /// Fills a text's row and reads the SQL in it.
    pub fn end_text(&mut self, id: TextId, content: TextContent) {
        self.keep(id, &content.text, !content.holes.is_empty());
        if content.text.len() < SHORTEST_SQL || !looks_like_sql(&content.text) {
            return;
        }
        let (before, function) = (self.b.sql.len(), self.b.at.function);
        let statements = super::sql::read_text(&content, self.b.dialect);
        self.b.sql.extend(statements.into_iter().map(|mut statement| {
            statement.text = Some(id);
            statement.function = function;
            statement
        }));
        if let (true, Some(row)) = (self.b.sql.len() > before, self.b.texts.get_mut(id.index())) {
            row.is_sql = true;
        }
    }

    fn keep(&mut self, id: TextId, text: &str, has_holes: bool) {
        let short = (!has_holes && text.len() <= SHORT).then(|| self.b.names.intern(text));
        if let Some(row) = self.b.texts.get_mut(id.index()) {
            row.short = short;
            row.has_holes = has_holes;
        }
    }

    fn add_all(&mut self, kid: Kid<'t>, content: &mut TextContent) {
        let kids = self.kids(kid.node);
        for index in self.each(kids) {
            let child = self.at(index);
            if child.role == Role::Text {
                self.deeper((), |walk| walk.add_pieces(child, content));
            }
        }
    }

    fn add_pieces(&mut self, kid: Kid<'t>, content: &mut TextContent) {
        let kids = self.kids(kid.node);
        for index in self.each(kids) {
            let child = self.at(index);
            match child.role {
                Role::TextContent => self.deeper((), |walk| walk.add_content(child, content)),
                Role::Escape => self.add_escape(child, content),
                Role::Hole => {
                    let value = self.part(child, Slot::Value);
                    content.holes.push(Hole {
                        at: content.text.len() as u32,
                        span: value.map_or(child.span, |value| value.span),
                    });
                    self.visit(child);
                }
                _ => {}
            }
        }
    }

    /// Text between the quotes; in Python the escapes are inside it.
    fn add_content(&mut self, kid: Kid<'t>, content: &mut TextContent) {
        let kids = self.kids(kid.node);
        let mut from = kid.span.start;
        for index in self.each(kids) {
            let child = self.at(index);
            if child.role == Role::Escape {
                self.add_raw(Span { start: from, end: child.span.start }, content);
                self.add_escape(child, content);
                from = child.span.end;
            }
        }
        self.add_raw(Span { start: from, end: kid.span.end }, content);
    }

    fn add_raw(&mut self, span: Span, content: &mut TextContent) {
        if span.start < span.end {
            content.map.push((content.text.len() as u32, span.start));
            content.text.push_str(self.b.source(span));
        }
    }

    fn add_escape(&mut self, kid: Kid<'t>, content: &mut TextContent) {
        content.map.push((content.text.len() as u32, kid.span.start));
        let source = self.source(kid);
        let Some(body) = source.strip_prefix('\\') else {
            // `{{` in a format string.
            content.text.extend(source.chars().next());
            return;
        };
        content.text.extend(unescape(body));
    }
}

/// The character that an escape stands for, without its backslash.
fn unescape(body: &str) -> Option<char> {
    let first = body.chars().next()?;
    match first {
        'n' => Some('\n'),
        't' => Some('\t'),
        'r' => Some('\r'),
        '0' => Some('\0'),
        'b' => Some('\u{8}'),
        '\n' | '\r' => None,
        'x' | 'u' | 'U' if body.len() > 1 => {
            let digits = body[1..].trim_matches(['{', '}']);
            u32::from_str_radix(digits, 16).ok().and_then(char::from_u32)
        }
        _ => Some(first),
    }
}

/// A quick look for a verb of SQL at a word's start, followed by space.
fn looks_like_sql(text: &str) -> bool {
    const VERBS: [&str; 14] = [
        "select", "insert", "update", "delete", "with", "create", "alter", "drop", "truncate", "merge", "replace",
        "values", "copy", "table",
    ];
    let bytes = text.as_bytes();
    let mut start = true;
    for (at, byte) in bytes.iter().enumerate() {
        if start && byte.is_ascii_alphabetic() {
            let rest = &bytes[at..];
            let found = VERBS.iter().any(|verb| {
                rest.get(..verb.len()).is_some_and(|word| word.eq_ignore_ascii_case(verb.as_bytes()))
                    && rest.get(verb.len()).is_some_and(|next| next.is_ascii_whitespace() || *next == b'(')
            });
            if found {
                return true;
            }
        }
        start = !byte.is_ascii_alphanumeric() && *byte != b'_';
    }
    false
}
