//! Which parts of a text are secret, so that no output repeats them. Works on the text alone: broken files have secrets too.

use super::Span;

/// `text` with every secret value masked by asterisks, byte for byte of the same length.
pub fn masked(text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for span in secret_spans(text) {
        for byte in &mut bytes[span.start..span.end] {
            if !matches!(byte, b'\n' | b'\r') {
                *byte = b'*';
            }
        }
    }
    // Spans begin and end at ASCII delimiters, so whole characters are replaced.
    String::from_utf8(bytes).unwrap_or_default()
}

/// Whether a value under this name is a secret: the last words of a key, an element, an attribute or an option.
pub fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let words = ["password", "passwd", "passphrase", "secret", "credential", "private_key", "privatekey", "api_key", "apikey"];
    words.iter().any(|word| name.contains(word))
        || name.ends_with("pass")
        || name.ends_with("pwd")
        || name.ends_with("token")
        || name == "encryption.key"
}

/// The ranges of secret values, unsorted, perhaps overlapping.
fn secret_spans(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    assigned(text, &mut spans);
    in_elements(text, &mut spans);
    in_urls(text, &mut spans);
    spans
}

/// `name = value`, `name: value`, `name="value"`, also in comments, and every key of a table of secrets.
fn assigned(text: &str, spans: &mut Vec<Span>) {
    let mut table = String::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if let Some(header) = line.trim_start().strip_prefix('[') {
            header.trim_start_matches('[').split(']').next().unwrap_or_default().trim().clone_into(&mut table);
        }
        for (at, _) in line.match_indices(['=', ':']) {
            let name = word_before(&line[..at]);
            let secret = match table.as_str() {
                "secrets" | "runtime_secrets" => !name.is_empty() && line[..at].trim().trim_matches(['"', '\'']) == name,
                "encryption" if name == "key" => true,
                _ => is_secret_name(name),
            };
            if secret && let Some(value) = value_after(text, start + at + 1, start + line.len()) {
                spans.push(value);
            }
        }
        start += line.len();
    }
}

fn word_before(text: &str) -> &str {
    let text = text.trim_end().trim_end_matches(['"', '\'']);
    let start = text
        .rfind(|character: char| !(character.is_alphanumeric() || matches!(character, '_' | '-' | '.')))
        .map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    &text[start..]
}

/// The value from `start`: what stands between quotes, else all to the end of the line. References and booleans are no secrets.
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
    } else {
        Span::new(start, start + rest.trim_end().len())
    };
    hides(value.of(text)).then_some(value)
}

/// Where the string ends; in double quotes a backslash escapes.
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

/// Whether a value is worth hiding: a reference such as `$secret{x}` or `${admin.password}` names a secret without being one.
fn hides(value: &str) -> bool {
    let value = value.trim();
    let reference = value.starts_with('$') && value.ends_with('}') && value.matches('{').count() == 1;
    !(value.is_empty() || reference || matches!(value, "true" | "false"))
}

/// `<Password>value</Password>` and `<parameter name="password">value</parameter>`.
fn in_elements(text: &str, spans: &mut Vec<Span>) {
    for (open, _) in text.match_indices('<') {
        let Some(len) = text[open..].find('>') else { return };
        let tag = &text[open + 1..open + len];
        let name = tag.split([' ', '\t', '\r', '\n', '/']).next().unwrap_or_default();
        let named = ["name=", "key="].into_iter().filter_map(|attribute| {
            let value = tag.split_once(attribute)?.1;
            let quote = value.chars().next()?;
            value[1..].split(quote).next()
        });
        if tag.ends_with('/') || !std::iter::once(name).chain(named).any(is_secret_name) {
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

/// The password of `scheme://user:password@host`.
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
    fn secrets_are_masked_and_the_rest_stays() {
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
            ("password = \"\"\"a\nb\"\"\"\nc = 1\n", "password = \"\"\"*\n*\"\"\"\nc = 1\n"),
        ] {
            assert_eq!(masked(text), expected);
        }
    }
}
