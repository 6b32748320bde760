//! The matcher language: what a rule's `match` says, line by line.
//!
//! ```text
//! find KIND NAME[: PREDICATE[, PREDICATE]…]
//! with KIND NAME[: …]
//! in loop NAME[: …]
//! via calls N
//! via groups
//! where SUBJECT PREDICATE [OBJECT [| OBJECT]…]
//! unless SUBJECT PREDICATE [OBJECT [| OBJECT]…]
//! ```
//!
//! A line is a clause; a line that starts with white space goes on with the clause above. Predicates of one clause are
//! joined with *and* (a comma), objects with *or* (`|`). A subject is a name or a name's part (`each.over`).

use crate::facts::Span;

/// What a `find`, `with` or `in` binds a name to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A call that has effects, of its own or (with `via`) through project functions.
    Call,
    /// An `await`.
    Await,
    /// A loop.
    Loop,
    /// An SQL statement.
    Sql,
    /// A write into a collection.
    Store,
    /// An equality test.
    Compare,
    /// A function.
    Function,
    /// A value: receiver, key, iterated expression.
    Value,
    /// The names that change in each turn of a loop.
    Items,
}

impl Kind {
    /// The word in a rule document.
    pub fn word(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Await => "await",
            Self::Loop => "loop",
            Self::Sql => "sql",
            Self::Store => "store",
            Self::Compare => "compare",
            Self::Function => "function",
            Self::Value => "value",
            Self::Items => "items",
        }
    }

    /// The kinds that `find` and `with` can bind.
    pub const FOUND: [Self; 5] = [Self::Call, Self::Await, Self::Sql, Self::Store, Self::Compare];
}

/// A name, or a part of what it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The name.
    pub name: String,
    /// The part (`over`), if one is asked for.
    pub part: Option<String>,
    /// Its place in the matcher's text.
    pub span: Span,
}

/// A predicate with its objects, not yet checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase {
    /// The predicate's name.
    pub predicate: String,
    /// The name's place.
    pub span: Span,
    /// The objects, as written, with their places.
    pub objects: Vec<(String, Span)>,
}

/// One line of a matcher.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Clause {
    /// The fact that is looked for; always first.
    Find(Kind, Subject, Vec<Phrase>),
    /// A second fact of the same function.
    With(Kind, Subject, Vec<Phrase>),
    /// The loop around the fact, or around the loop of the `in` before.
    In(Subject, Vec<Phrase>),
    /// Effects count through this many calls of project functions.
    Via(u8, Span),
    /// `via groups`.
    ViaGroups(Span),
    /// Must hold.
    Where(Subject, Phrase),
    /// Must not hold.
    Unless(Subject, Phrase),
}

/// What is wrong with a matcher, at a place in its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClauseError {
    /// The place in the matcher's text.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

impl ClauseError {
    /// An error with a hint.
    pub fn new(span: Span, message: impl Into<String>, help: impl Into<Option<String>>) -> Self {
        Self { span, message: message.into(), help: help.into() }
    }
}

/// Cuts a line into words; `:`, `,` and `|` are words of their own.
fn words(line: &str, offset: usize) -> Vec<(&str, Span)> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, character) in line.char_indices() {
        let is_mark = matches!(character, ':' | ',' | '|');
        if (character.is_whitespace() || is_mark)
            && let Some(from) = start.take()
        {
            words.push((&line[from..at], Span::new(offset + from, offset + at)));
        }
        if is_mark {
            words.push((&line[at..=at], Span::new(offset + at, offset + at + 1)));
        } else if !character.is_whitespace() && start.is_none() {
            start = Some(at);
        }
    }
    if let Some(from) = start {
        words.push((&line[from..], Span::new(offset + from, offset + line.len())));
    }
    words
}

