//! `managed-file-edited`: a file that the server renders was edited by hand, so the edit will be lost (config-mapper ConfigParser.java).

use std::collections::BTreeSet;

use crate::diagnostic::Finding;
use crate::model::Model;
use crate::model::recorded::{CONFIGURATION, is_same};
use crate::model::rewritten::{Comparison, compare, is_rewritten};
use crate::rule_info::Severity;
use crate::rules::context::HomeContext;
use crate::server::mapper::Resources;
use crate::server::mapper::metadata::md5_of;
use crate::source::Span;
use crate::source::secrets::masked;

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let model = context.model();
    let Some((mapping, _)) = model.configuration().filter(|_| model.is_complete) else { return };
    let templates: BTreeSet<&str> = mapping.resources.templates.iter().map(String::as_str).collect();
    for (path, md5) in model.recorded(CONFIGURATION) {
        if !templates.contains(path.as_str()) || !model.is_requested(&model.layout.root.join(&path)) {
            continue;
        }
        let Some(bytes) = model.bytes_of(&path).filter(|bytes| !is_same(bytes, &md5)) else { continue };
        let Some(file) = model.open(&path) else { continue };
        let text = &model.file(file).source.text;
        let rendered = model.output(&path).and_then(|output| output.text.as_deref());
        // An interrupted start writes the file without recording it.
        if rendered.is_some_and(|rendered| is_same(&bytes, &md5_of(rendered.as_bytes()))) {
            continue;
        }
        let rewrite = model.rewrite_of(&path).filter(|row| is_rewritten(row, text));
        if let (Some(row), Some(rendered)) = (rewrite, rendered)
            && compare(row, rendered, text) == Some(Comparison::Same)
        {
            continue;
        }
        let rendered = rendered.filter(|rendered| is_same(rendered.as_bytes(), &md5));
        let change = match (rewrite, rendered) {
            // The text before the change by the server itself is unknown.
            (Some(_), None) => continue,
            (Some(row), Some(rendered)) => match compare(row, rendered, text) {
                Some(Comparison::Differs { at, rendered: was }) => Some(Change::at(rendered, was, text, at)),
                _ => None,
            },
            (None, rendered) => rendered.and_then(|rendered| Change::between(rendered, text)),
        };
        let span = change.as_ref().map_or(Span::at(0), |change| change.span);
        let name = path.rsplit('/').next().unwrap_or(&path);
        let (severity, message) = fate(model, name);
        let finding = context.finding(file, span, message).severity(severity).key(&path);
        findings.push(finding.help(help(model, &path, change.as_ref())));
    }
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

fn help(model: &Model, path: &str, change: Option<&Change>) -> String {
    let template = Resources::path_of_template(path);
    let Some(change) = change else {
        return format!("make the change in deployment.toml, or in `{template}` if no key covers it");
    };
    let was = match (change.was.trim(), change.is.trim()) {
        ("", _) => "the server rendered nothing here".to_owned(),
        (was, _) => format!("the server rendered `{was}` here"),
    };
    let keys = model.text_of(&template).map(|template| keys_printed(&template, &change.was_unmasked)).unwrap_or_default();
    match keys.as_slice() {
        [] => format!("{was}: make the change in deployment.toml, or in `{template}` if no key covers it"),
        keys => {
            let keys: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
            format!("{was}, from {}: set it in deployment.toml", keys.join(" and "))
        }
    }
}

/// Whether the start script sets `option` to true. The server reads it with `Boolean.getBoolean`.
fn is_on(model: &Model, option: &str) -> bool {
    let options = model.script().map(|(_, options)| options).unwrap_or_default();
    options
        .iter()
        .any(|given| given.name == option && given.value.as_ref().is_some_and(|value| value.eq_ignore_ascii_case("true")))
}

/// The first line that was changed.
struct Change {
    /// The place of the line in the file.
    span: Span,
    /// The line in the file, secrets masked.
    is: String,
    /// The line that the server rendered there, secrets masked.
    was: String,
    was_unmasked: String,
}

impl Change {
    /// The line around `at` in `text`, which was the one around `was` in `rendered`.
    fn at(rendered: &str, was: usize, text: &str, at: usize) -> Self {
        let (own, before) = (line_around(text, at), line_around(rendered, was));
        let is = own.of(&masked(text)).to_owned();
        Self { span: own, is, was: before.of(&masked(rendered)).to_owned(), was_unmasked: before.of(rendered).to_owned() }
    }

