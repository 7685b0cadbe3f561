//! A read-only view of an XML file: elements, attributes and comments, with spans.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::errors::{Error, IllFormedError};
use quick_xml::events::{BytesStart, Event};

pub(crate) use super::xml_attributes::Attribute;
use super::xml_attributes::attributes_of;
use super::xml_text::{bad_character, bad_reference, resolve};
use super::{MAX_NESTING, Span, SyntaxError};

/// An element.
#[derive(Debug)]
pub struct Element {
    /// The qualified name in the start tag.
    pub name: Span,
    /// The start tag, or the whole empty-element tag.
    pub tag: Span,
    /// From the `<` of the start tag to the `>` of the end tag.
    pub span: Span,
    /// Its attributes, in written order.
    pub attributes: Vec<Attribute>,
    /// Its child elements, as indexes into [`XmlDocument::elements`].
    pub children: Vec<usize>,
    /// The pieces of text directly inside it, between its children and comments.
    pub text: Vec<Span>,
}

/// A well-formed XML file.
#[derive(Debug, Default)]
pub struct XmlDocument {
    /// Every element, in the order of the start tags; the first is the root.
    pub elements: Vec<Element>,
    /// Every comment from `<!--` to `-->`.
    pub comments: Vec<Span>,
}

impl XmlDocument {
    /// Parses `text`. Fails with the syntax errors: all comments that contain `--`, and the first other error.
    pub fn parse(text: &str) -> Result<Self, Vec<SyntaxError>> {
        let mut builder = XmlReader { text, ..XmlReader::default() };
        // About as many elements as configuration files have.
        builder.document.elements.reserve(text.len() / 128);
        let fatal = builder.read();
        let mut faults = builder.faults;
        faults.extend(fatal.err());
        faults.sort_by_key(|fault| fault.span);
        if faults.is_empty() { Ok(builder.document) } else { Err(faults) }
    }

    /// The root element; every parsed document has one.
    pub fn root(&self) -> Option<&Element> {
        self.elements.first()
    }

    /// The children of `element`.
    pub fn children<'a>(&'a self, element: &'a Element) -> impl Iterator<Item = &'a Element> {
        element.children.iter().filter_map(|at| self.elements.get(*at))
    }
}

impl Element {
    /// The name without its prefix.
    pub fn local_name<'a>(&self, text: &'a str) -> &'a str {
        let name = self.name.of(text);
        name.rsplit_once(':').map_or(name, |(_, local)| local)
    }

    /// The attribute with this local name.
    pub fn attribute(&self, text: &str, name: &str) -> Option<Attribute> {
        self.attributes.iter().copied().find(|attribute| {
            let written = attribute.name.of(text);
            written == name || written.rsplit_once(':').is_some_and(|(prefix, local)| local == name && prefix != "xmlns")
        })
    }

    /// The text directly inside the element, with references resolved, not trimmed.
    pub fn content(&self, text: &str) -> String {
        self.text.iter().map(|piece| resolve(piece.of(text))).collect::<Vec<Cow<str>>>().concat()
    }

    /// The range from the first to the last piece of text; if there is none, the empty range after the start tag.
    pub fn content_span(&self) -> Span {
        match (self.text.first(), self.text.last()) {
            (Some(first), Some(last)) => Span::new(first.start, last.end),
            _ => Span::at(self.tag.end),
        }
    }
}

#[derive(Default)]
struct XmlReader<'a> {
    text: &'a str,
    document: XmlDocument,
    /// The open elements.
    open: Vec<usize>,
    /// Errors that do not stop the reader.
    faults: Vec<SyntaxError>,
    /// Whether there is a document type declaration, which may declare entities.
    has_doctype: bool,
}

