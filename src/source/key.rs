//! A key of deployment.toml as one text: its segments joined by dots, as the config mapper flattens them.
//!
//! A segment that is not a bare key is in single quotes, and `[]` or `[0]` after a segment leads to the elements of a list:
//! `apim.gateway.environment[].'x.y'`. Every question about the parts of a key is answered here.

use std::borrow::Cow;

/// The tables whose every value is a secret.
pub(crate) const SECRETS_TABLES: [&str; 2] = [SECRETS, RUNTIME_SECRETS];

/// The table of secrets that cipher-tool encrypts.
pub(crate) const SECRETS: &str = "secrets";

/// The table of secrets that the server takes from a vault or another file.
pub(crate) const RUNTIME_SECRETS: &str = "runtime_secrets";

/// Whether a byte can be in a bare segment.
pub(crate) fn is_bare_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

/// Whether the name of a segment needs no quotes.
pub(crate) fn is_bare(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(is_bare_byte)
}

/// The name of a segment as it is in a key: in quotes if it needs them.
pub(crate) fn quoted(name: &str) -> Cow<'_, str> {
    if is_bare(name) { Cow::Borrowed(name) } else { Cow::Owned(format!("'{name}'")) }
}

/// The key with segments of these names.
pub(crate) fn key_of(names: &[impl AsRef<str>]) -> String {
    names.iter().fold(String::new(), |key, name| Key::new(&key).child(name.as_ref()))
}

/// The names of the segments of a key as TOML has it: with quotes of either kind and blanks around dots. `None` if it is malformed.
pub(crate) fn names_in_toml(written: &str) -> Option<Vec<String>> {
    let keys = toml_edit::Key::parse(written).ok()?;
    Some(keys.iter().map(|key| key.get().to_owned()).collect())
}

/// A key that borrows its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key<'a>(&'a str);

impl<'a> Key<'a> {
    /// The key with this text; the empty text is the root, the table of every top-level key.
    pub(crate) const fn new(text: &'a str) -> Self {
        Self(text)
    }

