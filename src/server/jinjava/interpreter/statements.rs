//! Prints the nodes of a template and runs its tags.

use std::rc::Rc;

use super::state::{Bound, DefinedMacro, Interpreter, Scope};
use crate::server::jinjava::ast::{Branch, Node, NodeKind, ParsedExpression, Template};
use crate::server::jinjava::fault::{Effect, Faults, TemplateFault};
use crate::server::jinjava::member;
use crate::server::jinjava::source_map::{Origin, assigned_names};
use crate::server::jinjava::value::Value;
use crate::source::Span;

/// How many times a printed value may itself contain template code (JinjavaConfig.java, maxRenderDepth).
const MAX_NESTED: usize = 10;

/// How many bytes of a template are as much work to parse as one step of rendering it.
const PARSED_BYTES_PER_STEP: u64 = 4;

/// An entry in the list of running macros for a value that is rendered as a template. No macro can have this name.
const NESTED: &str = "{{";

/// A fault of template code in a value, reported at the expression that prints it. Its own message would quote the value, which can be
/// secret.
fn in_printed_value(fault: &TemplateFault, span: Span) -> TemplateFault {
    let message = match fault.effect {
        Effect::Ignored => "the printed value contains template code that the server ignores",
        Effect::Fatal => "the printed value contains invalid template code",
        Effect::Unsupported => "the printed value contains template code that carbonlint cannot evaluate",
    };
    TemplateFault { span, message: message.to_owned(), effect: fault.effect }
}

