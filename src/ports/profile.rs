//! Server profiles: `-Dprofile`, which API Manager can also take from `[server] server_role`.

use std::collections::BTreeSet;

use crate::catalog::{Product, Profile, Version, catalog};
use crate::model::{Location, Model};
use crate::source::toml::TomlValue;
use crate::suggest::did_you_mean_name;

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
    /// The profile `name` of a product without a home.
    pub fn of_product(product: &Product, version: &Version, name: &str) -> Self {
        Self { name: name.to_owned(), known: known(product, version, name), source: None }
    }

    /// Why this is no profile of a product; `None` if it is one.
    pub(crate) fn fault(&self, product: &Product, version: &Version) -> Option<UnknownProfile> {
        if self.known.is_some() || self.name == "default" {
            return None;
        }
        let profiles = profiles_of(product, version).flat_map(|profile| &profile.names).map(String::as_str);
        let names: BTreeSet<&str> = profiles.chain(["default"]).collect();
        let help = did_you_mean_name(&self.name, names.iter().copied()).unwrap_or_else(|| {
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            format!("it has {}", names.join(", "))
        });
        let message = format!("{} {version} has no server profile `{}`", product.id, self.name);
        Some(UnknownProfile { message, help })
    }
}

/// A server profile that a product does not have. The server starts everything then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UnknownProfile {
    /// What is wrong.
    pub message: String,
    /// What can be meant.
    pub help: String,
}

fn profiles_of(product: &Product, version: &Version) -> impl Iterator<Item = &'static Profile> {
    catalog().profiles.iter().filter(|profile| profile.products.contains(&product.id) && profile.versions.contains(version))
}

fn known(product: &Product, version: &Version, name: &str) -> Option<&'static Profile> {
    profiles_of(product, version).find(|profile| profile.names.iter().any(|known| known == name))
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
