use std::collections::HashSet;

use super::*;

fn issues(report: &Report, sources: &Fixed) -> Vec<Value> {
    serde_json::from_str(&rendered_with(Format::Gitlab, report, sources).text).unwrap()
}

#[test]
fn issues_have_the_fields_that_gitlab_reads() {
    let issues = issues(&report(), &sources());
    assert_eq!(issues.len(), 1, "what is suppressed is no issue");
    let expected = serde_json::json!({
        "description": "`load(id)` queries once for every item of `ids`. Cost: 1 + N round trips. \
                        Fetch all rows at once.",
        "check_name": "query-loop",
        "fingerprint": issues[0]["fingerprint"],
        "severity": "major",
        "location": {"path": "back end/app/loop.py", "lines": {"begin": 3, "end": 3}},
    });
    assert_eq!(issues[0], expected);
}

#[test]
fn an_empty_report_is_an_empty_array() {
    assert_eq!(rendered(Format::Gitlab, &Report::default()).text, "[]\n");
}

#[test]
fn fingerprints_differ_within_a_report_and_stay_when_lines_move() {
    let twice = |text: &'static str, path: &str| {
        let first = span(text, "load(id)");
        let second = text.rfind("load(id)").unwrap();
        let second = Span::new(second, second + "load(id)".len());
        let sources = Fixed(HashMap::from([("a.py", Arc::new(Source::new(text)))]));
        let found = [first, second].map(|span| Finding { path: path.to_owned(), span, region: span, ..finding() });
        let issues = issues(&Report { findings: found.to_vec(), ..Report::default() }, &sources);
        issues.iter().map(|issue| issue["fingerprint"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let before = twice("load(id)\nload(id)\n", "a.py");
    assert_eq!(before.iter().collect::<HashSet<_>>().len(), 2);
    assert_eq!(before, twice("# ünï\n\nload(id)\n\nload(id)\n", "a.py"));
}

#[test]
fn fingerprints_and_paths_count_from_the_root() {
    let found = [finding(), Finding { path: "./app/../app/loop.py".to_owned(), ..finding() }];
    let report = Report { findings: found.to_vec(), ..Report::default() };
    let issues = issues(&report, &sources());
    assert_eq!(issues[0]["location"]["path"], issues[1]["location"]["path"]);
    let (sources, style) = (sources(), Style { color: false, unicode: true, width: 100 });
    let input =
        Input { report: &report, rules: &[], sources: &sources, prefix: "other", style, include_suppressed: false };
    let other: Vec<Value> = serde_json::from_str(&Format::Gitlab.render(&input).unwrap().text).unwrap();
    assert_ne!(issues[0]["fingerprint"], other[0]["fingerprint"]);
}

#[test]
fn places_of_several_lines_and_lower_grades() {
    let found = Finding { path: "chain.py".to_owned(), region: span(CHAIN, "db.orders\n    .all"), ..finding() };
    let found = [Severity::Medium, Severity::Low].map(|severity| Finding { severity, ..found.clone() });
    let issues = issues(&Report { findings: found.to_vec(), ..Report::default() }, &sources());
    assert_eq!(issues[0]["location"]["lines"], serde_json::json!({"begin": 2, "end": 3}));
    assert_eq!((&issues[0]["severity"], &issues[1]["severity"]), (&"minor".into(), &"info".into()));
}
