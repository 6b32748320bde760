//! What the client can do, and what its user wants.

use std::path::PathBuf;

use gen_lsp_types::ClientCapabilities;
use serde::Deserialize;
use serde_json::Value;

use super::positions;
use crate::findings::Confidence;
use crate::workspace::Columns;

/// The name of the section that holds the settings in an editor's configuration.
pub const SECTION: &str = "perflint";

/// When an edited document is linted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Trigger {
    /// With every change.
    #[default]
    OnType,
    /// When it is saved.
    OnSave,
}

/// The settings of an editor's user: `initializationOptions`, or the section of the client's configuration.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Options {
    /// Whether anything is reported.
    pub enable: bool,
    /// A configuration file in place of those of the projects; from the first folder, unless it is absolute.
    pub config: Option<PathBuf>,
    /// When an edited document is linted.
    pub run: Trigger,
    /// The threshold in place of the configured one.
    pub min_confidence: Option<Confidence>,
    /// Whether findings are only reported in documents that are open.
    pub open_files_only: bool,
    /// Whether the client wants to be told of the server's state.
    pub status_notification: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            enable: true,
            config: None,
            run: Trigger::OnType,
            min_confidence: None,
            open_files_only: false,
            status_notification: false,
        }
    }
}

impl Options {
    /// Reads settings, which may stand in their section; `None` where there are none.
    ///
    /// # Errors
    /// What is wrong with a setting, in words.
    pub fn read(value: &Value) -> Result<Option<Self>, String> {
        let value = value.get(SECTION).unwrap_or(value);
        // An empty text is what editors have for a path that is not set.
        let mut settings = match value {
            Value::Object(settings) => settings.clone(),
            _ => return Ok(None),
        };
        // Editors have an empty table for a section that nobody wrote.
        if settings.is_empty() {
            return Ok(None);
        }
        settings.retain(|_, value| !value.is_null() && value.as_str() != Some(""));
        serde_json::from_value(Value::Object(settings)).map(Some).map_err(|error| error.to_string())
    }
}

/// What the client can do, as far as the server cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Client {
    /// The unit of columns.
    pub columns: Columns,
    /// It asks for the diagnostics of a document.
    pub pulls: bool,
    /// It can be told to ask for diagnostics again.
    pub refreshes: bool,
    /// It shows related places of a diagnostic.
    pub shows_related: bool,
    /// It takes links to a rule's page.
    pub shows_markdown: bool,
    /// It shows progress.
    pub shows_progress: bool,
    /// It can open a document for the server.
    pub shows_documents: bool,
    /// It can be asked for its configuration.
    pub has_configuration: bool,
    /// It can be asked to tell of changed settings.
    pub watches_settings: bool,
    /// It can be asked to tell of changed files.
    pub watches_files: bool,
    /// It takes edits with the version of the document that they are for.
    pub versioned_edits: bool,
}

impl Client {
    /// Reads capabilities.
    pub fn new(capabilities: &ClientCapabilities) -> Self {
        let raw = serde_json::to_value(capabilities).unwrap_or_default();
        let has = |pointer: &str| raw.pointer(pointer).is_some_and(|value| *value != Value::Bool(false));
        let offered = capabilities.general.as_ref().and_then(|general| general.position_encodings.as_deref());
        let markdown = raw.pointer("/textDocument/hover/contentFormat").and_then(Value::as_array);
        Self {
            columns: positions::negotiate(offered),
            pulls: has("/textDocument/diagnostic"),
            refreshes: has("/workspace/diagnostics/refreshSupport"),
            shows_related: has("/textDocument/publishDiagnostics/relatedInformation")
                || has("/textDocument/diagnostic/relatedInformation"),
            shows_markdown: markdown.is_some_and(|formats| formats.iter().any(|format| format == "markdown")),
            shows_progress: has("/window/workDoneProgress"),
            shows_documents: has("/window/showDocument/support"),
            has_configuration: has("/workspace/configuration"),
            watches_settings: has("/workspace/didChangeConfiguration/dynamicRegistration"),
            watches_files: has("/workspace/didChangeWatchedFiles/dynamicRegistration"),
            versioned_edits: has("/workspace/workspaceEdit/documentChanges"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn settings_may_stand_in_their_section_and_unset_ones_are_defaults() {
        let read = |value: Value| Options::read(&value).unwrap();
        assert_eq!(read(Value::Null), None);
        assert_eq!(read(json!({})), None);
        assert_eq!(read(json!({ "enable": true })), Some(Options::default()));
        let found = read(json!({ "perflint": { "run": "onSave", "config": "", "minConfidence": "high" } })).unwrap();
        let expected = Options { run: Trigger::OnSave, min_confidence: Some(Confidence::High), ..Options::default() };
        assert_eq!(found, expected);
        assert!(Options::read(&json!({ "run": "sometimes" })).unwrap_err().contains("onSave"));
    }

    #[test]
    fn a_client_that_says_nothing_can_do_little() {
        let client = Client::new(&ClientCapabilities::default());
        assert!(!client.pulls && !client.shows_markdown && client.columns == Columns::Utf16);
        let capabilities = json!({
            "textDocument": { "diagnostic": {}, "hover": { "contentFormat": ["markdown", "plaintext"] } },
            "window": { "workDoneProgress": false },
            "workspace": { "configuration": true, "didChangeConfiguration": { "dynamicRegistration": false } },
            "general": { "positionEncodings": ["utf-8"] },
        });
        let client = Client::new(&serde_json::from_value(capabilities).unwrap());
        assert!(client.pulls && client.shows_markdown && !client.shows_progress && client.columns == Columns::Utf8);
        assert!(client.has_configuration && !client.watches_settings);
    }
}
