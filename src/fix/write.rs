//! Writes files so that each is complete at every moment: either the old file or the new one.
//!
//! New content goes to a temporary file in the same folder, is flushed to disk, gets the old file's permissions and owner, and is renamed
//! over the old file. Several files are written all or none, as far as a file system allows: nothing is renamed before every temporary file
//! is on disk, and if a rename fails, the files already renamed are restored. A crash between two renames leaves some files new and some
//! old, but each of them complete.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::iter;
use std::path::{Path, PathBuf};

use super::write_error::WriteError;
use crate::disk::{self, NewContent};

/// A file with its old and new bytes.
#[derive(Debug, Clone)]
pub struct ChangedFile {
    /// The file.
    pub path: PathBuf,
    /// The home that the file belongs to. The files of a home are written all or none.
    pub root: PathBuf,
    /// The bytes that were read. The file must still have them.
    pub old: Vec<u8>,
    /// The bytes to write.
    pub new: Vec<u8>,
}

/// A step that a test can make fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WriteStep {
    /// The temporary file of the replacement with this index is about to be written.
    Write(usize),
    /// The temporary file of the replacement with this index is about to be renamed over the old file.
    Rename(usize),
    /// The old content of the replacement with this index is about to be put back.
    PutBack(usize),
}

/// Writes the files of each home, all or none. Returns the homes in which nothing was written, each with the reason.
pub fn write_all(files: &[ChangedFile], backup: Option<&str>) -> Vec<(PathBuf, WriteError)> {
    let mut homes: BTreeMap<&Path, Vec<ChangedFile>> = BTreeMap::new();
    for file in files {
        homes.entry(&file.root).or_default().push(file.clone());
    }
    let failed = homes.into_iter().filter_map(|(root, files)| Some((root.to_path_buf(), replace(&files, root, backup).err()?)));
    failed.collect()
}

/// Replaces the files, all or none. Links may not lead out of the folder `root`. With `backup`, the old content of each file is kept beside
/// it, under its name with that suffix, and a number where that name is taken.
pub fn replace(replacements: &[ChangedFile], root: &Path, backup: Option<&str>) -> Result<(), WriteError> {
    replace_with(replacements, root, backup, &mut |_| Ok(()))
}

/// [`replace`] with a hook before each step.
pub(crate) fn replace_with(
    replacements: &[ChangedFile],
    root: &Path,
    backup: Option<&str>,
    before: &mut dyn FnMut(WriteStep) -> io::Result<()>,
) -> Result<(), WriteError> {
    let mut prepared = Vec::new();
    for (number, replacement) in replacements.iter().enumerate() {
        prepared.push(Prepared::new(number, replacement, root, before)?);
    }
    for file in &mut prepared {
        file.keep_old(backup, replacements.len() > 1)?;
    }
    for number in 0..prepared.len() {
        if let Err(error) = prepared[number].rename(before) {
            let stuck = prepared[..number].iter_mut().map(|file| file.put_back(before));
            // Every file is put back, even if one cannot be.
            let stuck: Vec<WriteError> = stuck.filter_map(Result::err).collect();
            return Err(stuck.into_iter().next().unwrap_or(error));
        }
    }
    for file in &mut prepared {
        file.done = true;
    }
    Ok(())
}

/// A replacement with its new content in a temporary file beside the old one.
struct Prepared<'a> {
    number: usize,
    replacement: &'a ChangedFile,
    /// The file itself, with links resolved.
    target: PathBuf,
    content: NewContent,
    metadata: fs::Metadata,
    /// The name under which the old content is kept, and whether it stays there in the end.
    old: Option<(PathBuf, bool)>,
    /// Held until the end, so that other processes leave the file alone.
    _lock: File,
    done: bool,
}

