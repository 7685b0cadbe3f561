//! Which homes run on one machine, as far as somebody says so: the caller, `[hosts]` of carbonlint.toml, or a Compose file whose services share
//! the network of their machine.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::compose;
use crate::config::{Config, ConfigError, FILE_NAME};

/// The machines that the homes of a run are on.
#[derive(Debug, Default)]
pub(crate) struct Machines {
    /// The homes that each configuration file lists, with their machines.
    listed: BTreeMap<PathBuf, BTreeMap<PathBuf, String>>,
    /// The number of each machine, by the folder of the file that names it and its name.
    numbers: BTreeMap<(PathBuf, String), usize>,
    /// The paths of the services on the network of their machine, by the folder of the Compose file; empty where there is none.
    composed: BTreeMap<PathBuf, Vec<PathBuf>>,
    /// Whether a folder is the root of a repository.
    repositories: BTreeMap<PathBuf, bool>,
}

impl Machines {
    /// The number of the machine that the home at `root`, its real path, runs on, as the configuration file in `folder` says; `None` if it does not.
    pub(crate) fn machine_of(&mut self, root: &Path, folder: &Path, config: &Config) -> Result<Option<usize>, ConfigError> {
        if !self.listed.contains_key(folder) {
            // Set first, so that a fault is reported once.
            self.listed.insert(folder.to_path_buf(), BTreeMap::new());
            self.listed.insert(folder.to_path_buf(), homes_in(folder, config)?);
        }
        let machine = self.listed.get(folder).and_then(|homes| root.ancestors().find_map(|above| homes.get(above)));
        Ok(machine.cloned().map(|name| self.number(folder, name)))
    }

    /// The number of the machine of the nearest Compose file that has the home at `root`, its real path, on the network of its machine; `None` if
    /// there is none.
    pub(crate) fn composed(&mut self, root: &Path) -> Option<usize> {
        for folder in root.ancestors() {
            let paths = self.composed.entry(folder.to_path_buf()).or_insert_with(|| {
                compose::file_in(folder).map(|file| compose::paths_on_host_network(&file)).unwrap_or_default()
            });
            // A path is around the home, or a part of it that is mounted.
            if paths.iter().any(|path| root.starts_with(path) || path.starts_with(root)) {
                return Some(self.number(folder, String::new()));
            }
            if *self.repositories.entry(folder.to_path_buf()).or_insert_with(|| folder.join(".git").exists()) {
                return None;
            }
        }
        None
    }

    fn number(&mut self, folder: &Path, name: String) -> usize {
        let next = self.numbers.len();
        *self.numbers.entry((folder.to_path_buf(), name)).or_insert(next)
    }
}

/// The homes that a configuration file lists, with their machines.
fn homes_in(folder: &Path, config: &Config) -> Result<BTreeMap<PathBuf, String>, ConfigError> {
    let failed = |message: String| ConfigError { path: folder.join(FILE_NAME), message };
    let mut homes: BTreeMap<PathBuf, String> = BTreeMap::new();
    for (host, paths) in &config.hosts {
        for path in paths {
            let real = folder.join(path).canonicalize();
            let real = real.map_err(|_| failed(format!("`hosts.{host}` names `{path}`, which does not exist")))?;
            if let Some(other) = homes.insert(real, host.clone()).filter(|other| other != host) {
                return Err(failed(format!("`{path}` is listed for `{other}` and for `{host}`")));
            }
        }
    }
    Ok(homes)
}
