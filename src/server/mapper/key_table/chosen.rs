//! What a table of keys says about the versions that were chosen. A line is read when its key is looked up.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::RangeInclusive;
use std::sync::Arc;

use super::line::KeyLine;
use super::read::KeyTable;
use super::words::{Fact, KeyProperty, json, unquoted};
use crate::server::mapper::key_path::{self, KeyStep};
use crate::server::mapper::key_usage::{KeyUsage, UnreadNodes, UsageNode, Use};
use crate::server::mapper::schema::{
    Fit, KeyProperties, Properties, PropertySource, Schema, SchemaSource, written_in_deployment,
};
use crate::server::mapper::sorted_keys::Subtree;
use crate::source::Span;
use crate::source::key::Key;

/// A table of keys, and the versions that count.
#[derive(Debug)]
struct ChosenKeys {
    table: Arc<KeyTable>,
    chosen: RangeInclusive<usize>,
    /// The number of each rendered file, by the name that the table has for it.
    files: HashMap<String, usize>,
}

impl KeyTable {
    /// The schema of the versions with these indices together: a key is live if it is live in one of them.
    pub fn schema(self: &Arc<Self>, chosen: RangeInclusive<usize>, fit: Fit) -> Schema {
        let versions = self.versions[chosen.clone()].to_vec();
        let source = SchemaSource::Catalogue { product: self.product.clone(), versions, fit };
        self.schema_from(chosen, source)
    }

    /// The same, which is known from `source`.
    pub(super) fn schema_from(self: &Arc<Self>, chosen: RangeInclusive<usize>, source: SchemaSource) -> Schema {
        Arc::new(ChosenKeys::new(Arc::clone(self), chosen)).schema(source)
    }
}

impl ChosenKeys {
    fn new(table: Arc<KeyTable>, chosen: RangeInclusive<usize>) -> Self {
        let files = table.files().enumerate().map(|(number, (name, _))| (name.to_owned(), number + 1)).collect();
        Self { table, chosen, files }
    }

    /// The schema, which is known from `source`.
    fn schema(self: Arc<Self>, source: SchemaSource) -> Schema {
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
        let root = UnreadUses { keys: Arc::clone(&self), key: String::new(), tree: keys.root() };
        // Uses that do not name a file get the first output.
        let outputs = std::iter::once("").chain(self.table.files().map(|(_, file)| file)).map(ToOwned::to_owned).collect();
        let usage = KeyUsage::of_unread(Box::new(root));
        let names = Arc::clone(keys).into();
        let properties = Properties::new(TableProperties(Arc::clone(&self)));
        let mut schema = Schema { usage, outputs, source, properties, names, ..Schema::default() };
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

    /// The uses of a key in the chosen versions.
    fn uses_of(&self, key: &str) -> Vec<Use> {
        let mut uses = Vec::new();
        for (line, _) in self.table.keys.lines_of(key).filter_map(|line| self.line(line)) {
            for fact in line.facts.split('\t').filter_map(Fact::read) {
                let Fact::Use(kind, file) = fact else { continue };
                let template = if kind.shows_everything() { self.files.get(file).copied().unwrap_or_default() } else { 0 };
                uses.push(Use { kind, template, span: Span::default() });
            }
        }
        uses
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

/// The uses below a key, which are not read yet.
#[derive(Debug)]
struct UnreadUses {
    keys: Arc<ChosenKeys>,
    key: String,
    /// The table that the key is, and those below it.
    tree: Subtree,
}

impl UnreadUses {
    /// The key of the elements of the list that this key is.
    fn elements(&self) -> String {
        Key::new(&self.key).elements()
    }
}

impl UnreadNodes for UnreadUses {
    fn has_any(&self) -> bool {
        // The elements of a list are in the table around it.
        self.keys.has_uses(&self.tree) || !self.keys.uses_of(&self.elements()).is_empty()
    }

    fn read_one(&self, step: &KeyStep) -> Option<UsageNode> {
        let keys = &self.keys;
        let key = key_path::extended(&self.key, step);
        let tree = if self.tree.tables.is_empty() { self.tree.clone() } else { keys.table.keys.subtree(&key) };
        let uses = keys.uses_of(&key);
        let below = Self { keys: Arc::clone(keys), key, tree };
        (!uses.is_empty() || below.has_any()).then(|| UsageNode::of_unread(uses, Box::new(below)))
    }

    fn read(&self) -> BTreeMap<KeyStep, UsageNode> {
        let Self { keys, tree, .. } = self;
        let list = &keys.table.keys;
        let names = list.top_of(tree).into_iter().flat_map(|table| list.lines(table)).filter_map(|line| keys.line(line));
        let mut steps: BTreeSet<KeyStep> = names.filter_map(|(line, _)| key_path::parse(line.name).into_iter().next()).collect();
        steps.extend(list.below(tree).filter_map(|subtree| {
            let step = &list.header(subtree.tables.start)[tree.common..subtree.common];
            match step.strip_prefix('.').unwrap_or(step) {
                "[]" => Some(KeyStep::Element),
                name => key_path::parse(name).into_iter().next(),
            }
        }));
        steps.insert(KeyStep::Element);
        steps.into_iter().filter_map(|step| Some((step.clone(), self.read_one(&step)?))).collect()
    }
}

/// The properties of keys in a table.
#[derive(Debug)]
struct TableProperties(Arc<ChosenKeys>);

impl PropertySource for TableProperties {
    fn of(&self, key: &str) -> KeyProperties {
        let Self(keys) = self;
        let mut found = KeyProperties::default();
        // The chosen versions that rename the key, and the values that validator.json accepts.
        let (mut renaming, mut allowed): (BTreeSet<usize>, Vec<String>) = Default::default();
        for (line, versions) in keys.table.keys.lines_of(&written_in_deployment(key)).filter_map(|line| keys.line(line)) {
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
        // What renames an attribute of elements is asked for with a colon, and nothing else is known of those.
        let keys = self.keys_with(|property| !matches!(property, KeyProperty::Infers | KeyProperty::Referred));
        keys.map(|key| key.replacen("[].", ":", 1)).collect()
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
