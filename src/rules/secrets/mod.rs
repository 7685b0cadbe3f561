//! Rules of the category `secrets`.

pub(super) mod ciphertool_destroys_file;
pub(super) mod plaintext_secret;
pub(super) mod secret_not_string;
pub(super) mod secret_plaintext;
pub(super) mod secret_undefined;
