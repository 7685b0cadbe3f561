//! Which product a deployment.toml is probably for, judging by its keys.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::read::KeyTable;
use super::words::makes_live;
use crate::server::mapper::schema::{Answers, GuessedBy, Schema, SchemaSource};
use crate::source::key::Key;

/// A guess needs at least this many keys that the product reads.
const MIN_KEYS: usize = 6;

/// A guess needs at least this share of the file's keys to be read by the product, in percent.
const MIN_SHARE: usize = 75;

/// The tables of all products, between which a guess decides.
#[derive(Debug)]
pub(in crate::server::mapper) struct Products {
    pub(in crate::server::mapper) tables: Vec<Arc<KeyTable>>,
    /// Whether the versions of the tables, one after the other, seem to read a key.
    readers: Answers<Arc<[bool]>>,
}

impl Products {
    pub(in crate::server::mapper) fn new(tables: Vec<Arc<KeyTable>>) -> Self {
        Self { tables, readers: Answers::default() }
    }

    /// The schema of the product that reads the most of `keys` in one version: at least [`MIN_KEYS`] of them, [`MIN_SHARE`] percent, and more
    /// than any other product. `schema` gives the schema of a product that is guessed, see [`guessed`].
    pub(in crate::server::mapper) fn guess(
        &self,
        keys: &BTreeSet<&str>,
        schema: impl FnOnce(&Arc<KeyTable>) -> Arc<Schema>,
    ) -> Option<Arc<Schema>> {
        if keys.len() < MIN_KEYS {
            return None;
        }
        let counts = self.counts(keys);
        let mut counts = &counts[..];
        let mut candidates: Vec<(usize, &Arc<KeyTable>)> = Vec::new();
        for table in &self.tables {
            let (own, rest) = counts.split_at(table.versions.len());
            counts = rest;
            candidates.extend(own.iter().max().map(|count| (*count, table)));
        }
        candidates.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
        let mut candidates = candidates.into_iter();
        let (count, table) = candidates.next()?;
        if candidates.next().is_some_and(|(other, _)| other == count) {
            return None;
        }
        let schema = schema(table);
        let read = keys.iter().filter(|key| schema.is_read(key)).count();
        (read >= MIN_KEYS && read * 100 >= keys.len() * MIN_SHARE).then_some(schema)
    }

    /// How many of `keys` each version of each table seems to read. Cheaper than their schemas, and less exact.
    fn counts(&self, keys: &BTreeSet<&str>) -> Vec<usize> {
        let mut counts = vec![0; self.tables.iter().map(|table| table.versions.len()).sum()];
        for key in keys {
            let readers = self.readers.get_or(key, || self.readers_of(key).into());
            counts.iter_mut().zip(&*readers).for_each(|(count, read)| *count += usize::from(*read));
        }
        counts
    }

    fn readers_of(&self, key: &str) -> Vec<bool> {
        let alike: Vec<String> = std::iter::once(key.to_owned()).chain(opened(key)).collect();
        let mut all = Vec::new();
        for table in &self.tables {
            let first = all.len();
            all.resize(first + table.versions.len(), false);
            let lines = alike.iter().flat_map(|key| table.keys.lines_of(key)).filter_map(|line| table.line(line));
            for line in lines.filter(|line| line.facts.split('\t').any(makes_live)) {
                all[first..][line.versions].fill(true);
            }
        }
        all
    }
}

/// The schema of a guessed product. The keys show its version too rarely to guess that too: a key is known if any version knows it.
pub(in crate::server::mapper) fn guessed(table: &Arc<KeyTable>, by: GuessedBy) -> Schema {
    let source = SchemaSource::Guess { product: table.product.clone(), by };
    table.schema_from(0..=table.versions.len() - 1, source)
}

/// The key with any one of its segments replaced by `*`.
fn opened(key: &str) -> impl Iterator<Item = String> {
    let mut end = 0;
    Key::new(key).segments().map(move |segment| {
        let start = end;
        end += segment.text.len() + 1;
        format!("{}*{}", &key[..start], &key[start + segment.without_marks().len()..])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "product\tone\nversions\t1.0\t2.0\nfile\tc\tc.xml\n[a]\nb\t>c\nc\t>c\nd\t>c\ne\ttruth\n[a.*]\nurl\t>c\n[n]\nnew\t@2.0\t>c\nold\t@1.0\t=1\n";
    const OTHER: &str = "product\tother\nversions\t1.0\nfile\tc\tc.xml\n[a]\nb\t>c\nc\t>c\n";
    const KEYS: [&str; 6] = ["a.b", "a.c", "a.d", "a.e", "a.x.url", "n.new"];

    fn products(tables: &[&str]) -> Products {
        Products::new(tables.iter().filter_map(|text| KeyTable::open(text)).collect())
    }

    fn source(tables: &[&str], keys: &[&str]) -> Option<SchemaSource> {
        let products = products(tables);
        let schema = products.guess(&keys.iter().copied().collect(), |table| Arc::new(guessed(table, GuessedBy::Keys)))?;
        Some(schema.source.clone())
    }

    #[test]
    fn keys_are_counted_for_each_version() {
        let products = products(&[OTHER, ONE]);
        for _ in 0..2 {
            assert_eq!(products.counts(&KEYS.into()), [2, 5, 6]);
            assert_eq!(products.counts(&["n.old", "a.y.z"].into()), [0, 0, 0], "a default alone is not a use");
        }
    }

    #[test]
    fn the_product_that_reads_most_is_guessed() {
        let Some(SchemaSource::Guess { product, by: GuessedBy::Keys }) = source(&[OTHER, ONE], &KEYS) else { panic!("no guess") };
        assert_eq!(product, "one");
    }

    #[test]
    fn too_few_keys_a_tie_or_a_small_share_are_not_enough() {
        assert_eq!(source(&[ONE], &KEYS[..5]), None);
        assert_eq!(source(&[ONE, ONE], &KEYS), None);
        let unknown = ["u.a", "u.b", "u.c"];
        assert_eq!(source(&[ONE], &[&KEYS[..], &unknown[..]].concat()), None);
        assert!(source(&[ONE], &[&KEYS[..], &unknown[..2]].concat()).is_some());
    }
}
