//! Fixes of files that were changed at random: they end, a second run has nothing to do, and what they mark can be undone exactly.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::{env, fs};

use carbonlint::internals::{TomlDocument, XmlDocument, revert};
use carbonlint::{Assumptions, FixOptions, FixResult, Overlays, Search, Selection, Workspace, fix, write_all};

use crate::support::{Folder, fixture};

/// A small generator of random numbers (splitmix64), so that a seed gives the same files everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end.max(1)).expect("small")).expect("small")
    }

    fn of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }
}

/// What is inserted into files: text that rules look for, and text that breaks what is around it.
const TOKENS: [&str; 30] = [
    "\"",
    "'",
    "\"\"\"",
    "[",
    "]",
    "[[",
    "{",
    "}",
    "=",
    "#",
    "\n",
    "\r\n",
    "\r",
    "\u{feff}",
    "\t",
    "-",
    "--",
    "<!--",
    "-->",
    "<",
    ">",
    "&",
    "é",
    "\n[server]\noffset = \"1\"\n",
    "\nenabled = true\n",
    "\n[transport.http]\n",
    "9443",
    "https://localhost:9443/a",
    "\n# note\n",
    "1",
];

/// Changes a file in one to three places; most changes leave it in one piece.
fn mutate(bytes: &mut Vec<u8>, random: &mut Random) {
    for _ in 0..=random.below(3) {
        let at = random.below(bytes.len() + 1);
        let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
        match random.below(12) {
            0 => {
                let token = random.of(&TOKENS).bytes();
                bytes.splice(at..at, token);
            }
            1 => {
                let end = (at + 1 + random.below(20)).min(bytes.len());
                bytes.drain(at..end);
            }
            2 if at < bytes.len() => bytes[at] = u8::try_from(random.below(256)).expect("a byte"),
            3..=7 if !lines.is_empty() => {
                let mut lines: Vec<Vec<u8>> = lines.into_iter().map(<[u8]>::to_vec).collect();
                let (from, to) = (random.below(lines.len()), random.below(lines.len()));
                let line = if random.below(2) == 0 { lines.remove(from) } else { lines[from].clone() };
                lines.insert(to.min(lines.len()), line);
                *bytes = lines.concat();
            }
            8 => *bytes = String::from_utf8_lossy(bytes).replace('\n', "\r\n").into_bytes(),
            9 => bytes.truncate(at),
            _ => {
                let text = String::from_utf8_lossy(bytes).into_owned();
                let (from, to) =
                    random.of(&[("true", "\"true\""), ("false", "true"), ("= ", "= \""), ("enable", "enabled"), ("0", "1")]);
                *bytes = text.replacen(from, to, 1 + random.below(3)).into_bytes();
            }
        }
    }
}

/// Products that are configured by deployment.toml, and where.
const HOMES: [(&str, &str); 4] = [
    ("wso2am-4.5.0", "repository/conf"),
    ("wso2am-3.2.0", "repository/conf"),
    ("wso2is-7.1.0", "repository/conf"),
    ("wso2mi-4.2.0", "conf"),
];

/// A product that is configured by XML.
const XML_HOME: (&str, &str) = ("wso2am-2.6.0", "repository/conf");

/// The rules whose fixes leave marks.
const MARKING: [&str; 6] = [
    "http-passthru-enabled",
    "http-servlet-enabled",
    "jmx-started-unprotected",
    "double-offset",
    "jmx-ports-swapped",
    "port-conflict-in-home",
];

/// Where a file of this name is in a home.
fn place_in_home(name: &str, conf: &str) -> String {
    match name {
        "axis2.xml" => format!("{conf}/axis2/axis2.xml"),
        "catalina-server.xml" => format!("{conf}/tomcat/catalina-server.xml"),
        "jmx.xml" => format!("{conf}/etc/jmx.xml"),
        name => format!("{conf}/{name}"),
    }
}

fn options(home: &Folder, select: &[&str]) -> FixOptions {
    let select = select.iter().map(|name| (*name).to_owned()).collect();
    FixOptions {
        search: Search::default(),
        paths: vec![home.path().to_path_buf()],
        assumptions: Assumptions::default(),
        selection: Selection { select, ..Selection::default() },
        with_unsafe: true,
        ..FixOptions::default()
    }
}

fn run(home: &Folder, select: &[&str]) -> FixResult {
    let result = fix(&options(home, select)).unwrap_or_else(|error| panic!("{error}"));
    let failed = write_all(&result.files, None);
    assert!(failed.is_empty(), "{failed:?}");
    result
}

