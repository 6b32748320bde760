//! A client that talks to the server as an editor does: over the streams of a process.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// How long an answer may take on a slow machine before the test gives up.
const PATIENCE: Duration = Duration::from_secs(120);

/// A server and what it said so far.
pub struct Client {
    process: Child,
    input: Option<ChildStdin>,
    incoming: Receiver<Value>,
    /// Messages that were read and not yet asked for.
    pub seen: Vec<Value>,
    next_id: i64,
}

/// The URI of a path.
pub fn uri(path: &Path) -> String {
    format!("file://{}", path.display())
}

impl Client {
    /// Starts a server.
    pub fn start() -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_perflint"))
            .args(["lsp", "--stdio"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let input = process.stdin.take();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let (sender, incoming) = channel();
        std::thread::spawn(move || while read(&mut output).is_some_and(|message| sender.send(message).is_ok()) {});
        Self { process, input, incoming, seen: Vec::new(), next_id: 0 }
    }

    /// Starts a server and initializes it for some folders.
    pub fn open(folders: &[&Path], capabilities: Value, options: Value) -> Self {
        let mut client = Self::start();
        client.initialize(folders, capabilities, options);
        client.notify("initialized", json!({}));
        client
    }

    /// Initializes; the server's answer.
    pub fn initialize(&mut self, folders: &[&Path], capabilities: Value, options: Value) -> Value {
        let folders: Vec<Value> = folders.iter().map(|path| json!({ "uri": uri(path), "name": "project" })).collect();
        self.request(
            "initialize",
            json!({
                "processId": null,
                "rootUri": null,
                "workspaceFolders": folders,
                "capabilities": capabilities,
                "initializationOptions": options,
            }),
        )
        .unwrap()
    }

    /// Sends bytes as they are.
    pub fn raw(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().unwrap();
        input.write_all(bytes).unwrap();
        input.flush().unwrap();
    }

    fn send(&mut self, message: &Value) {
        let text = message.to_string();
        self.raw(format!("Content-Length: {}\r\n\r\n{text}", text.len()).as_bytes());
    }

    /// Sends a notification.
    pub fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Sends a request; its id.
    pub fn ask(&mut self, method: &str, params: Value) -> i64 {
        self.next_id += 1;
        let id = self.next_id;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        id
    }

    /// The answer to a request, or its error.
    pub fn answer(&mut self, id: i64) -> Result<Value, Value> {
        let answer = self.wait(|message| message.get("method").is_none() && message.get("id") == Some(&json!(id)));
        match answer.get("error") {
            Some(error) => Err(error.clone()),
            None => Ok(answer.get("result").cloned().unwrap_or_default()),
        }
    }

    /// Sends a request and waits for the answer.
    pub fn request(&mut self, method: &str, params: Value) -> Result<Value, Value> {
        let id = self.ask(method, params);
        self.answer(id)
    }

    /// Answers a request of the server.
    pub fn reply(&mut self, request: &Value, result: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "id": request["id"], "result": result }));
    }

    /// The next message of the server, if one comes in time.
    fn next(&mut self, until: Instant) -> Option<Value> {
        self.incoming.recv_timeout(until.saturating_duration_since(Instant::now())).ok()
    }

    /// Waits for a message; others are kept.
    pub fn wait(&mut self, mut is_it: impl FnMut(&Value) -> bool) -> Value {
        if let Some(at) = self.seen.iter().position(&mut is_it) {
            return self.seen.remove(at);
        }
        let until = Instant::now() + PATIENCE;
        while let Some(message) = self.next(until) {
            if is_it(&message) {
                return message;
            }
            self.seen.push(message);
        }
        panic!("the message did not come; others did: {:#?}", self.seen);
    }

    /// Waits for a notification or request of the server with this method.
    pub fn wait_for(&mut self, method: &str) -> Value {
        self.wait(|message| message["method"] == method)
    }

    /// Waits until diagnostics are published for a file; those before them are passed over.
    pub fn published(&mut self, path: &Path, is_it: impl Fn(&Value) -> bool) -> Value {
        let uri = uri(path);
        let mut last = Value::Null;
        self.wait(|message| {
            let is_of_file =
                message["method"] == "textDocument/publishDiagnostics" && message["params"]["uri"] == uri.as_str();
            if is_of_file {
                last = message["params"].clone();
            }
            is_of_file && is_it(&message["params"])
        });
        last
    }

    /// Opens a document.
    pub fn did_open(&mut self, path: &Path, text: &str) {
        let document = json!({ "uri": uri(path), "languageId": "python", "version": 1, "text": text });
        self.notify("textDocument/didOpen", json!({ "textDocument": document }));
    }

    /// Changes a document: all of its text, or a range.
    pub fn did_change(&mut self, path: &Path, version: i64, changes: Value) {
        let document = json!({ "uri": uri(path), "version": version });
        self.notify("textDocument/didChange", json!({ "textDocument": document, "contentChanges": changes }));
    }

    /// Says goodbye; the exit status.
    pub fn stop(mut self) -> Option<i32> {
        assert_eq!(self.request("shutdown", Value::Null), Ok(Value::Null));
        self.notify("exit", Value::Null);
        self.process.wait().unwrap().code()
    }

    /// Goes without a word; the exit status.
    pub fn hang_up(mut self) -> Option<i32> {
        self.input = None;
        self.process.wait().unwrap().code()
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn read(stream: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim() {
            "" => break,
            header => length = header.strip_prefix("Content-Length: ").map_or(length, |n| n.parse().unwrap()),
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    Some(serde_json::from_slice(&body).unwrap())
}
