//! Finds the values at a path in a file, with one path syntax for XML, YAML and properties.

use crate::model::Content;
use crate::source::Span;
use crate::source::xml::{Element, XmlDocument};
use crate::source::yaml::{YamlNode, YamlValue};

/// A value in the text of a file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ValueInText {
    /// The value as written, with escapes and references resolved, not trimmed.
    pub value: String,
    /// Where the value is.
    pub at: Span,
    /// The place to report: the start tag of an element, the name of an attribute, or the key.
    pub anchor: Span,
    /// What holds it: the element of an attribute, the parent of an element, or the mapping of a key. Empty in a properties file.
    pub holder: Span,
}

/// Returns every value at `path` in a file with this content, in the order of the text.
pub(crate) fn find_in(content: &Content, text: &str, path: &str) -> Vec<ValueInText> {
    match content {
        Content::Xml(document) => find_in_xml(&ValuePath::parse(path), document, text),
        Content::Properties(properties) => properties
            .get(path)
            .map(|property| ValueInText {
                value: property.value.clone(),
                at: property.value_span,
                anchor: property.key_span,
                holder: Span::default(),
            })
            .into_iter()
            .collect(),
        Content::Yaml(Some(root)) => {
            let mut found = Vec::new();
            find_in_yaml(&ValuePath::parse(path).steps, root, None, Span::default(), &mut found);
            found
        }
        _ => Vec::new(),
    }
}

/// The path that leads from what holds the value at `path` along `relative`: `a/b/@port` and `../host` make `a/host`.
pub(crate) fn beside(path: &str, relative: &str) -> String {
    let mut steps: Vec<&str> = split_steps(path).collect();
    steps.pop();
    let mut relative = relative;
    while let Some(rest) = relative.strip_prefix("../") {
        steps.pop();
        relative = rest;
    }
    steps.push(relative);
    steps.join("/")
}

/// A parsed path: `Server/C[@scheme='https']/@port`.
struct ValuePath<'a> {
    steps: Vec<PathStep<'a>>,
    attribute: Option<&'a str>,
}

/// An element or key of a path, with its conditions.
struct PathStep<'a> {
    name: &'a str,
    conditions: Vec<Condition<'a>>,
}

/// A condition `[@name='value']`, or one with `!=`, which is also true for a missing attribute.
struct Condition<'a> {
    name: &'a str,
    value: &'a str,
    equal: bool,
}

impl<'a> ValuePath<'a> {
    fn parse(path: &'a str) -> Self {
        let mut steps = Vec::new();
        let mut attribute = None;
        for part in split_steps(path) {
            match part.strip_prefix('@') {
                Some(name) => attribute = Some(name),
                None => steps.push(PathStep::parse(part)),
            }
        }
        Self { steps, attribute }
    }
}

/// Splits a path at the slashes outside brackets.
fn split_steps(path: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0;
    path.split(move |character| {
        match character {
            '[' => depth += 1,
            ']' => depth -= 1,
            _ => {}
        }
        character == '/' && depth == 0
    })
}

impl<'a> PathStep<'a> {
    fn parse(step: &'a str) -> Self {
        let (name, rest) = step.split_once("[@").map_or((step, ""), |(name, _)| (name, &step[name.len()..]));
        let conditions = rest
            .split("[@")
            .filter_map(|condition| {
                let condition = condition.strip_suffix(']')?;
                let (name, value) = condition.split_once('=')?;
                let value = value.trim_matches('\'');
                Some(match name.strip_suffix('!') {
                    Some(name) => Condition { name, value, equal: false },
                    None => Condition { name, value, equal: true },
                })
            })
            .collect();
        Self { name, conditions }
    }

    fn matches(&self, element: &Element, text: &str) -> bool {
        element.local_name(text) == self.name
            && self.conditions.iter().all(|condition| {
                let value = element.attribute(text, condition.name).map(|attribute| attribute.content(text));
                (value.as_deref() == Some(condition.value)) == condition.equal
            })
    }
}

fn find_in_xml(path: &ValuePath, document: &XmlDocument, text: &str) -> Vec<ValueInText> {
    let Some((first, rest)) = path.steps.split_first() else { return Vec::new() };
    let root = document.root().into_iter().filter(|root| first.matches(root, text));
    let mut level: Vec<(&Element, Span)> = root.map(|root| (root, root.span)).collect();
    for step in rest {
        level = level
            .into_iter()
            .flat_map(|(element, _)| document.children(element).map(|child| (child, element.span)))
            .filter(|(child, _)| step.matches(child, text))
            .collect();
    }
    level
        .into_iter()
        .filter_map(|(element, holder)| match path.attribute {
            Some(name) => element.attribute(text, name).map(|attribute| ValueInText {
                value: attribute.content(text).into_owned(),
                at: attribute.value,
                anchor: attribute.name,
                holder: element.span,
            }),
            None => Some(ValueInText { value: element.content(text), at: element.content_span(), anchor: element.tag, holder }),
        })
        .collect()
}