impl<'a> Prepared<'a> {
    fn new(
        number: usize,
        replacement: &'a ChangedFile,
        root: &Path,
        before: &mut dyn FnMut(WriteStep) -> io::Result<()>,
    ) -> Result<Self, WriteError> {
        let path = &replacement.path;
        let io_error = |error| WriteError::Io(path.clone(), error);
        let target = target_of(path, root)?;
        let metadata = fs::metadata(&target).map_err(io_error)?;
        if metadata.permissions().readonly() {
            return Err(WriteError::ReadOnly(path.clone()));
        }
        // Opened for writing, to let the system decide whether this user may write.
        let lock = File::options().read(true).write(true).open(&target).map_err(|error| match error.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => WriteError::ReadOnly(path.clone()),
            _ => io_error(error),
        })?;
        // Some network file systems have no locks. The comparison with what was read still protects the file.
        if let Err(fs::TryLockError::WouldBlock) = lock.try_lock() {
            return Err(WriteError::Busy(path.clone()));
        }
        is_unchanged(&target, replacement)?;
        before(WriteStep::Write(number)).map_err(io_error)?;
        let content = flushed(&target, &replacement.new, &metadata).map_err(|error| match error.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                WriteError::ReadOnly(target.parent().unwrap_or(path).to_path_buf())
            }
            _ => io_error(error),
        })?;
        Ok(Self { number, replacement, target, content, metadata, old: None, _lock: lock, done: false })
    }

    /// Keeps the old content under another name: that of the backup, or else, for one of several files, a temporary one.
    fn keep_old(&mut self, backup: Option<&str>, is_one_of_several: bool) -> Result<(), WriteError> {
        let Self { target, metadata, replacement, .. } = self;
        let kept = match backup {
            Some(suffix) => {
                let numbered = (1..).map(|number| disk::beside(target, &format!("{suffix}.{number}")));
                let names = iter::once(disk::beside(target, suffix)).chain(numbered);
                let mut failed = None;
                let name = names.into_iter().find(|name| match disk::keep_as(target, name, &replacement.old, metadata) {
                    Err(error) if error.kind() == io::ErrorKind::AlreadyExists => false,
                    result => {
                        failed = result.err();
                        true
                    }
                });
                failed.map_or(Ok(()), Err).map(|()| name.map(|name| (name, true)))
            }
            None if is_one_of_several => {
                let name = disk::beside(target, disk::OLD_ENDING);
                // One that a killed run left behind.
                let _ = fs::remove_file(&name);
                disk::keep_as(target, &name, &replacement.old, metadata).map(|()| Some((name, false)))
            }
            None => Ok(None),
        };
        self.old = kept.map_err(|error| WriteError::Io(self.replacement.path.clone(), error))?;
        Ok(())
    }

    fn rename(&mut self, before: &mut dyn FnMut(WriteStep) -> io::Result<()>) -> Result<(), WriteError> {
        is_unchanged(&self.target, self.replacement)?;
        let renamed = before(WriteStep::Rename(self.number)).and_then(|()| self.content.rename());
        renamed.map_err(|error| WriteError::Io(self.replacement.path.clone(), error))?;
        disk::flush_folder_of(&self.target);
        Ok(())
    }

    /// Restores the old content after another file could not be renamed. It needs no space on the disk.
    fn put_back(&mut self, before: &mut dyn FnMut(WriteStep) -> io::Result<()>) -> Result<(), WriteError> {
        let Some((kept, _)) = self.old.take() else { return Ok(()) };
        let restored = before(WriteStep::PutBack(self.number)).and_then(|()| fs::rename(&kept, &self.target));
        restored.map_err(|error| WriteError::NotPutBack(self.replacement.path.clone(), kept, error))?;
        disk::flush_folder_of(&self.target);
        Ok(())
    }
}

impl Drop for Prepared<'_> {
    /// Removes the other name of the old content, unless it is a backup of what was replaced.
    fn drop(&mut self) {
        if let Some((kept, stays)) = &self.old
            && !(*stays && self.done)
        {
            let _ = fs::remove_file(kept);
        }
    }
}

/// The file that `path` resolves to. Fails if a link leads out of `root`.
fn target_of(path: &Path, root: &Path) -> Result<PathBuf, WriteError> {
    let io_error = |error| WriteError::Io(path.to_path_buf(), error);
    let target = fs::canonicalize(path).map_err(io_error)?;
    let root = fs::canonicalize(root).map_err(io_error)?;
    if target.starts_with(&root) { Ok(target) } else { Err(WriteError::LinkOut(path.to_path_buf(), target)) }
}

