//! The rules: what each is called and says (data of `rules/`), the programs of those that need one, and how they are run.

mod declarative;
mod drift;
mod fixes;
mod info;
mod keys;
mod knowledge;
mod mapper;
mod ports;
mod properties_structure;
mod references;
mod secrets;
mod settings;
mod source;
mod toml_structure;
mod transport;
mod xml_structure;
mod yaml_structure;

pub use info::{RuleInfo, rule, rules};
pub use knowledge::with_confidence;

use crate::diagnostic::{Diagnostic, Finding, Severity, Site, Target, fingerprint};
use crate::home::ReadError;
use crate::model::{FileId, LoadedFile, Location, Model};
use crate::paths::DisplayPaths;
use crate::ports::PortTable;
use crate::source::{Kind, Span, SyntaxError};

/// A home with what is worked out of it.
#[derive(Debug)]
pub struct Home {
    /// Its files.
    pub model: Model,
    /// Its listeners.
    pub ports: PortTable,
}

/// Everything that a rule may look at.
#[derive(Debug, Clone, Copy)]
pub struct RuleContext<'a> {
    /// All homes of the run.
    pub homes: &'a [Home],
    /// What could not be looked at outside of any home.
    pub problems: &'a [ReadError],
}

/// One home out of those.
#[derive(Debug, Clone, Copy)]
pub struct HomeContext<'a> {
    /// Its number.
    pub number: usize,
    /// The home.
    pub home: &'a Home,
    /// All homes of the run.
    pub homes: &'a [Home],
}

impl<'a> HomeContext<'a> {
    /// The model of the home.
    pub fn model(&self) -> &'a Model {
        &self.home.model
    }

    /// The listeners of the home.
    pub fn ports(&self) -> &'a PortTable {
        &self.home.ports
    }

    /// The files of the home with their numbers.
    pub fn files(&self) -> impl Iterator<Item = (FileId, &'a LoadedFile)> {
        self.home.model.files.iter().enumerate()
    }
}

/// The program of a rule.
#[derive(Clone, Copy)]
enum Check {
    /// Looks at one home at a time.
    Home(fn(HomeContext, &mut Vec<Finding>)),
    /// Looks at all of them.
    Run(fn(RuleContext, &mut Vec<Finding>)),
}

/// Every rule that needs a program; the rest carry their condition in `rules/`.
static CHECKS: &[(&str, Check)] = &[
    ("path-unreadable", Check::Run(source::path_unreadable::check)),
    ("file-too-large", Check::Home(source::file_too_large::check)),
    ("nesting-too-deep", Check::Home(source::nesting_too_deep::check)),
    ("encoding-invalid", Check::Home(source::encoding_invalid::check)),
    ("toml-syntax", Check::Home(toml_structure::toml_syntax::check)),
    ("toml-refused-by-server", Check::Home(toml_structure::toml_refused_by_server::check)),
    ("supertable-after-subtable", Check::Home(toml_structure::supertable_after_subtable::check)),
    ("array-overrides-defaults", Check::Home(toml_structure::array_overrides_defaults::check)),
    ("bad-time-unit", Check::Home(toml_structure::bad_time_unit::check)),
    ("key-collision", Check::Home(toml_structure::key_collision::check)),
    ("fatal-mapped-key", Check::Home(toml_structure::fatal_mapped_key::check)),
    ("number-needs-quotes", Check::Home(toml_structure::number_needs_quotes::check)),
    ("value-refused", Check::Home(toml_structure::value_refused::check)),
    ("ref-cycle", Check::Home(references::ref_cycle::check)),
    ("ref-in-array-table", Check::Home(references::ref_in_array_table::check)),
    ("ref-replaces-whole", Check::Home(references::ref_replaces_whole::check)),
    ("ref-unresolvable", Check::Home(references::ref_unresolvable::check)),
    ("unknown-placeholder", Check::Home(references::unknown_placeholder::check)),
    ("secret-plaintext", Check::Home(secrets::secret_plaintext::check)),
    ("secret-undefined", Check::Home(secrets::secret_undefined::check)),
    ("secret-not-string", Check::Home(secrets::secret_not_string::check)),
    ("config-update-disabled", Check::Home(drift::config_update_disabled::check)),
    ("managed-file-edited", Check::Home(drift::managed_file_edited::check)),
    ("stale-generated", Check::Home(drift::stale_generated::check)),
    ("template-edited", Check::Home(drift::template_edited::check)),
    ("toml-missing", Check::Home(drift::toml_missing::check)),
    ("mapper-file-broken", Check::Home(mapper::mapper_file_broken::check)),
    ("template-fails", Check::Home(mapper::template_fails::check)),
    ("key-in-wrong-table", Check::Home(keys::key_in_wrong_table::check)),
    ("unknown-key", Check::Home(keys::unknown_key::check)),
    ("enable-vs-enabled", Check::Home(keys::enable_vs_enabled::check)),
    ("table-vs-array", Check::Home(keys::table_vs_array::check)),
    ("quoted-boolean", Check::Home(keys::quoted_boolean::check)),
    ("unknown-value", Check::Home(keys::unknown_value::check)),
    ("dead-passthru-tls-key", Check::Home(keys::dead_passthru_tls_key::check)),
    ("xml-unescaped-value", Check::Home(keys::xml_unescaped_value::check)),
    ("xml-not-well-formed", Check::Home(xml_structure::xml_not_well_formed::check)),
    ("yaml-syntax", Check::Home(yaml_structure::yaml_syntax::check)),
    ("properties-syntax", Check::Home(properties_structure::properties_syntax::check)),
    ("http-passthru-enabled", Check::Home(transport::http_passthru_enabled::check)),
    ("http-servlet-enabled", Check::Home(transport::http_servlet_enabled::check)),
    ("http-disable-key-unsupported", Check::Home(transport::http_disable_key_unsupported::check)),
    ("jmx-started-unprotected", Check::Home(transport::jmx_started_unprotected::check)),
    ("jmx-ports-swapped", Check::Home(ports::jmx_ports_swapped::check)),
    ("offset-not-integer", Check::Home(ports::offset_not_integer::check)),
    ("double-offset", Check::Home(ports::double_offset::check)),
    ("offset-missing-in-url", Check::Home(ports::offset_missing_in_url::check)),
    ("port-conflict-in-home", Check::Home(ports::port_conflict_in_home::check)),
    ("port-conflict-across-homes", Check::Run(ports::port_conflict_across_homes::check)),
    ("mi-offset-replaces-default", Check::Home(ports::mi_offset_replaces_default::check)),
];

