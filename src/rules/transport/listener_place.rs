//! Where to report a finding about a listener, even if no file mentions the listener.

use crate::catalog::Place;
use crate::diagnostic::Finding;
use crate::model::{Content, EffectiveFile, FileId, Location, Model};
use crate::ports::{Listener, Source, State};
use crate::rules::context::HomeContext;
use crate::source::Span;
use crate::source::key::Key;
use crate::source::xml::Element;

/// Where to report a finding about a listener.
#[derive(Debug, Clone, Copy)]
pub(super) enum ListenerPlace {
    /// In the file that operators edit: in deployment.toml its switch, its port or the closest header; in XML its element.
    At(Location),
    /// deployment.toml as a whole, because it does not mention the listener.
    Unmentioned(FileId),
}

impl ListenerPlace {
    /// The file.
    pub(super) fn file(self) -> FileId {
        match self {
            Self::At(at) => at.file,
            Self::Unmentioned(file) => file,
        }
    }
}

/// The place of `listener`, which is `element` in XML. `None` if no file of the home can be the cause.
pub(super) fn of_listener(context: HomeContext, listener: &Listener, element: &str) -> Option<ListenerPlace> {
    let model = context.model();
    let Some((file, document)) = model.toml() else {
        return if model.toml_file().is_some() { None } else { in_xml(model, listener, element).map(ListenerPlace::At) };
    };
    // Whether deployment.toml leaves a listener open depends on the product.
    model.product()?;
    if let State::Switched(at) = listener.state
        && at.file == file
    {
        return Some(ListenerPlace::At(at));
    }
    if let Source::File { anchor, .. } = listener.source
        && anchor.file == file
    {
        return Some(ListenerPlace::At(anchor));
    }
    let (row, part) = listener.row?;
    let key = part.switch.as_ref().map(|switch| switch.key.as_str());
    let key = key.or(part.inert_keys.first().map(String::as_str)).or(part.port_key.as_deref()).unwrap_or(&row.id);
    let mut around = Key::new(key).table();
    while !around.is_root() {
        // A first segment such as `transport` is too general.
        let is_close = |table: Key| around == table || !around.table().is_root() && around.is_above(table);
        if let Some(table) = document.tables.iter().find(|table| is_close(Key::new(&table.key))) {
            return Some(ListenerPlace::At(Location { file, span: table.span }));
        }
        around = around.table();
    }
    Some(ListenerPlace::Unmentioned(file))
}

/// The finding at the place of `listener`, with what else decides that it is open, or its port.
pub(super) fn finding(
    context: HomeContext,
    listener: &Listener,
    place: ListenerPlace,
    element: &str,
    message: String,
) -> Finding {
    let (finding, own) = match place {
        ListenerPlace::At(at) => (context.finding_at(at, message), Some(at)),
        ListenerPlace::Unmentioned(file) => (context.finding_in(file, message), None),
    };
    let other = match listener.source {
        Source::File { anchor, .. } if own.is_some_and(|own| own.file != anchor.file) => Some((anchor, "its port is set here")),
        _ => None,
    };
    match opened_by(context.model(), listener, element).or(other) {
        Some((at, label)) => finding.related(context.id, at, label),
        None => finding,
    }
}

/// What opens a listener that the user's files leave open: the default of its switch, or its element in the template.
fn opened_by(model: &Model, listener: &Listener, element: &str) -> Option<(Location, &'static str)> {
    let (row, part) = listener.row?;
    if listener.state != State::Default {
        return None;
    }
    let switch = part.switch.as_ref().and_then(|switch| model.given(&switch.key, &switch.aliases)?.at);
    if let Some(at) = switch {
        return Some((at, "open by default"));
    }
    let place = part.places.as_ref().unwrap_or(&row.places).first()?;
    let at = in_template(model, place, element)?;
    Some((Location { span: Span::new(at.span.start, at.span.start + 1 + element.len()), ..at }, "opened here"))
}

