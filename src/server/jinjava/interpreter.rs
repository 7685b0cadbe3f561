//! Renders a template with the values of a home, within limits of work, memory and nesting.

use std::collections::HashMap;
use std::rc::Rc;

use super::ast::{Branch, Macro, Node, NodeKind, Parsed, Release, Template};
use super::coerce::{Refusal, to_integer, to_text};
use super::expression::{Expression, ExpressionKind};
use super::value::{Map, Shared, Value};
use super::{Effect, TemplateFault, filter, member, operator, predicate};
use crate::source::Span;

/// What a template may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Nodes and parts of expressions that may be evaluated.
    pub steps: u64,
    /// Bytes that may be written, printed text and intermediate strings and lists together.
    pub bytes: usize,
}

impl Default for Limits {
    /// Hundreds of times what the largest template of a product takes: a second, and a few tens of megabytes.
    fn default() -> Self {
        Self { steps: 20_000_000, bytes: 32 << 20 }
    }
}

/// A rendered template.
#[derive(Debug)]
pub struct Rendered {
    /// What it prints.
    pub text: String,
    /// What went wrong, in the order in which it did.
    pub faults: Vec<TemplateFault>,
}

impl Rendered {
    /// Whether the server writes the text: nothing was fatal, and this implementation could follow everything.
    pub fn is_written(&self) -> bool {
        self.faults.iter().all(|fault| fault.effect == Effect::Ignored)
    }
}

/// Renders `template` with the names of `root`.
pub fn render(template: &Template, release: Release, root: &Value, limits: Limits) -> Rendered {
    let mut interpreter = Interpreter {
        root,
        release,
        scopes: vec![Scope { shows_root: true, ..Scope::default() }],
        namespaces: Vec::new(),
        running: Vec::new(),
        depth: 0,
        steps: limits.steps,
        bytes: limits.bytes,
        faults: template.faults.clone(),
    };
    let mut text = String::new();
    if let Err(fault) = interpreter.nodes(&template.nodes, &mut text) {
        interpreter.faults.push(fault);
    }
    Rendered { text, faults: interpreter.faults }
}

/// How deeply values may be rendered as templates, and macros, tags and parts of expressions lie in each other.
const MAX_DEPTH: usize = 110;

/// How deeply values that contain templates are rendered (JinjavaConfig.java, maxRenderDepth).
const MAX_NESTED: usize = 10;

/// More faults than anybody reads; only a hostile template has as many.
const MAX_FAULTS: usize = 1000;

/// What `set`, loops and macros have named at one place.
#[derive(Debug, Default, Clone)]
struct Scope {
    values: HashMap<Rc<str>, Value>,
    macros: HashMap<Rc<str>, Called>,
    /// Whether the configuration is in it: in the outermost scope, and in that of a macro that was defined there.
    shows_root: bool,
}

/// A macro with the scope that it was defined in, and its defaults, which are worked out there and then (MacroTag.java).
#[derive(Debug, Clone)]
struct Called {
    definition: Rc<Macro>,
    level: usize,
    defaults: Rc<[Value]>,
}

struct Interpreter<'a> {
    root: &'a Value,
    release: Release,
    /// What `set` and loops have named, outermost first. An `if` opens none, and a loop one for all its rounds.
    scopes: Vec<Scope>,
    /// The maps that `set` may change: those that `namespace` has made.
    namespaces: Vec<Rc<Shared<Map>>>,
    /// The macros that are being called: none calls itself.
    running: Vec<Rc<str>>,
    depth: usize,
    steps: u64,
    bytes: usize,
    faults: Vec<TemplateFault>,
}

/// Stops the rendering: a limit was reached, or a tag is broken.
type Stop = TemplateFault;

