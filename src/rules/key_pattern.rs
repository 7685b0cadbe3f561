//! Patterns of keys, in which `*` is any one segment.

use crate::source::key::{Key, Segment};

/// What each `*` of `pattern` is in `key`; `None` if the key does not match.
pub(super) fn captures(pattern: &str, key: &str) -> Option<Vec<String>> {
    // Nearly all keys differ from nearly all patterns here already.
    if !key.starts_with(before_first_star(pattern)) {
        return None;
    }
    let (mut wanted, mut own) = (Key::new(pattern).segments(), Key::new(key).segments());
    let mut captures = Vec::new();
    loop {
        match (wanted.next(), own.next()) {
            (None, None) => return Some(captures),
            (Some(wanted), Some(own)) if wanted.is_any() && own.marks() == wanted.marks() => {
                captures.push(own.without_marks().to_owned());
            }
            (Some(wanted), Some(own)) if wanted.text == own.text => {}
            _ => return None,
        }
    }
}

/// The part of a pattern before its first `*`.
pub(super) fn before_first_star(pattern: &str) -> &str {
    &pattern[..pattern.find('*').unwrap_or(pattern.len())]
}

/// The pattern with each `*` replaced by what it is elsewhere. Those without a capture stay.
pub(super) fn bind(pattern: &str, captures: &[String]) -> String {
    let mut captures = captures.iter();
    let bound = Key::new(pattern).segments().map(|segment| match captured(segment, &mut captures) {
        Some(capture) => format!("{capture}{}", segment.marks()),
        None => segment.text.to_owned(),
    });
    bound.collect::<Vec<_>>().join(".")
}

fn captured<'c>(segment: Segment, captures: &mut impl Iterator<Item = &'c String>) -> Option<&'c String> {
    segment.is_any().then(|| captures.next()).flatten()
}

/// The part of a key that names lists: up to the last mark of elements.
pub(super) fn lists_of(key: &str) -> &str {
    &key[..key.rfind("[]").map_or(0, |at| at + 2)]
}

/// Whether a segment of `pattern` is `*`.
pub(super) fn is_pattern(pattern: &str) -> bool {
    Key::new(pattern).segments().any(Segment::is_any)
}

/// Whether `text` matches `pattern`, in which `*` is any number of characters.
pub(super) fn matches_glob(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_any_one_segment() {
        assert_eq!(captures("database.*.url", "database.apim_db.url"), Some(vec!["apim_db".to_owned()]));
        assert_eq!(captures("a.*[].b", "a.c[].b"), Some(vec!["c".to_owned()]));
        assert_eq!(captures("a.b", "a.b"), Some(Vec::new()));
        for key in ["database.url", "database.a.b.url", "database.a.type", "database.a[].url", "x.a.url"] {
            assert_eq!(captures("database.*.url", key), None, "{key}");
        }
    }

    #[test]
    fn captures_are_put_in_again() {
        let captures = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(bind("database.*.type", &captures(&["apim_db"])), "database.apim_db.type");
        assert_eq!(bind("a.*[].*", &captures(&["b", "'c.d'"])), "a.b[].'c.d'");
        assert_eq!(bind("a.*.*", &captures(&["b"])), "a.b.*");
    }

    #[test]
    fn a_star_in_a_glob_is_any_text() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("servlet-*", "servlet-http", true),
            ("*-http", "servlet-http", true),
            ("a*b*c", "a-b-b-c", true),
            ("servlet-http", "servlet-https", false),
            ("*https", "servlet-http", false),
            ("a*a", "a", false),
        ] {
            assert_eq!(matches_glob(pattern, text), expected, "{pattern} {text}");
        }
    }
}
