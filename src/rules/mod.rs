//! Runs the rules. Their names and prose are data in `rules/`; conditions that need code are the checks in this folder.

mod by_name;
mod confidence;
mod context;
mod declarative;
mod drift;
mod fingerprints;
mod fixes;
mod keys;
mod mapper;
mod ports;
mod properties_structure;
mod redaction;
mod references;
mod registry;
mod secrets;
mod source;
pub(crate) mod start;
mod tls;
mod toml_structure;
mod transport;
mod urls;
mod user_toml;
mod wording;
mod xml_structure;
mod yaml_structure;

use std::collections::BTreeSet;

use context::{HomeAnswers, HomeContext, RuleContext};
use redaction::Redaction;
use registry::{Check, LAST_CHECKS};

use crate::diagnostic::{Diagnostic, Finding, Site, Target};
use crate::model::{FileId, HomeId, Location, Model};
use crate::rule_info::{RuleInfo, Severity, rules};
use crate::source::Span;
use crate::workspace::{Home, Workspace};

/// Which rules run, and for which profile.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Rules or categories to run; empty for all.
    pub select: Vec<String>,
    /// Rules or categories to leave out.
    pub ignore: Vec<String>,
    /// `production` or `development`.
    pub profile: Option<String>,
}

impl Selection {
    /// Whether the rule of this name runs.
    pub(crate) fn takes_rule(&self, name: &str) -> bool {
        rules().iter().any(|rule| rule.name == name && self.takes(rule))
    }

    /// Whether `rule` runs.
    fn takes(&self, rule: &RuleInfo) -> bool {
        let named = |names: &[String]| names.iter().any(|name| *name == rule.name || *name == rule.category);
        (self.select.is_empty() || named(&self.select)) && !named(&self.ignore)
    }

    /// The severity of a rule that runs; `None` if the profile leaves it out. A rule that is selected by its name runs in every profile.
    fn severity(&self, rule: &RuleInfo) -> Option<Severity> {
        match self.profile.as_ref().and_then(|profile| rule.severity_in.get(profile)) {
            None => Some(rule.severity),
            Some(in_profile) => in_profile.severity().or_else(|| self.select.contains(&rule.name).then_some(rule.severity)),
        }
    }
}

/// Runs the selected rules on the homes. The diagnostics are sorted.
pub(crate) fn run(workspace: &Workspace, selection: &Selection) -> Vec<Diagnostic> {
    let answers: Vec<HomeAnswers> = workspace.homes.iter().map(|_| HomeAnswers::default()).collect();
    let context = RuleContext { homes: &workspace.homes, problems: &workspace.problems, answers: &answers };
    let mut diagnostics = Vec::new();
    let selected = rules().iter().filter(|rule| selection.takes(rule));
    let mut selected: Vec<_> =
        selected.filter_map(|rule| Some((rule, selection.severity(rule)?, registry::check_of(rule)))).collect();
    selected.sort_by_key(|(_, _, check)| !matches!(check, Some(Check::Text(_))));
    for (rule, severity, check) in &selected {
        let mut findings = Vec::new();
        match check {
            Some(Check::Run(check)) => check(context, &mut findings),
            Some(Check::Text(check) | Check::Home(check)) => for_each_home(context, rule, |home| check(home, &mut findings)),
            None => for_each_home(context, rule, |home| declarative::check(rule, home, &mut findings)),
        }
        diagnostics.extend(findings.into_iter().map(|finding| complete(rule, *severity, finding, context.homes)));
    }
    for (name, check) in LAST_CHECKS {
        let Some((rule, severity, _)) = selected.iter().find(|(rule, ..)| rule.name == *name) else { continue };
        let mut findings = Vec::new();
        for_each_home(context, rule, |home| check(home, &mut findings));
        diagnostics.extend(findings.into_iter().map(|finding| complete(rule, *severity, finding, context.homes)));
    }
    for home in &workspace.homes {
        for model in home.model.other_readings() {
            add_reading(context, &home.read_as(model), selection, &mut diagnostics);
        }
    }
    drop_superseded(&mut diagnostics);
    let mut redaction = Redaction::default();
    for diagnostic in &mut diagnostics {
        redaction.apply(&mut diagnostic.finding, |HomeId(home)| context.homes.get(home));
    }
    diagnostics.sort_by(|one, other| one.sort_key().cmp(&other.sort_key()));
    fingerprints::add(&mut diagnostics, context.homes);
    diagnostics
}

