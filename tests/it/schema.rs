//! Which keys are live: the JSON Schema of a home, the tables of keys extracted from homes, and files without a home.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use carbonlint::internals::mapper::{Fit, GuessedBy, KeyTable, KeyType, Schema, SchemaSource, key_table, known_keys};
use carbonlint::internals::model_of;
use carbonlint::{Assumptions, Overlays, Version, Workspace};
use serde_json::Value;

use crate::support::{Folder, open, repository, run};

const CARBON: &str = "<Server>{{ server.hostname }}:{{ server.offset }}
{% if server.proxy.enable is sameas true %}<Proxy>{{ server.proxy['context.path'] }}</Proxy>{% endif %}
{% for store in keystore.extra %}<KeyStore type=\"{{ store.type }}\">{{ store.password }}</KeyStore>{% endfor %}
{% for origin in cors.origins %}{{ origin }}{% endfor %}
{% for name, value in properties.items() %}<Property name=\"{{ name }}\">{{ value }}</Property>{% endfor %}
{% if cache.mode == 'local' %}<Local/>{% endif %}<Timeout>{{ cache.timeout }}</Timeout><Size>{{ cache.size }}</Size></Server>
";

const DATABASES: &str = "{% for name, database in database.items() %}{{ database.url }}{{ database.password }}{% endfor %}{{ database.shared_db.driver }}";

const JSON: [(&str, &str); 5] = [
    (
        "default.json",
        r#"{"server.hostname": "localhost", "server.offset": "0", "server.proxy.enable": false, "cache.timeout": "15", "cache.size": 100,
            "cors.origins": ["*"], "admin.password": "hunter2", "database.shared_db.password": "hunter2", "nobody.reads": 1}"#,
    ),
    (
        "key-mappings.json",
        r#"{"host": "server.hostname", "dead.name": "dead.target", "keystore.extra:kind": "keystore.extra:type"}"#,
    ),
    (
        "infer.json",
        r#"{"database.$1.type": {"h2": {"database.$1.url": "jdbc:h2:$ref{database.$1.name}"}, "mysql": {"database.$1.driver": "x"}}}"#,
    ),
    (
        "validator.json",
        r#"{"user_store.type": [{"regex": "\\Aldap\\Z|\\Adatabase\\Z"}], "cache.name": [{"regex": ".+", "if": {"cache.mode": "custom"}}]}"#,
    ),
    ("unit-resolve.json", r#"{"time": {"cache.timeout": "m"}}"#),
];

/// A home of API Manager in this version with its own templates and JSON files.
fn home(folder: &Folder, name: &str, version: &str) {
    let write = |path: &str, text: &str| folder.write(Path::new(name).join(path), text);
    write("updates/product.txt", &format!("wso2am-{version}"));
    write("repository/conf/deployment.toml", "[server]\nhostname = \"hunter2.example\"\n");
    write("repository/resources/conf/templates/repository/conf/carbon.xml.j2", CARBON);
    write("repository/resources/conf/templates/repository/conf/datasources.properties.j2", DATABASES);
    for (name, text) in JSON {
        write(&format!("repository/resources/conf/{name}"), text);
    }
}

/// The same in another version, in which a key has gone, one has come, one has another default, and one is renamed.
fn later_home(folder: &Folder, name: &str, version: &str) {
    let write = |path: &str, text: &str| folder.write(Path::new(name).join(path), text);
    home(folder, name, version);
    let carbon = CARBON.replace("{% if cache.mode == 'local' %}<Local/>{% endif %}", "{{ cache.kind }}");
    write("repository/resources/conf/templates/repository/conf/carbon.xml.j2", &carbon);
    write("repository/resources/conf/default.json", &JSON[0].1.replace("100", "200"));
    write(
        "repository/resources/conf/key-mappings.json",
        r#"{"host": "server.hostname", "cache.sort": "cache.kind", "cors.origins": "cors.allowed"}"#,
    );
}

fn with_schema<T>(path: &Path, look: impl Fn(&Schema) -> T) -> T {
    let workspace = open(path);
    look(model_of(workspace.only_home().expect("a home")).schema().expect("a schema"))
}

fn version(text: &str) -> Version {
    Version::parse(text).expect("a version")
}

/// What a command prints that ends well.
fn stdout(arguments: &[&str]) -> String {
    let run = run(arguments);
    assert_eq!(run.code, Some(0), "{arguments:?}: {}", run.err);
    run.out
}

fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

#[test]
fn the_schema_of_a_home_is_for_editors() {
    let folder = Folder::new();
    home(&folder, "", "4.5.0");
    let printed = stdout(&["schema", text(folder.path())]);
    assert!(!printed.contains("hunter2"), "neither a password nor what the user has written");
    insta::assert_snapshot!(printed);
}

#[test]
fn the_readme_shows_a_part_of_a_schema() {
    let printed: Value = serde_json::from_str(&stdout(&["schema", "fixtures/started/api-manager-4.5.0"])).expect("JSON");
    let readme = fs::read_to_string(repository().join("README.md")).expect("the README");
    let blocks = readme.split("```json\n").skip(1).filter_map(|block| block.split_once("```"));
    let shown: Vec<Value> = blocks.filter_map(|(block, _)| serde_json::from_str(block).ok()).collect();
    let part = printed.pointer("/properties/transport/properties/passthru_http/properties").expect("the part");
    assert!(shown.contains(part), "{part:#}");
}

#[test]
fn a_table_answers_as_its_home_does() {
    let folder = Folder::new();
    home(&folder, "", "4.5.0");
    let table = stdout(&["schema", "--extract", text(folder.path())]);
    insta::assert_snapshot!(table);
    let table = KeyTable::open(&table).expect("a table");
    let of_table = table.schema(0..=0, Fit::Released);
    with_schema(folder.path(), |of_home| {
        assert_eq!(of_table.keys(), of_home.keys());
        let unread =
            ["nobody.reads", "dead.name", "dead.target", "server.name", "keystore.extra[].alias", "database.shared_db.user"];
        for key in of_home.keys().iter().map(String::as_str).chain(unread) {
            assert_eq!(of_table.is_read(key), of_home.is_read(key), "{key}");
            assert_eq!(of_table.type_of(key), of_home.type_of(key), "{key}");
            assert_eq!(of_table.known_values(key), of_home.known_values(key), "{key}");
            assert_eq!(of_table.allowed_values(key), of_home.allowed_values(key), "{key}");
            assert_eq!(of_table.unit_of(key), of_home.unit_of(key), "{key}");
            assert_eq!(of_table.is_validated(key), of_home.is_validated(key), "{key}");
            assert_eq!(of_table.is_mapped(key), of_home.is_mapped(key), "{key}");
            assert_eq!(of_table.reached_outputs(key), of_home.reached_outputs(key), "{key}");
            if !key.ends_with("password") {
                assert_eq!(of_table.default_of(key), of_home.default_of(key), "{key}");
            }
        }
        assert!(unread.iter().all(|key| !of_home.is_read(key)));
        assert_eq!(of_home.type_of("server.proxy.enable"), Some(KeyType::Boolean));
        assert!(
            of_home.is_read("database.any.name")
                && of_home.is_read("database.any.type")
                && of_home.is_read("keystore.extra[].kind")
        );
    });
}

#[test]
fn no_password_and_nothing_of_the_user_gets_into_a_table() {
    let folder = Folder::new();
    home(&folder, "", "4.5.0");
    let table = stdout(&["schema", "--extract", text(folder.path())]);
    assert!(table.contains("hostname") && !table.contains("hunter2"), "{table}");
    assert!(!table.contains(text(folder.path())), "{table}");
}

