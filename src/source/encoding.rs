//! Decodes a file's bytes: byte-order marks, UTF-16, and the encoding that an XML declaration names.

use std::borrow::Cow;

use encoding_rs::{Encoding as Charset, UTF_8, UTF_16BE, UTF_16LE};

use super::position::{BYTE_ORDER_MARK, Span};

/// The encoding of a file's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte-order mark.
    Utf8,
    /// ISO-8859-1 as Java reads it: each byte is the code point of the same number.
    Latin1,
    /// Any other encoding of the WHATWG Encoding Standard, including UTF-16.
    Other(&'static Charset),
}

impl Encoding {
    /// The encoding's usual name, such as `UTF-8`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Latin1 => "ISO-8859-1",
            Self::Other(charset) => charset.name(),
        }
    }

    /// Whether this is UTF-16, in either byte order.
    pub fn is_utf16(self) -> bool {
        matches!(self, Self::Other(charset) if charset == UTF_16LE || charset == UTF_16BE)
    }

    /// Encodes `text`. Returns `None` if the encoding cannot represent one of its characters.
    pub fn encode(self, text: &str) -> Option<Vec<u8>> {
        match self {
            Self::Utf8 => Some(text.as_bytes().to_vec()),
            Self::Latin1 => text.chars().map(|character| u8::try_from(u32::from(character)).ok()).collect(),
            Self::Other(charset) if charset == UTF_16LE => Some(text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
            Self::Other(charset) if charset == UTF_16BE => Some(text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
            Self::Other(charset) => {
                let (bytes, _, lossy) = charset.encode(text);
                (!lossy).then(|| bytes.into_owned())
            }
        }
    }

    /// The length of `text` in this encoding, in bytes.
    pub fn encoded_len(self, text: &str) -> usize {
        match self {
            Self::Utf8 => text.len(),
            Self::Latin1 => text.chars().count(),
            Self::Other(_) if self.is_utf16() => text.encode_utf16().count() * 2,
            Self::Other(charset) => charset.encode(text).0.len(),
        }
    }
}

/// A file's decoded text.
#[derive(Debug)]
pub(crate) struct Decoded {
    /// The text. A byte-order mark is kept as U+FEFF, and invalid bytes become U+FFFD.
    pub text: String,
    /// The encoding that was used to decode the bytes.
    pub encoding: Encoding,
    /// Whether the text begins with a byte-order mark.
    pub byte_order_mark: bool,
    /// The first fault in the bytes, if any.
    pub fault: Option<EncodingFault>,
}

/// Why a file's bytes could not be decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EncodingFault {
    /// A byte that is not valid in the encoding: its place in the text, and its value.
    InvalidByte(Span, u8),
    /// The XML declaration names an unknown encoding; the place of the name.
    Unknown(Span),
    /// An invalid sequence in a multi-byte encoding; its place in the text.
    Malformed(Span),
}

/// Decodes `bytes`. With `is_xml`, uses the encoding that an XML declaration names. Never fails: a fault is part of the result.
pub(crate) fn decode(bytes: Vec<u8>, is_xml: bool) -> Decoded {
    let marked = Charset::for_bom(&bytes).map(|(charset, _)| charset);
    if let Some(charset) = marked.filter(|charset| *charset != UTF_8) {
        return decode_other(&bytes, charset);
    }
    if marked.is_none() && is_xml {
        if let Some(charset) = utf16_without_mark(&bytes) {
            return decode_other(&bytes, charset);
        }
        if let Some((label, span)) = declared_encoding(&bytes) {
            if label.eq_ignore_ascii_case("iso-8859-1") || label.eq_ignore_ascii_case("latin1") {
                return decode_latin1(&bytes);
            }
            match Charset::for_label(label.as_bytes()) {
                // A declaration that reads as single bytes cannot be UTF-16, so parsers fall back to UTF-8.
                Some(charset) if charset == UTF_8 || charset == UTF_16LE || charset == UTF_16BE => {}
                Some(charset) => return decode_other(&bytes, charset),
                None => {
                    let mut decoded = decode_utf8(bytes);
                    decoded.fault = Some(EncodingFault::Unknown(span));
                    return decoded;
                }
            }
        }
    }
    decode_utf8(bytes)
}

/// Decodes `bytes` as UTF-8, or as ISO-8859-1 if they are not valid UTF-8. Never fails.
pub(crate) fn decode_utf8_or_latin1(bytes: Vec<u8>) -> Decoded {
    if std::str::from_utf8(&bytes).is_ok() { decode_utf8(bytes) } else { decode_latin1(&bytes) }
}

fn decode_latin1(bytes: &[u8]) -> Decoded {
    let text = encoding_rs::mem::decode_latin1(bytes).into_owned();
    Decoded { text, encoding: Encoding::Latin1, byte_order_mark: false, fault: None }
}

