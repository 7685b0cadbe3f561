//! `log4j2-dangling`: names in log4j2.properties that do not meet: lists, definitions and references (log4j-core PropertiesConfigurationBuilder.java).

use std::collections::BTreeMap;

use crate::diagnostic::Finding;
use crate::model::{Content, EffectiveFile, FileId};
use crate::rules::context::HomeContext;
use crate::source::Span;
use crate::source::properties::{Properties, Property};
use crate::suggest::did_you_mean_name;

const FILE: &str = "conf/log4j2.properties";

/// The lists, the beginnings of the definitions of what they name, and what a definition needs.
const LISTS: [(&str, &str, &str); 2] = [("appenders", "appender", "type"), ("loggers", "logger", "name")];

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let Some(EffectiveFile::InHome(file)) = context.model().effective_file(FILE) else { return };
    let Content::Properties(properties) = context.model().file(file).content() else { return };
    let mut listed: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (list, prefix, needed) in LISTS {
        let Some(property) = properties.get(list) else { continue };
        let names: Vec<&str> = property.value.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
        for name in &names {
            if properties.get(&format!("{prefix}.{name}.{needed}")).is_none() {
                findings.push(undefined(context, file, properties, (property, list, prefix, needed), name));
            }
        }
        listed.insert(prefix, names);
    }
    // Without a list, Log4j takes every definition.
    if let Some(appenders) = listed.get("appender") {
        check_references(context, file, properties, appenders, listed.get("logger").map(Vec::as_slice), findings);
    }
}

/// A name in a list that nothing defines.
fn undefined(
    context: HomeContext,
    file: FileId,
    properties: &Properties,
    (property, list, prefix, needed): (&Property, &str, &str, &str),
    name: &str,
) -> Finding {
    let written = property.value_span;
    let text = written.of(&context.model().file(file).source.text);
    let is_whole = |at: usize| {
        let is_part = |character: char| character.is_alphanumeric() || matches!(character, '_' | '-' | '.');
        !text[..at].ends_with(is_part) && !text[at + name.len()..].starts_with(is_part)
    };
    let at = text.match_indices(name).map(|(at, _)| at).find(|at| is_whole(*at));
    let span = at.map_or(written, |at| Span::new(written.start + at, written.start + at + name.len()));
    let defined =
        properties.entries.iter().filter_map(|entry| entry.key.strip_prefix(prefix)?.strip_prefix('.')?.split('.').next());
    let defined: std::collections::BTreeSet<&str> = defined.collect();
    let help = did_you_mean_name(name, defined.iter().copied().filter(|known| *known != name));
    let help = help.unwrap_or_else(|| format!("write `{prefix}.{name}.{needed} = …`, or remove it from the list"));
    let message = format!("`{list}` lists `{name}`, and nothing defines `{prefix}.{name}.{needed}`");
    context.finding(file, span, message).help(help).key(list)
}

/// Checks that the appenders that listed loggers refer to are listed themselves.
fn check_references(
    context: HomeContext,
    file: FileId,
    properties: &Properties,
    appenders: &[&str],
    loggers: Option<&[&str]>,
    findings: &mut Vec<Finding>,
) {
    // An appender is referred to by its `name`, which is often the word in the list too.
    let name_of = |listed: &str| properties.get(&format!("appender.{listed}.name")).map(|name| name.value.trim());
    let names: Vec<&str> = appenders.iter().map(|listed| name_of(listed).unwrap_or(listed)).collect();
    for property in &properties.entries {
        let mut parts = property.key.split('.');
        let is_used = match (parts.next(), parts.next()) {
            (Some("rootLogger"), Some("appenderRef")) => true,
            (Some("logger"), Some(logger)) => {
                parts.next() == Some("appenderRef") && loggers.is_none_or(|listed| listed.contains(&logger))
            }
            _ => false,
        };
        let name = property.value.trim();
        if !is_used || property.key.rsplit('.').next() != Some("ref") || names.contains(&name) || name.contains("${") {
            continue;
        }
        let help = did_you_mean_name(name, names.iter().copied())
            .unwrap_or_else(|| format!("define the appender and add it to `appenders`, or remove `{}`", property.key));
        let message = format!("there is no appender `{name}` in `appenders`");
        findings.push(context.finding(file, property.key_span, message).help(help).key(&property.key));
    }
}
