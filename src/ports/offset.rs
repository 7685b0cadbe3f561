//! The port offset of a home, from all the places that can set it, in order of precedence.
//!
//! The server uses a single offset, never a sum: the system property `portOffset`, otherwise `/Server/Ports/Offset` of carbon.xml, which
//! homes with a deployment.toml render from `[server] offset` (carbon-kernel CarbonBaseActivator.java). The source that sets the property
//! last wins, and the order depends on the server: some read carbon.properties after the command line (Main.java), the others before it
//! (Bootstrap.java). `properties-beat-command-line` in rules/catalog/traits.toml says which.

use crate::catalog::{Place, ServerTrait, catalog};
use crate::model::{Content, DecidedBy, EffectiveFile, EffectiveValue, FoundValue, Location, Model};
use crate::ports::resolve::{Resolved, resolve, resolve_value};

/// The offset of a home or of one of its runtimes.
#[derive(Debug, Clone)]
pub struct Offset {
    /// The offset; `None` if it is unknown.
    pub value: Option<i64>,
    /// Where it comes from.
    pub source: OffsetSource,
    /// Why it is unknown, if it is.
    pub unknown: Option<String>,
}

/// Where an offset comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OffsetSource {
    /// A file sets it, at this place.
    File(Location),
    /// The caller sets it, as `-DportOffset` on the command line does.
    Flag,
    /// Nothing sets it.
    Default,
}

/// A place that sets the offset.
#[derive(Debug, Clone)]
pub(crate) struct WrittenOffset {
    /// The value as written, without the quotes of a string.
    pub text: String,
    /// The value in deployment.toml; `None` elsewhere.
    pub toml: Option<EffectiveValue>,
    /// The place of the value or the option.
    pub at: Location,
    /// The place to report.
    pub anchor: Location,
    /// The key, path or option that sets it.
    pub key: &'static str,
}

/// The offset of the whole home.
pub(super) fn offset_of(model: &Model) -> Offset {
    let default = model.product().map_or(0, |product| product.default_offset);
    let in_home = || profile_default(model).unwrap_or(default);
    let written = written_offsets(model);
    if model.has(ServerTrait::PropertiesBeatCommandLine)
        && let Some(written) = written.iter().find(|written| written.key == CARBON_PROPERTIES_KEY || written.key == TOML_PROPERTY)
    {
        return from_file(model, written);
    }
    if let Some(value) = model.assumptions.port_offset {
        return Offset { value: Some(value), source: OffsetSource::Flag, unknown: None };
    }
    if let Some(written) = written.first() {
        return from_file(model, written);
    }
    if let Some(file) = broken_file(model) {
        return Offset { value: None, source: OffsetSource::Default, unknown: Some(format!("{file} cannot be parsed")) };
    }
    if let Some(rendered) = rendered_default(model) {
        return rendered;
    }
    // A carbon.xml without an offset means 0; without carbon.xml, the product's default applies.
    let is_written = model.toml_file().is_none() && model.file_at(CARBON_XML).is_some();
    Offset { value: Some(if is_written { 0 } else { in_home() }), source: OffsetSource::Default, unknown: None }
}

/// The offset in the carbon.xml that the server renders, where no key sets it; `None` if the server renders none.
fn rendered_default(model: &Model) -> Option<Offset> {
    let offset = |value, unknown| Some(Offset { value, source: OffsetSource::Default, unknown });
    match model.effective_file(CARBON_XML)? {
        EffectiveFile::InHome(_) => None,
        EffectiveFile::Unreadable(why) => offset(None, Some(format!("carbon.xml is unknown: {why}"))),
        // A carbon.xml without an offset, or with an empty one, means 0.
        file @ EffectiveFile::Rendered(_) => match model.find_in(file, XML_PATH).first().map(|found| found.value.trim()) {
            None | Some("") => offset(Some(0), None),
            Some(text) => match resolve(model, text) {
                Resolved::Number(value) | Resolved::Ports(value, _) => offset(Some(value), None),
                Resolved::Unknown(why) => offset(None, Some(why)),
            },
        },
    }
}

/// The file that would set the offset, if it cannot be parsed.
fn broken_file(model: &Model) -> Option<&'static str> {
    let is_broken = |file: &str| model.file_at(file).is_some_and(|file| matches!(model.file(file).content(), Content::Broken));
    match model.toml_file() {
        Some(_) => is_broken("conf/deployment.toml").then_some("deployment.toml"),
        None => is_broken(CARBON_XML).then_some("carbon.xml"),
    }
}

/// The offset of the Carbon 5 runtime with the deployment.yaml `file`; `default` if there is no such file.
pub(super) fn offset_of_runtime(model: &Model, file: &str, default: i64) -> Offset {
    if let Some(value) = model.assumptions.port_offset {
        return Offset { value: Some(value), source: OffsetSource::Flag, unknown: None };
    }
    if let Some(written) = from_place(model, file, YAML_PATH, YAML_KEY).first() {
        return from_file(model, written);
    }
    // A deployment.yaml without an offset means 0; without deployment.yaml, the product's default applies.
    match model.file_at(file).map(|file| model.file(file).content()) {
        Some(Content::Broken) => {
            Offset { value: None, source: OffsetSource::Default, unknown: Some("deployment.yaml cannot be parsed".to_owned()) }
        }
        Some(_) => Offset { value: Some(0), source: OffsetSource::Default, unknown: None },
        None => Offset { value: Some(default), source: OffsetSource::Default, unknown: None },
    }
}

