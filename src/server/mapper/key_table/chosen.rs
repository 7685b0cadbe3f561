//! What a table of keys says about the versions that were chosen. A line is read when its key is looked up.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::RangeInclusive;
use std::rc::Rc;
use std::sync::Arc;

use super::line::KeyLine;
use super::read::KeyTable;
use super::words::{Fact, KeyProperty, json, unquoted};
use crate::server::mapper::key_path::{self, KeyStep};
use crate::server::mapper::key_usage::{KeyUsage, UnreadNodes, Use, UsageNode};
use crate::server::mapper::schema::{KeyProperties, Properties, PropertySource, Schema, SchemaSource, written_in_deployment};
use crate::server::mapper::sorted_keys::Subtree;
use crate::source::Span;
use crate::source::key::Key;

/// A table of keys, and the versions that count.
#[derive(Debug)]
pub(super) struct ChosenKeys {
    table: Arc<KeyTable>,
    chosen: RangeInclusive<usize>,
    /// The number of each rendered file, by the name that the table has for it.
    files: HashMap<String, usize>,
}

impl ChosenKeys {
    pub(super) fn new(table: Arc<KeyTable>, chosen: RangeInclusive<usize>) -> Self {
        let files = table.files().enumerate().map(|(number, (name, _))| (name.to_owned(), number + 1)).collect();
        Self { table, chosen, files }
    }

    /// The schema, which is known from `source`.
    pub(super) fn schema(self: Rc<Self>, source: SchemaSource) -> Schema {
        let keys = &self.table.keys;
        let (mut inferring, mut referred): (BTreeMap<String, Vec<String>>, BTreeSet<String>) = Default::default();
        for (table, line) in keys.lookups() {
            let Some((line, _)) = self.line(line) else { continue };
            let key = Key::new(table).join(Key::new(line.name));
            for (property, value) in properties_in(line.facts) {
                match property {
                    KeyProperty::Infers => inferring.entry(key.clone()).or_default().push(unquoted(value)),
                    KeyProperty::Referred => {
                        referred.insert(key.clone());
                    }
                    _ => {}
                }
            }
        }
        let root = UnreadTables { keys: Rc::clone(&self), tree: keys.root(), others: Vec::new() };
        // Uses that do not name a file get the first output.
        let outputs = std::iter::once("").chain(self.table.files().map(|(_, file)| file)).map(ToOwned::to_owned).collect();
        let usage = KeyUsage::of_unread(Box::new(root));
        let names = Arc::clone(keys).into();
        let properties = Properties::new(TableProperties(Rc::clone(&self)));
        let mut schema = Schema { usage, outputs, properties, source, names, ..Schema::default() };
        for (key, values) in inferring {
            schema.add_inference(&key, values);
        }
        for key in referred {
            schema.add_reference(&key);
        }
        schema
    }

    /// Reads a line that holds for some of the chosen versions, which come with it.
    fn line<'a>(&self, line: &'a str) -> Option<(KeyLine<'a>, RangeInclusive<usize>)> {
        let line = self.table.line(line)?;
        let versions = *line.versions.start().max(self.chosen.start())..=*line.versions.end().min(self.chosen.end());
        (!versions.is_empty()).then_some((line, versions))
    }

    /// The uses of a key in the chosen versions, if this line has some.
    fn uses<'a>(&self, line: &'a str) -> Option<(&'a str, Vec<Use>)> {
        let (line, _) = self.line(line)?;
        // Most keys have one.
        let mut uses = Vec::with_capacity(1);
        for fact in line.facts.split('\t').filter_map(Fact::read) {
            let Fact::Use(kind, file) = fact else { continue };
            let template = if kind.shows_everything() { self.files.get(file).copied().unwrap_or_default() } else { 0 };
            uses.push(Use { kind, template, span: Span::default() });
        }
        (!uses.is_empty()).then_some((line.name, uses))
    }

    /// Whether a template of a chosen version uses a key in these tables.
    fn has_uses(&self, tree: &Subtree) -> bool {
        let mut lines = tree.tables.clone().flat_map(|table| self.table.keys.lines(table));
        lines.any(|line| self.line(line).is_some_and(|(line, _)| line.facts.split('\t').any(Fact::is_use)))
    }
}

/// The properties among facts, with their values.
fn properties_in(facts: &str) -> impl Iterator<Item = (KeyProperty, &str)> {
    facts.split('\t').filter_map(Fact::read).filter_map(|fact| match fact {
        Fact::KeyProperty(property, value) => Some((property, value)),
        Fact::Use(..) => None,
    })
}

/// The uses in tables that are not read yet.
#[derive(Debug)]
struct UnreadTables {
    keys: Rc<ChosenKeys>,
    tree: Subtree,
    /// Uses that the line of a table further up has: of the elements of a list.
    others: Vec<(Vec<KeyStep>, Vec<Use>)>,
}

