use pulldown_cmark::{Event, Options, Parser, Tag};

use super::*;

/// What a reader of the rendered text sees, and the links, pictures and pieces of HTML that Markdown finds in it.
fn read(markdown: &str) -> (String, Vec<String>) {
    let (mut text, mut odd) = (String::new(), Vec::new());
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Text(part) | Event::Code(part) => text.push_str(&part),
            Event::Html(part) | Event::InlineHtml(part) => odd.push(part.trim().to_owned()),
            Event::Start(tag @ (Tag::Link { .. } | Tag::Image { .. } | Tag::Table(_) | Tag::Emphasis)) => {
                odd.push(format!("{tag:?}"));
            }
            _ => {}
        }
    }
    (text, odd)
}

#[test]
fn a_finding_has_its_place_its_cost_and_its_steps() {
    let expected = "\
**perflint**: 1 finding (1 high) in 2 files; 1 suppressed, 2 problems

### High severity

- `back end/app/loop.py:3` **query-loop**: `load(id)` queries once for every item of `ids`. Cost: 1 + N round trips.
  <details><summary>Why, and what to do</summary>

  **Why:** Each trip costs a millisecond.

  **Fix:** Fetch all rows at once.

  1. `back end/app/loop.py:3` queries here
  2. `back end/app/loop.py:2` for each of ids\\[..\\]
  3. `back end/app/load me.py:2` the query

  </details>

<details><summary>2 problems</summary>

- `back end/gone.py` cannot read the file.
- `back end/perflint.toml:1` unknown key. did you mean `select`?

</details>
";
    let output = rendered(Format::Markdown, &report());
    assert_eq!(output.text, expected);
    assert!(output.notes.is_empty());
}

#[test]
fn an_empty_report_is_one_friendly_line() {
    let mut empty = Report { suppressed: report().suppressed, ..Report::default() };
    empty.stats.files = 1_200;
    let text = rendered(Format::Markdown, &empty).text;
    assert_eq!(text, "**perflint** read 1,200 files and found nothing to speed up. 🎉\n");
    empty.problems = vec![Problem::input("unknown key")];
    let text = rendered(Format::Markdown, &empty).text;
    assert!(text.starts_with("**perflint**: No findings in 1,200 files; 1 suppressed, 1 problem\n"), "{text}");
}

#[test]
fn what_code_says_marks_nothing_up_and_mentions_nobody() {
    let what = "`f(`a`)` <img src=x> *b* _c_ | [d](e) @user #12 &amp; $x$ ~~y~~ ünï 😀 `";
    let evil =
        Finding { path: "a`b``@c.py".to_owned(), what: what.to_owned(), why: "``<b>`<i>`".to_owned(), ..finding() };
    let markdown = rendered(Format::Markdown, &Report { findings: vec![evil], ..Report::default() }).text;
    let (text, odd) = read(&markdown);
    let details = ["<details><summary>Why, and what to do</summary>", "</details>"];
    assert_eq!(odd, details, "{markdown}");
    assert!(text.contains("back end/a`b``@c.py:1"), "{text}");
    let seen = "f(a) <img src=x> *b* _c_ | [d](e) @\u{200b}user #\u{200b}12 &amp; $x$ ~~y~~ ünï 😀 `.";
    assert!(text.contains(seen), "{text}");
    assert!(text.contains("` <b><i>`."), "{text}");
    assert!(markdown.contains("\\$x\\$"), "{markdown}");
}

#[test]
fn code_spans_that_touch_stay_apart() {
    let found = Finding { what: "`a``b` and ``".to_owned(), ..finding() };
    let markdown = rendered(Format::Markdown, &Report { findings: vec![found], ..Report::default() }).text;
    assert!(markdown.contains("**query-loop**: `a` `b` and \\`\\`."), "{markdown}");
}

#[test]
fn the_most_important_come_first_by_file() {
    let at = |path: &str, severity, confidence| Finding {
        path: path.to_owned(),
        severity,
        confidence,
        what: format!("{path} {severity} {confidence}"),
        ..finding()
    };
    let findings = vec![
        at("a.py", Severity::Medium, Confidence::Low),
        at("a.py", Severity::High, Confidence::Medium),
        at("b.py", Severity::Medium, Confidence::High),
        at("b.py", Severity::Medium, Confidence::Low),
        at("c.py", Severity::Low, Confidence::High),
    ];
    let markdown = rendered(Format::Markdown, &Report { findings, ..Report::default() }).text;
    let heads: Vec<&str> = markdown
        .lines()
        .filter_map(|line| line.strip_prefix("### ").or_else(|| line.split("**: ").nth(1)))
        .map(|line| line.split(" Cost").next().unwrap())
        .collect();
    assert_eq!(
        heads[1..],
        [
            "High severity",
            "a.py high medium.",
            "Medium severity",
            "b.py medium high.",
            "b.py medium low.",
            "a.py medium low.",
            "Low severity",
            "c.py low high."
        ]
    );
}

#[test]
fn what_does_not_fit_is_counted() {
    let mut findings: Vec<Finding> = (0..2_000).map(|row| Finding { severity: Severity::Low, ..at(row) }).collect();
    findings.push(Finding { path: "z.py".to_owned(), what: "😀".repeat(30), ..finding() });
    let problems = (0..400).map(|row| Problem::file(format!("{row}.py"), "ü".repeat(700))).collect();
    let output = rendered(Format::Markdown, &Report { findings, problems, ..Report::default() });
    assert!(output.text.len() <= 65_000, "{}", output.text.len());
    assert!(output.text.len() > 60_000, "{}", output.text.len());
    assert!(output.text.contains("### High severity") && output.text.contains("`back end/z.py:1`"));
    let shown = output.text.lines().filter(|line| line.contains("**query-loop**")).count();
    let cut = format!("only the {shown} most important of 2,001 findings fit");
    assert_eq!(output.notes, [format!("Markdown: GitHub takes 65,536 characters; {cut}")]);
    assert!(output.text.contains(&cut[1..]), "the text says so too");
    assert!(output.text.contains("<summary>400 problems</summary>") && output.text.contains(" more\n\n</details>"));
}
