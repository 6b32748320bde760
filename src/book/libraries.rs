//! Pages of library models.

mod rows;

use super::Page;
use super::examples;
use super::markdown::{code, codes, escaped, first_sentence, prose, table};
use crate::catalog::Library;
use crate::document::Document;
use crate::facts::sql::Dialect;
use crate::syntax::Family;

/// The language's name as people write it.
pub fn language(family: Family) -> &'static str {
    match family {
        Family::JavaScript => "JavaScript and TypeScript",
        Family::Python => "Python",
        Family::Rust => "Rust",
        Family::Sql => "SQL",
    }
}

/// The page of a library, in the folder of the book's sources.
pub fn path(library: &Library) -> String {
    format!("libraries/{}/{}.md", library.family.name(), library.id)
}

/// An index, an index for each language, and a page for each library.
pub fn pages(libraries: &[Library]) -> Vec<Page> {
    let mut sorted: Vec<&Library> = libraries.iter().collect();
    sorted.sort_by_cached_key(|library| (library.family.name(), library.title.to_lowercase()));
    let mut families: Vec<Family> = sorted.iter().map(|library| library.family).collect();
    families.dedup();
    let of = |family: Family| sorted.iter().copied().filter(move |library| library.family == family);
    let mut pages = vec![Page {
        path: "libraries/index.md".to_owned(),
        title: "Libraries".to_owned(),
        depth: 0,
        text: overview(&families, libraries.len(), &|family| of(family).count()),
    }];
    for family in families {
        let path = format!("libraries/{}/index.md", family.name());
        let listed: Vec<&Library> = of(family).collect();
        pages.push(Page { path, title: language(family).to_owned(), depth: 1, text: index(family, &listed) });
        let page = |library: &&Library| Page {
            path: self::path(library),
            title: library.title.clone(),
            depth: 2,
            text: page(library),
        };
        pages.extend(listed.iter().map(page));
    }
    pages
}

fn overview(families: &[Family], count: usize, of: &dyn Fn(Family) -> usize) -> String {
    let row = |family: &Family| {
        let link = format!("[{}]({}/index.md)", language(*family), family.name());
        vec![link, of(*family).to_string()]
    };
    format!(
        "# Libraries\n\nWhat a call does is written down in {count} library models, each a document that is its own test; \
         many of them speak of several libraries of one kind. A call is known by the type of what it is called on, by the \
         import that it comes from, or, where nothing else will do, by its name alone. [Your own \
         models](../writing-models.md) load from the configuration.\n\n{}",
        table(&["language", "models"], &families.iter().map(row).collect::<Vec<_>>())
    )
}

fn index(family: Family, libraries: &[&Library]) -> String {
    let row = |library: &&Library| {
        let about = Document::parse(&library.path, &library.source).map_or("", |document| document.prose());
        vec![
            format!("[{}]({}.md)", escaped(&library.title), library.id),
            prose(&first_sentence(about)),
            codes(library.packages.iter().map(String::as_str)),
        ]
    };
    let rows: Vec<Vec<String>> = libraries.iter().map(row).collect();
    format!(
        "# Libraries of {}\n\n{}",
        language(family),
        table(&["library", "what the model covers", "packages"], &rows)
    )
}

fn page(library: &Library) -> String {
    let mut text = format!("# {}\n\n{}", escaped(&library.title), facts(library));
    let body = Document::parse(&library.path, &library.source).map_or("", |document| document.body).trim();
    let start = body.find("```").unwrap_or(body.len());
    text.push_str(&format!("\n{}\n", body[..start].trim()));
    for (title, about, table) in rows::tables(library) {
        if !table.is_empty() {
            text.push_str(&format!("\n## {title}\n\n{about}{}{table}", if about.is_empty() { "" } else { "\n\n" }));
        }
    }
    if start < body.len() {
        let marks = format!("They are tests: {} says what the call on its line does.", code("is: …"));
        text.push_str(&format!("\n## Examples\n\n{marks}\n\n{}", examples::readable(&body[start..])));
    }
    text
}

/// By what the library is recognised, and what holds of all of its calls.
fn facts(library: &Library) -> String {
    let mut lines = vec![language(library.family).to_owned()];
    if library.builtin {
        lines.push("a part of the language: always there".to_owned());
    }
    if !library.packages.is_empty() {
        lines.push(format!("packages {}", codes(library.packages.iter().map(String::as_str))));
    }
    if !library.modules.is_empty() && library.modules != library.packages {
        lines.push(format!("imports of {}", codes(library.modules.iter().map(String::as_str))));
    }
    if let Some(dialect) = library.dialect {
        lines.push(format!("SQL is read as that of {}", dialect_name(dialect)));
    }
    if library.blocking {
        lines.push("calls hold the thread until they are done".to_owned());
    }
    lines.iter().map(|line| format!("- {line}\n")).collect()
}

fn dialect_name(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Generic => "any database",
        Dialect::Postgres => "PostgreSQL",
        Dialect::MySql => "MySQL",
        Dialect::Sqlite => "SQLite",
        Dialect::ClickHouse => "ClickHouse",
        Dialect::MsSql => "Microsoft SQL Server",
        Dialect::Warehouse => "a data warehouse",
    }
}
