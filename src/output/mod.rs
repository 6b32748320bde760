//! What a report looks like: pure functions from a report, the rules and the sources to text.

pub mod compact;
mod excerpt;
pub mod github;
pub mod gitlab;
pub mod html;
pub mod human;
pub mod json;
pub mod junit;
pub mod markdown;
mod parts;
pub mod sarif;
pub mod summary;

use std::sync::Arc;

use crate::facts::Span;
use crate::findings::{Report, RuleInfo};
use crate::workspace::{Columns, Position, Source};

/// Gives the text of files by the paths that reports use.
pub trait Sources {
    /// The source of a file; `None` if it cannot be read (any more).
    fn source(&self, path: &str) -> Option<Arc<Source>>;
}

/// How text for people looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// With colours.
    pub color: bool,
    /// With line-drawing characters.
    pub unicode: bool,
    /// Columns to wrap at.
    pub width: usize,
}

/// What an output is made of.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// The report.
    pub report: &'a Report,
    /// All rules of the run.
    pub rules: &'a [RuleInfo],
    /// The texts.
    pub sources: &'a dyn Sources,
    /// The way from the repository's root to the folder that paths count from; empty if it is the root.
    pub prefix: &'a str,
    /// How text for people looks.
    pub style: Style,
    /// Whether SARIF has what comments suppress and baselines know, too.
    pub include_suppressed: bool,
}

/// An output, and what to tell the user about it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Output {
    /// The text, with a line break at its end unless it is empty.
    pub text: String,
    /// Remarks for standard error.
    pub notes: Vec<String>,
}

/// The forms of output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// With the code and all labels, for people.
    Text,
    /// One line a finding.
    Compact,
    /// perflint's own JSON.
    Json,
    /// SARIF 2.1.0.
    Sarif,
    /// Workflow commands of GitHub Actions.
    Github,
    /// GitLab's Code Quality report.
    Gitlab,
    /// JUnit's XML.
    Junit,
    /// A summary for a pull request.
    Markdown,
    /// A page to look at.
    Html,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 9] = [
        Self::Text,
        Self::Compact,
        Self::Json,
        Self::Sarif,
        Self::Github,
        Self::Gitlab,
        Self::Junit,
        Self::Markdown,
        Self::Html,
    ];

    /// The word on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Compact => "compact",
            Self::Json => "json",
            Self::Sarif => "sarif",
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Junit => "junit",
            Self::Markdown => "markdown",
            Self::Html => "html",
        }
    }

    /// The format of a name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// The format that a file's extension tells.
    pub fn of_extension(extension: &str) -> Option<Self> {
        match extension {
            "md" => Some(Self::Markdown),
            "xml" => Some(Self::Junit),
            "txt" => Some(Self::Text),
            _ => Self::of_name(extension),
        }
    }

    /// Makes the output.
    ///
    /// # Errors
    /// The output cannot be written as JSON or XML, which no report causes.
    pub fn render(self, input: &Input<'_>) -> std::io::Result<Output> {
        match self {
            Self::Text => Ok(human::render(input)),
            Self::Compact => Ok(compact::render(input)),
            Self::Json => Ok(json::render(input)?),
            Self::Sarif => Ok(sarif::render(input)?),
            Self::Github => Ok(github::render(input)),
            Self::Gitlab => Ok(gitlab::render(input)?),
            Self::Junit => junit::render(input),
            Self::Markdown => Ok(markdown::render(input)),
            Self::Html => Ok(html::render(input)),
        }
    }
}

/// The start and the end of a span; line 1, column 1 if the file is gone.
fn positions(source: Option<&Source>, span: Span, columns: Columns) -> (Position, Position) {
    let at = |offset: u32| {
        source.map_or(Position { line: 1, column: 1 }, |source| source.lines.position(&source.text, offset, columns))
    };
    (at(span.start), at(span.end.max(span.start)))
}

/// The code that a span marks.
fn snippet(source: Option<&Source>, span: Span) -> String {
    source.and_then(|source| source.text.get(span.range())).unwrap_or("").to_owned()
}

#[cfg(test)]
mod tests;
