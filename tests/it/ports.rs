//! One change to one fixture home, and what it does to the listeners.

use std::collections::BTreeMap;
use std::fs;

use crate::support::Folder;
use carbonlint::{Assumptions, Overlays, Selection, Workspace, lint};

/// Copies a fixture home, replaces `old` by `new` in one file (a file that is not there is created with `new`), and returns the open ports.
fn open_ports_with(home: &str, file: &str, old: &str, new: &str, assumptions: &Assumptions) -> BTreeMap<String, Option<i64>> {
    let folder = Folder::new();
    folder.copy(&format!("homes/{home}"), "home");
    let file = format!("home/{file}");
    let text = fs::read_to_string(folder.at(&file)).unwrap_or_default();
    assert!(text.contains(old), "{file} of {home} has no `{old}`:\n{text}");
    folder.write(&file, if old.is_empty() { format!("{text}{new}") } else { text.replacen(old, new, 1) });
    let workspace = Workspace::open(&[folder.at("home")], assumptions, &Overlays::new());
    let listeners = workspace.only_home().expect("a home").ports().listeners.iter().filter(|listener| listener.enabled);
    listeners.map(|listener| (listener.id.clone(), listener.port())).collect()
}

/// Home, file, what is replaced, by what, listener, its port afterwards: `Some(None)` open at an unknown or random port, `None` closed.
type Case = (&'static str, &'static str, &'static str, &'static str, &'static str, Option<Option<i64>>);

const AM_26: &str = "api-manager-2.6.0";
const AM_42: &str = "api-manager-4.2.0";
const AM_45: &str = "api-manager-4.5.0";
const IS_511: &str = "identity-server-5.11.0";
const IS_58: &str = "identity-server-5.8.0";
const IS_71: &str = "identity-server-7.1.0";
const MI: &str = "micro-integrator-4.2.0";
const TOML: &str = "repository/conf/deployment.toml";

const CASES: &[Case] = &[
    // The offset and its sources.
    (AM_26, "repository/conf/carbon.xml", "<Offset>0</Offset>", "<Offset>5</Offset>", "servlet-https", Some(Some(9448))),
    (AM_26, "repository/conf/carbon.xml", "<Offset>0</Offset>", "", "servlet-https", Some(Some(9443))),
    (AM_26, "repository/conf/carbon.properties", "", "\nportOffset=3\n", "servlet-https", Some(Some(9446))),
    (
        AM_26,
        "bin/wso2server.sh",
        "org.wso2.carbon.bootstrap.Bootstrap",
        "org.wso2.carbon.bootstrap.Bootstrap -DportOffset=4",
        "amqp",
        Some(Some(5676)),
    ),
    (AM_42, TOML, "offset = 1", "offset = 2", "servlet-https", Some(Some(9445))),
    (AM_42, TOML, "offset = 1", "offset = \"2\"", "servlet-https", Some(Some(9445))),
    (AM_42, TOML, "offset = 1", "offset = \"$env{OFFSET}\"", "servlet-https", Some(None)),
    (AM_42, TOML, "offset = 1", "offset = \"$ref{node.offset}\"\n[node]\noffset = 7", "servlet-https", Some(Some(9450))),
    (AM_42, TOML, "offset = 1", "offset = 1 1", "servlet-https", Some(None)),
    (AM_42, TOML, "", "\n[system.parameter]\nportOffset = 4\n", "servlet-https", Some(Some(9447))),
    (MI, "conf/deployment.toml", "[server]", "[server]\noffset = 3", "passthru-http", Some(Some(8283))),
    // Ports and what follows the offset.
    (AM_42, TOML, "", "\n[transport.https.properties]\nport = 9500\n", "servlet-https", Some(Some(9501))),
    (AM_42, TOML, "", "\n[transport.https.properties]\nport = 0\n", "servlet-https", Some(None)),
    (AM_42, TOML, "", "\n[transport.https.properties]\nport = -1\n", "servlet-https", None),
    (AM_42, TOML, "", "\n[transport.https.properties]\nport = 99999\n", "servlet-https", Some(None)),
    (AM_42, TOML, "", "\n[transport.http]\nlistener.port = 8290\n", "passthru-http", Some(Some(8291))),
    (AM_42, TOML, "", "\n[synapse_properties]\n'inbound.port.offset.enable' = false\n", "websub-http", Some(Some(9021))),
    (AM_42, TOML, "", "\n[synapse_properties]\n'inbound.port.offset.enable' = false\n", "websocket", Some(Some(9100))),
    (
        IS_58,
        "repository/conf/identity/embedded-ldap.xml",
        "${Ports.EmbeddedLDAP.LDAPServerPort}",
        "10389",
        "ldap",
        Some(Some(10389)),
    ),
    (AM_26, "repository/conf/etc/jmx.xml", "${Ports.JMX.RMIRegistryPort}", "9998", "jmx-rmi-registry", Some(Some(9998))),
    (
        AM_45,
        "bin/api-manager.sh",
        "-Dcom.sun.management.jmxremote",
        "-Dtomcat.http.port=80 -Dcom.sun.management.jmxremote",
        "servlet-http",
        Some(Some(80)),
    ),
    (
        AM_45,
        "bin/api-manager.sh",
        "-Dcom.sun.management.jmxremote",
        "-Dtomcat.random.port.enable=true",
        "servlet-http",
        Some(None),
    ),
    (
        AM_45,
        "bin/api-manager.sh",
        "-Dcom.sun.management.jmxremote",
        "-Dcom.sun.management.jmxremote.port=7000",
        "jvm-jmx",
        Some(Some(7000)),
    ),
    (AM_45, "bin/api-manager.sh", "-Dcom.sun.management.jmxremote", "", "jvm-jmx", None),
    (IS_71, TOML, "", "\n[custom_transport.x509.properties]\nport = 9444\nscheme = \"https\"\n", "custom-x509", Some(Some(9444))),
    // Switches.
    (AM_45, TOML, "", "\n[transport.passthru_http.listener]\nenable = false\n", "passthru-http", None),
    (AM_45, TOML, "", "\n[transport.passthru_http.listener]\nenable = \"False\"\n", "passthru-http", None),
    (AM_45, TOML, "", "\n[transport.http]\nenable = false\n", "servlet-http", Some(Some(9763))),
    (
        AM_45,
        "repository/resources/conf/templates/repository/conf/tomcat/catalina-server.xml.j2",
        "transport.http.properties.items()",
        "{}",
        "servlet-http",
        None,
    ),
    (
        "api-manager-4.7.0",
        TOML,
        "[transport.http]\nenable = false",
        "[transport.http]\nenable = true",
        "servlet-http",
        Some(Some(9763)),
    ),
    (IS_71, TOML, "", "\n[transport.http]\nenabled = false\n", "servlet-http", None),
    (IS_71, TOML, "", "\n[transport.http]\nenabled = \"true\"\n", "servlet-http", None),
    (IS_71, TOML, "", "\n[transport.http]\nenable = false\n", "servlet-http", Some(Some(9763))),
    (MI, "conf/deployment.toml", "", "\n[transport.http]\nlistener.enable = false\n", "passthru-http", None),
    (IS_71, TOML, "", "\n[custom_transport.own.properties]\nport = 9500\n", "custom-own", Some(Some(9500))),
    (IS_71, TOML, "", "\n[custom_transport.\"my.own\".properties]\nport = 9500\n", "custom-my.own", Some(Some(9500))),
    (IS_511, TOML, "", "\n[custom_transport.own.properties]\nport = 9500\n", "custom-own", None),
    (AM_45, TOML, "", "\n[custom_transport.own.properties]\nport = 9500\n", "custom-own", None),
    (AM_45, TOML, "", "\n[monitoring.jmx]\nrmi_server_start = false\n", "jmx-rmi-server", None),
    (IS_71, TOML, "", "\n[monitoring.jmx]\nrmi_server_start = true\n", "jmx-rmi-server", Some(Some(11111))),
    (AM_45, TOML, "", "\n[clustering]\nmembership_scheme = \"wka\"\n", "cluster-wka", Some(Some(4000))),
    (AM_45, TOML, "", "\n[clustering]\nmembership_scheme = \"aws-ecs\"\n", "cluster-wka", Some(Some(5701))),
    (AM_45, TOML, "", "\n[clustering]\nmembership_scheme = \"multicast\"\n", "cluster-multicast", Some(Some(45564))),
    (AM_45, TOML, "", "\n[transport.receiver]\ntype = \"thrift\"\n", "binary-tcp", None),
    (AM_42, TOML, "[server]", "[server]\nmode = \"ha\"", "ha-event-sync", Some(Some(11225))),
    (
        IS_58,
        "repository/conf/identity/embedded-ldap.xml",
        "<Property name=\"enabled\">false",
        "<Property name=\"enabled\">true",
        "kdc",
        Some(Some(8002)),
    ),
    (
        AM_26,
        "repository/conf/axis2/axis2.xml",
        "org.apache.synapse.transport.passthru.PassThroughHttpListener",
        "org.wso2.carbon.core.transports.http.HttpTransportListener",
        "passthru-http",
        None,
    ),
    (AM_26, "repository/conf/broker.xml", "<mqtt enabled=\"false\">", "<mqtt enabled=\"true\">", "mqtt", Some(Some(1883))),
    // Carbon 5.
    ("api-manager-analytics-3.2.0", "conf/worker/deployment.yaml", "offset: 1", "offset: 4", "thrift-tcp", Some(Some(7615))),
    ("api-manager-analytics-3.2.0", "conf/worker/deployment.yaml", "offset: 1", "id: x", "thrift-tcp", Some(Some(7611))),
];

#[test]
fn a_change_moves_what_it_should() {
    let mut wrong = Vec::new();
    for (home, file, old, new, id, expected) in CASES {
        let open = open_ports_with(home, file, old, new, &Assumptions::default());
        let found = open.get(*id).copied();
        if found != *expected {
            wrong.push(format!("{home} with {new:?}: {id} is {found:?} instead of {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn from_kernel_4_6_1_on_carbon_properties_beats_the_command_line() {
    let flag = Assumptions { port_offset: Some(2), ..Assumptions::default() };
    let with = |home, file, text| open_ports_with(home, file, "", text, &flag)["servlet-https"];
    assert_eq!(with(AM_26, "repository/conf/carbon.properties", "\nportOffset=3\n"), Some(9445));
    assert_eq!(with(AM_42, TOML, "\n[system.parameter]\nportOffset = 3\n"), Some(9446));
    assert_eq!(with(AM_42, TOML, "\n"), Some(9445));
}

#[test]
fn inbound_endpoints_of_users_follow_the_offset_as_their_protocol_does() {
    const ENDPOINT: &str = "repository/deployment/server/synapse-configs/default/inbound-endpoints/own.xml";
    const WITH_OFFSET: &str = "<parameter name=\"ws.use.port.offset\">true</parameter>";
    let flag = Assumptions { port_offset: Some(2), ..Assumptions::default() };
    for (home, protocol, parameter, more, id, expected) in [
        (AM_42, "http", "inbound.http.port", "", "inbound-http", Some(7002)),
        (AM_42, "https", "inbound.http.port", "", "inbound-https", Some(7002)),
        ("universal-gateway-4.7.0", "http", "inbound.http.port", "", "inbound-http", Some(7002)),
        ("api-manager-3.2.0", "http", "inbound.http.port", "", "inbound-http", Some(7000)),
        (MI, "http", "inbound.http.port", "", "mi-inbound-http", Some(7000)),
        (AM_42, "ws", "inbound.ws.port", "", "inbound-ws", Some(7000)),
        // Parameters whose `Port` begins with a capital.
        (AM_42, "tcp", "inbound.tcp.Port", "", "inbound-tcp", Some(7000)),
        (AM_42, "tcp", "inbound.tcp.port", "", "inbound-tcp", None),
        (AM_42, "ws", "inbound.ws.port", WITH_OFFSET, "inbound-ws", Some(7002)),
        (AM_42, "wss", "inbound.ws.port", WITH_OFFSET, "inbound-wss", Some(7002)),
        (AM_42, "http", "inbound.ws.port", "", "inbound-http", None),
        (MI, "hl7", "inbound.hl7.Port", "", "mi-inbound-hl7", Some(7000)),
        (AM_42, "cxf_ws_rm", "inbound.cxf.rm.port", "", "inbound-cxf-ws-rm", Some(7000)),
        (AM_42, "jms", "inbound.http.port", "", "inbound-jms", None),
    ] {
        let text = format!(
            "<inboundEndpoint name=\"own\" protocol=\"{protocol}\"><parameters>\
             <parameter name=\"{parameter}\">7000</parameter>{more}</parameters></inboundEndpoint>"
        );
        let found = open_ports_with(home, ENDPOINT, "", &text, &flag).get(id).copied().flatten();
        assert_eq!(found, expected, "{protocol} in {home} with `{more}`");
    }
    let on = "\n[mediation]\ninbound.port_offset_enable = true\n";
    // The endpoint that the fixture of Micro Integrator has.
    assert_eq!(open_ports_with(MI, "conf/deployment.toml", "", on, &flag)["mi-inbound-http"], Some(8097));
}

#[test]
fn a_comment_of_a_template_that_names_a_key_reads_no_key() {
    const TEMPLATE: &str = "repository/resources/conf/templates/repository/conf/tomcat/catalina-server.xml.j2";
    let flags = Assumptions::default();
    let off = "\n[transport.http]\nenable = false\n";
    let ports = |before: &str, after: &str| {
        let folder = Folder::new();
        folder.copy("homes/api-manager-4.2.0", "home");
        folder.write(format!("home/{TOML}"), folder.text(&format!("home/{TOML}")) + off);
        let template = format!("home/{TEMPLATE}");
        // Around the first connector, which is the one for HTTP.
        let text = folder.text(&template).replacen("<Connector", &format!("{before}<Connector"), 1);
        folder.write(&template, text.replacen("</Connector>", &format!("</Connector>{after}"), 1));
        let workspace = Workspace::open(&[folder.at("home")], &flags, &Overlays::new());
        let home = workspace.only_home().expect("a home");
        let rules = lint(&workspace, &Selection::default()).into_iter().map(|diagnostic| diagnostic.rule.name.clone());
        let rules = rules.filter(|rule| rule.starts_with("http-")).collect::<Vec<_>>();
        (home.ports().listener("servlet-http").is_some_and(|listener| listener.enabled), rules)
    };
    let plain = ports("", "");
    assert!(plain.0 && plain.1.contains(&"http-servlet-enabled".to_owned()), "{plain:?}");
    assert!(plain.1.contains(&"http-disable-key-unsupported".to_owned()), "{plain:?}");
    assert_eq!(ports("{# transport.http.enable is not supported in 4.2 #}\n", ""), plain);
    assert!(!ports("{% if transport.http.enable %}", "{% endif %}").0, "a template that reads the key makes it a switch");
}

#[test]
fn the_help_names_only_templates_that_exist_and_suspends_what_has_only_a_root_element() {
    const START: &str = "no key turns it off in this version";
    const TEMPLATES: &str = "repository/resources/conf/templates/repository";
    const ENDPOINTS: &str = "deployment/server/synapse-configs/default/inbound-endpoints";
    const OFF: &str = "[apim.ws]\nenable = false\n[apim.webhooks.http]\nenable = false\n[transport.http]\nenable = false\n";
    let helps = |folder: &Folder, arguments: &[&str]| {
        let json = folder.json(&[&["lint", "--select", "http-disable-key-unsupported"], arguments].concat());
        let findings = json["diagnostics"].as_array().expect("diagnostics").iter();
        findings.map(|finding| finding["help"].as_str().expect("help").to_owned()).collect::<Vec<_>>()
    };
    let expected = [
        format!(
            "{START}, and WebSocketInboundEndpoint.xml is rendered at each start: write `suspend=\"true\"` in \
             `{TEMPLATES}/{ENDPOINTS}/WebSocketInboundEndpoint.xml.j2`"
        ),
        format!("{START}: write `suspend=\"true\"` in WebhookServer.xml, which the server does not render"),
        format!(
            "{START}, and catalina-server.xml is rendered at each start: remove its element from \
             `{TEMPLATES}/conf/tomcat/catalina-server.xml.j2`"
        ),
    ];
    let home = Folder::copy_of("homes/api-manager-4.2.0");
    home.write(TOML, OFF);
    assert_eq!(helps(&home, &["."]), expected);
    let alone = Folder::with(&[("deployment.toml", OFF.as_bytes())]);
    assert_eq!(helps(&alone, &["--product", "api-manager@4.2.0", "deployment.toml"]), expected);
    // The endpoint of 3.0 has no template yet.
    let websocket =
        format!("{START}: write `suspend=\"true\"` in WebSocketInboundEndpoint.xml, which the server does not render");
    assert!(helps(&alone, &["--product", "api-manager@3.0.0", "deployment.toml"]).contains(&websocket));
}
