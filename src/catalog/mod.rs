//! The catalogue: what `rules/catalog/` says about products, listeners, profiles and keys.

mod inbound;
mod jdbc;
mod left_alone;
mod listener;
mod open_map;
mod path_hint;
mod place;
mod product;
mod rewrite;
mod server_trait;
mod version;

use std::fmt;
use std::path::Path;
use std::sync::LazyLock;

use serde::Deserialize;

pub(crate) use inbound::{InboundOffsetFlag, InboundProtocol};
pub(crate) use jdbc::JdbcRow;
pub(crate) use left_alone::LeftAloneRow;
pub use listener::{Direction, Protocol};
pub(crate) use listener::{ListenerPart, ListenerRow, OffsetRule, Opens, Switch};
pub(crate) use open_map::OpenMap;
pub(crate) use path_hint::PathHint;
pub(crate) use place::Place;
pub use product::Product;
pub(crate) use product::{CodeKeys, MapperRow, Profile, ShippedKey, UrlKey};
pub(crate) use rewrite::Rewrite;
pub(crate) use server_trait::{ServerTrait, TraitRow};
pub use version::Version;
pub(crate) use version::Versions;

use crate::source::key::Key;
use crate::suggest::did_you_mean_name;

/// The catalogue of this build.
pub fn catalog() -> &'static Catalog {
    static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
        // The build script writes this text, and a test parses it: it is valid in every binary that was tested.
        serde_json::from_str(include_str!(concat!(env!("OUT_DIR"), "/catalog.json")))
            .unwrap_or_else(|error| panic!("rules/catalog: {error}"))
    });
    &CATALOG
}

/// All of `rules/catalog/`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalog {
    /// The products.
    #[serde(rename = "product")]
    pub products: Vec<Product>,
    /// The listeners, in the order in which reports list them.
    #[serde(rename = "listener")]
    pub listeners: Vec<ListenerRow>,
    /// The protocols of inbound endpoints that open a port.
    #[serde(rename = "inbound")]
    pub inbound_protocols: Vec<InboundProtocol>,
    /// What server profiles open.
    #[serde(rename = "profile")]
    pub profiles: Vec<Profile>,
    /// Keys of deployment.toml that contain URLs.
    #[serde(rename = "url")]
    pub urls: Vec<UrlKey>,
    /// The releases of the config mapper that products ship.
    #[serde(rename = "mapper")]
    pub mappers: Vec<MapperRow>,
    /// Keys of deployment.toml that code reads, in addition to the templates.
    #[serde(rename = "code_key", default)]
    pub code_keys: Vec<CodeKeys>,
    /// Keys that products ship in deployment.toml although nothing reads them.
    #[serde(rename = "shipped_key", default)]
    pub shipped_keys: Vec<ShippedKey>,
    /// The changes that servers make to their rendered files.
    #[serde(rename = "rewritten")]
    pub rewrites: Vec<Rewrite>,
    /// Behaviour that differs between servers.
    #[serde(rename = "server_trait")]
    pub traits: Vec<TraitRow>,
    /// Files that look like configuration and that no server reads.
    pub left_alone: Vec<LeftAloneRow>,
    /// The kinds of JDBC URLs.
    pub jdbc: Vec<JdbcRow>,
    /// Tables in which any name passes.
    #[serde(rename = "open_map")]
    pub open_maps: Vec<OpenMap>,
    /// What names of folders say about the product.
    #[serde(rename = "path_hint")]
    pub path_hints: Vec<PathHint>,
}

impl Catalog {
    /// The product with this id.
    pub fn product(&self, id: &str) -> Option<&Product> {
        self.products.iter().find(|product| product.id == id)
    }

    /// Whether a startup script with the name of `script` passes `-D<option>` as shipped. The endings for Unix and Windows are the same to it.
    pub fn ships_option(&self, script: &str, option: &str) -> bool {
        let name = Path::new(script).file_stem();
        self.products
            .iter()
            .filter(|product| product.shipped_options.iter().any(|shipped| shipped == option))
            .any(|product| product.scripts.iter().any(|known| Path::new(known).file_stem() == name))
    }

    /// Whether a server has a trait: this version of `product`, on this `kernel` if that is known.
    pub fn has(&self, wanted: ServerTrait, product: &str, version: &Version, kernel: Option<&Version>) -> bool {
        self.traits.iter().any(|row| row.name == wanted && row.fits(product, version, kernel))
    }

    /// The keys that the code of a product reads, in addition to the templates; `table.*` is every key of a table.
    pub fn code_keys_of(&self, product: &str) -> impl Iterator<Item = &str> {
        let rows = self.code_keys.iter().filter(move |row| row.products.iter().any(|known| known == product));
        rows.flat_map(|row| &row.keys).map(String::as_str)
    }

    /// Whether the code of a product reads `key`, in addition to the templates.
    pub fn code_reads(&self, product: &str, key: &str) -> bool {
        self.code_keys_of(product).any(|known| match Key::new(known).opened_table() {
            Some(table) => table.is_above(Key::new(key)),
            None => known == key,
        })
    }

