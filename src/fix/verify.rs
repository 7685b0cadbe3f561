//! The comparison before writing: the new text must parse, and only what the fixes name may differ.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::refusal::Refusal;
use crate::edit::toml_mark::is_marked;
use crate::edit::xml::commented_out;
use crate::home::embedded_in;
use crate::model::{Content, parse};
use crate::source::key::Key;
use crate::source::toml::{TomlDocument, TomlEntry};
use crate::source::xml::{Element, XmlDocument};
use crate::source::yaml::{YamlNode, YamlValue};
use crate::source::{Kind, SourceFile, Span};

/// Compares a file before and after. Fails with the reason why the new content may not be written. `parsed` is the content of `old` if it was
/// parsed before.
pub fn compare(old: &SourceFile, parsed: Option<&Content>, new: &SourceFile, scope: &BTreeSet<&str>) -> Result<(), Refusal> {
    if old.encoding != new.encoding || new.encoding_fault != old.encoding_fault {
        return Err(Refusal::ChangesEncoding);
    }
    let (inside, still_inside) = match old.kind {
        Kind::Yaml => (embedded_in(&old.text), embedded_in(&new.text)),
        _ => Default::default(),
    };
    if inside.len() != still_inside.len() {
        return Err(Refusal::DoesNotParse);
    }
    if inside.is_empty() {
        return compare_content(old, parsed, new, scope);
    }
    // What is around the files inside the YAML file stays as it is.
    let mut ends = (0, 0);
    for (before, after) in inside.iter().zip(&still_inside) {
        if old.text[ends.0..before.span.start] != new.text[ends.1..after.span.start] {
            return Err(Refusal::AlsoChanges(old.path.display().to_string()));
        }
        ends = (before.span.end, after.span.end);
    }
    if old.text[ends.0..] != new.text[ends.1..] {
        return Err(Refusal::AlsoChanges(old.path.display().to_string()));
    }
    inside.into_iter().zip(still_inside).try_for_each(|(before, after)| {
        let load =
            |bytes: &[u8], file| SourceFile::from_bytes(&old.path, bytes.to_vec()).map(|source| source.with_embedded(file));
        let (Ok(before), Ok(after)) = (load(old.text.as_bytes(), before), load(new.text.as_bytes(), after)) else {
            return Err(Refusal::TooLarge);
        };
        compare_content(&before, None, &after, scope)
    })
}

/// Compares the content of one file before and after.
fn compare_content(old: &SourceFile, parsed: Option<&Content>, new: &SourceFile, scope: &BTreeSet<&str>) -> Result<(), Refusal> {
    let reparsed;
    let before = if let Some(parsed) = parsed {
        parsed
    } else {
        reparsed = parse(old).0;
        &reparsed
    };
    let after = parse(new).0;
    let (before, after) = match (before, &after) {
        // A file that did not parse before cannot be compared: a template of the server, for example.
        (Content::Broken | Content::Unparsed, _) => return Ok(()),
        (_, Content::Broken) => return Err(Refusal::DoesNotParse),
        (Content::Toml(before), Content::Toml(after)) => {
            keeps_comments((old, &before.comments), (&new.text, &after.comments), scope, comments_in_toml_comment)?;
            return permit(changed_keys(before, after), scope);
        }
        (Content::Xml(before), Content::Xml(after)) => {
            keeps_comments((old, &before.comments), (&new.text, &after.comments), scope, comments_in_xml_comment)?;
            (xml_facts(before, &old.text), xml_facts(after, &new.text))
        }
        (Content::Properties(before), Content::Properties(after)) => {
            let facts = |properties: &crate::source::properties::Properties| {
                let pairs = properties.entries.iter().map(|property| (property.key.clone(), property.value.clone()));
                collect(pairs)
            };
            (facts(before), facts(after))
        }
        (Content::Yaml(before), Content::Yaml(after)) => (yaml_facts(before.as_ref()), yaml_facts(after.as_ref())),
        _ => return Err(Refusal::UnknownKind),
    };
    let names = before.keys().chain(after.keys());
    let changed = names.filter(|name| before.get(*name) != after.get(*name)).map(String::as_str);
    permit(changed, scope)
}

