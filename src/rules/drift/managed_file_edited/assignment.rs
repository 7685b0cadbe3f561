//! What an edit of a rendered file asks of deployment.toml: the keys that decide the edited lines, and the values that could express it.

use super::hunk::Hunk;
use crate::edit::toml::{TextEdit, TomlFile};
use crate::model::{EffectiveConfiguration, EffectiveValue, TracedCondition, TracedFile, TracedPart};
use crate::server::mapper::Origin;
use crate::server::mapper::value::Value;
use crate::source::Span;
use crate::source::toml::TomlDocument;

/// How many values are tried for one edit.
const MAX_TRIED: usize = 8;

/// What decides the lines of an edit.
#[derive(Debug, Default)]
pub(super) struct Edited {
    /// The keys whose printed values the edit changes; empty if it changes the template's text.
    pub keys: Vec<EffectiveValue>,
    /// Values that may express the edit, the likeliest first. All assignments of one entry belong together.
    pub candidates: Vec<Vec<Assignment>>,
    /// Whether the edit changes a secret, which no output may repeat.
    pub is_secret: bool,
}

/// A value to give to a key.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Assignment {
    /// The key, with what it has now.
    pub value: EffectiveValue,
    /// The value in TOML syntax.
    pub literal: String,
}

/// What decides the lines of `hunk`, an edit that turned the rendered `file` into `text`.
pub(super) fn edited(file: &TracedFile, values: EffectiveConfiguration, hunk: Hunk, text: &str) -> Edited {
    let rendered = file.source.text.as_str();
    let (old, new) = (lines(rendered, hunk.was), lines(text, hunk.is));
    let mut edited = Edited::default();
    let mut together = Some(Vec::new());
    if old.len() == new.len() {
        for (was, is) in old.iter().zip(&new) {
            let parts = file.parts(values, *was);
            match changed_values(rendered, &parts, is.of(text)) {
                Some(changed) => edited.take(rendered, values, changed, &mut together),
                None => together = None,
            }
        }
    } else {
        together = None;
    }
    if !edited.is_secret {
        edited.candidates.extend(together.filter(|together| !together.is_empty()));
        edited.candidates.extend(switched(file, values, hunk));
        edited.candidates.truncate(MAX_TRIED);
    }
    edited
}

impl Edited {
    /// Adds the keys of changed values, and to `together` what they are to become.
    fn take(
        &mut self,
        rendered: &str,
        values: EffectiveConfiguration,
        changed: Vec<(&TracedPart, &str)>,
        together: &mut Option<Vec<Assignment>>,
    ) {
        for (part, new) in changed {
            let Some(value) = part.keys.first() else {
                *together = None;
                continue;
            };
            if !self.keys.contains(value) {
                self.keys.push(value.clone());
            }
            self.is_secret |= part.keys.iter().any(is_secret);
            let assignment = Assignment::of(values, value, part.span.of(rendered), new);
            match (together.as_mut(), assignment) {
                (Some(together), Some(assignment)) => together.push(assignment),
                _ => *together = None,
            }
        }
    }
}

fn is_secret(value: &EffectiveValue) -> bool {
    value.has_secret()
}

/// The lines in a span of a text, without their ends.
fn lines(text: &str, span: Span) -> Vec<Span> {
    let mut start = span.start;
    let mut lines = Vec::new();
    for line in span.of(text).split_inclusive('\n') {
        lines.push(Span::new(start, start + line.trim_end_matches(['\r', '\n']).len()));
        start += line.len();
    }
    lines
}

/// The printed parts of a line that have another value in `line`, the edited one, with that value. `None` if the edit changes text of the
/// template.
fn changed_values<'p, 'l>(rendered: &str, parts: &'p [TracedPart], line: &'l str) -> Option<Vec<(&'p TracedPart, &'l str)>> {
    let mut changed = Vec::new();
    let mut rest = line;
    let mut open: Option<&TracedPart> = None;
    let last_text = parts.iter().rposition(|part| part.is_text);
    for (number, part) in parts.iter().enumerate() {
        let was = part.span.of(rendered);
        if !part.is_text {
            // Between two values without a text, the first must be as it was.
            if let Some(before) = open {
                rest = rest.strip_prefix(before.span.of(rendered))?;
            }
            open = Some(part);
            continue;
        }
        let is_last = Some(number) == last_text && number + 1 == parts.len();
        let at = match open {
            None => rest.starts_with(was).then_some(0),
            Some(_) if is_last => rest.ends_with(was).then(|| rest.len() - was.len()),
            Some(_) => rest.find(was),
        }?;
        if let Some(value) = open.take()
            && rest[..at] != *value.span.of(rendered)
        {
            changed.push((value, &rest[..at]));
        }
        rest = &rest[at + was.len()..];
    }
    match open {
        Some(value) if rest != value.span.of(rendered) => changed.push((value, rest)),
        None if !rest.is_empty() => return None,
        _ => {}
    }
    Some(changed)
}

