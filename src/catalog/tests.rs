//! Tests of the loader and of the assembled catalog.

use crate::document::DocumentError;
use crate::syntax::Family;

use super::*;

fn library(path: &str, front: &str) -> Result<Library, DocumentError> {
    load(path, &format!("+++\n{front}\n+++\nProse.\n"), Family::Python)
}

fn catalog(files: &[(&str, &str)]) -> Result<Catalog, Vec<DocumentError>> {
    Catalog::assemble(files.iter().map(|(path, front)| library(path, front).expect("loads")).collect())
}

/// Message, help, and the text that the error marks.
fn failure(front: &str) -> (String, Option<String>, String) {
    let error = library("rules/libraries/python/a.md", front).expect_err("fails");
    let marked = error.span.map(|span| error.source_text[span.range()].to_owned());
    (error.message, error.help, marked.unwrap_or_default())
}

const BASE: &str = r#"
title = "Base"
packages = ["Base_Lib"]
[[type]]
name = "List"
collection = "list"
from = ["list"]
[[call]]
on = "List"
names = ["index", "@contains"]
effect = "scan.linear"
[[call]]
on = "List"
names = ["*"]
returns = "self"
"#;

const DERIVED: &str = r#"
title = "Derived"
packages = ["derived"]
[[type]]
name = "Rows"
bases = ["base.List"]
from = ["derived.rows()", "extends derived.Rows"]
[[field]]
on = "Rows"
names = ["objects"]
gives = "base.List<self>"
named = true
[[call]]
on = "Rows"
names = ["index"]
effect = ["db.read", "log"]
returns = "Rows<arg0>"
[[call]]
names = ["derived.fetch"]
effect = "http"
[[call]]
names = ["execute"]
named = true
sql = 0
shape = { arg0 = ["sql"] }
[[entry]]
kind = "http"
decorators = ["derived.route"]
[[entry]]
kind = "test"
on = "Rows"
[[entry]]
kind = "http"
registers = ["derived.get"]
"#;

#[test]
fn rows_are_found_by_type_path_and_name() {
    let catalog = catalog(&[("python/derived.md", DERIVED), ("python/base.md", BASE)]).expect("assembles");
    let rows = catalog.type_at(Family::Python, PathForm::Result, "derived.rows").expect("path");
    assert_eq!(catalog.type_at(Family::Python, PathForm::Extends, "derived.Rows"), Some(rows));
    assert_eq!(catalog.type_at(Family::Rust, PathForm::Result, "derived.rows"), None);
    assert_eq!(catalog.type_named(Family::Python, "derived.Rows"), Some(rows));
    assert_eq!(catalog.type_of(rows).collection, Some(Collection::List));
    let index = catalog.methods(rows, "index");
    assert_eq!(catalog.call(index[0]).effects, [Effect::DbRead, Effect::Log]);
    assert_eq!(catalog.call(index[1]).effects, [Effect::ScanLinear]);
    assert_eq!(catalog.call(catalog.methods(rows, "@contains")[0]).effects, [Effect::ScanLinear]);
    assert!(catalog.methods(rows, "@await").is_empty());
    assert!(matches!(
        catalog.call(catalog.methods(rows, "other")[0]).returns,
        Some(TypeTerm { head: TypeHead::Receiver, .. })
    ));
    let fetch = catalog.functions(Family::Python, "derived.fetch");
    assert_eq!(catalog.call(fetch[0]).effects, [Effect::Http]);
    assert!(catalog.functions(Family::Python, "execute").is_empty());
    assert_eq!(catalog.named_calls(Family::Python, "execute").len(), 1);
    assert_eq!(catalog.named_fields(Family::Python, "objects").len(), 1);
    assert_eq!(catalog.class_entries(rows).len(), 1);
    assert_eq!(catalog.function_registrations(Family::Python, "derived.get").len(), 1);
    let route = catalog.decorator_entries(Family::Python, "derived.route");
    assert_eq!(catalog.entry(route[0]).kind, Entry::Http);
    assert_eq!(catalog.libraries_of_package(Family::Python, "base-lib").len(), 1);
    assert_eq!(catalog.libraries_of_module(Family::Python, "Base_Lib").len(), 1);
}

