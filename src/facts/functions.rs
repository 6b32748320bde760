//! Functions, closures, their parameters and bodies.

use super::builder::{Place, rooted};
use super::model::*;
use super::walk::{Kid, Kids, Walk};
use crate::syntax::Family;
use crate::syntax::tables::{Role, Slot};

/// What the surroundings say of a closure.
#[derive(Clone, Copy, Default)]
pub(super) struct Given {
    /// The name it is given to.
    pub name: Option<NameId>,
    /// The loop that its body belongs to.
    pub in_loop: Option<LoopId>,
}

impl<'t> Walk<'_, '_, 't> {
    pub fn function(&mut self, kid: Kid<'t>, given: Option<Given>) -> Operand {
        let kids = self.kids(kid.node);
        let outer = self.b.at;
        let given = given.unwrap_or_default();
        let id = self.open_function(kid, kids, given);
        self.type_params(kids, kid);
        self.b.at.function = id;
        self.b.at.member_of = None;
        self.b.at.class = None;
        self.b.at.exporting = false;
        self.b.at.in_loop = if kid.role == Role::AsyncBlock { outer.in_loop } else { given.in_loop };
        let body = self.slot(kid, kids, Slot::Body);
        let span = body.map_or(kid.span, |body| body.span);
        self.b.open_block(BlockKind::Function(id), span, None);
        self.params(kid, kids, &outer);
        let returns = self.slot(kid, kids, Slot::Returns).and_then(|returns| self.type_expr(returns));
        if let Some(row) = self.b.functions.get_mut(id.index()) {
            row.returns = returns.map(Apart::new);
        }
        if let Some(body) = body {
            self.body(body);
        }
        self.b.at = outer;
        rooted(Root::Function(id), kid.span)
    }

    /// Adds the function's row.
    fn open_function(&mut self, kid: Kid<'t>, kids: Kids, given: Given) -> FunctionId {
        let at = self.b.at;
        // A method of an object literal is a value of that key; it declares no name.
        let declared = kid.role == Role::Function || kid.role == Role::Method && at.member_of.is_some();
        for index in self.each(kids) {
            let child = self.at(index);
            if declared && child.role == Role::Decorator {
                self.visit(child);
            }
        }
        let named = self.slot(kid, kids, Slot::Name);
        let name = named.and_then(|name| self.declared_name(name)).or(given.name);
        let class = if declared || given.name.is_some() { at.member_of } else { None };
        let decorators = if declared { self.function_decorators() } else { Vec::new() };
        let is_static = self.has_token(kids, "static") || self.says_static(&decorators);
        let id = FunctionId(self.b.functions.len() as u32);
        let first = Span { start: kid.span.start, end: (kid.span.start + 1).min(kid.span.end) };
        self.b.functions.push(Function {
            kind: if declared { FunctionKind::Declared } else { FunctionKind::Closure },
            name,
            span: kid.span,
            name_span: named.map_or(first, |name| name.span),
            parent: Some(at.function),
            class,
            params: Few::default(),
            returns: None,
            body: BlockId(self.b.blocks.len() as u32),
            block: at.block,
            is_async: kid.role == Role::AsyncBlock || self.is_async(kids),
            is_generator: self.has_token(kids, "*"),
            exported: declared && (self.is_exported(kids, &at) || self.is_main(name, &at)),
            is_static,
            mutates_self: false,
            is_getter: kid.role == Role::Method && self.has_token(kids, "get"),
            decorators: decorators.into(),
            argument_of: None,
        });
        id
    }

    /// A declared name; quotes are taken off, computed names are none.
    pub fn declared_name(&mut self, kid: Kid<'t>) -> Option<NameId> {
        let text = self.source(kid);
        match kid.role {
            Role::Text => Some(self.b.names.intern(text.trim_matches(['"', '\'', '`']))),
            Role::Plain => None,
            _ => Some(self.b.names.intern(text)),
        }
    }

    fn function_decorators(&mut self) -> Vec<Operand> {
        let mut decorators = self.b.take_decorators();
        if self.b.at.test_only {
            let name = self.b.names.intern("cfg(test)");
            decorators.push(rooted(Root::Name(name), Span::default()));
        }
        decorators
    }

    fn says_static(&self, decorators: &[Operand]) -> bool {
        self.b.language.family() == Family::Python
            && decorators
                .iter()
                .any(|one| matches!(one.root, Root::Name(name) if self.b.names.get(name) == "staticmethod"))
    }

    fn is_async(&self, kids: Kids) -> bool {
        self.has_token(kids, "async")
            || self.each(kids).any(|index| {
                let child = self.at(index);
                child.named && child.node.kind() == "function_modifiers" && self.source(child).contains("async")
            })
    }

    /// Whether a declaration is seen from outside.
    pub fn is_exported(&self, kids: Kids, at: &Place) -> bool {
        match self.b.language.family() {
            Family::JavaScript => at.exporting,
            Family::Python => at.function == FunctionId::MODULE && at.member_of.is_none(),
            _ => self.each(kids).any(|index| self.at(index).node.kind() == "visibility_modifier"),
        }
    }

