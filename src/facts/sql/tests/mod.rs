//! Tests of SQL reading.
#![allow(clippy::unwrap_used)]

mod facts;
mod hostile;
mod places;
mod refused;

use super::{Dialect, SqlStatement, read_text};
use crate::facts::model::Span;
use crate::facts::text::{Hole, TextContent};

/// A string as host code would have it: `«x»` is a hole, everything else stands as it is.
pub(super) fn content(template: &str) -> TextContent {
    let mut content = TextContent { map: vec![(0, 0)], span: Span::new(0, template.len()), ..TextContent::default() };
    let mut rest = template;
    while let Some(open) = rest.find('«') {
        let close = rest.find('»').unwrap_or(rest.len());
        content.text.push_str(&rest[..open]);
        let at = content.text.len() as u32;
        let start = template.len() - rest.len() + open;
        rest = rest.get(close + '»'.len_utf8()..).unwrap_or("");
        let end = template.len() - rest.len();
        content.holes.push(Hole { at, span: Span::new(start, end) });
        content.map.push((at, end as u32));
    }
    content.text.push_str(rest);
    content
}

/// The statements of a string.
pub(super) fn read(template: &str) -> Vec<SqlStatement> {
    read_text(&content(template), Dialect::Generic)
}
