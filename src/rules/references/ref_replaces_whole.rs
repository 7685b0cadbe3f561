//! `ref-replaces-whole`: `$ref{}` to a boolean or a list within a longer string, which it replaces as a whole (config-mapper
//! ReferenceResolver.java).

use crate::diagnostic::Finding;
use crate::rules::context::HomeContext;
use crate::rules::user_toml::UserToml;
use crate::server::mapper::placeholders;
use crate::server::mapper::value::Value;

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let (Some(settings), Some(mapping)) = (UserToml::of_home(context), context.model().mapping()) else { return };
    for (key, setting) in &settings.configuration.settings {
        let texts: Vec<&str> = match &setting.value {
            Value::Text(text) => vec![text],
            Value::List(items) => {
                items.iter().filter_map(|item| if let Value::Text(text) = item { Some(text.as_str()) } else { None }).collect()
            }
            _ => continue,
        };
        let is_list = matches!(setting.value, Value::List(_));
        for (text, name) in texts.iter().flat_map(|text| placeholders(text, "ref").into_iter().map(move |name| (*text, name))) {
            let target = settings.configuration.get(name).map(|effective| &effective.value);
            let what = match target {
                Some(Value::Boolean(boolean)) => format!("the boolean {boolean}"),
                Some(Value::List(_)) => "a list".to_owned(),
                _ => continue,
            };
            let placeholder = format!("$ref{{{name}}}");
            if text == placeholder && !(is_list && texts.len() > 1) {
                continue;
            }
            let written = settings.locate(mapping.resources.targets(key).first().copied(), Some(&placeholder));
            let whole = if is_list { "list" } else { "string" };
            let message = format!("`{placeholder}` is {what}: the server replaces the whole {whole} with it");
            let help = format!("write the value of `{name}` itself, or remove everything but the reference");
            findings.push(settings.finding(context, &written, message).help(help));
        }
    }
}
