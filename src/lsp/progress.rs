//! How far a scan is, as the client shows it.

use std::sync::Arc;

use lsp_server::RequestId;
use serde_json::{Value, json};

use super::server::Server;
use crate::engine::Progress;

/// A scan that is under way: of one folder after the other, shown as one.
pub struct Scan {
    progress: Arc<Progress>,
    shown: Shown,
    /// Whether it ended before the client was ready to show it.
    is_over: bool,
}

/// Whether the client shows a scan.
enum Shown {
    /// It does not want to, or cannot.
    Never,
    NotYet,
    /// It was asked to, by this request, under this name. The name is not to be used before the answer.
    Asked(RequestId, String),
    /// It does, under this name.
    As(String),
}

impl Scan {
    /// A scan that the client does not know of yet; whether it wants to.
    pub fn new(progress: Arc<Progress>, is_wanted: bool) -> Self {
        let shown = if is_wanted { Shown::NotYet } else { Shown::Never };
        Self { progress, shown, is_over: false }
    }

    /// The next folder is being scanned.
    pub fn go_on(&mut self, progress: Arc<Progress>) {
        (self.progress, self.is_over) = (progress, false);
    }

    /// Whether there is more to say of it by and by.
    pub fn is_under_way(&self) -> bool {
        !self.is_over && !matches!(self.shown, Shown::Never)
    }

    /// Says how far the scan is.
    pub fn report(&mut self, server: &mut Server) {
        match &self.shown {
            Shown::Never | Shown::Asked(..) => {}
            Shown::NotYet => {
                let token = format!("perflint/scan/{}", server.state.asked);
                let request = server.ask("window/workDoneProgress/create", json!({ "token": token }));
                self.shown = Shown::Asked(request, token);
            }
            Shown::As(token) => {
                let (done, total) = self.progress.state();
                let message = format!("{done} of {total} files");
                let value = json!({ "kind": "report", "percentage": self.percentage(), "message": message });
                tell(server, token, &value);
            }
        }
    }

    /// The client answered a request, perhaps that to show the scan; the scan, unless there is no more to say of it.
    pub fn answered(mut self, request: &RequestId, is_granted: bool, server: &mut Server) -> Option<Self> {
        let token = match self.shown {
            Shown::Asked(asked, token) if asked == *request => token,
            shown => {
                self.shown = shown;
                return Some(self);
            }
        };
        self.shown = Shown::Never;
        if is_granted {
            let percentage = self.percentage();
            let value =
                json!({ "kind": "begin", "title": "perflint", "message": "reading files", "percentage": percentage });
            tell(server, &token, &value);
            self.shown = Shown::As(token);
        }
        if self.is_over { self.end(server) } else { Some(self) }
    }

    /// The scan is over; the scan, if the client has yet to say whether it shows it.
    pub fn end(mut self, server: &mut Server) -> Option<Self> {
        match &self.shown {
            Shown::Never | Shown::NotYet => None,
            Shown::Asked(..) => {
                self.is_over = true;
                Some(self)
            }
            Shown::As(token) => {
                tell(server, token, &json!({ "kind": "end" }));
                None
            }
        }
    }

    fn percentage(&self) -> usize {
        let (done, total) = self.progress.state();
        (100 * done).checked_div(total).unwrap_or(0).min(100)
    }
}

fn tell(server: &mut Server, token: &str, value: &Value) {
    server.notify("$/progress", json!({ "token": token, "value": value }));
}
