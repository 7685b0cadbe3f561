//! Decides whether a listener opens, from the switch of its product and version, the files of an XML home, and the server profile.

use crate::catalog::{Opens, Place, Switch};
use crate::model::Location;
use crate::model::place;
use crate::ports::listener::{Listener, Source, State};
use crate::ports::reader::ListenerReader;
use crate::source::toml::TomlValue;

impl ListenerReader<'_> {
    /// Sets whether the listener opens, and why.
    pub(super) fn switch(&self, listener: &mut Listener) {
        if let Some((open, at)) = self.toml_switch() {
            listener.enabled = open;
            listener.state = State::Switched(at);
        } else if self.model.toml_file().is_none() || self.part.switch.is_none() {
            self.switch_by_files(listener);
        }
        if listener.enabled && self.is_removed_from_template() {
            listener.enabled = false;
            listener.note = Some("removed from the template".to_owned());
        }
        for closing in &self.part.closed_by {
            if let Some(given) = self.model.given(&closing.key, &[]).filter(|given| given.by_user)
                && given.value.as_text() == json_text(&closing.value)
                && listener.enabled
            {
                listener.enabled = false;
                listener.state = State::Switched(given.anchor);
                listener.note = Some(format!("closed by `{}`", closing.key));
            }
        }
        if listener.enabled
            && let Some(profile) = self.profile.filter(|profile| !profile.opens(&self.row.id))
        {
            listener.enabled = false;
            listener.note = Some(format!("not in profile `{}`", profile.name));
        }
    }

    /// Whether the listener was removed from the home's template, which is the documented workaround if no key closes it.
    fn is_removed_from_template(&self) -> bool {
        let Some(text) = self.part.rendered_with.as_deref().filter(|_| self.model.toml_file().is_some()) else { return false };
        let template = self.row.places.first().and_then(|place| self.model.template_of(&place.file));
        template.is_some_and(|template| !without_comments(&template).contains(text))
    }

    /// Whether the switch of this product and version opens the listener, and its place: the user's value, otherwise the home's default.
    fn toml_switch(&self) -> Option<(bool, Location)> {
        let fallback;
        let switch = match &self.part.switch {
            Some(switch) if self.template_reads_switch(switch) != Some(false) => switch,
            _ => {
                // An update of the product can add a switch that its base version lacks; the home's template shows whether it did.
                let key = self.part.inert_keys.iter().find(|key| self.template_reads_inert(key))?;
                fallback = Switch { key: key.clone(), aliases: Vec::new(), opens: Opens::Truthy, value: None, template: None };
                &fallback
            }
        };
        let given = self.model.given(&switch.key, &switch.aliases)?;
        Some((opens(switch, &given.value)?, given.anchor))
    }

    /// Whether the home's template reads the switch; `None` if there is no such template, or the catalogue names none.
    fn template_reads_switch(&self, switch: &Switch) -> Option<bool> {
        self.model.template_reads(switch.template.as_deref()?, &switch.key)
    }

    /// Whether the home's template of the listener's file reads `key`, which the base version of the product does not read.
    fn template_reads_inert(&self, key: &str) -> bool {
        self.row.places.first().is_some_and(|place| self.model.template_reads(&place.file, key) == Some(true))
    }

    fn switch_by_files(&self, listener: &mut Listener) {
        let value_in = |place: &Place| {
            let own = match listener.source {
                Source::File { at, .. } if self.places().iter().any(|own| own.file == place.file) => {
                    place::find_in(self.model, at.file, &place.path).into_iter().next()
                }
                _ => None,
            };
            own.or_else(|| place::find(self.model, place).into_iter().next())
        };
        if self.places().is_empty() {
            return;
        }
        let switches =
            self.row.enabled_by.iter().map(|place| (place, true)).chain(self.row.disabled_by.iter().map(|place| (place, false)));
        let mut settings = Vec::new();
        for (place, opening) in switches {
            let is_rendered =
                self.model.toml_file().is_some() && (place.file == "conf/carbon.xml" || self.model.has_template_of(&place.file));
            if let Some(found) = value_in(place).filter(|_| !is_rendered) {
                settings.push((place.holds(&found.value) == opening, opening, found.anchor));
            }
        }
        let closing = settings.iter().find(|(open, ..)| !open);
        // A listener that is closed by default opens if one setting enables it and none disables it.
        let opening = settings.iter().find(|(_, opening, _)| *opening);
        if let Some((_, _, at)) = closing {
            listener.enabled = false;
            listener.state = State::Switched(*at);
        } else if let Some((_, _, at)) = opening {
            listener.enabled = true;
            listener.state = State::Switched(*at);
        }
    }
}

/// Removes the comments of XML and of the template engine.
fn without_comments(template: &str) -> String {
    let opens_at = |rest: &str| {
        rest.match_indices(['<', '{']).find_map(|(at, _)| {
            let marks = [("<!--", "-->"), ("{#", "#}")];
            marks.into_iter().find(|(open, _)| rest[at..].starts_with(open)).map(|(_, close)| (at, close))
        })
    };
    let mut rest = template;
    let mut kept = String::with_capacity(template.len());
    while let Some((start, close)) = opens_at(rest) {
        kept.push_str(&rest[..start]);
        rest = rest[start..].find(close).map_or("", |end| &rest[start + end + close.len()..]);
    }
    kept.push_str(rest);
    kept
}

/// Whether a switch with this value opens its listener; `None` if the value is only known at startup.
fn opens(switch: &Switch, value: &TomlValue) -> Option<bool> {
    let text = value.as_text();
    if switch.opens == Opens::Defined {
        return Some(true);
    }
    let text = text
        .filter(|text| !text.contains("${") && !text.contains("$env{") && !text.contains("$sys{") && !text.contains("$ref{"))?;
    Some(match switch.opens {
        // To the template engine, the empty string, zero and "false" in any case are false.
        Opens::Truthy => !(text.is_empty() || text == "0" || text.eq_ignore_ascii_case("false")),
        Opens::True => *value == TomlValue::Boolean(true),
        Opens::Equals => Some(text.as_str()) == switch.value.as_deref(),
        Opens::Defined => true,
    })
}

fn json_text(value: &serde_json::Value) -> Option<String> {
    match value {
        serde_json::Value::String(text) => Some(text.clone()),
        serde_json::Value::Bool(boolean) => Some(boolean.to_string()),
        serde_json::Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
