//! Finds the secrets in a text, so that no output repeats them. Works without parsing, because malformed files contain secrets too.

use super::Span;
use super::key::{Key, key_of, names_in_toml};

/// Replaces every byte of a secret value with an asterisk, except line breaks. The length in bytes does not change.
pub fn masked(text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for span in secret_spans(text) {
        for byte in &mut bytes[span.start..span.end] {
            if !matches!(byte, b'\n' | b'\r') {
                *byte = b'*';
            }
        }
    }
    // Spans start and end at ASCII delimiters, so only whole characters are replaced.
    String::from_utf8(bytes).unwrap_or_default()
}

/// Whether a value of this name is a secret. The name is that of a key, an element, an attribute or an option.
pub(crate) fn is_secret_name(name: &str) -> bool {
    const WORDS: [&str; 16] = [
        "password",
        "passwd",
        "passphrase",
        "passcode",
        "secret",
        "credential",
        "private_key",
        "privatekey",
        "api_key",
        "apikey",
        "access_key",
        "accesskey",
        "consumer_key",
        "consumerkey",
        "basic_auth",
        "authorization",
    ];
    let name = name.to_ascii_lowercase().replace('-', "_");
    WORDS.iter().any(|word| name.contains(word))
        || ["pass", "pwd", "token", "salt"].iter().any(|end| name.ends_with(end))
        || SECRET_KEYS.contains(&name.as_str())
        || name == "moesifkey"
}

/// Keys that only their table shows to be secrets.
const SECRET_KEYS: [&str; 2] = ["encryption.key", "apim.ai.key"];

impl Key<'_> {
    /// Whether its value is a secret, judging by its name and its tables.
    pub(crate) fn is_secret(self) -> bool {
        let name_of = |key: Self| key.segments().last().map_or("", |segment| segment.name);
        let name = name_of(self);
        self.secrets_table().is_some()
            || is_secret_name(name)
            || SECRET_KEYS.contains(&self.as_str())
            // `password.value = "x"`
            || name == "value" && is_secret_name(name_of(self.table()))
    }
}

/// The ranges of secret values, unsorted and possibly overlapping.
fn secret_spans(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    assigned(text, &mut spans);
    in_elements(text, &mut spans);
    in_urls(text, &mut spans);
    spans
}

/// Finds `name = value`, `name: value`, `name="value"` and `name value`, also in comments, and every line of a table of secrets.
fn assigned(text: &str, spans: &mut Vec<Span>) {
    let mut table = String::new();
    let mut is_table_of_secrets = false;
    let mut start = 0;
    let mut above = "";
    for line in text.split_inclusive('\n') {
        let end = start + line.len();
        let trimmed = line.trim_start();
        if let Some(header) = trimmed.strip_prefix('[') {
            table = key_of_header(header);
            is_table_of_secrets = Key::new(&table).secrets_table().is_some();
        } else if is_table_of_secrets && !trimmed.starts_with('#') {
            spans.extend(after_name(text, start + line.len() - trimmed.len(), end));
        }
        for (at, _) in line.match_indices(['=', ':']) {
            let name = match word_before(&line[..at]) {
                // The name may be on the line above.
                "" if line[..at].trim().is_empty() => word_before(above),
                name => name,
            };
            if (is_secret_name(name) || is_secret_in(&table, name))
                && let Some(value) = value_after(text, start + at + 1, end)
            {
                spans.push(value);
            }
        }
        if let Some((name, _)) = trimmed.split_once([' ', '\t'])
            && name.chars().all(is_name_character)
            && is_secret_name(name)
        {
            spans.extend(after_name(text, start + line.len() - trimmed.len(), end));
        }
        above = line;
        start = end;
    }
}

/// The key of a header, of which `written` is what follows its first bracket. A malformed one is taken as it is.
fn key_of_header(written: &str) -> String {
    let key = written.trim_start_matches('[').split(']').next().unwrap_or_default().trim();
    let names = names_in_toml(key);
    names.map_or_else(|| key.trim_matches([' ', '\t', '"', '\'']).to_owned(), |names| key_of(&names))
}

/// Whether the table shows that the value of a key with this name is a secret.
fn is_secret_in(table: &str, name: &str) -> bool {
    // Fast path: the name of almost every other key decides alone.
    !table.is_empty()
        && (name.ends_with("key") || name.ends_with("value"))
        && Key::new(&Key::new(table).join(Key::new(name))).is_secret()
}

fn is_name_character(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '-' | '.' | '"' | '\'')
}

/// The value after the name that starts at `start`, without the separator.
fn after_name(text: &str, start: usize, line_end: usize) -> Option<Span> {
    let line = &text[start..line_end];
    let quoted = line.chars().next().filter(|first| matches!(first, '"' | '\''));
    let name_len = match quoted {
        Some(quote) => line[1..].find(quote).map_or(line.len(), |len| len + 2),
        None => line.find([' ', '\t', '=', ':']).unwrap_or(line.len()),
    };
    let rest = &line[name_len..];
    let value = rest.trim_start_matches([' ', '\t', '=', ':']);
    value_after(text, start + name_len + rest.len() - value.len(), line_end)
}

