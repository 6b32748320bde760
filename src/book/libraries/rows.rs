//! The rows of a library model as tables.

use super::super::markdown::{code, codes, table};
use crate::catalog::index::CALL;
use crate::catalog::{
    AccessPath, CallRow, Effect, EntryRow, FieldRow, Library, PathForm, RelationRow, SqlPlace, TypeHead, TypeRow,
    TypeTerm,
};
use crate::facts::Operator;

const COSTLY: &str = "Effects and marks are explained in [the matcher language](../../reference/matcher-language.md), types \
    such as `self` and `element` in [Writing library models](../../writing-models.md#what-rows-may-say).";
const STEPS: &str = "They cost nothing by themselves, and say what later calls work on.";

/// The tables of a model: title, what to know of it, and the table, which is empty where there is nothing to show.
pub fn tables(library: &Library) -> Vec<(&'static str, &'static str, String)> {
    let is_costly = |row: &&CallRow| !row.effects.is_empty() || row.sql.is_some();
    let costly: Vec<Vec<String>> = library.calls.iter().filter(is_costly).map(call).collect();
    let steps: Vec<Vec<String>> = library.calls.iter().filter(|row| !is_costly(row)).map(call).collect();
    let head = ["calls", "what they do", "give", "marks", "recognised"];
    vec![
        ("What calls do", COSTLY, table(&head, &costly)),
        ("Other calls that are known", STEPS, table(&head, &steps)),
        ("Fields", "", table(&["fields", "are", "recognised"], &library.fields.iter().map(field).collect::<Vec<_>>())),
        (
            "Relations",
            "Declared so, a class gets a field for the rows of the other.",
            table(
                &["declared by", "in classes of", "the way back"],
                &library.relations.iter().map(relation).collect::<Vec<_>>(),
            ),
        ),
        (
            "Where programs are entered",
            "",
            table(&["kind", "recognised by"], &library.entries.iter().map(entry).collect::<Vec<_>>()),
        ),
        ("Types", "", table(&["type", "reached by", "is"], &library.types.iter().map(type_row).collect::<Vec<_>>())),
    ]
}

fn call(row: &CallRow) -> Vec<String> {
    let on = row.on.as_ref().map(|on| format!("{}: ", code(&on.name))).unwrap_or_default();
    let names: Vec<String> = row.names.iter().map(|name| called(name)).collect();
    let marks = row.marks.iter().map(|mark| code(mark.name()));
    let marks_if = row.marks_if.iter().map(|mark| {
        let null = if mark.null { " = null" } else { "" };
        format!("{} with {}{null}", code(mark.mark.name()), codes(mark.keys.iter().map(String::as_str)))
    });
    vec![
        format!("{on}{}", names.join(", ")),
        does(row),
        row.returns.as_ref().map(|term| code(&written(term))).unwrap_or_default(),
        marks.chain(marks_if).collect::<Vec<_>>().join(", "),
        recognised(row),
    ]
}

/// A call's name; operators in words.
fn called(name: &str) -> String {
    if name == CALL {
        return "when it is called itself".to_owned();
    }
    if name == "*" {
        return "any other".to_owned();
    }
    let Some(operator) = Operator::ALL.into_iter().find(|operator| operator.name() == name) else { return code(name) };
    match operator {
        Operator::Await => "when it is awaited",
        Operator::Iterate => "when a loop goes over it",
        Operator::Truth => "when it decides a condition",
        Operator::Index => "`x[i]`",
        Operator::Slice => "`x[a:b]`",
        Operator::Contains => "`y in x`",
        Operator::Add => "`x + y`",
        Operator::AddAssign => "`x += y`",
        Operator::Spread => "`...x`, `*x`",
        Operator::Equal => "`x == y`",
        Operator::Field => "when a field of a loop's item is read",
    }
    .to_owned()
}

fn does(row: &CallRow) -> String {
    let effects =
        row.effects.iter().map(|effect: &Effect| format!("{} ({})", code(effect.name()), short(effect.meaning())));
    let effects = effects.collect::<Vec<_>>().join(" and ");
    let mut parts = match row.sql {
        Some(place) => {
            let place = match place {
                SqlPlace::Argument(0) => "what the SQL in the first argument does".to_owned(),
                SqlPlace::Argument(place) => format!("what the SQL in argument {} does", place + 1),
                SqlPlace::Receiver => "what the SQL that it was made from does".to_owned(),
            };
            vec![if effects.is_empty() { place } else { format!("{place}; if that cannot be read, {effects}") }]
        }
        None if effects.is_empty() => Vec::new(),
        None => vec![effects],
    };
    if let Some(argument) = row.iterates {
        parts.push(format!("goes over argument {}", argument + 1));
    }
    if let Some(argument) = row.calls {
        parts.push(format!("calls argument {}", argument + 1));
    }
    parts.extend(row.group.then(|| "waits for all its arguments together".to_owned()));
    parts.extend(row.spawn.then(|| "starts its argument and does not wait".to_owned()));
    parts.join("; ")
}

