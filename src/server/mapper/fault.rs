//! What the mapper cannot do with a key or a value.

/// Something that the mapper cannot do. Each fault stops the server from starting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappingFault {
    /// What is wrong.
    pub kind: FaultKind,
    /// The key that has the value, after mapping. For [`FaultKind::KeyMapping`] the key of key-mappings.json.
    pub key: Option<String>,
    /// The placeholder in the value: `$ref{server.hostname}`.
    pub placeholder: Option<String>,
    /// What is wrong with the value, without naming its key: `has the unit `min`, but …`. For [`FaultKind::Time`] only.
    pub predicate: Option<String>,
    /// What is wrong, as a message.
    pub message: String,
}

/// The kinds of faults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FaultKind {
    /// key-mappings.json maps the key in a way that the mapper does not support.
    KeyMapping,
    /// `$secret{}` without an alias.
    UndefinedSecret,
    /// `$secret{}` whose value is not encrypted.
    PlainSecret,
    /// A secret that is not a string.
    SecretType,
    /// `$sys{}` of a property that is not set.
    UnsetProperty,
    /// `$env{}` of a variable that is not set.
    UnsetVariable,
    /// `$sys{}` whose value contains characters that make the server fail.
    PropertyCharacters,
    /// `$env{}` whose value contains characters that make the server fail.
    VariableCharacters,
    /// `$ref{}` that names no key.
    UnknownReference,
    /// `$ref{}` that leads back to itself.
    CircularReference,
    /// A time without a number, or with an unknown unit.
    Time,
    /// A value that validator.json rejects.
    Validation,
    /// A key with an unclosed quote.
    UnclosedQuote,
}

impl MappingFault {
    /// A fault of a value, or of key-mappings.json itself.
    pub(super) fn new(kind: FaultKind, key: Option<&str>, message: String) -> Self {
        Self { kind, key: key.map(ToOwned::to_owned), placeholder: None, predicate: None, message }
    }

    /// A fault of the time that `key` has; `predicate` completes the sentence that the key begins.
    pub(super) fn time(key: &str, predicate: String) -> Self {
        let fault = Self::new(FaultKind::Time, Some(key), format!("`{key}` {predicate}"));
        Self { predicate: Some(predicate), ..fault }
    }

    /// A fault of the placeholder `name` in the value of `key`; `what` completes the sentence that the placeholder begins.
    pub(super) fn placeholder(kind: FaultKind, name: &str, key: &str, what: &str) -> Self {
        let function = match kind {
            FaultKind::UndefinedSecret | FaultKind::PlainSecret => "secret",
            FaultKind::UnsetProperty | FaultKind::PropertyCharacters => "sys",
            FaultKind::UnsetVariable | FaultKind::VariableCharacters => "env",
            _ => "ref",
        };
        let placeholder = format!("${function}{{{name}}}");
        let message = format!("`{placeholder}` {what}");
        Self { kind, key: Some(key.to_owned()), placeholder: Some(placeholder), predicate: None, message }
    }
}
