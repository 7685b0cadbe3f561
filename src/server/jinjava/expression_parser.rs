//! The parser of expressions (JUEL Parser.java, Jinjava ExtendedParser.java).

use std::rc::Rc;

use super::expression::{Expression, ExpressionKind, TOO_DEEP};
use super::fault::TemplateFault;
use super::lexer::{Lexeme, Symbol, lexemes};
use super::release::Release;
use crate::source::Span;

/// How deeply parentheses, lists and arguments may be nested: parsing each takes a dozen calls.
const MAX_NESTED: u16 = 40;

impl Expression {
    /// Parses the expression at `span` of `template`.
    pub(super) fn parse(template: &str, span: Span, release: Release) -> Result<Self, TemplateFault> {
        let lexemes = lexemes(template, span)?;
        let mut parser = Parser { template, release, lexemes: &lexemes, at: 0, depth: 0 };
        let expression = parser.expression()?.ok_or_else(|| parser.unexpected("an expression"))?;
        parser.expect_end()?;
        Ok(expression)
    }

    /// Parses the expressions at `span` of `template`, separated by commas, into a list.
    pub(super) fn parse_list(template: &str, span: Span, release: Release) -> Result<Self, TemplateFault> {
        let lexemes = lexemes(template, span)?;
        let mut parser = Parser { template, release, lexemes: &lexemes, at: 0, depth: 0 };
        let parts = parser.list()?;
        parser.expect_end()?;
        Self::new(ExpressionKind::List(parts), span)
    }
}

struct Parser<'a> {
    template: &'a str,
    release: Release,
    lexemes: &'a [Lexeme],
    at: usize,
    depth: u16,
}

/// An expression, or `None` if the next token cannot begin one.
type MaybeExpression = Result<Option<Expression>, TemplateFault>;

