//! What keeps a server from starting, or makes unknown what it writes, for `render`: what the rules say of the files that it renders from and
//! of those that it renders, and what is wrong in the given environment, which no rule knows.

use std::collections::BTreeSet;

use super::context::{HomeAnswers, HomeContext};
use super::keys::xml_unescaped_value;
use super::mapper::{rendered_file_broken, template_fails};
use super::redaction::redact_finding;
use super::registry::{CHECKS, Check};
use super::user_toml::UserToml;
use crate::diagnostic::{Finding, Target};
use crate::model::Location;
use crate::rule_info::{Severity, rule};
use crate::server::mapper::{Configuration, FaultKind, MappingFault, Output, placeholders};
use crate::workspace::Home;

/// The rule about the mapper's JSON files.
const MAPPER_FILE: &str = "mapper-file-broken";

/// The rules that report the faults of a kind; none for those that only a given environment has.
fn rules_about(kind: FaultKind) -> &'static [&'static str] {
    match kind {
        FaultKind::KeyMapping => &[MAPPER_FILE],
        FaultKind::UndefinedSecret => &["secret-undefined"],
        FaultKind::PlainSecret => &["secret-plaintext"],
        FaultKind::SecretType => &["secret-not-string"],
        FaultKind::UnknownReference => &["ref-unresolvable"],
        FaultKind::CircularReference => &["ref-cycle"],
        FaultKind::TooLongReference => &["ref-too-long"],
        FaultKind::Time => &["bad-time-unit"],
        FaultKind::Validation => &["value-refused"],
        FaultKind::NotText => &["number-needs-quotes", "value-refused"],
        FaultKind::UnclosedQuote => &["fatal-mapped-key"],
        FaultKind::UnsetProperty | FaultKind::UnsetVariable | FaultKind::PropertyCharacters | FaultKind::VariableCharacters => {
            &[]
        }
    }
}

/// What is wrong before anything is rendered: values that the mapper fails on, and JSON files that it cannot read. Sorted; each finding has its
/// severity. An error stops the server from starting. With a warning it is unknown what the server does.
pub(crate) fn faults(home: &Home, configuration: &Configuration) -> Vec<Finding> {
    let answers = HomeAnswers::default();
    let context = HomeContext::of_rendering(home, configuration, &answers);
    let kinds: BTreeSet<FaultKind> = configuration.faults.iter().map(|fault| fault.kind).collect();
    let mut rules: Vec<&str> = kinds.into_iter().flat_map(rules_about).copied().chain([MAPPER_FILE]).collect();
    rules.sort_unstable();
    rules.dedup();
    let mut findings: Vec<Finding> = rules.into_iter().flat_map(|rule| of_rule(rule, context)).collect();
    findings.extend(UserToml::of(context).into_iter().flat_map(|settings| of_environment(context, settings)));
    redact(home, &mut findings);
    findings.sort_by(|one, other| sort_key(home, one).cmp(&sort_key(home, other)));
    findings.dedup_by(|one, other| sort_key(home, one) == sort_key(home, other));
    findings
}

/// What is wrong with the template of a rendered file, each with the fault's message alone. Each finding has its severity.
pub(crate) fn template_faults<'a>(home: &Home, configuration: &Configuration, output: &'a Output) -> Vec<(Finding, &'a str)> {
    let answers = HomeAnswers::default();
    let context = HomeContext::of_rendering(home, configuration, &answers);
    let findings = template_fails::of_output(context, output).into_iter();
    let findings = findings.map(|finding| with_severity(finding, Severity::Error));
    findings.zip(template_fails::reported(output).map(|fault| fault.message.as_str())).collect()
}

