//! Which dialect a text is written in, by its own words and marks.

use super::Dialect;
use super::words::WORDS;

/// How much of a text is looked at, in bytes.
const WINDOW: usize = 1 << 16;

/// Tells the dialect from the syntax; [`Dialect::Generic`] if nothing speaks for any.
pub fn dialect_of_text(text: &str) -> Dialect {
    let mut end = text.len().min(WINDOW);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let text = text[..end].to_ascii_lowercase();
    let mut best = (0, Dialect::Generic);
    for row in &WORDS.evidence {
        let hits =
            row.text.iter().filter(|needle| memchr::memmem::find(text.as_bytes(), needle.as_bytes()).is_some()).count();
        if hits > best.0 {
            best = (hits, row.dialect);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dialects_are_told() {
        let told = [
            ("SELECT 1", Dialect::Generic),
            ("SELECT a FROM t WHERE b = $1", Dialect::Postgres),
            ("SELECT a::text FROM t WHERE b ILIKE 'x%'", Dialect::Postgres),
            ("SELECT `a` FROM `t`", Dialect::MySql),
            ("INSERT OR REPLACE INTO t (a) VALUES (?1)", Dialect::Sqlite),
            ("SELECT a FROM t FINAL WHERE id = {id:UInt64}", Dialect::ClickHouse),
            ("SELECT TOP 5 a FROM [dbo].[t] WITH (NOLOCK)", Dialect::MsSql),
            ("SELECT SAFE_CAST(a AS INT64) FROM t QUALIFY ROW_NUMBER() OVER (ORDER BY b) = 1", Dialect::Warehouse),
        ];
        for (text, dialect) in told {
            assert_eq!(dialect_of_text(text), dialect, "{text}");
        }
    }
}
