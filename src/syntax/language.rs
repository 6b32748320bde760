//! The languages perflint reads, told apart by file name.

use serde::{Deserialize, Serialize};

/// A language of a source file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// JavaScript with JSX (`.js`, `.jsx`, `.mjs`, `.cjs`).
    JavaScript,
    /// TypeScript (`.ts`, `.mts`, `.cts`).
    TypeScript,
    /// TypeScript with JSX (`.tsx`).
    Tsx,
    /// Python (`.py`, `.pyi` is left out: stubs hold no code that runs).
    Python,
    /// Rust (`.rs`).
    Rust,
    /// SQL (`.sql`).
    Sql,
}

/// The languages that share one catalog and one set of rule examples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Family {
    /// JavaScript, TypeScript and their JSX forms.
    JavaScript,
    /// Python.
    Python,
    /// Rust.
    Rust,
    /// SQL.
    Sql,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 6] = [Self::JavaScript, Self::TypeScript, Self::Tsx, Self::Python, Self::Rust, Self::Sql];

    /// The language of a path, by its extension; `None` for files that perflint does not read as source.
    pub fn of_path(path: &str) -> Option<Self> {
        let (_, extension) = path.rsplit_once('.')?;
        Self::of_extension(extension)
    }

    /// The language of an extension or of a Markdown fence's word.
    pub fn of_extension(extension: &str) -> Option<Self> {
        Some(match extension {
            "js" | "jsx" | "mjs" | "cjs" | "javascript" => Self::JavaScript,
            "ts" | "mts" | "cts" | "typescript" => Self::TypeScript,
            "tsx" => Self::Tsx,
            "py" | "python" => Self::Python,
            "rs" | "rust" => Self::Rust,
            "sql" => Self::Sql,
            _ => return None,
        })
    }

    /// The extension of a file of this language.
    pub fn extension(self) -> &'static str {
        match self {
            Self::JavaScript => "js",
            Self::TypeScript => "ts",
            Self::Tsx => "tsx",
            Self::Python => "py",
            Self::Rust => "rs",
            Self::Sql => "sql",
        }
    }

    /// The family whose library models and rule examples apply.
    pub fn family(self) -> Family {
        match self {
            Self::JavaScript | Self::TypeScript | Self::Tsx => Family::JavaScript,
            Self::Python => Family::Python,
            Self::Rust => Family::Rust,
            Self::Sql => Family::Sql,
        }
    }
}

impl Family {
    /// The word used in rule documents and library files.
    pub fn name(self) -> &'static str {
        match self {
            Self::JavaScript => "javascript",
            Self::Python => "python",
            Self::Rust => "rust",
            Self::Sql => "sql",
        }
    }
}
