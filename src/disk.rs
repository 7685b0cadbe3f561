//! Writes files so that each is whole at every moment: to a temporary file in the same folder, which is then renamed over the old one.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// What the temporary file's name has after the name of the file.
pub const TEMPORARY_ENDING: &str = ".carbonlint-new";

/// Replaces the file at `target`, or creates it. `old` is what is there now: its permissions and owner are kept.
pub fn replace(target: &Path, bytes: &[u8], old: Option<&fs::Metadata>) -> io::Result<()> {
    let temporary = temporary_of(target);
    let written = write_temporary(&temporary, bytes, old).and_then(|_| fs::rename(&temporary, target));
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written
}

/// The temporary file for `target`.
pub fn temporary_of(target: &Path) -> PathBuf {
    beside(target, TEMPORARY_ENDING)
}

/// The path with `ending` added to the file's name.
pub fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().map_or_else(OsString::new, OsString::from);
    name.push(ending);
    path.with_file_name(name)
}

/// Writes a temporary file. One that a killed run left there is replaced.
pub fn write_temporary(path: &Path, bytes: &[u8], old: Option<&fs::Metadata>) -> io::Result<File> {
    write_new(path, bytes, old).or_else(|error| {
        if error.kind() != io::ErrorKind::AlreadyExists {
            return Err(error);
        }
        fs::remove_file(path)?;
        write_new(path, bytes, old)
    })
}

/// Writes `bytes` to a new file with the permissions and, where the system allows, the owner of the old one. Nobody else can read it before
/// it has them. Without an old file it gets the usual permissions.
pub fn write_new(path: &Path, bytes: &[u8], old: Option<&fs::Metadata>) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    let mut file = match old {
        None => options.open(path)?,
        Some(old) => {
            let file = private(&mut options).open(path)?;
            keep_owner(path, old);
            fs::set_permissions(path, old.permissions())?;
            file
        }
    };
    file.write_all(bytes)?;
    Ok(file)
}

#[cfg(unix)]
fn private(options: &mut fs::OpenOptions) -> &mut fs::OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600)
}

#[cfg(not(unix))]
fn private(options: &mut fs::OpenOptions) -> &mut fs::OpenOptions {
    options
}

#[cfg(unix)]
fn keep_owner(path: &Path, old: &fs::Metadata) {
    use std::os::unix::fs::{MetadataExt, chown};
    // Only root may give a file away; for others it stays the writer's, as with any editor.
    let _ = chown(path, Some(old.uid()), Some(old.gid()));
}

#[cfg(not(unix))]
fn keep_owner(_path: &Path, _old: &fs::Metadata) {}

/// Why the system refuses, without its number.
pub fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "no such file or folder".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => {
            let text = error.to_string();
            text.split(" (os error").next().unwrap_or(&text).to_lowercase()
        }
    }
}
