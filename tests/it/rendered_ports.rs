//! The ports of homes with templates, worked out in three ways: from what the server would render, from the same files as a home without
//! deployment.toml, and from the catalogue's keys alone.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::{Folder, files_below, fixture, open};
use carbonlint::internals::mapper::{HomeBudget, Renderer, Resources};
use carbonlint::internals::model_of;
use carbonlint::{Listener, Source, Workspace};

/// Writes what the server would render for the home at `root` to `to`, with the files that identify the product but without what it is
/// rendered from: a home as it was before there was a deployment.toml.
fn rendered_home(workspace: &Workspace, root: &Path, to: &Folder) -> usize {
    let model = model_of(workspace.only_home().expect("a home"));
    let (mapping, configuration) = model.configuration().expect("a configuration");
    let budget = HomeBudget::default();
    let renderer = Renderer::new(configuration, &mapping.release, &budget);
    for name in ["bin", "updates"] {
        for (path, bytes) in files_below(&root.join(name)) {
            to.write(path.strip_prefix(root).expect("below"), bytes);
        }
    }
    for output in &mapping.resources.templates {
        let template = model.text_of(&Resources::path_of_template(output)).expect("a template");
        let written = renderer.render(output, &template);
        to.write(output, written.text.unwrap_or_else(|| panic!("{output}: {:?}", written.faults)));
    }
    mapping.resources.templates.len()
}

/// The listeners of a home whose ports are in one of its files.
fn written_listeners(workspace: &Workspace) -> Vec<&Listener> {
    let listeners = workspace.only_home().expect("a home").ports().listeners.iter();
    listeners.filter(|listener| matches!(listener.source, Source::File { .. }) && listener.enabled).collect()
}

#[test]
fn effective_values_and_rendered_files_give_the_same_ports() {
    let mut compared = 0;
    for root in roots() {
        let workspace = open(&root);
        let folder = Folder::new();
        assert!(rendered_home(&workspace, &root, &folder) > 0);
        let rendered = open(folder.path());
        for found in written_listeners(&rendered) {
            let worked_out =
                workspace.only_home().expect("a home").ports().listeners.iter().find(|listener| listener.id == found.id);
            let worked_out = worked_out.unwrap_or_else(|| panic!("{}: no {}", root.display(), found.id));
            let shown =
                |listener: &Listener| (listener.id.clone(), listener.base, listener.offset, listener.port(), listener.enabled);
            assert_eq!(shown(worked_out), shown(found), "{}", root.display());
            compared += 1;
        }
    }
    assert!(compared > 60, "only {compared} listeners were compared");
}

/// The fixture homes that have templates.
fn roots() -> Vec<PathBuf> {
    let homes = fs::read_dir(fixture("homes")).expect("fixtures").map(|entry| entry.expect("readable").path());
    let mut roots: Vec<PathBuf> = homes.filter(|root| root.join(TEMPLATES).is_dir()).collect();
    roots.sort();
    roots
}

const TEMPLATES: &str = "repository/resources/conf/templates";

