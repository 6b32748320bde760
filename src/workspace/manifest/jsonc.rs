//! JSON with comments and trailing commas, as in `tsconfig.json`.

/// The same JSON without comments and trailing commas, byte for byte in place (blanks stand for what is gone).
pub fn plain(text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let mut at = 0;
    let mut comma = None;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => {
                at = string_end(&bytes, at);
                comma = None;
            }
            b'/' if matches!(bytes.get(at + 1), Some(b'/' | b'*')) => at = blank_comment(&mut bytes, at),
            byte => {
                match byte {
                    b',' => comma = Some(at),
                    b']' | b'}' => {
                        if let Some(comma) = comma.take() {
                            bytes[comma] = b' ';
                        }
                    }
                    byte if !byte.is_ascii_whitespace() => comma = None,
                    _ => {}
                }
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// One past a string's closing quote.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < bytes.len() && bytes[at] != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    at + 1
}

/// Blanks a comment out; gives the place after it.
fn blank_comment(bytes: &mut [u8], start: usize) -> usize {
    let rest = &bytes[start..];
    let length = if rest[1] == b'/' {
        memchr::memchr(b'\n', rest)
    } else {
        memchr::memmem::find(&rest[2..], b"*/").map(|at| at + 4)
    };
    let end = start + length.unwrap_or(rest.len());
    for byte in &mut bytes[start..end] {
        if *byte != b'\n' {
            *byte = b' ';
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn comments_and_commas_go_strings_stay() {
        let text = "{ // x\n\"a//\\\"\": [1, /* , */ 2, ], \"b\": \"/* é */\",\n}";
        let value: serde_json::Value = serde_json::from_str(&plain(text)).unwrap();
        assert_eq!(value, serde_json::json!({"a//\"": [1, 2], "b": "/* é */"}));
        for odd in ["/", "/*", "//", "\"", "\"\\", ",]", "[,", "/*/"] {
            assert_eq!(plain(odd).len(), odd.len());
        }
    }
}