impl Parser<'_> {
    fn lexeme(&self, ahead: usize) -> &Lexeme {
        // The last lexeme is the end.
        &self.lexemes[(self.at + ahead).min(self.lexemes.len() - 1)]
    }

    fn image(&self, ahead: usize) -> &str {
        self.lexeme(ahead).span.of(self.template)
    }

    fn next_is(&self, sign: &str) -> bool {
        matches!(&self.lexeme(0).symbol, Symbol::Sign(found) if *found == sign)
    }

    fn take(&mut self, sign: &str) -> bool {
        let found = self.next_is(sign);
        self.at += usize::from(found);
        found
    }

    fn take_written(&mut self, word: &str) -> bool {
        let found = self.image(0) == word && matches!(self.lexeme(0).symbol, Symbol::Sign(_));
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, sign: &str) -> Result<(), TemplateFault> {
        if self.take(sign) { Ok(()) } else { Err(self.unexpected(&format!("`{sign}`"))) }
    }

    fn expect_end(&self) -> Result<(), TemplateFault> {
        if self.lexeme(0).symbol == Symbol::End { Ok(()) } else { Err(self.unexpected("the end of the expression")) }
    }

    fn unexpected(&self, wanted: &str) -> TemplateFault {
        let lexeme = self.lexeme(0);
        let found = match lexeme.symbol {
            Symbol::End => "the end".to_owned(),
            // An unclosed string contains everything up to the next quote.
            Symbol::Text(_) => "a string".to_owned(),
            _ => format!("`{}`", self.image(0)),
        };
        TemplateFault::fatal(lexeme.span, &format!("expected {wanted}, found {found}"))
    }

    fn required(&self, parsed: Option<Expression>) -> Result<Expression, TemplateFault> {
        parsed.ok_or_else(|| self.unexpected("a value"))
    }

    fn name(&mut self) -> Result<Rc<str>, TemplateFault> {
        if self.lexeme(0).symbol != Symbol::Name {
            return Err(self.unexpected("a name"));
        }
        let name = Rc::from(self.image(0));
        self.at += 1;
        Ok(name)
    }

    /// From `start` to the end of the last lexeme that was taken.
    fn span_from(&self, start: usize) -> Span {
        Span::new(start, self.lexemes[self.at.saturating_sub(1)].span.end.max(start))
    }

    fn make(&self, start: usize, kind: ExpressionKind) -> Result<Expression, TemplateFault> {
        Expression::new(kind, self.span_from(start))
    }

    fn expression(&mut self) -> MaybeExpression {
        self.depth += 1;
        if self.depth > MAX_NESTED {
            return Err(TemplateFault::over_limit(self.lexeme(0).span, TOO_DEEP));
        }
        let parsed = self.choice();
        self.depth -= 1;
        parsed
    }

    fn some_expression(&mut self) -> Result<Expression, TemplateFault> {
        let parsed = self.expression()?;
        self.required(parsed)
    }

    fn choice(&mut self) -> MaybeExpression {
        let start = self.lexeme(0).span.start;
        let Some(value) = self.or()? else { return Ok(None) };
        if !self.next_is("?") {
            return Ok(Some(value));
        }
        let kind = if self.take_written("if") {
            let condition = self.some_expression()?;
            let no = if self.take_written("else") { self.some_expression()? } else { self.make(start, ExpressionKind::Null)? };
            ExpressionKind::Choice(Box::new(condition), Box::new(value), Box::new(no))
        } else {
            self.at += 1;
            let yes = self.some_expression()?;
            self.expect(":")?;
            let no = self.some_expression()?;
            ExpressionKind::Choice(Box::new(value), Box::new(yes), Box::new(no))
        };
        self.make(start, kind).map(Some)
    }

    fn or(&mut self) -> MaybeExpression {
        let start = self.lexeme(0).span.start;
        let Some(mut left) = self.and()? else { return Ok(None) };
        while self.take("||") {
            let right = self.and()?;
            let right = self.required(right)?;
            left = self.make(start, ExpressionKind::Or(Box::new(left), Box::new(right)))?;
        }
        Ok(Some(left))
    }

    fn and(&mut self) -> MaybeExpression {
        let start = self.lexeme(0).span.start;
        let Some(mut left) = self.equality()? else { return Ok(None) };
        while self.take("&&") {
            let right = self.equality()?;
            let right = self.required(right)?;
            left = self.make(start, ExpressionKind::And(Box::new(left), Box::new(right)))?;
        }
        Ok(Some(left))
    }

    fn binary(&mut self, signs: &[&'static str], operand: fn(&mut Self) -> MaybeExpression) -> MaybeExpression {
        let start = self.lexeme(0).span.start;
        let Some(mut left) = operand(self)? else { return Ok(None) };
        while let Some(sign) = signs.iter().find(|sign| self.next_is(sign)) {
            self.at += 1;
            let right = operand(self)?;
            let right = Box::new(self.required(right)?);
            let kind = match (*sign, &left.kind) {
                ("=", ExpressionKind::Name(name)) => ExpressionKind::Named(name.clone(), right),
                ("=", _) => return Err(TemplateFault::fatal(left.span, "expected a name before `=`")),
                (sign, _) => ExpressionKind::Binary(sign, Box::new(left), right),
            };
            left = self.make(start, kind)?;
        }
        Ok(Some(left))
    }

    fn equality(&mut self) -> MaybeExpression {
        self.binary(&["==", "!="], Self::comparison)
    }

    fn comparison(&mut self) -> MaybeExpression {
        let start = self.lexeme(0).span.start;
        let signs = ["<=", "<", ">=", ">", "in"];
        if self.release.chains_comparisons() {
            return self.binary(&signs, Self::sum);
        }
        let Some(left) = self.sum()? else { return Ok(None) };
        let sign = if self.image(0) == "not" && self.image(1) == "in" {
            self.at += 1;
            "not in"
        } else if let Some(sign) = signs.into_iter().find(|sign| self.next_is(sign)) {
            sign
        } else {
            return Ok(Some(left));
        };
        self.at += 1;
        // A second comparison is a syntax error.
        let right = self.sum()?;
        let right = self.required(right)?;
        self.make(start, ExpressionKind::Binary(sign, Box::new(left), Box::new(right))).map(Some)
    }

    fn sum(&mut self) -> MaybeExpression {
        self.binary(&["+", "-", "~", "="], Self::product)
    }

    fn product(&mut self) -> MaybeExpression {
        self.binary(&["*", "//", "/", "%", "**"], Self::unary)
    }

    fn unary(&mut self) -> MaybeExpression {
        let start = self.lexeme(0).span.start;
        for (sign, operation) in [("!", "!"), ("-", "-"), ("empty", "empty"), ("+number", "+")] {
            if self.take(sign) {
                self.depth += 1;
                if self.depth > MAX_NESTED {
                    return Err(TemplateFault::over_limit(self.lexeme(0).span, TOO_DEEP));
                }
                let operand = self.unary()?;
                self.depth -= 1;
                let operand = self.required(operand)?;
                return self.make(start, ExpressionKind::Unary(operation, Box::new(operand))).map(Some);
            }
        }
        self.value()
    }

    /// A value with its properties, methods and indexes, then its filters or its test.
    fn value(&mut self) -> MaybeExpression {
        let start = self.lexeme(0).span.start;
        let Some(mut value) = self.atom()? else { return Ok(None) };
        loop {
            let kind = if self.take(".") {
                let name = self.name()?;
                if self.next_is("(") {
                    ExpressionKind::Method(Box::new(value), name, self.arguments()?)
                } else {
                    ExpressionKind::Property(Box::new(value), name)
                }
            } else if self.take("[") {
                let from = self.expression()?;
                if self.take(":") {
                    let to = self.expression()?;
                    self.expect("]")?;
                    ExpressionKind::Slice(Box::new(value), from.map(Box::new), to.map(Box::new))
                } else {
                    let index = self.required(from)?;
                    self.expect("]")?;
                    ExpressionKind::Index(Box::new(value), Box::new(index))
                }
            } else {
                break;
            };
            value = self.make(start, kind)?;
        }
        if self.next_is("|") && self.lexeme(1).symbol == Symbol::Name {
            while self.take("|") {
                let name = self.name()?;
                let arguments = if self.next_is("(") { self.arguments()? } else { Vec::new() };
                value = self.make(start, ExpressionKind::Filter(Box::new(value), name, arguments))?;
            }
        } else if let Some(negated) = self.take_is() {
            let name = Rc::from(self.image(0));
            self.at += 1;
            let argument = if self.release.passes_rest_to_tests() { self.expression()? } else { self.value()? };
            let argument = argument.map(Box::new);
            value = self.make(start, ExpressionKind::Test { of: Box::new(value), name, negated, argument })?;
        }
        Ok(Some(value))
    }

    /// Takes `is` or `is not` if the name of a test follows. Gives whether the test is negated.
    fn take_is(&mut self) -> Option<bool> {
        if self.image(0) != "is" {
            return None;
        }
        let negated = self.image(1) == "not";
        let name = 1 + usize::from(negated);
        let names_test = matches!(
            self.lexeme(name).symbol,
            Symbol::Name | Symbol::True | Symbol::False | Symbol::Sign("==" | "!=" | "<" | "<=" | ">" | ">=" | "in")
        );
        names_test.then(|| self.at += name).map(|()| negated)
    }

    fn atom(&mut self) -> MaybeExpression {
        let start = self.lexeme(0).span.start;
        let kind = match self.lexeme(0).symbol.clone() {
            Symbol::Name => {
                let name = self.name()?;
                if self.next_is("(") { ExpressionKind::Function(name, self.arguments()?) } else { ExpressionKind::Name(name) }
            }
            Symbol::Text(text) => self.literal(ExpressionKind::Text(text)),
            Symbol::Integer(number) => self.literal(ExpressionKind::Integer(number)),
            Symbol::Double(number) => self.literal(ExpressionKind::Double(number)),
            Symbol::True => self.literal(ExpressionKind::Boolean(true)),
            Symbol::False => self.literal(ExpressionKind::Boolean(false)),
            Symbol::Null => self.literal(ExpressionKind::Null),
            Symbol::Sign("(") => {
                self.at += 1;
                let mut inside = self.lexemes[self.at..].iter().take_while(|lexeme| lexeme.symbol != Symbol::Sign(")"));
                let is_tuple = self.release.makes_tuple_of_any_comma() && inside.any(|lexeme| lexeme.symbol == Symbol::Sign(","));
                let mut parts = self.list()?;
                self.expect(")")?;
                match parts.len() {
                    0 => return Err(self.unexpected("a value")),
                    1 if !is_tuple => return Ok(parts.pop()),
                    _ => {}
                }
                ExpressionKind::List(parts)
            }
            Symbol::Sign("[") => {
                self.at += 1;
                let parts = self.list()?;
                self.expect("]")?;
                ExpressionKind::List(parts)
            }
            Symbol::Sign("{") => self.map()?,
            _ => return Ok(None),
        };
        self.make(start, kind).map(Some)
    }

    fn literal(&mut self, kind: ExpressionKind) -> ExpressionKind {
        self.at += 1;
        kind
    }

    fn arguments(&mut self) -> Result<Vec<Expression>, TemplateFault> {
        self.expect("(")?;
        let parts = self.list()?;
        self.expect(")")?;
        Ok(parts)
    }

    fn list(&mut self) -> Result<Vec<Expression>, TemplateFault> {
        let mut parts: Vec<Expression> = self.expression()?.into_iter().collect();
        while !parts.is_empty() && self.take(",") {
            parts.push(self.some_expression()?);
        }
        Ok(parts)
    }

    fn map(&mut self) -> Result<ExpressionKind, TemplateFault> {
        self.expect("{")?;
        let mut entries = Vec::new();
        while let Some(key) = self.expression()? {
            let name = match key.kind {
                ExpressionKind::Text(text) => text,
                ExpressionKind::Name(name) => name,
                _ => return Err(TemplateFault::fatal(key.span, "a map key must be a string or a name")),
            };
            self.expect(":")?;
            entries.push((name, self.some_expression()?));
            if !self.take(",") {
                break;
            }
        }
        self.expect("}")?;
        Ok(ExpressionKind::Map(entries))
    }
}
