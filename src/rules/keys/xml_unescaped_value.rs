//! `xml-unescaped-value`: a value that is copied into XML unescaped and makes it invalid.

use std::collections::BTreeMap;
use std::path::Path;

use crate::diagnostic::Finding;
use crate::edit::{Fix, Safety};
use crate::model::{Location, Model};
use crate::rules::confidence::with_confidence;
use crate::rules::context::HomeContext;
use crate::rules::fixes;
use crate::server::mapper::key_usage::{Use, UseKind};
use crate::server::mapper::schema::Schema;
use crate::server::mapper::{Renderer, Resources};
use crate::source::toml::{TomlEntry, TomlValue};
use crate::source::{Kind, Span};

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let model = context.model();
    let (Some(schema), Some((file, document))) = (model.schema(), model.toml()) else { return };
    let mut sinks = Sinks { model, schema, templates: BTreeMap::new() };
    for entry in &document.entries {
        for (text, span) in texts_of(entry) {
            let Some(wrong) = first_unescaped(text) else { continue };
            let Some((output, in_attribute)) = sinks.xml_sink(&entry.key, wrong) else { continue };
            if !is_printed(model, &output, text) {
                continue;
            }
            let at = Location { file, span };
            let place = if in_attribute { "an attribute of " } else { "" };
            let message =
                format!("`{wrong}` in `{}` is copied into {place}{output} unescaped and makes it invalid XML", entry.key);
            let escape = escape_of(wrong);
            let finding = context.finding_at(at, message).key(&entry.key);
            let only_xml = schema.reached_outputs(&entry.key).iter().all(|output| is_xml(output))
                && !schema.refers_to(&entry.key)
                && !sinks.is_literal_somewhere(&entry.key);
            let fix = escaped(model, entry, span, only_xml, in_attribute);
            findings.push(with_confidence(finding.help(format!("write `{escape}` instead of `{wrong}`")).fix(fix), schema));
        }
    }
}

/// Whether the rendered file contains the text: a template can leave a value out. True if the file cannot be rendered.
fn is_printed(model: &Model, path: &str, text: &str) -> bool {
    let rendered = model.output(path).and_then(|output| output.text.as_ref());
    rendered.is_none_or(|rendered| rendered.contains(text))
}

/// Whether a rendered file is XML.
fn is_xml(output: &str) -> bool {
    Kind::of(Path::new(output)) == Kind::Xml
}

/// The strings of a value with their spans.
fn texts_of(entry: &TomlEntry) -> Vec<(&str, Span)> {
    match &entry.value {
        TomlValue::String(text) => vec![(text, entry.value_span)],
        TomlValue::Array(items) => items
            .iter()
            .filter_map(|(item, span)| if let TomlValue::String(text) = item { Some((text.as_str(), *span)) } else { None })
            .collect(),
        _ => Vec::new(),
    }
}

/// The first character that must be escaped in XML text: an `&` that begins no reference, or a `<`. Otherwise a quote, which must be
/// escaped only in an attribute. `None` for a value with a CDATA section.
fn first_unescaped(text: &str) -> Option<char> {
    if text.contains("<![CDATA[") {
        return None;
    }
    let bad = text.char_indices().find(|(at, character)| match character {
        '<' => true,
        '&' => !is_reference(&text[at + 1..]),
        _ => false,
    });
    bad.map(|(_, character)| character).or_else(|| text.contains('"').then_some('"'))
}

/// Whether `after`, the text that follows an `&`, makes it a reference.
fn is_reference(after: &str) -> bool {
    let Some(end) = after.find(';') else { return false };
    let name = &after[..end];
    match name.strip_prefix('#') {
        Some(number) => match number.strip_prefix('x') {
            Some(digits) => !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit()),
            None => !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()),
        },
        None => {
            name.starts_with(|first: char| first.is_ascii_alphabetic()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
        }
    }
}

fn escape_of(character: char) -> &'static str {
    match character {
        '&' => "&amp;",
        '<' => "&lt;",
        _ => "&quot;",
    }
}

/// Where the templates print a value.
struct Sinks<'a> {
    model: &'a Model,
    schema: &'a Schema,
    templates: BTreeMap<usize, Option<String>>,
}

