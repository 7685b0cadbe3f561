//! `dead-passthru-tls-key`: settings of the gateway's transport under names that API Manager maps and then never prints.

use crate::diagnostic::Finding;
use crate::edit::Safety;
use crate::model::Location;
use crate::rules::confidence::with_confidence;
use crate::rules::context::HomeContext;
use crate::rules::fixes;

/// The keys, and what the same is called where API Manager reads it (product-apim key-mappings.json, axis2.xml.j2 of v3.0.0 to v4.7.0).
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
        let message =
            format!("`{key}` is renamed by key-mappings.json to what no template prints: the gateway keeps its default");
        let help = live.map_or_else(
            || "set it in the template of axis2.xml; no key of deployment.toml reaches it".to_owned(),
            |live| format!("write it as `{live}`"),
        );
        // The setting starts to count then, so a person has to want it.
        let fix = live.and_then(|live| fixes::write_as(model, entry, live, format!("write it as `{live}`"), Safety::Unsafe));
        findings.push(with_confidence(context.finding_at(at, message).help(help).key(key).fix(fix), schema));
    }
}
