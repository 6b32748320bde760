//! Placeholders, template marks and operators.

use super::Dialect;
use super::lex::{Kind, Lexer};
use super::quotes;

impl Lexer<'_, '_> {
    /// Placeholders and operators.
    pub(super) fn mark(&mut self, byte: u8) {
        let next = self.peek(1);
        let starts_name = next.is_ascii_alphabetic() || next == b'_';
        let before = self.at.checked_sub(1).map_or(b' ', |at| self.bytes[at]);
        let touches_word = before.is_ascii_alphanumeric() || matches!(before, b'_' | b')' | b']' | b'"' | 0x80..);
        match byte {
            b'{' => self.braces(0),
            b'#' if next == b'{' => self.braces(1),
            b'#' if starts_name && self.options.dialect == Dialect::MsSql => self.word(),
            b':' if next == b'\'' || next == b'"' => self.at += 1,
            b':' if starts_name && !touches_word => self.named(1),
            b'@' if starts_name => self.named(1),
            b'@' if next == b'@' && (self.peek(2).is_ascii_alphabetic()) => self.named(2),
            b'%' => self.percent(),
            b'?' => self.question(),
            _ => {
                let limit = self.next_hole().saturating_sub(self.at);
                let length = quotes::operator_length(&self.bytes[self.at..]).min(limit).max(1);
                self.push_to(Kind::Op, self.at + length);
            }
        }
    }

    fn named(&mut self, skip: usize) {
        let name = self.bytes[self.at + skip..]
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_')
            .count();
        self.push_to(Kind::Param, self.at + skip + name);
    }

    /// `%s`, `%(name)s`, `%1$s`, `%%`, or the operator.
    fn percent(&mut self) {
        let length = quotes::percent_length(&self.bytes[self.at..]);
        match length {
            0 if self.peek(1) == b'%' => {
                let start = self.at;
                self.at += 2;
                self.push(Kind::Op, start, self.slice(start, start + 1), false);
            }
            0 => self.push_to(Kind::Op, self.at + 1),
            _ => self.template(Kind::Hole, self.at + length),
        }
    }

    /// `?`, `?1`, `??`, or PostgreSQL's operators.
    fn question(&mut self) {
        let next = self.peek(1);
        let digits = self.bytes[self.at + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let rest = self.slice(self.at + 1, self.bytes.len()).trim_start().as_bytes().first().copied().unwrap_or(0);
        if next == b'?' {
            self.template(Kind::Hole, self.at + 2);
        } else if digits == 0
            && self.after_operand()
            && (matches!(next, b'|' | b'&') || matches!(rest, b'\'' | b'$' | b'?' | b':'))
        {
            let length = if matches!(next, b'|' | b'&') { 2 } else { 1 };
            self.push_to(Kind::Op, self.at + length);
        } else {
            self.push_to(Kind::Param, self.at + 1 + digits);
        }
    }

    /// `{}`, `{name}`, `{{ x }}`, `{% x %}`, `{# x #}`, after `skip` bytes of `#` or `$`.
    fn braces(&mut self, skip: usize) {
        let open = self.at + skip;
        let second = self.bytes.get(open + 1).copied().unwrap_or(0);
        let (close, kind): (&[u8], _) = match second {
            b'{' => (b"}}", Kind::Hole),
            b'%' => (b"%}", Kind::Control),
            b'#' => (b"#}", Kind::Control),
            _ => (b"}", Kind::Hole),
        };
        let window = &self.bytes[open..self.bytes.len().min(open + 400)];
        match memchr::memmem::find(window, close) {
            Some(length) => self.template(kind, open + length + close.len()),
            None => self.push_to(Kind::Op, open + 1),
        }
    }

    fn template(&mut self, kind: Kind, end: usize) {
        let start = self.at;
        self.at = end;
        self.pass_holes();
        self.push(kind, start, self.slice(start, end), true);
    }

    /// `$1`, `$name`, `$$ … $$`, `${name}`, `$<name>`.
    pub(super) fn dollar(&mut self) {
        match self.peek(1) {
            b'{' => return self.braces(1),
            b'<' => {
                let length = self.bytes[self.at..]
                    .iter()
                    .take(80)
                    .take_while(|byte| !matches!(byte, b'>' | b' ' | b'\n'))
                    .count();
                if self.peek(length) == b'>' {
                    return self.template(Kind::Hole, self.at + length + 1);
                }
            }
            _ => {}
        }
        let name =
            self.bytes[self.at + 1..].iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
        let after = self.at + 1 + name;
        if self.bytes.get(after) == Some(&b'$') && !self.peek(1).is_ascii_digit() {
            let end = quotes::dollar_end(self.bytes, self.at, after + 1, self.options.cautious);
            let tag = name + 2;
            return match end {
                Ok(end) => self.dollar_string(tag, end - tag, end),
                Err(end) => {
                    self.out.unterminated = true;
                    self.dollar_string(tag, end, end);
                }
            };
        }
        // `$1:name` and the like put in more than a value.
        let filter = if self.bytes.get(after) == Some(&b':') {
            self.bytes[after + 1..].iter().take_while(|byte| byte.is_ascii_lowercase()).count()
        } else {
            0
        };
        match (name, filter) {
            (0, _) if self.next_hole() == after => {
                self.at = after;
                self.holes = &self.holes[1..];
                self.push(Kind::Param, after - 1, "$", false);
            }
            (0, _) => self.push_to(Kind::Op, after),
            (_, 0) => self.push_to(Kind::Param, after),
            _ => self.template(Kind::Hole, after + 1 + filter),
        }
    }

    fn dollar_string(&mut self, tag: usize, inside_end: usize, end: usize) {
        let start = self.at;
        self.at = end;
        let holes = self.pass_holes();
        self.push(Kind::Dollar, start, self.slice(start + tag, inside_end), holes);
    }
}
