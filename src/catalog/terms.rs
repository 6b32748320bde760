//! Type expressions: `Manager<self>`, `python.List<element>`.

use crate::facts::Span;

/// Deepest nesting of type arguments.
const MAX_DEPTH: usize = 8;

/// A type expression; `N` is how it names types: as written, or as an id once the catalog is assembled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeTerm<N = String> {
    /// What it is.
    pub head: TypeHead<N>,
    /// Its type arguments.
    pub args: Vec<TypeTerm<N>>,
    /// Its place in the library file.
    pub span: Span,
}

/// The head of a type expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypeHead<N = String> {
    /// A type, `Name` or `library.Name`.
    Type(N),
    /// The receiver's type.
    Receiver,
    /// The receiver's first type argument, or what iterating it gives.
    Element,
    /// The receiver's first type argument, whatever iterating it gives: a map's keys.
    Key,
    /// The receiver's second type argument: a map's values.
    Value,
    /// Several values side by side, `tuple<A, B>`.
    Tuple,
    /// A type written between the call's name and its arguments, `type0`.
    TypeArgument(u32),
    /// The type of an argument; a class given as argument stands for its instance type.
    Argument(u32),
    /// What iterating an argument gives, `arg1.element`.
    ElementOf(u32),
    /// What the function given as argument returns.
    Callback,
}

impl TypeTerm {
    /// Reads a type expression that stands at byte `offset` of its file.
    ///
    /// # Errors
    /// The message, and the place of what is wrong.
    pub fn parse(text: &str, offset: usize) -> Result<Self, (String, Span)> {
        let mut reader = Reader { text, position: 0, offset };
        let term = reader.term(0)?;
        reader.skip_blanks();
        if reader.position < text.len() {
            return Err(reader.fail("unexpected text after the type"));
        }
        Ok(term)
    }

    /// Names each type by `name_of`; `None` when it fails for one of them.
    pub fn try_map<N>(&self, name_of: &mut impl FnMut(&str, Span) -> Option<N>) -> Option<TypeTerm<N>> {
        let head = match &self.head {
            TypeHead::Type(name) => name_of(name, self.span).map(TypeHead::Type),
            TypeHead::Receiver => Some(TypeHead::Receiver),
            TypeHead::Element => Some(TypeHead::Element),
            TypeHead::Key => Some(TypeHead::Key),
            TypeHead::Value => Some(TypeHead::Value),
            TypeHead::Tuple => Some(TypeHead::Tuple),
            TypeHead::TypeArgument(position) => Some(TypeHead::TypeArgument(*position)),
            TypeHead::Argument(position) => Some(TypeHead::Argument(*position)),
            TypeHead::ElementOf(position) => Some(TypeHead::ElementOf(*position)),
            TypeHead::Callback => Some(TypeHead::Callback),
        };
        let args: Vec<_> = self.args.iter().map(|arg| arg.try_map(name_of)).collect();
        Some(TypeTerm { head: head?, args: args.into_iter().collect::<Option<_>>()?, span: self.span })
    }
}

struct Reader<'t> {
    text: &'t str,
    position: usize,
    offset: usize,
}

impl Reader<'_> {
    fn term(&mut self, depth: usize) -> Result<TypeTerm, (String, Span)> {
        if depth > MAX_DEPTH {
            return Err(self.fail("type arguments are nested too deeply"));
        }
        self.skip_blanks();
        let start = self.position;
        let rest = &self.text[start..];
        let length =
            rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))).unwrap_or(rest.len());
        if length == 0 {
            return Err(self.fail("expected a type"));
        }
        self.position += length;
        let head = head_of(&rest[..length]);
        let mut args = Vec::new();
        if self.take('<') {
            loop {
                args.push(self.term(depth + 1)?);
                if self.take('>') {
                    break;
                }
                if !self.take(',') {
                    return Err(self.fail("expected `,` or `>`"));
                }
            }
        }
        let span = Span::new(start + self.offset, start + length + self.offset);
        if !args.is_empty() && !matches!(head, TypeHead::Type(_) | TypeHead::Tuple) {
            return Err((format!("`{}` takes no type arguments", &rest[..length]), span));
        }
        Ok(TypeTerm { head, args, span })
    }

    fn skip_blanks(&mut self) {
        let rest = &self.text[self.position..];
        self.position += rest.len() - rest.trim_start().len();
    }

    fn take(&mut self, wanted: char) -> bool {
        self.skip_blanks();
        let found = self.text[self.position..].starts_with(wanted);
        if found {
            self.position += wanted.len_utf8();
        }
        found
    }

    fn fail(&self, message: &str) -> (String, Span) {
        let start = self.position + self.offset;
        (message.to_owned(), Span::new(start, self.text.len().max(self.position) + self.offset))
    }
}

fn head_of(word: &str) -> TypeHead {
    match word {
        "self" => TypeHead::Receiver,
        "element" => TypeHead::Element,
        "callback" => TypeHead::Callback,
        "key" => TypeHead::Key,
        "value" => TypeHead::Value,
        "tuple" => TypeHead::Tuple,
        _ => {
            let (first, part) = word.split_once('.').unwrap_or((word, ""));
            let numbered = |prefix| first.strip_prefix(prefix).and_then(|digits| digits.parse().ok());
            match (numbered("arg"), numbered("type"), part) {
                (Some(position), _, "") => TypeHead::Argument(position),
                (Some(position), _, "element") => TypeHead::ElementOf(position),
                (None, Some(position), "") => TypeHead::TypeArgument(position),
                _ => TypeHead::Type(word.to_owned()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_names_special_words_and_arguments() {
        let pair = TypeTerm::parse("Iterator<tuple<key, value>>", 0).expect("reads");
        assert_eq!(pair.args[0].head, TypeHead::Tuple);
        assert_eq!(pair.args[0].args[1].head, TypeHead::Value);
        assert_eq!(TypeTerm::parse("type0", 0).expect("reads").head, TypeHead::TypeArgument(0));
        let pairs = TypeTerm::parse("tuple<arg1.element, arg0.rest>", 0).expect("reads");
        let heads: Vec<_> = pairs.args.iter().map(|arg| &arg.head).collect();
        let other = TypeHead::Type("arg0.rest".to_owned());
        assert_eq!(heads, [&TypeHead::ElementOf(1), &other]);
        let term = TypeTerm::parse("python.Map<arg1, List<element>>", 10).expect("reads");
        assert_eq!(term.head, TypeHead::Type("python.Map".to_owned()));
        assert_eq!(term.span, Span::new(10, 20));
        assert_eq!(term.args[0].head, TypeHead::Argument(1));
        assert_eq!(term.args[1].args[0].head, TypeHead::Element);
        assert_eq!(TypeTerm::parse("self", 0).expect("reads").head, TypeHead::Receiver);
    }

    #[test]
    fn what_is_no_type_is_an_error_and_never_a_hang() {
        for text in ["", "<", "A<", "A<>", "A<B", "A B", "A<B>>", "self<A>", "é", &"A<".repeat(10_000)] {
            assert!(TypeTerm::parse(text, 0).is_err(), "{text}");
        }
    }
}
