//! Renders a template with the values of a home, within limits of work, memory and nesting.

use std::collections::HashMap;
use std::rc::Rc;

use super::convert::{Refusal, to_integer, to_text};
use super::expression::{Expression, ExpressionKind};
use super::tree::{Branch, Macro, Node, NodeKind, Parsed, Release, Template};
use super::value::{Map, Value};
use super::{Fault, Gravity, exptest, filter, member, operator};
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
    pub faults: Vec<Fault>,
}

impl Rendered {
    /// Whether the server writes the text: nothing was fatal, and this implementation could follow everything.
    pub fn is_written(&self) -> bool {
        self.faults.iter().all(|fault| fault.gravity == Gravity::Passed)
    }
}

/// Renders `template` with the names of `root`.
pub fn render(template: &Template, release: Release, root: &Value, limits: Limits) -> Rendered {
    let mut interpreter = Interpreter {
        root,
        release,
        scopes: vec![HashMap::new()],
        macros: HashMap::new(),
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

/// How deeply values may be rendered as templates, and macros and tags lie in each other.
const MAX_DEPTH: usize = 120;

/// How deeply values that contain templates are rendered (JinjavaConfig.java, maxRenderDepth).
const MAX_NESTED: usize = 10;

type Scope = HashMap<Rc<str>, Value>;

struct Interpreter<'a> {
    root: &'a Value,
    release: Release,
    /// What `set` and loops have named, outermost first. An `if` opens none, and a loop one for all its rounds.
    scopes: Vec<Scope>,
    macros: HashMap<Rc<str>, (Rc<Macro>, usize)>,
    /// The macros that are being called: none calls itself.
    running: Vec<Rc<str>>,
    depth: usize,
    steps: u64,
    bytes: usize,
    faults: Vec<Fault>,
}

/// Stops the rendering: a limit was reached, or a tag is broken.
type Stop = Fault;

impl Interpreter<'_> {
    fn nodes(&mut self, nodes: &[Node], out: &mut String) -> Result<(), Stop> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Fault::limit(nodes.first().map_or(Span::default(), |node| node.span), "nested too deeply"));
        }
        for node in nodes {
            self.node(node, out)?;
        }
        self.depth -= 1;
        Ok(())
    }

    fn step(&mut self, span: Span) -> Result<(), Stop> {
        self.steps =
            self.steps.checked_sub(1).ok_or_else(|| Fault::limit(span, "the template does more work than is allowed"))?;
        Ok(())
    }

    fn allocate(&mut self, bytes: usize, span: Span) -> Result<(), Stop> {
        let left = self.bytes.checked_sub(bytes);
        self.bytes = left.ok_or_else(|| Fault::limit(span, "the template writes more than is allowed"))?;
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
                    return Err(Fault::limit(node.span, "a filter on a `set` block is not followed"));
                }
                self.put(name, Value::text(text));
                Ok(())
            }
            NodeKind::Do(expression) => self.resolve(expression).map(|_| ()),
            NodeKind::Macro(defined) => {
                self.macros.insert(defined.name.clone(), (defined.clone(), self.scopes.len() - 1));
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
        self.allocate(items.len(), span)?;
        self.scopes.push(Scope::new());
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
                (_, Value::List(parts)) => {
                    for (number, name) in names.iter().enumerate() {
                        let part = parts.borrow().get(number).cloned();
                        self.put(name, part.ok_or_else(|| Fault::fatal(span, "an item of the loop has fewer parts than names"))?);
                    }
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
                {
                    space.borrow_mut().insert(Rc::from(name), value);
                } else {
                    self.put(name, value);
                }
            }
            _ if names.len() != values.len() => {
                return Err(Fault::fatal(span, "`set` has another number of values than of names"));
            }
            _ => names.iter().zip(values).for_each(|(name, value)| self.put(name, value.clone())),
        }
        Ok(())
    }

    fn put(&mut self, name: &str, value: Value) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.insert(Rc::from(name), value);
        }
    }

    fn look_up(&self, name: &str) -> Value {
        // A name that is set to nothing is looked for further out (Context.java).
        let set = self.scopes.iter().rev().filter_map(|scope| scope.get(name)).find(|value| !matches!(value, Value::Null));
        set.cloned().unwrap_or_else(|| member::property(self.root, name))
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
        rendered.map_err(|fault| Fault { span, ..fault })
    }

    /// The value of an expression; nothing where it has none, which is a fault.
    fn resolve(&mut self, expression: &Parsed) -> Result<Value, Stop> {
        let expression = match expression {
            Ok(expression) => expression,
            Err(fault) if fault.gravity == Gravity::Limit => return Err(fault.clone()),
            Err(fault) => {
                self.report(fault.clone());
                return Ok(Value::Null);
            }
        };
        match self.evaluate(expression) {
            Ok(value) => Ok(value),
            Err(fault) if fault.gravity == Gravity::Limit => Err(fault),
            Err(fault) => {
                self.report(fault);
                Ok(Value::Null)
            }
        }
    }

    fn report(&mut self, fault: Fault) {
        if !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
    }

    fn evaluate(&mut self, expression: &Expression) -> Result<Value, Fault> {
        use ExpressionKind as K;
        let span = expression.span;
        self.step(span)?;
        let refused = |refusal: Refusal| Fault { span, message: refusal.message, gravity: refusal.gravity };
        let value = match &expression.kind {
            K::Null => Value::Null,
            K::Boolean(boolean) => Value::Boolean(*boolean),
            K::Integer(number) => Value::Integer(*number),
            K::Double(number) => Value::Double(*number),
            K::Text(text) => Value::Text(text.clone()),
            K::Name(name) => self.look_up(name),
            K::Property(base, name) => member::property(&self.evaluate(base)?, name),
            K::Index(base, index) => {
                let base = self.evaluate(base)?;
                let index = self.evaluate(index)?;
                member::property(&base, &to_text(&index))
            }
            K::Slice(base, from, to) => {
                let base = self.evaluate(base)?;
                let from = self.optional(from.as_deref())?;
                let to = self.optional(to.as_deref())?;
                slice(&base, &from, &to).map_err(refused)?
            }
            K::Method(base, name, arguments) => {
                let base = self.evaluate(base)?;
                let arguments = self.each(arguments)?;
                if matches!(base, Value::Null) {
                    self.report(Fault::passed(span, &format!("`{name}` is called on nothing")));
                }
                let value = member::call(&base, name, &arguments).map_err(refused)?;
                self.charge(&value, span)?;
                value
            }
            K::Function(name, arguments) => self.call(name, arguments, span)?,
            K::Filter(base, name, arguments) => {
                let base = self.evaluate(base)?;
                let (arguments, named) = self.arguments(arguments)?;
                let value = filter::apply(name, &base, &arguments, &named).map_err(refused)?;
                self.charge(&value, span)?;
                value
            }
            K::Test { of, name, negated, argument } => {
                let of = self.evaluate(of)?;
                let argument = argument.as_ref().map(|argument| self.evaluate(argument)).transpose()?;
                Value::Boolean(exptest::holds(name, &of, argument.as_ref()).map_err(refused)? != *negated)
            }
            K::Unary(operation, operand) => {
                let operand = self.evaluate(operand)?;
                operator::apply_unary(operation, &operand).map_err(refused)?
            }
            K::Binary(operation, left, right) => {
                let left = self.evaluate(left)?;
                let right = self.evaluate(right)?;
                let value = operator::apply(operation, &left, &right).map_err(refused)?;
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
            K::List(parts) => Value::list(self.each(parts)?),
            K::Map(entries) => {
                let mut map = Map::new();
                for (key, value) in entries {
                    map.insert(key.clone(), self.evaluate(value)?);
                }
                Value::map(map)
            }
            K::Named(..) => return Err(Fault::fatal(span, "`=` is no operator; `set` gives a name a value")),
        };
        Ok(value)
    }

    fn optional(&mut self, expression: Option<&Expression>) -> Result<Value, Fault> {
        expression.map_or(Ok(Value::Null), |expression| self.evaluate(expression))
    }

    fn each(&mut self, expressions: &[Expression]) -> Result<Vec<Value>, Fault> {
        expressions.iter().map(|expression| self.evaluate(expression)).collect()
    }

    /// The arguments, those with a name apart.
    fn arguments(&mut self, expressions: &[Expression]) -> Result<(Vec<Value>, Map), Fault> {
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
            Value::List(items) => self.allocate(items.borrow().len() * size_of::<Value>(), span),
            Value::Map(map) => self.allocate(map.borrow().len() * 2 * size_of::<Value>(), span),
            _ => Ok(()),
        }
    }

    fn call(&mut self, name: &Rc<str>, arguments: &[Expression], span: Span) -> Result<Value, Fault> {
        let (values, mut named) = self.arguments(arguments)?;
        if let Some((called, level)) = self.macros.get(name).cloned() {
            return self.call_macro(&called, level, values, &mut named, span);
        }
        match &**name {
            "namespace" => {
                let mut space = match values.first() {
                    Some(Value::Map(map)) => map.borrow().clone(),
                    _ => Map::new(),
                };
                space.extend(named);
                Ok(Value::map(space))
            }
            "range" => {
                let number = |at: usize, default: i64| values.get(at).map_or(Ok(default), to_integer);
                let refused = |refusal: Refusal| Fault::fatal(span, &refusal.message);
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
                Err(Fault::limit(span, &format!("the function `{name}` is not followed")))
            }
            _ => Err(Fault::fatal(span, &format!("there is no function or macro `{name}`"))),
        }
    }

    /// Runs a macro in a scope of its own, on top of the scopes of its caller (MacroFunction.java).
    fn call_macro(
        &mut self,
        called: &Rc<Macro>,
        level: usize,
        values: Vec<Value>,
        named: &mut Map,
        span: Span,
    ) -> Result<Value, Fault> {
        if self.running.contains(&called.name) {
            self.report(Fault::passed(span, &format!("the macro `{}` calls itself, which prints nothing", called.name)));
            return Ok(Value::text(""));
        }
        let mut scope = self.scopes.get(level).cloned().unwrap_or_default();
        let mut values = values.into_iter();
        for (parameter, default) in &called.parameters {
            let value = match (values.next(), named.shift_remove(parameter), default) {
                (Some(value), _, _) | (None, Some(value), _) => value,
                (None, None, Some(default)) => self.resolve(default)?,
                (None, None, None) => Value::Null,
            };
            scope.insert(parameter.clone(), value);
        }
        scope.insert(Rc::from("varargs"), Value::list(values.collect()));
        scope.insert(Rc::from("kwargs"), Value::map(std::mem::take(named)));
        self.scopes.push(scope);
        self.running.push(called.name.clone());
        let mut text = String::new();
        let result = self.nodes(&called.body, &mut text);
        self.running.pop();
        self.scopes.pop();
        result?;
        Ok(Value::text(text))
    }
}

/// Stands in the list of running macros for a value that is rendered as a template; no macro can have this name.
const NESTED: &str = "{{";

/// `base[from:to]`
fn slice(base: &Value, from: &Value, to: &Value) -> Result<Value, Refusal> {
    let from = usize::try_from(to_integer(from)?).unwrap_or(0);
    let to = if matches!(to, Value::Null) { usize::MAX } else { usize::try_from(to_integer(to)?).unwrap_or(0) };
    match base {
        Value::List(items) => {
            let items = items.borrow();
            let end = to.min(items.len());
            Ok(Value::list(items.get(from.min(end)..end).unwrap_or_default().to_vec()))
        }
        Value::Text(text) => Ok(Value::text(text.chars().take(to).skip(from).collect::<String>())),
        Value::Null => Ok(Value::Null),
        _ => Err(Refusal::not_followed("a slice of this")),
    }
}
