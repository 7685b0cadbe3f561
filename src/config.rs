//! The configuration file of carbonlint, `carbonlint.toml`: the product of files that do not name it themselves, and the machines of homes.

use std::collections::{BTreeMap, HashMap};
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use toml::de::{DeTable, DeValue};

use crate::catalog::{Product, Version, product_of};
use crate::disk::{read_text, reason};
use crate::suggest::did_you_mean;

/// The name of the file. It applies to the files in its folder and below.
pub(crate) const FILE_NAME: &str = "carbonlint.toml";

/// A parsed configuration file.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    /// `product = "api-manager@4.5.0"`: the product, and optionally the version, of files that do not name it.
    pub product: Option<(&'static Product, Option<Version>)>,
    /// `[hosts]`: each machine with the homes that run on it, as paths relative to the file.
    pub hosts: Vec<(String, Vec<String>)>,
}

/// The keys of the file.
const KEYS: [&str; 2] = ["product", "hosts"];

/// Why a configuration file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ConfigError {
    /// The path of the file.
    pub path: PathBuf,
    /// What is wrong: lower case, without a full stop.
    pub message: String,
}

impl std::fmt::Display for ConfigError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "`{}`: {}", self.path.display(), self.message)
    }
}

impl std::error::Error for ConfigError {}

impl Config {
    fn read(path: &Path) -> Result<Self, ConfigError> {
        let failed = |message: String| ConfigError { path: path.to_path_buf(), message };
        let text = read_text(path).map_err(|error| failed(reason(&error)))?;
        let table = DeTable::parse(&text).map_err(|error| failed(error.message().to_owned()))?;
        let mut config = Self { product: None, hosts: Vec::new() };
        for (key, value) in table.get_ref() {
            match (&**key.get_ref(), value.get_ref()) {
                ("product", DeValue::String(name)) => {
                    let named = product_of(name).map_err(|unknown| failed(format!("{}; {}", unknown.message, unknown.help)))?;
                    config.product = Some(named);
                }
                ("product", _) => return Err(failed("`product` must be a string such as \"api-manager@4.5.0\"".to_owned())),
                ("hosts", DeValue::Table(hosts)) => {
                    config.hosts = hosts
                        .iter()
                        .map(|(host, homes)| host_of(host.get_ref(), homes.get_ref()))
                        .collect::<Result<_, _>>()
                        .map_err(failed)?;
                }
                ("hosts", _) => return Err(failed("`hosts` must be a table with a list of homes for each machine".to_owned())),
                (other, _) => {
                    let help = did_you_mean(other, KEYS, '.').unwrap_or_else(|| "the keys are `product` and `hosts`".to_owned());
                    return Err(failed(format!("unknown key `{other}`; {help}")));
                }
            }
        }
        Ok(config)
    }
}

/// A machine and its homes.
fn host_of(host: &str, homes: &DeValue) -> Result<(String, Vec<String>), String> {
    let homes = homes.as_array().and_then(|homes| {
        let homes = homes.iter().map(|home| Some(home.get_ref().as_str()?.to_owned()));
        homes.collect::<Option<Vec<String>>>()
    });
    let homes = homes.ok_or_else(|| format!("`hosts.{host}` must be a list of paths such as [\"node1\", \"node2\"]"))?;
    Ok((host.to_owned(), homes))
}

/// The configuration files that were read so far, each once.
#[derive(Debug, Default)]
pub(crate) struct Configs {
    by_folder: BTreeMap<PathBuf, Result<Rc<Config>, ConfigError>>,
    /// The folder of the file that applies to a folder, if the search began at something of this owner.
    nearest: HashMap<(PathBuf, Owner), Option<PathBuf>>,
}

impl Configs {
    /// The folder of the configuration file that applies to `path`; `None` if there is none. The file need not be valid.
    ///
    /// The search ends at the root of a repository, and at a folder or file that belongs to somebody else: in a folder where everybody may
    /// write, anybody could decide what is reported for the others.
    pub(crate) fn folder_of(&mut self, path: &Path) -> Option<PathBuf> {
        let start = path.ancestors().find_map(|folder| folder.metadata().ok())?;
        self.folder_from(path, owner_of(&start))
    }

    fn folder_from(&mut self, folder: &Path, owner: Owner) -> Option<PathBuf> {
        let key = (folder.to_path_buf(), owner);
        if let Some(known) = self.nearest.get(&key) {
            return known.clone();
        }
        let file = folder.join(FILE_NAME);
        let found = if folder.metadata().is_ok_and(|metadata| owner_of(&metadata) != owner) {
            None
        } else if file.metadata().is_ok_and(|metadata| !metadata.is_dir() && owner_of(&metadata) == owner) {
            Some(folder.to_path_buf())
        } else if folder.join(".git").exists() {
            None
        } else {
            folder.parent().and_then(|above| self.folder_from(above, owner))
        };
        self.nearest.insert(key, found.clone());
        found
    }

