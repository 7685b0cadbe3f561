//! Rules of the category `mapper`: what the server's mapper itself reads.

pub(super) mod mapper_file_broken;
pub(super) mod template_fails;
