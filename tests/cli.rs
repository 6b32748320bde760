//! Drives the built program in folders of its own.
#![allow(clippy::unwrap_used)]

mod projects;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use projects::project;
use serde_json::Value;
use tempfile::TempDir;

fn command(folder: &Path, arguments: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_perflint"));
    command.current_dir(folder).args(arguments.split_whitespace()).env_remove("NO_COLOR").env("LANG", "C.UTF-8");
    command
}

fn run(folder: &TempDir, arguments: &str) -> Output {
    command(folder.path(), arguments).output().unwrap()
}

fn run_with_input(folder: &TempDir, arguments: &str, input: &[u8]) -> Output {
    let mut command = command(folder.path(), arguments);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Runs with arguments that must fail with status 2, and gives what standard error says.
fn refused(folder: &TempDir, arguments: &str) -> String {
    let output = run(folder, arguments);
    assert_eq!(output.status.code(), Some(2), "{arguments}: {}", stderr(&output));
    assert!(output.stdout.is_empty(), "{arguments}: {}", stdout(&output));
    stderr(&output)
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", stderr(output)))
}

#[test]
fn clean_code_exits_with_zero_and_a_summary() {
    let folder = project(&[("a.py", "x = 1\n"), ("b.rs", "fn main() {}\n"), ("notes.md", "")]);
    let output = run(&folder, "");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(stdout(&output), "");
    assert!(stderr(&output).starts_with("No findings in 2 files"), "{}", stderr(&output));
}

#[test]
fn bad_arguments_exit_with_two() {
    let folder = project(&[("a.py", "")]);
    for (arguments, expected) in [
        ("--no-such-option", "--no-such-option"),
        ("--format yaml", "there is no format `yaml`"),
        ("--fail-on dire", "none of high, medium, low"),
        ("--min-confidence sure", "none of high, medium, low"),
        ("--threads 0", "--threads"),
        ("--format json --format sarif", "two outputs would go to standard output"),
        ("--config perflint.toml --isolated", "cannot be used with"),
        ("--select all rules", "--select"),
        ("--select no-such-rule", "there is no rule or group `no-such-rule`"),
        ("--ignore suppresion", "did you mean `suppression`?"),
        ("nowhere.py", "there is no file or folder `nowhere.py`"),
        ("explain unused-supression", "did you mean `unused-suppression`?"),
        ("--config nowhere.toml", "cannot read the configuration"),
        ("completions tcl", "tcl"),
        ("rule new Bad_Name", "cannot be a rule's id"),
        ("rule", "Usage"),
    ] {
        let message = refused(&folder, arguments).replace("\n  │ ", " ");
        assert!(message.contains(expected), "{arguments}: no {expected:?} in {message}");
    }
}

#[test]
fn broken_configurations_exit_with_two_and_show_the_place() {
    for (file, text, expected) in [
        ("perflint.toml", "selct = [\"all\"]\n", "did you mean `select`?"),
        ("perflint.toml", "select = \"all\"\n", "perflint.toml:1:10"),
        ("perflint.toml", "ignore = [\"no-such-rule\"]\n", "no-such-rule"),
        ("perflint.toml", "[severity]\nsuppression = \"dire\"\n", "perflint.toml:2:15"),
        ("perflint.toml", "select = [", "perflint.toml:1:"),
        ("perflint.toml", "extends = \"gone.toml\"\n", "cannot read the configuration"),
        ("perflint.toml", "extends = \"perflint.toml\"\n", "extends itself"),
        ("perflint.toml", "rules = [\"gone.md\"]\n", "there is no file `gone.md`"),
        ("perflint.toml", "exclude = [\"{a\"]\n", "is no pattern"),
        ("pyproject.toml", "[tool.perflint]\nfailon = \"high\"\n", "did you mean `fail-on`?"),
        ("package.json", "{\n\"perflint\": {\"fail-on\": 3}\n}", "package.json:2:"),
        ("Cargo.toml", "[package.metadata.perflint]\nselect = 1\n", "Cargo.toml:2:10"),
    ] {
        let folder = project(&[("a.py", "x = 1\n"), (file, text)]);
        let message = refused(&folder, "");
        assert!(message.contains(expected), "{text}: no {expected:?} in {message}");
        assert_eq!(run(&folder, "--isolated").status.code(), Some(0));
    }
}

#[test]
fn odd_files_never_stop_a_run() {
    let deep = "(\n".repeat(50_000);
    let folder = project(&[
        ("empty.py", ""),
        ("crlf.py", "x = 1\r\ny = 2\r\n"),
        ("bom.js", "\u{feff}let a = 1;\n"),
        ("broken.ts", "function ( {{{ ]]"),
        ("deep.py", deep.as_str()),
        ("min.js", &"var a=1;".repeat(3000)),
        ("made.py", "# Code generated by a tool. DO NOT EDIT.\n"),
        ("huge.sql", &"select 1;\n".repeat(300_000)),
    ]);
    fs::write(folder.path().join("latin.py"), b"# caf\xe9\nx = 1\n").unwrap();
    fs::write(folder.path().join("noise.rs"), [0u8, 159, 146, 150].repeat(500)).unwrap();
    let utf16: Vec<u8> = [0xfeffu16].into_iter().chain("x = 1\n".encode_utf16()).flat_map(u16::to_le_bytes).collect();
    fs::write(folder.path().join("wide.py"), utf16).unwrap();
    let output = run(&folder, "--format json");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let report = json(&output);
    assert_eq!(report["summary"]["files"], 7);
    let skipped = serde_json::json!({"generated": 1, "minified": 1, "not text": 1, "too large": 1});
    assert_eq!(report["summary"]["skipped"], skipped);
}

#[cfg(unix)]
#[test]
fn unreadable_files_are_problems_of_those_files() {
    use std::os::unix::fs::symlink;
    let folder = project(&[("a.py", "x = 1\n")]);
    symlink("nowhere", folder.path().join("dangling.py")).unwrap();
    symlink(".", folder.path().join("loop")).unwrap();
    let output = run(&folder, "--format json");
    assert_eq!((output.status.code(), &json(&output)["summary"]["files"]), (Some(0), &Value::from(1)));
    fs::remove_file(folder.path().join("a.py")).unwrap();
    fs::create_dir(folder.path().join("a.py")).unwrap();
    assert_eq!(run(&folder, "").status.code(), Some(0));
}

#[test]
fn a_broken_manifest_is_a_problem_of_that_file() {
    let folder = project(&[("a.py", "x = 1\n"), ("requirements.txt", "django\n"), ("package.json", "{")]);
    let output = run(&folder, "--format json");
    assert_eq!(output.status.code(), Some(0));
    let report = json(&output);
    assert_eq!(report["problems"][0]["kind"], "file");
    assert_eq!(report["problems"][0]["path"], "package.json");
    assert!(stderr(&output).contains("package.json"));
}

#[test]
fn outputs_go_where_they_should() {
    let folder = project(&[("a.py", "x = 1\n")]);
    let output = run(&folder, "--format text --format sarif --output out.sarif --format json=out.json");
    assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(0), ""));
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    let sarif: Value = serde_json::from_str(&read("out.sarif")).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    assert_eq!(sarif["runs"][0]["tool"]["driver"]["name"], "perflint");
    let report: Value = serde_json::from_str(&read("out.json")).unwrap();
    assert_eq!((&report["version"], &report["summary"]["files"]), (&Value::from(1), &Value::from(1)));
    let message = refused(&folder, "--output no/such/folder/x.json");
    assert!(message.contains("cannot be written"), "{message}");
}