/// Fails if one of the changed names is not in `scope`, or is a secret, which no fix may change.
fn permit<'a>(changed: impl IntoIterator<Item = &'a str>, scope: &BTreeSet<&str>) -> Result<(), Refusal> {
    match changed.into_iter().find(|name| is_secret(name) || !is_in_scope(name, scope)) {
        Some(name) => Err(Refusal::AlsoChanges(name.to_owned())),
        None => Ok(()),
    }
}

/// The content of a document: every name with its values in the order of the text.
type Facts = BTreeMap<String, Vec<String>>;

fn collect(pairs: impl Iterator<Item = (String, String)>) -> Facts {
    let mut facts = Facts::new();
    for (name, value) in pairs {
        facts.entry(name).or_default().push(value);
    }
    facts
}

/// Whether `scope` has the name itself, or a table or element that it is in.
fn is_in_scope(name: &str, scope: &BTreeSet<&str>) -> bool {
    let ends = name.match_indices(['.', '[', '/', '@']).map(|(end, _)| end);
    ends.chain([name.len()]).any(|end| scope.contains(&name[..end])) || scope.contains("")
}

fn is_secret(name: &str) -> bool {
    Key::new(name).secrets_table().is_some()
}

/// The keys whose values differ, or are not in the same elements.
fn changed_keys<'a>(before: &'a TomlDocument, after: &'a TomlDocument) -> impl Iterator<Item = &'a str> {
    let is_changed = |key: &&str| {
        let (mut before, mut after) = (before.entries_of(key), after.entries_of(key));
        loop {
            match (before.next(), after.next()) {
                (None, None) => return false,
                (Some(before), Some(after)) if is_same(before, after) => {}
                _ => return true,
            }
        }
    };
    let added = after.keys().filter(|key| before.get(key).is_none());
    before.keys().filter(is_changed).chain(added)
}

fn is_same(before: &TomlEntry, after: &TomlEntry) -> bool {
    // Secrets must be strings, so quotes around a value do not change the secret.
    let text = |entry: &TomlEntry| entry.value.as_text().filter(|_| is_secret(&entry.key));
    match (text(before), text(after)) {
        (None, None) => before.elements == after.elements && before.value.is_same(&after.value),
        (before, after) => before == after,
    }
}

fn xml_facts(document: &XmlDocument, text: &str) -> Facts {
    let mut pairs = Vec::new();
    if let Some(root) = document.root() {
        add_element(document, text, root, "", &mut pairs);
    }
    collect(pairs.into_iter())
}

fn add_element(document: &XmlDocument, text: &str, element: &Element, parent: &str, pairs: &mut Vec<(String, String)>) {
    let path =
        if parent.is_empty() { element.local_name(text).to_owned() } else { format!("{parent}/{}", element.local_name(text)) };
    // The name itself is a fact, so that the removal of an empty element is noticed.
    let words = element.content(text).split_whitespace().collect::<Vec<_>>().join(" ");
    pairs.push((path.clone(), words));
    for attribute in &element.attributes {
        pairs.push((format!("{path}@{}", attribute.name.of(text)), attribute.content(text).into_owned()));
    }
    for child in document.children(element) {
        add_element(document, text, child, &path, pairs);
    }
}

fn yaml_facts(root: Option<&YamlNode>) -> Facts {
    fn add(node: &YamlNode, path: &str, pairs: &mut Vec<(String, String)>) {
        match &node.value {
            YamlValue::Scalar(text) => pairs.push((path.to_owned(), text.clone())),
            YamlValue::Mapping(entries) => {
                for (key, value) in entries {
                    add(value, &format!("{path}/{}", key.as_scalar().unwrap_or_default()), pairs);
                }
            }
            YamlValue::Sequence(items) => items.iter().for_each(|item| add(item, path, pairs)),
            YamlValue::Alias => pairs.push((path.to_owned(), "*".to_owned())),
        }
    }
    let mut pairs = Vec::new();
    if let Some(root) = root {
        add(root, "", &mut pairs);
    }
    collect(pairs.into_iter())
}

