//! The live keys of a product's versions as text, a file of `rules/catalog/keys/`: written from schemas, read back into one. The format
//! stands in rules/README.md.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write;
use std::ops::RangeInclusive;

use serde_json::Value as JsonValue;

use super::key_usage::{Place, Step, Use, UseKind};
use super::schema::{Schema, SchemaSource};
use crate::catalog::Version;
use crate::source::{Span, secrets};

/// What is known of keys: each with its facts.
type Facts = BTreeMap<String, BTreeSet<String>>;

/// Two schemas that should be the same and are not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The version that both have.
    pub version: Version,
    /// Facts that one of them has only, as `key: fact`; the first of them.
    pub facts: Vec<String>,
    /// How many there are.
    pub count: usize,
}

/// The table of a product with the schemas of its versions. Fails where two schemas of one version differ.
pub fn write(product: &str, schemas: &[(Version, &Schema)]) -> Result<String, Difference> {
    let names = short_names(schemas.iter().flat_map(|(_, schema)| &schema.outputs));
    let mut versions: Vec<(Version, Facts)> = Vec::new();
    for (version, schema) in schemas {
        let facts = facts_of(schema, &names);
        match versions.iter().find(|(known, _)| known.compare(version).is_eq()) {
            None => versions.push((version.clone(), facts)),
            Some((_, known)) if *known == facts => {}
            Some((_, known)) => return Err(difference(version, known, &facts)),
        }
    }
    versions.sort_by(|(one, _), (other, _)| one.compare(other));

    let mut text =
        "# Which keys are live, and what is known of them. Written by `carbonlint schema --extract`, not by hand.\n".to_owned();
    let _ = writeln!(text, "product\t{product}");
    let numbers: Vec<String> = versions.iter().map(|(version, _)| version.to_string()).collect();
    let _ = writeln!(text, "versions\t{}", numbers.join("\t"));
    for (file, name) in &names {
        let _ = writeln!(text, "file\t{name}\t{file}");
    }
    write_facts(&mut text, &versions, &numbers);
    Ok(text)
}

fn difference(version: &Version, known: &Facts, other: &Facts) -> Difference {
    let all = |facts: &Facts| -> BTreeSet<String> {
        facts.iter().flat_map(|(key, facts)| facts.iter().map(move |fact| format!("{key}: {fact}"))).collect()
    };
    let (known, other) = (all(known), all(other));
    let differing: Vec<String> = known.symmetric_difference(&other).cloned().collect();
    Difference { version: version.clone(), count: differing.len(), facts: differing.into_iter().take(5).collect() }
}

/// A line per key and range of versions, below the table that the key lies in.
fn write_facts(text: &mut String, versions: &[(Version, Facts)], numbers: &[String]) {
    type Lines<'a> = BTreeMap<(usize, usize), BTreeSet<&'a str>>;
    let keys: BTreeSet<&String> = versions.iter().flat_map(|(_, facts)| facts.keys()).collect();
    let mut tables: BTreeMap<&str, BTreeMap<&str, Lines>> = BTreeMap::new();
    for key in keys {
        let (table, name) = parted(key);
        let lines = tables.entry(table).or_default().entry(name).or_default();
        let all: BTreeSet<&String> = versions.iter().filter_map(|(_, facts)| facts.get(key)).flatten().collect();
        for fact in all {
            let holds = |(_, facts): &(Version, Facts)| facts.get(key).is_some_and(|facts| facts.contains(fact));
            for range in ranges(&versions.iter().map(holds).collect::<Vec<_>>()) {
                lines.entry(range).or_default().insert(fact);
            }
        }
    }
    for (table, names) in tables {
        let _ = writeln!(text, "[{table}]");
        for (name, lines) in names {
            for ((first, last), facts) in lines {
                text.push_str(name);
                if (first, last) != (0, versions.len() - 1) {
                    let from = if first == 0 { "" } else { &numbers[first] };
                    let to = if last == versions.len() - 1 { "" } else { &numbers[last] };
                    let _ = if first == last { write!(text, "\t@{}", numbers[first]) } else { write!(text, "\t@{from}..{to}") };
                }
                for fact in facts {
                    let _ = write!(text, "\t{fact}");
                }
                text.push('\n');
            }
        }
    }
}

/// The first and last numbers of each run of what holds.
fn ranges(holds: &[bool]) -> Vec<(usize, usize)> {
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    for at in (0..holds.len()).filter(|at| holds[*at]) {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == at => *last = at,
            _ => ranges.push((at, at)),
        }
    }
    ranges
}

