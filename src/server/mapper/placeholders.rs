//! The placeholders in a value.

/// The names between `$kind{` and `}` in `text`, in order (StringUtils.substringsBetween).
pub(crate) fn placeholders<'a>(text: &'a str, kind: &str) -> Vec<&'a str> {
    let open = format!("${kind}{{");
    let mut names = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(&open) {
        let after = &rest[start + open.len()..];
        let Some(end) = after.find('}') else { break };
        names.push(&after[..end]);
        rest = &after[end + 1..];
    }
    names
}

/// Whether a part of `text` is filled in when the server starts, from the environment, its own properties or a vault.
pub(crate) fn has_placeholder(text: &str) -> bool {
    ["${", "$secret", "$env{", "$sys{", "$ref{"].iter().any(|mark| text.contains(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_end_at_the_first_brace() {
        assert_eq!(placeholders("a$ref{b}c$ref{d}", "ref"), ["b", "d"]);
        assert_eq!(placeholders("$ref{b", "ref"), Vec::<&str>::new());
        assert_eq!(placeholders("$env{a}$ref{}", "ref"), [""]);
    }
}