/// Fails unless the new text has every comment of the old one that is not in the scope as often as before, on its own or inside a comment made by
/// a fix.
fn keeps_comments(
    (old, before): (&SourceFile, &[Span]),
    (new, after): (&str, &[Span]),
    scope: &BTreeSet<&str>,
    inside: fn(&str) -> Vec<String>,
) -> Result<(), Refusal> {
    let mut kept: HashMap<String, usize> = HashMap::new();
    for comment in after {
        let comment = comment.of(new);
        for text in inside(comment).into_iter().chain([comment.to_owned()]) {
            *kept.entry(text).or_default() += 1;
        }
    }
    for comment in before.iter().filter(|comment| !scope.contains(comment.of(&old.text))) {
        match kept.get_mut(comment.of(&old.text)) {
            Some(count) if *count > 0 => *count -= 1,
            _ => return Err(Refusal::LosesComment(old.position(comment.start).line)),
        }
    }
    Ok(())
}

/// The comments of an element that a fix commented out.
fn comments_in_xml_comment(comment: &str) -> Vec<String> {
    let Some(element) = commented_out(comment) else { return Vec::new() };
    let document = XmlDocument::parse(&element).unwrap_or_default();
    document.comments.iter().map(|inner| inner.of(&element).to_owned()).collect()
}

/// The comments that may be at the end of one that a fix added to a line.
fn comments_in_toml_comment(comment: &str) -> Vec<String> {
    if !is_marked(comment) {
        return Vec::new();
    }
    comment.match_indices('#').skip(1).map(|(start, _)| comment[start..].to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(name: &str, old: &str, new: &str, scope: &[&str]) -> Result<(), Refusal> {
        let load = |text: &str| SourceFile::from_bytes(std::path::Path::new(name), text.into()).expect("small enough");
        compare(&load(old), None, &load(new), &scope.iter().copied().collect())
    }

    #[test]
    fn only_what_is_named_may_differ() {
        let old = "[a]\nx = 1 # one\n[[l]]\ny = [1, 2]\n";
        assert_eq!(verdict("x.toml", old, "[a]\nx = 2 # one\n[[l]]\ny = [1, 2]\n", &["a.x"]), Ok(()));
        assert_eq!(verdict("x.toml", old, "# top\n[a]\nx = 1 # one\n[[l]]\ny = [1, 2]\n", &[]), Ok(()));
        assert!(verdict("x.toml", old, "[a]\nx = 2 # one\n[[l]]\ny = [1]\n", &["a.x"]).is_err());
        assert!(verdict("x.toml", old, "[a]\nx = 1\n[[l]]\ny = [1, 2]\n", &["a.x"]).is_err(), "a comment is lost");
        assert!(verdict("x.toml", old, "[a]\nx = \n", &["a"]).is_err(), "it does not parse");
        assert!(
            verdict("x.toml", "[[l]]\na = 1\n[[l]]\nb = 2\n", "[[l]]\na = 1\nb = 2\n[[l]]\n", &[]).is_err(),
            "another element"
        );
        assert!(verdict("x.toml", "[secrets]\na = \"1\"\n", "[secrets]\na = \"2\"\n", &["secrets.a"]).is_err(), "a secret");
        assert_eq!(verdict("x.toml", "[runtime_secrets]\na = true\n", "[runtime_secrets]\na = \"true\"\n", &[]), Ok(()));
        assert!(verdict("x.toml", "# a\n# a\n", "# a\n# a b\n", &[]).is_err(), "a comment changed");
        assert!(verdict("x.toml", "[a]\nxy = 1\n", "[a]\nxy = 2\n", &["a.x"]).is_err(), "`a.x` does not cover `a.xy`");
    }

    #[test]
    fn elements_and_attributes_are_compared() {
        let old = "<a><b c=\"1\">x</b><!-- d --><e/></a>";
        assert_eq!(verdict("x.xml", old, "<a><b c=\"2\">y</b><!-- d --><e/></a>", &["a/b"]), Ok(()));
        assert_eq!(verdict("x.xml", old, "<a><!-- carbonlint[r] <b c=\"1\">x</b> --><!-- d --><e/></a>", &["a/b"]), Ok(()));
        assert!(verdict("x.xml", old, "<a><b c=\"1\">x</b><!-- d --></a>", &["a/b"]).is_err(), "an empty element is gone");
        assert!(verdict("x.xml", old, "<a><b c=\"1\">x</b><e/></a>", &["a/b"]).is_err(), "a comment is lost");
    }
}
