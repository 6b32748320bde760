//! How a team takes perflint up on a code base that has findings: baselines, changed lines, context.
#![allow(clippy::unwrap_used)]

mod projects;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use projects::project;
use serde_json::Value;
use tempfile::TempDir;

/// A module with a query for each element in its function `name`.
fn module(name: &str) -> String {
    format!(
        "from django.db import models\n\n\nclass Order(models.Model):\n    customer = models.IntegerField()\n\n\n\
         def {name}(customers):\n    return [Order.objects.filter(customer=c).count() for c in customers]\n"
    )
}

fn perflint(folder: &Path, arguments: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_perflint"))
        .current_dir(folder)
        .args(arguments.split_whitespace())
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// The findings, as `path:line`.
fn places(folder: &Path, arguments: &str) -> Vec<String> {
    let output = perflint(folder, &format!("{arguments} --format json --select n-plus-one-query"));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", said(&output)));
    let findings = report["findings"].as_array().unwrap();
    findings.iter().map(|f| format!("{}:{}", f["path"].as_str().unwrap(), f["start"]["line"])).collect()
}

fn git(folder: &Path, arguments: &[&str]) {
    let output = Command::new("git").current_dir(folder).args(arguments).output().unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", said(&output));
}

/// A repository with one commit of these files.
fn repository(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    git(at, &["init", "--quiet", "--initial-branch=main"]);
    for (name, value) in [("user.name", "Test"), ("user.email", "test@example.com"), ("commit.gpgSign", "false")] {
        git(at, &["config", name, value]);
    }
    // Settings that would change what a diff looks like.
    git(at, &["config", "diff.noprefix", "true"]);
    git(at, &["config", "diff.context", "9"]);
    for (path, text) in files {
        fs::create_dir_all(at.join(path).parent().unwrap()).unwrap();
        fs::write(at.join(path), text).unwrap();
    }
    git(at, &["add", "."]);
    git(at, &["commit", "--quiet", "--message", "first"]);
    folder
}

fn append(path: &Path, text: &str) {
    let before = fs::read_to_string(path).unwrap();
    fs::write(path, before + text).unwrap();
}

#[test]
fn a_baseline_hides_what_is_known_and_shows_what_is_new() {
    let texts: Vec<(String, String)> = (0..20).map(|n| (format!("app/m{n}.py"), module(&format!("f{n}")))).collect();
    let files: Vec<(&str, &str)> = texts.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let folder = project(&files);
    let at = folder.path();
    assert_eq!(places(at, "").len(), 20);
    let output = perflint(at, "baseline");
    assert!(said(&output).contains("Wrote perflint-baseline.json: 20 findings in 20 files (20 new, 0 gone)"));
    assert!(places(at, "").is_empty());
    assert!(said(&perflint(at, "")).contains("20 known"));
    // Run from below, it is the repository's baseline that holds.
    assert!(places(&at.join("app"), "").is_empty());
    for (path, text) in &files {
        let mut moved = String::new();
        (0..200).for_each(|n| writeln!(moved, "# line {n}").unwrap());
        fs::write(at.join(path), moved + text).unwrap();
    }
    assert!(places(at, "").is_empty());
    append(&at.join("app/m3.py"), "\n\ndef g(ids):\n    return [Order.objects.get(id=i) for i in ids]\n");
    assert_eq!(places(at, ""), ["app/m3.py:213"]);
    assert_eq!(places(at, "--no-baseline").len(), 21);
}

#[test]
fn a_baseline_is_pruned_and_brought_up_to_date() {
    let (a, b) = (module("f"), module("g"));
    let folder = project(&[("a.py", a.as_str()), ("sub/b.py", b.as_str())]);
    let at = folder.path();
    perflint(at, "baseline");
    fs::write(at.join("a.py"), "x = 1\n").unwrap();
    append(&at.join("sub/b.py"), "\n\ndef g(ids):\n    return [Order.objects.get(id=i) for i in ids]\n");
    assert!(said(&perflint(at, "--statistics")).contains("1  known before and gone"));
    // A part of the tree is judged, the rest stays.
    assert!(said(&perflint(at, "baseline --prune sub")).contains("2 findings in 2 files (0 new, 0 gone)"));
    assert!(said(&perflint(at, "baseline --prune")).contains("1 finding in 1 file (0 new, 1 gone)"));
    assert_eq!(places(at, ""), ["sub/b.py:13"]);
    assert!(said(&perflint(at, "baseline")).contains("2 findings in 1 file (1 new, 0 gone)"));
    fs::remove_file(at.join("sub/b.py")).unwrap();
    assert!(said(&perflint(at, "baseline")).contains("0 findings in 0 files (0 new, 2 gone)"));
    assert!(said(&perflint(at, "baseline --baseline other.json")).contains("Nothing was found"));
}

#[test]
fn each_configuration_has_its_own_baseline() {
    let text = module("f");
    let folder = project(&[
        ("perflint.toml", "baseline = \"lint/known.json\"\n"),
        ("lint/readme.md", ""),
        ("a.py", text.as_str()),
        ("web/perflint.toml", ""),
        ("web/b.py", text.as_str()),
    ]);
    let at = folder.path();
    let missing = perflint(at, "");
    assert_eq!(missing.status.code(), Some(2));
    assert!(said(&missing).contains("`perflint baseline` writes it"), "{}", said(&missing));
    assert_eq!(perflint(at, "baseline").status.code(), Some(0));
    assert!(fs::read_to_string(at.join("lint/known.json")).unwrap().contains("\"../a.py\""));
    assert!(fs::read_to_string(at.join("web/perflint-baseline.json")).unwrap().contains("\"b.py\""));
    assert!(places(at, "").is_empty());
    fs::write(at.join("lint/known.json"), "{\n<<<<<<< HEAD\n").unwrap();
    let broken = perflint(at, "");
    assert_eq!(broken.status.code(), Some(2));
    assert!(said(&broken).contains("lint/known.json:2:") && said(&broken).contains("merge"), "{}", said(&broken));
}

#[test]
fn only_added_or_changed_lines_are_shown_since_a_commit() {
    let (a, b, c) = (module("a"), module("b"), module("c"));
    let folder = repository(&[("a.py", &a), ("src/b.py", &b), ("c.py", &c)]);
    let at = folder.path();
    assert!(places(at, "--since HEAD").is_empty());
    assert_eq!(perflint(at, "--since HEAD").status.code(), Some(0));
    assert!(said(&perflint(at, "--since HEAD")).contains("3 on unchanged lines"));
    git(at, &["switch", "--quiet", "--create", "work"]);
    git(at, &["mv", "c.py", "d.py"]);
    append(&at.join("src/b.py"), "\n\ndef more(ids):\n    return [Order.objects.get(id=i) for i in ids]\n");
    fs::write(at.join("a.py"), format!("# moved\n{a}")).unwrap();
    git(at, &["commit", "--quiet", "--all", "--message", "second"]);
    fs::write(at.join("new file.py"), module("n")).unwrap();
    assert_eq!(places(at, "--since main"), ["new file.py:9", "src/b.py:13"]);
    assert_eq!(places(at, "--since HEAD"), ["new file.py:9"]);
    assert_eq!(places(&at.join("src"), "--since main"), ["b.py:13"]);
    // What went on where the branch began is not this branch's.
    git(at, &["switch", "--quiet", "main"]);
    fs::write(at.join("a.py"), a.replace("customers)", "customers, of)")).unwrap();
    git(at, &["commit", "--quiet", "--all", "--message", "third"]);
    git(at, &["switch", "--quiet", "work"]);
    assert_eq!(places(at, "--since main"), ["new file.py:9", "src/b.py:13"]);
}

#[test]
fn a_changed_loop_is_a_changed_finding() {
    let text = "from app import Order\n\n\ndef f(ids):\n    for i in ids:\n        print(1)\n        Order.objects.get(id=i)\n";
    let model = module("unused").replace("unused(customers)", "unused()").replace(" for c in customers]", "]");
    let folder = repository(&[("app.py", &model.replace("customer=c", "customer=1")), ("a.py", text)]);
    let at = folder.path();
    fs::write(at.join("a.py"), text.replace("in ids:", "in sorted(ids):")).unwrap();
    assert_eq!(places(at, "--since HEAD"), ["a.py:7"]);
    fs::write(at.join("a.py"), text.replace("print(1)", "print(2)")).unwrap();
    assert!(places(at, "--since HEAD").is_empty());
}

#[test]
fn what_is_staged_is_read_from_the_index() {
    let (a, b) = (module("a"), module("b"));
    let folder = repository(&[("a.py", "x = 1\n"), ("b.py", &b)]);
    let at = folder.path();
    fs::write(at.join("a.py"), &a).unwrap();
    assert!(places(at, "--staged").is_empty());
    git(at, &["add", "a.py"]);
    assert_eq!(places(at, "--staged"), ["a.py:9"]);
    // The working tree has gone on.
    fs::write(at.join("a.py"), format!("# not staged\n{a}")).unwrap();
    assert_eq!(places(at, "--staged"), ["a.py:9"]);
    fs::write(at.join("a.py"), "x = 1\n").unwrap();
    assert_eq!(places(at, "--staged"), ["a.py:9"]);
    fs::write(at.join("new.py"), module("n")).unwrap();
    assert_eq!(places(at, "--staged"), ["a.py:9"]);
    git(at, &["rm", "--quiet", "--cached", "b.py"]);
    assert_eq!(places(at, "--staged"), ["a.py:9"]);
}

#[test]
fn git_is_asked_for_what_it_can_tell() {
    let folder = repository(&[("a.py", "x = 1\n")]);
    let unknown = perflint(folder.path(), "--since nowhere");
    assert_eq!(unknown.status.code(), Some(2));
    assert!(said(&unknown).contains("no commit `nowhere`") && said(&unknown).contains("fetch-depth"));
    let option = perflint(folder.path(), "--since=--output=x");
    assert_eq!((option.status.code(), folder.path().join("x").exists()), (Some(2), false));
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("a.py"), "x = 1\n").unwrap();
    let nowhere = perflint(outside.path(), "--staged");
    assert_eq!(nowhere.status.code(), Some(2));
    assert!(said(&nowhere).contains("not a git repository"), "{}", said(&nowhere));
    assert_eq!(perflint(folder.path(), "--staged --since HEAD").status.code(), Some(2));
}

