//! The tables of a file while they grow, and the place that the walk is at.

use tree_sitter::Parser;

use super::directives;
use super::model::*;
use super::names::Interner;
use super::path::FieldPath;
use super::sql::SqlStatement;
use crate::syntax::Language;
use crate::syntax::tables::Table;

/// Where the walk stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub function: FunctionId,
    pub block: BlockId,
    pub statement: StatementId,
    pub in_loop: Option<LoopId>,
    /// The class around, for classes inside it.
    pub class: Option<ClassId>,
    /// The class whose body is being read: what is declared here is its member.
    pub member_of: Option<ClassId>,
    /// Inside an `export`.
    pub exporting: bool,
    /// Inside code that only tests run (`#[cfg(test)]`).
    pub test_only: bool,
}

/// The facts of a file in the making.
pub(super) struct Builder<'s> {
    pub text: &'s str,
    pub language: Language,
    pub table: &'static Table,
    /// What is known of the project's database.
    pub dialect: super::sql::Dialect,
    /// Whether code that only tests have is left out.
    pub skip_tests: bool,
    /// For code inside macros.
    pub parser: Option<&'s mut Parser>,
    pub at: Place,
    /// Decorators and attributes waiting for what they stand on.
    pub decorators: Vec<Operand>,
    /// The next `if`, `match` or block gives the function's value.
    pub tail: bool,
    /// How deep in nested nodes the walk is.
    pub depth: u32,
    /// Whether the file has suppression comments at all.
    pub has_directives: bool,
    pub names: Interner,
    pub element: NameId,
    pub functions: Vec<Function>,
    pub blocks: Vec<Block>,
    pub statements: Vec<Statement>,
    pub loops: Vec<Loop>,
    pub calls: Vec<Call>,
    pub args: Vec<Arg>,
    pub binds: Vec<Bind>,
    pub uses: Vec<Use>,
    pub imports: Vec<Import>,
    pub exports: Vec<Export>,
    pub classes: Vec<Class>,
    pub type_params: Vec<TypeParam>,
    pub type_args: Vec<TypeArgs>,
    pub texts: Vec<Text>,
    pub entries: Vec<(NameId, Operand)>,
    pub objects: Vec<Object>,
    pub lists: Vec<List>,
    pub exits: Vec<Exit>,
    pub conditions: Vec<Condition>,
    pub equalities: Vec<Equality>,
    pub measures: Vec<Measure>,
    pub leaving_macros: Vec<LeavingMacro>,
    pub lone_macros: Vec<CallId>,
    pub sql: Vec<SqlStatement>,
    pub directives: Vec<Directive>,
}

/// A value that nothing more is known of.
pub(super) fn other(span: Span) -> Operand {
    rooted(Root::Other, span)
}

/// A value with no fields read from it.
pub(super) fn rooted(root: Root, span: Span) -> Operand {
    Operand { root, path: FieldPath::EMPTY, span, awaited: false }
}

impl<'s> Builder<'s> {
    /// Empty tables with the module's rows.
    pub fn new(language: Language, table: &'static Table, text: &'s str, parser: Option<&'s mut Parser>) -> Self {
        let mut names = Interner::default();
        let element = names.intern(ELEMENT);
        let span = Span::new(0, text.len());
        let module = module_rows(span);
        // About what ordinary code has, so that the long tables seldom grow; what is left is given back.
        let room = |bytes_for_each: usize| text.len() / bytes_for_each + 4;
        Self {
            text,
            language,
            table,
            dialect: super::sql::Dialect::default(),
            skip_tests: false,
            parser,
            at: Place {
                function: FunctionId::MODULE,
                block: BlockId::MODULE,
                statement: StatementId(0),
                in_loop: None,
                class: None,
                member_of: None,
                exporting: false,
                test_only: false,
            },
            decorators: Vec::new(),
            tail: false,
            depth: 0,
            has_directives: directives::may_be_in(text),
            names,
            element,
            functions: vec![module.0],
            blocks: vec![module.1],
            statements: Vec::with_capacity(room(60)),
            loops: Vec::new(),
            calls: Vec::with_capacity(room(80)),
            args: Vec::with_capacity(room(100)),
            binds: Vec::with_capacity(room(120)),
            uses: Vec::with_capacity(room(30)),
            imports: Vec::new(),
            exports: Vec::new(),
            classes: Vec::new(),
            type_params: Vec::new(),
            type_args: Vec::new(),
            texts: Vec::new(),
            entries: Vec::new(),
            objects: Vec::new(),
            lists: Vec::new(),
            exits: Vec::new(),
            conditions: Vec::new(),
            equalities: Vec::new(),
            measures: Vec::new(),
            leaving_macros: Vec::new(),
            lone_macros: Vec::new(),
            sql: Vec::new(),
            directives: Vec::new(),
        }
    }

