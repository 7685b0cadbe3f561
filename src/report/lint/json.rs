//! `lint --format json`, version 1. Its fields are a contract: add, never rename.

use serde::{Serialize, Serializer};

use super::Report;
use crate::coverage::{Coverage, Gap};
use crate::diagnostic::{Diagnostic, Site};
use crate::edit::{Edit, Fix, Safety};
use crate::home::Generation;
use crate::model::ProductSource;
use crate::paths::DisplayPaths;
use crate::rule_info::Severity;
use crate::source::secrets::{secrets_in, touches_secret};
use crate::source::{FileRange, SourceFile, Span};
use crate::workspace::Home;

#[derive(Serialize)]
struct LintDocument<'a> {
    version: u32,
    tool: Tool,
    homes: Vec<LintHomeEntry<'a>>,
    diagnostics: Entries<'a>,
    not_checked: Vec<NotCheckedEntry>,
    summary: LintSummary,
}

/// The diagnostics, each turned into its entry when it is written: there can be hundreds of thousands.
struct Entries<'a> {
    report: Report<'a>,
}

impl Serialize for Entries<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let entry = |diagnostic| entry(self.report, diagnostic);
        serializer.collect_seq(self.report.diagnostics.iter().map(entry))
    }
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct LintHomeEntry<'a> {
    path: String,
    product: Option<&'a str>,
    version: Option<String>,
    product_source: Option<&'static str>,
    generation: Generation,
    offset: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<&'a str>,
}

#[derive(Serialize)]
struct DiagnosticEntry<'a> {
    rule: &'a str,
    category: &'a str,
    severity: Severity,
    message: &'a str,
    help: Option<&'a str>,
    url: Option<&'a str>,
    home: Option<String>,
    file: String,
    key: Option<&'a str>,
    range: FileRange,
    related: Vec<RelatedEntry<'a>>,
    fixes: Vec<FixEntry<'a>>,
    fingerprint: &'a str,
}

/// Something that was not checked, or not in full.
#[derive(Serialize)]
pub(crate) struct NotCheckedEntry {
    path: String,
    reason: &'static str,
    message: String,
    help: &'static str,
}

#[derive(Serialize)]
struct RelatedEntry<'a> {
    file: String,
    range: FileRange,
    message: &'a str,
}

#[derive(Serialize)]
struct FixEntry<'a> {
    title: &'a str,
    safety: Safety,
    by_name: bool,
    edits: Vec<EditEntry<'a>>,
    /// Why there are no edits.
    #[serde(skip_serializing_if = "Option::is_none")]
    withheld: Option<&'static str>,
}

#[derive(Serialize)]
struct EditEntry<'a> {
    file: String,
    range: FileRange,
    text: &'a str,
}

#[derive(Serialize)]
struct LintSummary {
    files: usize,
    errors: usize,
    warnings: usize,
    infos: usize,
    fixable: usize,
    homes: usize,
    not_understood: usize,
    checks_skipped: usize,
    left_alone: usize,
}

/// Writes the report, with a line break at its end.
pub fn render(report: Report) -> String {
    let coverage = Coverage::of(report.workspace);
    let document = LintDocument {
        version: 1,
        tool: Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
        homes: report.workspace.homes.iter().map(|home| home_entry(report, home)).collect(),
        diagnostics: Entries { report },
        not_checked: not_checked(&coverage, report.shown),
        summary: LintSummary {
            files: report.workspace.file_count(),
            errors: report.count(Severity::Error),
            warnings: report.count(Severity::Warning),
            infos: report.count(Severity::Info),
            fixable: report.diagnostics.iter().filter(|diagnostic| !diagnostic.finding.fixes.is_empty()).count(),
            homes: report.workspace.homes.iter().filter(|home| home.model.is_home()).count(),
            not_understood: coverage.not_understood(),
            checks_skipped: coverage.skipped(),
            left_alone: report.workspace.left_alone.len(),
        },
    };
    crate::report::json_text(&document)
}