    /// The text.
    pub(crate) const fn as_str(self) -> &'a str {
        self.0
    }

    /// Whether it is the root.
    pub(crate) const fn is_root(self) -> bool {
        self.0.is_empty()
    }

    /// Its segments, from the outermost on. A quote that is not closed belongs to the name.
    pub(crate) fn segments(self) -> impl Iterator<Item = Segment<'a>> {
        let mut rest = (!self.is_root()).then_some(self.0);
        std::iter::from_fn(move || {
            let (segment, after) = Segment::split_from(rest?);
            rest = after;
            Some(segment)
        })
    }

    /// The names of its segments as the server splits a key for its templates (config-mapper JinjaParser.java): at dots outside of single
    /// quotes, wherever the quotes are, and without empty segments. `None` if a quote is not closed, on which the server fails. Differs
    /// from [`Self::segments`] only for keys that no deployment.toml has, but a key-mappings.json may.
    pub(crate) fn split_by_server(self) -> Option<Vec<&'a str>> {
        let outside = |part: &'a str| part.split('.').filter(|name| !name.is_empty());
        let mut names = Vec::new();
        let mut rest = self.0;
        while let Some((before, after)) = rest.split_once('\'') {
            let (name, after) = after.split_once('\'')?;
            names.extend(outside(before));
            names.push(name);
            rest = after;
        }
        names.extend(outside(rest));
        Some(names)
    }

    /// Each table that it is in, without the root, with the rest of the key, from the outermost on.
    pub(crate) fn tables(self) -> impl Iterator<Item = (Self, Self)> {
        let mut end = 0;
        self.segments().filter_map(move |segment| {
            end += segment.text.len();
            let below = self.0[end..].strip_prefix('.')?;
            let table = &self.0[..end];
            end += 1;
            Some((Self(table), Self(below)))
        })
    }

    /// Its table, and its name in that table as the key has it.
    pub(crate) fn table_and_name(self) -> (Self, &'a str) {
        // Fast path: in almost every key each dot separates segments.
        if !self.0.contains(['\'', '"']) {
            return self.0.rsplit_once('.').map_or((Self(""), self.0), |(table, name)| (Self(table), name));
        }
        self.tables().last().map_or((Self(""), self.0), |(table, name)| (table, name.0))
    }

    /// Its table: the root for a top-level key.
    pub(crate) fn table(self) -> Self {
        self.table_and_name().0
    }

    /// Its last segment as the key has it: with quotes, and with the marks of elements.
    pub(crate) fn name(self) -> &'a str {
        self.table_and_name().1
    }

    /// Its first segment, without the marks of elements.
    pub(crate) fn outermost(self) -> Self {
        Self(self.segments().next().map_or("", |first| first.without_marks()))
    }

    /// Whether `other` is this key, or a key below it.
    pub(crate) fn covers(self, other: Self) -> bool {
        self == other || self.is_above(other)
    }

    /// Whether `other` is a key in this table or list, at any depth.
    pub(crate) fn is_above(self, other: Self) -> bool {
        let below = other.0.strip_prefix(self.0);
        below.is_some_and(|rest| if self.is_root() { !rest.is_empty() } else { rest.starts_with(['.', '[']) })
    }

    /// The key as seen from one of its tables; `None` if it is not in that table.
    pub(crate) fn relative_to(self, table: Self) -> Option<Self> {
        if table.is_root() {
            return (!self.is_root()).then_some(self);
        }
        self.0.strip_prefix(table.0)?.strip_prefix('.').map(Self)
    }

    /// The key with this name in the table that this key is.
    pub(crate) fn child(self, name: &str) -> String {
        self.join(Key(&quoted(name)))
    }

    /// The key that `below` is, as seen from this table.
    pub(crate) fn join(self, below: Key) -> String {
        if self.is_root() { below.0.to_owned() } else { format!("{}.{}", self.0, below.0) }
    }

    /// The key of the elements of the list that this key is.
    pub(crate) fn elements(self) -> String {
        format!("{}[]", self.0)
    }

    /// The list, if this is the key of its elements.
    pub(crate) fn list(self) -> Option<Self> {
        self.0.strip_suffix("[]").filter(|_| self.segments().last().is_some_and(|last| !last.marks().is_empty())).map(Self)
    }

    /// The outermost list that it goes into, how many lists in each other that is, and the key as seen from the elements: the root for
    /// the elements themselves. `None` outside of lists.
    pub(crate) fn into_list(self) -> Option<(Self, usize, Self)> {
        let mut end = 0;
        for segment in self.segments() {
            let marks = segment.marks();
            end += segment.text.len();
            if !marks.is_empty() {
                let below = self.0[end..].strip_prefix('.').unwrap_or_default();
                return Some((Self(&self.0[..end - marks.len()]), marks.matches('[').count(), Self(below)));
            }
            end += 1;
        }
        None
    }

    /// The key with `[]` for the numbers of elements: any element for a certain one.
    pub(crate) fn of_any_element(self) -> String {
        let any = |segment: Segment| format!("{}{}", segment.without_marks(), "[]".repeat(segment.marks().matches('[').count()));
        self.segments().map(any).collect::<Vec<_>>().join(".")
    }

    /// Whether it goes into the elements of a list.
    pub(crate) fn is_in_list(self) -> bool {
        self.into_list().is_some()
    }

    /// The key as a header has it: without the marks of elements.
    pub(crate) fn header(self) -> Cow<'a, str> {
        if !self.is_in_list() {
            return Cow::Borrowed(self.0);
        }
        let segments = self.segments().map(Segment::without_marks);
        Cow::Owned(segments.fold(String::new(), |header, segment| Key(&header).join(Key(segment))))
    }

    /// Whether it stands for several keys: `*` is any key of a table.
    pub(crate) fn is_pattern(self) -> bool {
        self.0.contains('*') && self.segments().any(Segment::is_any)
    }

    /// The table whose every key it stands for: `a` for `a.*`.
    pub(crate) fn opened_table(self) -> Option<Self> {
        self.0.strip_suffix(".*").map(Self)
    }

    /// The table of secrets that it is or is in.
    pub(crate) fn secrets_table(self) -> Option<&'static str> {
        SECRETS_TABLES.into_iter().find(|table| Key(table).covers(self))
    }

    /// The alias that it defines, as written: the key as seen from the table of secrets that it is in.
    pub(crate) fn alias(self) -> Option<&'a str> {
        self.relative_to(Key(self.secrets_table()?)).map(Self::as_str)
    }
}

/// A segment of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Segment<'a> {
    /// The segment as the key has it: with quotes, and with the marks of elements.
    pub text: &'a str,
    /// The name, without both.
    pub name: &'a str,
    /// Where the marks begin in the text.
    marks: usize,
}

