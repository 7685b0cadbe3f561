//! `ref-unresolvable`: `$ref{}` with a name that no key has after mapping, inference and defaults (config-mapper
//! ReferenceResolver.java).

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Finding;
use crate::edit::{Fix, Safety};
use crate::rules::context::HomeContext;
use crate::rules::fixes;
use crate::rules::user_toml::{Part, UserToml};
use crate::server::mapper::{FaultKind, JsonFile, placeholders};
use crate::source::Span;
use crate::source::template::is_template;
use crate::suggest;

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let Some(settings) = UserToml::of_home(context.model()).filter(|_| knows_defaults(context)) else { return };
    let mut seen: BTreeSet<(Span, &str)> = BTreeSet::new();
    // What defaults and inferences refer to, by the place that stands for it.
    let mut elsewhere: BTreeMap<(Span, &str), (Part, Vec<&str>)> = BTreeMap::new();
    for fault in settings.faults(FaultKind::UnknownReference) {
        let Some(placeholder) = fault.placeholder.as_deref() else { continue };
        let Some(name) = placeholders(placeholder, "ref").into_iter().next().filter(|name| !is_template(name)) else { continue };
        let part = settings.part_in(fault);
        if part.value.is_none() {
            let key = fault.key.as_deref().unwrap_or_default();
            elsewhere.entry((part.span, name)).or_insert((part, Vec::new())).1.push(key);
        } else if seen.insert((part.span, placeholder)) {
            findings.push(written(context, settings, &part, name));
        }
    }
    for ((_, name), (part, users)) in elsewhere {
        let others = match users.len() {
            1 => String::new(),
            count => format!(" and {} more", count - 1),
        };
        let message =
            format!("`{name}` has no value, and the server does not start: `{}`{others} refer to it by default", users[0]);
        let message = if users.len() == 1 { message.replace(" refer to", " refers to") } else { message };
        let finding = settings.finding(context, &part, message).help(format!("set `{name}`"));
        findings.push(if finding.key.is_some() { finding } else { finding.key(name) });
    }
}

/// A finding about a reference that the user has written.
fn written(context: HomeContext, settings: UserToml, part: &Part, name: &str) -> Finding {
    let finding = settings.finding(context, part, format!("`$ref{{{name}}}` names no key, and the server does not start"));
    if let Some(target) = mapped(context, settings, name) {
        let help = format!("`{name}` is known as `{target}` there: write `$ref{{{target}}}`");
        return finding.help(help).fix(rename(context, settings, part, &target));
    }
    let keys: Vec<&str> = settings.configuration.values().into_keys().collect();
    let near = suggest::nearest(name, keys.iter().copied(), '.');
    let fix = near.first().filter(|_| near.len() == 1).and_then(|target| rename(context, settings, part, target));
    let mean = suggest::did_you_mean(name, keys.iter().copied(), '.');
    finding.help(mean.unwrap_or_else(|| format!("write a key that has a value, or set `{name}`"))).fix(fix)
}

/// Whether the home's default.json is there to tell the defaults.
fn knows_defaults(context: HomeContext) -> bool {
    let resources = context.model().mapping().map(|mapping| &mapping.resources);
    resources.is_some_and(|resources| resources.broken.is_empty() && !resources.json(JsonFile::Default).is_empty())
}

/// The key to which key-mappings.json renames the one that was written: a reference is looked for after the renaming.
fn mapped(context: HomeContext, settings: UserToml, name: &str) -> Option<String> {
    let (mapping, _) = context.model().configuration()?;
    let target = mapping.resources.json(JsonFile::KeyMappings).get(name)?.as_str()?;
    settings.configuration.get(target).map(|_| target.to_owned())
}

fn rename(context: HomeContext, settings: UserToml, part: &Part, name: &str) -> Option<Fix> {
    fixes::toml_of(context.model())?;
    let key = settings.entry_at(part.value?)?.key.clone();
    let written = format!("$ref{{{name}}}");
    let title = format!("refer to `{name}`");
    Some(fixes::fix_of(context.model(), settings.file, title, Safety::Unsafe, vec![(part.span, written)], vec![key]))
}
