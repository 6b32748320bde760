//! Access paths: how code reaches what a library exports.

/// What an access path leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PathForm {
    /// `pkg.Name`: the exported thing itself.
    Plain,
    /// `pkg.f()`, `new pkg.C()`: what a call of it gives.
    Result,
    /// `extends pkg.C`: project classes derived from it.
    Extends,
    /// `@pkg.decorator`: project classes decorated so.
    Decorated,
}

impl PathForm {
    /// Every form.
    pub const ALL: [Self; 4] = [Self::Plain, Self::Result, Self::Extends, Self::Decorated];
}

/// An access path, taken apart and in one spelling.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AccessPath {
    /// What it leads to.
    pub form: PathForm,
    /// The dotted path, without the words and signs of the form. Calls in its middle keep their `()`.
    pub path: String,
}

impl AccessPath {
    /// Reads an access path of a type's `from`.
    ///
    /// `@scope/name.Thing` is a plain path of a scoped package; its decorators are written `@@scope/name.thing`.
    ///
    /// # Errors
    /// A message, when nothing or something that is no path is left.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let (form, rest) = if let Some(rest) = text.strip_prefix("extends ") {
            (PathForm::Extends, rest)
        } else if let Some(rest) =
            text.strip_prefix('@').filter(|rest| rest.starts_with(['@', ' ']) || !rest.contains('/'))
        {
            (PathForm::Decorated, rest)
        } else if let Some(rest) = text.strip_prefix("new ") {
            (PathForm::Result, rest)
        } else {
            (PathForm::Plain, text)
        };
        let path = normalise(rest)?;
        Ok(match (form, path.strip_suffix("()")) {
            (PathForm::Plain | PathForm::Result, Some(callee)) => {
                Self { form: PathForm::Result, path: callee.to_owned() }
            }
            // A class may be derived from what a call gives (`extends declarative_base()`).
            _ => Self { form, path },
        })
    }
}

/// An access path in the one spelling that look-ups use: `::` as `.`, no blanks, no `new`.
///
/// # Errors
/// A message, when it is empty or holds what no path holds.
pub fn normalise(text: &str) -> Result<String, String> {
    let text = text.trim();
    let text = text.strip_prefix("new ").unwrap_or(text).trim();
    let path = text.replace("::", ".");
    if path.is_empty() {
        return Err("an access path is empty".to_owned());
    }
    if let Some(wrong) =
        path.chars().find(|c| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '\'' | ',' | '*' | '!'))
    {
        return Err(format!("an access path cannot hold `{wrong}`"));
    }
    if path.starts_with('.') || path.ends_with('.') || path.contains("..") {
        return Err("an access path has an empty segment".to_owned());
    }
    Ok(path)
}

/// The module that a dotted path begins with: everything up to its first `.`, a leading `@scope/` kept.
pub fn first_segment(path: &str) -> &str {
    path.split_once('.').map_or(path, |(first, _)| first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> (PathForm, String) {
        let path = AccessPath::parse(text).expect("reads");
        (path.form, path.path)
    }

    #[test]
    fn forms_are_told_apart() {
        assert_eq!(parsed("sqlx::PgPool"), (PathForm::Plain, "sqlx.PgPool".to_owned()));
        assert_eq!(parsed("mongoose.model()"), (PathForm::Result, "mongoose.model".to_owned()));
        assert_eq!(parsed("new pg.Pool()"), (PathForm::Result, "pg.Pool".to_owned()));
        assert_eq!(parsed("extends mongoose.Model"), (PathForm::Extends, "mongoose.Model".to_owned()));
        assert_eq!(parsed("@typeorm.Entity"), (PathForm::Decorated, "typeorm.Entity".to_owned()));
        assert_eq!(parsed("@prisma/client.PrismaClient"), (PathForm::Plain, "@prisma/client.PrismaClient".to_owned()));
        assert_eq!(parsed("@@nestjs/common.Controller"), (PathForm::Decorated, "@nestjs/common.Controller".to_owned()));
        assert_eq!(parsed("extends a.base()"), (PathForm::Extends, "a.base()".to_owned()));
        assert_eq!(parsed("a.b().c()"), (PathForm::Result, "a.b().c".to_owned()));
    }

    #[test]
    fn what_is_no_path_is_an_error() {
        for text in ["", "a..b", ".a", "a.", "a<b>", "a b"] {
            assert!(AccessPath::parse(text).is_err(), "{text}");
        }
    }
}
