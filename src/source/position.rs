//! Byte ranges, and the only code that converts them to lines and columns.

use std::ops::Range;

use serde::Serialize;

/// A byte range of a file's decoded text: `start` inclusive, `end` exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The range from `start` to `end`, in bytes.
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The empty range at `offset`.
    pub const fn at(offset: usize) -> Self {
        Self { start: offset, end: offset }
    }

    /// The part of `text` in this range; empty if the range is out of bounds or splits a character.
    pub fn of(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or_default()
    }

    /// The range limited to `text` and widened to whole characters.
    #[must_use]
    pub fn clamped(self, text: &str) -> Self {
        let start = text.floor_char_boundary(self.start);
        Self { start, end: text.ceil_char_boundary(self.end.max(start)) }
    }

    /// The range of a part that begins at `offset`, where `range` counts from the beginning of the part.
    pub(crate) const fn in_part(offset: usize, range: &Range<usize>) -> Self {
        Self::new(offset + range.start, offset + range.end)
    }

    /// The length in bytes.
    pub const fn len(self) -> usize {
        self.end.saturating_sub(self.start)
    }

    /// Whether the range is empty.
    pub const fn is_empty(self) -> bool {
        self.end <= self.start
    }
}

impl From<Range<usize>> for Span {
    fn from(range: Range<usize>) -> Self {
        Self::new(range.start, range.end)
    }
}

/// A line and column as people count them, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// 1-based line.
    pub line: usize,
    /// 1-based column in characters.
    pub column: usize,
}

/// A position in a file on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Point {
    /// 1-based line.
    pub line: usize,
    /// 1-based column in characters.
    pub column: usize,
    /// 0-based offset in bytes.
    pub offset: usize,
}

/// A range of a file on disk, `end` exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct FileRange {
    /// Its first character.
    pub start: Point,
    /// One past its last character.
    pub end: Point,
}

impl FileRange {
    /// The empty range at the start of a file.
    pub fn start_of_file() -> Self {
        let start = Point { line: 1, column: 1, offset: 0 };
        Self { start, end: start }
    }
}

/// The offsets at which the lines of a text start. A line ends at `\n`; the `\r` of `\r\n` belongs to the line.
#[derive(Debug, Clone)]
pub struct LineIndex {
    /// In the first 4 GiB of the text: files are smaller.
    starts: Vec<u32>,
    /// How many characters are before every [`STEP`] bytes, so that long lines are not counted again and again.
    characters: Vec<usize>,
}

/// The number of bytes between two counts of characters.
const STEP: usize = 1024;

impl LineIndex {
    /// Indexes the lines of `text`. Lookups are binary searches.
    pub fn new(text: &str) -> Self {
        let mut starts = vec![0];
        starts.extend((1..=u32::MAX).zip(text.bytes()).filter(|(_, byte)| *byte == b'\n').map(|(next, _)| next));
        let mut count = 0;
        let characters = (0..=text.len() / STEP).map(|step| {
            let before = count;
            count += characters_in(text, step * STEP, text.len().min((step + 1) * STEP));
            before
        });
        let characters = characters.collect();
        Self { starts, characters }
    }

    /// The position of the byte at `offset`; `text` must be the indexed text. A byte-order mark takes no column. An offset past the
    /// end counts as the end.
    pub fn position(&self, text: &str, offset: usize) -> Position {
        let offset = offset.min(text.len());
        let line = self.starts.partition_point(|start| *start as usize <= offset);
        let start = self.starts[line - 1] as usize;
        let before = |offset: usize| {
            let step = offset / STEP;
            self.characters.get(step).copied().unwrap_or_default() + characters_in(text, step * STEP, offset)
        };
        let is_near = offset - start < STEP;
        let column = 1 + if is_near { characters_in(text, start, offset) } else { before(offset) - before(start) };
        Position { line, column }
    }

    /// The range of `span` in a UTF-8 file; `text` must be the indexed text.
    pub fn place(&self, text: &str, span: Span) -> FileRange {
        let point = |offset: usize| {
            let Position { line, column } = self.position(text, offset);
            Point { line, column, offset }
        };
        FileRange { start: point(span.start), end: point(span.end) }
    }

    /// The range of the 1-based `line` without its line break; `None` if there is no such line.
    pub fn line(&self, text: &str, line: usize) -> Option<Span> {
        let start = *self.starts.get(line.checked_sub(1)?)? as usize;
        let end = self.starts.get(line).map_or(text.len(), |next| *next as usize - 1);
        let end = if text[start..end].ends_with('\r') { end - 1 } else { end };
        Some(Span::new(start, end))
    }
}

/// How many characters begin in a range of bytes, without byte-order marks.
fn characters_in(text: &str, start: usize, end: usize) -> usize {
    let bytes = text.as_bytes();
    let begins = |at: &usize| bytes[*at] & 0xC0 != 0x80 && !(bytes[*at] == 0xEF && bytes[*at..].starts_with(b"\xEF\xBB\xBF"));
    (start..end.min(bytes.len())).filter(begins).count()
}

/// U+FEFF, which some Windows programs write at the start of a file.
pub(crate) const BYTE_ORDER_MARK: char = '\u{feff}';

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_lines_end_at_line_feeds() {
        let text = "a = \"é\" # x\r\nb = 1\n";
        let index = LineIndex::new(text);
        assert_eq!(index.position(text, 0), Position { line: 1, column: 1 });
        assert_eq!(index.position(text, text.find('#').unwrap_or(0)), Position { line: 1, column: 9 });
        assert_eq!(index.position(text, text.find('b').unwrap_or(0)), Position { line: 2, column: 1 });
        assert_eq!(index.position(text, 999), Position { line: 3, column: 1 });
        let long = format!("\u{feff}{}\nb = {}x", "é".repeat(1500), "é\u{feff}".repeat(3000));
        let long_index = LineIndex::new(&long);
        for (offset, _) in long.char_indices().step_by(97).chain([(long.len(), ' ')]) {
            let line = long[..offset].rfind('\n').map_or(0, |at| at + 1);
            let column = long[line..offset].chars().filter(|character| *character != BYTE_ORDER_MARK).count() + 1;
            assert_eq!(long_index.position(&long, offset).column, column, "{offset}");
        }
        assert_eq!(index.line(text, 1).map(|span| span.of(text)), Some("a = \"é\" # x"));
        assert_eq!(index.line(text, 3).map(|span| span.of(text)), Some(""));
        assert_eq!(index.line(text, 4), None);
    }

    #[test]
    fn clamped_ranges_hold_whole_characters() {
        let text = "aé";
        assert_eq!(Span::new(2, 2).clamped(text), Span::new(1, 3));
        assert_eq!(Span::new(9, 12).clamped(text), Span::new(3, 3));
    }

    #[test]
    fn a_byte_order_mark_takes_no_column() {
        let text = "\u{feff}a = 1";
        assert_eq!(LineIndex::new(text).position(text, 3), Position { line: 1, column: 1 });
    }
}