const CARBON_XML: &str = "conf/carbon.xml";
const XML_PATH: &str = "Server/Ports/Offset";
const TOML_KEY: &str = "server.offset";
const YAML_PATH: &str = "wso2.carbon/ports/offset";
const YAML_KEY: &str = "wso2.carbon.ports.offset";
const CARBON_PROPERTIES_KEY: &str = "portOffset";
const TOML_PROPERTY: &str = "system.parameter.portOffset";
const SCRIPT_OPTION: &str = "-DportOffset";

/// Every place in the home that sets the offset, in order of precedence.
pub(crate) fn written_offsets(model: &Model) -> Vec<WrittenOffset> {
    let mut written = Vec::new();
    let options = model.script().map(|(file, options)| (file, options.iter().filter(|option| option.name == "portOffset")));
    let (mut on_command_line, mut to_jvm) = (Vec::new(), Vec::new());
    if let Some((file, options)) = options {
        for option in options {
            // An option without a value becomes the text `true` (Main.java processCmdLineArgs).
            let text = option.value.clone().unwrap_or_else(|| "true".to_owned());
            let at = Location { file, span: option.span };
            let offset = WrittenOffset { text, toml: None, at, anchor: at, key: SCRIPT_OPTION };
            if option.after_main_class { on_command_line.insert(0, offset) } else { to_jvm.insert(0, offset) }
        }
    }
    let mut properties = from_rendered(model, "conf/carbon.properties", "portOffset", (TOML_PROPERTY, CARBON_PROPERTIES_KEY))
        .unwrap_or_else(|| from_toml(model, TOML_PROPERTY).into_iter().collect());
    if !model.has_template_of("conf/carbon.properties") {
        properties.splice(0..0, from_place(model, "conf/carbon.properties", "portOffset", CARBON_PROPERTIES_KEY));
    }
    if model.has(ServerTrait::PropertiesBeatCommandLine) {
        written.append(&mut properties);
    }
    written.append(&mut on_command_line);
    written.append(&mut properties);
    written.append(&mut to_jvm);
    if let Some(mut rendered) = from_rendered(model, CARBON_XML, XML_PATH, (TOML_KEY, XML_PATH)) {
        written.append(&mut rendered);
    } else if model.toml_file().is_some() {
        // carbon.xml is rendered from deployment.toml, so manual edits of it are lost.
        written.extend(from_toml(model, TOML_KEY));
    } else {
        written.append(&mut from_place(model, CARBON_XML, XML_PATH, XML_PATH));
    }
    for file in model.files.iter().filter(|file| file.name.ends_with("/deployment.yaml")) {
        written.append(&mut from_place(model, &file.name, YAML_PATH, YAML_KEY));
    }
    written
}

fn from_toml(model: &Model, key: &'static str) -> Option<WrittenOffset> {
    let given = model.given(key, &[]).filter(EffectiveValue::is_set_by_user)?;
    let text = given.text().unwrap_or_default();
    let (at, anchor) = (given.at?, given.anchor?);
    Some(WrittenOffset { text, toml: Some(given), at, anchor, key })
}

/// What the file that the server renders sets, except for defaults. `keys` are the key of deployment.toml and the name in the file. `None` if
/// the server renders no such file.
fn from_rendered(model: &Model, file: &str, path: &str, keys: (&'static str, &'static str)) -> Option<Vec<WrittenOffset>> {
    let file = match model.effective_file(file)? {
        EffectiveFile::InHome(_) => return None,
        file => file,
    };
    let written = |found: FoundValue| match found.decided_by {
        DecidedBy::Default => None,
        _ if found.value.trim().is_empty() => None,
        DecidedBy::User(key) if key == keys.0 => from_toml(model, keys.0),
        _ => Some(WrittenOffset { text: found.value, toml: None, at: found.at, anchor: found.anchor, key: keys.1 }),
    };
    Some(model.find_in(file, path).into_iter().filter_map(written).collect())
}

fn from_place(model: &Model, file: &str, path: &str, key: &'static str) -> Vec<WrittenOffset> {
    let found = model.find_in_home(&Place::new(file, path)).into_iter();
    found.map(|found| WrittenOffset { text: found.value, toml: None, at: found.at, anchor: found.anchor, key }).collect()
}

fn from_file(model: &Model, written: &WrittenOffset) -> Offset {
    let resolved = match &written.toml {
        Some(given) => resolve_value(model, given.value.as_ref()),
        None => resolve(model, &written.text),
    };
    let source = OffsetSource::File(written.at);
    match resolved {
        Resolved::Number(value) | Resolved::Ports(value, _) => Offset { value: Some(value), source, unknown: None },
        Resolved::Unknown(why) => Offset { value: None, source, unknown: Some(why) },
    }
}

/// The default offset of a profile of Enterprise Integrator 6, which ships in the profile's carbon.xml.
fn profile_default(model: &Model) -> Option<i64> {
    let (product, profile) = (model.product()?, model.identity.profile.as_deref()?);
    let parts = catalog().listeners.iter().flat_map(|listener| &listener.parts);
    parts
        .filter(|part| part.products.contains(&product.id) && part.profile.as_deref() == Some(profile))
        .find_map(|part| part.runtime_offset)
}
