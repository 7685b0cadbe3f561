//! The rules on what configures carbonlint itself.

pub(super) mod unknown_suppression;
