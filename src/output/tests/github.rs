use super::*;

fn lines(report: &Report) -> Vec<String> {
    rendered(Format::Github, report).text.lines().map(str::to_owned).collect()
}

#[test]
fn annotations_name_the_place_from_the_root_and_the_log_has_all() {
    let lines = lines(&report());
    assert_eq!(
        lines[0],
        "::error file=back end/app/loop.py,line=3,endLine=3,col=26,endColumn=34,title=Title of query-loop (query-loop)::\
         `load(id)` queries once for every item of `ids`.%0ACost: 1 + N round trips.%0AEach trip costs a millisecond.%0A\
         Fetch all rows at once."
    );
    assert_eq!(lines[1], "::warning file=back end/gone.py,title=perflint::cannot read the file");
    assert_eq!(
        lines[2],
        "::warning file=back end/perflint.toml,line=1,endLine=1,col=1,endColumn=6,title=perflint::unknown key%0A\
         did you mean `select`?"
    );
    assert_eq!(lines[3], "::group::perflint: 1 finding");
    assert_eq!(lines[4], rendered(Format::Compact, &report()).text.trim_end());
    assert_eq!(lines[5..], ["::endgroup::"]);
}

#[test]
fn nothing_found_is_nothing_said() {
    let empty = Report { suppressed: report().suppressed, ..Report::default() };
    assert_eq!(rendered(Format::Github, &empty), Output::default());
}

#[test]
fn places_of_several_lines_have_no_columns() {
    let found = Finding { path: "chain.py".to_owned(), span: span(CHAIN, "all"), ..finding() };
    let found = Finding { region: span(CHAIN, "db.orders\n    .all"), severity: Severity::Low, ..found };
    let lines = lines(&Report { findings: vec![found], ..Report::default() });
    assert!(lines[0].starts_with("::notice file=back end/chain.py,line=2,endLine=3,title="), "{}", lines[0]);
}

#[test]
fn what_code_says_is_escaped_and_no_command() {
    let evil = Finding {
        path: "::error::a,b:c%.py".to_owned(),
        rule: "own/a:b,c".to_owned(),
        what: "100%\r\n##[error]`ünï`\u{1b}[2J".to_owned(),
        ..finding()
    };
    let lines = lines(&Report { findings: vec![evil], ..Report::default() });
    let expected = "::error file=back end/%3A%3Aerror%3A%3Aa%2Cb%3Ac%25.py,line=1,endLine=1,col=1,endColumn=1,\
                    title=own/a%3Ab%2Cc::100%25 ##[error]`ünï`?[2J.%0ACost";
    assert!(lines[0].starts_with(expected), "{}", lines[0]);
    assert_eq!(lines[2], "./::error::a,b:c%.py:1:1: high own/a:b,c: 100% ## [error]`ünï`?[2J");
}

#[test]
fn annotations_are_the_ten_most_important_of_each_kind() {
    let some = |count: u32, severity: Severity| (0..count).map(move |row| Finding { severity, ..at(row) });
    let mut findings: Vec<Finding> = some(12, Severity::Low).chain(some(13, Severity::High)).collect();
    findings.push(Finding { confidence: Confidence::High, path: "z.py".to_owned(), ..finding() });
    findings.extend(some(4, Severity::Medium));
    let problems = (0..8).map(|row| Problem::file(format!("f{row}.py"), "cannot read the file")).collect();
    let output = rendered(Format::Github, &Report { findings, problems, ..Report::default() });
    let count = |start: &str| output.text.lines().filter(|line| line.starts_with(start)).count();
    assert_eq!([count("::error "), count("::warning "), count("::notice ")], [10, 10, 10]);
    assert!(output.text.starts_with("::error file=back end/z.py"), "the surest comes first");
    assert_eq!(count("::warning file=back end/f"), 6);
    assert_eq!(output.text.lines().filter(|line| !line.starts_with("::")).count(), 30);
    assert_eq!(
        output.notes,
        ["GitHub shows 10 annotations of each kind for a step; 6 findings and 2 problems have none of their own, \
          see the log"]
    );
}
