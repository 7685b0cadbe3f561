//! What a search finds in a repository and as what, what it leaves alone, and what `--list-files` says of it.

use serde_json::Value;

use crate::support::{Folder, Run};

const TOML: &[u8] = b"[server]\nhostname = \"wso2.example.com\"\n";

/// A git repository with these files, each a deployment.toml.
fn repository_with(names: &[&str]) -> Folder {
    let folder = Folder::new();
    // ripgrep and git take any folder with a `.git` in it for a repository.
    folder.write(".git/HEAD", "ref: refs/heads/main\n");
    for name in names {
        folder.write(name, TOML);
    }
    folder
}

/// What `--list-files` lists: the homes and lone files, and what was left alone with the reason.
fn listed(folder: &Folder, arguments: &[&str]) -> (Vec<String>, Vec<(String, String)>) {
    let list = folder.json(&[&["lint", "--list-files"], arguments].concat());
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let homes = list["homes"].as_array().expect("a list").iter().map(|home| text(&home["path"]));
    let left = list["left_alone"].as_array().expect("a list").iter();
    (homes.collect(), left.map(|left| (text(&left["path"]), text(&left["reason"]))).collect())
}

fn homes(folder: &Folder, arguments: &[&str]) -> Vec<String> {
    listed(folder, arguments).0
}

#[test]
fn every_name_of_a_deployment_toml_is_found() {
    let names = [
        "a/deployment-prod.toml",
        "b/apim-cp-deployment.toml",
        "c/deployment.toml.j2",
        "d/deployment.toml.erb",
        "e/deployment.toml.tpl",
        "f/deployment.toml.template",
        "g/deployment.toml.mssql",
    ];
    let folder = repository_with(&names);
    let list = folder.json(&["lint", "--list-files"]);
    let found = list["homes"].as_array().expect("a list").iter().map(|home| &home["files"][0]);
    let found: Vec<(&str, &str, bool)> = found
        .map(|file| {
            let text = |name: &str| file[name].as_str().expect("a text");
            (text("file"), text("kind"), file["template"].as_bool().expect("a boolean"))
        })
        .collect();
    let expected: Vec<(&str, &str, bool)> =
        names.into_iter().map(|name| (name, "toml", ('c'..='f').any(|letter| name.starts_with(letter)))).collect();
    assert_eq!(found, expected);
}

#[test]
fn repositories_of_deployment_tools_are_understood() {
    let folder = repository_with(&[
        "ansible/roles/apim/templates/carbon-home/repository/conf/deployment.toml.j2",
        "docker/repository/conf/deployment.toml",
        "docker/repository/conf/deployment-dr.toml",
        "helm/am/confs/deployment.toml",
        "helm/mi/conf/deployment.toml",
        "puppet/deployment.toml.erb",
        "puppet/deployment.toml.template",
    ]);
    folder.write("helm/am/values.yaml", "a: [\n");
    assert_eq!(
        homes(&folder, &[]),
        [
            "ansible/roles/apim/templates/carbon-home",
            "docker",
            "docker/repository/conf/deployment-dr.toml",
            "helm/am/confs",
            "helm/mi",
            "puppet",
            "puppet/deployment.toml.template"
        ]
    );
}

#[test]
fn the_folder_of_an_archive_names_product_and_version() {
    let folder =
        repository_with(&["packs/wso2am-4.5.0/repository/conf/deployment.toml", "wso2mi-4.2.0/drafts/deployment-prod.toml"]);
    let report = folder.json(&["lint"]);
    let known = |number: usize| (&report["homes"][number]["product"], &report["homes"][number]["version"]);
    assert_eq!(known(0), (&Value::from("api-manager"), &Value::from("4.5.0")));
    assert_eq!(known(1), (&Value::from("micro-integrator"), &Value::from("4.2.0")));
    // What the caller says counts more.
    let report = folder.json(&["lint", "--product", "identity-server@7.1.0", "packs"]);
    assert_eq!(report["homes"][0]["product"], "identity-server");
}

#[test]
fn ignored_and_hidden_files_are_searched_only_on_demand() {
    let folder = repository_with(&["a/deployment.toml", "dist/deployment.toml", "local/deployment.toml", ".cfg/deployment.toml"]);
    folder.write(".gitignore", "dist/\n");
    folder.write(".ignore", "local\n");
    assert_eq!(homes(&folder, &[]), ["a"]);
    assert_eq!(homes(&folder, &["--no-ignore"]), ["a", "dist", "local"]);
    assert_eq!(homes(&folder, &["--hidden"]), [".cfg", "a"]);
    assert_eq!(homes(&folder, &["--hidden", "--no-ignore"]), [".cfg", "a", "dist", "local"]);
    assert_eq!(homes(&folder, &["dist/deployment.toml", ".cfg"]), [".cfg", "dist/deployment.toml"]);
    for command in [&["ports", "--no-ignore"][..], &["fix", "--no-ignore", "--diff"]] {
        assert_eq!(folder.run(command).code, Some(0), "{command:?}");
    }
}

#[test]
fn what_is_ignored_is_said_where_nothing_else_is_found() {
    let folder = repository_with(&["dist/a/deployment.toml", ".cfg/deployment.toml"]);
    folder.write(".gitignore", "dist/\n");
    for command in [&["lint"][..], &["fix"], &["ports"]] {
        let run = folder.run(command);
        assert_eq!(run.code, Some(3), "{command:?}");
        assert!(
            run.err
                .ends_with("  help: 2 homes and files are hidden or ignored: search there too with --hidden and --no-ignore\n"),
            "{}",
            run.err
        );
    }
}

