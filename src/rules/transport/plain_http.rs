//! The check of the two rules on open HTTP listeners.

use super::listener_place::{self, ListenerPlace};
use crate::catalog::{Place, catalog};
use crate::diagnostic::Finding;
use crate::edit::{Fix, Safety};
use crate::model::Model;
use crate::ports::{Listener, State};
use crate::rules::context::HomeContext;
use crate::rules::fixes;
use crate::source::Span;

/// A plain HTTP listener that a rule is about.
pub(super) struct PlainHttp {
    /// The name of the rule.
    pub(super) rule: &'static str,
    /// The id of the listener.
    pub(super) id: &'static str,
    /// The beginning of the message: what is reached over the listener.
    pub(super) message: &'static str,
    /// The name of the XML element that defines it.
    pub(super) element: &'static str,
    /// The path of the element's parent.
    pub(super) parent: &'static str,
    /// Whether the server needs one such element, so that the last one stays.
    pub(super) needs_one: bool,
    /// How the help names the element.
    pub(super) shown: &'static str,
}

impl PlainHttp {
    /// Reports every open listener of this kind.
    pub(super) fn check(&self, context: HomeContext, findings: &mut Vec<Finding>) {
        for listener in context.ports().listeners.iter().filter(|listener| listener.id == self.id && listener.enabled) {
            let Some(place) = listener_place::of_listener(context, listener, self.element) else { continue };
            let on = listener.port().map_or_else(String::new, |port| format!(" on port {port}"));
            let message = format!("{}{on}", self.message);
            let finding = listener_place::finding(context, listener, place, self.element, message);
            let is_only = self.needs_one
                && context.model().toml_file().is_none()
                && listener_place::is_only(context.model(), place, self.element);
            let mut help = if is_only {
                format!("add TLS to it, or leave it if a proxy does: it is the only `<{}>`", self.element)
            } else {
                listener_place::remedy(context, listener, self.shown)
            };
            if matches!(place, ListenerPlace::Unmentioned(_)) && finding.related.is_empty() {
                help = format!("it is open by default: {help}");
            }
            let fix = self
                .close(context, listener, place)
                .filter(|_| !is_only)
                .map(|fix| Fix { follow_up: self.still_advertised(context), ..fix });
            let finding = finding.help(help).fix(fix);
            findings.push(Finding { key: listener_place::key_of(context, listener), ..finding });
        }
    }

    /// Closes the listener for good: by its switch, its element in XML, or the template that renders the element.
    fn close(&self, context: HomeContext, listener: &Listener, place: ListenerPlace) -> Option<Fix> {
        let model = context.model();
        if model.toml_file().is_none() {
            let ListenerPlace::At(at) = place else { return None };
            if listener_place::is_rendered_elsewhere(model, listener) {
                return None;
            }
            return fixes::comment_out_element(model, at, self.rule);
        }
        let (row, part) = listener.row?;
        match &part.switch {
            Some(switch) if listener.state == State::Default || model.toml_file() == Some(place.file()) => {
                fixes::change_key(context, &switch.key, "false", self.rule)
            }
            Some(_) => None,
            None => self.remove_from_template(model, part.places.as_ref().unwrap_or(&row.places).first()?),
        }
    }

    /// What to change next: the keys that still give clients a URL of this listener.
    fn still_advertised(&self, context: HomeContext) -> Option<String> {
        let (file, document) = context.model().toml()?;
        let product = &context.model().product()?.id;
        let keys = catalog().urls.iter().filter(|url| url.products.contains(product) && url.listener.as_deref() == Some(self.id));
        let keys: Vec<&str> = keys.map(|url| url.key.as_str()).collect();
        let source = &context.model().file(file).source;
        let named = document.entries.iter().filter(|entry| keys.contains(&&*entry.key));
        let named: Vec<String> =
            named.map(|entry| format!("`{}` on line {}", entry.key, source.position(entry.key_span.start).line)).collect();
        let point = if named.len() == 1 { "points" } else { "point" };
        (!named.is_empty()).then(|| format!("{} still {point} clients to plain HTTP", named.join(" and ")))
    }

    /// Wraps the element in a template comment. An edit of the generated file would be lost at the next start.
    fn remove_from_template(&self, model: &Model, place: &Place) -> Option<Fix> {
        let part = listener_place::in_template(model, place, self.element)?;
        let template = &model.file(part.file).source.text;
        let written = part.span.of(template);
        // A comment ends at the first `#}`. Offsets in a template that is not UTF-8 agree as long as the text is ASCII.
        let is_plain =
            template.get(..part.span.end).is_some_and(str::is_ascii) && !written.contains("{#") && !written.contains("#}");
        let edits = vec![
            (Span::at(part.span.start), format!("{{# carbonlint[{}] ", self.rule)),
            (Span::at(part.span.end), " #}".to_owned()),
        ];
        let name = place.file.rsplit('/').next().unwrap_or(&place.file);
        let title = format!("comment out <{}> in the template of {name}", self.element);
        is_plain.then(|| fixes::fix_of(model, part.file, title, Safety::Unsafe, edits, vec![self.parent.to_owned()]))
    }
}
