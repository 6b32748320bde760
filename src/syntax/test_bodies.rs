//! Where a Rust file has modules that only its tests have, found without a parser: they are a seventh of the text of large
//! projects, and parsing is most of what a run costs.

use std::ops::Range;

use memchr::memmem;
use tree_sitter::Point;

const ATTRIBUTE: &str = "#[cfg(test)]";

/// What stands between the braces of each `#[cfg(test)] mod name { … }`, in bytes and in order. A module whose end is not
/// found is left out. Lexical structure: The Rust Reference, "Tokens" and "Comments".
///
/// The attribute must be the first thing on its line. Where it stands in a string or a comment there, the range is a part
/// of that string or comment.
pub fn test_bodies(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut found: Vec<Range<usize>> = Vec::new();
    for at in memmem::find_iter(bytes, ATTRIBUTE) {
        let inside = found.last().is_some_and(|last| at < last.end);
        let line = bytes[..at].iter().rev().take_while(|byte| **byte != b'\n');
        if inside || !line.into_iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let Some(start) = after_header(bytes, at + ATTRIBUTE.len()) else { continue };
        found.extend(closing_brace(bytes, start).map(|end| start..end));
    }
    found
}

/// The ranges of a text without some parts of it, which are in order and apart from each other.
pub fn ranges_without(text: &str, parts: &[Range<usize>]) -> Vec<tree_sitter::Range> {
    let mut last = (0, Point { row: 0, column: 0 });
    let mut place = |at: usize| {
        let (from, Point { row, column }) = last;
        let between = &text.as_bytes()[from..at];
        let rows = memchr::memchr_iter(b'\n', between).count();
        let column =
            memchr::memrchr(b'\n', between).map_or(column + between.len(), |newline| between.len() - newline - 1);
        last = (at, Point { row: row + rows, column });
        last
    };
    let starts = std::iter::once(0).chain(parts.iter().map(|part| part.end));
    let ends = parts.iter().map(|part| part.start).chain([text.len()]);
    let ranges = starts.zip(ends).map(|(start, end)| {
        let ((start_byte, start_point), (end_byte, end_point)) = (place(start), place(end));
        tree_sitter::Range { start_byte, end_byte, start_point, end_point }
    });
    ranges.collect()
}

/// Where the body starts behind an attribute, if other attributes, `pub`, `mod`, a name and a brace follow.
fn after_header(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at = after_trivia(bytes, at);
        let rest = &bytes[at..];
        if rest.starts_with(b"#[") {
            at += memchr::memchr(b']', rest)? + 1;
        } else if rest.starts_with(b"pub") {
            at = after_trivia(bytes, at + 3);
            if bytes.get(at) == Some(&b'(') {
                at += memchr::memchr(b')', &bytes[at..])? + 1;
            }
        } else {
            let name = after_trivia(bytes, at + rest.strip_prefix(b"mod").map(|_| 3)?);
            let length = bytes[name..].iter().take_while(|byte| is_word(**byte)).count();
            let brace = after_trivia(bytes, name + length);
            return (length > 0 && bytes.get(brace) == Some(&b'{')).then_some(brace + 1);
        }
    }
}

/// Past white space and comments.
fn after_trivia(bytes: &[u8], mut at: usize) -> usize {
    while let Some(byte) = bytes.get(at) {
        if byte.is_ascii_whitespace() {
            at += 1;
        } else if bytes[at..].starts_with(b"//") || bytes[at..].starts_with(b"/*") {
            at = after_comment(bytes, at);
        } else {
            break;
        }
    }
    at
}

