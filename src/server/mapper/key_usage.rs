//! Which keys the templates of a home read, and how: the exact schema of the home. Every expression is followed back to the keys that its
//! value comes from, through loops, `set`, macros, filters and methods.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use crate::server::jinjava::expression::{Expression, ExpressionKind};
use crate::server::jinjava::{Macro, Node, NodeKind, ParsedExpression, Template};
use crate::source::Span;

/// A step on the way to a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// The key of a table.
    Key(Rc<str>),
    /// Any key of a table: the template runs over them.
    AnyKey,
    /// Any element of a list.
    Element,
}

/// What a template does with a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum UseKind {
    /// Prints it: `{{ a }}`.
    Printed,
    /// Prints its items with something between them, or asks for their number or for one of them.
    Listed,
    /// Runs over its items.
    Looped,
    /// Runs over its keys and values: `a.items()`.
    Entries,
    /// Asks whether it is there.
    Defined,
    /// Takes it for a condition: `{% if a %}`.
    Truth,
    /// Asks whether it is exactly this boolean: `a is sameas true`, for which `"true"` is not the same.
    SameAs(bool),
    /// Compares it with a boolean: `a == true`, for which any string but `"false"` and the empty one is true.
    EqualsBoolean(bool),
    /// Compares it with a string.
    EqualsText(String),
    /// Reckons with it, or compares it with a number.
    Number,
    /// Asks for its kind: `a is string`.
    KindAsked(String),
    /// Does something else with it.
    Other,
}

impl UseKind {
    /// Whether the value itself comes out, and with a table everything in it.
    pub(super) fn shows_everything(&self) -> bool {
        matches!(self, Self::Printed | Self::Listed | Self::Other)
    }
}

/// A place where a template uses a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Use {
    /// What it does with the value.
    pub kind: UseKind,
    /// The number of the template in [`Resources::templates`](super::Resources::templates).
    pub template: usize,
    /// The expression, in the normalized text of the template.
    pub span: Span,
}

/// What the templates of a home read.
#[derive(Debug, Default)]
pub struct KeyUsage {
    root: Place,
}

/// A place in the tree of values, with what templates do there.
#[derive(Debug, Default)]
pub(super) struct Place {
    uses: Vec<Use>,
    below: BTreeMap<Step, Place>,
}

impl KeyUsage {
    /// Adds what `template` reads, the template with this number.
    pub fn add(&mut self, number: usize, template: &Template) {
        let mut reader = Collector {
            reading: self,
            template: number,
            names: HashMap::new(),
            loops: Vec::new(),
            macros: BTreeMap::new(),
            records: false,
        };
        // Names can be set below the place where a loop reads them: the first round only learns what they stand for.
        if learns(&template.nodes) {
            reader.nodes(&template.nodes);
        }
        reader.records = true;
        reader.nodes(&template.nodes);
    }

    /// The place at `path`, new where there was none.
    pub(super) fn place_at(&mut self, path: &[Step]) -> &mut Place {
        path.iter().fold(&mut self.root, |place, step| place.below(step.clone()))
    }

    /// Adds what another reading has.
    pub fn merge(&mut self, other: KeyUsage) {
        self.root.merge(other.root);
    }

    /// What templates do with the value at `path`, and with tables and lists that show it as a whole.
    pub fn uses(&self, path: &[Step]) -> Vec<&Use> {
        let mut found = Vec::new();
        self.root.collect(path, &mut found);
        found
    }

    /// What templates do with the value at `path` itself.
    pub fn own_uses(&self, path: &[Step]) -> Vec<&Use> {
        self.root.at(path).into_iter().flat_map(|place| &place.uses).collect()
    }

    /// Whether templates read something below `path`.
    pub fn reads_below(&self, path: &[Step]) -> bool {
        self.root.at(path).iter().any(|place| !place.below.is_empty())
    }

    /// The steps that templates take from `path`.
    pub fn steps_below(&self, path: &[Step]) -> BTreeSet<&Step> {
        self.root.at(path).into_iter().flat_map(|place| place.below.keys()).collect()
    }

