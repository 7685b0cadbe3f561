//! The products, and what each of them ships.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::version::{Version, Versions};

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
    /// What precedes the version in updates/product.txt.
    pub distribution: Option<String>,
    /// The startup scripts, newest first, relative to the home.
    #[serde(default)]
    pub scripts: Vec<String>,
    /// The startup scripts that no other product has.
    #[serde(default)]
    pub own_scripts: Vec<String>,
    /// The product that this one is a distribution of a part of. It reads no key of deployment.toml that the whole does not read.
    pub part_of: Option<String>,
    /// The configuration folder, relative to the home.
    pub conf: String,
    /// The first version that is configured with deployment.toml.
    pub toml_since: Option<Version>,
    /// The port offset if nothing sets one.
    #[serde(default)]
    pub default_offset: i64,
    /// What comes before the ids of the listeners that its inbound endpoints open.
    #[serde(default)]
    pub inbound_prefix: String,
    /// The profile that is in the home itself, if the home contains other profiles, each with its files in a folder below `wso2`.
    pub main_profile: Option<String>,
    /// The options that its startup scripts pass as shipped, of those that change which files are rendered.
    #[serde(default)]
    pub shipped_options: Vec<String>,
    /// The newest known version.
    pub latest: Version,
    /// The releases that are known, oldest first, without their last number; empty if only the newest is.
    #[serde(default)]
    pub releases: Vec<Version>,
    /// Carbon kernel versions that belong to only one version of the product.
    #[serde(default)]
    pub kernels: BTreeMap<String, Version>,
    /// The evidence.
    pub source: String,
}

impl Product {
    /// Whether `version` belongs to a known release. Of a product without a list of releases, every version up to the newest does.
    pub fn has_release(&self, version: &Version) -> bool {
        match self.releases.as_slice() {
            [] => version.is_at_most(&self.latest),
            releases => releases.iter().any(|release| version.begins_with(release)),
        }
    }

    /// The known releases, for messages.
    pub fn known_releases(&self) -> String {
        let releases: Vec<String> = self.releases.iter().map(ToString::to_string).collect();
        if releases.is_empty() { format!("those up to {}", self.latest) } else { releases.join(", ") }
    }
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
    /// The evidence.
    pub source: String,
}

/// Keys of deployment.toml that the code of some products reads, in addition to the templates.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeKeys {
    /// The products.
    pub products: Vec<String>,
    /// The keys; `table.*` for every key of a table.
    pub keys: Vec<String>,
    /// The evidence.
    pub source: String,
}

/// A key that some products ship in deployment.toml although nothing reads it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShippedKey {
    /// The products.
    pub products: Vec<String>,
    /// The key.
    pub key: String,
    /// The value that they ship.
    pub value: String,
    /// The evidence.
    pub source: String,
}

/// The listeners that a server profile opens.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The products that have it.
    pub products: Vec<String>,
    /// Its names.
    pub names: Vec<String>,
    /// The versions that have it.
    #[serde(default)]
    pub versions: Versions,
    /// The ids of the listeners that it opens.
    pub opens: Vec<String>,
    /// The evidence.
    pub source: Option<String>,
}

/// A key of deployment.toml that contains URLs.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UrlKey {
    /// The products.
    pub products: Vec<String>,
    /// The flattened key.
    pub key: String,
    /// The listener of the same product that the URLs point to.
    pub listener: Option<String>,
    /// The other product that they point to.
    pub peer: Option<String>,
    /// What can be written instead of the port.
    pub placeholder: Option<String>,
    /// The evidence.
    pub source: Option<String>,
}
