//! The ports of a home with a deployment.toml, held against those that its rendered files name: two ways to the same numbers.

use std::fs;
use std::path::{Path, PathBuf};

use carbonlint::model::Assumptions;
use carbonlint::ports::{Listener, Source};
use carbonlint::server::mapper::{Renderer, Resources};
use carbonlint::source::Overlays;
use carbonlint::workspace::Workspace;

/// Writes what the server would render for the home at `root` to `to`, with the files that tell the product but without what it is
/// rendered from: a home as it was before there was a deployment.toml.
fn rendered_home(workspace: &Workspace, root: &Path, to: &Path) -> usize {
    let model = &workspace.homes[0].model;
    let (mapping, configuration) = model.configuration().expect("a configuration");
    let renderer = Renderer::new(configuration, &mapping.release);
    for name in ["bin", "updates"] {
        for entry in walkdir::WalkDir::new(root.join(name)).into_iter().filter_map(Result::ok) {
            let target = to.join(entry.path().strip_prefix(root).expect("below"));
            if entry.file_type().is_dir() {
                fs::create_dir_all(target).expect("created");
            } else {
                fs::copy(entry.path(), target).expect("copied");
            }
        }
    }
    for output in &mapping.resources.templates {
        let template = model.text_of(&Resources::path_of_template(output)).expect("a template");
        let written = renderer.render(output, &template);
        let target = to.join(output);
        fs::create_dir_all(target.parent().expect("a folder")).expect("created");
        fs::write(target, written.text.unwrap_or_else(|| panic!("{output}: {:?}", written.faults))).expect("written");
    }
    mapping.resources.templates.len()
}

fn open(root: &Path) -> Workspace {
    Workspace::open(&[root.to_path_buf()], &Assumptions::default(), &Overlays::new())
}

/// The listeners of a home whose ports stand in one of its files.
fn written_listeners(workspace: &Workspace) -> Vec<&Listener> {
    let listeners = workspace.homes[0].ports().listeners.iter();
    listeners.filter(|listener| matches!(listener.source, Source::File { .. }) && listener.enabled).collect()
}

#[test]
fn effective_values_and_rendered_files_give_the_same_ports() {
    let homes = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/homes");
    let mut compared = 0;
    let mut roots: Vec<PathBuf> = fs::read_dir(homes).expect("fixtures").map(|entry| entry.expect("readable").path()).collect();
    roots.sort();
    for root in roots.iter().filter(|root| root.join("repository/resources/conf/templates").is_dir()) {
        let workspace = open(root);
        let folder = tempfile::tempdir().expect("a folder");
        assert!(rendered_home(&workspace, root, folder.path()) > 0);
        let rendered = open(folder.path());
        for found in written_listeners(&rendered) {
            let worked_out = workspace.homes[0].ports().listeners.iter().find(|listener| listener.id == found.id);
            let worked_out = worked_out.unwrap_or_else(|| panic!("{}: no {}", root.display(), found.id));
            let shown =
                |listener: &Listener| (listener.id.clone(), listener.base, listener.offset, listener.port(), listener.enabled);
            assert_eq!(shown(worked_out), shown(found), "{}", root.display());
            compared += 1;
        }
    }
    assert!(compared > 60, "only {compared} listeners were compared");
}
