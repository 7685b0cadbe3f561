//! Runs the rules. Their names and prose are data in `rules/`; conditions that need code are the checks in this folder.

mod by_name;
mod cluster;
mod confidence;
mod configuration;
mod context;
mod database;
mod declarative;
mod drift;
mod fingerprints;
mod fixes;
mod key_pattern;
mod keys;
mod logging;
mod mapper;
mod ports;
mod properties_structure;
mod redaction;
mod references;
mod registry;
mod secrets;
mod selection;
mod source;
pub(crate) mod start;
mod toml_structure;
mod transport;
mod urls;
mod user_toml;
mod wording;
mod xml_structure;
mod yaml_structure;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use configuration::unused_suppression;
use context::{HomeAnswers, HomeContext, RuleContext};
use redaction::redact_finding;
use registry::{Check, LAST_CHECKS};
pub use selection::Selection;
pub(crate) use selection::{RulesOfHomes, SelectedRules};

use crate::diagnostic::{Diagnostic, Finding, Site, Target};
use crate::model::{FileId, HomeId, Location, Model};
use crate::ports::Listener;
use crate::rule_info::{RuleInfo, Severity};
use crate::source::Span;
use crate::workspace::{Home, Workspace};

/// What the rules that look at one home at a time find in `home`, in no certain order.
pub(crate) fn check_home(home: &Home, selected: &SelectedRules) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let answers = HomeAnswers::default();
    let context = HomeContext::new(home, &answers);
    run_checks(context, selected, |rule, severity, finding| diagnostics.push(complete(rule, severity, finding, &home.model)));
    for (name, check) in LAST_CHECKS {
        let Some((rule, severity, _)) = selected.running().find(|(rule, ..)| rule.name == *name) else { continue };
        if applies_to(rule, &home.model) {
            let mut findings = Vec::new();
            check(context, &mut findings);
            diagnostics.extend(findings.into_iter().map(|finding| complete(rule, *severity, finding, &home.model)));
        }
    }
    for model in home.model.other_readings() {
        add_reading(&home.read_as(model), selected, &mut diagnostics);
    }
    for diagnostic in &mut diagnostics {
        redact_finding(&mut diagnostic.finding, |id| (id == home.id).then_some(home));
    }
    diagnostics
}

/// Runs the checks of one home, and passes their findings on.
fn run_checks(context: HomeContext, selected: &SelectedRules, mut found: impl FnMut(&Arc<RuleInfo>, Severity, Finding)) {
    for (rule, severity, check) in selected.running().filter(|(rule, ..)| applies_to(rule, context.model())) {
        let mut findings = Vec::new();
        match check {
            // They look at all homes at once, and at their first readings, or at what the others have found.
            Some(Check::Run(_) | Check::Findings) => {}
            Some(Check::Text(check) | Check::Home(check)) => check(context, &mut findings),
            None => declarative::check(rule, context, &mut findings),
        }
        for finding in findings {
            found(rule, *severity, finding);
        }
    }
}

/// Adds what the rules find in `home`, another reading of a home, and have not found in the readings before.
fn add_reading(home: &Home, selected: &SelectedRules, diagnostics: &mut Vec<Diagnostic>) {
    let key = |diagnostic: &Diagnostic| {
        (diagnostic.rule.name.clone(), diagnostic.path.clone(), diagnostic.span, diagnostic.finding.message.clone())
    };
    let mut known: BTreeSet<_> = diagnostics.iter().map(key).collect();
    let answers = HomeAnswers::default();
    run_checks(HomeContext::new(home, &answers), selected, |rule, severity, mut finding| {
        // Only the filled in files differ, and only they are certain to have the same number in each reading.
        let is_here = |at: Location| home.model.is_filled_in(at.file);
        if !matches!(&finding.target, Target::Site(Site { at, .. }) if is_here(*at)) {
            return;
        }
        finding.related.retain(|related| related.site.home == home.id && is_here(related.site.at));
        finding.elsewhere.retain(|at| is_here(*at));
        let diagnostic = complete(rule, severity, finding, &home.model);
        if known.insert(key(&diagnostic)) {
            diagnostics.push(diagnostic);
        }
    });
}

