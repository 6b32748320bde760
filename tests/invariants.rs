//! What must hold of the source as a whole. Each checker is a function over texts, and is shown a text that violates it.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

use perflint::catalog;
use perflint::embedded::BUILTIN_RULES;
use perflint::engine::lint::Linter;
use perflint::engine::{Engine, Request};
use perflint::harness::{Bench, fixtures};
use perflint::rules::file::ExampleKind;
use perflint::rules::vocabulary::{PARTS, predicates};
use perflint::rules::{Rule, clause};
use perflint::syntax::Family;

/// Longest source file, in lines.
const MAX_LINES: usize = 450;
/// Folders that must not touch the outside.
const PURE: [&str; 4] = ["src/facts/", "src/catalog/", "src/project/", "src/rules/"];
/// What touches the outside, or belongs to the shell.
const OUTSIDE: [&str; 7] = ["std::fs", "std::net", "std::process", "clap::", "miette::", "lsp_types", "lsp_server"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The Rust files under `src`, as (path with `/`, text).
fn sources() -> Vec<(String, String)> {
    fn list(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                list(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    list(&root().join("src"), &mut found);
    found.sort();
    let shown = |path: &PathBuf| path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
    found.iter().map(|path| (shown(path), fs::read_to_string(path).unwrap())).collect()
}

/// The text without comments and without what follows `#[cfg(test)] mod tests {`.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(text);
    let lines = text.lines().map(|line| if line.trim_start().starts_with("//") { "" } else { line });
    lines.collect::<Vec<_>>().join("\n")
}

fn is_test(path: &str) -> bool {
    path.contains("/tests/") || path.ends_with("/tests.rs")
}

fn reaches_outside(path: &str, text: &str) -> Vec<String> {
    let is_pure = PURE.iter().any(|folder| path.starts_with(folder)) && !is_test(path);
    let words = OUTSIDE.iter().filter(|word| is_pure && code(text).contains(**word));
    words.map(|word| format!("{path} names {word}")).collect()
}

fn parses_elsewhere(path: &str, text: &str) -> Option<String> {
    let allowed = path.starts_with("src/syntax/") || path.starts_with("src/facts/");
    (!allowed && code(text).contains("tree_sitter")).then(|| format!("{path} names tree_sitter"))
}

fn is_long(path: &str, text: &str) -> Option<String> {
    let lines = text.lines().count();
    (lines > MAX_LINES).then(|| format!("{path} has {lines} lines"))
}

/// Strings of the code that are a rule's id.
fn names_a_rule(path: &str, text: &str, ids: &[String]) -> Vec<String> {
    let code = code(text);
    let named = ids.iter().filter(|id| !is_test(path) && code.contains(&format!("\"{id}\"")));
    named.map(|id| format!("{path} names the rule {id}")).collect()
}

fn ids() -> Vec<String> {
    BUILTIN_RULES.iter().map(|(path, _)| path.rsplit('/').next().unwrap().trim_end_matches(".md").to_owned()).collect()
}

fn all(checks: impl IntoIterator<Item = String>) {
    let found: Vec<String> = checks.into_iter().collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn the_core_does_not_touch_the_outside() {
    all(sources().iter().flat_map(|(path, text)| reaches_outside(path, text)));
    assert!(!reaches_outside("src/rules/run.rs", "use std::fs;").is_empty());
    assert!(reaches_outside("src/cli/run.rs", "use std::fs;").is_empty());
}

#[test]
fn only_syntax_and_facts_know_the_parser() {
    all(sources().iter().filter_map(|(path, text)| parses_elsewhere(path, text)));
    assert!(parses_elsewhere("src/project/link.rs", "use tree_sitter::Node;").is_some());
}

#[test]
fn files_are_short() {
    all(sources().iter().filter_map(|(path, text)| is_long(path, text)));
    assert!(is_long("src/a.rs", &"x\n".repeat(MAX_LINES + 1)).is_some());
}

#[test]
fn no_code_names_a_rule() {
    let ids: Vec<String> = ids();
    let own: Vec<String> = perflint::findings::suppress::rules().into_iter().map(|rule| rule.id).collect();
    let ids: Vec<String> = ids.into_iter().filter(|id| !own.contains(id)).collect();
    all(sources().iter().flat_map(|(path, text)| names_a_rule(path, text, &ids)));
    assert!(!names_a_rule("src/a.rs", &format!("if id == {:?} {{}}", ids[0]), &ids).is_empty());
}

/// The words of a matcher, and of what must hold for a fix: predicates' names, what stands behind them, kinds.
fn matcher_words(rule: &str) -> Vec<String> {
    let matchers = rule.split("\"\"\"").skip(1).step_by(2).take_while(|text| text.trim_start().starts_with("find"));
    let lists = rule.split("\nwords.").skip(1).filter_map(|list| Some(list.split_once('[')?.1.split_once(']')?.0));
    let of_fixes = rule.split("\nwhere = \"").skip(1).filter_map(|text| text.split_once("\"\n")).map(|(text, _)| text);
    // Clauses are divided by `\n` there.
    let of_fixes: Vec<String> = of_fixes.map(|text| text.replace("\\n", " ")).collect();
    let words = matchers
        .chain(lists)
        .chain(of_fixes.iter().map(String::as_str))
        .flat_map(|text| text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))));
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Node kinds of the grammars, languages, and methods that a word of a matcher must not be.
fn foreign_words(rule: &str) -> Vec<String> {
    let tables = ["javascript", "typescript", "python", "rust"]
        .map(|name| fs::read_to_string(root().join(format!("src/syntax/{name}.toml"))).unwrap());
    let is_kind = |word: &str| word.contains('_') && tables.iter().any(|table| table.contains(&format!("\n{word} =")));
    let languages = ["python", "javascript", "typescript", "rust", "tsx", "jsx"];
    let words = matcher_words(rule).into_iter();
    words.filter(|word| is_kind(word) || languages.contains(&word.as_str())).collect()
}

/// Words with a capital inside, or with an underscore, are names of methods.
fn methods(rule: &str) -> Vec<String> {
    let families = [Family::JavaScript, Family::Python, Family::Rust];
    let catalog = catalog::builtin(&families).unwrap();
    let is_method = |word: &str| {
        let is_name = word.contains('_') || word.chars().any(char::is_uppercase);
        is_name && families.iter().any(|family| catalog.knows_name(*family, word))
    };
    matcher_words(rule).into_iter().filter(|word| is_method(word)).collect()
}

#[test]
fn matchers_name_no_node_language_or_method() {
    all(BUILTIN_RULES.iter().flat_map(|(path, text)| {
        let found = foreign_words(text).into_iter().chain(methods(text));
        found.map(move |word| format!("{path}: {word}"))
    }));
    let bad =
        "match = \"\"\"\nfind call x: mentions findMany | call_expression | @few\n\"\"\"\nwords.few = [\"python\"]\n";
    assert_eq!(foreign_words(bad), ["call_expression", "python"]);
    assert!(methods(bad).contains(&"findMany".to_owned()));
}

/// Languages that a rule claims and has no `bad` or no `good` example of.
fn unexampled(path: &str, text: &str) -> Vec<String> {
    let rule = Rule::load(path, text, None).unwrap();
    let examples = Rule::examples(path, text).unwrap();
    let has = |family: Family, kind| {
        examples.iter().any(|example| example.kind == kind && example.language.family() == family)
    };
    let claimed = rule.info.languages.iter();
    let lacking = claimed.filter(|family| !has(**family, ExampleKind::Bad) || !has(**family, ExampleKind::Good));
    lacking.map(|family| format!("{path} lacks a pair of examples in {}", family.name())).collect()
}

#[test]
fn every_rule_has_examples_in_each_language() {
    all(BUILTIN_RULES.iter().flat_map(|(path, text)| unexampled(path, text)));
    let (path, text) = BUILTIN_RULES[0];
    assert!(!unexampled(path, &text.replace(" bad", " good")).is_empty());
}

/// Predicates and parts that none of the rules uses.
fn unused(rules: &[(&str, &str)]) -> Vec<String> {
    let words: Vec<String> = rules.iter().flat_map(|(_, text)| matcher_words(text)).collect();
    // A part may also be used by a message alone.
    let in_message = |name: &str| rules.iter().any(|(_, text)| text.contains(&format!(".{name}}}")));
    let is_used = |name: &str| {
        in_message(name)
            || words.iter().any(|word| word == name || word.rsplit_once('.').is_some_and(|(_, part)| part == name))
    };
    let names = predicates().map(|predicate| predicate.name).chain(PARTS.iter().map(|part| part.name));
    names.filter(|name| !is_used(name)).map(str::to_owned).collect()
}

#[test]
fn the_vocabulary_is_used_and_documented() {
    all(unused(BUILTIN_RULES));
    assert!(!unused(&[]).is_empty());
    all(predicates().filter(|predicate| predicate.doc.len() < 10).map(|predicate| predicate.name.to_owned()));
    assert!(clause::parse("find call x: effect http").is_ok());
}

/// What a run over a fixture reports, as text, with so many threads and the files in another order.
fn report(folder: &Path, threads: usize, turned: bool) -> String {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).stack_size(16 << 20).build().unwrap();
    let (mut request, _): (Request, _) = fixtures::request(folder);
    if turned {
        request.files.reverse();
        let middle = request.files.len() / 2;
        request.files.rotate_left(middle);
    }
    let mut report = pool.install(|| Linter::default().check(&request)).unwrap();
    report.stats = Default::default();
    format!("{report:#?}")
}

