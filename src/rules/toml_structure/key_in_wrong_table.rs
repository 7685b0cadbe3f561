//! `key-in-wrong-table`: lines that the documentation shows without their header, pasted as they are.

use crate::diagnostic::Finding;
use crate::model::Location;
use crate::rules::HomeContext;
use crate::source::toml::TomlValue;

const JMX_SWITCH: &str = "rmi_server_start";
const JMX_KEY: &str = "monitoring.jmx.rmi_server_start";

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let Some((file, document)) = context.model().toml() else { return };
    for entry in &document.entries {
        let last = entry.key.rsplit('.').next().unwrap_or_default();
        let at_root = entry.table.is_none() && last == entry.key;
        let at = Location { file, span: entry.key_span };
        if last == JMX_SWITCH && entry.key != JMX_KEY {
            let place = if at_root { "above every table".to_owned() } else { format!("as `{}`", entry.key) };
            let message = format!("`{JMX_SWITCH}` {place} is not read: JMX stays as it is");
            findings.push(Finding::new(context.number, at, message).help("put it under `[monitoring.jmx]`").key(&entry.key));
        } else if at_root && matches!(last, "enable" | "enabled") && matches!(entry.value, TomlValue::Boolean(_)) {
            let message = format!("`{last}` above every table is not read: nothing is switched");
            findings.push(Finding::new(context.number, at, message).help(header_for(context)).key(&entry.key));
        }
    }
}

/// The headers under which the line can belong, for the product at hand.
fn header_for(context: HomeContext) -> String {
    let switch = |id: &str| {
        let (_, part) = context.ports().listener(id)?.row?;
        let (table, key) = part.switch.as_ref()?.key.rsplit_once('.')?;
        Some(format!("`{key}` under `[{table}]`"))
    };
    let gateway = switch("passthru-http").map(|place| format!("{place} for the gateway's HTTP listener"));
    let servlet = switch("servlet-http").map(|place| format!("{place} for the HTTP servlet connector"));
    let places: Vec<String> = gateway.into_iter().chain(servlet).collect();
    if places.is_empty() {
        "put it under the header of the listener that it should switch".to_owned()
    } else {
        format!("put {}", places.join(", or "))
    }
}
