//! Where quoted things, comments and operators end.

use super::words::WORDS;

/// Operators of more than one byte, longest first.
const OPERATORS: [&str; 50] = [
    "!~~*", "<=>", "<->", "<#>", "<+>", "<~>", "<%>", "->>", "#>>", "!~~", "~~*", "!~*", "&<|", "|&>", "<<|", "|>>",
    "@-@", "||/", "<<%", "%>>", "<%", "%>", "::", ":=", "<=", ">=", "<>", "!=", "==", "||", "->", "=>", "#>", "#-",
    "@>", "<@", "@?", "@@", "~~", "!~", "~*", "~=", "<<", ">>", "&&", "&<", "&>", "|/", "^@", "//",
];

/// How far a cautious reading looks for the end of a dollar quote, in bytes, so that broken text stays cheap.
const CAUTIOUS_WINDOW: usize = 1 << 16;

/// How far past its first possible end a comment is read as a nested one.
const NESTED_WINDOW: usize = 1 << 8;

/// The length of the operator that `bytes` begin with; 1 for anything unknown.
pub(super) fn operator_length(bytes: &[u8]) -> usize {
    OPERATORS.iter().find(|operator| bytes.starts_with(operator.as_bytes())).map_or(1, |operator| operator.len())
}

/// The length of a printf-like placeholder at the start of `bytes` (which begin with `%`), 0 if there is none.
pub(super) fn percent_length(bytes: &[u8]) -> usize {
    let after = |at: usize| bytes.get(at).copied().unwrap_or(0);
    let is_type = |at: usize| {
        matches!(after(at), b's' | b'd' | b'i' | b'r' | b'f' | b'x' | b'v' | b'q' | b'b' | b'L' | b'I')
            && !(after(at + 1).is_ascii_alphanumeric() || after(at + 1) == b'_')
    };
    if after(1) == b'(' {
        let name = bytes[2..].iter().take(80).take_while(|byte| !matches!(byte, b')' | b'(' | b'\n' | b'\'')).count();
        return if after(2 + name) == b')' && name > 0 && is_type(3 + name) { 4 + name } else { 0 };
    }
    let digits = bytes[1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    if digits > 0 && after(1 + digits) == b'$' && is_type(2 + digits) {
        return 3 + digits;
    }
    if is_type(1) { 2 } else { 0 }
}

/// One past the closing quote of what opens at `open`; `Err` with where to go on if it has none.
///
/// Doubled quotes stand for one; a backslash escapes if `escapes`. A `cautious` reading ends before a new statement.
pub(super) fn quoted_end(bytes: &[u8], open: usize, close: u8, escapes: bool, cautious: bool) -> Result<usize, usize> {
    let mut at = open + 1;
    while at < bytes.len() {
        let byte = bytes[at];
        if byte == close {
            if bytes.get(at + 1) != Some(&close) {
                return Ok(at + 1);
            }
            at += 1;
        } else if byte == b'\\' && escapes {
            at += 1;
        } else if cautious && byte == b';' && begins_statement(bytes, at + 1) {
            return Err(at);
        }
        at += 1;
    }
    Err(bytes.len())
}

/// One past the closing tag of a dollar quote whose opening tag is `bytes[open..inside]`; `Err` as for [`quoted_end`].
pub(super) fn dollar_end(bytes: &[u8], open: usize, inside: usize, cautious: bool) -> Result<usize, usize> {
    let tag = &bytes[open..inside];
    let window = if cautious { bytes.len().min(inside + CAUTIOUS_WINDOW) } else { bytes.len() };
    match memchr::memmem::find(&bytes[inside..window], tag) {
        Some(length) => Ok(inside + length + tag.len()),
        None if cautious => {
            let end = memchr::memchr_iter(b';', &bytes[inside..]).map(|length| inside + length);
            Err(end.into_iter().find(|end| begins_statement(bytes, end + 1)).unwrap_or(bytes.len()))
        }
        None => Err(bytes.len()),
    }
}

/// One past the `*/` of the comment that opens at `open`; comments nest, but a missing inner end is forgiven.
pub(super) fn block_comment_end(bytes: &[u8], open: usize) -> Option<usize> {
    let mut depth = 0usize;
    let mut first = None;
    let mut at = open;
    while let Some(length) = memchr::memchr2(b'/', b'*', bytes.get(at..).unwrap_or_default()) {
        at += length;
        if first.is_some_and(|first| at > first + NESTED_WINDOW) {
            break;
        }
        match bytes.get(at..at + 2) {
            Some(b"/*") => depth += 1,
            Some(b"*/") => {
                first = first.or(Some(at + 2));
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(at + 2);
                }
            }
            Some(_) => {
                at += 1;
                continue;
            }
            None => break,
        }
        at += 2;
    }
    first
}

/// Whether the rest of the line is blank and a statement's first word begins one of the next lines.
fn begins_statement(bytes: &[u8], from: usize) -> bool {
    let mut seen_line = false;
    let mut at = from;
    loop {
        match bytes.get(at) {
            Some(b'\n') => seen_line = true,
            Some(b' ' | b'\t' | b'\r') => {}
            Some(b'-') if seen_line && bytes.get(at + 1) == Some(&b'-') => {
                let Some(length) = memchr::memchr(b'\n', &bytes[at..]) else { return false };
                at += length;
            }
            Some(_) if seen_line => break,
            _ => return false,
        }
        at += 1;
    }
    let length = bytes[at..].iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    std::str::from_utf8(&bytes[at..at + length]).is_ok_and(|word| WORDS.openers.has(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_found() {
        assert_eq!(quoted_end(b"'a''b' c", 0, b'\'', false, false), Ok(6));
        assert_eq!(quoted_end(br"'a\'b' c", 0, b'\'', true, false), Ok(6));
        assert_eq!(quoted_end(b"'a", 0, b'\'', false, false), Err(2));
        assert_eq!(quoted_end(b"'a;\n-- x\nSELECT 1", 0, b'\'', false, true), Err(2));
        assert_eq!(block_comment_end(b"/* a /* b */ c */ d", 0), Some(17));
        assert_eq!(block_comment_end(b"/* a /* b */ c", 0), Some(12));
        assert_eq!(block_comment_end(b"/*", 0), None);
        assert_eq!(dollar_end(b"$x$ a $$ b $x$ c", 0, 3, false), Ok(14));
        assert_eq!(percent_length(b"%(name)s,"), 8);
        assert_eq!(percent_length(b"%s "), 2);
        assert_eq!(percent_length(b"%1$s"), 4);
        assert_eq!(percent_length(b"%10"), 0);
        assert_eq!(operator_length(b"->>'x'"), 3);
    }
}
