//! Rules of the category `transport`.

mod anchor;
pub(super) mod http_disable_key_unsupported;
pub(super) mod http_passthru_enabled;
pub(super) mod http_servlet_enabled;
pub(super) mod jmx_started_unprotected;
mod plain_http;
