//! The template language of the server: Jinjava 2.6, as far as an expression, a tag or a filter of it can stand in a template of a
//! product. It differs from Jinja2 in what a condition takes for true, in how values print, in scopes, and in white space.

mod ast;
mod coerce;
pub mod expression;
mod filter;
mod interpreter;
mod lexer;
mod member;
mod operator;
mod predicate;
mod token;
pub mod value;

use crate::source::Span;

pub use ast::{Branch, Macro, Node, NodeKind, Parsed, Release, Template};
pub use interpreter::{Limits, Rendered, render};

/// What is wrong in a template.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TemplateFault {
    /// Where.
    pub span: Span,
    /// What it is, in lower case, without values.
    pub message: String,
    /// What the server does about it.
    pub effect: Effect,
}

/// What the server does about a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// It goes on: the place prints nothing.
    Ignored,
    /// It stops the start.
    Fatal,
    /// Unknown: this implementation cannot follow the server there, or the template asks for more than it is given.
    Unsupported,
}

impl TemplateFault {
    fn ignored(span: Span, message: &str) -> Self {
        Self { span, message: message.to_owned(), effect: Effect::Ignored }
    }

    fn fatal(span: Span, message: &str) -> Self {
        Self { span, message: message.to_owned(), effect: Effect::Fatal }
    }

    fn unsupported(span: Span, message: &str) -> Self {
        Self { span, message: message.to_owned(), effect: Effect::Unsupported }
    }
}
