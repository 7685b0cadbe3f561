//! Where to report a finding about a listener, even if no file mentions the listener.

use crate::model::{Content, Location};
use crate::ports::{Listener, Source, State};
use crate::rules::context::HomeContext;
use crate::source::key::Key;
use crate::source::{Kind, Span};

/// The place of `listener` in the file that operators edit: in deployment.toml its switch, its port or the closest header; in XML its
/// `element`. `None` if no file of the home mentions it.
pub(super) fn of_listener(context: HomeContext, listener: &Listener, element: &str) -> Option<Location> {
    let model = context.model();
    let Some((file, document)) = model.toml() else {
        return if model.toml_file().is_some() { None } else { element_around(context, listener.source.anchor()?, element) };
    };
    // Whether deployment.toml leaves a listener open depends on the product.
    model.product()?;
    if let State::Switched(at) = listener.state
        && at.file == file
    {
        return Some(at);
    }
    if let Source::File { anchor, .. } = listener.source
        && anchor.file == file
    {
        return Some(anchor);
    }
    let (row, part) = listener.row?;
    let key = part.switch.as_ref().map(|switch| switch.key.as_str());
    let key = key.or(part.inert_keys.first().map(String::as_str)).or(part.port_key.as_deref()).unwrap_or(&row.id);
    let mut around = Key::new(key).table();
    while !around.is_root() {
        // A first segment such as `transport` is too general.
        let is_close = |table: Key| around == table || !around.table().is_root() && around.is_above(table);
        if let Some(table) = document.tables.iter().find(|table| is_close(Key::new(&table.key))) {
            return Some(Location { file, span: table.span });
        }
        around = around.table();
    }
    Some(model.start_of(file))
}

/// The `<name` of the innermost element of that name around `place`.
fn element_around(context: HomeContext, place: Location, name: &str) -> Option<Location> {
    let loaded = context.model().file(place.file);
    let Content::Xml(document) = &loaded.content else { return (loaded.source.kind != Kind::Xml).then_some(place) };
    let around = |element: &&crate::source::xml::Element| {
        element.span.start <= place.span.start
            && place.span.end <= element.span.end
            && element.local_name(&loaded.source.text) == name
    };
    let element = document.elements.iter().rfind(around)?;
    Some(Location { file: place.file, span: Span::new(element.tag.start, element.name.end) })
}

/// What to edit to close `listener`: a key of deployment.toml or, in XML homes, the path of an element. `None` if no key closes it.
pub(super) fn key_of(context: HomeContext, listener: &Listener) -> Option<String> {
    let (row, part) = listener.row?;
    if context.model().toml_file().is_none() {
        return row.places.first().map(|place| place.path.clone());
    }
    part.switch.as_ref().map(|switch| switch.key.clone())
}

/// How to close `listener` in this home, as help text. `element` names what to comment out in XML.
pub(super) fn remedy(context: HomeContext, listener: &Listener, element: &str) -> String {
    let Some((row, part)) = listener.row else { return String::new() };
    let model = context.model();
    let file = row.places.first().map_or("", |place| place.file.as_str());
    let name = file.rsplit('/').next().unwrap_or(file);
    // Without its root element, an inbound endpoint would not be XML.
    let is_root = row.disabled_by.iter().any(|place| place.file == file && place.path == SUSPEND);
    let close = |verb: &str| if is_root { SUSPENDED.to_owned() } else { format!("{verb} {element}") };
    if model.toml_file().is_none() {
        return format!("{} in {name}", close("comment out"));
    }
    if let Some(switch) = &part.switch {
        let (table, name) = Key::new(&switch.key).table_and_name();
        return format!("write `{name} = false` in `[{}]`", table.as_str());
    }
    // The files whose port a key sets are those with a template.
    let is_rendered = if model.renders_from_templates() { model.has_template_of(file) } else { part.port_key.is_some() };
    if !is_rendered {
        let close = close("comment out");
        return format!("no key turns it off in this version: {close} in {name}, which the server does not render");
    }
    let template = model.layout.template_of(file);
    let preposition = if is_root { "in" } else { "from" };
    format!(
        "no key turns it off in this version, and {name} is rendered at each start: {} {preposition} `{template}`",
        close("remove")
    )
}

const SUSPEND: &str = "inboundEndpoint/@suspend";
const SUSPENDED: &str = "write `suspend=\"true\"`";
