//! How far a scan is, as the client shows it.

use std::sync::Arc;

use serde_json::json;

use super::server::Server;
use crate::engine::Progress;

/// A scan that is under way.
pub struct Scan {
    progress: Arc<Progress>,
    is_shown: bool,
    /// The name under which the client shows it, once it was told.
    token: Option<String>,
}

impl Scan {
    /// A scan that the client does not know of yet; whether it wants to.
    pub fn new(progress: Arc<Progress>, is_shown: bool) -> Self {
        Self { progress, is_shown, token: None }
    }

    /// Says how far the scan is.
    pub fn report(&mut self, server: &mut Server) {
        if !self.is_shown {
            return;
        }
        let (done, total) = self.progress.state();
        let percentage = (100 * done).checked_div(total).unwrap_or(0).min(100);
        match &self.token {
            Some(token) => {
                let value = json!({
                    "kind": "report", "percentage": percentage, "message": format!("{done} of {total} files"),
                });
                server.notify("$/progress", json!({ "token": token, "value": value }));
            }
            None => {
                let token = format!("perflint/scan/{}", server.state.asked);
                server.ask("window/workDoneProgress/create", json!({ "token": token }));
                let value = json!({ "kind": "begin", "title": "perflint", "message": "reading files", "percentage": percentage });
                server.notify("$/progress", json!({ "token": token, "value": value }));
                self.token = Some(token);
            }
        }
    }

    /// The scan is over.
    pub fn end(self, server: &mut Server) {
        if let Some(token) = self.token {
            server.notify("$/progress", json!({ "token": token, "value": { "kind": "end" } }));
        }
    }
}
