//! Takes secrets out of messages: a parser repeats what it does not understand, and a fix says what it writes.

use std::collections::BTreeSet;

use crate::diagnostic::{Finding, Site, Target};
use crate::model::HomeId;
use crate::source::secrets::{HIDDEN, touches_secret};
use crate::source::{SourceFile, Span};
use crate::workspace::Home;

/// How far around a finding its file is searched for secrets, in bytes, on the lines of the finding. Longer lines come from minified files.
const AROUND: usize = 1_000;

/// The shortest word that counts as a part of a secret.
const SHORTEST: usize = 3;

/// Replaces every word in the texts of a finding that the lines around its places have only in a secret.
pub(super) fn redact_finding<'a>(finding: &mut Finding, home: impl Fn(HomeId) -> Option<&'a Home>) {
    let own = if let Target::Site(site) = &finding.target { Some(*site) } else { None };
    let mut words = BTreeSet::new();
    for site in own.into_iter().chain(finding.related.iter().map(|related| related.site)) {
        add_words(site, home(site.home), &mut words);
    }
    // The name of a key is shown, even if a value is the same word.
    words.retain(|word: &String| !words_of(finding.key.as_deref().unwrap_or_default()).any(|(_, known)| known == word));
    if words.is_empty() {
        return;
    }
    let redact = |text: &mut String| {
        if let Some(redacted) = without_words(text, &words) {
            *text = redacted;
        }
    };
    redact(&mut finding.message);
    finding.help.iter_mut().for_each(redact);
    finding.related.iter_mut().for_each(|related| redact(&mut related.message));
    for fix in &mut finding.fixes {
        redact(&mut fix.title);
        fix.follow_up.iter_mut().for_each(redact);
    }
}

fn add_words(site: Site, home: Option<&Home>, words: &mut BTreeSet<String>) {
    let Some(home) = home else { return };
    let source = &home.model.file(site.at.file).source;
    let secrets = source.secrets();
    let around = lines_around(source, site.at.span);
    if !touches_secret(secrets, around) {
        return;
    }
    let first = secrets.partition_point(|secret| secret.end <= around.start);
    let mut open: BTreeSet<&str> = BTreeSet::new();
    let mut at = around.start;
    for secret in secrets[first..].iter().take_while(|secret| secret.start < around.end) {
        let (start, end) = (secret.start.max(around.start), secret.end.min(around.end));
        open.extend(words_of(&source.text[at..start]).map(|(_, word)| word));
        words.extend(words_of(&source.text[start..end]).map(|(_, word)| word.to_owned()));
        at = end;
    }
    open.extend(words_of(&source.text[at..around.end]).map(|(_, word)| word));
    words.retain(|word| !open.contains(word.as_str()));
}

/// The lines of `span`, up to [`AROUND`] bytes on each side.
fn lines_around(source: &SourceFile, span: Span) -> Span {
    let text = &source.text;
    let span = span.clamped(text);
    let from = text.floor_char_boundary(span.start.saturating_sub(AROUND));
    let to = text.ceil_char_boundary(text.len().min(span.end.min(span.start + AROUND) + AROUND));
    let start = text[from..span.start].rfind('\n').map_or(from, |at| from + at + 1);
    let end = span.end.min(to);
    let end = text[end..to].find('\n').map_or(to, |at| end + at);
    Span::new(start, end.max(start))
}

/// The words in `text`, with their places.
fn words_of(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split(|character: char| !character.is_alphanumeric()).filter_map(move |word| {
        let start = at;
        // The character that ended it can have several bytes.
        at = start + word.len() + text[start + word.len()..].chars().next().map_or(0, char::len_utf8);
        (word.chars().count() >= SHORTEST).then_some((start, word))
    })
}

/// `text` without `words`, where it quotes something; `None` if it has none of them.
fn without_words(text: &str, words: &BTreeSet<String>) -> Option<String> {
    let mut redacted = String::new();
    let mut at = 0;
    // `-Dname` of a name: a secret can be a part of a word.
    let has = |word: &str| words.contains(word) || words.iter().any(|part| part.len() > SHORTEST && word.contains(part.as_str()));
    for (start, word) in words_of(text).filter(|(_, word)| has(word)) {
        if is_quoted(text, start) {
            redacted.push_str(&text[at..start]);
            redacted.push_str(HIDDEN);
            at = start + word.len();
        }
    }
    (at > 0).then(|| redacted + &text[at..])
}

/// Whether the place is in quotes of any kind, or after what the server says, which has none.
fn is_quoted(text: &str, at: usize) -> bool {
    let before = &text[..at];
    before.contains("the server says: ") || ['`', '"', '\''].iter().any(|quote| before.matches(*quote).count() % 2 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_quoted_words_of_secrets_are_replaced() {
        let words: BTreeSet<String> = ["rest", "server"].map(str::to_owned).into();
        let without = |text: &str| without_words(text, &words);
        assert_eq!(without("expected `</Password>`, found `</rest>`").as_deref(), Some("expected `</Password>`, found `</***>`"));
        assert_eq!(without("the server does not start"), None);
        assert_eq!(without("x; the server says: rest").as_deref(), Some("x; the server says: ***"));
    }
}
