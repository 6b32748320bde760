//! What tables cannot say of Rust: `use` trees, attributes, modules.

use super::builder::{other, rooted};
use super::model::*;
use super::walk::{Kid, Kids, Walk};
use crate::syntax::tables::{Role, Slot};

impl<'t> Walk<'_, '_, 't> {
    /// `use a::{b, c as d, e::*}`.
    pub fn use_declaration(&mut self, kid: Kid<'t>) {
        let kids = self.kids(kid.node);
        let public = self.each(kids).any(|index| self.at(index).node.kind() == "visibility_modifier");
        if let Some(tree) = self.slot(kid, kids, Slot::Value) {
            self.use_tree(tree, "", public);
        }
    }

    fn use_tree(&mut self, kid: Kid<'t>, prefix: &str, public: bool) {
        self.deeper((), |walk| walk.use_branch(kid, prefix, public));
    }

    fn use_branch(&mut self, kid: Kid<'t>, prefix: &str, public: bool) {
        let kids = self.kids(kid.node);
        match kid.node.kind() {
            "use_list" => {
                for index in self.each(kids) {
                    let child = self.at(index);
                    if child.named {
                        self.use_tree(child, prefix, public);
                    }
                }
            }
            "scoped_use_list" => {
                let list = self.each(kids).map(|index| self.at(index)).find(|child| child.node.kind() == "use_list");
                let Some(list) = list else { return };
                let path = self.named(kids, 0).filter(|path| path.span != list.span);
                let prefix = path.map_or_else(|| prefix.to_owned(), |path| join(prefix, self.source(path)));
                self.use_tree(list, &prefix, public);
            }
            "use_wildcard" => {
                let path = self.named(kids, 0);
                let module = path.map_or_else(|| prefix.to_owned(), |path| join(prefix, self.source(path)));
                self.use_row("*", &module, Some("*"), kid.span, public);
            }
            "use_as_clause" => {
                let (Some(path), Some(alias)) = (self.named(kids, 0), self.named(kids, 1)) else { return };
                let (whole, local) = (join(prefix, self.source(path)), self.source(alias));
                self.use_leaf(&whole, Some(local), kid.span, public);
            }
            _ => {
                let whole = join(prefix, self.source(kid));
                self.use_leaf(&whole, None, kid.span, public);
            }
        }
    }

    fn use_leaf(&mut self, whole: &str, alias: Option<&str>, span: Span, public: bool) {
        // `a::{self}` is `a` itself.
        let whole = whole.strip_suffix(".self").unwrap_or(whole);
        match whole.rsplit_once('.') {
            Some((module, member)) => self.use_row(alias.unwrap_or(member), module, Some(member), span, public),
            None => self.use_row(alias.unwrap_or(whole), whole, None, span, public),
        }
    }

    fn use_row(&mut self, local: &str, module: &str, member: Option<&str>, span: Span, public: bool) {
        let local = self.b.names.intern(local);
        let module = self.b.names.intern(module);
        let member = member.map(|member| self.b.names.intern(member));
        let (function, test_only) = (self.b.at.function, self.b.at.test_only);
        self.b.imports.push(Import { local, module, member, span, function, type_only: false, test_only });
        if public {
            let star = self.b.names.intern("*");
            let from = Some((module, member.unwrap_or(star)));
            self.b.exports.push(Export { name: local, value: None, from });
        }
    }

    pub fn extern_crate(&mut self, kid: Kid<'t>) {
        let kids = self.kids(kid.node);
        let Some(name) = self.slot(kid, kids, Slot::Name) else { return };
        let alias = self.slot(kid, kids, Slot::Alias).unwrap_or(name);
        let (module, local) = (self.source(name), self.source(alias));
        self.use_row(local, module, None, kid.span, false);
    }

    /// `mod x;`: the name stands for a file beside this one.
    pub fn module_file(&mut self, kid: Kid<'t>, kids: Kids) {
        let Some(name) = self.slot(kid, kids, Slot::Name) else { return };
        let name = self.source(name);
        let module = format!("self.{name}");
        self.use_row(name, &module, None, kid.span, false);
    }

    /// An attribute: a derive gives one decorator for each trait, others their path.
    pub fn attribute(&mut self, kid: Kid<'t>) -> Operand {
        let kids = self.kids(kid.node);
        let Some(path) = self.slot(kid, kids, Slot::Value) else { return other(kid.span) };
        let arguments = self.slot(kid, kids, Slot::Arguments);
        let text = self.source(path);
        let inner = arguments.map_or("", |arguments| self.source(arguments));
        let inner = inner.trim_start_matches('(').trim_end_matches(')');
        if text == "derive" {
            for part in inner.split(',').map(str::trim).filter(|part| !part.is_empty()) {
                let decorator = self.attribute_path(part, kid.span);
                self.b.decorators.push(decorator);
            }
            return other(kid.span);
        }
        let tests = text == "cfg" && asks_for_tests(inner);
        let decorator = if tests {
            let name = self.b.names.intern("cfg(test)");
            rooted(Root::Name(name), kid.span)
        } else {
            self.attribute_path(text, kid.span)
        };
        self.b.decorators.push(decorator);
        other(kid.span)
    }

    fn attribute_path(&mut self, text: &str, span: Span) -> Operand {
        let mut segments = text.split("::").map(str::trim);
        let first = self.b.names.intern(segments.next().unwrap_or_default());
        let mut operand = rooted(Root::Name(first), span);
        for segment in segments {
            let segment = self.b.names.intern(segment);
            operand.path.push(segment);
        }
        operand
    }

    /// The named children of the one expression that a re-parsed token tree is.
    pub fn expression_parts(&mut self, kid: Kid<'t>) -> Kids {
        match kid.role {
            Role::List | Role::Through => self.kids(kid.node),
            _ => self.push_one(kid),
        }
    }
}

/// Whether a condition holds in tests alone: it names them, outside of any `not(…)`.
fn asks_for_tests(condition: &str) -> bool {
    let Some((before, rest)) = condition.split_once("not(") else {
        let mut words = condition.split(|c: char| !c.is_alphanumeric());
        return words.any(|word| word == "test");
    };
    let mut depth = 1;
    let end = rest.find(|c| {
        depth += match c {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        depth == 0
    });
    asks_for_tests(&format!("{before}{}", end.map_or("", |end| &rest[end + 1..])))
}

/// Two parts of a path, with dots.
fn join(prefix: &str, path: &str) -> String {
    let path: String = path.split_whitespace().collect::<String>().replace("::", ".");
    let path = path.trim_start_matches('.');
    if prefix.is_empty() { path.to_owned() } else { format!("{prefix}.{path}") }
}
