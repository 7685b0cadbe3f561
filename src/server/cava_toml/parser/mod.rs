//! The grammar of the server's parser: how it detects that something is wrong, and what it reports. Each file has a part of the grammar.
//!
//! It stops at the first token that does not fit, which is what the server's first message is about. Conflicting definitions are all
//! found, because the server continues after them.

mod dates;
mod lines;
mod rejections;
mod state;
mod strings;
mod values;

use state::{ParseStop, Parser};

use super::token::Token;
use super::verdict::Verdict;

/// The verdict on a text with these tokens.
pub(super) fn check(text: &str, tokens: &[Token]) -> Verdict {
    let mut parser = Parser::new(text, tokens);
    match parser.document() {
        _ if parser.aborted => Verdict::Rejected(parser.rejections),
        Err(ParseStop::TooDeep(span)) => Verdict::TooDeep(span),
        Err(ParseStop::Unexpected { token, expected, inside }) => {
            // The server reports grammar errors before conflicting definitions.
            let first = parser.unexpected(token, expected, inside);
            Verdict::Rejected(std::iter::once(first).chain(parser.rejections).collect())
        }
        Ok(()) if !parser.rejections.is_empty() => Verdict::Rejected(parser.rejections),
        Ok(()) => match parser.tables.endless() {
            Some(at) => Verdict::StackOverflow(parser.line_from(at)),
            None => Verdict::Accepted,
        },
    }
}
