//! Builds the fixes of rules: edits of deployment.toml by key, edits of XML by element.

use crate::catalog::Place;
use crate::edit::toml::{TextEdit, TomlFile};
use crate::edit::xml::{comment_out, element_at, mark_of_value, set_attribute, set_text};
use crate::edit::{Fix, Safety, edits_in};
use crate::model::{Content, FileId, Location, Model};
use crate::rules::context::HomeContext;
use crate::source::key::{Key, key_of, names_in_toml};
use crate::source::toml::TomlEntry;
use crate::source::xml::{Element, XmlDocument};

/// A fix that edits one file.
pub(super) fn fix_of(
    model: &Model,
    file: FileId,
    title: String,
    safety: Safety,
    edits: Vec<TextEdit>,
    scope: Vec<String>,
) -> Fix {
    let source = &model.file(file).source;
    let edits = edits_in(source, edits);
    Fix { title, safety, edits, scope, follow_up: None }
}

/// deployment.toml in editable form. `None` if there is none, it does not parse, or it is a template of a deployment tool, whose text the
/// server never reads.
pub(super) fn toml_of(model: &Model) -> Option<(FileId, TomlFile<'_>)> {
    let (file, document) = model.toml()?;
    let text = model.file(file).source.text_of_server();
    (!document.has_tags).then_some((file, TomlFile { text, document }))
}

/// Sets `key` of deployment.toml to `literal`, which the server reads as it reads what is there now.
pub(super) fn set_key(context: HomeContext, key: &str, literal: &str) -> Option<Fix> {
    let (file, toml) = toml_of(context.model())?;
    let edits = toml.set(key, literal)?;
    Some(fix_of(context.model(), file, format!("set `{key}` to {literal}"), Safety::Safe, edits, vec![key.to_owned()]))
}

/// Changes `key` of deployment.toml to `literal`, with a mark from which `fix --revert` restores what was there.
pub(super) fn change_key(context: HomeContext, key: &str, literal: &str, rule: &str) -> Option<Fix> {
    let (file, toml) = toml_of(context.model())?;
    let edits = toml.set_marked(key, literal, rule)?;
    Some(fix_of(context.model(), file, format!("set `{key}` to {literal}"), Safety::Unsafe, edits, vec![key.to_owned()]))
}

/// The edits that move an entry of deployment.toml to `key`, in the table of that key.
pub(super) fn move_entry(toml: TomlFile, entry: &TomlEntry, key: &str) -> Option<Vec<TextEdit>> {
    let mut edits = vec![toml.remove(entry)?];
    edits.extend(toml.set(key, entry.value_span.of(toml.text))?);
    Some(edits)
}

/// Renames an entry of deployment.toml to `key`, which must not exist yet: in place if only the last part of the written key differs,
/// otherwise by moving it to the table of that key.
pub(super) fn write_as(model: &Model, entry: &TomlEntry, key: &str, title: String, safety: Safety) -> Option<Fix> {
    let (file, toml) = toml_of(model)?;
    if toml.document.entry_in(key, &entry.elements).is_some() || Key::new(key).is_pattern() {
        return None;
    }
    let own = names_in_toml(entry.key_span.of(toml.text)).map(|names| key_of(&names)).unwrap_or_default();
    let header = entry.key.strip_suffix(&own).map(|header| Key::new(header.strip_suffix('.').unwrap_or(header)));
    let in_place = header.and_then(|header| Key::new(key).relative_to(header));
    let in_place = in_place.filter(|written| written.table().is_root() || written.table() == Key::new(&own).table());
    let edits = match in_place {
        Some(written) => vec![toml.rename(entry, written.as_str())],
        None => move_entry(toml, entry, key)?,
    };
    let scope = vec![entry.key.to_string(), key.to_owned()];
    Some(fix_of(model, file, title, safety, edits, scope))
}

/// A parsed XML file with its text.
pub(super) fn xml_of(model: &Model, file: FileId) -> Option<(&XmlDocument, &str)> {
    match model.file(file).content() {
        Content::Xml(document) => Some((document, &model.file(file).source.text)),
        _ => None,
    }
}

/// Comments out the element whose start tag begins at `at`, with a marker that names `rule`.
pub(super) fn comment_out_element(model: &Model, at: Location, rule: &str) -> Option<Fix> {
    let (document, text) = xml_of(model, at.file)?;
    let element = element_at(document, at.span.start)?;
    let edit = comment_out(text, element, rule)?;
    let name = element.local_name(text);
    let path = path_of(document, text, element);
    Some(fix_of(model, at.file, format!("comment out <{name}>"), Safety::Unsafe, vec![edit], vec![path]))
}

/// Changes the first value found at `place`: the text of an element or an attribute.
pub(super) fn change_place(model: &Model, place: &Place, value: &str, rule: &str) -> Option<Fix> {
    let found = model.find_in_home(place).into_iter().next()?;
    change_value_at(model, found.at, value, rule)
}

/// Changes the text of the element, or the value of the attribute, at `at`, with a mark from which `fix --revert` restores it.
pub(super) fn change_value_at(model: &Model, at: Location, value: &str, rule: &str) -> Option<Fix> {
    let (document, text) = xml_of(model, at.file)?;
    let around = |element: &&Element| element.span.start <= at.span.start && at.span.end <= element.span.end;
    let element = document.elements.iter().rfind(around)?;
    let attribute = element.attributes.iter().find(|attribute| attribute.value == at.span);
    let edit = match attribute {
        Some(attribute) => set_attribute(text, *attribute, value),
        None => set_text(text, element, value)?,
    };
    let attribute = attribute.map(|attribute| attribute.name.of(text));
    let name = attribute.map_or_else(|| format!("<{}>", element.local_name(text)), str::to_owned);
    let path = path_of(document, text, element);
    let mark = mark_of_value(element, attribute, edit.0.of(text), &edit.1, rule);
    let edits = [edit].into_iter().chain(mark).collect();
    Some(fix_of(model, at.file, format!("set {name} to {value}"), Safety::Unsafe, edits, vec![path]))
}

/// The path of local names from the root to `element`, as `fix::verify` names elements.
fn path_of(document: &XmlDocument, text: &str, element: &Element) -> String {
    let mut path = String::new();
    let mut outer = document.root();
    while let Some(around) = outer {
        path.push_str(if path.is_empty() { "" } else { "/" });
        path.push_str(around.local_name(text));
        // The children are in the order of the text.
        let next = around
            .children
            .partition_point(|child| document.elements.get(*child).is_some_and(|child| child.span.end < element.span.end));
        outer = around
            .children
            .get(next)
            .and_then(|child| document.elements.get(*child))
            .filter(|child| child.span.start <= element.span.start);
    }
    path
}