impl<'a> Segment<'a> {
    /// The first segment of `text`, and the text after its dot.
    fn split_from(text: &'a str) -> (Self, Option<&'a str>) {
        let ends = |rest: &str| rest.is_empty() || rest.starts_with('.');
        let quotes = text.bytes().next().filter(|first| matches!(first, b'\'' | b'"')).map(char::from);
        let closing = quotes.and_then(|quote| {
            // A quote can be part of a name: the closing one ends the segment.
            let mut candidates = text.match_indices(quote).map(|(at, _)| at).skip(1);
            candidates.find(|at| ends(&text[at + 1 + marks_len(&text[at + 1..])..]))
        });
        let (name, marks, end) = if let Some(at) = closing {
            (&text[1..at], at + 1, at + 1 + marks_len(&text[at + 1..]))
        } else {
            let end = if quotes.is_some() { text.len() } else { text.find('.').unwrap_or(text.len()) };
            let name = without_marks_at_end(&text[..end]);
            (name, name.len(), end)
        };
        (Self { text: &text[..end], name, marks }, text[end..].strip_prefix('.'))
    }

    /// The marks of elements: `[]` or `[0]` for each list.
    pub(crate) fn marks(self) -> &'a str {
        &self.text[self.marks..]
    }

    /// The segment without the marks of elements.
    pub(crate) fn without_marks(self) -> &'a str {
        &self.text[..self.marks]
    }

    /// Whether it is any key of a table, written `*`.
    pub(crate) fn is_any(self) -> bool {
        self.without_marks() == "*"
    }
}

/// The length of the marks of elements at the start of `text`.
fn marks_len(text: &str) -> usize {
    let mut rest = text;
    while let Some(after) = rest.strip_prefix('[').and_then(|rest| rest.trim_start_matches(DIGITS).strip_prefix(']')) {
        rest = after;
    }
    text.len() - rest.len()
}

/// `text` without the marks of elements at its end.
fn without_marks_at_end(text: &str) -> &str {
    let mut rest = text;
    while let Some(before) = rest.strip_suffix(']').and_then(|rest| rest.trim_end_matches(DIGITS).strip_suffix('[')) {
        rest = before;
    }
    rest
}

/// The digits of the number of an element.
const DIGITS: fn(char) -> bool = |character| character.is_ascii_digit();

#[cfg(test)]
mod tests {
    use super::*;

    fn names(key: &str) -> Vec<&str> {
        Key::new(key).segments().map(|segment| segment.name).collect()
    }

    #[test]
    fn segments_end_at_dots_outside_of_quotes() {
        for (key, expected) in [
            ("a", &["a"][..]),
            ("a.b-c.d_e", &["a", "b-c", "d_e"]),
            ("a.'b.c'.d", &["a", "b.c", "d"]),
            ("'a.b'", &["a.b"]),
            ("''.a", &["", "a"]),
            ("'it's'.x", &["it's", "x"]),
            ("a[].'b[].c'[0][].d", &["a", "b[].c", "d"]),
            ("a.'[x'", &["a", "[x"]),
            ("a[x.b", &["a[x", "b"]),
            ("a.'é'", &["a", "é"]),
            ("a.'b.c", &["a", "'b.c"]),
            ("p.''valid.max'", &["p", "'valid.max"]),
            ("a.\"b.c\".d", &["a", "b.c", "d"]),
        ] {
            assert_eq!(names(key), expected, "{key}");
            let texts: Vec<&str> = Key::new(key).segments().map(|segment| segment.text).collect();
            assert_eq!(texts.join("."), key, "nothing is lost");
        }
        assert!(names("").is_empty());
    }

    #[test]
    fn a_key_is_made_of_the_names_that_it_is_split_into() {
        for path in [&["a"][..], &["a", "b.c", "d"], &["", "a"], &["it's", "é", "x y"], &["*", "a[]"]] {
            assert_eq!(names(&key_of(path)), path);
        }
        assert_eq!(Key::new("").child("b.c"), "'b.c'");
        assert_eq!(Key::new("a").join(Key::new("b.'c.d'")), "a.b.'c.d'");
        assert_eq!(names_in_toml("a . \"b.c\".'d'").map(|names| key_of(&names)).as_deref(), Some("a.'b.c'.d"));
        assert_eq!(names_in_toml("a..b"), None);
    }

