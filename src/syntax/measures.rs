//! How each language asks for the size or an end of a collection: `x.length`, `len(x)`, `v.is_empty()`, `v.pop()`.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

/// What is asked of a value, its elements left aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Asked {
    /// How many elements it has.
    Size,
    /// Whether it has any.
    Empty,
    /// Whether it, a number, is zero.
    Zero,
    /// Its first element.
    First,
    /// Its last element.
    Last,
}

impl Asked {
    /// Whether the answer needs no element.
    pub fn is_of_number(self) -> bool {
        matches!(self, Self::Size | Self::Empty | Self::Zero)
    }
}

/// How it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Form {
    /// `x.length`.
    Field,
    /// `len(x)`.
    Function,
    /// `x.at(0)`, with the argument as written; nothing for none.
    Method(String),
}

/// The forms of a language, by name.
#[derive(Debug, Default)]
pub struct Measures {
    by_name: FxHashMap<String, Vec<(Form, Asked)>>,
}

impl Measures {
    /// Adds forms as a table writes them: `.length`, `len()`, `.pop()`, `.at(0)`.
    ///
    /// # Errors
    /// A form that is none of these.
    pub(super) fn add(&mut self, forms: BTreeMap<Asked, Vec<String>>) -> Result<(), String> {
        for (asked, texts) in forms {
            for text in texts {
                let (name, form) = read(&text).ok_or_else(|| format!("`{text}` is no way to measure a value"))?;
                self.by_name.entry(name.to_owned()).or_default().push((form, asked));
            }
        }
        Ok(())
    }

    /// What reading a field asks.
    pub fn field(&self, name: &str) -> Option<Asked> {
        self.find(name, &Form::Field)
    }

    /// What a function asks of its one argument.
    pub fn function(&self, name: &str) -> Option<Asked> {
        self.find(name, &Form::Function)
    }

    /// What a method asks that is given this, as written, and no more.
    pub fn method(&self, name: &str, argument: &str) -> Option<Asked> {
        let forms = self.by_name.get(name)?;
        forms.iter().find(|(form, _)| matches!(form, Form::Method(known) if known == argument)).map(|(_, asked)| *asked)
    }

    fn find(&self, name: &str, wanted: &Form) -> Option<Asked> {
        self.by_name.get(name)?.iter().find(|(form, _)| form == wanted).map(|(_, asked)| *asked)
    }
}

/// The name and the form of what a table writes.
fn read(text: &str) -> Option<(&str, Form)> {
    let (head, argument) = match text.strip_suffix(')') {
        Some(called) => called.split_once('(').map(|(head, argument)| (head, Some(argument)))?,
        None => (text, None),
    };
    Some(match (head.strip_prefix('.'), argument) {
        (Some(name), None) => (name, Form::Field),
        (Some(name), Some(argument)) => (name, Form::Method(argument.to_owned())),
        (None, Some("")) => (head, Form::Function),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_told_apart() {
        let mut measures = Measures::default();
        let forms = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let rows = [(Asked::Size, forms(&[".length", "len()"])), (Asked::Last, forms(&[".at(-1)", ".pop()"]))];
        assert_eq!(measures.add(rows.into()), Ok(()));
        assert_eq!((measures.field("length"), measures.function("len")), (Some(Asked::Size), Some(Asked::Size)));
        assert_eq!((measures.function("length"), measures.field("len")), (None, None));
        assert_eq!((measures.method("at", "-1"), measures.method("at", "0")), (Some(Asked::Last), None));
        assert_eq!(measures.method("pop", ""), Some(Asked::Last));
        assert!(measures.add([(Asked::Size, forms(&["len"]))].into()).is_err());
    }
}
