//! The statements of a template: conditions, loops, `set`, macros.

use std::rc::Rc;

use super::collector::Collector;
use super::tree::KeyUsage;
use super::uses::UseKind;
use super::value_source::{ValueSource, ValueSources, bounded, extended};
use crate::server::jinjava::expression::{Expression, ExpressionKind};
use crate::server::jinjava::{Node, NodeKind, ParsedExpression, Template};
use crate::server::mapper::key_path::KeyStep;
use crate::source::Span;

impl KeyUsage {
    /// Adds what `template` reads, which is the template with this number.
    pub fn add(&mut self, number: usize, template: &Template) {
        let mut collector = Collector::new(self, number);
        if !collector.can_go_on() {
            let first = template.nodes.first().map_or(Span::default(), |node| node.span);
            self.leave(number, first);
            return;
        }
        // A loop can read a name that is set further down: the first pass only learns what names refer to.
        if sets_names(&template.nodes) {
            collector.nodes(&template.nodes);
        }
        collector.records = true;
        collector.nodes(&template.nodes);
    }
}

impl Collector<'_> {
    fn nodes(&mut self, nodes: &[Node]) {
        for node in nodes {
            self.node(node);
        }
    }

    fn node(&mut self, node: &Node) {
        if !self.takes(1, node.span) {
            return;
        }
        match &node.kind {
            NodeKind::Text(_) | NodeKind::Broken(_) | NodeKind::Else(None) => {}
            NodeKind::Print(expression) => self.consume(expression, &UseKind::Printed),
            NodeKind::Do(expression) => self.consume(expression, &UseKind::Other),
            NodeKind::Else(Some(condition)) => self.condition(condition),
            NodeKind::If(branches) => {
                for branch in branches {
                    if let Some(condition) = &branch.condition {
                        self.condition(condition);
                    }
                    self.nodes(&branch.body);
                }
            }
            NodeKind::For { names, collection, body } => self.loop_over(names, collection, body),
            NodeKind::Set { names, values } => {
                let Ok(Expression { kind: ExpressionKind::List(values), .. }) = values else { return };
                for (name, value) in names.iter().zip(values) {
                    let sources = self.sources(value);
                    self.learn(name, sources);
                }
            }
            NodeKind::SetBlock { body, .. } | NodeKind::Block(body) => self.nodes(body),
            NodeKind::Macro(defined) => {
                self.macros.insert(defined.name.clone(), Rc::clone(defined));
                for (name, default) in &defined.parameters {
                    if let Some(Ok(default)) = default {
                        let sources = self.sources(default);
                        self.learn(name, sources);
                    }
                }
                self.nodes(&defined.body);
            }
        }
    }

    fn loop_over(&mut self, names: &[Rc<str>], collection: &ParsedExpression, body: &[Node]) {
        let Ok(collection) = collection else { return };
        let mut items: Vec<ValueSources> = vec![ValueSources::new(); names.len()];
        for source in self.sources(collection) {
            match source {
                ValueSource::Entries(table) => {
                    let value = extended(&table, KeyStep::AnyKey);
                    if let [first, second, ..] = &mut items[..] {
                        first.insert(ValueSource::KeyOf(table));
                        second.extend(value.map(ValueSource::Path));
                    } else if let [only] = &mut items[..] {
                        only.extend(value.map(ValueSource::Path));
                    }
                }
                ValueSource::Path(path) => {
                    self.record(&path, UseKind::Looped, collection.span);
                    // The elements of a list, or the values of a table.
                    for step in [KeyStep::Element, KeyStep::AnyKey] {
                        let Some(item) = extended(&path, step) else { continue };
                        if let [only] = &mut items[..] {
                            only.insert(ValueSource::Path(item));
                        }
                    }
                }
                ValueSource::KeyOf(_) => {}
            }
        }
        let outer = self.loops.len();
        self.loops.extend(names.iter().cloned().zip(items.into_iter().map(bounded)));
        self.loops.push((Rc::from("loop"), ValueSources::new()));
        self.nodes(body);
        self.loops.truncate(outer);
    }

    fn consume(&mut self, expression: &ParsedExpression, kind: &UseKind) {
        if let Ok(expression) = expression {
            self.use_value(expression, kind);
        }
    }

    fn condition(&mut self, condition: &ParsedExpression) {
        if let Ok(condition) = condition {
            self.truth(condition);
        }
    }
}

/// Whether a template gives names to values.
fn sets_names(nodes: &[Node]) -> bool {
    nodes.iter().any(|node| match &node.kind {
        NodeKind::Set { .. } | NodeKind::SetBlock { .. } | NodeKind::Macro(_) | NodeKind::Do(_) => true,
        NodeKind::If(branches) => branches.iter().any(|branch| sets_names(&branch.body)),
        NodeKind::For { body, .. } | NodeKind::Block(body) => sets_names(body),
        _ => false,
    })
}