/// Adds what the rules that look at all homes at once find to the `diagnostics` of the single homes, and sorts them.
pub(crate) fn check_homes(workspace: &Workspace, selected: &RulesOfHomes, mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let homes = &workspace.homes;
    for (rule, _, check) in selected.anywhere() {
        let Some(Check::Run(check)) = check else { continue };
        let mut findings = Vec::new();
        check(RuleContext { homes, problems: &workspace.problems, rule }, &mut findings);
        for finding in findings {
            let Some((_, severity)) = selected.in_home(finding.target.home()).rule(&rule.name) else { continue };
            let mut diagnostic = match finding.target.home() {
                Some(HomeId(home)) => complete(rule, severity, finding, &homes[home].model),
                None => complete_without_home(rule, severity, finding),
            };
            redact_finding(&mut diagnostic.finding, |HomeId(home)| homes.get(home));
            diagnostics.push(diagnostic);
        }
    }
    settle_answered(&mut diagnostics, homes);
    drop_superseded(&mut diagnostics);
    apply_suppressions(&mut diagnostics, homes, selected);
    diagnostics
        .retain(|diagnostic| selected.in_home(diagnostic.home()).reports(&diagnostic.rule) && !is_left_out(diagnostic, homes));
    for diagnostic in &mut diagnostics {
        diagnostic.severity = configured_severity(diagnostic, homes).unwrap_or(diagnostic.severity);
    }
    diagnostics.sort_by(|one, other| one.sort_key().cmp(&other.sort_key()));
    fingerprints::add(&mut diagnostics, homes);
    diagnostics
}

/// Drops the findings about ports that a home opens, and lowers those about a host name that several homes share.
fn settle_answered(diagnostics: &mut Vec<Diagnostic>, homes: &[Home]) {
    if diagnostics.iter().all(|diagnostic| diagnostic.finding.answered.is_none()) {
        return;
    }
    let listeners = homes.iter().flat_map(|home| &home.ports().listeners);
    let open: BTreeSet<i64> = listeners.filter(|listener| listener.enabled).filter_map(Listener::port).collect();
    diagnostics.retain(|diagnostic| diagnostic.finding.answered.as_ref().is_none_or(|answered| !open.contains(&answered.port)));
    let mut owners: BTreeMap<String, usize> = BTreeMap::new();
    for host in homes.iter().filter_map(|home| home.model.hostname()) {
        *owners.entry(host.to_ascii_lowercase()).or_default() += 1;
    }
    let is_shared = |host: &String| owners.get(&host.to_ascii_lowercase()).is_some_and(|owners| *owners > 1);
    for diagnostic in diagnostics {
        if diagnostic.finding.answered.as_ref().and_then(|answered| answered.host.as_ref()).is_some_and(is_shared) {
            diagnostic.severity = diagnostic.severity.min(Severity::Info);
        }
    }
}

/// Drops what comments suppress, and adds the findings about comments that suppress nothing.
fn apply_suppressions(diagnostics: &mut Vec<Diagnostic>, homes: &[Home], selected: &RulesOfHomes) {
    let unused = unused_suppression::apply(diagnostics, homes, |home, name| selected.in_home(Some(home)).rule(name).is_some());
    for finding in unused {
        let Some(HomeId(home)) = finding.target.home() else { continue };
        if let Some((rule, severity)) = selected.in_home(Some(HomeId(home))).rule("unused-suppression") {
            diagnostics.push(complete(rule, severity, finding, &homes[home].model));
        }
    }
}

/// Whether the carbonlint.toml of the home leaves a finding out.
fn is_left_out(diagnostic: &Diagnostic, homes: &[Home]) -> bool {
    let RuleInfo { name, category, .. } = &*diagnostic.rule;
    diagnostic.home().is_some_and(|HomeId(home)| homes[home].leaves_out(&diagnostic.path, [name, category]))
}

