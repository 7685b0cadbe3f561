//! Secrets that are assigned to a name: `name = value`, `name: value`, `name="value"` and `name value`, also in comments.

use super::names::{Secrecy, secrecy_of};
use crate::source::Span;
use crate::source::key::{Key, key_of, names_in_toml};

/// Finds the values of names that say so, and every line of a table of secrets. In a text that is a value itself, a name and its value are not
/// apart by a blank: `Password is too short` has none.
pub(super) fn find(text: &str, is_value: bool, spans: &mut Vec<Span>) {
    let mut table = String::new();
    let mut is_table_of_secrets = false;
    let mut start = 0;
    let mut above = "";
    // The end of the last secret: a value of several lines has no others in it.
    let mut covered = 0;
    for line in text.split_inclusive('\n') {
        let end = start + line.len();
        let trimmed = line.trim_start();
        let own = start + line.len() - trimmed.len();
        let mut values = Vec::new();
        if let Some(header) = trimmed.strip_prefix('[') {
            table = key_of_header(header);
            is_table_of_secrets = Key::new(&table).secrets_table().is_some();
        } else if is_table_of_secrets && !trimmed.starts_with('#') && covered <= start {
            values.extend(after_name(text, own, end, Secrecy::Sure));
        }
        for (at, _) in line.match_indices(['=', ':']) {
            if start + at < covered {
                continue;
            }
            let name = match word_before(&line[..at]) {
                // The name may be on the line above.
                "" if line[..at].trim().is_empty() => word_before(above),
                name => name,
            };
            let Some(secrecy) = secrecy_in(&table, name) else { continue };
            let is_parameter = line[..at].strip_suffix(name).is_some_and(|before| before.ends_with(['?', '&', ';']));
            let value = if is_parameter {
                parameter_after(text, start + at + 1, end, secrecy)
            } else {
                value_after(text, start + at + 1, end, secrecy)
            };
            covered = value.map_or(covered, |value| covered.max(value.end));
            values.extend(value);
        }
        if !is_value
            && let Some((name, _)) = trimmed.split_once([' ', '\t'])
            && name.chars().all(is_name_character)
            && let Some(secrecy) = secrecy_in(&table, name.trim_matches(['"', '\'']))
            && own >= covered
        {
            values.extend(after_name(text, own, end, secrecy));
        }
        // A name whose `=` is missing.
        for (at, _) in line.match_indices(['"', '\'']).filter(|(at, _)| start + at >= covered) {
            let before = line[..at].trim_end();
            if before.len() < at
                && before.ends_with(is_name_character)
                && let Some(secrecy) = secrecy_of(word_before(before))
            {
                values.extend(value_after(text, start + at, end, secrecy));
            }
        }
        covered = values.iter().map(|value| value.end).fold(covered, usize::max);
        spans.append(&mut values);
        above = line;
        start = end;
    }
}

/// Finds the value of every name.
pub(super) fn find_all(text: &str, spans: &mut Vec<Span>) {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim_start();
        if !trimmed.starts_with('#') {
            spans.extend(after_name(text, start + line.len() - trimmed.len(), start + line.len(), Secrecy::Sure));
        }
        start += line.len();
    }
}

/// The key of a header, of which `written` is what follows its first bracket. A malformed one is taken as it is.
fn key_of_header(written: &str) -> String {
    let key = written.trim_start_matches('[').split(']').next().unwrap_or_default().trim();
    let names = names_in_toml(key);
    names.map_or_else(|| key.trim_matches([' ', '\t', '"', '\'']).to_owned(), |names| key_of(&names))
}

/// How sure it is that the value of a key with this name is a secret, in this table.
fn secrecy_in(table: &str, name: &str) -> Option<Secrecy> {
    // Fast path: the name of almost every key decides alone.
    let needs_table = !table.is_empty() && (name.ends_with("key") || name.ends_with("value"));
    let in_table = || Key::new(&Key::new(table).join(Key::new(name))).secrecy();
    secrecy_of(name).or_else(|| needs_table.then(in_table).flatten())
}

fn is_name_character(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '-' | '.' | '"' | '\'')
}

/// The value after the name that starts at `start`, without the separator.
fn after_name(text: &str, start: usize, line_end: usize, secrecy: Secrecy) -> Option<Span> {
    let line = &text[start..line_end];
    let quoted = line.chars().next().filter(|first| matches!(first, '"' | '\''));
    let name_len = match quoted {
        Some(quote) => line[1..].find(quote).map_or(line.len(), |len| len + 2),
        None => line.find([' ', '\t', '=', ':']).unwrap_or(line.len()),
    };
    let rest = &line[name_len..];
    let value = rest.trim_start_matches([' ', '\t', '=', ':']);
    value_after(text, start + name_len + rest.len() - value.len(), line_end, secrecy)
}

