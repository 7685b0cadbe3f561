//! The effective listeners of a home: for each row of the catalogue its port, its state, and where both come from.

use crate::catalog::{
    Direction, ListenerPart, ListenerRow, OffsetRule, Opens, Place, Product, Protocol, Switch, Version, catalog,
};
use crate::home::Generation;
use crate::model::{Location, Model};
use crate::ports::offset::{Offset, offset_of_runtime};
use crate::ports::place::{self, Found};
use crate::ports::profile::ServerProfile;
use crate::ports::resolve::{Resolved, resolve, resolve_toml};
use crate::source::Kind;
use crate::source::toml::TomlValue;

/// A listener of a home.
#[derive(Debug, Clone)]
pub struct Listener {
    /// Its name.
    pub id: String,
    /// What it is for.
    pub description: String,
    /// TCP or UDP.
    pub protocol: Protocol,
    /// Whether it speaks TLS.
    pub tls: bool,
    /// Whether the server listens or connects.
    pub direction: Direction,
    /// The port before the offset; `None` when it is random or unknown.
    pub base: Option<i64>,
    /// What the offset added to it.
    pub offset: i64,
    /// Whether the system picks the port at each start.
    pub random: bool,
    /// Why the port is not known, when it is neither known nor random.
    pub unknown: Option<String>,
    /// Whether it opens.
    pub enabled: bool,
    /// Where the port comes from.
    pub source: Source,
    /// What switches it, if something written does.
    pub state: State,
    /// What a person should know of it.
    pub note: Option<String>,
    /// What the documentation says where the code says otherwise.
    pub documented_port: Option<u16>,
    /// The runtime inside the product that opens it.
    pub profile: Option<String>,
    /// The catalogue row and part that describe it.
    pub row: Option<(&'static ListenerRow, &'static ListenerPart)>,
}

impl Listener {
    /// The effective port, if it is known. Not checked against 65535.
    pub fn port(&self) -> Option<i64> {
        self.base.map(|base| base + self.offset)
    }

    /// Whether it is an open, inbound listener with a known port: one that can collide.
    pub fn occupies(&self) -> Option<(Protocol, i64)> {
        (self.enabled && self.direction == Direction::Inbound).then(|| self.port()).flatten().map(|port| (self.protocol, port))
    }
}

/// Where a port comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A file sets it: the value, and where a person is pointed to.
    File {
        /// The value.
        at: Location,
        /// The key, attribute name or start tag.
        anchor: Location,
    },
    /// The product's default, from the home's default.json where it is there.
    Default(Option<Location>),
}

impl Source {
    /// Where a person is pointed to, when a file sets the port.
    pub fn anchor(self) -> Option<Location> {
        match self {
            Self::File { anchor, .. } => Some(anchor),
            Self::Default(_) => None,
        }
    }
}

/// What a written switch says of a listener.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nothing written switches it.
    Default,
    /// The switch stands here and decided.
    Switched(Location),
}

/// The listeners that `model` could open.
pub(super) fn listeners_of(model: &Model, offset: &Offset, profile: Option<&ServerProfile>) -> Vec<Listener> {
    let version = model.catalogue_version();
    let mut listeners = Vec::new();
    for row in &catalog().listeners {
        match (model.product(), &version) {
            (Some(product), Some(version)) => {
                for part in parts_for(row, product, Some(version)).into_iter().filter(|part| lives_here(model, part)) {
                    listeners.extend(Reader { model, row, part, offset, profile }.read());
                }
            }
            // Without a product only what the files themselves name is known.
            _ => {
                let part = row.parts.first().into_iter();
                let read = part.flat_map(|part| Reader { model, row, part, offset, profile }.read());
                listeners.extend(read.filter(|listener| listener.source.anchor().is_some()));
            }
        }
    }
    listeners
}

/// The listeners that the catalogue knows of a product, with the product's default offset.
pub fn listeners_of_product(
    product: &'static Product,
    version: Option<&Version>,
    flag: Option<i64>,
    server_profile: Option<&ServerProfile>,
) -> Vec<Listener> {
    let version = version.unwrap_or(&product.latest);
    let mut listeners = Vec::new();
    for row in &catalog().listeners {
        for part in parts_for(row, product, Some(version)) {
            let offset = flag.or(part.runtime_offset).unwrap_or(product.default_offset);
            let mut listener = blank(row, part);
            listener.base = part.port.or(row.port).map(i64::from);
            listener.offset = match part.offset.unwrap_or(row.offset) {
                OffsetRule::Always | OffsetRule::Placeholder | OffsetRule::UnlessSet => offset,
                OffsetRule::Flag if row.offset_flag.as_ref().is_some_and(|flag| flag.default) => offset,
                OffsetRule::Flag | OffsetRule::Never | OffsetRule::Unknown => 0,
            };
            listener.enabled = part.open && server_profile.is_none_or(|profile| profile.opens(&row.id));
            listeners.push(listener);
        }
    }
    listeners
}

