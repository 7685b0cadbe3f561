//! Prints the nodes of a template and runs its tags.

use std::rc::Rc;

use super::state::{DefinedMacro, Interpreter, Scope};
use crate::server::jinjava::ast::{Branch, Node, NodeKind, ParsedExpression, Template};
use crate::server::jinjava::fault::{Effect, TemplateFault};
use crate::server::jinjava::value::Value;
use crate::source::Span;

/// How many times a printed value may itself contain template code (JinjavaConfig.java, maxRenderDepth).
const MAX_NESTED: usize = 10;

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

    fn write(&mut self, out: &mut String, text: &str, span: Span) -> Result<(), TemplateFault> {
        self.budget.allocate(text.len(), span)?;
        out.push_str(text);
        Ok(())
    }

    fn node(&mut self, node: &Node, out: &mut String) -> Result<(), TemplateFault> {
        self.budget.spend(1, node.span)?;
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
                    self.write(out, &text, node.span)
                }
            }
            NodeKind::If(branches) => match self.taken_branch(branches)? {
                Some(branch) => self.nodes(&branch.body, out),
                None => Ok(()),
            },
            NodeKind::For { names, collection, body } => self.run_loop(names, collection, body, node.span, out),
            NodeKind::Set { names, values } => {
                let values = self.resolve(values)?.iterated();
                self.set(names, &values, node.span)
            }
            NodeKind::SetBlock { name, body } => {
                let mut text = String::new();
                self.nodes(body, &mut text)?;
                if name.contains('|') {
                    return Err(TemplateFault::unsupported(node.span, "a filter on a `set` block"));
                }
                self.put(name, Value::text(text));
                Ok(())
            }
            NodeKind::Do(expression) => self.resolve(expression).map(|_| ()),
            NodeKind::Macro(defined) => {
                let defaults = defined.parameters.iter().map(|(_, default)| match default {
                    Some(default) => self.resolve(default),
                    None => Ok(Value::Null),
                });
                let defaults = defaults.collect::<Result<Vec<Value>, TemplateFault>>()?.into();
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

    /// The first branch whose condition is true.
    fn taken_branch<'b>(&mut self, branches: &'b [Branch]) -> Result<Option<&'b Branch>, TemplateFault> {
        for branch in branches {
            let holds = match &branch.condition {
                Some(condition) => self.resolve(condition)?.is_true() != branch.negated,
                None => true,
            };
            if holds {
                return Ok(Some(branch));
            }
        }
        Ok(None)
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
        let items = self.resolve(collection)?.iterated();
        self.budget.allocate_items(items.len(), span)?;
        self.scopes.push(Scope::default());
        let length = items.len();
        for (index, item) in items.into_iter().enumerate() {
            self.put("loop", Value::Loop { index, length });
            match (names, &item) {
                ([name], _) => self.put(name, item),
                (_, Value::Entry(entry)) => {
                    let parts = [Value::Text(entry.0.clone()), entry.1.clone()];
                    for (number, name) in names.iter().enumerate() {
                        self.put(name, parts.get(number).cloned().unwrap_or_default());
                    }
                }
                (_, Value::List(_)) if !self.release.unpacks_lists_in_for() => {}
                (_, Value::List(parts)) => {
                    for (number, name) in names.iter().enumerate() {
                        let part = parts.borrow().get(number).cloned();
                        self.put(
                            name,
                            part.ok_or_else(|| {
                                TemplateFault::fatal(span, "an item of the loop has fewer parts than there are names")
                            })?,
                        );
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
        Ok(())
    }

    /// `{% set names = values %}`
    fn set(&mut self, names: &[Rc<str>], values: &[Value], span: Span) -> Result<(), TemplateFault> {
        match names {
            [name] => {
                let value = values.first().cloned().unwrap_or_default();
                if let Some((space, name)) = name.split_once('.')
                    && let Value::Map(space) = self.look_up(space)
                    && self.namespaces.iter().any(|other| Rc::ptr_eq(other, &space))
                {
                    space.borrow_mut().insert(Rc::from(name), value);
                } else {
                    self.put(name, value);
                }
            }
            _ if names.len() != values.len() => {
                return Err(TemplateFault::fatal(span, "`set` has different numbers of names and values"));
            }
            _ => names.iter().zip(values).for_each(|(name, value)| self.put(name, value.clone())),
        }
        Ok(())
    }

    /// Prints a value that looks like a template, which Jinjava renders too.
    fn print_nested(&mut self, text: &Rc<str>, span: Span, out: &mut String) -> Result<(), TemplateFault> {
        let nested = self.running.iter().filter(|name| &***name == NESTED).count();
        if nested >= MAX_NESTED {
            return self.write(out, text, span);
        }
        self.budget.allocate(text.len(), span)?;
        let template = Template::parse(text, self.release);
        let before = self.faults.len();
        self.faults.extend(template.faults);
        self.running.push(Rc::from(NESTED));
        let rendered = self.nodes(&template.nodes, out);
        self.running.pop();
        for fault in self.faults.split_off(before) {
            self.report(in_printed_value(&fault, span));
        }
        rendered.map_err(|fault| in_printed_value(&fault, span))
    }
}
