use std::collections::HashMap;

use serde_json::Value;

use super::*;
use crate::config::selection::tests::rule;
use crate::findings::{BaselineState, Confidence, Finding, Label, Problem, Severity};
use crate::syntax::Family;

mod github;
mod gitlab;
mod html;
mod junit;
mod markdown;

struct Fixed(HashMap<&'static str, Arc<Source>>);

impl Sources for Fixed {
    fn source(&self, path: &str) -> Option<Arc<Source>> {
        self.0.get(path).cloned()
    }
}

const CHAIN: &str = "rows = (\n    db.orders\n    .all()\n)\n";
const LOOP: &str = "# ünï 😀\nfor id in ids:\n    x = '😀'; rows.append(load(id))\n";
const LOAD: &str = "def load(id):\n    return db.get(id)\n";

fn span(text: &str, part: &str) -> Span {
    let start = text.find(part).unwrap();
    Span::new(start, start + part.len())
}

fn sources() -> Fixed {
    let files =
        [("app/loop.py", LOOP), ("app/load me.py", LOAD), ("chain.py", CHAIN), ("perflint.toml", "selct = []\n")];
    Fixed(files.into_iter().map(|(path, text)| (path, Arc::new(Source::new(text)))).collect())
}

/// A finding of one character.
fn at(start: u32) -> Finding {
    let span = Span { start, end: start + 1 };
    Finding { span, region: span, ..finding() }
}

fn finding() -> Finding {
    Finding {
        rule: "query-loop".to_owned(),
        severity: Severity::High,
        confidence: Confidence::Medium,
        path: "app/loop.py".to_owned(),
        span: span(LOOP, "load(id)"),
        region: span(LOOP, "load(id)"),
        what: "`load(id)` queries once for every item of `ids`".to_owned(),
        why: "Each trip costs a millisecond.".to_owned(),
        fix: "Fetch all rows at once".to_owned(),
        cost: "1 + N round trips".to_owned(),
        primary_label: "queries here".to_owned(),
        related: vec![Label {
            path: "app/loop.py".to_owned(),
            span: span(LOOP, "for id in ids"),
            text: "for each of ids[..]".to_owned(),
        }],
        chain: vec![Label {
            path: "app/load me.py".to_owned(),
            span: span(LOAD, "db.get(id)"),
            text: "the query".to_owned(),
        }],
        function: None,
        entry: None,
        suppressed: None,
        baseline: None,
        offers: Vec::new(),
        fixes: Vec::new(),
    }
}

fn report() -> Report {
    let mut report = Report {
        findings: vec![finding()],
        suppressed: vec![Finding {
            span: span(LOOP, "rows"),
            region: span(LOOP, "rows"),
            suppressed: Some(Some("few".to_owned())),
            ..finding()
        }],
        problems: vec![
            Problem::file("gone.py", "cannot read the file"),
            Problem::input("unknown key")
                .at("perflint.toml", Some(Span::new(0, 5)))
                .with_help(Some("did you mean `select`?")),
        ],
        failing: 1,
        ..Report::default()
    };
    report.stats.files = 2;
    report.sort();
    report
}

fn rendered(format: Format, report: &Report) -> Output {
    rendered_with(format, report, &sources())
}

fn rendered_with(format: Format, report: &Report, sources: &Fixed) -> Output {
    let rules = [rule("query-loop", "database", false)];
    let style = Style { color: false, unicode: true, width: 100 };
    format
        .render(&Input { report, rules: &rules, sources, prefix: "back end", style, include_suppressed: true })
        .unwrap()
}

#[test]
fn text_has_three_parts_and_all_labels() {
    let text = rendered(Format::Text, &report()).text;
    for part in [
        "query-loop (high, confidence medium)",
        "`load(id)` queries once for every item of `ids`",
        "Cost: 1 + N round trips. Each trip costs a millisecond.",
        "help: Fetch all rows at once",
        "app/loop.py:3:",
        "for each of ids[..]",
        "queries here",
        "app/load me.py:2:",
        "step 1: the query",
    ] {
        assert!(text.contains(part), "no {part:?} in:\n{text}");
    }
    assert!(!text.contains('\u{1b}'));
}

#[test]
fn code_cannot_steer_the_terminal() {
    let text = "x = 1 # \u{1b}[2J\u{9b}31m here\n";
    let sources = Fixed(HashMap::from([("evil.py", Arc::new(Source::new(text)))]));
    let evil = Finding {
        path: "evil.py".to_owned(),
        span: span(text, "here"),
        region: span(text, "here"),
        what: "\u{7}ring".to_owned(),
        ..finding()
    };
    let report = Report { findings: vec![evil], ..Report::default() };
    let style = Style { color: false, unicode: true, width: 100 };
    let input = Input { report: &report, rules: &[], sources: &sources, prefix: "", style, include_suppressed: false };
    for format in [Format::Text, Format::Compact] {
        let text = format.render(&input).unwrap().text;
        assert!(!text.contains(|char: char| char.is_control() && char != '\n'), "{text:?}");
    }
}

#[test]
fn problems_show_their_place() {
    let style = Style { color: false, unicode: false, width: 100 };
    let text = human::problems(&report().problems, &sources(), style);
    assert!(text.contains("gone.py: cannot read the file"), "{text}");
    assert!(text.contains("perflint.toml:1:1") && text.contains("did you mean `select`?"), "{text}");
}

#[test]
fn compact_is_one_line() {
    let text = rendered(Format::Compact, &report()).text;
    assert_eq!(text, "app/loop.py:3:26: high query-loop: `load(id)` queries once for every item of `ids`\n");
}

#[test]
fn json_is_versioned() {
    let value: Value = serde_json::from_str(&rendered(Format::Json, &report()).text).unwrap();
    assert_eq!(value["version"], 1);
    let finding = &value["findings"][0];
    assert_eq!((&finding["start"]["line"], &finding["start"]["column"]), (&3.into(), &26.into()));
    assert_eq!(finding["related"][0]["text"], "for each of ids[..]");
    assert_eq!(finding["fingerprint"].as_str().unwrap().len(), 18);
    assert_eq!(value["suppressed"][0]["reason"], "few");
    assert_eq!(value["problems"][1]["end"]["column"], 6);
    assert_eq!(value["summary"]["high"], 1);
}

#[test]
fn sarif_is_valid() {
    let schema: Value = serde_json::from_str(include_str!("../../tests/data/sarif-2.1.0.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for report in [Report::default(), report()] {
        let value: Value = serde_json::from_str(&rendered(Format::Sarif, &report).text).unwrap();
        let errors: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
}

#[test]
fn an_alert_stands_where_the_chain_of_calls_begins() {
    let found = Finding { path: "chain.py".to_owned(), span: span(CHAIN, "all"), ..finding() };
    let found = Finding { region: span(CHAIN, "db.orders\n    .all"), related: Vec::new(), chain: Vec::new(), ..found };
    let report = Report { findings: vec![found], ..Report::default() };
    let value: Value = serde_json::from_str(&rendered(Format::Sarif, &report).text).unwrap();
    let region = &value["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"];
    assert_eq!((&region["startLine"], &region["endLine"]), (&Value::from(2), &Value::from(3)));
}

#[test]
fn sarif_says_what_code_scanning_reads() {
    let value: Value = serde_json::from_str(&rendered(Format::Sarif, &report()).text).unwrap();
    let run = &value["runs"][0];
    assert_eq!(run["tool"]["driver"]["rules"][0]["properties"]["problem.severity"], "warning");
    assert_eq!(run["tool"]["driver"]["rules"][0]["name"], "QueryLoop");
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 2);
    let result = results.iter().find(|result| result["suppressions"].is_null()).unwrap();
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "back%20end/app/loop.py");
    assert_eq!(place["region"]["startColumn"], 27);
    assert!(result["message"]["text"].as_str().unwrap().contains("[for each of ids\\[..\\]](1), [the query](2)"));
    assert_eq!(result["relatedLocations"][1]["id"], 2);
    assert_eq!(result["codeFlows"][0]["threadFlows"][0]["locations"].as_array().unwrap().len(), 2);
    let hash = crate::findings::fingerprint::line_hashes(LOOP)[2].clone();
    assert_eq!(result["partialFingerprints"]["primaryLocationLineHash"], hash);
    let suppressed = results.iter().find(|result| !result["suppressions"].is_null()).unwrap();
    assert_eq!(suppressed["suppressions"][0]["justification"], "few");
    assert_eq!(run["invocations"][0]["executionSuccessful"], false);
}

#[test]
fn sarif_is_cut_at_the_limit_least_important_first() {
    let low = |row: u32| Finding { severity: Severity::Low, ..at(row) };
    let mut findings: Vec<Finding> = (0..25_000).map(low).collect();
    findings.push(at(30_000));
    let report = Report { findings, suppressed: vec![finding()], ..Report::default() };
    let (kept, notes) = sarif::limits::chosen(&report, true);
    assert_eq!(kept.len(), 25_000);
    assert!(kept.iter().any(|finding| finding.severity == Severity::High));
    assert_eq!(notes.len(), 3);
    assert_eq!(sarif::limits::chosen(&report, false).1.len(), 2);
}

#[test]
fn sarif_is_cut_at_the_size_limit_least_important_first() {
    let low = |row: u32| Finding { severity: Severity::Low, ..at(row) };
    let findings: Vec<Finding> = (0..500).map(low).chain([at(1000)]).collect();
    // Hashes hardly get smaller by compression.
    let write = |findings: &[Finding]| -> std::io::Result<String> {
        let hash = |finding: &Finding| crate::findings::fingerprint::hex(&finding.span.start.to_le_bytes());
        Ok(findings.iter().map(|finding| format!("{} {}", hash(finding), finding.severity)).collect())
    };
    let (text, cut) = sarif::limits::written_within(2_000, findings.clone(), write).unwrap();
    assert!(text.contains("high") && cut > 200 && cut < 400, "{cut}");
    assert_eq!(text.matches("low").count() + 1 + cut, 501);
    assert_eq!(sarif::limits::written_within(1 << 20, findings, write).unwrap().1, 0);
}

#[test]
fn sarif_has_what_is_suppressed_or_known_only_when_asked() {
    let known = Finding { baseline: Some(BaselineState::Known), ..at(0) };
    let new = Finding { baseline: Some(BaselineState::New), ..finding() };
    let report = Report { findings: vec![new], known: vec![known], ..report() };
    let results = |include_suppressed: bool| {
        let (sources, rules) = (sources(), [rule("query-loop", "database", false)]);
        let style = Style { color: false, unicode: true, width: 100 };
        let input = Input { report: &report, rules: &rules, sources: &sources, prefix: "", style, include_suppressed };
        let log: Value = serde_json::from_str(&Format::Sarif.render(&input).unwrap().text).unwrap();
        let states = log["runs"][0]["results"].as_array().unwrap().iter();
        states.map(|result| (result["baselineState"].clone(), result["suppressions"].is_null())).collect::<Vec<_>>()
    };
    assert_eq!(results(false), [(Value::from("new"), true)]);
    assert_eq!(results(true), [("unchanged".into(), true), (Value::Null, false), ("new".into(), true)]);
}

#[test]
fn sarif_tags_differ() {
    let info = RuleInfo { languages: vec![Family::Sql], ..rule("query-loop", "sql", false) };
    let (sources, style) = (sources(), Style { color: false, unicode: true, width: 100 });
    let report = Report::default();
    let rules = [info];
    let input =
        Input { report: &report, rules: &rules, sources: &sources, prefix: "", style, include_suppressed: false };
    let log: Value = serde_json::from_str(&Format::Sarif.render(&input).unwrap().text).unwrap();
    let tags = &log["runs"][0]["tool"]["driver"]["rules"][0]["properties"]["tags"];
    assert_eq!(tags, &serde_json::json!(["performance", "sql"]));
}

#[test]
fn files_that_are_gone_do_no_harm() {
    let lost = Finding { path: "lost.py".to_owned(), ..finding() };
    let far = at(9_999);
    let report = Report { findings: vec![lost, far], ..Report::default() };
    for format in Format::ALL {
        assert!(rendered(format, &report).text.contains("lost.py") || format == Format::Text);
    }
}

#[test]
fn the_summary_counts() {
    let line = summary::line(&report());
    assert!(line.starts_with("1 finding (1 high) in 2 files; 1 suppressed, 2 problems ("), "{line}");
    assert!(summary::line(&Report::default()).starts_with("No findings in 0 files ("));
    assert!(summary::statistics(&report()).contains("1  query-loop (and 1 suppressed)"));
}
