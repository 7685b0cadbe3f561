//! What is known of the products, as data of `rules/catalog/`: products, listeners, profiles, keys that hold URLs.

mod rewrite;
mod version;

use std::sync::LazyLock;

use serde::Deserialize;

pub use rewrite::Rewrite;
pub use version::{Version, Versions};

/// The catalogue of this build.
pub fn catalog() -> &'static Catalog {
    static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
        // The build wrote the text from rules/catalog/, and a test parses it: it cannot be wrong in a binary that was tested.
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
    /// The listeners, in the order in which they are listed.
    #[serde(rename = "listener")]
    pub listeners: Vec<ListenerRow>,
    /// What server profiles open.
    #[serde(rename = "profile")]
    pub profiles: Vec<Profile>,
    /// Keys of deployment.toml that hold URLs.
    #[serde(rename = "url")]
    pub urls: Vec<UrlKey>,
    /// The releases of the config mapper that products ship.
    #[serde(rename = "mapper")]
    pub mappers: Vec<MapperRow>,
    /// Keys of deployment.toml that code asks for, past the templates.
    #[serde(rename = "code_key", default)]
    pub code_keys: Vec<CodeKeys>,
    /// What servers change in their rendered files themselves.
    #[serde(rename = "rewritten")]
    pub rewrites: Vec<Rewrite>,
}

impl Catalog {
    /// The product of this id.
    pub fn product(&self, id: &str) -> Option<&Product> {
        self.products.iter().find(|product| product.id == id)
    }

    /// The keys that the code of a product asks for, past the templates; `table.*` for every key of a table.
    pub fn code_keys_of(&self, product: &str) -> impl Iterator<Item = &str> {
        let rows = self.code_keys.iter().filter(move |row| row.products.iter().any(|known| known == product));
        rows.flat_map(|row| &row.keys).map(String::as_str)
    }

    /// Whether the code of a product asks for `key`, past the templates.
    pub fn code_reads(&self, product: &str, key: &str) -> bool {
        self.code_keys_of(product).any(|known| match known.strip_suffix(".*") {
            Some(table) => key.strip_prefix(table).is_some_and(|rest| rest.starts_with(['.', '['])),
            None => known == key,
        })
    }

    /// Whether a port or a switch of some listener stands in `file`.
    pub fn reads(&self, file: &str) -> bool {
        self.listeners.iter().any(|row| {
            let flag = row.offset_flag.as_ref().and_then(|flag| flag.place.as_ref());
            let own = row.places.iter().chain(&row.enabled_by).chain(&row.disabled_by).chain(flag);
            let of_parts = row.parts.iter().filter_map(|part| part.places.as_ref()).flatten();
            own.chain(of_parts).any(|place| place.file == file)
        })
    }

    /// The listener of this id.
    pub fn listener(&self, id: &str) -> Option<&ListenerRow> {
        self.listeners.iter().find(|listener| listener.id == id)
    }
}

/// Why a name is no product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownProduct {
    /// What is wrong, lower case.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// The product, and the version, that `NAME[@VERSION]` names.
pub fn product_of(text: &str) -> Result<(&'static Product, Option<Version>), UnknownProduct> {
    let (name, version) = text.split_once('@').map_or((text, None), |(name, version)| (name, Some(version)));
    let product = catalog().product(name).ok_or_else(|| {
        let names: Vec<&str> = catalog().products.iter().map(|product| product.id.as_str()).collect();
        UnknownProduct {
            message: format!("no product is called `{name}`"),
            help: format!("the products are {}", names.join(", ")),
        }
    })?;
    let no_version = |version: &str| UnknownProduct {
        message: format!("`{version}` is no version"),
        help: "write it like api-manager@4.2.0".to_owned(),
    };
    let version = version.map(|version| Version::parse(version).ok_or_else(|| no_version(version))).transpose()?;
    Ok((product, version))
}