    #[test]
    fn the_server_splits_well_formed_keys_in_the_same_way() {
        for key in ["a", "a.'b.c'.d", "'a.b'", "a.''", "a.'[x'", "a.'x y'.'é'"] {
            assert_eq!(Key::new(key).split_by_server(), Some(names(key)), "{key}");
        }
        assert_eq!(Key::new("a..b").split_by_server(), Some(vec!["a", "b"]));
        for key in ["a.'b", "passthru_http.''valid.max'"] {
            assert_eq!(Key::new(key).split_by_server(), None, "{key}");
        }
    }

    #[test]
    fn a_name_is_separated_from_its_table() {
        for (key, table, name) in
            [("a.b.c", "a.b", "c"), ("a.'b.c'", "a", "'b.c'"), ("'a.b'", "", "'a.b'"), ("a", "", "a"), ("a[].b[]", "a[]", "b[]")]
        {
            assert_eq!(Key::new(key).table_and_name(), (Key::new(table), name));
        }
        let tables: Vec<(&str, &str)> = Key::new("a.'b.c'[].d").tables().map(|(table, below)| (table.0, below.0)).collect();
        assert_eq!(tables, [("a", "'b.c'[].d"), ("a.'b.c'[]", "d")]);
        assert_eq!(Key::new("'a.b'[].c").outermost(), Key::new("'a.b'"));
    }

    #[test]
    fn a_key_covers_what_is_below_it() {
        let covers = |key, other| Key::new(key).covers(Key::new(other));
        assert!(covers("a", "a") && covers("a", "a.b") && covers("a", "a[].b") && covers("a.'b.c'", "a.'b.c'.d"));
        assert!(!covers("a", "ab") && !covers("a.b", "a") && !covers("a", "'a.b'") && !covers("a", "a-b.c"));
        assert!(Key::new("").is_above(Key::new("a")) && !Key::new("").is_above(Key::new("")) && covers("", ""));
        let relative = |key, table| Key::new(key).relative_to(Key::new(table)).map(Key::as_str);
        assert_eq!(relative("a.b.c", "a"), Some("b.c"));
        assert_eq!(relative("a.b", ""), Some("a.b"));
        assert_eq!((relative("ab.c", "a"), relative("a", "a"), relative("a[].b", "a")), (None, None, None));
    }

    #[test]
    fn marks_lead_into_lists() {
        let into = |key| Key::new(key).into_list().map(|(list, depth, below)| (list.as_str(), depth, below.as_str()));
        assert_eq!(into("a.l[].b.m[].c"), Some(("a.l", 1, "b.m[].c")));
        assert_eq!(into("a.l[0][].b"), Some(("a.l", 2, "b")));
        assert_eq!(into("'a.b'[]"), Some(("'a.b'", 1, "")));
        assert_eq!((into("a.b"), into("a.'l[].b'")), (None, None));
        assert_eq!(Key::new("a.l[].b[]").header(), "a.l.b");
        assert_eq!(Key::new("a.'l[]'").header(), "a.'l[]'");
        assert_eq!(Key::new("x509.'[0]'.l[12][0].b2").of_any_element(), "x509.'[0]'.l[][].b2");
        assert_eq!(Key::new("a.l[]").list(), Some(Key::new("a.l")));
        assert_eq!((Key::new("a.l").list(), Key::new("a[].l").list()), (None, None));
        assert_eq!(Key::new(&Key::new("a").elements()).list(), Some(Key::new("a")));
    }

    #[test]
    fn a_star_in_quotes_is_a_name() {
        assert!(Key::new("a.*.b").is_pattern() && Key::new("*").is_pattern());
        assert!(!Key::new("a.'*'").is_pattern() && !Key::new("a.b*").is_pattern());
        assert_eq!(Key::new("a.*").opened_table(), Some(Key::new("a")));
    }

    #[test]
    fn aliases_are_below_the_tables_of_secrets() {
        assert_eq!(Key::new("secrets.'a.b'").alias(), Some("'a.b'"));
        assert_eq!(Key::new("runtime_secrets.x.y").secrets_table(), Some("runtime_secrets"));
        for key in ["a.secrets.b", "secretsx.a", "'secrets.a'", "secrets"] {
            assert_eq!(Key::new(key).alias(), None, "{key}");
        }
    }
}
