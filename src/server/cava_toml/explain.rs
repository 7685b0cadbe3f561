//! What a refusal means to a person whose editor takes the same text: what the server's parser does not take, and what to write instead.

use super::{Inside, Reason, Rejection, Type};

impl Rejection {
    /// What is wrong in `text`, lower case, without a full stop; and what to do about it.
    pub fn explain(&self, text: &str) -> (String, String) {
        let written = self.span.of(text);
        let (wrong, remedy): (&str, &str) = match self.reason {
            Reason::Unexpected(Inside::Basic | Inside::BasicLines) if written == "\t" => explain_tab(),
            Reason::Unexpected(Inside::Inline | Inside::Key) if self.span.is_empty() => (
                "an inline table over several lines, which the server's parser refuses",
                "write it in one line, or as a table with a header of its own",
            ),
            Reason::Unexpected(Inside::Inline | Inside::Key) if written == "}" => {
                ("a comma behind the last entry of an inline table, which the server's parser refuses", "remove the comma")
            }
            Reason::Unexpected(Inside::Date) => (
                "a date or time in a form that the server's parser refuses",
                "write times with seconds, and dates in full: `2020-01-31T08:00:00Z`",
            ),
            Reason::Unexpected(_) => {
                ("this is TOML, but the server's parser refuses it", "write the value in another way, on lines of its own")
            }
            Reason::BehindDate => (
                "the server's parser does not see that a date or time ends here",
                "put a blank behind the date or time; behind a time, `Z` is a capital letter",
            ),
            Reason::ExtraQuotes => (
                "the first three quotes close the text for the server's parser, which refuses those behind them",
                "write the quotes that belong to the text as `\\\"`, in a text in double quotes",
            ),
            Reason::RestOfNumber => (
                "the number ends before this for the server's parser, which refuses the rest",
                "write the exponent without a zero in front: `1e6`",
            ),
            Reason::CommaFirst => (
                "a comma at the beginning of a line, which the server's parser refuses",
                "put the comma behind the item that it follows, in the line of that item",
            ),
            Reason::LostCount => (
                "an array above is still open for the server's parser, which refuses what follows",
                "remove the comma behind the last item of every inner array, and inner arrays that are empty",
            ),
            Reason::MixedArray { containing, added } => return mixed_array(containing, added),
            Reason::Escape => return escape(written),
            Reason::NumberTooLarge => ("a number that is too large for the server's parser", "write a smaller number"),
            Reason::NumberTooSmall => ("a number so small that the server's parser refuses it", "write `0.0`"),
            Reason::Date => (
                "a date or time that the server's parser refuses",
                "write one that exists, with seconds up to 59, at most nine digits behind them, and an offset of at most 18 hours",
            ),
            Reason::Defined => ("the server's parser holds this for defined already", "merge the two definitions"),
            Reason::EmptyHeader => ("a header without a key", "write a key between the brackets, or remove the header"),
        };
        (wrong.to_owned(), remedy.to_owned())
    }
}

/// What is wrong with a tab in double quotes, and what to do about it.
pub fn explain_tab() -> (&'static str, &'static str) {
    ("a tab inside double quotes, which the server's parser refuses", "write `\\t` for the tab, or put the text in single quotes")
}

fn mixed_array(containing: Type, added: Type) -> (String, String) {
    let wrong = format!("{} in an array of {}s, which the server's parser refuses", with_article(added), containing.as_str());
    let remedy = match (containing, added) {
        (Type::Integer, Type::Float) | (Type::Float, Type::Integer) => "write every number with a fraction: `1.0`",
        (Type::Table | Type::Array, _) | (_, Type::Table | Type::Array) => "write all items in the same way",
        _ => "write all items in the same way, for example each in quotes",
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
        "\\x" => "write `\\u00` in place of `\\x`".to_owned(),
        _ => "write `\\\\` for a backslash, or the text in single quotes".to_owned(),
    };
    (format!("`{written}` is no escape for the server's parser"), remedy)
}
