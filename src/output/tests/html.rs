use super::*;
use crate::catalog::Entry;
use crate::findings::EntryPoint;

fn html(report: &Report) -> Output {
    rendered(Format::Html, report)
}

#[test]
fn a_page_has_the_message_the_code_and_the_calls() {
    let text = html(&report()).text;
    for part in [
        "<title>perflint: 1 finding (1 high)",
        "<code>load(id)</code> queries once for every item of <code>ids</code>",
        "<dt>Cost</dt><dd>1 + N round trips.</dd>",
        "<mark class=\"first\">load(id)</mark>",
        "<mark>for id in ids</mark>",
        "↑ queries here",
        "<figcaption>app/load me.py</figcaption>",
        "<a href=\"#rule-query-loop\">",
        "<div id=\"rule-query-loop\">",
        "cannot read the file",
        "<code>perflint.toml:1</code> unknown key (did you mean",
    ] {
        assert!(text.contains(part), "no {part:?} in:\n{text}");
    }
    assert_eq!(text.matches("<article").count(), 1, "what is suppressed is not shown");
    assert_eq!(text, html(&report()).text);
}

#[test]
fn nothing_in_code_or_rules_is_markup() {
    let code = "x = \"</script><script>alert(1)</script>\" + load(id) \u{202e}\u{1b}[2J\n";
    let sources = Fixed(HashMap::from([("<img src=x>.py", Arc::new(Source::new(code)))]));
    let evil = Finding {
        path: "<img src=x>.py".to_owned(),
        span: span(code, "load(id)"),
        region: span(code, "load(id)"),
        what: "`<b onclick=x>` & \"quotes\"".to_owned(),
        related: Vec::new(),
        chain: Vec::new(),
        ..finding()
    };
    let page = "<script>alert(2)</script>\n\n[link](javascript:alert) ![picture](https://example.com/x.png)\n";
    let rules = [RuleInfo { markdown: page.to_owned(), ..rule("query-loop", "database", false) }];
    let report = Report { findings: vec![evil], ..Report::default() };
    let style = Style { color: false, unicode: true, width: 100 };
    let input =
        Input { report: &report, rules: &rules, sources: &sources, prefix: "", style, include_suppressed: false };
    let text = Format::Html.render(&input).unwrap().text;
    assert_eq!(text.matches("<script>").count(), 1, "the page's own");
    for part in ["<img", "<b onclick", "javascript:", "\u{202e}", "\u{1b}", "src=\"http"] {
        assert!(!text.contains(part), "{part:?} in:\n{text}");
    }
    assert!(text.contains("data-file=\"&lt;img src=x&gt;.py\"") && text.contains("&lt;/script&gt;"));
}

#[test]
fn findings_stand_by_entry_point_the_worst_first() {
    let entry = |name: &str| EntryPoint {
        kind: Entry::Http,
        route: None,
        name: Some(name.to_owned()),
        path: "app/loop.py".to_owned(),
        span: span(LOOP, "for"),
    };
    let low = Finding { severity: Severity::Low, entry: Some(entry("first")), ..at(0) };
    let high = Finding { entry: Some(entry("second")), ..finding() };
    let report = Report { findings: vec![low, high], ..Report::default() };
    let text = html(&report).text;
    let place = |part: &str| text.find(part).unwrap_or_else(|| panic!("no {part:?}"));
    assert!(place("<h2>Request second, app/loop.py:2 ") < place("<h2>Request first, app/loop.py:2 "));
}

#[test]
fn an_empty_page_says_so_and_a_large_one_is_cut() {
    assert!(html(&Report::default()).text.contains("Nothing was found here."));
    let many: Vec<Finding> = (0..2_100).map(at).collect();
    let output = html(&Report { findings: many, ..Report::default() });
    assert_eq!(output.text.matches("<article").count(), 2_000);
    assert_eq!(output.text.matches("<li>app/loop.py:").count(), 100);
    assert!(output.notes[0].contains("2,100 findings"), "{:?}", output.notes);
}
