//! The types of values.

/// The type of a value. All elements of an array must have the same type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// A string.
    String,
    /// A whole number.
    Integer,
    /// A number with a fraction or an exponent, infinity, or `nan`.
    Float,
    /// `true` or `false`.
    Boolean,
    /// A date and a time with an offset from UTC.
    OffsetDateTime,
    /// A date and a time.
    LocalDateTime,
    /// A date.
    LocalDate,
    /// A time of day.
    LocalTime,
    /// An array.
    Array,
    /// A table.
    Table,
}

impl Type {
    /// The name in the server's messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Integer => "integer",
            Self::Float => "float",
            Self::Boolean => "boolean",
            Self::OffsetDateTime => "offset date-time",
            Self::LocalDateTime => "local date-time",
            Self::LocalDate => "local date",
            Self::LocalTime => "local time",
            Self::Array => "array",
            Self::Table => "table",
        }
    }
}
