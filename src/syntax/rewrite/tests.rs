//! Shapes against code, and templates filled with what they took.

use super::*;

/// The code with the first place of a shape around `at` (a text of the code) rewritten.
fn rewritten(language: Language, text: &str, at: &str, from: &str, to: &str) -> Option<String> {
    let mut parsers = Parsers::new();
    let shape = Shape::parse(&mut parsers, language, from).unwrap_or_else(|error| panic!("{error}"));
    let code = Code::parse(&mut parsers, language, text)?;
    let start = text.find(at)?;
    let fact = Fact { name: "it".to_owned(), span: start..start + at.len(), inner: None };
    let found = code.find(&shape, &fact, std::slice::from_ref(&fact))?;
    let mut filler = Filler::default();
    filler.add(&shape, &found);
    let template = Template::parse(to).unwrap_or_else(|error| panic!("{error}"));
    let semicolon = text[found.range.clone()].ends_with(';');
    let filled = code.fill(&template, &filler, found.range.start, semicolon)?;
    Some(format!("{}{filled}{}", &text[..found.range.start], &text[found.range.end..]))
}

fn python(text: &str, at: &str, from: &str, to: &str) -> Option<String> {
    rewritten(Language::Python, text, at, from, to)
}

fn javascript(text: &str, at: &str, from: &str, to: &str) -> Option<String> {
    rewritten(Language::TypeScript, text, at, from, to)
}

#[test]
fn an_expression_is_found_around_the_fact() {
    let count = |text: &str| python(text, "rows", "len({it})", "{it}.count()");
    assert_eq!(count("x = len(rows)\n").as_deref(), Some("x = rows.count()\n"));
    assert_eq!(count("x = len(rows,)\n").as_deref(), Some("x = rows.count()\n"));
    assert_eq!(count("x = len(all(rows))\n"), None);
    assert_eq!(count("x = f(rows)\n"), None);
    assert_eq!(count("x = len(rows, 1)\n"), None);
    let whole = python("x = len(a or b)\n", "a or b", "len({it})", "{it}.count()");
    assert_eq!(whole.as_deref(), Some("x = (a or b).count()\n"));
    let whole = python("x = len(a or b)\n", "a or b", "len({it})", "count({it})");
    assert_eq!(whole.as_deref(), Some("x = count(a or b)\n"));
}

#[test]
fn what_is_not_part_of_the_shape_itself_is_not_meant() {
    let from = "{all} = {all}.concat({x});";
    let to = "{all}.push(...{x});";
    let at = |text: &str, at: &str| javascript(text, at, from, to);
    assert_eq!(at("a = a.concat(b)", "a.concat(b)").as_deref(), Some("a.push(...b)"));
    assert_eq!(at("a = a.concat(b.concat(c));", "b.concat(c)"), None);
    assert_eq!(at("a = c.concat(b);", "c.concat(b)"), None);
}

#[test]
fn statements_side_by_side() {
    let from = "{kind:const|let} {a} = await {it};\n{kind} {b} = await {later};";
    let to = "{kind} [{a}, {b}] = await Promise.all([\n  {it},\n  {later},\n]);";
    let both = |text: &str| javascript(text, "f()", from, to);
    assert_eq!(
        both("if (x) {\n\tconst a = await f();\n\tconst b = await g({\n\t\tb: 1,\n\t});\n}\n").as_deref(),
        Some("if (x) {\n\tconst [a, b] = await Promise.all([\n\t\tf(),\n\t\tg({\n\t\t\tb: 1,\n\t\t}),\n\t]);\n}\n")
    );
    // What fits stays on one line.
    assert_eq!(
        both("  const a = await f()\r\n  const b = await g()\r\n").as_deref(),
        Some("  const [a, b] = await Promise.all([f(), g()])\r\n")
    );
    let long = format!("g({})", "x".repeat(80));
    assert_eq!(
        both(&format!("  const a = await f()\r\n  const b = await {long}\r\n")),
        Some(format!("  const [a, b] = await Promise.all([\r\n    f(),\r\n    {long},\r\n  ])\r\n"))
    );
    assert_eq!(both("const a = await f();\nlet b = await g();\n"), None);
    assert_eq!(both("const a: A = await f();\nconst b = await g();\n"), None);
    assert_eq!(both("const a = await f();\nh();\nconst b = await g();\n"), None);
}

