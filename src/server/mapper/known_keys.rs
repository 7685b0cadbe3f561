//! The live keys of products whose home is not at hand, from the tables of `rules/catalog/keys/`.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use super::key_table::{KeyTable, Products, guessed};
use super::schema::Schema;
use super::sorted_keys::EmbeddedKeys;
use crate::catalog::Version;

/// The text of each table, with its index.
#[expect(clippy::unreadable_literal, reason = "the build script writes them")]
static EMBEDDED: &[EmbeddedKeys] = include!(concat!(env!("OUT_DIR"), "/keys.rs"));

/// The tables, in the order of their products.
static PRODUCTS: LazyLock<Products> =
    LazyLock::new(|| Products::new(EMBEDDED.iter().filter_map(|keys| KeyTable::embedded(*keys)).collect()));

/// The products that have a table of keys, each with the versions in it, oldest first.
pub fn products() -> Vec<(&'static str, Vec<Version>)> {
    PRODUCTS.tables.iter().map(|table| (table.product.as_str(), table.versions.clone())).collect()
}

/// The keys that `version` of a product reads. A version that is not in the table gets the keys of the versions around it; an unknown
/// version gets those of the newest. `None` if the product has no table.
pub fn of_product(product: &str, version: Option<&Version>) -> Option<Schema> {
    let table = PRODUCTS.tables.iter().find(|table| table.product == product)?;
    let (chosen, exact) = table.versions_for(version);
    Some(table.schema(chosen, exact))
}

/// The same, shared by all homes of this version.
pub fn shared(product: &str, version: Option<&Version>) -> Option<Arc<Schema>> {
    let wanted = Wanted::Version(product.to_owned(), version.map(ToString::to_string));
    read_once(wanted, || of_product(product, version))
}

/// The keys of the product that `keys` of a deployment.toml are most probably for; `None` if they do not point to one product.
pub fn guess(keys: &BTreeSet<&str>) -> Option<Arc<Schema>> {
    let exact = |table: &KeyTable, version: usize| shared(&table.product, Some(&table.versions[version]));
    let (table, version) = PRODUCTS.guess(keys, exact)?;
    read_once(Wanted::Guess(table.product.clone(), version), || Some(guessed(table, version)))
}

/// What a schema is wanted for.
#[derive(PartialEq, Eq, Hash)]
enum Wanted {
    /// A product and its version, if that is known.
    Version(String, Option<String>),
    /// A guessed product, and the number of its version.
    Guess(String, usize),
}

/// The schema that `read` returns the first time. What it has looked up serves all files.
fn read_once(wanted: Wanted, read: impl FnOnce() -> Option<Schema>) -> Option<Arc<Schema>> {
    static SCHEMAS: LazyLock<Mutex<HashMap<Wanted, Option<Arc<Schema>>>>> = LazyLock::new(Mutex::default);
    let mut schemas = SCHEMAS.lock().unwrap_or_else(PoisonError::into_inner);
    schemas.entry(wanted).or_insert_with(|| read().map(Arc::new)).clone()
}
