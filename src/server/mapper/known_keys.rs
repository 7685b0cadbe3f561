//! The live keys of products without their homes: the tables of `rules/catalog/keys/`, and which of them a lone deployment.toml fits.

use std::collections::BTreeSet;

use super::key_table::{KeyTable, Wanted};
use super::schema::{Schema, SchemaSource};
use crate::catalog::Version;

/// The text of each table, by the product's id.
static TABLES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/keys.rs"));

/// A guess needs this many keys that the product reads,
const GUESSED_KEYS: usize = 6;
/// and this share of all keys of the file, in percent.
const GUESSED_SHARE: usize = 75;

/// The products with a table of keys, and its versions, oldest first.
pub fn products() -> Vec<(&'static str, Vec<Version>)> {
    TABLES.iter().filter_map(|(product, text)| Some((*product, KeyTable::open(text)?.versions))).collect()
}

/// The keys that `version` of a product reads: those of the versions around it where it has no keys of its own in the table, those of
/// the newest where it is unknown. `None` where the product has no table.
pub fn of_product(product: &str, version: Option<&Version>) -> Option<Schema> {
    let (_, text) = TABLES.iter().find(|(known, _)| *known == product)?;
    let table = KeyTable::open(text)?;
    let (chosen, exact) = table.standing_for(version);
    Some(table.schema(chosen, exact))
}

/// The keys of the product and version that reads the largest share of `keys`: at least six, three quarters of all, and more than any
/// other product. Of several versions that read as many it is the newest.
pub fn guess(keys: &BTreeSet<&str>) -> Option<Schema> {
    guess_among(&TABLES.iter().map(|(_, text)| *text).collect::<Vec<_>>(), keys)
}

fn guess_among(tables: &[&str], keys: &BTreeSet<&str>) -> Option<Schema> {
    if keys.len() < GUESSED_KEYS {
        return None;
    }
    let keys: Vec<&str> = keys.iter().copied().collect();
    let wanted = Wanted::new(&keys);
    let mut candidates: Vec<(usize, usize, KeyTable)> = tables
        .iter()
        .filter_map(|text| {
            let table = KeyTable::open(text)?;
            // Of equals the last is the maximum.
            let (version, count) = table.count_of(&wanted).into_iter().enumerate().max_by_key(|(_, count)| *count)?;
            Some((count, version, table))
        })
        .collect();
    candidates.sort_by_key(|(count, _, _)| std::cmp::Reverse(*count));
    let (count, version, table) = candidates.first()?;
    if candidates.get(1).is_some_and(|(other, _, _)| other == count) {
        return None;
    }
    let read = {
        let schema = table.schema(*version..=*version, true);
        keys.iter().filter(|key| schema.is_read(key)).count()
    };
    if read < GUESSED_KEYS || read * 100 < keys.len() * GUESSED_SHARE {
        return None;
    }
    // The version is the least sure of it: what any version knows is known.
    let mut schema = table.schema(0..=table.versions.len() - 1, false);
    schema.knowledge = SchemaSource::Guess { product: table.product.to_owned(), version: table.versions[*version].clone() };
    Some(schema)
}
