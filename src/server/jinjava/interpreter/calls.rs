//! Calls of functions and macros.

use std::rc::Rc;

use indexmap::IndexMap;

use super::state::{Bound, DefinedMacro, Interpreter};
use crate::server::jinjava::coerce::to_integer;
use crate::server::jinjava::expression::{Expression, ExpressionKind};
use crate::server::jinjava::fault::TemplateFault;
use crate::server::jinjava::value::{Map, Value};
use crate::source::Span;

/// How many numbers a range has at most (Functions.java).
const MAX_RANGE: usize = 1000;

/// The positional and the named arguments of a call.
type Arguments = (Vec<Bound>, IndexMap<Rc<str>, Bound>);

impl Interpreter<'_> {
    /// The positional and the named arguments.
    pub(super) fn arguments(&mut self, expressions: &[Expression]) -> Result<(Vec<Value>, Map), TemplateFault> {
        let (values, named) = self.arguments_apart(expressions)?;
        Ok((
            values.into_iter().map(|argument| argument.value).collect(),
            named.into_iter().map(|(name, argument)| (name, argument.value)).collect(),
        ))
    }

    /// The same, each with its own origin. The origin of the call is made of all.
    fn arguments_apart(&mut self, expressions: &[Expression]) -> Result<Arguments, TemplateFault> {
        let is_named = |expression: &Expression| matches!(expression.kind, ExpressionKind::Named(..));
        let first_named = expressions.iter().position(is_named);
        if let Some(first) = first_named
            && expressions[first..].iter().any(|expression| !is_named(expression))
        {
            return Err(TemplateFault::unsupported(expressions[0].span, "a positional argument after a named one"));
        }
        let mut named = IndexMap::new();
        let mut values = Vec::new();
        for expression in expressions {
            let (name, value) = match &expression.kind {
                ExpressionKind::Named(name, value) => (Some(name), &**value),
                _ => (None, expression),
            };
            let argument = self.evaluate_apart(value)?;
            if let Some(recorder) = &mut self.recorder {
                let joined = recorder.joined(recorder.current(), argument.origin);
                recorder.set_current(joined);
            }
            match name {
                Some(name) => _ = named.insert(name.clone(), argument),
                None => values.push(argument),
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
        if let Some(called) = called {
            let (values, named) = self.arguments_apart(arguments)?;
            return self.call_macro(&called, values, named, span);
        }
        let (values, named) = self.arguments(arguments)?;
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
        values: Vec<Bound>,
        mut named: IndexMap<Rc<str>, Bound>,
        span: Span,
    ) -> Result<Value, TemplateFault> {
        let DefinedMacro { definition: called, level, defaults } = called;
        let mut scope = self.scopes.get(*level).cloned().unwrap_or_default();
        self.budget.spend((scope.values.len() + scope.macros.len() + called.parameters.len()) as u64, span)?;
        let mut values = values.into_iter();
        for ((parameter, _), default) in called.parameters.iter().zip(defaults.iter()) {
            // A named argument overrides a positional one (AbstractCallableMethod.java).
            let positional = values.next();
            let value = named.shift_remove(parameter).or(positional).unwrap_or_else(|| default.clone());
            scope.values.insert(parameter.clone(), value);
        }
        let origin = self.current_origin();
        let rest = Value::list(values.map(|argument| argument.value).collect());
        let named = Value::map(named.into_iter().map(|(name, argument)| (name, argument.value)).collect());
        scope.values.insert(Rc::from("varargs"), Bound { value: rest, origin });
        scope.values.insert(Rc::from("kwargs"), Bound { value: named, origin });
        self.scopes.push(scope);
        self.running.push(called.name.clone());
        let (depth, scopes, running) = (self.depth, self.scopes.len() - 1, self.running.len() - 1);
        let mark = self.recorder.as_ref().map(|recorder| recorder.mark());
        let result = self.text_of(&called.body);
        // A fault in the body leaves levels, scopes and conditions open.
        self.depth = depth;
        self.scopes.truncate(scopes);
        self.running.truncate(running);
        if let (Some(mark), Some(recorder)) = (mark, &mut self.recorder) {
            recorder.leave(mark);
        }
        result.map(Value::Text)
    }
}
