//! Node tables: what the kinds of a grammar's nodes mean to perflint, read from the TOML files of this folder.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use rustc_hash::FxHashMap;
use serde::Deserialize;
use serde::de::value::{Error as ValueError, StrDeserializer};

use super::Language;
use super::language::Family;
use super::measures::{Asked, Measures};
pub use super::roles::{Role, Slot};

/// How many slots there are.
const SLOTS: usize = 24;

/// How the child of a slot is found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// The node has no such child.
    #[default]
    Absent,
    /// The first named child in the grammar's field.
    Field(u16),
    /// The named child with this position, comments not counted.
    Child(u8),
    /// The last named child.
    Last,
}

/// What the table says about a kind.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spec {
    /// Its role.
    pub role: Role,
    /// Whether nodes of this kind are named.
    pub named: bool,
    places: [Place; SLOTS],
}

impl Spec {
    /// Where the child of a slot is.
    pub fn place(&self, slot: Slot) -> Place {
        self.places[slot as usize]
    }
}

/// A method or function that calls a function for every element of a collection.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallbackLoop {
    /// Method names, or for functions the dotted path.
    pub names: Vec<String>,
    /// The argument that is called.
    #[serde(default)]
    pub callback: u32,
    /// The argument that is looped over; the receiver when absent.
    pub over: Option<u32>,
    /// The callback's parameter that is the element.
    #[serde(default)]
    pub item: u32,
    /// The keyword of the callback, where it is given by keyword.
    pub keyword: Option<String>,
    /// Whether a name in the callback's place counts as a function.
    #[serde(default)]
    pub reference: bool,
    /// The receiver must come from one of the table's iterator sources.
    #[serde(default)]
    pub sourced: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TableFile {
    #[serde(default)]
    nodes: BTreeMap<String, BTreeMap<String, String>>,
    #[serde(default)]
    method_loops: Vec<CallbackLoop>,
    #[serde(default)]
    function_loops: Vec<CallbackLoop>,
    #[serde(default)]
    sources: Vec<String>,
    #[serde(default)]
    one_time_methods: Vec<String>,
    #[serde(default)]
    opaque_macros: Vec<String>,
    #[serde(default)]
    transparent_variants: Vec<String>,
    #[serde(default)]
    failing_variants: Vec<String>,
    #[serde(default)]
    absent_variants: Vec<String>,
    #[serde(default)]
    throwing_macros: Vec<String>,
    #[serde(default)]
    leaving_macros: Vec<String>,
    #[serde(default)]
    checking_macros: Vec<String>,
    #[serde(default)]
    field_functions: Vec<String>,
    #[serde(default)]
    lending_traits: Vec<String>,
    #[serde(default)]
    measures: BTreeMap<Asked, Vec<String>>,
}

/// The table of one language.
#[derive(Default)]
pub struct Table {
    specs: Vec<Spec>,
    callbacks: Vec<CallbackLoop>,
    methods: FxHashMap<String, usize>,
    /// By the last segment: the segment before it, if any, and the row.
    functions: FxHashMap<String, Vec<(Option<String>, usize)>>,
    /// Methods and functions that give an iterator.
    pub sources: Vec<String>,
    /// Methods that call the function given to them at once, and at most one time.
    one_time_methods: Vec<String>,
    /// Macros whose content is no ordinary code.
    pub opaque_macros: Vec<String>,
    /// Variants that only wrap a value.
    pub transparent_variants: Vec<String>,
    /// Variants that say that something went wrong: who returns one throws.
    pub failing_variants: Vec<String>,
    /// Names that stand for nothing: `None`.
    pub absent_variants: Vec<String>,
    /// Macros that leave by a panic.
    pub throwing_macros: Vec<String>,
    /// Macros that leave the function where they are a statement of their own.
    pub leaving_macros: Vec<String>,
    /// Macros that leave the function when a condition does not hold.
    pub checking_macros: Vec<String>,
    /// Functions that look for a field of their first argument by the name that their second one is.
    pub field_functions: Vec<String>,
    /// Traits by which a type has the methods of another one.
    pub lending_traits: Vec<String>,
    /// How the size or an end of a value is asked.
    pub measures: Measures,
}

const FALLBACK: Spec = Spec { role: Role::Plain, named: true, places: [Place::Absent; SLOTS] };

impl Table {
    /// What is known of a kind; error nodes are plain.
    pub fn spec(&self, kind: u16) -> &Spec {
        self.specs.get(usize::from(kind)).unwrap_or(&FALLBACK)
    }

    /// The callback loop of a method name.
    pub fn method_loop(&self, name: &str) -> Option<&CallbackLoop> {
        self.methods.get(name).and_then(|&at| self.callbacks.get(at))
    }

    /// Whether a method calls the function given to it at once and at most one time, so that it runs where it stands.
    pub fn calls_at_once(&self, method: &str) -> bool {
        self.one_time_methods.iter().any(|known| known == method)
    }

    /// The callback loop of a function, by its last segment and the one before.
    pub fn function_loop(&self, owner: Option<&str>, name: &str) -> Option<&CallbackLoop> {
        let rows = self.functions.get(name)?;
        rows.iter().find(|(known, _)| known.as_deref() == owner).and_then(|&(_, at)| self.callbacks.get(at))
    }
}

