//! `template-edited`: a template or a JSON file of the mapper has changed since the last start.

use crate::diagnostic::Finding;
use crate::model::recorded::TEMPLATES;
use crate::rules::context::HomeContext;
use crate::source::Span;

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let model = context.model();
    if !(model.renders_from_templates() && model.is_complete) {
        return;
    }
    for (path, md5) in model.recorded(TEMPLATES) {
        if !model.is_requested(&model.layout.root.join(&path)) || !model.has_changed(&path, &md5) {
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