impl Interpreter<'_> {
    /// Prints `nodes`.
    pub(super) fn nodes(&mut self, nodes: &[Node], out: &mut String) -> Result<(), TemplateFault> {
        self.enter(nodes.first().map_or(Span::default(), |node| node.span))?;
        for node in nodes {
            self.node(node, out)?;
        }
        self.depth -= 1;
        Ok(())
    }

    /// Prints a text of the template.
    fn write(&mut self, out: &mut String, text: &str, span: Span) -> Result<(), TemplateFault> {
        self.budget.allocate(text.len(), span)?;
        if let Some(recorder) = &mut self.recorder {
            recorder.text(out.len(), text.len(), span);
        }
        out.push_str(text);
        Ok(())
    }

    /// Prints the value of the last expression.
    fn print(&mut self, out: &mut String, text: &Rc<str>, span: Span) -> Result<(), TemplateFault> {
        self.budget.allocate(text.len(), span)?;
        if let Some(recorder) = &mut self.recorder {
            recorder.printed(out.len(), text, span);
        }
        out.push_str(text);
        Ok(())
    }

    fn node(&mut self, node: &Node, out: &mut String) -> Result<(), TemplateFault> {
        self.budget.spend(1, node.span)?;
        self.check_recorder(node.span)?;
        match &node.kind {
            NodeKind::Text(text) => self.write(out, text, node.span),
            NodeKind::Print(expression) => {
                let value = self.resolve(expression)?;
                if matches!(value, Value::Array(_)) {
                    let construct = "printing an array, which prints its address in memory";
                    return Err(TemplateFault::unsupported(node.span, construct));
                }
                let text = match &value {
                    Value::Text(text) => text.clone(),
                    _ => value.printed().into(),
                };
                if text.contains("{{") || text.contains("{%") {
                    self.print_nested(&text, node.span, out)
                } else {
                    self.print(out, &text, node.span)
                }
            }
            NodeKind::If(branches) => self.branch(branches, node.span, out),
            NodeKind::For { names, collection, body } => self.run_loop(names, collection, body, node.span, out),
            NodeKind::Set { names, values } => {
                let values = self.resolve(values)?;
                self.set(names, &values, node.span)
            }
            NodeKind::SetBlock { name, body } => {
                let text = self.text_of(body)?;
                if name.contains('|') {
                    return Err(TemplateFault::unsupported(node.span, "a filter on a `set` block"));
                }
                let origin = self.assigned_origin();
                self.put(name, Value::Text(text), origin);
                Ok(())
            }
            NodeKind::Do(expression) => self.resolve(expression).map(|_| ()),
            NodeKind::Macro(defined) => {
                self.budget.spend(defined.parameters.len() as u64, node.span)?;
                let defaults = defined.parameters.iter().map(|(_, default)| match default {
                    Some(default) => Ok(Bound { value: self.resolve(default)?, origin: self.current_origin() }),
                    None => Ok(Bound::default()),
                });
                let defaults = defaults.collect::<Result<Vec<Bound>, TemplateFault>>()?.into();
                let level = self.scopes.len() - 1;
                let called = DefinedMacro { definition: defined.clone(), level, defaults };
                self.scopes[level].macros.insert(defined.name.clone(), called);
                Ok(())
            }
            NodeKind::Block(body) => self.nodes(body, out),
            NodeKind::Else(_) => Ok(()),
            NodeKind::Broken(fault) => Err(fault.clone()),
        }
    }

    /// Prints the first branch whose condition is true.
    fn branch(&mut self, branches: &[Branch], span: Span, out: &mut String) -> Result<(), TemplateFault> {
        let mark = self.recorder.as_ref().map(|recorder| recorder.mark());
        let mut taken = None;
        let mut tested = Origin::default();
        for branch in branches {
            let Some(condition) = &branch.condition else {
                taken = Some(branch);
                break;
            };
            let holds = self.resolve(condition)?.is_true() != branch.negated;
            if let Some(recorder) = &mut self.recorder {
                let at = condition.as_ref().map_or(span, |condition| condition.span);
                tested = recorder.joined(tested, recorder.current());
                recorder.enter(at, holds, false, out.len());
            }
            if holds {
                taken = Some(branch);
                break;
            }
        }
        if let Some(branch) = taken {
            self.nodes(&branch.body, out)?;
        }
        if let (Some(mark), Some(recorder)) = (mark, &mut self.recorder) {
            recorder.leave(mark);
            let (names, count) = assigned_names(branches.iter().flat_map(|branch| &branch.body));
            recorder.looked_at(count);
            for name in names {
                self.imply(&name, tested);
            }
        }
        Ok(())
    }

    /// `{% for names in collection %}`
    fn run_loop(
        &mut self,
        names: &[Rc<str>],
        collection: &ParsedExpression,
        body: &[Node],
        span: Span,
        out: &mut String,
    ) -> Result<(), TemplateFault> {
        let collected = self.resolve(collection)?;
        let items = collected.iterated();
        self.budget.allocate_items(items.len(), span)?;
        let recorded = self.recorder.as_mut().map(|recorder| {
            let origin = recorder.current();
            let mark = recorder.mark();
            recorder.enter(collection.as_ref().map_or(span, |collection| collection.span), !items.is_empty(), true, out.len());
            (mark, recorder.settled(origin), recorder.items(&collected, origin, &items))
        });
        let (mark, whole, origins) = recorded.unwrap_or_default();
        self.scopes.push(Scope::default());
        let loop_variable = Rc::from("loop");
        let length = items.len();
        for (index, item) in items.into_iter().enumerate() {
            self.budget.spend(names.len() as u64, span)?;
            let origin = origins.get(index).copied().unwrap_or_default();
            self.put(&loop_variable, Value::Loop { index, length }, whole);
            match (names, &item) {
                ([name], _) => self.put(name, item, origin),
                (_, Value::Entry(entry)) => {
                    let parts = [Value::Text(entry.0.clone()), entry.1.clone()];
                    for (number, name) in names.iter().enumerate() {
                        self.put_part(name, &item, origin, number, parts.get(number).cloned().unwrap_or_default());
                    }
                }
                (_, Value::List(_)) if !self.release.unpacks_lists_in_for() => {}
                (_, Value::List(parts)) => {
                    for (number, name) in names.iter().enumerate() {
                        let part = parts.borrow().get(number).cloned().ok_or_else(|| {
                            TemplateFault::fatal(span, "an item of the loop has fewer parts than there are names")
                        })?;
                        self.put_part(name, &item, origin, number, part);
                    }
                }
                (_, Value::Null) if !names.is_empty() => {
                    return Err(TemplateFault::fatal(span, "an item of the loop is null and cannot be unpacked"));
                }
                // Jinjava reads properties with these names from other values; maps and strings have none.
                _ => {}
            }
            self.nodes(body, out)?;
        }
        self.scopes.pop();
        if let Some(recorder) = &mut self.recorder {
            recorder.leave(mark);
        }
        Ok(())
    }

    /// Sets a name to a part of an item that a loop unpacks.
    fn put_part(&mut self, name: &Rc<str>, item: &Value, origin: Origin, number: usize, part: Value) {
        let origin = match &mut self.recorder {
            Some(recorder) => recorder.part(item, origin, number, &part),
            None => Origin::default(),
        };
        self.put(name, part, origin);
    }

    /// `{% set names = values %}`
    fn set(&mut self, names: &[Rc<str>], values: &Value, span: Span) -> Result<(), TemplateFault> {
        let origin = self.assigned_origin();
        let items = values.iterated();
        let origins = match &mut self.recorder {
            Some(recorder) => recorder.items(values, origin, &items),
            None => Vec::new(),
        };
        let origin_of = |number: usize| origins.get(number).copied().unwrap_or_default();
        match names {
            [name] => {
                let value = items.into_iter().next().unwrap_or_default();
                if let Some((space, name)) = name.split_once('.')
                    && let Value::Map(space) = self.look_up(space)
                    && self.namespaces.iter().any(|other| Rc::ptr_eq(other, &space))
                {
                    if let Some(recorder) = &mut self.recorder {
                        recorder.put_into(&Value::Map(space.clone()), Some(&value), origin_of(0));
                    }
                    space.borrow_mut().insert(Rc::from(name), value);
                } else {
                    self.put(name, value, origin_of(0));
                }
            }
            _ if names.len() != items.len() => {
                return Err(TemplateFault::fatal(span, "`set` has different numbers of names and values"));
            }
            _ => {
                for (number, (name, value)) in names.iter().zip(items).enumerate() {
                    self.put(name, value, origin_of(number));
                }
            }
        }
        Ok(())
    }

    /// The text that nodes print, apart from the file.
    pub(super) fn text_of(&mut self, nodes: &[Node]) -> Result<Rc<str>, TemplateFault> {
        let apart = self.recorder.as_mut().map(|recorder| recorder.begin_text());
        let mut text = String::new();
        let result = self.nodes(nodes, &mut text);
        let text = Rc::from(text);
        if let (Some(apart), Some(recorder)) = (apart, &mut self.recorder) {
            recorder.end_text(apart, &text);
        }
        result.map(|()| text)
    }

    /// The origin of the last expression; empty without a recorder.
    pub(super) fn current_origin(&self) -> Origin {
        self.recorder.as_ref().map_or_else(Origin::default, |recorder| recorder.current())
    }

    /// The same for a value that is assigned to a name here.
    fn assigned_origin(&mut self) -> Origin {
        self.recorder.as_mut().map_or_else(Origin::default, |recorder| recorder.assigned(recorder.current()))
    }

    /// Notes that conditions that tested `tested` decide the value of `name`: a branch, taken or not, assigns to it.
    fn imply(&mut self, name: &Rc<str>, tested: Origin) {
        let Some(recorder) = &mut self.recorder else { return };
        let holder = self.scopes.iter().rposition(|scope| scope.values.contains_key(name)).unwrap_or(self.scopes.len() - 1);
        let scope = &mut self.scopes[holder];
        let bound = scope.values.get(name).cloned().unwrap_or_else(|| Bound {
            value: if scope.has_root { member::property(self.root, name) } else { Value::Null },
            origin: recorder.root(name),
        });
        let origin = recorder.implied_by(bound.origin, tested);
        scope.values.insert(name.clone(), Bound { origin, ..bound });
    }

    /// Prints a value that looks like a template, which Jinjava renders too.
    fn print_nested(&mut self, text: &Rc<str>, span: Span, out: &mut String) -> Result<(), TemplateFault> {
        let nested = self.running.iter().filter(|name| &***name == NESTED).count();
        if nested >= MAX_NESTED {
            return self.print(out, text, span);
        }
        self.budget.allocate(text.len(), span)?;
        self.budget.spend(text.len() as u64 / PARSED_BYTES_PER_STEP, span)?;
        let template = Template::parse(text, self.release);
        let outer = std::mem::replace(&mut self.faults, Faults::from(&template.faults[..]));
        self.running.push(Rc::from(NESTED));
        let around = self.recorder.as_mut().map(|recorder| recorder.begin_nested(span));
        let rendered = self.nodes(&template.nodes, out);
        if let (Some(around), Some(recorder)) = (around, &mut self.recorder) {
            recorder.end_nested(around);
        }
        self.running.pop();
        for fault in std::mem::replace(&mut self.faults, outer).into_list() {
            self.report(in_printed_value(&fault, span));
        }
        rendered.map_err(|fault| in_printed_value(&fault, span))
    }
}
