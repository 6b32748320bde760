//! The configuration's keys, from its JSON schema.

use serde_json::Value;

use super::markdown::{code, codes, prose, table};

/// The page of all keys.
pub fn page(schema: &Value) -> String {
    let mut text = format!(
        "# Keys of the configuration\n\n{}\n\nWhere the configuration stands, and which file holds, is told in \
         [Configuration](../configuration.md). The same as a JSON schema, for editors: `docs/perflint.schema.json` in the \
         repository.\n\n",
        text_of(schema)
    );
    let names: Vec<Vec<String>> = properties(schema)
        .map(|(name, key)| vec![format!("[{}](#{})", code(name), heading(name)), kind(key, schema)])
        .collect();
    text.push_str(&table(&["key", "value"], &names));
    for (name, key) in properties(schema) {
        text.push_str(&section(name, key, schema, "##"));
        let element = referred(key.get("items").unwrap_or(&Value::Null), schema);
        for (inner, key) in element.into_iter().flat_map(properties) {
            text.push_str(&section(&format!("{name}.{inner}"), key, schema, "###"));
        }
    }
    text
}

fn properties(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    schema.get("properties").and_then(Value::as_object).into_iter().flatten()
}

fn heading(name: &str) -> String {
    format!("key-{}", super::markdown::anchor(name))
}

fn section(name: &str, key: &Value, schema: &Value, level: &str) -> String {
    let default = match key.get("default") {
        None | Some(Value::Null) => String::new(),
        Some(Value::Array(list)) if list.is_empty() => "; empty unless given".to_owned(),
        Some(Value::Object(map)) if map.is_empty() => "; empty unless given".to_owned(),
        Some(value) => format!("; {} unless given", code(&value.to_string())),
    };
    let words: Vec<Vec<String>> = words(key, schema)
        .into_iter()
        .map(|word| vec![code(word.get("const").and_then(Value::as_str).unwrap_or_default()), text_of(word)])
        .collect();
    let words = table(&["value", "meaning"], &words);
    let words = if words.is_empty() { words } else { format!("\n{words}") };
    format!(
        "\n{level} {} {{#{}}}\n\n*{}{default}.* {}\n{words}",
        code(name),
        heading(name),
        kind(key, schema),
        text_of(key)
    )
}

/// The documentation of a key, on one line for each paragraph.
fn text_of(value: &Value) -> String {
    let text = value.get("description").and_then(Value::as_str).unwrap_or_default();
    let paragraphs = text.split("\n\n").map(|paragraph| prose(&paragraph.replace('\n', " ")));
    paragraphs.collect::<Vec<_>>().join("\n\n")
}

/// What a reference refers to; the value itself if it is none.
fn referred<'v>(value: &'v Value, schema: &'v Value) -> Option<&'v Value> {
    match value.get("$ref").and_then(Value::as_str) {
        Some(reference) => schema.pointer(reference.strip_prefix('#')?),
        None => Some(value),
    }
}

/// The schema that a value must fit, if it is there.
fn given<'v>(key: &'v Value, schema: &'v Value) -> Option<&'v Value> {
    let options = key.get("anyOf").and_then(Value::as_array);
    let is_null = |option: &&Value| option.get("type").and_then(Value::as_str) == Some("null");
    match options {
        Some(options) => referred(options.iter().find(|option| !is_null(option))?, schema),
        None => referred(key, schema),
    }
}

/// The words that a value may be, if there are such; also those of a table's values.
fn words<'v>(key: &'v Value, schema: &'v Value) -> Vec<&'v Value> {
    let Some(given) = given(key, schema) else { return Vec::new() };
    let inner = given.get("additionalProperties").filter(|inner| inner.is_object());
    let holder = inner.and_then(|inner| referred(inner, schema)).unwrap_or(given);
    holder
        .get("oneOf")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter(|word| word.get("const").is_some())
        .collect()
}

/// What a value is, in words.
fn kind(key: &Value, schema: &Value) -> String {
    let Some(given) = given(key, schema) else { return "any value".to_owned() };
    let words = words(key, schema);
    let names = || codes(words.iter().filter_map(|word| word.get("const").and_then(Value::as_str)));
    let types = match given.get("type") {
        Some(Value::Array(types)) => types.iter().filter_map(Value::as_str).find(|name| *name != "null"),
        Some(Value::String(name)) => Some(name.as_str()),
        _ => None,
    };
    match types {
        Some("array") => {
            let item = given.get("items").and_then(|item| referred(item, schema));
            let is_table = item.is_some_and(|item| item.get("properties").is_some());
            if is_table { "list of tables" } else { "list of strings" }.to_owned()
        }
        Some("object") if words.is_empty() => "table".to_owned(),
        Some("object") => format!("table, its values {}", names()),
        Some("boolean") => "`true` or `false`".to_owned(),
        Some(name) => name.to_owned(),
        None if words.is_empty() => "any value".to_owned(),
        None => names(),
    }
}