impl XmlReader<'_> {
    fn read(&mut self) -> Result<(), SyntaxError> {
        let text = self.text;
        let mut reader = Reader::from_str(text);
        reader.config_mut().check_end_names = false;
        reader.config_mut().allow_unmatched_ends = true;
        // The reader skips a byte-order mark and does not count it.
        let skipped =
            if text.starts_with(super::position::BYTE_ORDER_MARK) { super::position::BYTE_ORDER_MARK.len_utf8() } else { 0 };
        let position = |reader: &Reader<&[u8]>| {
            usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX).saturating_add(skipped).min(text.len())
        };
        loop {
            let start = position(&reader);
            let event = reader.read_event();
            let span = Span::new(start, position(&reader));
            match event.map_err(|error| self.syntax_fault(&error, start))? {
                Event::Start(tag) => {
                    let element = self.open_element(&tag, span)?;
                    self.open.push(element);
                }
                Event::Empty(tag) => {
                    self.open_element(&tag, span)?;
                }
                Event::End(_) => self.close_element(span)?,
                Event::Text(_) => self.add_text(span)?,
                Event::CData(_) => self.add_cdata(span)?,
                Event::GeneralRef(_) => self.add_reference(span)?,
                Event::Comment(_) => self.add_comment(span),
                Event::Decl(_) if start != skipped => {
                    return Err(SyntaxError::new(span, "the XML declaration is not at the start of the file")
                        .help("remove everything before `<?xml`"));
                }
                Event::DocType(_) => self.has_doctype = true,
                Event::Decl(_) | Event::PI(_) => {}
                Event::Eof => return self.finish(),
            }
        }
    }

    fn open_element(&mut self, tag: &BytesStart, span: Span) -> Result<usize, SyntaxError> {
        let text = self.text;
        if self.open.is_empty() && !self.document.elements.is_empty() {
            let root = self.document.elements[0].tag;
            return Err(SyntaxError::new(span, "a second root element")
                .related(root, "the first one starts here")
                .help("remove it: an XML file has one root element"));
        }
        if self.open.len() >= MAX_NESTING {
            return Err(SyntaxError::too_deep(span));
        }
        let name = Span::new(span.start + 1, span.start + 1 + tag.name().as_ref().len());
        if !name.of(text).starts_with(|first: char| first.is_alphabetic() || matches!(first, '_' | ':')) {
            return Err(SyntaxError::new(Span::new(span.start, name.end), "`<` does not start an element here")
                .help("write `&lt;` for the character itself"));
        }
        let attributes = attributes_of(text, span, name)?;
        for attribute in &attributes {
            let value = attribute.value;
            if let Some(at) = value.of(text).find('<') {
                return Err(SyntaxError::new(Span::new(value.start + at, value.start + at + 1), "`<` in an attribute value")
                    .help("write `&lt;`, or add the closing quote of the value"));
            }
            self.check_text(value)?;
        }
        let number = self.document.elements.len();
        if let Some(parent) = self.open.last().and_then(|parent| self.document.elements.get_mut(*parent)) {
            parent.children.push(number);
        }
        self.document.elements.push(Element { name, tag: span, span, attributes, children: Vec::new(), text: Vec::new() });
        Ok(number)
    }

    fn close_element(&mut self, span: Span) -> Result<(), SyntaxError> {
        let written = span.of(self.text).trim_start_matches("</").trim_end_matches('>').trim_end();
        let Some(element) = self.open.pop().and_then(|open| self.document.elements.get_mut(open)) else {
            return Err(SyntaxError::new(span, format!("`</{written}>` has no start tag"))
                .help("remove the end tag, or add its start tag"));
        };
        element.span.end = span.end;
        let opened = element.name.of(self.text);
        if opened == written {
            return Ok(());
        }
        let tag = element.tag;
        let around = self.open.last().and_then(|open| self.document.elements.get(*open));
        let repeated = around.filter(|around| around.name.of(self.text) == opened);
        let fault = SyntaxError::new(span, format!("expected `</{opened}>`, found `</{written}>`"));
        Err(match repeated {
            Some(_) => fault
                .related(tag, format!("`<{opened}>` inside `<{opened}>` is still open; `</{opened}>` may be meant"))
                .help(format!("write `</{opened}>` instead of the second `<{opened}>`, or close both")),
            None => fault
                .related(tag, format!("`<{opened}>` is still open"))
                .help(format!("close `<{opened}>` first, or remove the extra tag")),
        })
    }

    fn add_text(&mut self, span: Span) -> Result<(), SyntaxError> {
        let text = self.text;
        if let Some(open) = self.open.last().and_then(|open| self.document.elements.get_mut(*open)) {
            open.text.push(span);
            return self.check_text(span);
        }
        let written = span.of(text);
        let content = written.trim_start_matches(super::position::BYTE_ORDER_MARK).trim();
        if content.is_empty() {
            return Ok(());
        }
        let start = span.start + written.find(content).unwrap_or(0);
        let end = start + content.find(['\r', '\n']).unwrap_or(content.len());
        Err(SyntaxError::new(Span::new(start, end), "text outside the root element")
            .help("remove it, or write it as a comment: <!-- … -->"))
    }

    fn add_cdata(&mut self, span: Span) -> Result<(), SyntaxError> {
        let Some(open) = self.open.last().and_then(|open| self.document.elements.get_mut(*open)) else {
            return Err(SyntaxError::new(span, "text outside the root element").help("remove it"));
        };
        open.text.push(span);
        Ok(())
    }

    fn add_reference(&mut self, span: Span) -> Result<(), SyntaxError> {
        self.check_text(span)?;
        if let Some(open) = self.open.last().and_then(|open| self.document.elements.get_mut(*open)) {
            open.text.push(span);
        }
        Ok(())
    }

    fn check_text(&self, span: Span) -> Result<(), SyntaxError> {
        let written = span.of(self.text);
        if let Some((at, len)) = bad_character(written) {
            return Err(SyntaxError::new(
                Span::new(span.start + at, span.start + at + len),
                "a control character, which XML does not allow",
            )
            .help("remove it"));
        }
        if let Some((at, len)) = bad_reference(written, self.has_doctype) {
            let reference = &written[at..at + len];
            return Err(SyntaxError::new(
                Span::new(span.start + at, span.start + at + len),
                format!("`{reference}` is not a valid reference"),
            )
            .help("write `&amp;` for the character `&`"));
        }
        Ok(())
    }

    fn add_comment(&mut self, span: Span) {
        self.document.comments.push(span);
        let inside = Span::new(span.start + 4, span.end.saturating_sub(3));
        let content = inside.of(self.text);
        let at = content.find("--").or_else(|| content.ends_with('-').then(|| content.len() - 1));
        if let Some(at) = at {
            let at = inside.start + at;
            self.faults.push(
                SyntaxError::new(Span::new(at, at + 2), "`--` in a comment")
                    .related(Span::new(span.start, span.start + 4), "the comment starts here")
                    .help("comments do not nest: close the outer comment before the inner one, or remove `--`"),
            );
        }
    }

    fn finish(&mut self) -> Result<(), SyntaxError> {
        if let Some(open) = self.open.last().and_then(|open| self.document.elements.get(*open)) {
            let name = open.name.of(self.text);
            return Err(SyntaxError::new(open.tag, format!("`<{name}>` is never closed"))
                .help(format!("add `</{name}>`; if the file is truncated, restore it")));
        }
        if self.document.elements.is_empty() {
            let what = if self.text.trim().is_empty() { "the file is empty" } else { "the file has no root element" };
            return Err(SyntaxError::new(Span::at(0), what).help("restore the file from the product's distribution"));
        }
        Ok(())
    }

    /// Converts an error of the reader to one at the place where a person would look.
    fn syntax_fault(&self, error: &Error, start: usize) -> SyntaxError {
        let text = self.text;
        let rest = &text[start.min(text.len())..];
        match error {
            Error::Syntax(_) if rest.contains("<!--") && rest.rfind("<!--") > rest.rfind("-->") => {
                let at = start + rest.rfind("<!--").unwrap_or(0);
                SyntaxError::new(Span::new(at, at + 4), "the comment is never closed").help("close it with `-->`")
            }
            Error::Syntax(_) => {
                let at = start + rest.find('<').unwrap_or(0);
                SyntaxError::new(Span::new(at, end_of_line(text, at)), "the tag is never closed")
                    .help("close it with `>`; if the file is truncated, restore it")
            }
            Error::IllFormed(IllFormedError::UnclosedReference) => {
                let at = start + rest.find('&').unwrap_or(0);
                SyntaxError::new(Span::new(at, at + 1), "unescaped `&`").help("write `&amp;` for the character `&`")
            }
            other => {
                let at = start + rest.find('<').unwrap_or(0);
                SyntaxError::new(Span::new(at, end_of_line(text, at)), other.to_string()).help("correct the markup")
            }
        }
    }
}

