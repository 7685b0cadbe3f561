//! `dead-passthru-tls-key`: settings of the gateway's transport under names that API Manager maps but never prints.

use crate::diagnostic::Finding;
use crate::edit::Safety;
use crate::model::Location;
use crate::rules::confidence::with_confidence;
use crate::rules::context::HomeContext;
use crate::rules::fixes;

/// The keys, each with the key that API Manager reads instead, if there is one
/// (product-apim key-mappings.json, axis2.xml.j2 of v3.0.0 to v4.7.0).
const KEYS: [(&str, Option<&str>); 11] = [
    ("transport.http.listener.bind_address", Some("transport.passthru_http.listener.parameters.bind-address")),
    ("transport.http.listener.secured_protocols", Some("transport.passthru_https.listener.parameters.HttpsProtocols")),
    ("transport.http.listener.keystore.file_name", None),
    ("transport.http.listener.truststore.file_name", None),
    ("transport.http.sender.warn_on_http_500", Some("transport.passthru_http.sender.parameters.warnOnHTTP500")),
    ("transport.http.sender.proxy_host", Some("transport.passthru_http.sender.parameters.'http.proxyHost'")),
    ("transport.http.sender.proxy_port", Some("transport.passthru_http.sender.parameters.'http.proxyPort'")),
    ("transport.http.sender.non_proxy_hosts", Some("transport.passthru_http.sender.parameters.'http.nonProxyHosts'")),
    ("transport.http.sender.keystore.file_name", None),
    ("transport.http.sender.truststore.file_name", None),
    ("transport.http.max_message_size_bytes", None),
];

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let model = context.model();
    let (Some(schema), Some((file, document))) = (model.schema(), model.toml()) else { return };
    for (key, live) in KEYS {
        let Some(entry) = document.get(key) else { continue };
        if schema.is_read(key) || !schema.is_mapped(key) {
            continue;
        }
        let live = live.filter(|live| schema.is_read(live));
        let at = Location { file, span: entry.key_span };
        let message = format!(
            "`{key}` has no effect: key-mappings.json renames it to a key that no template prints, so the default applies"
        );
        let help = live.map_or_else(
            || "no key of deployment.toml sets it: edit the template of axis2.xml".to_owned(),
            |live| format!("rename it to `{live}`"),
        );
        // The fix makes the setting take effect, so it is unsafe.
        let fix = live.and_then(|live| fixes::write_as(model, entry, live, format!("rename it to `{live}`"), Safety::Unsafe));
        findings.push(with_confidence(context.finding_at(at, message).help(help).key(key).fix(fix), schema));
    }
}
