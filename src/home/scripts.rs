//! Which start scripts are in a home.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::Path;

/// The folder of all start scripts.
const FOLDER: &str = "bin";

/// The start scripts in a home.
#[derive(Debug)]
pub(crate) struct Scripts {
    names: BTreeSet<OsString>,
}

impl Scripts {
    /// Lists the scripts of the home at `root`.
    pub(crate) fn of(root: &Path) -> Self {
        let entries = fs::read_dir(root.join(FOLDER)).into_iter().flatten().filter_map(Result::ok);
        // A link can lead to nothing.
        let scripts = entries.filter(|entry| entry.file_type().is_ok_and(|kind| !kind.is_symlink() || entry.path().exists()));
        Self { names: scripts.map(|entry| entry.file_name()).collect() }
    }

    /// Whether a script is there, by its path below the home.
    pub(crate) fn has(&self, script: &str) -> bool {
        let name = script.strip_prefix(FOLDER).and_then(|rest| rest.strip_prefix('/'));
        name.is_some_and(|name| self.names.contains(std::ffi::OsStr::new(name)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::catalog;

    #[test]
    fn every_script_of_the_catalogue_is_in_the_folder() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(!Scripts::of(folder.path()).has("bin/wso2server.sh"));
        fs::create_dir(folder.path().join("bin")).expect("created");
        for script in catalog().products.iter().flat_map(|product| &product.scripts) {
            fs::write(folder.path().join(script), "").expect("written");
            assert!(Scripts::of(folder.path()).has(script), "{script}");
        }
        assert!(!Scripts::of(folder.path()).has("wso2server.sh"));
    }
}