fn decode_utf8(bytes: Vec<u8>) -> Decoded {
    let byte_order_mark = bytes.starts_with("\u{feff}".as_bytes());
    let (text, fault) = match String::from_utf8(bytes) {
        Ok(text) => (text, None),
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let byte = error.as_bytes().get(valid).copied().unwrap_or_default();
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let span = Span::new(valid, valid + char::REPLACEMENT_CHARACTER.len_utf8());
            (text, Some(EncodingFault::InvalidByte(span, byte)))
        }
    };
    Decoded { text, encoding: Encoding::Utf8, byte_order_mark, fault }
}

fn decode_other(bytes: &[u8], charset: &'static Charset) -> Decoded {
    let (text, malformed) = charset.decode_without_bom_handling(bytes);
    let text = Cow::into_owned(text);
    let fault = malformed.then(|| {
        let at = text.find(char::REPLACEMENT_CHARACTER).unwrap_or(0);
        EncodingFault::Malformed(Span::new(at, at + char::REPLACEMENT_CHARACTER.len_utf8()))
    });
    Decoded { byte_order_mark: text.starts_with(BYTE_ORDER_MARK), text, encoding: Encoding::Other(charset), fault }
}

/// Detects UTF-16 without a byte-order mark: the first two bytes are `<` and zero, in either order (XML 1.0, appendix F).
fn utf16_without_mark(bytes: &[u8]) -> Option<&'static Charset> {
    match bytes {
        [b'<', 0, ..] => Some(UTF_16LE),
        [0, b'<', ..] => Some(UTF_16BE),
        _ => None,
    }
}

/// The value of `encoding` in the XML declaration, and its place.
fn declared_encoding(bytes: &[u8]) -> Option<(&str, Span)> {
    let end = bytes.len().min(256);
    let prolog_end = bytes[..end].windows(2).position(|pair| pair == b"?>")?;
    let prolog = std::str::from_utf8(&bytes[..prolog_end]).ok()?;
    let prolog = prolog.strip_prefix("<?xml").map(|_| prolog)?;
    let name = prolog.find("encoding")?;
    let quote = name + prolog[name..].find(['"', '\''])?;
    let start = quote + 1;
    let len = prolog[start..].find(prolog[quote..].chars().next()?)?;
    Some((&prolog[start..start + len], Span::new(start, start + len)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf8_keeps_its_byte_order_mark_as_text() {
        let decoded = decode(b"\xef\xbb\xbfa = 1".to_vec(), false);
        assert!(decoded.byte_order_mark);
        assert_eq!(decoded.text, "\u{feff}a = 1");
        assert_eq!(decoded.fault, None);
    }

    #[test]
    fn an_invalid_byte_has_a_place() {
        let decoded = decode(b"a = \"caf\xe9\"".to_vec(), false);
        assert_eq!(decoded.fault, Some(EncodingFault::InvalidByte(Span::new(8, 11), 0xe9)));
    }

    #[test]
    fn an_xml_declaration_counts_in_xml_only() {
        let bytes = b"<?xml version=\"1.0\" encoding='ISO-8859-1'?><a>\xe9</a>".to_vec();
        let xml = decode(bytes.clone(), true);
        assert_eq!((xml.encoding, xml.fault), (Encoding::Latin1, None));
        assert!(xml.text.contains("<a>é</a>"));
        assert!(decode(bytes, false).fault.is_some());
    }

    #[test]
    fn an_unknown_encoding_is_a_fault_at_its_name() {
        let text = "<?xml version=\"1.0\" encoding=\"x-none\"?><a/>";
        let Some(EncodingFault::Unknown(span)) = decode(text.as_bytes().to_vec(), true).fault else {
            panic!("no fault");
        };
        assert_eq!(span.of(text), "x-none");
    }

    #[test]
    fn encoding_restores_the_decoded_bytes() {
        let latin1 = b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>\xe9\x80</a>".to_vec();
        let utf16: Vec<u8> = "\u{feff}<a>é</a>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for bytes in [latin1.clone(), utf16, "\u{feff}<a>é</a>".as_bytes().to_vec()] {
            let decoded = decode(bytes.clone(), true);
            assert_eq!(decoded.encoding.encode(&decoded.text), Some(bytes));
        }
        assert_eq!(decode(latin1, true).encoding.encode("“"), None);
    }

    #[test]
    fn utf16_is_detected_by_its_mark_or_first_bytes() {
        let with_mark: Vec<u8> = "\u{feff}a = 1".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let decoded = decode(with_mark, false);
        assert!(decoded.encoding.is_utf16() && decoded.byte_order_mark);
        let without: Vec<u8> = "<a/>".encode_utf16().flat_map(u16::to_be_bytes).collect();
        let decoded = decode(without, true);
        assert_eq!((decoded.text.as_str(), decoded.encoding.encoded_len("<a")), ("<a/>", 4));
    }
}
