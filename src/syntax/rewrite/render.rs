//! Filling templates of code, in the layout of the file that they go to.

use std::ops::Range;

use super::template::{self, Piece};
use super::{Binds, Capture, Code, Match, Shape};
use crate::syntax::Family;

/// A template of code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    pieces: Vec<Piece>,
}

/// What the holes of a template stand for.
#[derive(Clone, Debug, Default)]
pub struct Filler {
    /// Code of the file, by hole; nothing for a hole of any number that took none.
    pub code: Vec<(String, Option<Capture>)>,
    /// Other words, by hole: names that are new, the forms of a library.
    pub words: Vec<(String, String)>,
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// A message for a hole that cannot be.
    pub fn parse(text: &str) -> Result<Self, String> {
        Ok(Self { pieces: template::pieces(text.trim_matches('\n'))? })
    }

    /// How many lines it breaks.
    fn breaks(&self) -> usize {
        let breaks = |piece: &Piece| if let Piece::Text(text) = piece { text.matches('\n').count() } else { 0 };
        self.pieces.iter().map(breaks).sum()
    }

    /// The names of its holes.
    pub fn holes(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Hole { name, .. } => Some(name.as_str()),
            Piece::Text(_) => None,
        })
    }

    /// The text of the template with what its holes stand for as it is written, in one line; for names and titles.
    pub fn words(&self, code: &Code<'_>, filler: &Filler) -> Option<String> {
        let text = self.pieces.iter().map(|piece| match piece {
            Piece::Text(text) => Some(text.clone()),
            Piece::Hole { name, .. } => match filler.get(name)? {
                Taken::Code(capture) => Some(code.text[capture.range.clone()].to_owned()),
                Taken::Words(words) => Some(words.to_owned()),
                Taken::Nothing => Some(String::new()),
            },
        });
        let text: String = text.collect::<Option<_>>()?;
        Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
    }
}

/// What a hole stands for.
enum Taken<'f> {
    Code(&'f Capture),
    Words(&'f str),
    Nothing,
}

impl Filler {
    /// Adds what the holes of a shape took. Holes of an earlier shape keep what they have.
    pub fn add(&mut self, shape: &Shape, found: &Match) {
        for (hole, capture) in shape.holes.iter().zip(&found.captures) {
            if !self.code.iter().any(|(name, _)| *name == hole.name) {
                self.code.push((hole.name.clone(), capture.clone()));
            }
        }
    }

    /// What a hole took.
    pub fn capture(&self, name: &str) -> Option<&Capture> {
        self.code.iter().find(|(known, _)| known == name).and_then(|(_, capture)| capture.as_ref())
    }

    fn get(&self, name: &str) -> Option<Taken<'_>> {
        if let Some((_, words)) = self.words.iter().find(|(known, _)| known == name) {
            return Some(Taken::Words(words));
        }
        let (_, capture) = self.code.iter().find(|(known, _)| known == name)?;
        Some(capture.as_ref().map_or(Taken::Nothing, Taken::Code))
    }
}

impl Code<'_> {
    /// A template filled in, to stand at a place of this file; `None` when a hole has nothing to stand for. `semicolons`
    /// says whether statements are to end with one. What a template breaks inside brackets stays on one line if it fits.
    pub fn fill(&self, template: &Template, filler: &Filler, at: usize, semicolons: bool) -> Option<String> {
        let mut pieces = template.pieces.clone();
        if !semicolons && self.family == Family::JavaScript {
            without_semicolons(&mut pieces);
        }
        let broken = self.write(&pieces, filler, at)?;
        joined(&mut pieces);
        let short = self.write(&pieces, filler, at)?;
        let lines = broken.matches('\n').count() - template.breaks();
        let fits = short.lines().all(|line| self.indent_at(at).len() + line.len() <= LINE);
        Some(if fits && lines == 0 { short } else { broken })
    }

    /// Whether some code goes over several lines, of which the first begins with it.
    fn stands_in_lines(&self, range: &Range<usize>) -> bool {
        let line = self.text[..range.start].rfind('\n').map_or(0, |at| at + 1);
        self.text[line..range.start].trim().is_empty() && self.text[range.clone()].contains('\n')
    }

    fn write(&self, pieces: &[Piece], filler: &Filler, at: usize) -> Option<String> {
        let base = self.indent_at(at);
        let mut writer = Writer { code: self, base, indent: base.to_owned(), out: String::new(), after_nothing: false };
        for (place, piece) in pieces.iter().enumerate() {
            match piece {
                Piece::Text(text) => writer.text(text),
                Piece::Hole { name, many, .. } => {
                    let after = match pieces.get(place + 1) {
                        Some(Piece::Text(text)) => text.as_str(),
                        Some(Piece::Hole { .. }) => "x",
                        None => "",
                    };
                    match filler.get(name)? {
                        Taken::Words(words) => writer.out.push_str(words),
                        Taken::Nothing => writer.nothing(),
                        Taken::Code(capture) => {
                            let needs = match capture.binds {
                                Binds::Tightly => false,
                                Binds::Loosely => {
                                    let is_object = self.text[capture.range.clone()].starts_with('{');
                                    // Behind an arrow a brace opens a block.
                                    !is_apart(&writer.out, after) || is_object && writer.out.ends_with("=> ")
                                }
                                // The target of a loop is bare.
                                Binds::ByCommas => !(writer.out.ends_with("for ") && after.starts_with(" in ")),
                            };
                            if *many && self.stands_in_lines(&capture.range) && is_enclosed(&writer.out, after) {
                                writer.lines(&capture.range);
                            } else if *many && writer.begins_line() && after.starts_with(",\n") {
                                writer.elements(capture);
                            } else {
                                writer.capture(&capture.range, needs);
                            }
                        }
                    }
                }
            }
        }
        Some(writer.out)
    }
}

