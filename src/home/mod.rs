//! Product homes: where they are, how they are laid out, and which product and version they contain.

pub(crate) use around::is_known_file;

mod around;
mod discover;
mod extensions;
mod identify;
mod layout;
mod left_out;
mod name;
mod read_error;
mod scripts;
mod walk;

pub(crate) use discover::{Discovery, FoundHome, discover};
pub(crate) use extensions::extensions;

pub(crate) use identify::Identity;
pub(crate) use identify::{ServerNames, VERSION_FILES, by_folder_name, identify_with};
pub(crate) use layout::{INBOUND_ENDPOINTS, Layout, is_known_name};
pub(crate) use left_out::{LeftAlone, PassedOver, WhyLeftAlone, WhyPassedOver};
pub(crate) use name::embedded_in;
pub use read_error::ReadError;
pub(crate) use scripts::Scripts;
pub use walk::Search;

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
