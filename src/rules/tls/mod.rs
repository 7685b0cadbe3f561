//! Rules about the TLS and connection settings of transports.

pub(super) mod dead_passthru_tls_key;
