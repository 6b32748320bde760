//! Fitted tokens to a syntax tree: the dialects are tried in turn.
//!
//! The parser is given tokens instead of text, each with its byte offset as its column, so that places in the tree are
//! offsets and nothing has to be counted back.

use sqlparser::ast::{DollarQuotedString, Statement};
use sqlparser::dialect::{self, Dialect as Grammar};
use sqlparser::keywords::Keyword;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Location, Span, Token, TokenWithSpan, Word};

use super::lex::{Kind, Tok};
use super::{Dialect, holes::NAMELESS};

/// How deep the parser may nest.
const NESTING: usize = 60;

/// The longest statement that is parsed, in tokens: a chain of operators makes a tree as deep as it is long.
const LONGEST: usize = 4000;

/// How many dialects are tried.
const ATTEMPTS: usize = 5;

/// Parses one statement; `None` if no dialect takes all of it.
pub(super) fn parse(tokens: &[Tok], dialect: Dialect) -> Option<Statement> {
    if tokens.is_empty() || tokens.len() > LONGEST {
        return None;
    }
    let mut tried = Vec::with_capacity(ATTEMPTS);
    let others =
        [Dialect::Generic, Dialect::Postgres, Dialect::MySql, Dialect::Sqlite, Dialect::ClickHouse, Dialect::MsSql];
    for dialect in std::iter::once(dialect).chain(others) {
        if tried.contains(&dialect) || tried.len() == ATTEMPTS {
            continue;
        }
        tried.push(dialect);
        if let Some(statement) = attempt(tokens, dialect) {
            return Some(statement);
        }
    }
    None
}

fn attempt(tokens: &[Tok], dialect: Dialect) -> Option<Statement> {
    let grammar: &dyn Grammar = match dialect {
        Dialect::Generic => &dialect::GenericDialect {},
        Dialect::Postgres => &dialect::PostgreSqlDialect {},
        Dialect::MySql => &dialect::MySqlDialect {},
        Dialect::Sqlite => &dialect::SQLiteDialect {},
        Dialect::ClickHouse => &dialect::ClickHouseDialect {},
        Dialect::MsSql => &dialect::MsSqlDialect {},
        Dialect::Warehouse => &dialect::SnowflakeDialect {},
    };
    let tokens = tokens.iter().map(|tok| convert(tok, dialect)).collect();
    let mut parser = Parser::new(grammar).with_recursion_limit(NESTING).with_tokens_with_locations(tokens);
    let statement = parser.parse_statement().ok()?;
    (parser.peek_token_ref().token == Token::EOF).then_some(statement)
}

/// The byte offset that a place in the tree stands for.
pub(super) fn offset(location: Location) -> u32 {
    u32::try_from(location.column.saturating_sub(1)).unwrap_or(u32::MAX)
}

fn convert(tok: &Tok, dialect: Dialect) -> TokenWithSpan {
    let location = |offset: u32| Location::new(1, u64::from(offset) + 1);
    TokenWithSpan::new(token(tok, dialect), Span::new(location(tok.start), location(tok.end)))
}

fn token(tok: &Tok, dialect: Dialect) -> Token {
    let text = || tok.text.to_owned();
    match tok.kind {
        Kind::Word if tok.open => {
            Token::Word(Word { value: NAMELESS.to_owned(), quote_style: None, keyword: Keyword::NoKeyword })
        }
        Kind::Word => Token::make_word(tok.text, None),
        Kind::Quoted('"') if dialect == Dialect::MySql => Token::DoubleQuotedString(text()),
        Kind::Quoted(quote) => Token::make_word(if tok.open { NAMELESS } else { tok.text }, Some(quote)),
        Kind::Str(prefix) => match prefix {
            'e' => Token::EscapedStringLiteral(text()),
            'n' => Token::NationalStringLiteral(text()),
            'x' => Token::HexStringLiteral(text()),
            'b' => Token::SingleQuotedByteStringLiteral(text()),
            'u' => Token::UnicodeStringLiteral(text()),
            _ => Token::SingleQuotedString(text()),
        },
        Kind::Dollar => Token::DollarQuotedString(DollarQuotedString { value: text(), tag: None }),
        Kind::Number => Token::Number(text(), false),
        Kind::Param | Kind::Hole | Kind::Control => Token::Placeholder("$1".to_owned()),
        Kind::Open => Token::LParen,
        Kind::Close => Token::RParen,
        Kind::Comma => Token::Comma,
        Kind::Dot => Token::Period,
        Kind::End => Token::SemiColon,
        Kind::Op => operator(tok.text, dialect),
    }
}

/// Operators that have a token of their own.
static OPERATORS: &[(&str, Token)] = &[
    ("=", Token::Eq),
    ("==", Token::DoubleEq),
    ("<>", Token::Neq),
    ("!=", Token::Neq),
    ("<", Token::Lt),
    (">", Token::Gt),
    ("<=", Token::LtEq),
    (">=", Token::GtEq),
    ("+", Token::Plus),
    ("-", Token::Minus),
    ("*", Token::Mul),
    ("/", Token::Div),
    ("//", Token::DuckIntDiv),
    ("%", Token::Mod),
    ("||", Token::StringConcat),
    (":", Token::Colon),
    ("::", Token::DoubleColon),
    (":=", Token::Assignment),
    ("\\", Token::Backslash),
    ("[", Token::LBracket),
    ("]", Token::RBracket),
    ("{", Token::LBrace),
    ("}", Token::RBrace),
    ("&", Token::Ampersand),
    ("|", Token::Pipe),
    ("^", Token::Caret),
    ("=>", Token::RArrow),
    ("#", Token::Sharp),
    ("~", Token::Tilde),
    ("~*", Token::TildeAsterisk),
    ("!~", Token::ExclamationMarkTilde),
    ("!~*", Token::ExclamationMarkTildeAsterisk),
    ("~~", Token::DoubleTilde),
    ("~~*", Token::DoubleTildeAsterisk),
    ("!~~", Token::ExclamationMarkDoubleTilde),
    ("!~~*", Token::ExclamationMarkDoubleTildeAsterisk),
    ("<<", Token::ShiftLeft),
    (">>", Token::ShiftRight),
    ("&&", Token::Overlap),
    ("!", Token::ExclamationMark),
    ("@", Token::AtSign),
    ("^@", Token::CaretAt),
    ("|/", Token::PGSquareRoot),
    ("||/", Token::PGCubeRoot),
    ("->", Token::Arrow),
    ("->>", Token::LongArrow),
    ("#>", Token::HashArrow),
    ("#>>", Token::HashLongArrow),
    ("#-", Token::HashMinus),
    ("@-@", Token::AtDashAt),
    ("&<", Token::AmpersandLeftAngleBracket),
    ("&>", Token::AmpersandRightAngleBracket),
    ("<->", Token::TwoWayArrow),
    ("@>", Token::AtArrow),
    ("<@", Token::ArrowAt),
    ("@?", Token::AtQuestion),
    ("@@", Token::AtAt),
    ("?", Token::Question),
    ("?&", Token::QuestionAnd),
    ("?|", Token::QuestionPipe),
    ("~=", Token::TildeEqual),
];

fn operator(text: &str, dialect: Dialect) -> Token {
    if text == "<=>" && dialect == Dialect::MySql {
        return Token::Spaceship;
    }
    let known = OPERATORS.iter().find(|(operator, _)| *operator == text);
    match (known, text.chars().next()) {
        (Some((_, token)), _) => token.clone(),
        (None, Some(first)) if text.len() == first.len_utf8() => Token::Char(first),
        _ => Token::CustomBinaryOperator(text.to_owned()),
    }
}