const ORDERS: &str = "\
import { prisma } from './db';
export async function names(orders: { id: number }[]) {
  const found = [];
  for (const order of orders) {
    found.push(await prisma.customer.findUnique({ where: { id: order.id } }));
  }
  return found;
}
";

#[test]
fn several_outputs_in_one_run_tell_the_same() {
    let folder = project(&[
        ("package.json", r#"{"dependencies": {"@prisma/client": "6"}}"#),
        ("shop/db.ts", "import { PrismaClient } from '@prisma/client';\nexport const prisma = new PrismaClient();\n"),
        ("shop/my orders.ts", ORDERS),
        (".git/HEAD", ""),
    ]);
    let formats = "--format text --format github=github.txt --format markdown=report.md --format gitlab=gitlab.json";
    let output =
        command(&folder.path().join("shop"), &format!("{formats} --format junit --output report.xml")).output();
    let output = output.unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(stdout(&output).contains("n-plus-one-query (high"), "{}", stdout(&output));
    let read = |name: &str| fs::read_to_string(folder.path().join("shop").join(name)).unwrap();
    let github = read("github.txt");
    assert!(github.starts_with("::error file=shop/my orders.ts,line=5,endLine=5,col="), "{github}");
    assert!(github.contains("\nmy orders.ts:5:"), "{github}");
    assert!(read("report.md").contains("- `shop/my orders.ts:5` **n-plus-one-query**: "), "{}", read("report.md"));
    let gitlab: Value = serde_json::from_str(&read("gitlab.json")).unwrap();
    assert_eq!(gitlab[0]["location"]["path"], "shop/my orders.ts");
    assert!(read("report.xml").contains("<testsuite name=\"shop/my orders.ts\" tests=\"1\" failures=\"1\""));
    assert_eq!(run(&folder, "shop --format compact --output report.md").status.code(), Some(1));
    assert!(fs::read_to_string(folder.path().join("report.md")).unwrap().starts_with("shop/my orders.ts:5:"));
    assert_eq!(run(&folder, "shop --output report.md").status.code(), Some(1));
    assert!(fs::read_to_string(folder.path().join("report.md")).unwrap().starts_with("**perflint**: 1 finding"));
}

#[test]
fn reports_do_not_depend_on_threads() {
    let files: Vec<(String, String)> = (0..40).map(|n| (format!("d{}/f{n}.py", n % 5), format!("x = {n}\n"))).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let folder = project(&files);
    let reports = ["1", "2", "7"].map(|n| stdout(&run(&folder, &format!("--format json --threads {n} --no-cache"))));
    assert!(reports.iter().all(|report| *report == reports[0]));
}

#[test]
fn standard_input_is_linted_under_a_name() {
    let folder = project(&[("a.py", "broken")]);
    let output = run_with_input(&folder, "--stdin-filename src/a.py --format json", b"x = 1\r\n");
    assert_eq!((output.status.code(), &json(&output)["summary"]["lines"]), (Some(0), &Value::from(1)));
    let output = run_with_input(&folder, "--stdin-filename notes.txt", b"x");
    assert_eq!(output.status.code(), Some(0));
    let output = run_with_input(&folder, "--stdin-filename a.py b.py", b"");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn paths_named_like_sub_commands_work_with_check() {
    let folder = project(&[("rules/a.py", "x = 1\n"), ("explain/b.py", "y = 1\n")]);
    assert!(stderr(&run(&folder, "check rules explain")).contains("2 files"));
    assert!(stderr(&run(&folder, "./rules")).contains("1 file"));
}

#[test]
fn named_files_are_linted_unless_excluding_is_forced() {
    let folder = project(&[(".gitignore", "old.py\n"), ("old.py", ""), ("node_modules/a/x.js", "")]);
    for (arguments, files) in
        [("", 0), ("old.py node_modules/a/x.js", 2), ("--force-exclude old.py node_modules/a/x.js", 0)]
    {
        let report = json(&run(&folder, &format!("{arguments} --format json")));
        assert_eq!(report["summary"]["files"], files, "{arguments}");
    }
}

#[test]
fn rules_are_listed_and_explained() {
    let folder = project(&[]);
    let list = stdout(&run(&folder, "rules"));
    assert!(list.contains("unused-suppression"), "{list}");
    let page = stdout(&run(&folder, "explain unused-suppression"));
    assert!(page.starts_with("# "), "{page}");
}

#[test]
fn new_rules_are_written_once() {
    let folder = project(&[]);
    assert_eq!(run(&folder, "rule new no-raw-sql").status.code(), Some(0));
    let text = fs::read_to_string(folder.path().join("lint/no-raw-sql.md")).unwrap();
    assert!(text.contains("title = \"No raw sql\""));
    assert!(refused(&folder, "rule new no-raw-sql").contains("there already"));
}

#[test]
fn completions_and_help_and_version() {
    let folder = project(&[]);
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(stdout(&run(&folder, &format!("completions {shell}"))).contains("perflint"));
    }
    assert!(stdout(&run(&folder, "--help")).contains("Exit status"));
    assert_eq!(stdout(&run(&folder, "--version")), concat!("perflint ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn the_manual_page_has_every_shown_sub_command() {
    let folder = project(&[]);
    let page = stdout(&run(&folder, "man"));
    assert!(page.contains(".TH perflint 1"), "{page}");
    for name in ["CHECK", "INIT", "BASELINE", "EXPLAIN", "RULES", "RULE", "RULE TEST", "RULE NEW", "RULE DOCS", "MAN"] {
        assert_eq!(page.matches(&format!("\n.SH \"PERFLINT {name}\"\n")).count(), 1, "{name}");
    }
    assert!(page.contains("\n.SH \"EXIT STATUS\"\n0 if there is nothing"), "{page}");
    assert!(!page.contains("BOOK") && !page.contains("CONFIG"), "{page}");
    // What roff would take for a command, in text.
    assert!(page.lines().all(|line| !line.starts_with("..") && !line.starts_with("'")), "{page}");
}

#[test]
fn the_book_is_written_beside_its_table_of_contents() {
    let folder = project(&[]);
    assert!(refused(&folder, "book .").contains("SUMMARY.md cannot be read"));
    fs::write(folder.path().join("SUMMARY.md"), "# Summary\n").unwrap();
    assert!(refused(&folder, "book .").contains("the line `<!-- rules -->` is missing"));
    let marks = ["rules", "libraries", "keys", "commands", "vocabulary"].map(|mark| format!("<!-- {mark} -->\n"));
    fs::write(folder.path().join("SUMMARY.md"), marks.concat()).unwrap();
    let output = run(&folder, "book .");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let read = |path: &str| fs::read_to_string(folder.path().join(path)).unwrap();
    assert!(read("SUMMARY.md").contains("(reference/commands.md)"));
    assert!(read("reference/commands.md").contains("`perflint baseline`"));
    assert!(read("libraries/python/django.md").starts_with("# Django\n"));
}

#[test]
fn the_schema_in_docs_is_fresh() {
    let folder = project(&[]);
    let schema = stdout(&run(&folder, "config-schema"));
    let kept = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/perflint.schema.json");
    let fresh = fs::read_to_string(kept).is_ok_and(|text| text.replace("\r\n", "\n") == schema);
    assert!(fresh, "run `cargo run -- config-schema > docs/perflint.schema.json`");
    assert!(schema.contains("\"min-confidence\""));
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_is_no_error() {
    let folder = project(&[]);
    let mut child =
        command(folder.path(), "completions zsh").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(0), ""));
}

#[test]
fn statistics_are_shown_on_standard_error() {
    let folder = project(&[("a.py", "x = 1\n")]);
    let output = run(&folder, "--statistics --no-progress --exit-zero");
    assert_eq!(stdout(&output), "");
    assert!(stderr(&output).contains("lines") && stderr(&output).contains("find files"), "{}", stderr(&output));
}

#[test]
fn colours_follow_the_option() {
    let folder = project(&[("perflint.toml", "selct = 1\n"), ("a.py", "")]);
    assert!(!refused(&folder, "").contains('\u{1b}'));
    assert!(refused(&folder, "--color always").contains('\u{1b}'));
    let output = command(folder.path(), "check --color always").env("NO_COLOR", "1").output().unwrap();
    assert!(stderr(&output).contains('\u{1b}'));
}

#[test]
fn a_project_is_the_same_from_wherever_it_is_linted() {
    let count = "import { PrismaClient } from \"@prisma/client\";\nconst db = new PrismaClient();\n\
                 export const count = (id: string) => db.order.count({ where: { id } });\n";
    let page = "import { count } from \"../lib/count\";\n\
                export async function page(ids: string[]) {\n  for (const id of ids) console.log(await count(id));\n}\n";
    let test = page.replace("page", "test_page");
    let folder = project(&[
        ("tests/app/package.json", "{\"dependencies\": {\"@prisma/client\": \"^6.0.0\"}}"),
        ("tests/app/src/lib/count.ts", count),
        ("tests/app/src/routes/page.ts", page),
        ("tests/app/tests/routes/page.ts", test.as_str()),
        ("elsewhere/a.py", ""),
    ]);
    fs::remove_dir(folder.path().join(".git")).unwrap();
    let app = folder.path().join("tests/app");
    let lint = |from: &Path, path: &str| {
        let report = json(&command(from, &format!("{path} --format json --isolated")).output().unwrap());
        let lines = report["findings"].as_array().unwrap().iter();
        lines.map(|f| f["path"].as_str().unwrap().rsplit('/').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(lint(&app, "."), ["page.ts"]);
    assert_eq!(lint(&folder.path().join("elsewhere"), &app.display().to_string()), ["page.ts"]);
    assert_eq!(lint(&folder.path().join("elsewhere"), "../tests/app"), ["page.ts"]);
    assert_eq!(lint(Path::new("/dev"), &app.display().to_string()), ["page.ts"]);
}
