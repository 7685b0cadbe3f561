//! Secrets in XML: the content and attributes of elements whose names, or whose `name` attributes, say so.

use super::names::{Secrecy, secrecy_of};
use crate::source::Span;

/// Finds `<Password>value</Password>`, `<parameter name="password">value</parameter>` and `<Property name="password" value="value"/>`.
pub(super) fn find(text: &str, spans: &mut Vec<Span>) {
    let (mut covered, mut close) = (0, 0);
    for (open, _) in text.match_indices('<') {
        // A tag that is not closed ends where the one after it does.
        if close <= open {
            let Some(len) = text[open..].find('>') else { return };
            close = open + len;
        }
        if open < covered {
            continue;
        }
        let tag = Span::new(open + 1, close);
        let name = tag.of(text).split([' ', '\t', '\r', '\n', '/', '<', '!']).next().unwrap_or_default();
        let named = ["name", "key"].into_iter().filter_map(|attribute| attribute_value(text, tag, attribute));
        let local = name.rsplit(':').next().unwrap_or(name);
        let Some(secrecy) = secrecy_of(local).or_else(|| named.into_iter().find_map(|value| secrecy_of(value.of(text)))) else {
            continue;
        };
        spans.extend(attribute_value(text, tag, "value").filter(|value| secrecy.hides(value.of(text))));
        if tag.of(text).contains('<') {
            // The tag is not closed: what follows its name on the line is taken for the content.
            let from = tag.start + name.len();
            let line = text[from..].find('\n').map_or(text.len(), |len| from + len);
            let value = Span::new(from, text[from..line].find("</").map_or(line, |len| from + len));
            covered = value.end;
            spans.extend(hidden(text, value, secrecy));
        } else if !tag.of(text).ends_with('/') {
            let value = content(text, close + 1, name);
            covered = value.end;
            spans.extend(hidden(text, value, secrecy));
        }
    }
}

/// Finds what is beside the name of a secret where a tag lacks a character: `Password>value</Password>`, `name=password">value</Property>`.
pub(super) fn find_beside_names(text: &str, spans: &mut Vec<Span>) {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if line.contains("</") {
            beside_names(line, start, spans);
        }
        start += line.len();
    }
}

fn beside_names(line: &str, start: usize, spans: &mut Vec<Span>) {
    let is_name = |character: char| character.is_alphanumeric() || matches!(character, '_' | '-' | '.' | ':');
    let mut at = 0;
    while let Some(begin) = line[at..].find(is_name).map(|len| at + len) {
        let end = line[begin..].find(|character| !is_name(character)).map_or(line.len(), |len| begin + len);
        at = end;
        let word = &line[begin..end];
        let Some(secrecy) = secrecy_of(word.rsplit(':').next().unwrap_or(word)) else { continue };
        let value = if line[..begin].ends_with("</") {
            let before = line[..begin - 2].trim_end_matches("]]>");
            let from = before.rfind('>').map_or(before.len() - before.trim_start().len(), |close| close + 1);
            Span::new(from, before.len())
        } else {
            let rest = &line[end..];
            if !rest.starts_with(['"', '\'', '”', '’', '>']) || line[..begin].ends_with('$') {
                continue;
            }
            let from = end + rest.len() - rest.trim_start_matches(['"', '\'', '”', '’', ' ', '>']).len();
            Span::new(from, line[from..].find('<').map_or(line.trim_end().len().max(from), |len| from + len))
        };
        // Attributes are found as such.
        let written = value.of(line);
        if secrecy.hides(written) && !written.contains('=') {
            spans.push(Span::new(start + value.start, start + value.end));
        }
    }
}

fn hidden(text: &str, value: Span, secrecy: Secrecy) -> Option<Span> {
    secrecy.hides(value.of(text)).then_some(value)
}

/// The content of the element `name` that begins at `start`.
fn content(text: &str, start: usize, name: &str) -> Span {
    let rest = &text[start..];
    if let Some(data) = rest.strip_prefix("<![CDATA[") {
        let from = start + "<![CDATA[".len();
        return Span::new(from, data.find("]]>").map_or(text.len(), |len| from + len));
    }
    let line = rest.find('\n').map_or(rest, |len| &rest[..len]);
    // A `<` in the value itself is an error, but the rest of the line is still the value.
    let end =
        line.find(&format!("</{name}")).or_else(|| rest.match_indices('<').map(|(at, _)| at).find(|at| is_tag(&rest[*at..])));
    Span::new(start, end.map_or(text.len(), |len| start + len))
}

/// Whether the `<` that begins `text` begins a tag or a comment: a `>` comes before the next `<`.
fn is_tag(text: &str) -> bool {
    let inside = &text[1..];
    inside.starts_with(['/', '!', '?']) || inside.find(['<', '>']).is_none_or(|at| inside[at..].starts_with('>'))
}

/// The value of an attribute of a start tag, without its quotes.
fn attribute_value(text: &str, tag: Span, attribute: &str) -> Option<Span> {
    let written = tag.of(text);
    let (at, _) = written.match_indices(attribute).find(|(at, _)| {
        let is_complete = written[..*at].ends_with(|before: char| before.is_whitespace());
        is_complete && written[at + attribute.len()..].trim_start().starts_with('=')
    })?;
    let rest = written[at + attribute.len()..].trim_start().strip_prefix('=')?.trim_start();
    let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let start = tag.end - rest.len() + 1;
    let len = rest[1..].find(quote)?;
    Some(Span::new(start, start + len))
}
