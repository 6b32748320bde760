use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use pulldown_cmark::{Event, Options, Parser, Tag};
use serde_json::json;

use super::examples::readable;
use super::markdown::{anchor, code, escaped, prose, table};
use super::*;
use crate::catalog::builtin_libraries;
use crate::embedded::{BUILTIN_LIBRARIES, BUILTIN_RULES};
use crate::engine::Engine;
use crate::engine::lint::Linter;
use crate::syntax::Family;

fn book() -> Book {
    let linter = Linter::default();
    let mut rules = linter.rules(&[], &[]).unwrap();
    rules.extend(crate::findings::suppress::rules());
    let libraries = builtin_libraries(&[Family::JavaScript, Family::Python, Family::Rust]).unwrap();
    let schema: Value = serde_json::from_str(&crate::config::schema::schema().unwrap()).unwrap();
    let mut command = command();
    command.build();
    let vocabulary = linter.vocabulary();
    generate(&Material {
        rules: &rules,
        libraries: &libraries,
        schema: &schema,
        command: &command,
        vocabulary: &vocabulary,
    })
}

fn command() -> clap::Command {
    let format =
        clap::Arg::new("format").long("format").value_name("A|B").help("one <b> of `<i>`").value_parser(["a", "b"]);
    clap::Command::new("tool")
        .subcommand(clap::Command::new("sub").about("does it").arg(format))
        .subcommand(clap::Command::new("secret").hide(true))
}

/// The hand-written chapters.
fn written() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/book/src");
    let files = std::fs::read_dir(folder).unwrap().flatten();
    let read = |path: PathBuf| {
        (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(path).unwrap())
    };
    files.map(|file| file.path()).filter(|path| path.extension().is_some_and(|end| end == "md")).map(read).collect()
}

#[test]
fn every_rule_and_library_has_a_page() {
    let book = book();
    let paths: BTreeSet<&str> = book.pages.iter().map(|page| page.path.as_str()).collect();
    assert_eq!(paths.len(), book.pages.len(), "two pages have one path");
    for (path, _) in BUILTIN_RULES {
        assert!(paths.contains(path), "{path}");
    }
    for (path, _) in BUILTIN_LIBRARIES {
        let path = path.strip_prefix("rules/").unwrap();
        assert!(paths.contains(path), "{path}");
    }
    for page in &book.pages {
        assert!(page.text.starts_with("# "), "{} has no title", page.path);
        assert!(!page.text.contains("```python bad") && !page.text.contains(" good\n"), "{}", page.path);
    }
}

/// Links to other chapters, from the folder of the sources.
fn links(path: &str, text: &str) -> Vec<PathBuf> {
    let folder = Path::new(path).parent().unwrap_or(Path::new(""));
    let targets = Parser::new_ext(text, Options::ENABLE_TABLES).filter_map(|event| match event {
        Event::Start(Tag::Link { dest_url, .. }) => Some(dest_url.to_string()),
        _ => None,
    });
    let inner = targets.filter(|target| !target.contains("://") && !target.starts_with('#'));
    inner.map(|target| plain(&folder.join(target.split('#').next().unwrap_or_default()))).collect()
}

/// A path without `..`.
fn plain(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut plain, part| {
        match part {
            Component::ParentDir => drop(plain.pop()),
            part => plain.push(part),
        }
        plain
    })
}

#[test]
fn no_page_links_to_a_missing_one() {
    let book = book();
    let written = written();
    let editors = ["vscode", "neovim", "helix", "zed", "emacs", "sublime"].map(|editor| format!("editor-{editor}.md"));
    let copied = ["performance.md", "accuracy.md", "changelog.md"].map(str::to_owned);
    let known: BTreeSet<PathBuf> = book
        .pages
        .iter()
        .map(|page| &page.path)
        .chain(written.iter().map(|(path, _)| path))
        .chain(&copied)
        .chain(&editors)
        .map(PathBuf::from)
        .collect();
    let generated = book.pages.iter().map(|page| (&page.path, &page.text));
    for (path, text) in generated.chain(written.iter().map(|(path, text)| (path, text))) {
        for target in links(path, text) {
            assert!(known.contains(&target), "{path} links to {}", target.display());
        }
    }
    assert_eq!(links("a/b.md", "[x](../c/d.md#e)"), [PathBuf::from("c/d.md")]);
}

