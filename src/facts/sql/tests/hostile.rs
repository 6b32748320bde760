//! Nothing panics, overflows or hangs, whatever the text.

use std::time::{Duration, Instant};

use super::content;
use crate::facts::sql::{Dialect, read_file, read_text};

const SEEDS: [&str; 9] = [
    "SELECT a, t.*, count(*) FROM «p»_t AS t LEFT JOIN (SELECT * FROM b WHERE x IN («ids»)) u ON u.id = t.id WHERE a = $1 AND b LIKE '%ü%' GROUP BY 1 ORDER BY «o» LIMIT 10",
    "WITH RECURSIVE c(a, b) AS (SELECT 1, 2 UNION ALL SELECT a + 1, b FROM c), d AS (DELETE FROM e RETURNING *) SELECT * FROM c, d «rest»",
    "INSERT INTO t (a, b) VALUES (?, :b), (%s, %(c)s) ON CONFLICT (a) DO UPDATE SET b = EXCLUDED.b RETURNING *",
    "UPDATE `t` SET a = {}, \"b\" = '{{ x }}' {% if y %} WHERE c = @d {% endif %}",
    "-- name: x :one\nDELETE FROM a USING b WHERE a.id = b.id AND a.j ? 'k' AND a.k @> $1::jsonb;",
    "CREATE TRIGGER t AFTER UPDATE ON x BEGIN UPDATE y SET z = CASE WHEN 1 THEN 2 END; END; SELECT * FROM [dbo].[t]",
    "COPY t FROM stdin;\n1\t2\n\\.\nSELECT $tag$ a $tag$, E'\\'', U&'x', 0x1F, 1e-3, a[1:2], b->>'c' FROM f(x) WITH ORDINALITY",
    "MERGE INTO a USING (SELECT * FROM b) c ON a.i = c.i WHEN MATCHED THEN DELETE",
    "SELECT quantile(0.9)(x) FROM t FINAL ARRAY JOIN y PREWHERE z = {p:UInt8} LIMIT 1 BY id SETTINGS a = 1 FORMAT JSON",
];

struct Random(u64);

impl Random {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below.max(1) as u64) as usize
    }
}

fn mutate(random: &mut Random) -> String {
    let mut chars: Vec<char> = SEEDS[random.next(SEEDS.len())].chars().collect();
    for _ in 0..random.next(6) {
        let at = random.next(chars.len());
        match random.next(5) {
            0 => chars.truncate(at),
            1 => drop(chars.drain(at..(at + random.next(9)).min(chars.len()))),
            2 => chars
                .insert(at, ['(', ')', '\'', '"', '`', ';', '$', '{', '%', '*', '«', '\n', 'ß', '\0'][random.next(14)]),
            3 => {
                let other: Vec<char> = SEEDS[random.next(SEEDS.len())].chars().collect();
                let from = random.next(other.len());
                chars.splice(at..at, other[from..].iter().take(random.next(40)).copied());
            }
            _ => {
                let other = random.next(chars.len());
                chars.swap(at, other);
            }
        }
        if chars.is_empty() {
            break;
        }
    }
    chars.into_iter().collect()
}

#[test]
fn mutated_statements_are_survived() {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let start = Instant::now();
    for _ in 0..3000 {
        let text = mutate(&mut random);
        let dialect = [Dialect::Generic, Dialect::Postgres, Dialect::MySql, Dialect::MsSql][random.next(4)];
        let length = text.len() as u32;
        for statement in read_text(&content(&text), dialect).iter().chain(&read_file(&text, dialect)) {
            assert!(statement.span.start <= statement.span.end && statement.span.end <= length, "{text:?}");
            assert!(statement.stars.iter().all(|star| statement.span.contains(star.span)), "{text:?}: {statement:?}");
        }
    }
    assert!(start.elapsed() < Duration::from_secs(60));
}

#[test]
fn deep_and_long_texts_are_survived() {
    let many = |part: &str| part.repeat(40_000);
    let texts = [
        format!("SELECT {} FROM t", many("(")),
        format!("SELECT {}1{} FROM t", many("("), many(")")),
        format!("SELECT * FROM {}t", many("(SELECT * FROM ")),
        format!("SELECT * FROM t WHERE a{}", many(" AND a = 1")),
        format!("SELECT 1{} FROM t", "+1".repeat(1900)),
        format!("SELECT a{} FROM t", " IS NULL".repeat(1900)),
        format!("SELECT a{} FROM t", "::int".repeat(1900)),
        format!("SELECT a{} FROM t", "[1]".repeat(1300)),
        format!("SELECT {}a FROM t", "NOT ".repeat(3900)),
        format!("SELECT {}a FROM t", "- ".repeat(3900)),
        format!("SELECT 1{}", " UNION SELECT 1".repeat(1300)),
        format!("SELECT 1{}", many(" UNION ALL SELECT *")),
        format!("SELECT * FROM t{}", many(", t")),
        format!("SELECT *{} FROM t{}", many(", *"), many(", t")),
        format!("WITH a AS (SELECT 1){} SELECT * FROM a", many(", a AS (SELECT * FROM a, a)")),
        format!("INSERT INTO t VALUES {}(1)", many("(1, 'x'),")),
        format!("SELECT {}", many("/*")),
        format!("SELECT {}", many("/* /* */")),
        format!("SELECT {}", many("/*\n")),
        format!("SELECT {}", many("$a$b$")),
        format!("SELECT {}", (0..40_000).map(|n| format!("$a{n}$")).collect::<String>()),
        format!("SELECT {}", many("'")),
        format!("SELECT '{}", many(";\nSELECT '")),
        format!("SELECT {}", many("\\\n")),
        format!("SELECT {}", many("CASE ")),
        format!("SELECT {} FROM t", many("{")),
        format!("SELECT {} FROM t", many("a.")),
        format!("CREATE TRIGGER {}", many("BEGIN ;")),
        format!("COPY t FROM stdin;{}", many("\nx")),
        format!("DELIMITER x\n{}", many("x")),
    ];
    for text in texts {
        let start = Instant::now();
        let _ = read_file(&text, Dialect::Generic);
        let _ = read_text(&content(&text), Dialect::Generic);
        let short: String = text.chars().take(60).collect();
        assert!(start.elapsed() < Duration::from_secs(20), "{short}… took {:?}", start.elapsed());
    }
}
