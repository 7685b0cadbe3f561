//! What the releases of the server's mapper do differently (wso2/config-mapper, tags v1.0.2 to v1.1.0).

use crate::catalog::Version;
use crate::jinjava;

/// A release of the mapper: the last number of `1.0.x`; 1.1 counts as 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Release(u16);

impl Default for Release {
    /// That of the current products.
    fn default() -> Self {
        Self(23)
    }
}

impl Release {
    /// The release of a version number.
    pub fn of(version: &Version) -> Self {
        let parts: Vec<u16> = version.to_string().split('.').map_while(|part| part.parse().ok()).collect();
        match parts[..] {
            [1, 0, patch, ..] => Self(patch),
            [1, 0] => Self(0),
            _ => Self(100),
        }
    }

    /// Whether `"a.b"` of the document becomes `'a.b'` (all releases).
    pub(super) fn reads_quoted_keys_of_documents(self) -> bool {
        true
    }

    /// Whether it does inside of an array of tables (1.0.21).
    pub(super) fn reads_quoted_keys_of_elements(self) -> bool {
        self.0 >= 21
    }

    /// Whether `[runtime_secrets]` exists (1.0.13).
    pub(super) fn has_runtime_secrets(self) -> bool {
        self.0 >= 13
    }

    /// Whether an alias of `[secrets]` loses its quotes (1.0.21).
    pub(super) fn unquotes_aliases(self) -> bool {
        self.0 >= 21
    }

    /// Whether `$env{}` and `$sys{}` are resolved inside of arrays of tables (1.0.5).
    pub fn resolves_in_elements(self) -> bool {
        self.0 >= 5
    }

    /// Whether the value of a variable is taken as it stands (1.0.25).
    pub(super) fn quotes_variables(self) -> bool {
        self.0 >= 25
    }

    /// How its template engine reads templates: Jinjava 2.7 from 1.0.24 on.
    pub(super) fn of_jinjava(self) -> jinjava::Release {
        if self.0 >= 24 { jinjava::Release::Since27 } else { jinjava::Release::Until26 }
    }
}
