//! Behaviour that some servers have and others do not: the rows of `rules/catalog/traits.toml`.

use serde::Deserialize;

use super::version::{Version, Versions};

/// A behaviour that depends on the product and its version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ServerTrait {
    /// A port offset in carbon.properties replaces one on the command line.
    PropertiesBeatCommandLine,
    /// The ports of HTTP inbound endpoints follow the offset if nothing says whether they do.
    InboundHttpAddsOffset,
    /// Each `[custom_transport.*]` adds a connector to Tomcat.
    CustomConnectors,
}

/// Some products and versions that have a trait.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TraitRow {
    /// The trait.
    pub name: ServerTrait,
    /// The products.
    pub products: Vec<String>,
    /// Their versions.
    #[serde(default)]
    pub versions: Versions,
    /// The Carbon kernels that bring the trait. If the kernel of a home is known, it counts instead of the version.
    pub kernels: Option<Versions>,
    /// The evidence.
    pub source: String,
}

impl TraitRow {
    /// Whether the row is about this version of `product`, on this `kernel` if that is known.
    pub(super) fn fits(&self, product: &str, version: &Version, kernel: Option<&Version>) -> bool {
        self.products.iter().any(|known| known == product)
            && match self.kernels.as_ref().zip(kernel) {
                Some((kernels, kernel)) => kernels.contains(kernel),
                None => self.versions.contains(version),
            }
    }
}

#[cfg(test)]
mod tests {
    use super::ServerTrait::{CustomConnectors, InboundHttpAddsOffset, PropertiesBeatCommandLine};
    use super::*;
    use crate::catalog::catalog;

    #[test]
    fn every_trait_has_a_row() {
        // The error lists the names of all traits.
        let error = serde_json::from_str::<ServerTrait>("\"\"").expect_err("no trait").to_string();
        let names: Vec<&str> = error.split('`').skip(1).step_by(2).filter(|name| !name.is_empty()).collect();
        assert!(names.contains(&"custom-connectors"), "{error}");
        for name in names {
            let wanted: ServerTrait = serde_json::from_value(name.into()).expect("a trait");
            assert!(catalog().traits.iter().any(|row| row.name == wanted), "no row of rules/catalog/traits.toml is about {name}");
        }
    }

    #[test]
    fn a_trait_depends_on_the_product_the_version_and_the_kernel() {
        let version = |text| Version::parse(text).expect("a version");
        for (wanted, product, of_product, kernel, expected) in [
            (PropertiesBeatCommandLine, "api-manager", "3.2.0", None, false),
            (PropertiesBeatCommandLine, "api-manager", "4.0.0", None, true),
            (PropertiesBeatCommandLine, "api-manager", "4.0.0", Some("4.6.0"), false),
            (PropertiesBeatCommandLine, "api-manager", "3.2.0", Some("4.6.1"), true),
            (PropertiesBeatCommandLine, "identity-server", "5.10.0", None, false),
            (PropertiesBeatCommandLine, "identity-server", "5.11.0", None, true),
            (PropertiesBeatCommandLine, "carbon-kernel", "4.6.1", Some("4.6.1"), true),
            (PropertiesBeatCommandLine, "carbon-kernel", "4.6.0", Some("4.6.0"), false),
            (PropertiesBeatCommandLine, "micro-integrator", "4.2.0", Some("4.9.0"), false),
            (InboundHttpAddsOffset, "api-manager", "3.2.0", None, false),
            (InboundHttpAddsOffset, "universal-gateway", "4.5.0", Some("4.9.28"), true),
            (InboundHttpAddsOffset, "micro-integrator", "4.2.0", None, false),
            (CustomConnectors, "identity-server", "5.11.0", None, false),
            (CustomConnectors, "identity-server", "6.0.0", Some("4.7.1"), true),
            (CustomConnectors, "api-manager", "4.5.0", None, false),
        ] {
            let found = catalog().has(wanted, product, &version(of_product), kernel.map(version).as_ref());
            assert_eq!(found, expected, "{wanted:?} {product} {of_product} {kernel:?}");
        }
    }
}