/// What is written to deployment.toml instead of what the fixture has.
const CHANGES: &[&str] = &[
    "",
    "[server]\noffset = 3",
    "[server]\noffset = \"4\"",
    "[server]\noffset = \"$env{OFFSET}\"",
    "[server]\noffset = \"$ref{node.offset}\"\n[node]\noffset = 7",
    "[server]\nmode = \"ha\"",
    "[server]\nenable_traffic_management = false",
    "[system.parameter]\nportOffset = 5",
    "[transport.http.properties]\nport = 9800",
    "[transport.https.properties]\nport = \"9500\"\naddress = \"127.0.0.1\"",
    "[transport.https.properties]\nport = 0",
    "[transport.http.properties]\nport = -1",
    "[transport.http]\nenable = false",
    "[transport.http]\nenabled = false\n[transport.https]\nenabled = false",
    "[transport.http]\nlistener.enable = false\nlistener.secured_enable = false",
    "[transport.http]\nlistener.port = 8777\nlistener.secured_port = 8778",
    "[transport.passthru_http.listener]\nenable = false\nparameters.port = 8281",
    "[transport.passthru_https.listener]\nenable = \"False\"",
    "[transport.passthru_https.listener.parameters]\nport = 8444\nbind-address = \"localhost\"",
    "[custom_transport.own.properties]\nport = 9555\nscheme = \"https\"",
    "[monitoring.jmx]\nrmi_server_start = false",
    "[monitoring.jmx]\nrmi_server_start = true\nrmi_registry_port = 9900\nrmi_server_port = 11112",
    "[clustering]\nmembership_scheme = \"wka\"\nlocal_member_port = 4100",
    "[clustering]\nmembership_scheme = \"multicast\"",
    "[clustering]\nmembership_scheme = \"aws-ecs\"",
    "[transport.receiver]\ntype = \"thrift\"",
    "[transport.receiver]\ntcp_port = 9612\nssl_port = 9712",
    "[transport.binary.receiver]\nenable = false",
    "[transport.thrift.receiver]\nenable = true\ntcpPort = 7000",
    "[broker.transport.amqp]\nenabled = false",
    "[broker.transport.amqp.default_connection]\nenabled = false\nport = 5673",
    "[broker.transport.amqp.ssl_connection]\nport = 8673",
    "[apim.ws]\nport = 9100\nenable = false",
    "[apim.wss]\nport = 8100\nenable = false",
    "[apim.webhooks.https]\nport = 8022\nenable = false",
    "[apim.throttling.event_sync]\nport = 11300",
    "[event_processor.event_management]\nport = 10100",
    "[synapse_properties]\n'inbound.port.offset.enable' = false",
    "[mediation]\ninternal_http_api_port = 9292\ninternal_https_api_port = 9293",
    "[mediation]\ninternal_http_api_enable = false",
    "[mediation]\nsynapse.command_debugger_port = 9305\nsynapse.event_debugger_port = 9306",
    "[embedded_ldap]\nenable = false",
    "[embedded_ldap]\nenable = true",
];

/// Where the two ways differ for a good reason: home, listener, a part of the change, why.
const DIFFERENCES: &[(&str, &str, &str, &str)] = &[
    ("api-manager-3.0.0", "passthru-http", "listener.port", HASH_ORDER),
    ("api-manager-3.0.0", "passthru-http", "parameters.port", HASH_ORDER),
    ("api-manager-3.0.0", "passthru-https", "listener.secured_port", HASH_ORDER),
    ("api-manager-3.0.0", "passthru-https", "https.listener.parameters", HASH_ORDER),
];

const HASH_ORDER: &str = "default.json has these parameters as one table, which hides the key or not by the order of the mapper's hash map: \
                          that depends on all keys of the home";

/// What is compared: the base, the offset, the port, whether it opens, and whether it uses TLS.
type Shown = (Option<i64>, i64, Option<i64>, bool, bool);

fn listeners_of(workspace: &Workspace) -> BTreeMap<String, Vec<Shown>> {
    let mut listeners: BTreeMap<String, Vec<Shown>> = BTreeMap::new();
    for listener in &workspace.only_home().expect("a home").ports().listeners {
        let shown = (listener.base, listener.offset, listener.port(), listener.enabled, listener.tls);
        listeners.entry(listener.id.clone()).or_default().push(shown);
    }
    listeners
}