/// The parts of a row that fit: the first for each runtime of the product.
fn parts_for(row: &'static ListenerRow, product: &Product, version: Option<&Version>) -> Vec<&'static ListenerPart> {
    let mut parts: Vec<&ListenerPart> = Vec::new();
    for part in &row.parts {
        let fits = part.products.contains(&product.id) && version.is_none_or(|version| part.versions.contains(version));
        if fits && parts.iter().all(|known| known.profile != part.profile) {
            parts.push(part);
        }
    }
    parts
}

/// Whether the runtime of a part is the one of this home: a profile of Enterprise Integrator has a home of its own, the runtimes of
/// Analytics share one.
fn lives_here(model: &Model, part: &ListenerPart) -> bool {
    let Some(runtime) = &part.profile else { return true };
    match &model.identity.profile {
        Some(profile) => profile == runtime,
        None => model.generation != Generation::Yaml || model.file_at(&format!("conf/{runtime}/deployment.yaml")).is_some(),
    }
}

fn blank(row: &'static ListenerRow, part: &'static ListenerPart) -> Listener {
    Listener {
        id: row.id.clone(),
        description: row.description.clone(),
        protocol: row.protocol,
        tls: row.tls,
        direction: row.direction,
        base: None,
        offset: 0,
        random: row.random,
        unknown: None,
        enabled: part.open,
        source: Source::Default(None),
        state: State::Default,
        note: part.note.as_ref().or(part.documented_note.as_ref()).or(row.documented_note.as_ref()).cloned(),
        documented_port: part.documented_port,
        profile: part.profile.clone(),
        row: Some((row, part)),
    }
}

struct Reader<'a> {
    model: &'a Model,
    row: &'static ListenerRow,
    part: &'static ListenerPart,
    offset: &'a Offset,
    profile: Option<&'a ServerProfile>,
}

/// A port as it is written or known.
struct Written {
    resolved: Resolved,
    source: Source,
    /// Whether the value refers to carbon.xml or stands there, so that a placeholder listener adds the offset.
    in_carbon_xml: bool,
}

