//! Rules of the category `secrets`.

pub(super) mod secret_not_string;
pub(super) mod secret_plaintext;
pub(super) mod secret_undefined;