/// Reads a matcher.
///
/// # Errors
/// On the first line that is no clause.
pub fn parse(text: &str) -> Result<Vec<Clause>, ClauseError> {
    let clauses = lines(text).iter().map(|line| clause(line)).collect::<Result<Vec<_>, _>>()?;
    let whole = Span::new(0, text.len());
    match clauses.iter().filter(|c| matches!(c, Clause::Find(..))).count() {
        1 if matches!(clauses.first(), Some(Clause::Find(..))) => Ok(clauses),
        0 => Err(ClauseError::new(
            whole,
            "a matcher needs a `find` line",
            "begin with `find call NAME: effect …`".to_owned(),
        )),
        _ => Err(ClauseError::new(whole, "a matcher has one `find` line, and it comes first", None)),
    }
}

/// The words of each clause.
fn lines(text: &str) -> Vec<Vec<(&str, Span)>> {
    let mut lines: Vec<Vec<(&str, Span)>> = Vec::new();
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let content = line.split('#').next().unwrap_or_default();
        let found = words(content, offset);
        offset += line.len();
        match lines.last_mut() {
            _ if found.is_empty() => {}
            Some(above) if content.starts_with(char::is_whitespace) => above.extend(found),
            _ => lines.push(found),
        }
    }
    lines
}

/// Reads lines of `where` and `unless`, about names that are bound elsewhere.
///
/// # Errors
/// On the first line that is another clause, or none.
pub fn parse_conditions(text: &str) -> Result<Vec<Clause>, ClauseError> {
    let clauses = lines(text).iter().map(|line| clause(line)).collect::<Result<Vec<_>, _>>()?;
    let is_condition = |clause: &Clause| matches!(clause, Clause::Where(..) | Clause::Unless(..));
    if clauses.is_empty() || !clauses.iter().all(is_condition) {
        let help = "the names are bound by the matcher already".to_owned();
        return Err(ClauseError::new(Span::new(0, text.len()), "here stand only `where` and `unless`", help));
    }
    Ok(clauses)
}

fn clause(line: &[(&str, Span)]) -> Result<Clause, ClauseError> {
    let (first, span) = line[0];
    let rest = &line[1..];
    match first {
        "find" | "with" => {
            let kind = found_kind(rest.first().copied(), span)?;
            let (subject, phrases) = binding(&rest[1..], span)?;
            Ok(if first == "find" {
                Clause::Find(kind, subject, phrases)
            } else {
                Clause::With(kind, subject, phrases)
            })
        }
        "in" => match rest.first() {
            Some(("loop", _)) => binding(&rest[1..], span).map(|(subject, phrases)| Clause::In(subject, phrases)),
            other => Err(ClauseError::new(
                other.map_or(span, |(_, at)| *at),
                "`in` is followed by `loop`",
                "write `in loop NAME`".to_owned(),
            )),
        },
        "via" => via(rest, span),
        "where" | "unless" => {
            let Some(&(name, at)) = rest.first() else {
                return Err(ClauseError::new(span, format!("`{first}` needs a name and a predicate"), None));
            };
            let phrase = phrase(&rest[1..], at)?;
            let subject = subject(name, at);
            Ok(if first == "where" { Clause::Where(subject, phrase) } else { Clause::Unless(subject, phrase) })
        }
        other => Err(ClauseError::new(
            span,
            format!("`{other}` does not begin a clause"),
            Some("clauses begin with `find`, `with`, `in loop`, `via calls`, `where` or `unless`".to_owned()),
        )),
    }
}

fn found_kind(word: Option<(&str, Span)>, after: Span) -> Result<Kind, ClauseError> {
    let names = || Kind::FOUND.map(Kind::word).join("`, `");
    match word {
        Some((word, at)) => Kind::FOUND.into_iter().find(|kind| kind.word() == word).ok_or_else(|| {
            ClauseError::new(at, format!("`{word}` is no kind of fact"), format!("the kinds are `{}`", names()))
        }),
        None => Err(ClauseError::new(after, "the kind of fact is missing", format!("the kinds are `{}`", names()))),
    }
}

