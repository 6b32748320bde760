//! Markdown documents with TOML front matter between `+++` lines: rules and library files.

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};
use serde::de::DeserializeOwned;

use crate::facts::Span;

/// A document, split but not yet read.
#[derive(Clone, Copy, Debug)]
pub struct Document<'t> {
    /// Its path, for errors.
    pub path: &'t str,
    /// All of its text.
    pub text: &'t str,
    /// The front matter, without the `+++` lines.
    pub front: &'t str,
    /// Byte offset of `front` in `text`.
    pub front_offset: usize,
    /// What follows the front matter.
    pub body: &'t str,
    /// Byte offset of `body` in `text`.
    pub body_offset: usize,
}

/// A fenced block of code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fence {
    /// What stands behind the opening fence.
    pub info: String,
    /// Its words, attributes left out.
    pub words: Vec<String>,
    /// Its attributes (`file=a.py`), in order.
    pub attributes: Vec<(String, String)>,
    /// The code.
    pub code: String,
    /// The code's first line in the document, 1-based.
    pub line: u32,
    /// The code's place in the document.
    pub span: Span,
}

impl Fence {
    /// The value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// What is wrong with a document, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {message}", self.place())]
pub struct DocumentError {
    /// The document's path.
    pub path: String,
    /// The place of the error, in bytes.
    pub span: Option<Span>,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
    /// The document's text, for showing the place.
    pub source_text: String,
}

impl DocumentError {
    /// The line of the error, 1-based.
    pub fn line(&self) -> Option<u32> {
        self.span.map(|span| line_at(&self.source_text, span.start as usize))
    }

    fn place(&self) -> String {
        match self.line() {
            Some(line) => format!("{}:{line}", self.path),
            None => self.path.clone(),
        }
    }
}

impl<'t> Document<'t> {
    /// Splits a document into front matter and body.
    ///
    /// # Errors
    /// When the first line is not `+++`, or no later line is.
    pub fn parse(path: &'t str, text: &'t str) -> Result<Self, DocumentError> {
        let fail = |message: &str| DocumentError {
            path: path.to_owned(),
            span: Some(Span::new(0, text.lines().next().map_or(0, str::len))),
            message: message.to_owned(),
            help: Some("begin with front matter in TOML between two lines `+++`".to_owned()),
            source_text: text.to_owned(),
        };
        let mut offset = 0;
        let mut front_offset = None;
        for line in text.split_inclusive('\n') {
            let is_mark = line.trim_end() == "+++";
            match front_offset {
                None if is_mark => front_offset = Some(offset + line.len()),
                None => return Err(fail("the document does not begin with `+++`")),
                Some(start) if is_mark => {
                    let body_offset = offset + line.len();
                    return Ok(Self {
                        path,
                        text,
                        front: &text[start..offset],
                        front_offset: start,
                        body: &text[body_offset..],
                        body_offset,
                    });
                }
                Some(_) => {}
            }
            offset += line.len();
        }
        Err(fail("the front matter does not end: no second line `+++`"))
    }

    /// Reads the front matter.
    ///
    /// # Errors
    /// When it is no TOML, or does not fit `T`; an unknown key or word comes with the nearest right one.
    pub fn read_front<T: DeserializeOwned>(&self) -> Result<T, DocumentError> {
        toml::from_str(self.front).map_err(|error| {
            let message = error.message().to_owned();
            let help = help_for(&message);
            DocumentError { help, ..self.error(error.span(), message) }
        })
    }

    /// An error at a place in the front matter, given in bytes from the front matter's start.
    pub fn error(&self, span: Option<std::ops::Range<usize>>, message: impl Into<String>) -> DocumentError {
        DocumentError {
            path: self.path.to_owned(),
            span: span.map(|range| self.front_span(range)),
            message: message.into(),
            help: None,
            source_text: self.text.to_owned(),
        }
    }

    /// A place in the front matter as a place in the document.
    pub fn front_span(&self, range: std::ops::Range<usize>) -> Span {
        Span::new(range.start + self.front_offset, range.end + self.front_offset)
    }

    /// What stands before the first fence of the body, trimmed.
    pub fn prose(&self) -> &'t str {
        let end = self.body.find("\n```").unwrap_or(self.body.len());
        self.body[..end].trim()
    }

