//! The templates from which the server of a home renders its files.

use std::path::PathBuf;
use std::sync::Arc;

use super::Model;

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

    /// Whether the home's template of `file` reads `key`; `None` if the home has no such template.
    pub fn template_reads(&self, file: &str, key: &str) -> Option<bool> {
        Some(reads(&self.template_of(file)?, key))
    }
}

/// Whether a template reads `key`: whether it contains the key, or loops over the items of a table that contains the key.
fn reads(template: &str, key: &str) -> bool {
    let tables = key.match_indices('.').map(|(dot, _)| &key[..dot]);
    mentions(template, key) || tables.into_iter().any(|table| mentions(template, &format!("{table}.items")))
}

/// Whether a template contains `key` as a whole name.
fn mentions(template: &str, key: &str) -> bool {
    let in_name = |character: char| character.is_alphanumeric() || matches!(character, '_' | '.');
    template.match_indices(key).any(|(at, _)| {
        let rest = &template[at + key.len()..];
        !template[..at].ends_with(in_name) && !rest.starts_with(|next| in_name(next) && next != '.')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_mentions_whole_keys_only() {
        let template = "{% if transport.http.enabled %}x{% endif %}{{ a.transport.http.enable }}";
        assert!(mentions(template, "transport.http.enabled"));
        assert!(!mentions(template, "transport.http.enable"));
        assert!(mentions("{% if transport.http.enable %}", "transport.http.enable"));
        assert!(reads("{% for k, v in a.receiver.items() %}", "a.receiver.enable"));
        assert!(!reads("{% for k, v in b.a.receiver.items() %}", "a.receiver.enable"));
    }
}
