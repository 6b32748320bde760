//! Results of generic functions of the project: `singleton<T>(name: string, make: () => T): T` gives what its argument
//! makes.

use super::needs::argument;
use super::refs::{CallRef, FunctionRef};
use super::resolve::{Resolved, Resolver, Target};
use super::types::{Type, Typed};
use crate::facts::{NameId, Operand, Param, TypeExpr};

/// The name of function types.
const FUNCTION_TYPE: &str = "fn";

/// How a parameter's declared type holds a type parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holds {
    /// It is the parameter: `value: T`.
    Value,
    /// It is a function that gives it: `make: () => T`, `make: () => Promise<T>`.
    Result,
}

impl Resolver<'_> {
    /// What a call of a function gives whose declared result is one of its type parameters.
    pub(super) fn generic_result(&self, of: CallRef, resolved: &Resolved) -> Option<Typed> {
        let Target::Functions(functions) = &resolved.target else { return None };
        let [function] = functions.as_slice() else { return None };
        let row = self.sources.function(*function);
        let wanted = type_parameter(self, *function, row.returns.as_ref()?)?;
        let file = self.sources.file(of.file);
        let call = &file.facts.calls[of.id.index()];
        let there = self.sources.file(function.file);
        row.params.iter().filter(|param| param.path.is_empty() && !param.rest).find_map(|param| {
            let holds = self.holds(*function, param, wanted)?;
            let arg = argument(file, call, there.name(param.name), param.position)?;
            let given = self.given_for(of, &arg.value, holds);
            given.is_known().then(|| given.at_most(resolved.grade))
        })
    }

    fn given_for(&self, of: CallRef, value: &Operand, holds: Holds) -> Typed {
        let call = &self.sources.file(of.file).facts.calls[of.id.index()];
        let typed = self.operand(of.file, value, call.function);
        match (holds, &typed.is) {
            (Holds::Value, Type::Function(_)) => Typed::UNKNOWN,
            (Holds::Value, _) => typed,
            (Holds::Result, Type::Function(function)) => self.result_of(*function),
            (Holds::Result, _) => Typed::UNKNOWN,
        }
    }

    fn holds(&self, of: FunctionRef, param: &Param, wanted: NameId) -> Option<Holds> {
        let file = self.sources.file(of.file);
        let declared = param.annotation.as_ref()?;
        let is_made_of = |expr: &TypeExpr| expr.name == wanted || expr.args.iter().any(|arg| arg.name == wanted);
        let gives = |expr: &TypeExpr| file.name(expr.name) == FUNCTION_TYPE && expr.args.last().is_some_and(is_made_of);
        // Rust writes the function's type as what a type parameter must be.
        let bounds = file.index.type_params(&file.facts, declared.name, declared.span.start);
        if gives(declared) || bounds.iter().flat_map(|bound| &bound.bounds).any(gives) {
            return Some(Holds::Result);
        }
        (declared.name == wanted && declared.args.is_empty()).then_some(Holds::Value)
    }
}

/// The type parameter of a function that a declared type is, a wrapper of one argument (`Promise<T>`) looked through.
fn type_parameter(resolver: &Resolver, of: FunctionRef, declared: &TypeExpr) -> Option<NameId> {
    let file = resolver.sources.file(of.file);
    let span = file.facts.functions[of.id.index()].span;
    let is_own = |expr: &TypeExpr| {
        let params = file.index.type_params(&file.facts, expr.name, expr.span.start);
        expr.args.is_empty() && params.iter().any(|param| param.holds == span)
    };
    match declared.args.as_slice() {
        [] => is_own(declared).then_some(declared.name),
        [only] => is_own(only).then_some(only.name),
        _ => None,
    }
}
