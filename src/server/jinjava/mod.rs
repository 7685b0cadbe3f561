//! The emulator of Jinjava, the server's template language, with the parts that product templates use. It differs from Jinja2 in which
//! values are true, how values print, scopes, and whitespace.

mod ast;
mod coerce;
pub(crate) mod expression;
mod expression_parser;
mod fault;
mod filter;
mod interpreter;
mod lexer;
mod member;
mod operator;
mod parser;
mod predicate;
mod release;
mod source_map;
mod token;
pub(crate) mod value;
mod whitespace;

pub use ast::Template;
pub(crate) use ast::{Macro, Node, NodeKind, ParsedExpression};
pub(crate) use fault::{Effect, TemplateFault};
pub use interpreter::{Limits, render};
pub(crate) use interpreter::{Rendered, render_with_source_map};
pub use release::Release;
pub use source_map::Effect as ValueEffect;
pub(crate) use source_map::{ConditionSource, TextSource, ValuePlace, conditions_around};
pub(crate) use source_map::{EmptySource, PathStep, SourceMap, Stretch};
pub(crate) use token::comments;
