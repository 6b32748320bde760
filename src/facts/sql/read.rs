//! From a string or a file to its statements.

use super::lex::{Kind, Lexed, Options, Tok, lex};
use super::shape::{Facts, facts_of};
use super::skeleton::Skeleton;
use super::split::{Piece, split};
use super::words::WORDS;
use super::{Dialect, QueryName, SqlReading, SqlStar, SqlStatement, accept, dialect_of_text, holes, parse, tree};
use crate::facts::model::{FunctionId, Span};
use crate::facts::text::{Hole, TextContent};

/// The longest string that is looked at, in bytes.
const LONGEST_TEXT: usize = 1 << 18;

/// The longest statement whose clauses are read, in tokens; of longer ones the first words are.
const LONGEST_STATEMENT: usize = 30_000;

/// How many tokens of one file are parsed; the rest is read by its tokens, so that a dump stays cheap.
const PARSED_TOKENS: usize = 300_000;

/// Whether a text may be SQL: it begins with a verb of SQL, and what must follow that verb occurs in it.
///
/// Cheap enough for every string of a program; `true` promises nothing.
pub fn may_be_sql(text: &str) -> bool {
    let start = skip_lead(text.as_bytes());
    let Some(rest) = text.get(start..) else { return false };
    let length = rest.bytes().take(9).take_while(u8::is_ascii_alphabetic).count();
    let (word, rest) = rest.split_at(length);
    let plain = !rest
        .bytes()
        .next()
        .is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'=' | b':'));
    let Some(verb) = WORDS.verbs.iter().find(|verb| plain && verb.word.eq_ignore_ascii_case(word)) else {
        return false;
    };
    rest.len() <= LONGEST_TEXT
        && (verb.then.is_empty() || verb.then.iter().any(|then| contains(rest.as_bytes(), then.as_bytes())))
}

/// Whether `text` contains `word` (given in lower case), whatever its case.
fn contains(text: &[u8], word: &[u8]) -> bool {
    let Some(first) = word.first() else { return true };
    let begins = |at: usize| text.get(at..at + word.len()).is_some_and(|found| found.eq_ignore_ascii_case(word));
    memchr::memchr2_iter(*first, first.to_ascii_uppercase(), text).any(begins)
}

/// The place behind white space, comments, template marks and opening parentheses.
fn skip_lead(bytes: &[u8]) -> usize {
    let mut at = 0;
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let until = |end: &[u8]| memchr::memmem::find(rest, end).map_or(rest.len(), |length| length + end.len());
        at += match rest {
            [b' ' | b'\t' | b'\r' | b'\n' | b'(' | b';', ..] => 1,
            [b'-', b'-', ..] => until(b"\n"),
            [b'/', b'*', ..] => until(b"*/"),
            [b'{', b'%', ..] => until(b"%}"),
            [b'{', b'#', ..] => until(b"#}"),
            [b'{', ..] => until(b"}").min(80),
            _ => return at,
        };
    }
}

/// The statements in a string of host code; empty if it is no SQL.
///
/// `text` and `function` of each row are placeholders for the caller to fill.
pub fn read_text(content: &TextContent, dialect: Dialect) -> Vec<SqlStatement> {
    if !may_be_sql(&content.text) {
        return Vec::new();
    }
    let dialect = if dialect == Dialect::Generic { dialect_of_text(&content.text) } else { dialect };
    let lexed = lex_well(&content.text, &content.holes, dialect, false);
    let mut found = Vec::new();
    for piece in split(&lexed) {
        let statement = read_piece(&piece, dialect, true, true, &|span| source_span(content, span));
        found.extend(
            statement
                .map(|statement| SqlStatement { span: with_outer_holes(content, &piece, statement.span), ..statement }),
        );
    }
    found
}

/// A statement's place together with the holes that it begins and ends with.
fn with_outer_holes(content: &TextContent, piece: &Piece, span: Span) -> Span {
    let hole = |tok: Option<&Tok>| {
        let tok = tok.filter(|tok| tok.kind == Kind::Hole && tok.start == tok.end)?;
        content.holes.iter().find(|hole| hole.at == tok.start)
    };
    let start = hole(piece.tokens.first()).map_or(span.start, |hole| span.start.min(hole.span.start));
    let end = hole(piece.tokens.last()).map_or(span.end, |hole| span.end.max(hole.span.end));
    Span { start, end }
}

