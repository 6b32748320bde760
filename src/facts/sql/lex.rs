//! Text to tokens, for all dialects at once, with holes and template marks as tokens of their own.
//!
//! Nothing is refused here: any bytes give some tokens. Offsets are those of the decoded text.

use super::quotes;
use super::{Dialect, words::WORDS};
use crate::facts::text::Hole;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A bare word: a keyword or an identifier.
    Word,
    /// A quoted identifier, by its opening quote.
    Quoted(char),
    /// A string; the prefix letter (`E`, `N`, `X`, `B`, `R`, `U`) in lower case, or a blank.
    Str(char),
    /// `$$ … $$`.
    Dollar,
    /// A number.
    Number,
    /// A placeholder for one value: `?`, `$1`, `:name`, `@name`.
    Param,
    /// A place that may stand for anything: an interpolation, `{}`, `%s`, `{{ x }}`, `#{x}`.
    Hole,
    /// A template's control mark, `{% … %}`.
    Control,
    /// An operator or other mark.
    Op,
    /// `(`.
    Open,
    /// `)`.
    Close,
    /// `,`.
    Comma,
    /// `.`.
    Dot,
    /// The end of a statement.
    End,
}

/// A token.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tok<'a> {
    pub(super) kind: Kind,
    /// What it says; without quotes for quoted things.
    pub(super) text: &'a str,
    /// First byte.
    pub(super) start: u32,
    /// One past the last byte; a hole of host code has no width.
    pub(super) end: u32,
    /// It is a hole or has one inside.
    pub(super) open: bool,
}

impl Tok<'_> {
    /// Whether it is the bare word `word` (given in upper case).
    pub(super) fn is(&self, word: &str) -> bool {
        self.kind == Kind::Word && !self.open && self.text.eq_ignore_ascii_case(word)
    }

    /// Whether it is the operator `op`.
    pub(super) fn is_op(&self, op: &str) -> bool {
        self.kind == Kind::Op && self.text == op
    }

    /// Whether it is a bare word with a meaning in the grammar of queries.
    pub(super) fn is_keyword(&self) -> bool {
        self.kind == Kind::Word && !self.open && WORDS.is_keyword(self.text)
    }

    /// Whether it can be part of a name.
    pub(super) fn is_name(&self) -> bool {
        matches!(self.kind, Kind::Word | Kind::Quoted(_))
    }
}

/// All tokens of a text.
#[derive(Debug, Default)]
pub(super) struct Lexed<'a> {
    pub(super) tokens: Vec<Tok<'a>>,
    /// Headings given in comments (`-- name: x`), each without `name:` and with the comment's offset.
    pub(super) names: Vec<(u32, &'a str)>,
    /// A quote or comment had no end.
    pub(super) unterminated: bool,
}

/// How to read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Options {
    pub(super) dialect: Dialect,
    /// A whole file: line commands of psql, sqlcmd and mysql are known, and COPY's data skipped.
    pub(super) file: bool,
    /// Quoted things end where a new statement seems to begin.
    pub(super) cautious: bool,
}

/// Reads `text`; `holes` are sorted by offset.
pub(super) fn lex<'a>(text: &'a str, holes: &[Hole], options: Options) -> Lexed<'a> {
    let mut lexer = Lexer {
        text,
        bytes: text.as_bytes(),
        at: 0,
        holes,
        options,
        delimiter: None,
        opened: 0,
        endless: false,
        out: Lexed::default(),
    };
    while lexer.step() {}
    lexer.out
}

/// Reads tokens one by one.
pub(super) struct Lexer<'a, 'h> {
    pub(super) text: &'a str,
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
    pub(super) holes: &'h [Hole],
    pub(super) options: Options,
    delimiter: Option<&'a str>,
    /// The first token of the statement at hand.
    opened: usize,
    /// No comment ends any more.
    endless: bool,
    pub(super) out: Lexed<'a>,
}

