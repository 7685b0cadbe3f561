//! `unknown-placeholder`: placeholders of other tools in deployment.toml, which neither the mapper nor the server resolves.

use std::collections::BTreeSet;

use crate::diagnostic::Finding;
use crate::edit::{Fix, Safety};
use crate::model::Model;
use crate::rule_info::Severity;
use crate::rules::context::HomeContext;
use crate::rules::fixes;
use crate::source::Span;
use crate::source::key::Key;
use crate::source::toml::{TomlEntry, TomlValue};

/// The kinds of placeholders that the mapper resolves, as in `$env{NAME}`.
const KINDS: [&str; 4] = ["env", "sys", "ref", "secret"];

/// The properties that the products and Java resolve in generated files at run time, as in `${carbon.home}`. A name that ends in a dot is
/// a prefix.
const RUNTIME_NAMES: [&str; 37] = [
    "ANDES_HOME",
    "Ports.",
    "QPID_WORK",
    "admin.password",
    "admin.username",
    "auth.url.port",
    "axis2.",
    "carbon.",
    "catalina.",
    "components.repo",
    "conf",
    "conf.location",
    "copyright",
    "file.",
    "hostName",
    "http.nio.port",
    "httpPort",
    "https.nio.port",
    "httpsPort",
    "java.",
    "javax.",
    "jms.port",
    "jms.url",
    "line.separator",
    "mgt.transport.",
    "org.wso2.",
    "os.",
    "path.separator",
    "product.",
    "receiver.url.port",
    "serverOrigin",
    "superTenantDomain",
    "tenantPrefix",
    "user.",
    "userTenantDomain",
    "wso2.",
    "year",
];

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let Some((file, document)) = context.model().toml() else { return };
    let text = &context.model().file(file).source.text;
    let properties = start_properties(context.model());
    for entry in document.entries.iter().filter(|entry| Key::new(&entry.key).alias().is_none()) {
        for span in strings(entry) {
            for mark in marks(span.of(text), span.start, Key::new(&entry.key).is_secret()) {
                if mark.is_property && (is_runtime_name(&mark.name) || properties.contains(mark.name.as_str())) {
                    continue;
                }
                let written = mark.span.of(text);
                // The text may itself be a secret, so it is not repeated.
                let message = if mark.may_be_literal {
                    "this looks like a variable, but the server uses it literally".to_owned()
                } else if mark.is_unclosed {
                    format!("`${}{{` is not closed: the server uses it literally", mark.name)
                } else {
                    format!("nothing resolves `{written}`: the server uses it literally")
                };
                let severity = if mark.may_be_literal { Severity::Info } else { Severity::Warning };
                let finding = context.finding(file, mark.span, message);
                let help = match &mark.meant {
                    Some(_) if mark.may_be_literal => "write `$env{NAME}` if you mean an environment variable".to_owned(),
                    Some(meant) => format!("write `{meant}`"),
                    None if mark.is_unclosed => "close it with `}`".to_owned(),
                    None => format!(
                        "write `$sys{{{0}}}` if you mean `-D{0}` of the start script, otherwise `$env{{}}`, `$ref{{}}` or the value",
                        mark.name
                    ),
                };
                let fix = mark.meant.and_then(|meant| rewrite(context, entry, mark.span, meant));
                findings.push(finding.key(&entry.key).severity(severity).help(help).fix(fix));
            }
        }
    }
}

/// The spans of the strings of an entry.
fn strings(entry: &TomlEntry) -> Vec<Span> {
    fn add(value: &TomlValue, span: Span, spans: &mut Vec<Span>) {
        match value {
            TomlValue::String(_) => spans.push(span),
            TomlValue::Array(items) => items.iter().for_each(|(item, span)| add(item, *span, spans)),
            _ => {}
        }
    }
    let mut spans = Vec::new();
    add(&entry.value, entry.value_span, &mut spans);
    spans
}

/// The properties that the start script sets.
fn start_properties(model: &Model) -> BTreeSet<&str> {
    model.script().into_iter().flat_map(|(_, options)| options).map(|option| option.name.as_str()).collect()
}

fn is_runtime_name(name: &str) -> bool {
    RUNTIME_NAMES.iter().any(|known| if known.ends_with('.') { name.starts_with(known) } else { name == *known })
}

fn rewrite(context: HomeContext, entry: &TomlEntry, span: Span, meant: String) -> Option<Fix> {
    let (file, _) = fixes::toml_of(context.model())?;
    let title = format!("write the placeholder in `{}` in the syntax of the mapper", entry.key);
    Some(fixes::fix_of(context.model(), file, title, Safety::Unsafe, vec![(span, meant)], vec![entry.key.to_string()]))
}

/// Something that looks like a placeholder but is not one of the mapper's.
#[derive(Debug, PartialEq, Eq)]
struct Mark {
    span: Span,
    /// What it names.
    name: String,
    /// What to write instead, if that is clear.
    meant: Option<String>,
    /// Whether it names a property, which the server may resolve at run time.
    is_property: bool,
    /// Whether it may be meant literally, as in a password.
    may_be_literal: bool,
    /// Whether its brace is never closed.
    is_unclosed: bool,
}

