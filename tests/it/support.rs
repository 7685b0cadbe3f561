//! What the tests share: running the binary, folders with files, and copies of fixtures.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use carbonlint::{Assumptions, Overlays, Selection, Workspace};
use serde_json::Value;

/// The repository's own folder.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A path below `fixtures/`.
pub fn fixture(name: &str) -> PathBuf {
    repository().join("fixtures").join(name)
}

/// The binary with `arguments`, to be run in `folder` and without the caller's choice of colours and language.
pub fn command_in(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_carbonlint"));
    command.args(arguments).current_dir(folder);
    for variable in ["NO_COLOR", "CLICOLOR_FORCE", "LC_ALL", "LC_CTYPE", "LANG"] {
        command.env_remove(variable);
    }
    command
}

/// Runs the binary in the repository's folder, where paths are the same on every machine.
pub fn run(arguments: &[&str]) -> Run {
    Run::of(&mut command_in(repository(), arguments))
}

/// The formats of a command, as its command line lists them.
pub fn formats_of(command: &str) -> Vec<String> {
    let refused = run(&[command, "--format", "no-such-format"]).err;
    let listed = refused.split_once("[possible values: ").and_then(|(_, rest)| rest.split_once(']'));
    let (listed, _) = listed.unwrap_or_else(|| panic!("{command} lists no formats:\n{refused}"));
    listed.split(", ").map(str::to_owned).collect()
}

/// The home or file at `path` with what is known of it.
pub fn open(path: &Path) -> Workspace {
    Workspace::open(&[path.to_path_buf()], &Assumptions::default(), &Overlays::new())
}

/// These rules or categories.
pub fn select(names: &[&str]) -> Selection {
    Selection { select: names.iter().map(|name| (*name).to_owned()).collect(), ..Selection::default() }
}

/// What a run of the binary printed, and how it ended.
#[derive(Debug)]
pub struct Run {
    pub out: String,
    pub err: String,
    pub code: Option<i32>,
}

impl Run {
    pub fn of(command: &mut Command) -> Self {
        Self::ended(command.output().expect("the binary runs"))
    }

    pub fn ended(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        Self { out: text(output.stdout), err: text(output.stderr), code: output.status.code() }
    }

    /// Both outputs and the exit code, for a snapshot.
    pub fn all(&self) -> String {
        format!("{}--- standard error\n{}--- exit code {:?}\n", self.out, self.err, self.code.unwrap_or(-1))
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).expect("JSON")
    }
}

/// A temporary folder, removed at the end. Names of files are relative to it.
pub struct Folder(tempfile::TempDir);

impl Folder {
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    pub fn with(files: &[(&str, &[u8])]) -> Self {
        let folder = Self::new();
        for (name, bytes) in files {
            folder.write(name, bytes);
        }
        folder
    }

    /// A copy of what is below `fixtures/NAME`.
    pub fn copy_of(name: &str) -> Self {
        let folder = Self::new();
        folder.copy(name, "");
        folder
    }

    /// Copies what is below `fixtures/NAME` to `to`.
    pub fn copy(&self, name: &str, to: &str) {
        let from = fixture(name);
        for (path, bytes) in files_below(&from) {
            let name = path.strip_prefix(&from).expect("below");
            self.write(Path::new(to).join(name), bytes);
        }
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn at(&self, name: impl AsRef<Path>) -> PathBuf {
        self.path().join(name)
    }

    pub fn write(&self, name: impl AsRef<Path>, bytes: impl AsRef<[u8]>) {
        let path = self.at(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("created");
        fs::write(path, bytes).expect("written");
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.at(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub fn text(&self, name: &str) -> String {
        String::from_utf8(self.read(name)).expect("UTF-8")
    }

    /// Replaces `old` in a file, which must have it.
    pub fn edit(&self, name: &str, old: &str, new: &str) {
        let text = self.text(name);
        assert!(text.contains(old), "{name} has no `{old}`:\n{text}");
        self.write(name, text.replace(old, new));
    }

    /// Every file with its bytes.
    pub fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        files_below(self.path())
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        command_in(self.path(), arguments)
    }

    pub fn run(&self, arguments: &[&str]) -> Run {
        Run::of(&mut self.command(arguments))
    }

    /// What the command prints with `--format json`.
    pub fn json(&self, arguments: &[&str]) -> Value {
        self.run(&[arguments, &["--format", "json"]].concat()).json()
    }
}

/// Every file below `folder` with its bytes; nothing where it does not exist.
pub fn files_below(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    if !folder.exists() {
        return BTreeMap::new();
    }
    let entries = walkdir::WalkDir::new(folder).into_iter().map(|entry| entry.expect("readable"));
    let files = entries.filter(|entry| entry.file_type().is_file());
    files.map(|entry| (entry.path().to_path_buf(), fs::read(entry.path()).expect("readable"))).collect()
}
