//! The configuration files of carbonlint, `carbonlint.toml`, and which of them applies to a path.

mod schema;
mod settings;

pub(crate) use schema::json_schema;
pub(crate) use settings::Config;

use std::collections::{BTreeMap, HashMap};
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::disk::{read_text, reason};
use crate::rule_info::RuleSet;

/// The name of the file. It applies to the files in its folder and below.
pub(crate) const FILE_NAME: &str = "carbonlint.toml";

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

/// Which configuration files count.
#[derive(Debug, Clone, Default)]
pub enum ConfigChoice {
    /// The nearest one, in the folder of what is checked or above it.
    #[default]
    Nearest,
    /// Only this one, for everything.
    Only(PathBuf),
    /// None.
    Ignored,
}

fn read(path: &Path, rules: &RuleSet) -> Result<Config, ConfigError> {
    let failed = |message: String| ConfigError { path: path.to_path_buf(), message };
    let text = read_text(path).map_err(|error| failed(reason(&error)))?;
    let at =
        |(line, message): (Option<usize>, String)| line.map_or_else(|| message.clone(), |line| format!("line {line}: {message}"));
    let folder = path.parent().unwrap_or(path);
    let mut config = Config::parse(&text, folder, rules).map_err(|fault| failed(at(fault)))?;
    config.baseline = config.baseline.map(|baseline| folder.join(baseline));
    Ok(config)
}

/// The configuration files that were read so far, each once.
#[derive(Debug, Default)]
pub(crate) struct Configs {
    choice: ConfigChoice,
    /// The rules besides those of the policies that they name.
    rules: RuleSet,
    read: BTreeMap<PathBuf, Result<Arc<Config>, ConfigError>>,
    /// The folder of the file that applies to a folder, if the search began at something of this owner.
    nearest: HashMap<(PathBuf, Owner), Option<PathBuf>>,
}

impl Configs {
    /// Those of this choice, of which none is read yet. They can name `rules`.
    pub(crate) fn new(choice: ConfigChoice, rules: RuleSet) -> Self {
        Self { choice, rules, ..Self::default() }
    }

    /// The folder of the nearest configuration file of `path`; `None` if there is none. The file need not be valid.
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

    /// The configuration file that applies to the folder `path`, a real path, with the folder that its paths are relative to. Fails if the file cannot
    /// be read or is not valid.
    pub(crate) fn nearest(&mut self, path: &Path) -> Result<Option<(PathBuf, Arc<Config>)>, ConfigError> {
        let file = match &self.choice {
            ConfigChoice::Nearest => self.folder_of(path).map(|folder| folder.join(FILE_NAME)),
            ConfigChoice::Only(file) => Some(file.clone()),
            ConfigChoice::Ignored => None,
        };
        let Some(file) = file else { return Ok(None) };
        let read = self.read.entry(file.clone()).or_insert_with(|| read(&file, &self.rules).map(Arc::new));
        read.clone().map(|config| Some((file.parent().unwrap_or(&file).to_path_buf(), config)))
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
    fn a_chosen_file_counts_for_every_path_and_no_file_for_none() {
        let folder = tempfile::tempdir().expect("a folder");
        let (own, other) = (folder.path().join(FILE_NAME), folder.path().join("other.toml"));
        fs::write(&own, "profile = \"development\"\n").expect("written");
        fs::write(&other, "profile = \"production\"\n").expect("written");
        let profile = |choice: ConfigChoice| {
            let found = Configs::new(choice, RuleSet::default()).nearest(folder.path()).expect("readable");
            found.and_then(|(_, config)| config.profile.clone())
        };
        assert_eq!(profile(ConfigChoice::Nearest).as_deref(), Some("development"));
        assert_eq!(profile(ConfigChoice::Only(other)).as_deref(), Some("production"));
        assert_eq!(profile(ConfigChoice::Ignored), None);
        fs::write(&own, "product =\n").expect("written");
        let error = Configs::default().nearest(folder.path()).expect_err("an error");
        assert!(error.message.starts_with("line 1: "), "{error}");
    }
}