/// Adds what the rules find in `home`, another reading of a home, and have not found in the readings before.
fn add_reading(context: RuleContext, home: &Home, selection: &Selection, diagnostics: &mut Vec<Diagnostic>) {
    let key = |diagnostic: &Diagnostic| {
        (diagnostic.rule.name.clone(), diagnostic.path.clone(), diagnostic.span, diagnostic.finding.message.clone())
    };
    let mut known: BTreeSet<_> = diagnostics.iter().map(key).collect();
    let answers = HomeAnswers::default();
    for rule in rules().iter().filter(|rule| selection.takes(rule) && applies_to(rule, &home.model)) {
        let Some(severity) = selection.severity(rule) else { continue };
        let mut findings = Vec::new();
        let context = context.reading(home, &answers);
        match registry::check_of(rule) {
            // A rule about several homes looks at their first readings.
            Some(Check::Run(_)) => {}
            Some(Check::Text(check) | Check::Home(check)) => check(context, &mut findings),
            None => declarative::check(rule, context, &mut findings),
        }
        // Only the filled in files differ, and only they are certain to have the same number in each reading.
        let is_here = |at: Location| home.model.is_filled_in(at.file);
        findings.retain(|finding| matches!(&finding.target, Target::Site(Site { at, .. }) if is_here(*at)));
        for mut finding in findings {
            finding.related.retain(|related| related.site.home == home.id && is_here(related.site.at));
            finding.elsewhere.retain(|at| is_here(*at));
            let diagnostic = complete(rule, severity, finding, context.homes);
            if known.insert(key(&diagnostic)) {
                diagnostics.push(diagnostic);
            }
        }
    }
}

/// Drops the findings at places that a superseding rule has reported. A rule that did not run, or found nothing there, supersedes nothing.
fn drop_superseded(diagnostics: &mut Vec<Diagnostic>) {
    let mut reported: BTreeSet<(&str, HomeId, FileId, Span)> = BTreeSet::new();
    for diagnostic in diagnostics.iter().filter(|diagnostic| !diagnostic.rule.supersedes.is_empty()) {
        let Target::Site(Site { home, at }) = diagnostic.finding.target else { continue };
        let here = diagnostic.finding.subjects.iter().chain([&at.span]).map(|span| (at.file, *span));
        let elsewhere = diagnostic.finding.elsewhere.iter().map(|place| (place.file, place.span));
        for (file, span) in here.chain(elsewhere) {
            reported.extend(diagnostic.rule.supersedes.iter().map(|rule| (rule.as_str(), home, file, span)));
        }
    }
    diagnostics.retain(|diagnostic| {
        let Target::Site(Site { home, at }) = diagnostic.finding.target else { return true };
        let is_reported = |span: &Span| reported.contains(&(diagnostic.rule.name.as_str(), home, at.file, *span));
        // A finding about several places is superseded only if all of them are.
        let subjects = &diagnostic.finding.subjects;
        if subjects.is_empty() { !is_reported(&at.span) } else { !subjects.iter().all(is_reported) }
    });
}

fn for_each_home(context: RuleContext, rule: &RuleInfo, mut check: impl FnMut(HomeContext)) {
    for (id, _) in context.homes().filter(|(_, home)| applies_to(rule, &home.model)) {
        check(context.home(id));
    }
}

/// Whether a rule applies to the product and version of `model`. A rule that names products does not apply to an unknown product.
fn applies_to(rule: &RuleInfo, model: &Model) -> bool {
    let version = model.catalogue_version();
    rule.applies.is_empty()
        || rule.applies.iter().any(|applies| {
            model.is_product(&[&applies.product]) && version.as_ref().is_none_or(|version| applies.versions.contains(version))
        })
}

fn complete(rule: &'static RuleInfo, severity: Severity, mut finding: Finding, homes: &[Home]) -> Diagnostic {
    if let Some(HomeId(home)) = finding.target.home() {
        by_name::settle(&mut finding, rule, &homes[home].model);
    }
    let (path, span) = match &finding.target {
        Target::Site(Site { home, at }) => (homes[home.0].model.file(at.file).source.path.clone(), at.span),
        Target::Path(path, _) => (path.clone(), Span::default()),
    };
    // A finding can override the severity of its rule, but not exceed a severity set by the profile.
    let severity = match finding.severity {
        Some(own) if severity == rule.severity => own,
        Some(own) => own.min(severity),
        None => severity,
    };
    Diagnostic { rule, severity, finding, path, span, fingerprint: String::new() }
}

/// Whether `name` is a rule or a category.
pub(crate) fn is_rule_or_category(name: &str) -> bool {
    rules().iter().any(|rule| rule.name == name || rule.category == name)
}
