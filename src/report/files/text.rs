//! The files of each home for people, then what was left alone and what is not checked.

use std::fmt::Write;

use crate::coverage::{Coverage, FoundFile, files_of};
use crate::paths::DisplayPaths;
use crate::report::{printable, product_name};
use crate::workspace::{Home, Workspace};

/// Writes the list.
pub(crate) fn render(workspace: &Workspace, shown: &DisplayPaths) -> String {
    let mut text = String::new();
    for home in &workspace.homes {
        let (path, files) = (shown.path(home.model.path()), files_of(home));
        match files.as_slice() {
            [file] if file.path == home.model.path() => {
                let _ = writeln!(text, "{path}: {}, {}", role(file), product_name(&home.model));
            }
            files => {
                let _ = writeln!(text, "{path}: {}", describe(home));
                for file in files {
                    let _ = writeln!(text, "  {}: {}", shown.path(&file.path), role(file));
                }
            }
        }
    }
    if !workspace.left_alone.is_empty() {
        text.push_str("left alone:\n");
    }
    for left in &workspace.left_alone {
        let _ = writeln!(text, "  {}: {}", shown.path(&left.path), left.why.what(1));
    }
    let gaps = Coverage::of(workspace).gaps;
    if !gaps.is_empty() {
        text.push_str("not checked:\n");
    }
    for gap in &gaps {
        let path = format!("`{}`", shown.path(&gap.path));
        let _ = writeln!(text, "  {}", gap.kind.message(&path, 1, gap.detail.as_deref()));
    }
    printable(&text)
}

fn describe(home: &Home) -> String {
    format!("{}, {}", product_name(&home.model), home.model.generation.as_str())
}

fn role(file: &FoundFile) -> String {
    let tool = if file.role.is_tool_template() { ", template of a deployment tool" } else { "" };
    format!("{}{tool}", file.role.name())
}