impl Reader<'_> {
    fn read(&self) -> Vec<Listener> {
        if self.row.random {
            return vec![self.random()];
        }
        if let Some(written) = self.from_toml() {
            return vec![self.finish(written)];
        }
        if self.reads_files()
            && let Some(listeners) = self.from_places()
        {
            return listeners;
        }
        vec![self.finish(self.default())]
    }

    /// A port that the user's deployment.toml sets.
    fn from_toml(&self) -> Option<Written> {
        let key = self.part.port_key.as_deref()?;
        let (file, entry) = self.model.setting(key, &self.part.port_aliases)?;
        let source =
            Source::File { at: Location { file, span: entry.value_span }, anchor: Location { file, span: entry.key_span } };
        Some(Written { resolved: resolve_toml(self.model, &entry.value), source, in_carbon_xml: false })
    }

    /// Whether the files of this home are what the server reads, rather than what it renders at the next start.
    fn reads_files(&self) -> bool {
        if self.model.toml_file().is_none() {
            return true;
        }
        let is_rendered = |place: &Place| place.file == "conf/carbon.xml" || self.model.has_template_of(&place.file);
        self.part.port_key.is_none() && !self.places().iter().any(is_rendered)
    }

    fn places(&self) -> &'static [Place] {
        self.part.places.as_deref().unwrap_or(&self.row.places)
    }

    /// The ports at the places of the catalogue; `None` when none of their files is there.
    fn from_places(&self) -> Option<Vec<Listener>> {
        let mut file_is_there = false;
        for place in self.places() {
            let Some(file) = self.model.file_at(&place.file) else { continue };
            file_is_there |= !matches!(self.model.file(file).content, crate::model::Content::Broken);
            let found = place::find(self.model, place);
            if !found.is_empty() {
                return Some(found.into_iter().map(|found| self.finish(self.written(place, found))).collect());
            }
        }
        let rule = self.part.offset.unwrap_or(self.row.offset);
        if self.model.toml_file().is_some() || rule == OffsetRule::UnlessSet || !(file_is_there || self.is_removed()) {
            return None;
        }
        // The file is there and says nothing of the listener, as after commenting it out: the server does not open it.
        let mut listener = self.finish(self.default());
        if listener.enabled && self.part.port_key.is_none() {
            listener.enabled = false;
            listener.note =
                Some(format!("not in {}", self.places().first().map_or("the configuration", |place| file_name(&place.file))));
        }
        Some(vec![listener])
    }

    /// Whether the listener's file is gone from a home that has the folder in which it would lie.
    fn is_removed(&self) -> bool {
        self.model.is_whole
            && self.places().first().is_some_and(|place| {
                let root = &self.model.layout.root;
                let paths = self.model.layout.candidates(&place.file);
                paths
                    .iter()
                    .all(|path| !root.join(path).exists() && root.join(path).parent().is_some_and(std::path::Path::is_dir))
            })
    }

    fn written(&self, place: &Place, found: Found) -> Written {
        let resolved = resolve(self.model, &found.value);
        let in_carbon_xml = place.file == "conf/carbon.xml" || matches!(resolved, Resolved::Ports(..));
        let (at, anchor) = match resolved {
            Resolved::Ports(_, Some(at)) => (at, at),
            _ => (found.at, found.anchor),
        };
        Written { resolved, source: Source::File { at, anchor }, in_carbon_xml }
    }

    /// The port that holds when nothing sets one.
    fn default(&self) -> Written {
        let port = |port: i64, at| Written { resolved: Resolved::Number(port), source: Source::Default(at), in_carbon_xml: true };
        if let Some(when) = &self.part.port_when
            && self
                .model
                .setting(&when.key, &[])
                .is_some_and(|(_, entry)| entry.value.as_text().as_deref() == Some(when.value.as_str()))
        {
            return port(when.port.into(), None);
        }
        if let Some(key) = &self.part.port_key
            && let Some((value, at)) = self.model.home_default(key)
        {
            let resolved = match value {
                serde_json::Value::Number(number) => number.as_f64().map(double_to_port),
                serde_json::Value::String(text) => match resolve(self.model, text) {
                    Resolved::Unknown(_) => None,
                    resolved => resolved.number(),
                },
                _ => None,
            };
            if let Some(number) = resolved {
                return port(number, Some(at));
            }
        }
        port(self.part.port.or(self.row.port).map_or(0, i64::from), None)
    }

    fn finish(&self, written: Written) -> Listener {
        let mut listener = blank(self.row, self.part);
        listener.source = written.source;
        let is_set = written.source.anchor().is_some();
        match &written.resolved {
            Resolved::Unknown(why) => listener.unknown = Some(why.clone()),
            resolved => listener.base = resolved.number(),
        }
        self.switch(&mut listener);
        if let Some(property) = self.system_property() {
            (listener.base, listener.offset, listener.unknown, listener.source) = property;
            return listener;
        }
        let offset = self.offset();
        if listener.base.is_some() && self.adds_offset(is_set, written.in_carbon_xml, &written.source) {
            match offset.value {
                Some(value) => listener.offset = value,
                None => {
                    listener.base = None;
                    listener.unknown = Some(format!("the offset is not known: {}", offset.unknown.unwrap_or_default()));
                }
            }
        }
        listener
    }

    /// The deployment.yaml of the runtime that opens the listener.
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
        match self.part.offset.unwrap_or(self.row.offset) {
            OffsetRule::Always => true,
            OffsetRule::Placeholder => {
                in_carbon_xml || matches!(source, Source::File { at, .. } if self.model.file(at.file).source.kind == Kind::Toml)
            }
            OffsetRule::UnlessSet => !is_set,
            OffsetRule::Flag => self.offset_flag(source),
            OffsetRule::Never | OffsetRule::Unknown => false,
        }
    }

    fn offset_flag(&self, source: &Source) -> bool {
        let Some(flag) = &self.row.offset_flag else { return false };
        if let Some((_, entry)) = flag.key.as_deref().and_then(|key| self.model.setting(key, &flag.aliases)) {
            return entry.value.as_text().is_some_and(|text| text.eq_ignore_ascii_case("true"));
        }
        if let Some((value, _)) = flag.key.as_deref().and_then(|key| self.model.home_default(key)) {
            return is_true_json(value);
        }
        let Some(place) = &flag.place else { return flag.default };
        let found = place::find(self.model, place).into_iter().next();
        // A listener found in another file than the flag's usual one carries the flag in its own.
        let found = found.or_else(|| match source {
            Source::File { at, .. } => place::find_in(self.model, at.file, &place.path).into_iter().next(),
            Source::Default(_) => None,
        });
        match found {
            Some(found) => found.value.trim().eq_ignore_ascii_case("true"),
            None => flag.default,
        }
    }

    /// `-Dtomcat.http.port=N` replaces port and offset (carbon-kernel CarbonTomcat.java).
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

    /// Decides whether the listener opens.
    fn switch(&self, listener: &mut Listener) {
        if let Some((open, at)) = self.toml_switch() {
            listener.enabled = open;
            listener.state = State::Switched(at);
        } else if self.model.toml_file().is_none() || self.part.switch.is_none() {
            self.switch_by_files(listener);
        }
        for closing in &self.part.closed_by {
            if let Some((file, entry)) = self.model.setting(&closing.key, &[])
                && entry.value.as_text() == json_text(&closing.value)
                && listener.enabled
            {
                listener.enabled = false;
                listener.state = State::Switched(Location { file, span: entry.key_span });
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

    /// What the switch of this product and version says: the user's value, else the home's default.
    fn toml_switch(&self) -> Option<(bool, Location)> {
        let fallback;
        let switch = match &self.part.switch {
            Some(switch) if self.template_reads_switch(switch) != Some(false) => switch,
            _ => {
                // An update of the product can bring a switch that its base version lacks: the home's own template tells.
                let key = self.part.inert_keys.iter().find(|key| self.template_reads_inert(key))?;
                fallback = Switch { key: key.clone(), aliases: Vec::new(), opens: Opens::Truthy, value: None, template: None };
                &fallback
            }
        };
        if let Some((file, entry)) = self.model.setting(&switch.key, &switch.aliases) {
            return Some((opens(switch, &entry.value)?, Location { file, span: entry.key_span }));
        }
        let (value, at) = self.model.home_default(&switch.key)?;
        let value = match value {
            serde_json::Value::Bool(boolean) => TomlValue::Boolean(*boolean),
            serde_json::Value::String(text) => TomlValue::String(text.clone()),
            _ => return None,
        };
        Some((opens(switch, &value)?, at))
    }

    /// Whether the home's own template tests the switch; `None` where there is no such template or nothing says which one it is.
    fn template_reads_switch(&self, switch: &Switch) -> Option<bool> {
        self.model.template_reads(switch.template.as_deref()?, &switch.key)
    }

    /// Whether the home's own template of the listener's file tests `key`, which the base version of the product does not read.
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
        let mut said = Vec::new();
        for (place, opening) in switches {
            let is_rendered =
                self.model.toml_file().is_some() && (place.file == "conf/carbon.xml" || self.model.has_template_of(&place.file));
            if let Some(found) = value_in(place).filter(|_| !is_rendered) {
                said.push((place.holds(&found.value) == opening, opening, found.anchor));
            }
        }
        let closing = said.iter().find(|(open, ..)| !open);
        // What is closed by default opens only where every file that switches it says so.
        let all_open = said.iter().filter(|(open, opening, _)| *open && *opening).count() == self.row.enabled_by.len();
        let opening = said.iter().find(|(_, opening, _)| *opening && all_open);
        if let Some((_, _, at)) = closing {
            listener.enabled = false;
            listener.state = State::Switched(*at);
        } else if let Some((_, _, at)) = opening {
            listener.enabled = true;
            listener.state = State::Switched(*at);
        }
    }

    /// A port that the system picks: the start script or the logging configuration causes it.
    fn random(&self) -> Listener {
        let mut listener = blank(self.row, self.part);
        let cause = if self.row.protocol == Protocol::Udp { self.syslog_appender() } else { self.jvm_monitoring() };
        match cause {
            Cause::At(at) => {
                listener.enabled = true;
                listener.source = Source::File { at, anchor: at };
                listener.state = State::Switched(at);
            }
            Cause::Absent => listener.enabled = false,
            Cause::Fixed(at, port) => {
                listener.enabled = true;
                listener.random = false;
                listener.base = Some(port);
                listener.source = Source::File { at, anchor: at };
                listener.state = State::Switched(at);
            }
            Cause::NoFile => {}
        }
        listener
    }

    fn jvm_monitoring(&self) -> Cause {
        let Some((file, options)) = self.model.script().filter(|(_, options)| !options.is_empty()) else { return Cause::NoFile };
        let named = |name: &str| options.iter().rev().find(|option| option.name == name);
        if let Some(option) = named("com.sun.management.jmxremote.port")
            && let Some(port) = option.value.as_deref().and_then(|value| value.parse().ok())
        {
            return Cause::Fixed(Location { file, span: option.span }, port);
        }
        match named("com.sun.management.jmxremote") {
            Some(option) if option.value.as_deref() != Some("false") => Cause::At(Location { file, span: option.span }),
            _ => Cause::Absent,
        }
    }

    fn syslog_appender(&self) -> Cause {
        let logging = ["conf/log4j2.properties", "conf/log4j.properties"].into_iter().find_map(|file| self.model.file_at(file));
        let Some(file) = logging else { return Cause::NoFile };
        let crate::model::Content::Properties(properties) = &self.model.file(file).content else { return Cause::NoFile };
        let appender = properties.properties.iter().find(|property| {
            let second = property.key.strip_prefix("appender.").and_then(|key| key.strip_suffix(".type"));
            let first = property.key.strip_prefix("log4j.appender.").filter(|key| !key.contains('.'));
            let name = match (second, first) {
                (Some(name), _) if property.trimmed() == "Syslog" || property.trimmed().ends_with("SyslogAppender") => name,
                (_, Some(name)) if property.trimmed().ends_with("SyslogAppender") => name,
                _ => return false,
            };
            is_used_appender(properties, name)
        });
        appender.map_or(Cause::Absent, |property| {
            Cause::At(Location { file, span: crate::source::Span::new(property.key_span.start, property.value_span.end) })
        })
    }
}

/// What causes a random port.
enum Cause {
    /// This line.
    At(Location),
    /// This line, and it names the port.
    Fixed(Location, i64),
    /// The file is there and has no such line.
    Absent,
    /// There is no file to tell.
    NoFile,
}

/// log4j 1 starts the appenders that a logger names, log4j 2 those of its `appenders` list, or all where there is no list.
fn is_used_appender(properties: &crate::source::properties::Properties, name: &str) -> bool {
    let lists = |value: &str| value.split(',').any(|listed| listed.trim() == name);
    let mut logging = properties.properties.iter();
    if properties.properties.iter().any(|property| property.key.starts_with("log4j.")) {
        return logging.any(|property| {
            let is_logger = ["log4j.rootLogger", "log4j.rootCategory", "log4j.logger.", "log4j.category."];
            is_logger.iter().any(|logger| property.key.starts_with(logger)) && lists(&property.value)
        });
    }
    properties.get("appenders").is_none_or(|list| lists(&list.value))
}

/// Whether a switch with this value opens its listener; `None` for a value that only the start decides.
fn opens(switch: &Switch, value: &TomlValue) -> Option<bool> {
    let text = value.as_text();
    if switch.opens == Opens::Defined {
        return Some(true);
    }
    let text = text
        .filter(|text| !text.contains("${") && !text.contains("$env{") && !text.contains("$sys{") && !text.contains("$ref{"))?;
    Some(match switch.opens {
        // The template engine holds the empty string, zero and the text "false" in any case for false.
        Opens::Truthy => !(text.is_empty() || text == "0" || text.eq_ignore_ascii_case("false")),
        Opens::True => *value == TomlValue::Boolean(true),
        Opens::Equals => Some(text.as_str()) == switch.value.as_deref(),
        Opens::Defined => true,
    })
}

fn is_true_json(value: &serde_json::Value) -> bool {
    value.as_bool().unwrap_or_else(|| value.as_str().is_some_and(|text| text.eq_ignore_ascii_case("true")))
}

fn json_text(value: &serde_json::Value) -> Option<String> {
    match value {
        serde_json::Value::String(text) => Some(text.clone()),
        serde_json::Value::Bool(boolean) => Some(boolean.to_string()),
        serde_json::Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// JSON numbers are doubles to the mapper; ports are whole.
#[allow(clippy::cast_possible_truncation, reason = "a port fits an i64, and what does not is no port")]
fn double_to_port(number: f64) -> i64 {
    number as i64
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
