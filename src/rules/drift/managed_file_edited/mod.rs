//! `managed-file-edited`: a file that the server renders was edited by hand, so the edit will be lost (config-mapper ConfigParser.java).

mod assignment;
mod hunk;
mod trial;

use std::collections::BTreeSet;

use assignment::{Edited, edited};
use hunk::{Hunk, hunks};
use trial::{EditedFile, Move};

use crate::diagnostic::Finding;
use crate::edit::{Fix, Safety};
use crate::model::recorded::{CONFIGURATION, is_same};
use crate::model::rewritten::{Comparison, compare, is_rewritten};
use crate::model::{EffectiveConfiguration, EffectiveValue, FileId, Model, TracedFile};
use crate::rule_info::Severity;
use crate::rules::context::HomeContext;
use crate::rules::fixes::{fix_of, toml_of};
use crate::server::mapper::Resources;
use crate::server::mapper::metadata::md5_of;
use crate::shell;
use crate::source::Span;

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let model = context.model();
    let Some((mapping, _)) = model.configuration().filter(|_| model.is_complete) else { return };
    let templates: BTreeSet<&str> = mapping.resources.templates.iter().map(String::as_str).collect();
    for (path, md5) in model.recorded(CONFIGURATION) {
        if !templates.contains(path.as_str()) || !model.is_requested(&model.layout.root.join(&path)) {
            continue;
        }
        let Some(read) = model.read_once(&path).filter(|read| !is_same(read.as_bytes(), &md5)) else { continue };
        let Some(file) = model.open(&path) else { continue };
        let text = &model.file(file).source.text;
        let rendered = model.output(&path).and_then(|output| output.text.as_deref());
        // An interrupted start writes the file without recording it.
        if rendered.is_some_and(|rendered| is_same(read.as_bytes(), &md5_of(rendered.as_bytes()))) {
            continue;
        }
        let rewrite = model.rewrite_of(&path).filter(|row| is_rewritten(row, text));
        if let (Some(row), Some(rendered)) = (rewrite, rendered)
            && compare(row, rendered, text) == Some(Comparison::Same)
        {
            continue;
        }
        let edit = Edit { context, path: &path, file, text };
        let base = rendered.filter(|rendered| is_same(rendered.as_bytes(), &md5));
        match (rewrite, base) {
            // The text before the change by the server itself is unknown.
            (Some(_), None) => {}
            (Some(row), Some(rendered)) => {
                let hunk = match compare(row, rendered, text) {
                    Some(Comparison::Differs { at, rendered: was }) => {
                        Some(Hunk { was: line_around(rendered, was), is: line_around(text, at) })
                    }
                    _ => None,
                };
                edit.report(hunk.as_slice(), false, findings);
            }
            (None, base) => {
                let mut hunks = base.map(|rendered| hunks(rendered, text)).unwrap_or_default();
                if model.rewrite_of(&path).is_some() {
                    // What the server itself may have changed cannot be told apart.
                    hunks.truncate(1);
                }
                edit.report(&hunks, model.rewrite_of(&path).is_none(), findings);
            }
        }
    }
}

/// A file that was edited by hand.
struct Edit<'a> {
    context: HomeContext<'a>,
    /// Its path, relative to the home.
    path: &'a str,
    file: FileId,
    text: &'a str,
}

/// How many edits of a file are reported one by one.
const MAX_REPORTED: usize = 20;

