//! Selects rendered files by name.

use std::path::{Path, PathBuf};

use super::Rendering;
use crate::paths::{absolute, slashed};
use crate::server::mapper::resources;
use crate::suggest::did_you_mean;

/// A name that matches no rendered file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UnknownFile {
    /// The name as it was given.
    pub name: String,
    /// `did you mean ...?`
    pub near: Option<String>,
}

impl std::fmt::Display for UnknownFile {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "the server renders no file `{}`", self.name)
    }
}

impl std::error::Error for UnknownFile {}

/// The paths of the files that `names` select, in the order of the paths; all files if there are no names. A name is the path of a file or
/// folder, relative to the home or the working folder, the path of a template, or the last parts of any of these.
pub(crate) fn choose<'a>(rendering: &'a Rendering, names: &[PathBuf]) -> Result<Vec<&'a str>, UnknownFile> {
    let paths = rendering.paths();
    if names.is_empty() {
        return Ok(paths.iter().map(String::as_str).collect());
    }
    let mut chosen = vec![false; paths.len()];
    for name in names {
        let wanted = below_home(rendering, name);
        let mut found = false;
        for matches in [matches_whole, matches_end] {
            for (path, chosen) in paths.iter().zip(&mut chosen) {
                if wanted.iter().any(|wanted| matches(path, wanted)) {
                    *chosen = true;
                    found = true;
                }
            }
            if found {
                break;
            }
        }
        if !found {
            let name = name.to_string_lossy().into_owned();
            let word = wanted.last().map_or(name.as_str(), |wanted| wanted.as_str());
            return Err(UnknownFile { near: near_file(rendering, word), name });
        }
    }
    Ok(paths.iter().zip(chosen).filter(|(_, chosen)| *chosen).map(|(path, _)| path.as_str()).collect())
}

/// `did you mean ...?` for a name that no rendered file has; `None` if none is similar.
pub(crate) fn near_file(rendering: &Rendering, name: &str) -> Option<String> {
    let paths = rendering.paths().iter().map(String::as_str);
    did_you_mean(name, paths.clone(), '/').or_else(|| {
        // The name may have been meant as the end of a path.
        let parts = name.matches('/').count();
        did_you_mean(name, paths.map(|path| path.rmatch_indices('/').nth(parts).map_or(path, |(at, _)| &path[at + 1..])), '/')
    })
}

/// The paths below the home that `name` can mean.
fn below_home(rendering: &Rendering, name: &Path) -> Vec<String> {
    let root = &rendering.model.layout.root;
    let written = absolute(name).strip_prefix(root).ok().map(slashed);
    let real = root.canonicalize().ok().and_then(|root| name.canonicalize().ok()?.strip_prefix(root).ok().map(slashed));
    let mut wanted: Vec<String> = written.into_iter().chain(real).collect();
    if name.is_relative() {
        wanted.push(slashed(name).trim_start_matches("./").to_owned());
    }
    let templates = format!("{}/templates/", resources::FOLDER);
    for path in &mut wanted {
        if let Some(inner) = path.strip_prefix(&templates) {
            *path = inner.to_owned();
        }
        if let Some(output) = path.strip_suffix(".j2") {
            *path = output.to_owned();
        }
    }
    wanted.retain(|path| !path.is_empty());
    wanted
}

/// The path itself, or a folder above it.
fn matches_whole(path: &str, wanted: &str) -> bool {
    path.strip_prefix(wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The end of the path, or of a folder above it.
fn matches_end(path: &str, wanted: &str) -> bool {
    path.match_indices(wanted).any(|(at, _)| path[..at].ends_with('/') && matches_whole(&path[at..], wanted))
}