#[test]
fn the_table_of_contents_has_every_chapter_once() {
    let book = book();
    let (_, text) = written().into_iter().find(|(path, _)| path == "SUMMARY.md").unwrap();
    let summary = book.summary(&text).unwrap();
    assert!(!summary.contains("<!--"), "{summary}");
    let listed = links("SUMMARY.md", &summary);
    for path in book.pages.iter().map(|page| page.path.clone()).chain(written().into_iter().map(|(path, _)| path)) {
        let count = listed.iter().filter(|target| **target == Path::new(&path)).count();
        assert_eq!(count, usize::from(path != "SUMMARY.md"), "{path}");
    }
    assert!(summary.contains("\n  - [n-plus-one-query](rules/database/"), "{summary}");
    assert!(book.summary("# Summary\n").unwrap_err().contains("`<!-- rules -->` is missing"));
    assert!(book.summary(&format!("{text}<!-- rules -->\n")).unwrap_err().contains("twice"));
}

#[test]
fn text_is_escaped_where_it_is_no_markdown() {
    assert_eq!(escaped("a_b <c> [d] & `e`"), r"a\_b &lt;c&gt; \[d\] &amp; \`e\`");
    assert_eq!(prose("Vec<T> is `Vec<T>`"), "Vec&lt;T> is `Vec<T>`");
    assert_eq!(code("a`b"), "``a`b``");
    assert_eq!(code("`a`"), "`` `a` ``");
    assert_eq!(anchor("perflint rule new"), "perflint-rule-new");
    let rows = [vec!["a|b\nc".to_owned(), String::new()], vec!["d".to_owned(), String::new()]];
    assert_eq!(table(&["x", "y"], &rows), "| x |\n| --- |\n| a\\|b c |\n| d |\n");
    assert_eq!(table(&["x"], &[]), "");
}

#[test]
fn examples_say_what_is_expected_of_them() {
    let text = "Prose:\n\n```python bad file=a.py\nf()  # finding\n```\n\n```python bad file=b.py\ng()\n```\n\n```python bad\nh()\n```\n\n```tsx good\ni();\n```\n\n```tsx fixed\nj();\n```\n";
    let readable = readable(text);
    let expected = "Prose:\n\n\
        <p class=\"example reported\"><b>Reported</b> · Python · <code>a.py</code></p>\n\n```python\nf()  # finding\n```\n\n\
        <p class=\"example reported\"><b>Reported</b> · Python · <code>b.py</code></p>\n\n```python\ng()\n```\n\n\
        <details class=\"example reported\"><summary><b>Reported</b> · Python</summary>\n\n```python\nh()\n```\n\n</details>\n\n\
        <p class=\"example left-alone\"><b>Not reported</b> · TypeScript with JSX</p>\n\n```tsx\ni();\n```\n\n\
        <p class=\"example left-alone\"><b>Fixed</b> · TypeScript with JSX</p>\n\n```tsx\nj();\n```\n";
    assert_eq!(readable, expected);
    assert_eq!(super::examples::readable("```sql\nSELECT 1\n```\n"), "```sql\nSELECT 1\n```\n");
}

#[test]
fn keys_have_their_kinds_and_values() {
    let schema = json!({
        "properties": {
            "names": { "description": "Some\nnames.", "type": "array", "default": [], "items": { "type": "string" } },
            "grade": { "anyOf": [{ "$ref": "#/$defs/Grade" }, { "type": "null" }], "default": null },
            "grades": { "type": "object", "additionalProperties": { "$ref": "#/$defs/Grade" } },
            "parts": { "type": "array", "items": { "$ref": "#/$defs/Part" } },
            "depth": { "type": ["integer", "null"], "default": 3 },
        },
        "$defs": {
            "Grade": { "oneOf": [{ "const": "low", "description": "A little." }, { "const": "high" }] },
            "Part": { "type": "object", "properties": { "on": { "type": "boolean" } } },
        },
    });
    let page = keys::page(&schema);
    for part in [
        "## `names` {#key-names}\n\n*list of strings; empty unless given.* Some names.",
        "## `grade` {#key-grade}\n\n*`low`, `high`.*",
        "| `low` | A little. |",
        "*table, its values `low`, `high`.*",
        "*list of tables.*",
        "### `parts.on` {#key-parts-on}\n\n*`true` or `false`.*",
        "*integer; `3` unless given.*",
    ] {
        assert!(page.contains(part), "no {part} in {page}");
    }
}

#[test]
fn commands_have_their_options() {
    let mut command = command();
    command.build();
    let page = commands::page(&command);
    assert!(!page.contains("secret"), "{page}");
    assert!(page.contains("| [`tool sub`](#command-tool-sub) | Does it. |"), "{page}");
    assert!(page.contains("```text\ntool sub [OPTIONS]\n```"), "{page}");
    assert!(page.contains("| `--format <A\\|B>` | One &lt;b> of `<i>`. One of `a`, `b`. |"), "{page}");
}
