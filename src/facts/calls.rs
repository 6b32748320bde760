//! Calls, their arguments, and the loops that a call with a callback is.

use super::builder::{other, rooted};
use super::functions::Given;
use super::model::*;
use super::walk::{Kid, Kids, Walk};
use crate::syntax::Family;
use crate::syntax::tables::{CallbackLoop, Role, Slot};

/// A callback loop whose call is being read.
struct Callback {
    id: LoopId,
    argument: u32,
    over: Option<u32>,
    item: u32,
}

/// Closures among the arguments, or the one at that place, run each turn of this loop.
#[derive(Clone, Copy)]
struct Runs {
    in_loop: LoopId,
    argument: Option<u32>,
}

impl<'t> Walk<'_, '_, 't> {
    pub fn call(&mut self, kid: Kid<'t>) -> Operand {
        let kids = self.kids(kid.node);
        let (Some(callee), arguments) = (self.slot(kid, kids, Slot::Callee), self.slot(kid, kids, Slot::Arguments))
        else {
            return self.descend(kid);
        };
        let name_end = self.name_end(callee);
        let beside = self.slot(kid, kids, Slot::Type);
        let type_args = self.call_types(callee, beside);
        let operand = self.callee(callee);
        if self.is_super(&operand) {
            return rooted(Root::Super, kid.span);
        }
        let name_span = self.method_span(&operand, name_end);
        let value = self.finish_call(kid, CallKind::Plain, operand, name_span, arguments);
        if let Root::Call(id) = value.root {
            self.measure_call(id);
        }
        if let (Root::Call(call), false) = (value.root, type_args.is_empty()) {
            self.b.type_args.push(TypeArgs { call, args: type_args.into() });
        }
        value
    }

    pub fn construct(&mut self, kid: Kid<'t>) -> Operand {
        let kids = self.kids(kid.node);
        let (Some(callee), arguments) = (self.slot(kid, kids, Slot::Callee), self.slot(kid, kids, Slot::Arguments))
        else {
            return self.descend(kid);
        };
        let operand = self.visit(callee);
        self.finish_call(kid, CallKind::New, operand, kid.span, arguments)
    }

    /// Where the called name ends; turbofish and parentheses are looked through.
    fn name_end(&mut self, callee: Kid<'t>) -> u32 {
        match callee.role {
            Role::Turbofish => self.part(callee, Slot::Value).map_or(callee.span.end, |value| value.span.end),
            _ => callee.span.end,
        }
    }

    /// A function called at once runs where it stands.
    fn callee(&mut self, kid: Kid<'t>) -> Operand {
        let inner = if kid.role == Role::Through { self.part(kid, Slot::Value).unwrap_or(kid) } else { kid };
        if inner.role == Role::Closure {
            let given = Given { name: None, in_loop: self.b.at.in_loop };
            return self.deeper(other(inner.span), |walk| walk.function(inner, Some(given)));
        }
        let callee = self.visit(kid);
        self.no_field(kid.span);
        callee
    }

    fn is_super(&self, callee: &Operand) -> bool {
        matches!(callee.root, Root::Name(name) if callee.path.is_empty()
            && self.b.language.family() == Family::Python
            && self.b.names.get(name) == "super")
    }

    /// The place of the last name of a callee.
    fn method_span(&self, callee: &Operand, end: u32) -> Span {
        match callee.path.last() {
            Some(name) if *name != self.b.element => {
                let length = self.b.names.get(*name).len() as u32;
                Span { start: end.saturating_sub(length).max(callee.span.start), end }
            }
            _ => callee.span,
        }
    }

    /// Reads the arguments and adds the call.
    pub fn finish_call(
        &mut self,
        kid: Kid<'t>,
        kind: CallKind,
        callee: Operand,
        name_span: Span,
        arguments: Option<Kid<'t>>,
    ) -> Operand {
        if callee.path.is_empty() {
            self.b.sink(&callee, Sink::Receiver);
        }
        let kids = arguments.map(|arguments| self.argument_kids(arguments));
        let callback = kids.and_then(|kids| self.callback(kid, &callee, name_span, kids));
        let runs = match &callback {
            Some(callback) => Some(Runs { in_loop: callback.id, argument: Some(callback.argument) }),
            None => self.at_once(&callee),
        };
        let (args, ranges) = self.arguments(kids, runs);
        let id = self.b.call(kind, kid.span, name_span, callee, args);
        self.link_arguments(id, &ranges);
        if let Some(callback) = callback {
            self.finish_callback(&callback, id);
        }
        rooted(Root::Call(id), kid.span)
    }

    /// The nodes of the arguments; a template or a generator expression is the one argument itself.
    fn argument_kids(&mut self, arguments: Kid<'t>) -> Kids {
        match arguments.role {
            Role::Arguments => self.kids(arguments.node),
            _ => self.push_one(arguments),
        }
    }