#[test]
fn the_catalogues_keys_give_the_ports_of_the_rendered_files() {
    let (mut compared, mut wrong) = (0, Vec::new());
    let mut used = vec![false; DIFFERENCES.len()];
    for root in roots() {
        let name = root.file_name().expect("a name").to_string_lossy().into_owned();
        let toml = if root.join("repository/conf/deployment.toml").is_file() {
            "repository/conf/deployment.toml"
        } else {
            "conf/deployment.toml"
        };
        let whole = Folder::copy_of(&format!("homes/{name}"));
        // The same home without templates and without what they render, so that only keys are left.
        let bare = Folder::new();
        for (path, bytes) in files_below(&root) {
            let inner = path.strip_prefix(&root).expect("below");
            let is_rendered = root.join(TEMPLATES).join(format!("{}.j2", inner.display())).is_file();
            if !inner.starts_with(TEMPLATES) && !is_rendered {
                bare.write(inner, bytes);
            }
        }
        for change in CHANGES {
            for folder in [&whole, &bare] {
                folder.write(toml, change);
            }
            let (rendered, keys) = (listeners_of(&open(whole.path())), listeners_of(&open(bare.path())));
            let ids = rendered.keys().chain(keys.keys()).collect::<std::collections::BTreeSet<_>>();
            for id in ids {
                compared += 1;
                let (rendered, keys) = (rendered.get(id), keys.get(id));
                if rendered == keys {
                    continue;
                }
                let known = DIFFERENCES
                    .iter()
                    .position(|(home, listener, part, _)| name.starts_with(home) && id == listener && change.contains(part));
                match known {
                    Some(known) => used[known] = true,
                    None => wrong.push(format!("{name} with {change:?}: {id} is {rendered:?}, by its keys {keys:?}")),
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    let unused: Vec<_> = DIFFERENCES.iter().zip(used).filter(|(_, used)| !used).map(|(known, _)| known).collect();
    assert!(unused.is_empty(), "these do not differ any more: {unused:?}");
    assert!(compared > 5_000, "only {compared} listeners were compared");
}

#[test]
fn what_lies_on_disk_does_not_count_where_the_server_renders_it() {
    let folder = Folder::copy_of("homes/api-manager-4.2.0");
    let before = listeners_of(&open(folder.path()));
    for file in ["tomcat/catalina-server.xml", "axis2/axis2.xml", "carbon.xml", "etc/jmx.xml", "broker.xml", "synapse.properties"]
    {
        let file = format!("repository/conf/{file}");
        assert!(folder.at(&file).is_file(), "{file}");
        let text = folder.text(&file).replace("9443", "1443").replace("8280", "1280").replace("5672", "1672");
        folder.write(&file, text.replace("<Offset>1<", "<Offset>77<").replace("enable=true", "enable=false"));
    }
    assert_eq!(listeners_of(&open(folder.path())), before);
}

/// The first listener of an id in the home, and where its port is: the kind of the source, the file and the line.
fn source_of(folder: &Folder, id: &str) -> (Listener, String) {
    let workspace = open(folder.path());
    let home = workspace.only_home().expect("a home");
    let listener = home.ports().listener(id).unwrap_or_else(|| panic!("no {id}")).clone();
    let at = listener.source.at().map_or_else(String::new, |at| {
        let file = &model_of(home).file(at.file);
        format!(" {}:{}", file.name, file.source.position(at.span.start).line)
    });
    let kind = listener.source.kind();
    (listener, format!("{kind}{at}"))
}

const TOML: &str = "repository/conf/deployment.toml";

#[test]
fn a_default_that_hides_a_port_of_the_user_is_the_port() {
    let folder = Folder::copy_of("homes/api-manager-3.0.0");
    folder.write(TOML, "[transport.http.listener]\nport = 8777\n");
    let (listener, source) = source_of(&folder, "passthru-http");
    assert_eq!((listener.port(), source.as_str()), (Some(8280), "default repository/resources/conf/default.json:6"));
}

#[test]
fn a_port_is_where_deployment_toml_a_default_or_a_template_decides_it() {
    let folder = Folder::copy_of("homes/api-manager-4.2.0");
    folder.write(TOML, "[server]\noffset = 2\n[transport.http]\nlistener.port = \"$ref{own.port}\"\n[own]\nport = 8290\n");
    let source = |id: &str| source_of(&folder, id);
    let (listener, at) = source("passthru-http");
    assert_eq!((listener.port(), at), (Some(8292), format!("file {TOML}:4")));
    let (listener, at) = source("passthru-https");
    assert_eq!(listener.port(), Some(8245));
    assert!(at.starts_with("default repository/resources/conf/default.json:"), "{at}");
    let (listener, at) = source("thrift-tcp");
    assert_eq!((listener.port(), listener.enabled), (Some(7613), false));
    let template = format!("template {TEMPLATES}/repository/conf/data-bridge/data-bridge-config.xml.j2:");
    assert!(at.starts_with(&template), "{at}");
}

#[test]
fn a_suspended_inbound_endpoint_is_closed() {
    const ENDPOINTS: &str = "repository/deployment/server/synapse-configs/default/inbound-endpoints";
    let open_ports = |folder: &Folder| {
        let workspace = open(folder.path());
        let listeners = workspace.only_home().expect("a home").ports().listeners.iter().filter(|listener| listener.enabled);
        listeners.map(|listener| listener.id.clone()).collect::<Vec<_>>()
    };
    let folder = Folder::copy_of("homes/api-manager-4.2.0");
    let is_open = |id: &str| open_ports(&folder).iter().any(|open| open == id);
    // The server renders this one: only the template counts.
    let (file, template) =
        (format!("{ENDPOINTS}/WebSocketInboundEndpoint.xml"), format!("{TEMPLATES}/{ENDPOINTS}/WebSocketInboundEndpoint.xml.j2"));
    folder.edit(&file, "suspend=\"false\"", "suspend=\"true\"");
    assert!(is_open("websocket"));
    folder.edit(&template, "suspend=\"false\"", "suspend=\"true\"");
    assert!(!is_open("websocket") && is_open("websocket-ssl"));
    assert_eq!(source_of(&folder, "websocket").0.note.as_deref(), Some("closed in WebSocketInboundEndpoint.xml.j2"));
    // This one has no template.
    assert!(is_open("websub-http"));
    folder.edit(&format!("{ENDPOINTS}/WebhookServer.xml"), "suspend=\"false\"", "suspend=\"true\"");
    assert!(!is_open("websub-http"));
    // An endpoint of the user's own that has a template.
    let own = "<inboundEndpoint name=\"own\" protocol=\"http\" suspend=\"{{own.suspend}}\"><parameters>\
               <parameter name=\"inbound.http.port\">{{own.port}}</parameter></parameters></inboundEndpoint>";
    folder.write(format!("{TEMPLATES}/{ENDPOINTS}/Own.xml.j2"), own);
    folder.write(TOML, "[own]\nport = 7777\nsuspend = false\n");
    let (listener, at) = source_of(&folder, "inbound-http");
    assert_eq!((listener.port(), listener.enabled, at), (Some(7777), true, format!("file {TOML}:2")));
    folder.write(TOML, "[own]\nport = 7777\nsuspend = true\n");
    assert!(!is_open("inbound-http"));
}

#[test]
fn a_file_that_cannot_be_rendered_leaves_its_ports_unknown() {
    let folder = Folder::copy_of("homes/api-manager-4.2.0");
    for (break_it, why) in [
        ("{% if %}", "catalina-server.xml is unknown: its template cannot be rendered"),
        ("</Wrong>", "catalina-server.xml is unknown: what its template renders cannot be parsed"),
    ] {
        let template = format!("{TEMPLATES}/repository/conf/tomcat/catalina-server.xml.j2");
        let text = folder.text(&template);
        folder.write(&template, format!("{text}{break_it}"));
        let (listener, _) = source_of(&folder, "servlet-https");
        assert_eq!((listener.port(), listener.unknown.as_deref()), (None, Some(why)));
        folder.write(&template, text);
    }
    let template = format!("{TEMPLATES}/repository/conf/carbon.xml.j2");
    folder.write(&template, format!("{}</Wrong>", folder.text(&template)));
    let (listener, _) = source_of(&folder, "servlet-https");
    assert_eq!(listener.port(), None);
    assert!(listener.unknown.is_some_and(|why| why.starts_with("the offset is unknown: carbon.xml is unknown")));
}

#[test]
fn a_listener_says_the_address_that_the_configuration_decides() {
    let folder = Folder::copy_of("homes/api-manager-4.2.0");
    folder.write(
        TOML,
        "[transport.https.properties]\naddress = \"127.0.0.1\"\n\
         [transport.passthru_http.listener.parameters]\nbind-address = \"10.0.0.1\"\n\
         [transport.passthru_https.listener.parameters]\nbind-address = \"$env{ADDRESS}\"\n",
    );
    let bind = |id: &str| source_of(&folder, id).0.bind;
    assert_eq!(bind("servlet-https").as_deref(), Some("127.0.0.1"));
    assert_eq!(bind("servlet-http").as_deref(), Some("0.0.0.0"));
    assert_eq!(bind("passthru-http").as_deref(), Some("10.0.0.1"));
    assert_eq!(bind("passthru-https"), None);
    // JMX names a host, but does not bind to it.
    assert_eq!(bind("jmx-rmi-registry"), None);
    let old = Folder::copy_of("homes/api-manager-2.6.0");
    old.edit("repository/conf/tomcat/catalina-server.xml", "port=\"9763\"", "port=\"9763\" address=\"localhost\"");
    assert_eq!(source_of(&old, "servlet-http").0.bind.as_deref(), Some("localhost"));
    assert_eq!(source_of(&old, "servlet-https").0.bind.as_deref(), Some("0.0.0.0"));
    let alone = Folder::with(&[("deployment.toml", b"[transport.https.properties]\naddress = \"127.0.0.1\"\n")]);
    let json = alone.json(&["ports", "--product", "api-manager", "deployment.toml"]);
    let listeners = json["homes"][0]["listeners"].as_array().expect("listeners");
    let servlet = listeners.iter().find(|listener| listener["id"] == "servlet-https").expect("the servlet transport");
    assert_eq!(servlet["bind"], "127.0.0.1");
}
