//! Findings as the protocol's diagnostics.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use gen_lsp_types::{
    Code, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag, Location, Range,
};

use super::documents::uri_of;
use super::positions::Places;
use crate::engine::knowledge::Knowledge;
use crate::findings::{Finding, Label, Problem, Severity, suppress};
use crate::workspace::{Columns, Source, SourceFile, paths};

/// What diagnostics name as their source.
pub const SOURCE: &str = "perflint";

/// What is reported in one file, with the text that it was found in.
#[derive(Clone, Debug)]
pub struct Findings {
    /// A number that no other state of any file has.
    pub id: u64,
    /// The file; `None` for one that is not linted itself, such as a configuration.
    pub file: Option<SourceFile>,
    /// The rules' documents, which say what can be done.
    pub knowledge: Option<Arc<Knowledge>>,
    /// Its text.
    pub source: Arc<Source>,
    /// What was found.
    pub findings: Vec<Finding>,
    /// The same for the client, in the same order, and after them what is wrong with the file.
    pub diagnostics: Vec<Diagnostic>,
}

/// Turns findings into diagnostics.
pub struct Writer<'w> {
    /// The folder that paths are from.
    pub folder: &'w Path,
    /// The unit of columns.
    pub columns: Columns,
    /// Whether the client shows related places.
    pub related: bool,
    /// The texts of files by their paths.
    pub texts: &'w dyn Fn(&str) -> Option<Arc<Source>>,
}

impl Writer<'_> {
    /// The diagnostic of a finding in a text.
    pub fn finding(&self, finding: &Finding, source: &Source) -> Diagnostic {
        let mut diagnostic = Diagnostic { range: self.range(source, finding), ..Diagnostic::default() };
        diagnostic.severity = Some(match finding.severity {
            Severity::High | Severity::Medium => DiagnosticSeverity::Warning,
            Severity::Low => DiagnosticSeverity::Information,
        });
        diagnostic.code = Some(Code::String(finding.rule.clone()));
        diagnostic.source = Some(SOURCE.to_owned());
        diagnostic.message = message(finding).into();
        if finding.rule == suppress::UNUSED {
            diagnostic.tags = Some(vec![DiagnosticTag::Unnecessary]);
        }
        if self.related {
            let labels = finding.related.iter().chain(&finding.chain);
            let related: Vec<_> = labels.filter_map(|label| self.label(label)).collect();
            diagnostic.related_information = (!related.is_empty()).then_some(related);
        }
        diagnostic
    }

    /// The diagnostic of something that is wrong with a file.
    pub fn problem(&self, problem: &Problem, source: &Source) -> Diagnostic {
        let mut diagnostic = Diagnostic::default();
        if let Some(span) = problem.span {
            diagnostic.range = self.places(source).range(span);
        }
        let is_error = problem.fails_run();
        diagnostic.severity = Some(if is_error { DiagnosticSeverity::Error } else { DiagnosticSeverity::Information });
        diagnostic.source = Some(SOURCE.to_owned());
        diagnostic.message = match &problem.help {
            Some(help) => format!("{}\n{help}", problem.message).into(),
            None => problem.message.clone().into(),
        };
        diagnostic
    }

    fn places<'s>(&self, source: &'s Source) -> Places<'s> {
        Places { text: &source.text, lines: &source.lines, columns: self.columns }
    }

    fn range(&self, source: &Source, finding: &Finding) -> Range {
        self.places(source).range(finding.span)
    }

    fn label(&self, label: &Label) -> Option<DiagnosticRelatedInformation> {
        let source = (self.texts)(&label.path)?;
        let location =
            Location { uri: uri_of(&self.absolute(&label.path))?, range: self.places(&source).range(label.span) };
        Some(DiagnosticRelatedInformation { location, message: label.text.clone() })
    }

    /// The absolute form of a path of the report.
    pub fn absolute(&self, path: &str) -> PathBuf {
        paths::absolute(self.folder, Path::new(path))
    }
}

/// The three parts of the message, a line each.
fn message(finding: &Finding) -> String {
    let parts = [&finding.what, &finding.why, &finding.fix];
    parts.into_iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join("\n")
}
