//! The ports of a home with a deployment.toml, compared with those in its rendered files: two ways to the same numbers.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::{Folder, files_below, fixture, open};
use carbonlint::internals::mapper::{Renderer, Resources};
use carbonlint::internals::model_of;
use carbonlint::{Listener, Source, Workspace};

/// Writes what the server would render for the home at `root` to `to`, with the files that identify the product but without what it is
/// rendered from: a home as it was before there was a deployment.toml.
fn rendered_home(workspace: &Workspace, root: &Path, to: &Folder) -> usize {
    let model = model_of(workspace.only_home().expect("a home"));
    let (mapping, configuration) = model.configuration().expect("a configuration");
    let renderer = Renderer::new(configuration, &mapping.release);
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
    let mut roots: Vec<PathBuf> =
        fs::read_dir(fixture("homes")).expect("fixtures").map(|entry| entry.expect("readable").path()).collect();
    roots.sort();
    for root in roots.iter().filter(|root| root.join("repository/resources/conf/templates").is_dir()) {
        let workspace = open(root);
        let folder = Folder::new();
        assert!(rendered_home(&workspace, root, &folder) > 0);
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