/// For each file the shortest end of its path that no other file has.
fn short_names<'a>(files: impl Iterator<Item = &'a String>) -> BTreeMap<&'a str, &'a str> {
    let files: BTreeSet<&str> = files.map(String::as_str).collect();
    let ends = |file: &'a str| file.match_indices('/').map(|(at, _)| &file[at + 1..]).collect::<Vec<_>>().into_iter().rev();
    let is_end = |end: &str, file: &str| file.strip_suffix(end).is_some_and(|before| before.is_empty() || before.ends_with('/'));
    let name = |file: &'a str| {
        let own = ends(file).find(|end| files.iter().filter(|other| is_end(end, other)).count() == 1);
        own.unwrap_or(file)
    };
    files.iter().map(|file| (*file, name(file))).collect()
}

/// The table of a key, and its name there.
fn parted(key: &str) -> (&str, &str) {
    let mut quoted = false;
    let mut dot = None;
    for (at, character) in key.char_indices() {
        match character {
            '\'' => quoted = !quoted,
            '.' if !quoted => dot = Some(at),
            _ => {}
        }
    }
    dot.map_or(("", key), |dot| (&key[..dot], &key[dot + 1..]))
}

fn facts_of(schema: &Schema, names: &BTreeMap<&str, &str>) -> Facts {
    let mut facts = Facts::new();
    let mut add = |key: &str, fact: String| {
        // Neither can stand in the text; no product has such a key.
        if !key.contains(['\t', '\n', '\r']) {
            facts.entry(key.to_owned()).or_default().insert(fact);
        }
    };
    for (path, uses) in schema.reading.places() {
        let key = written(&path);
        for used in uses {
            let file = schema.outputs.get(used.template).and_then(|file| names.get(file.as_str())).copied();
            add(&key, use_text(&used.kind, file.unwrap_or_default()));
        }
    }
    for (key, value) in &schema.defaults {
        if !is_secret(key, value) {
            add(key, format!("={value}"));
        }
    }
    for (key, target) in &schema.mappings {
        match target {
            JsonValue::String(target) => add(key, format!("maps {target}")),
            JsonValue::Array(targets) if !targets.is_empty() => {
                targets.iter().filter_map(JsonValue::as_str).for_each(|target| add(key, format!("maps {target}")));
            }
            _ => add(key, "maps ".to_owned()),
        }
    }
    for (key, values) in &schema.infer {
        for value in values {
            add(key, format!("infers {}", quoted(value)));
        }
    }
    for key in &schema.referred {
        add(key, "referred".to_owned());
    }
    for (key, allowed) in &schema.validated {
        add(key, "validated".to_owned());
        for value in allowed {
            add(key, format!("allows {}", quoted(value)));
        }
    }
    for (key, values) in &schema.conditions {
        for value in values {
            add(key, format!("condition {}", quoted(value)));
        }
    }
    for (key, unit) in &schema.times {
        add(key, format!("unit {unit}"));
    }
    facts
}

/// Whether a value is a password or holds one: it stays out of the table.
pub fn is_secret(key: &str, value: &JsonValue) -> bool {
    match value {
        JsonValue::Array(items) => items.iter().any(|item| is_secret(key, item)),
        JsonValue::Object(object) => object.iter().any(|(key, value)| is_secret(key, value)),
        JsonValue::String(_) => {
            let line = format!("{} = {value}", parted(key).1);
            secrets::masked(&line) != line
        }
        _ => false,
    }
}

fn quoted(text: &str) -> String {
    JsonValue::from(text).to_string()
}

/// A path as it stands in the table: `*` for any key, `[]` behind a list whose elements are meant.
fn written(path: &[Step]) -> String {
    let mut text = String::new();
    for step in path {
        if !matches!(step, Step::Element) && !text.is_empty() {
            text.push('.');
        }
        match step {
            Step::Element => text.push_str("[]"),
            Step::AnyKey => text.push('*'),
            Step::Key(name) if is_bare(name) => text.push_str(name),
            Step::Key(name) => {
                let _ = write!(text, "'{name}'");
            }
        }
    }
    text
}