#[test]
fn rows_of_the_any_type_hold_for_every_type() {
    let any = "title = \"A\"\nbuiltin = true\n[[type]]\nname = \"Any\"\n[[call]]\non = \"Any\"\nnames = [\"copy\"]\nreturns = \"self\"";
    let catalog = catalog(&[("python/any.md", any), ("python/base.md", BASE)]).expect("assembles");
    let list = catalog.type_named(Family::Python, "base.List").expect("type");
    let copy = catalog.call(catalog.methods(list, "copy")[0]);
    assert_eq!(copy.on, catalog.any_type(Family::Python));
}

#[test]
fn whether_a_call_blocks_is_said_by_row_type_or_library() {
    let front = r#"
title = "A"
blocking = true
type = [{ name = "Sync" }, { name = "Async", blocking = false }]
call = [
  { on = "Sync", names = ["a"], effect = "http" },
  { on = "Async", names = ["a"], effect = "http" },
  { on = "Async", names = ["b"], effect = "http", blocking = true },
  { on = "Async", names = ["c"], effect = "fs.block" },
  { on = "Sync", names = ["d"] },
]
"#;
    let catalog = catalog(&[("python/a.md", front)]).expect("assembles");
    let blocks: Vec<bool> = catalog.calls().iter().map(|call| call.blocks).collect();
    assert_eq!(blocks, [true, false, true, true, false]);
}

#[test]
fn bases_may_go_in_circles() {
    let front = "title = \"A\"\n[[type]]\nname = \"A\"\nbases = [\"B\"]\n[[type]]\nname = \"B\"\nbases = [\"A\"]";
    let catalog = catalog(&[("python/a.md", front)]).expect("assembles");
    let id = catalog.type_named(Family::Python, "a.A").expect("type");
    assert_eq!(catalog.type_of(id).lineage.len(), 2);
}

#[test]
fn wrong_words_are_errors_with_place_and_help() {
    let (message, help, marked) = failure("title = \"A\"\n[[call]]\nnames = [\"f\"]\neffect = \"db.reed\"");
    assert!(message.contains("db.reed"), "{message}");
    assert_eq!(help.as_deref(), Some("did you mean `db.read`?"));
    assert_eq!(marked, "\"db.reed\"");
    let (_, help, marked) = failure("title = \"A\"\n[[call]]\nnames = [\"f\"]\nefect = \"db.read\"");
    assert_eq!(help.as_deref(), Some("did you mean `effect`?"));
    assert_eq!(marked, "efect");
    let (_, help, _) = failure("title = \"A\"\n[[call]]\nnames = [\"f\"]\nmarks = [\"limit\"]");
    assert_eq!(help.as_deref(), Some("did you mean `limited`?"));
    let (_, help, _) = failure("title = \"A\"\n[[call]]\nnames = [\"f\"]\nshape = { arg0 = [\"txt\"] }");
    assert_eq!(help.as_deref(), Some("did you mean `text`?"));
}

#[test]
fn types_that_do_not_exist_are_errors() {
    let (message, help, marked) =
        failure("title = \"A\"\n[[type]]\nname = \"Model\"\n[[call]]\nnames = [\"f\"]\nreturns = \"Modle<self>\"");
    assert_eq!(message, "this file has no type `Modle`");
    assert_eq!(help.as_deref(), Some("did you mean `Model`?"));
    assert_eq!(marked, "Modle");
    let other = "title = \"A\"\n[[call]]\nnames = [\"f\"]\nreturns = \"base.Lst\"";
    let errors = catalog(&[("python/base.md", BASE), ("python/a.md", other)]).expect_err("fails");
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].help.as_deref(), Some("did you mean `base.List`?"));
}

