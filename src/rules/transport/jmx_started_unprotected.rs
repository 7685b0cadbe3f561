//! `jmx-started-unprotected`: the RMI server of JMX runs and is published to other machines.

use crate::catalog::Place;
use crate::diagnostic::Finding;
use crate::edit::Fix;
use crate::model::Location;
use crate::rules::context::HomeContext;
use crate::rules::fixes;
use crate::rules::urls::is_loopback;
use crate::source::toml::TomlValue;

const RULE: &str = "jmx-started-unprotected";
const HOSTNAME_KEY: &str = "monitoring.jmx.rmi_hostname";

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let Some(listener) = context.ports().listener("jmx-rmi-server").filter(|listener| listener.enabled) else { return };
    let Some((host, at)) = written_host(context) else { return };
    if is_loopback(&host) || host.contains(['$', '{']) {
        return;
    }
    let on = listener.port().map_or_else(String::new, |port| format!(" on port {port}"));
    let name = if host.is_empty() { "the name of this machine".to_owned() } else { format!("`{host}`") };
    let message = format!("JMX is open to other machines: its RMI server is published as {name}{on}");
    let help = if context.model().toml_file().is_some() {
        "write `rmi_server_start = false` in `[monitoring.jmx]`, or `rmi_hostname = \"localhost\"`"
    } else {
        "write `<StartRMIServer>false</StartRMIServer>` in jmx.xml, or `<HostName>localhost</HostName>`"
    };
    findings.push(context.finding_at(at, message).help(help).key(HOSTNAME_KEY).fix(switch_off(context)));
}

/// The host name that a file sets, and where to report it.
fn written_host(context: HomeContext) -> Option<(String, Location)> {
    let model = context.model();
    let value = |path: &str| model.find(&Place::new("conf/etc/jmx.xml", path)).into_iter().next();
    if model.effective_file("conf/etc/jmx.xml").is_none() || model.toml_file().is_some() && model.configuration().is_none() {
        let (file, entry) = model.setting(HOSTNAME_KEY, &[])?;
        let TomlValue::String(host) = &entry.value else { return None };
        return Some((host.clone(), Location { file, span: entry.key_span }));
    }
    match value("JMX/HostName") {
        Some(found) => Some((found.value.trim().to_owned(), found.anchor)),
        // Without a name the server uses that of the machine (carbon-kernel JMXServerManager.java).
        None => value("JMX/StartRMIServer").map(|found| (String::new(), found.anchor)),
    }
}

fn switch_off(context: HomeContext) -> Option<Fix> {
    if context.model().toml_file().is_some() {
        return fixes::change_key(context, "monitoring.jmx.rmi_server_start", "false", RULE);
    }
    fixes::change_place(context.model(), &Place::new("conf/etc/jmx.xml", "JMX/StartRMIServer"), "false", RULE)
}
