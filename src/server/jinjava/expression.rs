//! The syntax tree of an expression.

use std::rc::Rc;

use super::fault::TemplateFault;
use crate::source::Span;

/// An expression of a template.
#[derive(Debug, Clone, PartialEq)]
pub struct Expression {
    /// What it is.
    pub kind: ExpressionKind,
    /// Where it is in the template.
    pub span: Span,
    depth: u16,
}

/// The kinds of expressions.
#[derive(Debug, Clone, PartialEq)]
pub enum ExpressionKind {
    /// `null`
    Null,
    /// `true`
    Boolean(bool),
    /// `1`
    Integer(i64),
    /// `1.5`
    Double(f64),
    /// `"a"`
    Text(Rc<str>),
    /// `a`
    Name(Rc<str>),
    /// `a.b`
    Property(Box<Expression>, Rc<str>),
    /// `a[b]`
    Index(Box<Expression>, Box<Expression>),
    /// `a[b:c]`
    Slice(Box<Expression>, Option<Box<Expression>>, Option<Box<Expression>>),
    /// `a.b(c)`
    Method(Box<Expression>, Rc<str>, Vec<Expression>),
    /// `f(a)`
    Function(Rc<str>, Vec<Expression>),
    /// `a|f(b)`
    Filter(Box<Expression>, Rc<str>, Vec<Expression>),
    /// `a is t b`, `a is not t b`
    Test {
        /// `a`
        of: Box<Expression>,
        /// `t`
        name: Rc<str>,
        /// Whether the name follows `is not`.
        negated: bool,
        /// `b`
        argument: Option<Box<Expression>>,
    },
    /// `!a`, `-a`, `+1`, `empty a`
    Unary(&'static str, Box<Expression>),
    /// `a + b` and every other operator with two operands, except `&&` and `||`
    Binary(&'static str, Box<Expression>, Box<Expression>),
    /// `a && b`
    And(Box<Expression>, Box<Expression>),
    /// `a || b`
    Or(Box<Expression>, Box<Expression>),
    /// `a ? b : c`, `b if a else c`
    Choice(Box<Expression>, Box<Expression>, Box<Expression>),
    /// `[a, b]`, `(a, b)`
    List(Vec<Expression>),
    /// `{a: b}`
    Map(Vec<(Rc<str>, Expression)>),
    /// `a=b`, a named argument
    Named(Rc<str>, Box<Expression>),
}

/// How deep the tree may be: more than any template needs, and little enough for the stack.
const MAX_DEPTH: u16 = 100;

/// The message for an expression that exceeds a limit on nesting.
pub(super) const TOO_DEEP: &str = "the expression is nested too deeply";

impl Expression {
    /// An expression of `kind`, unless that makes the tree too deep.
    pub(super) fn new(kind: ExpressionKind, span: Span) -> Result<Self, TemplateFault> {
        use ExpressionKind as K;
        let mut depth = 0;
        let mut under = |part: &Expression| depth = depth.max(part.depth);
        match &kind {
            K::Null | K::Boolean(_) | K::Integer(_) | K::Double(_) | K::Text(_) | K::Name(_) => {}
            K::Property(part, _) | K::Unary(_, part) | K::Named(_, part) => under(part),
            K::Index(one, other) | K::Binary(_, one, other) | K::And(one, other) | K::Or(one, other) => {
                under(one);
                under(other);
            }
            K::Slice(base, from, to) => {
                under(base);
                from.iter().chain(to).for_each(|part| under(part));
            }
            K::Method(base, _, arguments) | K::Filter(base, _, arguments) => {
                under(base);
                arguments.iter().for_each(under);
            }
            K::Function(_, parts) | K::List(parts) => parts.iter().for_each(under),
            K::Test { of, argument, .. } => {
                under(of);
                if let Some(argument) = argument {
                    under(argument);
                }
            }
            K::Choice(condition, yes, no) => [condition, yes, no].into_iter().for_each(|part| under(part)),
            K::Map(entries) => entries.iter().for_each(|(_, part)| under(part)),
        }
        if depth >= MAX_DEPTH {
            return Err(TemplateFault::over_limit(span, TOO_DEEP));
        }
        Ok(Self { kind, span, depth: depth + 1 })
    }
}
