//! A read-only view of a YAML file, with spans.

use saphyr_parser::{Event, Parser, ScanError, Span as Marked};

use super::{MAX_NESTING, Span, SyntaxError};

/// A node of a YAML file.
#[derive(Debug)]
pub struct YamlNode {
    /// Its place in the text.
    pub span: Span,
    /// Its value.
    pub value: YamlValue,
}

/// The value of a node.
#[derive(Debug)]
pub enum YamlValue {
    /// A string, number or boolean, as text.
    Scalar(String),
    /// Keys and values, in written order.
    Mapping(Vec<(YamlNode, YamlNode)>),
    /// Items, in written order.
    Sequence(Vec<YamlNode>),
    /// A reference to an anchor, which is not followed.
    Alias,
}

impl YamlNode {
    /// The value under `key` of a mapping.
    pub fn get(&self, key: &str) -> Option<&Self> {
        match &self.value {
            YamlValue::Mapping(pairs) => pairs.iter().find(|(name, _)| name.as_scalar() == Some(key)).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The text of a scalar.
    pub fn as_scalar(&self) -> Option<&str> {
        match &self.value {
            YamlValue::Scalar(text) => Some(text),
            _ => None,
        }
    }
}

/// Parses the first document of `text`. Returns `None` if it is empty. Fails with the first syntax error.
pub(crate) fn parse(text: &str) -> Result<Option<YamlNode>, SyntaxError> {
    let offsets = Offsets::new(text);
    let mut reader = YamlReader { parser: Parser::new_from_str(text), offsets: &offsets, text };
    loop {
        let Some((event, span)) = reader.next()? else { return Ok(None) };
        match event {
            Event::StreamStart | Event::DocumentStart(_) => {}
            Event::StreamEnd | Event::DocumentEnd => return Ok(None),
            event => return reader.read_node(event, span, 0).map(Some),
        }
    }
}

/// Converts the parser's offsets, which count characters, to bytes.
struct Offsets {
    /// The byte offset of each character; empty for ASCII text, where both are the same.
    bytes: Vec<usize>,
    len: usize,
}

impl Offsets {
    fn new(text: &str) -> Self {
        let bytes = if text.is_ascii() { Vec::new() } else { text.char_indices().map(|(at, _)| at).collect() };
        Self { bytes, len: text.len() }
    }

    fn byte(&self, character: usize) -> usize {
        if self.bytes.is_empty() { character.min(self.len) } else { self.bytes.get(character).copied().unwrap_or(self.len) }
    }

    fn span(&self, marked: Marked) -> Span {
        let start = self.byte(marked.start.index());
        Span::new(start, self.byte(marked.end.index()).max(start))
    }
}

/// Builds nodes from the events of the parser.
struct YamlReader<'a> {
    parser: Parser<'a, saphyr_parser::StrInput<'a>>,
    offsets: &'a Offsets,
    text: &'a str,
}

impl<'a> YamlReader<'a> {
    fn next(&mut self) -> Result<Option<(Event<'a>, Span)>, SyntaxError> {
        match self.parser.next_event() {
            None => Ok(None),
            Some(Ok((event, marked))) => Ok(Some((event, self.offsets.span(marked)))),
            Some(Err(error)) => Err(self.fault(&error)),
        }
    }

    fn read_node(&mut self, event: Event<'a>, span: Span, depth: usize) -> Result<YamlNode, SyntaxError> {
        if depth > MAX_NESTING {
            return Err(SyntaxError::too_deep(span));
        }
        match event {
            Event::Scalar(value, ..) => Ok(YamlNode { span, value: YamlValue::Scalar(value.into_owned()) }),
            Event::MappingStart(..) => {
                let mut pairs = Vec::new();
                while let Some((event, at)) = self.next()? {
                    if matches!(event, Event::MappingEnd) {
                        break;
                    }
                    let key = self.read_node(event, at, depth + 1)?;
                    let Some((event, at)) = self.next()? else { break };
                    pairs.push((key, self.read_node(event, at, depth + 1)?));
                }
                Ok(YamlNode { span, value: YamlValue::Mapping(pairs) })
            }
            Event::SequenceStart(..) => {
                let mut items = Vec::new();
                while let Some((event, at)) = self.next()? {
                    if matches!(event, Event::SequenceEnd) {
                        break;
                    }
                    items.push(self.read_node(event, at, depth + 1)?);
                }
                Ok(YamlNode { span, value: YamlValue::Sequence(items) })
            }
            _ => Ok(YamlNode { span, value: YamlValue::Alias }),
        }
    }

    fn fault(&self, error: &ScanError) -> SyntaxError {
        let at = self.text.floor_char_boundary(self.offsets.byte(error.marker().index()));
        let end = self.text[at..].find(['\r', '\n']).map_or(self.text.len(), |len| at + len);
        if error.info().contains("recursion limit") {
            return SyntaxError::too_deep(Span::new(at, end));
        }
        // The parser may report the error at the end of the previous line.
        let line_below = self.text[end..].char_indices().skip(1).find(|(_, character)| *character == '\n');
        let read = line_below.map_or(self.text.len(), |(len, _)| end + len);
        if let Some(tab) = indenting_tab(&self.text[..read]) {
            return SyntaxError::new(Span::new(tab, tab + 1), "this line is indented with a tab")
                .help("indent with spaces: YAML does not allow tabs");
        }
        let help = "correct the indentation or the quotes of this line or the previous one";
        SyntaxError::new(Span::new(at, end), error.info()).help(help)
    }
}

/// The offset of the first tab in the indentation of a line.
fn indenting_tab(text: &str) -> Option<usize> {
    let mut start = 0;
    text.split_inclusive('\n').find_map(|line| {
        let indentation = line.len() - line.trim_start_matches([' ', '\t']).len();
        let tab = line[..indentation].find('\t').map(|tab| start + tab);
        start += line.len();
        tab
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_with_their_spans() {
        let text = "# é\nwso2.carbon:\n  ports:\n    offset: 1\nlist:\n  -\n    id: \"default\"\n    port: 9090\n";
        let root = parse(text).expect("valid").expect("a document");
        let offset =
            root.get("wso2.carbon").and_then(|node| node.get("ports")).and_then(|node| node.get("offset")).expect("offset");
        assert_eq!((offset.as_scalar(), offset.span.of(text)), (Some("1"), "1"));
        let YamlValue::Sequence(items) = &root.get("list").expect("list").value else { panic!("no list") };
        assert_eq!(items[0].get("id").and_then(YamlNode::as_scalar), Some("default"));
    }

    #[test]
    fn tabs_are_reported_and_depth_is_limited() {
        let fault = parse("a: 1\n\tb: 2\n").expect_err("a tab");
        assert!(fault.help.is_some_and(|help| help.contains("tabs")));
        let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
        assert!(parse(&"[".repeat(500)).expect_err("too deep").too_deep);
        assert!(parse(&deep).expect_err("too deep").too_deep);
        assert!(parse("").expect("valid").is_none());
    }
}
