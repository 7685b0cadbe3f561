//! Reads a listener of the catalogue from the files of a home: where its port is set, and whether the offset is added.

use std::path::Path;

use crate::catalog::{ListenerPart, ListenerRow, OffsetRule, Place};
use crate::model::{Content, DecidedBy, EffectiveFile, EffectiveValue, FoundValue, Location, Model};
use crate::ports::bind;
use crate::ports::custom;
use crate::ports::listener::{Listener, Source};
use crate::ports::offset::{Offset, offset_of_runtime};
use crate::ports::profile::ServerProfile;
use crate::ports::resolve::{Resolved, resolve, resolve_value};
use crate::server::mapper::value::Value;

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
    /// Whether a file has the value.
    is_set: bool,
    /// Whether the value is in carbon.xml or refers to it. Listeners with [`OffsetRule::Placeholder`] then add the offset.
    in_carbon_xml: bool,
    read_from: ReadFrom,
    bind: Option<String>,
}

/// What was read to learn of a listener.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReadFrom {
    /// The keys of deployment.toml, or nothing.
    Keys,
    /// A file that the server reads, which has the listener's port.
    File,
    /// A file that the server renders, of this name, which has no such listener.
    FileWithout(&'static str),
}

impl ListenerReader<'_> {
    /// The listener, once for every place that sets its port.
    pub(super) fn read(&self) -> Vec<Listener> {
        if self.row.random {
            return vec![self.random()];
        }
        if let Some(listeners) = self.rendered() {
            return listeners;
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

    /// The listeners in the files that the server renders from deployment.toml; `None` if it renders none that could have them, or if
    /// deployment.toml cannot be used.
    fn rendered(&self) -> Option<Vec<Listener>> {
        self.model.configuration()?;
        let mut without = None;
        for place in self.places() {
            let Some(file) = self.model.effective_file(&place.file) else { continue };
            if let EffectiveFile::Unreadable(why) = file {
                return Some(vec![self.unknown(place, why)]);
            }
            let mut found = self.model.find_in(file, &place.path);
            // The connectors that users add are in the same file.
            found.retain(|found| !matches!(&found.decided_by, DecidedBy::User(key) if custom::is_connector(key)));
            if !found.is_empty() {
                return Some(found.into_iter().map(|found| self.finish(&self.written(file, place, &found))).collect());
            }
            if matches!(file, EffectiveFile::Rendered(_)) {
                without = without.or(Some(place));
            }
        }
        let place = without?;
        if self.rule() == OffsetRule::UnlessSet {
            return None;
        }
        Some(vec![if self.row.port_in_code {
            self.finish(&Written { read_from: ReadFrom::File, ..self.default_of_product() })
        } else {
            let written = self.set_in_toml().unwrap_or_else(|| self.default());
            self.finish(&Written { read_from: ReadFrom::FileWithout(file_name(&place.file)), ..written })
        }])
    }

    /// The listener, if the file that has it cannot be read.
    fn unknown(&self, place: &Place, why: &str) -> Listener {
        let resolved = Resolved::Unknown(format!("{} is unknown: {why}", file_name(&place.file)));
        self.finish(&Written { resolved, bind: None, ..self.default() })
    }

    /// The port that deployment.toml sets.
    fn set_in_toml(&self) -> Option<Written> {
        let key = self.part.port_key.as_deref()?;
        let given = self.model.given(key, &self.part.port_aliases).filter(EffectiveValue::is_set_by_user)?;
        if self.part.port_is_integer && !matches!(given.value, None | Some(Value::Integer(_))) {
            return None;
        }
        Some(Written {
            resolved: resolve_value(self.model, given.value.as_ref()),
            source: Source::File { at: given.at?, anchor: given.anchor? },
            is_set: true,
            in_carbon_xml: true,
            read_from: ReadFrom::Keys,
            bind: bind::by_key(self.model, self.row, self.part),
        })
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

    fn rule(&self) -> OffsetRule {
        self.part.offset.unwrap_or(self.row.offset)
    }

    /// The listeners with the ports at [`Self::places`]; `None` if the files do not decide, and the default applies.
    fn set_in_files(&self) -> Option<Vec<Listener>> {
        let mut file_is_there = false;
        for place in self.places() {
            let Some(file) = self.model.file_at(&place.file) else { continue };
            file_is_there |= !matches!(self.model.file(file).content(), Content::Broken);
            let file = EffectiveFile::InHome(file);
            let found = self.model.find_in(file, &place.path);
            if !found.is_empty() {
                return Some(found.into_iter().map(|found| self.finish(&self.written(file, place, &found))).collect());
            }
        }
        if self.model.toml_file().is_some() || self.rule() == OffsetRule::UnlessSet || !(file_is_there || self.is_removed()) {
            return None;
        }
        if file_is_there && self.row.port_in_code {
            return Some(vec![self.finish(&Written { read_from: ReadFrom::File, ..self.default_of_product() })]);
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

    fn written(&self, file: EffectiveFile, place: &Place, found: &FoundValue) -> Written {
        let resolved = resolve(self.model, &found.value);
        let in_carbon_xml = place.file == "conf/carbon.xml" || matches!(resolved, Resolved::Ports(..));
        let source = match &resolved {
            Resolved::Ports(_, Some(referred)) => Source::of(referred),
            _ => Source::of(found),
        };
        let bind = bind::of_found(self.model, self.row, file, place, found);
        Written { resolved, source, is_set: true, in_carbon_xml, read_from: ReadFrom::File, bind }
    }

    /// The port that applies if the user sets none.
    fn default(&self) -> Written {
        let default = self.default_of_product();
        if let Some(when) = &self.part.port_when
            && self.model.given(&when.key, &[]).is_some_and(|given| given.text().as_deref() == Some(when.value.as_str()))
        {
            return Written { resolved: Resolved::Number(when.port.into()), ..default };
        }
        if let Some(key) = &self.part.port_key
            && let Some(given) = self.model.given(key, &[]).filter(|given| !given.is_set_by_user())
            && let Some(number) =
                resolve_value(self.model, given.value.as_ref()).number().filter(|number| (0..=65_535).contains(number))
        {
            return Written { resolved: Resolved::Number(number), source: Source::Default(given.at), ..default };
        }
        default
    }

    /// The port in the product's code, or in the files that it ships.
    fn default_of_product(&self) -> Written {
        Written {
            resolved: Resolved::Number(self.part.port.or(self.row.port).map_or(0, i64::from)),
            source: Source::Default(None),
            is_set: false,
            in_carbon_xml: true,
            read_from: ReadFrom::Keys,
            bind: bind::by_key(self.model, self.row, self.part),
        }
    }

    fn finish(&self, written: &Written) -> Listener {
        let mut listener = Listener::blank(self.row, self.part);
        listener.source = written.source;
        listener.bind.clone_from(&written.bind);
        match &written.resolved {
            Resolved::Unknown(why) => listener.unknown = Some(why.clone()),
            resolved => listener.base = resolved.number(),
        }
        self.switch(&mut listener, written.read_from);
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
        if self.rule().applies(written.is_set, written.in_carbon_xml, self.offset_flag(&written.source)) {
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

    fn offset_flag(&self, source: &Source) -> bool {
        let Some(flag) = &self.row.offset_flag else { return false };
        let is_on = |text: &str| text.trim().eq_ignore_ascii_case("true");
        let file = flag.place.as_ref().and_then(|place| Some((place, self.model.effective_file(&place.file)?)));
        if let Some((place, file)) = file {
            // A listener in a different file than the catalogue's has its flag in that file.
            let own = || match source {
                Source::File { at, .. } => self.model.find_in(EffectiveFile::InHome(at.file), &place.path).into_iter().next(),
                Source::Default(_) | Source::Template(_) => None,
            };
            let found = self.model.find_in(file, &place.path).into_iter().next().or_else(own);
            return found.map_or(flag.default, |found| is_on(&found.value));
        }
        let given = flag.key.as_deref().and_then(|key| self.model.given(key, &flag.aliases));
        given.map_or(flag.default, |given| given.text().is_some_and(|text| is_on(&text)))
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
