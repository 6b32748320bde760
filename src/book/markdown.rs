//! Small pieces of Markdown.

/// Text with what Markdown would take for its own signs made plain; for titles and other text that is no Markdown.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' => out.extend(['\\', character]),
            _ => out.push(character),
        }
    }
    out
}

/// Text that is Markdown as documentation comments are, where `<` outside code stands for itself.
pub fn prose(text: &str) -> String {
    let mut in_code = false;
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        in_code ^= character == '`';
        match character {
            '<' if !in_code => out.push_str("&lt;"),
            _ => out.push(character),
        }
    }
    out
}

/// A code span; the text has no line breaks.
pub fn code(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Code spans with commas between them.
pub fn codes<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    texts.into_iter().map(code).collect::<Vec<_>>().join(", ")
}

/// A table; nothing without rows. Cells are Markdown on one line; columns in which every cell is empty are left out.
pub fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let kept: Vec<usize> = (0..head.len()).filter(|&at| rows.iter().any(|row| !row[at].is_empty())).collect();
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let mut text = line(kept.iter().map(|&at| head[at].to_owned()).collect());
    text.push_str(&line(vec!["---".to_owned(); kept.len()]));
    for row in rows {
        text.push_str(&line(kept.iter().map(|&at| row[at].replace('\n', " ").replace('|', "\\|")).collect()));
    }
    text
}

/// A name for a heading's link, written out so that links to it do not hang on how headings are turned into names.
pub fn anchor(text: &str) -> String {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").to_lowercase()
}

/// The first sentence of a text.
pub fn first_sentence(text: &str) -> String {
    let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let end = joined.find(". ").map_or(joined.len(), |at| at + 1);
    joined[..end].to_owned()
}

/// With a capital letter in front and, unless it ends a sentence, a full stop behind.
pub fn as_sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_uppercase().collect::<String>()).unwrap_or_default();
    let stop = if text.is_empty() || text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{stop}", chars.as_str())
}
