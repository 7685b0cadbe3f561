//! The number, boolean or first digits of a date at the start of a text, as the server's parser reads them: the longest form wins, and the
//! rest is another token.

use super::effort::spend;
use super::token::TokenKind;

/// The token at the start of `text`, which begins with `digits` digits, and its length in bytes.
pub(super) fn scan(text: &[u8], digits: usize) -> Option<(TokenKind, usize)> {
    let word = |word: &[u8], kind: TokenKind| text.starts_with(word).then_some((kind, word.len()));
    let forms = [
        scan_decimal(text).map(|len| (TokenKind::Decimal, len)),
        prefixed(text, b"0x", u8::is_ascii_hexdigit).map(|len| (TokenKind::Hexadecimal, len)),
        prefixed(text, b"0o", |byte| matches!(byte, b'0'..=b'7')).map(|len| (TokenKind::Octal, len)),
        prefixed(text, b"0b", |byte| matches!(byte, b'0' | b'1')).map(|len| (TokenKind::Binary, len)),
        scan_float(text).map(|len| (TokenKind::Float, len)),
        signed_word(text, b"inf").map(|len| (TokenKind::Infinity, len)),
        signed_word(text, b"nan").map(|len| (TokenKind::NotANumber, len)),
        word(b"true", TokenKind::True),
        word(b"false", TokenKind::False),
        scan_date(text, digits).map(|len| (TokenKind::DateDigits, len)),
    ];
    // No two forms are equally long.
    forms.into_iter().flatten().max_by_key(|(_, len)| *len)
}

fn sign(text: &[u8]) -> usize {
    usize::from(matches!(text.first(), Some(b'+' | b'-')))
}

/// A sign, then one digit or several that do not begin with zero, with single underscores between them: the longest such prefix that is
/// followed by what `ends` accepts.
fn decimal(text: &[u8], ends: impl Fn(Option<&u8>) -> bool) -> Option<usize> {
    let first = sign(text);
    if !text.get(first)?.is_ascii_digit() {
        return None;
    }
    let mut longest = ends(text.get(first + 1)).then_some(first + 1);
    if text[first] != b'0' {
        let mut end = first + 1;
        while let Some(next) = digit_after(text, end, u8::is_ascii_digit) {
            end = next;
            if ends(text.get(end)) {
                longest = Some(end);
            }
        }
    }
    longest
}

/// The end of the digit at `at`, which can have an underscore before it.
fn digit_after(text: &[u8], at: usize, is_digit: impl Fn(&u8) -> bool) -> Option<usize> {
    spend(1);
    let digit = at + usize::from(text.get(at) == Some(&b'_'));
    text.get(digit).filter(|byte| is_digit(byte)).map(|_| digit + 1)
}

fn digits(text: &[u8], from: usize, is_digit: impl Fn(&u8) -> bool) -> usize {
    let mut end = from;
    while let Some(next) = digit_after(text, end, &is_digit) {
        end = next;
    }
    end
}

/// An integer, unless a date or time follows.
fn scan_decimal(text: &[u8]) -> Option<usize> {
    decimal(text, |next| !matches!(next, Some(b'-' | b':')))
}

fn prefixed(text: &[u8], prefix: &[u8], is_digit: impl Fn(&u8) -> bool) -> Option<usize> {
    let first = text.strip_prefix(prefix)?.first().filter(|byte| is_digit(byte));
    first.map(|_| digits(text, prefix.len() + 1, is_digit))
}

fn scan_float(text: &[u8]) -> Option<usize> {
    let whole = decimal(text, |next| matches!(next, Some(b'.' | b'e' | b'E')))?;
    let has_fraction = text[whole] == b'.' && text.get(whole + 1).is_some_and(u8::is_ascii_digit);
    let fraction = if has_fraction { digits(text, whole + 2, u8::is_ascii_digit) } else { whole };
    let exponent = match text.get(fraction) {
        Some(b'e' | b'E') => decimal(&text[fraction + 1..], |_| true).map(|len| fraction + 1 + len),
        _ => None,
    };
    exponent.or(has_fraction.then_some(fraction))
}

fn signed_word(text: &[u8], word: &[u8]) -> Option<usize> {
    let sign = sign(text);
    text[sign..].starts_with(word).then_some(sign + word.len())
}

fn scan_date(text: &[u8], digits: usize) -> Option<usize> {
    (digits > 0 && matches!(text.get(digits), Some(b'-' | b':'))).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_form_wins_and_the_rest_is_left() {
        for (text, expected) in [
            ("12", Some((TokenKind::Decimal, 2))),
            ("-1_000,", Some((TokenKind::Decimal, 6))),
            ("0123", Some((TokenKind::Decimal, 1))),
            ("1__0", Some((TokenKind::Decimal, 1))),
            ("0x", Some((TokenKind::Decimal, 1))),
            ("0xfF_0_", Some((TokenKind::Hexadecimal, 6))),
            ("0b12", Some((TokenKind::Binary, 3))),
            ("1.5e-3x", Some((TokenKind::Float, 6))),
            ("1e05", Some((TokenKind::Float, 3))),
            ("1.", Some((TokenKind::Decimal, 1))),
            ("1.5e", Some((TokenKind::Float, 3))),
            ("+inf", Some((TokenKind::Infinity, 4))),
            ("truefalse", Some((TokenKind::True, 4))),
            ("2020-01", Some((TokenKind::DateDigits, 4))),
            ("08:00", Some((TokenKind::DateDigits, 2))),
            ("-12-", Some((TokenKind::Decimal, 2))),
            ("-1-", None),
            ("", None),
            ("-", None),
            ("x", None),
        ] {
            let digits = text.bytes().take_while(u8::is_ascii_digit).count();
            assert_eq!(scan(text.as_bytes(), digits), expected, "{text}");
        }
    }
}
