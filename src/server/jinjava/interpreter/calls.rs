//! Calls of functions and macros.

use std::rc::Rc;

use super::state::{DefinedMacro, Interpreter};
use crate::server::jinjava::coerce::to_integer;
use crate::server::jinjava::expression::{Expression, ExpressionKind};
use crate::server::jinjava::fault::TemplateFault;
use crate::server::jinjava::value::{Map, Value};
use crate::source::Span;

/// How many numbers a range has at most (Functions.java).
const MAX_RANGE: usize = 1000;

impl Interpreter<'_> {
    /// The positional and the named arguments.
    pub(super) fn arguments(&mut self, expressions: &[Expression]) -> Result<(Vec<Value>, Map), TemplateFault> {
        let is_named = |expression: &Expression| matches!(expression.kind, ExpressionKind::Named(..));
        let first_named = expressions.iter().position(is_named);
        if let Some(first) = first_named
            && expressions[first..].iter().any(|expression| !is_named(expression))
        {
            return Err(TemplateFault::unsupported(expressions[0].span, "a positional argument after a named one"));
        }
        let mut named = Map::new();
        let mut values = Vec::new();
        for expression in expressions {
            match &expression.kind {
                ExpressionKind::Named(name, value) => {
                    named.insert(name.clone(), self.evaluate(value)?);
                }
                _ => values.push(self.evaluate(expression)?),
            }
        }
        Ok((values, named))
    }

    /// `name(arguments)`
    pub(super) fn call(&mut self, name: &Rc<str>, arguments: &[Expression], span: Span) -> Result<Value, TemplateFault> {
        let called = self.scopes.iter().rev().find_map(|scope| scope.macros.get(name)).cloned();
        // This comes before the evaluation of the arguments (AstMacroFunction.java).
        if called.is_some() && self.running.contains(name) {
            self.report(TemplateFault::ignored(span, &format!("the macro `{name}` calls itself, which has no effect")));
            return Ok(Value::text(""));
        }
        let (values, mut named) = self.arguments(arguments)?;
        if let Some(called) = called {
            return self.call_macro(&called, values, &mut named, span);
        }
        match &**name {
            "namespace" if self.release.has_namespace() => {
                let mut space = match values.first() {
                    Some(Value::Map(map)) => map.borrow().clone(),
                    _ => Map::new(),
                };
                space.extend(named);
                let space = Value::map(space);
                self.budget.allocate_value(&space, span)?;
                if let Value::Map(map) = &space {
                    self.namespaces.push(map.clone());
                }
                Ok(space)
            }
            "range" if values.is_empty() => Err(TemplateFault::fatal(span, "`range` expects a number")),
            "range" => self.range(&values, span),
            "type" | "today" | "datetimeformat" | "unixtimestamp" | "truncate" | "strtotime" | "strtodate" | "super" => {
                Err(TemplateFault::unsupported(span, &format!("the function `{name}`")))
            }
            _ => Err(TemplateFault::fatal(span, &format!("unknown function or macro `{name}`"))),
        }
    }

    /// `range(to)`, `range(from, to)` and `range(from, to, step)`
    fn range(&mut self, values: &[Value], span: Span) -> Result<Value, TemplateFault> {
        self.budget.allocate_items(MAX_RANGE, span)?;
        let number = |at: usize, default: i64| values.get(at).map_or(Ok(default), to_integer).map_err(|error| error.at(span));
        let (from, to) = if values.len() < 2 { (0, number(0, 0)?) } else { (number(0, 0)?, number(1, 0)?) };
        let step = number(2, 1)?;
        let numbers = std::iter::successors(Some(from), |number| number.checked_add(step));
        let numbers = numbers.take_while(|number| if step < 0 { *number > to } else { *number < to }).take(MAX_RANGE);
        Ok(Value::list(if step == 0 { Vec::new() } else { numbers.map(Value::Integer).collect() }))
    }

    /// Runs a macro in a new scope inside the scopes of the caller (MacroFunction.java).
    fn call_macro(
        &mut self,
        called: &DefinedMacro,
        values: Vec<Value>,
        named: &mut Map,
        span: Span,
    ) -> Result<Value, TemplateFault> {
        let DefinedMacro { definition: called, level, defaults } = called;
        let mut scope = self.scopes.get(*level).cloned().unwrap_or_default();
        self.budget.spend((scope.values.len() + scope.macros.len()) as u64, span)?;
        let mut values = values.into_iter();
        for ((parameter, _), default) in called.parameters.iter().zip(defaults.iter()) {
            // A named argument overrides a positional one (AbstractCallableMethod.java).
            let positional = values.next();
            let value = named.shift_remove(parameter).or(positional).unwrap_or_else(|| default.clone());
            scope.values.insert(parameter.clone(), value);
        }
        scope.values.insert(Rc::from("varargs"), Value::list(values.collect()));
        scope.values.insert(Rc::from("kwargs"), Value::map(std::mem::take(named)));
        self.scopes.push(scope);
        self.running.push(called.name.clone());
        let mut text = String::new();
        let (depth, scopes, running) = (self.depth, self.scopes.len() - 1, self.running.len() - 1);
        let result = self.nodes(&called.body, &mut text);
        // A fault in the body leaves levels and scopes open.
        self.depth = depth;
        self.scopes.truncate(scopes);
        self.running.truncate(running);
        result?;
        Ok(Value::text(text))
    }
}