fn word_before(text: &str) -> &str {
    let text = text.trim_end().trim_end_matches(['"', '\'']);
    let start = text.rfind(|character: char| !(character.is_alphanumeric() || matches!(character, '_' | '-' | '.')));
    &text[start.map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8))..]
}

/// The value at `start`: the content of its quotes or brackets, otherwise everything up to the end of the line and its continuation
/// lines. `None` for references and booleans, which are not secrets.
fn value_after(text: &str, start: usize, line_end: usize) -> Option<Span> {
    let rest = &text[start..line_end];
    let start = start + rest.len() - rest.trim_start_matches([' ', '\t']).len();
    let rest = &text[start..line_end];
    let value = if let Some(quotes) = ["\"\"\"", "'''"].into_iter().find(|quotes| rest.starts_with(quotes)) {
        let from = start + quotes.len();
        Span::new(from, text[from..].find(quotes).map_or(text.len(), |len| from + len))
    } else if let Some(quote) = rest.chars().next().filter(|first| matches!(first, '"' | '\'')) {
        let from = start + 1;
        Span::new(from, closing_quote(&text[from..line_end], quote).map_or(line_end, |len| from + len))
    } else if rest.starts_with('[') {
        let from = start + 1;
        Span::new(from, text[from..].find(']').map_or(text.len(), |len| from + len))
    } else {
        let end = continued_end(text, start, line_end);
        Span::new(start, start + text[start..end].trim_end().len())
    };
    hides(value.of(text)).then_some(value)
}

/// The end of a value and its continuation lines: those after a backslash at the end of a line and, in YAML, those that are indented
/// deeper.
fn continued_end(text: &str, start: usize, line_end: usize) -> usize {
    let indentation = |line: &str| line.len() - line.trim_start_matches([' ', '-']).len();
    let own = text[..start].rfind('\n').map_or(0, |line| line + 1);
    let own_indentation = indentation(&text[own..start]);
    let is_yaml = text[own..start].contains(':') && !text[own..start].contains('=');
    let mut end = line_end;
    loop {
        let Some(next) = text[end..].split_inclusive('\n').next() else { return end };
        let escaped = text[..end].trim_end_matches(['\r', '\n']).ends_with('\\');
        let deeper = is_yaml && indentation(next) > own_indentation && !next.trim().is_empty();
        if !(escaped || deeper) {
            return end;
        }
        end += next.len();
    }
}

/// The offset of the closing quote. In double quotes, a backslash escapes the next character.
fn closing_quote(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().find_map(|(at, character)| {
        if escaped {
            escaped = false;
            return None;
        }
        escaped = character == '\\' && quote == '"';
        (character == quote).then_some(at)
    })
}

/// Whether a value must be masked. A reference such as `$secret{x}` or `${admin.password}` names a secret but does not contain it.
pub(crate) fn hides(value: &str) -> bool {
    let value = value.trim();
    let reference = value.starts_with('$') && value.ends_with('}') && value.matches('{').count() == 1;
    !(value.is_empty() || reference || matches!(value, "true" | "false"))
}

/// Finds `<Password>value</Password>`, `<parameter name="password">value</parameter>` and `<Property name="password" value="value"/>`.
fn in_elements(text: &str, spans: &mut Vec<Span>) {
    for (open, _) in text.match_indices('<') {
        let Some(len) = text[open..].find('>') else { return };
        let tag = Span::new(open + 1, open + len);
        let name = tag.of(text).split([' ', '\t', '\r', '\n', '/']).next().unwrap_or_default();
        let named = ["name", "key"].into_iter().filter_map(|attribute| attribute_value(text, tag, attribute));
        if !is_secret_name(name) && !named.into_iter().any(|value| is_secret_name(value.of(text))) {
            continue;
        }
        spans.extend(attribute_value(text, tag, "value").filter(|value| hides(value.of(text))));
        if tag.of(text).ends_with('/') {
            continue;
        }
        let start = open + len + 1;
        let (start, end) = match text[start..].strip_prefix("<![CDATA[") {
            Some(rest) => (start + "<![CDATA[".len(), rest.find("]]>").map(|len| start + "<![CDATA[".len() + len)),
            None => (start, text[start..].find('<').map(|len| start + len)),
        };
        let value = Span::new(start, end.unwrap_or(text.len()));
        if hides(value.of(text)) {
            spans.push(value);
        }
    }
}

