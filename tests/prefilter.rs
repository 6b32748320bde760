//! Tests are left unparsed where no rule looks at them, and that changes nothing else.
#![allow(clippy::unwrap_used)]

mod projects;

use std::fs;
use std::path::{Path, PathBuf};

use perflint::engine::extraction::{self, Extracted, Extraction};
use perflint::engine::knowledge::Knowledge;
use perflint::engine::lint::{Linter, lint};
use perflint::engine::prefilter::Prefilter;
use perflint::engine::{Engine, Request};
use perflint::harness::fixtures;
use projects::project;

/// A rule that may report in tests: with it, they have to be parsed.
const ANYWHERE: &str = r#"+++
title = "A loop over nothing"
severity = "low"
cost = "none"
languages = ["python", "javascript", "rust"]
match = """
find call query: effect db.read
in loop each: runs-many
where query mentions nosuchnameanywhere
"""
what = "`{query}` in `{each.over}`"
why = "None."
fix = "None."
label = "here"
+++
"#;

/// The paths of the files that are parsed.
fn parsed(request: &Request, knowledge: &Knowledge, asked: Option<&str>) -> Vec<String> {
    let layout = extraction::layout(request, &knowledge.catalog);
    let prefilter = Prefilter::new(request, knowledge, asked).unwrap();
    let outcome = Extraction { request, knowledge, layout: &layout, prefilter: &prefilter }.all();
    assert_eq!(outcome.stats.files, request.files.len(), "every file counts, once");
    let files = outcome.results.into_iter().flatten().filter(|file: &Extracted| file.parsed);
    files.map(|file| file.facts.path.clone()).collect()
}

fn builtin() -> Knowledge {
    Knowledge::load(&[], &[]).unwrap()
}

#[test]
fn only_tests_that_other_code_uses_are_parsed() {
    let folder = project(&[
        ("app/views.py", "from app.tests import factories\n"),
        ("app/tests/__init__.py", ""),
        ("app/tests/factories.py", "from .base import Base\n"),
        ("app/tests/base.py", "class Base: pass\n"),
        ("app/tests/test_views.py", "from app import views\n"),
        ("app/tests/test_noted.py", "x = 1  # perflint-ignore write-in-loop: none here\n"),
        ("web/server.ts", "const doubles = require('./__mocks__/doubles').all;\n"),
        ("web/server.test.ts", "import './server';\n"),
        ("web/__mocks__/doubles.ts", "export * from './more';\n"),
        ("web/__mocks__/more.ts", "export const all = [];\n"),
        ("web/__mocks__/unused.ts", "export const all = [];\n"),
        ("src/lib.rs", "#[cfg(test)]\nmod tests;\nuse crate::testing::Fake;\n"),
        ("src/tests.rs", "fn t() {}\n"),
        ("src/testing/mod.rs", "pub struct Fake;\n"),
    ]);
    let (request, _) = fixtures::request(folder.path());
    let expected = [
        "app/tests/__init__.py",
        "app/tests/base.py",
        "app/tests/factories.py",
        "app/tests/test_noted.py",
        "app/views.py",
        "src/lib.rs",
        "src/testing/mod.rs",
        "web/__mocks__/doubles.ts",
        "web/__mocks__/more.ts",
        "web/server.ts",
    ];
    assert_eq!(parsed(&request, &builtin(), None), expected);
    let asked = parsed(&request, &builtin(), Some("web/server.test.ts"));
    assert!(asked.contains(&"web/server.test.ts".to_owned()), "{asked:?}");
}

#[test]
fn a_rule_that_looks_at_tests_has_them_parsed() {
    let folder = project(&[("rules/anywhere.md", ANYWHERE), ("tests/test_a.py", "x = 1\n")]);
    let knowledge = Knowledge::load(&[folder.path().join("rules/anywhere.md")], &[]).unwrap();
    let (request, _) = fixtures::request(folder.path());
    assert_eq!(parsed(&request, &builtin(), None), Vec::<String>::new());
    assert_eq!(parsed(&request, &knowledge, None), ["tests/test_a.py"]);
}

/// What a run reports, as text.
fn report(request: &Request, knowledge: &Knowledge) -> String {
    let mut report = lint(request, knowledge, std::time::Instant::now()).unwrap();
    report.stats.phases.clear();
    report.stats.time = Default::default();
    format!("{report:#?}")
}

fn same_without_prefilter(folder: &Path) {
    let rule = project(&[("rules/anywhere.md", ANYWHERE)]);
    let own: PathBuf = rule.path().join("rules/anywhere.md");
    let everything = Knowledge::load(&[own], &[]).unwrap();
    let (request, _) = fixtures::request(folder);
    let one = report(&request, &builtin());
    assert!(one.contains("rule:"), "nothing is reported in {folder:?}");
    assert!(one == report(&request, &everything), "what is parsed changes the report of {folder:?}");
}

#[test]
fn reports_do_not_depend_on_what_is_left_unparsed() {
    let folder = project(&[
        (
            "shop/views.py",
            "from shop.models import Order\n\n\ndef load(ids):\n    return [Order.objects.get(id=i) for i in ids]\n",
        ),
        ("shop/models.py", "from django.db import models\n\n\nclass Order(models.Model):\n    pass\n"),
        // What tests give is no evidence, and their own classes are no candidates.
        ("shop/tests.py", "from shop.views import load\n\n\ndef test_load():\n    load([1])\n    load((2, 3))\n"),
        ("requirements.txt", "django\n"),
    ]);
    same_without_prefilter(folder.path());
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    for fixture in fs::read_dir(fixtures).unwrap().flatten().filter(|entry| entry.path().is_dir()) {
        same_without_prefilter(&fixture.path());
    }
}

#[test]
fn suppressions_in_tests_are_judged() {
    let folder = project(&[("tests/test_a.py", "x = 1  # perflint-ignore write-in-loop: none here\n")]);
    let (request, _) = fixtures::request(folder.path());
    let report = Linter::default().check(&request).unwrap();
    let rules: Vec<&str> = report.findings.iter().map(|finding| finding.rule.as_str()).collect();
    assert_eq!(rules, ["unused-suppression"]);
}
