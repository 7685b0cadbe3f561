//! Text for people: what a terminal would act on, or a reader could not see, is escaped.

/// Whether a terminal acts on the character, or a reader cannot see it: control characters, marks of writing direction, and characters without
/// a width.
pub(crate) fn is_hidden(character: char) -> bool {
    let is_mark = matches!(
        character,
        '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}' | '\u{feff}'
    );
    character.is_control() || is_mark
}

/// `text` with hidden characters escaped, except for line feeds and tabs.
pub(crate) fn printable(text: &str) -> String {
    escaped(text, |character| is_hidden(character) && !matches!(character, '\n' | '\t'))
}

/// `text` on one line: with every hidden character escaped, so that it cannot look like two lines of a report.
pub(crate) fn on_one_line(text: &str) -> String {
    escaped(text, is_hidden)
}

fn escaped(text: &str, is_escaped: impl Fn(char) -> bool) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if is_escaped(character) {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_reader_cannot_see_is_escaped() {
        let text = "a\u{1b}[31m\r\u{9b}b\u{202e}c\u{200b}d\u{feff}\u{2028}é\n\t🙂";
        assert_eq!(printable(text), "a\\u{1b}[31m\\r\\u{9b}b\\u{202e}c\\u{200b}d\\u{feff}\\u{2028}é\n\t🙂");
        assert_eq!(on_one_line("a\nerror: b"), "a\\nerror: b");
    }
}
