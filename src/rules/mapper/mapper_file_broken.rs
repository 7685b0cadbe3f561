//! `mapper-file-broken`: a JSON file of the mapper is not valid JSON, or key-mappings.json has a mapping that the mapper does not support
//! (config-mapper KeyMapper.java).

use crate::diagnostic::Finding;
use crate::model::Location;
use crate::rule_info::Severity;
use crate::rules::context::HomeContext;
use crate::server::mapper::resources::FOLDER;
use crate::server::mapper::{FaultKind, JsonFile};
use crate::source::Span;
use crate::source::json::offset_of;

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let model = context.model();
    let Some(mapping) = model.mapping() else { return };
    for (file, _) in &mapping.resources.broken {
        let Some(id) = model.open(&format!("{FOLDER}/{}", file.name())) else { continue };
        let text = &model.file(id).source.text;
        let Err(error) = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text) else { continue };
        let at = Location { file: id, span: Span::at(offset_of(text, error.line(), error.column())) };
        let what = error.to_string();
        let what = what.rsplit_once(" at line").map_or(what.as_str(), |(what, _)| what);
        let name = file.name();
        // The server reads with Gson, which accepts comments.
        let is_commented = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(&without_comments(text)).is_ok();
        findings.push(if is_commented {
            context
                .finding_at(at, format!("`{name}` has comments, which the server skips but carbonlint cannot read"))
                .severity(Severity::Info)
                .help("remove the comments: until then carbonlint ignores the whole file")
        } else {
            context
                .finding_at(at, format!("`{name}` is not valid JSON ({what}): the server does not start"))
                .help("restore the file from this version and update level: until then carbonlint ignores the whole file")
        });
    }
    let faults = context.configuration().into_iter().flat_map(|configuration| &configuration.faults);
    for fault in faults.filter(|fault| fault.kind == FaultKind::KeyMapping) {
        let Some(id) = model.open(&format!("{FOLDER}/{}", JsonFile::KeyMappings.name())) else { continue };
        let text = &model.file(id).source.text;
        let key = fault.key.as_deref().unwrap_or(JsonFile::KeyMappings.name());
        let quoted = format!("\"{key}\"");
        let span = text.find(&quoted).map_or(Span::at(0), |start| Span::new(start, start + quoted.len()));
        let at = Location { file: id, span };
        let message = format!("{}: the server does not start", fault.reason);
        let finding = context.finding_at(at, message).key(key);
        findings.push(finding.help("write `list:key` to map a key in the elements of a list"));
    }
}

/// `text` without its comments.
fn without_comments(text: &str) -> String {
    let mut result = String::new();
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let len = match next {
            '"' => string_len(rest),
            '#' => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            _ => next.len_utf8(),
        };
        if !matches!(next, '#' | '/') {
            result.push_str(&rest[..len]);
        }
        rest = &rest[len..];
    }
    result
}

fn string_len(text: &str) -> usize {
    let mut escaped = false;
    let end = text.char_indices().skip(1).find(|(_, next)| {
        let ends = *next == '"' && !escaped;
        escaped = *next == '\\' && !escaped;
        ends
    });
    end.map_or(text.len(), |(at, _)| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comment_marks_in_strings_are_kept() {
        assert_eq!(without_comments("{ // a\n\"b//\\\"#\": 1, /* c */ # d\n}"), "{ \n\"b//\\\"#\": 1,  \n}");
    }
}
