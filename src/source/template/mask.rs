//! Masks the tags of a template, so that the rest parses as a file of its kind.

use super::branches::Branches;
use super::tags::{Role, Tag};
use crate::source::{Kind, Span};

/// A template with its tags masked.
#[derive(Debug)]
pub struct Masked {
    /// The text with its tags and untaken branches replaced. The length in bytes does not change.
    pub text: String,
    /// The ranges of substituted values, keys and lines, in order.
    pub placeholders: Vec<Span>,
    /// Those that print whole lines.
    pub lines: Vec<Span>,
}

pub(super) struct Masker<'a> {
    text: &'a str,
    kind: Kind,
    tags: &'a [Tag],
    /// The text without any tags: what is written around them.
    plain: Vec<u8>,
    bytes: Vec<u8>,
    placeholders: Vec<Span>,
    lines: Vec<Span>,
    /// The end of the last value that was replaced as a whole.
    filled_to: usize,
    scan: Scan,
}

/// What is known of the masked text up to a place.
#[derive(Debug, Default)]
struct Scan {
    at: usize,
    /// The first `=` that is written on the line.
    equals: Option<usize>,
    /// The first byte that is written on the line and no blank.
    first: Option<u8>,
    /// The quote of the string around the place.
    quote: Option<u8>,
    escaped: bool,
    in_comment: bool,
    /// The last byte that is no blank, in a comment or part of a tag.
    last: u8,
}

impl<'a> Masker<'a> {
    pub(super) fn new(text: &'a str, kind: Kind, tags: &'a [Tag]) -> Self {
        let mut plain = text.as_bytes().to_vec();
        for tag in tags {
            blank(&mut plain[tag.span.start..tag.span.end]);
        }
        let bytes = text.as_bytes().to_vec();
        let (placeholders, lines) = (Vec::new(), Vec::new());
        let mut masker = Self { text, kind, tags, plain, bytes, placeholders, lines, filled_to: 0, scan: Scan::default() };
        masker.start_line(0);
        masker
    }

    /// Masks the text with only the `taken` ones of `branches`.
    pub(super) fn run(mut self, branches: &Branches, taken: &[bool]) -> Option<Masked> {
        let mut hidden = branches.hidden(taken).into_iter().peekable();
        let mut opened = branches.all.iter().peekable();
        for (number, Tag { span, role }) in self.tags.iter().enumerate() {
            while let Some(ended) = hidden.next_if(|hidden| hidden.end <= span.start) {
                self.blank(ended);
            }
            if hidden.peek().is_some_and(|hidden| hidden.start <= span.start) {
                continue;
            }
            self.scan_to(span.start);
            if *role == Role::Print {
                self.fill(*span, number);
            } else {
                self.blank(*span);
            }
            while opened.next_if(|branch| branch.span.start < span.end).is_some() {}
            // The tool writes a separator only where there is something to separate.
            if let Some(branch) = opened.next_if(|branch| branch.span.start == span.end)
                && self.kind == Kind::Toml
                && matches!(self.scan.last, b'[' | b',' | b'{')
                && branch.span.of(self.text).trim_matches(['-', ' ', '\t', '\r', '\n']) == ","
            {
                self.blank(branch.span);
            }
        }
        for hidden in hidden {
            self.blank(hidden);
        }
        let text = String::from_utf8(self.bytes).ok()?;
        Some(Masked { text, placeholders: self.placeholders, lines: self.lines })
    }

    fn start_line(&mut self, start: usize) {
        let line = &self.plain[start..];
        let end = start + line.iter().position(|byte| *byte == b'\n').unwrap_or(line.len());
        let equals = self.plain[start..end].iter().position(|byte| *byte == b'=').map(|at| start + at);
        let first = self.plain[start..end].iter().find(|byte| !byte.is_ascii_whitespace()).copied();
        let Scan { at, last, .. } = self.scan;
        self.scan = Scan { at, equals, first, last, ..Scan::default() };
    }

    /// Looks at the masked text up to `end`.
    fn scan_to(&mut self, end: usize) {
        while self.scan.at < end {
            let byte = self.bytes[self.scan.at];
            self.scan.at += 1;
            let scan = &mut self.scan;
            match (byte, scan.quote) {
                (b'\n', _) => {
                    let start = scan.at;
                    self.start_line(start);
                    continue;
                }
                _ if scan.in_comment => continue,
                _ if scan.escaped => scan.escaped = false,
                (b'\\', Some(b'"')) => scan.escaped = true,
                (_, Some(quote)) if byte == quote => scan.quote = None,
                (b'"' | b'\'', None) => scan.quote = Some(byte),
                (b'#', None) => {
                    scan.in_comment = true;
                    continue;
                }
                _ => {}
            }
            if !byte.is_ascii_whitespace() {
                scan.last = byte;
            }
        }
    }

    /// Replaces a tag that prints with something valid of the same length: a key, part of a string, or a string.
    fn fill(&mut self, tag: Span, number: usize) {
        if tag.start < self.filled_to {
            return;
        }
        let scan = &self.scan;
        if scan.in_comment && self.kind == Kind::Toml {
            self.blank(tag);
            return;
        }
        self.placeholders.push(tag);
        if self.kind != Kind::Toml {
            self.write(tag, |_, old| if matches!(old, b'\n' | b'\r') { old } else { b'_' });
            return;
        }
        let is_header = scan.first == Some(b'[') && scan.equals.is_none() && scan.last != b',';
        let follows_key = |equals: usize| self.plain[equals + 1..tag.start].iter().all(u8::is_ascii_whitespace);
        if matches!(scan.first, None | Some(b'#')) {
            self.lines.push(tag);
            self.blank(tag);
        } else if is_header || scan.equals.is_some_and(|equals| tag.end <= equals) {
            // Keys must be unique.
            let name: Vec<u8> = format!("_{number}").into_bytes();
            self.write(tag, |at, _| name.get(at).copied().unwrap_or(b'_'));
        } else if scan.quote.is_some() {
            self.write(tag, |_, old| if matches!(old, b'\n' | b'\r') { old } else { b'_' });
        } else if scan.last == b'=' && scan.equals.is_some_and(follows_key) {
            self.quote(self.rest_of_value(tag));
        } else {
            self.quote(tag);
        }
    }

    /// The range to replace for a value that starts with a tag: the whole value, including what follows on the line.
    fn rest_of_value(&self, span: Span) -> Span {
        let line_end = self.text[span.end..].find('\n').map_or(self.text.len(), |len| span.end + len);
        let rest = self.text[span.end..line_end].split('#').next().unwrap_or_default().trim_end();
        Span::new(span.start, span.end + rest.len())
    }

    fn quote(&mut self, span: Span) {
        self.filled_to = span.end;
        let last = span.len() - 1;
        self.write(span, |at, _| if at == 0 || at == last { b'\'' } else { b'_' });
    }

    fn blank(&mut self, span: Span) {
        let start = span.start.max(self.filled_to);
        if start < span.end {
            blank(&mut self.bytes[start..span.end]);
        }
    }

    fn write(&mut self, span: Span, byte: impl Fn(usize, u8) -> u8) {
        for (at, old) in self.bytes[span.start..span.end].iter_mut().enumerate() {
            *old = byte(at, *old);
        }
    }
}

fn blank(bytes: &mut [u8]) {
    for byte in bytes.iter_mut().filter(|byte| !matches!(byte, b'\n' | b'\r')) {
        *byte = b' ';
    }
}