/// What leads to a node.
#[derive(Default)]
struct Below {
    uses: Vec<Use>,
    tree: Option<Subtree>,
    others: Vec<(Vec<KeyStep>, Vec<Use>)>,
}

impl UnreadNodes for UnreadTables {
    fn read(&self) -> BTreeMap<KeyStep, UsageNode> {
        let Self { keys, tree, others } = self;
        let list = &keys.table.keys;
        let mut below: BTreeMap<KeyStep, Below> = BTreeMap::new();
        let mut add = |path: &[KeyStep], uses: Vec<Use>| {
            let Some((step, rest)) = path.split_first() else { return };
            let node = below.entry(step.clone()).or_default();
            if rest.is_empty() {
                node.uses.extend(uses);
            } else {
                node.others.push((rest.to_vec(), uses));
            }
        };
        others.iter().for_each(|(path, uses)| add(path, uses.clone()));
        for (name, uses) in list.top_of(tree).into_iter().flat_map(|table| list.lines(table)).filter_map(|line| keys.uses(line)) {
            add(&key_path::parse(name), uses);
        }
        for subtree in list.below(tree).filter(|subtree| keys.has_uses(subtree)) {
            let step = &list.header(subtree.tables.start)[tree.common..subtree.common];
            let step = match step.strip_prefix('.').unwrap_or(step) {
                "[]" => Some(KeyStep::Element),
                name => key_path::parse(name).pop(),
            };
            if let Some(step) = step {
                below.entry(step).or_default().tree = Some(subtree);
            }
        }
        below.into_iter().map(|(step, below)| (step, below.into_node(keys))).collect()
    }
}

impl Below {
    fn into_node(self, keys: &Rc<ChosenKeys>) -> UsageNode {
        let Self { uses, tree, others } = self;
        let tree = tree.unwrap_or(Subtree { tables: 0..0, common: 0 });
        UsageNode::of_unread(uses, Box::new(UnreadTables { keys: Rc::clone(keys), tree, others }))
    }
}

/// The properties of keys in a table.
#[derive(Debug)]
struct TableProperties(Rc<ChosenKeys>);

impl PropertySource for TableProperties {
    fn of(&self, key: &str) -> KeyProperties {
        let Self(keys) = self;
        let written = written_in_deployment(key);
        let (table, name) = Key::new(&written).table_and_name();
        let mut found = KeyProperties::default();
        // The chosen versions that rename the key, and the values that validator.json accepts.
        let (mut renaming, mut allowed): (BTreeSet<usize>, Vec<String>) = Default::default();
        for (line, versions) in keys.table.keys.lines_of(table.as_str(), name).filter_map(|line| keys.line(line)) {
            for (property, value) in properties_in(line.facts) {
                match property {
                    // Lines are sorted by version: the default of the newest comes last and wins.
                    KeyProperty::Default => found.default = json(value).or(found.default),
                    KeyProperty::Unit => found.unit = Some(value.to_owned()),
                    // What renames an attribute of elements is asked for with a colon.
                    KeyProperty::Maps if key.contains("[].") => {}
                    KeyProperty::Maps => {
                        found.targets.get_or_insert_default().push(value.to_owned());
                        renaming.extend(versions.clone());
                    }
                    // A check that only some of the chosen versions make is left out.
                    KeyProperty::Validated if versions == keys.chosen => found.allowed = Some(Vec::new()),
                    KeyProperty::Allows => allowed.push(unquoted(value)),
                    KeyProperty::Condition => {
                        found.conditions.insert(unquoted(value));
                    }
                    KeyProperty::Validated | KeyProperty::Infers | KeyProperty::Referred => {}
                }
            }
        }
        if let Some(targets) = &mut found.targets {
            if !keys.chosen.clone().all(|version| renaming.contains(&version)) {
                targets.push(key.to_owned());
            }
            targets.retain(|target| !target.is_empty());
        }
        found.allowed = found.allowed.map(|_| allowed);
        found
    }

    fn renamed(&self) -> Vec<String> {
        self.keys_with(|property| property == KeyProperty::Maps).collect()
    }

    fn keys(&self) -> BTreeSet<String> {
        self.keys_with(|property| !matches!(property, KeyProperty::Infers | KeyProperty::Referred)).collect()
    }
}

impl TableProperties {
    /// The keys with a property that is `wanted`. A key can be there more than once.
    fn keys_with(&self, wanted: impl Fn(KeyProperty) -> bool) -> impl Iterator<Item = String> {
        let Self(keys) = self;
        let list = &keys.table.keys;
        let lines = (0..list.table_count()).flat_map(|table| list.lines(table).map(move |line| (table, line)));
        lines.filter_map(move |(table, line)| {
            let (line, _) = keys.line(line)?;
            let is_wanted = properties_in(line.facts).any(|(property, _)| wanted(property));
            is_wanted.then(|| Key::new(list.header(table)).join(Key::new(line.name)))
        })
    }
}