/// The severity that the carbonlint.toml of the home gives to the rule, whatever the finding itself says.
fn configured_severity(diagnostic: &Diagnostic, homes: &[Home]) -> Option<Severity> {
    let config = diagnostic.home().and_then(|HomeId(home)| homes[home].config())?;
    config.severity.get(&diagnostic.rule.name)?.severity()
}

/// Drops the findings at places that a superseding rule has reported. A rule that did not run, or found nothing there, supersedes nothing.
fn drop_superseded(diagnostics: &mut Vec<Diagnostic>) {
    let mut reported: BTreeSet<(String, HomeId, FileId, Span)> = BTreeSet::new();
    for diagnostic in diagnostics.iter().filter(|diagnostic| !diagnostic.rule.supersedes.is_empty()) {
        let Target::Site(Site { home, at }) = diagnostic.finding.target else { continue };
        let here = diagnostic.finding.subjects.iter().chain([&at.span]).map(|span| (at.file, *span));
        let elsewhere = diagnostic.finding.elsewhere.iter().map(|place| (place.file, place.span));
        for (file, span) in here.chain(elsewhere) {
            reported.extend(diagnostic.rule.supersedes.iter().map(|rule| (rule.clone(), home, file, span)));
        }
    }
    diagnostics.retain(|diagnostic| {
        let Target::Site(Site { home, at }) = diagnostic.finding.target else { return true };
        let is_reported = |span: &Span| reported.contains(&(diagnostic.rule.name.clone(), home, at.file, *span));
        // A finding about several places is superseded only if all of them are.
        let subjects = &diagnostic.finding.subjects;
        if subjects.is_empty() { !is_reported(&at.span) } else { !subjects.iter().all(is_reported) }
    });
}

/// Whether a rule applies to the product and version of `model`. A rule that names products does not apply to an unknown product.
fn applies_to(rule: &RuleInfo, model: &Model) -> bool {
    let version = model.catalogue_version();
    rule.applies.is_empty()
        || rule.applies.iter().any(|applies| {
            model.is_product(&[&applies.product]) && version.as_ref().is_none_or(|version| applies.versions.contains(version))
        })
}

/// The diagnostic of a finding in the home that `model` is of.
fn complete(rule: &Arc<RuleInfo>, severity: Severity, mut finding: Finding, model: &Model) -> Diagnostic {
    by_name::settle(&mut finding, rule, model);
    let (path, span) = match &finding.target {
        Target::Site(Site { at, .. }) => (model.file(at.file).source.path.clone(), at.span),
        Target::Path(path, _) => (path.clone(), Span::default()),
    };
    let severity = severity_of(&finding, rule, severity);
    Diagnostic { rule: Arc::clone(rule), severity, finding, path, span, fingerprint: String::new() }
}

/// The diagnostic of a finding about a path outside of all homes.
fn complete_without_home(rule: &Arc<RuleInfo>, severity: Severity, finding: Finding) -> Diagnostic {
    let path = match &finding.target {
        Target::Path(path, _) => path.clone(),
        Target::Site(_) => PathBuf::new(),
    };
    let severity = severity_of(&finding, rule, severity);
    Diagnostic { rule: Arc::clone(rule), severity, finding, path, span: Span::default(), fingerprint: String::new() }
}

/// A finding can override the severity of its rule, but not exceed a severity set by the profile.
fn severity_of(finding: &Finding, rule: &RuleInfo, severity: Severity) -> Severity {
    match finding.severity {
        Some(own) if severity == rule.severity => own,
        Some(own) => own.min(severity),
        None => severity,
    }
}

/// Whether a diagnostic depends on other homes than its own.
pub(crate) fn looks_at_other_homes(diagnostic: &Diagnostic) -> bool {
    diagnostic.finding.answered.is_some() || matches!(registry::check_of(&diagnostic.rule), Some(Check::Run(_)))
}