impl<'a> Lexer<'a, '_> {
    /// The byte `ahead` of the current one; 0 past the end.
    pub(super) fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    /// Text between two offsets.
    pub(super) fn slice(&self, start: usize, end: usize) -> &'a str {
        self.text.get(start..end).unwrap_or("")
    }

    pub(super) fn push(&mut self, kind: Kind, start: usize, text: &'a str, open: bool) {
        self.out.tokens.push(Tok { kind, text, start: start as u32, end: self.at as u32, open });
    }

    pub(super) fn push_to(&mut self, kind: Kind, end: usize) {
        let start = self.at;
        self.at = end;
        self.push(kind, start, self.slice(start, end), false);
    }

    /// The offset of the next hole.
    pub(super) fn next_hole(&self) -> usize {
        self.holes.first().map_or(usize::MAX, |hole| hole.at as usize)
    }

    /// Drops the holes before the current offset; whether there was one.
    pub(super) fn pass_holes(&mut self) -> bool {
        let passed = self.holes.iter().take_while(|hole| (hole.at as usize) < self.at).count();
        self.holes = &self.holes[passed..];
        passed > 0
    }

    fn line_start(&self) -> bool {
        self.bytes[..self.at].iter().rev().find(|byte| !matches!(byte, b' ' | b'\t')).is_none_or(|byte| *byte == b'\n')
    }

    /// One past the end of the current line.
    fn line_end(&self, from: usize) -> usize {
        memchr::memchr(b'\n', &self.bytes[from.min(self.bytes.len())..])
            .map_or(self.bytes.len(), |length| from + length + 1)
    }

    /// Reads one token or gap; `false` at the end.
    fn step(&mut self) -> bool {
        self.pass_holes();
        if self.next_hole() == self.at {
            self.holes = &self.holes[1..];
            self.push(Kind::Hole, self.at, "", true);
            return true;
        }
        let Some(&byte) = self.bytes.get(self.at) else { return false };
        if self.options.file && (self.line_command(byte) || self.custom_end()) {
            return true;
        }
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' | 0x0b | 0x0c => self.at += 1,
            b'-' if self.peek(1) == b'-' => self.line_comment(),
            b'#' if self.is_hash_comment() => self.line_comment(),
            b'/' if self.peek(1) == b'*' => self.block_comment(),
            b'\'' => self.string(' ', 0),
            b'"' => self.quoted('"', b'"'),
            b'`' => self.quoted('`', b'`'),
            b'[' if self.is_bracket_name() => self.quoted('[', b']'),
            b'$' => self.dollar(),
            b'0'..=b'9' => self.number(),
            b'.' if self.peek(1).is_ascii_digit() && !self.after_operand() => self.number(),
            b'(' => self.push_to(Kind::Open, self.at + 1),
            b')' => self.push_to(Kind::Close, self.at + 1),
            b',' => self.push_to(Kind::Comma, self.at + 1),
            b'.' => self.push_to(Kind::Dot, self.at + 1),
            b';' => self.semicolon(),
            b'_' | b'a'..=b'z' | b'A'..=b'Z' | 0x80.. => self.word(),
            _ => self.mark(byte),
        }
        true
    }

    fn semicolon(&mut self) {
        let kind = if self.delimiter.is_some() { Kind::Op } else { Kind::End };
        self.push_to(kind, self.at + 1);
        if kind == Kind::End {
            self.statement_ended();
        }
    }

    fn statement_ended(&mut self) {
        let opened = std::mem::replace(&mut self.opened, self.out.tokens.len());
        let statement = &self.out.tokens[opened..];
        let from_stdin = |pair: &[Tok]| pair[0].is("FROM") && pair[1].is("STDIN");
        if self.options.file
            && statement.first().is_some_and(|tok| tok.is("COPY"))
            && statement.windows(2).any(from_stdin)
        {
            self.at = self.line_end(self.at);
            while self.at < self.bytes.len() {
                let line = self.at;
                self.at = self.line_end(line);
                if self.slice(line, self.at).trim_end() == "\\." {
                    break;
                }
            }
        }
    }

    /// Passes over `\set …`, `GO` and `DELIMITER …`, which each take a line.
    fn line_command(&mut self, byte: u8) -> bool {
        if !matches!(byte, b'\\' | b'g' | b'G' | b'd' | b'D') || !self.line_start() {
            return false;
        }
        let end = self.line_end(self.at);
        let mut words = self.slice(self.at, end).split_whitespace();
        let first = words.next().unwrap_or("");
        let second = words.next();
        if first.eq_ignore_ascii_case("delimiter") {
            self.delimiter = second.filter(|delimiter| *delimiter != ";");
        } else if !(byte == b'\\' || first.eq_ignore_ascii_case("go") && second.is_none()) {
            return false;
        }
        self.push(Kind::End, self.at, "", false);
        self.at = end;
        self.opened = self.out.tokens.len();
        true
    }

    fn custom_end(&mut self) -> bool {
        let Some(delimiter) =
            self.delimiter.filter(|delimiter| self.bytes[self.at..].starts_with(delimiter.as_bytes()))
        else {
            return false;
        };
        self.push_to(Kind::End, self.at + delimiter.len());
        self.opened = self.out.tokens.len();
        true
    }

    fn line_comment(&mut self) {
        let start = self.at;
        self.at = self.line_end(start);
        self.comment(start, self.slice(start, self.at).trim_start_matches(['-', '#']));
    }

    fn block_comment(&mut self) {
        let start = self.at;
        // Once a comment has no end, no later one has.
        let end = if self.endless { None } else { quotes::block_comment_end(self.bytes, start) };
        self.endless |= end.is_none();
        self.out.unterminated |= end.is_none();
        self.at = end.unwrap_or_else(|| self.line_end(start));
        self.comment(start, self.slice(start, self.at).trim_start_matches(['/', '*']));
    }

    /// Notes a name and drops the holes inside.
    fn comment(&mut self, start: usize, body: &'a str) {
        self.pass_holes();
        let body = body.trim_start();
        if let Some(rest) = body.strip_prefix("name:").or_else(|| body.strip_prefix(":name ")) {
            self.out.names.push((start as u32, rest));
        }
    }

    fn is_hash_comment(&self) -> bool {
        match self.options.dialect {
            Dialect::MySql => !matches!(self.peek(1), b'{'),
            Dialect::Generic => self.line_start() && matches!(self.peek(1), b' ' | b'#' | b'\n'),
            _ => false,
        }
    }

    /// Whether the last token ends an operand: `a`, `)`, `1`, `'x'`, `?`.
    pub(super) fn after_operand(&self) -> bool {
        self.out.tokens.last().is_some_and(|tok| match tok.kind {
            Kind::Word => tok.open || !WORDS.is_keyword(tok.text),
            Kind::Quoted(_) | Kind::Str(_) | Kind::Dollar | Kind::Number | Kind::Param | Kind::Hole | Kind::Close => {
                true
            }
            _ => tok.is_op("]"),
        })
    }

    fn is_bracket_name(&self) -> bool {
        if !matches!(self.options.dialect, Dialect::MsSql | Dialect::Sqlite | Dialect::Generic) {
            return false;
        }
        let touching = self.out.tokens.last().is_some_and(|tok| tok.end as usize == self.at && tok.kind != Kind::Dot);
        if touching && self.after_operand() || self.out.tokens.last().is_some_and(|tok| tok.is("ARRAY")) {
            return false;
        }
        let name = self.bytes[self.at + 1..]
            .iter()
            .take(128)
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b' '));
        let length = name.count();
        length > 0 && self.peek(1 + length) == b']' && !self.peek(1).is_ascii_digit()
    }

    fn string(&mut self, prefix: char, prefix_length: usize) {
        let start = self.at;
        let open = start + prefix_length;
        let escapes =
            prefix == 'e' || matches!(self.options.dialect, Dialect::MySql | Dialect::ClickHouse | Dialect::Warehouse);
        let end = quotes::quoted_end(self.bytes, open, b'\'', escapes, self.options.cautious);
        self.close(Kind::Str(prefix), start, open, end);
    }

    fn quoted(&mut self, quote: char, close: u8) {
        let end = quotes::quoted_end(self.bytes, self.at, close, false, self.options.cautious);
        self.close(Kind::Quoted(quote), self.at, self.at, end);
    }

    fn close(&mut self, kind: Kind, start: usize, open: usize, end: Result<usize, usize>) {
        let (inside_end, end) = match end {
            Ok(end) => (end - 1, end),
            Err(end) => {
                self.out.unterminated = true;
                (end, end)
            }
        };
        self.at = end;
        let text = self.slice(open + 1, inside_end);
        let template =
            matches!(kind, Kind::Quoted(_)) && (text.contains('{') || text.contains("%s") || text.contains("%("));
        let holes = self.pass_holes() || template;
        self.push(kind, start, text, holes);
    }

    fn number(&mut self) {
        let mut end = self.at;
        let limit = self.next_hole().min(self.bytes.len());
        while end < limit {
            let byte = self.bytes[end];
            let signed = matches!(byte, b'+' | b'-') && matches!(self.bytes[end - 1], b'e' | b'E') && end - 1 > self.at;
            let hex = self.bytes[self.at..end].starts_with(b"0x");
            if !(byte.is_ascii_digit() || matches!(byte, b'.' | b'_') || byte.is_ascii_alphabetic() || signed && !hex) {
                break;
            }
            end += 1;
        }
        self.push_to(Kind::Number, end.max(self.at + 1));
    }

    pub(super) fn word(&mut self) {
        let limit = self.next_hole().min(self.bytes.len());
        let is_part = |at: usize| match self.bytes[at] {
            b'$' => self.bytes.get(at + 1) != Some(&b'{') && self.bytes.get(at + 1) != Some(&b'$'),
            byte => byte.is_ascii_alphanumeric() || matches!(byte, b'_' | 0x80..),
        };
        let mut end = self.at + 1;
        while end < limit && is_part(end) {
            end += 1;
        }
        let prefix = self.bytes[self.at].to_ascii_lowercase();
        if end == self.at + 1 && end < limit {
            if self.bytes[end] == b'\'' && matches!(prefix, b'e' | b'n' | b'x' | b'b' | b'r') {
                return self.string(char::from(prefix), 1);
            }
            if prefix == b'u' && self.bytes[end..].starts_with(b"&'") && end + 2 <= limit {
                return self.string('u', 2);
            }
        }
        self.push_to(Kind::Word, end);
    }
}
