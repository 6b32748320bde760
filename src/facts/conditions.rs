//! What a condition says of the names in it.

use super::FieldPath;
use super::model::*;
use super::walk::{Kid, Walk};
use crate::syntax::tables::{Role, Slot};

/// How deep a condition is looked into.
const MAX_DEPTH: u32 = 6;
/// How much one condition may say, for each way that it turns out.
const MAX_SAID: usize = 6;

/// What is tested, with the constant that it is compared with, and whether it then holds.
type Said = Vec<(Operand, Option<NameId>, bool)>;

impl<'t> Walk<'_, '_, 't> {
    /// Writes down what a condition says when it is true, and when it is not. Its expressions are not read.
    pub fn outcomes(&mut self, kid: Kid<'t>) {
        // The children were gone through before: their comments are known.
        let directives = self.b.directives.len();
        for when in [true, false] {
            let mut said = Said::new();
            self.deeper((), |walk| walk.says(kid, when, 0, &mut said));
            said.truncate(MAX_SAID);
            for (value, constant, holds) in said {
                let guard = kid.span;
                match constant {
                    None => self.b.conditions.push(Condition { guard, when, value, holds }),
                    Some(constant) => self.b.equalities.push(Equality { guard, when, value, constant, holds }),
                }
            }
        }
        self.b.directives.truncate(directives);
    }

    fn says(&mut self, kid: Kid<'t>, when: bool, depth: u32, said: &mut Said) {
        if depth > MAX_DEPTH || said.len() >= MAX_SAID {
            return;
        }
        match kid.role {
            Role::Through => self.inner_says(kid, when, depth, said),
            Role::Not => self.inner_says(kid, !when, depth, said),
            Role::Unary if self.source(kid).starts_with('!') => self.inner_says(kid, !when, depth, said),
            Role::Boolean | Role::Binary => self.pair_says(kid, when, depth, said),
            Role::Compare => self.comparison_says(kid, when, said),
            Role::LetCondition => self.match_says(kid, when, said),
            _ => {
                if let Some(value) = self.tested(kid, 0) {
                    said.push((value, None, when));
                }
            }
        }
    }

    fn inner_says(&mut self, kid: Kid<'t>, when: bool, depth: u32, said: &mut Said) {
        if let Some(value) = self.part(kid, Slot::Value) {
            self.says(value, when, depth + 1, said);
        }
    }

    /// `a && b` being true says that both are, `a || b` being false that neither is.
    fn pair_says(&mut self, kid: Kid<'t>, when: bool, depth: u32, said: &mut Said) {
        let kids = self.kids(kid.node);
        let (left, right) = (self.slot(kid, kids, Slot::Left), self.slot(kid, kids, Slot::Right));
        let operator = self.slot(kid, kids, Slot::Operator).map_or("", |operator| operator.node.kind());
        let (Some(left), Some(right)) = (left, right) else { return };
        match operator {
            "&&" | "and" if when => {}
            "||" | "or" if !when => {}
            _ => return self.equal_says(left, operator, right, when, said),
        }
        self.says(left, when, depth + 1, said);
        self.says(right, when, depth + 1, said);
    }

    /// `x is None`, of one operator only.
    fn comparison_says(&mut self, kid: Kid<'t>, when: bool, said: &mut Said) {
        let kids = self.kids(kid.node);
        let parts: Vec<Kid<'t>> = self.each(kids).map(|index| self.at(index)).collect();
        let operands: Vec<Kid<'t>> = parts.iter().filter(|part| part.named).copied().collect();
        let mut operators = parts.iter().filter(|part| !part.named).map(|part| part.node.kind());
        if let (&[left, right], Some(operator), None) = (&operands[..], operators.next(), operators.next()) {
            self.equal_says(left, operator, right, when, said);
        }
    }

    /// Rust's `let Some(x) = value`: there is something.
    fn match_says(&mut self, kid: Kid<'t>, when: bool, said: &mut Said) {
        let kids = self.kids(kid.node);
        let (Some(left), Some(right)) = (self.slot(kid, kids, Slot::Left), self.slot(kid, kids, Slot::Right)) else {
            return;
        };
        let text = self.source(left);
        let variant = text.split_once('(').map(|(name, _)| name.trim());
        let among = |names: &[String]| variant.is_some_and(|name| names.iter().any(|known| known == name));
        let holds = among(&self.b.table.transparent_variants) && !among(&self.b.table.failing_variants);
        if let Some(value) = self.tested(right, 0).filter(|_| holds) {
            said.push((value, None, when));
        }
    }

