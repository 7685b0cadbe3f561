//! What a file is by its name alone, before it is read.

use std::path::Path;

use super::layout::is_known_name;
use crate::catalog::{LeftAloneRow, catalog};
use crate::source::Kind;
use crate::source::config_map::{EmbeddedFile, embedded_files};
use crate::source::kind::{TEMPLATE_ENDINGS, without_ending};

/// What a file is by its name.
#[derive(Debug, Clone, Copy)]
pub(super) enum ByName {
    /// A configuration file that a server reads under this name, or a deployment tool's template of one.
    Known,
    /// A deployment.toml under another name, such as `deployment-prod.toml`, or a second template of a file in the same folder.
    Variant,
    /// Something that looks like configuration and that nobody reads.
    LeftAlone(&'static LeftAloneRow),
    /// Anything else.
    Other,
}

/// What the file at `path` is by its name.
pub(super) fn by_name(path: &Path) -> ByName {
    let name = name_of(path);
    let is_copy = |row: &&LeftAloneRow| row.original(name).is_some_and(|original| is_configuration(Path::new(original)));
    if let Some(row) = catalog().left_alone.iter().find(is_copy) {
        return ByName::LeftAlone(row);
    }
    match () {
        () if is_known_name(path) && is_first_of_its_name(path) => ByName::Known,
        () if is_known_name(path) || is_variant(path) => ByName::Variant,
        () => ByName::Other,
    }
}

/// The configuration files inside a YAML file with this text.
pub(crate) fn embedded_in(yaml: &str) -> Vec<EmbeddedFile> {
    embedded_files(yaml, |name| is_configuration(Path::new(name)))
}

/// Whether a file of this name is configuration, whatever else is in its folder.
fn is_configuration(path: &Path) -> bool {
    is_known_name(path) || is_variant(path)
}

/// Whether the file is a deployment.toml under another name.
pub(super) fn is_variant(path: &Path) -> bool {
    let name = name_of(path);
    Kind::of(path) == Kind::Toml && name.contains("deployment") && without_ending(name) != "deployment.toml"
}

/// The name under which the file at `path` is looked up: that of the file that it is a variant or a template of.
pub(super) fn stands_for(path: &Path) -> &str {
    if is_variant(path) { "deployment.toml" } else { without_ending(name_of(path)) }
}

/// Whether no other file in the folder is the same file with another ending, or with none, and comes before this one. A home has one
/// file of each name.
fn is_first_of_its_name(path: &Path) -> bool {
    let name = name_of(path);
    let plain = without_ending(name);
    let before = TEMPLATE_ENDINGS.iter().map(|ending| format!("{plain}{ending}")).chain([plain.to_owned()]);
    !before.filter(|other| other.as_str() < name).any(|other| path.with_file_name(other).is_file())
}

fn name_of(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_decides_what_a_file_is() {
        let described = |name: &str| match by_name(Path::new(name)) {
            ByName::Known => "known",
            ByName::Variant => "variant",
            ByName::LeftAlone(row) => row.id.as_str(),
            ByName::Other => "other",
        };
        for (name, expected) in [
            ("deployment.toml", "known"),
            ("deployment.toml.j2", "known"),
            ("deployment.toml.template", "known"),
            ("carbon.xml.erb", "known"),
            ("deployment-prod.toml", "variant"),
            ("apim-cp-deployment.toml.tpl", "variant"),
            ("deployment.toml.mssql", "variant"),
            ("deployment-full.toml", "reference"),
            ("deployment.toml.bak", "backup"),
            ("deployment - Copy.toml", "backup"),
            ("carbon.xml~", "backup"),
            ("#deployment.toml#", "backup"),
            (".deployment.toml.swp", "backup"),
            ("notes.txt~", "other"),
            ("pyproject.toml", "other"),
            ("deployment.yaml", "other"),
        ] {
            assert_eq!(described(name), expected, "{name}");
        }
    }
}
