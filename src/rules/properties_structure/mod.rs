//! Rules of the category `properties-structure`.

pub(super) mod properties_syntax;
