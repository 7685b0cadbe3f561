//! Expressions: where their values come from, and what they do with their parts.

use std::rc::Rc;

use super::collector::Collector;
use super::uses::UseKind;
use super::value_source::{ValueSource, ValueSources, bounded, extended, step_from, steps_of};
use crate::server::jinjava::expression::{Expression, ExpressionKind};
use crate::server::mapper::key_path::KeyStep;
use crate::source::Span;

/// How many names of loops are as much work to compare as one step.
const NAMES_PER_STEP: usize = 16;

impl Collector<'_> {
    /// The value of an expression is used in this way.
    pub(super) fn use_value(&mut self, expression: &Expression, kind: &UseKind) {
        let sources = self.sources(expression);
        self.record_all(&sources, kind, expression.span);
    }

    /// The expression is used as a condition.
    pub(super) fn truth(&mut self, condition: &Expression) {
        match &condition.kind {
            ExpressionKind::And(left, right) | ExpressionKind::Or(left, right) => {
                self.truth(left);
                self.truth(right);
            }
            ExpressionKind::Unary("!", operand) => self.truth(operand),
            _ => self.use_value(condition, &UseKind::Truth),
        }
    }

    /// Where the value of an expression can come from. Records on the way what the expression does with its parts.
    pub(super) fn sources(&mut self, expression: &Expression) -> ValueSources {
        if !self.takes(1, expression.span) {
            return ValueSources::new();
        }
        let sources = bounded(self.all_sources(expression));
        self.takes(steps_of(&sources), expression.span);
        sources
    }

    fn all_sources(&mut self, expression: &Expression) -> ValueSources {
        use ExpressionKind as K;
        match &expression.kind {
            K::Null | K::Boolean(_) | K::Integer(_) | K::Double(_) | K::Text(_) => ValueSources::new(),
            K::Name(name) => {
                self.takes(self.loops.len() / NAMES_PER_STEP, expression.span);
                self.named(name)
            }
            K::Property(base, name) => self.step_into(base, &KeyStep::Key((&**name).into())),
            K::Index(base, index) => match &index.kind {
                K::Text(name) => self.step_into(base, &KeyStep::Key((&**name).into())),
                K::Integer(_) => self.step_into(base, &KeyStep::Element),
                _ => {
                    self.use_value(index, &UseKind::Other);
                    let base = self.sources(base);
                    let mut sources = step_from(&base, &KeyStep::AnyKey);
                    sources.extend(step_from(&base, &KeyStep::Element));
                    sources
                }
            },
            K::Slice(base, from, to) => {
                for part in from.iter().chain(to) {
                    self.use_value(part, &UseKind::Number);
                }
                self.sources(base)
            }
            K::Method(base, name, arguments) => self.method(base, name, arguments, expression.span),
            K::Function(name, arguments) => self.function(name, arguments),
            K::Filter(base, name, arguments) => self.filter(base, name, arguments),
            K::Test { of, name, argument, .. } => {
                self.test(of, name, argument.as_deref());
                ValueSources::new()
            }
            K::Unary("!", operand) => {
                self.truth(operand);
                ValueSources::new()
            }
            K::Unary("empty", operand) => {
                self.use_value(operand, &UseKind::Listed);
                ValueSources::new()
            }
            K::Unary(_, operand) => {
                self.use_value(operand, &UseKind::Number);
                ValueSources::new()
            }
            K::Binary(operator, left, right) => {
                self.binary(operator, left, right);
                ValueSources::new()
            }
            K::And(left, right) => {
                self.truth(left);
                self.truth(right);
                ValueSources::new()
            }
            K::Or(left, right) => {
                let mut sources = self.sources(left);
                self.record_all(&sources, &UseKind::Truth, left.span);
                sources.extend(self.sources(right));
                sources
            }
            K::Choice(condition, yes, no) => {
                self.truth(condition);
                let mut sources = self.sources(yes);
                sources.extend(self.sources(no));
                sources
            }
            K::List(parts) => parts.iter().flat_map(|part| self.sources(part)).collect(),
            K::Map(entries) => entries.iter().flat_map(|(_, part)| self.sources(part)).collect(),
            K::Named(_, value) => self.sources(value),
        }
    }

    fn step_into(&mut self, base: &Expression, step: &KeyStep) -> ValueSources {
        step_from(&self.sources(base), step)
    }

    fn method(&mut self, base: &Expression, name: &str, arguments: &[Expression], span: Span) -> ValueSources {
        match name {
            "items" | "entrySet" => {
                let tables: Vec<Vec<KeyStep>> = self.paths(base);
                for table in &tables {
                    self.record(table, UseKind::Entries, span);
                }
                tables.into_iter().map(ValueSource::Entries).collect()
            }
            "values" => {
                let tables = self.paths(base);
                for table in &tables {
                    self.record(table, UseKind::Entries, span);
                }
                // A loop over the values takes the step to an element.
                tables.into_iter().map(ValueSource::Entries).collect()
            }
            "keySet" => {
                let tables = self.paths(base);
                for table in &tables {
                    self.record(table, UseKind::Entries, span);
                }
                ValueSources::new()
            }
            "toList" | "copy" => self.sources(base),
            "get" | "getOrDefault" => {
                let step = match arguments.first().map(|argument| &argument.kind) {
                    Some(ExpressionKind::Text(name)) => KeyStep::Key((&**name).into()),
                    Some(ExpressionKind::Integer(_)) => KeyStep::Element,
                    _ => KeyStep::AnyKey,
                };
                self.step_into(base, &step)
            }
            "append" | "add" | "insert" | "extend" | "addAll" => {
                // The list belongs to the template: whatever is added can come out anywhere.
                for argument in arguments {
                    let added = self.sources(argument);
                    self.record_all(&added, &UseKind::Other, argument.span);
                    if let ExpressionKind::Name(list) = &base.kind {
                        self.learn(list, added);
                    }
                }
                ValueSources::new()
            }
            "getKey" => self.step_into(base, &KeyStep::Key("key".into())),
            "getValue" => self.step_into(base, &KeyStep::Key("value".into())),
            "contains" | "containsKey" | "index" | "indexOf" | "size" | "isEmpty" | "count" => {
                self.use_value(base, &UseKind::Listed);
                for argument in arguments {
                    self.use_value(argument, &UseKind::Other);
                }
                ValueSources::new()
            }
            "split" => {
                self.use_value(base, &UseKind::Printed);
                ValueSources::new()
            }
            _ => {
                self.use_value(base, &UseKind::Other);
                for argument in arguments {
                    self.use_value(argument, &UseKind::Other);
                }
                ValueSources::new()
            }
        }
    }

    /// The paths that the value of an expression can come from.
    fn paths(&mut self, expression: &Expression) -> Vec<Vec<KeyStep>> {
        let sources = self.sources(expression);
        sources.into_iter().filter_map(|source| if let ValueSource::Path(path) = source { Some(path) } else { None }).collect()
    }

    fn function(&mut self, name: &Rc<str>, arguments: &[Expression]) -> ValueSources {
        if let Some(called) = self.macros.get(name).cloned() {
            for (number, argument) in arguments.iter().enumerate() {
                let parameter = match &argument.kind {
                    ExpressionKind::Named(name, _) => Some(name.clone()),
                    _ => called.parameters.get(number).map(|(name, _)| name.clone()),
                };
                let sources = self.sources(argument);
                match parameter {
                    Some(parameter) => self.learn(&parameter, sources),
                    None => self.record_all(&sources, &UseKind::Other, argument.span),
                }
            }
            return ValueSources::new();
        }
        for argument in arguments {
            self.use_value(argument, &UseKind::Other);
        }
        ValueSources::new()
    }

    fn filter(&mut self, base: &Expression, name: &str, arguments: &[Expression]) -> ValueSources {
        match name {
            "default" | "d" => {
                let mut sources = self.sources(base);
                sources.extend(arguments.iter().flat_map(|argument| self.sources(argument)));
                return sources;
            }
            "list" | "unique" | "sort" | "reverse" | "safe" => return self.sources(base),
            "first" | "last" | "random" => return self.step_into(base, &KeyStep::Element),
            "map" => {
                let attribute = arguments.iter().find_map(|argument| match &argument.kind {
                    ExpressionKind::Named(_, value) => match &value.kind {
                        ExpressionKind::Text(name) => Some(KeyStep::Key((&**name).into())),
                        _ => None,
                    },
                    _ => None,
                });
                let elements = self.step_into(base, &KeyStep::Element);
                return match attribute {
                    Some(attribute) => elements
                        .into_iter()
                        .filter_map(
                            |source| if let ValueSource::Path(path) = source { extended(&path, attribute.clone()) } else { None },
                        )
                        .map(ValueSource::Path)
                        .collect(),
                    None => elements,
                };
            }
            "join" | "length" | "count" => self.use_value(base, &UseKind::Listed),
            _ => self.use_value(base, &UseKind::Printed),
        }
        for argument in arguments {
            self.use_value(argument, &UseKind::Other);
        }
        ValueSources::new()
    }

    fn test(&mut self, of: &Expression, name: &str, argument: Option<&Expression>) {
        let kind = match (name, argument.map(|argument| &argument.kind)) {
            ("defined" | "undefined" | "none", _) => UseKind::Defined,
            ("sameas", Some(ExpressionKind::Boolean(boolean))) => UseKind::SameAs(*boolean),
            ("true" | "false", _) => UseKind::SameAs(name == "true"),
            ("truthy", _) => UseKind::Truth,
            ("equalto" | "eq" | "==" | "ne" | "!=", Some(ExpressionKind::Text(text))) => UseKind::EqualsText(text.to_string()),
            ("equalto" | "eq" | "==" | "ne" | "!=", Some(ExpressionKind::Boolean(boolean))) => UseKind::EqualsBoolean(*boolean),
            ("in" | "within" | "containing", _) => UseKind::Listed,
            ("string" | "number" | "boolean" | "iterable" | "sequence" | "mapping" | "integer" | "float", _) => {
                UseKind::KindAsked(name.to_owned())
            }
            _ => UseKind::Other,
        };
        self.use_value(of, &kind);
        if let Some(argument) = argument {
            self.use_value(argument, &UseKind::Other);
        }
    }

    fn binary(&mut self, operator: &str, left: &Expression, right: &Expression) {
        for (one, other) in [(left, right), (right, left)] {
            let sources = self.sources(one);
            let kind = match (operator, &other.kind) {
                ("==" | "!=", ExpressionKind::Text(text)) => UseKind::EqualsText(text.to_string()),
                ("==" | "!=", ExpressionKind::Boolean(boolean)) => UseKind::EqualsBoolean(*boolean),
                ("in" | "not in", _) if std::ptr::eq(one, right) => UseKind::Listed,
                ("in" | "not in", ExpressionKind::List(parts)) => {
                    for part in parts {
                        if let ExpressionKind::Text(text) = &part.kind {
                            self.record_all(&sources, &UseKind::EqualsText(text.to_string()), one.span);
                        }
                    }
                    UseKind::Other
                }
                ("+" | "~", _) => UseKind::Printed,
                ("<" | "<=" | ">" | ">=" | "-" | "*" | "/" | "%" | "//" | "**", _) => UseKind::Number,
                _ => UseKind::Other,
            };
            self.record_all(&sources, &kind, one.span);
        }
    }
}
