//! A string of host code as its text, with the way back to the source.

use super::model::Span;

/// A string's decoded text with the places of its holes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextContent {
    /// The text with escapes resolved; holes are not in it.
    pub text: String,
    /// (decoded offset, source offset), sorted; between entries both offsets run in step.
    pub map: Vec<(u32, u32)>,
    /// The holes, in order.
    pub holes: Vec<Hole>,
    /// The literal in the source.
    pub span: Span,
}

/// A place where a value is put into a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hole {
    /// The decoded offset where it stands.
    pub at: u32,
    /// The interpolated expression in the source.
    pub span: Span,
}
