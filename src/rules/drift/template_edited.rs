//! `template-edited`: a template or a JSON file of the mapper has changed since the last start.

use super::recorded_hashes::{TEMPLATES, is_same, records};
use crate::diagnostic::Finding;
use crate::rules::context::HomeContext;
use crate::source::Span;

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let model = context.model();
    if !(model.renders_from_templates() && model.is_complete) {
        return;
    }
    for (path, md5) in records(model, TEMPLATES).into_iter().flatten() {
        if !model.is_requested(&model.layout.root.join(&path)) {
            continue;
        }
        let Some(bytes) = model.bytes_of(&path) else { continue };
        if is_same(&bytes, &md5) {
            continue;
        }
        let Some(file) = model.open(&path) else { continue };
        let name = path.rsplit('/').next().unwrap_or(&path);
        let message = format!("`{name}` has changed since the last start: it was edited, or replaced by an update");
        let finding = context.finding(file, Span::at(0), message).key(&path);
        findings.push(
            finding.help("keep a copy of your edit outside the home: an update can overwrite it, and you have to make it again"),
        );
    }
}