impl Sinks<'_> {
    /// The first XML file into which the value of `key` is printed where `character` is not allowed, and whether in an attribute.
    fn xml_sink(&mut self, key: &str, character: char) -> Option<(String, bool)> {
        let uses: Vec<Use> = self.schema.uses(key).into_iter().cloned().collect();
        uses.into_iter().filter(|used| matches!(used.kind, UseKind::Printed | UseKind::Listed)).find_map(|used| {
            let output = self.schema.outputs.get(used.template)?.clone();
            if !is_xml(&output) {
                return None;
            }
            let in_attribute = match self.surroundings(used.template, &output, used.span)? {
                Surroundings::Comment | Surroundings::Cdata => return None,
                Surroundings::Attribute => true,
                Surroundings::Text => false,
            };
            (in_attribute || character != '"').then_some((output, in_attribute))
        })
    }

    /// Whether a template prints the value where XML does not resolve references.
    fn is_literal_somewhere(&mut self, key: &str) -> bool {
        let uses: Vec<Use> = self.schema.uses(key).into_iter().cloned().collect();
        uses.into_iter().any(|used| {
            let output = self.schema.outputs.get(used.template).cloned().unwrap_or_default();
            matches!(self.surroundings(used.template, &output, used.span), Some(Surroundings::Cdata))
        })
    }

    fn surroundings(&mut self, template: usize, output: &str, span: Span) -> Option<Surroundings> {
        let model = self.model;
        let text = self
            .templates
            .entry(template)
            .or_insert_with(|| model.text_of(&Resources::path_of_template(output)).map(|text| Renderer::normalized(&text)));
        let before = without_marks(text.as_ref()?.get(..span.start)?);
        let open = |start: &str, end: &str| before.rfind(start) > before.rfind(end);
        Some(if open("<![CDATA[", "]]>") {
            Surroundings::Cdata
        } else if open("<!--", "-->") {
            Surroundings::Comment
        } else if open("<", ">") {
            Surroundings::Attribute
        } else {
            Surroundings::Text
        })
    }
}

/// The text of a template without its tags, expressions and comments.
fn without_marks(template: &str) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some(start) = ["{%", "{{", "{#"].into_iter().filter_map(|mark| rest.find(mark)).min() {
        text.push_str(&rest[..start]);
        let end = match &rest[start..start + 2] {
            "{%" => "%}",
            "{{" => "}}",
            _ => "#}",
        };
        let Some(len) = rest[start..].find(end) else { return text };
        rest = &rest[start + len + 2..];
    }
    text.push_str(rest);
    text
}

/// Where in XML a value is printed.
enum Surroundings {
    /// In a comment, where every character is allowed.
    Comment,
    /// In a CDATA section, where references are not resolved.
    Cdata,
    /// In a tag.
    Attribute,
    /// Between tags.
    Text,
}

/// Replaces what XML does not allow with references.
fn escaped(model: &Model, entry: &TomlEntry, span: Span, only_xml: bool, in_attribute: bool) -> Option<Fix> {
    let (file, toml) = fixes::toml_of(model)?;
    let written = span.of(toml.text);
    let quote = if written.starts_with('"') { '"' } else { '\'' };
    let body = written.strip_prefix(quote)?.strip_suffix(quote)?;
    if written.starts_with("\"\"\"") || written.starts_with("'''") {
        return None;
    }
    let mut text = String::new();
    let mut rest = body;
    while let Some(character) = rest.chars().next() {
        let after = &rest[character.len_utf8()..];
        match character {
            '\\' if quote == '"' && after.starts_with('"') && in_attribute => {
                text.push_str("&quot;");
                rest = &after[1..];
                continue;
            }
            '\\' if quote == '"' => {
                text.push('\\');
                let escaped = after.chars().next()?;
                text.push(escaped);
                rest = &after[escaped.len_utf8()..];
                continue;
            }
            '&' if !is_reference(after) => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '"' if in_attribute => text.push_str("&quot;"),
            _ => text.push(character),
        }
        rest = after;
    }
    let safety = if only_xml { Safety::Safe } else { Safety::Unsafe };
    let edits = vec![(span, format!("{quote}{text}{quote}"))];
    Some(fixes::fix_of(model, file, "escape it for XML".to_owned(), safety, edits, vec![entry.key.clone()]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_and_cdata_need_no_escape() {
        assert_eq!(first_unescaped("a&amp;b &#38; &#x26;"), None);
        assert_eq!(first_unescaped("<![CDATA[a&b]]>"), None);
        assert_eq!(first_unescaped("a&b=c;d"), Some('&'));
        assert_eq!(first_unescaped("a<b"), Some('<'));
        assert_eq!(first_unescaped("say \"x\""), Some('"'));
    }
}
