//! `ciphertool-destroys-file`: a form of `[secrets]` on which the cipher tool fails after it has emptied deployment.toml, or writes it wrongly
//! (cipher-tool CipherTool.updateDeploymentConfigurationWithEncryptedKeys).

use crate::diagnostic::Finding;
use crate::edit::{Fix, Safety};
use crate::model::{FileId, Model};
use crate::rules::context::HomeContext;
use crate::rules::fixes;
use crate::source::Span;
use crate::source::key::{SECRETS, is_bare};
use crate::source::toml::{TomlDocument, TomlTable};

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let model = context.model();
    let Some((file, document)) = model.toml().filter(|(_, document)| !document.has_tags) else { return };
    let Some(header) = document.table(SECRETS) else { return };
    let text = model.file(file).source.text_of_server();
    let faults = faults(text, document, header);
    let Some(first) = faults.first() else { return };
    let message = format!("`ciphertool.sh -Dconfigure` empties this file: {}", first.what);
    let help = "write one `alias = \"[value]\"` in each line of `[secrets]`, and nothing else";
    let finding = context.finding(file, first.span, message).help(help).key(SECRETS);
    let others = faults[1..].iter().map(|fault| fault.span);
    findings.push(finding.subjects(others).fix(tidy(model, file, header, &faults)));
}

/// A part of `[secrets]` that the tool does not expect.
struct Fault {
    span: Span,
    what: &'static str,
    /// What replaces the part, and what goes above the header; `None` if that needs a person.
    mended: Option<(String, String)>,
}

/// Everything in `[secrets]` that the tool does not expect, in file order.
fn faults(text: &str, document: &TomlDocument, header: &TomlTable) -> Vec<Fault> {
    let next = document.tables.iter().find(|table| table.span.start > header.span.start);
    let end = next.map_or(text.len(), |next| next.span.start);
    let mut faults = Vec::new();
    let mut at = text[header.span.end..].find('\n').map_or(text.len(), |line| header.span.end + line + 1);
    while at < end {
        let line_end = text[at..end].find('\n').map_or(end, |line| at + line);
        let line = &text[at..line_end];
        let span = Span::new(at, at + line.trim_end_matches('\r').len());
        faults.extend(fault_of_line(text, document, span, line_end < end));
        at = line_end + 1;
    }
    if let Some(next) = next {
        let start = text[..next.span.start].rfind('\n').map_or(0, |line| line + 1);
        let after = text[next.span.end..].lines().next().unwrap_or_default();
        if start < next.span.start {
            let span = Span::new(start, next.span.start);
            faults.push(Fault {
                span,
                what: "the header after `[secrets]` is indented",
                mended: Some((String::new(), String::new())),
            });
        } else if !after.trim().is_empty() {
            faults.push(Fault { span: next.span, what: "the header after `[secrets]` has a comment", mended: None });
        }
    }
    faults
}

/// What is wrong with one line; `is_whole` if it ends with a line break in the section.
fn fault_of_line(text: &str, document: &TomlDocument, line: Span, is_whole: bool) -> Option<Fault> {
    let (written, trimmed) = (line.of(text), line.of(text).trim());
    // A part of a line at the end is the indentation of the next header.
    if trimmed.is_empty() {
        let is_blank = is_whole && !written.is_empty();
        return is_blank.then(|| Fault {
            span: line,
            what: "`[secrets]` has a line of blanks",
            mended: Some((String::new(), String::new())),
        });
    }
    if trimmed.starts_with('#') {
        // The line break goes too.
        let whole = Span::new(line.start, text[line.end..].find('\n').map_or(line.end, |at| line.end + at + 1));
        return Some(Fault { span: whole, what: "`[secrets]` has a comment", mended: Some((String::new(), trimmed.to_owned())) });
    }
    let Some(entry) = document.entries.iter().find(|entry| line.start <= entry.key_span.start && entry.key_span.start < line.end)
    else {
        return Some(Fault { span: line, what: "a value in `[secrets]` has several lines", mended: None });
    };
    if entry.value_span.end > line.end {
        return Some(Fault { span: entry.key_span, what: "a value in `[secrets]` has several lines", mended: None });
    }
    let rest = Span::new(entry.value_span.end, line.end);
    if rest.of(text).trim_start().starts_with('#') {
        let comment = rest.of(text).trim().to_owned();
        return Some(Fault { span: rest, what: "an alias in `[secrets]` has a comment", mended: Some((String::new(), comment)) });
    }
    let key = entry.key_span.of(text);
    let inner = key.strip_prefix(['"', '\'']).and_then(|rest| rest.strip_suffix(['"', '\'']))?;
    let mended = is_bare(inner).then(|| (inner.to_owned(), String::new()));
    Some(Fault { span: entry.key_span, what: "an alias in `[secrets]` is in quotes", mended })
}

/// Writes the section as the tool expects it, with its comments above the header.
fn tidy(model: &Model, file: FileId, header: &TomlTable, faults: &[Fault]) -> Option<Fix> {
    let mut edits = Vec::new();
    let mut above = String::new();
    let text = model.file(file).source.text_of_server();
    let line_break = if text[header.span.end..].starts_with('\r') { "\r\n" } else { "\n" };
    for fault in faults {
        let (text, comment) = fault.mended.as_ref()?;
        if !comment.is_empty() {
            above.push_str(comment);
            above.push_str(line_break);
        }
        edits.push((fault.span, text.clone()));
    }
    if !above.is_empty() {
        edits.insert(0, (Span::at(header.span.start), above));
    }
    let title = "leave nothing but aliases in `[secrets]`".to_owned();
    Some(fixes::fix_of(model, file, title, Safety::Safe, edits, vec![SECRETS.to_owned()]))
}
