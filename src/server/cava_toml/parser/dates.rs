//! Dates and times. The server looks ahead to find out which of the four kinds it is.

use super::state::{DOT, ParseResult, Parser};
use crate::server::cava_toml::reason::Inside;
use crate::server::cava_toml::token::{Token, TokenKind, TokenKinds};
use crate::server::cava_toml::value::{self, ValueRejection};
use crate::server::cava_toml::value_type::Type;

const DIGITS: TokenKinds = TokenKinds::of(&[TokenKind::DateDigits]);
const COLON: TokenKinds = TokenKinds::of(&[TokenKind::Colon]);

impl Parser<'_> {
    /// The type of the date or time here.
    pub(super) fn date_or_time(&mut self, after: TokenKinds) -> ParseResult<Type> {
        const DATE: [TokenKind; 5] =
            [TokenKind::DateDigits, TokenKind::Dash, TokenKind::DateDigits, TokenKind::Dash, TokenKind::DateDigits];
        const TIME: [TokenKind; 5] =
            [TokenKind::DateDigits, TokenKind::Colon, TokenKind::DateDigits, TokenKind::Colon, TokenKind::DateDigits];
        self.nested_date |= self.depth > 0;
        if self.kind(1) == TokenKind::Colon {
            self.time(after)?;
            return Ok(Type::LocalTime);
        }
        self.must_follow(0, &DATE)?;
        if self.kind(5) != TokenKind::TimeMark {
            self.date();
            return Ok(Type::LocalDate);
        }
        self.must_follow(6, &TIME)?;
        if self.kind(11) == TokenKind::Dot {
            self.must_follow(12, &[TokenKind::DateDigits])?;
        }
        let next = self.kind(if self.kind(11) == TokenKind::Dot { 13 } else { 11 });
        self.date();
        self.bump();
        if !matches!(next, TokenKind::Zulu | TokenKind::Plus | TokenKind::Dash) {
            self.time(after)?;
            return Ok(Type::LocalDateTime);
        }
        self.time(TokenKinds::of(&[TokenKind::Zulu, TokenKind::Plus, TokenKind::Dash]))?;
        self.offset(after)?;
        Ok(Type::OffsetDateTime)
    }

    fn must_follow(&self, ahead: usize, kinds: &[TokenKind]) -> ParseResult<()> {
        match (ahead..).zip(kinds).find(|(ahead, kind)| self.kind(*ahead) != **kind) {
            Some((ahead, _)) => self.stop(ahead, DIGITS, Inside::Date),
            None => Ok(()),
        }
    }

    fn number<T>(&mut self, token: Token, check: impl Fn(&str) -> Result<T, ValueRejection>) -> Option<T> {
        let checked = check(self.written(token));
        self.check(token, checked)
    }

    /// Takes a date of five tokens, which are known to be there.
    fn date(&mut self) {
        let [year, _, month, _, day] = [0; 5].map(|_| self.bump());
        let year = self.number(year, value::year);
        let month = self.number(month, value::month);
        if let (Some(year), Some(month)) = (year, month) {
            self.number(day, |day| value::day(day, year, month));
        }
    }

    fn time(&mut self, after: TokenKinds) -> ParseResult<()> {
        let hour = self.expect(TokenKind::DateDigits, COLON, Inside::Date)?;
        self.number(hour, value::hour);
        self.expect(TokenKind::Colon, DIGITS, Inside::Date)?;
        let minute = self.expect(TokenKind::DateDigits, COLON, Inside::Date)?;
        self.number(minute, value::minute);
        self.expect(TokenKind::Colon, DIGITS, Inside::Date)?;
        let second = self.expect(TokenKind::DateDigits, DOT.and(after), Inside::Date)?;
        self.number(second, value::second);
        if self.option(DOT, DOT.and(after)) {
            self.bump();
            let fraction = self.expect(TokenKind::DateDigits, after, Inside::Date)?;
            self.number(fraction, value::fraction);
        }
        Ok(())
    }

    fn offset(&mut self, after: TokenKinds) -> ParseResult<()> {
        let sign = self.bump();
        self.remembered = None;
        if sign.kind == TokenKind::Zulu {
            return Ok(());
        }
        let digits = self.expect(TokenKind::DateDigits, COLON, Inside::Date)?;
        let hours = self.number(Token::new(digits.kind, sign.start(), digits.end()), value::offset_hours);
        self.expect(TokenKind::Colon, DIGITS, Inside::Date)?;
        let minutes = self.expect(TokenKind::DateDigits, after, Inside::Date)?;
        let Some(hours) = hours else { return Ok(()) };
        if let Err((rejection, as_a_whole)) = value::offset_minutes(self.written(minutes), hours) {
            let is_first = self.thrown.is_none();
            self.check(minutes, Err::<(), _>(rejection));
            // The server counts back to where it assumes that the offset begins.
            if let Some(rejection) = self.thrown.as_mut().filter(|_| as_a_whole && is_first) {
                rejection.column = rejection.column.saturating_sub(4);
            }
        }
        Ok(())
    }
}
