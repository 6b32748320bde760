//! The words of the matcher language: predicates and parts, with what they apply to.

use super::clause::Kind;
use super::value::{Objects, Scope, Value};
use crate::catalog::{Effect, Entry, Mark};

/// What may stand behind a predicate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectKind {
    /// Nothing.
    None,
    /// One whole number.
    Number,
    /// Effects (`db.read | http`).
    Effects,
    /// Marks of the catalog (`limited | batched`).
    Marks,
    /// Kinds of entry points (`http | test`).
    Entries,
    /// Words of names (`chunk | batch`).
    Words,
    /// Names bound by the matcher, of one of these kinds.
    Subjects(&'static [Kind]),
}

/// A predicate.
#[derive(Debug)]
pub struct Predicate {
    /// Its name.
    pub name: &'static str,
    /// What it applies to.
    pub subjects: &'static [Kind],
    /// What stands behind it.
    pub object: ObjectKind,
    /// One line for the manual.
    pub doc: &'static str,
    /// Decides it.
    pub test: fn(&Scope, &Value, &Objects) -> bool,
}

/// A part of a fact.
#[derive(Debug)]
pub struct Part {
    /// Its name.
    pub name: &'static str,
    /// The fact's kind.
    pub of: Kind,
    /// The part's kind.
    pub gives: Kind,
    /// One line for the manual.
    pub doc: &'static str,
}

/// All parts.
pub const PARTS: &[Part] = &[
    Part {
        name: "receiver",
        of: Kind::Call,
        gives: Kind::Value,
        doc: "what the method is called on, the argument that a library's function goes over, or the operator's operand",
    },
    Part { name: "function", of: Kind::Call, gives: Kind::Function, doc: "the function it stands in" },
    Part { name: "receiver", of: Kind::Await, gives: Kind::Value, doc: "what is awaited" },
    Part { name: "function", of: Kind::Await, gives: Kind::Function, doc: "the function it stands in" },
    Part { name: "items", of: Kind::Loop, gives: Kind::Items, doc: "the names that change in each turn" },
    Part { name: "over", of: Kind::Loop, gives: Kind::Value, doc: "what is looped over" },
    Part { name: "function", of: Kind::Loop, gives: Kind::Function, doc: "the function it stands in" },
    Part { name: "function", of: Kind::Sql, gives: Kind::Function, doc: "the function it stands in" },
    Part { name: "target", of: Kind::Store, gives: Kind::Value, doc: "the collection written to" },
    Part { name: "function", of: Kind::Store, gives: Kind::Function, doc: "the function that writes" },
    Part { name: "function", of: Kind::Compare, gives: Kind::Function, doc: "the function it stands in" },
];

/// The part of a kind with a name.
pub fn part(of: Kind, name: &str) -> Option<&'static Part> {
    PARTS.iter().find(|part| part.of == of && part.name == name)
}

/// All predicates, by family.
pub fn predicates() -> impl Iterator<Item = &'static Predicate> {
    use super::predicates::{
        awaits, calls, collections, connections, entries, failures, groups, hashing, loop_names, loops, measures,
        origins, relations, response, sql, stores, tables, turns,
    };
    [
        calls::PREDICATES,
        entries::PREDICATES,
        failures::PREDICATES,
        groups::PREDICATES,
        hashing::PREDICATES,
        loops::PREDICATES,
        loop_names::PREDICATES,
        measures::PREDICATES,
        awaits::PREDICATES,
        collections::PREDICATES,
        connections::PREDICATES,
        origins::PREDICATES,
        relations::PREDICATES,
        sql::PREDICATES,
        response::PREDICATES,
        stores::PREDICATES,
        tables::PREDICATES,
        turns::PREDICATES,
    ]
    .into_iter()
    .flatten()
}

