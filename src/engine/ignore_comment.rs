//! Comments to put into a file so that a finding is no longer reported, as an editor offers them.

use crate::facts::{self, Span};
use crate::findings::Finding;
use crate::findings::suppress::{self, Comments, Policy};
use crate::syntax::{Family, Language, Parsers};
use crate::workspace::LineIndex;

/// The reason to be overwritten, where the configuration demands one.
const REASON: &str = ": say why this may stay";

/// A text to put in at a byte offset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Insertion {
    /// Where.
    pub offset: u32,
    /// What.
    pub text: String,
}

/// The file that a finding is in.
#[derive(Clone, Copy, Debug)]
pub struct Place<'t> {
    /// Its path, as shown.
    pub path: &'t str,
    /// Its language.
    pub language: Language,
    /// Its text.
    pub text: &'t str,
    /// Whether a comment must give a reason to be heeded.
    pub require_reason: bool,
}

impl Place<'_> {
    /// The line to put in above the statement that a finding is in; `None` where no comment can stand there, as in a
    /// template.
    pub fn above(&self, finding: &Finding) -> Option<Insertion> {
        let lines = LineIndex::new(self.text);
        let facts = self.facts(self.text);
        let around = statements(&facts).filter(|statement| statement.contains(finding.span));
        let innermost = around.min_by_key(|statement| statement.end - statement.start).unwrap_or(finding.span);
        let line = lines.range(lines.line(innermost.start));
        let indentation: String =
            self.text.get(line.clone())?.chars().take_while(|char| matches!(char, ' ' | '\t')).collect();
        let comment = self.comment("perflint-ignore", &finding.rule);
        let insertion =
            Insertion { offset: line.start as u32, text: format!("{indentation}{comment}{}", self.line_break()) };
        self.silences(&insertion, finding).then_some(insertion)
    }

    /// The line to put in at the top of the file, below what must stand first.
    pub fn in_file(&self, finding: &Finding) -> Insertion {
        let is_first = |line: &str| {
            line.starts_with("#!") && !line.starts_with("#![")
                || self.language.family() == Family::Python && line.starts_with('#') && line.contains("coding")
        };
        let offset =
            self.text.split_inclusive('\n').take(2).take_while(|line| is_first(line)).map(str::len).sum::<usize>();
        let comment = self.comment("perflint-ignore-file", &finding.rule);
        Insertion { offset: offset as u32, text: format!("{comment}{}", self.line_break()) }
    }

    fn comment(&self, word: &str, rule: &str) -> String {
        let mark = match self.language.family() {
            Family::JavaScript | Family::Rust => "//",
            Family::Python => "#",
            Family::Sql => "--",
        };
        format!("{mark} {word} {rule}{}", if self.require_reason { REASON } else { "" })
    }

    fn line_break(&self) -> &'static str {
        if self.text.split_inclusive('\n').next().is_some_and(|line| line.ends_with("\r\n")) { "\r\n" } else { "\n" }
    }

    fn facts(&self, text: &str) -> facts::FileFacts {
        facts::extract(&mut Parsers::new(), self.path, self.language, text, facts::Reading::default())
    }

    /// Whether a text with the comment has the finding suppressed: what looks like a comment may be part of a string.
    fn silences(&self, insertion: &Insertion, finding: &Finding) -> bool {
        let at = insertion.offset as usize;
        let text = format!("{}{}{}", &self.text[..at], insertion.text, &self.text[at..]);
        let moved = insertion.text.len() as u32;
        let moved = Span { start: finding.span.start + moved, end: finding.span.end + moved };
        let facts = self.facts(&text);
        let lines = LineIndex::new(&text);
        let comments = Comments {
            path: self.path,
            directives: &facts.directives,
            statements: statements(&facts).collect(),
            lines: &lines,
        };
        let policy =
            Policy { require_reason: self.require_reason, is_on: &|_| true, is_known: &|_| true, judge_blanket: false };
        let outcome = suppress::apply(vec![Finding { span: moved, ..finding.clone() }], &comments, &policy);
        !outcome.suppressed.is_empty()
    }
}

/// The places of a file's statements, those of its SQL among them.
pub fn statements(facts: &facts::FileFacts) -> impl Iterator<Item = Span> + '_ {
    let in_code = facts.statements.iter().map(|statement| statement.span);
    let sql = facts.sql.iter().filter(|statement| statement.text.is_none()).map(|statement| statement.span);
    in_code.chain(sql)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::suppress::tests::finding;

    fn place(language: Language, text: &str) -> Place<'_> {
        Place { path: "a", language, text, require_reason: false }
    }

    fn with(insertion: &Insertion, text: &str) -> String {
        let at = insertion.offset as usize;
        format!("{}{}{}", &text[..at], insertion.text, &text[at..])
    }

    fn above(language: Language, text: &str, mark: &str) -> Option<String> {
        place(language, text).above(&finding(text, mark, "slow")).map(|insertion| with(&insertion, text))
    }

    #[test]
    fn the_comment_stands_above_the_statement_with_its_indentation() {
        let text = "async function f(ids) {\r\n\tfor (const id of ids) {\r\n\t\tawait one(\r\n\t\t\tid,\r\n\t\t);\r\n\t}\r\n}\r\n";
        let found = above(Language::JavaScript, text, "id,").unwrap();
        assert!(found.contains("{\r\n\t\t// perflint-ignore slow\r\n\t\tawait one("), "{found}");
        let text = "def f(ids):\n    return [\n        one(id)\n        for id in ids\n    ]\n";
        let found = above(Language::Python, text, "one(id)").unwrap();
        assert!(found.contains("(ids):\n    # perflint-ignore slow\n    return ["), "{found}");
        let found = above(Language::Sql, "select 1;\nselect * from a;\n", "*").unwrap();
        assert_eq!(found, "select 1;\n-- perflint-ignore slow\nselect * from a;\n");
    }

    #[test]
    fn no_comment_is_put_into_a_string() {
        let text = "const page = `\n${rows.map((row) => { return one(row); })}\n`;\n";
        assert_eq!(above(Language::JavaScript, text, "one(row)"), None);
    }

    #[test]
    fn what_must_stand_first_stays_first() {
        let text = "#!/usr/bin/env python\n# -*- coding: utf-8 -*-\n\"\"\"Doc.\"\"\"\n";
        let found = finding(text, "Doc", "slow");
        let place = Place { require_reason: true, ..place(Language::Python, text) };
        let expected = format!("# -*- coding: utf-8 -*-\n# perflint-ignore-file slow{REASON}\n\"\"\"Doc");
        assert!(with(&place.in_file(&found), text).contains(&expected));
        let place = Place { language: Language::Rust, text: "#![allow(x)]\n", ..place };
        assert_eq!(place.in_file(&found).offset, 0);
    }
}
