//! Rules of the category `drift`: differences between what the server rendered and what is in the home.

pub(super) mod config_update_disabled;
pub(super) mod managed_file_edited;
pub(super) mod stale_generated;
pub(super) mod template_edited;
pub(super) mod toml_missing;