/// The vocabulary as Markdown.
pub fn manual() -> String {
    use std::fmt::Write as _;
    let mut text = String::from(
        "# The matcher language\n\n## Predicates\n\n| predicate | about | followed by | holds when |\n|---|---|---|---|\n",
    );
    for predicate in predicates() {
        let about = predicate.subjects.iter().map(|kind| kind.word()).collect::<Vec<_>>().join(", ");
        let _ = writeln!(
            text,
            "| `{}` | {about} | {} | {} |",
            predicate.name,
            object_words(predicate.object),
            predicate.doc
        );
    }
    text.push_str("\n## Parts\n\n| part | of | what |\n|---|---|---|\n");
    for part in PARTS {
        let _ = writeln!(text, "| `{}` | {} | {} |", part.name, part.of.word(), part.doc);
    }
    let mut table = |title: &str, head: &str, words: Vec<(&str, &str)>| {
        let _ = writeln!(text, "\n## {title}\n\n| {head} | what it means |\n|---|---|");
        for (word, meaning) in words {
            let _ = writeln!(text, "| `{word}` | {meaning} |");
        }
    };
    table("Effects", "effect", Effect::ALL.iter().map(|one| (one.name(), one.meaning())).collect());
    table("Marks", "mark", Mark::ALL.iter().map(|one| (one.name(), one.meaning())).collect());
    table("Entry points", "kind", Entry::ALL.iter().map(|one| (one.name(), one.meaning())).collect());
    table("Keys of a fix", "key", FIX_KEYS.to_vec());
    table("Edits of a fix", "edit", EDITS.to_vec());
    table("Holes of a fix's code", "hole", HOLES.to_vec());
    text
}

/// What a fix says.
const FIX_KEYS: &[(&str, &str)] = &[
    ("title", "what it does, as an editor offers it; may have holes"),
    (
        "safety",
        "`safe`: the program does what it did; `suggested`: when, in which order, or with which error may change",
    ),
    ("languages", "whose code it is"),
    ("of", "ids of libraries; one of them must know what the fact found first does"),
    (
        "present",
        "modules or ids of libraries; the file must import one of them, or its project depend on it; or members of modules (`asyncio.TaskGroup`) that the project uses somewhere",
    ),
    ("absent", "modules or ids of libraries; none of them may be there"),
    ("where", "clauses `where` and `unless` over the matcher's names that must hold as well"),
    ("edits", "what is changed, all of it or nothing"),
    (
        "apart",
        "holes that must not speak of a name: `apart = { value = \"item\" }`: the code in `{value}` does without the name in `{item}`",
    ),
    (
        "without",
        "`without = { value = [\"await\"] }`: the code in `{value}` has none of these words, which could not stand in the new place",
    ),
    (
        "bulk-of",
        "in place of `edits`: the name of a write; the `bulk` forms of its library say what becomes of the loop around it",
    ),
    ("alone", "`alone = { list = \"each\" }`: the name in `{list}` stands in the fact `each` nowhere but in the edits"),
    ("as-many", "`as-many = { names = \"waits\" }`: `{...names}` took as many elements as `{...waits}`"),
    ("imports", "import statements that the new code needs; added where the others stand unless they are there"),
    (
        "names",
        "new names, with what they are made of: `names = { set = \"{list}_set\" }`; a name that is taken is no fix",
    ),
];

/// How a fix says where something is changed.
const EDITS: &[(&str, &str)] = &[
    (
        "{ at = NAME, from, to }",
        "the innermost code around a name's fact that looks like `from`; the matcher's first name if none is given",
    ),
    ("{ at = NAME, from }", "such code must be there, and stays"),
    ("{ …, tested = true, from, to }", "only where nothing matters of the code but whether it is true"),
    (
        "{ use-of = HOLE, from, to }",
        "the code around the one other use of the name that a hole took; with more uses there is no fix",
    ),
    ("{ binding-of = HOLE, from }", "how the name that a hole took gets its value earlier in the same function"),
    (
        "{ before = NAME, insert }",
        "a statement before the one that the fact stands in; no fix where that would run when the fact does not",
    ),
];

/// The holes of `from`, `to`, `insert`, `title`.
const HOLES: &[(&str, &str)] = &[
    (
        "{x}",
        "any code, the same wherever the hole stands; under a name of the matcher, the code of that fact (of an `await`, itself or what is awaited)",
    ),
    ("{...xs}", "any number of arguments, elements or statements"),
    ("{x:one|two}", "one of these words"),
];

fn object_words(object: ObjectKind) -> String {
    match object {
        ObjectKind::None => "nothing".to_owned(),
        ObjectKind::Number => "a number".to_owned(),
        ObjectKind::Effects => "effects".to_owned(),
        ObjectKind::Marks => "marks".to_owned(),
        ObjectKind::Entries => "entry points".to_owned(),
        ObjectKind::Words => "words, or `@list`".to_owned(),
        ObjectKind::Subjects(kinds) => {
            format!("names of: {}", kinds.iter().map(|kind| kind.word()).collect::<Vec<_>>().join(", "))
        }
    }
}
