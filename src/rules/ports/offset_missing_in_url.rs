//! `offset-missing-in-url`: a URL of this server with the port that a listener would have without the offset.

use crate::catalog::catalog;
use crate::diagnostic::{Answered, Finding};
use crate::edit::Safety;
use crate::model::{Content, FileId, Location};
use crate::ports::Listener;
use crate::rules::context::HomeContext;
use crate::rules::fixes;
use crate::rules::urls::{LiteralPort, is_loopback, literal_ports};
use crate::source::Span;
use crate::source::key::Key;
use crate::source::toml::{TomlEntry, TomlValue};

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    if context.ports().offset.value.is_none_or(|offset| offset == 0) {
        return;
    }
    if let Some((file, document)) = context.model().toml() {
        for entry in &document.entries {
            // Secrets are neither searched for URLs nor edited.
            if !names_another_product(context, &entry.key) && !Key::new(&entry.key).is_secret() {
                for span in string_spans(entry) {
                    report(context, file, span, &entry.key, findings);
                }
            }
        }
    } else if let Some(file) = context.model().file_at("conf/api-manager.xml")
        && let Content::Xml(document) = context.model().file(file).content()
    {
        for element in &document.elements {
            let name = element.name.of(&context.model().file(file).source.text);
            let spans = element.text.iter().copied().chain(element.attributes.iter().map(|attribute| attribute.value));
            for span in spans {
                report(context, file, span, name, findings);
            }
        }
    }
}

fn string_spans(entry: &TomlEntry) -> Vec<Span> {
    match &entry.value {
        TomlValue::String(_) => vec![entry.value_span],
        TomlValue::Array(items) => {
            items.iter().filter(|(item, _)| matches!(item, TomlValue::String(_))).map(|(_, span)| *span).collect()
        }
        _ => Vec::new(),
    }
}

fn report(context: HomeContext, file: FileId, span: Span, key: &str, findings: &mut Vec<Finding>) {
    let text = &context.model().file(file).source.text;
    for url in literal_ports(span.of(text)) {
        let Some(listener) = meant_listener(context, &url) else { continue };
        let (Some(port), offset) = (listener.port(), listener.offset) else { continue };
        let at = Location { file, span: Span::new(span.start + url.span.start, span.start + url.span.end) };
        let message = format!("this URL has port {}, but {} listens on {port} with the offset {offset}", url.port, listener.id);
        let help = match placeholder(context, key, &listener.id) {
            Some(placeholder) => format!("write `{placeholder}`, which follows the offset, or {port}"),
            None => format!("write {port}"),
        };
        let is_loopback = is_loopback(&url.host);
        let safety = if is_loopback { Safety::Safe } else { Safety::Unsafe };
        let answered = Answered { port: url.port, host: (!is_loopback).then_some(url.host) };
        let fix = fixes::toml_of(context.model()).map(|_| {
            let edits = vec![(at.span, port.to_string())];
            fixes::fix_of(context.model(), file, format!("change the port to {port}"), safety, edits, vec![key.to_owned()])
        });
        findings.push(context.finding_at(at, message).help(help).key(key).fix(fix).answered(answered));
    }
}

/// The listener that a URL is meant for but misses: the host is this machine, and the port is the listener's without the offset.
fn meant_listener<'a>(context: HomeContext<'a>, url: &LiteralPort) -> Option<&'a Listener> {
    let own_host = || context.model().hostname().is_some_and(|own| own.eq_ignore_ascii_case(&url.host));
    if !is_loopback(&url.host) && !own_host() {
        return None;
    }
    context.ports().listeners.iter().find(|listener| listener.enabled && listener.offset != 0 && listener.base == Some(url.port))
}

/// Whether a key holds a URL of another product, which may run with its default ports on the same machine.
fn names_another_product(context: HomeContext, key: &str) -> bool {
    let product = context.model().product().map(|product| &product.id);
    catalog()
        .urls
        .iter()
        .any(|url| url.peer.is_some() && url.key == key && product.is_none_or(|product| url.products.contains(product)))
}

fn placeholder(context: HomeContext, key: &str, listener: &str) -> Option<&'static str> {
    let product = &context.model().product()?.id;
    let rows = catalog().urls.iter().filter(|url| url.products.contains(product) && url.listener.as_deref() == Some(listener));
    rows.filter(|url| url.key == key).find_map(|url| url.placeholder.as_deref())
}