/// What keeps the server from reading the text that it renders at `path`. Each finding has its severity.
pub(crate) fn rendered_faults(home: &Home, configuration: &Configuration, path: &str, text: &str) -> Vec<Finding> {
    let answers = HomeAnswers::default();
    let context = HomeContext::of_rendering(home, configuration, &answers);
    let mut broken = rendered_file_broken::of_file(context, path, text);
    if broken.is_empty() {
        return broken;
    }
    let values = xml_unescaped_value::of_file(context, path);
    let place = |finding: &Finding| if let Target::Site(site) = finding.target { Some(site.at) } else { None };
    let is_said = |at: Location| {
        let covers = |finding: &Finding| finding.subjects.contains(&at.span) || place(finding) == Some(at);
        values.iter().any(|finding| place(finding).is_some_and(|place| place.file == at.file) && covers(finding))
    };
    broken.retain(|finding| !place(finding).is_some_and(is_said));
    let mut findings: Vec<Finding> =
        values.into_iter().chain(broken).map(|finding| with_severity(finding, Severity::Error)).collect();
    redact(home, &mut findings);
    findings
}

/// Takes secrets out of the texts of findings about `home`.
fn redact(home: &Home, findings: &mut [Finding]) {
    for finding in findings {
        redact_finding(finding, |id| (id == home.id).then_some(home));
    }
}

/// The findings of a rule that concern the start of the server.
fn of_rule(name: &str, context: HomeContext) -> Vec<Finding> {
    let mut findings = Vec::new();
    let check = CHECKS.iter().find(|(checked, _)| *checked == name).map(|(_, check)| check);
    if let Some(Check::Home(check)) = check {
        check(context, &mut findings);
    }
    let severity = rule(name).map_or(Severity::Error, |rule| rule.severity);
    // Other rules warn of values with which the server starts.
    let counts = |finding: &Finding| name == MAPPER_FILE || finding.severity.unwrap_or(severity) == Severity::Error;
    findings.into_iter().filter(counts).map(|finding| with_severity(finding, severity)).collect()
}

/// The finding with its severity. What is only information about a home is a warning about what is rendered from it.
fn with_severity(finding: Finding, severity: Severity) -> Finding {
    let severity = finding.severity.unwrap_or(severity).max(Severity::Warning);
    finding.severity(severity)
}

/// What is wrong with the environment.
fn of_environment(context: HomeContext, settings: UserToml) -> impl Iterator<Item = Finding> {
    settings.configuration.faults.iter().filter(|fault| rules_about(fault.kind).is_empty()).map(move |fault| {
        let written = settings.locate_fault(fault);
        let placeholder = fault.placeholder.as_deref().unwrap_or_default();
        // A placeholder that the user did not write is in a default.
        let key = fault.key.as_deref().filter(|_| written.value.is_none());
        let by_default = key.map_or_else(String::new, |key| format!(", which `{key}` has by default,"));
        let message = match fault.kind {
            FaultKind::UnsetVariable => format!("`{placeholder}`{by_default} is not in the environment"),
            FaultKind::UnsetProperty => format!("`{placeholder}`{by_default} is not set"),
            _ => format!("the value of `{placeholder}`{by_default} has a `$`, or ends in a `\\`"),
        };
        let finding = settings.finding(context, &written, format!("{message}: the server does not start"));
        let finding = if finding.key.is_some() { finding } else { finding.key(fault.key.as_deref().unwrap_or_default()) };
        finding.help(help(fault, placeholder)).severity(Severity::Error)
    })
}

/// What to do about a fault of the environment.
fn help(fault: &MappingFault, placeholder: &str) -> String {
    let name = ["sys", "env"].into_iter().find_map(|kind| placeholders(placeholder, kind).into_iter().next()).unwrap_or_default();
    match fault.kind {
        FaultKind::UnsetVariable => format!(
            "set `{name}` in the environment of the server; for this command, in its own environment or with `--env-file FILE`"
        ),
        FaultKind::UnsetProperty => {
            format!("start the server with `-D{name}=VALUE`; for this command, pass `--sys {name}=VALUE`")
        }
        _ => "write `\\$` for `$`, and `\\\\` for `\\`".to_owned(),
    }
}

fn sort_key<'a>(home: &'a Home, finding: &'a Finding) -> (&'a std::path::Path, usize, usize, &'a str) {
    let (path, _) = home.place(finding);
    let span = match &finding.target {
        Target::Site(site) => site.at.span,
        Target::Path(..) => crate::source::Span::default(),
    };
    (path, span.start, span.end, &finding.message)
}
