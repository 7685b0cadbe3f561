//! `ref-unresolvable`: `$ref{}` to a key that is not set after mapping, inference and defaults (config-mapper
//! ReferenceResolver.java).

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Finding;
use crate::edit::{Fix, Safety};
use crate::rules::context::HomeContext;
use crate::rules::fixes;
use crate::rules::user_toml::{UserToml, WrittenAt};
use crate::server::mapper::{FaultKind, JsonFile, placeholders};
use crate::source::Span;
use crate::source::template::is_template;
use crate::suggest;

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let Some(settings) = UserToml::of_home(context).filter(|_| knows_keys(context)) else { return };
    let mut seen: BTreeSet<(Span, &str)> = BTreeSet::new();
    // References in defaults and inferred values, by the place where they are reported.
    let mut elsewhere: BTreeMap<(Span, &str), (WrittenAt, Vec<&str>)> = BTreeMap::new();
    for fault in settings.faults(FaultKind::UnknownReference) {
        let Some(placeholder) = fault.placeholder.as_deref() else { continue };
        let Some(name) =
            placeholders(placeholder, "ref").into_iter().next().filter(|name| context.is_rendering() || !is_template(name))
        else {
            continue;
        };
        let written = settings.locate_fault(fault);
        if written.value.is_none() {
            let key = fault.key.as_deref().unwrap_or_default();
            elsewhere.entry((written.span, name)).or_insert((written, Vec::new())).1.push(key);
        } else if seen.insert((written.span, placeholder)) {
            findings.push(of_reference(context, settings, &written, name));
        }
    }
    for ((_, name), (written, users)) in elsewhere {
        let refer = match users.len() {
            1 => format!("`{}` refers", users[0]),
            count => format!("`{}` and {} more refer", users[0], count - 1),
        };
        let message = format!("`{name}` has no value, but {refer} to it by default: the server does not start");
        let finding = settings.finding(context, &written, message).help(format!("set `{name}`"));
        findings.push(if finding.key.is_some() { finding } else { finding.key(name) });
    }
}

/// A finding about a reference that the user wrote.
fn of_reference(context: HomeContext, settings: UserToml, written: &WrittenAt, name: &str) -> Finding {
    let finding =
        settings.finding(context, written, format!("`$ref{{{name}}}` names a key that is not set: the server does not start"));
    if let Some(target) = mapped(context, settings, name) {
        let help = format!("write `$ref{{{target}}}`: `{name}` is renamed to `{target}` before references are resolved");
        return finding.help(help).fix(rename(context, settings, written, &target));
    }
    let keys: Vec<&str> = settings.configuration.values().into_keys().collect();
    let near = suggest::nearest(name, keys.iter().copied(), '.');
    let fix = near.first().filter(|_| near.len() == 1).and_then(|target| rename(context, settings, written, target));
    let mean = suggest::did_you_mean(name, keys.iter().copied(), '.');
    finding.help(mean.unwrap_or_else(|| format!("write a key that has a value, or set `{name}`"))).fix(fix)
}

/// Whether every key that has a value is known: the files that set keys can be read, and the home has a default.json. `render` renders without
/// one too.
fn knows_keys(context: HomeContext) -> bool {
    let Some(resources) = context.model().mapping().map(|mapping| &mapping.resources) else { return false };
    let sets_keys = |file: &JsonFile| matches!(file, JsonFile::KeyMappings | JsonFile::Infer | JsonFile::Default);
    let is_known = !resources.broken.iter().any(|(file, _)| sets_keys(file));
    is_known && (context.is_rendering() || !resources.json(JsonFile::Default).is_empty())
}

/// The key to which key-mappings.json renames `name`. References are resolved after renaming.
fn mapped(context: HomeContext, settings: UserToml, name: &str) -> Option<String> {
    let mapping = context.model().mapping()?;
    let target = mapping.resources.json(JsonFile::KeyMappings).get(name)?.as_str()?;
    settings.configuration.get(target).map(|_| target.to_owned())
}

fn rename(context: HomeContext, settings: UserToml, written: &WrittenAt, name: &str) -> Option<Fix> {
    fixes::toml_of(context.model())?;
    let key = settings.entry_at(written.value?)?.key.to_string();
    let reference = format!("$ref{{{name}}}");
    let title = format!("refer to `{name}`");
    Some(fixes::fix_of(context.model(), settings.file, title, Safety::Unsafe, vec![(written.span, reference)], vec![key]))
}
