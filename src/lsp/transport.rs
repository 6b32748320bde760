//! Messages over a pair of streams, framed as the protocol's base part says: a header with the length in bytes, an empty
//! line, JSON.
//!
//! What is not such a message does not end the server: broken JSON is answered with an error, bytes that are no header are
//! passed over up to the next one.

use std::io::{self, BufRead, Write};
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, unbounded};
use lsp_server::{ErrorCode, Message};
use serde_json::{Value, json};

/// The header that says how many bytes a message has; compared without regard to case.
const LENGTH: &[u8] = b"content-length:";
/// A message longer than this, in bytes, is taken for a mistake in the header.
const MAX_LENGTH: usize = 256 * 1024 * 1024;

/// What came in.
#[derive(Debug)]
pub enum Incoming {
    /// A message.
    Message(Message),
    /// Something that is none: why, and its `id` if it has one.
    Garbage(String, Option<Value>),
}

/// What goes out.
#[derive(Debug)]
pub enum Outgoing {
    /// A message.
    Message(Message),
    /// The answer to what was no message.
    Refusal(String, Option<Value>),
}

/// Reads the next message; `None` at the end of the stream.
///
/// # Errors
/// The stream cannot be read.
pub fn read(stream: &mut impl BufRead) -> io::Result<Option<Incoming>> {
    let Some(length) = read_header(stream)? else { return Ok(None) };
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    let value: Value = match serde_json::from_slice(&body) {
        Ok(value) => value,
        Err(error) => return Ok(Some(Incoming::Garbage(format!("this is not JSON: {error}"), None))),
    };
    let id = value.get("id").cloned();
    Ok(Some(match serde_json::from_value(value) {
        Ok(message) => Incoming::Message(message),
        Err(error) => Incoming::Garbage(format!("this is no message: {error}"), id),
    }))
}

/// The length that the next header gives; what is between headers is passed over.
fn read_header(stream: &mut impl BufRead) -> io::Result<Option<usize>> {
    let mut length = None;
    let mut line = Vec::new();
    loop {
        line.clear();
        if stream.read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        let text = line.trim_ascii();
        match length {
            Some(length) if text.is_empty() => return Ok(Some(length)),
            _ => length = length_of(text).or(length),
        }
    }
}

/// The number of a line with the length; garbage may stand before it, where a message was shorter than it said.
fn length_of(line: &[u8]) -> Option<usize> {
    let lower = line.to_ascii_lowercase();
    let start = memchr::memmem::rfind(&lower, LENGTH)? + LENGTH.len();
    let number = std::str::from_utf8(&lower[start..]).ok()?.trim().parse().ok()?;
    (number <= MAX_LENGTH).then_some(number)
}

/// Writes a message.
///
/// # Errors
/// The stream cannot be written to.
pub fn write(stream: &mut impl Write, outgoing: &Outgoing) -> io::Result<()> {
    match outgoing {
        Outgoing::Message(message) => message.write(stream),
        Outgoing::Refusal(reason, id) => {
            let code = if id.is_some() { ErrorCode::InvalidRequest } else { ErrorCode::ParseError };
            let error = json!({ "code": code as i32, "message": reason });
            let text = json!({ "jsonrpc": "2.0", "id": id, "error": error }).to_string();
            write!(stream, "Content-Length: {}\r\n\r\n{text}", text.len())?;
            stream.flush()
        }
    }
}

/// Both directions, each with its own thread. The writer ends when all senders are gone.
#[derive(Debug)]
pub struct Transport {
    /// What comes in; closed at the end of the stream.
    pub incoming: Receiver<Incoming>,
    /// Where to put what goes out.
    pub outgoing: Sender<Outgoing>,
    writer: JoinHandle<io::Result<()>>,
}

impl Transport {
    /// Over standard input and output.
    pub fn stdio() -> Self {
        let (to_server, incoming) = unbounded();
        let (outgoing, from_server) = unbounded::<Outgoing>();
        // Nobody waits for this thread: it ends with the process, since reading cannot be interrupted.
        std::thread::spawn(move || {
            let mut stream = io::stdin().lock();
            while let Ok(Some(message)) = read(&mut stream) {
                if to_server.send(message).is_err() {
                    break;
                }
            }
        });
        let writer = std::thread::spawn(move || {
            let mut stream = io::stdout().lock();
            from_server.into_iter().try_for_each(|message| write(&mut stream, &message))
        });
        Self { incoming, outgoing, writer }
    }

    /// Waits until everything is written.
    ///
    /// # Errors
    /// The stream could not be written to.
    pub fn close(self) -> io::Result<()> {
        drop(self.outgoing);
        self.writer.join().unwrap_or_else(|_| Err(io::Error::other("the writer failed")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn framed(body: &str) -> String {
        format!("Content-Length: {}\r\n\r\n{body}", body.len())
    }

    fn all(input: &[u8]) -> Vec<Incoming> {
        let mut stream = input;
        std::iter::from_fn(|| read(&mut stream).unwrap()).collect()
    }

    #[test]
    fn garbage_is_passed_over() {
        let exit = framed("{\"jsonrpc\":\"2.0\",\"method\":\"exit\"}");
        let input = format!("hello\n{}{}{exit}", framed("{not json"), framed("{\"id\":7}"));
        let found = all(input.as_bytes());
        assert!(matches!(&found[0], Incoming::Garbage(why, None) if why.contains("not JSON")), "{found:?}");
        assert!(matches!(&found[1], Incoming::Garbage(_, Some(id)) if *id == 7), "{found:?}");
        assert!(matches!(&found[2], Incoming::Message(Message::Notification(note)) if note.method == "exit"));
    }

    #[test]
    fn a_message_longer_than_it_says_costs_itself_only() {
        let long = "Content-Length: 10\r\n\r\n{\"method\": \"initialized\"}";
        let input = format!("{long}{}", framed("{\"jsonrpc\":\"2.0\",\"method\":\"exit\"}"));
        let found = all(input.as_bytes());
        assert!(matches!(&found[0], Incoming::Garbage(..)), "{found:?}");
        assert!(matches!(&found[1], Incoming::Message(Message::Notification(note)) if note.method == "exit"));
    }

    #[test]
    fn lengths_are_found_in_any_spelling_and_absurd_ones_are_not_believed() {
        assert_eq!(length_of(b"content-LENGTH:  12"), Some(12));
        assert_eq!(length_of(b"}Content-Length: 5"), Some(5));
        assert_eq!(length_of(b"Content-Length: 99999999999999"), None);
        assert_eq!(length_of(b"Content-Length: -1"), None);
        assert!(all(b"Content-Length: 5\r\n").is_empty());
    }

    #[test]
    fn refusals_are_answers_without_an_id() {
        let mut out = Vec::new();
        write(&mut out, &Outgoing::Refusal("no".to_owned(), None)).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.contains("\"id\":null") && text.contains("-32700"), "{text}");
    }
}