/// The values of `[secrets]`.
fn secrets(bytes: &[u8]) -> Option<BTreeMap<String, String>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let document = TomlDocument::parse(text).ok()?;
    let secrets = document.entries.iter().filter(|entry| entry.key.starts_with("secrets."));
    Some(secrets.map(|entry| (entry.key.to_string(), format!("{:?}", entry.value))).collect())
}

fn parses(path: &Path, bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    if path.extension().is_some_and(|ending| ending == "xml") {
        XmlDocument::parse(&text).is_ok()
    } else {
        TomlDocument::parse(&text).is_ok()
    }
}

/// Mutates files `count` times, and fixes and reverts each result. Returns how many were changed by fixes, and how many of these changes were
/// undone.
fn check(files: &[PathBuf], count: usize, seed: u64) -> (usize, usize) {
    // Each name as often as the others.
    let mut kinds: BTreeMap<&OsStr, Vec<&PathBuf>> = BTreeMap::new();
    for file in files {
        kinds.entry(file.file_name().expect("a name")).or_default().push(file);
    }
    let kinds: Vec<Vec<&PathBuf>> = kinds.into_values().collect();
    let (mut changed, mut undone) = (0, 0);
    for number in 0..count {
        let mut random = Random(seed.wrapping_add(u64::try_from(number).expect("small")));
        let kind = random.of(&kinds).as_slice();
        let file = *random.of(kind);
        let mut bytes = fs::read(file).expect("readable");
        mutate(&mut bytes, &mut random);
        let name = file.file_name().and_then(|name| name.to_str()).expect("UTF-8");
        let (product, conf) = if name.ends_with("xml") { XML_HOME } else { *random.of(&HOMES) };
        let place = place_in_home(name, conf);
        let about = format!(
            "{} as {place} of {product}, seed {}",
            file.display(),
            seed.wrapping_add(u64::try_from(number).expect("small"))
        );
        let home = Folder::with(&[("updates/product.txt", product.as_bytes()), (&place, &bytes)]);

        // Marks of all rules together, undone one rule after the other.
        if !run(&home, &MARKING).files.is_empty() {
            for rule in MARKING {
                let workspace = Workspace::open(&options(&home, &[]).paths, &Assumptions::default(), &Overlays::new());
                let reverted = revert(&workspace, rule);
                assert!(reverted.stuck.is_empty(), "{rule}: {about}: {:?}\n{}", reverted.stuck, home.text(&place));
                assert!(write_all(&reverted.files, None).is_empty());
            }
            assert_eq!(String::from_utf8_lossy(&home.read(&place)), String::from_utf8_lossy(&bytes), "{about}");
            undone += 1;
        }
        let result = run(&home, &[]);
        changed += usize::from(!result.files.is_empty());
        for file in &result.files {
            assert!(parses(&file.path, &file.new) || !parses(&file.path, &file.old), "{about}");
            assert!(secrets(&file.old).is_none_or(|old| secrets(&file.new) == Some(old)), "a secret changed: {about}");
        }
        let again = run(&home, &[]);
        assert!(again.applied.is_empty(), "{about}: {:?}", again.applied);
        assert_eq!(home.files().len(), 2, "{about}");
    }
    (changed, undone)
}

/// The files that fixes are about.
const NAMES: [&str; 5] = ["deployment.toml", "axis2.xml", "catalina-server.xml", "carbon.xml", "jmx.xml"];

fn configuration_below(folder: &Path) -> Vec<PathBuf> {
    let entries = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().map(|entry| entry.expect("readable"));
    entries
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .filter(|path| NAMES.iter().any(|name| path.ends_with(name)))
        .collect()
}

#[test]
fn fixes_of_mutated_fixtures_hold() {
    let files = configuration_below(&fixture("homes"));
    let (changed, undone) = check(&files, 250, 1);
    assert!(changed > 30 && undone > 30, "{changed} changed, {undone} undone");
}

/// What `tests/nightly/mutate` runs, with a folder of real files, a number of mutations and a seed.
#[test]
#[ignore = "takes long: run tests/nightly/mutate"]
#[allow(clippy::print_stdout, reason = "the script shows how much was tried")]
fn fixes_of_mutated_files_hold() {
    let set = |name: &str| env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run tests/nightly/mutate"));
    let files = configuration_below(Path::new(&set("CARBONLINT_MUTATE_FOLDER")));
    assert!(!files.is_empty(), "none of {NAMES:?} there");
    let number = |name: &str| set(name).parse::<u64>().unwrap_or_else(|error| panic!("{name}: {error}"));
    let (count, seed) = (number("CARBONLINT_MUTATE_COUNT"), number("CARBONLINT_MUTATE_SEED"));
    let (changed, undone) = check(&files, usize::try_from(count).expect("small"), seed);
    println!("{count} mutations of {} files, seed {seed}: {changed} changed by fixes, {undone} undone", files.len());
}