    /// Whether a function is what a Rust program begins with.
    fn is_main(&self, name: Option<NameId>, at: &Place) -> bool {
        self.b.language.family() == Family::Rust
            && at.function == FunctionId::MODULE
            && at.member_of.is_none()
            && name.is_some_and(|name| self.b.names.get(name) == "main")
    }

    fn body(&mut self, body: Kid<'t>) {
        let tail = self.b.language.family() == Family::Rust;
        if body.role == Role::Block {
            let kids = self.kids(body.node);
            self.block_content(kids, tail);
            return;
        }
        self.b.statement(body.span);
        self.tail(body);
    }

    /// Reads the value that a function gives when it ends.
    pub fn tail(&mut self, kid: Kid<'t>) -> Operand {
        let arms = matches!(kid.role, Role::If | Role::Switch | Role::Block)
            || kid.role == Role::Through && self.source(kid).starts_with("unsafe");
        if arms && self.b.language.family() == Family::Rust {
            self.b.tail = true;
            let value = self.visit(kid);
            self.b.tail = false;
            return value;
        }
        let value = self.visit(kid);
        let silent = matches!(
            kid.role,
            Role::Return | Role::For | Role::While | Role::Endless | Role::Assign | Role::Augment | Role::Throw
        );
        if !silent {
            self.b.sink(&value, Sink::Returned);
            self.b.exit(ExitKind::Return, kid.span, Some(value.clone()));
        }
        value
    }

    fn params(&mut self, kid: Kid<'t>, kids: Kids, outer: &Place) {
        let list = match (self.slot(kid, kids, Slot::Params), self.slot(kid, kids, Slot::Item)) {
            (Some(params), _) => self.kids(params.node),
            (None, Some(only)) => self.push_one(only),
            (None, None) => return,
        };
        let mut position = 0;
        let (mut receiver, mut mutates) = (false, false);
        for index in self.each(list) {
            let child = self.at(index);
            if !child.named || matches!(child.role, Role::Skip | Role::Decorator) {
                continue;
            }
            if matches!(child.role, Role::SelfParam | Role::This) || self.is_receiver(child, index == list.start + 1) {
                receiver = true;
                mutates = self.is_mutable_reference(child);
                continue;
            }
            if self.param(child, position, outer) {
                position += 1;
            }
        }
        let function = self.b.at.function;
        if let Some(row) = self.b.functions.get_mut(function.index())
            && self.b.language.family() == Family::Rust
            && row.class.is_some()
            && row.kind == FunctionKind::Declared
        {
            row.is_static = !receiver;
            row.mutates_self = mutates;
        }
    }

    /// Python's first parameter of a method.
    fn is_receiver(&self, kid: Kid<'t>, first: bool) -> bool {
        let function = &self.b.functions[self.b.at.function.index()];
        first
            && self.b.language.family() == Family::Python
            && function.class.is_some()
            && function.kind == FunctionKind::Declared
            && !function.is_static
            && matches!(kid.role, Role::Name | Role::Param)
    }

    /// Adds the rows of one parameter; false when it is none.
    fn param(&mut self, kid: Kid<'t>, position: u32, outer: &Place) -> bool {
        let mut pattern = kid;
        let (mut annotation, mut default, mut mutable) = (None, None, false);
        let mark = if kid.role == Role::Param { Some(self.kids(kid.node)) } else { None };
        if let Some(kids) = mark {
            let Some(name) = self.slot(kid, kids, Slot::Name) else { return false };
            if name.role == Role::This {
                return false;
            }
            pattern = name;
            let kind = self.slot(kid, kids, Slot::Type);
            mutable = kind.is_some_and(|kind| self.is_mutable_reference(kind));
            annotation = kind.and_then(|kind| self.type_expr(kind));
            if let Some(value) = self.slot(kid, kids, Slot::Value) {
                default = Some(self.default_value(value, outer));
            }
        }
        let mut targets = Vec::new();
        self.pattern(pattern, &mut Vec::new(), &mut targets);
        if pattern.role == Role::VariantPattern {
            // `State(pool): State<Pool>`: the annotation has the wrapper, the path need not.
            targets.iter_mut().filter(|target| !target.path.is_empty()).for_each(|target| {
                target.path.remove(0);
            });
        }
        let function = self.b.at.function;
        for target in targets {
            let Root::Name(name) = target.operand.root else { continue };
            if let (Some(kids), true) = (mark, target.path.is_empty()) {
                self.parameter_property(kids, name, target.operand.span, annotation.as_ref(), outer);
            }
            let param = Param {
                name,
                span: target.operand.span,
                position: ArgId(position),
                path: target.path.into(),
                annotation: annotation.clone(),
                default: target.default.or_else(|| default.clone()),
                rest: target.rest,
                mutable,
            };
            if let Some(row) = self.b.functions.get_mut(function.index()) {
                row.params.push(param);
            }
        }
        self.b.decorators.clear();
        true
    }

    /// Python reads defaults once, where the function is defined.
    fn default_value(&mut self, value: Kid<'t>, outer: &Place) -> Operand {
        if self.b.language.family() != Family::Python {
            return self.visit(value);
        }
        let inner = self.b.at;
        self.b.at = Place { member_of: None, ..*outer };
        let operand = self.visit(value);
        self.b.at = inner;
        operand
    }
}
