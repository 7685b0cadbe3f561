//! Syntax errors, shared by all file formats.

use super::Span;

/// The maximum nesting depth of elements, tables, arrays and mappings. Real files stay below 20; 80 is the limit of `toml_edit`.
pub(crate) const MAX_NESTING: usize = 80;

/// A place where a file is malformed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// The malformed text.
    pub span: Span,
    /// What is wrong: lower case, without a full stop.
    pub message: String,
    /// How to correct it.
    pub help: Option<String>,
    /// A related place and its label.
    pub related: Option<(Span, String)>,
    /// Whether the file nests deeper than [`MAX_NESTING`], rather than being malformed.
    pub too_deep: bool,
    /// Whether a key or table is defined twice, rather than being malformed.
    pub is_repetition: bool,
}

impl SyntaxError {
    /// An error without a help text or a related place.
    pub fn new(span: Span, message: impl Into<String>) -> Self {
        Self { span, message: message.into(), help: None, related: None, too_deep: false, is_repetition: false }
    }

    /// Adds a help text.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds a related place.
    #[must_use]
    pub fn related(mut self, span: Span, message: impl Into<String>) -> Self {
        self.related = Some((span, message.into()));
        self
    }

    /// The error for a file that is nested too deep at `span`.
    pub fn too_deep(span: Span) -> Self {
        let fault = Self::new(span, format!("nested more than {MAX_NESTING} levels deep; not checked further"));
        Self { too_deep: true, ..fault }
            .help("restore the file, or correct the tool that generated it: it opens brackets or tags without closing them")
    }
}
