//! `secret-undefined`: `$secret{}` with an alias that `[secrets]` does not have (config-mapper ReferenceResolver.java resolveSecrets, which
//! checks the aliases in turn until it finds an encrypted one).

use std::collections::BTreeSet;

use crate::diagnostic::{Finding, Target};
use crate::edit::{Fix, Safety};
use crate::rule_info::Severity;
use crate::rules::context::HomeContext;
use crate::rules::fixes;
use crate::rules::user_toml::{UserToml, WrittenAt};
use crate::server::mapper::{FaultKind, placeholders};
use crate::source::Span;
use crate::source::template::is_template;
use crate::suggest;

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let Some(settings) = UserToml::of(context) else {
        let found = in_template(context);
        let has_table = context.model().toml().is_some_and(|(_, document)| document.table("secrets").is_some());
        findings.extend(if has_table { found } else { as_one(found, Some(Severity::Warning)) });
        return;
    };
    let mut found = Vec::new();
    let mut seen: BTreeSet<(Span, &str)> = BTreeSet::new();
    for fault in settings.faults(FaultKind::UndefinedSecret) {
        let Some(placeholder) = fault.placeholder.as_deref() else { continue };
        let Some(alias) =
            placeholders(placeholder, "secret").into_iter().next().filter(|alias| context.is_rendering() || !is_template(alias))
        else {
            continue;
        };
        let written = settings.locate_fault(fault);
        if !seen.insert((written.span, placeholder)) {
            continue;
        }
        let message = message(placeholder);
        let near = suggest::nearest(alias, settings.configuration.secrets.aliases(), '.');
        let mean = suggest::did_you_mean(alias, settings.configuration.secrets.aliases(), '.');
        let add = help(alias);
        let quoted = near.iter().any(|near| near.contains('"'));
        let help = match mean {
            // A placeholder would need the quotes too.
            _ if quoted => format!(
                "write the alias in `[secrets]` without quotes: `{alias} = \"[...]\"`; before config-mapper 1.0.21 it keeps them"
            ),
            Some(mean) => format!("{mean} Otherwise {add}"),
            None => add,
        };
        let rename =
            near.first().filter(|_| near.len() == 1 && !quoted).and_then(|near| rename(context, settings, &written, near));
        found.push(settings.finding(context, &written, message).help(help).fix(rename));
    }
    let is_missing = settings.configuration.secrets.is_empty();
    findings.extend(if is_missing { as_one(found, None) } else { found });
}

/// The findings of a file without `[secrets]`, which have one cause. A deployment tool may still add the table: that decides the `severity`.
fn as_one(mut found: Vec<Finding>, severity: Option<Severity>) -> Vec<Finding> {
    // The mapper goes through the keys in the order of their hashes.
    let span = |finding: &Finding| if let Target::Site(site) = finding.target { Some(site.at.span) } else { None };
    found.sort_by_key(|finding| span(finding).map(|span| span.start));
    let others = found.len().saturating_sub(1);
    let mut found = found.into_iter();
    let Some(first) = found.next() else { return Vec::new() };
    let first = Finding { severity, ..first };
    if others == 0 {
        return vec![first];
    }
    let places = found.filter_map(|other| span(&other));
    let message = format!(
        "there is no `[secrets]`, but {} values refer to it: the server does not start, or runs without the secrets",
        others + 1
    );
    let help = "add `[secrets]` with a line `alias = \"[...]\"` for each, and encrypt them with `ciphertool.sh -Dconfigure`";
    vec![Finding { message, help: Some(help.to_owned()), ..first.subjects(places) }]
}

fn message(placeholder: &str) -> String {
    format!("`[secrets]` has no alias for `{placeholder}`: the server does not start, or runs without the secret")
}

fn help(alias: &str) -> String {
    format!("add `{alias} = \"[...]\"` to `[secrets]` and encrypt it with `ciphertool.sh -Dconfigure`")
}

/// The undefined secrets in a template of a deployment tool. An alias may be defined in any branch; if the tool prints lines of `[secrets]`, or
/// the table itself, it may print any.
fn in_template(context: HomeContext) -> Vec<Finding> {
    let Some((file, document)) = context.model().toml().filter(|(_, document)| document.is_template) else { return Vec::new() };
    let text = context.model().file(file).source.text_of_server();
    let header = document.tables.iter().position(|table| *table.key == *"secrets");
    let own = header.map(|header| {
        let end = document.tables.get(header + 1).map_or(text.len(), |next| next.span.start);
        Span::new(document.tables[header].span.end, end)
    });
    let may_be_printed = |tag: &Span| own.is_none_or(|own| own.start <= tag.start && tag.start < own.end);
    let is_external = document.entries.iter().any(|entry| entry.key.starts_with("runtime_secrets."));
    if is_external || document.filled.iter().any(may_be_printed) {
        return Vec::new();
    }
    let name = |line: &str| line.split_once('=').map(|(name, _)| name.trim().trim_matches(['"', '\'']).to_owned());
    let defined: BTreeSet<String> = text.lines().filter_map(name).collect();
    let mut findings = Vec::new();
    for entry in &document.entries {
        let written = entry.value_span.of(text);
        let mut from = 0;
        for alias in placeholders(written, "secret") {
            let placeholder = format!("$secret{{{alias}}}");
            let Some(at) = written[from..].find(&placeholder).map(|at| from + at) else { continue };
            from = at + placeholder.len();
            if defined.contains(alias) || is_template(alias) {
                continue;
            }
            let span = Span::new(entry.value_span.start + at, entry.value_span.start + from);
            findings.push(context.finding(file, span, message(&placeholder)).help(help(alias)).key(&entry.key));
        }
    }
    findings
}

/// Replaces the alias in the placeholder with the one that was meant.
fn rename(context: HomeContext, settings: UserToml, written: &WrittenAt, alias: &str) -> Option<Fix> {
    fixes::toml_of(context.model())?;
    let key = settings.entry_at(written.value?)?.key.to_string();
    let edit = (written.span, format!("$secret{{{alias}}}"));
    Some(fixes::fix_of(context.model(), settings.file, format!("use the alias `{alias}`"), Safety::Unsafe, vec![edit], vec![key]))
}
