//! Locates keys and errors in a JSON file, because `serde_json` reports no offsets.

use std::collections::HashMap;

use serde::de::IgnoredAny;

use super::{Span, SyntaxError};

/// What keeps a text from being JSON.
pub(crate) fn fault(text: &str) -> Option<SyntaxError> {
    let error = serde_json::from_str::<IgnoredAny>(text).err()?;
    let start = offset_of(text, error.line(), error.column());
    let len = text[start..].chars().next().map_or(0, char::len_utf8);
    let message = error.to_string();
    let what = message.split_once(" at line ").map_or(message.as_str(), |(what, _)| what);
    Some(SyntaxError::new(Span::new(start, start + len), what))
}

/// The byte offset of a line and column as `serde_json` counts them: from 1, columns in bytes.
pub(crate) fn offset_of(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    text.floor_char_boundary((start + column.saturating_sub(1)).min(text.len()))
}

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
    fn an_error_has_its_place() {
        let found = |text: &str| fault(text).map(|fault| (fault.span.start, fault.message));
        assert_eq!(found("{\"a\": [1, {\"b\": null}]}\n"), None);
        assert_eq!(found("{\n  \"a\": x\n}"), Some((9, "expected value".to_owned())));
        assert_eq!(found("{\"ü\": \"a\\q\"}").map(|(at, _)| at), Some(10));
        assert_eq!(found("{"), Some((0, "EOF while parsing an object".to_owned())));
    }

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
