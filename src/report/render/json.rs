//! `render --format json`, version 1. Its fields are a contract: add, never rename.

use std::path::PathBuf;

use serde::Serialize;

use crate::diagnostic::Finding;
use crate::paths::DisplayPaths;
use crate::render::RenderedFile;
use crate::render::Rendering;
use crate::report::diff::Contents;
use crate::report::diff::unified;
use crate::rule_info::Severity;
use crate::source::FileRange;
use crate::source::secrets::Masked;
use crate::workspace::Home;

/// What to report about each file besides its state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detail {
    /// Nothing.
    None,
    /// Its text, secrets masked.
    Text,
    /// The unified diff from the home's file to it, secrets masked.
    Diff,
}

#[derive(Serialize)]
struct RenderDocument<'a> {
    version: u32,
    home: String,
    product: Option<&'a str>,
    product_version: Option<String>,
    files: &'a [FileEntry],
    diagnostics: Vec<RenderDiagnosticEntry<'a>>,
    summary: RenderSummary,
}

/// A rendered file in the document.
#[derive(Debug, Serialize)]
pub(crate) struct FileEntry {
    path: String,
    file: String,
    state: &'static str,
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    written: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    diff: Option<String>,
}

#[derive(Serialize)]
struct RenderDiagnosticEntry<'a> {
    severity: Severity,
    message: &'a str,
    help: Option<&'a str>,
    file: String,
    key: Option<&'a str>,
    range: Option<FileRange>,
}

#[derive(Serialize)]
struct RenderSummary {
    files: usize,
    unchanged: usize,
    rewritten: usize,
    changed: usize,
    new: usize,
    absent: usize,
    unreadable: usize,
    failed: usize,
}

/// The entry of a rendered file; `written` is the path it was written to.
pub(crate) fn file_entry(
    rendering: &Rendering,
    file: &RenderedFile,
    written: Option<PathBuf>,
    detail: Detail,
    shown: &DisplayPaths,
) -> FileEntry {
    let path = rendering.model.layout.root.join(&file.path);
    let in_home = shown.exact(&path);
    let secrets = || rendering.secrets_in(file);
    let diff = || {
        let old = old_text(file);
        let new = Contents { text: file.text.as_ref()?, secrets: secrets() };
        Some(unified(&in_home, &Contents::of(&path, &old), &new, false))
    };
    FileEntry {
        path: file.path.clone(),
        state: file.state.as_str(),
        reason: file.state.reason().map(ToOwned::to_owned),
        written: written.map(|path| shown.exact(&path)),
        text: file.text.as_deref().filter(|_| detail == Detail::Text).map(|text| Masked::of(text, &secrets()).text),
        diff: if detail == Detail::Diff && file.state.has_diff() { diff() } else { None },
        file: in_home,
    }
}

/// The text of the file in the home; empty if there is none.
pub(crate) fn old_text(file: &RenderedFile) -> String {
    file.old.as_deref().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default()
}

/// Writes the document, with a line break at its end.
pub(crate) fn render(home: &Home, files: &[FileEntry], findings: &[Finding], shown: &DisplayPaths) -> String {
    let model = &home.model;
    let count = |state: &str| files.iter().filter(|file| file.state == state).count();
    crate::report::json_text(&RenderDocument {
        version: 1,
        home: shown.exact(model.path()),
        product: model.product().map(|product| product.id.as_str()),
        product_version: model.identity.version.as_ref().map(ToString::to_string),
        files,
        diagnostics: findings.iter().map(|finding| diagnostic(home, finding, shown)).collect(),
        summary: RenderSummary {
            files: files.len(),
            unchanged: count("unchanged"),
            rewritten: count("rewritten"),
            changed: count("changed"),
            new: count("new"),
            absent: count("absent"),
            unreadable: count("unreadable"),
            failed: count("failed"),
        },
    })
}

fn diagnostic<'a>(home: &'a Home, finding: &'a Finding, shown: &DisplayPaths) -> RenderDiagnosticEntry<'a> {
    let (path, range) = home.place(finding);
    let toml = home.model.toml_file().map(|file| &home.model.file(file).source.path);
    RenderDiagnosticEntry {
        severity: finding.severity.unwrap_or(Severity::Error),
        message: &finding.message,
        help: finding.help.as_deref(),
        file: shown.exact(path),
        // A key of deployment.toml; the keys of findings elsewhere have other forms.
        key: finding.key.as_deref().filter(|_| toml.is_some_and(|toml| toml == path)),
        range,
    }
}
