//! A place where a file is malformed.

use super::Span;

/// How deep elements, tables, arrays and mappings may nest. Real files stay below 20; `toml_edit` stops at 80 by itself.
pub const MAX_NESTING: usize = 80;

/// A place where a file is not what its format asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// Where it is wrong.
    pub span: Span,
    /// What is wrong, lower case, without a full stop.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Another place that belongs to it, and what stands there.
    pub related: Option<(Span, String)>,
    /// Whether the file nests deeper than [`MAX_NESTING`], rather than being malformed.
    pub too_deep: bool,
    /// Whether a key or table is defined a second time, rather than being malformed.
    pub is_repetition: bool,
}

impl SyntaxError {
    /// A fault with no remedy and no other place.
    pub fn new(span: Span, message: impl Into<String>) -> Self {
        Self { span, message: message.into(), help: None, related: None, too_deep: false, is_repetition: false }
    }

    /// The same with a remedy.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same with another place.
    #[must_use]
    pub fn related(mut self, span: Span, message: impl Into<String>) -> Self {
        self.related = Some((span, message.into()));
        self
    }

    /// The fault of a file that nests too deep at `span`.
    pub fn too_deep(span: Span) -> Self {
        let fault = Self::new(span, format!("nested more than {MAX_NESTING} levels deep, and checked no further"));
        Self { too_deep: true, ..fault }
            .help("restore the file, or correct what generated it: something is opened again and again and never closed")
    }
}
