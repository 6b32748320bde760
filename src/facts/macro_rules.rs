//! Macros that a Rust file defines: which of them leave the function that uses them.

use super::model::*;
use super::walk::{Kid, Walk};
use crate::syntax::tables::Slot;

/// The word that leaves a function.
const LEAVING: &str = "return";

impl<'t> Walk<'_, '_, 't> {
    /// `macro_rules! fail { ($text:expr) => { return Err($text) } }`.
    pub fn macro_definition(&mut self, kid: Kid<'t>) {
        let kids = self.kids(kid.node);
        let Some(named) = self.slot(kid, kids, Slot::Name) else { return };
        let mut leaves: Option<bool> = None;
        for index in self.each(kids) {
            let rule = self.at(index);
            let Some(body) = self.part(rule, Slot::Body) else { continue };
            if let Some(always) = leaving(self.source(body)) {
                leaves = Some(leaves.unwrap_or(true) && always);
            }
        }
        if let Some(always) = leaves {
            let name = self.b.name_at(named.span);
            self.b.leaving_macros.push(LeavingMacro { name, always });
        }
    }
}

/// Whether what a macro stands for leaves the function, and then whether it does so always: outside of any branch, loop
/// or closure.
fn leaving(body: &str) -> Option<bool> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let mut found = None;
    for (at, _) in body.match_indices(LEAVING) {
        let before = body[..at].chars().next_back();
        let after = body[at + LEAVING.len()..].chars().next();
        if before.is_some_and(is_part) || after.is_some_and(is_part) {
            continue;
        }
        found = Some(found.unwrap_or(false) || stands_plainly(&body[..at]));
    }
    found
}

/// Whether all that is still open at the end of `text` are bare blocks.
fn stands_plainly(text: &str) -> bool {
    let mut open: Vec<bool> = Vec::new();
    let mut last = None;
    for c in text.chars() {
        match c {
            '{' | '(' | '[' => open.push(matches!((c, last), ('{', None | Some('{' | '(' | '[' | ';' | '}')))),
            '}' | ')' | ']' => {
                open.pop();
            }
            _ => {}
        }
        if !c.is_whitespace() {
            last = Some(c);
        }
    }
    let first_is_brackets = !open.is_empty() && text.starts_with(['(', '[']);
    open.iter().skip(usize::from(first_is_brackets)).all(|plain| *plain) && !matches!(last, Some('|' | '>'))
}

#[cfg(test)]
mod tests {
    use super::leaving;

    #[test]
    fn tells_macros_that_always_leave_from_those_that_may() {
        assert_eq!(leaving("{ return Err($text.into()) }"), Some(true));
        assert_eq!(leaving("{{ let text = $text; log!(\"{text}\"); return Err(Error::new(text)); }}"), Some(true));
        assert_eq!(leaving("(return None)"), Some(true));
        assert_eq!(leaving("{ if !$check { return Err($text) } }"), Some(false));
        assert_eq!(leaving("{ match $e { Ok(x) => x, Err(e) => return Err(e) } }"), Some(false));
        assert_eq!(leaving("{ $list.iter().map(|x| return x) }"), Some(false));
        assert_eq!(leaving("{ returned($x) }"), None);
        assert_eq!(leaving("{ println!(\"{}\", $x) }"), None);
    }
}
