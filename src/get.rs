//! The effective values of a home: the value of each key, what sets it, and where.

use std::collections::{BTreeMap, HashMap};

use crate::catalog::catalog;
use crate::model::{FileId, Location, Model};
use crate::render::Rendering;
use crate::server::mapper::resources::FOLDER;
use crate::server::mapper::schema::{Schema, SchemaSource};
use crate::server::mapper::{Configuration, Effective, JsonFile, Origin, Resources, placeholders};
use crate::source::key::Key;
use crate::source::{Span, json};
use crate::suggest::did_you_mean;

/// The effective value of a key.
#[derive(Debug)]
pub struct EffectiveEntry<'a> {
    /// The key, after mapping by key-mappings.json.
    pub key: &'a str,
    /// The value, and what sets it.
    pub effective: &'a Effective,
    /// The key as written in deployment.toml, if key-mappings.json renames it.
    pub mapped_from: Option<&'a str>,
    /// Where it is set; for an inferred value, the place of the key that it is inferred from.
    pub at: Option<Location>,
    /// Whether anything in the server reads it; `None` if unknown.
    pub live: Option<bool>,
}

/// The effective values of a home.
#[derive(Debug)]
pub(crate) struct EffectiveValues<'a> {
    model: &'a Model,
    resources: &'a Resources,
    configuration: &'a Configuration,
    defaults: Option<(FileId, HashMap<String, Span>)>,
}

/// The effective values of `key`, of the keys that key-mappings.json maps it to, and of everything below it; without a key, of all keys. Sorted
/// by key; empty if nothing sets any of them.
pub fn get<'a>(rendering: &'a Rendering<'a>, key: Option<&str>) -> Vec<EffectiveEntry<'a>> {
    let values = EffectiveValues::of(rendering);
    // The mapper's keys have single quotes, whichever quotes deployment.toml has.
    key.map_or_else(|| values.all(), |key| values.find(&key.replace('"', "'")))
}

impl<'a> EffectiveValues<'a> {
    /// The effective values of what `rendering` renders from.
    pub(crate) fn of(rendering: &'a Rendering<'a>) -> Self {
        let (model, resources, configuration) = (rendering.model, rendering.resources, &rendering.configuration);
        let defaults = model.file_at(&format!("{FOLDER}/{}", JsonFile::Default.name()));
        let defaults = defaults.map(|file| (file, json::key_spans(&model.file(file).source.text)));
        Self { model, resources, configuration, defaults }
    }

    /// Every value, sorted by key.
    pub(crate) fn all(&self) -> Vec<EffectiveEntry<'a>> {
        self.configuration.values().into_iter().map(|(key, effective)| self.entry(key, effective)).collect()
    }

    /// The values of `key`, of the keys that it is mapped to, and of everything below it; empty if nothing sets any of them.
    pub(crate) fn find(&self, key: &str) -> Vec<EffectiveEntry<'a>> {
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
        found.into_iter().map(|(key, effective)| self.entry(key, effective)).collect()
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
        let is_other = |known: &&str| *known != key && !known.contains([':', '*', '[']);
        let written = written.chain(&read).map(String::as_str).filter(is_other);
        did_you_mean(key, values.keys().copied().chain(written), '.')
    }

    fn entry(&self, key: &'a str, effective: &'a Effective) -> EffectiveEntry<'a> {
        let toml = self.model.toml_file();
        let user = |key: &str| {
            let span = self.configuration.settings.get(key)?.key;
            Some(Location { file: toml?, span })
        };
        let (mapped_from, at) = match &effective.origin {
            Origin::User { key: written } => (Some(written.as_str()).filter(|written| *written != key), user(written)),
            Origin::Inferred { from } => (None, self.configuration.setting_of(from).and_then(|(written, _)| user(written))),
            Origin::Default => {
                let place = self.defaults.as_ref().and_then(|(file, spans)| Some((*file, *spans.get(key)?)));
                (None, place.map(|(file, span)| Location { file, span }))
            }
        };
        EffectiveEntry { key, effective, mapped_from, at, live: self.is_live(key, effective) }
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
