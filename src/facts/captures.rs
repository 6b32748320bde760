//! Names that a format string reads: `format!("{base}/{id:>4}")`.

use super::model::*;
use super::walk::Walk;

impl Walk<'_, '_, '_> {
    /// Notes the names that the texts among a macro's arguments read. A text that is no format string has none that
    /// mean anything.
    pub fn captured_names(&mut self, args: &[Arg]) {
        let texts = args.iter().filter(|arg| matches!(arg.value.root, Root::Text(_)) && arg.value.path.is_empty());
        for span in texts.map(|arg| arg.value.span) {
            for (start, name) in captures(self.b.source(span)) {
                let start = span.start + start as u32;
                let span = Span { start, end: start + name.len() as u32 };
                let name = self.b.name_at(span);
                self.b.read(name, span);
            }
        }
    }
}

/// The names in the braces of a format string, with their offsets: an identifier that `}` or `:` follows. `{{` is a
/// brace (the grammar of `std::fmt`).
fn captures(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut rest = 0;
    while let Some(open) = text[rest..].find('{').map(|at| rest + at) {
        let after = &text[open + 1..];
        if after.starts_with('{') {
            rest = open + 2;
            continue;
        }
        let length = after.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(after.len());
        let (name, next) = after.split_at(length);
        let starts_well = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
        if starts_well && next.starts_with(['}', ':']) {
            found.push((open + 1, name));
        }
        rest = open + 1 + length;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::captures;

    #[test]
    fn only_identifiers_in_single_braces_are_read() {
        let names = |text| captures(text).into_iter().map(|(_, name)| name).collect::<Vec<_>>();
        assert_eq!(names("{base}/{id:>4}"), ["base", "id"]);
        assert_eq!(names("{} {0} {{base}} {a.b} {"), Vec::<&str>::new());
        assert_eq!(captures("a{{{b}}}"), [(4, "b")]);
    }
}