/// A product.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// The name on the command line and in JSON.
    pub id: String,
    /// The name that the product prints: `WSO2 API Manager`.
    pub name: String,
    /// `ServerKey` of carbon.xml.
    #[serde(default)]
    pub server_keys: Vec<String>,
    /// What stands before the version in updates/product.txt.
    pub distribution: Option<String>,
    /// The start scripts, newest first, relative to the home.
    #[serde(default)]
    pub scripts: Vec<String>,
    /// The start scripts that no other product has.
    #[serde(default)]
    pub own_scripts: Vec<String>,
    /// The configuration folder inside the home.
    pub conf: String,
    /// The first version that is configured by deployment.toml.
    pub toml_since: Option<Version>,
    /// The offset without any configuration.
    #[serde(default)]
    pub default_offset: i64,
    /// The newest version that is known.
    pub latest: Version,
    /// Carbon kernel versions that belong to one version of the product only.
    #[serde(default)]
    pub kernels: std::collections::BTreeMap<String, Version>,
    /// Where this is known from.
    pub source: String,
}

/// Keys that the code of some products asks for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeKeys {
    /// The products.
    pub products: Vec<String>,
    /// The keys; `table.*` for every key of a table.
    pub keys: Vec<String>,
    /// Where this is known from.
    pub source: String,
}

/// The config mapper and the template engine of some versions of some products.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MapperRow {
    /// The products.
    pub products: Vec<String>,
    /// Their versions.
    pub versions: Versions,
    /// The release of wso2/config-mapper.
    pub mapper: Version,
    /// The release of Jinjava.
    pub jinjava: Version,
    /// Where this is known from.
    pub source: String,
}

/// How the offset changes a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OffsetRule {
    /// Always added.
    Always,
    /// Added where the value is a `${Ports…}` reference to carbon.xml or stands there.
    Placeholder,
    /// Added to the default, not to a port that is set.
    UnlessSet,
    /// Added where a flag of the configuration says so.
    Flag,
    /// Never added.
    Never,
    /// Nobody has verified it; taken as not added.
    Unknown,
}

/// The transport protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// TCP
    Tcp,
    /// UDP
    Udp,
}

impl Protocol {
    /// `tcp` or `udp`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
        }
    }
}

/// Who connects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// The server listens.
    #[default]
    Inbound,
    /// The server connects to another one's port.
    Outbound,
}

/// A place in a file: `conf/…` lies in the configuration folder, anything else below the home.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// The file.
    pub file: String,
    /// The path inside it.
    pub path: String,
    /// What the value must be for a switch to hold, where that is not `true`.
    pub equals: Option<String>,
}

impl Place {
    /// The place at `path` in `file`.
    pub fn new(file: &str, path: &str) -> Self {
        Self { file: file.to_owned(), path: path.to_owned(), equals: None }
    }

    /// Whether `value`, found here, makes a switch hold.
    pub fn holds(&self, value: &str) -> bool {
        value.trim().eq_ignore_ascii_case(self.equals.as_deref().unwrap_or("true"))
    }
}

/// A listener of one or more products.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListenerRow {
    /// Its name in every output.
    pub id: String,
    /// What it is for.
    pub description: String,
    /// TCP or UDP.
    pub protocol: Protocol,
    /// Whether it speaks TLS.
    #[serde(default)]
    pub tls: bool,
    /// Whether the server listens or connects.
    #[serde(default)]
    pub direction: Direction,
    /// The port before the offset; absent for a random one.
    pub port: Option<u16>,
    /// Whether the system picks the port at each start.
    #[serde(default)]
    pub random: bool,
    /// What the documentation says where the code says otherwise, and why the code counts.
    pub documented_note: Option<String>,
    /// How the offset changes it.
    pub offset: OffsetRule,
    /// The flag of [`OffsetRule::Flag`].
    pub offset_flag: Option<OffsetFlag>,
    /// A `-D` option of the start script that replaces port and offset.
    pub system_property: Option<String>,
    /// A `-D` option of the start script that makes the port random.
    pub random_property: Option<String>,
    /// Where the port stands in the files of an XML home, the first that exists counting.
    #[serde(default)]
    pub places: Vec<Place>,
    /// Places that must all be true for the listener to open; an absent one is.
    #[serde(default)]
    pub enabled_by: Vec<Place>,
    /// Places of which none may be true.
    #[serde(default)]
    pub disabled_by: Vec<Place>,
    /// Where this is known from.
    pub source: String,
    /// What differs by product and version; the first that fits applies.
    #[serde(rename = "in")]
    pub parts: Vec<ListenerPart>,
}

