//! Measures how time and memory grow with the input. Ends with a table, and fails if an exponent is above the limit. Each measurement is a process
//! of its own, so that its memory counts alone. Run it on a quiet machine: `cargo bench --bench growth`, with parts of names to choose.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;
use std::{env, fs};

use carbonlint::internals::{DisplayPaths, Report, json};
use carbonlint::{Assumptions, Overlays, Selection, Workspace, product_of};

/// The sizes that are compared: how often a part of the input is repeated.
const SIZES: [usize; 3] = [1_000, 10_000, 100_000];

/// The same where more would be over the limit of tokens, for a template with so many branches that it is given up, and for homes.
const FEWER: [usize; 3] = [400, 4_000, 40_000];
const BRANCHES: [usize; 3] = [800, 8_000, 40_000];
const HOMES: [usize; 3] = [20, 200, 2_000];

/// The highest exponent between the two larger sizes: 1 is time, or memory, in proportion to the input.
const LIMIT: f64 = 1.15;

/// What takes less is not measured well enough for an exponent, in seconds and KiB.
const LEAST: (f64, f64) = (0.005, 20_000.0);

type Generate = fn(usize) -> String;

fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(line).collect::<Vec<_>>().concat()
}

/// What is measured: its name, its sizes, the name of the file, and its text. Without a name it is the number of homes.
const INPUTS: [(&str, [usize; 3], &str, Generate); 28] = [
    ("known keys", SIZES, TOML, |n| lines(n, |i| format!("[database.d{i}]\ntype = \"h2\"\n"))),
    ("unknown keys", SIZES, TOML, |n| format!("[server]\n{}", lines(n, |i| format!("unknown_{i} = 1\n")))),
    ("unknown tables", FEWER, TOML, |n| lines(n, |i| format!("[unknown_{i}]\na = 1\nb = 1\n"))),
    ("tables in tables", SIZES, TOML, |n| lines(n, |i| format!("[a.b{}.c{i}]\n", i % 100))),
    ("super-tables after sub-tables", FEWER, TOML, |n| lines(n, |i| format!("[t{i}.a]\nk = 1\n[t{i}]\nk = 1\n"))),
    ("elements of an array", FEWER, TOML, |n| lines(n, |i| format!("[[apim.gateway.environment]]\nname = \"{i}\"\n"))),
    ("findings", SIZES, TOML, |n| format!("[server]\n{}", lines(n, |i| format!("k{i}_password = \"a{i}b\"\n")))),
    ("comments that suppress", SIZES, TOML, |n| {
        format!("[server]\n{}", lines(n, |i| format!("k{i} = 1 # carbonlint: ignore[unknown-key]\n")))
    }),
    ("comments above each other", SIZES, TOML, |n| format!("{}k = 1\n", "# carbonlint: ignore[unknown-key]\n".repeat(n))),
    ("duplicate keys", SIZES, TOML, |n| format!("[a]\n{}", "k = 1\n".repeat(n))),
    ("chain of references", SIZES, TOML, |n| {
        format!("[r]\n{}k{n} = 1\n", lines(n, |i| format!("k{i} = \"$ref{{r.k{}}}\"\n", i + 1)))
    }),
    ("cycle of references", SIZES, TOML, |n| {
        format!("[r]\n{}", lines(n, |i| format!("k{i} = \"$ref{{r.k{}}}\"\n", (i + 1) % n)))
    }),
    ("references to nothing", SIZES, TOML, |n| format!("[r]\n{}", lines(n, |i| format!("k{i} = \"$ref{{no.k{i}}}\"\n")))),
    ("references in a value", SIZES, TOML, |n| format!("[r]\na = 1\nk = \"{}\"\n", "$ref{r.a}".repeat(n))),
    ("unclosed quotes", SIZES, TOML, |n| "a = \"\n".repeat(n)),
    ("lone carriage returns", SIZES, TOML, |n| lines(n, |i| format!("k{i} = 1\r"))),
    ("unclosed secrets", SIZES, TOML, |n| "password = \"\"\"\n".repeat(n)),
    ("continued secrets", SIZES, TOML, |n| "password: \\\n".repeat(n)),
    ("branches of a tool", BRANCHES, TOML, |n| "{% if x %}\na= 1\n{% endif %}\n".repeat(n)),
    ("one long line", SIZES, TOML, |n| format!("a = [{}\n", "\"x\", ".repeat(n))),
    ("slashes and passwords", SIZES, TOML, |n| format!("a = \"{}\"\n", "//u:p@h ".repeat(n))),
    ("XML elements", SIZES, "carbon.xml", |n| format!("<Server>{}</Server>\n", "<a><b>1</b></a>\n".repeat(n))),
    ("XML attributes", SIZES, "carbon.xml", |n| format!("<Server {}/>\n", lines(n, |i| format!("a{i}=\"1\" ")))),
    ("XML comments", SIZES, "carbon.xml", |n| format!("<Server>{}</Server>\n", "<!-- a -->\n".repeat(n))),
    ("XML passwords", SIZES, "user-mgt.xml", |n| {
        format!("<UserManager>{}</UserManager>\n", "<Property name=\"password\">a1b</Property>\n".repeat(n))
    }),
    ("properties", SIZES, "log4j2.properties", |n| lines(n, |i| format!("logger.l{i}.level = info\n"))),
    ("faulty properties", SIZES, "log4j2.properties", |n| lines(n, |i| format!("logger.l{i}.level = \\u00zz\n"))),
    ("homes", HOMES, "", |_| "[server]\nhostname = \"a\"\noffset = 1\nunknown = 1\n".to_owned()),
];

