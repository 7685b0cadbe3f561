//! Decides whether a listener opens, from the switch of its product and version, the files of an XML home, and the server profile.

use crate::catalog::{Opens, Place, Switch};
use crate::model::{EffectiveFile, EffectiveValue, Location};
use crate::ports::listener::{Listener, Source, State};
use crate::ports::reader::{ListenerReader, ReadFrom};
use crate::server::mapper::value::Value;

impl ListenerReader<'_> {
    /// Sets whether the listener opens, and why.
    pub(super) fn switch(&self, listener: &mut Listener, read_from: ReadFrom) {
        let note = listener.note.clone();
        match read_from {
            ReadFrom::Keys => self.switch_by_keys(listener),
            ReadFrom::File => self.switch_by_files(listener),
            ReadFrom::FileWithout(file) => {
                if listener.enabled {
                    listener.enabled = false;
                    listener.note = Some(format!("not in {file}"));
                }
            }
        }
        // The key that makes the difference is the one to report.
        if read_from != ReadFrom::Keys
            && listener.state == State::Default
            && self.sets_switch()
            && let Some((_, at)) = self.toml_switch().filter(|(open, _)| *open == listener.enabled)
        {
            listener.state = State::Switched(at);
            listener.note = note;
        }
        for closing in &self.part.closed_by {
            if let Some(given) = self.model.given(&closing.key, &[]).filter(EffectiveValue::is_set_by_user)
                && given.text() == json_text(&closing.value)
                && (listener.enabled == (read_from == ReadFrom::Keys))
            {
                listener.enabled = false;
                listener.state = given.anchor.map_or(State::Default, State::Switched);
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

    /// Whether deployment.toml sets a key that switches the listener, or looks like it. Much cheaper than asking the template.
    fn sets_switch(&self) -> bool {
        let by_user = |key: &str, aliases: &[String]| self.model.given(key, aliases).is_some_and(|given| given.is_set_by_user());
        self.part.switch.as_ref().is_some_and(|switch| by_user(&switch.key, &switch.aliases))
            || self.part.inert_keys.iter().any(|key| by_user(key, &[]))
    }

    fn switch_by_keys(&self, listener: &mut Listener) {
        if let Some((open, at)) = self.toml_switch() {
            listener.enabled = open;
            listener.state = State::Switched(at);
        } else if self.model.toml_file().is_none() || self.part.switch.is_none() {
            self.switch_by_files(listener);
        }
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
        Some((opens(switch, &given)?, given.anchor?))
    }

    /// Whether the home's template reads the switch; `None` if there is no such template, or the catalogue names none.
    fn template_reads_switch(&self, switch: &Switch) -> Option<bool> {
        self.model.template_reads(switch.template.as_deref()?, &switch.key)
    }

    /// Whether the home's template of the listener's file reads `key`, which the base version of the product does not read.
    fn template_reads_inert(&self, key: &str) -> bool {
        self.row.places.first().is_some_and(|place| self.model.template_reads(&place.file, key) == Some(true))
    }

    /// Decides by the switches in the files that the server reads.
    fn switch_by_files(&self, listener: &mut Listener) {
        let value_in = |place: &Place| {
            let own = match listener.source {
                Source::File { at, .. } if self.places().iter().any(|own| own.file == place.file) => {
                    self.model.find_in(EffectiveFile::InHome(at.file), &place.path).into_iter().next()
                }
                _ => None,
            };
            own.or_else(|| self.model.find(place).into_iter().next())
        };
        if self.places().is_empty() {
            return;
        }
        let switches =
            self.row.enabled_by.iter().map(|place| (place, true)).chain(self.row.disabled_by.iter().map(|place| (place, false)));
        let mut settings = Vec::new();
        for (place, opening) in switches {
            if let Some(found) = value_in(place) {
                settings.push((place.holds(&found.value) == opening, opening, found.anchor));
            }
        }
        let closing = settings.iter().find(|(open, ..)| !open);
        // A listener that is closed by default opens if one setting enables it and none disables it.
        let opening = settings.iter().find(|(_, opening, _)| *opening);
        if let Some((_, _, at)) = closing {
            listener.enabled = false;
            listener.state = State::Switched(*at);
            if self.part.open {
                let name = &self.model.file(at.file).name;
                listener.note = Some(format!("closed in {}", name.rsplit('/').next().unwrap_or(name)));
            }
        } else if let Some((_, _, at)) = opening {
            listener.enabled = true;
            listener.state = State::Switched(*at);
        }
    }
}

/// Whether a switch with this value opens its listener; `None` if the value is only known at startup.
fn opens(switch: &Switch, given: &EffectiveValue) -> Option<bool> {
    let text = given.text();
    if switch.opens == Opens::Defined {
        return Some(true);
    }
    let text = text
        .filter(|text| !text.contains("${") && !text.contains("$env{") && !text.contains("$sys{") && !text.contains("$ref{"))?;
    Some(match switch.opens {
        // To the template engine, the empty string, zero and "false" in any case are false.
        Opens::Truthy => !(text.is_empty() || text == "0" || text.eq_ignore_ascii_case("false")),
        Opens::True => given.value == Some(Value::Boolean(true)),
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
