//! `template-not-checked`: what is left unchecked in the templates of deployment tools.

use crate::diagnostic::Finding;
use crate::model::Content;
use crate::rules::context::HomeContext;
use crate::source::Span;

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let model = context.model();
    let help = "render the template with its tool, and check the result";
    for (file, template) in context.files().filter_map(|(file, loaded)| Some((file, loaded.template()?))) {
        let Some(first) = template.unread.first() else { continue };
        let message = match template.unread.len() {
            1 => "this branch of the template was not checked".to_owned(),
            count => format!("this branch of the template and {} more were not checked", count - 1),
        };
        let text = first.of(&context.model().file(file).source.text);
        let start = first.start + text.len() - text.trim_start().len();
        let first_line = text.trim_start().lines().next().unwrap_or_default();
        findings.push(context.finding(file, Span::new(start, start + first_line.len()), message).help(help));
    }
    let Some(file) = model.toml_file().filter(|_| model.mapping().is_some()) else { return };
    let loaded = model.file(file);
    if let (Some(template), Content::Toml(document)) = (loaded.template(), loaded.content())
        && document.is_template
    {
        let message = "a deployment tool fills in values: what the server renders from them was not checked";
        findings.push(context.finding(file, template.tag, message).help(help));
    }
}
