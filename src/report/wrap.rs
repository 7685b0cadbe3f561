//! Wraps text for people. Neither words nor what is in backticks is broken, so that paths, names and commands can be copied.

use textwrap::core::Word;
use textwrap::{Options, WordSeparator, WordSplitter};

/// Wraps each line that is longer than `width`, if that is limited. What follows is indented more than the start of the line.
pub(crate) fn lines(text: &str, width: Option<usize>) -> String {
    let Some(width) = width else { return text.to_owned() };
    let mut wrapped = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let content = line.trim_end_matches('\n');
        if textwrap::core::display_width(content) > width {
            wrapped.push_str(&filled(content, width, 2));
            wrapped.push_str(&line[content.len()..]);
        } else {
            wrapped.push_str(line);
        }
    }
    wrapped
}

/// Breaks the lines of paragraphs and lists anew. Lines that are indented by four spaces are commands, and stay as they are.
pub(crate) fn reflowed(text: &str, width: usize) -> String {
    let is_command = |line: &str| line.starts_with("    ");
    let mut blocks: Vec<String> = Vec::new();
    for line in text.lines() {
        let begins = line.trim().is_empty() || is_command(line) || line.trim_start().starts_with("- ");
        match blocks.last_mut().filter(|block| !begins && !block.is_empty() && !is_command(block)) {
            Some(block) => {
                block.push(' ');
                block.push_str(line.trim());
            }
            None => blocks.push(line.trim_end().to_owned()),
        }
    }
    let filled = blocks.iter().map(|block| if is_command(block) { block.clone() } else { filled(block, width, 0) });
    filled.collect::<Vec<_>>().join("\n")
}

/// The last column of a table is not made narrower than this.
pub(crate) const MIN_COLUMN: usize = 24;

/// A row of a table: its first columns, and the last one beside them in as many lines as it needs. Where that is too narrow, the last column is
/// below, indented by `indent`.
pub(crate) fn row(start: &str, last: &str, width: Option<usize>, indent: usize) -> String {
    let width = width.unwrap_or(usize::MAX);
    let beside = textwrap::core::display_width(start);
    let fits = width.saturating_sub(beside) >= MIN_COLUMN;
    let indent = if fits { beside } else { indent };
    let mut text = if fits { start.to_owned() } else { format!("{}\n", start.trim_end()) };
    for (number, line) in textwrap::wrap(last, options(width.saturating_sub(indent))).iter().enumerate() {
        let is_beside = fits && number == 0;
        text.push_str(&" ".repeat(if is_beside { 0 } else { indent }));
        text.push_str(line);
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    text
}

/// How words are told apart and kept whole.
pub(crate) const fn separator() -> WordSeparator {
    WordSeparator::Custom(words)
}

/// One line on several ones. Those after the first are aligned with the text after a list mark or `help:`, otherwise indented by `more` columns
/// more than the first.
fn filled(line: &str, width: usize, more: usize) -> String {
    let content = line.trim_start();
    let mark = ["- ", "help: "].iter().find(|mark| content.starts_with(**mark)).map_or(more, |mark| mark.len());
    let indent = line.len() - content.len();
    let (first, next) = (" ".repeat(indent), " ".repeat(indent + mark));
    textwrap::fill(content, options(width).initial_indent(&first).subsequent_indent(&next))
}

fn options<'a>(width: usize) -> Options<'a> {
    Options::new(width).break_words(false).word_separator(separator()).word_splitter(WordSplitter::NoHyphenation)
}

/// The words of a line, each with the spaces after it. What is in backticks is one word with what touches it.
fn words(line: &str) -> Box<dyn Iterator<Item = Word<'_>> + '_> {
    let mut left = line.matches('`').count();
    let mut is_code = false;
    let mut was_space = false;
    let mut starts = vec![0];
    for (at, character) in line.char_indices() {
        if was_space && character != ' ' && !is_code {
            starts.push(at);
        }
        if character == '`' {
            left -= 1;
            // A backtick without a second one is text.
            is_code = !is_code && left > 0;
        }
        was_space = character == ' ';
    }
    let ends: Vec<usize> = starts.iter().skip(1).copied().chain([line.len()]).collect();
    Box::new(starts.into_iter().zip(ends).map(|(start, end)| Word::from(&line[start..end])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_words_nor_commands_are_broken() {
        let text = "see conf/catalina-server.xml and `carbonlint fix --select a home` there\n";
        assert_eq!(lines(text, None), text);
        assert_eq!(lines(text, Some(30)), "see conf/catalina-server.xml\n  and\n  `carbonlint fix --select a home`\n  there\n");
        assert_eq!(lines("a ` b c", Some(5)), "a ` b\n  c");
        assert_eq!(lines("short\n\n", Some(5)), "short\n\n");
    }

    #[test]
    fn the_last_column_is_beside_the_others_or_below_them() {
        let last = "the gateway accepts API calls over plain HTTP";
        assert_eq!(row("  a  ", last, None, 4), format!("  a  {last}\n"));
        assert_eq!(row("  a  ", last, Some(32), 4), "  a  the gateway accepts API\n     calls over plain HTTP\n");
        assert_eq!(
            row("  long-name  ", last, Some(32), 4),
            "  long-name\n    the gateway accepts API\n    calls over plain HTTP\n"
        );
        assert_eq!(row("  a  ", "", Some(32), 4), "  a\n");
    }

    #[test]
    fn text_after_a_mark_is_aligned() {
        assert_eq!(lines("  help: name a folder", Some(15)), "  help: name a\n        folder");
        assert_eq!(lines("  - name a folder", Some(11)), "  - name a\n    folder");
    }

    #[test]
    fn paragraphs_are_broken_anew_and_commands_are_not() {
        let text = "one two\nthree\n\n- four\n  five six\n- seven\n\n    carbonlint fix --select a\n";
        let narrow = "one two\nthree\n\n- four\n  five six\n- seven\n\n    carbonlint fix --select a";
        assert_eq!(reflowed(text, 10), narrow);
        assert_eq!(reflowed(text, 40), "one two three\n\n- four five six\n- seven\n\n    carbonlint fix --select a");
    }
}
