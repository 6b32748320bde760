//! What is told of statements, in all placeholder styles.

use super::{content, read};
use crate::facts::sql::lex::{Options, lex};
use crate::facts::sql::shape::facts_of;
use crate::facts::sql::skeleton::Skeleton;
use crate::facts::sql::split::split;
use crate::facts::sql::{Dialect, SqlKind, SqlReading, SqlStatement, holes, parse, tree};

/// A statement's facts in short: kind, tables, tables of the stars (`-` for one of no base table), flags.
///
/// Flags: f filter, l limit, a aggregate, b base tables only, o open-ended, t read by tokens.
fn told(statement: &SqlStatement) -> String {
    let stars: Vec<String> = statement
        .stars
        .iter()
        .map(|star| if star.of_base_table { star.tables.join("+") } else { "-".to_owned() })
        .collect();
    let flags = [
        (statement.has_filter, 'f'),
        (statement.has_limit, 'l'),
        (statement.has_aggregate, 'a'),
        (statement.from_base_tables_only, 'b'),
        (statement.open_ended, 'o'),
        (statement.reading == SqlReading::Tokens, 't'),
    ];
    let flags: String = flags.iter().filter(|(set, _)| *set).map(|(_, flag)| flag).collect();
    format!("{:?} {} [{}] {flags}", statement.kind, statement.tables.join(","), stars.join(" ")).trim_end().to_owned()
}

