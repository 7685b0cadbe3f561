//! The effective values of a home: the value of each key, what sets it, and where.

use std::collections::BTreeMap;

use crate::catalog::catalog;
use crate::model::{EffectiveValue, Model};
use crate::render::Rendering;
use crate::server::mapper::schema::{Schema, SchemaSource};
use crate::server::mapper::{Configuration, Effective, JsonFile, Origin, Resources, placeholders};
use crate::source::key::Key;
use crate::suggest::did_you_mean;

/// The effective value of a key, and whether it matters.
#[derive(Debug)]
pub struct EffectiveEntry {
    /// The value. Its key is the one after mapping by key-mappings.json.
    pub effective: EffectiveValue,
    /// Whether anything in the server reads it; `None` if unknown.
    pub live: Option<bool>,
}

impl EffectiveEntry {
    /// The key as written in deployment.toml, if key-mappings.json renames it.
    pub fn mapped_from(&self) -> Option<&str> {
        let is_user = matches!(self.effective.origin, Some(Origin::User { .. }));
        self.effective.written.as_deref().filter(|written| is_user && *written != self.effective.key)
    }
}

/// The effective values of a home.
#[derive(Debug)]
pub(crate) struct EffectiveValues<'a> {
    model: &'a Model,
    resources: &'a Resources,
    configuration: &'a Configuration,
}

/// The effective values of `key`, of the keys that key-mappings.json maps it to, and of everything below it; without a key, of all keys. Sorted
/// by key; empty if nothing sets any of them.
pub fn get<'a>(rendering: &'a Rendering<'a>, key: Option<&str>) -> Vec<EffectiveEntry> {
    let values = EffectiveValues::of(rendering);
    // The mapper's keys have single quotes, whichever quotes deployment.toml has.
    key.map_or_else(|| values.all(), |key| values.find(&key.replace('"', "'")))
}

impl<'a> EffectiveValues<'a> {
    /// The effective values of what `rendering` renders from.
    pub(crate) fn of(rendering: &'a Rendering<'a>) -> Self {
        let (model, resources, configuration) = (rendering.model, rendering.resources, &rendering.configuration);
        Self { model, resources, configuration }
    }

    /// Every value, sorted by key.
    pub(crate) fn all(&self) -> Vec<EffectiveEntry> {
        self.configuration.values().into_iter().filter_map(|(key, effective)| self.entry(key, effective)).collect()
    }

    /// The values of `key`, of the keys that it is mapped to, and of everything below it; empty if nothing sets any of them.
    pub(crate) fn find(&self, key: &str) -> Vec<EffectiveEntry> {
        let values = self.configuration.values();
        let is_meant = |known: &str| !key.is_empty() && Key::new(key).covers(Key::new(known));
        let mut found: BTreeMap<&str, &Effective> =
            values.iter().filter(|(known, _)| is_meant(known)).map(|(known, effective)| (*known, *effective)).collect();
        let mapped = self.resources.json(JsonFile::KeyMappings).keys().filter(|known| is_meant(known));
        for target in mapped.flat_map(|known| self.resources.targets(known)) {
            if let Some((target, effective)) = values.get_key_value(target) {
                found.insert(target, effective);
            }
        }
        found.into_iter().filter_map(|(key, effective)| self.entry(key, effective)).collect()
    }

    /// The keys that key-mappings.json maps `key` to; empty if it does not rename the key.
    pub(crate) fn targets(&self, key: &str) -> Vec<String> {
        self.resources.targets(key).into_iter().filter(|target| *target != key).map(ToOwned::to_owned).collect()
    }

    /// `did you mean ...?` for a key that nothing sets; `None` if no key is similar.
    pub(crate) fn near(&self, key: &str) -> Option<String> {
        let values = self.configuration.values();
        let written = self.configuration.settings.keys().chain(self.resources.json(JsonFile::KeyMappings).keys());
        let read = self.model.schema().map(Schema::keys).unwrap_or_default();
        let written = written.chain(&read).map(String::as_str).filter(|known| !known.contains([':', '*', '[']));
        // The key itself can be known although nothing sets it.
        let is_other = |known: &&str| !(Key::new(known).covers(Key::new(key)) && Key::new(key).covers(Key::new(known)));
        did_you_mean(key, values.keys().copied().chain(written).filter(is_other), '.')
    }

    fn entry(&self, key: &str, effective: &Effective) -> Option<EffectiveEntry> {
        let value = self.model.effective_with(self.configuration).of_flat(key)?;
        Some(EffectiveEntry { effective: value, live: self.is_live(key, effective) })
    }

    /// Whether anything in the server reads the effective value of `key`.
    fn is_live(&self, key: &str, effective: &Effective) -> Option<bool> {
        // Only the home's templates show what is read of a value after defaults and inference.
        let schema = self.model.schema().filter(|schema| *schema.source() == SchemaSource::Home)?;
        let refers = |text: &str| placeholders(text, "ref").contains(&key);
        let is_referred = || self.configuration.settings.values().any(|setting| setting.value.texts().into_iter().any(refers));
        if schema.reads_effective(key, &effective.value) || is_referred() {
            return Some(true);
        }
        // What the code reads is only known if the product is.
        Some(catalog().code_reads(&self.model.product()?.id, key))
    }
}
