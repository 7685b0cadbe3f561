//! Rules about databases and data sources.

pub(super) mod jdbc_url_malformed;
pub(super) mod jdbc_url_mismatch;
mod written_url;
