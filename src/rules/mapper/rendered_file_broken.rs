//! `rendered-file-broken`: a file that the server renders and cannot read: malformed XML, JSON, properties.

use std::path::Path;

use crate::diagnostic::Finding;
use crate::model::{BreakCause, BrokenFile, EffectiveValue, Location, Trace, causes, faults_of, text_of};
use crate::rules::context::HomeContext;
use crate::rules::wording::listed;
use crate::server::jinjava::{PathStep, ValueEffect};
use crate::server::mapper::Resources;
use crate::source::{Kind, Span};

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let model = context.model();
    let is_wanted = model.toml_file().is_some_and(|file| model.is_requested(&model.file(file).source.path));
    if !is_wanted && !model.requests_any_template() {
        return;
    }
    for output in model.outputs() {
        // Where the server has started, the file in the home has the same text.
        let is_fine = |text: &str| {
            let file = context.model().file_named(&output.path).filter(|file| file.is_as_rendered(text));
            file.is_some_and(|file| file.template().is_none() && file.faults().is_empty() && !file.is_broken())
        };
        if let Some(text) = output.text.as_ref().filter(|text| !is_fine(text)) {
            findings.extend(of_file(context, &output.path, text));
        }
    }
}

/// What is wrong with the text that the server renders at `path`: a finding for each cause.
pub(in crate::rules) fn of_file(context: HomeContext, path: &str, text: &str) -> Vec<Finding> {
    let faults = faults_of(path, text);
    let Some(configuration) = context.configuration().filter(|_| !faults.is_empty()) else { return Vec::new() };
    let model = context.model();
    let values = model.effective_with(configuration);
    let messages: Vec<&str> = faults.iter().map(|fault| fault.message.as_str()).collect();
    let on_disk = || {
        let file = model.open(path)?;
        let same = model.file(file).faults().iter().filter(|fault| messages.contains(&fault.message.as_str()));
        Some(same.map(|fault| Location { file, span: fault.span }).collect::<Vec<Location>>())
    };
    let on_disk = on_disk().unwrap_or_default();
    let report = |broken: &BrokenFile| {
        let trace = |span: Span| broken.file.trace(values, span);
        Some(
            Report { context, path, broken, fault: trace(broken.fault.span), opening: related_of(broken).map(trace) }
                .finding()?
                .elsewhere(on_disk.iter().copied()),
        )
    };
    causes(values, path).iter().filter_map(report).collect()
}

fn related_of(broken: &BrokenFile) -> Option<Span> {
    broken.fault.related.as_ref().map(|(span, _)| *span)
}

/// A malformed file, and what wrote the places where it is malformed.
struct Report<'a> {
    context: HomeContext<'a>,
    path: &'a str,
    broken: &'a BrokenFile,
    /// Of the place where the parser stops.
    fault: Trace,
    /// Of the other place that the fault names.
    opening: Option<Trace>,
}

impl Report<'_> {
    /// The finding; `None` if it is about a template, and no finding about one is wanted.
    fn finding(&self) -> Option<Finding> {
        let Self { context, path, broken, .. } = self;
        let template = Resources::path_of_template(path);
        let fault = self.said();
        let what = format!("the server writes {} to {path}{fault}", what_is_invalid(path));
        let finding = match &broken.cause {
            BreakCause::Value(value) => {
                let message = format!("with this value of `{}`, {what}", value.name());
                let help = match Kind::of(Path::new(path)) {
                    Kind::Xml => Some("write `&lt;` for `<`, `&amp;` for `&` and `&quot;` for `\"`".to_owned()),
                    _ => broken.fault.help.clone(),
                };
                let help = help.unwrap_or_else(|| "escape the value for this file, or choose another one".to_owned());
                let finding = context.finding_at(value.at?, message).key(value.name()).help(help);
                let is_value = |steps: &[PathStep], effect| effect == ValueEffect::Printed && text_of(steps) == value.key;
                let printed = broken.file.places(context.model(), is_value).into_iter().next();
                return Some(match printed {
                    Some(place) => finding.related(context.id, place.template, "the template prints the value here"),
                    None => finding,
                });
            }
            BreakCause::Condition(keys) => {
                let first = keys.first()?;
                let message = format!("with `{}` set, {what}", first.name());
                let names: Vec<&str> = keys.iter().map(EffectiveValue::name).collect();
                let place = self.to_correct(keys).map_or_else(String::new, |at| self.line_of(at));
                let help = format!("correct {template}{place}; until then, remove {}", listed(&names));
                let mut finding = context.finding_at(first.anchor?, message).key(first.name()).help(help);
                for other in &keys[1..] {
                    let Some(at) = other.anchor else { continue };
                    finding = finding.related(context.id, at, format!("`{}` does the same", other.name()));
                }
                finding
            }
            BreakCause::Template => {
                let model = context.model();
                let is_wanted = model.is_complete && model.requests_any_template();
                if !is_wanted && !context.is_rendering() {
                    return None;
                }
                let at = *self.fault.template.last().or(self.opening.as_ref().and_then(|trace| trace.template.last()))?;
                context.finding_at(at, what).help("correct the template: no key of deployment.toml changes this")
            }
        };
        Some(self.with_places(finding))
    }

    /// The fault as the end of a sentence. Empty if it would quote a secret.
    fn said(&self) -> String {
        if self.is_secret() { String::new() } else { format!(": {}", self.broken.fault.message) }
    }

    fn is_secret(&self) -> bool {
        let opening = self.opening.iter().flat_map(|trace| &trace.keys);
        self.fault.keys.iter().chain(opening).any(EffectiveValue::has_secret)
    }

    /// The place in the template that is wrong: of the two that the fault names, the one that only `keys` cause.
    fn to_correct(&self, keys: &[EffectiveValue]) -> Option<Location> {
        let is_under =
            |trace: &&Trace| trace.conditions.iter().any(|condition| condition.keys.iter().any(|key| keys.contains(key)));
        let under = self.opening.iter().chain([&self.fault]).find(is_under).unwrap_or(&self.fault);
        under.template.last().copied()
    }

    fn line_of(&self, at: Location) -> String {
        let file = &self.context.model().file(at.file).source;
        format!(", line {}", file.place(at.span).start.line)
    }

    /// The finding with the places in the template.
    fn with_places(&self, finding: Finding) -> Finding {
        let context = self.context;
        let is_secret = self.is_secret();
        let mut finding = finding;
        if let (Some(at), false) = (self.fault.template.last(), matches!(self.broken.cause, BreakCause::Template)) {
            let text = self.broken.fault.span.of(&self.broken.file.source.text);
            let message = if is_secret || text.is_empty() || text.contains('\n') {
                "the template writes this part of the file".to_owned()
            } else {
                format!("the template writes `{text}` here")
            };
            finding = finding.related(context.id, *at, message);
        }
        if let (Some(trace), Some((_, message)), false) = (&self.opening, &self.broken.fault.related, is_secret)
            && let Some(at) = trace.template.last()
        {
            finding = finding.related(context.id, *at, message.clone());
        }
        finding
    }
}

/// What the file at `path` contains, and is not.
fn what_is_invalid(path: &str) -> &'static str {
    match Kind::of(Path::new(path)) {
        Kind::Xml => "invalid XML",
        Kind::Json => "invalid JSON",
        Kind::Toml => "invalid TOML",
        Kind::Yaml => "invalid YAML",
        Kind::Properties | Kind::Script | Kind::Text => "invalid properties",
    }
}
