//! The chapters of the documentation's book that are made from what the program has inside: pages of rules and of
//! library models, the keys of the configuration, the command line, the matcher language. Pure functions from these to
//! Markdown as mdBook reads it.

mod commands;
mod examples;
mod keys;
mod libraries;
mod markdown;
mod rules;
#[cfg(test)]
mod tests;

use serde_json::Value;

use crate::catalog::Library;
use crate::findings::RuleInfo;

/// What the chapters are made from.
#[derive(Clone, Copy, Debug)]
pub struct Material<'a> {
    /// The rules, in any order.
    pub rules: &'a [RuleInfo],
    /// The library models, in any order.
    pub libraries: &'a [Library],
    /// The JSON schema of the configuration.
    pub schema: &'a Value,
    /// The command line, built.
    pub command: &'a clap::Command,
    /// What `perflint rule docs` prints.
    pub vocabulary: &'a str,
}

/// A chapter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its path in the folder of the book's sources, with `/`.
    pub path: String,
    /// Its name in the table of contents.
    pub title: String,
    /// How deep it stands there below the mark that it belongs to, from 0.
    pub depth: usize,
    /// Its text, in Markdown.
    pub text: String,
}

/// The generated chapters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Book {
    /// All of them, in the order of the table of contents.
    pub pages: Vec<Page>,
    /// The marks of the table of contents, with the places of their chapters in `pages`.
    marks: Vec<(&'static str, std::ops::Range<usize>)>,
}

/// Makes the chapters.
pub fn generate(material: &Material<'_>) -> Book {
    let one = |path: &str, title: &str, text: String| {
        vec![Page { path: path.to_owned(), title: title.to_owned(), depth: 0, text }]
    };
    let parts = [
        ("rules", rules::pages(material.rules)),
        ("libraries", libraries::pages(material.libraries)),
        ("keys", one("reference/configuration.md", "Keys of the configuration", keys::page(material.schema))),
        ("commands", one("reference/commands.md", "Command line", commands::page(material.command))),
        ("vocabulary", one("reference/matcher-language.md", "The matcher language", vocabulary(material.vocabulary))),
    ];
    let mut book = Book { pages: Vec::new(), marks: Vec::new() };
    for (mark, pages) in parts {
        let start = book.pages.len();
        book.pages.extend(pages);
        book.marks.push((mark, start..book.pages.len()));
    }
    book
}

impl Book {
    /// The table of contents with the generated chapters in place of its marks (`<!-- rules -->`), as deep as the mark
    /// stands.
    ///
    /// # Errors
    /// A mark is missing or stands there twice: what it stands for would be lost or repeated.
    pub fn summary(&self, text: &str) -> Result<String, String> {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        for (mark, places) in &self.marks {
            let comment = format!("<!-- {mark} -->");
            let mut found = lines.iter().enumerate().filter(|(_, line)| line.trim() == comment).map(|(row, _)| row);
            let row = match (found.next(), found.next()) {
                (Some(row), None) => row,
                (None, _) => return Err(format!("the line `{comment}` is missing")),
                (Some(_), Some(_)) => return Err(format!("the line `{comment}` is there twice")),
            };
            let indent = lines[row].len() - lines[row].trim_start().len();
            let entry = |page: &Page| {
                let title = markdown::escaped(&page.title);
                format!("{:width$}- [{title}]({})", "", page.path, width = indent + 2 * page.depth)
            };
            lines.splice(row..=row, self.pages[places.clone()].iter().map(entry));
        }
        Ok(lines.join("\n") + "\n")
    }
}

/// The page of the matcher language: what the program prints, with a way back to the chapter about rules.
fn vocabulary(manual: &str) -> String {
    let (title, rest) = manual.split_once('\n').unwrap_or((manual, ""));
    format!(
        "{title}\n\nThe words of a rule's `match`, as `perflint rule docs` prints them. How they are put together is told \
         in [Writing rules](../writing-rules.md).\n{rest}"
    )
}
