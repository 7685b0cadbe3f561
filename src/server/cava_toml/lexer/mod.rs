//! From text to tokens, as the server's parser reads them: the meaning of a character depends on the mode, and modes nest.

mod cursor;
mod lines;
mod strings;
mod values;

use cursor::{LexedText, Lexer, Mode};

use super::effort::spend;
use super::token::{Token, TokenKind};

/// Reads `text` as the server does; with `forgives_tabs` tabs in basic strings are accepted.
pub(super) fn lex(text: &str, forgives_tabs: bool) -> LexedText {
    let mut lexer = Lexer::new(text, forgives_tabs);
    while lexer.at < text.len() {
        step(&mut lexer);
    }
    lexer.found.tokens.push(Token::new(TokenKind::End, text.len(), text.len()));
    lexer.found
}

fn step(lexer: &mut Lexer) {
    spend(1);
    match lexer.mode {
        Mode::Line => lexer.step_line(),
        Mode::Value => lexer.step_value(),
        Mode::Basic => lexer.step_basic(),
        Mode::BasicLines => lexer.step_basic_lines(),
        Mode::Literal => lexer.step_literal(),
        Mode::LiteralLines => lexer.step_literal_lines(),
        Mode::Date => lexer.step_date(),
        Mode::Inline => lexer.step_inline(),
    }
}
