//! Where in an XML file a place is: in text, in an attribute, in a comment.

/// Where in an XML file a place is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum XmlContext {
    /// Between tags.
    Text,
    /// In the value of an attribute that has this quote.
    Attribute(char),
    /// In a tag, outside the values of its attributes.
    Tag,
    /// In a comment.
    Comment,
    /// In a CDATA section.
    Cdata,
    /// In a processing instruction, or a declaration.
    Declaration,
}

/// Follows an XML file to places in it. The file need not be well-formed.
#[derive(Debug)]
pub(crate) struct XmlContexts<'a> {
    text: &'a str,
    at: usize,
    context: XmlContext,
}

impl<'a> XmlContexts<'a> {
    /// Starts at the beginning of `text`.
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, at: 0, context: XmlContext::Text }
    }

    /// The context of what is at `offset`, which must not be before that of the last call.
    pub(crate) fn at(&mut self, offset: usize) -> XmlContext {
        while let Some((next, context)) = self.next_change().filter(|(next, _)| *next <= offset) {
            (self.at, self.context) = (next, context);
        }
        self.context
    }

    /// Where the next context begins, and which one it is.
    fn next_change(&self) -> Option<(usize, XmlContext)> {
        let rest = &self.text[self.at..];
        let after = |mark: &str| rest.find(mark).map(|at| self.at + at + mark.len());
        match self.context {
            XmlContext::Text => {
                let start = rest.find('<')?;
                let (mark, context) = match &rest[start..] {
                    tag if tag.starts_with("<!--") => ("<!--", XmlContext::Comment),
                    tag if tag.starts_with("<![CDATA[") => ("<![CDATA[", XmlContext::Cdata),
                    tag if tag.starts_with("<?") => ("<?", XmlContext::Declaration),
                    tag if tag.starts_with("<!") => ("<!", XmlContext::Declaration),
                    _ => ("<", XmlContext::Tag),
                };
                Some((self.at + start + mark.len(), context))
            }
            XmlContext::Tag => {
                let end = rest.find(['>', '"', '\''])?;
                let context = match rest[end..].chars().next()? {
                    '>' => XmlContext::Text,
                    quote => XmlContext::Attribute(quote),
                };
                Some((self.at + end + 1, context))
            }
            XmlContext::Attribute(quote) => rest.find(quote).map(|end| (self.at + end + 1, XmlContext::Tag)),
            XmlContext::Comment => after("-->").map(|end| (end, XmlContext::Text)),
            XmlContext::Cdata => after("]]>").map(|end| (end, XmlContext::Text)),
            XmlContext::Declaration => after(">").map(|end| (end, XmlContext::Text)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::XmlContext::{Attribute, Cdata, Comment, Tag, Text};
    use super::*;

    #[test]
    fn each_place_has_its_context() {
        let text = "<?xml?><!-- 1 > --><a b=\"2>\" c='3\"' 4><![CDATA[<5]]>6</a>";
        let mut contexts = XmlContexts::new(text);
        let found: Vec<XmlContext> =
            ["1", "2", "3", "4", "5", "6"].map(|mark| contexts.at(text.find(mark).expect("a mark"))).to_vec();
        assert_eq!(found, [Comment, Attribute('"'), Attribute('\''), Tag, Cdata, Text]);
    }

    #[test]
    fn a_file_that_ends_early_has_contexts_too() {
        assert_eq!(XmlContexts::new("<a b=\"").at(6), Attribute('"'));
        assert_eq!(XmlContexts::new("<!-- é").at(5), Comment);
        assert_eq!(XmlContexts::new("").at(0), Text);
    }
}
