//! What the client asks.

use gen_lsp_types::Uri;
use lsp_server::{ErrorCode, Request};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::pending::{Pending, Question};
use super::server::Server;
use super::{actions, documents, hover};
use crate::findings::{RuleInfo, rule_info};

/// What a request is answered.
pub type Answer = Result<Value, (ErrorCode, String)>;

/// Answers a request, now or when the linting thread has what it takes.
pub fn answer(server: &mut Server, request: Request) {
    let Request { id, method, params } = request;
    let answer = match method.as_str() {
        "textDocument/hover" => read(params).and_then(|params| value(&hover::hover(&server.state, &params))),
        "textDocument/codeAction" => match read(params) {
            Ok(params) => return server.wait(Pending { id, question: Question::Actions(params) }),
            Err(error) => Err(error),
        },
        "textDocument/diagnostic" => match read::<DocumentDiagnostic>(params) {
            Ok(params) => {
                let question = Question::Document(params.text_document.uri, params.previous_result_id);
                return server.wait(Pending { id, question });
            }
            Err(error) => Err(error),
        },
        "workspace/diagnostic" => match read::<WorkspaceDiagnostic>(params) {
            Ok(params) => {
                let known = params.previous_result_ids.into_iter().map(|known| (known.uri, known.value)).collect();
                return server.wait(Pending { id, question: Question::Workspace(known) });
            }
            Err(error) => Err(error),
        },
        "workspace/executeCommand" => match read(params).and_then(|params| rule_of(&params)) {
            Ok(rule) => return server.wait(Pending { id, question: Question::Show(rule) }),
            Err(error) => Err(error),
        },
        "perflint/rulePage" => match read::<RulePage>(params) {
            Ok(params) => return server.wait(Pending { id, question: Question::Page(params.rule) }),
            Err(error) => Err(error),
        },
        _ => Err((ErrorCode::MethodNotFound, format!("perflint does not know `{method}`"))),
    };
    server.reply(id, answer);
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct DocumentDiagnostic {
    text_document: Document,
    previous_result_id: Option<String>,
}

#[derive(serde::Deserialize)]
struct Document {
    uri: Uri,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct WorkspaceDiagnostic {
    previous_result_ids: Vec<Known>,
}

#[derive(serde::Deserialize)]
struct Known {
    uri: Uri,
    value: String,
}

#[derive(serde::Deserialize)]
struct RulePage {
    rule: String,
}

#[derive(serde::Deserialize)]
struct Execute {
    command: String,
    #[serde(default)]
    arguments: Vec<Value>,
}

fn read<T: DeserializeOwned>(params: Value) -> Result<T, (ErrorCode, String)> {
    serde_json::from_value(params).map_err(|error| (ErrorCode::InvalidParams, error.to_string()))
}

fn value(of: &impl serde::Serialize) -> Answer {
    serde_json::to_value(of).map_err(|error| (ErrorCode::InternalError, error.to_string()))
}

/// The rule that a command is to show.
fn rule_of(params: &Execute) -> Result<String, (ErrorCode, String)> {
    match (params.command.as_str(), params.arguments.as_slice()) {
        (actions::SHOW_RULE, [Value::String(rule)]) => Ok(rule.clone()),
        (actions::SHOW_RULE, _) => Err((ErrorCode::InvalidParams, "the rule's id is missing".to_owned())),
        (other, _) => Err((ErrorCode::InvalidParams, format!("there is no command `{other}`"))),
    }
}

impl Server {
    /// The page of a rule.
    pub fn page(&self, rule: &str) -> Result<String, (ErrorCode, String)> {
        let unknown = || (ErrorCode::InvalidParams, format!("there is no rule `{rule}`"));
        rule_info::find(&self.state.rules, rule).map(RuleInfo::page).ok_or_else(unknown)
    }

    /// Shows the page of a rule: in a document, if the client can open one.
    pub fn show(&mut self, rule: &str) -> Answer {
        let page = self.page(rule)?;
        if !self.state.client.shows_documents {
            self.notify("window/showMessage", json!({ "type": 3, "message": page }));
            return Ok(Value::Null);
        }
        let folder = std::env::temp_dir().join("perflint-rules");
        let file = folder.join(format!("{}.md", rule.replace('/', "-")));
        let written = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&file, page));
        written.map_err(|error| (ErrorCode::InternalError, format!("cannot write {}: {error}", file.display())))?;
        let uri = documents::uri_of(&file).map(|uri| uri.to_string());
        self.ask("window/showDocument", json!({ "uri": uri, "takeFocus": true }));
        Ok(Value::Null)
    }

    /// Answers what can be answered now, and keeps the rest.
    fn wait(&mut self, pending: Pending) {
        self.pending.push(pending);
        self.answer_pending();
    }
}
