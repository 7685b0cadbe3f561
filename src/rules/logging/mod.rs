//! Rules about the configuration of logging.

pub(super) mod log4j2_dangling;
