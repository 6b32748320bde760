use std::collections::HashSet;

use roxmltree::{Document, Node};

use super::*;

/// What `junit-10.xsd` of Jenkins' plugin xUnit says of an element, as far as it is used.
struct Rule {
    name: &'static str,
    children: &'static [&'static str],
    required: &'static [&'static str],
    optional: &'static [&'static str],
}

const RULES: [Rule; 5] = [
    Rule {
        name: "testsuites",
        children: &["testsuite"],
        required: &[],
        optional: &["name", "time", "tests", "failures", "errors"],
    },
    Rule {
        name: "testsuite",
        children: &["testcase"],
        required: &["name", "tests", "failures", "errors"],
        optional: &["time"],
    },
    Rule { name: "testcase", children: &["failure", "error"], required: &["name"], optional: &["time", "classname"] },
    Rule { name: "failure", children: &[], required: &[], optional: &["type", "message"] },
    Rule { name: "error", children: &[], required: &[], optional: &["type", "message"] },
];

fn check(node: Node<'_, '_>) {
    let name = node.tag_name().name();
    let Rule { children, required, optional, .. } = RULES.iter().find(|rule| rule.name == name).unwrap();
    for child in node.children().filter(Node::is_element) {
        assert!(children.contains(&child.tag_name().name()), "{:?} in {name}", child.tag_name());
        check(child);
    }
    let attributes: Vec<&str> = node.attributes().map(|attribute| attribute.name()).collect();
    assert!(required.iter().all(|name| attributes.contains(name)), "{attributes:?} in {name}");
    assert!(attributes.iter().all(|name| required.contains(name) || optional.contains(name)), "{attributes:?}");
    for (count, kind) in [("tests", "testcase"), ("failures", "failure"), ("errors", "error")] {
        if let Some(written) = node.attribute(count) {
            let counted = node.descendants().filter(|node| node.has_tag_name(kind)).count();
            assert_eq!(written, counted.to_string(), "{count} of {name}");
        }
    }
}

/// Looks at the document of a report, which keeps the rules.
fn checked<T>(report: &Report, look: impl FnOnce(&Document<'_>) -> T) -> T {
    let text = rendered(Format::Junit, report).text;
    assert!(text.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n") && text.ends_with(">\n"), "{text}");
    let document = Document::parse(&text).unwrap();
    assert_eq!(document.root_element().tag_name().name(), "testsuites");
    check(document.root_element());
    look(&document)
}

fn all<'a>(document: &'a Document<'a>, kind: &'a str) -> Vec<Node<'a, 'a>> {
    document.descendants().filter(|node| node.has_tag_name(kind)).collect()
}

#[test]
fn findings_are_failures_and_problems_errors_of_their_files() {
    checked(&report(), |document| {
        let suites: Vec<_> = all(document, "testsuite").iter().map(|node| node.attribute("name").unwrap()).collect();
        assert_eq!(suites, ["back end/app/loop.py", "back end/gone.py", "back end/perflint.toml"]);
        let failures = all(document, "failure");
        assert_eq!(failures.len(), 1, "what is suppressed has not failed");
        assert_eq!(failures[0].attribute("message"), Some("`load(id)` queries once for every item of `ids`"));
        assert_eq!(failures[0].attribute("type"), Some("perflint.query-loop"));
        assert_eq!(
            failures[0].text().unwrap(),
            "back end/app/loop.py:3: `load(id)` queries once for every item of `ids`.\n\
             Severity high, confidence medium.\nCost: 1 + N round trips.\nEach trip costs a millisecond.\n\
             Fetch all rows at once.\n  back end/app/loop.py:3: queries here\n  \
             back end/app/loop.py:2: for each of ids[..]\n  back end/app/load me.py:2: the query"
        );
        let errors: Vec<_> = all(document, "error").iter().map(|node| node.text().unwrap()).collect();
        let expected =
            ["back end/gone.py: cannot read the file", "back end/perflint.toml:1: unknown key\ndid you mean `select`?"];
        assert_eq!(errors, expected);
    });
}

#[test]
fn a_run_without_findings_has_one_case_that_passed() {
    let empty = Report { suppressed: report().suppressed, ..Report::default() };
    checked(&empty, |document| {
        let cases = all(document, "testcase");
        assert_eq!(cases.len(), 1);
        assert_eq!((cases[0].attribute("name"), cases[0].children().count()), (Some("no findings"), 0));
    });
}

#[test]
fn what_code_says_is_escaped_and_what_xml_forbids_is_dropped() {
    let evil = Finding {
        path: "a\"<b>&'.py".to_owned(),
        what: "`a < b && c ]]> \"ü\" 😀\u{0}\u{1b}[2J\u{fffe}\n\tend`".to_owned(),
        rule: "own/<rule>".to_owned(),
        ..finding()
    };
    checked(&Report { findings: vec![evil], ..Report::default() }, |document| {
        let what = "`a < b && c ]]> \"ü\" 😀[2J end`";
        let failure = all(document, "failure")[0];
        assert_eq!(failure.attribute("message"), Some(what));
        assert!(failure.text().unwrap().starts_with(&format!("back end/a\"<b>&'.py:1: {what}.\n")));
        assert_eq!(all(document, "testsuite")[0].attribute("name"), Some("back end/a\"<b>&'.py"));
        assert_eq!(all(document, "testcase")[0].attribute("classname"), Some("perflint.own/<rule>"));
    });
}

#[test]
fn cases_of_equal_findings_have_names_of_their_own() {
    let findings: Vec<Finding> = (0..300).map(at).collect();
    let problem = Problem::input("no path");
    let report = Report { findings, problems: vec![problem.clone(), problem], ..Report::default() };
    checked(&report, |document| {
        let names = |node: &Node<'_, '_>| format!("{:?} {:?}", node.attribute("classname"), node.attribute("name"));
        let names: HashSet<String> = all(document, "testcase").iter().map(names).collect();
        assert_eq!(names.len(), 302);
        assert_eq!(all(document, "testsuite").len(), 2);
    });
}
