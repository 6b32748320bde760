//! What went wrong, as a value: nothing below the command line stops a run.

use crate::facts::Span;

/// How far a problem reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProblemKind {
    /// One file could not be read or understood; the rest of the run holds.
    File,
    /// An argument, a configuration, a rule or a library file is wrong: the run did not do what was asked (exit 2).
    Input,
    /// A defect of perflint (exit 2).
    Internal,
}

/// Something that kept perflint from doing a part of its work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// How far it reaches.
    pub kind: ProblemKind,
    /// The file it is about, from the current folder, with `/`.
    pub path: Option<String>,
    /// The place in that file.
    pub span: Option<Span>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

impl Problem {
    /// A problem of one file.
    pub fn file(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { kind: ProblemKind::File, path: Some(path.into()), span: None, message: message.into(), help: None }
    }

    /// A problem of what the user asked for or wrote.
    pub fn input(message: impl Into<String>) -> Self {
        Self { kind: ProblemKind::Input, path: None, span: None, message: message.into(), help: None }
    }

    /// A defect of perflint.
    pub fn internal(message: impl Into<String>) -> Self {
        Self { kind: ProblemKind::Internal, path: None, span: None, message: message.into(), help: None }
    }

    /// The same, in a file.
    #[must_use]
    pub fn at(mut self, path: impl Into<String>, span: Option<Span>) -> Self {
        self.path = Some(path.into());
        self.span = span;
        self
    }

    /// The same, with advice.
    #[must_use]
    pub fn with_help(mut self, help: Option<impl Into<String>>) -> Self {
        self.help = help.map(Into::into);
        self
    }

    /// Whether the run must end with exit status 2.
    pub fn fails_run(&self) -> bool {
        self.kind != ProblemKind::File
    }
}

/// The known word nearest to a mistyped one, if any is near.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = word.to_lowercase().replace('_', "-");
    known
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(&lower, name), name))
        .filter(|&(distance, name)| distance <= 1 + name.len().min(lower.len()) / 4)
        .min_by_key(|&(distance, name)| (distance, name))
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_takes_slips_and_leaves_strangers() {
        let known = ["include-paths", "max-width", "exclude"];
        assert_eq!(nearest("inculde-paths", known), Some("include-paths"));
        assert_eq!(nearest("max_width", known), Some("max-width"));
        assert_eq!(nearest("exlude", known), Some("exclude"));
        assert_eq!(nearest("colour", known), None);
    }
}
