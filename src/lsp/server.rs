//! The server's life: from the first message to the last.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, never, select, unbounded};
use gen_lsp_types::{InitializeParams, Uri};
use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response};
use rustc_hash::FxHashMap;
use serde_json::{Value, json};

use super::documents::path_of;
use super::options::{Client, Options, SECTION};
use super::pending::Pending;
use super::positions;
use super::progress::Scan;
use super::state::State;
use super::transport::{Incoming, Outgoing, Transport};
use super::worker::{self, Job, News, Start};
use super::{actions, requests};
use crate::config::Source as ConfigSource;
use crate::workspace::paths;

/// How often the client is told how far a scan is.
const TICK: Duration = Duration::from_millis(200);

/// The extensions of files that are linted, and the files that decide how, for clients to watch.
const WATCHED: [&str; 3] = [
    "**/*.{js,jsx,mjs,cjs,ts,tsx,mts,cts,py,pyi,rs,sql}",
    "**/{perflint.toml,.perflint.toml,pyproject.toml,package.json,Cargo.toml,tsconfig*.json,jsconfig*.json,Pipfile,\
     setup.py,setup.cfg,requirements*.txt,*.md,.gitignore,.ignore,.perflintignore}",
    "**/*perflint-baseline*.json",
];

/// A running server.
pub struct Server {
    /// Where messages to the client go.
    out: Sender<Outgoing>,
    jobs: Sender<(u64, Job)>,
    /// What is known.
    pub state: State,
    folders: Vec<PathBuf>,
    /// Requests that wait for the linting thread.
    pub pending: Vec<Pending>,
    /// What the client was last told of each file, by number; only where it does not ask itself.
    pub(super) published: FxHashMap<PathBuf, u64>,
    /// What it was last told of each open document that it asked about.
    pub(super) pulled: FxHashMap<PathBuf, String>,
    scan: Option<Scan>,
    next_id: i32,
    /// The request for the configuration that is under way.
    configuration: Option<RequestId>,
    is_shut_down: bool,
}

/// Serves over standard input and output until the client says `exit` or goes; whether it said `shutdown` before.
///
/// # Errors
/// Threads cannot be started, or the client cannot be written to.
pub fn serve(source: ConfigSource, threads: usize) -> io::Result<bool> {
    let transport = Transport::stdio();
    let Some((id, params)) = handshake(&transport) else { return Ok(false) };
    let client = Client::new(&params.capabilities);
    let start = Start { source, threads, columns: client.columns, related: client.shows_related };
    let (jobs, taken) = unbounded();
    let (news, said) = unbounded();
    worker::spawn(start, taken, news)?;
    let mut server = Server::new(transport.outgoing.clone(), jobs, client, &params);
    server.reply(id, Ok(server.capabilities()));
    let is_clean = server.run(&transport.incoming, &said);
    drop(server);
    transport.close()?;
    Ok(is_clean)
}

/// Waits for `initialize`; `None` if the client goes before. Nothing else is answered until then.
fn handshake(transport: &Transport) -> Option<(RequestId, InitializeParams)> {
    for incoming in &transport.incoming {
        let outgoing = match incoming {
            Incoming::Message(Message::Request(request)) if request.method == "initialize" => {
                match serde_json::from_value(request.params) {
                    Ok(params) => return Some((request.id, params)),
                    Err(error) => {
                        Response::new_err(request.id, ErrorCode::InvalidParams as i32, error.to_string()).into()
                    }
                }
            }
            Incoming::Message(Message::Request(request)) => {
                let message = "the server was not initialized yet".to_owned();
                Response::new_err(request.id, ErrorCode::ServerNotInitialized as i32, message).into()
            }
            Incoming::Message(Message::Notification(note)) if note.method == "exit" => return None,
            Incoming::Message(_) => continue,
            Incoming::Garbage(reason, id) => {
                transport.outgoing.send(Outgoing::Refusal(reason, id)).ok()?;
                continue;
            }
        };
        transport.outgoing.send(Outgoing::Message(outgoing)).ok()?;
    }
    None
}

/// The folders that a client opens.
fn folders_of(params: &InitializeParams) -> Vec<PathBuf> {
    let raw = serde_json::to_value(params).unwrap_or_default();
    let uris: Vec<&str> = match raw.pointer("/workspaceFolders").and_then(Value::as_array) {
        Some(folders) => folders.iter().filter_map(|folder| folder.get("uri")?.as_str()).collect(),
        None => raw.get("rootUri").and_then(Value::as_str).into_iter().collect(),
    };
    uris.into_iter().filter_map(folder_of).collect()
}

fn folder_of(uri: &str) -> Option<PathBuf> {
    Some(paths::normalise(&path_of(&Uri::parse(uri).ok()?)?))
}