fn find_in_yaml(steps: &[PathStep], node: &YamlNode, key: Option<Span>, holder: Span, found: &mut Vec<ValueInText>) {
    if let YamlValue::Sequence(items) = &node.value {
        for item in items {
            find_in_yaml(steps, item, key, holder, found);
        }
        return;
    }
    let Some((step, rest)) = steps.split_first() else {
        if let Some(value) = node.as_scalar() {
            found.push(ValueInText { value: value.to_owned(), at: node.span, anchor: key.unwrap_or(node.span), holder });
        }
        return;
    };
    let YamlValue::Mapping(pairs) = &node.value else { return };
    for (name, value) in pairs.iter().filter(|(name, _)| name.as_scalar() == Some(step.name)) {
        let items = match &value.value {
            YamlValue::Sequence(items) => items.iter().collect(),
            _ => vec![value],
        };
        let holds = |item: &&YamlNode| {
            step.conditions.iter().all(|condition| {
                let value = item.get(condition.name).and_then(YamlNode::as_scalar);
                (value == Some(condition.value)) == condition.equal
            })
        };
        for item in items.into_iter().filter(holds) {
            find_in_yaml(rest, item, Some(name.span), node.span, found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::yaml;

    fn in_xml(text: &str, path: &str) -> Vec<(String, String)> {
        let document = XmlDocument::parse(text).expect("well-formed");
        find_in_xml(&ValuePath::parse(path), &document, text)
            .into_iter()
            .map(|found| (found.value, found.anchor.of(text).to_owned()))
            .collect()
    }

    #[test]
    fn xml_paths_name_elements_and_attributes() {
        let text = "<s:Server xmlns:s='x'><C port='1'/><C port='2' scheme='https' on='a/b'/><p name='port'>3</p></s:Server>";
        assert_eq!(in_xml(text, "Server/C/@port").len(), 2);
        assert_eq!(in_xml(text, "Server/C[@scheme!='https']/@port"), [("1".to_owned(), "port".to_owned())]);
        assert_eq!(in_xml(text, "Server/C[@scheme='https'][@on='a/b']/@port"), [("2".to_owned(), "port".to_owned())]);
        assert_eq!(in_xml(text, "Server/p[@name='port']"), [("3".to_owned(), "<p name='port'>".to_owned())]);
        assert!(in_xml(text, "Other/C").is_empty());
    }

    #[test]
    fn yaml_paths_pass_through_lists() {
        let text = "a.b:\n  list:\n    -\n      id: x\n      port: 1\n    -\n      id: y\n      port: 2\n  r:\n  - d:\n      type: T\n      port: 3\n";
        let root = yaml::parse(text).expect("valid").expect("a document");
        let values = |path: &str| {
            let mut found = Vec::new();
            find_in_yaml(&ValuePath::parse(path).steps, &root, None, Span::default(), &mut found);
            found.into_iter().map(|found| found.value).collect::<Vec<_>>()
        };
        assert_eq!(values("a.b/list/port"), ["1", "2"]);
        assert_eq!(values("a.b/list[@id='y']/port"), ["2"]);
        assert_eq!(values("a.b/r/d[@type='T']/port"), ["3"]);
    }

    #[test]
    fn a_path_beside_another_has_the_same_holder_or_one_around_it() {
        assert_eq!(beside("Server/C[@on='a/b']/@port", "@address"), "Server/C[@on='a/b']/@address");
        assert_eq!(beside("b/t/amqp/ssl/@port", "../bindAddress"), "b/t/amqp/bindAddress");
        assert_eq!(beside("r[@name='x']/p[@name='port']", "p[@name='bind']"), "r[@name='x']/p[@name='bind']");
        let text = "<S><C port='1' address='a'/><C port='2'/><C port='3' address='c'/></S>";
        let document = XmlDocument::parse(text).expect("well-formed");
        let holders = |path: &str| {
            find_in_xml(&ValuePath::parse(path), &document, text).into_iter().map(|found| found.holder).collect::<Vec<_>>()
        };
        let ports = holders("S/C/@port");
        assert_eq!(holders("S/C/@address"), [ports[0], ports[2]]);
    }
}