    /// The fenced blocks of the body.
    pub fn fences(&self) -> Vec<Fence> {
        let mut fences = Vec::new();
        let mut open: Option<(Fence, Option<Span>)> = None;
        for (event, range) in Parser::new(self.body).into_offset_iter() {
            match event {
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                    open = Some((self.fence(&info, range.start), None));
                }
                Event::Text(text) => {
                    if let Some((fence, place)) = &mut open {
                        fence.code.push_str(&text);
                        let start = place.map_or(range.start + self.body_offset, |place| place.start as usize);
                        *place = Some(Span::new(start, range.end + self.body_offset));
                    }
                }
                Event::End(TagEnd::CodeBlock) => {
                    if let Some((mut fence, place)) = open.take() {
                        fence.span = place.unwrap_or(fence.span);
                        fences.push(fence);
                    }
                }
                _ => {}
            }
        }
        fences
    }

    /// A fence without code; its span is the empty place after the opening line.
    fn fence(&self, info: &str, start: usize) -> Fence {
        let start = start + self.body_offset;
        let code_start = self.text[start..].find('\n').map_or(self.text.len(), |end| start + end + 1);
        let mut fence = Fence {
            info: info.to_owned(),
            words: Vec::new(),
            attributes: Vec::new(),
            code: String::new(),
            line: line_at(self.text, start) + 1,
            span: Span::new(code_start, code_start),
        };
        for word in info.split_whitespace() {
            match word.split_once('=') {
                Some((key, value)) => fence.attributes.push((key.to_owned(), value.trim_matches('"').to_owned())),
                None => fence.words.push(word.to_owned()),
            }
        }
        fence
    }
}

/// The line of a byte offset, 1-based.
fn line_at(text: &str, offset: usize) -> u32 {
    let before = &text.as_bytes()[..offset.min(text.len())];
    memchr::memchr_iter(b'\n', before).count() as u32 + 1
}

/// The option that a misspelt word most likely meant.
pub fn nearest<'o>(word: &str, options: impl IntoIterator<Item = &'o str>) -> Option<&'o str> {
    options
        .into_iter()
        .map(|option| (strsim::normalized_damerau_levenshtein(word, option), option))
        .filter(|(score, _)| *score >= 0.5)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, option)| option)
}

/// Help text that names the nearest right word.
pub fn did_you_mean<'o>(word: &str, options: impl IntoIterator<Item = &'o str>) -> Option<String> {
    nearest(word, options).map(|option| format!("did you mean `{option}`?"))
}

/// Help for serde's "unknown field `x`, expected one of `a`, `b`": the first quoted word is the wrong one.
fn help_for(message: &str) -> Option<String> {
    if !message.contains("unknown ") {
        return None;
    }
    let mut quoted = message.split('`').skip(1).step_by(2);
    let wrong = quoted.next()?;
    let options: Vec<&str> = quoted.collect();
    did_you_mean(wrong, options.iter().copied())
        .or_else(|| (!options.is_empty()).then(|| format!("use one of: {}", options.join(", "))))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "+++\ntitle = \"A\"\n+++\nProse.\n\n```python bad file=a.py\nx = 1\ny = 2\n```\n";

    #[test]
    fn splits_front_matter_prose_and_fences() {
        let document = Document::parse("a.md", TEXT).expect("splits");
        assert_eq!(document.front, "title = \"A\"\n");
        assert_eq!(document.prose(), "Prose.");
        let fences = document.fences();
        assert_eq!(fences.len(), 1);
        assert_eq!(fences[0].words, ["python", "bad"]);
        assert_eq!(fences[0].attribute("file"), Some("a.py"));
        assert_eq!(fences[0].code, "x = 1\ny = 2\n");
        assert_eq!(fences[0].line, 7);
        assert_eq!(&TEXT[fences[0].span.range()], fences[0].code);
    }

    #[test]
    fn an_unknown_key_is_an_error_with_place_and_help() {
        #[derive(Debug, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Front {
            #[allow(dead_code)]
            name: Option<String>,
            #[allow(dead_code)]
            titel: Option<String>,
        }
        let document = Document::parse("a.md", TEXT).expect("splits");
        let error = document.read_front::<Front>().expect_err("unknown key");
        assert_eq!(error.line(), Some(2));
        assert_eq!(error.help.as_deref(), Some("did you mean `titel`?"));
        assert!(error.to_string().starts_with("a.md:2: unknown field `title`"), "{error}");
    }

    #[test]
    fn missing_marks_are_errors() {
        assert!(Document::parse("a.md", "").is_err());
        assert!(Document::parse("a.md", "text").is_err());
        assert!(Document::parse("a.md", "+++\ntitle = 1\n").is_err());
    }

    #[test]
    fn windows_line_ends_are_read() {
        let document = Document::parse("a.md", "+++\r\na = 1\r\n+++\r\nProse.\r\n").expect("splits");
        assert_eq!(document.front, "a = 1\r\n");
        assert_eq!(document.prose(), "Prose.");
    }
}
