//! The live keys of products whose home is not at hand, from the tables of `rules/catalog/keys/`.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::key_table::{self, KeyTable};
use super::schema::Schema;
use crate::catalog::Version;

/// The text of each table, by the product's id.
static TABLES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/keys.rs"));

/// The products that have a table of keys, each with the versions in it, oldest first.
pub fn products() -> Vec<(&'static str, Vec<Version>)> {
    TABLES.iter().filter_map(|(product, text)| Some((*product, KeyTable::open(text)?.versions))).collect()
}

/// The keys that `version` of a product reads. A version that is not in the table gets the keys of the versions around it; an unknown
/// version gets those of the newest. `None` if the product has no table.
pub fn of_product(product: &str, version: Option<&Version>) -> Option<Schema> {
    let (_, text) = TABLES.iter().find(|(known, _)| *known == product)?;
    let table = KeyTable::open(text)?;
    let (chosen, exact) = table.versions_for(version);
    Some(table.schema(chosen, exact))
}

/// The same, shared by all homes of this version: it takes megabytes, and there can be thousands of homes.
pub fn shared(product: &str, version: Option<&Version>) -> Option<Rc<Schema>> {
    type Shared = BTreeMap<(String, Option<String>), Option<Rc<Schema>>>;
    thread_local! {
        static SHARED: RefCell<Shared> = const { RefCell::new(BTreeMap::new()) };
    }
    let server = (product.to_owned(), version.map(ToString::to_string));
    let read = || of_product(product, version).map(Rc::new);
    SHARED.with_borrow_mut(|shared| shared.entry(server).or_insert_with(read).clone())
}

/// The keys of the product that `keys` of a deployment.toml are most probably for; `None` if they do not point to one product.
pub fn guess(keys: &BTreeSet<&str>) -> Option<Schema> {
    key_table::guess(&TABLES.iter().map(|(_, text)| *text).collect::<Vec<_>>(), keys)
}
