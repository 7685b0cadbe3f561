//! The configuration file of carbonlint, `carbonlint.toml`, which names the product of files that do not name it themselves.

use std::fs::Metadata;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use crate::catalog::{Product, Version, product_of};
use crate::disk::{read_text, reason};

/// The name of the file. It applies to the files in its folder and below.
pub(crate) const FILE_NAME: &str = "carbonlint.toml";

/// A parsed configuration file.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    /// The folder of the file.
    pub folder: PathBuf,
    /// `product = "api-manager@4.5.0"`: the product, and optionally the version, of files that do not name it.
    pub product: Option<(&'static Product, Option<Version>)>,
}

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
    /// Reads the nearest configuration file, in the folder `path` or above it. Returns `None` if there is none. Fails if the file cannot
    /// be read or is not valid.
    pub(crate) fn nearest(path: &Path) -> Result<Option<Self>, ConfigError> {
        let path = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
        Self::folder_of(&path).map(|folder| Self::read(&folder.join(FILE_NAME))).transpose()
    }

    /// The folder of the configuration file that applies to `path`; `None` if there is none.
    ///
    /// The search ends at the root of a repository, and at a folder or file that belongs to somebody else: in a folder where everybody may
    /// write, anybody could decide what is reported for the others.
    fn folder_of(path: &Path) -> Option<PathBuf> {
        let start = path.ancestors().find_map(|folder| folder.metadata().ok())?;
        for folder in path.ancestors() {
            if folder.metadata().is_ok_and(|metadata| !is_trusted(&metadata, &start)) {
                return None;
            }
            let file = folder.join(FILE_NAME);
            if file.metadata().is_ok_and(|metadata| !metadata.is_dir() && is_trusted(&metadata, &start)) {
                return Some(folder.to_path_buf());
            }
            if folder.join(".git").exists() {
                return None;
            }
        }
        None
    }

    fn read(path: &Path) -> Result<Self, ConfigError> {
        let failed = |message: String| ConfigError { path: path.to_path_buf(), message };
        let text = read_text(path).map_err(|error| failed(reason(&error)))?;
        let table = DeTable::parse(&text).map_err(|error| failed(error.message().to_owned()))?;
        let mut product = None;
        for (key, value) in table.get_ref() {
            match (&**key.get_ref(), value.get_ref()) {
                ("product", DeValue::String(name)) => {
                    let named = product_of(name).map_err(|unknown| failed(format!("{}; {}", unknown.message, unknown.help)))?;
                    product = Some(named);
                }
                ("product", _) => return Err(failed("`product` must be a string such as \"api-manager@4.5.0\"".to_owned())),
                (other, _) => return Err(failed(format!("unknown key `{other}`; the only key is `product`"))),
            }
        }
        Ok(Self { folder: path.parent().map(Path::to_path_buf).unwrap_or_default(), product })
    }
}

/// Whether what has the metadata belongs to the owner of the folder where the search began.
#[cfg(unix)]
fn is_trusted(metadata: &Metadata, start: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    metadata.uid() == start.uid()
}

#[cfg(not(unix))]
fn is_trusted(_metadata: &Metadata, _start: &Metadata) -> bool {
    true
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
            let config = Config::nearest(path).expect("readable").expect("a file");
            config.product.map(|(product, version)| (product.id.as_str(), version.map(|version| version.to_string())))
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
        assert_eq!(Config::folder_of(&inner), None);
        fs::write(folder.path().join("repository").join(FILE_NAME), "").expect("written");
        assert_eq!(Config::folder_of(&inner), Some(folder.path().join("repository")));
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
        assert_eq!(Config::folder_of(&inner), Some(folder.path().to_path_buf()));
        // Only root can give a file away.
        if fs::metadata(&file).expect("there").uid() != 0 {
            return;
        }
        chown(&file, Some(12345), None).expect("root may");
        assert_eq!(Config::folder_of(&inner), None);
        chown(&file, Some(0), None).expect("root may");
        chown(folder.path(), Some(12345), None).expect("root may");
        assert_eq!(Config::folder_of(&inner), None);
    }

    #[test]
    fn unknown_keys_and_values_are_errors() {
        let folder = tempfile::tempdir().expect("a folder");
        for text in ["products = \"x\"\n", "product = 1\n", "product =\n", "product = \"api-mgr\"\n"] {
            fs::write(folder.path().join(FILE_NAME), text).expect("written");
            assert!(Config::nearest(folder.path()).is_err(), "{text}");
        }
    }
}
