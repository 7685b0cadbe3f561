//! The live keys of products whose home is not at hand, from the tables of `rules/catalog/keys/`.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use super::key_table::{KeyTable, Products, guessed};
use super::schema::{GuessedBy, Schema};
use super::sorted_keys::EmbeddedKeys;
use crate::catalog::{Version, catalog};

/// The text of each table, with its index.
#[expect(clippy::unreadable_literal, reason = "the build script writes them")]
static EMBEDDED: &[EmbeddedKeys] = include!(concat!(env!("OUT_DIR"), "/keys.rs"));

/// The tables, in the order of their products.
static TABLES: LazyLock<Vec<Arc<KeyTable>>> =
    LazyLock::new(|| EMBEDDED.iter().filter_map(|keys| KeyTable::embedded(*keys)).collect());

/// The products that keys can point to. A part of a product reads no key that the whole does not read.
static GUESSABLE: LazyLock<Products> = LazyLock::new(|| {
    let is_whole = |table: &&Arc<KeyTable>| catalog().product(&table.product).is_none_or(|product| product.part_of.is_none());
    Products::new(TABLES.iter().filter(is_whole).cloned().collect())
});

/// The products that have a table of keys, each with the versions in it, oldest first.
pub fn products() -> Vec<(&'static str, Vec<Version>)> {
    TABLES.iter().map(|table| (table.product.as_str(), table.versions.clone())).collect()
}

/// The keys that `version` of a product reads. A version that is not in the table gets the keys of the versions around it; an unknown
/// version gets those of all. `None` if the product has no table.
pub fn of_product(product: &str, version: Option<&Version>) -> Option<Schema> {
    let table = table_of(product)?;
    let (chosen, fit) = table.versions_for(version);
    Some(table.schema(chosen, fit))
}

fn table_of(product: &str) -> Option<&'static Arc<KeyTable>> {
    TABLES.iter().find(|table| table.product == product)
}

/// The same, shared by all homes of this version.
pub fn shared(product: &str, version: Option<&Version>) -> Option<Arc<Schema>> {
    let table = table_of(product)?;
    let wanted = Wanted::Version(product.to_owned(), version.map(ToString::to_string));
    let (chosen, fit) = table.versions_for(version);
    Some(read_once(wanted, || table.schema(chosen, fit)))
}

/// The keys of the product that `keys` of a deployment.toml are most probably for; `None` if they do not point to one product.
pub fn guess(keys: &BTreeSet<&str>) -> Option<Arc<Schema>> {
    GUESSABLE.guess(keys, |table| guessed_once(table, GuessedBy::Keys))
}

/// The keys of a product that the path of a file suggests; `None` if the product has no table.
pub fn guess_of(product: &str) -> Option<Arc<Schema>> {
    Some(guessed_once(table_of(product)?, GuessedBy::Path))
}

fn guessed_once(table: &Arc<KeyTable>, by: GuessedBy) -> Arc<Schema> {
    read_once(Wanted::Guess(table.product.clone(), by), || guessed(table, by))
}

/// What a schema is wanted for.
#[derive(PartialEq, Eq, Hash)]
enum Wanted {
    /// A product and its version, if that is known.
    Version(String, Option<String>),
    /// A guessed product.
    Guess(String, GuessedBy),
}

/// The schema that `read` returns the first time. What it has looked up serves all files.
fn read_once(wanted: Wanted, read: impl FnOnce() -> Schema) -> Arc<Schema> {
    static SCHEMAS: LazyLock<Mutex<HashMap<Wanted, Arc<Schema>>>> = LazyLock::new(Mutex::default);
    let mut schemas = SCHEMAS.lock().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(schemas.entry(wanted).or_insert_with(|| Arc::new(read())))
}