/// The marks in `written`, a string with its quotes that begins at byte `start`. In a secret, a mark must be the whole value.
fn marks(written: &str, start: usize, is_secret: bool) -> Vec<Mark> {
    let inner = written.trim_matches(['"', '\'']);
    let offset = start + written.len() - written.trim_start_matches(['"', '\'']).len();
    let mut marks = Vec::new();
    if let Some(name) = inner.strip_prefix('%').and_then(|rest| rest.strip_suffix('%')).filter(|name| is_variable(name)) {
        marks.push(variable(Span::new(offset, offset + inner.len()), name, is_secret));
    }
    let is_pattern = inner.contains(['^', '\\', '|']);
    for (at, _) in inner.match_indices('$') {
        if inner[..at].ends_with(['$', '\\']) {
            continue;
        }
        let rest = &inner[at + 1..];
        let word = &rest[..rest.find(|next: char| !(next.is_ascii_alphanumeric() || next == '_')).unwrap_or(rest.len())];
        let after = &rest[word.len()..];
        let found = if let Some(braced) = after.strip_prefix('{') {
            let end = braced.find('}');
            let len = 1 + word.len() + 1;
            end.map_or_else(
                || KINDS.contains(&word).then(|| unclosed(offset + at, inner.len() - at, word)),
                |end| in_braces(word, &braced[..end], Span::new(offset + at, offset + at + len + end + 1)),
            )
        } else if let Some(called) = after.strip_prefix('(').filter(|_| KINDS.contains(&word)) {
            called.find(')').map(|end| {
                let span = Span::new(offset + at, offset + at + 1 + word.len() + 1 + end + 1);
                other_kind(span, word, &called[..end])
            })
        } else {
            let is_alone = at == 0 && after.is_empty();
            let counts = is_variable(word) && (is_alone || !(is_pattern || is_secret));
            counts.then(|| variable(Span::new(offset + at, offset + at + 1 + word.len()), word, is_secret))
        };
        marks.extend(found.filter(|mark| !is_secret || mark.span.len() == inner.len()));
    }
    marks
}

/// `${name}`, and `$kind{name}` of a kind that does not exist.
fn in_braces(word: &str, name: &str, span: Span) -> Option<Mark> {
    if !word.is_empty() {
        return (!KINDS.contains(&word) && !name.is_empty()).then(|| other_kind(span, word, name));
    }
    let is_name = |name: &str| {
        name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && name.chars().all(|next| next.is_ascii_alphanumeric() || matches!(next, '_' | '.' | '-'))
    };
    if let Some((kind, name)) = name.split_once(':')
        && is_name(name)
    {
        let kind = kind.to_ascii_lowercase();
        return matches!(kind.as_str(), "env" | "sys").then(|| other_kind(span, &kind, name));
    }
    if !is_name(name) {
        return None;
    }
    let meant = is_variable(name).then(|| format!("$env{{{name}}}"));
    Some(Mark { span, name: name.to_owned(), meant, is_property: true, may_be_literal: false, is_unclosed: false })
}

/// A mark in almost the syntax of the mapper.
fn other_kind(span: Span, word: &str, name: &str) -> Mark {
    let lower = word.to_ascii_lowercase();
    let kind = KINDS.into_iter().find(|kind| lower == *kind || lower.strip_suffix('s') == Some(kind));
    let meant = kind.map(|kind| format!("${kind}{{{name}}}"));
    Mark { span, name: name.to_owned(), meant, is_property: false, may_be_literal: false, is_unclosed: false }
}

fn unclosed(start: usize, len: usize, kind: &str) -> Mark {
    let span = Span::new(start, start + len);
    Mark { span, name: kind.to_owned(), meant: None, is_property: false, may_be_literal: false, is_unclosed: true }
}

/// A variable in the syntax of a shell.
fn variable(span: Span, name: &str, is_secret: bool) -> Mark {
    let meant = Some(format!("$env{{{name}}}"));
    Mark { span, name: name.to_owned(), meant, is_property: false, may_be_literal: is_secret, is_unclosed: false }
}

/// Whether `name` looks like the name of an environment variable.
fn is_variable(name: &str) -> bool {
    name.len() >= 3
        && name.starts_with(|first: char| first.is_ascii_uppercase())
        && name.bytes().all(|next| next.is_ascii_uppercase() || next.is_ascii_digit() || next == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(written: &str, is_secret: bool) -> Vec<(&str, Option<String>)> {
        marks(written, 0, is_secret).into_iter().map(|mark| (mark.span.of(written), mark.meant)).collect()
    }

    #[test]
    fn marks_of_other_tools_are_distinguished_from_the_mappers_own() {
        let env = |name: &str| Some(format!("$env{{{name}}}"));
        assert_eq!(names("\"$DB_PASSWORD\"", true), [("$DB_PASSWORD", env("DB_PASSWORD"))]);
        assert_eq!(names("\"https://$HOST:9443\"", false), [("$HOST", env("HOST"))]);
        assert_eq!(names("\"${env:DB}\"", false), [("${env:DB}", env("DB"))]);
        assert_eq!(names("\"$ENV{DB}\"", false), [("$ENV{DB}", env("DB"))]);
        assert_eq!(names("\"$env(DB)\"", false), [("$env(DB)", env("DB"))]);
        assert_eq!(names("\"$secrets{db}\"", true), [("$secrets{db}", Some("$secret{db}".to_owned()))]);
        assert_eq!(names("\"%DB_HOST%\"", false), [("%DB_HOST%", env("DB_HOST"))]);
        assert_eq!(names("\"${a.b}\"", false), [("${a.b}", None)]);
        assert_eq!(names("\"$secret{a\"", true), [("$secret{a", None)]);
        for fine in [
            "\"$env{A}$sys{b}$ref{c.d}\"",
            "\"$secret{e}\"",
            "\"^.*$\"",
            "\"pa$word\"",
            "\"$1\"",
            "\"a$ABC|^b\"",
            "\"$$ABC\"",
            "\"${#x}\"",
        ] {
            assert!(names(fine, false).is_empty(), "{fine}");
        }
        assert!(names("\"x$ABC${DEF}y\"", true).is_empty());
    }
}