/// The value of a parameter of a URL, such as `?user=admin&password=x`.
fn parameter_after(text: &str, start: usize, line_end: usize, secrecy: Secrecy) -> Option<Span> {
    let rest = text[start..line_end].trim_end();
    let is_end = |(at, character): (usize, char)| match character {
        '&' | ';' | '<' | '>' => true,
        '"' => ends_value(&rest[at + 1..]),
        _ => false,
    };
    let end = rest.char_indices().find(|character| is_end(*character)).map_or(rest.len(), |(at, _)| at);
    let value = Span::new(start, start + end);
    secrecy.hides(value.of(text)).then_some(value)
}

fn word_before(text: &str) -> &str {
    let text = text.trim_end().trim_end_matches(['"', '\'']);
    let start = text.rfind(|character: char| !(character.is_alphanumeric() || matches!(character, '_' | '-' | '.')));
    &text[start.map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8))..]
}

/// The value at `start`: the content of its quotes or brackets, otherwise everything up to the end of the line and its continuation
/// lines. `None` for what is no secret, such as references and booleans.
fn value_after(text: &str, start: usize, line_end: usize, secrecy: Secrecy) -> Option<Span> {
    let rest = &text[start..line_end];
    let start = start + rest.len() - rest.trim_start_matches([' ', '\t', '=']).len();
    let rest = &text[start..line_end];
    let value = if let Some(quotes) = ["\"\"\"", "'''"].into_iter().find(|quotes| rest.starts_with(quotes)) {
        let from = start + quotes.len();
        Span::new(from, text[from..].find(quotes).map_or(text.len(), |len| from + len))
    } else if let Some(quotes) = ["\"\"\"", "'''"].into_iter().find(|quotes| lacks_a_quote(rest, &quotes[1..])) {
        let from = start + 2;
        Span::new(from, text[from..].find(quotes).map_or(text.len(), |len| from + len))
    } else if let Some(quote) = rest.chars().next().filter(|first| matches!(first, '"' | '\'')) {
        let from = start + 1;
        let close = closing_quote(&text[from..line_end], quote).map(|len| from + len);
        match close.filter(|close| ends_value(&text[close + 1..line_end])) {
            Some(close) => Span::new(from, close),
            // A quote in the value, or none at its end, is an error, but the rest of the line is still the value.
            None => Span::new(from, from + text[from..line_end].trim_end().len()),
        }
    } else if rest.starts_with('[') {
        let from = start + 1;
        Span::new(from, text[from..].find(']').map_or(text.len(), |len| from + len))
    } else {
        let end = continued_end(text, start, line_end);
        Span::new(start, start + text[start..end].trim_end().len())
    };
    secrecy.hides(value.of(text)).then_some(value)
}

/// Whether `rest` begins with two quotes that are not those of an empty string: one of three may be missing.
fn lacks_a_quote(rest: &str, two: &str) -> bool {
    rest.strip_prefix(two).is_some_and(|after| after.starts_with(|next: char| next.is_alphanumeric()))
}

/// Whether `rest`, which follows a closing quote on its line, can follow a value: nothing, a comment, a delimiter, or another name.
pub(super) fn ends_value(rest: &str) -> bool {
    let after = rest.trim_start();
    if let Some(next) = after.strip_prefix(',').map(str::trim_start).filter(|next| next.starts_with(['"', '\''])) {
        // Another name in quotes, not another item of a list whose bracket is missing.
        let close = next[1..].find(['"', '\'']).map(|len| next[len + 2..].trim_start());
        return close.is_some_and(|after| after.starts_with(['=', ':']));
    }
    if after.is_empty() || after.starts_with([',', '}', ']', ')', '>', '/', '?', ';', '#', '|']) {
        return true;
    }
    let is_apart = after.len() < rest.len();
    let name = after.trim_start_matches(is_name_character);
    is_apart && (after.starts_with("-->") || name.len() < after.len() && name.trim_start().starts_with('='))
}

/// The end of a value and its continuation lines: those after a backslash at the end of a line and, in YAML, those that are indented
/// deeper.
fn continued_end(text: &str, start: usize, line_end: usize) -> usize {
    let indentation = |line: &str| line.len() - line.trim_start_matches([' ', '-']).len();
    let own = text[..start].rfind('\n').map_or(0, |line| line + 1);
    let own_indentation = indentation(&text[own..start]);
    let is_yaml = text[own..start].contains(':') && !text[own..start].contains('=');
    let mut end = line_end;
    loop {
        let Some(next) = text[end..].split_inclusive('\n').next() else { return end };
        let escaped = text[..end].trim_end_matches(['\r', '\n']).ends_with('\\');
        let deeper = is_yaml && indentation(next) > own_indentation && !next.trim().is_empty();
        if !(escaped || deeper) {
            return end;
        }
        end += next.len();
    }
}

/// The offset of the closing quote. In double quotes, a backslash escapes the next character.
fn closing_quote(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().find_map(|(at, character)| {
        if escaped {
            escaped = false;
            return None;
        }
        escaped = character == '\\' && quote == '"';
        (character == quote).then_some(at)
    })
}
