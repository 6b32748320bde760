//! The documents that the client has open: their texts stand over those of the file system.

use std::path::PathBuf;
use std::sync::Arc;

use gen_lsp_types::{TextDocumentContentChangeEvent, Uri};
use rustc_hash::FxHashMap;

use super::positions::Places;
use crate::workspace::{Columns, LineIndex};

/// An open document.
#[derive(Clone, Debug)]
pub struct Document {
    /// Its file; `None` for one that is not in the file system.
    pub path: Option<PathBuf>,
    /// The client's number for this state of the text.
    pub version: i32,
    /// The text.
    pub text: Arc<str>,
    /// Where its lines begin.
    pub lines: Arc<LineIndex>,
}

/// All open documents.
#[derive(Debug, Default)]
pub struct Documents {
    open: FxHashMap<String, Document>,
}

impl Documents {
    /// A document was opened.
    pub fn open(&mut self, uri: &Uri, version: i32, text: String) {
        let document = Document { path: path_of(uri), version, lines: index(&text), text: text.into() };
        self.open.insert(key(uri), document);
    }

    /// A document was edited; the changes hold one after the other. Whether it is open.
    pub fn change(
        &mut self,
        uri: &Uri,
        version: i32,
        changes: Vec<TextDocumentContentChangeEvent>,
        columns: Columns,
    ) -> bool {
        let Some(document) = self.open.get_mut(&key(uri)) else { return false };
        let mut text = document.text.to_string();
        let mut lines = LineIndex::clone(&document.lines);
        for change in changes {
            match change {
                TextDocumentContentChangeEvent::TextDocumentContentChangeWholeDocument(whole) => text = whole.text,
                TextDocumentContentChangeEvent::TextDocumentContentChangePartial(part) => {
                    let span = Places { text: &text, lines: &lines, columns }.span(part.range);
                    text.replace_range(span.range(), &part.text);
                }
            }
            lines = LineIndex::new(&text);
        }
        (document.version, document.text, document.lines) = (version, text.into(), Arc::new(lines));
        true
    }

    /// A document was closed: the file holds again.
    pub fn close(&mut self, uri: &Uri) -> Option<Document> {
        self.open.remove(&key(uri))
    }

    /// An open document.
    pub fn get(&self, uri: &Uri) -> Option<&Document> {
        self.open.get(&key(uri))
    }

    /// All that are open.
    pub fn all(&self) -> impl Iterator<Item = &Document> {
        self.open.values()
    }
}

fn index(text: &str) -> Arc<LineIndex> {
    Arc::new(LineIndex::new(text))
}

/// Clients spell one file in several ways (`file:///c%3A/x` and `file:///C:/x`), so files are known by their path.
fn key(uri: &Uri) -> String {
    path_of(uri).map_or_else(|| uri.to_string(), |path| path.to_string_lossy().into_owned())
}

/// The file behind a URI, if it is one of the file system.
pub fn path_of(uri: &Uri) -> Option<PathBuf> {
    uri.to_file_path().ok().filter(|_| uri.scheme() == "file")
}

/// The URI of an absolute path.
pub fn uri_of(path: &std::path::Path) -> Option<Uri> {
    Uri::from_file_path(path).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use gen_lsp_types::{Position, Range, TextDocumentContentChangePartial, TextDocumentContentChangeWholeDocument};

    fn part(from: (u32, u32), to: (u32, u32), text: &str) -> TextDocumentContentChangeEvent {
        let at = |(line, character)| Position { line, character };
        let range = Range { start: at(from), end: at(to) };
        TextDocumentContentChangePartial { range, text: text.to_owned(), ..Default::default() }.into()
    }

    fn after(text: &str, changes: Vec<TextDocumentContentChangeEvent>) -> String {
        let uri = Uri::parse("file:///a%20b.py").unwrap();
        let mut documents = Documents::default();
        documents.open(&uri, 1, text.to_owned());
        assert!(documents.change(&uri, 2, changes, Columns::Utf16));
        assert_eq!(documents.get(&uri).unwrap().version, 2);
        documents.close(&uri).unwrap().text.to_string()
    }

    #[test]
    fn changes_hold_one_after_the_other() {
        let changes = vec![part((0, 0), (0, 0), "# 😀\n"), part((1, 0), (1, 1), "y"), part((0, 2), (0, 4), "ok")];
        assert_eq!(after("x = 1\n", changes), "# ok\ny = 1\n");
        let whole = TextDocumentContentChangeWholeDocument { text: "new".to_owned() };
        assert_eq!(after("x", vec![whole.into(), part((0, 3), (9, 9), "er")]), "newer");
    }

    #[test]
    fn ranges_that_lie_outside_or_backwards_lose_nothing() {
        assert_eq!(after("ab", vec![part((7, 7), (9, 9), "c")]), "abc");
        assert_eq!(after("ab", vec![part((0, 2), (0, 1), "c")]), "abc");
    }

    #[test]
    fn a_file_is_known_by_its_path() {
        let mut documents = Documents::default();
        documents.open(&Uri::parse("file:///a/%40b.ts").unwrap(), 1, String::new());
        assert!(documents.get(&Uri::parse("file:///a/@b.ts").unwrap()).is_some());
        let untitled = Uri::parse("untitled:Untitled-1").unwrap();
        assert!(path_of(&untitled).is_none());
        assert!(!documents.change(&untitled, 1, Vec::new(), Columns::Utf8));
    }
}
