//! Where each configuration file is in a home.

use std::path::{Path, PathBuf};

use crate::source::config_map::EmbeddedFile;
use crate::source::kind::without_ending;

/// The folder of the default synapse configuration's inbound endpoints, below the home.
pub(crate) const INBOUND_ENDPOINTS: &str = "repository/deployment/server/synapse-configs/default/inbound-endpoints";

/// Configuration files that are recognized by name in any folder, with their path inside the configuration folder.
const KNOWN_FILES: [&str; 22] = [
    "deployment.toml",
    "carbon.xml",
    "carbon.properties",
    "api-manager.xml",
    "user-mgt.xml",
    "registry.xml",
    "broker.xml",
    "event-processor.xml",
    "synapse.properties",
    "log4j.properties",
    "log4j2.properties",
    "axis2/axis2.xml",
    "tomcat/catalina-server.xml",
    "etc/jmx.xml",
    "identity/identity.xml",
    "identity/embedded-ldap.xml",
    "identity/thrift-authentication.xml",
    "data-bridge/data-bridge-config.xml",
    "datasources/master-datasources.xml",
    "advanced/qpid-config.xml",
    "analytics/spark/spark-defaults.conf",
    "embedded-ldap.xml",
];

/// The layout of a home.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// The home.
    pub root: PathBuf,
    /// The configuration folder, relative to the home: `repository/conf` or `conf`; empty for loose files in one folder.
    pub conf: String,
    /// The file, if a single file is treated as a home: its path, and the name under which it is looked up.
    pub single_file: Option<(PathBuf, String)>,
    /// The file inside the single file that is meant.
    pub embedded: Option<EmbeddedFile>,
}

impl Layout {
    /// The layout of a home at `root` with its configuration in `conf`.
    pub fn new(root: &Path, conf: &str) -> Self {
        Self { root: root.to_path_buf(), conf: conf.to_owned(), single_file: None, embedded: None }
    }

    /// The layout of a single file that is treated as a home, in which it is called `stands_for`.
    pub(super) fn of_file(file: &Path, stands_for: String) -> Self {
        let root = file.parent().unwrap_or(Path::new(""));
        Self { single_file: Some((file.to_path_buf(), stands_for)), ..Self::new(root, "") }
    }

    /// The folder of the home, or the single file that is treated as one.
    pub(crate) fn path(&self) -> &Path {
        self.single_file.as_ref().map_or(&self.root, |(file, _)| file)
    }

    /// Whether the files are loose in one folder, without a home around them.
    pub fn has_no_home(&self) -> bool {
        self.conf.is_empty()
    }

    /// The folder that holds the configuration files.
    pub fn conf_folder(&self) -> PathBuf {
        if self.conf.is_empty() { self.root.clone() } else { self.root.join(&self.conf) }
    }

    /// The paths, relative to the home, at which the file of a catalogue place can be. `conf/x/y.xml` is in the configuration folder; in a
    /// loose folder it can also be `y.xml`.
    pub fn candidates(&self, file: &str) -> Vec<String> {
        match file.strip_prefix("conf/") {
            None => vec![file.to_owned()],
            Some(file) if self.conf.is_empty() => {
                let name = file.rsplit('/').next().unwrap_or(file);
                if name == file { vec![file.to_owned()] } else { vec![file.to_owned(), name.to_owned()] }
            }
            Some(file) => vec![format!("{}/{file}", self.conf)],
        }
    }

    /// The template of a rendered file, relative to the home.
    pub fn template_of(&self, file: &str) -> String {
        // Loose files do not show their folder; in most products it is this one.
        let conf = if self.conf.is_empty() { "repository/conf" } else { &self.conf };
        let rendered = file.strip_prefix("conf/").map_or_else(|| file.to_owned(), |file| format!("{conf}/{file}"));
        format!("repository/resources/conf/templates/{rendered}.j2")
    }

    /// The layout that follows from a file's path: inside `…/repository/conf/`, inside `…/conf/`, or loose.
    pub fn around(file: &Path) -> Self {
        let folder = file.parent().unwrap_or(Path::new(""));
        if let Some(root) = inbound_root(folder) {
            let conf = if has_home_file(&root.join("repository/conf")) { "repository/conf" } else { "conf" };
            return Self::new(&root, conf);
        }
        for conf in folder.ancestors().filter(|ancestor| ancestor.file_name().is_some_and(|name| name == "conf")) {
            let Some(parent) = conf.parent() else { continue };
            if parent.file_name().is_some_and(|name| name == "repository") {
                return Self::new(parent.parent().unwrap_or(Path::new("")), "repository/conf");
            }
            let loose = conf == folder && is_known_name(file) && !has_home_file(conf);
            if !loose {
                return Self::new(parent, "conf");
            }
        }
        let inner = KNOWN_FILES.iter().filter_map(|known| known.rsplit_once('/')).any(|(inner, name)| {
            folder.file_name().is_some_and(|folder| folder == inner) && file.file_name().is_some_and(|file| file == name)
        });
        let root = if inner { folder.parent().unwrap_or(folder) } else { folder };
        Self::new(root, "")
    }
}

/// The home that contains the folder of an inbound endpoint.
fn inbound_root(folder: &Path) -> Option<PathBuf> {
    let depth = INBOUND_ENDPOINTS.split('/').count();
    folder.ends_with(INBOUND_ENDPOINTS).then(|| folder.ancestors().nth(depth).map(Path::to_path_buf)).flatten()
}

/// Whether a `conf` folder belongs to a home, rather than being any folder of that name.
pub(super) fn has_home_file(conf: &Path) -> bool {
    ["deployment.toml", "carbon.xml", "axis2/axis2.xml"].iter().any(|file| conf.join(file).is_file())
}

/// Whether a file of this name is configuration of a WSO2 product in any folder. Suffixes of deployment tools are ignored.
pub(crate) fn is_known_name(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let name = without_ending(name);
    KNOWN_FILES.iter().any(|known| known.rsplit('/').next() == Some(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_home_follows_from_a_path() {
        for (file, root, conf) in [
            ("am/repository/conf/deployment.toml", "am", "repository/conf"),
            ("am/repository/conf/tomcat/catalina-server.xml", "am", "repository/conf"),
            ("repository/conf/deployment.toml", "", "repository/conf"),
            ("x/deployment.toml", "x", ""),
            ("x/tomcat/catalina-server.xml", "x", ""),
            ("src/main/conf/axis2.xml", "src/main/conf", ""),
            ("deployment.toml", "", ""),
        ] {
            let layout = Layout::around(Path::new(file));
            assert_eq!((layout.root.as_path(), layout.conf.as_str()), (Path::new(root), conf), "{file}");
        }
    }

    #[test]
    fn places_depend_on_the_layout() {
        assert_eq!(
            Layout::new(Path::new("h"), "repository/conf").candidates("conf/etc/jmx.xml"),
            ["repository/conf/etc/jmx.xml"]
        );
        assert_eq!(Layout::new(Path::new("h"), "").candidates("conf/etc/jmx.xml"), ["etc/jmx.xml", "jmx.xml"]);
        assert_eq!(
            Layout::new(Path::new("h"), "conf").template_of("conf/carbon.xml"),
            "repository/resources/conf/templates/conf/carbon.xml.j2"
        );
    }
}
