//! Templates of code: text with `{name}`, `{...names}`, `{name:word|word}`. Any other brace is code.

/// A stretch of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Code.
    Text(String),
    /// A hole.
    Hole {
        /// Its name.
        name: String,
        /// `{...name}`: any number of elements.
        many: bool,
        /// What stands behind a colon.
        words: Vec<String>,
    },
}

/// Cuts a template at its holes.
///
/// # Errors
/// A message for a hole that says `...` and words.
pub fn pieces(text: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let inner = rest[open + 1..].find('}').map(|close| &rest[open + 1..open + 1 + close]);
        match inner.and_then(hole) {
            Some(Piece::Hole { many: true, words, .. }) if !words.is_empty() => {
                return Err(format!("`{{{}}}` says both how many and which", inner.unwrap_or_default()));
            }
            Some(hole) => {
                plain.push_str(&rest[..open]);
                pieces.push(Piece::Text(std::mem::take(&mut plain)));
                pieces.push(hole);
                rest = &rest[open + 2 + inner.map_or(0, str::len)..];
            }
            None => {
                plain.push_str(&rest[..=open]);
                rest = &rest[open + 1..];
            }
        }
    }
    plain.push_str(rest);
    pieces.push(Piece::Text(plain));
    pieces.retain(|piece| *piece != Piece::Text(String::new()));
    Ok(pieces)
}

/// What stands between braces, if it is a hole.
fn hole(inner: &str) -> Option<Piece> {
    let (many, rest) = match inner.strip_prefix("...") {
        Some(rest) => (true, rest),
        None => (false, inner),
    };
    let (name, words) = rest.split_once(':').map_or((rest, None), |(name, words)| (name, Some(words)));
    let is_name = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    let words: Vec<String> = words.map_or_else(Vec::new, |words| words.split('|').map(str::to_owned).collect());
    let is_word = |word: &String| !word.is_empty() && !word.contains(char::is_whitespace);
    (is_name(name) && words.iter().all(is_word)).then(|| Piece::Hole { name: name.to_owned(), many, words })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_braces_are_code() {
        let text = |text: &str| Piece::Text(text.to_owned());
        let hole = |name: &str, many, words: &[&str]| Piece::Hole {
            name: name.to_owned(),
            many,
            words: words.iter().map(|word| (*word).to_owned()).collect(),
        };
        assert_eq!(
            pieces("{kind:const|let} { a } = f({x}, {...rest}); {}").unwrap(),
            [
                hole("kind", false, &["const", "let"]),
                text(" { a } = f("),
                hole("x", false, &[]),
                text(", "),
                hole("rest", true, &[]),
                text("); {}"),
            ]
        );
        assert_eq!(pieces("{ a: {b} }").unwrap(), [text("{ a: "), hole("b", false, &[]), text(" }")]);
        assert!(pieces("{...a:b}").is_err());
    }
}
