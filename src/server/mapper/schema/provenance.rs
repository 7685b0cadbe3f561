//! Where a schema comes from, and how far it can be trusted.

use crate::catalog::Version;

/// Where a schema comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum SchemaSource {
    /// The home's own templates and JSON files.
    #[default]
    Home,
    /// The catalogue, for a known product.
    Catalogue {
        /// The product's id.
        product: String,
        /// The versions whose keys these are: two if the wanted version is between them.
        versions: Vec<Version>,
        /// Whether they are the keys of exactly the wanted version.
        exact: bool,
    },
    /// The catalogue, for a product that was guessed from the keys.
    Guess {
        /// The product's id.
        product: String,
        /// The version that fits best.
        version: Version,
    },
}

impl SchemaSource {
    /// The id of the product whose keys these are; `None` for those of a home.
    pub fn product(&self) -> Option<&str> {
        match self {
            Self::Home => None,
            Self::Catalogue { product, .. } | Self::Guess { product, .. } => Some(product),
        }
    }

    /// Whether a missing key proves that the server ignores it. False for guessed products, and for versions newer or older than every
    /// version whose keys are known.
    pub fn is_authoritative(&self) -> bool {
        match self {
            Self::Home => true,
            Self::Catalogue { versions, exact, .. } => *exact || versions.len() > 1,
            Self::Guess { .. } => false,
        }
    }
}
