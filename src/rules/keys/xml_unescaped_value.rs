//! `xml-unescaped-value`: a value that is copied into XML unescaped and makes it invalid.

use std::path::Path;

use crate::diagnostic::Finding;
use crate::edit::{Fix, Safety};
use crate::model::{EffectiveConfiguration, Location, Model, TracedFile};
use crate::rules::context::HomeContext;
use crate::rules::fixes;
use crate::server::jinjava::{PathStep, ValueEffect};
use crate::source::toml::{TomlEntry, TomlValue};
use crate::source::xml::XmlDocument;
use crate::source::xml_context::{XmlContext, XmlContexts};
use crate::source::{Kind, Span};

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let model = context.model();
    let values = values_in(model);
    let Some(effective) = model.effective_configuration().filter(|_| !values.is_empty()) else { return };
    let mut places = Places::of(&values);
    for output in model.outputs().filter(|output| is_xml(&output.path)) {
        let Some(text) = &output.text else { continue };
        // The source map is only made where it is needed.
        if values.iter().any(|value| text.contains(value.text))
            && let Some(file) = model.rendered_file(&output.path)
        {
            places.add(effective, file);
        }
    }
    findings.extend(places.findings(context));
}

/// The values that make the file invalid that is rendered at `path` with the configuration of `context`.
pub(in crate::rules) fn of_file(context: HomeContext, path: &str) -> Vec<Finding> {
    let model = context.model();
    let Some(effective) = context.configuration().map(|configuration| model.effective_with(configuration)) else {
        return Vec::new();
    };
    let Some(file) = TracedFile::render(effective, path).ok().filter(|_| is_xml(path)) else { return Vec::new() };
    let values = values_in(model);
    let mut places = Places::of(&values);
    places.add(effective, &file);
    places.findings(context)
}

/// The values of deployment.toml that may need escapes.
fn values_in(model: &Model) -> Vec<Value<'_>> {
    let Some((file, document)) = model.toml() else { return Vec::new() };
    let texts = document.entries.iter().flat_map(|entry| texts_of(entry).into_iter().map(move |text| (entry, text)));
    let values = texts.filter(|(_, (text, _))| text.contains(['&', '<', '"', '\'']));
    values.map(|(entry, (text, span))| Value { entry, text, at: Location { file, span } }).collect()
}

/// A string in deployment.toml that may need escapes.
struct Value<'a> {
    entry: &'a TomlEntry,
    text: &'a str,
    at: Location,
}

/// A place in an XML file that the server renders where a value is copied unchanged.
struct Place {
    output: String,
    context: XmlContext,
    /// The expression in the template.
    template: Location,
}

/// The places of values in rendered files.
struct Places<'a> {
    values: &'a [Value<'a>],
    /// Those of each value.
    of_each: Vec<Vec<Place>>,
}

impl<'a> Places<'a> {
    fn of(values: &'a [Value<'a>]) -> Self {
        Self { values, of_each: values.iter().map(|_| Vec::new()).collect() }
    }

    /// Adds the places in `file`, which is rendered with `effective`.
    fn add(&mut self, effective: EffectiveConfiguration, file: &TracedFile) {
        let text = &file.source.text;
        let mut found = Vec::new();
        for (number, value) in self.values.iter().enumerate().filter(|(_, value)| text.contains(value.text)) {
            let copies = copies_of(effective, file, value).into_iter();
            found.extend(copies.map(|(span, template)| (span, template, number)));
        }
        found.sort_unstable_by_key(|(span, ..)| (span.start, span.end));
        // What is around a value does not depend on what the values before it contain.
        let around = without_marks(text, found.iter().map(|(span, ..)| *span));
        let mut contexts = XmlContexts::new(&around);
        for (span, template, number) in found {
            let context = contexts.at(span.start);
            self.of_each[number].push(Place { output: file.path.clone(), context, template });
        }
    }

    fn findings(self, context: HomeContext) -> Vec<Finding> {
        let (model, mut findings) = (context.model(), Vec::new());
        for (value, places) in self.values.iter().zip(self.of_each) {
            let wrong = places.iter().find_map(|place| Some((value.wrong_in(place.context)?, place)));
            let Some((wrong, first)) = wrong else { continue };
            let (entry, output) = (value.entry, &first.output);
            let (key, within) = (&entry.key, if first.is_in_attribute() { "an attribute of " } else { "" });
            let message = format!("`{wrong}` in `{key}` is copied into {within}{output} unescaped and makes it invalid XML");
            let help = format!("write `{}` instead of `{wrong}`", escape_of(wrong));
            let finding = context.finding_at(value.at, message).key(key).help(help).subjects([entry.key_span]);
            let finding = finding.fix(escaped(model, value, &places));
            findings.push(finding.related(context.id, first.template, "the template copies it here"));
        }
        findings
    }
}

impl Place {
    fn is_in_attribute(&self) -> bool {
        matches!(self.context, XmlContext::Attribute(_))
    }
}