/// The part of the template that writes `element` around the value at `place`. `None` if the server does not render the file, or if there is
/// not exactly one such element.
pub(super) fn in_template(model: &Model, place: &Place, element: &str) -> Option<Location> {
    let EffectiveFile::Rendered(rendered) = model.effective_file(&place.file)? else { return None };
    let Content::Xml(document) = rendered.content() else { return None };
    let (text, found) = (&rendered.source.text, model.find(place));
    let [found] = found.as_slice() else { return None };
    let element = innermost(&document.elements, text, element, found.holder)?;
    rendered.template_part(model, element.span)
}

/// The `<name` of the element that defines `listener` in a home that is configured in XML, even where its port comes from elsewhere, such as
/// an option of the start script.
fn in_xml(model: &Model, listener: &Listener, element: &str) -> Option<Location> {
    let own = listener.source.anchor().and_then(|anchor| element_around(model, anchor, element));
    let places = || listener.row.iter().flat_map(|(row, part)| part.places.as_ref().unwrap_or(&row.places));
    let found = || places().flat_map(|place| model.find(place)).find_map(|found| element_around(model, found.anchor, element));
    // A listener that is no element, such as one of the virtual machine, is where its port is.
    own.or_else(found).or_else(|| listener.source.anchor())
}

/// The `<name` of the innermost element of that name around `place`.
fn element_around(model: &Model, place: Location, name: &str) -> Option<Location> {
    let loaded = model.file(place.file);
    let Content::Xml(document) = loaded.content() else { return None };
    let element = innermost(&document.elements, &loaded.source.text, name, place.span)?;
    Some(Location { file: place.file, span: Span::new(element.tag.start, element.name.end) })
}

/// The innermost element of this name around `span`.
fn innermost<'a>(elements: &'a [Element], text: &str, name: &str, span: Span) -> Option<&'a Element> {
    elements
        .iter()
        .rfind(|element| element.span.start <= span.start && span.end <= element.span.end && element.local_name(text) == name)
}

/// What to edit to close `listener`: a key of deployment.toml or, in XML homes, the path of an element. `None` if no key closes it.
pub(super) fn key_of(context: HomeContext, listener: &Listener) -> Option<String> {
    let (row, part) = listener.row?;
    if context.model().toml_file().is_none() {
        return row.places.first().map(|place| place.path.clone());
    }
    part.switch.as_ref().map(|switch| switch.key.clone())
}

/// Whether `place` is in the only element of this name in its file. Without it, the file has no purpose.
pub(super) fn is_only(model: &Model, place: ListenerPlace, element: &str) -> bool {
    let ListenerPlace::At(at) = place else { return false };
    let loaded = model.file(at.file);
    let Content::Xml(document) = loaded.content() else { return false };
    document.elements.iter().filter(|other| other.local_name(&loaded.source.text) == element).count() == 1
}

/// Whether the XML file of `listener`, which was given without its home, is one that its server renders at each start.
pub(super) fn is_rendered_elsewhere(model: &Model, listener: &Listener) -> bool {
    let is_rendered = listener.row.is_some_and(|(_, part)| part.port_key.is_some() || part.switch.is_some());
    let since = model.product().and_then(|product| product.toml_since.as_ref());
    let has_toml = since.zip(model.identity.version.as_ref()).is_some_and(|(since, version)| since.compare(version).is_le());
    model.layout.has_no_home() && model.toml_file().is_none() && is_rendered && has_toml
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
    let is_elsewhere = is_rendered_elsewhere(model, listener);
    if model.toml_file().is_none() && !is_elsewhere {
        return format!("{} in {name}", close("comment out"));
    }
    if let Some(switch) = &part.switch {
        let (table, key) = Key::new(&switch.key).table_and_name();
        let write = format!("write `{key} = false` in `[{}]`", table.as_str());
        return if is_elsewhere { format!("{name} is rendered at each start: {write} of deployment.toml") } else { write };
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
