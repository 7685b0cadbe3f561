//! Arguments that several commands share.

use std::io;
use std::path::PathBuf;

use super::exit::Failure;
use crate::catalog::product_of;
use crate::cli::AssumeArgs;
use crate::model::Assumptions;
use crate::rules::{Selection, is_rule_or_category};
use crate::shell;

/// The facts in the arguments that the files do not state.
pub(super) fn assumptions(arguments: &AssumeArgs) -> Result<Assumptions, Failure> {
    Ok(Assumptions {
        product: arguments
            .product
            .as_deref()
            .map(product_of)
            .transpose()
            .map_err(|unknown| Failure::new(unknown.message).help(unknown.help))?,
        port_offset: arguments.port_offset.map(i64::from),
        server_profile: arguments.server_profile.clone(),
    })
}

/// The rules that the arguments select.
pub(super) fn selection(select: &[String], ignore: &[String]) -> Result<Selection, Failure> {
    for name in select.iter().chain(ignore) {
        if !is_rule_or_category(name) {
            return Err(Failure::new(format!("no rule or category is called `{name}`")).help("`carbonlint rules` lists them"));
        }
    }
    Ok(Selection { select: select.to_vec(), ignore: ignore.to_vec(), profile: None })
}

/// A command on the paths of this one, with the same facts, as text to paste into a shell.
pub(super) fn command(name: &str, select: &[String], ignore: &[String], paths: &[PathBuf], assume: &AssumeArgs) -> String {
    let mut words = vec!["carbonlint".to_owned(), name.to_owned()];
    let mut option = |name: &str, value: Option<String>| {
        words.extend(value.map(|value| format!("{name} {}", shell::word(value))));
    };
    option("--select", (!select.is_empty()).then(|| select.join(",")));
    option("--ignore", (!ignore.is_empty()).then(|| ignore.join(",")));
    option("--product", assume.product.clone());
    option("--port-offset", assume.port_offset.map(|offset| offset.to_string()));
    option("--server-profile", assume.server_profile.clone());
    words.extend(paths.iter().map(|path| shell::path(path)));
    words.join(" ")
}

/// The given paths, or the working folder.
pub(super) fn paths_or_here(paths: &[PathBuf]) -> Vec<PathBuf> {
    if paths.is_empty() { vec![PathBuf::from(".")] } else { paths.to_vec() }
}

/// Fails for the first of `paths` that does not exist. Paths that exist but cannot be read are reported with the findings.
pub(super) fn check_paths(paths: &[PathBuf]) -> Result<(), Failure> {
    let is_missing = |path: &&PathBuf| path.symlink_metadata().is_err_and(|error| error.kind() == io::ErrorKind::NotFound);
    paths.iter().find(is_missing).map_or(Ok(()), |path| {
        let failure = Failure::new(format!("no such file or folder: `{}`", path.display()));
        Err(failure.help("name a product home, a configuration file, or a folder that contains some"))
    })
}
