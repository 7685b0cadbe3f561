//! Writing a table of keys from the schemas of homes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write};

use super::words::{KeyProperty, use_fact};
use crate::catalog::Version;
use crate::server::mapper::key_path;
use crate::server::mapper::schema::{KeyProperties, Schema, written_in_deployment};
use crate::server::mapper::sorted_keys::order;
use crate::server::mapper::value::is_secret_default;
use crate::source::key::Key;

/// Keys, each with its facts.
type KeyFacts = BTreeMap<String, BTreeSet<String>>;

/// Facts by the first and the last number of the versions that they are true for.
type FactsByVersions<'a> = BTreeMap<(usize, usize), BTreeSet<&'a str>>;

/// As many differing facts as a message names.
const NAMED_FACTS: usize = 5;

/// Two schemas of one version that should be the same but are not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemasDiffer {
    /// The version that both have.
    pub version: Version,
    /// Facts that only one of them has, as `key: fact`; the first few.
    pub facts: Vec<String>,
    /// How many such facts there are.
    pub count: usize,
}

impl fmt::Display for SchemasDiffer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "two homes of version {} differ in {} facts: {}", self.version, self.count, self.facts.join(", "))
    }
}

impl std::error::Error for SchemasDiffer {}

/// The table of a product from the schemas of its versions. Fails if two schemas of one version differ.
pub fn write(product: &str, schemas: &[(Version, &Schema)]) -> Result<String, SchemasDiffer> {
    let names = short_names(schemas.iter().flat_map(|(_, schema)| &schema.outputs));
    let mut versions: Vec<(Version, KeyFacts)> = Vec::new();
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

fn difference(version: &Version, known: &KeyFacts, other: &KeyFacts) -> SchemasDiffer {
    let all = |facts: &KeyFacts| -> BTreeSet<String> {
        facts.iter().flat_map(|(key, facts)| facts.iter().map(move |fact| format!("{key}: {fact}"))).collect()
    };
    let (known, other) = (all(known), all(other));
    let differing: Vec<String> = known.symmetric_difference(&other).cloned().collect();
    SchemasDiffer { version: version.clone(), count: differing.len(), facts: differing.into_iter().take(NAMED_FACTS).collect() }
}

/// A line per key and range of versions, below the header of the key's table.
fn write_facts(text: &mut String, versions: &[(Version, KeyFacts)], numbers: &[String]) {
    let keys: BTreeSet<&String> = versions.iter().flat_map(|(_, facts)| facts.keys()).collect();
    let mut tables: BTreeMap<&str, BTreeMap<&str, FactsByVersions>> = BTreeMap::new();
    for key in keys {
        let (table, name) = Key::new(key).table_and_name();
        let lines = tables.entry(table.as_str()).or_default().entry(name).or_default();
        let all: BTreeSet<&String> = versions.iter().filter_map(|(_, facts)| facts.get(key)).flatten().collect();
        for fact in all {
            let is_true = |(_, facts): &(Version, KeyFacts)| facts.get(key).is_some_and(|facts| facts.contains(fact));
            for range in ranges(&versions.iter().map(is_true).collect::<Vec<_>>()) {
                lines.entry(range).or_default().insert(fact);
            }
        }
    }
    let mut tables: Vec<_> = tables.into_iter().collect();
    tables.sort_by(|(one, _), (other, _)| order(one, other));
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

/// The first and last index of each run of `true`.
fn ranges(truths: &[bool]) -> Vec<(usize, usize)> {
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    for at in (0..truths.len()).filter(|at| truths[*at]) {
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

fn facts_of(schema: &Schema, names: &BTreeMap<&str, &str>) -> KeyFacts {
    let mut facts = KeyFacts::new();
    let mut add = |key: &str, fact: String| {
        // The format has no escape for these; no product has such a key.
        if !key.contains(['\t', '\n', '\r']) {
            facts.entry(key.to_owned()).or_default().insert(fact);
        }
    };
    for (path, uses) in schema.usage.paths() {
        let key = key_path::text_of(&path);
        for used in uses {
            let file = schema.outputs.get(used.template).and_then(|file| names.get(file.as_str())).copied();
            add(&key, use_fact(&used.kind, file.unwrap_or_default()));
        }
    }
    for key in &schema.properties.source().keys() {
        let KeyProperties { targets, default, allowed, conditions, unit } = schema.properties.of(key);
        if let Some(value) = default.as_ref().filter(|value| !is_secret_default(key, value)) {
            add(key, KeyProperty::Default.fact(&value.to_string()));
        }
        if let Some(targets) = targets {
            let nothing = targets.is_empty().then_some("");
            let written = written_in_deployment(key);
            targets.iter().map(String::as_str).chain(nothing).for_each(|target| add(&written, KeyProperty::Maps.fact(target)));
        }
        if let Some(allowed) = allowed {
            add(key, KeyProperty::Validated.fact(""));
            for value in allowed {
                add(key, KeyProperty::Allows.fact(value));
            }
        }
        for value in conditions {
            add(key, KeyProperty::Condition.fact(value));
        }
        if let Some(unit) = unit {
            add(key, KeyProperty::Unit.fact(unit));
        }
    }
    for (key, values) in &schema.infer {
        for value in values {
            add(key, KeyProperty::Infers.fact(value));
        }
    }
    for key in &schema.referred {
        add(key, KeyProperty::Referred.fact(""));
    }
    facts
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::server::jinjava::{Release, Template};
    use crate::server::mapper::Resources;
    use crate::server::mapper::key_usage::KeyUsage;

    fn schema(template: &str) -> Schema {
        let mut usage = KeyUsage::default();
        usage.add(0, &Template::parse(template, Release::Since27));
        let mut resources = Resources::default();
        resources.templates.push("conf/carbon.xml".to_owned());
        Schema::of_home(&Arc::new(resources), usage)
    }

    fn version(text: &str) -> Version {
        Version::parse(text).expect("a version")
    }

    #[test]
    fn runs_of_versions_become_ranges() {
        assert_eq!(ranges(&[true, true, false, true]), [(0, 1), (3, 3)]);
        assert_eq!(ranges(&[false, false]), []);
    }

    #[test]
    fn files_are_named_by_the_shortest_end_that_no_other_has() {
        let files = ["conf/a/axis2.xml".to_owned(), "conf/b/axis2.xml".to_owned(), "conf/carbon.xml".to_owned()];
        let names = short_names(files.iter());
        assert_eq!(names.into_values().collect::<Vec<_>>(), ["a/axis2.xml", "b/axis2.xml", "carbon.xml"]);
    }

    #[test]
    fn a_line_names_the_versions_that_it_is_true_for() {
        let (old, new) = (schema("{{ a.b }}{{ c }}"), schema("{{ c }}{% if a.b %}{% endif %}"));
        let text = write("p", &[(version("2.0"), &new), (version("1.0"), &old)]).expect("one schema for each version");
        let body = text.split_once("\n[").expect("a table").1;
        assert_eq!(body, "]\nc\t>carbon.xml\n[a]\nb\t@1.0\t>carbon.xml\nb\t@2.0\ttruth\n");
    }

    #[test]
    fn homes_of_one_version_must_agree() {
        let (one, other) = (schema("{{ a.b }}"), schema("{{ a.c }}"));
        let error = write("p", &[(version("1.0"), &one), (version("1.0"), &other)]).expect_err("they differ");
        assert_eq!(error.to_string(), "two homes of version 1.0 differ in 2 facts: a.b: >carbon.xml, a.c: >carbon.xml");
    }
}
