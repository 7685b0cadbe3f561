//! The values that the server works with, and who set them.

use super::value::Value;

/// A value that the server works with, and who set it.
#[derive(Debug, Clone, PartialEq)]
pub struct Effective {
    /// The value.
    pub value: Value,
    /// Who set it.
    pub origin: Origin,
}

/// Who set a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The user, under this key of deployment.toml.
    User {
        /// The key as the user wrote it, flattened.
        key: String,
    },
    /// infer.json, because of another key.
    Inferred {
        /// The key whose value it follows from, after mapping.
        from: String,
    },
    /// default.json.
    Default,
}
