//! Whatever the bytes are, the walk ends and does not panic.

use super::*;

const SAMPLES: [(Language, &str); 3] = [
    (Language::Tsx, include_str!("samples/sample.tsx")),
    (Language::Python, include_str!("samples/sample.py")),
    (Language::Rust, include_str!("samples/sample.rs.txt")),
];

/// Every id in the tables has its row.
fn check(facts: &FileFacts) {
    let show = Show(facts);
    assert!(!show.all().is_empty());
    assert!(facts.uses.is_sorted_by_key(|one| one.start));
    for pair in facts.exits.windows(2) {
        assert!(pair[0].span.start <= pair[1].span.start, "{pair:?}");
    }
    for pair in facts.statements.windows(2) {
        assert!(pair[0].span.start <= pair[1].span.start, "{pair:?}");
    }
    for call in &facts.calls {
        assert!(call.statement.index() < facts.statements.len(), "{}", show.call(call));
        assert!(call.block.index() < facts.blocks.len());
        assert!(call.span.contains(call.name_span), "{}", show.call(call));
    }
    for row in &facts.loops {
        assert!(row.body.index() < facts.blocks.len());
    }
}

#[test]
fn whole_samples_have_sound_tables() {
    for (language, text) in SAMPLES {
        let facts = facts(language, text);
        assert!(!facts.has_syntax_errors, "{language:?}");
        check(&facts);
    }
}

#[test]
fn truncated_code_does_not_panic() {
    let mut parsers = Parsers::new();
    for (language, text) in SAMPLES {
        for end in (0..text.len()).step_by(7) {
            if let (Some(head), Some(tail)) = (text.get(..end), text.get(end..)) {
                check(&extract(&mut parsers, "head", language, head, Reading::default()));
                check(&extract(&mut parsers, "tail", language, tail, Reading::default()));
            }
        }
    }
}

#[test]
fn scrambled_code_does_not_panic() {
    let mut parsers = Parsers::new();
    let mut seed = 7_u64;
    for (language, text) in SAMPLES {
        for _ in 0..150 {
            let mut chars: Vec<char> = text.chars().collect();
            for _ in 0..20 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let (from, to) = ((seed >> 33) as usize % chars.len(), (seed >> 13) as usize % chars.len());
                chars.swap(from, to);
            }
            let scrambled: String = chars.into_iter().collect();
            check(&extract(&mut parsers, "scrambled", language, &scrambled, Reading::default()));
        }
    }
}

#[test]
fn code_of_another_language_does_not_panic() {
    let mut parsers = Parsers::new();
    for (language, _) in SAMPLES {
        for (_, text) in SAMPLES {
            check(&extract(&mut parsers, "other", language, text, Reading::default()));
        }
    }
}

/// The frames of code that is not optimised are several times as large as those of the program, which has 32 MiB.
const STACK: usize = 4 * 1024 * 1024;

#[test]
fn deep_nesting_does_not_overflow_the_stack() {
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(read_deep_nesting).expect("a thread");
    thread.join().expect("no panic");
}

fn read_deep_nesting() {
    let mut parsers = Parsers::new();
    let shapes = [
        "(",
        "[",
        "{",
        "f(",
        "!",
        "not ",
        "-",
        "x => ",
        "a ? b : ",
        "{x:",
        "if (a) ",
        "await ",
        "x[",
        "a + ",
        "a || ",
        "vec![",
        "f!(",
        "if a { ",
        "else if a ",
        "a.b(",
        "lambda: ",
        "def f():\n ",
        "[x for x in ",
        "`${",
        "<A>",
        "|| ",
        "&",
        "Vec<",
        "match x { A => ",
        "async { ",
        "class A { x = ",
        "let x = ",
        "x = ",
    ];
    for language in [Language::JavaScript, Language::Tsx, Language::Python, Language::Rust] {
        for shape in shapes {
            check(&extract(&mut parsers, "deep", language, &shape.repeat(1_500), Reading::default()));
        }
        for (open, close) in [("(", ")"), ("[", "]"), ("f(", ")")] {
            let text = format!("{}1{};", open.repeat(100_000), close.repeat(100_000));
            check(&extract(&mut parsers, "deep", language, &text, Reading::default()));
        }
        let chain = format!("x{};", ".a(1)".repeat(5_000));
        check(&extract(&mut parsers, "chain", language, &chain, Reading::default()));
        let sum = format!("x = a{};", " + 'b'".repeat(5_000));
        check(&extract(&mut parsers, "sum", language, &sum, Reading::default()));
    }
}