    /// Every place that a template uses, with what it does there, sorted by path.
    pub fn places(&self) -> Vec<(Vec<Step>, &[Use])> {
        let mut places = Vec::new();
        self.root.list(&mut Vec::new(), &mut places);
        places
    }
}

impl Place {
    /// The place a step further, new where there was none.
    pub(super) fn below(&mut self, step: Step) -> &mut Self {
        self.below.entry(step).or_default()
    }

    /// Adds a use.
    pub(super) fn add(&mut self, used: Use) {
        if !self.uses.contains(&used) {
            self.uses.push(used);
        }
    }

    /// Adds uses that are all different.
    pub(super) fn add_all(&mut self, uses: Vec<Use>) {
        if self.uses.is_empty() {
            self.uses = uses;
        } else {
            for used in uses {
                self.add(used);
            }
        }
    }

    fn collect<'a>(&'a self, path: &[Step], found: &mut Vec<&'a Use>) {
        let Some((step, rest)) = path.split_first() else {
            found.extend(&self.uses);
            return;
        };
        found.extend(self.uses.iter().filter(|used| used.kind.shows_everything()));
        for below in self.follow(step) {
            below.collect(rest, found);
        }
    }

    fn follow(&self, step: &Step) -> impl Iterator<Item = &Place> {
        let any = matches!(step, Step::Key(_)).then(|| self.below.get(&Step::AnyKey)).flatten();
        self.below.get(step).into_iter().chain(any)
    }

    /// The places at `path`: several where a template runs over the keys of a table.
    fn at(&self, path: &[Step]) -> Vec<&Place> {
        path.iter().fold(vec![self], |places, step| places.into_iter().flat_map(|place| place.follow(step)).collect())
    }

    fn merge(&mut self, other: Place) {
        self.uses.extend(other.uses);
        for (step, below) in other.below {
            self.below.entry(step).or_default().merge(below);
        }
    }

    fn list<'a>(&'a self, path: &mut Vec<Step>, places: &mut Vec<(Vec<Step>, &'a [Use])>) {
        if !self.uses.is_empty() {
            places.push((path.clone(), &self.uses));
        }
        for (step, below) in &self.below {
            path.push(step.clone());
            below.list(path, places);
            path.pop();
        }
    }
}

/// What a value of a template can be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Source {
    /// The value at a path.
    Path(Vec<Step>),
    /// The keys and values of the table at a path.
    Entries(Vec<Step>),
    /// A key of the table at a path.
    KeyOf(Vec<Step>),
}

type Sources = BTreeSet<Source>;

/// More than any value of a template of a product comes from; each loop in a loop doubles them.
const MAX_SOURCES: usize = 64;

/// The first of `sources`, as many as are followed.
fn bounded(mut sources: Sources) -> Sources {
    while sources.len() > MAX_SOURCES {
        sources.pop_last();
    }
    sources
}

/// Paths that are longer come from a template that sets a name to a part of itself.
const MAX_STEPS: usize = 32;

struct Collector<'a> {
    reading: &'a mut KeyUsage,
    template: usize,
    /// What names stand for that `set` and macros have given, wherever in the template.
    names: HashMap<Rc<str>, Sources>,
    /// What names of the loops around stand for, innermost last.
    loops: Vec<(Rc<str>, Sources)>,
    macros: BTreeMap<Rc<str>, Rc<Macro>>,
    records: bool,
}