fn is_bare(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

/// The path that a key of the table stands for.
pub fn steps(key: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut rest = key;
    while !rest.is_empty() {
        let (name, behind) = match rest.strip_prefix('\'').and_then(|rest| rest.split_once('\'')) {
            Some(parts) => parts,
            None => rest.split_at(rest.find(['.', '[']).unwrap_or(rest.len())),
        };
        steps.push(if name == "*" && !rest.starts_with('\'') { Step::AnyKey } else { Step::Key(name.into()) });
        rest = behind;
        while let Some(behind) = rest.strip_prefix("[]") {
            steps.push(Step::Element);
            rest = behind;
        }
        rest = rest.strip_prefix('.').unwrap_or_default();
    }
    steps
}

fn use_text(kind: &UseKind, file: &str) -> String {
    match kind {
        UseKind::Printed => format!(">{file}"),
        UseKind::Listed => format!("list {file}"),
        UseKind::Other => format!("other {file}"),
        UseKind::Looped => "loop".to_owned(),
        UseKind::Entries => "entries".to_owned(),
        UseKind::Defined => "defined".to_owned(),
        UseKind::Truth => "truth".to_owned(),
        UseKind::SameAs(boolean) => format!("same {boolean}"),
        UseKind::EqualsBoolean(boolean) => format!("bool {boolean}"),
        UseKind::EqualsText(text) => format!("equals {}", quoted(text)),
        UseKind::Number => "number".to_owned(),
        UseKind::KindAsked(kind) => format!("asked {kind}"),
    }
}

/// What a fact says, and of what: a default begins with `=`, a file that the value is printed to with `>`.
fn word_and_value(fact: &str) -> (&str, &str) {
    if fact.starts_with(['=', '>']) { fact.split_at(1) } else { fact.split_once(' ').unwrap_or((fact, "")) }
}

/// The use that a fact of this word and value is.
fn use_kind(word: &str, value: &str) -> Option<UseKind> {
    Some(match word {
        ">" => UseKind::Printed,
        "list" => UseKind::Listed,
        "other" => UseKind::Other,
        "loop" => UseKind::Looped,
        "entries" => UseKind::Entries,
        "defined" => UseKind::Defined,
        "truth" => UseKind::Truth,
        "same" => UseKind::SameAs(value == "true"),
        "bool" => UseKind::EqualsBoolean(value == "true"),
        "equals" => UseKind::EqualsText(unquoted(value)),
        "number" => UseKind::Number,
        "asked" => UseKind::KindAsked(value.to_owned()),
        _ => return None,
    })
}

/// A table as it lies in the binary, its first lines read.
#[derive(Debug, Clone)]
pub struct KeyTable<'a> {
    /// The product's id.
    pub product: &'a str,
    /// The versions, oldest first.
    pub versions: Vec<Version>,
    numbers: Vec<&'a str>,
    files: Vec<(&'a str, &'a str)>,
    body: &'a str,
}

/// A line of a table.
struct Line<'a> {
    name: &'a str,
    versions: RangeInclusive<usize>,
    facts: &'a str,
}

impl<'a> KeyTable<'a> {
    /// Reads the first lines of a table; `None` if `text` is none.
    pub fn open(text: &'a str) -> Option<Self> {
        let start = text.find("\n[").map_or(text.len(), |at| at + 1);
        let mut table = Self { product: "", versions: Vec::new(), numbers: Vec::new(), files: Vec::new(), body: &text[start..] };
        for line in text[..start].lines().filter(|line| !line.starts_with('#')) {
            match line.split_once('\t')? {
                ("product", product) => table.product = product,
                ("versions", versions) => table.numbers = versions.split('\t').collect(),
                ("file", file) => table.files.push(file.split_once('\t')?),
                _ => return None,
            }
        }
        table.versions = table.numbers.iter().map(|number| Version::parse(number)).collect::<Option<_>>()?;
        (!table.product.is_empty() && !table.versions.is_empty()).then_some(table)
    }

    /// The tables of keys with their lines.
    fn sections(&self) -> impl Iterator<Item = (&'a str, impl Iterator<Item = Line<'a>>)> {
        let numbers = &self.numbers;
        let mut rest = self.body;
        std::iter::from_fn(move || {
            let (header, behind) = rest.strip_prefix('[')?.split_once('\n')?;
            let end = if behind.starts_with('[') { 0 } else { behind.find("\n[").map_or(behind.len(), |at| at + 1) };
            rest = &behind[end..];
            let lines = behind[..end].lines().filter_map(move |line| Line::read(line, numbers));
            Some((header.strip_suffix(']')?, lines))
        })
    }

