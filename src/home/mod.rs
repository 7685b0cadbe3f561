//! Product homes: where they are, how they are laid out, and which product and version they contain.

mod discover;
mod identify;
mod layout;

pub use discover::ReadError;
pub(crate) use discover::{FoundHome, discover, embedded_in};
pub(crate) use identify::Identity;
pub(crate) use identify::{ServerNames, VERSION_FILES, identify_with};
pub(crate) use layout::{INBOUND_ENDPOINTS, Layout, is_known_name};

/// How a home is configured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Generation {
    /// deployment.toml, from which the server renders the rest.
    Toml,
    /// XML files that are edited directly.
    Xml,
    /// deployment.yaml, in Carbon 5 runtimes.
    Yaml,
}

impl Generation {
    /// What the configuration of this generation is called.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Toml => "deployment.toml",
            Self::Xml => "XML",
            Self::Yaml => "deployment.yaml",
        }
    }
}