#[test]
fn any_number_of_elements() {
    let rewrite = |text: &str| {
        javascript(text, "m.find", "(await {model}.find({...of})).length", "await {model}.count(1, {...of})")
    };
    let found = |text: &str| {
        let start = text.find("m.find").unwrap();
        let end = start + text[start..].find(')').unwrap() + 1;
        javascript(text, &text[start..end], "(await {model}.find({...of})).length", "await {model}.count(1, {...of})")
    };
    assert_eq!(rewrite("x = (await m.find()).length;").as_deref(), Some("x = await m.count(1);"));
    assert_eq!(found("x = (await m.find(a, b)).length;").as_deref(), Some("x = await m.count(1, a, b);"));
    let first = |text: &str| python(text, "f", "f({first}, {...rest})", "g({...rest}, {first})");
    assert_eq!(first("f(1)\n").as_deref(), Some("g(1)\n"));
    assert_eq!(first("f(1, a=2)\n").as_deref(), Some("g(a=2, 1)\n"));
}

#[test]
fn quotes_are_those_of_the_file() {
    let quoted = python("x = f('a')\ny = 'b'\n", "f('a')", "f(\"a\")", "g(\"c\")");
    assert_eq!(quoted.as_deref(), Some("x = g('c')\ny = 'b'\n"));
}

#[test]
fn the_inside_of_a_string_does_not_move() {
    let text = "def f():\n    g(h('''a\n    b'''))\n";
    let moved = python(text, "h('''a\n    b''')", "g({it})", "if 1:\n    {it}");
    assert_eq!(moved.as_deref(), Some("def f():\n    if 1:\n        h('''a\n    b''')\n"));
}

#[test]
fn text_that_is_no_code_is_refused() {
    let mut parsers = Parsers::new();
    let error = Shape::parse(&mut parsers, Language::Python, "len({rows}").unwrap_err();
    assert_eq!(error, "`len({rows}` is no python");
    assert!(Shape::parse(&mut parsers, Language::Sql, "SELECT 1").is_err());
}

fn code<'t>(language: Language, text: &'t str) -> Code<'t> {
    Code::parse(&mut Parsers::new(), language, text).unwrap()
}

#[test]
fn no_comment_may_go_and_nothing_may_break() {
    let before = code(Language::Python, "# one\nx = 1  # two\n");
    assert!(before.may_become(&code(Language::Python, "#  one\ny = 1\n# two\n")));
    assert!(!before.may_become(&code(Language::Python, "# one\ny = 1\n")));
    assert!(!before.may_become(&code(Language::Python, "# one\ny = (1  # two\n")));
    let broken = code(Language::Python, "x = (1\n");
    assert!(broken.may_become(&code(Language::Python, "y = (1\n")));
}

#[test]
fn what_is_put_before_a_statement_runs_when_the_place_does() {
    let statement = |language, text: &str, at: &str| {
        let start = text.find(at).unwrap();
        let found = code(language, text).statement(&(start..start + at.len()));
        found.map(|range| text[range].lines().next().unwrap_or_default().to_owned())
    };
    let script = |text: &str| statement(Language::JavaScript, text, "x()");
    assert_eq!(script("function f() {\n  return [x()];\n}\n").as_deref(), Some("return [x()];"));
    assert_eq!(script("for (const a of x()) b();\n").as_deref(), Some("for (const a of x()) b();"));
    assert_eq!(script("if (x()) {}\n").as_deref(), Some("if (x()) {}"));
    assert_eq!(script("const f = (a) => a.map(x());\n"), None);
    assert_eq!(script("for (const a of b) x();\n"), None);
    assert_eq!(script("while (x()) {}\n"), None);
    assert_eq!(script("if (a) x();\n"), None);
    assert_eq!(script("b = a && x();\n"), None);
    assert_eq!(script("b = a ? x() : 1;\n"), None);
    let snake = |text: &str| statement(Language::Python, text, "x()");
    assert_eq!(snake("def f():\n    return [a for a in x()]\n").as_deref(), Some("return [a for a in x()]"));
    assert_eq!(snake("if a:\n    pass\nelif x():\n    pass\n"), None);
    assert_eq!(snake("f = lambda: x()\n"), None);
    let rust = statement(Language::Rust, "fn f() {\n    let a = x();\n    x2\n}\n", "x()");
    assert_eq!(rust.as_deref(), Some("let a = x();"));
}

#[test]
fn imports_go_behind_what_must_come_first() {
    let at = |language, text: &str| text[..code(language, text).import_place()].to_owned();
    let python = |text: &str| at(Language::Python, text);
    assert_eq!(
        python("#!/bin/python\n\"\"\"Docs.\"\"\"\nfrom __future__ import a\nimport b\n"),
        "#!/bin/python\n\"\"\"Docs.\"\"\"\nfrom __future__ import a\n"
    );
    assert_eq!(python("\"\"\"Docs.\"\"\"\n\nx = 1\n"), "\"\"\"Docs.\"\"\"\n");
    assert_eq!(python("x = 1\n"), "");
    assert_eq!(at(Language::JavaScript, "\"use strict\";\nf();\n"), "\"use strict\";\n");
}
