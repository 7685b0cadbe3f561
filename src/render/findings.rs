//! What keeps a server from rendering, with its place: in deployment.toml, in a JSON file of the mapper, or in a template.

use std::path::PathBuf;

use super::Rendering;
use crate::model::Location;
use crate::rule_info::Severity;
use crate::server::jinjava::{self, Effect};
use crate::server::mapper::{FaultKind, JsonFile, MappingFault, Origin, Renderer, resources};
use crate::source::{FileRange, LineIndex, Span};

/// Something that stops the server from starting, or that carbonlint cannot follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderFinding {
    /// The file.
    pub path: PathBuf,
    /// Where in it, if anywhere.
    pub range: Option<FileRange>,
    /// An error stops the server from starting. With a warning it is unknown what the server does.
    pub severity: Severity,
    /// The key of deployment.toml with the faulty value, as the user wrote it.
    pub key: Option<String>,
    /// What is wrong: lower case, no full stop, values in backticks.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

impl RenderFinding {
    /// A whole file that cannot be read.
    pub(super) fn of_file(path: PathBuf, message: String) -> Self {
        Self { path, range: None, severity: Severity::Warning, key: None, message, help: None }
    }

    /// A fault of the template at `path`.
    pub(super) fn of_template(path: PathBuf, template: &str, lines: &LineIndex, fault: &jinjava::TemplateFault) -> Self {
        let own = |offset| Renderer::denormalized(template, offset);
        let span = Span::new(own(fault.span.start), own(fault.span.end)).clamped(template);
        let range = Some(lines.place(template, span));
        let (severity, help) = match fault.effect {
            Effect::Fatal => (Severity::Error, "correct the template: until then the server does not start"),
            _ => (Severity::Warning, "carbonlint cannot follow the template: what the server writes is unknown"),
        };
        Self { path, range, severity, key: None, message: fault.message.clone(), help: Some(help.to_owned()) }
    }
}

impl Rendering<'_> {
    /// What is wrong before anything is rendered: values that the mapper fails on, and JSON files that it cannot read.
    pub fn findings(&self) -> Vec<RenderFinding> {
        let broken = self.resources.broken.iter().map(|(file, reason)| RenderFinding {
            path: self.in_home(&format!("{}/{}", resources::FOLDER, file.name())),
            range: None,
            severity: Severity::Error,
            key: None,
            message: format!("is not valid JSON: {reason}"),
            help: Some("restore the file as shipped; this output ignores it".to_owned()),
        });
        let mut findings: Vec<RenderFinding> = broken.chain(self.causes().map(|fault| self.of_fault(fault))).collect();
        findings.sort_by(|one, other| (&one.path, one.range, &one.message).cmp(&(&other.path, other.range, &other.message)));
        findings.dedup();
        findings
    }

    /// The faults of the configuration, without those that only result from an unresolved placeholder.
    fn causes(&self) -> impl Iterator<Item = &MappingFault> {
        let faults = &self.configuration.faults;
        let is_unresolved =
            |key: &String| faults.iter().any(|fault| fault.placeholder.is_some() && fault.key.as_ref() == Some(key));
        faults.iter().filter(move |fault| {
            let follows = matches!(fault.kind, FaultKind::Time | FaultKind::Validation);
            !(follows && fault.key.as_ref().is_some_and(is_unresolved))
        })
    }

    fn of_fault(&self, fault: &MappingFault) -> RenderFinding {
        if fault.kind == FaultKind::KeyMapping {
            let path = self.in_home(&format!("{}/{}", resources::FOLDER, JsonFile::KeyMappings.name()));
            return RenderFinding { severity: Severity::Error, ..RenderFinding::of_file(path, fault.message.clone()) };
        }
        let (written, at) = fault.key.as_deref().map_or((None, None), |key| self.place_of(key, fault));
        let message = match (&fault.placeholder, &fault.key) {
            (Some(_), Some(key)) => format!("{}, and `{}` needs it", fault.message, written.as_deref().unwrap_or(key)),
            _ => fault.message.clone(),
        };
        let toml = || self.model.toml_file();
        let file = at.map(|at| at.file).or_else(toml).map(|file| &self.model.file(file).source);
        let path = file.map_or_else(|| self.model.path().to_path_buf(), |source| source.path.clone());
        let range = file.zip(at).map(|(source, at)| source.place(at.span));
        let help = help(fault).map(ToOwned::to_owned);
        RenderFinding { path, range, severity: Severity::Error, key: written.or_else(|| fault.key.clone()), message, help }
    }

    /// The key under which the user wrote the faulty value, and the location of the value.
    fn place_of(&self, key: &str, fault: &MappingFault) -> (Option<String>, Option<Location>) {
        let configuration = &self.configuration;
        let user = |key: &str| {
            let setting = configuration.settings.get(key)?;
            let (file, text) = self.model.plain_toml()?;
            let holds = |span: &&Span| fault.placeholder.as_ref().is_none_or(|placeholder| span.of(text).contains(placeholder));
            let span = setting.values.iter().find(holds).or(setting.values.first()).copied().unwrap_or(setting.key);
            Some(Location { file, span })
        };
        match configuration.get(key).map(|effective| &effective.origin) {
            Some(Origin::User { key }) => (Some(key.clone()), user(key)),
            Some(Origin::Inferred { from }) => {
                let from = configuration.setting_of(from).map_or(from.as_str(), |(key, _)| key);
                (None, user(from))
            }
            Some(Origin::Default) => (None, self.model.home_default(key).map(|(_, at)| at)),
            None => (None, user(key)),
        }
    }
}

/// What to do about a fault.
fn help(fault: &MappingFault) -> Option<&'static str> {
    Some(match fault.kind {
        FaultKind::UnsetVariable => {
            "set it in the environment of this command or with --env-file FILE; the server needs it in its own environment"
        }
        FaultKind::UnsetProperty => "pass --sys NAME=VALUE; the server needs -DNAME=VALUE",
        FaultKind::UndefinedSecret => "add the alias to `[secrets]`",
        FaultKind::PlainSecret => "encrypt it with `bin/ciphertool.sh -Dconfigure`",
        FaultKind::UnknownReference => "refer to a key that deployment.toml, infer.json or default.json sets",
        FaultKind::CircularReference => "replace one of the references with a value",
        FaultKind::Time => "write a whole number and a unit (d, h, m, s or ms)",
        _ => return None,
    })
}
