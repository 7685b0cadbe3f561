//! What differs between releases of the server's mapper and its template engine (wso2/config-mapper, tags v1.0.2 to v1.1.0).

use std::fs;
use std::path::Path;

use crate::catalog::{Product, Version, catalog};
use crate::server::jinjava;

/// The releases of the mapper and the template engine that a server runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    mapper: Version,
    jinjava: Version,
}

impl Default for Release {
    /// The releases of a current product.
    fn default() -> Self {
        let version = |text: &str| Version::parse(text).unwrap_or_else(Version::zero);
        Self { mapper: version("1.0.26"), jinjava: version("2.7.6") }
    }
}

/// The folders of the jars in a home; API Manager and Identity Server use the first.
const LIBRARIES: [&str; 2] = ["lib", "wso2/lib"];

impl Release {
    /// The releases with these numbers.
    pub fn new(mapper: Version, jinjava: Version) -> Self {
        Self { mapper, jinjava }
    }

    /// The releases whose jars are in the home at `root`. For a missing jar, the release that `version` of `product` ships.
    pub fn of_home(root: &Path, product: Option<&Product>, version: Option<&Version>) -> Self {
        let shipped = Self::of_product(product, version);
        let jar = |name: &str| LIBRARIES.iter().find_map(|folder| version_of_jar(&root.join(folder), name));
        Self { mapper: jar("config-mapper-").unwrap_or(shipped.mapper), jinjava: jar("jinjava-").unwrap_or(shipped.jinjava) }
    }

    /// The releases that `version` of `product` ships; those of its newest version if the version is unknown.
    pub fn of_product(product: Option<&Product>, version: Option<&Version>) -> Self {
        let Some(product) = product else { return Self::default() };
        let version = version.unwrap_or(&product.latest);
        let rows = catalog().mappers.iter();
        let row = rows.into_iter().find(|row| row.products.contains(&product.id) && row.versions.contains(version));
        row.map_or_else(Self::default, |row| Self::new(row.mapper.clone(), row.jinjava.clone()))
    }

    fn mapper_since(&self, version: &str) -> bool {
        Version::parse(version).is_some_and(|since| self.mapper.compare(&since).is_ge())
    }

    /// Whether `[runtime_secrets]` is read (since v1.0.13, TomlParser.java and ReferenceResolver.java, b5393b7).
    pub(super) fn has_runtime_secrets(&self) -> bool {
        self.mapper_since("1.0.13")
    }

    /// Whether an alias of `[secrets]` loses its quotes (since v1.0.21, TomlParser.java `extractQuotedContent`).
    pub(super) fn unquotes_aliases(&self) -> bool {
        self.mapper_since("1.0.21")
    }

    /// Whether `$env{}` and `$sys{}` are resolved inside arrays of tables (since v1.0.5, ReferenceResolver.java, bebe6d0).
    pub fn resolves_in_elements(&self) -> bool {
        self.mapper_since("1.0.5")
    }

    /// Whether the value of a variable is inserted as it is (since v1.0.25, ReferenceResolver.java `quoteReplacement`, 42982ba). Before,
    /// `$` and `\` in it had a meaning.
    pub(super) fn quotes_variables(&self) -> bool {
        self.mapper_since("1.0.25")
    }

    /// The generation of its template engine.
    pub fn of_jinjava(&self) -> jinjava::Release {
        let since = |version: &str| Version::parse(version).is_some_and(|since| self.jinjava.compare(&since).is_ge());
        match () {
            () if since("2.7") => jinjava::Release::Since27,
            () if since("2.6") => jinjava::Release::Since26,
            () if since("2.5") => jinjava::Release::Since25,
            () => jinjava::Release::Until24,
        }
    }
}

/// The newest version among the jars in `folder` whose names begin with `name`.
fn version_of_jar(folder: &Path, name: &str) -> Option<Version> {
    let jars = fs::read_dir(folder).ok()?.filter_map(Result::ok);
    let versions = jars.filter_map(|entry| {
        let file = entry.file_name();
        Version::parse(file.to_str()?.strip_prefix(name)?.strip_suffix(".jar")?)
    });
    versions.max_by(Version::compare)
}