fn via(rest: &[(&str, Span)], span: Span) -> Result<Clause, ClauseError> {
    match rest {
        [("calls", _), (number, at)] => match number.parse() {
            Ok(depth @ 1..=4) => Ok(Clause::Via(depth, *at)),
            _ => Err(ClauseError::new(*at, "`via calls` takes a number from 1 to 4", None)),
        },
        [("groups", at)] => Ok(Clause::ViaGroups(*at)),
        _ => Err(ClauseError::new(span, "`via` is written `via calls N` or `via groups`", None)),
    }
}

/// `NAME[: PHRASE[, PHRASE]…]`.
fn binding(rest: &[(&str, Span)], after: Span) -> Result<(Subject, Vec<Phrase>), ClauseError> {
    let Some(&(name, span)) = rest.first() else {
        return Err(ClauseError::new(
            after,
            "a name is missing",
            Some("names are of your choice: `find call query`".to_owned()),
        ));
    };
    let plain = Subject { name: name.to_owned(), part: None, span };
    match rest.get(1) {
        None => Ok((plain, Vec::new())),
        Some((":", _)) => {
            let phrases =
                rest[2..].split(|(word, _)| *word == ",").map(|part| phrase(part, span)).collect::<Result<_, _>>()?;
            Ok((plain, phrases))
        }
        Some((word, at)) => Err(ClauseError::new(
            *at,
            format!("unexpected `{word}`"),
            Some("a name is followed by `:` and predicates".to_owned()),
        )),
    }
}

fn phrase(part: &[(&str, Span)], after: Span) -> Result<Phrase, ClauseError> {
    let Some(&(predicate, span)) = part.first() else {
        return Err(ClauseError::new(after, "a predicate is missing", None));
    };
    let objects = part[1..].iter().filter(|(word, _)| *word != "|").map(|&(word, at)| (word.to_owned(), at)).collect();
    Ok(Phrase { predicate: predicate.to_owned(), span, objects })
}

/// `name` or `name.part`.
pub fn subject(word: &str, span: Span) -> Subject {
    match word.split_once('.') {
        Some((name, part)) => Subject { name: name.to_owned(), part: Some(part.to_owned()), span },
        None => Subject { name: word.to_owned(), part: None, span },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matcher_reads_as_clauses() {
        let clauses = parse(
            "find call query: effect db.read | db.write, outermost\nin loop each: runs-many\nvia calls 3\n\
             where query depends-on each.items\nunless query is batched\n  | cached\n",
        )
        .expect("a matcher");
        assert_eq!(clauses.len(), 5);
        let Clause::Find(Kind::Call, name, phrases) = &clauses[0] else { panic!("no find: {clauses:?}") };
        assert_eq!((name.name.as_str(), phrases.len()), ("query", 2));
        assert_eq!(phrases[0].objects.iter().map(|o| o.0.as_str()).collect::<Vec<_>>(), ["db.read", "db.write"]);
        let Clause::Where(_, phrase) = &clauses[3] else { panic!("no where: {clauses:?}") };
        assert_eq!((phrase.predicate.as_str(), phrase.objects[0].0.as_str()), ("depends-on", "each.items"));
        let Clause::Unless(_, phrase) = &clauses[4] else { panic!("no unless: {clauses:?}") };
        assert_eq!(phrase.objects.len(), 2);
    }

    #[test]
    fn errors_point_at_the_word() {
        let at = |text: &str| {
            let error = parse(text).expect_err("an error");
            text[error.span.range()].to_owned()
        };
        assert_eq!(at("find cal x"), "cal");
        assert_eq!(at("find call x\nin lop y"), "lop");
        assert_eq!(at("find call x\nvia calls 9"), "9");
        assert_eq!(at("find call x\nvia groups 9"), "via");
        assert_eq!(at("find call x\nwher x runs"), "wher");
        assert_eq!(at("where x runs"), "where x runs");
        assert_eq!(at("find call x y"), "y");
    }
}
