//! XML character data: references, CDATA, and characters that XML does not allow.

use std::borrow::Cow;

use quick_xml::escape::unescape;

/// Resolves references and CDATA. Text that cannot be resolved is returned as written.
pub(super) fn resolve(written: &str) -> Cow<'_, str> {
    if let Some(data) = written.strip_prefix("<![CDATA[").and_then(|rest| rest.strip_suffix("]]>")) {
        return Cow::Borrowed(data);
    }
    unescape(written).unwrap_or(Cow::Borrowed(written))
}

/// The offset and length, in bytes, of the first character that XML 1.0 does not allow.
pub(super) fn bad_character(written: &str) -> Option<(usize, usize)> {
    // Without early exit, so that the compiler looks at many bytes at once. 0xEF begins U+FFFE and U+FFFF.
    let suspect = |byte: u8| matches!(byte, 0..=8 | 11 | 12 | 14..=31 | 0xEF);
    if !written.bytes().fold(false, |found, byte| found | suspect(byte)) {
        return None;
    }
    written
        .char_indices()
        .find(|(_, character)| {
            (*character < ' ' && !matches!(character, '\t' | '\n' | '\r')) || matches!(character, '\u{fffe}' | '\u{ffff}')
        })
        .map(|(at, character)| (at, character.len_utf8()))
}

/// The offset and length, in bytes, of the first `&` that does not start a valid reference. `declared` allows entities other than
/// the five that XML predefines.
pub(super) fn bad_reference(written: &str, declared: bool) -> Option<(usize, usize)> {
    written.match_indices('&').find_map(|(at, _)| {
        let rest = &written[at + 1..];
        let len = rest
            .find(|character: char| !(character.is_alphanumeric() || matches!(character, '#' | '_' | '-' | '.')))
            .unwrap_or(rest.len());
        let closed = rest[len..].starts_with(';');
        let name = &rest[..len];
        let known = match name.strip_prefix('#') {
            Some(number) => is_character_number(number),
            None => matches!(name, "amp" | "lt" | "gt" | "quot" | "apos") || (declared && !name.is_empty()),
        };
        (!(closed && known)).then_some((at, 1 + len + usize::from(closed)))
    })
}

fn is_character_number(number: &str) -> bool {
    let parsed = match number.strip_prefix('x') {
        Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16),
        None => number.parse(),
    };
    parsed.ok().and_then(char::from_u32).is_some()
}
