//! Places: of statements and stars, in strings and in files.

use super::{content, read};
use crate::facts::model::Span;
use crate::facts::sql::{Dialect, read_file, read_text};
use crate::facts::text::{Hole, TextContent};

fn star_texts(text: &str, dialect: Dialect) -> Vec<&str> {
    let stars = read_file(text, dialect).into_iter().flat_map(|statement| statement.stars);
    stars.map(|star| &text[star.span.range()]).collect()
}

#[test]
fn stars_are_found_in_files() {
    let text = "-- ümläut 🦀\r\nSELECT\t*\r\nFROM \"täble\";\r\n\r\nSELECT 'ß', t.*, u . * FROM t, u;\nSELECT count(*), 2 * 3 FROM t;";
    assert_eq!(star_texts(text, Dialect::Generic), ["*", "t.*", "u . *"]);
    let spans: Vec<&str> =
        read_file(text, Dialect::Generic).iter().map(|statement| &text[statement.span.range()]).collect();
    assert_eq!(spans[0], "SELECT\t*\r\nFROM \"täble\"");
    assert!(spans[1].starts_with("SELECT 'ß'") && spans[1].ends_with("t, u"));
}

#[test]
fn stars_are_found_behind_holes() {
    for template in ["SELECT «a», * FROM «table» WHERE x = «y»", "SELECT\n\t«first»,\r\n\tü.*\r\nFROM «s».«t» ü"]
    {
        let statements = read(template);
        let star = statements[0].stars.first().map(|star| &template[star.span.range()]);
        assert!(matches!(star, Some("*" | "ü.*")), "{template:?}: {star:?}");
        assert_eq!(&template[statements[0].span.range()], template);
    }
}

#[test]
fn escapes_are_counted() {
    // The source is: "SELECT\n'é', *\tFROM t", with `\n`, `\u00e9` and `\t` as escapes.
    let source = r#"q("SELECT\n'\u00e9', *\tFROM t")"#;
    let text = "SELECT\n'é', *\tFROM t";
    let at = |needle: &str| (text.find(needle).unwrap() as u32, source.find(needle).unwrap() as u32);
    let (comma, from) = (at("',"), at("FROM"));
    let map = vec![(0, 3), (7, 11), (8, 12), comma, (from.0 - 1, from.1 - 2), from];
    let content = TextContent { text: text.to_owned(), map, holes: Vec::new(), span: Span::new(2, source.len() - 1) };
    let statements = read_text(&content, Dialect::Generic);
    assert_eq!(&source[statements[0].stars[0].span.range()], "*");
    assert_eq!(&source[statements[0].span.range()], r"SELECT\n'\u00e9', *\tFROM t");
}

#[test]
fn any_map_is_survived() {
    let mut content = content("SELECT * FROM t");
    for map in [vec![], vec![(9, u32::MAX)], vec![(3, 1), (3, 0), (20, 5)]] {
        content.map = map;
        content.holes = vec![Hole { at: 2, span: Span::default() }, Hole { at: 900, span: Span::default() }];
        let _ = read_text(&content, Dialect::Generic);
    }
    content.text = "SELECT 'ü' FROM t".to_owned();
    content.holes = vec![Hole { at: 9, span: Span::default() }];
    let _ = read_text(&content, Dialect::Generic);
}

#[test]
fn files_are_split() {
    let text = "\\set ON_ERROR_STOP on\n-- +goose Up\n-- name: get-user^\n-- Gets one.\nSELECT id FROM users WHERE id = :id;\n\
        CREATE FUNCTION f() RETURNS trigger AS $body$ BEGIN SELECT 1; END $body$ LANGUAGE plpgsql;\n\
        COPY t (a, b) FROM stdin;\n1\tSELECT 'x;\n2\t;\n\\.\n\
        CREATE TRIGGER tr AFTER INSERT ON t BEGIN UPDATE a SET b = CASE WHEN c THEN 1 ELSE 2 END; DELETE FROM d; END;\n\
        -- name: ListUsers :many\nSELECT * FROM users /* ; */ WHERE note <> 'a;''b' -- ; no\n LIMIT 10;\nGO\nDROP TABLE x";
    let statements = read_file(text, Dialect::Generic);
    let told: Vec<(&str, Option<&str>)> = statements
        .iter()
        .map(|statement| {
            (
                text[statement.span.range()].split_whitespace().next().unwrap(),
                statement.name.as_ref().map(|name| name.name.as_str()),
            )
        })
        .collect();
    let expected = [
        ("SELECT", Some("get-user")),
        ("CREATE", None),
        ("COPY", None),
        ("CREATE", None),
        ("SELECT", Some("ListUsers")),
        ("DROP", None),
    ];
    assert_eq!(told, expected);
    let commands = statements.iter().map(|statement| statement.name.as_ref()?.command.as_deref());
    assert!(commands.eq([None, None, None, None, Some("many"), None]));
    assert!(statements[4].has_filter && statements[4].has_limit);
}

#[test]
fn delimiters_are_known() {
    let text = "DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END //\nDELIMITER ;\nSELECT a FROM b;";
    let statements = read_file(text, Dialect::MySql);
    let verbs: Vec<&str> = statements.iter().map(|statement| &text[statement.span.range()][..6]).collect();
    assert_eq!(verbs, ["CREATE", "SELECT"]);
}

#[test]
fn a_broken_statement_loses_no_other() {
    let tail = "\nSELECT * FROM kept WHERE a = 'b';\n-- more\nUPDATE kept SET a = 'it''s' WHERE b = 1;";
    for broken in [
        "SELECT 'oops FROM t;",
        "SELECT \"oops FROM t;",
        "SELECT ((( FROM;",
        "BEGIN %%% ;",
        "SELECT $x$ oops;",
        "FROB THE KNOB;",
        "CREATE TRIGGER t BEGIN x; y;\nCREATE TABLE z (a int);",
    ] {
        let text = format!("{broken}{tail}");
        let statements = read_file(&text, Dialect::Generic);
        let kept = statements.iter().filter(|statement| statement.tables == ["kept"]).count();
        let lost = if broken.starts_with("CREATE TRIGGER") { 2 } else { kept };
        assert!(kept == 2 && lost == 2, "{broken}: {statements:#?}");
    }
}