    /// The numbers of the versions whose keys stand for those of `wanted`, the newest where it is unknown, and whether it is one of them.
    pub fn standing_for(&self, wanted: Option<&Version>) -> (RangeInclusive<usize>, bool) {
        let newest = self.versions.len() - 1;
        let Some(wanted) = wanted else { return (newest..=newest, false) };
        let below = self.versions.iter().rposition(|version| version.compare(wanted).is_le());
        match below {
            Some(at) if self.versions[at].compare(wanted).is_eq() => (at..=at, true),
            Some(at) => (at..=(at + 1).min(newest), false),
            None => (0..=0, false),
        }
    }

    /// The schema of the versions of these numbers together: a key is live where it is in one of them.
    pub fn schema(&self, chosen: RangeInclusive<usize>, exact: bool) -> Schema {
        let versions = self.versions[chosen.clone()].to_vec();
        let mut builder = Builder::new(self, chosen);
        for (table, lines) in self.sections() {
            builder.section(table, lines);
        }
        let mut schema = builder.finish();
        schema.knowledge = SchemaSource::Catalogue { product: self.product.to_owned(), versions, exact };
        schema
    }

    /// How many of `keys` each version seems to read. Cheaper than its schema, and less exact.
    pub fn count_of(&self, wanted: &Wanted) -> Vec<usize> {
        let mut read = vec![vec![false; wanted.count]; self.versions.len()];
        for (table, lines) in self.sections() {
            let Some(names) = wanted.tables.get(table) else { continue };
            for line in lines {
                let Some(keys) = names.get(line.name) else { continue };
                if !line.facts.split('\t').any(is_live) {
                    continue;
                }
                for version in line.versions {
                    for key in keys {
                        read[version][*key] = true;
                    }
                }
            }
        }
        read.into_iter().map(|keys| keys.into_iter().filter(|read| *read).count()).collect()
    }
}

/// Whether a fact makes a key live: a default alone does not.
fn is_live(fact: &str) -> bool {
    let (word, _) = word_and_value(fact);
    matches!(word, "maps" | "infers" | "referred") || use_kind(word, "").is_some()
}

/// Keys of a user, by table and name as tables of keys have them.
#[derive(Debug, Default)]
pub struct Wanted {
    tables: HashMap<String, HashMap<String, Vec<usize>>>,
    count: usize,
}

impl Wanted {
    /// These keys, each also with any one of its parts left open.
    pub fn new(keys: &[&str]) -> Self {
        let mut wanted = Self { count: keys.len(), ..Self::default() };
        for (number, key) in keys.iter().enumerate() {
            let path = steps(key);
            let mut add = |path: &[Step]| {
                let written = written(path);
                let (table, name) = parted(&written);
                wanted.tables.entry(table.to_owned()).or_default().entry(name.to_owned()).or_default().push(number);
            };
            add(&path);
            for at in (0..path.len()).filter(|at| matches!(path[*at], Step::Key(_))) {
                let mut open = path.clone();
                open[at] = Step::AnyKey;
                add(&open);
            }
        }
        wanted
    }
}

impl<'a> Line<'a> {
    fn read(line: &'a str, numbers: &[&str]) -> Option<Self> {
        let (name, mut facts) = line.split_once('\t')?;
        let newest = numbers.len() - 1;
        let mut versions = 0..=newest;
        if let Some(rest) = facts.strip_prefix('@') {
            let (range, rest) = rest.split_once('\t')?;
            let number = |text: &str| numbers.iter().position(|number| *number == text);
            versions = match range.split_once("..") {
                None => number(range)?..=number(range)?,
                Some((first, last)) => {
                    let first = if first.is_empty() { 0 } else { number(first)? };
                    first..=if last.is_empty() { newest } else { number(last)? }
                }
            };
            facts = rest;
        }
        Some(Self { name, versions, facts })
    }
}

/// More defaults than most products have: the map of them does not grow then.
const DEFAULTS: usize = 3000;

/// A schema that grows line by line.
struct Builder<'a> {
    chosen: RangeInclusive<usize>,
    schema: Schema,
    files: HashMap<&'a str, usize>,
    /// Renamed keys with their targets, and the chosen versions that rename them.
    renamed: BTreeMap<String, (Vec<JsonValue>, BTreeSet<usize>)>,
    inferring: BTreeMap<String, Vec<String>>,
    allowed: BTreeMap<String, Vec<String>>,
}

