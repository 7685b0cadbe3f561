//! The templates from which the server of a home renders its files.

use std::path::PathBuf;
use std::sync::Arc;

use super::Model;
use crate::server::mapper::key_usage::KeyUsage;

impl Model {
    /// Whether the server renders its files from templates in this home.
    pub fn renders_from_templates(&self) -> bool {
        !self.layout.has_no_home()
            && *self.templates.get_or_init(|| self.layout.root.join("repository/resources/conf/templates").is_dir())
    }

    /// The template of a rendered file, read once. `None` if the home has none.
    pub fn template_of(&self, file: &str) -> Option<Arc<str>> {
        if !self.renders_from_templates() {
            return None;
        }
        self.text_of(&self.layout.template_of(file))
    }

    /// Whether findings for any template are wanted.
    pub fn requests_any_template(&self) -> bool {
        self.only.is_empty() || self.only.iter().any(|path| path.extension().is_some_and(|ending| ending == "j2"))
    }

    /// The path of the template of a rendered file, which need not exist.
    pub fn template_path(&self, file: &str) -> PathBuf {
        self.layout.root.join(self.layout.template_of(file))
    }

    /// Whether the home has a template of this file.
    pub fn has_template_of(&self, file: &str) -> bool {
        self.renders_from_templates() && self.template_path(file).is_file()
    }

    /// Whether the home's template of `file` reads `key`, or what key-mappings.json maps it to. A comment that names the key does not count.
    /// `None` if the home has no such template.
    pub fn template_reads(&self, file: &str, key: &str) -> Option<bool> {
        let template = self.template_of(file)?;
        let mapping = self.mapping()?;
        let mut usages = self.usages.borrow_mut();
        let usage = usages.entry(file.to_owned()).or_insert_with(|| {
            let mut usage = KeyUsage::default();
            usage.add(0, &mapping.parse(&template));
            usage
        });
        let targets = mapping.resources.targets(key);
        Some(targets.into_iter().chain([key]).any(|key| usage.reads(key)))
    }
}