#[test]
fn rows_that_never_hold_are_errors() {
    for front in [
        "title = \"A\"\n[[call]]\nnames = []",
        "title = \"A\"\n[[call]]\nnames = [\"a b\"]",
        "title = \"A\"\n[[call]]\nnames = [\"f\"]\nreceiver = [\"objects\"]",
        "title = \"A\"\n[[type]]\nname = \"T\"\n[[call]]\non = \"T\"\nnames = [\"@awaits\"]",
        "title = \"A\"\n[[type]]\nname = \"T\"\n[[type]]\nname = \"T\"",
        "title = \"A\"\n[[type]]\nname = \"self\"",
        "title = \"A\"\n[[type]]\nname = \"T\"\nfrom = [\"a..b\"]",
        "title = \"A\"\n[[entry]]\nkind = \"http\"",
        "title = \"A\"\n[[entry]]\nkind = \"http\"\nfiles = [\"a[\"]",
        "packages = []",
        "title = 3",
        "title = ",
    ] {
        assert!(library("a.md", front).is_err(), "{front}");
    }
}

#[test]
fn one_access_path_leads_to_one_type() {
    let errors = catalog(&[("python/a.md", BASE), ("python/b.md", BASE)]).expect_err("fails");
    assert!(errors[0].message.contains("`list`"), "{}", errors[0]);
}

#[test]
fn shipped_libraries_load_and_assemble() {
    let families = [Family::JavaScript, Family::Python, Family::Rust];
    let catalog = builtin(&families).unwrap_or_else(|errors| {
        let lines: Vec<String> = errors.iter().map(|error| format!("{error} {:?}", error.help)).collect();
        panic!("{}", lines.join("\n"))
    });
    assert_eq!(catalog.libraries().len(), crate::embedded::BUILTIN_LIBRARIES.len());
    let rust = builtin(&[Family::Rust]).expect("assembles");
    assert!(rust.libraries().iter().all(|library| library.family == Family::Rust));
}

#[test]
fn shipped_libraries_have_prose_and_examples() {
    for (path, text) in crate::embedded::BUILTIN_LIBRARIES {
        let family = family_of(path).unwrap_or_else(|| panic!("{path}: not in a language's folder"));
        let library = load(path, text, family).unwrap_or_else(|error| panic!("{error}"));
        assert!(!library.description.is_empty(), "{path}: no prose");
        let examples = examples(path, text).unwrap_or_else(|error| panic!("{error}"));
        let languages = examples.iter().all(|example| {
            crate::syntax::Language::of_extension(&example.language).is_some_and(|language| language.family() == family)
        });
        assert!(languages, "{path}: a fence without a word for its language");
        for example in &examples {
            check_expectations(path, example);
        }
        let has_effects = library.calls.iter().any(|call| !call.effects.is_empty() || call.sql.is_some());
        let expects = examples.iter().any(|example| example.code.contains("is: "));
        assert!(!has_effects || expects, "{path}: effects, but no example that expects one");
    }
}

/// The words after `is:` are effects.
fn check_expectations(path: &str, example: &LibraryExample) {
    for (number, line) in example.code.lines().enumerate() {
        let Some((_, words)) = line.split_once("// is: ").or_else(|| line.split_once("# is: ")) else {
            continue;
        };
        for word in words.split(',').map(str::trim) {
            let known = word == "none" || Effect::of_name(word).is_some();
            assert!(known, "{path}:{}: `{word}` is no effect", example.line as usize + number);
        }
    }
}

#[test]
fn every_type_with_effects_has_an_example() {
    let mut missing = Vec::new();
    for (path, text) in crate::embedded::BUILTIN_LIBRARIES {
        let Some(family) = family_of(path) else { continue };
        let library = load(path, text, family).unwrap_or_else(|error| panic!("{error}"));
        let examples = examples(path, text).unwrap_or_else(|error| panic!("{error}"));
        let expected: Vec<&str> =
            examples.iter().flat_map(|one| one.code.lines()).filter(|line| line.contains(" is: ")).collect();
        for row in &library.types {
            let of_type = |call: &&CallRow| call.on.as_ref().is_some_and(|on| on.name == row.name);
            let mut calls = library.calls.iter().filter(of_type).filter(|call| !call.effects.is_empty()).peekable();
            let is_shown = |name: &String| {
                name.starts_with(['@', '*']) || expected.iter().any(|line| line.contains(&format!(".{name}")))
            };
            if calls.peek().is_some() && !calls.any(|call| call.names.iter().any(is_shown)) {
                missing.push(format!("{path}: {}", row.name));
            }
        }
    }
    assert!(missing.is_empty(), "no example calls a method with effects of\n{}", missing.join("\n"));
}