const TOML: &str = "deployment.toml";

/// The paths of an input of this size, and the files of them that are not on disk.
fn input(size: usize, file: &str, text: String, folder: &Path) -> (Vec<PathBuf>, Overlays) {
    if !file.is_empty() {
        let path = Path::new("/growth").join(file);
        return (vec![path.clone()], Overlays::from([(path, text.into_bytes())]));
    }
    for number in 0..size {
        let conf = folder.join(format!("h{number}/repository/conf"));
        fs::create_dir_all(&conf).expect("created");
        fs::write(conf.join(TOML), &text).expect("written");
    }
    (vec![folder.to_path_buf()], Overlays::new())
}

/// Lints an input in this process, and prints the seconds and the peak memory in KiB.
#[expect(clippy::print_stdout, reason = "the process that started this one reads it")]
fn measure(name: &str, size: usize) {
    let (_, _, file, generate) = INPUTS.iter().find(|(known, ..)| *known == name).expect("an input");
    let folder = tempfile::tempdir().expect("a folder");
    let (paths, overlays) = input(size, file, generate(size), folder.path());
    let product = product_of("api-manager@4.5.0").ok();
    let assumptions = Assumptions { product, ..Assumptions::default() };
    let start = Instant::now();
    let workspace = Workspace::open(&paths, &assumptions, &overlays);
    let diagnostics = carbonlint::lint(&workspace, &Selection::default());
    let shown = DisplayPaths::relative_to("/".into());
    std::hint::black_box(json::render(Report { workspace: &workspace, diagnostics: &diagnostics, shown: &shown, selected: &[] }));
    let seconds = start.elapsed().as_secs_f64();
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")).unwrap_or("0");
    println!("{seconds} {peak}");
}

/// The seconds and the peak memory of a process that lints an input.
fn measured(name: &str, size: usize) -> (f64, f64) {
    let program = env::current_exe().expect("this program");
    let output = Command::new(program).env(MEASURED, format!("{size} {name}")).output().expect("started");
    let text = String::from_utf8(output.stdout).expect("text");
    let mut numbers = text.split_whitespace().filter_map(|number| number.parse::<f64>().ok());
    numbers.next().zip(numbers.next()).unwrap_or_else(|| panic!("{name} {size}: {}", String::from_utf8_lossy(&output.stderr)))
}

/// What a process measures, instead of starting others: the size and the name.
const MEASURED: &str = "CARBONLINT_GROWTH";

#[expect(clippy::print_stdout, reason = "the table is the result")]
#[expect(clippy::cast_precision_loss, reason = "the sizes are small")]
fn main() {
    if let Ok(wanted) = env::var(MEASURED) {
        let (size, name) = wanted.split_once(' ').expect("a size and a name");
        return measure(name, size.parse().expect("a size"));
    }
    let asked: Vec<String> = env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    println!("{:<30} {:>21} {:>9} {:>9} {:>9} {:>6}  {:>9} {:>6}", "input", "sizes", "seconds", "", "", "exp.", "MiB", "exp.");
    let mut over = Vec::new();
    for (name, sizes, ..) in INPUTS.iter().filter(|(name, ..)| asked.is_empty() || asked.iter().any(|part| name.contains(part))) {
        let [first, middle, last] = sizes.map(|size| measured(name, size));
        let ratio = (sizes[2] as f64 / sizes[1] as f64).log10();
        let exponent = |small: f64, large: f64, least: f64| (large.max(least) / small.max(least)).log10() / ratio;
        let (time, memory) = (exponent(middle.0, last.0, LEAST.0), exponent(middle.1, last.1, LEAST.1));
        if time.max(memory) > LIMIT {
            over.push(*name);
        }
        let [a, b, c] = [first.0, middle.0, last.0];
        let sizes = sizes.map(|size| size.to_string()).join(" ");
        println!("{name:<30} {sizes:>21} {a:>9.3} {b:>9.3} {c:>9.3} {time:>6.2}  {:>9.1} {memory:>6.2}", last.1 / 1024.0);
    }
    assert!(over.is_empty(), "an exponent is above {LIMIT}: {over:?}");
}