    /// The source of a span.
    pub fn source(&self, span: Span) -> &'s str {
        self.text.get(span.range()).unwrap_or_default()
    }

    /// The name written at a span.
    pub fn name_at(&mut self, span: Span) -> NameId {
        let text = self.source(span);
        self.names.intern(text)
    }

    /// Notes that a name is read.
    pub fn read(&mut self, name: NameId, span: Span) {
        self.uses.push(Use { name, start: span.start });
    }

    /// Adds a block inside the current one and makes it current.
    pub fn open_block(&mut self, kind: BlockKind, span: Span, guard: Option<Span>) -> BlockId {
        let id = BlockId(self.blocks.len() as u32);
        self.blocks.push(Block { kind, span, parent: Some(self.at.block), function: self.at.function, guard });
        self.at.block = id;
        id
    }

    /// Adds a statement to the current block and makes it current.
    pub fn statement(&mut self, span: Span) {
        self.at.statement = StatementId(self.statements.len() as u32);
        self.statements.push(Statement { span, block: self.at.block });
    }

    /// Adds a call of the current place.
    pub fn call(&mut self, kind: CallKind, span: Span, name_span: Span, callee: Operand, given: Vec<Arg>) -> CallId {
        let id = CallId(self.calls.len() as u32);
        let args = Rows::new(self.args.len(), given.len());
        self.args.extend(given);
        self.calls.push(Call {
            kind,
            span,
            name_span,
            callee,
            args,
            block: self.at.block,
            function: self.at.function,
            in_loop: self.at.in_loop,
            statement: self.at.statement,
            awaited: false,
            sink: Sink::Other,
            inside: None,
        });
        id
    }

    /// Adds an operator of one or two operands; what it gives is that call.
    pub fn operator(&mut self, operator: Operator, span: Span, callee: Operand, arg: Option<Operand>) -> CallId {
        self.sink(&callee, Sink::Operand);
        if let Some(value) = &arg {
            self.sink(value, Sink::Operand);
        }
        let args = arg.map(|value| Arg { keyword: None, value, spread: false, mutable: false }).into_iter().collect();
        self.call(CallKind::Operator(operator), span, span, callee, args)
    }

    /// Says what becomes of a value; only calls and operators keep it.
    pub fn sink(&mut self, value: &Operand, sink: Sink) {
        let Root::Call(id) = value.root else { return };
        if !value.path.is_empty() {
            return;
        }
        if let Some(call) = self.calls.get_mut(id.index()) {
            call.sink = sink;
        }
        // The `await` of a call is the row after it, and shares its fate.
        if let Some(next) = self.calls.get_mut(id.index() + 1)
            && next.kind == CallKind::Operator(Operator::Await)
            && next.callee.root == value.root
        {
            next.sink = sink;
        }
    }

    /// Adds a way out of the current function.
    pub fn exit(&mut self, kind: ExitKind, span: Span, value: Option<Operand>) {
        let (block, function) = (self.at.block, self.at.function);
        self.exits.push(Exit { kind, span, block, function, value, by_own_macro: false });
    }

    /// Takes the decorators that wait, if what comes next can have any.
    pub fn take_decorators(&mut self) -> Vec<Operand> {
        std::mem::take(&mut self.decorators)
    }

    /// The finished tables.
    pub fn finish(mut self, path: &str, has_syntax_errors: bool) -> FileFacts {
        if !self.uses.is_sorted_by_key(|one| one.start) {
            self.uses.sort_by_key(|one| one.start);
        }
        // `return load()?`: what leaves from inside a way out was met before it.
        self.exits.sort_by_key(|exit| exit.span.start);
        if self.statements.is_empty() {
            // Decorators alone: what they call stands in the module.
            self.statement(Span::new(0, self.text.len()));
        }
        self.conditions.sort_by_key(|condition| condition.guard);
        self.equalities.sort_by_key(|equality| equality.guard);
        self.mark_exported();
        self.classes.iter_mut().for_each(|class| shrink(&mut class.fields));
        FileFacts {
            path: path.to_owned(),
            outside: 0,
            language: self.language,
            names: self.names.finish(),
            functions: self.functions.into(),
            blocks: self.blocks.into(),
            statements: self.statements.into(),
            loops: self.loops.into(),
            calls_by_end: RowOrder::by_key(&self.calls, |call| call.span.end),
            binds_by_start: RowOrder::by_key(&self.binds, |bind| bind.target.span.start),
            calls: self.calls.into(),
            args: self.args.into(),
            binds: self.binds.into(),
            uses: self.uses.into(),
            imports: self.imports.into(),
            exports: self.exports.into(),
            classes: self.classes.into(),
            type_params: self.type_params.into(),
            type_args: self.type_args.into(),
            texts: self.texts.into(),
            entries: self.entries.into(),
            objects: self.objects.into(),
            lists: self.lists.into(),
            exits: self.exits.into(),
            conditions: self.conditions.into(),
            equalities: self.equalities.into(),
            measures: self.measures.into(),
            leaving_macros: self.leaving_macros.into(),
            lone_macros: self.lone_macros.into(),
            sql: self.sql.into(),
            directives: self.directives.into(),
            has_syntax_errors,
        }
    }

    /// `export { f }` after the fact.
    fn mark_exported(&mut self) {
        for export in &self.exports {
            let Some(Operand { root, path, .. }) = &export.value else { continue };
            let Root::Name(name) = *root else { continue };
            if !path.is_empty() {
                continue;
            }
            for function in &mut self.functions {
                function.exported |= function.name == Some(name) && function.parent == Some(FunctionId::MODULE);
            }
            for class in &mut self.classes {
                class.exported |= class.name == Some(name) && class.function == FunctionId::MODULE;
            }
        }
    }
}

/// Gives back the room that a table does not need. Allocators leave a block where it is as long as half of it is used,
/// hence the copy.
pub(in crate::facts) fn shrink<T>(table: &mut Vec<T>) {
    if table.len() < table.capacity() {
        let mut exact = Vec::with_capacity(table.len());
        exact.append(table);
        *table = exact;
    }
}

fn module_rows(span: Span) -> (Function, Block) {
    let function = Function {
        kind: FunctionKind::Module,
        name: None,
        span,
        name_span: Span::default(),
        parent: None,
        class: None,
        params: Few::default(),
        returns: None,
        body: BlockId::MODULE,
        block: BlockId::MODULE,
        is_async: false,
        is_generator: false,
        exported: false,
        is_static: false,
        mutates_self: false,
        is_getter: false,
        decorators: Few::default(),
        argument_of: None,
    };
    let kind = BlockKind::Function(FunctionId::MODULE);
    (function, Block { kind, span, parent: None, function: FunctionId::MODULE, guard: None })
}