#[test]
fn a_home_is_read_whole_whatever_is_ignored_in_it() {
    let folder = repository_with(&[]);
    folder.copy("homes/api-manager-4.2.0", "servers/am");
    let found = |arguments: &[&str]| folder.json(&[&["lint"], arguments].concat());
    let before = found(&["servers/am"]);
    folder.write("servers/am/.gitignore", "repository/conf\n*.xml\nbin/\n");
    assert_eq!(found(&[]), before);
    // The whole home is ignored, and named.
    folder.write(".gitignore", "servers/*\n");
    assert_eq!(found(&["servers/am"]), before);
    assert_eq!(found(&["servers/am/repository/conf/deployment.toml"])["homes"], before["homes"]);
    let (homes, left) = listed(&folder, &[]);
    assert_eq!((homes.len(), left), (0, vec![("servers/am".to_owned(), "ignored".to_owned())]));
}

#[test]
fn what_nobody_reads_is_left_alone_and_counted() {
    let folder = repository_with(&[
        "conf/deployment.toml",
        "conf/deployment.toml~",
        "conf/deployment.toml.bak",
        "conf/#deployment.toml#",
        "conf/deployment - Copy.toml",
        "ref/deployment-full.toml",
        "app/src/test/resources/deployment.toml",
        "app/src/test/resources/am/repository/conf/deployment.toml",
        "app/src/main/resources/deployment.toml",
    ]);
    folder.write("conf/notes.txt~", "");
    let (homes, left) = listed(&folder, &[]);
    assert_eq!(homes, [".", "app/src/main/resources"]);
    let left: Vec<(&str, &str)> = left.iter().map(|(path, reason)| (path.as_str(), reason.as_str())).collect();
    assert_eq!(
        left,
        [
            ("app/src/test/resources/am", "test"),
            ("app/src/test/resources/deployment.toml", "test"),
            ("conf/#deployment.toml#", "backup"),
            ("conf/deployment - Copy.toml", "backup"),
            ("conf/deployment.toml.bak", "backup"),
            ("conf/deployment.toml~", "backup"),
            ("ref/deployment-full.toml", "reference"),
        ]
    );
    let out = folder.run(&["lint"]).out;
    let line = "left alone: 4 backups of editors, 1 list of all keys, 2 resources of tests; `--list-files` lists them\n";
    assert!(out.contains(line), "{out}");
    // Whoever names one means it.
    assert_eq!(self::homes(&folder, &["app/src/test/resources"]).len(), 2);
    assert_eq!(self::homes(&folder, &["ref/deployment-full.toml", "conf/deployment.toml.bak"]).len(), 2);
}

#[test]
fn what_the_server_of_a_home_does_not_read_is_counted() {
    let folder = Folder::new();
    folder.copy("started/api-manager-4.4.0", "home");
    folder.write("home/repository/conf/deployment-old.toml", TOML);
    folder.write("home/drafts/deployment.toml", TOML);
    let (homes, left) = listed(&folder, &[]);
    assert_eq!(homes, ["home"]);
    let count = |reason: &str| left.iter().filter(|(_, why)| why == reason).count();
    assert_eq!((count("mapper-copy"), count("not-read"), left.len()), (6, 5, 11));
}

#[cfg(unix)]
#[test]
fn a_folder_is_entered_once_whatever_links_lead_to_it() {
    use std::os::unix::fs::symlink;
    let folder = Folder::new();
    for number in 0..19 {
        folder.write(format!("{number}/empty"), "");
        for link in ["a", "b"] {
            symlink(format!("../{}", number + 1), folder.at(format!("{number}/{link}"))).expect("linked");
        }
    }
    folder.write("19/deployment.toml", TOML);
    // 2^18 paths lead to the file.
    assert_eq!(homes(&folder, &[]), ["19"]);
    assert_eq!(homes(&folder, &["0"]).len(), 1);
}

#[cfg(unix)]
#[test]
fn a_home_has_its_own_path_and_a_linked_one_the_path_of_the_link() {
    use std::os::unix::fs::symlink;
    let (folder, elsewhere) =
        (repository_with(&["wso2am/repository/conf/deployment.toml"]), repository_with(&["deployment.toml"]));
    symlink("wso2am", folder.at("current")).expect("linked");
    symlink(elsewhere.path(), folder.at("shared")).expect("linked");
    symlink("nowhere", folder.at("broken")).expect("linked");
    assert_eq!(homes(&folder, &[]), ["shared", "wso2am"]);
    assert_eq!(homes(&folder, &["current"]), ["current"]);
}

#[test]
fn the_list_is_for_people_too() {
    let folder = repository_with(&["x/deployment.toml.j2", "x/deployment-prod.toml", "x/deployment.toml.bak"]);
    folder.copy("homes/universal-gateway-4.7.0", "gateway");
    folder.write("pyproject.toml", "[project]\n");
    let Run { out, code, .. } = folder.run(&["lint", "--list-files", "gateway", "x", "pyproject.toml"]);
    assert_eq!(code, Some(0));
    insta::assert_snapshot!(out);
}

#[cfg(unix)]
#[test]
fn a_search_does_not_read_a_variant_outside_through_a_link() {
    use std::os::unix::fs::symlink;
    let (folder, elsewhere) = (repository_with(&["a/deployment.toml"]), Folder::with(&[("secret.txt", b"[server\nhunter2\n")]));
    symlink(elsewhere.at("secret.txt"), folder.at("a/deployment-prod.toml")).expect("linked");
    let out = folder.run(&["lint", "--format", "concise"]).out;
    assert!(out.starts_with("a/deployment-prod.toml: error[path-unreadable] cannot be read: it is a link to "), "{out}");
    assert!(!out.contains("toml-syntax"), "{out}");
    let named = folder.run(&["lint", "a/deployment-prod.toml", "--format", "concise"]).out;
    assert!(named.contains("toml-syntax"), "{named}");
}