/// Where the brace stands that closes what is open at a place.
fn closing_brace(bytes: &[u8], mut at: usize) -> Option<usize> {
    let mut depth = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 0 => return Some(at),
            b'}' => depth -= 1,
            b'/' if matches!(bytes.get(at + 1), Some(b'/' | b'*')) => {
                at = after_comment(bytes, at);
                continue;
            }
            b'"' => {
                at = after_string(bytes, at + 1);
                continue;
            }
            b'\'' => {
                at = after_quote(bytes, at);
                continue;
            }
            _ if is_word(byte) => {
                at = after_word(bytes, at);
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// Past a comment, to the end of its line or, for one in blocks, which nest, past its end.
fn after_comment(bytes: &[u8], at: usize) -> usize {
    if bytes[at + 1] == b'/' {
        return memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |newline| at + newline);
    }
    let (mut at, mut depth) = (at + 2, 1);
    while depth > 0 {
        match bytes.get(at..at + 2) {
            Some(b"/*") => (at, depth) = (at + 2, depth + 1),
            Some(b"*/") => (at, depth) = (at + 2, depth - 1),
            Some(_) => at += 1,
            None => return bytes.len(),
        }
    }
    at
}

/// Past the quote that ends a string with escapes.
fn after_string(bytes: &[u8], mut at: usize) -> usize {
    while let Some(found) = memchr::memchr2(b'"', b'\\', &bytes[at..]) {
        at += found + 1;
        if bytes[at - 1] == b'"' {
            return at;
        }
        at = (at + 1).min(bytes.len());
    }
    bytes.len()
}

/// Past a character in quotes, or past the quote of a lifetime.
fn after_quote(bytes: &[u8], at: usize) -> usize {
    let content = at + 1;
    match bytes.get(content) {
        // What is escaped, then anything up to the quote: `'\u{7f}'`.
        Some(b'\\') => memchr::memchr(b'\'', bytes.get(content + 2..).unwrap_or_default())
            .map_or(bytes.len(), |quote| content + 3 + quote),
        Some(_) => {
            let more = bytes[content + 1..].iter().take_while(|byte| (0x80..0xc0).contains(*byte)).count();
            let end = content + 1 + more;
            if bytes.get(end) == Some(&b'\'') { end + 1 } else { content }
        }
        None => bytes.len(),
    }
}

/// Past a word, or past the raw string that it opens: `r#"…"#`, `br"…"`.
fn after_word(bytes: &[u8], start: usize) -> usize {
    let end = start + bytes[start..].iter().take_while(|byte| is_word(**byte)).count();
    if !matches!(&bytes[start..end], b"r" | b"br" | b"cr") {
        return end;
    }
    let hashes = bytes[end..].iter().take_while(|byte| **byte == b'#').count();
    if bytes.get(end + hashes) != Some(&b'"') {
        return end;
    }
    let close: Vec<u8> = std::iter::once(b'"').chain(std::iter::repeat_n(b'#', hashes)).collect();
    let inside = end + hashes + 1;
    memmem::find(&bytes[inside..], &close).map_or(bytes.len(), |found| inside + found + close.len())
}

fn is_word(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphanumeric() || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bodies(text: &str) -> Vec<&str> {
        test_bodies(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn finds_the_body() {
        assert_eq!(bodies("fn a() {}\n#[cfg(test)]\nmod tests { fn b() { {} } }\nfn c() {}"), [" fn b() { {} } "]);
        assert_eq!(
            bodies("#[cfg(test)]\n#[path = \"x\"] // y {\npub(crate) mod t {1}\n#[cfg(test)] mod u {2}"),
            ["1", "2"]
        );
        assert_eq!(bodies("mod a {\n    #[cfg(test)]\n    mod tests { #[cfg(test)]\n mod inner {} }\n}").len(), 1);
    }

    #[test]
    fn braces_in_texts_do_not_count() {
        for inside in [
            r#" "}" "#,
            r#" "\"}" "#,
            r##" r"\" "##,
            r###" r#"}"}"# "###,
            r##" br#""}"# "##,
            " '}' ",
            r" '\'' '}' ",
            r" '\u{7d}' ",
            " 'é' '}' ",
            " fn f<'a>(x: &'a str) {} ",
            " // }\n ",
            " /* } /* } */ } */ ",
            " r#type = 1; ",
        ] {
            let text = format!("#[cfg(test)]\nmod tests {{{inside}}}\nfn after() {{}}");
            assert_eq!(bodies(&text), [inside], "{text}");
        }
    }

    #[test]
    fn leaves_the_rest() {
        for text in [
            "#[cfg(test)]\nmod tests;",
            "#[cfg(test)]\nfn helper() {}",
            "#[cfg(not(test))]\nmod real {}",
            "#[cfg(test)]\nmod tests { fn open() {",
            "#[cfg(test)]\nmod tests { \" }",
            "#[cfg(test)]\nmodel! {}",
            "let text = \"#[cfg(test)] mod a {}\";",
            "#[cfg(test)]",
            "#[cfg(test)] mod t {'",
            "#[cfg(test)] mod t {'\\",
            "#[cfg(test)] mod t {\"\\",
            "#[cfg(test)] mod t {/*",
            "#[cfg(test)] mod t {r#\"",
        ] {
            assert_eq!(bodies(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn gives_what_is_left_with_rows_and_columns() {
        let text = "ab\ncd{ef\ngh}ij\nk{l}";
        let parts: Vec<_> = [(6, 11), (17, 18)].map(|(start, end)| start..end).into();
        let left = ranges_without(text, &parts);
        let texts: Vec<&str> = left.iter().map(|range| &text[range.start_byte..range.end_byte]).collect();
        assert_eq!(texts, ["ab\ncd{", "}ij\nk{", "}"]);
        let points: Vec<_> = left.iter().map(|range| (range.start_point.row, range.start_point.column)).collect();
        assert_eq!(points, [(0, 0), (2, 2), (3, 3)]);
    }
}