impl Server {
    fn new(out: Sender<Outgoing>, jobs: Sender<(u64, Job)>, client: Client, params: &InitializeParams) -> Self {
        let given = params.initialization_options.clone().unwrap_or_default();
        let read = Options::read(&given);
        let options = read.as_ref().ok().cloned().flatten().unwrap_or_default();
        let mut server = Self {
            out,
            jobs,
            state: State::new(client, options),
            folders: folders_of(params),
            pending: Vec::new(),
            published: FxHashMap::default(),
            pulled: FxHashMap::default(),
            scan: None,
            next_id: 0,
            configuration: None,
            is_shut_down: false,
        };
        if let Err(reason) = read {
            server.complain(&format!("perflint: the settings cannot be used: {reason}"));
        }
        server
    }

    fn capabilities(&self) -> Value {
        let mut capabilities = json!({
            "positionEncoding": positions::kind_of(self.state.client.columns),
            "textDocumentSync": { "openClose": true, "change": 2, "save": { "includeText": false } },
            "hoverProvider": true,
            "codeActionProvider": { "codeActionKinds": actions::kinds() },
            "executeCommandProvider": { "commands": [actions::SHOW_RULE] },
            "workspace": {
                "workspaceFolders": { "supported": true, "changeNotifications": true },
                "fileOperations": operations(),
            },
        });
        if self.state.client.pulls {
            capabilities["diagnosticProvider"] =
                json!({ "identifier": "perflint", "interFileDependencies": true, "workspaceDiagnostics": true });
        }
        json!({
            "capabilities": capabilities,
            "serverInfo": { "name": "perflint", "version": env!("CARGO_PKG_VERSION") },
        })
    }

    fn run(&mut self, incoming: &Receiver<Incoming>, said: &Receiver<News>) -> bool {
        loop {
            let tick = if self.scan.as_ref().is_some_and(Scan::is_under_way) {
                crossbeam_channel::after(TICK)
            } else {
                never()
            };
            select! {
                recv(incoming) -> message => match message {
                    Ok(Incoming::Message(Message::Notification(note))) if note.method == "exit" => {
                        return self.is_shut_down;
                    }
                    Ok(message) => self.take(message),
                    // The client is gone without a word.
                    Err(_) => return false,
                },
                recv(said) -> news => match news {
                    Ok(news) => self.hear(news),
                    Err(_) => {
                        self.complain("perflint: the linting thread ended; restart the server");
                        return false;
                    }
                },
                recv(tick) -> _ => self.report_progress(),
            }
        }
    }

    /// A message of the client. A defect costs one message, and is told.
    fn take(&mut self, incoming: Incoming) {
        let id = match &incoming {
            Incoming::Message(Message::Request(request)) => Some(request.id.clone()),
            _ => None,
        };
        let work = std::panic::AssertUnwindSafe(|| match incoming {
            Incoming::Message(Message::Request(request)) => self.request(request),
            Incoming::Message(Message::Notification(note)) => self.notification(note),
            Incoming::Message(Message::Response(response)) => self.response(response),
            Incoming::Garbage(reason, id) => self.send(Outgoing::Refusal(reason, id)),
        });
        if std::panic::catch_unwind(work).is_err() {
            match id {
                Some(id) => self.reply(id, Err((ErrorCode::InternalError, "perflint failed on this".to_owned()))),
                None => self.complain("perflint failed on a message of the editor"),
            }
        }
    }

    fn request(&mut self, request: Request) {
        if self.is_shut_down {
            let error = (ErrorCode::InvalidRequest, "the server was shut down".to_owned());
            return self.reply(request.id, Err(error));
        }
        if request.method == "shutdown" {
            self.is_shut_down = true;
            return self.reply(request.id, Ok(Value::Null));
        }
        requests::answer(self, request);
    }

    fn response(&mut self, response: Response) {
        let is_granted = response.response_result.is_ok();
        self.scan = self.scan.take().and_then(|scan| scan.answered(&response.id, is_granted, self));
        if self.configuration.as_ref() != Some(&response.id) {
            return;
        }
        self.configuration = None;
        let result = response.response_result.unwrap_or_default();
        self.set_options(result.get(0).unwrap_or(&Value::Null));
    }

    /// New settings of the user.
    pub fn set_options(&mut self, value: &Value) {
        match Options::read(value) {
            Ok(Some(options)) => {
                let status_notification = self.state.options.status_notification || options.status_notification;
                let options = Options { status_notification, ..options };
                if self.state.options != options {
                    self.state.options = options;
                    self.set_up();
                }
            }
            Ok(None) => {}
            Err(reason) => self.complain(&format!("perflint: the settings cannot be used: {reason}")),
        }
    }

