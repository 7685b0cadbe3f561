//! What kind of configuration a file holds, by its name.

use std::path::Path;

/// The endings by which deployment tools mark a template of a file.
const TEMPLATE_ENDINGS: [&str; 5] = [".j2", ".erb", ".tpl", ".tmpl", ".epp"];

/// A file's name without the ending by which a deployment tool marks it as a template.
pub fn without_ending(name: &str) -> &str {
    TEMPLATE_ENDINGS.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name)
}

/// What kind of configuration a file holds, told by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// deployment.toml
    Toml,
    /// carbon.xml and the like
    Xml,
    /// Java properties, spark-defaults.conf among them
    Properties,
    /// deployment.yaml of the Carbon 5 runtimes
    Yaml,
    /// A start script of bin/
    Script,
    /// default.json and the other tables of the config mapper
    Json,
    /// Anything else that is read for what it says: version.txt, product.txt, templates
    Text,
}

impl Kind {
    /// The kind that the file name tells; the endings that deployment tools append (`.j2`, `.erb`, `.tpl`, `.tmpl`) do not count.
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
    fn the_name_tells_the_kind() {
        for (name, kind) in [
            ("repository/conf/deployment.toml", Kind::Toml),
            ("templates/deployment.toml.j2", Kind::Toml),
            ("deployment.toml.mssql", Kind::Toml),
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
