//! Places in a text as the protocol has them: lines and columns from 0, columns in the unit that was negotiated.

use gen_lsp_types::{Position, PositionEncodingKind, Range};

use crate::facts::Span;
use crate::workspace::{Columns, LineIndex};

/// The unit of columns: the first that we count in of those that the client can, in its order of preference; UTF-16 where
/// it says nothing, which all clients can.
pub fn negotiate(offered: Option<&[PositionEncodingKind]>) -> Columns {
    offered.into_iter().flatten().find_map(columns_of).unwrap_or(Columns::Utf16)
}

fn columns_of(kind: &PositionEncodingKind) -> Option<Columns> {
    match kind {
        PositionEncodingKind::UTF8 => Some(Columns::Utf8),
        PositionEncodingKind::UTF16 => Some(Columns::Utf16),
        PositionEncodingKind::UTF32 => Some(Columns::Chars),
        PositionEncodingKind::Custom(_) => None,
    }
}

/// The name of a unit in the protocol.
pub fn kind_of(columns: Columns) -> PositionEncodingKind {
    match columns {
        Columns::Utf8 => PositionEncodingKind::UTF8,
        Columns::Utf16 => PositionEncodingKind::UTF16,
        Columns::Chars => PositionEncodingKind::UTF32,
    }
}

/// A text whose places are asked for.
#[derive(Clone, Copy, Debug)]
pub struct Places<'t> {
    /// The text.
    pub text: &'t str,
    /// Its lines.
    pub lines: &'t LineIndex,
    /// The unit of columns.
    pub columns: Columns,
}

impl Places<'_> {
    /// The position of a byte offset.
    pub fn position(&self, offset: u32) -> Position {
        let place = self.lines.position(self.text, offset, self.columns);
        Position { line: place.line - 1, character: place.column - 1 }
    }

    /// The range of a span.
    pub fn range(&self, span: Span) -> Range {
        Range { start: self.position(span.start), end: self.position(span.end) }
    }

    /// The byte offset of a position. One past the end of a line is at its end, before the line break; one past the last
    /// line at the end of the text; one inside a character at its start.
    pub fn offset(&self, position: Position) -> u32 {
        let line = self.lines.range(position.line.saturating_add(1));
        let start = line.start.min(self.text.len());
        let text = self.text.get(line).unwrap_or("").trim_end_matches(['\n', '\r']);
        (start + self.bytes(text, position.character as usize)) as u32
    }

    /// How many bytes so many units are from the start of a line.
    fn bytes(&self, line: &str, units: usize) -> usize {
        let mut left = units;
        for (offset, char) in line.char_indices() {
            let width = match self.columns {
                Columns::Utf8 => char.len_utf8(),
                Columns::Utf16 => char.len_utf16(),
                Columns::Chars => 1,
            };
            if left < width {
                return offset;
            }
            left -= width;
        }
        line.len()
    }

    /// The span of a range; an inverted one is empty.
    pub fn span(&self, range: Range) -> Span {
        let (start, end) = (self.offset(range.start), self.offset(range.end));
        Span { start, end: end.max(start) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "a\r\nä😀x\n\nlast";

    fn with<T>(columns: Columns, ask: impl FnOnce(Places<'_>) -> T) -> T {
        ask(Places { text: TEXT, lines: &LineIndex::new(TEXT), columns })
    }

    #[test]
    fn positions_lead_back_to_their_offsets() {
        for columns in [Columns::Utf8, Columns::Utf16, Columns::Chars] {
            with(columns, |places| {
                for (offset, _) in TEXT.char_indices().filter(|(offset, _)| !TEXT[..*offset].ends_with('\r')) {
                    let position = places.position(offset as u32);
                    assert_eq!(places.offset(position), offset as u32, "{columns:?} {position:?}");
                }
            });
        }
    }

    #[test]
    fn columns_count_in_their_unit() {
        let x = TEXT.find('x').unwrap() as u32;
        let column = |columns| with(columns, |places| places.position(x).character);
        assert_eq!([Columns::Utf8, Columns::Utf16, Columns::Chars].map(column), [6, 3, 2]);
        // Half a surrogate pair is the character's start.
        let inside = Position { line: 1, character: 2 };
        assert_eq!(with(Columns::Utf16, |places| places.offset(inside)), TEXT.find('😀').unwrap() as u32);
    }

    #[test]
    fn positions_outside_the_text_are_moved_into_it() {
        let offset = |line, character| with(Columns::Utf16, |places| places.offset(Position { line, character }));
        assert_eq!(offset(0, 99), 1);
        assert_eq!(offset(2, 5), TEXT.find("\n\n").unwrap() as u32 + 1);
        assert_eq!(offset(3, 99), TEXT.len() as u32);
        assert_eq!(offset(99, 0), TEXT.len() as u32);
        assert_eq!(offset(u32::MAX, u32::MAX), TEXT.len() as u32);
    }

    #[test]
    fn the_client_chooses_among_what_we_count_in() {
        assert_eq!(negotiate(None), Columns::Utf16);
        let custom = PositionEncodingKind::Custom("bytes".into());
        assert_eq!(negotiate(Some(&[custom, PositionEncodingKind::UTF8])), Columns::Utf8);
        assert_eq!(kind_of(negotiate(Some(&[PositionEncodingKind::UTF32]))), PositionEncodingKind::UTF32);
    }
}
