//! How long the language server takes from an edit to the diagnostics for it, and to answer meanwhile.
//!
//! `cargo bench --bench editing -- FOLDER…` opens a folder as an editor does, picks the source file nearest to a thousand
//! lines, and types in it: lines, letters in the middle of words, and everything taken back. After each edit it asks for
//! the document's diagnostics, and for a hover at the same time. `--edits N` sets how many (200 unless told). The times of
//! a fresh run over the folder, and of the first scan, stand beside them.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

#[path = "../tests/lsp/client.rs"]
#[allow(dead_code)]
mod client;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use client::{Client, uri};
use perflint::config::discover::Source as ConfigSource;
use perflint::config::{Configs, Overrides};
use perflint::workspace::walk;
use perflint::workspace::walk::WalkOptions;
use serde_json::{Value, json};

/// The file to type in has about so many lines.
const LINES: usize = 1000;

fn main() {
    let mut edits = 200;
    let mut folders = Vec::new();
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        if word == "--edits" {
            edits = words.next().and_then(|number| number.parse().ok()).unwrap_or(edits);
        } else if !word.starts_with("--") {
            folders.push(PathBuf::from(word));
        }
    }
    if folders.is_empty() {
        folders.push(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/shop-typescript"));
    }
    for folder in folders {
        measure(&std::path::absolute(folder).unwrap(), edits);
    }
}

fn measure(folder: &Path, edits: usize) {
    let (file, text, files) = file_of(folder);
    println!("{} ({files} files)", folder.display());
    println!("  typing in {} ({} lines)", file.strip_prefix(folder).unwrap().display(), text.lines().count());
    let fresh = timed(|| run(folder)).0;
    let capabilities = json!({
        "textDocument": { "diagnostic": {}, "hover": { "contentFormat": ["markdown"] } },
        "general": { "positionEncodings": ["utf-8"] },
    });
    let mut client = Client::open(&[folder], capabilities, Value::Null);
    client.did_open(&file, &text);
    let first = timed(|| ask(&mut client, &file)).0;
    let (mut diagnostics, mut hovers) = (Vec::new(), Vec::new());
    let mut typist = Typist { text, version: 1, seed: 1 };
    for round in 0..edits {
        let (version, change) = typist.edit(round);
        let start = Instant::now();
        client.did_change(&file, version, change);
        let position = json!({ "line": round, "character": 8 });
        let hover =
            client.ask("textDocument/hover", json!({ "textDocument": { "uri": uri(&file) }, "position": position }));
        let asked = client.ask("textDocument/diagnostic", json!({ "textDocument": { "uri": uri(&file) } }));
        client.answer(hover).unwrap();
        hovers.push(start.elapsed());
        client.answer(asked).unwrap();
        diagnostics.push(start.elapsed());
        // A typist's pause: what is left to do in other files is done in it.
        std::thread::sleep(Duration::from_millis(30));
    }
    println!("  fresh run             {}", shown(fresh));
    println!("  first diagnostics     {} ({:.2} of a fresh run)", shown(first), ratio(first, fresh));
    for (name, times) in [("edit to diagnostics", &mut diagnostics), ("edit to hover", &mut hovers)] {
        times.sort();
        let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)];
        let median = at(50);
        println!(
            "  {name:<21} median {} ({:.3} of a fresh run), 90 % {}, longest {}",
            shown(median),
            ratio(median, fresh),
            shown(at(90)),
            shown(at(100)),
        );
    }
}

fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = Instant::now();
    let result = work();
    (start.elapsed(), result)
}

fn shown(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

fn ratio(of: Duration, to: Duration) -> f64 {
    of.as_secs_f64() / to.as_secs_f64()
}

fn run(folder: &Path) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_perflint"));
    command.args(["--no-progress", "--exit-zero", "--format", "compact"]).current_dir(folder);
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
}

fn ask(client: &mut Client, file: &Path) -> Value {
    client.request("textDocument/diagnostic", json!({ "textDocument": { "uri": uri(file) } })).unwrap()
}

/// The linted file with about as many lines as wanted, its text, and how many files there are.
fn file_of(folder: &Path) -> (PathBuf, String, usize) {
    let configs = Configs::new(folder, &ConfigSource::Nearest, Overrides::default());
    let found = walk(&[PathBuf::from(".")], &configs, WalkOptions::default());
    let is_code = |path: &Path| {
        let shown = path.to_string_lossy();
        !["test", "spec", ".sql", "migrations"].iter().any(|word| shown.contains(word))
    };
    let code = found.files.iter().filter(|file| is_code(&file.absolute));
    let texts = code.filter_map(|file| Some((file.absolute.clone(), std::fs::read_to_string(&file.absolute).ok()?)));
    let (path, text) = texts.min_by_key(|(_, text)| text.lines().count().abs_diff(LINES)).unwrap();
    (path, text, found.files.len())
}

/// Somebody who types, the same each time.
struct Typist {
    text: String,
    version: i64,
    seed: u64,
}

impl Typist {
    fn random(&mut self, below: usize) -> usize {
        // Knuth's MMIX generator.
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.seed >> 33) as usize % below.max(1)
    }

    /// The next edit and the version that it makes: an empty line, letters inside a line, or what was put in taken away.
    fn edit(&mut self, round: usize) -> (i64, Value) {
        self.version += 1;
        let lines = self.text.lines().count();
        let line = self.random(lines);
        let length = self.text.lines().nth(line).unwrap_or("").len();
        let column = self.random(length + 1);
        let inserted = ["\n", "x", "(", "a.b(c)", " = 1\n", "."][round % 6];
        let at = json!({ "line": line, "character": column });
        let change = json!([
            { "range": { "start": at, "end": at }, "text": inserted },
        ]);
        if round % 2 == 1 {
            // Half of the edits are taken back at once, so that the file stays code.
            let back = if inserted.contains('\n') {
                json!({ "line": line + 1, "character": 0 })
            } else {
                json!({ "line": line, "character": column + inserted.len() })
            };
            let both = json!([change[0].clone(), { "range": { "start": at, "end": back }, "text": "" }]);
            return (self.version, both);
        }
        (self.version, change)
    }
}
