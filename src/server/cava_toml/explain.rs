//! What a rejection means to a user whose editor accepts the same text: what the server's parser rejects, and what to write instead.

use super::reason::{Inside, Reason};
use super::value_type::Type;
use super::verdict::Rejection;

impl Rejection {
    /// What is wrong in `text`, and what to do about it.
    pub fn explain(&self, text: &str) -> (String, String) {
        let written = self.span.of(text);
        let (wrong, remedy): (&str, &str) = match self.reason {
            Reason::Unexpected(Inside::Basic | Inside::BasicLines) if written == "\t" => explain_tab(),
            Reason::Unexpected(Inside::Inline | Inside::Key) if self.span.is_empty() => (
                "an inline table over several lines, which the server's parser rejects",
                "write it on one line, or as a table with its own header",
            ),
            Reason::Unexpected(Inside::Inline | Inside::Key) if written == "}" => {
                ("a comma after the last entry of an inline table, which the server's parser rejects", "remove the comma")
            }
            Reason::Unexpected(Inside::Date) => (
                "a date or time in a form that the server's parser rejects",
                "write times with seconds, and dates in full: `2020-01-31T08:00:00Z`",
            ),
            Reason::Unexpected(_) => {
                ("this is valid TOML, but the server's parser rejects it", "write the value in another form, on separate lines")
            }
            Reason::AfterDate => (
                "the server's parser does not see that a date or time ends here",
                "put a space after the date or time; a `Z` after a time must be upper case",
            ),
            Reason::ExtraQuotes => (
                "the server's parser ends the string at the first three quotes and rejects the quotes after them",
                "escape the quotes that belong to the string as `\\\"`, in a string in double quotes",
            ),
            Reason::RestOfNumber => (
                "the server's parser ends the number before this and rejects the rest",
                "write the exponent without leading zeros: `1e6`",
            ),
            Reason::CommaFirst => (
                "a comma at the beginning of a line, which the server's parser rejects",
                "put the comma directly after the item before it, on the same line",
            ),
            Reason::LostCount => (
                "the server's parser still considers an array above open and rejects what follows",
                "remove the comma after the last item of each inner array, and remove empty inner arrays",
            ),
            Reason::MixedArray { containing, added } => return mixed_array(containing, added),
            Reason::Escape => return escape(written),
            Reason::NumberTooLarge => ("a number that is too large for the server's parser", "write a smaller number"),
            Reason::NumberTooSmall => ("a number so small that the server's parser rejects it", "write `0.0`"),
            Reason::Date => (
                "a date or time that the server's parser rejects",
                "write one that exists, with seconds up to 59, at most nine decimal digits, and an offset of at most 18 hours",
            ),
            Reason::Defined => ("the server's parser considers this already defined", "merge the two definitions"),
            Reason::EmptyHeader => ("a header without a key", "write a key between the brackets, or remove the header"),
        };
        (wrong.to_owned(), remedy.to_owned())
    }
}

/// What is wrong with a tab in double quotes, and what to do about it.
pub(crate) fn explain_tab() -> (&'static str, &'static str) {
    ("a tab inside double quotes, which the server's parser rejects", "write `\\t` for the tab, or use single quotes")
}

fn mixed_array(containing: Type, added: Type) -> (String, String) {
    let wrong = format!("{} in an array of {}s, which the server's parser rejects", with_article(added), containing.as_str());
    let remedy = match (containing, added) {
        (Type::Integer, Type::Float) | (Type::Float, Type::Integer) => "write every number with a fraction: `1.0`",
        (Type::Table | Type::Array, _) | (_, Type::Table | Type::Array) => "write all items in the same form",
        _ => "write all items in the same form, for example each in quotes",
    };
    (wrong, remedy.to_owned())
}

fn with_article(type_: Type) -> String {
    let article = if type_.as_str().starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {}", type_.as_str())
}

fn escape(written: &str) -> (String, String) {
    let remedy = match written {
        "\\e" => "write `\\u001B` for the escape character".to_owned(),
        "\\x" => "write `\\u00` instead of `\\x`".to_owned(),
        _ => "write `\\\\` for a backslash, or use single quotes".to_owned(),
    };
    (format!("`{written}` is not an escape that the server's parser knows"), remedy)
}
