//! How a file is laid out, so that what is written into it looks the same.

/// The layout of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Style {
    /// One step of indentation.
    pub indent: String,
    /// What ends a line.
    pub line_break: &'static str,
    /// The quote of most strings.
    pub quote: char,
    /// Statements mostly end with `;`.
    pub semicolons: bool,
}

impl Style {
    /// The layout of a text.
    pub fn of(text: &str) -> Self {
        let ends = |mark: char| text.lines().filter(|line| line.trim_end().ends_with(mark)).count();
        let count = |quote: char| text.matches(quote).count();
        Self {
            indent: indent_of(text),
            line_break: if text.split_once('\n').is_some_and(|(first, _)| first.ends_with('\r')) {
                "\r\n"
            } else {
                "\n"
            },
            quote: if count('\'') > count('"') { '\'' } else { '"' },
            semicolons: ends(';') > ends(')'),
        }
    }
}

/// A tab, if more lines begin with one than with spaces, or the fewest spaces that a line of code is indented with.
fn indent_of(text: &str) -> String {
    let mut fewest: Option<usize> = None;
    let (mut with_tab, mut with_spaces) = (0, 0);
    for line in text.lines() {
        let rest = line.trim_start_matches(' ');
        let width = line.len() - rest.len();
        with_tab += usize::from(line.starts_with('\t'));
        // The lines of a comment stand one space to the right.
        if width > 1 && !rest.is_empty() && !rest.starts_with('*') {
            with_spaces += 1;
            fewest = Some(fewest.map_or(width, |known| known.min(width)));
        }
    }
    if with_tab > with_spaces { "\t".to_owned() } else { " ".repeat(fewest.unwrap_or(4)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_tells_its_style() {
        let style = Style::of("def f():\r\n    return 'a'\r\n");
        assert_eq!(
            (style.indent.as_str(), style.line_break, style.quote, style.semicolons),
            ("    ", "\r\n", '\'', false)
        );
        let style = Style::of("/**\n * A comment.\n */\nfunction f() {\n  return g(\"a\");\n}\n");
        assert_eq!((style.indent.as_str(), style.line_break, style.quote, style.semicolons), ("  ", "\n", '"', true));
        assert_eq!(Style::of("if (a) {\n\tb()\n}\n").indent, "\t");
        assert_eq!(Style::of("f(`\n\t  SELECT 1`);\n  a();\n  b();\n").indent, "  ");
        assert_eq!(Style::of("").indent, "    ");
    }
}
