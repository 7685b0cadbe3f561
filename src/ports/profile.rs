//! Server profiles: `-Dprofile`, which API Manager can also take from `[server] server_role`.

use crate::catalog::{Product, Profile, Version, catalog};
use crate::model::{Location, Model};
use crate::source::toml::TomlValue;

/// The profile that a home starts with.
#[derive(Debug, Clone)]
pub struct ServerProfile {
    /// Its name, as written.
    pub name: String,
    /// Its entry in the catalogue; `None` for a name that this product and version do not know. The server then starts everything.
    pub known: Option<&'static Profile>,
    /// Where it is set; `None` if the caller sets it.
    pub source: Option<Location>,
}

impl ServerProfile {
    /// Whether the product starts with this profile by default.
    pub fn is_default(&self) -> bool {
        self.name == "default" || self.known.is_some_and(|known| known.opens.is_empty())
    }

    /// Whether the listener `id` opens in this profile. A listener that no profile mentions always opens.
    pub fn opens(&self, id: &str) -> bool {
        let Some(known) = self.known else { return true };
        let is_mentioned = catalog()
            .profiles
            .iter()
            .filter(|profile| profile.products.iter().any(|product| known.products.contains(product)))
            .any(|profile| profile.opens.iter().any(|opened| opened == id));
        !is_mentioned || known.opens.iter().any(|opened| opened == id)
    }
}

impl ServerProfile {
    /// The profile `name` of a product without a home; without `version`, of the latest version.
    pub fn of_product(product: &Product, version: Option<&Version>, name: &str) -> Self {
        Self { name: name.to_owned(), known: known(product, version.unwrap_or(&product.latest), name), source: None }
    }
}

fn known(product: &Product, version: &Version, name: &str) -> Option<&'static Profile> {
    catalog().profiles.iter().find(|profile| {
        profile.products.contains(&product.id)
            && profile.names.iter().any(|known| known == name)
            && profile.versions.contains(version)
    })
}

/// The profile that `model` starts with; `None` if nothing sets one.
pub(super) fn of(model: &Model) -> Option<ServerProfile> {
    let (name, source) = written(model)?;
    let known = model.product().zip(model.catalogue_version()).and_then(|(product, version)| known(product, &version, &name));
    Some(ServerProfile { name, known, source })
}

fn written(model: &Model) -> Option<(String, Option<Location>)> {
    if let Some(name) = &model.assumptions.server_profile {
        return Some((name.clone(), None));
    }
    if let Some((file, options)) = model.script()
        && let Some(option) = options.iter().rev().find(|option| option.name == "profile")
        && let Some(value) = option.value.as_ref().filter(|value| !value.contains('$'))
    {
        return Some((value.clone(), Some(Location { file, span: option.span })));
    }
    let (file, entry) = model.setting("server.server_role", &[])?;
    match &entry.value {
        TomlValue::String(name) if !name.contains(['$', '{']) => {
            Some((name.clone(), Some(Location { file, span: entry.value_span })))
        }
        _ => None,
    }
}