/// What a run asks of the rules.
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
    /// Whether `rule` runs.
    fn takes(&self, rule: &RuleInfo) -> bool {
        let named = |names: &[String]| names.iter().any(|name| *name == rule.name || *name == rule.category);
        (self.select.is_empty() || named(&self.select)) && !named(&self.ignore)
    }

    fn severity(&self, rule: &RuleInfo) -> Severity {
        self.profile.as_ref().and_then(|profile| rule.severity_in.get(profile)).copied().unwrap_or(rule.severity)
    }
}

/// Runs the selected rules over the homes; the diagnostics come sorted. `shown` turns paths into what a person reads.
pub fn run(context: RuleContext, selection: &Selection, shown: &DisplayPaths) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    for rule in rules().iter().filter(|rule| selection.takes(rule)) {
        let mut findings = Vec::new();
        match CHECKS.iter().find(|(name, _)| *name == rule.name).map(|(_, check)| check) {
            Some(Check::Run(check)) => check(context, &mut findings),
            Some(Check::Home(check)) => for_each_home(context, rule, |home| check(home, &mut findings)),
            None => for_each_home(context, rule, |home| declarative::check(rule, home, &mut findings)),
        }
        let severity = selection.severity(rule);
        diagnostics.extend(findings.into_iter().map(|finding| complete(rule, severity, finding, context.homes, shown)));
    }
    diagnostics.sort_by(|one, other| one.sort_key().cmp(&other.sort_key()));
    number_repetitions(&mut diagnostics);
    diagnostics
}

fn for_each_home(context: RuleContext, rule: &RuleInfo, mut check: impl FnMut(HomeContext)) {
    let homes = context.homes.iter().enumerate().filter(|(_, home)| rule.applies_to(&home.model));
    for (number, home) in homes {
        check(HomeContext { number, home, homes: context.homes });
    }
}

fn complete(rule: &'static RuleInfo, severity: Severity, finding: Finding, homes: &[Home], shown: &DisplayPaths) -> Diagnostic {
    let (path, span) = match &finding.target {
        Target::Site(Site { home, at }) => (shown.path(&homes[*home].model.file(at.file).source.path), at.span),
        Target::Path(path, _) => (shown.path(path), Span::default()),
    };
    // A severity of the finding's own is relative to the rule's: under a milder profile it is no worse than the profile says.
    let severity = match finding.severity {
        Some(own) if severity == rule.severity => own,
        Some(own) => own.min(severity),
        None => severity,
    };
    let fingerprint = fingerprint(&[&rule.name, &path, finding.key.as_deref().unwrap_or(&finding.message)]);
    Diagnostic { rule, severity, finding, path, span, fingerprint }
}

/// Reports the faults of the home's files that `takes` picks by the file's kind.
fn faults_of_files(context: HomeContext, takes: impl Fn(Kind, &SyntaxError) -> bool, findings: &mut Vec<Finding>) {
    for (file, loaded) in context.files() {
        for fault in loaded.faults.iter().filter(|fault| takes(loaded.source.kind, fault)) {
            let at = |span: Span| Location { file, span };
            let mut finding = Finding::new(context.number, at(fault.span), fault.message.clone());
            finding.help.clone_from(&fault.help);
            findings.push(match &fault.related {
                Some((span, message)) => finding.related(context.number, at(*span), message.clone()),
                None => finding,
            });
        }
    }
}

/// Findings that are alike in rule, file and key are told apart by their order.
fn number_repetitions(diagnostics: &mut [Diagnostic]) {
    let mut seen: std::collections::HashMap<String, usize> = std::collections::HashMap::new();
    for diagnostic in diagnostics {
        let count = seen.entry(diagnostic.fingerprint.clone()).or_default();
        *count += 1;
        if *count > 1 {
            diagnostic.fingerprint = fingerprint(&[&diagnostic.fingerprint, &count.to_string()]);
        }
    }
}

/// Whether `name` is a rule or a category.
pub fn is_rule_or_category(name: &str) -> bool {
    rules().iter().any(|rule| rule.name == name || rule.category == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_a_file_and_a_condition() {
        for (name, _) in CHECKS {
            assert!(rule(name).is_some(), "{name} has no file in rules/");
        }
        for rule in rules() {
            let has_program = CHECKS.iter().any(|(name, _)| *name == rule.name);
            assert!(has_program != rule.when.is_some(), "{}: either a program or [when]", rule.name);
        }
    }
}
