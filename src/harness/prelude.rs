//! What an example takes over from the `bad` example above it: imports, classes, and the module's variables, so that a
//! pair of examples says its imports once.

use rustc_hash::FxHashSet;

use crate::facts::{self, BindKind, BlockId, ClassKind, FileFacts, FunctionId, FunctionKind, Root, Span};
use crate::syntax::{Language, Parsers};
use crate::workspace::LineIndex;

/// A declaration of a module: its lines, 1-based and inclusive, and the names it declares.
struct Item {
    first: u32,
    last: u32,
    names: Vec<String>,
}

/// The lines of `source` that an example `code` builds on, each with a line break. A declaration whose names `code`
/// declares itself is left out.
pub fn inherited(language: Language, source: &str, code: &str) -> String {
    let mut parsers = Parsers::new();
    let mut read = |text: &str| facts::extract(&mut parsers, "", language, text, facts::Reading::default());
    let own: FxHashSet<String> = declared(&read(code)).collect();
    let items = items(&read(source), &LineIndex::new(source));
    let is_new = |item: &Item| item.names.is_empty() || !item.names.iter().all(|name| own.contains(name));
    let kept: Vec<Item> = items.into_iter().filter(is_new).collect();
    let is_kept = |line: u32| kept.iter().any(|item| item.first <= line && line <= item.last);
    let lines = (1..).zip(source.lines()).filter(|(line, _)| is_kept(*line));
    lines.flat_map(|(_, text)| [text, "\n"]).collect()
}

/// All names that a module declares.
fn declared(facts: &FileFacts) -> impl Iterator<Item = String> {
    let functions = facts.functions.iter().filter(|function| {
        function.parent == Some(FunctionId::MODULE)
            && function.class.is_none()
            && function.kind == FunctionKind::Declared
    });
    let binds = facts.binds.iter().filter(|bind| bind.function == FunctionId::MODULE && bind.target.path.is_empty());
    let bound = binds.filter_map(|bind| match bind.target.root {
        Root::Name(name) => Some(name),
        _ => None,
    });
    let classes = facts.classes.iter().filter(|class| class.kind != ClassKind::Impl).filter_map(|class| class.name);
    let imports =
        facts.imports.iter().filter(|import| import.function == FunctionId::MODULE).map(|import| import.local);
    let names = functions.filter_map(|function| function.name).chain(bound).chain(classes).chain(imports);
    names.map(|name| facts.names.get(name).to_owned()).collect::<Vec<_>>().into_iter()
}

/// The imports, classes and variables of a module.
fn items(facts: &FileFacts, lines: &LineIndex) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    let mut add = |span: Span, name: Option<String>| {
        let around = facts.statements.iter().filter(|each| each.block == BlockId::MODULE && each.span.contains(span));
        let whole = around.map(|each| each.span).next().unwrap_or(span);
        let (first, last) = (lines.line(whole.start), lines.line(whole.end.max(whole.start + 1) - 1));
        match items.iter_mut().find(|item| item.first == first && item.last == last) {
            Some(item) => item.names.extend(name),
            None => items.push(Item { first, last, names: name.into_iter().collect() }),
        }
    };
    let text = |name| Some(facts.names.get(name).to_owned());
    for import in facts.imports.iter().filter(|import| import.function == FunctionId::MODULE) {
        add(import.span, text(import.local));
    }
    for class in facts.classes.iter().filter(|class| class.function == FunctionId::MODULE && class.parent.is_none()) {
        let start = class.decorators.iter().map(|decorator| decorator.span.start).chain([class.span.start]).min();
        let span = Span { start: start.unwrap_or(class.span.start), ..class.span };
        if class.kind != ClassKind::Impl {
            add(span, class.name.and_then(text));
        }
    }
    for bind in facts.binds.iter().filter(|bind| bind.function == FunctionId::MODULE && bind.block == BlockId::MODULE) {
        let gives = matches!(bind.kind, BindKind::Declare | BindKind::Assign) && bind.target.path.is_empty();
        let is_function = bind.value.as_ref().is_some_and(|value| matches!(value.root, Root::Function(_)));
        if let (Root::Name(name), true, false) = (bind.target.root, gives, is_function) {
            let end = bind.value_span.end.max(bind.target.span.end);
            add(Span { start: bind.target.span.start, end }, text(name));
        }
    }
    items
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations_are_taken_over_and_functions_are_not() {
        let source = "from a import (\n    b,\n    c,\n)\nstore = {}\n\n@dataclass\nclass Order:\n    id: int\n\n\ndef load():\n    return b()\n";
        let taken = inherited(Language::Python, source, "def load():\n    return 1\n");
        assert_eq!(taken, "from a import (\n    b,\n    c,\n)\nstore = {}\n@dataclass\nclass Order:\n    id: int\n");
    }

    #[test]
    fn what_an_example_declares_itself_is_left_out() {
        let source = "import a from \"a\";\nconst db = a();\nexport const load = (id) => db.get(id);\n";
        assert_eq!(inherited(Language::JavaScript, source, "const db = 1;"), "import a from \"a\";\n");
        assert_eq!(inherited(Language::JavaScript, source, ""), "import a from \"a\";\nconst db = a();\n");
    }

    #[test]
    fn rust_keeps_structs_and_statics() {
        let source = "use a::B;\n\nstatic X: B = B;\n\n#[derive(Debug)]\nstruct C {\n    id: u64,\n}\n\nfn f() {}\n";
        let taken = inherited(Language::Rust, source, "fn g() {}\n");
        assert_eq!(taken, "use a::B;\nstatic X: B = B;\n#[derive(Debug)]\nstruct C {\n    id: u64,\n}\n");
    }
}
