//! `template-fails`: templates on which the server's template engine fails, or that carbonlint cannot follow.

use crate::diagnostic::Finding;
use crate::model::Location;
use crate::rule_info::Severity;
use crate::rules::context::HomeContext;
use crate::server::jinjava::{Effect, TemplateFault};
use crate::server::mapper::schema::Schema;
use crate::server::mapper::{Output, Renderer, Resources};
use crate::source::Span;

/// How many faults of one template are reported. The server stops at the first.
const MAX_REPORTED: usize = 10;

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let model = context.model();
    if !model.is_complete || !model.requests_any_template() {
        return;
    }
    findings.extend(model.outputs().flat_map(|output| of_output(context, output)));
    for (path, span) in model.schema().into_iter().flat_map(Schema::unfollowed) {
        let why = "which keys the template reads from here on is unknown: it takes too many steps";
        let help = "carbonlint reports no key of deployment.toml as unknown or misspelled";
        findings.extend(not_followed(context, path, span, why.to_owned(), help));
    }
}

/// The files of which other rules have asked what decides their lines, and did not find out. To be called after all rules.
pub(in crate::rules) fn untraced(context: HomeContext, findings: &mut Vec<Finding>) {
    for (path, fault) in context.model().untraced() {
        let why = format!("what decides the lines of `{path}` is unknown: {}", fault.message);
        let help = "carbonlint did not look for wrong values in this file: check it yourself";
        findings.extend(not_followed(context, &path, fault.span, why, help));
    }
}

/// The finding about the template of the file at `path`, in which carbonlint has stopped at `span` of the normalized text.
fn not_followed(context: HomeContext, path: &str, span: Span, why: String, help: &str) -> Option<Finding> {
    let template = Resources::path_of_template(path);
    let file = context.model().open(&template)?;
    let at = Location { file, span: denormalized(&context.model().file(file).source.text, span) };
    let key = format!("{template}: {why}");
    Some(context.finding_at(at, why).severity(Severity::Info).help(help).key(key))
}

/// A span of a normalized template in its file.
fn denormalized(text: &str, span: Span) -> Span {
    let own = |offset| Renderer::denormalized(text, offset);
    Span::new(own(span.start), own(span.end)).clamped(text)
}

/// What is wrong with the template of a rendered file, in the order of [`reported`].
pub(in crate::rules) fn of_output(context: HomeContext, output: &Output) -> Vec<Finding> {
    let model = context.model();
    let path = Resources::path_of_template(&output.path);
    if output.faults.is_empty() {
        return Vec::new();
    }
    let Some(file) = model.open(&path) else { return Vec::new() };
    let text = &model.file(file).source.text;
    let finding = |fault: &TemplateFault| {
        let at = Location { file, span: denormalized(text, fault.span) };
        let finding = match fault.effect {
            Effect::Fatal => context
                .finding_at(at, format!("the server's template engine fails here: {}", fault.message))
                .help("correct the template: until then the server does not start"),
            _ => context
                .finding_at(at, format!("what the server writes here is unknown: {}", fault.message))
                .severity(Severity::Info)
                .help("carbonlint cannot render this template: check the file that the server writes"),
        };
        finding.key(format!("{path}: {}", fault.message))
    };
    reported(output).map(finding).collect()
}

/// The faults of a rendered file that count. Those that the engine ignores are common in shipped templates.
pub(in crate::rules) fn reported(output: &Output) -> impl Iterator<Item = &TemplateFault> {
    output.faults.iter().filter(|fault| fault.effect != Effect::Ignored).take(MAX_REPORTED)
}
