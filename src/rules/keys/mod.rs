//! Rules about keys of deployment.toml that the server ignores or misreads.

pub(super) mod dead_key;
pub(super) mod enable_vs_enabled;
mod key_elsewhere;
pub(super) mod key_in_wrong_table;
pub(super) mod key_not_in_version;
pub(super) mod key_of_other_product;
pub(super) mod missing_table_member;
pub(super) mod quoted_boolean;
pub(super) mod scalar_instead_of_table;
pub(super) mod table_vs_array;
pub(super) mod unknown_key;
pub(super) mod unknown_option;
pub(super) mod unknown_value;
pub(super) mod xml_unescaped_value;
