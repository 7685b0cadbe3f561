//! What belongs to a home if links lead out of it: only what is really inside is read.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::paths::RealPaths;

/// The folder that links in a home may not lead out of.
#[derive(Debug, Default)]
pub(super) struct Boundary {
    paths: Arc<RealPaths>,
    folder: PathBuf,
    /// Its real path; `None` if every link is followed.
    real: Option<PathBuf>,
    /// Files that the user named: their links are followed.
    named: BTreeSet<PathBuf>,
    /// The folders that were looked at, and whether they are inside.
    folders: RefCell<HashMap<PathBuf, bool>>,
    /// The real paths of the linked folders that were entered.
    entered: RefCell<BTreeSet<PathBuf>>,
}

impl Boundary {
    /// The boundary at `folder`.
    pub(super) fn new(folder: &Path, named: &BTreeSet<PathBuf>, paths: &Arc<RealPaths>) -> Self {
        let real = paths.existing(folder);
        Self { paths: Arc::clone(paths), folder: folder.to_path_buf(), real, named: named.clone(), ..Self::default() }
    }

    /// The same boundary, before anything is entered.
    pub(super) fn afresh(&self) -> Self {
        let (folder, real) = (self.folder.clone(), self.real.clone());
        Self { paths: Arc::clone(&self.paths), folder, real, named: self.named.clone(), ..Self::default() }
    }

    /// No boundary.
    pub(super) fn none() -> Self {
        Self::default()
    }

    /// Whether `path` is inside, or does not exist.
    pub(super) fn holds(&self, path: &Path) -> bool {
        let Some(real) = &self.real else { return true };
        if path == self.folder || self.named.contains(path) {
            return true;
        }
        let is_inside = |path: &Path| self.paths.existing(path).is_none_or(|target| target.starts_with(real));
        let Some(folder) = path.parent() else { return is_inside(path) };
        let known = self.folders.borrow().get(folder).copied();
        let in_folder = known.unwrap_or_else(|| {
            let inside = is_inside(folder);
            self.folders.borrow_mut().insert(folder.to_path_buf(), inside);
            inside
        });
        in_folder && (!path.is_symlink() || is_inside(path))
    }

    /// Whether the folder at `path`, which is a link, is entered: if it is inside, but not inside `walked`, which is walked anyway, and only
    /// once, since links that lead to folders of links lead to any number of paths.
    pub(super) fn enters(&self, path: &Path, walked: &Path) -> bool {
        let (Some(target), Some(walked)) = (self.paths.existing(path), self.paths.existing(walked)) else { return true };
        self.holds(path) && !target.starts_with(walked) && self.entered.borrow_mut().insert(target)
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_link_may_lead_to_a_place_inside_only() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        fs::create_dir_all(at("home/conf/..data")).expect("created");
        fs::create_dir_all(at("other")).expect("created");
        for file in ["home/conf/..data/a", "home/conf/own", "other/a"] {
            fs::write(at(file), "").expect("written");
        }
        for (link, target) in [
            ("home/conf/a", "..data/a"),
            ("home/conf/out", "../../other/a"),
            ("home/shared", "../other"),
            ("home/conf/gone", "none"),
        ] {
            symlink(target, at(link)).expect("linked");
        }
        let paths = Arc::default();
        let boundary = Boundary::new(&at("home"), &BTreeSet::new(), &paths);
        let held = |name: &str| boundary.holds(&at(name));
        assert!(held("home/conf/own") && held("home/conf/a") && held("home/conf/absent"));
        assert!(!held("home/conf/out") && !held("home/shared/a") && !held("home/shared"));
        assert!(Boundary::new(&at("home"), &BTreeSet::from([at("home/conf/out")]), &paths).holds(&at("home/conf/out")));
        assert!(Boundary::none().holds(&at("home/conf/out")));
        symlink("..data", at("home/conf/again")).expect("linked");
        fs::create_dir(at("home/other")).expect("created");
        assert!(!boundary.enters(&at("home/conf/again"), &at("home/conf")));
        assert!(!boundary.enters(&at("home/shared"), &at("home/conf")));
        assert!(Boundary::none().enters(&at("home/shared"), &at("home/conf")));
        assert!(boundary.enters(&at("home/conf/again"), &at("home/other")), "a folder beside the one that is walked");
        assert!(!boundary.enters(&at("home/conf/again"), &at("home/other")), "but once");
    }
}