#[test]
fn reports_depend_on_neither_threads_nor_order() {
    for fixture in fs::read_dir(root().join("fixtures")).unwrap().flatten().filter(|entry| entry.path().is_dir()) {
        let one = report(&fixture.path(), 1, false);
        assert!(one.contains("rule:"), "nothing is reported in {:?}", fixture.path());
        assert!(one == report(&fixture.path(), 4, false), "threads change the report of {:?}", fixture.path());
        assert!(one == report(&fixture.path(), 4, true), "order changes the report of {:?}", fixture.path());
    }
}

/// Folders of `src` that the crate's documentation does not name.
fn unmapped(docs: &str) -> Vec<String> {
    let folders = fs::read_dir(root().join("src")).unwrap().flatten().filter(|entry| entry.path().is_dir());
    let names = folders.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.filter(|name| !docs.contains(&format!("//! - [`{name}`]"))).collect()
}

#[test]
fn the_code_map_names_every_folder() {
    let docs = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    all(unmapped(&docs));
    assert!(docs.contains("Invariant:"));
    assert!(!unmapped("").is_empty());
}

#[test]
fn the_readme_names_every_rule() {
    let Ok(readme) = fs::read_to_string(root().join("README.md")) else { return };
    all(ids().into_iter().filter(|id| !readme.contains(id.as_str())));
}

#[test]
fn documents_load() {
    assert!(Bench::builtin().is_ok());
}