/// The value in TOML syntax that prints `new` where `value` prints `old`.
fn literal(value: &EffectiveValue, old: &str, new: &str) -> Option<String> {
    let text = |text: &str| Some(Value::Text(text.to_owned()).to_toml());
    match &value.value {
        // What the environment or a vault provides must not be replaced.
        Some(Value::Text(set)) if ["$env{", "$sys{", "$secret{"].iter().any(|open| set.contains(open)) => None,
        Some(Value::Text(set)) if set == old => text(new),
        Some(Value::Text(set)) if !old.is_empty() && set.matches(old).count() == 1 => text(&set.replacen(old, new, 1)),
        Some(Value::Boolean(_)) | None if matches!(new, "true" | "false") => Some(new.to_owned()),
        Some(Value::Integer(_) | Value::Double(_)) | None if new.parse::<i64>().is_ok() => Some(new.to_owned()),
        Some(Value::Boolean(_) | Value::Integer(_) | Value::Double(_)) | None => text(new),
        Some(Value::Text(_) | Value::Null | Value::List(_) | Value::Table(_)) => None,
    }
}

/// The switches that may remove the lines of an edit, or add them: for each condition around or at them the opposite.
fn switched(file: &TracedFile, values: EffectiveConfiguration, hunk: Hunk) -> Vec<Vec<Assignment>> {
    let around = |span: Span| file.trace(values, span).conditions;
    let before = around(Span::at(hunk.was.start.saturating_sub(1)));
    let own = if hunk.was.is_empty() { Vec::new() } else { around(hunk.was) };
    let removing = own.into_iter().filter(|condition| condition.holds && !condition.is_loop && !before.contains(condition));
    let adding = file.closed_conditions(values, Span::new(hunk.was.start.saturating_sub(1), hunk.was.end));
    let conditions: Vec<TracedCondition> = removing.chain(adding).collect();
    let switch = |value: &EffectiveValue, to: bool| match &value.value {
        Some(Value::Boolean(is)) if *is != to => Some(to.to_string()),
        Some(Value::Text(is)) if is.parse() == Ok(!to) => Some(Value::Text(to.to_string()).to_toml()),
        None if to => Some(to.to_string()),
        _ => None,
    };
    let assignments = conditions.iter().flat_map(|condition| {
        condition.keys.iter().flat_map(move |value| {
            let literals = [switch(value, true), switch(value, false)].into_iter().flatten();
            literals.map(|literal| vec![Assignment { value: value.clone(), literal }])
        })
    });
    let mut found: Vec<Vec<Assignment>> = Vec::new();
    for assignment in assignments {
        if !found.contains(&assignment) {
            found.push(assignment);
        }
    }
    found
}

impl Assignment {
    /// What prints `new` where `value` prints `old`. An item of a default is set together with the rest of its array.
    fn of(values: EffectiveConfiguration, value: &EffectiveValue, old: &str, new: &str) -> Option<Self> {
        let literal = literal(value, old, new)?;
        let item = value.key.strip_suffix(']').and_then(|key| key.rsplit_once('['));
        let Some((array, index)) = item.filter(|_| !matches!(value.origin, Some(Origin::User { .. }))) else {
            return Some(Self { value: value.clone(), literal });
        };
        let array = values.get_text(array);
        let Some(Value::List(items)) = &array.value else { return None };
        let index: usize = index.parse().ok()?;
        let literals = items.iter().enumerate().map(|(at, item)| if at == index { literal.clone() } else { item.to_toml() });
        let literal = format!("[{}]", literals.collect::<Vec<_>>().join(", "));
        Some(Self { value: array, literal })
    }

    /// The key that is written, and the edits of deployment.toml. `None` if deployment.toml cannot be edited there.
    pub(super) fn edits(&self, toml: TomlFile, values: EffectiveConfiguration) -> Option<(String, Vec<TextEdit>)> {
        let EffectiveValue { key, written, origin, at, .. } = &self.value;
        if let (Some(Origin::User { .. }), Some(written), Some(at)) = (origin, written, at)
            && values.model.toml_file() == Some(at.file)
        {
            let scope = entry_key(toml.document, at.span).unwrap_or_else(|| written.clone());
            return Some((scope, vec![(at.span, self.literal.clone())]));
        }
        if key.contains('[') {
            return None;
        }
        let name = values.written_name(key);
        Some((name.clone(), toml.set(&name, &self.literal)?))
    }
}

/// The key of the entry whose value contains `span`.
fn entry_key(document: &TomlDocument, span: Span) -> Option<String> {
    let entry = document.entries.iter().find(|entry| entry.value_span.start <= span.start && span.end <= entry.value_span.end);
    entry.map(|entry| entry.key.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(text: &str, span: (usize, usize), is_text: bool) -> TracedPart {
        assert!(span.1 <= text.len());
        TracedPart { span: Span::new(span.0, span.1), is_text, keys: Vec::new() }
    }

    #[test]
    fn the_values_of_an_edited_line_are_told_apart() {
        let was = "<a b=\"1\" c=\"2\"/>";
        let parts = [
            part(was, (0, 6), true),
            part(was, (6, 7), false),
            part(was, (7, 12), true),
            part(was, (12, 13), false),
            part(was, (13, 16), true),
        ];
        let changed = |line: &str| {
            let changed = changed_values(was, &parts, line)?;
            Some(changed.into_iter().map(|(part, new)| (part.span.start, new.to_owned())).collect::<Vec<_>>())
        };
        assert_eq!(changed("<a b=\"7\" c=\"2\"/>"), Some(vec![(6, "7".to_owned())]));
        assert_eq!(changed("<a b=\"\" c=\"30\"/>"), Some(vec![(6, String::new()), (12, "30".to_owned())]));
        assert_eq!(changed("<a x=\"1\" c=\"2\"/>"), None);
        assert_eq!(changed("<a b=\"1\" c=\"2\"></a>"), None);
    }
}