#[test]
fn context_is_read_and_not_reported() {
    let orders = "from models import Order\n\n\ndef count(customer):\n    return Order.objects.filter(customer=customer).count()\n";
    let page = "from orders import count\n\n\ndef page(customers):\n    return [count(c) for c in customers]\n";
    let (models, other) = (module("f"), module("other"));
    let folder = project(&[("models.py", &models), ("orders.py", orders), ("page.py", page), ("other.py", &other)]);
    let at = folder.path();
    assert!(places(at, "page.py").is_empty());
    assert_eq!(places(at, "page.py --context ."), ["page.py:5"]);
    assert!(said(&perflint(at, "page.py --context . --statistics")).contains("3  files read as context"));
    assert!(said(&perflint(at, "page.py --context .")).contains("in 1 file "));
    assert_eq!(perflint(at, "page.py --context nowhere").status.code(), Some(2));
}

#[test]
fn a_configuration_is_written_that_fits_the_project() {
    let text = module("f");
    let folder = project(&[
        ("requirements.txt", "Django==5.0\npsycopg\n"),
        ("app/a.py", &text),
        ("scripts/b.py", "x = 1\n"),
        ("schema.sql", "SELECT 1;\n"),
    ]);
    let at = folder.path();
    let output = perflint(at, "init");
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(said(&output).contains("Wrote perflint.toml.") && said(&output).contains("1 finding here"));
    let written = fs::read_to_string(at.join("perflint.toml")).unwrap();
    for part in
        ["2 files of Python, 1 file of SQL", "Django", "psycopg", "\"postgres\"", "\"scripts/\"", "n-plus-one-query"]
    {
        assert!(written.contains(part), "no {part} in {written}");
    }
    assert_eq!(places(at, ""), ["app/a.py:9"]);
    let again = perflint(at, "init");
    assert_eq!(again.status.code(), Some(2));
    assert!(said(&again).contains("`--force` writes over it"), "{}", said(&again));
    assert_eq!(perflint(at, "init --force").status.code(), Some(0));
    fs::write(at.join("perflint.toml"), "selct = 1\n").unwrap();
    assert_eq!(perflint(at, "init --force").status.code(), Some(0));
    fs::remove_file(at.join("perflint.toml")).unwrap();
    fs::write(at.join("pyproject.toml"), "[tool.perflint]\nfail-on = \"high\"\n").unwrap();
    let elsewhere = perflint(at, "init --force");
    assert_eq!(elsewhere.status.code(), Some(2));
    assert!(said(&elsewhere).contains("pyproject.toml holds a configuration already"), "{}", said(&elsewhere));
    assert_eq!(perflint(at, "init app").status.code(), Some(0));
    assert_eq!(perflint(at, "init nowhere").status.code(), Some(2));
}

#[test]
fn an_editor_that_pipes_its_buffer_sees_what_is_new_in_it() {
    use std::io::Write as _;
    use std::process::Stdio;
    let text = module("f");
    let folder = project(&[("a.py", &text)]);
    assert_eq!(perflint(folder.path(), "baseline").status.code(), Some(0));
    let lint = |buffer: &str| {
        let mut child = Command::new(env!("CARGO_BIN_EXE_perflint"))
            .current_dir(folder.path())
            .args(["--stdin-filename", "a.py", "--context", ".", "--format", "compact"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(buffer.as_bytes()).unwrap();
        said(&child.wait_with_output().unwrap())
    };
    assert!(lint(&format!("# not saved\n{text}")).contains("1 known"));
    let more = format!("{text}\n\ndef more(ids):\n    return [Order.objects.get(id=i) for i in ids]\n");
    let shown = lint(&more);
    assert!(shown.contains("a.py:13:") && !shown.contains("a.py:9:") && shown.contains("1 known"), "{shown}");
}