    /// The nearest configuration file, in the folder `path`, a real path, or above it, with its folder. Fails if the file cannot be read or is not
    /// valid.
    pub(crate) fn nearest(&mut self, path: &Path) -> Result<Option<(PathBuf, Rc<Config>)>, ConfigError> {
        let Some(folder) = self.folder_of(path) else { return Ok(None) };
        let read = self.by_folder.entry(folder.clone()).or_insert_with(|| Config::read(&folder.join(FILE_NAME)).map(Rc::new));
        read.clone().map(|config| Some((folder, config)))
    }
}

/// The user that a file belongs to.
type Owner = u32;

/// The owner of what has the metadata.
#[cfg(unix)]
fn owner_of(metadata: &Metadata) -> Owner {
    use std::os::unix::fs::MetadataExt;
    metadata.uid()
}

#[cfg(not(unix))]
fn owner_of(_metadata: &Metadata) -> Owner {
    0
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_nearest_file_counts() {
        let folder = tempfile::tempdir().expect("a folder");
        let inner = folder.path().join("a/b");
        fs::create_dir_all(&inner).expect("created");
        fs::write(folder.path().join(FILE_NAME), "product = \"identity-server\"\n").expect("written");
        let product = |path: &Path| {
            let (_, config) = Configs::default().nearest(path).expect("readable").expect("a file");
            config.product.as_ref().map(|(product, version)| (product.id.as_str(), version.as_ref().map(ToString::to_string)))
        };
        assert_eq!(product(&inner), Some(("identity-server", None)));
        fs::write(folder.path().join("a").join(FILE_NAME), "product = \"api-manager@4.5.0\"\n").expect("written");
        assert_eq!(product(&inner), Some(("api-manager", Some("4.5.0".to_owned()))));
    }

    #[test]
    fn the_search_ends_at_the_root_of_a_repository() {
        let folder = tempfile::tempdir().expect("a folder");
        let inner = folder.path().join("repository/a");
        fs::create_dir_all(folder.path().join("repository/.git")).expect("created");
        fs::create_dir_all(&inner).expect("created");
        fs::write(folder.path().join(FILE_NAME), "product = \"identity-server\"\n").expect("written");
        assert_eq!(Configs::default().folder_of(&inner), None);
        fs::write(folder.path().join("repository").join(FILE_NAME), "").expect("written");
        assert_eq!(Configs::default().folder_of(&inner), Some(folder.path().join("repository")));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_or_folder_of_somebody_else_decides_nothing() {
        use std::os::unix::fs::{MetadataExt, chown};
        let folder = tempfile::tempdir().expect("a folder");
        let inner = folder.path().join("a");
        fs::create_dir(&inner).expect("created");
        let file = folder.path().join(FILE_NAME);
        fs::write(&file, "").expect("written");
        assert_eq!(Configs::default().folder_of(&inner), Some(folder.path().to_path_buf()));
        // Only root can give a file away.
        if fs::metadata(&file).expect("there").uid() != 0 {
            return;
        }
        chown(&file, Some(12345), None).expect("root may");
        assert_eq!(Configs::default().folder_of(&inner), None);
        chown(&file, Some(0), None).expect("root may");
        chown(folder.path(), Some(12345), None).expect("root may");
        assert_eq!(Configs::default().folder_of(&inner), None);
    }

    #[test]
    fn unknown_keys_and_values_are_errors_that_help() {
        let folder = tempfile::tempdir().expect("a folder");
        for (text, expected) in [
            ("products = \"x\"\n", "unknown key `products`; did you mean `product`?"),
            ("host = 1\n", "unknown key `host`; did you mean `hosts`?"),
            ("x = 1\n", "unknown key `x`; the keys are `product` and `hosts`"),
            ("product = 1\n", "`product` must be a string such as \"api-manager@4.5.0\""),
            ("product = \"api-managr\"\n", "no product is called `api-managr`; did you mean `api-manager`?"),
            ("hosts = [\"a\"]\n", "`hosts` must be a table with a list of homes for each machine"),
            ("[hosts]\na = \"b\"\n", "`hosts.a` must be a list of paths such as [\"node1\", \"node2\"]"),
        ] {
            fs::write(folder.path().join(FILE_NAME), text).expect("written");
            let error = Configs::default().nearest(folder.path()).expect_err("an error");
            assert_eq!(error.message, expected, "{text}");
        }
        fs::write(folder.path().join(FILE_NAME), "product =\n").expect("written");
        assert!(Configs::default().nearest(folder.path()).is_err());
    }
}
