//! Finds configuration files inside YAML files, such as the `deployment.toml: |-` in Kubernetes.
//!
//! The YAML may be a Helm template, which no YAML parser reads, so block scalars are found by their lines. A file is indented in the YAML, and none
//! of the formats minds: everything around it is blanked, and its spans are those of the YAML file.

use super::template::open_conditions;
use super::{Kind, Span};

/// A configuration file in a block scalar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmbeddedFile {
    /// Its name: the key of the block scalar.
    pub name: String,
    /// How many such files are before it.
    pub number: usize,
    /// Its lines in the YAML file, with the indentation.
    pub span: Span,
    /// The indentation of its lines.
    pub indent: usize,
}

impl EmbeddedFile {
    /// The kind of configuration, decided by the name.
    pub(crate) fn kind(&self) -> Kind {
        Kind::of(std::path::Path::new(&self.name))
    }

    /// The text with everything around the file blanked. An XML declaration is blanked too, because it must be at the start of the text.
    pub(crate) fn alone_in(&self, text: &str) -> String {
        let mut bytes = text.as_bytes().to_vec();
        let mut start = self.span.start;
        let own = self.span.of(text);
        if self.kind() == Kind::Xml && own.trim_start().starts_with("<?xml") {
            start += own.find("?>").map_or(0, |end| end + "?>".len());
        }
        for byte in bytes[..start].iter_mut().filter(|byte| !matches!(byte, b'\n' | b'\r')) {
            *byte = b' ';
        }
        for byte in bytes[self.span.end..].iter_mut().filter(|byte| !matches!(byte, b'\n' | b'\r')) {
            *byte = b' ';
        }
        String::from_utf8(bytes).unwrap_or_default()
    }

    /// The edit that does in the YAML file what replacing `span` with `text` does in the file alone: new lines are indented, and nothing is written
    /// beyond the end of the file.
    pub(crate) fn edit(&self, yaml: &str, span: Span, text: &str) -> (Span, String) {
        let clamp = |at: usize| at.clamp(self.span.start, self.span.end);
        let span = Span::new(clamp(span.start), clamp(span.end));
        let starts_line = yaml[..span.start].ends_with('\n');
        let rest_is_indented = yaml[span.end..].starts_with(' ');
        let mut indented = String::new();
        for (number, line) in text.split_inclusive('\n').enumerate() {
            let is_blank = line.trim_end_matches(['\r', '\n']).is_empty();
            if (number > 0 || starts_line) && !is_blank && !line.starts_with(' ') {
                indented.push_str(&" ".repeat(self.indent));
            }
            indented.push_str(line);
        }
        if text.ends_with('\n') && !starts_line && !rest_is_indented && span.end < self.span.end {
            indented.push_str(&" ".repeat(self.indent));
        }
        (span, indented)
    }
}

/// The files in `text`, a YAML file, with a name that `is_ours`. Several documents, and the tags of Helm around and inside, are understood.
pub(crate) fn embedded_files(text: &str, is_ours: impl Fn(&str) -> bool) -> Vec<EmbeddedFile> {
    let mut files = Vec::new();
    let mut lines = Lines { text, at: 0 };
    while let Some(line) = lines.next() {
        let Some(header) = Header::of(line.of(text)).filter(|header| is_ours(&header.name)) else { continue };
        let start = lines.at;
        let (end, indent) = block(text, &mut lines, header.indent, header.extra);
        if end > start {
            files.push(EmbeddedFile { name: header.name, number: files.len(), span: Span::new(start, end), indent });
        }
    }
    files
}

/// The end of the block scalar that starts at the next line, and its indentation. Tags of Helm may be indented less than the block.
fn block(text: &str, lines: &mut Lines, outer: usize, extra: Option<usize>) -> (usize, usize) {
    let start = lines.at;
    let (mut end, mut indent) = (start, extra.map(|extra| outer + extra));
    loop {
        let before = lines.at;
        let Some(line) = lines.next() else { break };
        let content = line.of(text);
        let own = indent_of(content);
        if content.trim().is_empty() {
            continue;
        }
        if own > outer {
            indent.get_or_insert(own);
            end = line.end;
        } else if !content.trim_start().starts_with("{{") || !content.trim_end().ends_with("}}") {
            lines.at = before;
            break;
        }
    }
    // A tag that is indented less and closes a condition of the block belongs to it; one after that does not.
    let mut rest = Lines { text, at: end };
    let (mut depth, _) = open_conditions(&text[start..end]);
    while depth > 0
        && let Some(line) = rest.next().filter(|line| line.end <= lines.at)
    {
        let (after, closes) = open_conditions(&text[start..line.end]);
        if !closes && !line.of(text).trim().is_empty() {
            break;
        }
        (depth, end) = (after, line.end);
    }
    (end, indent.unwrap_or(outer + 2))
}

