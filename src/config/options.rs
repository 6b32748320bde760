//! The configuration as written in `perflint.toml`, or in a table of another manifest.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::facts::sql::Dialect;
use crate::findings::{Confidence, Severity};

/// The configuration of perflint.
///
/// A rule is selected by its id, by its group, or by one of the words `default`, `strict` and `all`. Paths are patterns
/// as in `.gitignore`, counted from the folder of the configuration file.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Options {
    /// Another configuration file that this one builds on, counted from this file's folder. Its patterns count from
    /// the folder of the file that builds on it, the files that it names from its own.
    pub extends: Option<String>,
    /// The rules that are on; `["default"]` unless given.
    pub select: Option<Vec<String>>,
    /// Rules that are off although selected. Where both name a rule, the narrower word wins, at equality this one.
    pub ignore: Vec<String>,
    /// Severities of rules or groups, in place of their own.
    pub severity: BTreeMap<String, Severity>,
    /// Findings that perflint is less sure of are not shown; `medium` unless given.
    pub min_confidence: Option<Confidence>,
    /// The lowest severity that makes the run fail; `medium` unless given.
    pub fail_on: Option<Severity>,
    /// Files and folders to leave out. A pattern that begins with `!` brings back what is left out by default.
    pub exclude: Vec<String>,
    /// When given, only files that match are linted.
    pub include: Vec<String>,
    /// The project's own rule files, as globs counted from this file's folder.
    pub rules: Vec<String>,
    /// The project's own library models, as globs counted from this file's folder.
    pub libraries: Vec<String>,
    /// What is different for some paths; later entries win.
    pub per_path: Vec<PerPath>,
    /// The file of known findings, which are not shown, counted from this file's folder; `perflint baseline` writes it.
    /// Unless given, `perflint-baseline.json` beside this file, if it is there.
    pub baseline: Option<String>,
    /// Whether a comment that suppresses a rule must say why.
    pub require_reason: Option<bool>,
    /// The dialect of SQL; guessed from the project's dependencies unless given.
    pub sql_dialect: Option<DialectName>,
}

/// What is different for some paths.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PerPath {
    /// Which files: patterns as in `.gitignore`.
    pub paths: Vec<String>,
    /// Rules that are on here.
    #[serde(default)]
    pub select: Vec<String>,
    /// Rules that are off here.
    #[serde(default)]
    pub ignore: Vec<String>,
    /// Severities here.
    #[serde(default)]
    pub severity: BTreeMap<String, Severity>,
}

/// The name of a dialect of SQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum DialectName {
    /// Any: what most databases accept.
    Generic,
    /// PostgreSQL and its kin.
    Postgres,
    /// MySQL, MariaDB.
    Mysql,
    /// SQLite.
    Sqlite,
    /// ClickHouse.
    Clickhouse,
    /// Microsoft SQL Server.
    Mssql,
    /// BigQuery, Snowflake, Redshift and other warehouses.
    Warehouse,
}

impl DialectName {
    /// All names with what they stand for.
    const ALL: [(Self, Dialect, &'static str); 7] = [
        (Self::Generic, Dialect::Generic, "generic"),
        (Self::Postgres, Dialect::Postgres, "postgres"),
        (Self::Mysql, Dialect::MySql, "mysql"),
        (Self::Sqlite, Dialect::Sqlite, "sqlite"),
        (Self::Clickhouse, Dialect::ClickHouse, "clickhouse"),
        (Self::Mssql, Dialect::MsSql, "mssql"),
        (Self::Warehouse, Dialect::Warehouse, "warehouse"),
    ];

    /// The word for a dialect.
    pub fn word(dialect: Dialect) -> &'static str {
        Self::ALL.iter().find(|row| row.1 == dialect).map_or("generic", |row| row.2)
    }
}

impl From<DialectName> for Dialect {
    fn from(name: DialectName) -> Self {
        DialectName::ALL.iter().find(|row| row.0 == name).map_or(Self::Generic, |row| row.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dialects_have_one_word_each() {
        for (name, dialect, word) in DialectName::ALL {
            let options: Options = toml::from_str(&format!("sql-dialect = \"{word}\"")).unwrap();
            assert_eq!(
                (options.sql_dialect, Dialect::from(name), DialectName::word(dialect)),
                (Some(name), dialect, word)
            );
        }
    }
}
