//! Rules of the category `yaml-structure`.

pub(super) mod yaml_syntax;
