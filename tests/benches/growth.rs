//! Measures how the time to lint grows with the input, on texts that once took time in proportion to the square of their length. Ends with a
//! table, and fails if the exponent of a text is above the limit. Run it on a quiet machine: `cargo bench --bench growth`.

use std::path::Path;
use std::time::Instant;

use carbonlint::internals::{DisplayPaths, Report, json};
use carbonlint::{Assumptions, Overlays, Selection, Workspace, product_of};

/// The sizes that are compared: how often a text is repeated.
const SIZES: [usize; 2] = [5_000, 50_000];

/// The highest exponent: 1 is time in proportion to the input.
const LIMIT: f64 = 1.2;

type Generate = fn(usize) -> String;

fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(line).collect::<Vec<_>>().concat()
}

/// The texts of a deployment.toml.
const TEXTS: [(&str, Generate); 16] = [
    ("chain of references", |n| format!("[r]\n{}k{n} = 1\n", lines(n, |i| format!("k{i} = \"$ref{{r.k{}}}\"\n", i + 1)))),
    ("cycle of references", |n| format!("[r]\n{}", lines(n, |i| format!("k{i} = \"$ref{{r.k{}}}\"\n", (i + 1) % n)))),
    ("references to nothing", |n| format!("[r]\n{}", lines(n, |i| format!("k{i} = \"$ref{{no.k{i}}}\"\n")))),
    ("references in a value", |n| format!("[r]\na = 1\nk = \"{}\"\n", "$ref{r.a}".repeat(n))),
    ("super-tables after sub-tables", |n| lines(n, |i| format!("[t{i}.a]\nk = 1\n[t{i}]\nk = 1\n"))),
    ("duplicate keys", |n| format!("[a]\n{}", "k = 1\n".repeat(n))),
    ("unclosed quotes", |n| "a = \"\n".repeat(n)),
    ("lone carriage returns", |n| lines(n, |i| format!("k{i} = 1\r"))),
    ("unclosed secrets", |n| "password = \"\"\"\n".repeat(n)),
    ("continued secrets", |n| "password: \\\n".repeat(n)),
    ("branches of a tool", |n| "{% if x %}\na= 1\n{% endif %}\n".repeat(n)),
    ("unknown keys", |n| format!("[server]\n{}", lines(n, |i| format!("unknown_{i} = 1\n")))),
    ("unknown tables", |n| lines(n, |i| format!("[unknown_{i}]\na = 1\nb = 1\n"))),
    ("elements of an array", |n| lines(n, |i| format!("[[apim.gateway.environment]]\nname = \"{i}\"\n"))),
    ("one long line", |n| format!("a = [{}\n", "\"x\", ".repeat(n))),
    ("slashes and passwords", |n| format!("a = \"{}\"\n", "//u:p@h ".repeat(n))),
];

fn seconds_to_lint(text: &str) -> f64 {
    let path = Path::new("/growth/deployment.toml").to_path_buf();
    let overlays = Overlays::from([(path.clone(), text.as_bytes().to_vec())]);
    let product = product_of("api-manager@4.5.0").ok();
    let assumptions = Assumptions { product, ..Assumptions::default() };
    let start = Instant::now();
    let workspace = Workspace::open(&[path], &assumptions, &overlays);
    let diagnostics = carbonlint::lint(&workspace, &Selection::default());
    let shown = DisplayPaths::relative_to("/".into());
    std::hint::black_box(json::render(Report { workspace: &workspace, diagnostics: &diagnostics, shown: &shown }));
    start.elapsed().as_secs_f64()
}

#[expect(clippy::print_stdout, reason = "the table is the result")]
#[expect(clippy::cast_precision_loss, reason = "the sizes are small")]
fn main() {
    let asked: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let (small, large) = (SIZES[0], SIZES[1]);
    println!("{:<32} {small:>10} {large:>10} {:>9}", "text", "exponent");
    let mut is_over = false;
    for (name, generate) in TEXTS.iter().filter(|(name, _)| asked.is_empty() || asked.iter().any(|part| name.contains(part))) {
        let seconds = SIZES.map(|size| seconds_to_lint(&generate(size)));
        // What takes no time at the small size has no exponent.
        let exponent = (seconds[1] / seconds[0].max(0.002)).log10() / (large as f64 / small as f64).log10();
        is_over |= exponent > LIMIT;
        println!("{name:<32} {:>9.3}s {:>9.3}s {exponent:>9.2}", seconds[0], seconds[1]);
    }
    assert!(!is_over, "an exponent is above {LIMIT}");
}