/// What was not checked, as entries.
pub(crate) fn not_checked(coverage: &Coverage, shown: &DisplayPaths) -> Vec<NotCheckedEntry> {
    let entry = |gap: &Gap| {
        let path = shown.path(&gap.path);
        let message = gap.kind.message(&format!("`{path}`"), 1, gap.detail.as_deref());
        NotCheckedEntry { path, reason: gap.kind.id(), message, help: gap.kind.help() }
    };
    coverage.gaps.iter().map(entry).collect()
}

fn home_entry<'a>(report: Report<'a>, home: &'a Home) -> LintHomeEntry<'a> {
    let identity = &home.model.identity;
    let (product, product_source) = home.model.product_and_source().unzip();
    LintHomeEntry {
        path: report.shown.exact(home.model.path()),
        product,
        version: identity.version.as_ref().map(ToString::to_string),
        product_source: product_source.map(ProductSource::as_str),
        generation: home.model.generation,
        offset: home.ports().offset.value,
        profile: identity.profile.as_deref(),
    }
}

fn entry<'a>(report: Report<'a>, diagnostic: &'a Diagnostic) -> DiagnosticEntry<'a> {
    let finding = &diagnostic.finding;
    let range = report.workspace.range(diagnostic);
    let related = finding.related.iter().map(|related| RelatedEntry {
        file: report.shown.exact(&report.workspace.source(&related.site).path),
        range: self::range(report, &related.site),
        message: &related.message,
    });
    DiagnosticEntry {
        rule: &diagnostic.rule.name,
        category: &diagnostic.rule.category,
        severity: diagnostic.severity,
        message: &finding.message,
        help: finding.help.as_deref(),
        url: None,
        home: diagnostic.home().map(|home| report.shown.exact(report.workspace[home].model.path())),
        file: report.shown.exact(&diagnostic.path),
        key: finding.key.as_deref(),
        range,
        related: related.collect(),
        fixes: finding.fixes.iter().map(|fix| fix_entry(report, diagnostic, fix)).collect(),
        fingerprint: &diagnostic.fingerprint,
    }
}

fn fix_entry<'a>(report: Report, diagnostic: &Diagnostic, fix: &'a Fix) -> FixEntry<'a> {
    let mut has_secret = false;
    let edits = fix.edits.iter().filter_map(|edit| {
        let model = &report.workspace[diagnostic.home()?].model;
        let linted = model.files.iter().find(|file| file.source.path == edit.file);
        // A template is edited, not linted.
        let opened = || Some(model.file(model.open(&model.below_home(&edit.file)?)?));
        let source = &linted.or_else(opened)?.source;
        has_secret |= writes_secret(source, edit);
        Some(EditEntry { file: report.shown.exact(&edit.file), range: source.place(edit.span), text: &edit.text })
    });
    let mut edits: Vec<EditEntry> = edits.collect();
    if has_secret {
        edits.clear();
    }
    let withheld = has_secret.then_some("the edits contain a secret: `carbonlint fix` applies them");
    FixEntry { title: &fix.title, safety: fix.safety, by_name: fix.safety == Safety::ByName, edits, withheld }
}

/// Whether an edit replaces a secret or writes one.
fn writes_secret(source: &SourceFile, edit: &Edit) -> bool {
    let secrets = source.secrets();
    if !edit.span.is_empty() && touches_secret(secrets, edit.span) {
        return true;
    }
    // Its line as it will be.
    let text = &source.text;
    let start = text[..edit.span.start].rfind('\n').map_or(0, |at| at + 1);
    let end = text[edit.span.end..].find('\n').map_or(text.len(), |at| edit.span.end + at);
    let before = &text[start..edit.span.start];
    let line = format!("{before}{}{}", edit.text, &text[edit.span.end..end]);
    touches_secret(&secrets_in(&line), Span::new(before.len(), before.len() + edit.text.len()))
}

fn range(report: Report, site: &Site) -> FileRange {
    report.workspace.source(site).place(site.at.span)
}