    /// Reads arguments; the ranges say which rows of `calls` stand in which argument.
    fn arguments(&mut self, kids: Option<Kids>, runs: Option<Runs>) -> (Vec<Arg>, Vec<(u32, u32)>) {
        let Some(kids) = kids else { return (Vec::new(), Vec::new()) };
        let count = self.count(kids);
        let mut args = Vec::with_capacity(count);
        let mut ranges = Vec::with_capacity(count);
        for index in self.each(kids) {
            let child = self.at(index);
            if !child.named || matches!(child.role, Role::Decorator | Role::Comment) {
                continue;
            }
            let start = self.b.calls.len() as u32;
            let here = runs.filter(|runs| runs.argument.is_none_or(|argument| argument as usize == args.len()));
            let arg = self.argument(child, here.map(|runs| runs.in_loop));
            args.push(arg);
            ranges.push((start, self.b.calls.len() as u32));
        }
        (args, ranges)
    }

    /// Reads an argument; a closure there runs in the loop, where there is one.
    fn argument(&mut self, kid: Kid<'t>, in_loop: Option<LoopId>) -> Arg {
        match kid.role {
            Role::Keyword => {
                let mark = self.kids(kid.node);
                let name = self.slot(kid, mark, Slot::Name).map(|name| self.b.name_at(name.span));
                let value = match self.slot(kid, mark, Slot::Value) {
                    Some(value) => self.argument_value(value, name, in_loop),
                    None => other(kid.span),
                };
                Arg { keyword: name, value, spread: false, mutable: false }
            }
            Role::Spread => Arg { keyword: None, value: self.visit(kid), spread: true, mutable: false },
            _ => {
                let mutable = self.is_mutable_reference(kid);
                Arg { keyword: None, value: self.argument_value(kid, None, in_loop), spread: false, mutable }
            }
        }
    }

    /// Whether a Rust value, type or receiver is written `&mut …`.
    pub fn is_mutable_reference(&self, kid: Kid<'t>) -> bool {
        self.b.language.family() == Family::Rust && {
            let mut words = self.source(kid).strip_prefix('&').unwrap_or_default().split_whitespace();
            let first = words.next().unwrap_or_default();
            // A lifetime may stand between.
            (if first.starts_with('\'') { words.next().unwrap_or_default() } else { first }) == "mut"
        }
    }

    fn argument_value(&mut self, kid: Kid<'t>, name: Option<NameId>, in_loop: Option<LoopId>) -> Operand {
        match (in_loop, kid.role) {
            (Some(_), Role::Closure) => {
                let given = Given { name, in_loop };
                self.deeper(other(kid.span), |walk| walk.function(kid, Some(given)))
            }
            _ => self.visit_named(kid, name),
        }
    }

    /// Tells what stands in the arguments of a call that this is so.
    pub fn link_arguments(&mut self, id: CallId, ranges: &[(u32, u32)]) {
        let Some(args) = self.b.calls.get(id.index()).map(|call| call.args) else { return };
        for (position, (row, range)) in args.range().zip(ranges).enumerate() {
            let function = self.b.at.function;
            for call in &mut self.b.calls[range.0 as usize..range.1 as usize] {
                if call.inside.is_none() && call.function == function {
                    call.inside = Some(id);
                }
            }
            let value = self.b.args[row].value.clone();
            self.b.sink(&value, Sink::Argument(id));
            if let Root::Function(function) = value.root
                && let Some(function) = self.b.functions.get_mut(function.index())
            {
                function.argument_of = Some((id, ArgId(position as u32)));
            }
        }
    }

    /// Where closures run that are given to a method that calls them at once and does not loop.
    fn at_once(&self, callee: &Operand) -> Option<Runs> {
        let in_loop = self.b.at.in_loop?;
        let last = self.b.names.get(*callee.path.last()?);
        self.b.table.calls_at_once(last).then_some(Runs { in_loop, argument: None })
    }

    /// Begins the loop that this call is, if it is one.
    fn callback(&mut self, kid: Kid<'t>, callee: &Operand, head: Span, kids: Kids) -> Option<Callback> {
        let row = self.callback_row(callee)?;
        let argument = self.callback_argument(row, kids)?;
        let receiver = row.over.is_none();
        if receiver && row.sourced && !self.is_sourced(callee) {
            return None;
        }
        let id = LoopId(self.b.loops.len() as u32);
        self.b.loops.push(Loop {
            kind: LoopKind::Callback,
            span: kid.span,
            head,
            items: Few::default(),
            over: receiver.then(|| self.receiver(callee, head)),
            condition: None,
            body: self.b.at.block,
            block: self.b.at.block,
            parent: self.b.at.in_loop,
            function: self.b.at.function,
            call: None,
            endless: false,
        });
        Some(Callback { id, argument, over: row.over, item: row.item })
    }