impl Collector<'_> {
    fn nodes(&mut self, nodes: &[Node]) {
        for node in nodes {
            self.node(node);
        }
    }

    fn node(&mut self, node: &Node) {
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

    fn learn(&mut self, name: &Rc<str>, sources: Sources) {
        let known = self.names.entry(name.clone()).or_default();
        known.extend(sources);
        *known = bounded(std::mem::take(known));
    }

    fn loop_over(&mut self, names: &[Rc<str>], collection: &ParsedExpression, body: &[Node]) {
        let Ok(collection) = collection else { return };
        let mut items: Vec<Sources> = vec![Sources::new(); names.len()];
        for source in self.sources(collection) {
            match source {
                Source::Entries(table) => {
                    let value = extended(&table, Step::AnyKey);
                    if let [first, second, ..] = &mut items[..] {
                        first.insert(Source::KeyOf(table));
                        second.extend(value.map(Source::Path));
                    } else if let [only] = &mut items[..] {
                        only.extend(value.map(Source::Path));
                    }
                }
                Source::Path(path) => {
                    self.record(&path, UseKind::Looped, collection.span);
                    // A list's elements, or a table's values.
                    for step in [Step::Element, Step::AnyKey] {
                        let Some(item) = extended(&path, step) else { continue };
                        if let [only] = &mut items[..] {
                            only.insert(Source::Path(item));
                        }
                    }
                }
                Source::KeyOf(_) => {}
            }
        }
        let outer = self.loops.len();
        self.loops.extend(names.iter().cloned().zip(items.into_iter().map(bounded)));
        self.loops.push((Rc::from("loop"), Sources::new()));
        self.nodes(body);
        self.loops.truncate(outer);
    }

    fn record(&mut self, path: &[Step], kind: UseKind, span: Span) {
        if !self.records || path.is_empty() {
            return;
        }
        self.reading.place_at(path).add(Use { kind, template: self.template, span });
    }

    /// The value of an expression is used in this way.
    fn consume(&mut self, expression: &ParsedExpression, kind: &UseKind) {
        if let Ok(expression) = expression {
            self.use_value(expression, kind);
        }
    }

    fn use_value(&mut self, expression: &Expression, kind: &UseKind) {
        let sources = self.sources(expression);
        self.record_all(&sources, kind, expression.span);
    }

    fn record_all(&mut self, sources: &Sources, kind: &UseKind, span: Span) {
        for source in sources {
            match source {
                Source::Path(path) => self.record(path, kind.clone(), span),
                // Whoever prints the keys of a table reads all of them.
                Source::Entries(table) | Source::KeyOf(table) => self.record(table, UseKind::Entries, span),
            }
        }
    }

    fn condition(&mut self, condition: &ParsedExpression) {
        if let Ok(condition) = condition {
            self.truth(condition);
        }
    }

    /// The expression is taken for true or false.
    fn truth(&mut self, condition: &Expression) {
        match &condition.kind {
            ExpressionKind::And(left, right) | ExpressionKind::Or(left, right) => {
                self.truth(left);
                self.truth(right);
            }
            ExpressionKind::Unary("!", operand) => self.truth(operand),
            _ => self.use_value(condition, &UseKind::Truth),
        }
    }

    /// What the value of an expression can come from. What the expression does with its parts is recorded on the way.
    fn sources(&mut self, expression: &Expression) -> Sources {
        bounded(self.all_sources(expression))
    }

    fn all_sources(&mut self, expression: &Expression) -> Sources {
        use ExpressionKind as K;
        match &expression.kind {
            K::Null | K::Boolean(_) | K::Integer(_) | K::Double(_) | K::Text(_) => Sources::new(),
            K::Name(name) => self.named(name),
            K::Property(base, name) => self.step_into(base, &Step::Key(name.clone())),
            K::Index(base, index) => match &index.kind {
                K::Text(name) => self.step_into(base, &Step::Key(name.clone())),
                K::Integer(_) => self.step_into(base, &Step::Element),
                _ => {
                    self.use_value(index, &UseKind::Other);
                    let base = self.sources(base);
                    let mut sources = step_from(&base, &Step::AnyKey);
                    sources.extend(step_from(&base, &Step::Element));
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
                Sources::new()
            }
            K::Unary("!", operand) => {
                self.truth(operand);
                Sources::new()
            }
            K::Unary("empty", operand) => {
                self.use_value(operand, &UseKind::Listed);
                Sources::new()
            }
            K::Unary(_, operand) => {
                self.use_value(operand, &UseKind::Number);
                Sources::new()
            }
            K::Binary(operator, left, right) => {
                self.binary(operator, left, right);
                Sources::new()
            }
            K::And(left, right) => {
                self.truth(left);
                self.truth(right);
                Sources::new()
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

    fn named(&self, name: &Rc<str>) -> Sources {
        if let Some((_, sources)) = self.loops.iter().rev().find(|(known, _)| known == name) {
            return sources.clone();
        }
        let mut sources = self.names.get(name).cloned().unwrap_or_default();
        // Before it is set, or where that is not reached, it is the table of that name.
        sources.insert(Source::Path(vec![Step::Key(name.clone())]));
        sources
    }

    fn step_into(&mut self, base: &Expression, step: &Step) -> Sources {
        step_from(&self.sources(base), step)
    }

    fn method(&mut self, base: &Expression, name: &str, arguments: &[Expression], span: Span) -> Sources {
        match name {
            "items" | "entrySet" => {
                let tables: Vec<Vec<Step>> = self.paths(base);
                for table in &tables {
                    self.record(table, UseKind::Entries, span);
                }
                tables.into_iter().map(Source::Entries).collect()
            }
            "values" => {
                let tables = self.paths(base);
                for table in &tables {
                    self.record(table, UseKind::Entries, span);
                }
                // A loop over the values takes the step of an element.
                tables.into_iter().map(Source::Entries).collect()
            }
            "keySet" => {
                let tables = self.paths(base);
                for table in &tables {
                    self.record(table, UseKind::Entries, span);
                }
                Sources::new()
            }
            "toList" | "copy" => self.sources(base),
            "get" | "getOrDefault" => {
                let step = match arguments.first().map(|argument| &argument.kind) {
                    Some(ExpressionKind::Text(name)) => Step::Key(name.clone()),
                    Some(ExpressionKind::Integer(_)) => Step::Element,
                    _ => Step::AnyKey,
                };
                self.step_into(base, &step)
            }
            "append" | "add" | "insert" | "extend" | "addAll" => {
                // The list is the template's own; what goes into it can come out anywhere.
                let added: Sources = arguments.iter().flat_map(|argument| self.sources(argument)).collect();
                if let ExpressionKind::Name(list) = &base.kind {
                    let list = list.clone();
                    self.learn(&list, added.clone());
                }
                for argument in arguments {
                    self.use_value(argument, &UseKind::Other);
                }
                Sources::new()
            }
            "getKey" => self.step_into(base, &Step::Key("key".into())),
            "getValue" => self.step_into(base, &Step::Key("value".into())),
            "contains" | "containsKey" | "index" | "indexOf" | "size" | "isEmpty" | "count" => {
                self.use_value(base, &UseKind::Listed);
                for argument in arguments {
                    self.use_value(argument, &UseKind::Other);
                }
                Sources::new()
            }
            "split" => {
                self.use_value(base, &UseKind::Printed);
                Sources::new()
            }
            _ => {
                self.use_value(base, &UseKind::Other);
                for argument in arguments {
                    self.use_value(argument, &UseKind::Other);
                }
                Sources::new()
            }
        }
    }

    /// The paths that an expression can stand for.
    fn paths(&mut self, expression: &Expression) -> Vec<Vec<Step>> {
        let sources = self.sources(expression);
        sources.into_iter().filter_map(|source| if let Source::Path(path) = source { Some(path) } else { None }).collect()
    }

    fn function(&mut self, name: &Rc<str>, arguments: &[Expression]) -> Sources {
        if let Some(called) = self.macros.get(name).cloned() {
            for (number, argument) in arguments.iter().enumerate() {
                let parameter = match &argument.kind {
                    ExpressionKind::Named(name, _) => Some(name.clone()),
                    _ => called.parameters.get(number).map(|(name, _)| name.clone()),
                };
                let sources = self.sources(argument);
                match parameter {
                    Some(parameter) => self.learn(&parameter, sources),
                    None => self.use_value(argument, &UseKind::Other),
                }
            }
            return Sources::new();
        }
        for argument in arguments {
            self.use_value(argument, &UseKind::Other);
        }
        Sources::new()
    }

    fn filter(&mut self, base: &Expression, name: &str, arguments: &[Expression]) -> Sources {
        match name {
            "default" | "d" => {
                let mut sources = self.sources(base);
                sources.extend(arguments.iter().flat_map(|argument| self.sources(argument)));
                return sources;
            }
            "list" | "unique" | "sort" | "reverse" | "safe" => return self.sources(base),
            "first" | "last" | "random" => return self.step_into(base, &Step::Element),
            "map" => {
                let attribute = arguments.iter().find_map(|argument| match &argument.kind {
                    ExpressionKind::Named(_, value) => match &value.kind {
                        ExpressionKind::Text(name) => Some(Step::Key(name.clone())),
                        _ => None,
                    },
                    _ => None,
                });
                let elements = self.step_into(base, &Step::Element);
                return match attribute {
                    Some(attribute) => elements
                        .into_iter()
                        .filter_map(
                            |source| if let Source::Path(path) = source { extended(&path, attribute.clone()) } else { None },
                        )
                        .map(Source::Path)
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
        Sources::new()
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
            let kind = match (operator, &other.kind) {
                ("==" | "!=", ExpressionKind::Text(text)) => UseKind::EqualsText(text.to_string()),
                ("==" | "!=", ExpressionKind::Boolean(boolean)) => UseKind::EqualsBoolean(*boolean),
                ("in" | "not in", _) if std::ptr::eq(one, right) => UseKind::Listed,
                ("in" | "not in", ExpressionKind::List(parts)) => {
                    for part in parts {
                        if let ExpressionKind::Text(text) = &part.kind {
                            self.use_value(one, &UseKind::EqualsText(text.to_string()));
                        }
                    }
                    UseKind::Other
                }
                ("+" | "~", _) => UseKind::Printed,
                ("<" | "<=" | ">" | ">=" | "-" | "*" | "/" | "%" | "//" | "**", _) => UseKind::Number,
                _ => UseKind::Other,
            };
            self.use_value(one, &kind);
        }
    }
}

/// What lies a step further.
fn step_from(sources: &Sources, step: &Step) -> Sources {
    let mut stepped = Sources::new();
    for source in sources {
        match (source, step) {
            (Source::Path(path), _) => {
                stepped.extend(extended(path, step.clone()).map(Source::Path));
                // `e.value` of an entry is the value itself: the loop has taken that step already.
                if *step == Step::Key("value".into()) && path.last() == Some(&Step::AnyKey) {
                    stepped.insert(source.clone());
                }
            }
            (Source::Entries(table), Step::Element) => stepped.extend(extended(table, Step::AnyKey).map(Source::Path)),
            (Source::Entries(table) | Source::KeyOf(table), Step::Key(name)) if &**name == "key" => {
                stepped.insert(Source::KeyOf(table.clone()));
            }
            (Source::Entries(_) | Source::KeyOf(_), _) => {}
        }
    }
    stepped
}

/// Whether a template gives names to values.
fn learns(nodes: &[Node]) -> bool {
    nodes.iter().any(|node| match &node.kind {
        NodeKind::Set { .. } | NodeKind::SetBlock { .. } | NodeKind::Macro(_) | NodeKind::Do(_) => true,
        NodeKind::If(branches) => branches.iter().any(|branch| learns(&branch.body)),
        NodeKind::For { body, .. } | NodeKind::Block(body) => learns(body),
        _ => false,
    })
}

fn extended(path: &[Step], step: Step) -> Option<Vec<Step>> {
    if path.len() >= MAX_STEPS {
        return None;
    }
    let mut path = path.to_vec();
    path.push(step);
    Some(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::jinjava::Release;

    fn read(text: &str) -> KeyUsage {
        let mut reading = KeyUsage::default();
        reading.add(0, &Template::parse(text, Release::Since27));
        reading
    }

    fn path(key: &str) -> Vec<Step> {
        key.split('.')
            .map(|segment| match segment {
                "[]" => Step::Element,
                "*" => Step::AnyKey,
                name => Step::Key(name.into()),
            })
            .collect()
    }

    fn kinds(text: &str, key: &str) -> Vec<UseKind> {
        read(text).uses(&path(key)).into_iter().map(|used| used.kind.clone()).collect()
    }

    #[test]
    fn printing_and_testing_are_told_apart() {
        assert_eq!(kinds("{{ a.b }}", "a.b"), [UseKind::Printed]);
        assert_eq!(
            kinds("{% if a.b is defined and a.b is sameas true %}{% endif %}", "a.b"),
            [UseKind::Defined, UseKind::SameAs(true)]
        );
        assert_eq!(kinds("{% if not a.b %}{% endif %}", "a.b"), [UseKind::Truth]);
        assert_eq!(
            kinds("{% if a.b == 'x' %}{% elif a.b == true %}{% endif %}", "a.b"),
            [UseKind::EqualsText("x".into()), UseKind::EqualsBoolean(true)]
        );
        assert!(kinds("{{ a.b }}", "a.c").is_empty());
        assert!(kinds("{% if a is defined %}{% endif %}", "a.c").is_empty());
    }

    #[test]
    fn a_loop_reads_elements_through_its_name() {
        let text = "{% for e in a.list %}{{ e.name }}{% for f in e.inner %}{{ f }}{% endfor %}{% endfor %}";
        assert_eq!(kinds(text, "a.list"), [UseKind::Looped]);
        assert_eq!(kinds(text, "a.list.[].name"), [UseKind::Printed]);
        assert_eq!(kinds(text, "a.list.[].inner.[]"), [UseKind::Printed]);
        assert!(kinds(text, "a.list.[].other").is_empty());
        assert!(kinds("{% for a in b %}{{ a.x }}{% endfor %}", "a.x").is_empty());
    }

    #[test]
    fn a_loop_over_items_reads_every_key() {
        let text = "{% for k, v in a.items() %}{{ k }}={{ v }}{% endfor %}";
        assert!(kinds(text, "a.anything").contains(&UseKind::Printed));
        assert!(kinds(text, "a.anything.deeper").contains(&UseKind::Printed));
        assert!(kinds(text, "b.anything").is_empty());
        let text = "{% for k, v in a.items() %}{% if v.enable %}{{ v.port }}{% endif %}{% endfor %}";
        assert_eq!(kinds(text, "a.x.enable"), [UseKind::Truth]);
        assert!(kinds(text, "a.x.other").is_empty());
        let text = "{% for e in a.items() %}{{ e.key }}{{ e.value.port }}{% endfor %}";
        assert_eq!(kinds(text, "a.x.port"), [UseKind::Printed]);
    }

    #[test]
    fn names_are_followed_through_set_macros_and_filters() {
        assert_eq!(kinds("{% set x = a.b %}{{ x.c }}", "a.b.c"), [UseKind::Printed]);
        assert_eq!(kinds("{% macro m(p) %}{{ p.c }}{% endmacro %}{{ m(a.b) }}", "a.b.c"), [UseKind::Printed]);
        assert_eq!(kinds("{{ a.b|default('x') }}", "a.b"), [UseKind::Printed]);
        assert_eq!(kinds("{{ a.b|join(',') }}", "a.b"), [UseKind::Listed]);
        assert_eq!(kinds("{{ a|map(attribute='n')|join(',') }}", "a.[].n"), [UseKind::Listed]);
        assert_eq!(kinds("{{ a['b.c'] }}", "a.b.c"), Vec::<UseKind>::new());
        assert_eq!(read("{{ a['b.c'] }}").uses(&[Step::Key("a".into()), Step::Key("b.c".into())]).len(), 1);
    }

    #[test]
    fn loops_in_loops_do_not_multiply_without_end() {
        let names: Vec<String> = (0..60).map(|number| format!("n{number}")).collect();
        let heads: Vec<String> = names.windows(2).map(|pair| format!("{{% for {} in {} %}}", pair[1], pair[0])).collect();
        let open = heads.concat();
        let text = format!("{open}{{{{ n59.x }}}}{}", "{% endfor %}".repeat(59));
        assert!(read(&text).places().len() < 10_000);
        let sets: String = (0..60).map(|_| "{% set a = [a.b, a.c] %}").collect();
        assert!(read(&format!("{sets}{{% for e in a %}}{{{{ e }}}}{{% endfor %}}")).places().len() < 10_000);
    }

    #[test]
    fn a_list_of_the_templates_own_lets_everything_out() {
        let text = "{% set l = [] %}{% for e in a %}{% do l.append(e) %}{% endfor %}{% for e in l %}{{ e.x }}{% endfor %}";
        assert!(!kinds(text, "a.[].x").is_empty());
    }
}