    /// The product that the path of a file suggests by the names of its folders.
    pub fn product_by_path(&self, path: &Path) -> Option<&Product> {
        self.product(path_hint::product_in(&self.path_hints, path)?)
    }

    /// Whether a product ships `key` with this value in its deployment.toml although nothing reads it.
    pub fn ships_key(&self, product: &str, key: &str, value: &str) -> bool {
        let ships = |row: &ShippedKey| row.key == key && row.value == value && row.products.iter().any(|known| known == product);
        self.shipped_keys.iter().any(ships)
    }

    /// Whether `file` contains a port or a switch of some listener.
    pub fn reads(&self, file: &str) -> bool {
        self.listeners.iter().any(|row| {
            let flag = row.offset_flag.as_ref().and_then(|flag| flag.place.as_ref());
            let own = row.places.iter().chain(&row.enabled_by).chain(&row.disabled_by).chain(flag);
            let of_parts = row.parts.iter().filter_map(|part| part.places.as_ref()).flatten();
            own.chain(of_parts).any(|place| place.file == file)
        })
    }

    /// The protocol of inbound endpoints with this name, if it opens a port.
    pub fn inbound_protocol(&self, name: &str) -> Option<&InboundProtocol> {
        self.inbound_protocols.iter().find(|row| row.protocol == name)
    }

    /// The listener with this id.
    pub fn listener(&self, id: &str) -> Option<&ListenerRow> {
        self.listeners.iter().find(|listener| listener.id == id)
    }
}

/// Why a text does not name a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownProduct {
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl fmt::Display for UnknownProduct {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for UnknownProduct {}

/// The product, and the version if there is one, that `NAME[@VERSION]` names.
pub fn product_of(text: &str) -> Result<(&'static Product, Option<Version>), UnknownProduct> {
    let (name, version) = text.split_once('@').map_or((text, None), |(name, version)| (name, Some(version)));
    let product = catalog().product(name).ok_or_else(|| {
        let names: Vec<&str> = catalog().products.iter().map(|product| product.id.as_str()).collect();
        UnknownProduct {
            message: format!("no product is called `{name}`"),
            help: did_you_mean_name(name, names.iter().copied())
                .unwrap_or_else(|| format!("the products are {}", names.join(", "))),
        }
    })?;
    let invalid_version = |version: &str| UnknownProduct {
        message: format!("`{version}` is not a version"),
        help: format!("write it like {}@{}", product.id, product.latest),
    };
    let version = version.map(|version| Version::parse(version).ok_or_else(|| invalid_version(version))).transpose()?;
    if let Some(version) = version.as_ref().filter(|version| !product.has_release(version)) {
        return Err(UnknownProduct {
            message: format!("no version {version} of {} is known", product.id),
            help: format!("the known versions are {}", product.known_releases()),
        });
    }
    Ok((product, version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_is_shipped_with_some_scripts() {
        for (script, option, expected) in [
            ("bin/micro-integrator.sh", "avoidConfigHashRead", true),
            ("micro-integrator.bat", "avoidConfigHashRead", true),
            ("bin/micro-integrator.sh", "avoidConfigUpdate", false),
            ("bin/api-manager.sh", "avoidConfigHashRead", false),
        ] {
            assert_eq!(catalog().ships_option(script, option), expected, "{script} {option}");
        }
    }

    #[test]
    fn the_catalogue_is_whole() {
        let catalog = catalog();
        let known = |id: &String| catalog.product(id).is_some();
        for listener in &catalog.listeners {
            assert!(listener.random == listener.port.is_none(), "{}: either a port or random", listener.id);
            assert_eq!(
                listener.offset == OffsetRule::Flag,
                listener.offset_flag.is_some(),
                "{}: a flag goes with its rule",
                listener.id
            );
            assert!(listener.parts.iter().all(|part| part.products.iter().all(known)), "{}: unknown product", listener.id);
        }
        for row in &catalog.inbound_protocols {
            let same = catalog.inbound_protocols.iter().filter(|other| other.protocol == row.protocol || other.id == row.id);
            assert_eq!(same.count(), 1, "{}: another row has this protocol or id", row.protocol);
            assert!(
                row.offset_parameter.is_none() || row.offset_flag.is_none(),
                "{}: either a parameter or a flag",
                row.protocol
            );
        }
        for profile in &catalog.profiles {
            assert!(profile.opens.iter().all(|id| catalog.listener(id).is_some()), "{:?}: unknown listener", profile.names);
        }
        for url in &catalog.urls {
            assert!(url.listener.iter().all(|id| catalog.listener(id).is_some()), "{}: unknown listener", url.key);
            assert!(url.peer.iter().chain(&url.products).all(known), "{}: unknown product", url.key);
        }
        for rewrite in &catalog.rewrites {
            assert!(rewrite.products.iter().all(known), "{}: unknown product", rewrite.file);
        }
        for row in &catalog.traits {
            assert!(!row.products.is_empty() && row.products.iter().all(known), "{:?}: unknown product", row.name);
        }
    }
}