    fn callback_row(&self, callee: &Operand) -> Option<&'static CallbackLoop> {
        let table = self.b.table;
        let names = &self.b.names;
        let Some(last) = callee.path.last() else {
            let Root::Name(name) = callee.root else { return None };
            return table.function_loop(None, names.get(name));
        };
        let last = names.get(*last);
        if let (Root::Name(root), 1) = (callee.root, callee.path.len())
            && let Some(row) = table.function_loop(Some(names.get(root)), last)
        {
            return Some(row);
        }
        table.method_loop(last)
    }

    /// The position of the callback among the arguments, when a function stands there.
    fn callback_argument(&mut self, row: &CallbackLoop, kids: Kids) -> Option<u32> {
        let args: Vec<Kid<'t>> = self.each(kids).map(|index| self.at(index)).filter(|child| child.named).collect();
        let (position, value) = match &row.keyword {
            None => (row.callback as usize, *args.get(row.callback as usize)?),
            Some(keyword) => args.iter().enumerate().find_map(|(position, arg)| {
                let name = (arg.role == Role::Keyword).then(|| self.part(*arg, Slot::Name)).flatten()?;
                let value = self.part(*arg, Slot::Value)?;
                (self.source(name) == keyword).then_some((position, value))
            })?,
        };
        let fits = match value.role {
            Role::Closure => true,
            Role::Name | Role::Member | Role::Path => row.reference,
            _ => false,
        };
        fits.then_some(position as u32)
    }

    /// Whether the receiver of a method is known to be an iterator.
    fn is_sourced(&self, callee: &Operand) -> bool {
        if callee.root == Root::Other && callee.path.len() == 1 {
            // `(0..n).map(…)`.
            return self.b.source(callee.span).starts_with('(') && self.b.source(callee.span).contains("..");
        }
        let Root::Call(id) = callee.root else { return false };
        let Some(call) = self.b.calls.get(id.index()) else { return false };
        if callee.path.len() != 1 {
            return false;
        }
        let last = match (call.callee.path.last(), call.callee.root) {
            (Some(&last), _) | (None, Root::Name(last)) => last,
            _ => return false,
        };
        let last = self.b.names.get(last);
        self.b.table.sources.iter().any(|source| source == last)
    }

    /// What a method is called on.
    fn receiver(&self, callee: &Operand, name: Span) -> Operand {
        let mut operand = callee.clone();
        operand.path.pop();
        let span = Span { start: callee.span.start, end: name.start.max(callee.span.start) };
        let trimmed = self.b.source(span).trim_end_matches(|c: char| c == '.' || c == '?' || c.is_whitespace());
        operand.span = Span { start: span.start, end: span.start + trimmed.len() as u32 };
        operand
    }

    fn finish_callback(&mut self, callback: &Callback, id: CallId) {
        let Some(call) = self.b.calls.get(id.index()) else { return };
        let args = &self.b.args[call.args.range()];
        let over = callback.over.and_then(|over| args.get(over as usize)).map(|arg| arg.value.clone());
        let Some(value) = args.get(callback.argument as usize).map(|arg| arg.value.clone()) else { return };
        let (items, body) = match value.root {
            Root::Function(function) => {
                let Some(function) = self.b.functions.get(function.index()) else { return };
                let params = function.params.iter().filter(|param| param.position.0 == callback.item);
                (params.map(|param| param.name).collect(), function.body)
            }
            _ => {
                let outer = self.b.at.block;
                let body = self.b.open_block(BlockKind::Loop(callback.id), value.span, None);
                self.b.at.block = outer;
                (Few::default(), body)
            }
        };
        if let Some(row) = self.b.loops.get_mut(callback.id.index()) {
            row.items = items;
            row.body = body;
            row.call = Some(id);
            row.over = over.or(row.over.take());
        }
    }

    /// Rust's `C { field: value }`.
    pub fn struct_literal(&mut self, kid: Kid<'t>) -> Operand {
        let kids = self.kids(kid.node);
        let Some(name) = self.slot(kid, kids, Slot::Name) else { return self.descend(kid) };
        let callee = self.type_operand(name);
        let fields = self.slot(kid, kids, Slot::Body).map(|body| self.kids(body.node));
        let (mut args, ranges) = self.arguments(fields, None);
        for arg in &mut args {
            // `C { name }`: the keyword is the name itself.
            if let (None, false, Root::Name(name)) = (arg.keyword, arg.spread, arg.value.root) {
                arg.keyword = Some(name);
            }
        }
        let id = self.b.call(CallKind::New, kid.span, name.span, callee, args);
        self.link_arguments(id, &ranges);
        rooted(Root::Call(id), kid.span)
    }
}
