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
        /// How well they fit the wanted version.
        fit: Fit,
    },
    /// The catalogue, for a product that was guessed.
    Guess {
        /// The product's id.
        product: String,
        /// What suggests it.
        by: GuessedBy,
    },
}

/// What suggests the product of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GuessedBy {
    /// The names of the folders around the file.
    Path,
    /// The keys in the file.
    Keys,
}

impl GuessedBy {
    /// Which of the two, for messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Keys => "keys",
        }
    }
}

/// How well keys from the catalogue fit the version that they are wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// They are the keys of exactly this version as it was first released. An update of a server may add keys.
    Released,
    /// They are of this version, but some of its keys are missing.
    Incomplete,
    /// They are of every known version, because it is unknown which one is wanted.
    AnyVersion,
    /// They are of the versions around it, because its own are unknown.
    Neighbours,
}

impl SchemaSource {
    /// The id of the product whose keys these are; `None` for those of a home.
    pub fn product(&self) -> Option<&str> {
        match self {
            Self::Home => None,
            Self::Catalogue { product, .. } | Self::Guess { product, .. } => Some(product),
        }
    }

    /// Whether all keys are known that this version had when it was released.
    pub fn is_complete(&self) -> bool {
        matches!(self, Self::Home | Self::Catalogue { fit: Fit::Released, .. })
    }
}
