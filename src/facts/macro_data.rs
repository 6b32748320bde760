//! Rust macros whose text is data and no Rust: `json!({"id": user.id})`, `counter!(name: "jobs", help: "…")`. Parsed as
//! code, each is an error from end to end, and recovering from errors costs the parser several times what code of that
//! length does; so the tokens are read as they are.

use super::builder::other;
use super::model::*;
use super::walk::{Kid, Walk};
use crate::syntax::tables::Role;

/// What came before a token.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// Nothing, or what a value follows on.
    Start,
    Text,
    /// A name, with fields or without.
    Name,
    /// Any other value.
    Value,
    /// The dot of a field.
    Dot,
}

impl<'t> Walk<'_, '_, 't> {
    /// The arguments of a macro whose text is data; `None` where it may be code.
    pub fn data_arguments(&mut self, tokens: Kid<'t>) -> Option<Vec<Arg>> {
        // Looking at the tokens twice would read suppression comments twice.
        if self.b.has_directives || !self.source(tokens).contains(':') {
            return None;
        }
        let in_brackets = self.source(tokens).starts_with('(');
        let is_no_code = self.deeper(None, |walk| walk.is_no_code(tokens, in_brackets))?;
        is_no_code.then(|| self.deeper(Vec::new(), |walk| walk.data(tokens, in_brackets)))
    }

    /// Whether no Rust can read so: a colon follows on a string, or, with `names`, on a name. `None` where anything but
    /// literals, names with their fields, and lists and objects of them stands there.
    fn is_no_code(&mut self, tokens: Kid<'t>, names: bool) -> Option<bool> {
        let kids = self.kids(tokens.node);
        let (mut before, mut found) = (Before::Start, false);
        for index in kids.start + 1..kids.end.saturating_sub(1) {
            let token = self.at(index);
            let is_fresh = before == Before::Start;
            before = match token.role {
                Role::Text if is_fresh => Before::Text,
                Role::Number | Role::Bool if is_fresh => Before::Value,
                Role::Name | Role::This if is_fresh || before == Before::Dot => Before::Name,
                Role::Number if before == Before::Dot => Before::Name,
                _ if token.node.kind() == "token_tree" && is_fresh && !self.source(token).starts_with('(') => {
                    found |= self.deeper(None, |walk| walk.is_no_code(token, false))?;
                    Before::Value
                }
                _ if token.named => return None,
                _ => match (token.node.kind(), before) {
                    (":", Before::Text) => {
                        found = true;
                        Before::Start
                    }
                    (":", Before::Name) if names => {
                        found = true;
                        Before::Start
                    }
                    (",", Before::Text | Before::Name | Before::Value) | ("&" | "-", Before::Start) => Before::Start,
                    (".", Before::Name) => Before::Dot,
                    _ => return None,
                },
            };
        }
        Some(found)
    }

    /// Reads data: an argument for each part between commas, named by what stands before its colon if `names`.
    fn data(&mut self, tokens: Kid<'t>, names: bool) -> Vec<Arg> {
        let kids = self.kids(tokens.node);
        let mut args = Vec::new();
        let (mut keyword, mut value): (Option<Kid<'t>>, Option<Operand>) = (None, None);
        let mut after_dot = false;
        for index in kids.start + 1..kids.end.saturating_sub(1) {
            let token = self.at(index);
            let next = (index + 2 < kids.end).then(|| self.at(index + 1).node.kind());
            match (token.node.kind(), &mut value) {
                (",", _) => {
                    args.extend(value.take().map(|value| self.data_argument(keyword, value)));
                    keyword = None;
                }
                (".", _) => after_dot = true,
                (_, Some(value)) if after_dot => {
                    value.path.push(self.b.name_at(token.span));
                    value.span.end = token.span.end;
                    after_dot = false;
                }
                ("token_tree", _) => {
                    self.deeper((), |walk| {
                        walk.data(token, false);
                    });
                    value = Some(other(token.span));
                }
                _ if names && token.role == Role::Name && next == Some(":") => keyword = Some(token),
                _ if token.named => value = Some(self.visit(token)),
                _ => {}
            }
        }
        args.extend(value.map(|value| self.data_argument(keyword, value)));
        args
    }

    fn data_argument(&mut self, keyword: Option<Kid<'t>>, value: Operand) -> Arg {
        let keyword = keyword.map(|keyword| self.b.name_at(keyword.span));
        Arg { keyword, value, spread: false, mutable: false }
    }
}
