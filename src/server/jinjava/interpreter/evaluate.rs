//! Evaluates expressions.

use super::state::{Bound, Interpreter};
use crate::server::jinjava::ast::ParsedExpression;
use crate::server::jinjava::coerce::to_text;
use crate::server::jinjava::expression::{Expression, ExpressionKind};
use crate::server::jinjava::fault::{Effect, EvaluationError, TemplateFault};
use crate::server::jinjava::source_map::{Origin, Recorder};
use crate::server::jinjava::value::{Map, Value};
use crate::server::jinjava::{filter, member, operator, predicate};
use crate::source::Span;

impl Interpreter<'_> {
    /// The value of an expression, or null and a fault if it has none.
    pub(super) fn resolve(&mut self, expression: &ParsedExpression) -> Result<Value, TemplateFault> {
        self.record(|_| Origin::default());
        let expression = match expression {
            Ok(expression) => expression,
            Err(fault) if fault.effect == Effect::Unsupported => return Err(fault.clone()),
            Err(fault) => {
                self.report(fault.clone());
                return Ok(Value::Null);
            }
        };
        match self.evaluate(expression) {
            Ok(value) => Ok(value),
            Err(fault) if fault.effect == Effect::Unsupported => Err(fault),
            Err(fault) => {
                self.report(fault);
                Ok(Value::Null)
            }
        }
    }

    pub(super) fn evaluate(&mut self, expression: &Expression) -> Result<Value, TemplateFault> {
        self.enter(expression.span)?;
        let outer = self.recorder.as_mut().map(|recorder| recorder.begin());
        let value = self.value(expression);
        if let (Some(outer), Some(recorder)) = (outer, &mut self.recorder) {
            if !keeps_place(&expression.kind) {
                recorder.settle();
            }
            recorder.end(outer, value.as_ref().ok());
        }
        self.depth -= 1;
        value
    }

    /// The same, with the origin of the value alone; empty without a recorder.
    pub(super) fn evaluate_apart(&mut self, expression: &Expression) -> Result<Bound, TemplateFault> {
        let before = self.recorder.as_mut().map(|recorder| recorder.begin());
        let value = self.evaluate(expression)?;
        let origin = self.current_origin();
        if let (Some(before), Some(recorder)) = (before, &mut self.recorder) {
            recorder.set_current(before);
        }
        Ok(Bound { value, origin })
    }

    /// Sets the origin of the expression being evaluated, if there is a recorder.
    fn record(&mut self, origin: impl FnOnce(&mut Recorder) -> Origin) {
        if let Some(recorder) = &mut self.recorder {
            let origin = origin(recorder);
            recorder.set_current(origin);
        }
    }

    /// Evaluates an expression; its parts are one level deeper.
    fn value(&mut self, expression: &Expression) -> Result<Value, TemplateFault> {
        use ExpressionKind as K;
        let span = expression.span;
        self.budget.spend(1, span)?;
        self.check_recorder(span)?;
        let placed = |error: EvaluationError| error.at(span);
        let value = match &expression.kind {
            K::Null => Value::Null,
            K::Boolean(boolean) => Value::Boolean(*boolean),
            K::Integer(number) => Value::Integer(*number),
            K::Double(number) => Value::Double(*number),
            K::Text(text) => Value::Text(text.clone()),
            K::Name(name) => self.look_up(name),
            K::Property(base, name) => {
                let base = self.evaluate(base)?;
                self.budget.spend_scanning(&base, span)?;
                self.record(|recorder| recorder.property(&base, recorder.current(), name));
                member::property_of(&base, name).map_err(placed)?
            }
            K::Index(base, index) => {
                let base = self.evaluate_apart(base)?;
                let index = self.evaluate(index)?;
                self.budget.spend_reading([&index], span)?;
                self.budget.spend_scanning(&base.value, span)?;
                let name = to_text(&index);
                self.record(|recorder| {
                    recorder.settle();
                    let item = recorder.property(&base.value, base.origin, &name);
                    recorder.with(item, recorder.current())
                });
                member::property_of(&base.value, &name).map_err(placed)?
            }
            K::Slice(base, from, to) => self.slice(base, from.as_deref(), to.as_deref(), span)?,
            K::Method(base, name, arguments) => self.method(base, name, arguments, span)?,
            K::Function(name, arguments) => self.call(name, arguments, span)?,
            K::Filter(base, name, arguments) => self.filter(base, name, arguments, span)?,
            K::Test { of, name, negated, argument } => self.test(of, name, *negated, argument.as_deref(), span)?,
            K::Unary(operation, operand) => {
                let operand = self.evaluate(operand)?;
                if *operation == "-" {
                    self.budget.spend_scanning(&operand, span)?;
                }
                operator::apply_unary(operation, &operand).map_err(placed)?
            }
            K::Binary(operation, left, right) => {
                let left = self.evaluate(left)?;
                let right = self.evaluate(right)?;
                let is_with_null = matches!(left, Value::Null) || matches!(right, Value::Null);
                if !(is_with_null && matches!(*operation, "==" | "!=")) {
                    self.budget.spend_reading([&left, &right], span)?;
                }
                let value = operator::apply(operation, &left, &right, self.release).map_err(placed)?;
                self.budget.allocate_value(&value, span)?;
                value
            }
            K::And(left, right) => Value::Boolean(self.evaluate(left)?.is_true() && self.evaluate(right)?.is_true()),
            K::Or(left, right) => {
                let left = self.evaluate(left)?;
                if left.is_true() { left } else { self.evaluate(right)? }
            }
            K::Choice(condition, yes, no) => {
                if self.evaluate(condition)?.is_true() {
                    self.evaluate(yes)?
                } else {
                    self.evaluate(no)?
                }
            }
            K::List(parts) => {
                self.budget.allocate_items(parts.len(), span)?;
                let parts = parts.iter().map(|part| self.evaluate_apart(part)).collect::<Result<Vec<Bound>, TemplateFault>>()?;
                let (values, origins) = parts.into_iter().map(|part| (part.value, part.origin)).unzip();
                let list = Value::list(values);
                self.record(|recorder| recorder.list(&list, origins));
                list
            }
            K::Map(entries) => {
                let mut map = Map::new();
                for (key, value) in entries {
                    map.insert(key.clone(), self.evaluate(value)?);
                }
                Value::map(map)
            }
            K::Named(..) => return Err(TemplateFault::fatal(span, "`=` is not an operator; use `{% set %}` to assign a value")),
        };
        Ok(value)
    }

    /// `base[from:to]`
    fn slice(
        &mut self,
        base: &Expression,
        from: Option<&Expression>,
        to: Option<&Expression>,
        span: Span,
    ) -> Result<Value, TemplateFault> {
        let base = self.evaluate(base)?;
        let from = from.map(|from| self.evaluate(from)).transpose()?;
        let to = to.map(|to| self.evaluate(to)).transpose()?;
        self.budget.spend_scanning(&base, span)?;
        let value = member::slice(&base, from.as_ref(), to.as_ref(), self.release).map_err(|error| error.at(span))?;
        self.budget.allocate_value(&value, span)?;
        Ok(value)
    }

    /// `base.name(arguments)`
    fn method(&mut self, base: &Expression, name: &str, arguments: &[Expression], span: Span) -> Result<Value, TemplateFault> {
        let Bound { value: base, origin } = self.evaluate_apart(base)?;
        let arguments = self.each(arguments)?;
        if matches!(base, Value::Null) {
            self.report(TemplateFault::ignored(span, &format!("`{name}` is called on a missing value")));
        }
        self.budget.use_method(&base, name, &arguments, span)?;
        let is_addition = matches!(name, "extend" | "addAll" | "update" | "putAll" | "append" | "add" | "insert" | "put")
            && !arguments.is_empty();
        if is_addition && let Some(added) = arguments.last() {
            self.budget.allocate_value(added, span)?;
            self.budget.allocate_items(1, span)?;
        }
        let value = member::call(&base, name, &arguments, self.release).map_err(|error| error.at(span))?;
        self.record(|recorder| {
            let read = recorder.current();
            if is_addition || matches!(name, "pop" | "remove" | "clear" | "reverse") {
                recorder.put_into(&base, arguments.last(), read);
            }
            recorder.method((&base, origin), name, (arguments.first(), read), &value)
        });
        self.budget.allocate_value(&value, span)?;
        Ok(value)
    }

    /// `base|name(arguments)`
    fn filter(&mut self, base: &Expression, name: &str, arguments: &[Expression], span: Span) -> Result<Value, TemplateFault> {
        let Bound { value: base, origin } = self.evaluate_apart(base)?;
        let (arguments, named) = self.arguments(arguments)?;
        self.budget.use_filter(&base, name, &arguments, &named, span)?;
        let applied = filter::apply(name, &base, &arguments, &named, self.release).map_err(|error| error.at(span));
        let value = self.or_null(applied)?;
        self.record(|recorder| {
            let read = recorder.current();
            // The default takes the place of a missing value, and none that is there.
            let is_unchanged = matches!(name, "default" | "d") && value.is_same(&base);
            if is_unchanged { origin } else { recorder.joined(origin, read) }
        });
        self.budget.allocate_value(&value, span)?;
        Ok(value)
    }

    /// `of is name argument`
    fn test(
        &mut self,
        of: &Expression,
        name: &str,
        negated: bool,
        argument: Option<&Expression>,
        span: Span,
    ) -> Result<Value, TemplateFault> {
        let value = self.evaluate(of)?;
        let argument = argument.map(|argument| self.evaluate(argument)).transpose()?;
        match &argument {
            Some(argument) => self.budget.spend_reading([&value, argument], span)?,
            None => self.budget.spend_scanning(&value, span)?,
        }
        let outcome = predicate::holds(name, &value, argument.as_ref(), self.release).map_err(|error| error.at(span));
        self.or_null(outcome.map(|holds| Value::Boolean(holds != negated)))
    }

    /// Null and a fault instead of an error that the server ignores, such as an unknown filter; the expression goes on.
    fn or_null(&mut self, value: Result<Value, TemplateFault>) -> Result<Value, TemplateFault> {
        match value {
            Err(fault) if fault.effect == Effect::Ignored => {
                self.report(fault);
                Ok(Value::Null)
            }
            value => value,
        }
    }

    /// The values of all expressions. The origin of the expression around them becomes one that is made of theirs.
    fn each(&mut self, expressions: &[Expression]) -> Result<Vec<Value>, TemplateFault> {
        expressions.iter().map(|expression| self.evaluate(expression)).collect()
    }
}

/// Whether the value of such an expression can be one that the configuration has, rather than one made of others.
fn keeps_place(kind: &ExpressionKind) -> bool {
    use ExpressionKind as K;
    matches!(kind, K::Name(_) | K::Property(..) | K::Index(..) | K::Method(..) | K::Filter(..) | K::Or(..) | K::Choice(..))
}