/// The longest line that is made where it could be broken, in characters.
const LINE: usize = 100;

/// Takes the semicolons off the ends of a template's lines.
fn without_semicolons(pieces: &mut [Piece]) {
    let last = pieces.len().saturating_sub(1);
    for (place, piece) in pieces.iter_mut().enumerate() {
        if let Piece::Text(text) = piece {
            *text = text.replace(";\n", "\n");
            if place == last && text.ends_with(';') {
                text.pop();
            }
        }
    }
}

/// Joins the lines of a template that are broken inside brackets.
fn joined(pieces: &mut [Piece]) {
    for piece in pieces {
        let Piece::Text(text) = piece else { continue };
        let mut lines = text.split('\n').map(str::to_owned);
        let mut joined = lines.next().unwrap_or_default();
        for line in lines {
            let rest = line.trim_start();
            if joined.ends_with(['(', '[']) {
                joined.push_str(rest);
            } else if rest.starts_with([')', ']']) {
                joined.truncate(joined.trim_end_matches(',').len());
                joined.push_str(rest);
            } else if joined.ends_with(',') && !rest.starts_with('}') {
                joined.push(' ');
                joined.push_str(rest);
            } else {
                joined.push('\n');
                joined.push_str(&line);
            }
        }
        *text = joined;
    }
}

/// Writes code into a file's layout.
struct Writer<'c, 't> {
    code: &'c Code<'t>,
    base: &'c str,
    /// The indentation of the line that is written.
    indent: String,
    out: String,
    /// Nothing stands before the next piece, so no comma is to be there either.
    after_nothing: bool,
}

impl Writer<'_, '_> {
    /// The template's own text; a step of its indentation is two spaces, or four outside of JavaScript.
    fn text(&mut self, text: &str) {
        let style = &self.code.style;
        let skipped = std::mem::take(&mut self.after_nothing).then(|| text.strip_prefix(", ")).flatten();
        let text = skipped.unwrap_or(text);
        let step = if self.code.family == Family::JavaScript { 2 } else { 4 };
        let quoted = if style.quote == '\'' && self.code.family != Family::Rust && !text.contains('\'') {
            text.replace('"', "'")
        } else {
            text.to_owned()
        };
        let breaks = quoted.matches('\n').count();
        for (place, line) in quoted.split('\n').enumerate() {
            if place == 0 {
                self.out.push_str(line);
                continue;
            }
            let rest = line.trim_start_matches(' ');
            self.indent = format!("{}{}", self.base, style.indent.repeat((line.len() - rest.len()) / step));
            self.out.push_str(style.line_break);
            if !rest.is_empty() || place == breaks {
                self.out.push_str(&self.indent);
            }
            self.out.push_str(rest);
        }
    }

    /// Code of the file; its further lines move with its first one, except those that start inside a string.
    fn capture(&mut self, range: &Range<usize>, parentheses: bool) {
        let from = self.code.indent_at(range.start);
        let mut offset = range.start;
        if parentheses {
            self.out.push('(');
        }
        for line in self.code.text[range.clone()].split_inclusive('\n') {
            match line.strip_prefix(from) {
                Some(rest) if offset > range.start && !self.code.is_in_text(offset) => {
                    self.out.push_str(&self.indent);
                    self.out.push_str(rest);
                }
                _ => self.out.push_str(line),
            }
            offset += line.len();
        }
        if parentheses {
            self.out.push(')');
        }
    }

    fn begins_line(&self) -> bool {
        self.out.ends_with('\n') || self.out.ends_with(&format!("\n{}", self.indent))
    }

    /// Elements, each on a line of its own.
    fn elements(&mut self, capture: &Capture) {
        let mut start = capture.range.start;
        for end in capture.commas.iter().copied().chain([capture.range.end]) {
            let element = &self.code.text[start..end];
            let skipped = element.len() - element.trim_start().len();
            if start > capture.range.start {
                self.out.push_str(self.code.style.line_break);
                self.out.push_str(&self.indent);
            }
            self.capture(&(start + skipped..end), false);
            start = end;
        }
    }

    /// Elements that stand on lines of their own, one step further in.
    fn lines(&mut self, range: &Range<usize>) {
        let (line_break, outer) = (self.code.style.line_break, self.indent.clone());
        self.indent = format!("{outer}{}", self.code.style.indent);
        self.out.push_str(line_break);
        self.out.push_str(&self.indent);
        self.capture(range, false);
        if self.code.text[range.end..].trim_start().starts_with(',') {
            self.out.push(',');
        }
        self.out.push_str(line_break);
        self.out.push_str(&outer);
        self.indent = outer;
    }

    /// Nothing, and one comma less.
    fn nothing(&mut self) {
        match self.out.strip_suffix(", ").map(str::len) {
            Some(kept) => self.out.truncate(kept),
            None => self.after_nothing = true,
        }
    }
}

/// Whether a bracket opens before and closes after.
fn is_enclosed(before: &str, after: &str) -> bool {
    before.ends_with(['(', '[']) && after.starts_with([')', ']'])
}

/// Whether what is put between these texts is a value of its own whatever operators it has.
fn is_apart(before: &str, after: &str) -> bool {
    let (before, after) = (before.trim_end_matches(' '), after.trim_start_matches(' '));
    let opens = ["(", "[", "{", ",", "=>", "return", "\n", ":", ";"].iter().any(|mark| before.ends_with(mark))
        || before.is_empty()
        || before.ends_with('=') && !before.ends_with("==") && !before.ends_with("!=");
    let closes = [")", "]", "}", ",", ";", "\n"].iter().any(|mark| after.starts_with(mark)) || after.is_empty();
    opens && closes
}