/// The value of an attribute of a start tag, without its quotes.
fn attribute_value(text: &str, tag: Span, attribute: &str) -> Option<Span> {
    let written = tag.of(text);
    let (at, _) = written.match_indices(attribute).find(|(at, _)| {
        let is_complete = written[..*at].ends_with(|before: char| before.is_whitespace());
        is_complete && written[at + attribute.len()..].trim_start().starts_with('=')
    })?;
    let rest = written[at + attribute.len()..].trim_start().strip_prefix('=')?.trim_start();
    let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let start = tag.end - rest.len() + 1;
    let len = rest[1..].find(quote)?;
    Some(Span::new(start, start + len))
}

/// Finds the password in `scheme://user:password@host`.
fn in_urls(text: &str, spans: &mut Vec<Span>) {
    for (at, _) in text.match_indices("://") {
        let start = at + "://".len();
        let end =
            text[start..].find([' ', '\t', '\r', '\n', '"', '\'', '<', '>', '/', ',']).map_or(text.len(), |len| start + len);
        let authority = &text[start..end];
        if let Some(user_end) = authority.find(':')
            && let Some(host) = authority.rfind('@')
            && user_end < host
            && hides(&authority[user_end + 1..host])
        {
            spans.push(Span::new(start + user_end + 1, start + host));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_masked_and_the_rest_is_kept() {
        for (text, expected) in [
            ("password = \"abc\" # x\n", "password = \"***\" # x\n"),
            ("key_password = 'a\\'\n", "key_password = '**'\n"),
            ("password = \"a\\\"b\"\n", "password = \"****\"\n"),
            ("password = hunter2\n", "password = *******\n"),
            ("#password = \"abc\"\n", "#password = \"***\"\n"),
            ("user = {name = \"a\", password = \"b\"}\n", "user = {name = \"a\", password = \"*\"}\n"),
            ("password = \"$secret{admin}\"\n", "password = \"$secret{admin}\"\n"),
            ("[secrets]\nadmin = \"[x]\"\n[b]\nadmin = \"x\"\n", "[secrets]\nadmin = \"***\"\n[b]\nadmin = \"x\"\n"),
            ("[encryption]\nkey = \"0A\"\n", "[encryption]\nkey = \"**\"\n"),
            ("<Password>abc</Password><User>u</User>", "<Password>***</Password><User>u</User>"),
            (
                "<parameter name=\"db.password\" locked=\"x\">abc</parameter>",
                "<parameter name=\"db.password\" locked=\"x\">***</parameter>",
            ),
            ("<Connector keystorePass=\"abc\" port=\"1\"/>", "<Connector keystorePass=\"***\" port=\"1\"/>"),
            ("url = \"amqp://admin:abc@host:5672\"\n", "url = \"amqp://admin:***@host:5672\"\n"),
            ("certPass: abc\n", "certPass: ***\n"),
            ("password = \"é\"\n", "password = \"**\"\n"),
            ("[secrets]\n\"x y\" = ZQ\nfoo ZQ\n# note\n", "[secrets]\n\"x y\" = **\nfoo **\n# note\n"),
            ("[\"secrets\"]\nadm = ZQ\n", "[\"secrets\"]\nadm = **\n"),
            ("[ secrets . 'x y' ]\nadm = ZQ\n[secrets2]\nadm = ZQ\n", "[ secrets . 'x y' ]\nadm = **\n[secrets2]\nadm = ZQ\n"),
            ("[secrets\nadm = ZQ\n", "[secrets\nadm = **\n"),
            ("[apim.ai]\nkey = \"ZQ\"\n[apim]\nai.key = \"ZQ\"\n", "[apim.ai]\nkey = \"**\"\n[apim]\nai.key = \"**\"\n"),
            ("[a.password]\nvalue = \"ZQ\"\n[b]\nvalue = \"ZQ\"\n", "[a.password]\nvalue = \"**\"\n[b]\nvalue = \"ZQ\"\n"),
            ("keystore.password \"ZQ\"\n", "keystore.password \"**\"\n"),
            ("password\n= \"ZQ\"\n", "password\n= \"**\"\n"),
            ("passwords = [\n \"ZQ\",\n]\n", "passwords = [\n******\n]\n"),
            ("<Property name=\"password\" value=\"ZQ\"/>", "<Property name=\"password\" value=\"**\"/>"),
            ("<Property value='ZQ' name='password'/>", "<Property value='**' name='password'/>"),
            ("<p name=“password”>x</p>", "<p name=“password”>x</p>"),
            ("password: >\n  ZQ\nuser: u\n", "password: *\n****\nuser: u\n"),
            ("</KeyPassword></KeyStore> -->\n", "</KeyPassword></KeyStore> -->\n"),
            ("ssl.password=\\\n  ZQ\nx=1\n", "ssl.password=*\n****\nx=1\n"),
            ("password = \"\"\"a\nb\"\"\"\nc = 1\n", "password = \"\"\"*\n*\"\"\"\nc = 1\n"),
        ] {
            assert_eq!(masked(text), expected);
        }
    }
}
