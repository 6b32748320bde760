//! Byte offsets as lines and columns.

/// How the columns of a line are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Columns {
    /// Bytes of UTF-8.
    Utf8,
    /// UTF-16 code units.
    Utf16,
    /// Unicode scalar values.
    Chars,
}

/// A place in a text, 1-based.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: u32,
    /// The column.
    pub column: u32,
}

/// Where the lines of a text begin. A line ends with `\n`; a `\r` before it belongs to the line's end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineIndex {
    starts: Vec<u32>,
    length: u32,
}

impl LineIndex {
    /// The index of a text.
    pub fn new(text: &str) -> Self {
        let breaks = memchr::memchr_iter(b'\n', text.as_bytes()).map(|offset| offset as u32 + 1);
        Self { starts: std::iter::once(0).chain(breaks).collect(), length: text.len() as u32 }
    }

    /// How many lines there are; a text that ends with a line break has an empty last line, which is not counted.
    pub fn count(&self) -> usize {
        match self.starts.last() {
            Some(&start) if start == self.length => self.starts.len() - 1,
            _ => self.starts.len(),
        }
    }

    /// The line of a byte offset, 1-based. Offsets past the end are on the last line.
    pub fn line(&self, offset: u32) -> u32 {
        self.starts.partition_point(|&start| start <= offset) as u32
    }

    /// The byte range of a line (1-based) with its line break; empty past the end.
    pub fn range(&self, line: u32) -> std::ops::Range<usize> {
        let at = |row: usize| self.starts.get(row).copied().unwrap_or(self.length) as usize;
        let row = (line as usize).saturating_sub(1);
        at(row)..at(row + 1)
    }

    /// The place of a byte offset in the text that the index was made of. An offset inside a character counts as the
    /// character's start.
    pub fn position(&self, text: &str, offset: u32, columns: Columns) -> Position {
        let line = self.line(offset);
        let start = self.range(line).start.min(text.len());
        let mut end = (offset as usize).clamp(start, text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let before = text.get(start..end).unwrap_or("");
        let width = match columns {
            Columns::Utf8 => before.len(),
            Columns::Utf16 => before.chars().map(char::len_utf16).sum(),
            Columns::Chars => before.chars().count(),
        };
        Position { line, column: width as u32 + 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_differ_by_encoding() {
        let text = "a\r\nä😀x\n";
        let index = LineIndex::new(text);
        let offset = text.find('x').unwrap() as u32;
        let column = |columns| index.position(text, offset, columns);
        assert_eq!(column(Columns::Utf8), Position { line: 2, column: 7 });
        assert_eq!(column(Columns::Utf16), Position { line: 2, column: 4 });
        assert_eq!(column(Columns::Chars), Position { line: 2, column: 3 });
        assert_eq!(index.count(), 2);
        assert_eq!(&text[index.range(2)], "ä😀x\n");
    }

    #[test]
    fn odd_offsets_do_not_panic() {
        let text = "ä";
        let index = LineIndex::new(text);
        assert_eq!(index.position(text, 1, Columns::Utf8).column, 1);
        assert_eq!(index.position(text, 99, Columns::Utf16), Position { line: 1, column: 2 });
        assert_eq!(LineIndex::new("").count(), 0);
        assert_eq!(LineIndex::new("").range(7), 0..0);
    }
}
