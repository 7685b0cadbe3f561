//! Secrets that show by themselves, whatever names them: passwords in URLs, credentials of HTTP headers, and keys in PEM.

use super::assigned::ends_value;
use super::names::hides;
use crate::source::Span;

pub(super) fn find(text: &str, spans: &mut Vec<Span>) {
    in_urls(text, spans);
    in_headers(text, spans);
    in_pem(text, spans);
}

/// Finds the password in `scheme://user:password@host`, which can contain anything. A slash, the colon before it, or the `@` may be missing.
fn in_urls(text: &str, spans: &mut Vec<Span>) {
    let slashes = |at: usize| text[at..].len() - text[at..].trim_start_matches([':', '/']).len();
    let mut starts: Vec<(usize, usize)> = Vec::new();
    for (at, _) in text.match_indices('/') {
        if starts.last().is_none_or(|(_, end)| *end <= at) {
            let from = at - usize::from(text[..at].ends_with(':'));
            if text[from..].starts_with(":/") || text[from..].starts_with("//") {
                starts.push((from, from + slashes(from)));
            }
        }
    }
    for (number, (at, start)) in starts.iter().copied().enumerate() {
        // A list can have several URLs. The scheme of the next one belongs to no password.
        let next = starts.get(number + 1).map_or(text.len(), |(next, _)| before_scheme(text, *next).max(start));
        let rest = &text[start..next];
        let quote = text[..before_scheme(text, at)].chars().next_back().filter(|quote| matches!(quote, '"' | '\''));
        let is_end = |(at, character): (usize, char)| match character {
            '\r' | '\n' => true,
            '<' | '>' => quote.is_none(),
            _ => Some(character) == quote && ends_value(&rest[at + 1..]),
        };
        let end = rest.char_indices().find(|character| is_end(*character)).map_or(rest.len(), |(at, _)| at);
        let rest = &rest[..end];
        let Some(colon) = rest.find([':', '/']).filter(|at| rest[*at..].starts_with(':')) else { continue };
        let after = &rest[colon + 1..];
        // `host:9443/path@domain` has a port.
        let digits = after.len() - after.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let is_port =
            digits > 0 && (digits == after.len() || after[digits..].starts_with(['/', ',', ' ', '?', ';', '&', ')', '"', '\'']));
        let password = match rest.rfind('@').filter(|host| colon < *host) {
            Some(host) => Span::new(colon + 1, host),
            // A port that is a word, or a password without its `@`.
            None if after.starts_with(|c: char| c.is_alphanumeric()) && text[at..start].len() > 2 => Span::new(colon + 1, end),
            None => continue,
        };
        if !is_port && hides(password.of(rest)) {
            spans.push(Span::new(start + password.start, start + password.end));
        }
    }
}

/// Where the scheme begins that ends at `end`.
fn before_scheme(text: &str, end: usize) -> usize {
    let is_scheme = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.' | ':');
    end - (text[..end].len() - text[..end].trim_end_matches(is_scheme).len())
}

/// Finds the credentials in `Basic dXNlcjpwdw==` and `Bearer eyJh…`.
fn in_headers(text: &str, spans: &mut Vec<Span>) {
    const SHORTEST: usize = 8;
    for scheme in ["Basic ", "Bearer ", "basic ", "bearer "] {
        for (at, _) in text.match_indices(scheme) {
            let is_word = text[..at].chars().next_back().is_none_or(|before| !before.is_alphanumeric());
            let start = at + scheme.len();
            let is_end = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '<' | '>' | '}');
            let token = &text[start..start + text[start..].find(is_end).unwrap_or(text.len() - start)];
            let token = token.trim_end_matches(['"', '\'']);
            // Words follow it in prose: `Basic Authentication`.
            let is_encoded = token.chars().skip(1).any(|c| c.is_ascii_digit() || c.is_ascii_uppercase() || c == '=');
            if is_word && token.len() >= SHORTEST && is_encoded {
                spans.push(Span::new(start, start + token.len()));
            }
        }
    }
}

/// Finds what is between `-----BEGIN PRIVATE KEY-----` and its end. Certificates and public keys are no secrets.
fn in_pem(text: &str, spans: &mut Vec<Span>) {
    const BEGIN: &str = "-----BEGIN ";
    let mut at = 0;
    while let Some(open) = text[at..].find(BEGIN).map(|found| at + found + BEGIN.len()) {
        at = open;
        let Some(label) = text[open..].find("-----").map(|len| &text[open..open + len]).filter(|label| label.len() < 64) else {
            continue;
        };
        let start = open + label.len() + "-----".len();
        let end = text[start..].find("-----END").map_or(text.len(), |len| start + len);
        if label != "PUBLIC KEY" && !label.contains("CERTIFICATE") {
            spans.push(Span::new(start, end));
        }
        at = end;
    }
}