    /// Asks the client for the user's settings, if it has any to give.
    pub fn ask_for_options(&mut self) {
        if self.state.client.has_configuration {
            let params = json!({ "items": [{ "section": SECTION }] });
            self.configuration = Some(self.ask("workspace/configuration", params));
        }
    }

    /// The client is ready for requests.
    pub fn begin(&mut self) {
        if self.state.client.watches_files {
            let watchers: Vec<Value> = WATCHED.iter().map(|glob| json!({ "globPattern": glob })).collect();
            let method = "workspace/didChangeWatchedFiles";
            let registration = json!({ "id": method, "method": method, "registerOptions": { "watchers": watchers } });
            self.ask("client/registerCapability", json!({ "registrations": [registration] }));
        }
        if self.state.client.watches_settings {
            let method = "workspace/didChangeConfiguration";
            let registration = json!({ "id": method, "method": method, "registerOptions": { "section": SECTION } });
            self.ask("client/registerCapability", json!({ "registrations": [registration] }));
        }
        self.set_up();
        self.ask_for_options();
    }

    /// Folders were opened or closed.
    pub fn change_folders(&mut self, added: &[String], removed: &[String]) {
        let removed: Vec<PathBuf> = removed.iter().filter_map(|uri| folder_of(uri)).collect();
        self.folders.retain(|folder| !removed.contains(folder));
        for folder in added.iter().filter_map(|uri| folder_of(uri)) {
            if !self.folders.contains(&folder) {
                self.folders.push(folder);
            }
        }
        self.set_up();
    }

    fn set_up(&mut self) {
        self.give(Job::Setup(self.folders.clone(), self.state.options.clone()));
    }

    /// Gives the linting thread something to do; the number of the job.
    pub fn give(&mut self, job: Job) -> u64 {
        self.state.asked += 1;
        let _ = self.jobs.send((self.state.asked, job));
        self.state.asked
    }

    fn hear(&mut self, news: News) {
        match news {
            News::Scanning(progress) => {
                let is_first = self.state.done == 0;
                match &mut self.scan {
                    Some(scan) => scan.go_on(progress),
                    None => self.scan = Some(Scan::new(progress, self.state.client.shows_progress)),
                }
                self.status("scanning", "");
                if is_first {
                    self.report_progress();
                }
            }
            News::Changed { number, rules, judged, files } => {
                self.state.rules = rules;
                let changed = self.state.take(number, judged, files);
                self.tell(&changed, false);
            }
            News::Done { number, problems } => {
                self.state.done = number;
                self.scan = self.scan.take().and_then(|scan| scan.end(self));
                problems.iter().for_each(|problem| self.complain(&format!("perflint: {problem}")));
                self.tell(&[], true);
                // With more to do, it is not known yet how much there is to report.
                if number == self.state.asked {
                    let state = if problems.is_empty() { "ready" } else { "broken" };
                    self.status(state, &problems.join("\n"));
                }
            }
        }
    }

    fn report_progress(&mut self) {
        if let Some(mut scan) = self.scan.take() {
            scan.report(self);
            self.scan = Some(scan);
        }
    }

    /// Tells a client that wants to know how the server does.
    fn status(&mut self, state: &str, message: &str) {
        if self.state.options.status_notification {
            let findings: usize = self.state.reported.values().map(|state| state.findings.len()).sum();
            self.notify("perflint/status", json!({ "state": state, "findings": findings, "message": message }));
        }
    }

    /// Shows the user that something is wrong.
    pub fn complain(&mut self, message: &str) {
        self.notify("window/showMessage", json!({ "type": 2, "message": message }));
    }

    /// Sends a notification.
    pub fn notify(&mut self, method: &str, params: Value) {
        self.send(Outgoing::Message(Notification { method: method.to_owned(), params }.into()));
    }

    /// Sends a request; its id.
    pub fn ask(&mut self, method: &str, params: Value) -> RequestId {
        self.next_id += 1;
        let id = RequestId::from(self.next_id);
        self.send(Outgoing::Message(Request { id: id.clone(), method: method.to_owned(), params }.into()));
        id
    }

    /// Answers a request.
    pub fn reply(&mut self, id: RequestId, result: Result<Value, (ErrorCode, String)>) {
        let response = match result {
            Ok(value) => Response::new_ok(id, value),
            Err((code, message)) => Response::new_err(id, code as i32, message),
        };
        self.send(Outgoing::Message(response.into()));
    }

    fn send(&mut self, outgoing: Outgoing) {
        // Where nobody reads any more, the end of the input comes next.
        let _ = self.out.send(outgoing);
    }
}

/// What is to be told of files that the user makes, renames and deletes.
fn operations() -> Value {
    let filters = json!({ "filters": [{ "scheme": "file", "pattern": { "glob": "**" } }] });
    json!({ "didCreate": filters, "didRename": filters, "didDelete": filters })
}
