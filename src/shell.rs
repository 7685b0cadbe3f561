//! Commands to paste into a shell: each argument is one word, quoted where it has to be.

use std::ffi::OsStr;
use std::fmt::Write;
use std::path::Path;

/// A path as one word of a command, which no command takes for an option.
pub(crate) fn path(path: &Path) -> String {
    let word = word(path.as_os_str());
    if word.starts_with('-') { format!("./{word}") } else { word }
}

/// `text` as one word of a command. What a terminal would act on, and bytes that are not UTF-8, are written as escapes of `$'...'`.
pub(crate) fn word(text: impl AsRef<OsStr>) -> String {
    let bytes = text.as_ref().as_encoded_bytes();
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-./,:=+@%".contains(byte);
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.is_empty() && bytes.iter().all(is_plain) => text.to_owned(),
        Ok(text) if !text.chars().any(acts_on_terminal) => format!("'{}'", text.replace('\'', r"'\''")),
        _ => escaped(bytes),
    }
}

fn escaped(bytes: &[u8]) -> String {
    let mut word = String::from("$'");
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            // Writing to a String cannot fail.
            let _ = match character {
                '\'' | '\\' => write!(word, "\\{character}"),
                _ if acts_on_terminal(character) => {
                    character.encode_utf8(&mut [0; 4]).bytes().try_for_each(|byte| write!(word, "\\x{byte:02x}"))
                }
                _ => write!(word, "{character}"),
            };
        }
        for byte in chunk.invalid() {
            let _ = write!(word, "\\x{byte:02x}");
        }
    }
    word.push('\'');
    word
}

/// Control characters, and those that change the direction of text or cannot be seen.
fn acts_on_terminal(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_needs_quotes_has_them() {
        assert_eq!(word("wso2am-4.5.0/repository/conf"), "wso2am-4.5.0/repository/conf");
        assert_eq!(word("api-manager@4.5.0"), "api-manager@4.5.0");
        assert_eq!(word("my homes/$x"), "'my homes/$x'");
        assert_eq!(word("it's"), r"'it'\''s'");
        assert_eq!(word(""), "''");
        assert_eq!(word("~x"), "'~x'");
        assert_eq!(word("é"), "'é'");
        assert_eq!(word("a\u{1b}[31m'\u{202e}"), r"$'a\x1b[31m\'\xe2\x80\xae'");
        assert_eq!(path(Path::new("-x")), "./-x");
    }

    #[cfg(unix)]
    #[test]
    fn bytes_that_are_not_text_are_escaped() {
        use std::os::unix::ffi::OsStrExt;
        assert_eq!(path(Path::new(OsStr::from_bytes(b"a\xff"))), r"$'a\xff'");
    }
}
