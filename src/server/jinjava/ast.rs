//! The syntax tree of a template.

use std::rc::Rc;

use super::expression::Expression;
use super::fault::TemplateFault;
use crate::source::Span;

/// A parsed template.
#[derive(Debug)]
pub struct Template {
    /// Its texts, expressions and tags.
    pub nodes: Vec<Node>,
    /// What is wrong with its tags. An invalid expression is a fault only if it is reached.
    pub faults: Vec<TemplateFault>,
}

/// A text, an expression or a tag of a template.
#[derive(Debug)]
pub struct Node {
    /// Where the text or the tag is, without the tag's body and end tag.
    pub span: Span,
    /// What it is.
    pub kind: NodeKind,
}

/// The kinds of nodes.
#[derive(Debug)]
pub enum NodeKind {
    /// Text to print.
    Text(String),
    /// `{{ expression }}`
    Print(ParsedExpression),
    /// `{% if %}` with its `{% elif %}` and `{% else %}`, or `{% unless %}`.
    If(Vec<Branch>),
    /// `{% for a, b in collection %}`
    For {
        /// `a` and `b`
        names: Vec<Rc<str>>,
        /// The collection.
        collection: ParsedExpression,
        /// The nodes that are printed for each item.
        body: Vec<Node>,
    },
    /// `{% set a, b = x, y %}`
    Set {
        /// `a` and `b`
        names: Vec<Rc<str>>,
        /// `[x, y]`
        values: ParsedExpression,
    },
    /// `{% set a %}text{% endset %}`
    SetBlock {
        /// `a`
        name: Rc<str>,
        /// The nodes that print the value.
        body: Vec<Node>,
    },
    /// `{% do expression %}`
    Do(ParsedExpression),
    /// `{% macro name(a, b=1) %}`
    Macro(Rc<Macro>),
    /// A tag that prints its body unchanged.
    Block(Vec<Node>),
    /// `{% else %}` or `{% elif %}`: ends a branch of the enclosing `if`, and has no effect anywhere else.
    Else(Option<ParsedExpression>),
    /// A tag that is invalid or not supported.
    Broken(TemplateFault),
}

/// An expression, or why it is invalid.
pub(crate) type ParsedExpression = Result<Expression, TemplateFault>;

/// A branch of an `if`.
#[derive(Debug)]
pub struct Branch {
    /// The condition; `None` for `else`.
    pub condition: Option<ParsedExpression>,
    /// Whether the branch is taken if the condition is false.
    pub negated: bool,
    /// The nodes that the branch prints.
    pub body: Vec<Node>,
}

/// A macro.
#[derive(Debug)]
pub struct Macro {
    /// Its name.
    pub name: Rc<str>,
    /// Its parameters with their defaults.
    pub parameters: Vec<(Rc<str>, Option<ParsedExpression>)>,
    /// The nodes that a call prints.
    pub body: Vec<Node>,
}
