//! Edits arbitrary XML. A commented-out element must be restored byte for byte, and a value that was set must be read back.
#![no_main]

use carbonlint::internals::{TextEdit, XmlDocument, apply, bring_back, comment_out, set_attribute, set_text};
use carbonlint::Edit;
use libfuzzer_sys::fuzz_target;

fn edited(text: &str, edits: Vec<TextEdit>) -> String {
    let edits: Vec<Edit> = edits.into_iter().map(|(span, text)| Edit { file: "carbon.xml".into(), span, text }).collect();
    let (result, applied) = apply(text, &[edits]);
    assert_eq!(applied, [true]);
    result
}

fuzz_target!(|text: &str| {
    let Ok(document) = XmlDocument::parse(text) else { return };
    if text.contains("carbonlint[") {
        return;
    }
    for (number, element) in document.elements.iter().enumerate().take(20) {
        if number > 0
            && let Some(edit) = comment_out(text, element, "rule")
        {
            let commented = edited(text, vec![edit]);
            let parsed = XmlDocument::parse(&commented).expect("a comment is well-formed");
            assert_eq!(edited(&commented, bring_back(&commented, &parsed, "rule").0), text);
        }
        if let Some(edit) = set_text(text, element, "1 < 2 & \"3\"") {
            let changed = edited(text, vec![edit]);
            let parsed = XmlDocument::parse(&changed).expect("escaped text is well-formed");
            assert_eq!(parsed.elements[number].content(&changed), "1 < 2 & \"3\"");
        }
        for attribute in element.attributes.iter().take(3) {
            let changed = edited(text, vec![set_attribute(text, *attribute, "it's <&> \"x\"")]);
            let parsed = XmlDocument::parse(&changed).expect("escaped values are well-formed");
            let name = attribute.name.of(text);
            let name = name.rsplit_once(':').map_or(name, |(_, local)| local);
            let values = parsed.elements[number].attributes.iter().filter(|other| other.name.of(&changed).ends_with(name));
            assert!(values.map(|other| other.content(&changed)).any(|value| value == "it's <&> \"x\""));
        }
    }
});