    fn between(rendered: &str, text: &str) -> Option<Self> {
        let (hidden, hidden_rendered) = (masked(text), masked(rendered));
        let mut start = 0;
        let mut was = rendered.lines().zip(hidden_rendered.lines());
        for (line, hidden) in text.split_inclusive('\n').zip(hidden.lines()) {
            let own = line.trim_end_matches(['\r', '\n']);
            let next = was.next();
            if next.is_none_or(|(was, _)| was != own) {
                let indentation = own.len() - own.trim_start().len();
                let span = Span::new(start + indentation, start + own.len());
                let (was_unmasked, was) = next.unwrap_or_default();
                return Some(Self { span, is: hidden.to_owned(), was: was.to_owned(), was_unmasked: was_unmasked.to_owned() });
            }
            start += line.len();
        }
        let (was_unmasked, was) = was.next()?;
        let (is, was, was_unmasked) = (String::new(), was.to_owned(), was_unmasked.to_owned());
        Some(Self { span: Span::at(text.len()), is, was, was_unmasked })
    }
}

/// The line around a place, without its indentation and its end.
fn line_around(text: &str, at: usize) -> Span {
    let start = text[..at].rfind('\n').map_or(0, |line_end| line_end + 1);
    let line = text[start..].split('\n').next().unwrap_or_default();
    let indentation = line.len() - line.trim_start().len();
    Span::new(start + indentation, start + line.trim_end().len().max(indentation))
}

/// The keys printed by the one line of `template` that can have produced `line`; none if there are several such lines.
fn keys_printed(template: &str, line: &str) -> Vec<String> {
    let mut found: Option<Vec<String>> = None;
    for written in template.lines().filter(|written| written.contains("{{")) {
        let Some(keys) = printed_on(written.trim(), line.trim()) else { continue };
        if found.as_ref().is_some_and(|found| *found != keys) {
            return Vec::new();
        }
        found = Some(keys);
    }
    found.unwrap_or_default()
}

/// The keys that the template line `written` prints; `None` if it cannot have produced `line`.
fn printed_on(written: &str, line: &str) -> Option<Vec<String>> {
    let mut keys = Vec::new();
    let mut rest = line;
    let mut parts = written.split("{{");
    let first = parts.next()?;
    rest = rest.strip_prefix(first)?;
    let parts: Vec<&str> = parts.collect();
    for (number, part) in parts.iter().enumerate() {
        let (expression, after) = part.split_once("}}")?;
        let name = expression.split('|').next().unwrap_or_default().trim();
        let is_key = name.contains('.') && name.chars().all(|next| next.is_ascii_alphanumeric() || matches!(next, '_' | '.'));
        if !is_key || after.contains("{%") {
            return None;
        }
        keys.push(name.to_owned());
        rest = if number + 1 == parts.len() {
            rest.strip_suffix(after)?;
            ""
        } else if after.is_empty() {
            rest
        } else {
            &rest[rest.find(after)? + after.len()..]
        };
    }
    // A template line without fixed text can produce any line.
    (written.len() > parts.iter().map(|part| part.len() + 2).sum::<usize>() || written.contains(['=', '<', ':'])).then_some(keys)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_changed_line_is_found() {
        let change = Change::between("a\n  b\nc\n", "a\n  x\nc\n").expect("a change");
        assert_eq!((change.span, change.was.as_str()), (Span::new(4, 5), "  b"));
        let change = Change::between("a\n", "a\nb").expect("a change");
        assert_eq!((change.span, change.was.as_str()), (Span::new(2, 3), ""));
        let change = Change::between("a\nb\n", "a\n").expect("a change");
        assert_eq!((change.span, change.was.as_str()), (Span::at(2), "b"));
        assert!(Change::between("a\r\n", "a\n").is_none());
    }

    #[test]
    fn the_keys_that_a_line_prints_are_found() {
        let template = "<a>{{ x.y }}</a>\n<b>{{ x.z }}</b>\n{{ all.of.it }}\n";
        assert_eq!(keys_printed(template, "<b>1</b>"), ["x.z"]);
        assert!(keys_printed(template, "<c>1</c>").is_empty());
        assert!(keys_printed("<a>{{ x.y }}</a>\n<a>{{ x.z }}</a>\n", "<a>1</a>").is_empty());
    }
}
