//! Facts of small snippets, printed compactly.

mod javascript;
mod measures;
mod python;
mod robust;
mod rust;

use super::*;

/// The facts of a snippet.
pub(super) fn facts(language: Language, text: &str) -> FileFacts {
    extract(&mut Parsers::new(), "snippet", language, text, Reading::default())
}

/// Shows tables of a file.
pub(super) struct Show<'f>(pub &'f FileFacts);

impl Show<'_> {
    pub fn name(&self, id: NameId) -> &str {
        self.0.names.get(id)
    }

    pub fn names(&self, ids: &[NameId]) -> String {
        ids.iter().map(|id| self.name(*id)).collect::<Vec<_>>().join(",")
    }

    pub fn operand(&self, operand: &Operand) -> String {
        let mut text = match operand.root {
            Root::Name(name) => self.name(name).to_owned(),
            Root::This => "this".into(),
            Root::Super => "super".into(),
            Root::Call(id) => format!("#{}", id.index()),
            Root::Function(id) => format!("fn{}", id.index()),
            Root::Text(id) => match self.0.texts[id.index()].short {
                Some(short) => format!("{:?}", self.name(short)),
                None => "text".into(),
            },
            Root::Number(Some(number)) => { number.0 }.to_string(),
            Root::Number(None) => "number".into(),
            Root::Bool(value) => value.to_string(),
            Root::Null => "null".into(),
            Root::List(id) => format!("[{}]", self.operands(&self.0.lists[id.index()].items)),
            Root::Set(id) => format!("set[{}]", self.operands(&self.0.lists[id.index()].items)),
            Root::Object(id) => {
                let entries = self.0.entries_of(&self.0.objects[id.index()]).iter();
                let entries = entries.map(|(key, value)| format!("{}: {}", self.name(*key), self.operand(value)));
                format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
            }
            Root::Class(id) => format!("class{}", id.index()),
            Root::Other => "_".into(),
        };
        for name in &operand.path {
            text.push('.');
            text.push_str(self.name(*name));
        }
        if operand.awaited { format!("~{text}") } else { text }
    }

    fn operands(&self, operands: &[Operand]) -> String {
        operands.iter().map(|operand| self.operand(operand)).collect::<Vec<_>>().join(", ")
    }

    fn arg(&self, arg: &Arg) -> String {
        let value = self.operand(&arg.value);
        let value = if arg.spread { format!("...{value}") } else { value };
        arg.keyword.map_or(value.clone(), |keyword| format!("{}={value}", self.name(keyword)))
    }

    pub fn call(&self, call: &Call) -> String {
        let args = self.0.args_of(call).iter().map(|arg| self.arg(arg)).collect::<Vec<_>>().join(", ");
        let callee = self.operand(&call.callee);
        match call.kind {
            CallKind::Plain => format!("{callee}({args})"),
            CallKind::New => format!("new {callee}({args})"),
            CallKind::Macro => format!("{callee}!({args})"),
            CallKind::Operator(operator) if args.is_empty() => format!("{} {callee}", operator.name()),
            CallKind::Operator(operator) => format!("{} {callee}, {args}", operator.name()),
        }
    }

    /// One line a call: number, call, innermost loop, sink.
    pub fn calls(&self) -> Vec<String> {
        let rows = self.0.calls.iter().enumerate().map(|(index, call)| {
            let inside = call.in_loop.map_or(String::new(), |id| format!(" L{}", id.index()));
            let sink = match call.sink {
                Sink::Bound(id) => format!("Bound({})", self.operand(&self.0.binds[id.index()].target)),
                Sink::Argument(id) => format!("Argument({})", id.index()),
                sink => format!("{sink:?}"),
            };
            format!("{index} {}{inside} {sink}", self.call(call))
        });
        rows.collect()
    }

    /// One line a call that is no operator: `callee(args)`.
    pub fn plain_calls(&self) -> Vec<String> {
        self.0.calls.iter().filter(|call| call.operator().is_none()).map(|call| self.call(call)).collect()
    }

    /// One line an operator of a kind.
    pub fn operators(&self, operator: Operator) -> Vec<String> {
        self.0.calls.iter().filter(|call| call.operator() == Some(operator)).map(|call| self.call(call)).collect()
    }

    /// `kind target = value`.
    pub fn binds(&self) -> Vec<String> {
        let rows = self.0.binds.iter().map(|bind| {
            let value = bind.value.as_ref().map_or("-".into(), |value| self.operand(value));
            let kind = bind.annotation.as_ref().map_or(String::new(), |kind| format!(": {}", self.kind(kind)));
            let constant = if bind.constant { " const" } else { "" };
            format!("{:?}{constant} {}{kind} = {value}", bind.kind, self.operand(&bind.target))
        });
        rows.collect()
    }

    /// `kind items in over`, with the loop around.
    pub fn loops(&self) -> Vec<String> {
        let rows = self.0.loops.iter().map(|row| {
            let over = row.over.as_ref().map_or("-".into(), |over| self.operand(over));
            let parent = row.parent.map_or(String::new(), |parent| format!(" in L{}", parent.index()));
            let endless = if row.endless { " endless" } else { "" };
            format!("{:?} {} of {over}{parent}{endless}", row.kind, self.names(&row.items))
        });
        rows.collect()
    }

    pub fn kind(&self, kind: &TypeExpr) -> String {
        let args = kind.args.iter().map(|arg| self.kind(arg)).collect::<Vec<_>>().join(", ");
        let name = self.name(kind.name);
        if args.is_empty() { name.to_owned() } else { format!("{name}<{args}>") }
    }

    /// `name(params) -> type` with marks.
    pub fn functions(&self) -> Vec<String> {
        self.0.functions.iter().skip(1).map(|function| self.function(function)).collect()
    }

    fn function(&self, function: &Function) -> String {
        let params = function.params.iter().map(|param| {
            let mut text = format!("{}:{}", param.position.index(), self.name(param.name));
            for key in &param.path {
                text = format!("{text}.{}", self.name(*key));
            }
            if let Some(kind) = &param.annotation {
                text = format!("{text}: {}", self.kind(kind));
            }
            if let Some(value) = &param.default {
                text = format!("{text} = {}", self.operand(value));
            }
            if param.rest { format!("...{text}") } else { text }
        });
        let params = params.collect::<Vec<_>>().join(", ");
        let mut text = format!("{}({params})", function.name.map_or("", |name| self.name(name)));
        if let Some(class) = function.class {
            text = format!("{}.{text}", self.0.classes[class.index()].name.map_or("", |name| self.name(name)));
        }
        if let Some(returns) = &function.returns {
            text = format!("{text} -> {}", self.kind(returns));
        }
        let marks = [
            (function.is_async, "async"),
            (function.is_generator, "generator"),
            (function.exported, "exported"),
            (function.is_static, "static"),
            (function.kind == FunctionKind::Closure, "closure"),
        ];
        for (_, mark) in marks.iter().filter(|(set, _)| *set) {
            text = format!("{text} {mark}");
        }
        for decorator in &function.decorators {
            text = format!("{text} @{}", self.operand(decorator));
        }
        text
    }

    /// `kind name(bases) { field: type = value }`.
    pub fn classes(&self) -> Vec<String> {
        let rows = self.0.classes.iter().map(|class| {
            let bases = class.bases.iter().map(|base| self.kind(base)).collect::<Vec<_>>().join(", ");
            let fields = class.fields.iter().map(|field| {
                let decorators = field.decorators.iter().map(|one| format!("@{} ", self.operand(one)));
                let kind = field.annotation.as_ref().map_or(String::new(), |kind| format!(": {}", self.kind(kind)));
                let value = field.value.as_ref().map_or(String::new(), |value| format!(" = {}", self.operand(value)));
                format!("{}{}{kind}{value}", decorators.collect::<String>(), self.name(field.name))
            });
            let fields = fields.collect::<Vec<_>>().join("; ");
            let decorators = class.decorators.iter().map(|one| format!(" @{}", self.operand(one))).collect::<String>();
            let exported = if class.exported { " exported" } else { "" };
            let name = class.name.map_or("", |name| self.name(name));
            format!("{:?} {name}({bases}) {{{fields}}}{decorators}{exported}", class.kind)
        });
        rows.collect()
    }

    /// `local = module member`.
    pub fn imports(&self) -> Vec<String> {
        let rows = self.0.imports.iter().map(|import| {
            let member = import.member.map_or(String::new(), |member| format!(" {}", self.name(member)));
            let kind = if import.type_only { " type" } else { "" };
            format!("{} = {}{member}{kind}", self.name(import.local), self.name(import.module))
        });
        rows.collect()
    }

    /// `name = value` or `name from module member`.
    pub fn exports(&self) -> Vec<String> {
        let rows = self.0.exports.iter().map(|export| {
            let name = self.name(export.name);
            match (&export.value, export.from) {
                (Some(value), _) => format!("{name} = {}", self.operand(value)),
                (None, Some((module, member))) => format!("{name} from {} {}", self.name(module), self.name(member)),
                (None, None) => name.to_owned(),
            }
        });
        rows.collect()
    }

    /// `kind value`.
    pub fn exits(&self) -> Vec<String> {
        let rows = self.0.exits.iter().map(|exit| {
            format!("{:?} {}", exit.kind, exit.value.as_ref().map_or("-".into(), |value| self.operand(value)))
        });
        rows.collect()
    }

    /// The block kinds, in order.
    pub fn blocks(&self) -> Vec<String> {
        self.0.blocks.iter().map(|block| format!("{:?}", block.kind)).collect()
    }

    /// The names read.
    pub fn uses(&self) -> String {
        self.names(&self.0.uses.iter().map(|one| one.name).collect::<Vec<_>>())
    }

    /// Everything, for looking at.
    pub fn all(&self) -> String {
        let parts = [
            ("functions", self.functions()),
            ("classes", self.classes()),
            ("imports", self.imports()),
            ("exports", self.exports()),
            ("loops", self.loops()),
            ("calls", self.calls()),
            ("binds", self.binds()),
            ("exits", self.exits()),
            ("blocks", self.blocks()),
        ];
        let mut text = format!("uses {}\nerrors {}\n", self.uses(), self.0.has_syntax_errors);
        for (title, lines) in parts {
            text.push_str(&format!("{title}\n  {}\n", lines.join("\n  ")));
        }
        text
    }
}
