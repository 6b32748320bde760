//! Where the size or an end of a value is asked, and where a number is compared with zero.

use super::model::*;
use super::walk::{Kid, Walk};
use crate::syntax::measures::Asked;
use crate::syntax::tables::Role;

impl<'t> Walk<'_, '_, 't> {
    /// Writes down what is asked of a value.
    fn measure(&mut self, asked: Asked, of: Operand, span: Span) {
        self.b.measures.push(Measure { asked, of, span });
    }

    /// `x.length`.
    pub fn measure_field(&mut self, object: &Operand, name: NameId, span: Span) {
        if let Some(asked) = self.b.table.measures.field(self.b.names.get(name)) {
            self.measure(asked, object.clone(), span);
        }
    }

    /// Takes back that a field was read: it is a method, which is called, or is given a value.
    pub fn no_measure(&mut self, span: Span) {
        self.b.measures.pop_if(|measure| measure.span == span);
    }

    /// `len(x)`, `x.pop()`.
    pub fn measure_call(&mut self, id: CallId) {
        let Some(call) = self.b.calls.get(id.index()) else { return };
        let args = &self.b.args[call.args.range()];
        let (names, forms) = (&self.b.names, &self.b.table.measures);
        let found = match (call.callee.path.last(), args) {
            (Some(name), []) => forms.method(names.get(*name), "").map(|asked| (asked, call.receiver())),
            (Some(name), [arg]) => {
                let asked = forms.method(names.get(*name), self.b.source(arg.value.span));
                asked.map(|asked| (asked, call.receiver()))
            }
            (None, [arg]) if arg.keyword.is_none() && !arg.spread => {
                let name = call.callee.root.name();
                let asked = name.and_then(|name| forms.function(names.get(name)));
                asked.map(|asked| (asked, arg.value.clone()))
            }
            _ => None,
        };
        let span = call.span;
        if let Some((asked, of)) = found {
            self.measure(asked, of, span);
        }
    }

    /// `x[0]`, `x[-1]`, `x[x.length - 1]`.
    pub fn measure_end(&mut self, object: &Operand, key: &Operand, span: Span) {
        let asked = match key.root {
            Root::Number(Some(number)) if number.0 == 0 => Asked::First,
            Root::Number(Some(number)) if number.0 == -1 => Asked::Last,
            _ if self.is_size_less_one(object, key.span) => Asked::Last,
            _ => return,
        };
        self.measure(asked, object.clone(), span);
    }

    fn is_size_less_one(&self, object: &Operand, key: Span) -> bool {
        let Some(size) = self.b.measures.last().filter(|measure| measure.asked == Asked::Size) else { return false };
        let rest = self.b.source(Span { start: size.span.end.min(key.end), end: key.end });
        size.span.start == key.start
            && (size.of.root, &size.of.path) == (object.root, &object.path)
            && rest.split_whitespace().eq(["-", "1"])
    }

    /// `x > 0`, `0 === x`, `x >= 1`: whether x is zero, where x counts something.
    pub fn measure_zero(&mut self, span: Span, left: (Kid<'t>, &Operand), operator: &str, right: (Kid<'t>, &Operand)) {
        let number = |(kid, operand): (Kid<'t>, &Operand)| match operand.root {
            Root::Number(number) if kid.role == Role::Number => number.map(|number| number.0),
            _ => None,
        };
        let (of, operator, number) = match (number(left), number(right)) {
            (None, Some(number)) => (left.1, operator, number),
            (Some(number), None) => (right.1, turned(operator), number),
            _ => return,
        };
        let is_test = match number {
            0 => matches!(operator, "==" | "===" | "!=" | "!==" | ">" | "<="),
            1 => matches!(operator, "<" | ">="),
            _ => false,
        };
        if is_test {
            self.measure(Asked::Zero, of.clone(), span);
        }
    }
}

/// The operator that says the same with its sides exchanged.
fn turned(operator: &str) -> &str {
    match operator {
        "<" => ">",
        ">" => "<",
        "<=" => ">=",
        ">=" => "<=",
        same => same,
    }
}