impl<'a> Builder<'a> {
    fn new(table: &KeyTable<'a>, chosen: RangeInclusive<usize>) -> Self {
        // The first output stands for the files of uses that do not say theirs.
        let outputs = std::iter::once("").chain(table.files.iter().map(|(_, file)| *file)).map(ToOwned::to_owned).collect();
        Self {
            chosen,
            schema: Schema { outputs, defaults: serde_json::Map::with_capacity(DEFAULTS), ..Schema::default() },
            files: table.files.iter().enumerate().map(|(number, (name, _))| (*name, number + 1)).collect(),
            renamed: BTreeMap::new(),
            inferring: BTreeMap::new(),
            allowed: BTreeMap::new(),
        }
    }

    fn section(&mut self, table: &str, lines: impl Iterator<Item = Line<'a>>) {
        let mut places: Vec<(&str, Vec<Use>)> = Vec::new();
        for line in lines {
            let versions = *line.versions.start().max(self.chosen.start())..=*line.versions.end().min(self.chosen.end());
            if versions.is_empty() {
                continue;
            }
            let mut key: Option<String> = None;
            // Most have one.
            let mut uses = Vec::with_capacity(1);
            for fact in line.facts.split('\t') {
                let (word, value) = word_and_value(fact);
                if let Some(kind) = use_kind(word, value) {
                    let template = if kind.shows_everything() { self.files.get(value).copied().unwrap_or_default() } else { 0 };
                    uses.push(Use { kind, template, span: Span::default() });
                } else {
                    let key = key.get_or_insert_with(|| joined(table, line.name));
                    self.fact(key, word, value, &versions);
                }
            }
            if !uses.is_empty() {
                places.push((line.name, uses));
            }
        }
        if places.is_empty() {
            return;
        }
        let place = self.schema.reading.place_at(&steps(table));
        for (name, uses) in places {
            let place = if is_bare(name) {
                place.below(Step::Key(name.into()))
            } else {
                steps(name).into_iter().fold(&mut *place, Place::below)
            };
            place.add_all(uses);
        }
    }

    /// Adds a fact that is no use, of these of the chosen versions.
    fn fact(&mut self, key: &str, word: &str, value: &str, versions: &RangeInclusive<usize>) {
        let schema = &mut self.schema;
        match word {
            // Of two versions the newer stands below, and counts.
            "=" => {
                schema.defaults.extend(json(value).map(|value| (key.to_owned(), value)));
            }
            "unit" => {
                schema.times.insert(key.to_owned(), value.to_owned());
            }
            "maps" => {
                let (targets, renaming) = self.renamed.entry(key.to_owned()).or_default();
                targets.push(JsonValue::from(value));
                renaming.extend(versions.clone());
            }
            "infers" => self.inferring.entry(key.to_owned()).or_default().push(unquoted(value)),
            "referred" => {
                schema.add_reference(key);
            }
            // What only one of two versions asks for is not asked.
            "validated" if *versions == self.chosen => {
                schema.validated.insert(key.to_owned(), Vec::new());
            }
            "allows" => self.allowed.entry(key.to_owned()).or_default().push(unquoted(value)),
            "condition" => {
                schema.conditions.entry(key.to_owned()).or_default().insert(unquoted(value));
            }
            _ => {}
        }
    }

    fn finish(self) -> Schema {
        let Self { chosen, mut schema, renamed, inferring, mut allowed, .. } = self;
        for (key, (mut targets, versions)) in renamed {
            if !chosen.clone().all(|version| versions.contains(&version)) {
                targets.push(JsonValue::from(key.as_str()));
            }
            targets.retain(|target| target != "");
            schema.mappings.insert(key, JsonValue::Array(targets));
        }
        for (key, values) in inferring {
            schema.add_inference(&key, values);
        }
        for (key, values) in &mut schema.validated {
            values.append(allowed.entry(key.clone()).or_default());
        }
        schema
    }
}

fn joined(table: &str, name: &str) -> String {
    if table.is_empty() { name.to_owned() } else { format!("{table}.{name}") }
}

/// A value in JSON; most are plain.
fn json(text: &str) -> Option<JsonValue> {
    match text {
        "true" => Some(JsonValue::Bool(true)),
        "false" => Some(JsonValue::Bool(false)),
        _ => match plain(text) {
            Some(plain) => Some(JsonValue::from(plain)),
            None => serde_json::from_str(text).ok(),
        },
    }
}

/// What stands between the quotes of a JSON string without escapes.
fn plain(text: &str) -> Option<&str> {
    text.strip_prefix('"')?.strip_suffix('"').filter(|text| !text.contains(['\\', '"']))
}

fn unquoted(text: &str) -> String {
    plain(text).map(ToOwned::to_owned).or_else(|| serde_json::from_str(text).ok()).unwrap_or_default()
}
