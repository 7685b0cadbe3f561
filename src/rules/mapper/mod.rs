//! Rules of the category `mapper`: the JSON files and templates that the config mapper reads.

pub(super) mod mapper_file_broken;
pub(super) mod rendered_file_broken;
pub(super) mod template_fails;
