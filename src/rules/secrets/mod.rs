//! Rules of the category `secrets`.

pub(super) mod secret_plaintext;
pub(super) mod secret_undefined;
pub(super) mod secret_value_type;
