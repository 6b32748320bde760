//! What a rule found.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Fix, Offer};
use crate::catalog::Entry;
use crate::facts::Span;

/// How bad, if true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Low,
    /// Worth fixing.
    Medium,
    /// Will hurt.
    High,
}

/// How sure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// A guess.
    Low,
    /// Names and shapes fit, and the library is there.
    Medium,
    /// Traced through imports or declared types.
    High,
}

macro_rules! graded {
    ($name:ident) => {
        impl $name {
            /// All grades, the highest first.
            pub const ALL: [Self; 3] = [Self::High, Self::Medium, Self::Low];

            /// The word used in options and outputs.
            pub fn name(self) -> &'static str {
                match self {
                    Self::Low => "low",
                    Self::Medium => "medium",
                    Self::High => "high",
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.name())
            }
        }

        impl FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                Self::ALL
                    .into_iter()
                    .find(|grade| grade.name() == text)
                    .ok_or_else(|| format!("`{text}` is none of high, medium, low"))
            }
        }
    };
}

graded!(Severity);
graded!(Confidence);

/// Where the program is entered: the handler of a request, a job, a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryPoint {
    /// What it is for.
    pub kind: Entry,
    /// What it answers to, as far as the code writes it out: `GET /orders/:id`, a queue's name.
    pub route: Option<String>,
    /// The function's name, with its class; `None` for a module or a closure without one.
    pub name: Option<String>,
    /// Its file.
    pub path: String,
    /// The place of the name.
    pub span: Span,
}

/// What a baseline says of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BaselineState {
    /// Not in the baseline.
    New,
    /// In the baseline.
    Known,
}

/// A place that explains a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The file.
    pub path: String,
    /// The place.
    pub span: Span,
    /// What is to be seen there.
    pub text: String,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule's id.
    pub rule: String,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// The file.
    pub path: String,
    /// What is marked: small, the call and not the loop.
    pub span: Span,
    /// Where an alert stands on a code host: `span` with the call's chain before it, so that it begins where a reader
    /// looks for the query (`db.orders` and not the `.all()` five lines below).
    pub region: Span,
    /// What was found; a sentence that stands alone.
    pub what: String,
    /// Why it costs.
    pub why: String,
    /// What to do.
    pub fix: String,
    /// What it costs, in a few words (`1 + N round trips`).
    pub cost: String,
    /// The word at the primary place (`queried here`).
    pub primary_label: String,
    /// Secondary places, in the order in which to read them.
    pub related: Vec<Label>,
    /// The chain of calls from `span` to the effect; empty when the effect is at `span`.
    pub chain: Vec<Label>,
    /// The enclosing function's name, for fingerprints.
    pub function: Option<String>,
    /// The nearest entry point from which it is reached.
    pub entry: Option<EntryPoint>,
    /// Set when a comment suppresses it: the reason given, if any.
    pub suppressed: Option<Option<String>>,
    /// What a baseline says of it, if there is one.
    pub baseline: Option<BaselineState>,
    /// The fixes that may be made.
    pub offers: Vec<Offer>,
    /// What can be done about it, the best first; empty until asked for.
    pub fixes: Vec<Fix>,
}
