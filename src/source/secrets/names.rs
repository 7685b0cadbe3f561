//! Which names have secrets as values: `rules/catalog/secrets.toml`.

use std::path::Path;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::source::key::Key;

/// What is shown instead of a secret, whatever its length.
pub(crate) const HIDDEN: &str = "***";

/// The lists of the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Names {
    words: Vec<String>,
    ends: Vec<String>,
    keys: Vec<String>,
    harmless_ends: Vec<String>,
    files: Vec<String>,
}

static NAMES: LazyLock<Names> = LazyLock::new(|| {
    // The build script writes this text, and a test parses it: it is valid in every binary that was tested.
    serde_json::from_str(include_str!(concat!(env!("OUT_DIR"), "/secrets.json")))
        .unwrap_or_else(|error| panic!("rules/catalog/secrets.toml: {error}"))
});

/// Whether a value must be masked. References such as `$secret{x}` or `${admin.password}`, and tags of a template, name a secret but do not
/// contain it.
pub(crate) fn hides(value: &str) -> bool {
    let mut rest = value.trim();
    if matches!(rest, "true" | "false") || rest == HIDDEN {
        return false;
    }
    while let Some(after) = after_placeholder(rest).or_else(|| after_tag(rest)) {
        rest = after.trim_start();
    }
    !rest.is_empty()
}

/// What follows the placeholder that `text` begins with.
fn after_placeholder(text: &str) -> Option<&str> {
    let (kind, rest) = text.strip_prefix('$')?.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    // `$secrets{}` and `$ENV{}` are mistyped, but no secrets either.
    let kind = kind.to_ascii_lowercase();
    let kind = kind.strip_suffix('s').filter(|kind| *kind != "sy").unwrap_or(&kind);
    (["", "secret", "env", "sys", "ref"].contains(&kind) && !name.contains('{')).then_some(after)
}

/// What follows the tag of a template that `text` begins with. A tag with quotes in it can have the value as a default.
fn after_tag(text: &str) -> Option<&str> {
    [("{{", "}}"), ("{%", "%}"), ("<%", "%>")].into_iter().find_map(|(open, close)| {
        let (inside, after) = text.strip_prefix(open)?.split_once(close)?;
        (!inside.contains(['{', '}', '%', '"', '\''])).then_some(after)
    })
}

/// How sure it is that a value is a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Secrecy {
    /// The value is a secret.
    Sure,
    /// The name contains a word for secrets: a number says something about one, and anything else can be one.
    Likely,
}

impl Secrecy {
    /// Whether `value` must not be shown.
    pub(crate) fn hides(self, value: &str) -> bool {
        hides(value) && (self == Self::Sure || value.trim().parse::<f64>().is_err())
    }
}

/// Whether a value of this name is a secret. The name is that of a key, an element, an attribute or an option.
pub(crate) fn secrecy_of(name: &str) -> Option<Secrecy> {
    let lower = name.to_ascii_lowercase().replace('-', "_");
    if NAMES.keys.contains(&lower) {
        return Some(Secrecy::Sure);
    }
    let is_index = |part: &str| part == "value" || !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let mut parts = lower.rsplit('.').map(|part| part.trim_matches(['"', '\''])).skip_while(|part| is_index(part));
    let last = parts.next().unwrap_or_default();
    let ends_with = |word: &String| last.ends_with(word) || last.strip_suffix('s').is_some_and(|last| last.ends_with(word));
    if NAMES.words.iter().any(ends_with) || NAMES.ends.iter().any(|end| last.ends_with(end)) {
        return Some(Secrecy::Sure);
    }
    let is_word = |part: &str| NAMES.words.iter().any(|word| part == word || part.strip_suffix('s') == Some(word));
    let is_likely = (NAMES.words.iter().any(|word| last.contains(word.as_str())) || parts.any(is_word))
        && !NAMES.harmless_ends.iter().any(|end| last.ends_with(end.as_str()));
    is_likely.then_some(Secrecy::Likely)
}

/// Whether every value of the file at `path` is a secret.
pub(crate) fn is_secret_file(path: &Path) -> bool {
    path.file_name().and_then(|name| name.to_str()).is_some_and(|name| NAMES.files.iter().any(|file| name == file))
}

impl Key<'_> {
    /// Whether its value is a secret, judging by its name and its tables.
    pub(crate) fn secrecy(self) -> Option<Secrecy> {
        if self.secrets_table().is_some() || NAMES.keys.iter().any(|key| key == self.as_str()) {
            return Some(Secrecy::Sure);
        }
        let name_of = |key: Self| key.segments().last().map_or("", |segment| segment.name);
        match name_of(self) {
            // `password.value = "x"`
            "value" => secrecy_of(name_of(self.table())),
            // The dots of a name in quotes are those of a property.
            name => secrecy_of(name),
        }
    }

    /// Whether its value is or can be a secret.
    pub(crate) fn is_secret(self) -> bool {
        self.secrecy().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_merely_contain_the_word_are_no_secrets() {
        for (name, expected) in [
            ("password", Some(Secrecy::Sure)),
            ("key-password", Some(Secrecy::Sure)),
            ("keystorePass", Some(Secrecy::Sure)),
            ("passwords", Some(Secrecy::Sure)),
            ("totpKey", Some(Secrecy::Sure)),
            ("ssl.keystore.password", Some(Secrecy::Sure)),
            ("db.password.1", Some(Secrecy::Sure)),
            ("password_of_admin", Some(Secrecy::Likely)),
            ("secret.admin", Some(Secrecy::Likely)),
            ("password_min", Some(Secrecy::Likely)),
            ("PasswordJavaRegEx", None),
            ("PasswordJavaRegExViolationErrorMsg", None),
            ("reset_password.enable", None),
            ("secret_name", None),
            ("secretRepositories.file.provider", None),
            ("username", None),
        ] {
            assert_eq!(secrecy_of(name), expected, "{name}");
        }
        assert!(!Secrecy::Likely.hides("8") && Secrecy::Sure.hides("8") && Secrecy::Likely.hides("8x"));
    }

    #[test]
    fn references_and_tags_are_shown_and_what_is_beside_them_is_not() {
        for shown in
            ["$secret{a}", "{{ a }}", "{% if b %}$secret{a}{% else %}{{ a }}{% endif %}", "<% if b %><%= @a %><% end %>", "***"]
        {
            assert!(!hides(shown), "{shown}");
        }
        for hidden in ["a", "$secret{a}b", "{{ a }}b{{ c }}", "{{ a | default('b') }}", "$other{a}", "{% if b %}c{% endif %}"] {
            assert!(hides(hidden), "{hidden}");
        }
    }

    #[test]
    fn the_lists_are_read() {
        assert!(NAMES.words.len() > 10 && !NAMES.ends.is_empty() && !NAMES.keys.is_empty() && !NAMES.harmless_ends.is_empty());
        assert!(is_secret_file(Path::new("a/repository/conf/security/cipher-text.properties")));
    }
}