/// A listener in some products and versions.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListenerPart {
    /// The products.
    pub products: Vec<String>,
    /// Their versions.
    #[serde(default)]
    pub versions: Versions,
    /// Whether it opens without any configuration.
    pub open: bool,
    /// Why it is as it is.
    pub note: Option<String>,
    /// The port that the documentation has where the code has another.
    pub documented_port: Option<u16>,
    /// Instead of the listener's own.
    pub documented_note: Option<String>,
    /// The key that sets the port.
    pub port_key: Option<String>,
    /// Other names of that key.
    #[serde(default)]
    pub port_aliases: Vec<String>,
    /// What the template of the listener's first place names as long as it renders the listener: an operator can have removed it.
    pub rendered_with: Option<String>,
    /// The key that switches it.
    pub switch: Option<Switch>,
    /// Other keys that close it with a certain value.
    #[serde(default)]
    pub closed_by: Vec<KeyValue>,
    /// Keys that look like the switch and do nothing here.
    #[serde(default)]
    pub inert_keys: Vec<String>,
    /// Another port than the listener's own.
    pub port: Option<u16>,
    /// Another rule of the offset.
    pub offset: Option<OffsetRule>,
    /// The runtime inside the product that opens it.
    pub profile: Option<String>,
    /// That runtime's own default offset.
    pub runtime_offset: Option<i64>,
    /// A port that another key implies.
    pub port_when: Option<PortWhen>,
    /// Other places than the listener's own.
    pub places: Option<Vec<Place>>,
    /// Where this is known from.
    pub source: Option<String>,
}

/// A flag that decides whether the offset is added.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OffsetFlag {
    /// The key of deployment.toml.
    pub key: Option<String>,
    /// Other names of it.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Its place in an XML home.
    pub place: Option<Place>,
    /// What holds when it is not set.
    pub default: bool,
}

/// A key that switches a listener.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Switch {
    /// The key.
    pub key: String,
    /// Other names of it.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// What opens the listener.
    pub opens: Opens,
    /// The value of [`Opens::Equals`].
    pub value: Option<String>,
    /// The rendered file whose template tests the key.
    pub template: Option<String>,
}

/// The test of a switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Opens {
    /// Anything that the template engine holds true.
    Truthy,
    /// The boolean `true` only.
    True,
    /// Any value at all.
    Defined,
    /// One value.
    Equals,
}

/// A key with a value.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyValue {
    /// The key.
    pub key: String,
    /// The value: text or boolean.
    pub value: serde_json::Value,
}

/// A port that follows from another key's value.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PortWhen {
    /// The key.
    pub key: String,
    /// Its value.
    pub value: String,
    /// The port then.
    pub port: u16,
}

/// What a server profile opens.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The products that know it.
    pub products: Vec<String>,
    /// Its names.
    pub names: Vec<String>,
    /// The versions that know it.
    #[serde(default)]
    pub versions: Versions,
    /// The ids of the listeners that open.
    pub opens: Vec<String>,
    /// Where this is known from.
    pub source: Option<String>,
}

/// A key of deployment.toml that holds URLs.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UrlKey {
    /// The products.
    pub products: Vec<String>,
    /// The flattened key.
    pub key: String,
    /// The listener of the same product that the URLs name.
    pub listener: Option<String>,
    /// The other product that they name.
    pub peer: Option<String>,
    /// What can be written in place of the port.
    pub placeholder: Option<String>,
    /// Where this is known from.
    pub source: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

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
    }
}
