//! Rules of the category `xml-structure`.

pub(super) mod xml_not_well_formed;
