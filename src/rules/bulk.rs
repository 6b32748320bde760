//! Whether a write of many rows at once would leave out what a project does for each row: its own `save`, or functions that
//! listen to writes.

use super::value::Scope;
use crate::catalog::Effect;
use crate::facts::{Call, CallId};
use crate::project::ClassRef;
use crate::project::types::Type;

/// Whether the class of the rows that a call writes replaces what the library runs for a row, or a file that names the
/// class names one of `hooks`, through which a library calls back for each row; any file, where the class has no name.
pub fn would_skip_code(scope: &Scope, write: CallId, hooks: &[String]) -> bool {
    if hooks.is_empty() {
        return false;
    }
    let call = scope.call(write);
    let classes = classes_of(scope, write, call);
    let mut names: Vec<&str> = classes.iter().filter_map(|class| name_of(scope, *class)).collect();
    names.extend(written_name(scope, call));
    classes.iter().any(|class| has_own_code(scope, *class))
        || if names.is_empty() {
            is_hooked(scope, None, hooks)
        } else {
            names.iter().any(|name| is_hooked(scope, Some(name), hooks))
        }
}

fn name_of<'p>(scope: &Scope<'p>, class: ClassRef) -> Option<&'p str> {
    let name = scope.project.resolver.sources.class(class).name?;
    Some(scope.project.file(class.file).name(name))
}

/// The classes of the project that a call may write rows of: that of what it gives, and those on the way to it
/// (`Order.objects.create`: of `Order.objects`, of `Order`).
fn classes_of(scope: &Scope, write: CallId, call: &Call) -> Vec<ClassRef> {
    let resolver = &scope.project.resolver;
    let mut on = call.receiver();
    let mut found: Vec<ClassRef> = class_in(&resolver.call(scope.call_ref(write)).gives.is).into_iter().collect();
    loop {
        found.extend(class_in(&resolver.operand(scope.at, &on, call.function).is));
        if on.path.pop().is_none() {
            return found;
        }
    }
}

fn class_in(of: &Type) -> Option<ClassRef> {
    match of {
        Type::Class(class) => Some(*class),
        Type::Library(_, args) => args.iter().find_map(class_in),
        _ => None,
    }
}

/// The last name on the way to the call that is written as those of classes are.
fn written_name<'p>(scope: &Scope<'p>, call: &Call) -> Option<&'p str> {
    let file = scope.file();
    let names = call.callee.root.name().into_iter().chain(call.callee.path.iter().copied());
    names.map(|name| file.name(name)).rfind(|name| name.starts_with(char::is_uppercase))
}

/// Whether a class of the project replaces a method with which its library writes one row.
fn has_own_code(scope: &Scope, class: ClassRef) -> bool {
    let (resolver, catalog) = (&scope.project.resolver, scope.project.resolver.sources.catalog);
    let writes = |name: &str| {
        let rows = resolver.classes.library_methods(catalog, class, name);
        rows.iter().any(|row| row.effects.contains(&Effect::DbWrite))
    };
    let ancestors = resolver.classes.ancestors(class);
    std::iter::once(class).chain(ancestors).any(|class| {
        let file = scope.project.file(class.file);
        let mut methods = file.facts.functions.iter().filter(|function| function.class == Some(class.id));
        methods.any(|method| method.name.is_some_and(|name| writes(file.name(name))))
    })
}

/// Whether some file of the language names a class together with a hook; a hook at all, if there is no name.
fn is_hooked(scope: &Scope, class: Option<&str>, hooks: &[String]) -> bool {
    let family = scope.file().family;
    let sources = scope.project.resolver.sources;
    sources.ids().map(|id| sources.file(id)).any(|file| {
        let names_it = class.is_none_or(|class| file.id(class).is_some());
        file.family == family && names_it && hooks.iter().any(|hook| file.id(hook).is_some())
    })
}
