//! The template language of the server: Jinjava 2.6, as far as an expression, a tag or a filter of it can stand in a template of a
//! product. It differs from Jinja2 in what a condition takes for true, in how values print, in scopes, and in white space.

mod convert;
pub mod expression;
mod exptest;
mod filter;
mod interpreter;
mod lexer;
mod member;
mod operator;
mod token;
mod tree;
pub mod value;

use crate::source::Span;

pub use interpreter::{Limits, Rendered, render};
pub use tree::{Branch, Macro, Node, NodeKind, Parsed, Release, Template};

/// What is wrong in a template.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// Where.
    pub span: Span,
    /// What it is, in lower case, without values.
    pub message: String,
    /// What the server does about it.
    pub gravity: Gravity,
}

/// What the server does about a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gravity {
    /// It goes on: the place prints nothing.
    Passed,
    /// It stops the start.
    Fatal,
    /// Unknown: this implementation cannot follow the server there, or the template asks for more than it is given.
    Limit,
}

impl Fault {
    fn passed(span: Span, message: &str) -> Self {
        Self { span, message: message.to_owned(), gravity: Gravity::Passed }
    }

    fn fatal(span: Span, message: &str) -> Self {
        Self { span, message: message.to_owned(), gravity: Gravity::Fatal }
    }

    fn limit(span: Span, message: &str) -> Self {
        Self { span, message: message.to_owned(), gravity: Gravity::Limit }
    }
}
