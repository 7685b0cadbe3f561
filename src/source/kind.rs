//! The kind of configuration in a file, decided by its name.

use std::path::Path;

/// The extensions that mark a file as a deployment tool's template.
pub(crate) const TEMPLATE_ENDINGS: [&str; 6] = [".j2", ".erb", ".tpl", ".tmpl", ".template", ".epp"];

/// Removes the extension that marks a file as a deployment tool's template, if there is one.
pub(crate) fn without_ending(name: &str) -> &str {
    TEMPLATE_ENDINGS.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name)
}

/// The kind of configuration in a file, decided by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// deployment.toml
    Toml,
    /// carbon.xml and the like
    Xml,
    /// Java properties, including spark-defaults.conf
    Properties,
    /// deployment.yaml of the Carbon 5 runtimes
    Yaml,
    /// A start script in bin/
    Script,
    /// default.json and the config mapper's other JSON files
    Json,
    /// Any other text: version.txt, product.txt, templates
    Text,
}

impl Kind {
    /// The kind of the file at `path`, by its name. The extensions of templates (`.j2`, `.erb`, `.tpl`, `.tmpl`, `.template`, `.epp`) are ignored.
    pub fn of(path: &Path) -> Self {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let name = without_ending(name);
        match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
            "toml" => Self::Toml,
            "xml" => Self::Xml,
            "properties" | "conf" => Self::Properties,
            "yaml" | "yml" => Self::Yaml,
            "sh" | "bat" => Self::Script,
            "json" => Self::Json,
            _ if name.starts_with("deployment.toml.") => Self::Toml,
            _ => Self::Text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_decides_the_kind() {
        for (name, kind) in [
            ("repository/conf/deployment.toml", Kind::Toml),
            ("templates/deployment.toml.j2", Kind::Toml),
            ("deployment.toml.mssql", Kind::Toml),
            ("deployment.toml.template", Kind::Toml),
            ("carbon.xml.erb", Kind::Xml),
            ("spark-defaults.conf", Kind::Properties),
            ("deployment.yaml", Kind::Yaml),
            ("bin/wso2server.sh", Kind::Script),
            ("bin/version.txt", Kind::Text),
        ] {
            assert_eq!(Kind::of(Path::new(name)), kind, "{name}");
        }
    }
}
