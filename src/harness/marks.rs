//! Expectations written in comments at the ends of lines: `// finding: high`, `# is: db.read`, `-- expect: select-star`.

/// What starts a comment in the languages that examples are written in.
const LEADERS: [&str; 4] = ["//", "#", "--", "/*"];

/// What a comment at the end of a line says behind `word`: the empty text for the word alone, `high` for `word: high`;
/// `None` when the line's last comment does not begin with the word.
pub fn mark<'l>(line: &'l str, word: &str) -> Option<&'l str> {
    LEADERS.iter().find_map(|leader| {
        let (_, comment) = line.rsplit_once(leader)?;
        let rest = comment.trim_start().strip_prefix(word)?;
        let rest = rest.trim_end().trim_end_matches('}').trim_end_matches("*/").trim_end();
        if rest.is_empty() { Some(rest) } else { rest.strip_prefix(':').map(str::trim) }
    })
}

/// A text without its marks.
pub fn without(text: &str, word: &str) -> String {
    let strip = |line: &str| -> Option<String> {
        let content = line.trim_end_matches(['\n', '\r']);
        mark(content, word)?;
        let start = LEADERS.iter().filter_map(|leader| content.rfind(leader)).max()?;
        Some(format!("{}{}", content[..start].trim_end(), &line[content.len()..]))
    };
    text.split_inclusive('\n').map(|line| strip(line).unwrap_or_else(|| line.to_owned())).collect()
}

/// The marks of a text with their lines, 1-based.
pub fn marks<'t>(text: &'t str, word: &'t str) -> impl Iterator<Item = (u32, &'t str)> {
    (1..).zip(text.lines()).filter_map(move |(line, content)| Some((line, mark(content, word)?)))
}

/// The words of a list written with commas.
pub fn words(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').map(str::trim).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_the_last_comment_of_a_line() {
        assert_eq!(mark("load(id) # finding", "finding"), Some(""));
        assert_eq!(mark("load(\"http://a\"); // finding: high", "finding"), Some("high"));
        assert_eq!(mark("<li>{x}</li> {/* finding */}", "finding"), Some(""));
        assert_eq!(mark("SELECT 1; -- expect: a, b", "expect"), Some("a, b"));
        assert_eq!(mark("load(id) # findings of all kinds", "finding"), None);
        assert_eq!(mark("load(id) # a finding", "finding"), None);
        assert_eq!(mark("finding()", "finding"), None);
        assert_eq!(without("load(id)  # finding: high\r\n# kept\n", "finding"), "load(id)\r\n# kept\n");
    }

    #[test]
    fn lines_are_counted_from_one() {
        let found: Vec<_> = marks("a\nb // is: http, cache\n", "is").collect();
        assert_eq!(found, [(2, "http, cache")]);
        assert_eq!(words(found[0].1).collect::<Vec<_>>(), ["http", "cache"]);
    }
}
