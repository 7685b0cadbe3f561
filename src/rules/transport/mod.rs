//! Rules of the category `transport`.

pub(super) mod http_disable_key_unsupported;
pub(super) mod http_passthru_enabled;
pub(super) mod http_servlet_enabled;
pub(super) mod jmx_started_unprotected;
mod listener_place;
mod plain_http;