/// Fails if the file no longer has the bytes that were read.
fn is_unchanged(target: &Path, replacement: &ChangedFile) -> Result<(), WriteError> {
    let path = &replacement.path;
    let now = disk::read(target).map_err(|error| WriteError::Io(path.clone(), error.into()))?;
    if now == replacement.old { Ok(()) } else { Err(WriteError::Changed(path.clone())) }
}

/// The new content of a file, on disk beside it.
fn flushed(target: &Path, bytes: &[u8], old: &fs::Metadata) -> io::Result<NewContent> {
    let content = NewContent::write(target, bytes, Some(old))?;
    content.flush()?;
    Ok(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Folder(tempfile::TempDir);

    impl Folder {
        fn with(files: &[(&str, &str)]) -> Self {
            let folder = tempfile::tempdir().expect("a folder");
            for (name, text) in files {
                fs::write(folder.path().join(name), text).expect("written");
            }
            Self(folder)
        }

        fn replacement(&self, name: &str, old: &str, new: &str) -> ChangedFile {
            ChangedFile { path: self.0.path().join(name), root: PathBuf::new(), old: old.into(), new: new.into() }
        }

        fn read(&self, name: &str) -> String {
            fs::read_to_string(self.0.path().join(name)).expect("readable")
        }

        fn names(&self) -> Vec<String> {
            let mut names: Vec<String> = fs::read_dir(&self.0)
                .expect("readable")
                .map(|entry| entry.expect("readable").file_name().into_string().expect("UTF-8"))
                .collect();
            names.sort();
            names
        }
    }

    fn refuse() -> io::Error {
        io::Error::from(io::ErrorKind::StorageFull)
    }

    #[test]
    fn files_are_replaced_and_nothing_is_left_behind() {
        let folder = Folder::with(&[("a", "1"), ("b", "2")]);
        let replacements = [folder.replacement("a", "1", "one"), folder.replacement("b", "2", "two")];
        replace(&replacements, folder.0.path(), Some(".bak")).expect("written");
        assert_eq!((folder.read("a"), folder.read("b"), folder.read("a.bak")), ("one".into(), "two".into(), "1".into()));
        assert_eq!(folder.names(), ["a", "a.bak", "b", "b.bak"]);
    }

    #[test]
    fn a_backup_overwrites_nothing_and_is_removed_on_failure() {
        let folder = Folder::with(&[("a", "1"), ("a.bak", "older")]);
        for (old, new) in [("1", "2"), ("2", "3")] {
            replace(&[folder.replacement("a", old, new)], folder.0.path(), Some(".bak")).expect("written");
        }
        assert_eq!(folder.names(), ["a", "a.bak", "a.bak.1", "a.bak.2"]);
        assert_eq!(
            (folder.read("a.bak"), folder.read("a.bak.1"), folder.read("a.bak.2")),
            ("older".into(), "1".into(), "2".into())
        );
        let mut hook = |now: WriteStep| if now == WriteStep::Rename(0) { Err(refuse()) } else { Ok(()) };
        replace_with(&[folder.replacement("a", "3", "4")], folder.0.path(), Some(".orig"), &mut hook).expect_err("refused");
        assert_eq!(folder.names(), ["a", "a.bak", "a.bak.1", "a.bak.2"]);
    }

    #[test]
    fn what_cannot_be_put_back_is_kept_and_named() {
        for (backup, kept) in [(None, "a.carbonlint-old"), (Some(".bak"), "a.bak")] {
            let folder = Folder::with(&[("a", "1"), ("b", "2"), ("c", "3")]);
            let replacements =
                [folder.replacement("a", "1", "one"), folder.replacement("b", "2", "two"), folder.replacement("c", "3", "three")];
            let fails = [WriteStep::Rename(2), WriteStep::PutBack(0)];
            let mut hook = |now: WriteStep| if fails.contains(&now) { Err(refuse()) } else { Ok(()) };
            let error = replace_with(&replacements, folder.0.path(), backup, &mut hook).expect_err("refused");
            let said = error.to_string();
            assert!(
                said.contains("/a` was changed and could not be put back (no storage space): its old content is in"),
                "{said}"
            );
            assert!(said.ends_with(&format!("/{kept}`")), "{said}");
            assert_eq!((folder.read(kept), folder.read("a"), folder.read("b")), ("1".into(), "one".into(), "2".into()));
            assert_eq!(folder.names(), ["a", kept, "b", "c"]);
        }
    }

    #[test]
    fn whichever_step_fails_every_file_keeps_its_old_content() {
        for step in [WriteStep::Write(0), WriteStep::Write(1), WriteStep::Rename(0), WriteStep::Rename(1)] {
            let folder = Folder::with(&[("a", "1"), ("b", "2")]);
            let replacements = [folder.replacement("a", "1", "one"), folder.replacement("b", "2", "two")];
            let mut hook = |now: WriteStep| if now == step { Err(refuse()) } else { Ok(()) };
            let error = replace_with(&replacements, folder.0.path(), None, &mut hook).expect_err("refused");
            assert!(matches!(error, WriteError::Io(..)), "{step:?}: {error}");
            assert_eq!((folder.read("a"), folder.read("b")), ("1".into(), "2".into()), "{step:?}");
            assert_eq!(folder.names(), ["a", "b"], "{step:?}");
        }
    }

    #[test]
    fn a_file_that_changed_meanwhile_is_left_alone() {
        let folder = Folder::with(&[("a", "1"), ("b", "2")]);
        let replacements = [folder.replacement("a", "1", "one"), folder.replacement("b", "2", "two")];
        let path = folder.0.path().join("b");
        let mut hook = |now: WriteStep| if now == WriteStep::Rename(0) { fs::write(&path, "3") } else { Ok(()) };
        let error = replace_with(&replacements, folder.0.path(), None, &mut hook).expect_err("changed");
        assert!(matches!(error, WriteError::Changed(_)), "{error}");
        assert_eq!((folder.read("a"), folder.read("b")), ("1".into(), "3".into()));
    }

    #[test]
    fn the_temporary_files_of_a_killed_run_are_replaced() {
        let left = [("a", "1"), ("b", "2"), ("a.carbonlint-new", "half"), ("a.carbonlint-old", "0")];
        let folder = Folder::with(&left);
        let replacements = [folder.replacement("a", "1", "one"), folder.replacement("b", "2", "two")];
        replace(&replacements, folder.0.path(), None).expect("written");
        assert_eq!(folder.names(), ["a", "b"]);
    }

    #[test]
    fn another_run_on_the_same_file_is_refused() {
        let folder = Folder::with(&[("a", "1")]);
        let other = File::open(folder.0.path().join("a")).expect("there");
        other.lock().expect("locked");
        let error = replace(&[folder.replacement("a", "1", "one")], folder.0.path(), None).expect_err("busy");
        assert!(matches!(error, WriteError::Busy(_)), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn permissions_stay_and_read_only_is_respected() {
        use std::os::unix::fs::PermissionsExt;
        let folder = Folder::with(&[("a", "1")]);
        let path = folder.0.path().join("a");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("set");
        replace(&[folder.replacement("a", "1", "one")], folder.0.path(), None).expect("written");
        assert_eq!(fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o640);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o440)).expect("set");
        let error = replace(&[folder.replacement("a", "one", "two")], folder.0.path(), None).expect_err("read-only");
        assert!(matches!(error, WriteError::ReadOnly(_)), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_inside_the_home_only() {
        let outside = Folder::with(&[("x", "1")]);
        let folder = Folder::with(&[("a", "1")]);
        std::os::unix::fs::symlink("a", folder.0.path().join("inner")).expect("linked");
        std::os::unix::fs::symlink(outside.0.path().join("x"), folder.0.path().join("outer")).expect("linked");
        replace(&[folder.replacement("inner", "1", "one")], folder.0.path(), None).expect("written");
        assert_eq!(folder.read("a"), "one");
        assert!(folder.0.path().join("inner").is_symlink(), "the link stays a link");
        let error = replace(&[folder.replacement("outer", "1", "one")], folder.0.path(), None).expect_err("outside");
        assert!(matches!(error, WriteError::LinkOut(..)), "{error}");
        assert_eq!(outside.read("x"), "1");
    }
}
