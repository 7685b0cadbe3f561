//! Server profiles: `-Dprofile`, which API Manager also sets from `[server] server_role`.

use crate::catalog::{Product, Profile, Version, catalog};
use crate::model::{Location, Model};
use crate::source::toml::TomlValue;

/// The profile that a home starts with.
#[derive(Debug, Clone)]
pub struct ServerProfile {
    /// Its name as written.
    pub name: String,
    /// What the catalogue knows of it; `None` for a name that this product and version do not know, which starts everything.
    pub known: Option<&'static Profile>,
    /// Where it is written; `None` when the caller says so.
    pub source: Option<Location>,
}

impl ServerProfile {
    /// Whether the product starts with it unless somebody says otherwise.
    pub fn is_default(&self) -> bool {
        self.name == "default" || self.known.is_some_and(|known| known.opens.is_empty())
    }

    /// Whether the listener `id` opens. Listeners that no profile speaks of are not narrowed.
    pub fn opens(&self, id: &str) -> bool {
        let Some(known) = self.known else { return true };
        let spoken_of = catalog()
            .profiles
            .iter()
            .filter(|profile| profile.products.iter().any(|product| known.products.contains(product)))
            .any(|profile| profile.opens.iter().any(|opened| opened == id));
        !spoken_of || known.opens.iter().any(|opened| opened == id)
    }
}

impl ServerProfile {
    /// The profile `name` of a product, without a home; the newest version where `version` is `None`.
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

/// The profile of `model`; `None` when nothing sets one.
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