/// The grammar of a language; `None` for SQL.
pub fn grammar(language: Language) -> Option<tree_sitter::Language> {
    Some(match language {
        Language::JavaScript => tree_sitter_javascript::LANGUAGE.into(),
        Language::TypeScript => tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(),
        Language::Tsx => tree_sitter_typescript::LANGUAGE_TSX.into(),
        Language::Python => tree_sitter_python::LANGUAGE.into(),
        Language::Rust => tree_sitter_rust::LANGUAGE.into(),
        Language::Sql => return None,
    })
}

/// The table of a language, built once; `None` for SQL.
pub fn table(language: Language) -> Option<&'static Table> {
    static TABLES: [OnceLock<Option<Table>>; 5] = [const { OnceLock::new() }; 5];
    let at = match language {
        Language::JavaScript => 0,
        Language::TypeScript => 1,
        Language::Tsx => 2,
        Language::Python => 3,
        Language::Rust => 4,
        Language::Sql => return None,
    };
    TABLES[at].get_or_init(|| build(language).ok()).as_ref()
}

/// A table that knows no kind, for languages without a grammar.
pub fn empty() -> &'static Table {
    static EMPTY: OnceLock<Table> = OnceLock::new();
    EMPTY.get_or_init(Table::default)
}

fn sources(language: Language) -> &'static [&'static str] {
    const JAVASCRIPT: &str = include_str!("javascript.toml");
    const TYPESCRIPT: &str = include_str!("typescript.toml");
    match (language, language.family()) {
        (Language::JavaScript, _) => &[JAVASCRIPT],
        (_, Family::JavaScript) => &[JAVASCRIPT, TYPESCRIPT],
        (_, Family::Python) => &[include_str!("python.toml")],
        (_, Family::Rust) => &[include_str!("rust.toml")],
        (_, Family::Sql) => &[],
    }
}

/// Reads a language's tables; the error names the first kind, field, role or slot that does not exist.
fn build(language: Language) -> Result<Table, String> {
    let grammar = grammar(language).ok_or("no grammar")?;
    let specs = (0..grammar.node_kind_count() as u16)
        .map(|id| Spec { named: grammar.node_kind_is_named(id), ..Spec::default() })
        .collect();
    let mut table = Table { specs, ..Table::default() };
    let files = sources(language);
    for (position, source) in files.iter().enumerate() {
        let file: TableFile = toml::from_str(source).map_err(|error| error.to_string())?;
        for (kind, parts) in &file.nodes {
            // An inherited table may name kinds that this grammar lacks (JSX in plain TypeScript).
            let inherited = position + 1 < files.len();
            if !inherited || grammar.id_for_node_kind(kind, true) != 0 {
                add_node(&mut table, &grammar, kind, parts)?;
            }
        }
        add_loops(&mut table, file.method_loops, true);
        add_loops(&mut table, file.function_loops, false);
        table.sources.extend(file.sources);
        table.one_time_methods.extend(file.one_time_methods);
        table.opaque_macros.extend(file.opaque_macros);
        table.transparent_variants.extend(file.transparent_variants);
        table.failing_variants.extend(file.failing_variants);
        table.absent_variants.extend(file.absent_variants);
        table.throwing_macros.extend(file.throwing_macros);
        table.leaving_macros.extend(file.leaving_macros);
        table.checking_macros.extend(file.checking_macros);
        table.field_functions.extend(file.field_functions);
        table.lending_traits.extend(file.lending_traits);
        table.measures.add(file.measures)?;
    }
    Ok(table)
}

fn add_loops(table: &mut Table, loops: Vec<CallbackLoop>, methods: bool) {
    for callback in loops {
        let at = table.callbacks.len();
        for name in &callback.names {
            if methods {
                table.methods.insert(name.clone(), at);
                continue;
            }
            let (owner, last) = match name.rsplit_once('.') {
                Some((owner, last)) => (Some(owner.to_owned()), last),
                None => (None, name.as_str()),
            };
            table.functions.entry(last.to_owned()).or_default().push((owner, at));
        }
        table.callbacks.push(callback);
    }
}

fn word<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, String> {
    T::deserialize(StrDeserializer::<ValueError>::new(text)).map_err(|error| error.to_string())
}

fn add_node(
    table: &mut Table,
    grammar: &tree_sitter::Language,
    kind: &str,
    parts: &BTreeMap<String, String>,
) -> Result<(), String> {
    let mut places = [Place::Absent; SLOTS];
    let mut role = Role::Plain;
    for (slot, place) in parts {
        if slot == "role" {
            role = word(place)?;
            continue;
        }
        let slot: Slot = word(slot)?;
        places[slot as usize] = match place.as_str() {
            "#last" => Place::Last,
            numbered if numbered.starts_with('#') => {
                Place::Child(numbered[1..].parse().map_err(|_| format!("{kind}: {numbered}"))?)
            }
            field => {
                let id = grammar.field_id_for_name(field).ok_or_else(|| format!("{kind}: no field {field}"))?;
                Place::Field(id.get())
            }
        };
    }
    let mut known = false;
    for id in 0..grammar.node_kind_count() as u16 {
        let named = grammar.node_kind_is_named(id);
        if named && grammar.node_kind_for_id(id) == Some(kind) {
            known = true;
            if let Some(spec) = table.specs.get_mut(usize::from(id)) {
                *spec = Spec { role, named, places };
            }
        }
    }
    if known { Ok(()) } else { Err(format!("no node kind {kind}")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_agrees_with_its_grammar() {
        for language in Language::ALL.into_iter().filter(|language| *language != Language::Sql) {
            if let Err(error) = build(language) {
                panic!("{language:?}: {error}");
            }
        }
    }
}