#[test]
fn homes_of_several_versions_become_one_table() {
    let folder = Folder::new();
    let (old, new, twin) = (folder.at("old"), folder.at("new"), folder.at("twin"));
    home(&folder, "old", "4.1.0");
    later_home(&folder, "new", "4.5.0");
    home(&folder, "twin", "4.1.0");
    let table = stdout(&["schema", "--extract", text(&new), text(&old), text(&twin)]);
    assert_eq!(table, stdout(&["schema", "--extract", text(&twin), text(&new)]), "neither the order nor a twin changes anything");
    insta::assert_snapshot!(table);

    let table = KeyTable::open(&table).expect("a table");
    let of = |wanted: Option<&str>| {
        let (chosen, fit) = table.versions_for(wanted.map(version).as_ref());
        table.schema(chosen, fit)
    };
    let known_from = |wanted: Option<&str>| match of(wanted).source() {
        SchemaSource::Catalogue { versions, fit, .. } => {
            (versions.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "), *fit)
        }
        other => panic!("{other:?}"),
    };
    for (wanted, from) in [
        (Some("4.1.0"), ("4.1.0", Fit::Released)),
        (Some("4.5"), ("4.5.0", Fit::Released)),
        (Some("4.2.0"), ("4.1.0 4.5.0", Fit::Neighbours)),
        (Some("3.0"), ("4.1.0", Fit::Neighbours)),
        (Some("4.7"), ("4.5.0", Fit::Neighbours)),
        (None, ("4.1.0 4.5.0", Fit::AnyVersion)),
    ] {
        assert_eq!(known_from(wanted), (from.0.to_owned(), from.1), "{wanted:?}");
    }
    let read = |wanted: &str| ["cache.mode", "cache.kind", "cache.sort", "cors.origins"].map(|key| of(Some(wanted)).is_read(key));
    assert_eq!(read("4.1.0"), [true, false, false, true]);
    assert_eq!(read("4.5.0"), [false, true, true, false]);
    assert_eq!(read("4.3.0"), [true, true, true, true], "live in one of both is live");
    let size = |wanted: &str| of(Some(wanted)).default_of("cache.size").and_then(Value::as_i64);
    assert_eq!((size("4.1.0"), size("4.3.0"), size("4.5.0")), (Some(100), Some(200), Some(200)));
}

#[test]
fn homes_that_do_not_belong_together_are_refused() {
    let folder = Folder::new();
    let (one, other, server) = (folder.at("one"), folder.at("other"), folder.at("server"));
    home(&folder, "one", "4.5.0");
    later_home(&folder, "other", "4.5.0");
    home(&folder, "server", "4.5.0");
    folder.write("server/updates/product.txt", "wso2is-7.1.0");
    for (homes, words) in [([&one, &other], "differ in"), ([&one, &server], "has another product")] {
        let run = run(&["schema", "--extract", text(homes[0]), text(homes[1])]);
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""));
        assert!(run.err.contains(words), "{}", run.err);
    }
}

#[test]
fn every_table_of_the_catalogue_holds_together() {
    let products = known_keys::products();
    assert!(products.len() >= 3);
    for (product, versions) in products {
        let (fewest, read) = match product {
            "integration-control-plane" => (60, "sso.base_url"),
            _ => (300, "server.hostname"),
        };
        let mut of_versions: Vec<(Version, Schema)> = Vec::new();
        for version in versions {
            let schema = known_keys::of_product(product, Some(&version)).expect("a schema");
            assert!(matches!(schema.source(), SchemaSource::Catalogue { fit: Fit::Released | Fit::Incomplete, .. }));
            assert!(schema.keys().len() > fewest, "{product} {version}");
            assert!(schema.is_read(read) && !schema.is_read("server.host_name"), "{product} {version}");
            of_versions.push((version, schema));
        }
        // Written again it is the same, up to the names that files have.
        let file = repository().join(format!("rules/catalog/keys/{product}.tsv"));
        let text = fs::read_to_string(file).expect("the table");
        let table = KeyTable::open(&text).expect("a table");
        let schemas: Vec<Schema> = (0..table.versions.len()).map(|number| table.schema(number..=number, Fit::Released)).collect();
        let schemas: Vec<(Version, &Schema)> = table.versions.iter().cloned().zip(&schemas).collect();
        let again = key_table::write(product, &schemas).expect("a version is there once");
        let by_hand = |line: &&str| line.starts_with("file\t") || line.starts_with("incomplete\t");
        let unlike = again.lines().filter(|line| !by_hand(line)).zip(text.lines().filter(|line| !by_hand(line)));
        let unlike: Vec<_> = unlike.filter(|(again, line)| again != line).take(3).collect();
        assert!(unlike.is_empty(), "{product}: {unlike:#?}");
    }
}

#[test]
fn the_tables_know_the_server_roles_of_each_version() {
    let roles = |product: &str, wanted: &str, role: &str| {
        let schema = known_keys::of_product(product, Some(&version(wanted))).expect("a schema");
        schema.known_values("server.server_role").iter().any(|known| known == role)
    };
    for (wanted, role, is_known) in [
        ("3.0.0", "api-store", true),
        ("3.1.0", "api-store", false),
        ("3.2.0", "api-devportal", true),
        ("3.2.0", "control-plane", false),
        ("4.0.0", "control-plane", true),
        ("4.6.0", "gateway-worker", true),
    ] {
        assert_eq!(roles("api-manager", wanted, role), is_known, "{wanted} {role}");
    }
}

