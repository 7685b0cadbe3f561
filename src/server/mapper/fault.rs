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
    /// What the kind alone does not say: of [`FaultKind::KeyMapping`], [`FaultKind::Validation`] and
    /// [`FaultKind::NotText`] a message, of [`FaultKind::Time`] the end of a
    /// sentence that begins with the key: `has the unit `min`, but …`. Empty for the other kinds.
    pub reason: String,
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
    /// `$ref{}` that makes the value longer than is resolved here. The server has no such limit, but finite memory.
    TooLongReference,
    /// A time without a number, or with an unknown unit.
    Time,
    /// A string that validator.json rejects, or a missing one.
    Validation,
    /// A value that validator.json checks and that is not a string.
    NotText,
    /// A key with an unclosed quote.
    UnclosedQuote,
}

impl MappingFault {
    /// A fault of a value, or of key-mappings.json itself.
    pub(super) fn new(kind: FaultKind, key: Option<&str>, reason: String) -> Self {
        Self { kind, key: key.map(ToOwned::to_owned), placeholder: None, reason }
    }

    /// A fault of the placeholder `name` in the value of `key`.
    pub(super) fn placeholder(kind: FaultKind, name: &str, key: &str) -> Self {
        let function = match kind {
            FaultKind::UndefinedSecret | FaultKind::PlainSecret => "secret",
            FaultKind::UnsetProperty | FaultKind::PropertyCharacters => "sys",
            FaultKind::UnsetVariable | FaultKind::VariableCharacters => "env",
            _ => "ref",
        };
        let placeholder = format!("${function}{{{name}}}");
        Self { kind, key: Some(key.to_owned()), placeholder: Some(placeholder), reason: String::new() }
    }
}
