//! Which product and version a deployment.toml is probably for, judging by its keys.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

use super::read::KeyTable;
use super::words::makes_live;
use crate::server::mapper::schema::{Schema, SchemaSource};
use crate::source::key::Key;

/// A guess needs at least this many keys that the product reads.
const MIN_KEYS: usize = 6;

/// A guess needs at least this share of the file's keys to be read by the product, in percent.
const MIN_SHARE: usize = 75;

/// The table that knows the largest share of `keys`, and the number of the version that fits best: at least [`MIN_KEYS`] of them,
/// [`MIN_SHARE`] percent, and more than any other table. Among versions that read equally many keys, it is the newest. `schema` gives the
/// schema of a version.
pub(in crate::server::mapper) fn guess<'t>(
    tables: &'t [Arc<KeyTable>],
    keys: &BTreeSet<&str>,
    schema: impl FnOnce(&KeyTable, usize) -> Option<Rc<Schema>>,
) -> Option<(&'t Arc<KeyTable>, usize)> {
    if keys.len() < MIN_KEYS {
        return None;
    }
    let keys: Vec<&str> = keys.iter().copied().collect();
    let mut candidates: Vec<(usize, usize, &Arc<KeyTable>)> = tables
        .iter()
        .filter_map(|table| {
            // Of equal counts, `max_by_key` takes the last.
            let (version, count) = counts_in(table, &keys).into_iter().enumerate().max_by_key(|(_, count)| *count)?;
            Some((count, version, table))
        })
        .collect();
    candidates.sort_by_key(|(count, _, _)| std::cmp::Reverse(*count));
    let mut candidates = candidates.into_iter();
    let (count, version, table) = candidates.next()?;
    if candidates.next().is_some_and(|(other, _, _)| other == count) {
        return None;
    }
    let schema = schema(table, version)?;
    let read = keys.iter().filter(|key| schema.is_read(key)).count();
    (read >= MIN_KEYS && read * 100 >= keys.len() * MIN_SHARE).then_some((table, version))
}

/// The schema of a guessed product. The version is the least certain part of the guess: a key is known if any version knows it.
pub(in crate::server::mapper) fn guessed(table: &Arc<KeyTable>, version: usize) -> Schema {
    let source = SchemaSource::Guess { product: table.product.clone(), version: table.versions[version].clone() };
    table.schema_from(0..=table.versions.len() - 1, source)
}

/// How many of `keys` each version of `table` seems to read. Cheaper than its schema, and less exact.
fn counts_in(table: &KeyTable, keys: &[&str]) -> Vec<usize> {
    let mut counts = vec![0; table.versions.len()];
    let mut read = vec![false; counts.len()];
    for key in keys {
        read.fill(false);
        for alike in std::iter::once(Cow::Borrowed(*key)).chain(opened(key).map(Cow::Owned)) {
            let lines = table.keys.lines_of(&alike).filter_map(|line| table.line(line));
            for line in lines.filter(|line| line.facts.split('\t').any(makes_live)) {
                read[line.versions].fill(true);
            }
        }
        counts.iter_mut().zip(&read).for_each(|(count, read)| *count += usize::from(*read));
    }
    counts
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

    fn source(tables: &[&str], keys: &[&str]) -> Option<SchemaSource> {
        let tables: Vec<Arc<KeyTable>> = tables.iter().filter_map(|text| KeyTable::open(text)).collect();
        let exact = |table: &KeyTable, version| {
            let table = tables.iter().find(|other| other.product == table.product)?;
            Some(Rc::new(table.schema(version..=version, true)))
        };
        let (table, version) = guess(&tables, &keys.iter().copied().collect(), exact)?;
        Some(guessed(table, version).source)
    }

    #[test]
    fn keys_are_counted_for_each_version() {
        let table = KeyTable::open(ONE).expect("a table");
        assert_eq!(counts_in(&table, &KEYS), [5, 6]);
        assert_eq!(counts_in(&table, &["n.old", "a.y.z"]), [0, 0], "a default alone is not a use");
    }

    #[test]
    fn the_product_that_reads_most_is_guessed() {
        let Some(SchemaSource::Guess { product, version }) = source(&[OTHER, ONE], &KEYS) else { panic!("no guess") };
        assert_eq!((product.as_str(), version.to_string().as_str()), ("one", "2.0"));
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
