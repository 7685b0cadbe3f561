//! Locates the keys of a JSON file, because `serde_json` does not report positions.

use std::collections::HashMap;

use super::Span;

/// The spans of the keys of the outermost object, quotes included. Some may be missing if the file is not valid JSON.
pub(crate) fn key_spans(text: &str) -> HashMap<String, Span> {
    let mut spans = HashMap::new();
    let mut depth = 0;
    let mut at = 0;
    while let Some(skipped) = text[at..].find(['"', '{', '}', '[', ']']) {
        let start = at + skipped;
        at = start + 1;
        match text.as_bytes()[start] {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            _ => {
                let Some(end) = end_of_string(text, at) else { break };
                at = end;
                let span = Span::new(start, end);
                if depth == 1
                    && text[end..].trim_start().starts_with(':')
                    && let Ok(key) = serde_json::from_str(span.of(text))
                {
                    spans.insert(key, span);
                }
            }
        }
    }
    spans
}

/// The offset just past the quote that closes a string. `start` is the offset of the string's content.
fn end_of_string(text: &str, start: usize) -> Option<usize> {
    let mut escaped = false;
    let len = text[start..].bytes().position(|byte| {
        let closes = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        closes
    })?;
    Some(start + len + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_the_outermost_object_have_spans() {
        let text = "{\"a.b\": \"x\\\\\", \"c\": [\"d\", {\"e\": 1}],\n  \"q\\\"\" : {\"f\": \"{\"}, \"g\": 1}";
        let spans = key_spans(text);
        let mut found: Vec<(&str, &str)> = spans.iter().map(|(key, span)| (key.as_str(), span.of(text))).collect();
        found.sort_unstable();
        assert_eq!(found, [("a.b", "\"a.b\""), ("c", "\"c\""), ("g", "\"g\""), ("q\"", "\"q\\\"\"")]);
        assert!(key_spans("{\"open").is_empty());
    }
}