/// The statements of a `.sql` file.
///
/// `function` of each row is a placeholder for the caller to fill. What cannot be read is passed over.
pub fn read_file(text: &str, dialect: Dialect) -> Vec<SqlStatement> {
    if u32::try_from(text.len()).is_err() {
        return Vec::new();
    }
    let dialect = if dialect == Dialect::Generic { dialect_of_text(text) } else { dialect };
    let lexed = lex_well(text, &[], dialect, true);
    let mut budget = PARSED_TOKENS;
    let mut found = Vec::new();
    for piece in split(&lexed) {
        let parses = piece.tokens.len() <= budget;
        budget -= piece.tokens.len().min(budget);
        found.extend(read_piece(&piece, dialect, false, parses, &|span| span));
    }
    found
}

/// Reads tokens; where a quote has no end, tries again with other rules for quotes.
fn lex_well<'a>(text: &'a str, holes: &[Hole], dialect: Dialect, file: bool) -> Lexed<'a> {
    let first = lex(text, holes, Options { dialect, file, cautious: false });
    if !first.unterminated {
        return first;
    }
    let escaping = if dialect == Dialect::MySql { Dialect::Postgres } else { Dialect::MySql };
    let second = lex(text, holes, Options { dialect: escaping, file, cautious: false });
    if !second.unterminated {
        return second;
    }
    lex(text, holes, Options { dialect, file, cautious: true })
}

/// Reads one statement; `None` if it is empty or, for `host` code, no SQL.
fn read_piece(
    piece: &Piece,
    dialect: Dialect,
    host: bool,
    parses: bool,
    place: &dyn Fn(Span) -> Span,
) -> Option<SqlStatement> {
    let raw = &piece.tokens[..piece.tokens.len().min(LONGEST_STATEMENT)];
    let cut = raw.len() < piece.tokens.len();
    let (first, last) = (piece.tokens.first()?, piece.tokens.last()?);
    let fitted = holes::fit(raw);
    let tokens: &[Tok] = &fitted.tokens;
    if !tokens.iter().any(|tok| tok.kind == Kind::Word) {
        return None;
    }
    let skeleton = Skeleton::new(tokens);
    let verdict = if host { accept::judge(&skeleton, fitted.open_ended) } else { accept::Verdict::Yes };
    if verdict == accept::Verdict::No {
        return None;
    }
    let parsed = if parses && !cut { parse::parse(tokens, dialect) } else { None };
    if verdict == accept::Verdict::IfParsed && parsed.is_none() {
        return None;
    }
    let mut shape = skeleton.statement((0, tokens.len()), 0);
    if let Some(statement) = &parsed {
        tree::refine(&mut shape, statement, &skeleton);
    }
    let is_part = host && skeleton.is_named_part();
    if is_part {
        // What reads `(SELECT …) AS name` is not in the text, nor are the clauses around it.
        shape.inner.extend(shape.query.take());
    }
    let Facts { tables, stars, has_filter, has_limit, has_aggregate, from_base_tables_only, single, locks } =
        facts_of(&shape);
    let only_catalog = tables.iter().all(|table| WORDS.is_catalog(table));
    let stars = stars.into_iter().map(|(star, tables)| SqlStar {
        span: place(Span { start: star.start, end: star.end }),
        of_base_table: !tables.iter().all(|table| WORDS.is_catalog(table)),
        tables,
    });
    Some(SqlStatement {
        kind: shape.kind,
        reading: if parsed.is_some() { SqlReading::Parsed } else { SqlReading::Tokens },
        span: place(Span { start: first.start, end: last.end }),
        text: None,
        function: FunctionId::MODULE,
        tables,
        stars: stars.collect(),
        has_filter,
        has_limit,
        has_aggregate,
        from_base_tables_only: from_base_tables_only && !only_catalog,
        is_single: single,
        locks,
        open_ended: fitted.open_ended || cut || is_part,
        name: piece.name.and_then(QueryName::read),
    })
}

/// The place in the source of a stretch of decoded text.
fn source_span(content: &TextContent, span: Span) -> Span {
    let start = source_offset(content, span.start);
    // The end is that of the last byte, since a hole may stand right behind it.
    let end = if span.end > span.start { source_offset(content, span.end - 1).saturating_add(1) } else { start };
    Span { start, end: end.max(start) }
}

fn source_offset(content: &TextContent, offset: u32) -> u32 {
    let behind = content.map.partition_point(|(decoded, _)| *decoded <= offset);
    match behind.checked_sub(1).and_then(|at| content.map.get(at)) {
        Some((decoded, source)) => source.saturating_add(offset - decoded),
        None => content.span.start.saturating_add(offset),
    }
}