impl Interpreter<'_> {
    fn nodes(&mut self, nodes: &[Node], out: &mut String) -> Result<(), Stop> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(TemplateFault::unsupported(nodes.first().map_or(Span::default(), |node| node.span), "nested too deeply"));
        }
        for node in nodes {
            self.node(node, out)?;
        }
        self.depth -= 1;
        Ok(())
    }

    fn step(&mut self, span: Span) -> Result<(), Stop> {
        self.steps = self
            .steps
            .checked_sub(1)
            .ok_or_else(|| TemplateFault::unsupported(span, "the template does more work than is allowed"))?;
        Ok(())
    }

    fn allocate(&mut self, bytes: usize, span: Span) -> Result<(), Stop> {
        let left = self.bytes.checked_sub(bytes);
        self.bytes = left.ok_or_else(|| TemplateFault::unsupported(span, "the template writes more than is allowed"))?;
        Ok(())
    }

    fn write(&mut self, out: &mut String, text: &str, span: Span) -> Result<(), Stop> {
        self.allocate(text.len(), span)?;
        out.push_str(text);
        Ok(())
    }

    fn node(&mut self, node: &Node, out: &mut String) -> Result<(), Stop> {
        self.step(node.span)?;
        match &node.kind {
            NodeKind::Text(text) => self.write(out, text, node.span),
            NodeKind::Print(expression) => {
                let value = self.resolve(expression)?;
                if matches!(value, Value::Array(_)) {
                    return Err(TemplateFault::unsupported(
                        node.span,
                        "a printed array is an address in memory, which nobody can foretell",
                    ));
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
            NodeKind::If(branches) => match self.taken(branches)? {
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
                    return Err(TemplateFault::unsupported(node.span, "a filter on a `set` block is not followed"));
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
                let defaults = defaults.collect::<Result<Vec<Value>, Stop>>()?.into();
                let level = self.scopes.len() - 1;
                let called = Called { definition: defined.clone(), level, defaults };
                self.scopes[level].macros.insert(defined.name.clone(), called);
                Ok(())
            }
            NodeKind::Block(body) => self.nodes(body, out),
            NodeKind::Else(_) => Ok(()),
            NodeKind::Broken(fault) => Err(fault.clone()),
        }
    }

    /// The first branch whose condition holds.
    fn taken<'b>(&mut self, branches: &'b [Branch]) -> Result<Option<&'b Branch>, Stop> {
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

    fn run_loop(
        &mut self,
        names: &[Rc<str>],
        collection: &Parsed,
        body: &[Node],
        span: Span,
        out: &mut String,
    ) -> Result<(), Stop> {
        let items = self.resolve(collection)?.iterated();
        self.allocate(items.len() * size_of::<Value>(), span)?;
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
                (_, Value::List(_)) if self.release < Release::Since25 => {}
                (_, Value::List(parts)) => {
                    for (number, name) in names.iter().enumerate() {
                        let part = parts.borrow().get(number).cloned();
                        self.put(
                            name,
                            part.ok_or_else(|| TemplateFault::fatal(span, "an item of the loop has fewer parts than names"))?,
                        );
                    }
                }
                (_, Value::Null) if !names.is_empty() => {
                    return Err(TemplateFault::fatal(span, "an item of the loop is nothing and has no parts"));
                }
                // Other things are asked for their properties of these names; maps and strings have none.
                _ => {}
            }
            self.nodes(body, out)?;
        }
        self.scopes.pop();
        Ok(())
    }

    fn set(&mut self, names: &[Rc<str>], values: &[Value], span: Span) -> Result<(), Stop> {
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
                return Err(TemplateFault::fatal(span, "`set` has another number of values than of names"));
            }
            _ => names.iter().zip(values).for_each(|(name, value)| self.put(name, value.clone())),
        }
        Ok(())
    }

    fn put(&mut self, name: &str, value: Value) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.values.insert(Rc::from(name), value);
        }
    }

    /// The value of a name. One that is set to nothing is looked for further out (ScopeMap.java), but the configuration is in the
    /// outermost scope itself, and what is set there takes its place.
    fn look_up(&self, name: &str) -> Value {
        for scope in self.scopes.iter().rev() {
            let value = match scope.values.get(name) {
                Some(value) => value.clone(),
                None if scope.shows_root => member::property(self.root, name),
                None => Value::Null,
            };
            if !matches!(value, Value::Null) {
                return value;
            }
        }
        Value::Null
    }

    /// A printed value that looks like a template is rendered as one.
    fn print_nested(&mut self, text: &Rc<str>, span: Span, out: &mut String) -> Result<(), Stop> {
        let nested = self.running.iter().filter(|name| &***name == NESTED).count();
        if nested >= MAX_NESTED {
            return self.write(out, text, span);
        }
        self.allocate(text.len(), span)?;
        let template = Template::parse(text, self.release);
        // Its places are places of the value; what is wrong is told at the expression that prints it.
        let before = self.faults.len();
        self.faults.extend(template.faults.iter().cloned());
        self.running.push(Rc::from(NESTED));
        let rendered = self.nodes(&template.nodes, out);
        self.running.pop();
        for fault in &mut self.faults[before..] {
            fault.span = span;
            fault.message = format!("the printed value looks like a template: {}", fault.message);
        }
        rendered.map_err(|fault| TemplateFault { span, ..fault })
    }

    /// The value of an expression; nothing where it has none, which is a fault.
    fn resolve(&mut self, expression: &Parsed) -> Result<Value, Stop> {
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

    fn report(&mut self, fault: TemplateFault) {
        let is_new = |faults: &[TemplateFault]| match faults.len() {
            0..MAX_FAULTS => !faults.contains(&fault),
            _ => fault.effect != Effect::Ignored && faults.iter().all(|other| other.effect == Effect::Ignored),
        };
        if is_new(&self.faults) {
            self.faults.push(fault);
        }
    }

    /// Counts the work of an operation that may read all of `values`.
    fn work<'v>(&mut self, values: impl IntoIterator<Item = &'v Value>, span: Span) -> Result<(), Stop> {
        for value in values {
            let weight = value.weight(self.steps);
            let left = self.steps.checked_sub(weight.saturating_sub(1));
            self.steps = left.ok_or_else(|| TemplateFault::unsupported(span, "the template does more work than is allowed"))?;
        }
        Ok(())
    }

    /// A filter or a test that does not exist gives nothing, and the expression goes on with it.
    fn or_nothing(&mut self, value: Result<Value, TemplateFault>) -> Result<Value, TemplateFault> {
        match value {
            Err(fault) if fault.effect == Effect::Ignored => {
                self.report(fault);
                Ok(Value::Null)
            }
            value => value,
        }
    }

    fn evaluate(&mut self, expression: &Expression) -> Result<Value, TemplateFault> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(TemplateFault::unsupported(expression.span, "nested too deeply"));
        }
        let value = self.value(expression);
        self.depth -= 1;
        value
    }

    #[expect(clippy::too_many_lines, reason = "one arm for each kind of expression")]
    fn value(&mut self, expression: &Expression) -> Result<Value, TemplateFault> {
        use ExpressionKind as K;
        let span = expression.span;
        self.step(span)?;
        let refused = |refusal: Refusal| TemplateFault { span, message: refusal.message, effect: refusal.effect };
        let value = match &expression.kind {
            K::Null => Value::Null,
            K::Boolean(boolean) => Value::Boolean(*boolean),
            K::Integer(number) => Value::Integer(*number),
            K::Double(number) => Value::Double(*number),
            K::Text(text) => Value::Text(text.clone()),
            K::Name(name) => self.look_up(name),
            K::Property(base, name) => member::property_of(&self.evaluate(base)?, name).map_err(refused)?,
            K::Index(base, index) => {
                let base = self.evaluate(base)?;
                let index = self.evaluate(index)?;
                self.work([&index], span)?;
                member::property_of(&base, &to_text(&index)).map_err(refused)?
            }
            K::Slice(base, from, to) => {
                let base = self.evaluate(base)?;
                let from = from.as_deref().map(|from| self.evaluate(from)).transpose()?;
                let to = to.as_deref().map(|to| self.evaluate(to)).transpose()?;
                let value = slice(&base, from.as_ref(), to.as_ref(), self.release).map_err(refused)?;
                self.charge(&value, span)?;
                value
            }
            K::Method(base, name, arguments) => {
                let base = self.evaluate(base)?;
                let arguments = self.each(arguments)?;
                if matches!(base, Value::Null) {
                    self.report(TemplateFault::ignored(span, &format!("`{name}` is called on nothing")));
                }
                self.work(&arguments, span)?;
                // Every item of the base may be held against an argument.
                let most = arguments.iter().map(|argument| argument.weight(self.steps)).max().unwrap_or(1);
                self.spend(size(&base).saturating_mul(most), span)?;
                if let ("extend" | "addAll" | "update" | "putAll" | "append" | "add" | "insert" | "put", Some(added)) =
                    (&**name, arguments.last())
                {
                    self.charge(added, span)?;
                    self.allocate(size_of::<Value>(), span)?;
                }
                let value = member::call(&base, name, &arguments, self.release).map_err(refused)?;
                self.charge(&value, span)?;
                value
            }
            K::Function(name, arguments) => self.call(name, arguments, span)?,
            K::Filter(base, name, arguments) => {
                let base = self.evaluate(base)?;
                let (arguments, named) = self.arguments(arguments)?;
                self.work(arguments.iter().chain(named.values()).chain([&base]), span)?;
                if &**name == "unique" {
                    self.spend(base.weight(self.steps).saturating_mul(size(&base)), span)?;
                }
                let applied = filter::apply(name, &base, &arguments, &named, self.release).map_err(refused);
                let value = self.or_nothing(applied)?;
                self.charge(&value, span)?;
                value
            }
            K::Test { of, name, negated, argument } => {
                let of = self.evaluate(of)?;
                let argument = argument.as_ref().map(|argument| self.evaluate(argument)).transpose()?;
                if let Some(argument) = &argument {
                    self.work([&of, argument], span)?;
                }
                let held = predicate::holds(name, &of, argument.as_ref(), self.release).map_err(refused);
                self.or_nothing(held.map(|holds| Value::Boolean(holds != *negated)))?
            }
            K::Unary(operation, operand) => {
                let operand = self.evaluate(operand)?;
                operator::apply_unary(operation, &operand).map_err(refused)?
            }
            K::Binary(operation, left, right) => {
                let left = self.evaluate(left)?;
                let right = self.evaluate(right)?;
                if !matches!(left, Value::Null) && !matches!(right, Value::Null) {
                    self.work([&left, &right], span)?;
                }
                let value = operator::apply(operation, &left, &right, self.release).map_err(refused)?;
                self.charge(&value, span)?;
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
                self.allocate(parts.len() * size_of::<Value>(), span)?;
                Value::list(self.each(parts)?)
            }
            K::Map(entries) => {
                let mut map = Map::new();
                for (key, value) in entries {
                    map.insert(key.clone(), self.evaluate(value)?);
                }
                Value::map(map)
            }
            K::Named(..) => return Err(TemplateFault::fatal(span, "`=` is no operator; `set` gives a name a value")),
        };
        Ok(value)
    }

    fn each(&mut self, expressions: &[Expression]) -> Result<Vec<Value>, TemplateFault> {
        expressions.iter().map(|expression| self.evaluate(expression)).collect()
    }

    /// The arguments, those with a name apart.
    fn arguments(&mut self, expressions: &[Expression]) -> Result<(Vec<Value>, Map), TemplateFault> {
        let named_first = expressions.iter().position(|expression| matches!(expression.kind, ExpressionKind::Named(..)));
        let behind = named_first.is_some_and(|first| first + 1 < expressions.len());
        if behind
            && expressions
                .iter()
                .skip(named_first.unwrap_or(0))
                .any(|expression| !matches!(expression.kind, ExpressionKind::Named(..)))
        {
            return Err(TemplateFault::unsupported(
                expressions[0].span,
                "an argument without a name behind one with a name is not followed",
            ));
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

    /// Counts the memory of a value that an operation has made.
    fn charge(&mut self, value: &Value, span: Span) -> Result<(), Stop> {
        match value {
            Value::Text(text) => self.allocate(text.len(), span),
            Value::List(items) | Value::Array(items) => self.allocate(items.borrow().len() * size_of::<Value>(), span),
            Value::Map(map) => self.allocate(map.borrow().len() * 2 * size_of::<Value>(), span),
            _ => Ok(()),
        }
    }

    fn spend(&mut self, steps: u64, span: Span) -> Result<(), Stop> {
        self.steps = self
            .steps
            .checked_sub(steps)
            .ok_or_else(|| TemplateFault::unsupported(span, "the template does more work than is allowed"))?;
        Ok(())
    }

    fn call(&mut self, name: &Rc<str>, arguments: &[Expression], span: Span) -> Result<Value, TemplateFault> {
        let called = self.scopes.iter().rev().find_map(|scope| scope.macros.get(name)).cloned();
        // Before its arguments are even looked at (AstMacroFunction.java).
        if called.is_some() && self.running.contains(name) {
            self.report(TemplateFault::ignored(span, &format!("the macro `{name}` calls itself, which prints nothing")));
            return Ok(Value::text(""));
        }
        let (values, mut named) = self.arguments(arguments)?;
        if let Some(called) = called {
            return self.call_macro(&called, values, &mut named, span);
        }
        match &**name {
            "namespace" if self.release >= Release::Since25 => {
                let mut space = match values.first() {
                    Some(Value::Map(map)) => map.borrow().clone(),
                    _ => Map::new(),
                };
                space.extend(named);
                let space = Value::map(space);
                self.charge(&space, span)?;
                if let Value::Map(map) = &space {
                    self.namespaces.push(map.clone());
                }
                Ok(space)
            }
            "range" if values.is_empty() => Err(TemplateFault::fatal(span, "`range` expects a number")),
            "range" => {
                self.allocate(1000 * size_of::<Value>(), span)?;
                let number = |at: usize, default: i64| values.get(at).map_or(Ok(default), to_integer);
                let refused = |refusal: Refusal| TemplateFault::fatal(span, &refusal.message);
                let (from, to) = if values.len() < 2 {
                    (0, number(0, 0).map_err(refused)?)
                } else {
                    (number(0, 0).map_err(refused)?, number(1, 0).map_err(refused)?)
                };
                let step = number(2, 1).map_err(refused)?;
                // Fn.java keeps a range to 1000 numbers.
                let numbers = std::iter::successors(Some(from), |number| number.checked_add(step));
                let numbers = numbers.take_while(|number| if step < 0 { *number > to } else { *number < to }).take(1000);
                Ok(Value::list(if step == 0 { Vec::new() } else { numbers.map(Value::Integer).collect() }))
            }
            "type" | "today" | "datetimeformat" | "unixtimestamp" | "truncate" | "strtotime" | "strtodate" | "super" => {
                Err(TemplateFault::unsupported(span, &format!("the function `{name}` is not followed")))
            }
            _ => Err(TemplateFault::fatal(span, &format!("there is no function or macro `{name}`"))),
        }
    }

    /// Runs a macro in a scope of its own, on top of the scopes of its caller (MacroFunction.java).
    fn call_macro(&mut self, called: &Called, values: Vec<Value>, named: &mut Map, span: Span) -> Result<Value, TemplateFault> {
        let Called { definition: called, level, defaults } = called;
        let mut scope = self.scopes.get(*level).cloned().unwrap_or_default();
        self.spend((scope.values.len() + scope.macros.len()) as u64, span)?;
        let mut values = values.into_iter();
        for ((parameter, _), default) in called.parameters.iter().zip(defaults.iter()) {
            // An argument by name counts even where one at its place is given too (AbstractCallableMethod.java).
            let at_its_place = values.next();
            let value = named.shift_remove(parameter).or(at_its_place).unwrap_or_else(|| default.clone());
            scope.values.insert(parameter.clone(), value);
        }
        scope.values.insert(Rc::from("varargs"), Value::list(values.collect()));
        scope.values.insert(Rc::from("kwargs"), Value::map(std::mem::take(named)));
        self.scopes.push(scope);
        self.running.push(called.name.clone());
        let mut text = String::new();
        let (depth, scopes, running) = (self.depth, self.scopes.len() - 1, self.running.len() - 1);
        let result = self.nodes(&called.body, &mut text);
        // A fault in its middle leaves what it has entered.
        self.depth = depth;
        self.scopes.truncate(scopes);
        self.running.truncate(running);
        result?;
        Ok(Value::text(text))
    }
}

/// Stands in the list of running macros for a value that is rendered as a template; no macro can have this name.
const NESTED: &str = "{{";

/// `base[from:to]`
fn slice(base: &Value, from: Option<&Value>, to: Option<&Value>, release: Release) -> Result<Value, Refusal> {
    // The end that is written, or the one that the base has.
    let bound = |written: Option<&Value>, default: usize| match written {
        None => Ok(Some(i64::try_from(default).unwrap_or(i64::MAX))),
        Some(Value::Null) => Ok(None),
        Some(number @ (Value::Integer(_) | Value::Double(_))) => to_integer(number).map(Some),
        Some(_) => Err(Refusal::from("the end of a slice is no number")),
    };
    let within = |bound: i64, length: usize| {
        let from_end = usize::try_from(bound.unsigned_abs()).unwrap_or(usize::MAX);
        if bound < 0 { length.checked_sub(from_end) } else { Some(from_end.min(length)) }
    };
    match base {
        Value::List(items) | Value::Array(items) => {
            let items = items.borrow();
            if release < Release::Since25 {
                return Err(Refusal::not_followed("a slice before Jinjava 2.5"));
            }
            // Nothing as an end gives an empty list, and what lies before the beginning begins there.
            let (Some(from), Some(to)) = (bound(from, 0)?, bound(to, items.len())?) else { return Ok(Value::list(Vec::new())) };
            let (from, to) = (within(from, items.len()).unwrap_or(0), within(to, items.len()).unwrap_or(0));
            Ok(Value::list(items.get(from..to).unwrap_or_default().to_vec()))
        }
        Value::Text(text) if text.is_empty() && release >= Release::Since27 => Ok(base.clone()),
        Value::Text(text) => {
            let units: Vec<u16> = text.encode_utf16().collect();
            let default = |written: Option<i64>, default: usize| written.unwrap_or(i64::try_from(default).unwrap_or(i64::MAX));
            let (from, to) = (default(bound(from, 0)?, 0), default(bound(to, units.len())?, units.len()));
            let outside = || Refusal::from("an index is out of range");
            let to = within(to, units.len());
            let from = match usize::try_from(from) {
                Ok(from) => Some(from),
                Err(_) => within(from, units.len()),
            };
            match (from, to) {
                (Some(from), Some(to)) if from > to => Ok(Value::text("")),
                (Some(from), Some(to)) => Ok(Value::text(member::text_of(&units[from..to]))),
                (Some(_), None) => Ok(Value::text("")),
                (None, _) => Err(outside()),
            }
        }
        // It takes the value of the whole expression with it (PropertyNotFoundException).
        Value::Null => Err(Refusal::ignored("a slice of nothing".to_owned())),
        _ => Err("a slice of what is no list".into()),
    }
}

/// How many items an operation on `value` may look at.
fn size(value: &Value) -> u64 {
    match value {
        Value::List(items) | Value::Array(items) => items.borrow().len() as u64,
        Value::Text(text) => text.len() as u64 / 100,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root() -> Value {
        let list = |texts: &[&str]| Value::list(texts.iter().map(|text| Value::text(*text)).collect());
        let entry = |name: &str, value: Value| (Rc::from(name), value);
        Value::map(Map::from([
            entry("t", Value::Boolean(true)),
            entry("s", Value::text("abc")),
            entry("csv", Value::text("a,b,,c,,")),
            entry("ls", list(&["a", "b", "c"])),
            entry("m", Value::map(Map::from([entry("k", Value::text("v"))]))),
        ]))
    }

    /// What is printed, or the gravest fault.
    fn shown(template: &str, release: Release) -> Result<String, Effect> {
        let rendered = render(&Template::parse(template, release), release, &root(), Limits::default());
        match rendered.faults.iter().map(|fault| fault.effect).max() {
            Some(effect @ (Effect::Fatal | Effect::Unsupported)) => Err(effect),
            _ => Ok(rendered.text),
        }
    }

    fn check(cases: &[(&str, &str)]) {
        for (template, expected) in cases {
            assert_eq!(shown(template, Release::Since27).as_deref(), Ok(*expected), "{template}");
        }
    }

    #[test]
    fn a_test_before_if_or_else_has_no_argument() {
        check(&[
            ("{{ 'a' if undef is defined else s }}", "abc"),
            ("{{ s if s is defined else undef }}", "abc"),
            ("{{ t ? 1 else 2 }}", "1"),
        ]);
        assert_eq!(shown("{{ 1 if t : 2 }}", Release::Since27), Err(Effect::Fatal));
    }

    #[test]
    fn a_test_or_filter_that_does_not_exist_gives_nothing_and_the_expression_goes_on() {
        check(&[
            ("{{ not (s is nosuch) }}{{ (s is not nosuch) ~ 'a' }}", "truea"),
            ("{{ s|nosuch|default('q') }}{{ (s|nosuch) or 'x' }}", "qx"),
        ]);
    }

    #[test]
    fn a_macro_that_calls_itself_does_not_look_at_its_arguments() {
        check(&[("{% macro f(n) %}{{ n }}{{ f(-ls) }}{% endmacro %}{{ f(1) }}", "1")]);
    }

    #[test]
    fn before_2_6_a_comma_in_parentheses_makes_a_tuple() {
        let template = "{{ (s.replace('a','b')) }}";
        assert_eq!(shown(template, Release::Since25).as_deref(), Ok("[bbc]"));
        assert_eq!(shown(template, Release::Since26).as_deref(), Ok("bbc"));
    }

    #[test]
    fn comparisons_do_not_chain() {
        check(&[("{{ 1 < 2 == true }}{{ (1 < 2) in [true] }}", "truetrue")]);
        for template in ["{{ 1 < 2 < 3 }}", "{{ 1 in [1] in [true] }}", "{{ 1 in [1] not in [true] }}", "{{ 1 not in [1] > 2 }}"]
        {
            assert_eq!(shown(template, Release::Since27), Err(Effect::Fatal), "{template}");
        }
    }

    #[test]
    fn a_macro_has_its_defaults_from_where_it_is_defined() {
        check(&[
            ("{% macro f(a=s) %}{{ a }}{% endmacro %}{% set s = 'new' %}{{ f() }}", "abc"),
            ("{% macro f(a=[1,2]) %}{{ a }}{% endmacro %}{{ f() }}", "[1, 2]"),
            ("{% macro f(a, b) %}{{ a }}-{{ b }}{% endmacro %}{{ f(b=1) }}{{ f(1,a=2) }}", "-12-"),
            ("{% for x in ls %}{% macro f() %}{{ x }}{% endmacro %}{{ f() }}{% endfor %}", "abc"),
        ]);
        let outside = "{% for x in ls %}{% macro f() %}{{ x }}{% endmacro %}{% endfor %}{{ f() }}";
        assert_eq!(shown(outside, Release::Since27), Err(Effect::Fatal));
        assert_eq!(shown("{% macro f(a=')') %}{{ a }}{% endmacro %}{{ f() }}", Release::Since27), Err(Effect::Fatal));
    }

    #[test]
    fn a_macro_of_the_outermost_scope_sees_the_configuration_before_a_loop() {
        check(&[("{% macro f() %}{{ s }}{% endmacro %}{% for s in ls %}{{ f() }}{{ s }}{% endfor %}", "abcaabcbabcc")]);
    }

    #[test]
    fn nothing_takes_the_place_of_the_configuration() {
        check(&[("{% set s = null %}{{ s }}|", "|"), ("{% for x in ls %}{% set s = null %}{{ s }}{% endfor %}", "abcabcabc")]);
    }

    #[test]
    fn only_a_namespace_can_be_changed_by_set() {
        check(&[("{% set ns = namespace(a=1) %}{% set ns.a = 2 %}{{ ns.a }}", "2"), ("{% set m.k = 1 %}{{ m.k }}", "v")]);
    }

    #[test]
    fn ends_of_a_slice_count_from_the_end_when_negative() {
        check(&[
            ("{{ ls[-1:] }}{{ ls[0:-1] }}{{ ls[:2] }}{{ ls[2:9] }}", "[c][a, b][a, b][c]"),
            ("{{ s[-1:] }}{{ s[0:-1] }}|{{ s[2:1] }}|", "cab||"),
            ("{{ ls[undef:2] }}", "[]"),
            ("{{ undef['a':] }}{{ not undef[0:1] }}", ""),
        ]);
        assert_eq!(shown("{{ m[0:1] }}", Release::Since27), Err(Effect::Fatal));
    }

    #[test]
    fn what_split_gives_is_an_array() {
        check(&[
            ("{{ csv.split(',')[1] }}{{ csv.split(',')|length }}{{ csv.split(',')|join('-') }}", "b4a-b--c"),
            ("{{ 'b' in csv.split(',') }}{{ 'b' in csv.split(',')|list }}", "falsetrue"),
            ("{% for x in csv.split(',') %}{{ x }};{% endfor %}", "a;b;;c;"),
        ]);
        assert_eq!(shown("{{ csv.split(',').toList() }}", Release::Since27), Err(Effect::Fatal));
        assert_eq!(shown("{{ csv.split(',') }}", Release::Since27), Err(Effect::Unsupported));
    }

    #[test]
    fn filters_for_text_leave_other_values_alone() {
        check(&[
            ("{{ ls|upper }}{{ t|capitalize }}{{ s|upper }}", "[a, b, c]trueABC"),
            ("{{ undef|trim }}{{ t|reverse }}{{ '2.5'|int }}{{ '2.5'|float }}", "nulltrue22.5"),
            ("{{ '<\"'|escape }}{{ 'aaa'|replace('a','b',2) }}", "&lt;&quot;bba"),
        ]);
        assert_eq!(shown("{{ s|abs }}", Release::Since27), Err(Effect::Fatal));
    }

    #[test]
    fn tags_that_are_none_or_lack_something() {
        check(&[
            ("{% IF t %}a{% EndIf %}", "a"),
            ("{% for in ls %}a{% endfor %}", "aaa"),
            ("{% for x in %}a{% endfor %}", ""),
            ("{% if undef %}a{% elif %}b{% endif %}", ""),
            ("a{% endif %}b", "ab"),
        ]);
        for template in ["{% endnosuch %}", "{% block %}x{% endblock %}", "{% set = 1 %}", "{{ () }}", "{{ range() }}"] {
            assert_eq!(shown(template, Release::Since27), Err(Effect::Fatal), "{template}");
        }
    }

    #[test]
    fn white_space_control_of_tags_without_an_end_differs_by_release() {
        for (template, before, since) in [
            ("{% if undef -%}  x{% else -%}  y{% endif %}", "  y", "y"),
            ("a  {%- print s -%}  b", "aabc  b", "aabcb"),
            ("a {%- endif -%} b", "a b", "ab"),
            ("a\n {# c #} {%- if t %}{% endif %}", "a", "a"),
        ] {
            assert_eq!(shown(template, Release::Since26).as_deref(), Ok(before), "{template}");
            assert_eq!(shown(template, Release::Since27).as_deref(), Ok(since), "{template}");
        }
        // Texts on both sides of a comment are one from 2.6 on only.
        assert_eq!(shown("a\n {# c #} {%- if t %}{% endif %}", Release::Since25).as_deref(), Ok("a\n "));
        check(&[("x\u{a0} {%- if t %}y{% endif %}", "x\u{a0}y")]);
    }

    #[test]
    fn before_2_6_comparisons_chain_and_in_2_4_a_test_takes_all_behind_it() {
        assert_eq!(shown("{{ 3 > 2 == true }}{{ 1 in [1] in [true] }}", Release::Since25).as_deref(), Ok("truetrue"));
        let template = "{% for x in ls + undef.a %}{{ x }};{% endfor %}";
        assert_eq!(shown(template, Release::Until24).as_deref(), Ok("a;b;c;;"));
        assert_eq!(shown("{% for x in ls if t else ls %}{{ x }}{% endfor %}", Release::Until24), Err(Effect::Unsupported));
        let template = "{{ t is not sameas true && undef }}";
        assert_eq!(shown(template, Release::Until24).as_deref(), Ok("true"));
        assert_eq!(shown(template, Release::Since25).as_deref(), Ok("false"));
    }

    #[test]
    fn jinjava_2_4_lacks_much() {
        for template in
            ["{{ 1 not in ls }}", "{{ s is eq 'abc' }}", "{{ ls.pop() }}", "{{ namespace() }}", "{% set x %}a{% endset %}"]
        {
            assert_eq!(shown(template, Release::Until24), Err(Effect::Fatal), "{template}");
            assert!(shown(template, Release::Since27).is_ok(), "{template}");
        }
        let cases =
            [("{{ 'k' in m }}", "false"), ("{{ 1 is integer }}", ""), ("{% for a,b in [['p','q']] %}{{ a }};{% endfor %}", ";")];
        for (template, expected) in cases {
            assert_eq!(shown(template, Release::Until24).as_deref(), Ok(expected), "{template}");
        }
    }

    /// A hostile template ends, and says why.
    #[test]
    fn a_hostile_template_ends() {
        let deep = |open: &str, middle: &str, close: &str, times: usize| {
            format!("{}{middle}{}", open.repeat(times), close.repeat(times))
        };
        let towers = "{% set a = [] %}{% set b = [] %}".to_owned() + &"{% set a = [a,a] %}{% set b = [b,b] %}".repeat(60);
        let thousands = "{% for x in range(1000) %}{% for y in range(1000) %}{% for z in range(1000) %}";
        let loops = |body: &str| format!("{thousands}{body}{}", "{% endfor %}".repeat(3));
        let defined = |at: usize| {
            let call = deep("(1 + ", &format!("f{}()", at + 1), ")", 38);
            format!("{{% macro f{at}() %}}{{{{ {call} }}}}{{% endmacro %}}")
        };
        let macros = (0..200).map(defined).collect::<Vec<_>>().concat();
        for template in [
            format!("{{{{ {} }}}}", deep("(", "1", ")", 5000)),
            format!("{{{{ {}1 }}}}", "not ".repeat(5000)),
            deep("{% if t %}", "x", "{% endif %}", 5000),
            format!("{macros}{{{{ f0() }}}}"),
            format!("{towers}{{{{ a == b }}}}{{{{ a.contains(b) }}}}{{{{ a|unique|length }}}}"),
            "{% set l = ['x'] %}".to_owned() + &loops("{% do l.extend(l) %}"),
            "{% set l = [] %}".to_owned() + &loops("{% do l.append(l.size()) %}{% if l.contains(-1) %}{% endif %}"),
            "{% set s = 'x' %}".to_owned() + &loops("{% set s = s ~ s %}"),
            "{% set e = {'a': 1} %}".to_owned() + &loops("{% set e = {'a': e.items()} %}"),
            "{% set e = [1] %}".to_owned() + &loops("{% set e = [e]|reverse %}"),
            "{% set m = {} %}".to_owned() + &loops("{% do m.put(x ~ y ~ z, [m.size()]) %}"),
        ] {
            let limits = Limits { steps: 1_000_000, bytes: 4 << 20 };
            let rendered = render(&Template::parse(&template, Release::Since27), Release::Since27, &root(), limits);
            let gravest = rendered.faults.iter().map(|fault| fault.effect).max();
            assert_eq!(gravest, Some(Effect::Unsupported), "{}", &template[..template.len().min(120)]);
        }
    }
}