/// A deployment.toml with these lines, alone.
fn lone(folder: &Folder, lines: &str) -> PathBuf {
    folder.write("deployment.toml", lines);
    folder.at("deployment.toml")
}

const GATEWAY: &str = "[server]\nhostname = \"a\"\nofset = 1\n[apim.cors]\nallow_origins = \"*\"\n[apim.devportal]\nurl = \"x\"\n[apim.throttling]\nenable_data_publishing = true\n
[[apim.gateway.environment]]\nname = \"Default\"\ntype = \"hybrid\"\ndisplay_in_api_console = true\n";

#[test]
fn a_lone_file_is_known_by_its_product_or_guessed_by_its_keys() {
    let folder = Folder::new();
    let file = lone(&folder, GATEWAY);
    with_schema(&file, |schema| {
        let SchemaSource::Guess { product, by: GuessedBy::Keys } = schema.source() else { panic!("{:?}", schema.source()) };
        assert_eq!(product, "api-manager");
        assert!(schema.is_read("apim.gateway.environment[].name") && !schema.is_read("server.ofset"));
    });
    let product = carbonlint::internals::catalog().product("identity-server").map(|product| (product, Some(version("7.1.0"))));
    let assumptions = Assumptions { product, ..Assumptions::default() };
    let workspace = Workspace::open(&[file], &assumptions, &Overlays::new());
    let schema = model_of(workspace.only_home().expect("a home")).schema().expect("a schema");
    assert!(
        matches!(schema.source(), SchemaSource::Catalogue { product, fit: Fit::Released, .. } if product == "identity-server")
    );
    assert!(!schema.is_read("apim.cors.allow_origins"));
}

#[test]
fn too_few_or_strange_keys_are_no_guess() {
    let folder = Folder::new();
    for lines in ["[apim.cors]\nallow_origins = \"*\"\n", "", "[a]\nb=1\nc=1\nd=1\ne=1\nf=1\ng=1\nh=1\n"] {
        let file = lone(&folder, lines);
        assert!(open(&file).homes().all(|(_, home)| model_of(home).schema().is_none()), "{lines}");
    }
    // Keys that every product reads identify none of them.
    let common = BTreeSet::from([
        "server.hostname",
        "server.node_ip",
        "super_admin.username",
        "super_admin.password",
        "keystore.primary.file_name",
        "truststore.type",
    ]);
    assert!(known_keys::guess(&common).is_none());
}

#[test]
fn the_command_answers_as_the_contract_says() {
    let folder = Folder::new();
    let homes = ["one", "two"].map(|name| {
        home(&folder, name, "4.5.0");
        folder.at(name)
    });
    let empty = Folder::new();
    let lone_folder = Folder::new();
    let file = lone(&lone_folder, "[a]\nb = 1\n");
    for (arguments, code, said) in [
        (vec!["schema", text(&homes[0])], 0, ""),
        (vec!["schema", "--product", "api-manager@4.5.0"], 0, ""),
        (vec!["schema", "--product", "api-manager@4.3.0"], 0, "note: these are the keys of api-manager 4.3.0 as first released"),
        (vec!["schema", "--product", "universal-gateway@4.7.0"], 0, "note: some keys of universal-gateway 4.7.0 are missing"),
        (vec!["schema", "--product", "identity-server@7.3.0"], 0, "note: these are the keys of identity-server 7.1.0"),
        (vec!["schema", text(&file), "--product", "micro-integrator@4.2.0"], 0, ""),
        (vec!["schema", "--config"], 0, ""),
        (vec!["schema", text(&file)], 2, "may contain are unknown"),
        (vec!["schema", text(folder.path())], 2, "contains 2 homes"),
        (vec!["schema", "--product", "message-broker"], 2, "are not in the catalogue"),
        (vec!["schema", "--product", "no-such-product"], 2, "no product is called"),
        (vec!["schema", "--extract", text(&file)], 2, "are unknown"),
        (vec!["schema", "no-such-folder"], 2, "no such file"),
        (vec!["schema", text(empty.path())], 3, "no configuration"),
    ] {
        let run = run(&arguments);
        assert_eq!(run.code, Some(code), "{arguments:?}: {}", run.err);
        assert!(run.err.contains(said), "{arguments:?}: {}", run.err);
        assert_eq!(serde_json::from_str::<Value>(&run.out).is_ok(), code == 0, "{arguments:?}");
    }
}
