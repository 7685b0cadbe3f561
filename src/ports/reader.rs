//! Reads a listener of the catalogue from the files of a home: where its port is set, and whether the offset is added.

use std::path::Path;

use crate::catalog::{ListenerPart, ListenerRow, OffsetRule, Place};
use crate::model::place::{self, FoundValue};
use crate::model::{Content, Location, Model};
use crate::ports::listener::{Listener, Source};
use crate::ports::offset::{Offset, offset_of_runtime};
use crate::ports::profile::ServerProfile;
use crate::ports::resolve::{Resolved, resolve, resolve_toml};
use crate::source::Kind;

/// A listener of the catalogue in a home.
pub(super) struct ListenerReader<'a> {
    pub(super) model: &'a Model,
    pub(super) row: &'static ListenerRow,
    pub(super) part: &'static ListenerPart,
    pub(super) offset: &'a Offset,
    pub(super) profile: Option<&'a ServerProfile>,
}

/// A port that is set in a file, or the default.
struct Written {
    resolved: Resolved,
    source: Source,
    /// Whether the value is in carbon.xml or refers to it. Listeners with [`OffsetRule::Placeholder`] then add the offset.
    in_carbon_xml: bool,
}

impl ListenerReader<'_> {
    /// The listener, once for every place that sets its port.
    pub(super) fn read(&self) -> Vec<Listener> {
        if self.row.random {
            return vec![self.random()];
        }
        if let Some(written) = self.set_in_toml() {
            return vec![self.finish(&written)];
        }
        if self.reads_files()
            && let Some(listeners) = self.set_in_files()
        {
            return listeners;
        }
        vec![self.finish(&self.default())]
    }

    /// The port that deployment.toml sets.
    fn set_in_toml(&self) -> Option<Written> {
        let key = self.part.port_key.as_deref()?;
        let given = self.model.given(key, &self.part.port_aliases).filter(|given| given.by_user)?;
        let source = Source::File { at: given.at, anchor: given.anchor };
        Some(Written { resolved: resolve_toml(self.model, &given.value), source, in_carbon_xml: false })
    }

    /// Whether the server reads the port from existing files, rather than from files that it renders again at startup.
    fn reads_files(&self) -> bool {
        if self.model.toml_file().is_none() {
            return true;
        }
        let is_rendered = |place: &Place| place.file == "conf/carbon.xml" || self.model.has_template_of(&place.file);
        self.part.port_key.is_none() && !self.places().iter().any(is_rendered)
    }

    /// The places where the port can be set in files.
    pub(super) fn places(&self) -> &'static [Place] {
        self.part.places.as_deref().unwrap_or(&self.row.places)
    }

    /// The listeners with the ports at [`Self::places`]; `None` if the files do not decide, and the default applies.
    fn set_in_files(&self) -> Option<Vec<Listener>> {
        let mut file_is_there = false;
        for place in self.places() {
            let Some(file) = self.model.file_at(&place.file) else { continue };
            file_is_there |= !matches!(self.model.file(file).content, Content::Broken);
            let found = place::find(self.model, place);
            if !found.is_empty() {
                return Some(found.into_iter().map(|found| self.finish(&self.written(place, &found))).collect());
            }
        }
        let rule = self.part.offset.unwrap_or(self.row.offset);
        if self.model.toml_file().is_some() || rule == OffsetRule::UnlessSet || !(file_is_there || self.is_removed()) {
            return None;
        }
        // The file exists without the listener, for example because it was commented out: the server does not open it.
        let mut listener = self.finish(&self.default());
        if listener.enabled && self.part.port_key.is_none() {
            listener.enabled = false;
            listener.note =
                Some(format!("not in {}", self.places().first().map_or("the configuration", |place| file_name(&place.file))));
        }
        Some(vec![listener])
    }

    /// Whether the listener's file was removed from a complete home: the file does not exist, but its folder does.
    fn is_removed(&self) -> bool {
        self.model.is_complete
            && self.places().first().is_some_and(|place| {
                let root = &self.model.layout.root;
                let paths = self.model.layout.candidates(&place.file);
                paths.iter().all(|path| !root.join(path).exists() && root.join(path).parent().is_some_and(Path::is_dir))
            })
    }

    fn written(&self, place: &Place, found: &FoundValue) -> Written {
        let resolved = resolve(self.model, &found.value);
        let in_carbon_xml = place.file == "conf/carbon.xml" || matches!(resolved, Resolved::Ports(..));
        let (at, anchor) = match resolved {
            Resolved::Ports(_, Some(at)) => (at, at),
            _ => (found.at, found.anchor),
        };
        Written { resolved, source: Source::File { at, anchor }, in_carbon_xml }
    }

    /// The port that applies if the user sets none.
    fn default(&self) -> Written {
        let port = |port: i64, at| Written { resolved: Resolved::Number(port), source: Source::Default(at), in_carbon_xml: true };
        if let Some(when) = &self.part.port_when
            && self.model.given(&when.key, &[]).is_some_and(|given| given.value.as_text().as_deref() == Some(when.value.as_str()))
        {
            return port(when.port.into(), None);
        }
        if let Some(key) = &self.part.port_key
            && let Some(given) = self.model.given(key, &[]).filter(|given| !given.by_user)
            && let Some(number) = resolve_toml(self.model, &given.value).number().filter(|number| (0..=65_535).contains(number))
        {
            return port(number, Some(given.at));
        }
        port(self.part.port.or(self.row.port).map_or(0, i64::from), None)
    }

    fn finish(&self, written: &Written) -> Listener {
        let mut listener = Listener::blank(self.row, self.part);
        listener.source = written.source;
        let is_set = written.source.anchor().is_some();
        match &written.resolved {
            Resolved::Unknown(why) => listener.unknown = Some(why.clone()),
            resolved => listener.base = resolved.number(),
        }
        self.switch(&mut listener);
        listener.normalize_port();
        if let Some(at) = self.random_by_option() {
            listener.base = None;
            listener.random = true;
            listener.source = Source::File { at, anchor: at };
            return listener;
        }
        if let Some(property) = self.system_property() {
            (listener.base, listener.offset, listener.unknown, listener.source) = property;
            return listener;
        }
        if self.adds_offset(is_set, written.in_carbon_xml, &written.source) {
            listener.add_offset(&self.offset());
        }
        listener
    }

    /// The path of the deployment.yaml of the runtime that opens the listener.
    fn runtime_file(&self) -> Option<&'static str> {
        self.places().iter().map(|place| place.file.as_str()).find(|file| file.ends_with("/deployment.yaml"))
    }

    fn offset(&self) -> Offset {
        match self.runtime_file() {
            Some(file) => offset_of_runtime(self.model, file, self.part.runtime_offset.unwrap_or_default()),
            None => self.offset.clone(),
        }
    }

    fn adds_offset(&self, is_set: bool, in_carbon_xml: bool, source: &Source) -> bool {
        let in_toml = matches!(source, Source::File { at, .. } if self.model.file(at.file).source.kind == Kind::Toml);
        self.part.offset.unwrap_or(self.row.offset).applies(is_set, in_carbon_xml || in_toml, self.offset_flag(source))
    }

    fn offset_flag(&self, source: &Source) -> bool {
        let Some(flag) = &self.row.offset_flag else { return false };
        if let Some(given) = flag.key.as_deref().and_then(|key| self.model.given(key, &flag.aliases)) {
            return given.value.as_text().is_some_and(|text| text.eq_ignore_ascii_case("true"));
        }
        let Some(place) = &flag.place else { return flag.default };
        let found = place::find(self.model, place).into_iter().next();
        // A listener in a different file than the catalogue's has its flag in that file.
        let found = found.or_else(|| match source {
            Source::File { at, .. } => place::find_in(self.model, at.file, &place.path).into_iter().next(),
            Source::Default(_) => None,
        });
        match found {
            Some(found) => found.value.trim().eq_ignore_ascii_case("true"),
            None => flag.default,
        }
    }

    /// The place of an option such as `-Dtomcat.random.port.enable=true`, which makes the port random (carbon-kernel CarbonTomcat.java).
    fn random_by_option(&self) -> Option<Location> {
        let name = self.row.random_property.as_deref()?;
        let (file, options) = self.model.script()?;
        let option = options.iter().rev().find(|option| option.name == name && option.value.as_deref() == Some("true"))?;
        Some(Location { file, span: option.span })
    }

    /// An option such as `-Dtomcat.http.port=N`, which replaces port and offset (carbon-kernel CarbonTomcat.java). Returns the port, the
    /// offset (0), why the port is unknown, and the place.
    fn system_property(&self) -> Option<(Option<i64>, i64, Option<String>, Source)> {
        let name = self.row.system_property.as_deref()?;
        let (file, options) = self.model.script()?;
        let option = options.iter().rev().find(|option| option.name == name)?;
        let at = Location { file, span: option.span };
        let source = Source::File { at, anchor: at };
        match resolve(self.model, option.value.as_deref().unwrap_or_default()) {
            Resolved::Unknown(why) => Some((None, 0, Some(why), source)),
            resolved => Some((resolved.number(), 0, None, source)),
        }
    }
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
