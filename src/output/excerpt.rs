//! A file's text for miette, without its walk from the first byte for each label.

use std::borrow::Cow;
use std::sync::Arc;

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use crate::facts::Span;
use crate::workspace::Source;

/// A file's text under its name.
#[derive(Clone, Debug)]
pub struct Excerpt {
    /// The path, as shown.
    pub name: String,
    /// The text.
    pub source: Arc<Source>,
}

impl Excerpt {
    /// A span that lies within the text, on character boundaries.
    pub fn clamp(&self, span: Span) -> SourceSpan {
        let text = &self.source.text;
        let floor = |offset: u32| {
            let mut offset = (offset as usize).min(text.len());
            while !text.is_char_boundary(offset) {
                offset -= 1;
            }
            offset
        };
        let (start, end) = (floor(span.start), floor(span.end));
        (start, end.saturating_sub(start)).into()
    }
}

/// A text without control characters, which could steer a terminal; blanks and line breaks stay. What goes is replaced
/// byte for byte, so that offsets hold.
pub fn printable(text: &str) -> Cow<'_, str> {
    let steers = |char: char| char.is_control() && !matches!(char, '\t' | '\n' | '\r');
    if !text.contains(steers) {
        return Cow::Borrowed(text);
    }
    let mut clean = String::with_capacity(text.len());
    for char in text.chars() {
        if steers(char) {
            clean.extend(std::iter::repeat_n('?', char.len_utf8()));
        } else {
            clean.push(char);
        }
    }
    Cow::Owned(clean)
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        lines_before: usize,
        lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (text, lines) = (&self.source.text, &self.source.lines);
        let end = span.offset() + span.len();
        if end > text.len() {
            return Err(MietteError::OutOfBounds);
        }
        let own = lines.line(span.offset() as u32);
        let first = own.saturating_sub(lines_before as u32).max(1);
        let last_byte = if span.is_empty() { end } else { end - 1 };
        let last = lines.line(last_byte as u32).saturating_add(lines_after as u32);
        let (start, end) = (lines.range(first).start, lines.range(last).end);
        let end = if end <= start { text.len() } else { end };
        // Without lines before it, a span is asked for to learn where it begins.
        let start = if lines_before == 0 { span.offset() } else { start };
        let column = text.get(lines.range(first).start..start).map_or(0, |before| before.chars().count());
        let data = text.as_bytes().get(start..end).ok_or(MietteError::OutOfBounds)?;
        let count = memchr::memchr_iter(b'\n', data).count();
        let contents = MietteSpanContents::new_named(
            self.name.clone(),
            data,
            (start, end - start).into(),
            first as usize - 1,
            column,
            count,
        );
        Ok(Box::new(contents))
    }
}
