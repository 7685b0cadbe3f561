//! `lint --list-files --format json`, version 1. Its fields are a contract: add, never rename.

use serde::Serialize;

use crate::coverage::{Coverage, files_of};
use crate::home::Generation;
use crate::paths::DisplayPaths;
use crate::report::json_text;
use crate::report::lint::json::{NotCheckedEntry, not_checked};
use crate::workspace::{Home, Workspace};

#[derive(Serialize)]
struct FilesDocument<'a> {
    version: u32,
    homes: Vec<HomeEntry<'a>>,
    left_alone: Vec<LeftAloneEntry<'a>>,
    not_checked: Vec<NotCheckedEntry>,
}

#[derive(Serialize)]
struct HomeEntry<'a> {
    path: String,
    product: Option<&'a str>,
    version: Option<String>,
    generation: Generation,
    files: Vec<FileEntry>,
}

#[derive(Serialize)]
struct FileEntry {
    file: String,
    kind: &'static str,
    /// Whether a deployment tool fills the file in.
    template: bool,
}

#[derive(Serialize)]
struct LeftAloneEntry<'a> {
    path: String,
    reason: &'a str,
    message: &'a str,
}

/// Writes the list, with a line break at its end.
pub(crate) fn render(workspace: &Workspace, shown: &DisplayPaths) -> String {
    let left_alone = workspace.left_alone.iter().map(|left| LeftAloneEntry {
        path: shown.path(&left.path),
        reason: left.why.id(),
        message: left.why.what(1),
    });
    json_text(&FilesDocument {
        version: 1,
        homes: workspace.homes.iter().map(|home| home_entry(home, shown)).collect(),
        left_alone: left_alone.collect(),
        not_checked: not_checked(&Coverage::of(workspace), shown),
    })
}

fn home_entry<'a>(home: &'a Home, shown: &DisplayPaths) -> HomeEntry<'a> {
    let files = files_of(home).into_iter().map(|file| FileEntry {
        file: shown.path(&file.path),
        kind: file.role.id(),
        template: file.role.is_tool_template(),
    });
    HomeEntry {
        path: shown.path(home.model.path()),
        product: home.product().map(|product| product.id.as_str()),
        version: home.version().map(ToString::to_string),
        generation: home.model.generation,
        files: files.collect(),
    }
}