fn check(rows: &[(&str, &str)]) {
    let mut wrong = String::new();
    for (template, expected) in rows {
        let told: Vec<String> = read(template).iter().map(told).collect();
        if told.join("; ") != *expected {
            wrong.push_str(&format!("\n{template}\n  expected {expected}\n  told     {}", told.join("; ")));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

const STARS: &[(&str, &str)] = &[
    ("SELECT * FROM users", "Select users [users] b"),
    ("SELECT u.* FROM app.Users AS u WHERE u.id = $1", "Select app.users [app.users] fb"),
    ("SELECT users.*, t.name FROM users JOIN t ON t.id = users.t", "Select users,t [users] b"),
    ("SELECT * FROM a, b LEFT JOIN c ON c.x = b.x", "Select a,b,c [a+b+c] b"),
    ("SELECT COUNT(*) FROM users", "Select users [] ab"),
    ("SELECT u.*::users FROM users u", "Select users [] bt"),
    ("SELECT a * b, (c) * 2 FROM t", "Select t [] b"),
    ("SELECT * FROM (SELECT id, name FROM users) u", "Select users [-]"),
    ("SELECT * FROM (SELECT * FROM users) u", "Select users [- users]"),
    ("SELECT id FROM (SELECT * FROM users) u", "Select users [-]"),
    ("WITH c AS (SELECT id FROM users) SELECT * FROM c", "Select users [-]"),
    ("WITH c AS (SELECT * FROM users) SELECT * FROM c", "Select users [users -]"),
    ("WITH c AS (SELECT * FROM users) SELECT id FROM c", "Select users [-]"),
    ("WITH users AS (SELECT * FROM users) SELECT * FROM users", "Select users [users -]"),
    ("WITH a AS (SELECT * FROM t), b AS (SELECT * FROM a) SELECT b.* FROM b JOIN u ON u.i = b.i", "Select t,u [t - -]"),
    ("SELECT 1 WHERE EXISTS (SELECT * FROM users WHERE id = ?)", "Select users [-] f"),
    ("SELECT x FROM t WHERE EXISTS (SELECT * FROM users)", "Select t,users [-] fb"),
    ("INSERT INTO archive SELECT * FROM users", "Insert archive,users [-] b"),
    ("INSERT INTO t (a) VALUES ($1) RETURNING *", "Insert t [-]"),
    ("UPDATE t SET a = 1 WHERE b = 2 RETURNING t.*", "Update t [-] f"),
    ("WITH d AS (DELETE FROM t WHERE a = 1 RETURNING *) SELECT * FROM d", "Select t [-]"),
    ("SELECT * FROM generate_series(1, 10) g", "Select  [-]"),
    ("SELECT l.* FROM a, LATERAL (SELECT b.x FROM b WHERE b.a = a.i LIMIT 1) l", "Select a,b [-] f"),
    ("SELECT * FROM unnest($1::int[]) AS x JOIN t ON t.id = x", "Select t [t]"),
    ("SELECT * FROM a UNION ALL SELECT * FROM b", "Select a,b [a b] b"),
    ("(SELECT * FROM a LIMIT 1) UNION (SELECT b.* FROM b WHERE c LIMIT 2)", "Select a,b [a b] lb"),
    ("(SELECT * FROM a) AS x", "Select a [-] ot"),
    ("EXPLAIN SELECT * FROM a", "Other a [-] b"),
    ("CREATE VIEW v AS SELECT * FROM a", "Schema v,a [-]"),
    ("SELECT * EXCEPT (a) FROM t", "Select t [t] b"),
    (
        "WITH RECURSIVE r AS (SELECT * FROM t WHERE p IS NULL UNION ALL SELECT t.* FROM t JOIN r ON t.p = r.i) SELECT * FROM r",
        "Select t [t t -]",
    ),
];

#[test]
fn stars() {
    check(STARS);
}

const CLAUSES: &[(&str, &str)] = &[
    ("SELECT a FROM t HAVING count(b) > 1", "Select t [] fb"),
    ("SELECT DISTINCT a FROM t", "Select t [] ab"),
    ("SELECT a FROM t GROUP BY a", "Select t [] ab"),
    ("SELECT max(a) FROM t", "Select t [] ab"),
    ("SELECT max(a) OVER (PARTITION BY b) FROM t", "Select t [] b"),
    ("SELECT (SELECT max(a) FROM u) FROM t", "Select t,u [] b"),
    ("SELECT a FROM t LIMIT 10 OFFSET 5", "Select t [] lb"),
    ("SELECT a FROM t LIMIT 5, 10", "Select t [] lb"),
    ("SELECT a FROM t LIMIT ALL", "Select t [] b"),
    ("SELECT a FROM t ORDER BY b FETCH FIRST 10 ROWS ONLY", "Select t [] lb"),
    ("SELECT TOP 10 a FROM [dbo].[t]", "Select dbo.t [] lb"),
    ("SELECT TOP (10) * FROM t WITH (NOLOCK)", "Select t [t] lb"),
    ("SELECT a FROM t LIMIT 1 BY a", "Select t [] b"),
    ("SELECT a FROM t JOIN u ON u.i = t.i AND u.owner = $1", "Select t,u [] fb"),
    ("SELECT a FROM t LEFT JOIN u ON u.i = t.i AND u.owner = $1", "Select t,u [] b"),
    ("SELECT a FROM t JOIN (SELECT i FROM u WHERE x = 1) s ON s.i = t.i", "Select t,u [] f"),
    ("SELECT a FROM t LEFT JOIN (SELECT i FROM u WHERE x = 1) s ON s.i = t.i", "Select t,u []"),
    ("WITH s AS (SELECT i FROM u LIMIT 5) SELECT a FROM t JOIN s USING (i)", "Select u,t [] f"),
    ("SELECT a FROM t WHERE b IS DISTINCT FROM c", "Select t [] fb"),
    ("SELECT extract(year FROM d), substring(e FROM 2) FROM t", "Select t [] b"),
    ("SELECT a FROM t FOR UPDATE SKIP LOCKED", "Select t [] b"),
    ("UPDATE t SET a = 1", "Update t []"),
    ("UPDATE t SET a = s.a FROM s WHERE s.i = t.i", "Update t,s [] f"),
    ("DELETE FROM t USING u WHERE u.i = t.i", "Delete t,u [] f"),
    ("DELETE FROM t LIMIT 10", "Delete t [] l"),
    ("TRUNCATE TABLE t", "Delete t []"),
    ("MERGE INTO t USING (SELECT a FROM s) x ON t.a = x.a WHEN MATCHED THEN DELETE", "Insert t,s []"),
    ("WITH c AS (SELECT i FROM s) DELETE FROM t WHERE i IN (SELECT i FROM c)", "Delete s,t [] f"),
    ("WITH c AS (SELECT i FROM s) INSERT INTO t SELECT i FROM c WHERE i > 3", "Insert t,s [] f"),
    ("CREATE TABLE t (a int)", "Schema t []"),
    ("CREATE INDEX i ON s.t (a)", "Schema s.t []"),
    ("DROP TABLE a, b CASCADE", "Schema a,b []"),
    ("ALTER TABLE ONLY t ADD COLUMN a int", "Schema t []"),
    ("SELECT 1", "Select  []"),
    ("SELECT a FROM t; DELETE FROM u WHERE b = 1;", "Select t [] b; Delete u [] f"),
];

#[test]
fn clauses() {
    check(CLAUSES);
}

const PLACEHOLDERS: &[(&str, &str)] = &[
    (
        "SELECT a FROM t WHERE b = ? AND c = ?2 AND d = $3 AND e = :e AND f = @f AND g = %s AND h = %(h)s AND i = {} AND j = {j}",
        "Select t [] fb",
    ),
    ("SELECT a FROM t WHERE b = #{b} AND c = {{ c }} AND d = $<d> AND e = {e:UInt64}", "Select t [] fb"),
    (
        "SELECT a FROM t WHERE b IN («b») AND c IN «c» AND d IN %s AND e = ANY(%(e)s) AND f NOT IN ({})",
        "Select t [] fb",
    ),
    ("SELECT a FROM t WHERE b = $«index» LIMIT «n» OFFSET :offset", "Select t [] flb"),
    ("SELECT a FROM t WHERE b LIKE '%«b»%' AND c = '%s'", "Select t [] fb"),
    ("SELECT a FROM t WHERE b = sqlc.arg(b) AND c = sqlc.narg('c') AND d = @d::text", "Select t [] fb"),
    ("SELECT a FROM t WHERE b % 2 = 0 AND c ? 'key' AND d ?| array['x'] AND e->>'f' = ?", "Select t [] fb"),
    ("SELECT a FROM «table»", "Select ? [] b"),
    ("SELECT * FROM «prefix»_users u", "Select ? [?] b"),
    ("SELECT * FROM \"«schema»\".\"users\"", "Select ?.users [?.users] b"),
    ("SELECT * FROM «schema».job WHERE id = ?", "Select ?.job [?.job] fb"),
    ("SELECT * FROM `%s` WHERE id = %s", "Select ? [?] fb"),
    ("SELECT «t».id FROM «t», «u» WHERE «t».«column» = «u».x", "Select ? [] fb"),
    ("INSERT INTO «table» («columns») VALUES («values»)", "Insert ? []"),
    ("INSERT INTO t (a, b) VALUES «rows» ON CONFLICT DO NOTHING", "Insert t []"),
    ("INSERT INTO {} ({}) VALUES ({}), ({})", "Insert ? []"),
    ("UPDATE t SET «assignments» WHERE id = «id»", "Update t [] f"),
    ("UPDATE t SET «column» = «value», «more» WHERE id = «id»", "Update t [] f"),
    ("UPDATE «table» SET a = %s", "Update ? []"),
    ("DELETE FROM «table»", "Delete ? []"),
    ("SELECT a FROM t WHERE b «op» «value»", "Select t [] fb"),
    ("SELECT CAST(a AS «type»), b::«type» FROM t", "Select t [] b"),
    ("WITH c AS («query») SELECT * FROM c", "Select  [-]"),
    ("SELECT * FROM («query») q", "Select  [-]"),
    ("SELECT a FROM t WHERE EXISTS («query»)", "Select t [] fb"),
];

#[test]
fn placeholders() {
    check(PLACEHOLDERS);
}

const CLAUSES_IN_HOLES: &[(&str, &str)] = &[
    ("SELECT a FROM t «where»", "Select t [] bo"),
    ("SELECT a FROM t«where»", "Select t [] bo"),
    ("SELECT a FROM t WHERE «condition»", "Select t [] fbo"),
    ("SELECT a FROM t WHERE b = 1 AND «condition» ORDER BY c", "Select t [] fbo"),
    ("SELECT a FROM t WHERE b = 1 «more»", "Select t [] fbo"),
    ("SELECT a FROM t «joins» WHERE b = 1", "Select t [] fbo"),
    ("SELECT a FROM t ORDER BY «order»", "Select t [] bo"),
    ("SELECT a FROM t ORDER BY «column» «direction»", "Select t [] bo"),
    ("SELECT a FROM t ORDER BY «column» «direction», id LIMIT 3", "Select t [] lb"),
    ("SELECT «columns» FROM t", "Select t [] bo"),
    ("SELECT a, «column» FROM t", "Select t [] b"),
    ("SELECT «distinct» a FROM t", "Select t [] bo"),
    ("WITH «ctes» SELECT * FROM t", "Select t [t] bo"),
    ("«with» SELECT a FROM t", "Select t [] bo"),
    ("SELECT a FROM t {% if x %} WHERE b = {{ x }} {% endif %}", "Select t [] fbo"),
    ("SELECT a FROM t {where} LIMIT {limit}", "Select t [] lbo"),
    ("SELECT a FROM t %s", "Select t [] bo"),
    ("SELECT a FROM t WHERE ", "Select t [] fbot"),
    ("SELECT a, b FROM", "Select  [] ot"),
    ("SELECT a FROM t WHERE b IN (", "Select t [] fbot"),
    ("SELECT a FROM t WHERE b = 1 AND ", "Select t [] fbot"),
    ("SELECT a FROM t ORDER BY t.timestamp «direction»«limit»", "Select t [] bo"),
    ("SELECT a FROM t WHERE key = «a» ORDER BY date «direction», b", "Select t [] fb"),
    ("(SELECT count(*) FROM t WHERE a = b) = %s", "Select t [] ot"),
    ("SELECT a FRM t", ""),
    ("SELECT a FROM t WHERE weird ~~~ syntax here !! = ?", "Select t [] fbt"),
];

#[test]
fn clauses_in_holes() {
    check(CLAUSES_IN_HOLES);
}

#[test]
fn single_rows_are_told() {
    let singles = [
        "SELECT * FROM t WHERE id = $1",
        "SELECT * FROM t u WHERE a > 2 AND u.id = «id»",
        "SELECT * FROM t WHERE 'x' = uuid",
        "SELECT * FROM t WHERE a = 1 LIMIT 1",
        "SELECT * FROM t WHERE a = 1 ORDER BY b LIMIT 1 OFFSET 3",
        "SELECT * FROM t WHERE a = 1 FOR NO KEY UPDATE",
    ];
    let others = [
        "SELECT * FROM t WHERE t.a = $1",
        "SELECT * FROM t WHERE id > $1",
        "SELECT * FROM t WHERE id = $1 OR a = $2",
        "SELECT * FROM t JOIN u ON u.t = t.a WHERE u.id = $1",
        "SELECT * FROM t WHERE id = other.id",
        "SELECT * FROM t LIMIT 10",
        "SELECT * FROM t WHERE a IN (SELECT a FROM u WHERE id = 1 LIMIT 1)",
        "SELECT a FROM t WHERE id = $1 UNION SELECT a FROM u WHERE id = $2",
    ];
    let is_single = |template: &&str| read(template).iter().all(|statement| statement.is_single);
    let wrong: Vec<_> = singles.iter().filter(|template| !is_single(template)).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    let wrong: Vec<_> = others.iter().filter(|template| is_single(template)).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn both_readings_agree() {
    let mut compared = 0;
    for (template, _) in [STARS, CLAUSES, PLACEHOLDERS, CLAUSES_IN_HOLES].concat() {
        let content = content(template);
        let lexed =
            lex(&content.text, &content.holes, Options { dialect: Dialect::Generic, file: false, cautious: false });
        for piece in split(&lexed) {
            let fitted = holes::fit(piece.tokens);
            let skeleton = Skeleton::new(&fitted.tokens);
            let Some(statement) = parse::parse(&fitted.tokens, Dialect::Generic) else { continue };
            let by_tokens = skeleton.statement((0, fitted.tokens.len()), 0);
            let mut by_tree = by_tokens.clone();
            tree::refine(&mut by_tree, &statement, &skeleton);
            assert_eq!(facts_of(&by_tokens), facts_of(&by_tree), "{template}");
            compared += 1;
        }
    }
    assert!(compared > 80, "{compared}");
}

#[test]
fn names_are_told() {
    let statements = read("-- name: get-user^\nSELECT id FROM users WHERE id = :id");
    assert_eq!(statements[0].name.as_ref().map(|name| name.name.as_str()), Some("get-user"));
    assert_eq!(statements[0].kind, SqlKind::Select);
}
