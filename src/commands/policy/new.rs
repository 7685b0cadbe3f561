//! `carbonlint policy new`

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::Path;

use crate::commands::arguments::policy_failure;
use crate::commands::exit::{Exit, Failure};
use crate::commands::terminal::print;
use crate::disk::reason;
use crate::policy;
use crate::shell;

/// A rule that works, with its examples. A test runs it.
const START: &str = include_str!("start.toml");

/// Runs the command.
pub(super) fn run(name: &str, folder: &Path) -> Result<Exit, Failure> {
    let path = folder.join(format!("{name}.toml"));
    policy::check_text(name, &path, START).map_err(policy_failure)?;
    let failed = |error: &std::io::Error| Failure::new(format!("cannot write `{}`: {}", path.display(), reason(error)));
    fs::create_dir_all(folder).map_err(|error| failed(&error))?;
    let mut file = File::create_new(&path).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => {
            Failure::new(format!("`{}` exists already", path.display())).help("give the rule another name")
        }
        _ => failed(&error),
    })?;
    file.write_all(START.as_bytes()).map_err(|error| failed(&error))?;
    let shown = shell::path(folder);
    print(&format!(
        "wrote {}; edit it, then check it with\n\n    carbonlint policy test {shown}\n\nand use it with `--policy {shown}`, or \
         `policies = [\"{}\"]` in carbonlint.toml\n",
        path.display(),
        folder.display()
    ))?;
    Ok(Exit::Clean)
}