impl Edit<'_> {
    /// A finding for each of `hunks`; for the whole file if they are unknown. `movable` if the file is exactly what the operator left.
    fn report(&self, hunks: &[Hunk], movable: bool, findings: &mut Vec<Finding>) {
        let model = self.context.model();
        let name = self.path.rsplit('/').next().unwrap_or(self.path);
        let (severity, message) = fate(model, name);
        let template = Resources::path_of_template(self.path);
        let traced = model.effective_configuration().zip(model.rendered_file(self.path));
        let Some((values, rendered)) = traced.filter(|_| !hunks.is_empty()) else {
            let help = format!(
                "make the change in deployment.toml, or in `{template}` if no key covers it; `carbonlint render . {} --diff` in the home \
                 shows what the server would change",
                shell::word(self.path)
            );
            findings.push(self.context.finding(self.file, Span::at(0), message).severity(severity).key(self.path).help(help));
            return;
        };
        let masked = rendered.masked(values);
        let toml = toml_of(model).filter(|_| movable);
        for (number, hunk) in hunks.iter().enumerate().take(MAX_REPORTED) {
            let edited = edited(rendered, values, *hunk, self.text);
            let moved = toml.and_then(|(_, toml)| {
                let file = EditedFile { values, toml, path: self.path, text: self.text, hunks };
                edited.candidates.iter().find_map(|candidate| file.try_out(*hunk, candidate))
            });
            let decides = self.decides(values, rendered, *hunk, &edited, moved.as_ref(), toml.is_some());
            let more = hunks.len().saturating_sub(MAX_REPORTED);
            let more = if number + 1 == MAX_REPORTED && more > 0 { format!("; {more} more edits follow") } else { String::new() };
            let help = format!("{}{decides}{more}", was(masked.of_span(Span::new(hunk.was.start, hunk.was.end))));
            let mut finding = self.context.finding(self.file, self.place(*hunk), message.clone()).severity(severity).help(help);
            let key = moved.as_ref().and_then(|moved| moved.keys.first().map(|(key, _)| key.as_str()));
            finding = finding.key(key.or(edited.keys.first().map(EffectiveValue::name)).unwrap_or(self.path));
            let set = edited.keys.iter().find_map(|value| value.anchor.filter(|_| value.is_set_by_user()).map(|at| (value, at)));
            if let Some((value, at)) = set {
                finding = finding.related(self.context.id, at, format!("`{}` is set here", value.name()));
            }
            findings.push(finding.fix(toml.zip(moved).map(|((file, _), moved)| fix(model, file, moved))));
        }
    }

    /// The end of the help: what decides the edited lines, and what to do.
    fn decides(
        &self,
        values: EffectiveConfiguration,
        rendered: &TracedFile,
        hunk: Hunk,
        edited: &Edited,
        moved: Option<&Move>,
        is_tried: bool,
    ) -> String {
        let names =
            |keys: &[EffectiveValue]| keys.iter().map(|value| format!("`{}`", value.name())).collect::<Vec<_>>().join(" and ");
        if let Some(moved) = moved {
            let lines: Vec<String> = moved.keys.iter().map(|(key, literal)| format!("`{key} = {literal}`")).collect();
            let from = if edited.keys.is_empty() { String::new() } else { format!(", from {}", names(&edited.keys)) };
            return format!("{from}: set {} in deployment.toml", lines.join(" and "));
        }
        let at = if hunk.was.is_empty() {
            Span::at(hunk.was.start.saturating_sub(1))
        } else {
            first_change(hunk, rendered, self.text)
        };
        let template = rendered.trace(values, at).template.last().copied();
        let template = template.map(|at| {
            let file = values.model.file(at.file);
            format!("{}:{}", file.name, file.source.position(at.span.start).line)
        });
        let template = template.unwrap_or_else(|| Resources::path_of_template(self.path));
        match edited.keys.as_slice() {
            [] => format!(", from the text of `{template}`: no key sets it, so make the change there"),
            keys if edited.is_secret => format!(", from {}: set it in deployment.toml, as a secret", names(keys)),
            keys if !is_tried => format!(", from {}: set it in deployment.toml", names(keys)),
            keys if edited.candidates.is_empty() => {
                format!(", from {}: no value of it prints this, so make the change in `{template}`", names(keys))
            }
            keys => format!(
                ", from {}, which decides other lines of this file too: set it in deployment.toml if they may change, or edit `{template}`",
                names(keys)
            ),
        }
    }

    /// Where to report a hunk: its first line, without the indentation.
    fn place(&self, hunk: Hunk) -> Span {
        if hunk.is.is_empty() { Span::at(hunk.is.start) } else { line_around(self.text, hunk.is.start) }
    }
}

/// The beginning of the help: what the server rendered, secrets masked.
fn was(rendered: &str) -> String {
    let mut lines = rendered.lines().filter(|line| !line.trim().is_empty());
    match (lines.next(), lines.count()) {
        (None, _) => "the server rendered nothing here".to_owned(),
        (Some(line), 0) => format!("the server rendered `{}` here", line.trim()),
        (Some(line), more) => format!("the server rendered `{}` and {more} more lines here", line.trim()),
    }
}

/// The first character of a hunk's rendered lines that the edit changed.
fn first_change(hunk: Hunk, rendered: &TracedFile, text: &str) -> Span {
    let (old, new) = (hunk.was.of(&rendered.source.text), hunk.is.of(text));
    let same = old.char_indices().zip(new.chars()).find(|((_, old), new)| old != new);
    let start = hunk.was.start + same.map_or(0, |((at, _), _)| at);
    Span::at(start.min(hunk.was.end))
}

/// The fix that moves an edit into deployment.toml.
fn fix(model: &Model, toml: FileId, moved: Move) -> Fix {
    let keys: Vec<String> = moved.keys.iter().map(|(key, literal)| format!("`{key}` to {literal}")).collect();
    let mut title = format!("set {} in deployment.toml", keys.join(" and "));
    let also = match moved.also.as_slice() {
        [] => String::new(),
        [other] => format!("; `{other}` changes too"),
        others => format!("; {} other files change too", others.len()),
    };
    title.push_str(&also);
    let scope = moved.keys.into_iter().map(|(key, _)| key).collect();
    fix_of(model, toml, title, Safety::Unsafe, moved.edits, scope)
}

/// The severity and the message, which say what will happen to the edit.
fn fate(model: &Model, name: &str) -> (Severity, String) {
    let edited = format!("`{name}` was edited by hand");
    if is_on(model, "avoidConfigUpdate") {
        (Severity::Info, format!("{edited}: the edit is kept as long as the server starts with `-DavoidConfigUpdate=true`"))
    } else if is_on(model, "avoidConfigHashRead") {
        (Severity::Warning, format!("{edited}: the edit is lost at the first start after deployment.toml changes"))
    } else {
        (Severity::Error, format!("{edited}: the server overwrites it at the next start, and the edit is lost"))
    }
}

/// Whether the start script sets `option` to true. The server reads it with `Boolean.getBoolean`.
fn is_on(model: &Model, option: &str) -> bool {
    let options = model.script().map(|(_, options)| options).unwrap_or_default();
    options
        .iter()
        .any(|given| given.name == option && given.value.as_ref().is_some_and(|value| value.eq_ignore_ascii_case("true")))
}

/// The line around a place, without its indentation and its end.
fn line_around(text: &str, at: usize) -> Span {
    let start = text[..at].rfind('\n').map_or(0, |line_end| line_end + 1);
    let line = text[start..].split('\n').next().unwrap_or_default();
    let indentation = line.len() - line.trim_start().len();
    Span::new(start + indentation, start + line.trim_end().len().max(indentation))
}
