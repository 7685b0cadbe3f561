//! `secret-undefined`: `$secret{}` with an alias that `[secrets]` does not have (config-mapper ReferenceResolver.java resolveSecrets, which
//! checks the aliases in turn until it finds an encrypted one).

use std::collections::BTreeSet;

use crate::diagnostic::Finding;
use crate::edit::{Fix, Safety};
use crate::rules::context::HomeContext;
use crate::rules::fixes;
use crate::rules::user_toml::{UserToml, WrittenAt};
use crate::server::mapper::{FaultKind, placeholders};
use crate::source::Span;
use crate::source::template::is_template;
use crate::suggest;

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let Some(settings) = UserToml::of(context) else { return };
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
        let message =
            format!("`[secrets]` has no alias for `{placeholder}`: the server does not start, or runs without the secret");
        let near = suggest::nearest(alias, settings.configuration.secrets.aliases(), '.');
        let mean = suggest::did_you_mean(alias, settings.configuration.secrets.aliases(), '.');
        let add = format!("add `{alias} = \"[...]\"` to `[secrets]` and encrypt it with `ciphertool.sh -Dconfigure`");
        let help = mean.map_or_else(|| add.clone(), |mean| format!("{mean} Otherwise {add}"));
        let rename = near.first().filter(|_| near.len() == 1).and_then(|near| rename(context, settings, &written, near));
        findings.push(settings.finding(context, &written, message).help(help).fix(rename));
    }
}

/// Replaces the alias in the placeholder with the one that was meant.
fn rename(context: HomeContext, settings: UserToml, written: &WrittenAt, alias: &str) -> Option<Fix> {
    fixes::toml_of(context.model())?;
    let key = settings.entry_at(written.value?)?.key.clone();
    let edit = (written.span, format!("$secret{{{alias}}}"));
    Some(fixes::fix_of(context.model(), settings.file, format!("use the alias `{alias}`"), Safety::Unsafe, vec![edit], vec![key]))
}