/// Where a value is copied into a rendered file: each copy, and the expression in the template.
fn copies_of(effective: EffectiveConfiguration, file: &TracedFile, value: &Value) -> Vec<(Span, Location)> {
    let is_printed = |steps: &[PathStep]| {
        let printed = effective.at(steps);
        value.is_in(printed.at) || effective.references(&printed).iter().any(|referred| value.is_in(referred.at))
    };
    let mut copies = Vec::new();
    for place in file.places(effective.model, |steps, effect| effect == ValueEffect::Printed && is_printed(steps)) {
        for (at, copy) in place.span.of(&file.source.text).match_indices(value.text) {
            let start = place.span.start + at;
            copies.push((Span::new(start, start + copy.len()), place.template));
        }
    }
    copies
}

/// `text` of the same length, without the marks of XML in `spans`.
fn without_marks(text: &str, spans: impl Iterator<Item = Span>) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for span in spans {
        for byte in &mut bytes[span.start..span.end] {
            if matches!(byte, b'<' | b'>' | b'&' | b'"' | b'\'') {
                *byte = b'x';
            }
        }
    }
    // Only whole characters are replaced.
    String::from_utf8(bytes).unwrap_or_default()
}

impl Value<'_> {
    /// Whether it is at this place, or in an array there.
    fn is_in(&self, place: Option<Location>) -> bool {
        let Span { start, end } = self.at.span;
        place.is_some_and(|place| place.file == self.at.file && place.span.start <= start && end <= place.span.end)
    }

    /// The character that makes the file invalid where the value is copied into this context.
    fn wrong_in(&self, context: XmlContext) -> Option<char> {
        let wrong = first_unescaped(self.text, context)?;
        let alone = match context {
            XmlContext::Attribute(quote) => format!("<value-alone a={quote}{}{quote}/>", self.text),
            _ => format!("<value-alone>{}</value-alone>", self.text),
        };
        // Markup that is complete in itself is copied on purpose.
        XmlDocument::parse(&alone).is_err().then_some(wrong)
    }
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

/// The first character that must be escaped there: an `&` that begins no reference, a `<`, and in an attribute its quote.
fn first_unescaped(text: &str, context: XmlContext) -> Option<char> {
    let quote = match context {
        XmlContext::Text => None,
        XmlContext::Attribute(quote) => Some(quote),
        XmlContext::Tag | XmlContext::Comment | XmlContext::Cdata | XmlContext::Declaration => return None,
    };
    let bad = text.char_indices().find(|(at, character)| match character {
        '<' => true,
        '&' => !is_reference(&text[at + 1..]),
        other => quote == Some(*other),
    });
    bad.map(|(_, character)| character)
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
        '\'' => "&apos;",
        _ => "&quot;",
    }
}

/// Replaces what XML does not allow with references. The fix is safe if only XML files take the value, where references are resolved.
fn escaped(model: &Model, value: &Value, places: &[Place]) -> Option<Fix> {
    let schema = model.schema()?;
    let (file, toml) = fixes::toml_of(model)?;
    let Value { entry, at, .. } = value;
    let written = at.span.of(toml.text);
    let quote = if written.starts_with('"') { '"' } else { '\'' };
    let body = written.strip_prefix(quote)?.strip_suffix(quote)?;
    if written.starts_with("\"\"\"") || written.starts_with("'''") {
        return None;
    }
    let is_quote = |character: char| places.iter().any(|place| place.context == XmlContext::Attribute(character));
    let mut text = String::new();
    let mut rest = body;
    while let Some(character) = rest.chars().next() {
        let after = &rest[character.len_utf8()..];
        match character {
            '\\' if quote == '"' && after.starts_with('"') && is_quote('"') => {
                text.push_str(escape_of('"'));
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
            '&' if is_reference(after) => text.push('&'),
            '&' | '<' => text.push_str(escape_of(character)),
            '"' | '\'' if is_quote(character) => text.push_str(escape_of(character)),
            _ => text.push(character),
        }
        rest = after;
    }
    let only_xml = schema.reached_outputs(&entry.key).iter().all(|output| is_xml(output)) && !schema.refers_to(&entry.key);
    let is_literal = places.iter().any(|place| place.context == XmlContext::Cdata);
    let safety = if only_xml && !is_literal { Safety::Safe } else { Safety::Unsafe };
    let edits = vec![(at.span, format!("{quote}{text}{quote}"))];
    Some(fixes::fix_of(model, file, "escape it for XML".to_owned(), safety, edits, vec![entry.key.to_string()]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_must_be_escaped_depends_on_the_place() {
        use XmlContext::{Attribute, Cdata, Comment, Text};
        assert_eq!(first_unescaped("a&amp;b &#38; &#x26;", Text), None);
        assert_eq!(first_unescaped("a&b=c;d", Text), Some('&'));
        assert_eq!(first_unescaped("a<b", Text), Some('<'));
        assert_eq!(first_unescaped("say \"x\"", Text), None);
        assert_eq!(first_unescaped("say \"x\"", Attribute('"')), Some('"'));
        assert_eq!(first_unescaped("say \"x\"", Attribute('\'')), None);
        assert_eq!(first_unescaped("it's", Attribute('\'')), Some('\''));
        assert_eq!(first_unescaped("a&b", Cdata).or(first_unescaped("a<b", Comment)), None);
    }
}