fn end_of_line(text: &str, from: usize) -> usize {
    text[from..].find(['\r', '\n']).map_or(text.len(), |len| from + len)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> String {
        let faults = XmlDocument::parse(text).expect_err("not well-formed");
        faults.iter().map(|fault| format!("{}:{}", fault.span.start, fault.message)).collect::<Vec<_>>().join(" | ")
    }

    #[test]
    fn elements_attributes_and_texts_have_spans() {
        let text =
            "<?xml version=\"1.0\"?>\r\n<s:a xmlns:s='u' b = \"1&amp;2\"><c>x<!-- - -->y&lt;<![CDATA[<z>]]></c><d/></s:a>\n";
        let document = XmlDocument::parse(text).expect("well-formed");
        let root = document.root().expect("a root");
        assert_eq!(root.local_name(text), "a");
        assert_eq!(root.span.of(text), text.trim().trim_start_matches("<?xml version=\"1.0\"?>").trim());
        let attribute = root.attribute(text, "b").expect("b");
        assert_eq!((attribute.value.of(text), attribute.content(text).as_ref()), ("1&amp;2", "1&2"));
        let children: Vec<&str> = document.children(root).map(|child| child.tag.of(text)).collect();
        assert_eq!(children, ["<c>", "<d/>"]);
        assert_eq!(document.elements[1].content(text), "xy<<z>");
        assert_eq!(document.comments[0].of(text), "<!-- - -->");
    }

    #[test]
    fn each_error_has_its_place() {
        for (text, expected) in [
            ("", "0:the file is empty"),
            ("<!-- x -->", "0:the file has no root element"),
            ("<a><b></a>", "6:expected `</b>`, found `</a>`"),
            ("<a><b>x<b></a>", "10:expected `</b>`, found `</a>`"),
            ("<a><b>x</b>", "0:`<a>` is never closed"),
            ("<a></a></b>", "7:`</b>` has no start tag"),
            ("<a/><b/>", "4:a second root element"),
            ("<a>x & y</a>", "5:unescaped `&`"),
            ("<a>x &nbsp; y</a>", "5:`&nbsp;` is not a valid reference"),
            ("<a b=\"x&y\"/>", "7:`&y` is not a valid reference"),
            ("<a b=\"1\" b=\"2\"/>", "9:duplicate attribute `b`"),
            ("<a b=1/>", "5:the attribute value is not in quotes"),
            ("<a b/>", "3:the attribute has no value"),
            ("<a b=\"<\"/>", "6:`<` in an attribute value"),
            ("<a><!-- x -- y --></a>", "10:`--` in a comment"),
            ("<a><!-- x </a>", "3:the comment is never closed"),
            ("<a", "0:the tag is never closed"),
            ("<a/>x", "4:text outside the root element"),
            ("x<a/>", "0:text outside the root element"),
            ("<a>\u{1}</a>", "3:a control character, which XML does not allow"),
            (" <?xml version=\"1.0\"?><a/>", "1:the XML declaration is not at the start of the file"),
            ("<a b=\"1\"\u{a0}c=\"2\"/>", "8:invisible character U+00A0 between attributes"),
            ("<a é/>", "3:the attribute has no value"),
            ("<a>1 < 2</a>", "5:`<` does not start an element here"),
        ] {
            assert_eq!(fault(text), expected, "{text:?}");
        }
    }

    #[test]
    fn spans_include_a_byte_order_mark() {
        let text = "\u{feff}<a b=\"1\"/>";
        let document = XmlDocument::parse(text).expect("well-formed");
        assert_eq!(document.elements[0].tag.of(text), "<a b=\"1\"/>");
    }

    #[test]
    fn depth_is_limited() {
        let text = format!("{}{}", "<a>".repeat(300), "</a>".repeat(300));
        assert!(XmlDocument::parse(&text).expect_err("too deep")[0].too_deep);
    }
}