/// A meaning, to stand in brackets.
fn short(meaning: &str) -> String {
    let text = meaning.trim_end_matches('.');
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_lowercase().collect::<String>()).unwrap_or_default();
    format!("{first}{}", chars.as_str())
}

fn recognised(row: &CallRow) -> String {
    match (row.named, row.receiver.as_slice()) {
        (false, _) => String::new(),
        (true, []) => "also by name".to_owned(),
        (true, names) => format!("also by name, on {}", codes(names.iter().map(String::as_str))),
    }
}

fn field(row: &FieldRow) -> Vec<String> {
    let names: Vec<String> =
        row.names.iter().map(|name| if name == "*" { "any".to_owned() } else { code(name) }).collect();
    let by_name = if row.named { "also by name" } else { "" };
    vec![format!("{}: {}", code(&row.on.name), names.join(", ")), code(&written(&row.gives)), by_name.to_owned()]
}

fn relation(row: &RelationRow) -> Vec<String> {
    let names = codes(row.names.iter().map(String::as_str));
    let keyword = if row.back.is_empty() { String::new() } else { format!("named by {}", code(&row.back)) };
    let otherwise = if row.otherwise.is_empty() { String::new() } else { format!("else {}", code(&row.otherwise)) };
    let back: Vec<String> = [keyword, otherwise].into_iter().filter(|part| !part.is_empty()).collect();
    vec![names, code(&row.on.name), back.join(", ")]
}

fn entry(row: &EntryRow) -> Vec<String> {
    let list = |names: &[String]| codes(names.iter().map(String::as_str));
    let mut by = Vec::new();
    if !row.decorators.is_empty() {
        by.push(format!("decorated with {}", list(&row.decorators)));
    }
    let methods =
        if row.methods.is_empty() { "all methods".to_owned() } else { format!("methods {}", list(&row.methods)) };
    if let Some(on) = &row.on {
        by.push(format!("{methods} of classes derived from {}", code(&on.name)));
    }
    if let Some(takes) = &row.takes {
        by.push(format!("a parameter of type {}", code(&takes.name)));
    }
    if !row.registers.is_empty() {
        let on = row.registers_on.as_ref().map(|on| format!(" of {}", code(&on.name))).unwrap_or_default();
        by.push(format!("given to {}{on}", list(&row.registers)));
    }
    if !row.files.is_empty() {
        let named = if row.methods.is_empty() { String::new() } else { format!(", functions {}", list(&row.methods)) };
        by.push(format!("files {}{named}", list(&row.files)));
    }
    vec![format!("{} ({})", code(row.kind.name()), short(row.kind.meaning())), by.join("; ")]
}

fn type_row(row: &TypeRow) -> Vec<String> {
    let mut is = Vec::new();
    is.extend(row.collection.map(|collection| format!("a collection ({})", collection.name())));
    if !row.bases.is_empty() {
        is.push(format!("a kind of {}", codes(row.bases.iter().map(|base| base.name.as_str()))));
    }
    is.extend(row.exclusive.then(|| "does one thing at a time".to_owned()));
    is.extend(row.embedded.then(|| "inside the process".to_owned()));
    is.extend(row.transaction.then(|| "an open transaction".to_owned()));
    is.extend(row.transparent.then(|| "only a wrapper".to_owned()));
    let from: Vec<String> = row.from.iter().map(|path| code(&path_text(path))).collect();
    vec![code(&row.name), from.join(", "), is.join(", ")]
}

/// An access path as library files spell it.
fn path_text(path: &AccessPath) -> String {
    match path.form {
        PathForm::Plain => path.path.clone(),
        PathForm::Result => format!("{}()", path.path),
        PathForm::Extends => format!("extends {}", path.path),
        PathForm::Decorated => format!("@{}", path.path),
    }
}

/// A type expression as library files spell it.
fn written(term: &TypeTerm) -> String {
    let head = match &term.head {
        TypeHead::Type(name) => name.clone(),
        TypeHead::Receiver => "self".to_owned(),
        TypeHead::Element => "element".to_owned(),
        TypeHead::Key => "key".to_owned(),
        TypeHead::Value => "value".to_owned(),
        TypeHead::Tuple => "tuple".to_owned(),
        TypeHead::TypeArgument(place) => format!("type{place}"),
        TypeHead::Argument(place) => format!("arg{place}"),
        TypeHead::ElementOf(place) => format!("arg{place}.element"),
        TypeHead::Callback => "callback".to_owned(),
    };
    if term.args.is_empty() {
        return head;
    }
    format!("{head}<{}>", term.args.iter().map(written).collect::<Vec<_>>().join(", "))
}
