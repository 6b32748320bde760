//! The front matter of a library file as TOML gives it, with places.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor, value::SeqAccessDeserializer, value::StrDeserializer};
use toml::Spanned;

use super::model::BulkForm;
use super::words::{Collection, Effect, Entry, Mark, Shape};

/// The whole front matter.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawLibrary {
    pub title: String,
    #[serde(default)]
    pub packages: Vec<String>,
    pub modules: Option<Vec<String>>,
    #[serde(default)]
    pub builtin: bool,
    #[serde(default)]
    pub blocking: bool,
    pub dialect: Option<RawDialect>,
    #[serde(default, rename = "type")]
    pub types: Vec<Spanned<RawType>>,
    #[serde(default, rename = "field")]
    pub fields: Vec<Spanned<RawField>>,
    #[serde(default, rename = "call")]
    pub calls: Vec<Spanned<RawCall>>,
    #[serde(default, rename = "relation")]
    pub relations: Vec<Spanned<RawRelation>>,
    #[serde(default, rename = "entry")]
    pub entries: Vec<Spanned<RawEntry>>,
    #[serde(default, rename = "bulk")]
    pub bulk_forms: Vec<BulkForm>,
}

/// The words for dialects.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum RawDialect {
    Postgres,
    MySql,
    Sqlite,
    ClickHouse,
    MsSql,
    Warehouse,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawType {
    pub name: Spanned<String>,
    #[serde(default)]
    pub from: Vec<Spanned<String>>,
    #[serde(default)]
    pub bases: Vec<Spanned<String>>,
    pub collection: Option<Collection>,
    pub element: Option<Spanned<String>>,
    #[serde(default)]
    pub exclusive: bool,
    #[serde(default)]
    pub embedded: bool,
    #[serde(default)]
    pub transaction: bool,
    #[serde(default)]
    pub transparent: bool,
    pub rows_of: Option<Spanned<String>>,
    pub blocking: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawField {
    pub on: Spanned<String>,
    pub names: Vec<String>,
    pub gives: Spanned<String>,
    #[serde(default)]
    pub named: bool,
    #[serde(default)]
    pub on_class: bool,
}

/// `sql = 0`, `sql = "receiver"`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(untagged, expecting = "the place of an argument, counted from 0, or \"receiver\"")]
pub(super) enum RawSqlPlace {
    Argument(u32),
    Named(RawSqlName),
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum RawSqlName {
    Receiver,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCall {
    pub on: Option<Spanned<String>>,
    pub names: Vec<Spanned<String>>,
    #[serde(default, deserialize_with = "one_or_many")]
    pub effect: Vec<Effect>,
    pub sql: Option<RawSqlPlace>,
    pub returns: Option<Spanned<String>>,
    #[serde(default)]
    pub passes: Vec<Spanned<String>>,
    #[serde(default)]
    pub named: bool,
    #[serde(default)]
    pub receiver: Vec<String>,
    #[serde(default)]
    pub shape: RawShape,
    #[serde(default)]
    pub marks: Vec<Mark>,
    #[serde(default)]
    pub marks_if: Vec<RawMarkIf>,
    #[serde(default)]
    pub marks_of_arguments: bool,
    pub iterates: Option<u32>,
    pub calls: Option<u32>,
    #[serde(default)]
    pub group: bool,
    #[serde(default)]
    pub spawn: bool,
    pub blocking: Option<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawShape {
    #[serde(default)]
    pub arg0: Vec<Shape>,
    #[serde(default)]
    pub arg1: Vec<Shape>,
    #[serde(default)]
    pub arg2: Vec<Shape>,
    #[serde(default)]
    pub arg3: Vec<Shape>,
    pub min: Option<u32>,
    pub max: Option<u32>,
    #[serde(default)]
    pub keywords_only: bool,
    #[serde(default)]
    pub any_key: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawMarkIf {
    pub keys: Vec<String>,
    pub mark: Mark,
    #[serde(default)]
    pub null: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRelation {
    pub names: Vec<Spanned<String>>,
    pub of: Option<Spanned<String>>,
    pub on: Spanned<String>,
    pub target: String,
    #[serde(default)]
    pub itself: String,
    pub back: String,
    pub otherwise: String,
    #[serde(default)]
    pub owner: String,
    #[serde(default)]
    pub any_number: bool,
    #[serde(default)]
    pub loading: String,
    #[serde(default)]
    pub on_read: Vec<String>,
    #[serde(default)]
    pub keeps_rows: bool,
    pub many: Option<Spanned<String>>,
    pub gives: Option<Spanned<String>>,
    #[serde(default)]
    pub loaders: Vec<String>,
    #[serde(default)]
    pub between: String,
    pub loaded: Option<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawEntry {
    pub kind: Entry,
    #[serde(default)]
    pub decorators: Vec<Spanned<String>>,
    pub on: Option<Spanned<String>>,
    #[serde(default)]
    pub methods: Vec<String>,
    pub takes: Option<Spanned<String>>,
    pub registers_on: Option<Spanned<String>>,
    #[serde(default)]
    pub registers: Vec<Spanned<String>>,
    #[serde(default)]
    pub files: Vec<String>,
}

/// `effect = "db.read"` as well as `effect = ["db.read", "db.write"]`.
fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Effect>, D::Error> {
    struct OneOrMany;
    impl<'de> Visitor<'de> for OneOrMany {
        type Value = Vec<Effect>;

        fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
            out.write_str("an effect or a list of effects")
        }

        fn visit_str<E: serde::de::Error>(self, word: &str) -> Result<Self::Value, E> {
            Effect::deserialize(StrDeserializer::new(word)).map(|effect| vec![effect])
        }

        fn visit_seq<A: SeqAccess<'de>>(self, sequence: A) -> Result<Self::Value, A::Error> {
            Vec::deserialize(SeqAccessDeserializer::new(sequence))
        }
    }
    deserializer.deserialize_any(OneOrMany)
}