    /// A comparison with nothing, true or false, or with a constant.
    fn equal_says(&mut self, left: Kid<'t>, operator: &str, right: Kid<'t>, when: bool, said: &mut Said) {
        let equal = match operator {
            "==" | "===" | "is" => when,
            "!=" | "!==" | "is not" => !when,
            _ => return,
        };
        let (value, literal) = if matches!(left.role, Role::Null | Role::Bool) { (right, left) } else { (left, right) };
        let truth = match literal.role {
            Role::Null => false,
            Role::Bool => self.source(literal).eq_ignore_ascii_case("true"),
            _ => {
                let sides = [(left, right), (right, left)];
                said.extend(sides.into_iter().find_map(|(value, constant)| {
                    let constant = self.constant(constant)?;
                    Some((self.tested(value, 0)?, Some(constant), equal))
                }));
                return;
            }
        };
        if let Some(value) = self.tested(value, 0) {
            said.push((value, None, truth == equal));
        }
    }

    /// Writes down that an arm is for one constant, unless another arm may fall through to it.
    pub fn arm_is_for(&mut self, arm: Span, matched: &Operand, item: Kid<'t>) {
        if let Some(constant) = self.constant(item).filter(|_| matches!(matched.root, Root::Name(_) | Root::This)) {
            let value = matched.clone();
            self.b.equalities.push(Equality { guard: arm, when: true, value, constant, holds: true });
        }
    }

    /// A text, or the name of what is constant by the way it is written: `"open"`, `Status.Open`, `Status::Open`.
    fn constant(&mut self, kid: Kid<'t>) -> Option<NameId> {
        let text = self.source(kid);
        let quote = text.chars().next()?;
        if matches!(quote, '"' | '\'') {
            let inner = text.strip_prefix(quote)?.strip_suffix(quote)?;
            let is_plain = !inner.is_empty() && !inner.contains([quote, '\\', '\n']);
            let text = format!("\"{inner}");
            return is_plain.then(|| self.b.names.intern(&text));
        }
        let path = text.replace("::", ".");
        let is_constant = constant_path(&path);
        is_constant.then(|| self.b.names.intern(&path))
    }

    /// A name, or `this`, with the fields read from it.
    fn tested(&mut self, kid: Kid<'t>, depth: u32) -> Option<Operand> {
        let root = |root| Operand { root, path: FieldPath::EMPTY, span: kid.span, awaited: false };
        match kid.role {
            Role::This => Some(root(Root::This)),
            Role::Name if self.is_this(kid) => Some(root(Root::This)),
            Role::Name => {
                let name = self.b.name_at(kid.span);
                Some(root(Root::Name(name)))
            }
            Role::Through if depth <= MAX_DEPTH => {
                let value = self.part(kid, Slot::Value)?;
                self.tested(value, depth + 1)
            }
            Role::Member if depth <= MAX_DEPTH => {
                let kids = self.kids(kid.node);
                let (object, property) = (self.slot(kid, kids, Slot::Object)?, self.slot(kid, kids, Slot::Property)?);
                let mut value = self.tested(object, depth + 1)?;
                value.path.push(self.b.name_at(property.span));
                value.span = kid.span;
                Some(value)
            }
            Role::Call if depth <= MAX_DEPTH => self.field_by_name(kid, depth),
            _ => None,
        }
    }

    /// The field that a call looks for by its name: `self.rows` of `hasattr(self, "rows")`.
    fn field_by_name(&mut self, kid: Kid<'t>, depth: u32) -> Option<Operand> {
        let function = self.part(kid, Slot::Callee).map(|callee| self.source(callee))?;
        if !self.b.table.field_functions.iter().any(|name| name == function) {
            return None;
        }
        let arguments = self.part(kid, Slot::Arguments)?;
        let kids = self.kids(arguments.node);
        let (object, name) = (self.named(kids, 0)?, self.named(kids, 1)?);
        let text = self.source(name);
        let quote = text.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        let field = text.strip_prefix(quote)?.strip_suffix(quote)?;
        let is_name = field.chars().all(|c| c.is_alphanumeric() || c == '_');
        let mut value = self.tested(object, depth + 1).filter(|_| is_name && !field.is_empty())?;
        value.path.push(self.b.names.intern(field));
        value.span = kid.span;
        Some(value)
    }
}

/// Whether a dotted path names a constant: one of its last segments is capitalised, as those of enums are.
fn constant_path(path: &str) -> bool {
    let is_segment = |segment: &str| {
        segment.starts_with(|c: char| c.is_alphabetic() || c == '_')
            && segment.chars().all(|c| c.is_alphanumeric() || c == '_')
    };
    let mut segments = path.split('.');
    segments.clone().count() > 1
        && segments.clone().all(is_segment)
        && segments.any(|segment| segment.starts_with(char::is_uppercase))
}
