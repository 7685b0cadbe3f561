//! Rules of the category `source`.

pub(super) mod encoding_invalid;
pub(super) mod file_too_large;
pub(super) mod nesting_too_deep;
pub(super) mod path_unreadable;
pub(super) mod template_not_checked;
