//! Predicts how the server's own parser of deployment.toml reads a text. That parser does not implement TOML 1.0, and the server
//! starts only with a text that it accepts.
//!
//! Every server reads deployment.toml with cava-toml 0.5.0, which implements TOML 0.5 with some errors. The verdict, its place and its
//! message are predicted by the same steps: a lexer with the same modes, the same grammar, the same rules for repeated definitions.

mod effort;
mod explain;
mod lexer;
mod messages;
mod number;
mod parser;
mod reason;
mod tables;
mod token;
mod value;
mod value_type;
mod verdict;

pub(crate) use explain::explain_tab;
pub(crate) use reason::Inside;
pub use reason::Reason;
pub(crate) use verdict::Rejection;
pub use verdict::Verdict;

/// The verdict of the server's parser on `text`.
pub fn check(text: &str) -> Verdict {
    parser::check(text, &lexer::lex(text, false).tokens)
}

/// The verdict if the parser accepted tabs in double quotes, and where those tabs are, string by string.
pub fn check_without_tabs(text: &str) -> (Verdict, Vec<Vec<usize>>) {
    let lexed = lexer::lex(text, true);
    let verdict = parser::check(text, &lexed.tokens);
    // After the place where the grammar gives up, it is not certain where strings begin and end.
    let certain_until = match &verdict {
        Verdict::Rejected(rejections) => {
            rejections.iter().find(|rejection| rejection.reason.ends_parse()).map(|last| last.span.start)
        }
        Verdict::TooDeep(span) => Some(span.start),
        Verdict::Accepted | Verdict::StackOverflow(_) => None,
    };
    let is_certain = |tab: &usize| certain_until.is_none_or(|end| *tab < end);
    let tabs = lexed.tabs.into_iter().filter(|string| string.first().is_some_and(is_certain));
    (verdict, tabs.collect())
}