/// The line of a block scalar's key.
struct Header {
    indent: usize,
    name: String,
    /// The indentation indicator.
    extra: Option<usize>,
}

impl Header {
    fn of(line: &str) -> Option<Self> {
        let (key, scalar) = line.trim_end().rsplit_once(": ").filter(|(key, _)| !key.contains(": "))?;
        let scalar = scalar.trim();
        let scalar = scalar.split_once(" #").map_or(scalar, |(scalar, _)| scalar).trim();
        let indicators = scalar.strip_prefix('|').filter(|rest| rest.len() <= 2)?;
        if !indicators.bytes().all(|byte| matches!(byte, b'+' | b'-' | b'1'..=b'9')) {
            return None;
        }
        let extra = indicators.bytes().find(u8::is_ascii_digit).map(|digit| usize::from(digit - b'0'));
        let name = key.trim().trim_matches(['"', '\'']);
        Some(Self { indent: indent_of(key), name: name.to_owned(), extra })
    }
}

fn indent_of(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// The lines of a text with their line breaks.
struct Lines<'a> {
    text: &'a str,
    at: usize,
}

impl Iterator for Lines<'_> {
    type Item = Span;

    fn next(&mut self) -> Option<Span> {
        let rest = &self.text[self.at..];
        let len = rest.find('\n').map_or(rest.len(), |end| end + 1);
        let start = self.at;
        self.at += len;
        (len > 0).then_some(Span::new(start, self.at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(text: &str) -> Vec<(String, String)> {
        let found = embedded_files(text, |name| name.ends_with("deployment.toml"));
        found.into_iter().map(|file| (file.name, file.span.of(text).to_owned())).collect()
    }

    fn only(text: &str) -> String {
        match &files(text)[..] {
            [(_, content)] => content.clone(),
            found => panic!("{found:?}"),
        }
    }

    #[test]
    fn every_document_and_every_spelling_of_a_literal_block_is_found() {
        let text = "kind: ConfigMap\ndata:\n  deployment.toml: |-\n    a = 1\n\n    b = 2\n---\ndata:\n  \"am-deployment.toml\": |2-\n    c = 3\n  'x.txt': |\n    d\n";
        let found = files(text);
        assert_eq!(found[0], ("deployment.toml".to_owned(), "    a = 1\n\n    b = 2\n".to_owned()));
        assert_eq!(found[1], ("am-deployment.toml".to_owned(), "    c = 3\n".to_owned()));
        assert_eq!(found.len(), 2);
        assert_eq!(only("deployment.toml: | # own\n a = 1"), " a = 1");
        assert_eq!(files("deployment.toml: a\n# deployment.toml: >\n  b: |\n"), []);
    }

    #[test]
    fn tags_of_helm_belong_to_the_block_as_far_as_they_open_in_it() {
        let text = "{{- if .a }}\ndata:\n  deployment.toml: |\n    a = 1\n{{- if .b }}\n    b = 1\n{{- else }}\n    b = 2\n{{- end }}\n{{- end }}\n---\n";
        assert_eq!(only(text), "    a = 1\n{{- if .b }}\n    b = 1\n{{- else }}\n    b = 2\n{{- end }}\n");
        let text = "data:\n  deployment.toml: |\n{{ tpl .x . | indent 4 }}\n  b: |\n    x\n";
        assert_eq!(files(text), [], "what the tool prints is unknown");
    }

    #[test]
    fn a_file_alone_keeps_its_offsets() {
        let text = "é: 1\ncarbon.xml: |\n  <?xml version=\"1.0\"?>\n  <a/>\nz: 1\n";
        let file = &embedded_files(text, |name| name == "carbon.xml")[0];
        let alone = file.alone_in(text);
        assert_eq!((alone.len(), alone.trim(), alone.find("<a/>")), (text.len(), "<a/>", text.find("<a/>")));
    }

    #[test]
    fn new_lines_are_indented() {
        let text = "data:\n  deployment.toml: |\n    [a]\n    b = 1\nz: 1\n";
        let file = &embedded_files(text, |_| true)[0];
        let at = text.find("b = 1").expect("a key") - 4;
        assert_eq!(file.edit(text, Span::at(at), "c = 2\n"), (Span::at(at), "    c = 2\n".to_owned()));
        let end = text.find("z:").expect("a key");
        assert_eq!(file.edit(text, Span::at(text.len()), "\n[c]\nd = 1\n"), (Span::at(end), "\n    [c]\n    d = 1\n".to_owned()));
        let value = text.find("1\nz").expect("a value");
        assert_eq!(file.edit(text, Span::new(value, value + 1), "2"), (Span::new(value, value + 1), "2".to_owned()));
    }
}
