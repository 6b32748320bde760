//! List, set, object and dictionary literals.

use super::builder::{other, rooted};
use super::model::*;
use super::walk::{Kid, Walk};
use crate::syntax::tables::{Role, Slot};

impl<'t> Walk<'_, '_, 't> {
    pub fn list(&mut self, kid: Kid<'t>) -> Operand {
        let kids = self.kids(kid.node);
        let id = ListId(self.b.lists.len() as u32);
        self.b.lists.push(List { span: kid.span, items: Few::default(), open: false });
        let mut items = Vec::with_capacity(self.count(kids));
        let mut open = false;
        for index in self.each(kids) {
            let child = self.at(index);
            if !child.named {
                continue;
            }
            open |= child.role == Role::Spread;
            let value = self.visit(child);
            self.b.sink(&value, Sink::Element);
            items.push(value);
        }
        if let Some(row) = self.b.lists.get_mut(id.index()) {
            row.items = items.into();
            row.open = open;
        }
        let root = if kid.role == Role::Set { Root::Set(id) } else { Root::List(id) };
        rooted(root, kid.span)
    }

    pub fn object(&mut self, kid: Kid<'t>) -> Operand {
        let kids = self.kids(kid.node);
        let id = ObjectId(self.b.objects.len() as u32);
        self.b.objects.push(Object { span: kid.span, entries: Rows::default(), open: false });
        let mut entries = Vec::with_capacity(self.count(kids));
        let mut open = false;
        // The members of an object are no class's.
        let member_of = self.b.at.member_of.take();
        for index in self.each(kids) {
            let child = self.at(index);
            if !child.named {
                continue;
            }
            match self.entry(child) {
                Some((key, value)) => {
                    self.b.sink(&value, Sink::Element);
                    entries.push((key, value));
                }
                None => open = true,
            }
        }
        self.b.at.member_of = member_of;
        if let Some(row) = self.b.objects.get_mut(id.index()) {
            row.entries = Rows::new(self.b.entries.len(), entries.len());
            row.open = open;
            self.b.entries.extend(entries);
        }
        rooted(Root::Object(id), kid.span)
    }

    /// One entry; `None` for spreads and computed keys.
    fn entry(&mut self, kid: Kid<'t>) -> Option<(NameId, Operand)> {
        match kid.role {
            Role::Pair => self.deeper(None, |walk| walk.pair(kid)),
            Role::Shorthand => {
                let value = self.visit(kid);
                Some((self.b.name_at(kid.span), value))
            }
            Role::Method => {
                let name = self.part(kid, Slot::Name).and_then(|name| self.declared_name(name));
                let value = self.visit(kid);
                name.map(|name| (name, value))
            }
            _ => {
                let value = self.visit(kid);
                self.b.sink(&value, Sink::Element);
                None
            }
        }
    }

    fn pair(&mut self, kid: Kid<'t>) -> Option<(NameId, Operand)> {
        let kids = self.kids(kid.node);
        let (key, value) = (self.slot(kid, kids, Slot::Key)?, self.slot(kid, kids, Slot::Value));
        let name = match key.role {
            Role::Skip => Some(self.b.name_at(key.span)),
            Role::Text | Role::Number => self.literal_key(key),
            _ => {
                self.visit(key);
                None
            }
        };
        let value = match value {
            Some(value) => self.visit_named(value, name),
            None => other(kid.span),
        };
        if name.is_none() {
            self.b.sink(&value, Sink::Element);
        }
        name.map(|name| (name, value))
    }

    fn literal_key(&mut self, key: Kid<'t>) -> Option<NameId> {
        let text = self.source(key);
        if key.role == Role::Number {
            return Some(self.b.names.intern(text));
        }
        let operand = self.visit(key);
        match operand.root {
            Root::Text(id) => self.b.texts.get(id.index()).and_then(|text| text.short),
            _ => None,
        }
    }
}
