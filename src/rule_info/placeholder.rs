//! The placeholders in the messages of rules, such as `{key}`.

/// Their names. Numbers are the captures of a pattern.
const NAMES: [&str; 8] = ["key", "table", "value", "listener", "port", "file", "path", "new"];

/// The first `{name}` in a message, and where it begins. `$secret{alias}` and its like are no placeholders.
pub(crate) fn next_placeholder(text: &str) -> Option<(usize, &str)> {
    text.match_indices('{').find_map(|(start, _)| {
        let name = text[start + 1..].split_once('}')?.0;
        let is_name = !name.is_empty() && name.chars().all(|character| character.is_ascii_alphanumeric() || character == '_');
        let is_reference = ["$secret", "$env", "$sys", "$ref", "$"].iter().any(|mark| text[..start].ends_with(mark));
        (is_name && !is_reference).then_some((start, name))
    })
}

/// The first placeholder in a message that has no meaning; `None` if there is none.
pub(crate) fn unknown_placeholder(text: &str) -> Option<&str> {
    let mut rest = text;
    while let Some((start, name)) = next_placeholder(rest) {
        if !NAMES.contains(&name) && name.parse::<usize>().is_err() {
            return Some(name);
        }
        rest = &rest[start + name.len() + 2..];
    }
    None
}

/// The placeholders, for messages.
pub(crate) fn placeholders() -> String {
    NAMES.iter().map(|name| format!("`{{{name}}}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_no_placeholders() {
        assert_eq!(unknown_placeholder("write `$secret{alias}` for `{key}` and {1}, {{x}, { y }, ${z}"), Some("x"));
        assert_eq!(unknown_placeholder("write `$secret{alias}` for `{key}` and {1}, { y }, ${z}"), None);
        assert_eq!(unknown_placeholder("`{kee}`"), Some("kee"));
    }
}
