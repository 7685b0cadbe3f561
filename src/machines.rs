//! Which homes run on one machine, as far as somebody says so: the caller, or `[hosts]` of carbonlint.toml.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::config::{Config, ConfigError, FILE_NAME};

/// The machines that the homes of a run are on.
#[derive(Debug, Default)]
pub(crate) struct Machines {
    /// The homes that each configuration file lists, with their machines.
    listed: BTreeMap<PathBuf, BTreeMap<PathBuf, String>>,
    /// The number of each machine, by the folder of the file that names it and its name.
    numbers: BTreeMap<(PathBuf, String), usize>,
}

impl Machines {
    /// The number of the machine that the home at `root` runs on, as the configuration file in `folder` says; `None` if it does not.
    pub(crate) fn machine_of(&mut self, root: &Path, folder: &Path, config: &Config) -> Result<Option<usize>, ConfigError> {
        if !self.listed.contains_key(folder) {
            // Set first, so that a fault is reported once.
            self.listed.insert(folder.to_path_buf(), BTreeMap::new());
            self.listed.insert(folder.to_path_buf(), homes_in(folder, config)?);
        }
        let root = root.canonicalize().unwrap_or_else(|_| root.to_path_buf());
        let machine = self.listed.get(folder).and_then(|homes| root.ancestors().find_map(|above| homes.get(above)));
        let next = self.numbers.len();
        Ok(machine.map(|name| *self.numbers.entry((folder.to_path_buf(), name.clone())).or_insert(next)))
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
