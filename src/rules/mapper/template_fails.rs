//! `template-fails`: templates on which the server's template engine fails, or that carbonlint cannot follow.

use crate::diagnostic::Finding;
use crate::model::Location;
use crate::rule_info::Severity;
use crate::rules::context::HomeContext;
use crate::server::jinjava::Effect;
use crate::server::mapper::{Renderer, Resources};
use crate::source::Span;

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let model = context.model();
    if !model.is_complete || !model.requests_any_template() {
        return;
    }
    for output in model.outputs() {
        for fault in output.faults.iter().filter(|fault| fault.effect != Effect::Ignored) {
            let path = Resources::path_of_template(&output.path);
            let Some(file) = model.open(&path) else { continue };
            let text = &model.file(file).source.text;
            let (start, end) = (Renderer::denormalized(text, fault.span.start), Renderer::denormalized(text, fault.span.end));
            let at = Location { file, span: Span::new(start, end) };
            let key = format!("{path}: {}", fault.message);
            let finding = match fault.effect {
                Effect::Fatal => context
                    .finding_at(at, format!("the server's template engine fails here: {}", fault.message))
                    .help("correct the template: until then the server does not start"),
                _ => context
                    .finding_at(at, format!("carbonlint cannot follow this: {}", fault.message))
                    .severity(Severity::Info)
                    .help("the output of this template is unknown"),
            };
            findings.push(finding.key(key));
        }
    }
}
